/* entities.c - the store of entities and its hierarchy
 *
 * Every uid that was added or named as a parent is a node; only added ones "exist". Nodes are
 * found through an open-addressing table over the uid's hash. Parents are kept as given: who asks
 * for ancestors walks them, marking what it has seen, so a cycle cannot hold it up.
 *
 * One thread builds; afterwards the store is only read and may be shared.
 */
#include "cedar/cedar_int.h"

struct cedar_entities *cedar_entities_new(struct arena *a)
{
    struct cedar_entities *es = arena_new_of(a, struct cedar_entities);

    if (es)
        es->arena = a;
    return es;
}

bool cedar_entities_ok(const struct cedar_entities *es)
{
    return es && !es->failed;
}

/* Slot of the uid, or of the free place where it belongs. */
static size_t slot_of(const struct cedar_entities *es, const struct cedar_uid *uid)
{
    size_t mask = es->table_size - 1, i = uid->hash & mask;

    while (es->table[i] && !cedar_uid_eq(&es->nodes[es->table[i] - 1]->uid, uid))
        i = (i + 1) & mask;
    return i;
}

const struct cedar_entity *cd_node(const struct cedar_entities *es, const struct cedar_uid *uid)
{
    if (!es || es->table_size == 0)
        return NULL;
    uint32_t i = es->table[slot_of(es, uid)];
    return i ? es->nodes[i - 1] : NULL;
}

static bool grow_table(struct cedar_entities *es)
{
    size_t size = es->table_size ? es->table_size * 2 : 16;
    uint32_t *table = arena_zalloc(es->arena, size, sizeof *table);

    if (!table)
        return false;
    es->table = table;
    es->table_size = size;
    for (size_t i = 0; i < es->n; i++)
        table[slot_of(es, &es->nodes[i]->uid)] = (uint32_t)i + 1;
    return true;
}

/* The node of that name, made if need be; NULL marks the store failed. */
static struct cedar_entity *node(struct cedar_entities *es, str type, str id)
{
    struct cedar_uid uid = cedar_uid(type, id);
    struct cedar_entity *e;

    if (!es || es->failed)
        return NULL;
    e = (struct cedar_entity *)cd_node(es, &uid);
    if (e)
        return e;
    es->failed = true;
    if (es->n >= UINT32_MAX / 2 || ((es->n + 1) * 4 > es->table_size * 3 && !grow_table(es)))
        return NULL;
    struct cedar_entity **more =
        cd_grow(es->arena, es->nodes, es->n, &es->room, sizeof(struct cedar_entity *));
    if (!more)
        return NULL;
    es->nodes = more;
    e = arena_new_of(es->arena, struct cedar_entity);
    if (!e)
        return NULL;
    e->uid = uid;
    e->pos = (uint32_t)es->n;
    es->nodes[es->n++] = e;
    es->table[slot_of(es, &uid)] = (uint32_t)es->n;
    es->failed = false;
    return e;
}

/* Notes that a node exists, in the order of these calls. */
static bool add_existing(struct cedar_entities *es, struct cedar_entity *e)
{
    struct cedar_entity **more = cd_grow(es->arena, es->existing, es->n_existing,
                                         &es->room_existing, sizeof(struct cedar_entity *));

    if (!more) {
        es->failed = true;
        return false;
    }
    es->existing = more;
    es->existing[es->n_existing++] = e;
    e->exists = true;
    return true;
}

struct cedar_entity *cedar_entity(struct cedar_entities *es, str type, str id)
{
    struct cedar_entity *e = node(es, type, id);

    return e && (e->exists || add_existing(es, e)) ? e : NULL;
}

static void put(struct cedar_entities *es, struct cedar_record *r, str name, struct cedar_value v)
{
    if (es && !es->failed && (!r || v.type == CEDAR_NONE || !cd_record_put(es->arena, r, name, v)))
        es->failed = true;
}

void cedar_put(struct cedar_entities *es, struct cedar_record *r, str name, struct cedar_value v)
{
    put(es, r, name, v);
}

