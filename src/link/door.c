/* door.c - how other floors send and take dispatches (act/dispatch.h) */
#include "link/link_int.h"

static enum err door_seal(struct act *a, struct dispatch_out *out, struct fault *f)
{
    struct sending *s;

    _Static_assert((int)DISPATCH_UNDERTAKINGS == (int)ENTRY_UNDERTAKINGS,
                   "as many as an entry has");
    TRY(sending_begin(a, out->partner, out->kind, &s, f));
    if (!id_is_nil(&out->correlation))
        s->correlation = out->correlation;
    s->content = out->content;
    memcpy(s->undertaking, out->undertaking, sizeof s->undertaking);
    s->n_undertakings = out->n_undertakings;
    s->emergency = out->emergency;
    s->locked = out->locked;
    out->id = s->id;
    out->sending = s;
    out->drop = sending_free;
    return sending_seal(a, s, f);
}

static enum err door_put(struct act *a, struct dispatch_out *out, struct fault *f)
{
    return sending_put(a, out->sending, f);
}

static void door_sent(struct act *a, const struct dispatch_out *out)
{
    link_wake_courier(a->house->link, out->partner, WAKE_SENDING);
}

static enum err door_settle(struct act *a, str partner, const struct id *id, str state,
                            struct fault *f)
{
    return db_run(a->db, f,
                  "UPDATE dispatch SET state = ? WHERE id = ? AND sent = 1 AND partner = ?", "sds",
                  state, id, partner);
}

static enum err door_facts(struct act *a, const struct dispatch_out *out, struct fault *f)
{
    return dispatch_put_facts(a,
                              &(struct dispatch_facts){.partner = out->partner,
                                                       .id = act_id_text(a, &out->id),
                                                       .kind = out->kind,
                                                       .emergency = out->emergency,
                                                       .locked = out->locked,
                                                       .undertaking = out->undertaking,
                                                       .n_undertakings = out->n_undertakings},
                              f);
}

static enum err door_content(struct act *a, const struct id *id, str *out, struct fault *f)
{
    struct dispatch_row r;

    TRY(dispatch_row_load(a, id, &r, f));
    return dispatch_open(a, &r, out, f);
}

static enum err door_prove(struct act *a, struct buf *proof, struct buf *payload,
                           uint64_t *out_index, struct fault *f)
{
    const struct taking *t = a->data;
    struct channel c;

    if (t->unlocked)
        return fault(f, ERR_INVALID, "this kind is not sent sealed");
    TRY(channel_by_log(a->db, t->channel.log, a->arena, &c, f));
    TRY(dispatch_prove(a, &c, t->index, t->salt, proof, f));
    buf_add(payload, t->salt, PAYLOAD_SALT);
    buf_add_str(payload, t->in.content);
    *out_index = t->index;
    return buf_ok(payload) ? OK : fault(f, ERR_LIMIT, "the payload is too long for a proof");
}

static enum err door_stands(struct act *a, str partner, bool *out, struct fault *f)
{
    char standing[STANDING_MAX];
    struct peer own;

    *out = false;
    enum err e = link_peer(a->house->link, a->db, a->house->state_code, &own, f);
    if (e == ERR_NOT_FOUND)
        return OK;
    TRY(e);
    TRY(partner_standing(a->db, partner, standing, f));
    *out = strcmp(standing, "accredited") == 0 || strcmp(standing, "suspended") == 0;
    return OK;
}

const struct dispatch_door link_door = {.seal = door_seal,
                                        .put = door_put,
                                        .sent = door_sent,
                                        .facts = door_facts,
                                        .take = taking_prepare,
                                        .take_facts = taking_facts,
                                        .keep = taking_keep,
                                        .content = door_content,
                                        .prove = door_prove,
                                        .settle = door_settle,
                                        .stands = door_stands};
