/* check_words.c - every word that is used is there in all languages, and none is there for nothing
 */
#include <stdio.h>

#include "package/check_int.h"
#include "package/manifest.h"
#include "package/workflow.h"

enum { KEYS = 2000 };

/* Keys that the package uses. A field's group and its help are known, but may be absent. */
struct keys {
    size_t n;
    struct {
        str key;
        bool needed;
    } list[KEYS];
};

static void use(struct keys *keys, str key, bool needed)
{
    for (size_t i = 0; i < keys->n; i++)
        if (str_eq(keys->list[i].key, key)) {
            keys->list[i].needed |= needed;
            return;
        }
    if (key.n && keys->n < KEYS) {
        keys->list[keys->n].key = key;
        keys->list[keys->n++].needed = needed;
    }
}

static bool known(const struct keys *keys, str key)
{
    for (size_t i = 0; i < keys->n; i++)
        if (str_eq(keys->list[i].key, key))
            return true;
    return false;
}

str check_word_key(struct arena *a, const char *head, str at)
{
    AUTO(buf) struct buf b = BUF(1024);
    str rest = at, part;

    buf_add_str(&b, str_of(head));
    str_split(&rest, '/', &part);
    while (str_split(&rest, '/', &part)) {
        if (str_eq(part, S("*")))
            continue;
        buf_add_char(&b, '.');
        buf_add_str(&b, part);
    }
    return str_copy(a, buf_str(&b));
}

static void use_answer(struct check *c, void *context, str at, const struct json *schema, bool leaf)
{
    const struct json *choices = json_get(schema, S("enum"));
    str option = check_word_key(c->arena, "option", at);
    struct keys *keys = context;

    use(keys, check_word_key(c->arena, "field", at), leaf);
    use(keys, check_word_key(c->arena, "help", at), false);
    for (size_t i = 0; json_at(choices, i); i++) {
        str value = json_str(json_at(choices, i));
        if (value.p)
            use(keys, str_printf(c->arena, "%.*s.%.*s", STR_FMT(option), STR_FMT(value)), true);
    }
}

static void use_members(struct keys *keys, const struct json *list, const char *member)
{
    for (size_t i = 0; json_at(list, i); i++)
        use(keys, json_get_str(json_at(list, i), str_of(member)), true);
}

static void use_row(struct check *c, void *context, const char *at, const struct json *row)
{
    str event = json_get_str(row, S("event")), message = json_get_str(row, S("message"));
    const struct json *asks = json_get(row, S("asks"));
    struct keys *keys = context;

    (void)at;
    use(keys, str_printf(c->arena, "event.%.*s", STR_FMT(event)), !workflow_common_event(event));
    for (size_t i = 0; json_at(asks, i); i++)
        use(keys, str_printf(c->arena, "ask.%.*s", STR_FMT(json_str(json_at(asks, i)))), true);
    if (str_starts(message, S("message."))) {
        use(keys, str_printf(c->arena, "%.*s.subject", STR_FMT(message)), true);
        use(keys, str_printf(c->arena, "%.*s.text", STR_FMT(message)), true);
    }
}

/* The house has words for the common life; a package may have better ones. */
static void collect_workflow(struct check *c, struct keys *keys)
{
    const struct json *states = json_get(c->workflow, S("states"));

    for (size_t i = 0; json_at(states, i); i++) {
        str id = json_get_str(json_at(states, i), S("id"));
        use(keys, str_printf(c->arena, "state.%.*s", STR_FMT(id)), !workflow_common_state(id));
    }
    check_each_row(c, use_row, keys);
}

static void collect(struct check *c, struct keys *keys)
{
    static const char *const always[] = {"title", "lead", "who", "bring", "fee", "promise"};
    const struct json *pages = json_get(c->pages, S("pages")), *fee = json_get(c->rules, S("fee"));

    for (size_t i = 0; i < ARRAY_LEN(always); i++)
        use(keys, str_of(always[i]), true);
    use(keys, S("result"), false);
    form_walk(c, use_answer, keys);
    use_members(keys, pages, "title");
    use_members(keys, pages, "help");
    for (size_t i = 0; json_at(pages, i); i++) {
        const struct json *fields = json_get(json_at(pages, i), S("fields"));
        use_members(keys, fields, "label");
        use_members(keys, fields, "help");
        use(keys, json_get_str(json_get(json_at(pages, i), S("repeat")), S("item")), true);
    }
    use_members(keys, json_get(c->rules, S("eligibility")), "reason");
    use_members(keys, json_get(fee, S("items")), "label");
    use_members(keys, json_get(fee, S("waivers")), "reason");
    use_members(keys, json_get(c->rules, S("attachments")), "label");
    collect_workflow(c, keys);
}

/* ---- messages ----------------------------------------------------------------------------- */

static bool has_arg(const struct message *m, str name)
{
    bool number;

    for (size_t i = 0; i < message_arg_count(m); i++)
        if (str_eq(message_arg(m, i, &number), name))
            return true;
    return false;
}

