/* parse.c - policies: annotations, effect, scope, conditions; and the set they make
 *
 * Grammar: docs, syntax-grammar. A policy with a slot in its scope is a template; it takes part
 * in decisions only through links. Everything of a set lives in one arena of its own.
 */
#include "cedar/cedar_int.h"

#include <stdlib.h>

const struct cedar_limits cedar_limits_default = {
    .bytes = 16u << 20, .memory = 512u << 20, .policies = 100000, .depth = 200};

enum { MAX_DEPTH = 1000 };

/* ---- scope ----------------------------------------------------------------------------- */

static const str var_names[] = {S("principal"), S("action"), S("resource")};

static bool uid_or_slot(struct cd_parser *p, enum cd_var var, struct cd_scope_part *s)
{
    s->n = 1;
    s->uids = cd_alloc(p, 1, sizeof *s->uids);
    if (!s->uids)
        return false;
    if (p->tok.kind != TOK_SLOT)
        return cd_parse_uid(p, s->uids);
    if (var == VAR_ACTION || !str_eq(p->tok.text, var_names[var]))
        return cd_fail(p, "?%.*s cannot stand here", STR_FMT(p->tok.text));
    s->slot = true;
    cd_next(p);
    return true;
}

static bool action_list(struct cd_parser *p, struct cd_scope_part *s)
{
    size_t n = 0, room = 0;

    s->kind = SCOPE_IN_ANY;
    while (!cd_take(p, S("]"))) {
        s->uids = cd_grow(p->arena, s->uids, n, &room, sizeof *s->uids);
        if (!s->uids)
            return cd_fail_memory(p);
        if (!cd_parse_uid(p, &s->uids[n++]))
            return false;
        if (!cd_take(p, S(","))) {
            if (!cd_expect(p, S("]")))
                return false;
            break;
        }
    }
    s->n = (uint32_t)n;
    return true;
}

static bool scope_is(struct cd_parser *p, enum cd_var var, struct cd_scope_part *s)
{
    s->kind = SCOPE_IS;
    if (var == VAR_ACTION)
        return cd_fail(p, "'is' cannot be said of the action in a scope");
    if (!cd_parse_path(p, &s->type))
        return false;
    s->type_hash = cd_hash(s->type, 1);
    if (!cd_take_word(p, S("in")))
        return true;
    s->kind = SCOPE_IS_IN;
    return uid_or_slot(p, var, s);
}

static bool is_action_type(str type)
{
    return str_eq(type, S("Action")) || str_ends(type, S("::Action"));
}

static bool scope_part(struct cd_parser *p, enum cd_var var, struct cd_scope_part *s)
{
    uint32_t at = p->tok.at;

    if (!cd_take_word(p, var_names[var]))
        return cd_fail(p, "expected '%.*s' in the scope", STR_FMT(var_names[var]));
    if (cd_take(p, S("=="))) {
        s->kind = SCOPE_EQ;
        if (!uid_or_slot(p, var, s))
            return false;
    } else if (cd_take_word(p, S("in"))) {
        s->kind = SCOPE_IN;
        if (var == VAR_ACTION && cd_take(p, S("["))) {
            if (!action_list(p, s))
                return false;
        } else if (!uid_or_slot(p, var, s)) {
            return false;
        }
    } else if (cd_take_word(p, S("is"))) {
        return scope_is(p, var, s);
    }
    for (uint32_t i = 0; var == VAR_ACTION && i < s->n; i++) {
        if (!is_action_type(s->uids[i].type))
            return cd_fail_at(p, at, "the type of an action is called Action");
    }
    return p->err == OK;
}

static bool scope(struct cd_parser *p, struct cd_policy *out)
{
    if (!cd_expect(p, S("(")))
        return false;
    for (unsigned i = 0; i < 3; i++) {
        out->scope[i].at = p->tok.at;
        if (!scope_part(p, (enum cd_var)i, &out->scope[i]))
            return false;
        out->scope[i].end = p->prev_end;
        if (i < 2 && !cd_expect(p, S(",")))
            return false;
        out->is_template |= out->scope[i].slot;
    }
    cd_take(p, S(","));
    return cd_expect(p, S(")"));
}

