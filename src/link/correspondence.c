/* correspondence.c - what officers see of it: lists, one dispatch opened, its proof */
#include "link/evidence.h"
#include "link/link_int.h"

enum { PAGE = 50 };

enum err dispatch_list_facts(struct act *a, struct fault *f)
{
    (void)f;
    act_resource(a, S("Mission"), a->actor.mission);
    return OK;
}

static void put_row(struct act *a, struct jw *w, const struct dispatch_row *r)
{
    char at[32];

    time_format(r->at, at);
    jw_kv(w, S("id"), act_id_text(a, &r->id));
    jw_kv(w, S("partner"), r->partner);
    jw_kv(w, S("direction"), r->sent ? S("sent") : S("received"));
    jw_kv(w, S("kind"), r->kind);
    jw_kv(w, S("at"), str_of(at));
    jw_kv(w, S("correlation"), act_id_text(a, &r->correlation));
    jw_kv(w, S("state"), r->state);
    if (r->locked) {
        jw_kv_bool(w, S("sealed"), true);
        jw_kv(w, S("key"), r->held || str_eq(r->state, S("locked")) ? S("held") : S("given"));
    }
    if (r->has_entry)
        jw_kv_int(w, S("index"), (int64_t)r->index);
    if (r->reason.p) {
        jw_key(w, S("reason"));
        jw_raw(w, r->reason);
    }
}

/* How far the partner holds our log: what lies below is receipted. */
static enum err receipted_size(struct act *a, str partner, uint64_t *out, struct fault *f)
{
    struct channel c;
    enum err e = channel_of(a->db, partner, true, a->arena, &c, f);

    *out = 0;
    if (e == ERR_NOT_FOUND)
        return OK;
    TRY(e);
    *out = c.head_size;
    return OK;
}

static void settle_state(struct dispatch_row *r, uint64_t receipted)
{
    if (r->sent && str_eq(r->state, S("waiting")) && r->has_entry)
        r->state = r->index < receipted ? S("receipted") : S("sent");
}

enum err dispatch_settle_state(struct act *a, struct dispatch_row *r, struct fault *f)
{
    uint64_t receipted;

    TRY(receipted_size(a, r->partner, &receipted, f));
    settle_state(r, receipted);
    return OK;
}

static enum err put_page(struct act *a, struct jw *w, const struct id *ids, size_t n, str partner,
                         struct fault *f)
{
    uint64_t receipted;
    struct dispatch_row r;

    TRY(receipted_size(a, partner, &receipted, f));
    for (size_t i = 0; i < n; i++) {
        TRY(dispatch_row_load(a, &ids[i], &r, f));
        settle_state(&r, receipted);
        jw_open(w, '{');
        put_row(a, w, &r);
        jw_close(w, '}');
    }
    return OK;
}

/* Two heads that the partner signed and that do not fit: its own hand proves it to anybody. */
static enum err put_contradiction(struct act *a, struct jw *w, str partner, struct fault *f)
{
    struct query q;
    enum err e = db_one(a->db, &q, f,
                        "SELECT first, second, at FROM equivocation WHERE partner = ?"
                        " ORDER BY at DESC LIMIT 1",
                        "s", partner);
    char at[32];

    if (e == ERR_NOT_FOUND)
        return OK;
    TRY(e);
    time_format(query_int(&q, 2), at);
    jw_key(w, S("contradiction"));
    jw_open(w, '{');
    jw_kv(w, S("at"), str_of(at));
    jw_kv(w, S("first"), query_str(&q, 0));
    jw_kv(w, S("second"), query_str(&q, 1));
    jw_close(w, '}');
    return query_end(&q, f);
}

/* Newest first; ?before=ID: the page after the one that ended with it. */
enum err dispatch_list(struct act *a, struct fault *f)
{
    str state = act_param(a, S("state")), before = act_param(a, S("before"));
    struct jw w = JW(&a->reply);
    struct id last, ids[PAGE];
    struct query q;
    size_t n = 0;

    memset(&last, 0xff, sizeof last);
    if (before.p && !id_parse(before, &last))
        return fault(f, ERR_MALFORMED_REQUEST, "before= is the id of a dispatch");
    TRY(db_query(a->db, &q, f,
                 "SELECT id FROM dispatch WHERE partner = ? AND id < ? ORDER BY id DESC LIMIT ?",
                 "sdi", state, &last, (int64_t)PAGE));
    for (; query_row(&q) && n < PAGE; query_next(&q))
        ids[n++] = query_id(&q, 0);
    TRY(query_end(&q, f));
    jw_open(&w, '{');
    jw_key(&w, S("dispatches"));
    jw_open(&w, '[');
    TRY(put_page(a, &w, ids, n, state, f));
    jw_close(&w, ']');
    TRY(put_contradiction(a, &w, state, f));
    jw_close(&w, '}');
    return OK;
}

