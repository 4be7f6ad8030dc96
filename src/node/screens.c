/* screens.c - what a browser gets: the pages of the portal, the desk and the ministry, their files
 * and words
 *
 * Each page is the same short HTML in the reader's language; the program of its part (web/) takes
 * over from there. Without it the page still says what can be had here, by whom it is run and how a
 * document is checked. The files are built into the program, compressed beforehand; their names
 * carry the digest of their content, so a browser may keep them for good.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/encode.h"
#include "http/coding.h"
#include "node/node_int.h"
#include "node/screens.h"
#include "registry/registry.h"
#include "service/services.h"

static const char for_good[] = "public, max-age=31536000, immutable";
/* to be asked again each time, but not sent again where it is the same */
static const char ask_again[] = "no-cache";

static const struct node *node_of(const struct act *a)
{
    return (const struct node *)((const char *)a->house - offsetof(struct node, house));
}

/* ---- languages --------------------------------------------------------------------------- */

static bool is_language(const struct node *n, str language)
{
    return catalogue_words(n->words, language) != NULL;
}

static enum err go_to_language(struct act *a, struct fault *f)
{
    str wished = catalogue_wished(node_of(a)->words, a->languages);
    str to = str_printf(a->arena, "/%.*s", STR_FMT(wished.n ? wished : S("en")));

    TRY_PTR(to.p, f);
    a->location = str_cstr(a->arena, to);
    TRY_PTR(a->location, f);
    a->status = 303;
    return OK;
}

/* ---- files ------------------------------------------------------------------------------- */

static int by_name(const void *key, const void *file)
{
    return str_cmp(*(const str *)key, ((const struct package_file *)file)->name);
}

static const struct package_file *file_named(str name)
{
    return bsearch(&name, screen_files, screen_files_n, sizeof *screen_files, by_name);
}

static const struct {
    const char *end, *type;
} types[] = {
    {".js", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".svg", "image/svg+xml"},
    {".json", "application/json"},
    {".webmanifest", "application/manifest+json"},
    {".png", "image/png"},
    {".html", "application/octet-stream"}, /* to be kept, not opened here */
};

static const char *type_of(str name)
{
    for (size_t i = 0; i < ARRAY_LEN(types); i++)
        if (str_ends(name, str_of(types[i].end)))
            return types[i].type;
    return NULL;
}

static const struct package_file *compressed(struct act *a, str name)
{
    static const char *const ways[][2] = {{"br", "br"}, {"gzip", "gz"}};

    for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
        if (!http_takes_coding(a->encodings, str_of(ways[i][0])))
            continue;
        const struct package_file *file =
            file_named(str_printf(a->arena, "%.*s.%s", STR_FMT(name), ways[i][1]));
        if (file) {
            a->encoding = ways[i][0];
            return file;
        }
    }
    return NULL;
}

static enum err put_file(struct act *a, str name, struct fault *f)
{
    const struct package_file *file = file_named(name);

    a->type = type_of(name);
    if (!file || !a->type)
        return fault(f, ERR_NOT_FOUND, "no such file");
    const struct package_file *small = compressed(a, name);
    buf_add_str(&a->reply, small ? small->bytes : file->bytes);
    return OK;
}

static enum err show_file(struct act *a, struct fault *f)
{
    str name = act_param(a, S("file"));

    /* the checker of documents has no digest in its name: people know it by that */
    a->cache = str_ends(name, S(".html")) ? ask_again : for_good;
    return put_file(a, name, f);
}

/* What works offline must stand above all pages, under a name that stays. */
static enum err show_offline(struct act *a, struct fault *f)
{
    a->cache = ask_again;
    return put_file(a, S("offline.js"), f);
}

/* ---- words ------------------------------------------------------------------------------- */

static bool of_part(str key, str part)
{
    str rest = str_sub(key, 7, key.n);

    return str_starts(key, S("screen.")) &&
           (str_starts(rest, S("common.")) ||
            (str_starts(rest, part) && rest.n > part.n && rest.p[part.n] == '.'));
}

/* The words of one part of the screens, and those that all parts share: {"portal.title": "…"}. */
static enum err show_words(struct act *a, struct fault *f)
{
    str language = act_param(a, S("language")), part = act_param(a, S("part"));
    const struct json *words = catalogue_words(node_of(a)->words, language);
    struct jw w = JW(&a->reply);
    size_t n = 0;

    jw_open(&w, '{');
    for (uint32_t i = 0; words && i < words->n; i++) {
        if (!of_part(words->members[i].key, part))
            continue;
        str key = words->members[i].key;
        jw_kv(&w, str_sub(key, 7, key.n), json_str(&words->members[i].value));
        n++;
    }
    jw_close(&w, '}');
    a->cache = ask_again;
    return n ? OK : fault(f, ERR_NOT_FOUND, "no such words");
}

