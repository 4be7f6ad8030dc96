/* paying.c - a payment page that somebody else hosts
 *
 * The person is sent there with an order that this node signed:
 *
 *   pay_url?order=BASE64URL(JSON)&signature=HEX
 *   JSON = {"amount":9000,"at":"…Z","currency":"EUR","order":"RF…","return":"https://…"}
 *
 * signature = HMAC-SHA256(pay_key, the order as it stands in the address). The host calls back, as
 * often as it likes, with a POST to /v1/fee-calls whose header is
 *
 *   Sifara-Signature: t=SECONDS,v1=HEX      HEX = HMAC-SHA256(pay_key, SECONDS "." body)
 *
 * A call older than five minutes, or signed otherwise, is refused. A payment counts once, by the
 * host's name for it, and then like money that came through the bank (fees.c). */
#include "service/fees_int.h"

#include <inttypes.h>

#include "base/encode.h"
#include "service/reference.h"

enum { ORDER_MAX = 1024, CALL_AGE_MS = 5 * 60 * 1000, SIGNATURE_HEX = 64 };

/* ---- there ---------------------------------------------------------------------------------- */

static enum err put_address(struct act *a, const struct ordering *o, const struct casefile *c,
                            struct fault *f)
{
    AUTO(buf) struct buf json = BUF(ORDER_MAX);
    AUTO(buf) struct buf order = BUF(2 * ORDER_MAX);
    struct jw w = JW(&json);
    char at[32], hex[SIGNATURE_HEX + 1];

    time_format(a->now, at);
    str back = str_printf(a->arena, "%.*s/%.*s/cases/%.*s", STR_FMT(a->house->url),
                          STR_FMT(case_language(a)), STR_FMT(act_id_text(a, &c->id)));
    TRY_PTR(back.p, f);
    jw_open(&w, '{');
    jw_kv_int(&w, S("amount"), c->fee - c->paid);
    jw_kv(&w, S("at"), str_of(at));
    jw_kv(&w, S("currency"), c->currency);
    jw_kv(&w, S("order"), str_of(o->reference));
    jw_kv(&w, S("return"), back);
    jw_close(&w, '}');
    base64_encode(&order, buf_str(&json), BASE64_URL);
    if (!buf_ok(&json) || !buf_ok(&order))
        return fault(f, ERR_LIMIT, "the order is too large");
    struct hash signature = hmac_sha256(a->house->pay_key, buf_str(&order));
    hex_encode(signature.b, sizeof signature.b, hex);
    str url = str_printf(a->arena, "%.*s?order=%.*s&signature=%s", STR_FMT(a->house->pay_url),
                         STR_FMT(buf_str(&order)), hex);
    TRY_PTR(url.p, f);
    w = JW(&a->reply);
    jw_open(&w, '{');
    jw_kv(&w, S("url"), url);
    jw_close(&w, '}');
    return OK;
}

enum err fee_page(struct act *a, struct fault *f)
{
    struct ordering *o = a->data;
    struct casefile now;

    if (!a->house->pay_key)
        return fault(f, ERR_CONFLICT, "fees are not paid online here");
    TRY(case_load(a, &o->c.id, &now, f));
    if (now.fee <= now.paid)
        return fault(f, ERR_CONFLICT, "nothing is owed for this case");
    TRY(order_of(a, o, f));
    return put_address(a, o, &now, f);
}

/* ---- and back ------------------------------------------------------------------------------- */

/* "t=SECONDS,v1=HEX" over the body as it came. */
static enum err check_signature(struct act *a, struct fault *f)
{
    str head = a->header ? a->header(a, S("Sifara-Signature")) : STR_NONE, seconds = STR_NONE;
    ptrdiff_t comma = head.p ? str_find_char(head, ',') : -1;
    struct hash said;
    int64_t t;