enum err dispatch_show_facts(struct act *a, struct fault *f)
{
    struct dispatch_row r;

    TRY(dispatch_row_of_path(a, &r, f));
    a->subject = str_printf(a->arena, "dispatch/%.*s", STR_FMT(act_id_text(a, &r.id)));
    return dispatch_put_facts(
        a,
        &(struct dispatch_facts){
            .partner = r.partner, .id = act_id_text(a, &r.id), .kind = r.kind, .locked = r.locked},
        f);
}

/* Bytes behind a line of JSON. */
static bool has_head(str kind)
{
    return str_eq(kind, S("file")) || str_eq(kind, S("payload"));
}

/* The content: JSON as it is; of a file its first line, and with ?part=file the file itself; with
 * ?part=payload what travelled, byte for byte, as its proof wants it. */
static enum err put_content(struct act *a, struct jw *w, const struct dispatch_row *r,
                            struct fault *f)
{
    str content;

    if (!r->body.p)
        return OK;
    TRY(dispatch_open(a, r, &content, f));
    if (str_eq(act_param(a, S("part")), S("payload"))) {
        buf_clear(&a->reply);
        a->reply.max = PAYLOAD_BYTES;
        buf_add_str(&a->reply, content);
        a->type = "application/octet-stream";
        return OK;
    }
    ptrdiff_t line = str_find_char(content, '\n');
    bool file = has_head(r->kind) && line > 0;
    if (file && str_eq(act_param(a, S("part")), S("file"))) {
        buf_clear(&a->reply);
        a->reply.max = PAYLOAD_BYTES;
        buf_add_str(&a->reply, str_sub(content, (size_t)line + 1, content.n));
        a->type = "application/octet-stream";
        return OK;
    }
    jw_key(w, S("content"));
    jw_raw(w, file ? str_sub(content, 0, (size_t)line) : content);
    if (file)
        jw_kv_int(w, S("bytes"), (int64_t)(content.n - (size_t)line - 1));
    return OK;
}

enum err dispatch_show(struct act *a, struct fault *f)
{
    struct jw w = JW(&a->reply);
    struct dispatch_row r;

    TRY(dispatch_row_of_path(a, &r, f));
    TRY(dispatch_settle_state(a, &r, f));
    jw_open(&w, '{');
    put_row(a, &w, &r);
    TRY(put_content(a, &w, &r, f));
    if (!a->type)
        jw_close(&w, '}');
    return OK;
}

/* The head under which an entry is proved: one that witnesses cosigned where there is one that
 * holds it, else the newest that both sides know. */
static enum err proving_head(struct act *a, const struct channel *c, uint64_t index, str *out,
                             uint64_t *out_size, struct fault *f)
{
    struct witnessed w;

    TRY(witnessed_of(a->db, c->log, a->arena, &w, f));
    bool witnessed = w.head.p && index < w.head_size;
    *out = witnessed ? w.head : c->head;
    *out_size = witnessed ? w.head_size : c->head_size;
    return index < *out_size ? OK : fault(f, ERR_CONFLICT, "the partner gave no receipt yet");
}

enum err dispatch_prove(struct act *a, const struct channel *c, uint64_t index, const uint8_t *salt,
                        struct buf *out, struct fault *f)
{
    struct tlog_proof proof = {.index = index};
    uint64_t size;
    str entry;

    TRY(proving_head(a, c, index, &proof.note, &size, f));
    TRY(channel_entry(a->db, c->log, index, a->arena, &entry, f));
    struct tree t = channel_tree(a->db, c, f);
    TRY(merkle_prove_inclusion(tree_node, &t, index, size, &proof.path));
    return evidence_format(out, &proof, entry, salt, f);
}

enum err dispatch_evidence(struct act *a, struct fault *f)
{
    struct dispatch_row r;
    struct channel c;
    str plain = STR_NONE;

    TRY(dispatch_row_of_path(a, &r, f));
    if (!r.has_entry)
        return fault(f, ERR_CONFLICT, "it was not sent yet");
    TRY(channel_by_log(a->db, r.log, a->arena, &c, f));
    if (r.body.p)
        TRY(unseal(a->arena, &a->house->record_key, S("dispatch"), r.body, &plain, f));
    a->type = "text/plain; charset=utf-8";
    return dispatch_prove(a, &c, r.index, (const uint8_t *)plain.p, &a->reply, f);
}
