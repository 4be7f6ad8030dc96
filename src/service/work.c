/* work.c - how long officers work on cases
 *
 * Each time an officer looks at a case or does something with it, the time since the same officer's
 * last touch of the same case in the same session counts as work, at most half an hour: what was
 * opened before lunch is not an hour of work. The first touch counts nothing: it begins the clock.
 * Each row names the entry of the journal that it comes from.
 */
#include "service/cases_int.h"
#include "service/costs_int.h"

/* The last touch of the session; *out 0 when there is none. */
static enum err last_touch(struct act *a, const struct casefile *c, int64_t *out, struct fault *f)
{
    struct query q;

    TRY(db_one(a->db, &q, f,
               "SELECT coalesce(max(at), 0) FROM case_work"
               " WHERE file = ? AND bucket = ? AND officer = ? AND session = ?",
               "didb", &c->id, (int64_t)id_bucket(&c->id), &a->actor.id,
               hash_str(&a->actor.session)));
    *out = query_int(&q, 0);
    return query_end(&q, f);
}

enum err work_note(struct act *a, const struct casefile *c, struct fault *f)
{
    struct receipt next = ledger_next(a->house->ledger);
    int64_t last, seconds = 0;

    if (a->actor.kind != ACTOR_OFFICER)
        return OK;
    TRY(last_touch(a, c, &last, f));
    if (last && a->now > last)
        seconds = (a->now - last) / 1000;
    if (seconds > WORK_CAP_S)
        seconds = WORK_CAP_S;
    return db_run(a->db, f,
                  "INSERT INTO case_work(file, epoch, entry, bucket, at, officer, session, mission,"
                  " action, seconds) VALUES(?,?,?,?,?,?,?,?,?,?) ON CONFLICT DO NOTHING",
                  "diiiidbssi", &c->id, (int64_t)next.epoch, (int64_t)next.index,
                  (int64_t)id_bucket(&c->id), a->now, &a->actor.id, hash_str(&a->actor.session),
                  a->actor.mission, str_of(a->action->name), seconds);
}
