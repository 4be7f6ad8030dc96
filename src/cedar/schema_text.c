/* schema_text.c - schemas in Cedar's own syntax
 *
 * Grammar: docs, human-readable-schema-grammar. Annotations are read and dropped. Names are kept
 * as written; schema_resolve.c finds what they mean.
 */
#include "cedar/schema_int.h"

enum { MAX_NAMESPACES = 1000 };

struct names {
    str *items;
    size_t n, room;
};

struct text {
    struct cd_parser p;
    struct raw_schema *raw;
    str ns;
    struct names seen; /* namespaces */
};

static bool add_name(struct cd_parser *p, struct names *l, str name)
{
    l->items = cd_grow(p->arena, l->items, l->n, &l->room, sizeof *l->items);
    if (!l->items)
        return cd_fail_memory(p);
    l->items[l->n++] = name;
    return true;
}

static bool skip_annotations(struct cd_parser *p)
{
    struct cd_note *notes;
    uint32_t n;

    return cd_parse_annotations(p, &notes, &n);
}

/* IDENT or STR; any identifier will do */
static bool name(struct cd_parser *p, str *out)
{
    if (p->tok.kind == TOK_STRING)
        return cd_parse_string(p, out);
    if (p->err != OK || p->tok.kind != TOK_IDENT)
        return cd_fail(p, "expected a name");
    *out = p->tok.text;
    cd_next(p);
    return true;
}

/* A path in which __cedar may stand in front. */
static bool type_path(struct cd_parser *p, str *out)
{
    str rest;

    if (!cd_at_word(p, S("__cedar")))
        return cd_parse_path(p, out);
    cd_next(p);
    if (!cd_expect(p, S("::")) || !cd_parse_path(p, &rest))
        return false;
    *out = str_printf(p->arena, "__cedar::%.*s", STR_FMT(rest));
    return out->p || cd_fail_memory(p);
}

/* ---- types ----------------------------------------------------------------------------- */

static const struct raw_type *type(struct cd_parser *p);

static bool attribute(struct cd_parser *p, struct raw_attr *a)
{
    if (!skip_annotations(p))
        return false;
    if (p->tok.kind == TOK_IDENT && cd_is_reserved(p->tok.text) && !cd_at_word(p, S("__cedar")))
        return cd_fail(p, "reserved word '%.*s': write it in quotes", STR_FMT(p->tok.text));
    if (!name(p, &a->name))
        return false;
    a->required = !cd_take(p, S("?"));
    if (!cd_expect(p, S(":")))
        return false;
    a->type = type(p);
    return a->type != NULL;
}

static bool record_type(struct cd_parser *p, struct raw_type *t)
{
    size_t n = 0, room = 0;

    t->kind = RAW_RECORD;
    cd_next(p);
    while (!cd_take(p, S("}"))) {
        t->attrs = cd_grow(p->arena, t->attrs, n, &room, sizeof *t->attrs);
        if (!t->attrs)
            return cd_fail_memory(p);
        if (!attribute(p, &t->attrs[n++]))
            return false;
        if (!cd_take(p, S(","))) {
            if (!cd_expect(p, S("}")))
                return false;
            break;
        }
    }
    t->n = (uint32_t)n;
    return true;
}

static bool type_body(struct cd_parser *p, struct raw_type *t)
{
    struct cd_token next = cd_peek(p);

    if (cd_at(p, S("{")))
        return record_type(p, t);
    if (!cd_at_word(p, S("Set")) || next.kind != TOK_PUNCT || !str_eq(next.text, S("<"))) {
        t->kind = RAW_NAME;
        return type_path(p, &t->name);
    }
    t->kind = RAW_SET;
    cd_next(p);
    cd_next(p);
    t->element = type(p);
    return t->element && cd_expect(p, S(">"));
}

static const struct raw_type *type(struct cd_parser *p)
{
    struct raw_type *t = cd_alloc(p, 1, sizeof *t);
    bool ok;

    if (!t || p->err != OK)
        return NULL;
    t->at = p->tok.at;
    if (++p->depth > p->max_depth) {
        cd_fail(p, "type nested deeper than %u", p->max_depth);
        return NULL;
    }
    ok = type_body(p, t);
    p->depth--;
    return ok ? t : NULL;
}

/* ---- declarations ---------------------------------------------------------------------- */

