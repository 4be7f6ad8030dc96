/* public.c - what anybody may read: the front page, health, figures, the ledger's hashes */
#include <stdio.h>

#include "base/encode.h"
#include "node/node_int.h"
#include "node/version.h"
#include "registry/registry.h"
#include "service/services.h"

static struct node *node_of(struct act *a)
{
    return (struct node *)((char *)a->house - offsetof(struct node, house));
}

static str language_of(struct act *a)
{
    str l = act_param(a, S("language"));

    return l.p ? l : a->actor.language.p && a->actor.language.n ? a->actor.language : S("en");
}

static void put_link(struct buf *b, const struct node *n, str language, const char *href,
                     const char *key)
{
    buf_printf(b, "<li><a href=\"%s\">", href);
    xml_escape(b, catalogue_word(n->words, language, str_of(key)));
    buf_add_str(b, S("</a></li>\n"));
}

static void put_services(struct buf *b, const struct node *n, str language)
{
    const struct offer *offer = services_offered(n->house.services);

    for (size_t i = 0; i < offer->n; i++) {
        const struct service *s = offer->list[i];
        buf_printf(b, "<li><a href=\"/v1/services/%.*s\">", STR_FMT(s->name));
        xml_escape(b, service_word(s, language, S("title")));
        buf_add_str(b, S("</a></li>\n"));
    }
}

/* A page of plain semantic HTML, right to left where the language is. */
static enum err show_page(struct act *a, struct fault *f)
{
    const struct node *n = node_of(a);
    str language = language_of(a), running;
    struct buf *b = &a->reply;

    (void)f;
    if (!str_eq(language, S("ar")) && !str_eq(language, S("fr")))
        language = S("en");
    running = catalogue_word(n->words, language, S("page.running"));
    ptrdiff_t at = str_find(running, S("{state}"));
    buf_printf(b,
               "<!doctype html>\n<html lang=\"%.*s\" dir=\"%s\">\n<head><meta charset=\"utf-8\">"
               "<meta name=\"viewport\" content=\"width=device-width\">\n<title>",
               STR_FMT(language), str_eq(language, S("ar")) ? "rtl" : "ltr");
    xml_escape(b, catalogue_word(n->words, language, S("page.title")));
    buf_add_str(b, S("</title>\n<link rel=\"stylesheet\" href=\"/page.css\"></head>\n<body>\n<main>"
                     "\n<nav><a href=\"/?language=ar\" lang=\"ar\">العربية</a> "
                     "<a href=\"/?language=en\" lang=\"en\">English</a> "
                     "<a href=\"/?language=fr\" lang=\"fr\">Français</a></nav>\n<h1>"));
    xml_escape(b, catalogue_word(n->words, language, S("page.title")));
    buf_add_str(b, S("</h1>\n<p>"));
    xml_escape(b, at < 0 ? running : str_sub(running, 0, (size_t)at));
    if (at >= 0) {
        bool arabic = str_eq(language, S("ar")) && n->config.state_name_ar.p;
        xml_escape(b, arabic ? n->config.state_name_ar : n->config.state_name);
        xml_escape(b, str_sub(running, (size_t)at + 7, running.n));
    }
    buf_add_str(b, S("</p>\n<h2>"));
    xml_escape(b, catalogue_word(n->words, language, S("page.services")));
    buf_add_str(b, S("</h2>\n<ul>\n"));
    put_services(b, n, language);
    put_link(b, n, language, "/v1/missions", "page.missions");
    buf_add_str(b, S("</ul>\n<h2>"));
    xml_escape(b, catalogue_word(n->words, language, S("page.verify")));
    buf_add_str(b, S("</h2>\n<ul>\n"));
    put_link(b, n, language, "/v1/trust-list", "page.trust");
    put_link(b, n, language, "/v1/revocations", "page.revoked");
    buf_add_str(b, S("</ul>\n<h2>"));
    xml_escape(b, catalogue_word(n->words, language, S("page.for-programs")));
    buf_add_str(b, S("</h2>\n<ul>\n"));
    put_link(b, n, language, "/openapi.json", "page.api");
    buf_add_str(b, S("</ul>\n</main>\n</body>\n</html>\n"));
    a->type = "text/html; charset=utf-8";
    return OK;
}