void cedar_attr(struct cedar_entities *es, struct cedar_entity *e, str name, struct cedar_value v)
{
    put(es, e ? &e->attrs : NULL, name, v);
}

void cedar_tag(struct cedar_entities *es, struct cedar_entity *e, str name, struct cedar_value v)
{
    put(es, e ? &e->tags : NULL, name, v);
}

void cedar_parent(struct cedar_entities *es, struct cedar_entity *e, str type, str id)
{
    struct cedar_entity *parent = node(es, type, id);
    size_t room;

    if (!parent || !e) {
        if (es)
            es->failed = true;
        return;
    }
    room = e->room_parents;
    uint32_t *more = cd_grow(es->arena, e->parents, e->n_parents, &room, sizeof *more);
    if (!more) {
        es->failed = true;
        return;
    }
    e->parents = more;
    e->room_parents = (uint32_t)room;
    e->parents[e->n_parents++] = parent->pos;
}

size_t cedar_entities_count(const struct cedar_entities *es)
{
    return es ? es->n_existing : 0;
}

const struct cedar_entity *cedar_find(const struct cedar_entities *es, const struct cedar_uid *uid)
{
    const struct cedar_entity *e = cd_node(es, uid);

    return e && e->exists ? e : NULL;
}

const struct cedar_record *cedar_attrs(const struct cedar_entity *e)
{
    return e ? &e->attrs : &cd_empty_record;
}

const struct cedar_record *cedar_tags(const struct cedar_entity *e)
{
    return e ? &e->tags : &cd_empty_record;
}

/* ---- values that need memory ----------------------------------------------------------- */

static struct cedar_value failed(struct cedar_entities *es)
{
    if (es)
        es->failed = true;
    return (struct cedar_value){0};
}

struct cedar_value cedar_extension(struct cedar_entities *es, enum cedar_type type, str text)
{
    struct cedar_value v = {0};

    if (es && cd_ext_parse(es->arena, type, text, &v) == CALL_MEMORY)
        return failed(es);
    return v;
}

struct cedar_value cedar_ref(struct cedar_entities *es, str type, str id)
{
    struct cedar_uid *uid = es ? arena_new_of(es->arena, struct cedar_uid) : NULL;

    if (!uid)
        return failed(es);
    *uid = cedar_uid(type, id);
    return (struct cedar_value){.type = CEDAR_ENTITY, .uid = uid};
}

struct cedar_value cedar_setof(struct cedar_entities *es, const struct cedar_value *v, size_t n)
{
    struct cedar_value *items =
        es && n <= UINT32_MAX ? arena_zalloc(es->arena, n ? n : 1, sizeof *items) : NULL;

    if (!items)
        return failed(es);
    for (size_t i = 0; i < n; i++) {
        if (v[i].type == CEDAR_NONE)
            return failed(es);
        items[i] = v[i];
    }
    return (struct cedar_value){
        .type = CEDAR_SET, .n = (uint32_t)cd_set_canon(items, n), .items = items};
}

struct cedar_value cedar_strings(struct cedar_entities *es, const str *s, size_t n)
{
    struct cedar_value *items =
        es && n <= UINT32_MAX ? arena_zalloc(es->arena, n ? n : 1, sizeof *items) : NULL;

    if (!items)
        return failed(es);
    for (size_t i = 0; i < n; i++)
        items[i] = cedar_str(s[i]);
    return (struct cedar_value){
        .type = CEDAR_SET, .n = (uint32_t)cd_set_canon(items, n), .items = items};
}

struct cedar_record *cedar_record(struct cedar_entities *es)
{
    struct cedar_record *r = es ? arena_new_of(es->arena, struct cedar_record) : NULL;

    if (!r)
        (void)failed(es);
    return r;
}

/* ---- ancestors ------------------------------------------------------------------------- */

/* Adds u to the line unless it is there. Few ancestors are compared one by one; with many, or in a
 * small store, a bit per node of the store says who was seen. */
struct walk {
    const struct cedar_entities *es;
    struct arena *scratch;
    const struct cedar_entity **queue;
    size_t n, room;
    uint64_t *seen;
};

enum { FEW = 24, SMALL = 2048 };