/* ---- policy ---------------------------------------------------------------------------- */

static bool conditions(struct cd_parser *p, struct cd_policy *out)
{
    size_t n = 0, room = 0;

    while (p->err == OK && (cd_at_word(p, S("when")) || cd_at_word(p, S("unless")))) {
        struct cd_condition *c;
        out->conditions = cd_grow(p->arena, out->conditions, n, &room, sizeof *c);
        if (!out->conditions)
            return cd_fail_memory(p);
        c = &out->conditions[n++];
        *c = (struct cd_condition){.unless = cd_at_word(p, S("unless"))};
        cd_next(p);
        if (!cd_expect(p, S("{")) || !(c->e = cd_parse_expr(p)) || !cd_expect(p, S("}")))
            return false;
    }
    out->n_conditions = (uint32_t)n;
    return p->err == OK;
}

static bool policy(struct cd_parser *p, struct cd_policy *out)
{
    out->at = p->tok.at;
    if (!cd_parse_annotations(p, &out->notes, &out->n_notes))
        return false;
    out->permit = cd_at_word(p, S("permit"));
    if (!out->permit && !cd_at_word(p, S("forbid")))
        return cd_fail(p, "expected 'permit' or 'forbid'");
    cd_next(p);
    if (!scope(p, out) || !conditions(p, out))
        return false;
    if (!cd_take(p, S(";")))
        return cd_fail(p, "expected 'when', 'unless' or ';'");
    out->end = p->prev_end;
    return true;
}

/* ---- set ------------------------------------------------------------------------------- */

struct building {
    struct cedar_set *set;
    const struct cedar_limits *limits;
    struct fault *fault;
    const str *ids;
    size_t room, template_room;
};

static enum err no_memory(struct fault *f)
{
    return fault(f, ERR_MEMORY_LIMIT, "memory limit of the policy set reached");
}

/* Room for one more policy or template, zeroed. */
static struct cd_policy *new_policy(struct building *b, bool is_template)
{
    struct cedar_set *s = b->set;
    struct cd_policy **list = is_template ? &s->templates : &s->policies;
    uint32_t *n = is_template ? &s->n_templates : &s->n;
    struct cd_policy *more =
        cd_grow(s->arena, *list, *n, is_template ? &b->template_room : &b->room, sizeof **list);

    if (!more)
        return NULL;
    *list = more;
    return &more[(*n)++];
}

static enum err parse_file(struct building *b, uint32_t file)
{
    struct cedar_set *s = b->set;
    struct cd_parser p;

    cd_parser_init(&p, s->arena, s->files[file].src.name, s->files[file].src.text, b->limits->depth,
                   b->fault);
    while (p.tok.kind != TOK_END) {
        struct cd_policy one = {.file = file}, *kept;
        uint32_t number = s->n + s->n_templates;
        if (number >= b->limits->policies)
            return fault(b->fault, ERR_LIMIT, "more than %u policies", b->limits->policies);
        if (!policy(&p, &one))
            return p.err;
        if (b->ids)
            one.id = str_copy(s->arena, b->ids[file]);
        else
            one.id = str_printf(s->arena, "policy%u", number);
        kept = new_policy(b, one.is_template);
        if (!kept || !one.id.p)
            return no_memory(b->fault);
        *kept = one;
    }
    return OK;
}

static enum err copy_files(struct building *b, const struct cedar_source *src, size_t n)
{
    struct cedar_set *s = b->set;
    size_t bytes = 0;

