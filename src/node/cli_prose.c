/* cli_prose.c - policy read: what a policy says, in the words of people */
#include <stdio.h>
#include <stdlib.h>

#include "mail/mail.h"
#include "node/cli_policy_int.h"
#include "policy/facts.h"
#include "policy/prose.h"

enum { OUTPUT_MAX = 256 << 20, SCRATCH = 64 << 20 };

/* ---- words ---------------------------------------------------------------------------------- */

/* What prose_words.from points to. */
struct tongue {
    const struct catalogue *words;
    const struct facts *facts; /* for names; NULL: none */
};

static str tongue_word(const void *from, str language, str key)
{
    return catalogue_word(((const struct tongue *)from)->words, language, key);
}

static str tongue_name(const void *from, str language, str type, str id)
{
    const struct facts *all = ((const struct tongue *)from)->facts;

    return all ? facts_name(all, language, type, id) : STR_NONE;
}

/* ---- the document --------------------------------------------------------------------------- */

struct reading {
    struct cli *c;
    struct arena *a; /* for one policy */
    const struct cedar_set *set;
    struct tongue tongue;
    struct prose_words words;
    str language;
};

static str word(const struct reading *r, const char *key)
{
    str w = tongue_word(&r->tongue, r->language, str_of(key));

    return w.p ? w : str_of(key);
}

static void put_underlined(struct buf *b, str s, char line)
{
    buf_add_str(b, s);
    buf_add_char(b, '\n');
    for (size_t i = utf8_count(s); i > 0; i--)
        buf_add_char(b, line);
    buf_add_str(b, S("\n\n"));
}

static void put_title(struct buf *b, str title, str id)
{
    buf_add_str(b, title.n ? title : id);
    if (title.n)
        buf_printf(b, " [%.*s]", STR_FMT(id));
    buf_add_char(b, '\n');
}

/* "Basis: {0}" */
static void put_basis(const struct reading *r, struct buf *b, str basis)
{
    str phrase = word(r, "prose.document.basis");
    ptrdiff_t at = str_find(phrase, S("{0}"));

    if (!basis.n || at < 0)
        return;
    buf_printf(b, "  %.*s%.*s%.*s\n", (int)at, phrase.p, STR_FMT(basis),
               STR_FMT(str_sub(phrase, (size_t)at + 3, phrase.n)));
}

static str policy_name(const struct reading *r, size_t i)
{
    str id = cedar_policy_note(r->set, i, S("id"));

    return id.n ? id : cedar_policy_id(r->set, i);
}

static enum err put_policy(const struct reading *r, struct buf *b, size_t i, struct fault *f)
{
    struct prose p;

    TRY(prose_policy(r->a, r->set, i, &r->words, r->language, &p, f));
    put_title(b, cedar_policy_note(r->set, i, S("title")), policy_name(r, i));
    prose_print(b, &p, S("  "));
    str own = str_printf(r->a, "basis_%.*s", STR_FMT(r->language));
    str basis = own.p ? cedar_policy_note(r->set, i, own) : STR_NONE;
    put_basis(r, b, basis.p ? basis : cedar_policy_note(r->set, i, S("basis")));
    buf_add_char(b, '\n');
    return OK;
}

static enum err put_templates(const struct reading *r, struct buf *b, struct fault *f)
{
    const struct json *l = NULL;
    struct prose p;

    if (!cedar_template_count(r->set))
        return OK;
    TRY(cedar_template_trees(r->c->arena, r->set, &l, f));
    put_underlined(b, word(r, "prose.document.templates"), '-');
    for (uint32_t i = 0; l && i < l->n; i++) {
        const struct json *t = &l->members[i].value, *notes = json_get(t, S("annotations"));
        str id = json_get_str(notes, S("id"));
        arena_reset(r->a);
        TRY(prose_tree(r->a, t, &r->words, r->language, &p, f));
        put_title(b, json_get_str(notes, S("title")), id.n ? id : l->members[i].key);
        prose_print(b, &p, S("  "));
        put_basis(r, b, json_get_str(notes, S("basis")));
        buf_add_char(b, '\n');
    }
    return OK;
}

static enum err put_document(const struct reading *r, struct buf *b, struct fault *f)
{
    str file = STR_NONE;

    put_underlined(b, word(r, "prose.document.title"), '=');
    for (size_t i = 0; i < cedar_set_count(r->set); i++) {
        struct cedar_place place = cedar_policy_place(r->set, i);
        if (!file.p || !str_eq(place.file, file))
            put_underlined(b, place.file, '-');
        file = place.file;
        arena_reset(r->a);
        TRY(put_policy(r, b, i, f));
    }
    return put_templates(r, b, f);
}

