/* link_scenarios_net.c - the network between the two nodes: it loses, doubles, damages, reorders
 * and forges
 *
 * A call waits here until net_deliver() puts it through the other node's gate as its edge would.
 */
#include <inttypes.h>
#include <stdio.h>

#include "node/link_scenarios_int.h"

enum {
    QUEUE = 1024,
    KEPT = 64 /* requests that may come once more */
};

/* The fields of a request, as the edge would show them. */
struct fields {
    struct signature_fields said;
    char type[64];
};

struct network net;

static struct {
    struct side *from;
    struct http_call *call;
    int64_t since_ms;
} queue[QUEUE];
static size_t n_queue;

/* What was said once, to be said again. */
static struct {
    struct side *to;
    char path[64];
    struct buf body;
    struct fields fields;
} kept[KEPT];
static size_t n_kept;

enum err net_start(void *ctx, struct http_call *call, struct fault *f)
{
    (void)f;
    assert_true(n_queue < QUEUE);
    call->reply = BUF(call->max_reply);
    call->err = OK;
    call->status = 0;
    call->content_type[0] = call->detail[0] = 0;
    queue[n_queue].from = ctx;
    queue[n_queue++].call = call;
    return OK;
}

void net_cancel(void *ctx, struct http_call *call)
{
    (void)ctx;
    for (size_t i = 0; i < n_queue; i++)
        if (queue[i].call == call)
            queue[i--] = queue[--n_queue];
}

static bool chance(unsigned percent)
{
    return net.storm && demo_chance(&net.chance, percent);
}

struct asked {
    struct act act; /* first: the fields are found by it */
    struct fields fields;
};

static str field_of(const struct act *a, str name)
{
    const struct fields *s = &((const struct asked *)a)->fields;
    const char *value = str_eq(name, S("Content-Type"))      ? s->type
                        : str_eq(name, S("Content-Digest"))  ? s->said.digest
                        : str_eq(name, S("Signature-Input")) ? s->said.input
                        : str_eq(name, S("Signature"))       ? s->said.signature
                                                             : "";

    return value[0] ? str_of(value) : STR_NONE;
}

static void take_fields(const struct act *a, struct signature_fields *out)
{
    *out = (struct signature_fields){0};
    if (a->err != OK || a->n_headers != 3)
        return;
    snprintf(out->digest, sizeof out->digest, "%.*s", STR_FMT(a->headers[0].value));
    snprintf(out->input, sizeof out->input, "%.*s", STR_FMT(a->headers[1].value));
    snprintf(out->signature, sizeof out->signature, "%.*s", STR_FMT(a->headers[2].value));
}

/* A request as the node's edge would put it through the gate; the answer into the call if there is
 * one. */
static void ask(struct side *to, const char *path, str body, struct fields fields,
                struct http_call *call)
{
    AUTO(arena) struct arena *a = arena_new(96 << 20);
    struct asked asked = {{.house = &to->node->house, .arena = a, .body = body, .header = field_of},
                          fields};
    struct act *act = &asked.act;

    assert_non_null(a);
    act->actor.kind = ACTOR_NOBODY;
    for (size_t i = 0; i < actions_count(); i++)
        if (action_at(i)->method == ACTION_POST && strcmp(action_at(i)->path, path) == 0)
            act->action = action_at(i);
    assert_non_null(act->action);
    if (gate_perform(to->node->house.gate, act) == OK && act->action->answer)
        gate_answer(act);
    if (call) {
        call->status = act->err != OK ? problem_status(err_class(act->err))
                       : act->status  ? act->status
                                      : 200;
        snprintf(call->content_type, sizeof call->content_type, "%s",
                 act->type ? act->type : "application/json");
        take_fields(act, &call->came);
        if (act->err == OK)
            buf_add_str(&call->reply, buf_str(&act->reply));
    }
    act_done(act);
}

static void flip(struct buf *b)
{
    if (b->n)
        b->p[demo_draw(&net.chance, b->n)] ^= (char)(1 << demo_draw(&net.chance, 8));
}

static void keep_request(struct side *to, const char *path, str body, struct fields fields)
{
    size_t at = n_kept < KEPT ? n_kept++ : demo_draw(&net.chance, KEPT);

    buf_done(&kept[at].body);
    kept[at].body = BUF(32 << 20);
    buf_add_str(&kept[at].body, body);
    kept[at].to = to;
    kept[at].fields = fields;
    snprintf(kept[at].path, sizeof kept[at].path, "%s", path);
}

/* An old request comes once more, perhaps damaged, perhaps at the other door, perhaps as if it were
 * of the other log: whatever is answered, nobody hears it. */