/* ---- pages ------------------------------------------------------------------------------- */

static const char *const parts[] = {"portal", "desk", "ministry"};

/* "/ar/desk/…" belongs to the desk, what names no part to the portal. */
static const char *part_of(str page)
{
    str first;

    (void)!str_split(&page, '/', &first);
    for (size_t i = 1; i < ARRAY_LEN(parts); i++)
        if (str_eq(first, str_of(parts[i])))
            return parts[i];
    return parts[0];
}

/* portal-1A2B3C4D.js of "portal" and ".js"; STR_NONE if there is none. */
static str file_of(const char *part, const char *end)
{
    size_t n = strlen(part);

    for (size_t i = 0; i < screen_files_n; i++) {
        str name = screen_files[i].name;
        if (str_starts(name, str_of(part)) && name.n > n && name.p[n] == '-' &&
            str_ends(name, str_of(end)))
            return name;
    }
    return STR_NONE;
}

static str word(const struct node *n, str language, const char *key)
{
    return catalogue_word(n->words, language, str_of(key));
}

static void put_word(struct buf *b, const struct node *n, str language, const char *key)
{
    xml_escape(b, word(n, language, key));
}

static str state_name(const struct node *n, str language)
{
    return str_eq(language, S("ar")) && n->config.state_name_ar.p ? n->config.state_name_ar
                                                                  : n->config.state_name;
}

/* Whose embassy it is. */
static void put_running(struct buf *b, const struct node *n, str language)
{
    str running = word(n, language, "page.running");
    ptrdiff_t at = str_find(running, S("{state}"));

    xml_escape(b, at < 0 ? running : str_sub(running, 0, (size_t)at));
    if (at >= 0) {
        xml_escape(b, state_name(n, language));
        xml_escape(b, str_sub(running, (size_t)at + 7, running.n));
    }
}

/* What the program of a part imports is asked for at once, not only once it has been read. */
static void put_chunks(struct buf *b, const char *part)
{
    char name[32];
    str rest, one;

    snprintf(name, sizeof name, "%s.chunks", part);
    const struct package_file *chunks = file_named(str_of(name));
    rest = chunks ? chunks->bytes : STR_NONE;
    while (str_split(&rest, '\n', &one))
        if (one.n)
            buf_printf(b, "<link rel=\"modulepreload\" href=\"/assets/%.*s\">\n", STR_FMT(one));
}

/* What the first pages ask for as soon as they run is asked for with them: on a slow line each
 * question after another is half a second. */
static void put_first_answers(struct buf *b, const struct node *n, str language, str below)
{
    static const char link[] = "<link rel=\"preload\" href=\"/v1/services%s%.*s?language=%.*s\" "
                               "as=\"fetch\" crossorigin>\n";
    str rest = below, name;

    if (below.n == 0)
        buf_printf(b, link, "", 0, "", STR_FMT(language));
    if (str_split(&rest, '/', &name) && str_eq(name, S("services")) &&
        service_find(n->house.services, rest))
        buf_printf(b, link, "/", STR_FMT(rest), STR_FMT(language));
}

static void put_head(struct buf *b, const struct node *n, str language, str below)
{
    const char *part = part_of(below);

    buf_printf(b, "<!doctype html>\n<html lang=\"%.*s\" dir=\"%.*s\" data-state=\"",
               STR_FMT(language), STR_FMT(word(n, language, "page.direction")));
    xml_escape(b, state_name(n, language));
    buf_printf(b, "\" data-code=\"%.*s\" data-alpha2=\"%.*s\" data-languages=\"",
               STR_FMT(n->config.alpha3), STR_FMT(n->config.alpha2));
    for (size_t i = 0; catalogue_language(n->words, i).p; i++)
        buf_printf(b, "%s%.*s", i ? " " : "", STR_FMT(catalogue_language(n->words, i)));
    buf_printf(b, "\" data-sms=\"%s", n->house.sms ? "yes" : "no");
    buf_add_str(b, S("\">\n<head><meta charset=\"utf-8\"><meta name=\"viewport\" "
                     "content=\"width=device-width,initial-scale=1\">"
                     "<meta name=\"color-scheme\" content=\"light dark\">\n<title>"));
    put_word(b, n, language, "page.title");
    buf_add_str(b, S("</title>\n<meta name=\"description\" content=\""));
    put_running(b, n, language);
    buf_printf(b,
               "\">\n<link rel=\"stylesheet\" href=\"/assets/%.*s\">\n"
               "<link rel=\"preload\" href=\"/words/%.*s/%s\" as=\"fetch\" crossorigin>\n"
               "<link rel=\"manifest\" href=\"/assets/%.*s\">\n"
               "<link rel=\"icon\" type=\"image/svg+xml\" href=\"/assets/%.*s\">\n"
               "<script type=\"module\" src=\"/assets/%.*s\"></script>\n",
               STR_FMT(file_of("screens", ".css")), STR_FMT(language), part,
               STR_FMT(file_of("sifara", ".webmanifest")), STR_FMT(file_of("icon", ".svg")),
               STR_FMT(file_of(part, ".js")));
    put_chunks(b, part);
    put_first_answers(b, n, language, below);
    buf_add_str(b, S("</head>\n"));
}