/* Both have the same arguments, in whatever order. */
static bool same_args(const struct message *a, const struct message *b)
{
    bool number;

    for (size_t i = 0; i < message_arg_count(a); i++)
        if (!has_arg(b, message_arg(a, i, &number)))
            return false;
    return message_arg_count(a) == message_arg_count(b);
}

struct language {
    str file, code;
    const struct json *words;
};

/* NULL when it is malformed, which is told. */
static struct message *compile(struct check *c, const struct language *l, str key, str pattern)
{
    struct message *m;
    struct fault f = {0};

    if (message_compile(pattern, l->code, &m, &f) == OK)
        return m;
    check_add(c, l->file, str_printf(c->arena, "/%.*s", STR_FMT(key)), "see ICU MessageFormat",
              "\"%.*s\" cannot be read: %s", STR_FMT(key), f.detail);
    return NULL;
}

/* What is mailed knows a few things of the case, all of them texts. */
static void check_mail_args(struct check *c, const struct language *l, const struct message *m,
                            str pointer)
{
    static const char *const known_args[] = {"service", "case", "state", "due", "until", "mission"};
    bool number;

    for (size_t i = 0; i < message_arg_count(m); i++) {
        str name = message_arg(m, i, &number);
        bool found = false;
        for (size_t k = 0; k < ARRAY_LEN(known_args); k++)
            found |= str_eq(name, str_of(known_args[k]));
        if (!found || number)
            check_add(c, l->file, pointer,
                      "use {service}, {case}, {state}, {due}, {until}, {mission}",
                      "a message has no {%.*s}", STR_FMT(name));
    }
}

static void check_message(struct check *c, const struct language *l, const struct language *first,
                          const struct json_member *word)
{
    str pointer = str_printf(c->arena, "/%.*s", STR_FMT(word->key));
    str pattern = json_str(&word->value), other = json_get_str(first->words, word->key);

    if (!pattern.n) {
        check_add(c, l->file, pointer, "write a text", "\"%.*s\" has no text", STR_FMT(word->key));
        return;
    }
    struct message *m = compile(c, l, word->key, pattern), *n = NULL;
    if (m && first != l && other.p && message_compile(other, first->code, &n, NULL) == OK &&
        !same_args(m, n))
        check_add(c, l->file, pointer, "use the same names in all languages",
                  "the arguments of \"%.*s\" differ from those in %.*s", STR_FMT(word->key),
                  STR_FMT(first->file));
    if (m && str_starts(word->key, S("message.")))
        check_mail_args(c, l, m, pointer);
    message_free(n);
    message_free(m);
}

/* ---- languages ---------------------------------------------------------------------------- */

/* Could all be read that may use words? Else nothing is called unused. */
static bool complete(const struct check *c)
{
    return c->form && (c->pages || !package_file(c->files, S("pages.json"))) &&
           (c->rules || !package_file(c->files, S("rules.json"))) &&
           (c->workflow || !package_file(c->files, S("workflow.json")));
}

static void check_language(struct check *c, const struct keys *keys, const struct language *l,
                           const struct language *first)
{
    for (size_t i = 0; i < keys->n; i++)
        if (keys->list[i].needed && !json_get(l->words, keys->list[i].key))
            check_add(c, l->file, S(""), "add it", "the word \"%.*s\" is missing",
                      STR_FMT(keys->list[i].key));
    for (uint32_t i = 0; i < l->words->n; i++) {
        const struct json_member *word = &l->words->members[i];
        check_message(c, l, first, word);
        if (complete(c) && !known(keys, word->key))
            check_add(c, l->file, str_printf(c->arena, "/%.*s", STR_FMT(word->key)), "remove it",
                      "nothing uses the word \"%.*s\"", STR_FMT(word->key));
        else if (!json_get(first->words, word->key))
            check_add(c, first->file, S(""), "add it, or remove it from the other languages",
                      "the word \"%.*s\" of %.*s is missing", STR_FMT(word->key), STR_FMT(l->file));
    }
}

static bool read_language(struct check *c, const struct package_file *file, struct language *out)
{
    struct fault f = {0};
    struct json *j;

    out->code = package_words_language(file->name);
    out->file = file->name;
    if (!out->code.p)
        return false;
    if (json_parse(c->arena, file->bytes, NULL, &j, &f) != OK || j->type != J_OBJECT) {
        check_add(c, file->name, S(""), "write an object of texts as RFC 8259 says",
                  "this cannot be read: %s", f.detail[0] ? f.detail : "no object");
        return false;
    }
    out->words = j;
    return true;
}

void check_words(struct check *c)
{
    struct keys *keys = arena_new_of(c->arena, struct keys);
    struct language list[PACKAGE_LANGUAGES], *first = NULL;
    size_t n = 0;

    if (!keys)
        return;
    collect(c, keys);
    for (size_t i = 0; i < c->files->n && n < PACKAGE_LANGUAGES; i++)
        n += read_language(c, &c->files->list[i], &list[n]);
    for (size_t i = 0; i < n; i++)
        if (!first || str_eq(list[i].code, S("en")))
            first = &list[i];
    if (!first)
        check_add(c, S("words.en.json"), S(""), "add it", "there are no words");
    for (size_t i = 0; i < n; i++)
        check_language(c, keys, &list[i], first);
}