static void haunt(void)
{
    AUTO(buf) struct buf body = BUF(32 << 20);

    if (n_kept == 0)
        return;
    size_t at = demo_draw(&net.chance, n_kept), other = demo_draw(&net.chance, n_kept);
    buf_add_str(&body, buf_str(&kept[at].body));
    if (chance(30))
        flip(&body);
    if (chance(10))
        body.n = demo_draw(&net.chance, body.n + 1);
    ask(chance(10) ? kept[other].to : kept[at].to, chance(10) ? kept[other].path : kept[at].path,
        buf_str(&body), kept[at].fields, NULL);
    net.mangled++;
}

/* A head with a whole signature that must not count: of a stranger's key under the name of the log;
 * of the partner's key, for a log that nobody has; of the partner's key, for our own log. */
static void forge(void)
{
    AUTO(buf) struct buf note = BUF(CREDENCE_MAX), body = BUF(CREDENCE_MAX), origin = BUF(256);
    struct side *to = &sides[demo_draw(&net.chance, 2)];
    struct side *by = to == &sides[0] ? &sides[1] : &sides[0];
    struct http_call call = {.reply = BUF(CREDENCE_MAX)};
    struct checkpoint c = {.size = 1000000 + demo_draw(&net.chance, 1000)};
    struct fields fields = {.type = "text/plain"};
    struct ed25519_secret stranger;
    unsigned how = demo_draw(&net.chance, 3);

    if (how == 1)
        buf_printf(&origin, "sifara-channel/%032" PRIu64, demo_draw(&net.chance, 1000000));
    else
        rows(how ? to : by, "SELECT origin FROM channel WHERE partner = ? AND sent = 1",
             how ? by->code : to->code, &origin);
    if (origin.n == 0)
        return;
    c.origin = buf_str(&origin);
    memset(c.root.b, (int)demo_draw(&net.chance, 256), sizeof c.root.b);
    if (how == 0) {
        AUTO(buf) struct buf text = BUF(CREDENCE_MAX);
        ed25519_new(&stranger);
        checkpoint_format(&text, &c);
        note_sign(&note, buf_str(&text), c.origin, &stranger);
    } else if (keyring_link_head(by->node->house.keyring, 1, c.origin, c.size, &c.root, &note,
                                 NULL) != OK) {
        return; /* it signs one head of a size only */
    }
    add_checkpoint_format(&body, &(struct add_checkpoint){.note = buf_str(&note)});
    ask(to, "/link/v1/add-checkpoint", buf_str(&body), fields, &call);
    assert_in_range(call.status, 400, 499);
    buf_done(&call.reply);
    net.forged++;
}

static void fail_call(struct http_call *call, const char *why)
{
    call->err = ERR_BUSY;
    snprintf(call->detail, sizeof call->detail, "%s", why);
    net.mangled++;
}

static void carry(struct side *to, const char *path, struct http_call *call)
{
    AUTO(buf) struct buf body = BUF(32 << 20);
    struct fields fields = {.said = call->sent};

    snprintf(fields.type, sizeof fields.type, "%s", call->type);
    buf_add_str(&body, call->body);
    keep_request(to, path, buf_str(&body), fields);
    if (chance(8))
        return fail_call(call, "the request is lost");
    if (chance(6))
        flip(&body), net.mangled++;
    if (chance(4))
        body.n = demo_draw(&net.chance, body.n + 1), net.mangled++;
    if (chance(15))
        haunt();
    if (chance(10))
        forge();
    if (chance(8))
        ask(to, path, buf_str(&body), fields, NULL), net.mangled++;
    ask(to, path, buf_str(&body), fields, call);
    if (chance(15))
        haunt();
    if (chance(8))
        return fail_call(call, "the answer is lost");
    if (chance(5))
        flip(&call->reply), net.mangled++;
    if (chance(3) && call->reply.n)
        call->reply.n = demo_draw(&net.chance, call->reply.n), net.mangled++;
}

/* Those that arrive now: whoever hangs lets a caller wait until it gives up. */
static size_t ready(size_t *list)
{
    size_t n = 0;

    for (size_t i = 0; i < n_queue; i++)
        if (!is_hanging(queue[i].call->url) ||
            sides[0].sim.passed_ms - queue[i].since_ms >= CALL_MS)
            list[n++] = i;
    return n;
}

bool net_deliver(void)
{
    size_t list[QUEUE], n;
    bool any = false;

    for (; (n = ready(list)) > 0; any = true) {
        size_t at = list[net.storm ? demo_draw(&net.chance, n) : 0];
        struct http_call *call = queue[at].call;
        struct side *to = queue[at].from == &sides[0] ? &sides[1] : &sides[0];
        size_t root = strlen(to->url);
        memmove(queue + at, queue + at + 1, (--n_queue - at) * sizeof *queue);
        net.calls++;
        if (strncmp(call->url, to->url, root) != 0)
            crowd_answers(call->url, call);
        else if (net.cut)
            fail_call(call, "the line is cut");
        else
            carry(to, call->url + root, call);
        call->done(call);
    }
    return any;
}

void net_forget(void)
{
    for (size_t i = 0; i < n_kept; i++)
        buf_done(&kept[i].body);
    n_kept = 0;
}