static void put_services(struct buf *b, const struct node *n, str language)
{
    const struct offer *offer = services_offered(n->house.services);

    for (size_t i = 0; i < offer->n; i++) {
        const struct service *s = offer->list[i];
        buf_printf(b, "<li><a href=\"/%.*s/services/%.*s\">", STR_FMT(language), STR_FMT(s->name));
        xml_escape(b, service_word(s, language, S("title")));
        buf_add_str(b, S("</a></li>\n"));
    }
}

static void put_link(struct buf *b, const struct node *n, str language, const char *href,
                     const char *key)
{
    buf_printf(b, "<li><a href=\"%s\">", href);
    put_word(b, n, language, key);
    buf_add_str(b, S("</a></li>\n"));
}

/* On every page, above all that the program shows. */
static void put_training(struct buf *b, const struct node *n, str language)
{
    if (!n->house.training)
        return;
    buf_add_str(b, S("<div class=\"training\" role=\"note\"><strong>"));
    put_word(b, n, language, "page.watermark");
    buf_add_str(b, S("</strong> "));
    put_word(b, n, language, "page.training");
    buf_add_str(b, S("</div>"));
}

/* What stands there before the program runs, and where there is none. */
static void put_plain(struct buf *b, const struct node *n, str language)
{
    buf_add_str(b, S("<body>"));
    put_training(b, n, language);
    buf_add_str(b, S("<div id=\"screen\"><main class=\"plain\">\n<h1>"));
    put_word(b, n, language, "page.title");
    buf_add_str(b, S("</h1>\n<p>"));
    put_running(b, n, language);
    buf_add_str(b, S("</p>\n<noscript><p>"));
    put_word(b, n, language, "page.no-script");
    buf_add_str(b, S("</p></noscript>\n<h2>"));
    put_word(b, n, language, "page.services");
    buf_add_str(b, S("</h2>\n<ul>\n"));
    put_services(b, n, language);
    buf_add_str(b, S("</ul>\n<h2>"));
    put_word(b, n, language, "page.verify");
    buf_add_str(b, S("</h2>\n<ul>\n"));
    put_link(b, n, language, "/v1/trust-list", "page.trust");
    put_link(b, n, language, "/v1/revocations", "page.revoked");
    put_link(b, n, language, "/openapi.json", "page.api");
    buf_add_str(b, S("</ul>\n</main></div></body>\n</html>\n"));
}

static enum err show_page(struct act *a, struct fault *f)
{
    const struct node *n = node_of(a);
    str language = act_param(a, S("language"));

    if (!is_language(n, language))
        return fault(f, ERR_NO_ROUTE, "no such page");
    put_head(&a->reply, n, language, act_param(a, S("below")));
    put_plain(&a->reply, n, language);
    a->type = "text/html; charset=utf-8";
    a->cache = ask_again;
    return OK;
}

#define SCREEN(name, path, summary, read)                                                          \
    {                                                                                              \
        name, ACTION_OPEN, ACTION_GET, path, ACTOR_NOBODY, "Service", NULL, summary, 0, false,     \
            NULL, NULL, NULL, read, NULL                                                           \
    }

const struct action screen_actions[] = {
    SCREEN("screen.begin", "/", "The portal in the reader's language", go_to_language),
    SCREEN("screen.home", "/{language}", "The portal", show_page),
    SCREEN("screen.page", "/{language}/{below*}", "A page of the portal, the desk or the ministry",
           show_page),
    SCREEN("screen.words", "/words/{language}/{part}", "The words of a part of the screens",
           show_words),
    SCREEN("screen.file", "/assets/{file}", "A file of the screens", show_file),
    SCREEN("screen.offline", "/offline.js", "What keeps the portal at work without a line",
           show_offline),
};
const size_t screen_actions_n = ARRAY_LEN(screen_actions);
