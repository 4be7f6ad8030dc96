/* demo_close.c - posts close their cash books at the end of the year, each with two officers */
#include "base/encode.h"
#include "node/demo_int.h"

enum { OPEN_OF_FIVE = 3 }; /* every fifth post has not closed its book */

/* All that the book expects is there, and goes to the bank. */
static str counted(struct arena *a, const struct json *sheet)
{
    AUTO(buf) struct buf b = BUF(16 << 10);
    const struct json *cash = json_get(sheet, S("cash"));
    struct jw w = JW(&b);

    jw_open(&w, '{');
    jw_kv(&w, S("day"), json_get_str(sheet, S("day")));
    jw_key(&w, S("cash"));
    jw_open(&w, '[');
    for (size_t i = 0; json_at(cash, i); i++) {
        int64_t there = json_get_int(json_at(cash, i), S("expected"), 0);
        jw_open(&w, '{');
        jw_kv(&w, S("currency"), json_get_str(json_at(cash, i), S("currency")));
        jw_kv_int(&w, S("counted"), there);
        jw_kv_int(&w, S("deposited"), there);
        jw_close(&w, '}');
    }
    jw_close(&w, ']');
    jw_close(&w, '}');
    return str_copy(a, buf_str(&b));
}

enum err demo_answered(struct demo *d, const char *action, const char *param, str value,
                       const char *token, str body, struct arena *a, struct json **out,
                       struct fault *f)
{
    struct demo_call c;

    demo_call_begin(d, &c, action);
    demo_call_param(&c, param, value);
    enum err e = demo_call_as(d, &c, token, f);
    if (e == OK && body.p)
        e = demo_call_body(&c, body, f);
    if (e == OK)
        e = demo_call_do(d, &c, f);
    if (e == OK)
        e = json_parse(a, str_copy(a, buf_str(&c.act.reply)), NULL, out, f);
    demo_call_end(&c);
    return e;
}

str demo_signed(struct arena *a, const struct officer_file *officer, str statement)
{
    AUTO(buf) struct buf text = BUF(128);
    struct ed25519_signature s = ed25519_sign(&officer->secret, statement);

    base64_encode(&text, str_bytes(s.b, sizeof s.b), BASE64_URL);
    return str_printf(a, "{\"signature\":\"%.*s\"}", STR_FMT(buf_str(&text)));
}

enum err demo_close_cash(struct demo *d, const struct post *p, struct fault *f)
{
    AUTO(arena) struct arena *a = arena_new(ARENA);
    struct json *sheet, *proposal, *done;
    str mission = p->mission->code;

    TRY_PTR(a, f);
    if (p->n < 2 || p->mission->one_officer || (p - d->posts) % 5 == OPEN_OF_FIVE)
        return OK;
    const struct post_officer *first = &p->officer[0], *second = &p->officer[1];
    TRY(demo_answered(d, "cash.show", "mission", mission, first->token, STR_NONE, a, &sheet, f));
    TRY(demo_answered(d, "cash.propose", "mission", mission, first->token, counted(a, sheet), a,
                      &proposal, f));
    return demo_answered(d, "cash.confirm", "id", json_get_str(proposal, S("id")), second->token,
                         demo_signed(a, &second->file, json_get_str(proposal, S("statement"))), a,
                         &done, f);
}
