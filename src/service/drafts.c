#include "service/drafts.h"

#include "base/log.h"
#include "service/cases_int.h"
#include "service/jobs_int.h"

enum { PAUSE_MS = 60000 };

/* ---- when a version comes into force ------------------------------------------------------- */

enum err drafts_wait(struct act *a, str name, str content, struct fault *f)
{
    struct id *list = NULL;
    struct query q;
    int64_t room, n = 0;

    TRY(db_one(a->db, &q, f,
               "SELECT count(*) FROM case_file WHERE service = ? AND content <> ? AND filed = 0",
               "ss", name, content));
    room = query_int(&q, 0);
    TRY(query_end(&q, f));
    list = arena_alloc(a->arena, (size_t)room * sizeof *list + 1);
    TRY_PTR(list, f);
    TRY(db_query(a->db, &q, f,
                 "SELECT id, state, version, content FROM case_file WHERE service = ?"
                 " AND content <> ? AND filed = 0 ORDER BY id",
                 "ss", name, content));
    for (; query_row(&q) && n < room; query_next(&q)) {
        const struct service *s =
            service_find_version(a->house->services, name, query_str(&q, 2), query_str(&q, 3));
        /* a draft that was withdrawn is over */
        if (s && str_eq(s->package->workflow->start->id, query_str(&q, 1)))
            list[n++] = query_id(&q, 0);
    }
    TRY(query_end(&q, f));
    for (int64_t i = 0; i < n; i++)
        TRY(job_add(a, S("case.carry"), act_id_text(a, &list[i]), f));
    return OK;
}

/* ---- one draft ----------------------------------------------------------------------------- */

struct carrying {
    struct casefile c;        /* first: case_move_facts reads it there */
    const struct service *to; /* NULL: there is nothing to do any more */
    bool fits;
};

/* Did the form of before say the same? Then it is no news. */
static bool known(const struct fault *before, const struct fault_item *item)
{
    for (const struct fault_item *i = before->items; i; i = i->next)
        if (str_eq(str_of(i->pointer), str_of(item->pointer)) &&
            str_eq(str_of(i->detail), str_of(item->detail)))
            return true;
    return false;
}

/* A draft need not be complete: what is missing, and what was wrong before, is no obstacle. */
static bool takes(const struct service *from, const struct service *to, const struct json *answers,
                  struct arena *a)
{
    struct fault before = {0}, now = {0};
    unsigned n = 0;

    enum err e = package_accepts(to->package, answers, a, &now);
    if (e == OK)
        return true;
    if (e != ERR_SCHEMA)
        return false;
    e = package_accepts(from->package, answers, a, &before);
    if (e != OK && e != ERR_SCHEMA)
        return false;
    for (const struct fault_item *i = now.items; i; i = i->next, n++)
        if (json_pointer(answers, str_of(i->pointer)) && !known(&before, i))
            return false;
    return n < SCHEMA_MAX_ERRORS; /* else some were not told */
}

/* The offer is renewed a moment after the act that changed it is durable: a draft that was looked
 * at in between would find nothing new, and stay behind for good. ERR_STALE: not yet. */
static enum err check_offer(struct act *a, str name, const struct service *offered, struct fault *f)
{
    struct query q;
    enum err e = db_one(
        a->db, &q, f, "SELECT content FROM package WHERE name = ? AND state = 'active'", "s", name);

    if (e == ERR_NOT_FOUND)
        return offered ? fault(f, ERR_STALE, "the service is offered no more") : OK;
    TRY(e);
    bool same = offered && str_eq(query_str(&q, 0), offered->content);
    TRY(query_end(&q, f));
    return same ? OK : fault(f, ERR_STALE, "the offer is not renewed yet");
}

enum err case_carry_prepare(struct act *a, struct fault *f)
{
    struct carrying *p = arena_new_of(a->arena, struct carrying);
    struct json *answers;

    TRY_PTR(p, f);
    a->data = p;
    TRY(case_of_path(a, &p->c, f));
    p->c.event = S("draft-kept");
    const struct service *to = service_find(a->house->services, p->c.service_name);
    TRY(check_offer(a, p->c.service_name, to, f));
    enum err e = act_seal_for(a, &p->c.person, f);
    if (e == ERR_ERASED || !to || to == p->c.service || !case_is_draft(&p->c))
        return OK;
    TRY(e);
    TRY(case_answers(a, &p->c, &a->record_key, &answers, f));
    p->to = to;
    p->fits = takes(p->c.service, to, answers, a->arena);
    p->c.event = p->fits ? S("draft-carried") : S("draft-kept");
    return case_addressee(a, &p->c.person, &p->c.to, f);
}

static enum err move_over(struct act *a, struct casefile *c, const struct service *to,
                          struct fault *f)
{
    TRY(db_run(a->db, f,
               "UPDATE case_file SET version = ?, content = ? WHERE id = ? AND bucket = ?", "ssdi",
               to->version, to->content, &c->id, (int64_t)id_bucket(&c->id)));
    c->service = to;
    c->state = to->package->workflow->start;
    return OK;
}

enum err case_carry(struct act *a, struct fault *f)
{
    struct carrying *p = a->data;
    struct casefile *c = &p->c;

    TRY(job_end(a, f));
    if (!p->to)
        return OK;
    if (p->fits)
        TRY(move_over(a, c, p->to, f));
    TRY(case_write_step(a, c, c->event, STR_NONE, f));
    TRY(case_write(a, c, f));
    return case_mail(a, c, &c->to, c->event, f);
}

/* ---- all of them --------------------------------------------------------------------------- */

unsigned drafts_work(struct house *h, int64_t *not_before)
{
    struct due_job jobs[JOBS_AT_ONCE];
    int64_t now = world_now(&h->world);
    unsigned done = 0;

    if (now < *not_before)
        return 0;
    unsigned n = jobs_due(h, S("case.carry"), jobs);
    for (unsigned i = 0; i < n; i++) {
        struct fault f = {0};
        enum err e = job_act(h, S("case.carry"), &jobs[i], STR_NONE, &f);
        done += e == OK;
        if (e == OK || e == ERR_STALE)
            continue;
        LOG(LOG_WARN, "a draft was not looked at", LOG_CSTR("error", err_slug(e)),
            LOG_CSTR("detail", f.detail));
        *not_before = now + PAUSE_MS;
    }
    return done;
}
