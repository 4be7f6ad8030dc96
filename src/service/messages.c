#include "service/messages_int.h"

#include <inttypes.h>

enum {
    MESSAGES_MAX = 200, /* of a case: with all of them it still fits into a reply */
    REMARKS_MAX = 100,
    UNANSWERED_MAX = 20, /* of a person, before the mission answers */
    SEALED_BYTES = 33 << 10
};

struct writing {
    struct casefile c; /* first */
    str sealed;
    struct dropped dropped;
};

static enum err writing_new(struct act *a, const char *label, struct fault *f)
{
    AUTO(buf) struct buf sealed = BUF(SEALED_BYTES);
    struct writing *w = arena_new_of(a->arena, struct writing);

    TRY_PTR(w, f);
    a->data = w;
    TRY(case_of_path(a, &w->c, f));
    TRY(act_seal_for(a, &w->c.person, f));
    TRY(seal(&sealed, &a->record_key, str_of(label), json_get_str(a->input, S("text")), f));
    w->sealed = str_copy(a->arena, buf_str(&sealed));
    TRY_PTR(w->sealed.p, f);
    a->content = sha256(w->sealed);
    return OK;
}

enum err message_send_prepare(struct act *a, struct fault *f)
{
    return writing_new(a, "message", f);
}

enum err message_write_prepare(struct act *a, struct fault *f)
{
    TRY(writing_new(a, "message", f));
    struct writing *w = a->data;
    return case_find_addressee(a, &w->c, f);
}

enum err remark_add_prepare(struct act *a, struct fault *f)
{
    return writing_new(a, "remark", f);
}

struct written {
    int64_t all, open; /* open: of the person, not answered */
};

static enum err count_messages(struct act *a, const struct casefile *c, struct written *out,
                               struct fault *f)
{
    struct query q;

    TRY(db_one(a->db, &q, f,
               "SELECT count(*), coalesce(sum(waits), 0) FROM case_message WHERE file = ?", "d",
               &c->id));
    *out = (struct written){query_int(&q, 0), query_int(&q, 1)};
    return query_end(&q, f);
}

static enum err insert(struct act *a, const struct writing *w, int64_t seq, struct fault *f)
{
    bool officer = a->actor.kind == ACTOR_OFFICER;

    return db_run(a->db, f,
                  "INSERT INTO case_message(file, seq, bucket, at, mission, role, officer, text,"
                  " waits, seen) VALUES(?,?,?,?,?,?,?,?,?,0)",
                  "diiissdbi", &w->c.id, seq, (int64_t)id_bucket(&w->c.id), a->now, w->c.mission,
                  officer ? act_role(a) : S("person"), officer ? &a->actor.id : NULL, w->sealed,
                  (int64_t)!officer);
}

/* What the sender added and does not name is given up. */
static enum err send_files(struct act *a, struct writing *w, int64_t seq, struct fault *f)
{
    TRY(attachments_send(a, &w->c.id, seq, f));
    return attachments_drop(a, &w->c.id, 0, &w->dropped, f);
}

void message_after(struct act *a)
{
    const struct writing *w = a->data;

    attachments_unlink(a->house, &w->dropped);
}

static enum err numbered(struct act *a, int64_t seq)
{
    struct jw w = JW(&a->reply);

    a->status = 201;
    jw_open(&w, '{');
    jw_kv_int(&w, S("message"), seq);
    jw_close(&w, '}');
    return OK;
}

enum err message_send(struct act *a, struct fault *f)
{
    struct writing *w = a->data;
    struct written n;

    TRY(count_messages(a, &w->c, &n, f));
    if (n.open >= UNANSWERED_MAX || n.all >= MESSAGES_MAX)
        return fault(f, ERR_CONFLICT, "wait for the mission's answer: %d messages are open",
                     (int)n.open);
    TRY(insert(a, w, n.all, f));
    TRY(send_files(a, w, n.all, f));
    return numbered(a, n.all);
}

