/* person_file.c - everything about oneself: the export, and the erasure
 *
 * Erasing destroys the person's key, and with it all that was sealed under it, in every copy; what
 * leads to the person (addresses' hashes, sessions) goes too. It is refused, with the reason, while
 * the law says keep: as long as the retention of a service runs, or two officers hold the file. A
 * row in the table erased stays, so that an older copy of keys.db cannot bring a key back.
 */
#include "service/cases_int.h"

#include <inttypes.h>

enum { EXPORT_MAX = 64 << 20, CASES_MAX = 1000 };

static const int64_t year_ms = (int64_t)365 * DAY_MS + DAY_MS / 4;

/* ---- export ------------------------------------------------------------------------------ */

static enum err own_cases(struct act *a, struct id *list, size_t *n, struct fault *f)
{
    struct query q;

    TRY(db_query(a->db, &q, f, "SELECT id FROM case_file WHERE person = ? ORDER BY id", "d",
                 &a->actor.id));
    for (*n = 0; query_row(&q) && *n < CASES_MAX; query_next(&q))
        list[(*n)++] = query_id(&q, 0);
    return query_end(&q, f);
}

static enum err put_cases(struct act *a, struct jw *w, struct fault *f)
{
    struct id *list = arena_alloc(a->arena, CASES_MAX * sizeof *list);
    struct casefile c;
    struct key k;
    size_t n = 0;

    TRY_PTR(list, f);
    TRY(own_cases(a, list, &n, f));
    TRY(person_key(a->house, &a->actor.id, &k, f));
    jw_key(w, S("cases"));
    jw_open(w, '[');
    for (size_t i = 0; i < n; i++) {
        TRY(case_load(a, &list[i], &c, f));
        TRY(case_put(a, w, &c, &k, f));
    }
    jw_close(w, ']');
    return OK;
}

enum err person_export(struct act *a, struct fault *f)
{
    struct jw w = JW(&a->reply);
    struct json *profile;
    char at[32];

    a->reply.max = EXPORT_MAX;
    TRY(person_profile(a, &a->actor.id, &profile, f));
    time_format(a->now, at);
    jw_open(&w, '{');
    jw_kv(&w, S("person"), act_id_text(a, &a->actor.id));
    jw_kv(&w, S("at"), str_of(at));
    if (profile) {
        jw_key(&w, S("profile"));
        jw_tree(&w, profile);
    }
    TRY(put_cases(a, &w, f));
    jw_key(&w, S("access"));
    TRY(access_put(a, &w, &a->actor.id, f));
    jw_close(&w, '}');
    return buf_ok(&a->reply) ? OK : fault(f, ERR_MEMORY_LIMIT, "the export is too large");
}

/* ---- erasure ----------------------------------------------------------------------------- */

enum err person_erase_prepare(struct act *a, struct fault *f)
{
    return act_seal_for(a, &a->actor.id, f);
}

static enum err check_hold(struct act *a, struct fault *f)
{
    struct query q;

    enum err e =
        db_one(a->db, &q, f, "SELECT basis FROM legal_hold WHERE person = ?", "d", &a->actor.id);
    if (e == ERR_NOT_FOUND)
        return OK;
    TRY(e);
    e = fault(f, ERR_RETENTION, "the file is held: %.*s", STR_FMT(query_str(&q, 0)));
    TRY(query_end(&q, NULL));
    return e;
}

/* Drafts and withdrawn applications may go; what was decided stays for the years of its service. */
static enum err check_retention(struct act *a, struct fault *f)
{
    struct query q;
    enum err e = OK;
    char until[16];

    TRY(db_query(
        a->db, &q, f,
        "SELECT service, filed, version, content FROM case_file WHERE person = ? AND filed > 0"
        " AND NOT EXISTS (SELECT 1 FROM case_step WHERE case_step.file = case_file.id"
        " AND case_step.event = 'withdraw')",
        "d", &a->actor.id));
    for (; e == OK && query_row(&q); query_next(&q)) {
        const struct service *s = service_find_version(a->house->services, query_str(&q, 0),
                                                       query_str(&q, 2), query_str(&q, 3));
        int64_t end = query_int(&q, 1) + (s ? s->retention_years : 10) * year_ms;
        if (end <= a->now)
            continue;
        day_format((int32_t)(end / DAY_MS), until);
        e = fault(f, ERR_RETENTION, "%.*s must be kept until %s", STR_FMT(query_str(&q, 0)), until);
    }
    TRY(query_end(&q, e == OK ? f : NULL));
    return e;
}

