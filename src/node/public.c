/* public.c - what anybody may read: health, figures, trust, the ledger's hashes */
#include <stdio.h>

#include "base/encode.h"
#include "node/node_int.h"
#include "node/version.h"
#include "registry/registry.h"

static struct node *node_of(struct act *a)
{
    return (struct node *)((char *)a->house - offsetof(struct node, house));
}

static enum err show_health(struct act *a, struct fault *f)
{
    (void)f;
    buf_add_str(&a->reply, S("{\"status\":\"alive\"}"));
    return OK;
}

/* Ready: the keyring answers, so acts can be taken. */
static enum err show_ready(struct act *a, struct fault *f)
{
    AUTO(buf) struct buf b = BUF(1024);

    TRY(keyring_head_key(a->house->keyring, S("ready"), &b, f));
    buf_add_str(&a->reply, S("{\"status\":\"ready\"}"));
    return OK;
}

static enum err show_metrics(struct act *a, struct fault *f)
{
    (void)f;
    metrics_write(node_of(a)->metrics, &a->reply);
    a->type = "text/plain; version=0.0.4; charset=utf-8";
    return OK;
}

static enum err show_openapi(struct act *a, struct fault *f)
{
    (void)f;
    openapi_write(&a->reply, SIFARA_VERSION);
    return OK;
}

static enum err show_trust(struct act *a, struct fault *f)
{
    TRY(may_leave(a, f)); /* no list has the seals of a training */
    return keyring_trust_list(a->house->keyring, &a->reply, f);
}

/* ---- the ledger -------------------------------------------------------------------------- */

static enum err show_head(struct act *a, struct fault *f)
{
    struct ledger_state s;

    TRY(ledger_head(a->house->ledger, a->db, a->house->keyring, 0, &s, &a->reply, f));
    a->type = "text/plain; charset=utf-8";
    return OK;
}

static enum err show_head_key(struct act *a, struct fault *f)
{
    str origin = ledger_origin(a->house->ledger, ledger_state(a->house->ledger).epoch, a->arena);

    TRY_PTR(origin.p, f);
    a->type = "text/plain; charset=utf-8";
    return keyring_head_key(a->house->keyring, origin, &a->reply, f);
}

static enum err show_consistency(struct act *a, struct fault *f)
{
    struct ledger_state s = ledger_state(a->house->ledger);
    struct merkle_proof p;
    struct jw w = JW(&a->reply);
    int64_t from, to;

    if (!str_to_int64(act_param(a, S("from")), &from) || from < 0 ||
        !str_to_int64(act_param(a, S("to")), &to) || to < from || (uint64_t)to > s.size)
        return fault(f, ERR_RANGE, "the log has %llu entries", (unsigned long long)s.size);
    TRY(ledger_prove_consistency(a->db, s.epoch, (uint64_t)from, (uint64_t)to, &p, f));
    jw_open(&w, '{');
    jw_key(&w, S("proof"));
    jw_open(&w, '[');
    for (size_t i = 0; i < p.n; i++) {
        AUTO(buf) struct buf h = BUF(64);
        base64_encode(&h, hash_str(&p.node[i]), BASE64_STD);
        jw_string(&w, buf_str(&h));
    }
    jw_close(&w, ']');
    jw_close(&w, '}');
    return OK;
}

/* tlog-tiles: /tile/L/N with N in groups of three digits, "x" before all but the last, and ".p/W"
 * for a partial one. */
static bool parse_tile(str path, unsigned *level, uint64_t *index, unsigned *width)
{
    str part;
    int64_t v, n = 0;

    if (!str_split(&path, '/', &part) || !str_to_int64(part, &v) || v < 0 || v > 5)
        return false;
    *level = (unsigned)v;
    *width = LEDGER_TILE;
    while (str_split(&path, '/', &part)) {
        bool more = str_starts(part, S("x"));
        bool partial = str_ends(part, S(".p"));
        part = str_sub(part, more, part.n - (partial ? 2 : 0));
        if (part.n != 3 || !str_to_int64(part, &v) || v < 0 || n > (int64_t)1 << 40)
            return false;
        n = n * 1000 + v;
        if (more)
            continue;
        if (partial) {
            if (!str_split(&path, '/', &part) || !str_to_int64(part, &v) || v < 1 || v > 255)
                return false;
            *width = (unsigned)v;
        }
        *index = (uint64_t)n;
        return path.p == NULL;
    }
    return false;
}

static enum err show_tile(struct act *a, struct fault *f)
{
    struct ledger_state s = ledger_state(a->house->ledger);
    unsigned level, width;
    uint64_t index;

    if (!parse_tile(act_param(a, S("tile")), &level, &index, &width))
        return fault(f, ERR_NOT_FOUND, "no such tile");
    TRY(ledger_tile(a->db, s.epoch, level, index, width, s.size, &a->reply, f));
    a->type = "application/octet-stream";
    return OK;
}

/* After a restore: the journal goes on in a new epoch. The entry names the head it leaves behind.
 */
static enum err new_epoch(struct act *a, struct fault *f)
{
    struct ledger_state old = ledger_state(a->house->ledger);

    a->content = old.root;
    a->subject = str_printf(a->arena, "epoch/%llu/size/%llu", (unsigned long long)old.epoch,
                            (unsigned long long)old.size);
    return ledger_next_epoch(a->house->ledger, a->db, f);
}

#define PUBLIC(name, path, summary, read)                                                          \
    {                                                                                              \
        name, ACTION_OPEN, ACTION_GET, path, ACTOR_NOBODY, "Service", NULL, summary, 0, false,     \
            NULL, NULL, NULL, read, NULL                                                           \
    }

const struct action public_actions[] = {
    PUBLIC("node.health", "/healthz", "Is the process alive?", show_health),
    PUBLIC("node.ready", "/readyz", "Can it take acts?", show_ready),
    PUBLIC("node.metrics", "/metrics", "Counters and histograms", show_metrics),
    PUBLIC("node.openapi", "/openapi.json", "This description", show_openapi),
    PUBLIC("seal.trust", "/v1/trust-list", "Certificates for checking seals", show_trust),
    PUBLIC("ledger.head", "/v1/ledger/checkpoint", "The signed head of the log", show_head),
    PUBLIC("ledger.key", "/v1/ledger/key", "The key that signs heads", show_head_key),
    PUBLIC("ledger.consistency", "/v1/ledger/consistency/{from}/{to}",
           "Proof that one state of the log extends another", show_consistency),
    PUBLIC("ledger.tile", "/v1/ledger/tile/{tile*}", "Hashes of the log (tlog-tiles)", show_tile),
    {"ledger.new-epoch", ACTION_ACT, ACTION_INTERNAL, NULL, ACTOR_SYSTEM, "Service", NULL,
     "The journal continues in a new epoch after a restore", 0, false, NULL, NULL, new_epoch, NULL,
     NULL},
};
const size_t public_actions_n = ARRAY_LEN(public_actions);