/* The person is told that there is one, never what it says. */
enum err message_write(struct act *a, struct fault *f)
{
    struct writing *w = a->data;
    struct written n;

    TRY(count_messages(a, &w->c, &n, f));
    if (n.all >= MESSAGES_MAX)
        return fault(f, ERR_CONFLICT, "a case takes %d messages", MESSAGES_MAX);
    TRY(insert(a, w, n.all, f));
    TRY(send_files(a, w, n.all, f));
    TRY(db_run(a->db, f, "UPDATE case_message SET waits = 0 WHERE file = ? AND waits = 1", "d",
               &w->c.id));
    TRY(case_touch(a, &w->c, f));
    TRY(case_mail(a, &w->c, &w->c.to, S("message-waiting"), f));
    return numbered(a, n.all);
}

enum err message_seen(struct act *a, struct fault *f)
{
    struct id id;

    TRY(act_param_id(a, S("id"), &id, f));
    return db_run(a->db, f,
                  "UPDATE case_message SET seen = ? WHERE file = ? AND seen = 0 AND officer IS NOT"
                  " NULL AND file IN (SELECT id FROM case_file WHERE id = ? AND person = ?)",
                  "iddd", a->now, &id, &id, &a->actor.id);
}

enum err messages_read(struct act *a, const struct casefile *c, struct fault *f)
{
    return db_run(
        a->db, f,
        "UPDATE case_message SET seen = ? WHERE file = ? AND seen = 0 AND officer IS NULL", "id",
        a->now, &c->id);
}

enum err remark_add(struct act *a, struct fault *f)
{
    struct writing *w = a->data;
    struct query q;

    TRY(db_one(a->db, &q, f, "SELECT count(*) FROM case_remark WHERE file = ?", "d", &w->c.id));
    int64_t n = query_int(&q, 0);
    TRY(query_end(&q, f));
    if (n >= REMARKS_MAX)
        return fault(f, ERR_CONFLICT, "a case takes %d notes", REMARKS_MAX);
    TRY(db_run(a->db, f,
               "INSERT INTO case_remark(file, seq, bucket, at, mission, role, officer, text)"
               " VALUES(?,?,?,?,?,?,?,?)",
               "diiissdb", &w->c.id, n, (int64_t)id_bucket(&w->c.id), a->now, a->actor.mission,
               act_role(a), &a->actor.id, w->sealed));
    TRY(case_touch(a, &w->c, f));
    return numbered(a, n);
}

/* ---- showing ------------------------------------------------------------------------------ */

/* Rows of (id, size, type, name, message) in the order of messages: those of this one. */
static enum err put_files(struct act *a, struct jw *w, struct query *files, int64_t seq,
                          const struct key *k, struct fault *f)
{
    enum err e = OK;

    if (!query_row(files) || query_int(files, 4) != seq)
        return OK;
    jw_key(w, S("files"));
    jw_open(w, '[');
    for (; e == OK && query_row(files) && query_int(files, 4) == seq; query_next(files))
        e = case_put_file(a, w, files, k, f);
    jw_close(w, ']');
    return e;
}

/* Rows of (seq, at, role, text, officer, seen); seen is 0 where it means nothing. files: those of
 * messages, or NULL. Ends the query. */
static enum err put_texts(struct act *a, struct jw *w, struct query *q, struct query *files,
                          const char *label, const struct key *k, bool *out_by_officer,
                          struct fault *f)
{
    enum err e = OK;
    char text[32];
    str plain;

    jw_open(w, '[');
    for (; e == OK && query_row(q); query_next(q)) {
        e = unseal(a->arena, k, str_of(label), query_str(q, 3), &plain, f);
        if (e != OK)
            break;
        *out_by_officer = !query_null(q, 4);
        jw_open(w, '{');
        jw_kv_int(w, S("message"), query_int(q, 0));
        time_format(query_int(q, 1), text);
        jw_kv(w, S("at"), str_of(text));
        jw_kv(w, S("role"), query_str(q, 2));
        jw_kv(w, S("text"), plain);
        if (query_int(q, 5)) {
            time_format(query_int(q, 5), text);
            jw_kv(w, S("seen"), str_of(text));
        }
        if (files)
            e = put_files(a, w, files, query_int(q, 0), k, f);
        jw_close(w, '}');
    }
    jw_close(w, ']');
    enum err end = query_end(q, e == OK ? f : NULL);
    return e == OK ? end : e;
}