static enum err show_css(struct act *a, struct fault *f)
{
    (void)f;
    buf_add_str(&a->reply,
                S("body{font:18px/1.6 'Noto Sans','Noto Sans Arabic',system-ui,sans-serif;margin:0;"
                  "color:#1b2733;background:#fff}main{max-inline-size:42rem;margin-inline:auto;"
                  "padding:1.5rem}nav a{margin-inline-end:1rem}h1{font-size:1.9rem;line-height:1.2}"
                  "h2{font-size:1.2rem;margin-block-start:2rem}a{color:#0b5394}"
                  "a:focus-visible{outline:3px solid #f2a900}"));
    a->type = "text/css; charset=utf-8";
    return OK;
}

static enum err show_health(struct act *a, struct fault *f)
{
    (void)f;
    buf_add_str(&a->reply, S("{\"status\":\"alive\"}"));
    return OK;
}

/* Ready: the keyring answers, so acts can be taken. */
static enum err show_ready(struct act *a, struct fault *f)
{
    AUTO(buf) struct buf b = BUF(1024);

    TRY(keyring_head_key(a->house->keyring, S("ready"), &b, f));
    buf_add_str(&a->reply, S("{\"status\":\"ready\"}"));
    return OK;
}

static enum err show_metrics(struct act *a, struct fault *f)
{
    (void)f;
    metrics_write(node_of(a)->metrics, &a->reply);
    a->type = "text/plain; version=0.0.4; charset=utf-8";
    return OK;
}

static enum err show_openapi(struct act *a, struct fault *f)
{
    (void)f;
    openapi_write(&a->reply, SIFARA_VERSION);
    return OK;
}

static enum err show_trust(struct act *a, struct fault *f)
{
    return keyring_trust_list(a->house->keyring, &a->reply, f);
}

/* ---- the ledger -------------------------------------------------------------------------- */

static enum err show_head(struct act *a, struct fault *f)
{
    struct ledger_state s;

    TRY(ledger_head(a->house->ledger, a->house->keyring, 0, &s, &a->reply, f));
    a->type = "text/plain; charset=utf-8";
    return OK;
}

static enum err show_head_key(struct act *a, struct fault *f)
{
    str origin = ledger_origin(a->house->ledger, ledger_state(a->house->ledger).epoch, a->arena);

    TRY_PTR(origin.p, f);
    a->type = "text/plain; charset=utf-8";
    return keyring_head_key(a->house->keyring, origin, &a->reply, f);
}

static enum err show_consistency(struct act *a, struct fault *f)
{
    struct ledger_state s = ledger_state(a->house->ledger);
    struct merkle_proof p;
    struct jw w = JW(&a->reply);
    int64_t from, to;

    if (!str_to_int64(act_param(a, S("from")), &from) || from < 0 ||
        !str_to_int64(act_param(a, S("to")), &to) || to < from || (uint64_t)to > s.size)
        return fault(f, ERR_RANGE, "the log has %llu entries", (unsigned long long)s.size);
    TRY(ledger_prove_consistency(a->db, s.epoch, (uint64_t)from, (uint64_t)to, &p, f));
    jw_open(&w, '{');
    jw_key(&w, S("proof"));
    jw_open(&w, '[');
    for (size_t i = 0; i < p.n; i++) {
        AUTO(buf) struct buf h = BUF(64);
        base64_encode(&h, hash_str(&p.node[i]), BASE64_STD);
        jw_string(&w, buf_str(&h));
    }
    jw_close(&w, ']');
    jw_close(&w, '}');
    return OK;
}

