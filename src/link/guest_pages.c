/* guest_pages.c - what a guest sees: plain pages without script, in Arabic, English and French */
#include "base/date.h"
#include "base/encode.h"
#include "link/guests_int.h"

static str word(struct act *a, str language, const char *key)
{
    str w = a->house->word(a->house->words, language, str_of(key));

    return w.p ? w : str_of(key);
}

static str language_of(struct act *a, const struct guest *g)
{
    str asked = act_param(a, S("language"));

    return str_eq(asked, S("ar")) || str_eq(asked, S("fr")) || str_eq(asked, S("en")) ? asked
                                                                                      : g->language;
}

static void put_word(struct act *a, str language, const char *element, const char *key)
{
    struct buf *b = &a->reply;

    buf_printf(b, "<%s>", element);
    xml_escape(b, word(a, language, key));
    buf_printf(b, "</%s>\n", element);
}

static void put_head(struct act *a, str language, str path)
{
    static const struct {
        const char *code, *name;
    } languages[] = {{"ar", "العربية"}, {"en", "English"}, {"fr", "Français"}};
    struct buf *b = &a->reply;

    buf_printf(b,
               "<!doctype html>\n<html lang=\"%.*s\" dir=\"%s\">\n<head><meta charset=\"utf-8\">"
               "<meta name=\"viewport\" content=\"width=device-width\">\n<title>",
               STR_FMT(language), str_eq(language, S("ar")) ? "rtl" : "ltr");
    xml_escape(b, word(a, language, "guest.title"));
    buf_add_str(b, S("</title>\n<link rel=\"stylesheet\" href=\"/guest/page.css\"></head>\n<body>\n"
                     "<main>\n<nav>"));
    for (size_t i = 0; i < ARRAY_LEN(languages); i++)
        buf_printf(b, "<a href=\"%.*s?language=%s\" lang=\"%s\">%s</a> ", STR_FMT(path),
                   languages[i].code, languages[i].code, languages[i].name);
    buf_add_str(b, S("</nav>\n"));
    put_word(a, language, "h1", "guest.title");
}

static void put_form(struct act *a, str language, str path, const char *verb, const char *field,
                     const char *button)
{
    struct buf *b = &a->reply;

    buf_printf(b, "<form method=\"post\" action=\"%.*s/%s?language=%.*s\">\n", STR_FMT(path), verb,
               STR_FMT(language));
    buf_add_str(b, str_of(field));
    buf_add_str(b, S("<button>"));
    xml_escape(b, word(a, language, button));
    buf_add_str(b, S("</button>\n</form>\n"));
}

static void put_code_form(struct act *a, str language, str path, bool wrong)
{
    AUTO(buf) struct buf field = BUF(2048);

    put_word(a, language, "p", "guest.code-sent");
    if (wrong) {
        buf_add_str(&a->reply, S("<p class=\"wrong\" role=\"alert\">"));
        xml_escape(&a->reply, word(a, language, "guest.code-wrong"));
        buf_add_str(&a->reply, S("</p>\n"));
    }
    buf_add_str(&field, S("<label for=\"code\">"));
    xml_escape(&field, word(a, language, "guest.code"));
    buf_add_str(&field,
                S("</label>\n<input id=\"code\" name=\"code\" inputmode=\"numeric\""
                  " autocomplete=\"one-time-code\" maxlength=\"8\" required dir=\"ltr\">\n"));
    buf_add_char(&field, 0);
    put_form(a, language, path, "enter", field.p, "guest.open");
}

static void put_paragraphs(struct buf *b, str text)
{
    str line;

    while (text.n && str_split(&text, '\n', &line)) {
        if (!str_trim(line).n)
            continue;
        buf_add_str(b, S("<p dir=\"auto\">"));
        xml_escape(b, line);
        buf_add_str(b, S("</p>\n"));
    }
}

static void put_done(struct act *a, str language, const char *key, int64_t at)
{
    char text[32];

    time_format(at, text);
    buf_add_str(&a->reply, S("<p class=\"done\">"));
    xml_escape(&a->reply, word(a, language, key));
    buf_printf(&a->reply, " <time dir=\"ltr\" datetime=\"%s\">%.10s</time></p>\n", text, text);
}