/* Notes are about the person, so they get them with their data: once nothing is to be decided any
 * more, for before that they would tell how it will be (docs/messages.md). */
static bool shows_remarks(const struct act *a, const struct casefile *c)
{
    return a->actor.kind == ACTOR_OFFICER ||
           (strcmp(a->action->name, "person.export") == 0 && c->state->turn == TURN_END);
}

/* files: those of all messages. */
static enum err put_messages(struct act *a, struct jw *w, const struct casefile *c,
                             struct query *files, const struct key *k, struct fault *f)
{
    bool by_officer = false;
    struct query q;

    TRY(db_query(a->db, &q, f,
                 "SELECT seq, at, role, text, officer, seen FROM case_message WHERE file = ?"
                 " ORDER BY seq",
                 "d", &c->id));
    bool any = query_row(&q);
    jw_key(w, S("messages"));
    TRY(put_texts(a, w, &q, files, "message", k, &by_officer, f));
    if (any)
        jw_kv(w, S("awaits"), by_officer ? S("person") : S("mission"));
    return OK;
}

enum err messages_put(struct act *a, struct jw *w, const struct casefile *c, const struct key *k,
                      struct fault *f)
{
    bool ignored = false;
    struct query q;

    TRY(db_query(a->db, &q, f,
                 "SELECT id, size, type, name, message FROM attachment WHERE file = ?"
                 " AND message >= 0 ORDER BY message, id",
                 "d", &c->id));
    enum err e = put_messages(a, w, c, &q, k, f);
    enum err end = query_end(&q, e == OK ? f : NULL);
    TRY(e);
    TRY(end);
    if (!shows_remarks(a, c))
        return OK;
    TRY(db_query(a->db, &q, f,
                 "SELECT seq, at, role, text, officer, 0 FROM case_remark WHERE file = ?"
                 " ORDER BY seq",
                 "d", &c->id));
    jw_key(w, S("remarks"));
    return put_texts(a, w, &q, NULL, "remark", k, &ignored, f);
}

/* Cases of a mission whose person waits for an answer, the longest first: nothing of what they
 * wrote. */
enum err desk_messages(struct act *a, struct fault *f)
{
    str mission = act_param(a, S("mission"));
    struct jw w = JW(&a->reply);
    struct query q;
    char text[32];

    TRY(db_query(a->db, &q, f,
                 "SELECT m.file, min(m.at), count(*), sum(CASE WHEN m.seen = 0 THEN 1 ELSE 0 END),"
                 " c.service FROM case_message m JOIN case_file c ON c.id = m.file"
                 " WHERE m.mission = ? AND m.waits = 1 GROUP BY m.file, c.service"
                 " ORDER BY 2 LIMIT 200",
                 "s", mission.p ? mission : a->actor.mission));
    jw_open(&w, '{');
    jw_key(&w, S("cases"));
    jw_open(&w, '[');
    for (; query_row(&q); query_next(&q)) {
        struct id file = query_id(&q, 0);
        jw_open(&w, '{');
        jw_kv(&w, S("id"), act_id_text(a, &file));
        jw_kv(&w, S("service"), query_str(&q, 4));
        time_format(query_int(&q, 1), text);
        jw_kv(&w, S("since"), str_of(text));
        jw_kv_int(&w, S("messages"), query_int(&q, 2));
        jw_kv_int(&w, S("unread"), query_int(&q, 3));
        jw_close(&w, '}');
    }
    jw_close(&w, ']');
    jw_close(&w, '}');
    return query_end(&q, f);
}