/* Path, or '[' paths ']'; no comma before the bracket */
static bool entity_types(struct cd_parser *p, struct names *l)
{
    bool list = cd_take(p, S("["));
    str path;

    if (list && cd_take(p, S("]")))
        return true;
    do {
        if (!cd_parse_path(p, &path) || !add_name(p, l, path))
            return false;
    } while (list && cd_take(p, S(",")));
    return !list || cd_expect(p, S("]"));
}

static bool enum_ids(struct cd_parser *p, struct raw_entity *e)
{
    struct names l = {0};
    str id;

    if (!cd_expect(p, S("[")))
        return false;
    do {
        if (!cd_parse_string(p, &id) || !add_name(p, &l, id))
            return false;
    } while (cd_take(p, S(",")));
    e->enum_ids = l.items;
    e->n_enum = (uint32_t)l.n;
    return cd_expect(p, S("]"));
}

static bool entity_body(struct cd_parser *p, struct raw_entity *e)
{
    struct names parents = {0};

    if (cd_take_word(p, S("enum")))
        return enum_ids(p, e) && cd_expect(p, S(";"));
    if (cd_take_word(p, S("in")) && !entity_types(p, &parents))
        return false;
    e->parents = parents.items;
    e->n_parents = (uint32_t)parents.n;
    if (cd_take(p, S("=")) || cd_at(p, S("{"))) {
        e->shape = type(p);
        if (!e->shape)
            return false;
        if (e->shape->kind != RAW_RECORD)
            return cd_fail_at(p, e->shape->at, "the attributes of an entity are a record");
    }
    if (cd_take_word(p, S("tags"))) {
        e->tags = type(p);
        if (!e->tags)
            return false;
    }
    return cd_expect(p, S(";"));
}

static bool entity(struct text *t)
{
    struct cd_parser *p = &t->p;
    struct raw_entity body = {.ns = t->ns, .at = p->tok.at};
    struct names l = {0};

    cd_next(p);
    do {
        if (p->tok.kind != TOK_IDENT || cd_is_reserved(p->tok.text))
            return cd_fail(p, "expected the name of an entity type");
        if (!add_name(p, &l, p->tok.text))
            return false;
        cd_next(p);
    } while (cd_take(p, S(",")));
    if (!entity_body(p, &body))
        return false;
    for (size_t i = 0; i < l.n; i++) {
        struct raw_entity *e = cd_raw_entity(t->raw);
        if (!e)
            return cd_fail_memory(p);
        *e = body;
        e->name = l.items[i];
    }
    return true;
}

/* Path '::' STR, or Name */
static bool action_ref(struct cd_parser *p, struct raw_ref *out)
{
    struct cd_token next = cd_peek(p);
    struct cedar_uid uid;

    out->type = S("");
    if (p->tok.kind != TOK_IDENT || next.kind != TOK_PUNCT || !str_eq(next.text, S("::")))
        return name(p, &out->id);
    if (!cd_parse_uid(p, &uid))
        return false;
    *out = (struct raw_ref){uid.type, uid.id};
    return true;
}

static bool action_refs(struct cd_parser *p, struct raw_action *a)
{
    size_t n = 0, room = 0;
    bool list = cd_take(p, S("["));

    do {
        a->parents = cd_grow(p->arena, a->parents, n, &room, sizeof *a->parents);
        if (!a->parents)
            return cd_fail_memory(p);
        if (!action_ref(p, &a->parents[n++]))
            return false;
    } while (list && cd_take(p, S(",")));
    a->n_parents = (uint32_t)n;
    return !list || cd_expect(p, S("]"));
}

static bool applies_part(struct cd_parser *p, struct raw_action *a, bool seen[3])
{
    static const str words[] = {S("principal"), S("resource"), S("context")};
    struct names l = {0};
    unsigned which = 0;

    while (which < 3 && !cd_at_word(p, words[which]))
        which++;
    if (which == 3)
        return cd_fail(p, "expected 'principal', 'resource' or 'context'");
    if (seen[which])
        return cd_fail(p, "'%.*s' twice", STR_FMT(words[which]));
    seen[which] = true;
    cd_next(p);
    if (!cd_expect(p, S(":")))
        return false;
    if (which == 2) {
        a->context = type(p);
        return a->context != NULL;
    }
    if (!entity_types(p, &l))
        return false;
    *(which ? &a->resources : &a->principals) = l.items;
    *(which ? &a->n_resources : &a->n_principals) = (uint32_t)l.n;
    return true;
}

