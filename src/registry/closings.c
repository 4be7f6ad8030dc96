/* closings.c - how a relation changed its standing, said by both sides
 *
 * When two officers suspend, recall or sever, or a partner's officers do, a row is begun here. The
 * floor above (link/closing.c) has both nodes say, signed, at which size of each log it was; this
 * room keeps what they said and shows it.
 */
#include "base/encode.h"
#include "registry/accreditation.h"
#include "registry/registry_int.h"

enum { SHOWN = 20 };

bool standing_closes(str standing)
{
    return str_eq(standing, S("suspended")) || str_eq(standing, S("recalled")) ||
           str_eq(standing, S("severed"));
}

enum err closing_begin(struct act *a, const struct closing *c, struct fault *f)
{
    return db_run(a->db, f,
                  "INSERT INTO closing(id, state, ours, was, standing, at, their_size,"
                  " their_received, their_proof, answered) VALUES(?,?,?,?,?,?,?,?,?,?)",
                  "dsissiiisi", &c->id, c->state, (int64_t)c->ours, c->was, c->standing, c->at,
                  c->their_size, c->their_received, c->their_proof, c->answered);
}

#define COLUMNS                                                                                    \
    "id, state, ours, was, standing, at, log, idx, received, proof, their_size, their_received,"   \
    " their_proof, answered"

static str text_of(struct query *q, struct arena *a, int col)
{
    return query_null(q, col) ? STR_NONE : str_copy(a, query_str(q, col));
}

static void take_row(struct query *q, struct arena *a, struct closing *c)
{
    *c = (struct closing){.id = query_id(q, 0),
                          .state = str_copy(a, query_str(q, 1)),
                          .ours = query_int(q, 2) != 0,
                          .was = str_copy(a, query_str(q, 3)),
                          .standing = str_copy(a, query_str(q, 4)),
                          .at = query_int(q, 5),
                          .has_entry = !query_null(q, 7),
                          .log = query_int(q, 6),
                          .index = query_int(q, 7),
                          .received = query_int(q, 8),
                          .proof = text_of(q, a, 9),
                          .their_size = query_int(q, 10),
                          .their_received = query_int(q, 11),
                          .their_proof = text_of(q, a, 12),
                          .answered = query_int(q, 13)};
}

enum err closing_load(struct db *db, const struct id *id, struct arena *a, struct closing *out,
                      struct fault *f)
{
    struct query q;

    enum err e = db_one(db, &q, f, "SELECT " COLUMNS " FROM closing WHERE id = ?", "d", id);
    if (e == ERR_NOT_FOUND)
        return fault(f, e, "no such closing");
    TRY(e);
    take_row(&q, a, out);
    return query_end(&q, f);
}

/* What is not in our log yet, or not proved yet, comes first; then what the partner has to answer,
 * as long as it stands. */
enum err closing_due(struct db *db, str state, int64_t now, struct arena *a, struct closing *out,
                     struct fault *f)
{
    struct query q;

    enum err e = db_one(db, &q, f,
                        "SELECT " COLUMNS " FROM closing WHERE state = ? AND (idx IS NULL"
                        " OR proof IS NULL OR (ours = 1 AND answered = 0 AND at > ?"
                        " AND id = (SELECT max(id) FROM closing c WHERE c.state = closing.state"
                        " AND c.ours = 1)"
                        " AND standing = (SELECT standing FROM accreditation s"
                        " WHERE s.state = closing.state)))"
                        " ORDER BY idx IS NOT NULL, proof IS NOT NULL, id LIMIT 1",
                        "si", state, now - CLOSING_MS);
    if (e == ERR_NOT_FOUND)
        return fault(f, e, "nothing is to be closed");
    TRY(e);
    take_row(&q, a, out);
    return query_end(&q, f);
}

/* ---- shown -------------------------------------------------------------------------------- */

/* Both sizes of one side: of its own log with the entry that says so, and of the other's. */
static void put_side(struct jw *w, str key, int64_t sent, int64_t received, str proof)
{
    jw_key(w, key);
    jw_open(w, '{');
    jw_kv_int(w, S("sent"), sent);
    jw_kv_int(w, S("received"), received);
    if (proof.p)
        jw_kv(w, S("proof"), proof);
    jw_close(w, '}');
}

static void put_closing(struct act *a, struct jw *w, const struct closing *c)
{
    bool both = c->has_entry && c->answered;
    char at[32];

    time_format(c->at, at);
    jw_open(w, '{');
    jw_kv(w, S("at"), str_of(at));
    jw_kv(w, S("by"), c->ours ? a->house->state_code : c->state);
    jw_kv(w, S("was"), c->was);
    jw_kv(w, S("standing"), c->standing);
    jw_kv(w, S("closed"), both ? S("both") : c->has_entry ? S("one") : S("waits"));
    if (c->has_entry)
        put_side(w, S("ours"), c->index + 1, c->received, c->proof);
    if (c->answered)
        put_side(w, S("theirs"), c->their_size, c->their_received, c->their_proof);
    jw_close(w, '}');
}

enum err closings_put(struct act *a, struct jw *w, str state, struct fault *f)
{
    struct closing c;
    struct query q;

    TRY(db_query(a->db, &q, f,
                 "SELECT " COLUMNS " FROM closing WHERE state = ? ORDER BY id DESC LIMIT ?", "si",
                 state, (int64_t)SHOWN));
    jw_key(w, S("closings"));
    jw_open(w, '[');
    for (; query_row(&q); query_next(&q)) {
        take_row(&q, a->arena, &c);
        put_closing(a, w, &c);
    }
    jw_close(w, ']');
    return query_end(&q, f);
}
