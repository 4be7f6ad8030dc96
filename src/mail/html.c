/* html.c - a message as HTML: its paragraphs, links that can be followed, and nothing from
 * elsewhere */
#include "base/encode.h"
#include "mail/mail_int.h"

static bool right_to_left(str language)
{
    static const char *const list[] = {"ar", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"};

    for (size_t i = 0; i < ARRAY_LEN(list); i++)
        if (str_eq(language, str_of(list[i])))
            return true;
    return false;
}

/* A word of a line: an address of the web is a link to itself. */
static void put_word(struct buf *b, str word)
{
    bool link = str_starts(word, S("https://")) || str_starts(word, S("http://"));

    if (link) {
        buf_add_str(b, S("<a dir=\"ltr\" href=\""));
        xml_escape(b, word);
        buf_add_str(b, S("\">"));
    }
    xml_escape(b, word);
    if (link)
        buf_add_str(b, S("</a>"));
}

static void put_line(struct buf *b, str line)
{
    str word;

    for (bool first = true; str_split(&line, ' ', &word); first = false) {
        if (!first)
            buf_add_char(b, ' ');
        put_word(b, word);
    }
}

/* An empty line ends a paragraph. */
static void put_body(struct buf *b, str body)
{
    bool open = false;
    str line;

    while (str_split(&body, '\n', &line)) {
        if (!line.n) {
            buf_add_str(b, open ? S("</p>\n") : S(""));
            open = false;
            continue;
        }
        buf_add_str(b, open ? S("<br>\n") : S("<p>"));
        put_line(b, line);
        open = true;
    }
    if (open)
        buf_add_str(b, S("</p>\n"));
}

void mail_html(struct buf *b, const struct mail *m)
{
    str language = m->language.n ? m->language : S("en");

    buf_printf(
        b,
        "<!doctype html>\n<html lang=\"%.*s\" dir=\"%s\">\n<head><meta charset=\"utf-8\"><title>",
        STR_FMT(language), right_to_left(language) ? "rtl" : "ltr");
    xml_escape(b, m->subject);
    buf_add_str(b,
                S("</title></head>\n<body style=\"font:16px/1.5 sans-serif;max-width:36em;margin:"
                  "0 auto;padding:1em\">\n<h1 style=\"font-size:1.25em\">"));
    xml_escape(b, m->subject);
    buf_add_str(b, S("</h1>\n"));
    put_body(b, m->body);
    buf_add_str(b, S("</body>\n</html>\n"));
}