    s->files = arena_zalloc(s->arena, n ? n : 1, sizeof *s->files);
    if (!s->files)
        return no_memory(b->fault);
    for (size_t i = 0; i < n; i++) {
        if (src[i].text.n > b->limits->bytes - bytes || src[i].text.n > UINT32_MAX - 1)
            return fault(b->fault, ERR_LIMIT, "policy text larger than %zu bytes",
                         b->limits->bytes);
        bytes += src[i].text.n;
        if (!utf8_valid(src[i].text))
            return fault(b->fault, ERR_SYNTAX, "%.*s: the text is not UTF-8", STR_FMT(src[i].name));
        s->files[i].src.name = str_copy(s->arena, src[i].name);
        s->files[i].src.text = str_copy(s->arena, src[i].text);
        if (!s->files[i].src.name.p || !s->files[i].src.text.p ||
            !cd_find_lines(s->arena, &s->files[i]))
            return no_memory(b->fault);
        s->n_files++;
        TRY(parse_file(b, (uint32_t)i));
    }
    return OK;
}

/* Puts the entity of a link in the slot of its copy of the template. */
static enum err fill_slot(struct building *b, struct cd_policy *p, unsigned var,
                          const struct cedar_uid *with, str link)
{
    struct cd_scope_part *s = &p->scope[var];
    struct arena *a = b->set->arena;

    if (s->slot != (with->type.p != NULL))
        return fault(b->fault, ERR_INVALID, "link '%.*s': slot ?%.*s is %s", STR_FMT(link),
                     STR_FMT(var_names[var]), s->slot ? "not filled" : "not in the template");
    if (!s->slot)
        return OK;
    struct cedar_uid *uid = arena_new_of(a, struct cedar_uid);
    str type = str_copy(a, with->type), id = str_copy(a, with->id);
    if (!uid || !type.p || !id.p)
        return no_memory(b->fault);
    if (!cd_is_path(type))
        return fault(b->fault, ERR_INVALID, "link '%.*s': '%.*s' is no entity type", STR_FMT(link),
                     STR_FMT(type));
    *uid = cedar_uid(type, id);
    s->uids = uid;
    s->slot = false;
    return OK;
}

static enum err add_link(struct building *b, const struct cedar_link *l)
{
    struct cedar_set *s = b->set;
    struct cd_policy one, *kept;
    uint32_t i = 0;

    while (i < s->n_templates && !str_eq(s->templates[i].id, l->template_id))
        i++;
    if (i == s->n_templates)
        return fault(b->fault, ERR_NOT_FOUND, "link '%.*s': no template '%.*s'", STR_FMT(l->id),
                     STR_FMT(l->template_id));
    one = s->templates[i];
    one.is_template = false;
    one.template = i + 1;
    one.id = str_copy(s->arena, l->id);
    TRY(fill_slot(b, &one, VAR_PRINCIPAL, &l->principal, l->id));
    TRY(fill_slot(b, &one, VAR_RESOURCE, &l->resource, l->id));
    kept = new_policy(b, false);
    if (!kept || !one.id.p)
        return no_memory(b->fault);
    *kept = one;
    return OK;
}

static int id_qsort(const void *a, const void *b)
{
    return cd_name_cmp(*(const str *)a, *(const str *)b);
}

static enum err distinct_ids(struct building *b)
{
    struct cedar_set *s = b->set;
    size_t n = 0, all = (size_t)s->n + s->n_templates;
    str *ids = arena_zalloc(s->arena, all + 1, sizeof *ids);

    if (!ids)
        return no_memory(b->fault);
    for (uint32_t i = 0; i < s->n; i++)
        ids[n++] = s->policies[i].id;
    for (uint32_t i = 0; i < s->n_templates; i++)
        ids[n++] = s->templates[i].id;
    qsort(ids, n, sizeof *ids, id_qsort);
    for (size_t i = 1; i < n; i++) {
        if (str_eq(ids[i - 1], ids[i]))
            return fault(b->fault, ERR_INVALID, "policy id '%.*s' twice", STR_FMT(ids[i]));
    }
    return OK;
}

