/* missions.c - missions and who answers where
 *
 * Jurisdiction is a table (host country, service) → authority with a row '*' for every country, so
 * that each question has exactly one answer. The authority is a mission, the ministry (a mission
 * too) or a partner state that serves by agreement ("partner:XA"). A change is checked as a whole
 * before it is written: one that leaves a country without, or names one twice, is refused with the
 * list of the countries it touches.
 */
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "registry/registry_int.h"
#include "registry/missions_int.h"

enum { SNAPSHOT_MAX = 64 << 20 };

/* ---- the snapshot ----------------------------------------------------------------------- */

struct missions *missions_hold(struct registry *r)
{
    pthread_mutex_lock(&r->missions_lock);
    struct missions *m = r->missions;
    atomic_fetch_add(&m->refs, 1);
    pthread_mutex_unlock(&r->missions_lock);
    return m;
}

void missions_drop(struct missions *m)
{
    if (m && atomic_fetch_sub(&m->refs, 1) == 1)
        arena_free(m->arena);
}

void missions_install(struct registry *r, struct missions *fresh)
{
    pthread_mutex_lock(&r->missions_lock);
    struct missions *old = r->missions;
    r->missions = fresh;
    pthread_mutex_unlock(&r->missions_lock);
    missions_drop(old);
}

const struct mission *mission_find(const struct missions *m, str code)
{
    for (size_t i = 0; i < m->n; i++)
        if (str_eq(m->list[i].code, code))
            return &m->list[i];
    return NULL;
}

size_t missions_count(const struct missions *m)
{
    return m->n;
}

const struct mission *mission_at(const struct missions *m, size_t i)
{
    return i < m->n ? &m->list[i] : NULL;
}

str jurisdiction_of(const struct missions *m, str country, str service)
{
    str general = STR_NONE;

    for (size_t i = 0; i < m->n_rows; i++) {
        const struct jurisdiction_row *row = &m->rows[i];
        if (!str_eq(row->country, country))
            continue;
        if (str_eq(row->service, service))
            return row->authority;
        if (str_eq(row->service, S("*")))
            general = row->authority;
    }
    return general;
}

static unsigned weekend_mask(const struct json *days)
{
    unsigned mask = 0;

    for (size_t i = 0; json_at(days, i); i++)
        if (json_is(json_at(days, i), J_INT) && json_at(days, i)->i >= 0 && json_at(days, i)->i < 7)
            mask |= 1u << json_at(days, i)->i;
    return mask;
}

static enum err read_mission(struct arena *a, str doc, int64_t closed, struct mission *out,
                             struct fault *f)
{
    struct json *j;
    str text = str_copy(a, doc);

    TRY_PTR(text.p, f);
    TRY(json_parse(a, text, NULL, &j, f));
    const struct json *name = json_get(j, S("name"));
    str currency = json_get_str(j, S("currency"));
    char code[4];
    if (!currency.n)
        currency = str_copy(a, country_currency(json_get_str(j, S("country")), code));
    TRY_PTR(currency.p, f);
    *out = (struct mission){.code = json_get_str(j, S("code")),
                            .kind = json_get_str(j, S("kind")),
                            .country = json_get_str(j, S("country")),
                            .zone = json_get_str(j, S("zone")),
                            .name_en = json_get_str(name, S("en")),
                            .name_ar = json_get_str(name, S("ar")),
                            .name_fr = json_get_str(name, S("fr")),
                            .weekend = weekend_mask(json_get(j, S("weekend"))),
                            .one_officer = json_get_bool(j, S("one_officer"), false),
                            .currency = currency,
                            .closed = closed};
    return OK;
}

static enum err count_rows(struct db *db, const char *sql, size_t *out, struct fault *f)
{
    struct query q;

    TRY(db_one(db, &q, f, sql, ""));
    *out = (size_t)query_int(&q, 0);
    return query_end(&q, f);
}

static enum err load_missions(struct db *db, struct missions *m, struct fault *f)
{
    struct query q;
    size_t room;
    enum err e = OK;

    TRY(count_rows(db, "SELECT count(*) FROM mission", &room, f));
    m->list = arena_zalloc(m->arena, room, sizeof *m->list);
    m->zone = arena_zalloc(m->arena, room, sizeof *m->zone);
    TRY_PTR(m->list && m->zone, f);
    TRY(db_query(db, &q, f, "SELECT doc, closed FROM mission ORDER BY code", ""));
    for (; e == OK && query_row(&q) && m->n < room; query_next(&q))
        e = read_mission(m->arena, query_str(&q, 0), query_null(&q, 1) ? 0 : query_int(&q, 1),
                         &m->list[m->n++], f);
    TRY(query_end(&q, f));
    for (size_t i = 0; e == OK && i < m->n; i++)
        e = zone_load(m->arena, m->list[i].zone, &m->zone[i], f);
    return e;
}

static enum err load_jurisdiction(struct db *db, struct missions *m, struct fault *f)
{
    struct query q;
    size_t room;

