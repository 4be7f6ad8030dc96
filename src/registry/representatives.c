/* representatives.c - who may act for whom before the missions: a guardian for a minor, one of a
 * family for another, somebody with a power of attorney
 *
 * An officer who saw the paper records it. It ends with its day, or when one of the two or an
 * officer ends it. That somebody acts for another is a fact of each decision; the policy says what
 * it opens.
 */
#include <stdio.h>

#include "base/date.h"
#include "base/encode.h"
#include "registry/registry_int.h"

enum { LONGEST_DAYS = 20 * 366, SERVICES_TEXT = 2048 };

/* Still good, on a day, for a service; services is "" where it is for all. */
#define HOLDS                                                                                      \
    "state = 'active' AND until >= ? AND (services = '' OR ',' || services || ',' LIKE '%,' || ? " \
    "|| ',%')"

struct recording {
    struct id id, person, holder;
    int32_t until;
    str services;
};

enum err representative_holds(struct act *a, const struct id *holder, const struct id *person,
                              str service, bool *out, struct fault *f)
{
    struct query q;

    TRY(db_one(a->db, &q, f,
               "SELECT count(*) FROM representative WHERE holder = ? AND person = ? AND " HOLDS,
               "ddis", holder, person, (int64_t)day_of_ms(a->now), service));
    *out = query_int(&q, 0) > 0;
    return query_end(&q, f);
}

enum err representative_of(struct act *a, const struct id *person, struct id *out, struct fault *f)
{
    struct query q;
    enum err e = db_one(a->db, &q, f,
                        "SELECT holder FROM representative WHERE person = ? AND state = 'active'"
                        " AND until >= ? ORDER BY id LIMIT 1",
                        "di", person, (int64_t)day_of_ms(a->now));

    *out = (struct id){{0}};
    if (e == ERR_NOT_FOUND)
        return OK;
    TRY(e);
    *out = query_id(&q, 0);
    return query_end(&q, f);
}

/* ---- recorded by an officer ---------------------------------------------------------------- */

static enum err read_person(struct act *a, const char *name, struct id *out, struct fault *f)
{
    char pointer[16];
    struct query q;

    snprintf(pointer, sizeof pointer, "/%s", name);
    if (!id_parse(json_get_str(a->input, str_of(name)), out))
        return fault_at(f, ERR_INVALID, pointer, "the id of a person");
    enum err e = db_one(a->db, &q, f, "SELECT 1 FROM person WHERE id = ? AND bucket = ?", "di", out,
                        (int64_t)id_bucket(out));
    if (e == ERR_NOT_FOUND)
        return fault_at(f, ERR_INVALID, pointer, "nobody on record has this id");
    TRY(e);
    return query_end(&q, f);
}

/* Whoever acts for somebody is a person whom an officer has seen. */
static enum err check_holder(struct act *a, const struct recording *r, struct fault *f)
{
    struct json *profile;
    bool identified;

    TRY(person_identified(a, &r->holder, &identified, f));
    if (!identified)
        return fault_at(f, ERR_CONFLICT, "/holder",
                        "nobody has seen who they are: confirm the person at the counter first");
    TRY(person_profile(a, &r->holder, &profile, f));
    return profile_is_company(profile)
               ? fault_at(f, ERR_INVALID, "/holder", "persons act for a company, and no company")
               : OK;
}

/* A director is one of a company; a guardian or relative of none. */
static enum err check_kind(struct act *a, const struct recording *r, struct fault *f)
{
    str kind = json_get_str(a->input, S("kind"));
    struct json *profile;

    TRY(person_profile(a, &r->person, &profile, f));
    bool company = profile_is_company(profile);
    if (str_eq(kind, S("representative")) || company == str_eq(kind, S("director")))
        return OK;
    return fault_at(f, ERR_INVALID, "/kind",
                    company ? "a director or a representative acts for a company"
                            : "only a company has directors");
}

static enum err read_services(struct act *a, str *out, struct fault *f)
{
    AUTO(buf) struct buf b = BUF(SERVICES_TEXT);
    const struct json *list = json_get(a->input, S("services")), *one;

    for (size_t i = 0; (one = json_at(list, i)); i++)
        buf_printf(&b, "%s%.*s", i ? "," : "", STR_FMT(json_str(one)));
    if (!buf_ok(&b))
        return fault_at(f, ERR_TOO_LARGE, "/services", "too many services");
    *out = str_copy(a->arena, b.n ? buf_str(&b) : S(""));
    TRY_PTR(out->p, f);
    return OK;
}

enum err representative_record_prepare(struct act *a, struct fault *f)
{
    struct recording *r = arena_new_of(a->arena, struct recording);
    int32_t today = day_of_ms(a->now);