/* ---- for programs --------------------------------------------------------------------------- */

static void json_items(struct jw *w, const struct prose *p)
{
    jw_key(w, S("lines"));
    jw_open(w, '[');
    for (size_t i = 0; i < p->n; i++) {
        jw_open(w, '{');
        jw_kv_int(w, S("depth"), p->items[i].depth);
        jw_kv(w, S("text"), p->items[i].text);
        jw_close(w, '}');
    }
    jw_close(w, ']');
}

static enum err json_policy(const struct reading *r, struct jw *w, size_t i, struct fault *f)
{
    static const str notes[] = {S("title"), S("basis")};
    struct cedar_place place = cedar_policy_place(r->set, i);
    struct prose p;

    TRY(prose_policy(r->a, r->set, i, &r->words, r->language, &p, f));
    jw_open(w, '{');
    jw_kv(w, S("id"), policy_name(r, i));
    for (size_t k = 0; k < ARRAY_LEN(notes); k++)
        if (cedar_policy_note(r->set, i, notes[k]).p)
            jw_kv(w, notes[k], cedar_policy_note(r->set, i, notes[k]));
    jw_kv(w, S("effect"), cedar_policy_permits(r->set, i) ? S("permit") : S("forbid"));
    jw_kv(w, S("file"), place.file);
    jw_kv_int(w, S("line"), place.line);
    json_items(w, &p);
    jw_close(w, '}');
    return OK;
}

static enum err put_json(const struct reading *r, struct buf *b, struct fault *f)
{
    struct jw w = JW(b);

    jw_open(&w, '[');
    for (size_t i = 0; i < cedar_set_count(r->set); i++) {
        arena_reset(r->a);
        TRY(json_policy(r, &w, i, f));
    }
    jw_close(&w, ']');
    buf_add_char(b, '\n');
    return OK;
}

/* ---- the command ---------------------------------------------------------------------------- */

static enum err load_facts(struct cli *c, const char *path, struct facts **out, struct fault *f)
{
    struct cedar_source src[POLICY_SOURCES];
    size_t n;

    TRY(policy_sources(c->arena, path, src, &n, f));
    return facts_read(src, n, out, f);
}

static enum err say_all(struct reading *r, const char *path, struct buf *b, struct fault *f)
{
    AUTO(arena) struct arena *a = arena_new(SCRATCH);
    AUTO(cedar_set) struct cedar_set *set = NULL;
    struct facts *facts = NULL;
    enum err e;

    TRY_PTR(a, f);
    TRY(policy_load(r->c->arena, path, &set, f));
    TRY(load_facts(r->c, path, &facts, f));
    r->a = a;
    r->set = set;
    r->tongue.facts = facts;
    r->words = (struct prose_words){tongue_word, tongue_name, &r->tongue};
    e = r->c->json ? put_json(r, b, f) : put_document(r, b, f);
    facts_free(facts);
    if (e == OK && !buf_ok(b))
        return fault(f, ERR_MEMORY_LIMIT, "the document is too large");
    return e;
}

static bool language_known(str language)
{
    return str_eq(language, S("en")) || str_eq(language, S("ar")) || str_eq(language, S("fr"));
}

int cli_policy_read(struct cli *c)
{
    static const char *const needed[] = {"policies"};
    AUTO(buf) struct buf out = BUF(OUTPUT_MAX);
    struct reading r = {.c = c, .language = S("en")};
    struct catalogue *words = NULL;
    struct fault f = {0};

    if (!policy_wants(c, needed, ARRAY_LEN(needed)))
        return CLI_USAGE;
    if (cli_option(c, "language"))
        r.language = str_of(cli_option(c, "language"));
    if (!language_known(r.language))
        return fprintf(stderr, "sifara: --language is ar, en or fr\n"), CLI_USAGE;
    if (cli_words(c, &words, &f) != OK)
        return cli_fault(&f, CLI_FAILED);
    r.tongue.words = words;
    const char *path = cli_option(c, "policies");
    enum err e = say_all(&r, path, &out, &f);
    catalogue_free(words);
    if (e != OK)
        return policy_fault(path, &f);
    str text = buf_str(&out);
    bool done = fwrite(text.p, 1, text.n, stdout) == text.n && fflush(stdout) == 0;
    return done ? CLI_OK : CLI_FAILED;
}