enum err person_erase(struct act *a, struct fault *f)
{
    static const char *const sql[] = {
        "UPDATE person SET profile = NULL WHERE id = ?",
        "UPDATE case_file SET answers = NULL, lapses = 0 WHERE person = ?",
        "UPDATE document SET content = NULL WHERE person = ?",
        ("UPDATE appointment SET state = 'cancelled' WHERE state IN ('offered', 'booked')"
         " AND person = ?"),
        "DELETE FROM appointment_ask WHERE state IN ('asked', 'waiting') AND person = ?",
        "DELETE FROM lookup WHERE person = ?",
        "DELETE FROM person_trace WHERE person = ?",
        "DELETE FROM person_passkey WHERE person = ?",
        "DELETE FROM notice_stopped WHERE person = ?",
        "UPDATE representative SET state = 'ended' WHERE person = ?",
        "UPDATE representative SET state = 'ended' WHERE holder = ?",
        "DELETE FROM session WHERE id = ?",
    };

    TRY(check_hold(a, f));
    TRY(check_retention(a, f));
    for (size_t i = 0; i < ARRAY_LEN(sql); i++)
        TRY(db_run(a->db, f, sql[i], "d", &a->actor.id));
    TRY(db_run(a->db, f, "INSERT INTO erased(person, at) VALUES(?, ?)", "di", &a->actor.id,
               a->now));
    a->content = sha256(id_bytes(&a->actor.id));
    return OK;
}

void person_erase_after(struct act *a)
{
    session_forget(a);
    person_key_destroy(a->house, &a->actor.id);
}

/* ---- legal hold -------------------------------------------------------------------------- */

enum err hold_facts(struct act *a, struct fault *f)
{
    str id = act_param(a, S("person"));
    struct id person;

    if (!id_parse(id, &person))
        return fault(f, ERR_NOT_FOUND, "no such person");
    struct cedar_entity *e = act_resource(a, S("File"), id);
    cedar_attr(a->entities, e, S("person"), cedar_ref(a->entities, S("Sifara::Person"), id));
    a->subject = str_printf(a->arena, "person/%.*s", STR_FMT(id));
    a->content = sha256(a->body);
    return OK;
}

static enum err hold_reply(struct act *a, str state)
{
    struct jw w = JW(&a->reply);

    jw_open(&w, '{');
    jw_kv(&w, S("person"), act_param(a, S("person")));
    jw_kv(&w, S("hold"), state);
    jw_close(&w, '}');
    return OK;
}

enum err hold_set(struct act *a, struct fault *f)
{
    struct id person;

    if (!id_parse(act_param(a, S("person")), &person))
        return fault(f, ERR_NOT_FOUND, "no such person");
    enum err e =
        db_run(a->db, f, "INSERT INTO legal_hold(person, basis, officer, at) VALUES(?,?,?,?)",
               "dsdi", &person, json_get_str(a->input, S("reason")), &a->actor.id, a->now);
    if (e == ERR_CONFLICT)
        return fault(f, e, "the file is held already");
    TRY(e);
    return hold_reply(a, S("set"));
}

enum err hold_lift(struct act *a, struct fault *f)
{
    struct id person;

    if (!id_parse(act_param(a, S("person")), &person))
        return fault(f, ERR_NOT_FOUND, "no such person");
    TRY(db_run(a->db, f, "DELETE FROM legal_hold WHERE person = ? AND officer <> ?", "dd", &person,
               &a->actor.id));
    if (db_changes(a->db) != 1)
        return fault(f, ERR_FOUR_EYES, "there is no hold, or another officer must lift it");
    return hold_reply(a, S("lifted"));
}
