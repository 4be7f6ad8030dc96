/* witnessed.c - what witnesses said of our logs
 *
 * Of each log one head at a time is the one that its witnesses are asked for, so that their lines
 * come together under the same head however fast the log grows. It is a head with its receipt:
 * nothing waits for a witness. Once the policy has enough lines the head counts as witnessed, and
 * the newest receipted one is asked for next.
 */
#include "link/link_int.h"

enum { LINES_ARENA = 1 << 20 };

static str column(struct query *q, int at, struct arena *a)
{
    return query_null(q, at) ? STR_NONE : str_copy(a, query_str(q, at));
}

enum err witnessed_of(struct db *db, int64_t log, struct arena *a, struct witnessed *out,
                      struct fault *f)
{
    struct query q;
    enum err e = db_one(db, &q, f,
                        "SELECT target, target_size, head, head_size FROM witnessed WHERE log = ?",
                        "i", log);

    *out = (struct witnessed){0};
    if (e == ERR_NOT_FOUND)
        return OK;
    TRY(e);
    out->target = column(&q, 0, a);
    out->target_size = (uint64_t)query_int(&q, 1);
    out->head = column(&q, 2, a);
    out->head_size = (uint64_t)query_int(&q, 3);
    return query_end(&q, f);
}

enum err witnessed_by(struct db *db, int64_t log, str witness, uint64_t *out, struct fault *f)
{
    struct query q;

    TRY(db_one(db, &q, f,
               "SELECT coalesce(max(size), 0) FROM witness_line WHERE log = ? AND witness = ?",
               "is", log, witness));
    *out = (uint64_t)query_int(&q, 0);
    return query_end(&q, f);
}

/* ---- judging -------------------------------------------------------------------------------- */

/* The target with all lines that came for it; *out_who: whose they are. */
static enum err gather(struct act *a, int64_t log, const struct witnessed *w,
                       const struct quorum *q, struct buf *note, uint64_t *who, struct fault *f)
{
    struct query rows;

    *who = 0;
    buf_add_str(note, w->target);
    TRY(db_query(a->db, &rows, f,
                 "SELECT witness, line FROM witness_line WHERE log = ? AND size = ?"
                 " AND line IS NOT NULL ORDER BY witness",
                 "ii", log, (int64_t)w->target_size));
    for (; query_row(&rows); query_next(&rows))
        for (size_t i = 0; i < q->n_witnesses; i++)
            if (str_eq(q->witness[i].name, query_str(&rows, 0))) {
                *who |= (uint64_t)1 << i;
                buf_add_str(note, query_str(&rows, 1));
            }
    return query_end(&rows, f);
}

/* Has some witness cosigned a longer log than is asked for? Then it never will what is asked. */
static enum err is_passed(struct act *a, int64_t log, uint64_t size, bool *out, struct fault *f)
{
    struct query q;

    TRY(db_one(a->db, &q, f, "SELECT count(*) FROM witness_line WHERE log = ? AND size > ?", "ii",
               log, (int64_t)size));
    *out = query_int(&q, 0) > 0;
    return query_end(&q, f);
}

static enum err ask_for(struct act *a, int64_t log, const struct channel *c, struct fault *f)
{
    TRY(db_run(a->db, f,
               "INSERT INTO witnessed(log, target_size, head_size) VALUES(?, 0, 0)"
               " ON CONFLICT(log) DO NOTHING",
               "i", log));
    return db_run(a->db, f, "UPDATE witnessed SET target = ?, target_size = ? WHERE log = ?", "sii",
                  c->head, (int64_t)c->head_size, log);
}

enum err witnessed_settle(struct act *a, int64_t log, struct fault *f)
{
    AUTO(buf) struct buf note = BUF(2 * NOTE_BYTES);
    struct quorum *q = arena_new_of(a->arena, struct quorum);
    bool done = true, passed = false;
    struct witnessed w;
    struct channel c;
    uint64_t who;

    TRY_PTR(q, f);
    TRY(channel_by_log(a->db, log, a->arena, &c, f));
    enum err e = quorum_for(a->db, c.partner, a->arena, q, f);
    if (e == ERR_NOT_FOUND || (e == OK && q->n_witnesses == 0))
        return OK;
    TRY(e);
    TRY(witnessed_of(a->db, log, a->arena, &w, f));
    if (w.target.p) {
        TRY(gather(a, log, &w, q, &note, &who, f));
        done = quorum_met(q, who);
        TRY(is_passed(a, log, w.target_size, &passed, f));
    }
    if (w.target.p && done && buf_ok(&note))
        TRY(db_run(a->db, f, "UPDATE witnessed SET head = ?, head_size = ? WHERE log = ?", "sii",
                   buf_str(&note), (int64_t)w.target_size, log));
    if ((done || passed) && c.head.p && c.head_size > w.target_size)
        return ask_for(a, log, &c, f);
    return OK;
}

/* ---- a line came ---------------------------------------------------------------------------- */

struct word {
    str witness, line;
    int64_t log;
    uint64_t size;
};

static enum err word_run(struct act *a, struct fault *f)
{
    const struct word *w = a->data;

    TRY(db_run(a->db, f,
               "INSERT INTO witness_line(log, witness, size, line) VALUES(?,?,?,?)"
               " ON CONFLICT(log, witness) DO UPDATE SET size = excluded.size,"
               " line = excluded.line WHERE excluded.size >= witness_line.size",
               "isis", w->log, w->witness, (int64_t)w->size, w->line));
    return witnessed_settle(a, w->log, f);
}

static const struct action word_chore = {.name = "channel.witnessed",
                                         .kind = ACTION_CHORE,
                                         .method = ACTION_INTERNAL,
                                         .who = ACTOR_SYSTEM,
                                         .resource = "Session",
                                         .summary = "A witness has cosigned a log of ours",
                                         .run = word_run};

enum err witnessed_note(struct link *l, int64_t log, str witness, uint64_t size, str line,
                        struct fault *f)
{
    AUTO(arena) struct arena *a = arena_new(LINES_ARENA);
    struct word w = {witness, line, log, size};

    TRY_PTR(a, f);
    return sending_perform(l, &word_chore, &w, a, f);
}