static bool applies_to(struct cd_parser *p, struct raw_action *a)
{
    bool seen[3] = {false};

    a->applies = true;
    if (!cd_expect(p, S("{")))
        return false;
    while (!cd_take(p, S("}"))) {
        if (!applies_part(p, a, seen))
            return false;
        if (!cd_take(p, S(","))) {
            if (!cd_expect(p, S("}")))
                return false;
            break;
        }
    }
    if (a->n_principals == 0 || a->n_resources == 0)
        return cd_fail_at(p, a->at, "an action applies to principals and to resources");
    return true;
}

static bool action(struct text *t)
{
    struct cd_parser *p = &t->p;
    struct raw_action body = {.ns = t->ns, .at = p->tok.at};
    struct names l = {0};
    str id;

    cd_next(p);
    do {
        if (!name(p, &id) || !add_name(p, &l, id))
            return false;
    } while (cd_take(p, S(",")));
    if (cd_take_word(p, S("in")) && !action_refs(p, &body))
        return false;
    if (cd_take_word(p, S("appliesTo")) && !applies_to(p, &body))
        return false;
    if (!cd_expect(p, S(";")))
        return false;
    for (size_t i = 0; i < l.n; i++) {
        struct raw_action *a = cd_raw_action(t->raw);
        if (!a)
            return cd_fail_memory(p);
        *a = body;
        a->id = l.items[i];
    }
    return true;
}

static bool common_type(struct text *t)
{
    static const str taken[] = {S("Bool"), S("Boolean"), S("Entity"), S("Extension"),
                                S("Long"), S("Record"),  S("Set"),    S("String")};
    struct cd_parser *p = &t->p;
    struct raw_common *c = cd_raw_common(t->raw);

    if (!c)
        return cd_fail_memory(p);
    c->at = p->tok.at;
    c->ns = t->ns;
    cd_next(p);
    if (p->tok.kind != TOK_IDENT || cd_is_reserved(p->tok.text))
        return cd_fail(p, "expected the name of a type");
    for (size_t i = 0; i < ARRAY_LEN(taken); i++) {
        if (str_eq(taken[i], p->tok.text))
            return cd_fail(p, "'%.*s' is the name of a built-in type", STR_FMT(taken[i]));
    }
    c->name = p->tok.text;
    cd_next(p);
    if (!cd_expect(p, S("=")))
        return false;
    c->type = type(p);
    return c->type && cd_expect(p, S(";"));
}

static bool declaration(struct text *t)
{
    if (cd_at_word(&t->p, S("entity")))
        return entity(t);
    if (cd_at_word(&t->p, S("action")))
        return action(t);
    if (cd_at_word(&t->p, S("type")))
        return common_type(t);
    return cd_fail(&t->p, "expected 'entity', 'action' or 'type'");
}

static bool namespace(struct text *t)
{
    struct cd_parser *p = &t->p;

    cd_next(p);
    if (!cd_parse_path(p, &t->ns))
        return false;
    if (t->seen.n == MAX_NAMESPACES)
        return cd_fail(p, "more than %d namespaces", MAX_NAMESPACES);
    for (size_t i = 0; i < t->seen.n; i++) {
        if (str_eq(t->seen.items[i], t->ns))
            return cd_fail(p, "namespace '%.*s' twice", STR_FMT(t->ns));
    }
    if (!add_name(p, &t->seen, t->ns) || !cd_expect(p, S("{")))
        return false;
    while (!cd_take(p, S("}"))) {
        if (!skip_annotations(p) || !declaration(t))
            return false;
    }
    t->ns = S("");
    return true;
}

enum err cd_schema_from_text(struct raw_schema *raw)
{
    struct text t = {.raw = raw, .ns = S("")};

    cd_parser_init(&t.p, raw->arena, raw->source.name, raw->source.text, 100, raw->fault);
    while (t.p.tok.kind != TOK_END && skip_annotations(&t.p)) {
        if (!(cd_at_word(&t.p, S("namespace")) ? namespace(&t) : declaration(&t)))
            break;
    }
    return t.p.err;
}
