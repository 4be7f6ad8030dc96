/* prose.c - the sentence of a policy: who may do what, if, unless
 *
 *   An officer may take a case, if the case lies with the officer's own mission.
 *
 * Actions or conditions too long for a line stand below it, one to a line:
 *
 *   An officer may confirm a case, if all of these hold:
 *     - the case lies with the officer's own mission;
 *     - the officer is a consul or a confirmation officer.
 */
#include "policy/prose_int.h"

struct page {
    struct prose_item *items;
    size_t n, room;
};

static void put_line(struct talk *t, struct page *p, unsigned depth, str text)
{
    if (p->n == p->room) {
        size_t room = p->room ? 2 * p->room : 16;
        struct prose_item *items = talk_alloc(t, room, sizeof *items);
        if (!items)
            return;
        if (p->n)
            memcpy(items, p->items, p->n * sizeof *items);
        p->items = items;
        p->room = room;
    }
    p->items[p->n++] = (struct prose_item){depth, text};
}

static bool is_long(struct said s)
{
    return utf8_count(s.s) > LINE_LONG;
}

/* ---- the scope ------------------------------------------------------------------------------ */

/* Who or what a template leaves open. */
static struct said say_slot(struct talk *t, str slot)
{
    return talk_say0(t, str_eq(slot, S("?principal")) ? "prose.slot.principal"
                                                      : "prose.slot.resource");
}

static struct said say_target(struct talk *t, const struct json *scope)
{
    str slot = json_get_str(scope, S("slot"));

    return slot.p ? say_slot(t, slot) : say_entity(t, json_get(scope, S("entity")));
}

/* A party of the scope: .s.p NULL if it may be any. */
static struct said say_party(struct talk *t, const struct json *scope, const char *any)
{
    str op = json_get_str(scope, S("op")), type = json_get_str(scope, S("entity_type"));
    const struct json *in = json_get(scope, S("in"));

    if (str_eq(op, S("==")))
        return say_target(t, scope);
    if (str_eq(op, S("in")))
        return talk_say2(t, "prose.is-in", talk_say0(t, any), say_target(t, scope));
    if (!str_eq(op, S("is")))
        return (struct said){0};
    return in ? talk_say2(t, "prose.is-in", say_type(t, type), say_target(t, in))
              : say_type(t, type);
}

/* The action's phrase, about the resource: "confirm {0|a case}". One that does not speak of the
 * resource has it behind, unless the scope says no more than its type. */
static struct said say_action(struct talk *t, const struct json *uid, const struct json *resource,
                              struct said object)
{
    str id = json_get_str(uid, S("id")), op = json_get_str(resource, S("op"));
    str word = talk_house_word(t, "prose.action.%.*s", STR_FMT(id));
    struct said raw = talk_raw(t, id), done;
    bool bare = !object.s.n || (str_eq(op, S("is")) && !json_get(resource, S("in")));

    if (!word.p)
        done = talk_say1(t, "prose.action.other", raw);
    else
        done = talk_fill(t, word, &object, 1);
    if (word.p && (bare || str_find(word, S("{0")) >= 0))
        return done;
    return object.s.n ? talk_say2(t, "prose.about", done, object) : done;
}

/* All that the policy is about, as phrases; n of them. */
static struct said *say_actions(struct talk *t, const struct json *policy, size_t *out_n)
{
    const struct json *scope = json_get(policy, S("action"));
    const struct json *resource = json_get(policy, S("resource"));
    const struct json *many = json_get(scope, S("entities")), *one = json_get(scope, S("entity"));
    struct said object = say_party(t, resource, "prose.anything");
    size_t n = many ? many->n : 1;
    struct said *l = talk_alloc(t, n, sizeof *l);

    *out_n = 0;
    if (!l)
        return NULL;
    if (!many && !one)
        l[0] = object.s.n ? talk_say1(t, "prose.do-anything-with", object)
                          : talk_say0(t, "prose.do-anything");
    else if (many && !n)
        l[n++] = talk_say0(t, "prose.do-nothing");
    else if (one)
        l[0] = say_action(t, one, resource, object);
    for (size_t i = 0; many && i < many->n; i++)
        l[i] = say_action(t, json_at(many, i), resource, object);
    *out_n = n;
    return l;
}