    if (!a->house->pay_key)
        return fault(f, ERR_NO_ROUTE, "fees are not paid online here");
    if (comma < 0 || !str_starts(head, S("t=")) ||
        !str_starts(str_sub(head, (size_t)comma, head.n), S(",v1=")) ||
        !hex_decode(str_sub(head, (size_t)comma + 4, head.n), said.b, sizeof said.b))
        return fault(f, ERR_BAD_SIGNATURE, "Sifara-Signature: t=SECONDS,v1=HEX");
    seconds = str_sub(head, 2, (size_t)comma);
    str text = str_printf(a->arena, "%.*s.%.*s", STR_FMT(seconds), STR_FMT(a->body));
    TRY_PTR(text.p, f);
    struct hash right = hmac_sha256(a->house->pay_key, text);
    if (!secret_equal(right.b, said.b, sizeof right.b))
        return fault(f, ERR_BAD_SIGNATURE, "the call is not signed with our key");
    int64_t now = world_now(&a->house->world);
    if (!str_to_int64(seconds, &t) || t < (now - CALL_AGE_MS) / 1000 ||
        t > (now + CALL_AGE_MS) / 1000)
        return fault(f, ERR_BAD_SIGNATURE, "the call is too old, or a clock is wrong");
    return OK;
}

/* The system's act on the case, with what was said as parameters. */
static enum err act_paid(struct act *a, const struct id *file, str *out_state, struct fault *f)
{
    str amount = str_printf(a->arena, "%" PRId64, json_get_int(a->input, S("amount"), 0));
    struct act_param params[] = {{S("id"), act_id_text(a, file)},
                                 {S("payment"), json_get_str(a->input, S("payment"))},
                                 {S("amount"), amount},
                                 {S("currency"), json_get_str(a->input, S("currency"))},
                                 {S("order"), json_get_str(a->input, S("order"))}};
    struct act paid = {.action = action_named(service_actions, service_actions_n, S("fee.paid")),
                       .house = a->house,
                       .arena = a->arena,
                       .actor = {.kind = ACTOR_SYSTEM},
                       .params = params,
                       .n_params = ARRAY_LEN(params)};

    TRY_PTR(amount.p, f);
    enum err e = gate_perform(a->house->gate, &paid);
    if (e != OK)
        *f = paid.fault;
    *out_state = str_copy(a->arena, buf_str(&paid.reply));
    act_done(&paid);
    return e;
}

enum err fee_called(struct act *a, struct fault *f)
{
    char reference[REFERENCE_TEXT + 1];
    str reply = S("{\"state\":\"ignored\"}");
    struct id file;

    TRY(check_signature(a, f));
    if (!reference_read(json_get_str(a->input, S("order")), reference))
        return fault_at(f, ERR_INVALID, "/order", "the check digits do not hold");
    TRY(case_of_order(a, str_of(reference), STR_NONE, &file, f));
    if (id_is_nil(&file))
        return fault_at(f, ERR_NOT_FOUND, "/order", "no such order");
    if (str_eq(json_get_str(a->input, S("status")), S("paid")))
        TRY(act_paid(a, &file, &reply, f));
    buf_add_str(&a->reply, reply);
    return OK;
}

struct paying {
    struct casefile c; /* first */
    str told, key;
    int64_t amount;
};

enum err fee_paid_prepare(struct act *a, struct fault *f)
{
    struct paying *p = arena_new_of(a->arena, struct paying);
    AUTO(buf) struct buf sealed = BUF(256);

    TRY_PTR(p, f);
    a->data = p;
    TRY(case_of_path(a, &p->c, f));
    TRY(act_seal_for(a, &p->c.person, f));
    TRY(seal(&sealed, &a->house->record_key, S("entry"), S("{}"), f));
    p->told = str_copy(a->arena, buf_str(&sealed));
    p->key = str_printf(a->arena, "page:%.*s", STR_FMT(act_param(a, S("payment"))));
    TRY_PTR(p->told.p && p->key.p, f);
    if (!str_to_int64(act_param(a, S("amount")), &p->amount))
        return fault_at(f, ERR_INVALID, "/amount", "an amount in minor units");
    a->content = sha256(p->key);
    return OK;
}

enum err fee_paid(struct act *a, struct fault *f)
{
    struct paying *p = a->data;
    char day[DAY_TEXT];
    bool known = false;

    day_format(day_of_ms(a->now), day);
    struct entry e = {.id = id_new(&a->house->world, 0),
                      .mission = p->c.mission,
                      .key = p->key,
                      .day = str_of(day),
                      .amount = p->amount,
                      .currency = act_param(a, S("currency")),
                      .reference = act_param(a, S("order")),
                      .file = p->c.id,
                      .told = p->told,
                      .how = S("online")};
    TRY(entry_add(a, &e, &known, f));
    buf_add_str(&a->reply, known ? S("{\"state\":\"known\"}") : S("{\"state\":\"matched\"}"));
    return OK;
}