    TRY(count_rows(db, "SELECT count(*) FROM jurisdiction", &room, f));
    m->rows = arena_zalloc(m->arena, room, sizeof *m->rows);
    TRY_PTR(m->rows, f);
    TRY(db_query(db, &q, f, "SELECT country, service, authority FROM jurisdiction", ""));
    for (; query_row(&q) && m->n_rows < room; query_next(&q))
        m->rows[m->n_rows++] = (struct jurisdiction_row){str_copy(m->arena, query_str(&q, 0)),
                                                         str_copy(m->arena, query_str(&q, 1)),
                                                         str_copy(m->arena, query_str(&q, 2))};
    return query_end(&q, f);
}

static enum err load_closed(struct db *db, struct missions *m, struct fault *f)
{
    struct query q;
    size_t room;

    TRY(count_rows(db, "SELECT count(*) FROM closed_day", &room, f));
    m->closed = arena_zalloc(m->arena, room, sizeof *m->closed);
    TRY_PTR(m->closed, f);
    TRY(db_query(db, &q, f, "SELECT mission, day FROM closed_day ORDER BY mission, day", ""));
    for (; query_row(&q) && m->n_closed < room; query_next(&q)) {
        const struct mission *at = mission_find(m, query_str(&q, 0));
        if (at)
            m->closed[m->n_closed++] =
                (struct closed_day){(uint32_t)(at - m->list), (int32_t)query_int(&q, 1)};
    }
    return query_end(&q, f);
}

enum err missions_load(struct db *db, struct missions **out, struct fault *f)
{
    struct arena *a = arena_new(SNAPSHOT_MAX);
    struct missions *m = a ? arena_new_of(a, struct missions) : NULL;

    if (!m) {
        arena_free(a);
        return fault(f, ERR_MEMORY, "out of memory");
    }
    m->arena = a;
    atomic_init(&m->refs, 1);
    enum err e = load_missions(db, m, f);
    if (e == OK)
        e = load_jurisdiction(db, m, f);
    if (e == OK)
        e = load_closed(db, m, f);
    if (e != OK) {
        arena_free(a);
        return e;
    }
    *out = m;
    return OK;
}

/* After a change is durable the next question sees it. */
void missions_reload_after(struct act *a)
{
    struct missions *fresh;
    struct db *db;

    if (db_pool_take(a->house->readers, &db, NULL) != OK)
        return;
    if (missions_load(db, &fresh, NULL) == OK)
        missions_install(a->house->registry, fresh);
    db_pool_put(a->house->readers, db);
}

/* ---- acts ------------------------------------------------------------------------------- */

enum err mission_facts(struct act *a, struct fault *f)
{
    str code = act_param(a, S("mission"));

    (void)f;
    if (!code.p)
        code = json_get_str(a->input, S("code"));
    if (!code.p)
        code = S("ministry");
    act_resource(a, S("Mission"), code);
    if (a->subject.p)
        return OK; /* prepare() knows better what it is about */
    a->subject = str_printf(a->arena, "mission/%.*s", STR_FMT(code));
    a->content = sha256(a->body);
    return OK;
}

void mission_put(struct jw *w, const struct mission *m)
{
    char at[32];

    jw_kv(w, S("code"), m->code);
    jw_kv(w, S("kind"), m->kind);
    jw_kv(w, S("country"), m->country);
    jw_kv(w, S("zone"), m->zone);
    jw_kv(w, S("currency"), m->currency);
    jw_key(w, S("name"));
    jw_open(w, '{');
    jw_kv(w, S("en"), m->name_en);
    jw_kv(w, S("ar"), m->name_ar);
    jw_kv(w, S("fr"), m->name_fr);
    jw_close(w, '}');
    if (m->closed) {
        time_format(m->closed, at);
        jw_kv(w, S("closed"), str_of(at));
    }
}

static void put_mission(struct jw *w, const struct mission *m)
{
    jw_open(w, '{');
    mission_put(w, m);
    jw_close(w, '}');
}

enum err mission_list(struct act *a, struct fault *f)
{
    struct missions *m = missions_hold(a->house->registry);
    struct jw w = JW(&a->reply);

    (void)f;
    jw_open(&w, '{');
    jw_key(&w, S("missions"));
    jw_open(&w, '[');
    for (size_t i = 0; i < m->n; i++)
        put_mission(&w, &m->list[i]);
    jw_close(&w, ']');
    jw_close(&w, '}');
    missions_drop(m);
    return OK;
}

/* The first working day counts from the next opening; the day is the mission's own. */
enum err mission_responsible(struct act *a, struct fault *f)
{
    str country = act_param(a, S("country")), service = act_param(a, S("service"));
    struct missions *m = missions_hold(a->house->registry);
    str authority = jurisdiction_of(m, country, service.p ? service : S("*"));
    const struct mission *at = mission_find(m, authority);
    struct jw w = JW(&a->reply);
    enum err e = OK;

    if (!authority.p) {
        e = fault(f, ERR_NOT_FOUND, "no host country %.*s", STR_FMT(country));
    } else {
        jw_open(&w, '{');
        jw_kv(&w, S("country"), country);
        jw_kv(&w, S("authority"), authority);
        if (at) {
            jw_kv_bool(&w, S("resident"), str_eq(at->country, country));
            jw_key(&w, S("mission"));
            put_mission(&w, at);
        }
        jw_close(&w, '}');
    }
    missions_drop(m);
    return e;
}