static void put_answer_form(struct act *a, str language, str path)
{
    AUTO(buf) struct buf field = BUF(2048);

    buf_add_str(&field, S("<label for=\"text\">"));
    xml_escape(&field, word(a, language, "guest.answer"));
    buf_add_str(&field, S("</label>\n<textarea id=\"text\" name=\"text\" rows=\"6\""
                          " maxlength=\"4000\" required dir=\"auto\"></textarea>\n"));
    buf_add_char(&field, 0);
    put_form(a, language, path, "answer", field.p, "guest.send");
}

static void put_letter(struct act *a, const struct guest *g, str language, str path)
{
    const struct json *file = json_get(g->letter, S("file"));
    struct buf *b = &a->reply;

    buf_add_str(b, S("<article>\n<h2 dir=\"auto\">"));
    xml_escape(b, json_get_str(g->letter, S("subject")));
    buf_add_str(b, S("</h2>\n"));
    put_paragraphs(b, json_get_str(g->letter, S("text")));
    buf_add_str(b, S("</article>\n"));
    if (file && guest_may(g, S("download"))) {
        buf_printf(b, "<p><a href=\"%.*s/file\" download=\"", STR_FMT(path));
        xml_escape(b, json_get_str(file, S("name")));
        buf_add_str(b, S("\">"));
        xml_escape(b, json_get_str(file, S("name")));
        buf_add_str(b, S("</a></p>\n"));
    }
    if (g->acknowledged)
        put_done(a, language, "guest.acknowledged", g->acknowledged);
    else if (guest_may(g, S("acknowledge")))
        put_form(a, language, path, "acknowledge", "", "guest.acknowledge");
    if (g->answered)
        put_done(a, language, "guest.answered", g->answered);
    else if (guest_may(g, S("answer")))
        put_answer_form(a, language, path);
}

void guest_put_page(struct act *a, const struct guest *g, enum guest_view view, str token,
                    str session)
{
    str language = language_of(a, g);
    str path = view == GUEST_LETTER
                   ? str_printf(a->arena, "/guest/%.*s/%.*s", STR_FMT(token), STR_FMT(session))
                   : str_printf(a->arena, "/guest/%.*s", STR_FMT(token));

    put_head(a, language, path);
    switch (view) {
    case GUEST_ASK:
        put_word(a, language, "p", "guest.ask");
        put_form(a, language, path, "code", "", "guest.send-code");
        break;
    case GUEST_CODE:
        put_code_form(a, language, path, session.p != NULL);
        break;
    case GUEST_LETTER:
        put_letter(a, g, language, path);
        break;
    }
    put_word(a, language, "footer", "guest.note");
    buf_add_str(&a->reply, S("</main>\n</body>\n</html>\n"));
    a->type = "text/html; charset=utf-8";
}

enum err guest_css(struct act *a, struct fault *f)
{
    (void)f;
    buf_add_str(
        &a->reply,
        S("body{font:18px/1.6 'Noto Sans','Noto Sans Arabic',system-ui,sans-serif;margin:0;"
          "color:#1b2733;background:#fff}main{max-inline-size:42rem;margin-inline:auto;"
          "padding:1.5rem}nav a{margin-inline-end:1rem}h1{font-size:1.9rem;line-height:1.2}"
          "h2{font-size:1.3rem;margin-block:0 .5rem}a{color:#0b5394}article{border-inline-start:"
          "4px solid #0b5394;padding:.5rem 1rem;margin-block:1.5rem;background:#f4f7fa}"
          "form{margin-block:1.5rem;display:grid;gap:.5rem;justify-items:start}label{font-weight:"
          "600}input,textarea{font:inherit;padding:.5rem;border:1px solid #55616d;border-radius:"
          "4px;inline-size:100%;box-sizing:border-box}input{inline-size:12rem}button{font:inherit;"
          "padding:.6rem 1.4rem;border:0;border-radius:4px;background:#0b5394;color:#fff;cursor:"
          "pointer}a:focus-visible,button:focus-visible,input:focus-visible,textarea:focus-visible"
          "{outline:3px solid #f2a900}.wrong{color:#a11212;font-weight:600}.done{color:#1d6b2f}"
          "footer{margin-block-start:3rem;font-size:.9rem;color:#55616d}"));
    a->type = "text/css; charset=utf-8";
    return OK;
}