/* tlog-tiles: /tile/L/N with N in groups of three digits, "x" before all but the last, and ".p/W"
 * for a partial one. */
static bool parse_tile(str path, unsigned *level, uint64_t *index, unsigned *width)
{
    str part;
    int64_t v, n = 0;

    if (!str_split(&path, '/', &part) || !str_to_int64(part, &v) || v < 0 || v > 5)
        return false;
    *level = (unsigned)v;
    *width = LEDGER_TILE;
    while (str_split(&path, '/', &part)) {
        bool more = str_starts(part, S("x"));
        bool partial = str_ends(part, S(".p"));
        part = str_sub(part, more, part.n - (partial ? 2 : 0));
        if (part.n != 3 || !str_to_int64(part, &v) || v < 0 || n > (int64_t)1 << 40)
            return false;
        n = n * 1000 + v;
        if (more)
            continue;
        if (partial) {
            if (!str_split(&path, '/', &part) || !str_to_int64(part, &v) || v < 1 || v > 255)
                return false;
            *width = (unsigned)v;
        }
        *index = (uint64_t)n;
        return path.p == NULL;
    }
    return false;
}

static enum err show_tile(struct act *a, struct fault *f)
{
    struct ledger_state s = ledger_state(a->house->ledger);
    unsigned level, width;
    uint64_t index;

    if (!parse_tile(act_param(a, S("tile")), &level, &index, &width))
        return fault(f, ERR_NOT_FOUND, "no such tile");
    TRY(ledger_tile(a->db, s.epoch, level, index, width, s.size, &a->reply, f));
    a->type = "application/octet-stream";
    return OK;
}

/* After a restore: the journal goes on in a new epoch. The entry names the head it leaves behind.
 */
static enum err new_epoch(struct act *a, struct fault *f)
{
    struct ledger_state old = ledger_state(a->house->ledger);

    a->content = old.root;
    a->subject = str_printf(a->arena, "epoch/%llu/size/%llu", (unsigned long long)old.epoch,
                            (unsigned long long)old.size);
    return ledger_next_epoch(a->house->ledger, a->db, f);
}

#define PUBLIC(name, path, summary, read)                                                          \
    {                                                                                              \
        name, ACTION_OPEN, ACTION_GET, path, ACTOR_NOBODY, "Service", NULL, summary, 0, false,     \
            NULL, NULL, NULL, read, NULL                                                           \
    }

const struct action public_actions[] = {
    PUBLIC("page.show", "/", "What runs here", show_page),
    PUBLIC("page.style", "/page.css", "How the page looks", show_css),
    PUBLIC("node.health", "/healthz", "Is the process alive?", show_health),
    PUBLIC("node.ready", "/readyz", "Can it take acts?", show_ready),
    PUBLIC("node.metrics", "/metrics", "Counters and histograms", show_metrics),
    PUBLIC("node.openapi", "/openapi.json", "This description", show_openapi),
    PUBLIC("seal.trust", "/v1/trust-list", "Certificates for checking seals", show_trust),
    PUBLIC("ledger.head", "/v1/ledger/checkpoint", "The signed head of the log", show_head),
    PUBLIC("ledger.key", "/v1/ledger/key", "The key that signs heads", show_head_key),
    PUBLIC("ledger.consistency", "/v1/ledger/consistency/{from}/{to}",
           "Proof that one state of the log extends another", show_consistency),
    PUBLIC("ledger.tile", "/v1/ledger/tile/{tile*}", "Hashes of the log (tlog-tiles)", show_tile),
    {"ledger.new-epoch", ACTION_ACT, ACTION_INTERNAL, NULL, ACTOR_SYSTEM, "Service", NULL,
     "The journal continues in a new epoch after a restore", 0, false, NULL, NULL, new_epoch, NULL,
     NULL},
};
const size_t public_actions_n = ARRAY_LEN(public_actions);
