/* unsent.c - files that were sent up for a message which never went: the node removes them a day
 * later
 *
 * Whoever writes again removes what they left by doing so (messages.c); this is for who does not
 * come back. One act of the system for each case; the bytes go once it is durable.
 */
#include "service/unsent.h"

#include "base/log.h"
#include "service/cases_int.h"
#include "service/jobs_int.h"
#include "service/messages_int.h"

enum { LOOK_MS = 60 * 1000 };

/* Before every id that is made from then on. */
static struct id id_from(int64_t ms)
{
    struct id id = {{0}};

    for (int i = 0; i < 6; i++)
        id.b[i] = (uint8_t)(ms >> (40 - 8 * i));
    return id;
}

struct clearing {
    struct casefile c; /* first: facts read it there */
    struct dropped dropped;
};

enum err message_clear_prepare(struct act *a, struct fault *f)
{
    struct clearing *p = arena_new_of(a->arena, struct clearing);

    TRY_PTR(p, f);
    a->data = p;
    TRY(case_of_path(a, &p->c, f));
    a->content = sha256(id_bytes(&p->c.id));
    return OK;
}

/* What is more than one act takes is done by the next. */
enum err message_clear(struct act *a, struct fault *f)
{
    struct id before = id_from(a->now - DAY_MS), ids[FILES_WAITING];
    struct clearing *p = a->data;
    struct dropped *d = &p->dropped;
    struct query q;

    TRY(db_query(a->db, &q, f,
                 "SELECT id, digest FROM attachment WHERE file = ? AND message = -1 AND id < ?"
                 " ORDER BY id LIMIT ?",
                 "ddi", &p->c.id, &before, (int64_t)FILES_WAITING));
    for (; query_row(&q); query_next(&q))
        dropped_add(d, ids, &q);
    TRY(query_end(&q, f));
    if (!d->n)
        return fault(f, ERR_STALE, "no file waits for a message");
    return attachments_delete(a, ids, d->n, f);
}

void message_clear_after(struct act *a)
{
    const struct clearing *p = a->data;

    attachments_unlink(a->house, &p->dropped);
}

/* ---- all of them --------------------------------------------------------------------------- */

static unsigned cases_with(struct house *h, int64_t now, struct due_job out[JOBS_AT_ONCE])
{
    struct id before = id_from(now - DAY_MS), file;
    struct db *db;
    struct query q;
    unsigned n = 0;

    if (db_pool_take(h->readers, &db, NULL) != OK)
        return 0;
    if (db_query(db, &q, NULL,
                 "SELECT DISTINCT file FROM attachment WHERE message = -1 AND id < ? LIMIT ?", "di",
                 &before, (int64_t)JOBS_AT_ONCE) == OK) {
        for (; query_row(&q) && n < JOBS_AT_ONCE; query_next(&q)) {
            file = query_id(&q, 0);
            out[n].id = (struct id){{0}};
            id_format(&file, out[n++].subject);
        }
        (void)!query_end(&q, NULL);
    }
    db_pool_put(h->readers, db);
    return n;
}

unsigned unsent_work(struct house *h, int64_t *not_before)
{
    struct due_job list[JOBS_AT_ONCE];
    int64_t now = world_now(&h->world);
    unsigned done = 0;

    if (now < *not_before)
        return 0;
    *not_before = now + LOOK_MS;
    unsigned n = cases_with(h, now, list);
    for (unsigned i = 0; i < n; i++) {
        struct fault f = {0};
        enum err e = job_act(h, S("message.clear"), &list[i], STR_NONE, &f);
        done += e == OK;
        if (e != OK && e != ERR_STALE)
            LOG(LOG_WARN, "files that were never sent are still there",
                LOG_CSTR("error", err_slug(e)), LOG_CSTR("detail", f.detail));
    }
    return done;
}