/* ---- lists ---------------------------------------------------------------------------------- */

static void end_line(struct talk *t, struct prose_item *item, const char *key)
{
    item->text = talk_say1(t, key, SAY(item->text)).s;
}

/* Marks at the ends of the lines of a list: the last one ends the sentence. Lines with a list
 * below them have their colon already. */
static void end_lines(struct talk *t, struct page *p, size_t from)
{
    for (size_t i = from; i < p->n; i++) {
        bool last = i + 1 == p->n;
        if (last || p->items[i + 1].depth <= p->items[i].depth)
            end_line(t, &p->items[i], last ? "prose.end" : "prose.item");
    }
}

static void put_claims(struct talk *t, struct page *p, unsigned depth, const struct claims *l);

/* A condition of a list; one that is long and has parts becomes a list of its own. */
static void put_claim(struct talk *t, struct page *p, unsigned depth, struct claim c,
                      struct said said)
{
    struct claims parts = {0};

    if (!claim_compound(c, &parts.all) || !is_long(said)) {
        put_line(t, p, depth, said.s);
        return;
    }
    claims_add(t, &parts, c);
    claims_drop_guards(&parts);
    put_line(
        t, p, depth,
        talk_say1(t, "prose.header", talk_say0(t, parts.all ? "prose.all-of" : "prose.one-of")).s);
    put_claims(t, p, depth + 1, &parts);
}

static void put_claims(struct talk *t, struct page *p, unsigned depth, const struct claims *l)
{
    for (size_t i = 0; i < l->n && !t->failed;) {
        struct claim first = l->list[i];
        struct said said = say_run(t, l, &i);
        put_claim(t, p, depth, first, said);
    }
}

/* ---- the sentence --------------------------------------------------------------------------- */

struct sentence {
    struct page page;
    struct said open; /* the line being said; .s.n 0: none, the last list is ended */
};

/* The head; long lists of actions stand below it. */
static void begin(struct talk *t, struct sentence *s, const struct json *policy)
{
    bool permit = str_eq(json_get_str(policy, S("effect")), S("permit"));
    struct said who = say_party(t, json_get(policy, S("principal")), "prose.anyone");
    size_t n;
    struct said *actions = say_actions(t, policy, &n);

    if (!actions)
        return;
    struct said all = talk_list(t, "prose.or", actions, n);
    bool list = n > 1 && is_long(all), nobody = !permit && !who.s.n;
    if (!who.s.n)
        who = talk_say0(t, "prose.anyone");
    if (!list) {
        s->open = nobody ? talk_say1(t, "prose.forbid.anyone", all)
                         : talk_say2(t, permit ? "prose.permit" : "prose.forbid", who, all);
        return;
    }
    const char *key = permit   ? "prose.permit.list"
                      : nobody ? "prose.forbid.anyone.list"
                               : "prose.forbid.list";
    put_line(t, &s->page, 0, talk_say1(t, key, who).s);
    for (size_t i = 0; i < n; i++)
        put_line(t, &s->page, 1, actions[i].s);
    end_lines(t, &s->page, 1);
}

/* Phrases of a condition: in the sentence, and in one of its own after a list. */
struct way {
    const char *inside, *inside_list, *after, *after_list;
};
static const struct way way_if = {"prose.if", "prose.if.list", "prose.if.after",
                                  "prose.if.after.list"};
static const struct way way_unless = {"prose.unless", "prose.unless.list", "prose.unless.after",
                                      "prose.unless.after.list"};

static void add_conditions(struct talk *t, struct sentence *s, const struct way *way,
                           struct claims *l)
{
    struct said said;
    bool all, open = s->open.s.n > 0;

    claims_drop_guards(l);
    said = say_claims(t, l);
    if (!is_long(said) || (l->n == 1 && !claim_compound(l->list[0], &all))) {
        s->open = open ? talk_say2(t, way->inside, s->open, said) : talk_say1(t, way->after, said);
        return;
    }
    said = open ? talk_say1(t, way->inside_list, s->open) : talk_say0(t, way->after_list);
    said =
        talk_say2(t, "prose.colon", said, talk_say0(t, l->all ? "prose.all-of" : "prose.one-of"));
    s->open = SAY(S(""));
    put_line(t, &s->page, 0, said.s);
    size_t from = s->page.n;
    put_claims(t, &s->page, 1, l);
    end_lines(t, &s->page, from);
}