static enum err build(struct building *b, const struct cedar_source *src, size_t n,
                      const struct cedar_link *links, size_t n_links)
{
    TRY(copy_files(b, src, n));
    for (size_t i = 0; i < n_links; i++)
        TRY(add_link(b, &links[i]));
    if (b->ids || n_links)
        TRY(distinct_ids(b));
    return cd_index_build(b->set) == OK ? OK : no_memory(b->fault);
}

enum err cd_parse_set(const struct cedar_source *src, const str *ids, size_t n,
                      const struct cedar_link *links, size_t n_links,
                      const struct cedar_limits *limits, struct cedar_set **out, struct fault *f)
{
    struct cedar_limits use = limits ? *limits : cedar_limits_default;
    struct building b = {.limits = &use, .fault = f, .ids = ids};
    AUTO(arena) struct arena *arena = arena_new(use.memory);

    if (use.depth > MAX_DEPTH)
        use.depth = MAX_DEPTH;
    b.set = arena ? arena_new_of(arena, struct cedar_set) : NULL;
    if (!b.set)
        return fault(f, ERR_MEMORY, "out of memory");
    b.set->arena = arena;
    TRY(build(&b, src, n, links, n_links));
    *out = b.set;
    arena = NULL; /* the set owns it now */
    return OK;
}

enum err cedar_parse_linked(const struct cedar_source *src, size_t n,
                            const struct cedar_link *links, size_t n_links,
                            const struct cedar_limits *limits, struct cedar_set **out,
                            struct fault *f)
{
    return cd_parse_set(src, NULL, n, links, n_links, limits, out, f);
}

enum err cedar_parse(const struct cedar_source *src, size_t n, const struct cedar_limits *limits,
                     struct cedar_set **out, struct fault *f)
{
    return cd_parse_set(src, NULL, n, NULL, 0, limits, out, f);
}

void cedar_set_free(struct cedar_set *s)
{
    if (s)
        arena_free(s->arena);
}

/* ---- looking into a set ---------------------------------------------------------------- */

size_t cedar_set_count(const struct cedar_set *s)
{
    return s->n;
}

size_t cedar_template_count(const struct cedar_set *s)
{
    return s->n_templates;
}

str cedar_policy_id(const struct cedar_set *s, size_t i)
{
    return i < s->n ? s->policies[i].id : STR_NONE;
}

bool cedar_policy_permits(const struct cedar_set *s, size_t i)
{
    return i < s->n && s->policies[i].permit;
}

static str note_value(const struct cd_note *n)
{
    return n->value.p ? n->value : S("");
}

str cedar_policy_note(const struct cedar_set *s, size_t i, str key)
{
    for (uint32_t k = 0; i < s->n && k < s->policies[i].n_notes; k++) {
        if (str_eq(s->policies[i].notes[k].key, key))
            return note_value(&s->policies[i].notes[k]);
    }
    return STR_NONE;
}

size_t cedar_policy_note_count(const struct cedar_set *s, size_t i)
{
    return i < s->n ? s->policies[i].n_notes : 0;
}

str cedar_policy_note_at(const struct cedar_set *s, size_t i, size_t k, str *out_key)
{
    if (i >= s->n || k >= s->policies[i].n_notes)
        return STR_NONE;
    *out_key = s->policies[i].notes[k].key;
    return note_value(&s->policies[i].notes[k]);
}

struct cedar_place cedar_policy_place(const struct cedar_set *s, size_t i)
{
    if (i >= s->n)
        return (struct cedar_place){0};
    const struct cd_policy *p = &s->policies[i];
    return cd_place_in(&s->files[p->file], p->at, p->end);
}

ptrdiff_t cedar_policy_find(const struct cedar_set *s, str id)
{
    for (uint32_t i = 0; i < s->n; i++) {
        if (str_eq(s->policies[i].id, id))
            return i;
    }
    return -1;
}