static bool start_marks(struct walk *w)
{
    w->seen = arena_zalloc(w->scratch, w->es->n / 64 + 1, sizeof *w->seen);
    if (!w->seen)
        return false;
    for (size_t i = 0; i < w->n; i++)
        w->seen[w->queue[i]->pos / 64] |= 1ull << (w->queue[i]->pos % 64);
    return true;
}

static bool was_seen(struct walk *w, const struct cedar_entity *e)
{
    if (w->seen) {
        uint64_t bit = 1ull << (e->pos % 64), *word = &w->seen[e->pos / 64];
        bool seen = *word & bit;
        *word |= bit;
        return seen;
    }
    for (size_t i = 0; i < w->n; i++) {
        if (w->queue[i] == e)
            return true;
    }
    return false;
}

static bool push(struct walk *w, const struct cedar_entity *e)
{
    if (was_seen(w, e))
        return true;
    if (w->n == FEW && !w->seen && (!start_marks(w) || was_seen(w, e)))
        return false;
    const struct cedar_entity **more =
        cd_grow(w->scratch, w->queue, w->n, &w->room, sizeof *w->queue);
    if (!more)
        return false;
    w->queue = more;
    w->queue[w->n++] = e;
    return true;
}

/* All nodes reachable from e, e first. */
static bool walk_up(struct walk *w, const struct cedar_entity *e)
{
    if ((w->es->n <= SMALL && !start_marks(w)) || !push(w, e))
        return false;
    for (size_t i = 0; i < w->n; i++) {
        const struct cedar_entity *at = w->queue[i];
        for (uint32_t k = 0; k < at->n_parents; k++) {
            if (!push(w, w->es->nodes[at->parents[k]]))
                return false;
        }
    }
    return true;
}

bool cd_line_of(const struct cedar_entities *es, const struct cedar_uid *uid, struct arena *scratch,
                struct cd_line *out)
{
    const struct cedar_entity *e = cd_node(es, uid);
    struct walk w = {.es = es, .scratch = scratch};

    if (e && e->n_parents && !walk_up(&w, e))
        return false;
    size_t n = w.n ? w.n : 1;
    const struct cedar_uid **uids = arena_alloc(scratch, n * sizeof *uids);
    if (!uids)
        return false;
    uids[0] = uid;
    for (size_t i = 1; i < w.n; i++)
        uids[i] = &w.queue[i]->uid;
    *out = (struct cd_line){uids, n};
    return true;
}

/* ---- cycles ---------------------------------------------------------------------------- */

/* Kahn's algorithm: whatever keeps a child after all childless nodes are gone is in a cycle or
 * above one. */
enum err cedar_entities_acyclic(const struct cedar_entities *es, struct arena *scratch,
                                struct fault *f)
{
    uint32_t *children, *ready;
    size_t n_ready = 0;

    if (!es || es->n == 0)
        return OK;
    children = arena_zalloc(scratch, es->n, sizeof *children);
    ready = arena_zalloc(scratch, es->n, sizeof *ready);
    TRY_PTR(children && ready, f);
    for (size_t i = 0; i < es->n; i++) {
        for (uint32_t k = 0; k < es->nodes[i]->n_parents; k++)
            children[es->nodes[i]->parents[k]]++;
    }
    for (size_t i = 0; i < es->n; i++) {
        if (children[i] == 0)
            ready[n_ready++] = (uint32_t)i;
    }
    for (size_t i = 0; i < n_ready; i++) {
        const struct cedar_entity *e = es->nodes[ready[i]];
        for (uint32_t k = 0; k < e->n_parents; k++) {
            if (--children[e->parents[k]] == 0)
                ready[n_ready++] = e->parents[k];
        }
    }
    if (n_ready == es->n)
        return OK;
    for (size_t i = 0; i < es->n; i++) {
        if (children[i])
            return fault(f, ERR_INVALID, "the parents of %.*s::\"%.*s\" form a cycle",
                         STR_FMT(es->nodes[i]->uid.type), STR_FMT(es->nodes[i]->uid.id));
    }
    return OK;
}
