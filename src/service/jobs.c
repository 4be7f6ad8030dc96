#include "service/jobs_int.h"

#include <stdio.h>

#include "service/services.h"

unsigned jobs_due(struct house *h, str kind, struct due_job out[JOBS_AT_ONCE])
{
    struct db *db;
    struct query q;
    unsigned n = 0;

    if (db_pool_take(h->readers, &db, NULL) != OK)
        return 0;
    if (db_query(db, &q, NULL,
                 "SELECT id, subject FROM job WHERE kind = ? AND due <= ? ORDER BY due LIMIT 64",
                 "si", kind, world_now(&h->world)) == OK) {
        for (; query_row(&q) && n < JOBS_AT_ONCE; query_next(&q), n++) {
            str subject = query_str(&q, 1);
            out[n].id = query_id(&q, 0);
            snprintf(out[n].subject, sizeof out[n].subject, "%.*s", STR_FMT(subject));
        }
        (void)!query_end(&q, NULL);
    }
    db_pool_put(h->readers, db);
    return n;
}

enum err job_act(struct house *h, str name, const struct due_job *job, str reason, struct fault *f)
{
    AUTO(arena) struct arena *arena = arena_new(JOB_ARENA);
    char job_text[ID_TEXT + 1];

    TRY_PTR(arena, f);
    id_format(&job->id, job_text);
    struct act_param params[] = {
        {S("id"), str_of(job->subject)}, {S("job"), str_of(job_text)}, {S("reason"), reason}};
    struct act a = {.action = action_named(service_actions, service_actions_n, name),
                    .house = h,
                    .arena = arena,
                    .actor = {.kind = ACTOR_SYSTEM},
                    .params = params,
                    .n_params = ARRAY_LEN(params)};
    enum err e = gate_perform(h->gate, &a);
    if (e != OK && f)
        *f = a.fault;
    act_done(&a);
    return e;
}

enum err job_end(struct act *a, struct fault *f)
{
    struct id job;

    if (!id_parse(act_param(a, S("job")), &job))
        return OK;
    return db_run(a->db, f, "DELETE FROM job WHERE id = ?", "d", &job);
}

bool job_passing(enum err e)
{
    enum err_class c = err_class(e);

    return c == CLASS_BUSY || c == CLASS_INTERNAL || e == ERR_STALE;
}
