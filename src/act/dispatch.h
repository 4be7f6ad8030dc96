/* dispatch.h - what travels between states, as the floors see it that send and take it
 *
 * A kind of dispatch is a row in the table of a field, as its actions are; node/ hands the rows of
 * all fields to link/, which carries them. So a field sends and takes without knowing channels.
 *
 *   sending  prepare() fills a dispatch_out and has it sealed; run() puts it; after() has it sent
 *   taking   the row's action, whose actor is the partner, is tried with what came: its phases
 *            begin with those of the door
 */
#ifndef SIFARA_ACT_DISPATCH_H
#define SIFARA_ACT_DISPATCH_H

#include "act/gate.h"

enum { DISPATCH_UNDERTAKINGS = 20 };

struct dispatch_kind {
    const char *name;    /* of the entry */
    const char *receive; /* action of the partner */
    const char *schema;  /* of the content, NULL: bytes */
};

struct dispatch_out {
    str partner, kind;
    str content;           /* what travels, in clear */
    struct id correlation; /* nil: its own */
    str undertaking[DISPATCH_UNDERTAKINGS];
    size_t n_undertakings;
    bool emergency;
    bool locked;   /* a sealed dispatch: its key leaves only after the receipt */
    struct id id;  /* given by seal() */
    void *sending; /* link's own, and how it is freed */
    void (*drop)(void *sending);
};

/* What seal() made goes; harmless where it made nothing. */
static inline void dispatch_out_free(struct dispatch_out *o)
{
    if (o->sending)
        o->drop(o->sending);
    o->sending = NULL;
}

/* What came: act.data of a receiving act begins with it. */
struct dispatch_in {
    struct id id, correlation;
    str partner, kind, content;
    struct json *json; /* of the content, for kinds that have JSON */
    int64_t at;
    void *user; /* the receiving action's own, between its phases */
};

/* Given to the house by link/. */
struct dispatch_door {
    /* Seals the content; to be freed by the data_free of the act. */
    enum err (*seal)(struct act *, struct dispatch_out *, struct fault *);
    enum err (*put)(struct act *, struct dispatch_out *, struct fault *);
    void (*sent)(struct act *, const struct dispatch_out *);
    /* Adds the dispatch as resource of the decision. */
    enum err (*facts)(struct act *, const struct dispatch_out *, struct fault *);
    /* Phases of a receiving act. */
    enum err (*take)(struct act *, struct fault *);
    enum err (*take_facts)(struct act *, struct fault *);
    enum err (*keep)(struct act *, struct fault *);
    /* Content of a dispatch that was kept, opened, in the act's arena. ERR_NOT_FOUND, ERR_ERASED.
     */
    enum err (*content)(struct act *, const struct id *, str *out, struct fault *);
    /* In prepare() of a receiving act: the proof of the entry (C2SP tlog-proof), its payload with the
     * salt before it, and its index. */
    enum err (*prove)(struct act *, struct buf *proof, struct buf *payload, uint64_t *out_index,
                      struct fault *);
    /* What we sent is settled: "answered" or so, by the id that is its correlation. */
    enum err (*settle)(struct act *, str partner, const struct id *, str state, struct fault *);
    /* Does a line to that partner stand? */
    enum err (*stands)(struct act *, str partner, bool *out, struct fault *);
};

#endif