    TRY_PTR(r, f);
    a->data = r;
    TRY(read_person(a, "person", &r->person, f));
    TRY(read_person(a, "holder", &r->holder, f));
    if (id_eq(&r->person, &r->holder))
        return fault_at(f, ERR_INVALID, "/holder", "nobody acts for themselves");
    if (!day_parse(json_get_str(a->input, S("until")), &r->until) || r->until < today ||
        r->until > today + LONGEST_DAYS)
        return fault_at(f, ERR_INVALID, "/until",
                        "a day, today at the earliest, in 20 years at most");
    TRY(check_holder(a, r, f));
    TRY(check_kind(a, r, f));
    TRY(read_services(a, &r->services, f));
    r->id = id_new(&a->house->world, id_bucket(&r->person));
    a->content = sha256(a->body);
    return act_seal_for(a, &r->person, f);
}

static enum err file_facts(struct act *a, const struct id *person, struct fault *f)
{
    str id = act_id_text(a, person);

    TRY_PTR(id.p, f);
    struct cedar_entity *e = act_resource(a, S("File"), id);
    cedar_attr(a->entities, e, S("person"), cedar_ref(a->entities, S("Sifara::Person"), id));
    a->subject = str_printf(a->arena, "person/%.*s", STR_FMT(id));
    TRY_PTR(a->subject.p, f);
    return OK;
}

enum err representative_record_facts(struct act *a, struct fault *f)
{
    return file_facts(a, &((const struct recording *)a->data)->person, f);
}

enum err representative_record(struct act *a, struct fault *f)
{
    const struct recording *r = a->data;
    struct query q;

    TRY(db_one(a->db, &q, f,
               "SELECT count(*) FROM representative WHERE holder = ? AND person = ? AND state ="
               " 'active' AND until >= ?",
               "ddi", &r->holder, &r->person, (int64_t)day_of_ms(a->now)));
    bool there = query_int(&q, 0) > 0;
    TRY(query_end(&q, f));
    if (there)
        return fault_at(f, ERR_CONFLICT, "/holder", "they act for them already: end that first");
    TRY(db_run(a->db, f,
               "INSERT INTO representative(id, bucket, person, holder, kind, services, basis,"
               " until, state, officer, at) VALUES(?,?,?,?,?,?,?,?,'active',?,?)",
               "diddsssidi", &r->id, (int64_t)id_bucket(&r->id), &r->person, &r->holder,
               json_get_str(a->input, S("kind")), r->services, json_get_str(a->input, S("basis")),
               (int64_t)r->until, &a->actor.id, a->now));
    TRY(access_note(a, &r->person, a->subject, str_of(a->action->summary), f));
    TRY(access_note(a, &r->holder, a->subject, str_of(a->action->summary), f));
    act_created(a, &r->id);
    return OK;
}

/* ---- ended by one of them ------------------------------------------------------------------ */

struct ending {
    struct id id, person, holder;
};

static enum err load(struct act *a, struct ending *e, struct fault *f)
{
    struct query q;

    TRY(act_param_id(a, S("id"), &e->id, f));
    TRY(db_one(a->db, &q, f,
               "SELECT person, holder FROM representative WHERE id = ? AND bucket = ?", "di",
               &e->id, (int64_t)id_bucket(&e->id)));
    e->person = query_id(&q, 0);
    e->holder = query_id(&q, 1);
    return query_end(&q, f);
}

enum err representative_end_prepare(struct act *a, struct fault *f)
{
    struct ending *e = arena_new_of(a->arena, struct ending);

    TRY_PTR(e, f);
    a->data = e;
    TRY(load(a, e, f));
    return act_seal_for(a, &e->person, f);
}

enum err representative_end_facts(struct act *a, struct fault *f)
{
    const struct ending *x = a->data;
    str id = act_id_text(a, &x->id);
    struct cedar_entity *e = act_resource(a, S("Representative"), id);

    cedar_attr(a->entities, e, S("person"),
               cedar_ref(a->entities, S("Sifara::Person"), act_id_text(a, &x->person)));
    cedar_attr(a->entities, e, S("holder"),
               cedar_ref(a->entities, S("Sifara::Person"), act_id_text(a, &x->holder)));
    a->subject = str_printf(a->arena, "representative/%.*s", STR_FMT(id));
    a->content = sha256(id_bytes(&x->id));
    TRY_PTR(a->subject.p, f);
    return OK;
}

enum err representative_end(struct act *a, struct fault *f)
{
    const struct ending *x = a->data;