/* All "when" say one thing together; each "unless" is said by itself. */
static void add_body(struct talk *t, struct sentence *s, const struct json *conditions)
{
    struct claims when = {.all = true};
    const struct json *c;

    for (size_t i = 0; (c = json_at(conditions, i)); i++)
        if (str_eq(json_get_str(c, S("kind")), S("when")))
            claims_add(t, &when, (struct claim){json_get(c, S("body")), false});
    if (when.n == 1 && claim_compound(when.list[0], &when.all)) {
        struct claim only = when.list[0];
        when = (struct claims){.all = when.all};
        claims_add(t, &when, only);
    }
    if (when.n)
        add_conditions(t, s, &way_if, &when);
    for (size_t i = 0; (c = json_at(conditions, i)); i++) {
        struct claim body = {json_get(c, S("body")), false};
        struct claims unless = {.all = true};
        if (!str_eq(json_get_str(c, S("kind")), S("unless")))
            continue;
        claim_compound(body, &unless.all);
        claims_add(t, &unless, body);
        add_conditions(t, s, &way_unless, &unless);
    }
}

static str scope_type(const struct json *scope)
{
    str type = json_get_str(scope, S("entity_type"));

    return type.p ? type : json_get_str(json_get(scope, S("entity")), S("type"));
}

static bool names_one(const struct json *scope)
{
    return str_eq(json_get_str(scope, S("op")), S("in"));
}

static enum err failed(const struct talk *t, struct fault *f)
{
    if (t->failed == ERR_LIMIT)
        return fault(f, ERR_LIMIT, "the policy is too long to be said in a sentence");
    return t->failed ? fault(f, t->failed, "memory limit reached") : OK;
}

enum err prose_tree(struct arena *a, const struct json *policy, const struct prose_words *words,
                    str language, struct prose *out, struct fault *f)
{
    struct talk t = {.a = a, .words = words, .language = language};
    struct sentence s = {0};
    const struct json *principal = json_get(policy, S("principal"));
    const struct json *resource = json_get(policy, S("resource"));

    /* "in" says nothing of the type of what is in it */
    t.principal = names_one(principal) ? STR_NONE : scope_type(principal);
    t.resource = names_one(resource) ? STR_NONE : scope_type(resource);
    begin(&t, &s, policy);
    add_body(&t, &s, json_get(policy, S("conditions")));
    if (s.open.s.n)
        put_line(&t, &s.page, 0, talk_say1(&t, "prose.end", s.open).s);
    for (size_t i = 0; i < s.page.n; i++)
        if (s.page.items[i].depth == 0)
            s.page.items[i].text = talk_capital(&t, s.page.items[i].text);
    TRY(failed(&t, f));
    *out = (struct prose){s.page.n, s.page.items, t.missing};
    return OK;
}

/* ---- policies of a set ---------------------------------------------------------------------- */

enum err prose_policy(struct arena *a, const struct cedar_set *set, size_t i,
                      const struct prose_words *words, str language, struct prose *out,
                      struct fault *f)
{
    struct json *tree;

    TRY(cedar_policy_tree(a, set, i, &tree, f));
    return prose_tree(a, tree, words, language, out, f);
}

void prose_print(struct buf *b, const struct prose *p, str margin)
{
    for (size_t i = 0; i < p->n; i++) {
        buf_add_str(b, margin);
        for (unsigned d = 0; d < p->items[i].depth; d++)
            buf_add_str(b, S("  "));
        buf_add_str(b, p->items[i].depth ? S("- ") : S(""));
        buf_add_str(b, p->items[i].text);
        buf_add_char(b, '\n');
    }
}

enum err policy_prose(struct buf *b, const struct cedar_set *set, size_t i,
                      const struct prose_words *words, str language, struct fault *f)
{
    AUTO(arena) struct arena *a = arena_new(64 << 20);
    struct prose p;

    TRY_PTR(a, f);
    TRY(prose_policy(a, set, i, words, language, &p, f));
    prose_print(b, &p, S(""));
    return buf_ok(b) ? OK : fault(f, ERR_MEMORY_LIMIT, "the text is larger than its buffer");
}