/* Who answers where, for all services or one: a row for each host country. */
enum err mission_coverage(struct act *a, struct fault *f)
{
    str service = act_param(a, S("service"));
    struct missions *m = missions_hold(a->house->registry);
    struct jw w = JW(&a->reply);

    (void)f;
    jw_open(&w, '{');
    jw_key(&w, S("countries"));
    jw_open(&w, '[');
    for (size_t i = 0; i < country_count(); i++) {
        str authority = jurisdiction_of(m, country_at(i), service.p ? service : S("*"));
        const struct mission *at = mission_find(m, authority);
        jw_open(&w, '{');
        jw_kv(&w, S("country"), country_at(i));
        jw_kv(&w, S("authority"), authority);
        jw_kv_bool(&w, S("resident"), at && str_eq(at->country, country_at(i)));
        jw_close(&w, '}');
    }
    jw_close(&w, ']');
    jw_close(&w, '}');
    missions_drop(m);
    return OK;
}

static enum err check_mission(const struct json *in, struct fault *f)
{
    struct time_zone *zone;

    if (!country_known(json_get_str(in, S("country"))) &&
        !str_eq(json_get_str(in, S("kind")), S("ministry")))
        return fault_at(f, ERR_INVALID, "/country", "not a host country");
    AUTO(arena) struct arena *scratch = arena_new(1 << 20);
    TRY_PTR(scratch, f);
    if (zone_load(scratch, json_get_str(in, S("zone")), &zone, NULL) != OK)
        return fault_at(f, ERR_INVALID, "/zone", "not a time zone");
    return OK;
}

enum err mission_add(struct act *a, struct fault *f)
{
    AUTO(buf) struct buf doc = BUF(16 << 10);
    struct jw w = JW(&doc);
    str code = json_get_str(a->input, S("code"));

    TRY(check_mission(a->input, f));
    jw_tree(&w, a->input);
    enum err e =
        db_run(a->db, f, "INSERT INTO mission(code, doc) VALUES(?, ?)", "ss", code, buf_str(&doc));
    if (e == ERR_CONFLICT)
        return fault_at(f, e, "/code", "a mission of that name exists");
    TRY(e);
    a->status = 201;
    w = JW(&a->reply);
    jw_open(&w, '{');
    jw_kv(&w, S("code"), code);
    jw_close(&w, '}');
    return OK;
}

static bool authority_stands(const struct missions *m, str authority)
{
    const struct mission *at = mission_find(m, authority);

    return at ? !at->closed : str_starts(authority, S("partner:"));
}

/* All that is wrong with an assignment, country by country, before anything is written. */
static enum err check_assignment(struct act *a, const struct missions *m, struct fault *f)
{
    const struct json *list = json_get(a->input, S("assign"));
    unsigned wrong = 0;
    char pointer[64], detail[96];

    for (size_t i = 0; json_at(list, i); i++) {
        str country = json_get_str(json_at(list, i), S("country"));
        str authority = json_get_str(json_at(list, i), S("authority"));
        const char *why = NULL;
        for (size_t k = 0; k < i; k++)
            if (str_eq(country, json_get_str(json_at(list, k), S("country"))))
                why = "would have two responsible authorities";
        if (!country_known(country))
            why = "is no host country";
        else if (!authority.p)
            why = "would have no responsible authority";
        else if (!authority_stands(m, authority))
            why = "would have an authority that does not exist";
        if (!why)
            continue;
        wrong++;
        snprintf(pointer, sizeof pointer, "/assign/%zu", i);
        snprintf(detail, sizeof detail, "%.*s %s", STR_FMT(str_sub(country, 0, 8)), why);
        fault_add(f, a->arena, pointer, detail);
    }
    if (!wrong)
        return OK;
    struct fault_item *items = f->items;
    (void)fault(f, ERR_COVERAGE, "%u countries would be left without exactly one authority", wrong);
    f->items = items;
    return ERR_COVERAGE;
}

enum err jurisdiction_set(struct act *a, struct fault *f)
{
    const struct json *list = json_get(a->input, S("assign"));
    str service = json_get_str(a->input, S("service"));
    struct missions *m = missions_hold(a->house->registry);
    enum err e = check_assignment(a, m, f);
    int64_t n = 0;

    missions_drop(m);
    TRY(e);
    for (size_t i = 0; json_at(list, i); i++, n++)
        TRY(db_run(a->db, f,
                   "INSERT INTO jurisdiction(country, service, authority) VALUES(?,?,?)"
                   " ON CONFLICT(country, service) DO UPDATE SET authority = excluded.authority",
                   "sss", json_get_str(json_at(list, i), S("country")), service,
                   json_get_str(json_at(list, i), S("authority"))));
    struct jw w = JW(&a->reply);
    jw_open(&w, '{');
    jw_kv_int(&w, S("countries"), n);
    jw_close(&w, '}');
    return OK;
}