    TRY(db_run(a->db, f,
               "UPDATE representative SET state = 'ended' WHERE id = ? AND bucket = ? AND state ="
               " 'active'",
               "di", &x->id, (int64_t)id_bucket(&x->id)));
    if (db_changes(a->db) != 1)
        return fault(f, ERR_CONFLICT, "it has ended already");
    buf_add_str(&a->reply, S("{\"state\":\"ended\"}"));
    return a->actor.kind == ACTOR_OFFICER
               ? access_note(a, &x->person, a->subject, str_of(a->action->summary), f)
               : OK;
}

/* ---- seen by both -------------------------------------------------------------------------- */

static enum err put_name(struct act *a, struct jw *w, const struct id *person, struct fault *f)
{
    struct json *profile;

    TRY(person_profile(a, person, &profile, f));
    if (profile_is_company(profile)) {
        jw_kv(w, S("person"), act_id_text(a, person));
        jw_kv(w, S("name"), json_get_str(profile, S("name")));
        jw_kv_bool(w, S("company"), true);
        return OK;
    }
    str given = json_get_str(profile, S("given_names"));
    str name = str_printf(a->arena, "%.*s %.*s", STR_FMT(given),
                          STR_FMT(json_get_str(profile, S("surname"))));
    TRY_PTR(name.p, f);
    jw_kv(w, S("person"), act_id_text(a, person));
    jw_kv(w, S("name"), given.p ? name : S(""));
    return OK;
}

struct one {
    struct id id, other;
    str kind, services, state;
    int32_t until;
};

static enum err read_side(struct act *a, const struct id *who, bool holds, struct one *list,
                          size_t room, size_t *n, struct fault *f)
{
    struct query q;

    TRY(db_query(a->db, &q, f,
                 holds ? "SELECT id, person, kind, services, state, until FROM representative"
                         " WHERE holder = ? ORDER BY id DESC LIMIT ?"
                       : "SELECT id, holder, kind, services, state, until FROM representative"
                         " WHERE person = ? ORDER BY id DESC LIMIT ?",
                 "di", who, (int64_t)room));
    for (*n = 0; query_row(&q); query_next(&q))
        list[(*n)++] = (struct one){.id = query_id(&q, 0),
                                    .other = query_id(&q, 1),
                                    .kind = str_copy(a->arena, query_str(&q, 2)),
                                    .services = str_copy(a->arena, query_str(&q, 3)),
                                    .state = str_copy(a->arena, query_str(&q, 4)),
                                    .until = (int32_t)query_int(&q, 5)};
    return query_end(&q, f);
}

static enum err put_side(struct act *a, struct jw *w, str name, const struct id *who, bool holds,
                         struct fault *f)
{
    enum { ROOM = 100 };
    struct one *list = arena_zalloc(a->arena, ROOM, sizeof *list);
    int32_t today = day_of_ms(a->now);
    char day[16];
    size_t n;

    TRY_PTR(list, f);
    TRY(read_side(a, who, holds, list, ROOM, &n, f));
    jw_key(w, name);
    jw_open(w, '[');
    for (size_t i = 0; i < n; i++) {
        bool passed = str_eq(list[i].state, S("active")) && list[i].until < today;
        jw_open(w, '{');
        jw_kv(w, S("id"), act_id_text(a, &list[i].id));
        TRY(put_name(a, w, &list[i].other, f));
        jw_kv(w, S("kind"), list[i].kind);
        jw_kv(w, S("services"), list[i].services);
        day_format(list[i].until, day);
        jw_kv(w, S("until"), str_of(day));
        jw_kv(w, S("state"), passed ? S("ended") : list[i].state);
        jw_close(w, '}');
    }
    jw_close(w, ']');
    return OK;
}

static enum err put_both(struct act *a, const struct id *who, struct fault *f)
{
    struct jw w = JW(&a->reply);

    jw_open(&w, '{');
    TRY(put_side(a, &w, S("for"), who, true, f));
    TRY(put_side(a, &w, S("by"), who, false, f));
    jw_close(&w, '}');
    return OK;
}

enum err representative_list(struct act *a, struct fault *f)
{
    return put_both(a, &a->actor.id, f);
}

enum err representative_show_prepare(struct act *a, struct fault *f)
{
    struct recording *r = arena_new_of(a->arena, struct recording);

    TRY_PTR(r, f);
    a->data = r;
    TRY(act_param_id(a, S("person"), &r->person, f));
    return act_seal_for(a, &r->person, f);
}

enum err representative_show(struct act *a, struct fault *f)
{
    return put_both(a, &((const struct recording *)a->data)->person, f);
}

enum err representative_show_run(struct act *a, struct fault *f)
{
    return access_note(a, &((const struct recording *)a->data)->person, a->subject,
                       str_of(a->action->summary), f);
}
