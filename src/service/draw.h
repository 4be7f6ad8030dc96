/* draw.h - the draw of appointments: pure, so that whoever asked can do it again
 *
 * When a round opens its seed is drawn and hidden; the SHA-256 of the seed stands in the opening,
 * whose digest is the content of a journal entry. After the closing moment the journal's tree has a
 * root that nobody chose when the seed was. Then
 *
 *   key   = HMAC-SHA-256(seed, "sifara-draw/1" LF round LF epoch LF size LF root LF)
 *   rank  = HMAC-SHA-256(key, ask)                 texts as they are published, root in hex
 *
 * Asks are served by class (-1 before 0 before 1), then by rank, the least first. Each gets the
 * first of its wishes that has a place left: a slot "2026-12-01T09:00", or a day "2026-12-01", of
 * which it gets the first such slot; who takes any gets the first one of all. Who gets none waits,
 * in the same order. docs/appointments.md says it in full.
 */
#ifndef SIFARA_SERVICE_DRAW_H
#define SIFARA_SERVICE_DRAW_H

#include "base/json.h"
#include "crypto/crypto.h"

enum { DRAW_SLOTS_MAX = 2000, DRAW_ASKS_MAX = 5000, DRAW_WISHES_MAX = 10, SLOT_TEXT = 16 };

struct draw_slot {
    str at;
    int64_t places; /* that are left */
};

struct draw_ask {
    str id;
    const struct json *wishes;
    bool any;
    int64_t class;
    struct hash rank;
    const struct draw_slot *got; /* NULL: waits */
};

/* What the journal said when the round closed. */
struct draw_head {
    int64_t epoch, size;
    str root; /* hex */
};

struct hash draw_commitment(const struct key *seed);
void draw_key(const struct key *seed, str round, const struct draw_head *, struct key *out);
/* Orders the asks as they are served, and serves them: places go down. */
void draw_run(const struct key *, struct draw_slot *, size_t n_slots, struct draw_ask *,
              size_t n_asks);
/* Would somebody with these wishes have that slot? */
bool draw_wanted(const struct json *wishes, bool any, str slot);
/* The slots of an opening; ERR_INVALID. */
NODISCARD enum err draw_slots(struct arena *, const struct json *opening, struct draw_slot **out,
                              size_t *out_n, struct fault *);

/* What a published draw was found to be. */
struct draw_told {
    str round, mission, service;
    size_t asks, served;
    struct hash opening; /* its digest: the content of the journal's entry */
};
/* Does the draw again, from the published file. ERR_INVALID with a pointer to what is not so:
 * another seed than the one committed to, an ask that is there twice, another result. */
NODISCARD enum err draw_check(struct arena *, const struct json *file, struct draw_told *out,
                              struct fault *);

#endif
