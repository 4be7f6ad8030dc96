/* demo_stock.c - blanks of each post: a parcel came, a few were spoilt, each written off by two */
#include "node/demo_int.h"

enum { BOOKLETS = 300, STICKERS = 500, SPOILT_MAX = 3 };

static const struct {
    const char *kind, *prefix;
    unsigned n, first; /* how many come, and the number of the first post's first */
} blanks[] = {{"booklet", "UT", BOOKLETS, 8000001}, {"sticker", "UV", STICKERS, 500001}};

static enum err receive(struct demo *d, const struct post *p, unsigned kind, struct arena *a,
                        struct fault *f)
{
    unsigned first = blanks[kind].first + (unsigned)(p - d->posts) * blanks[kind].n;
    struct json *done;
    str body =
        str_printf(a, "{\"kind\":\"%s\",\"prefix\":\"%s\",\"first\":\"%07u\",\"last\":\"%07u\"}",
                   blanks[kind].kind, blanks[kind].prefix, first, first + blanks[kind].n - 1);

    TRY_PTR(body.p, f);
    return demo_answered(d, "stock.receive", "mission", p->mission->code, p->officer[0].token, body,
                         a, &done, f);
}

/* The officer says it, the consul signs. */
static enum err spoil(struct demo *d, const struct post *p, unsigned nth, struct arena *a,
                      struct fault *f)
{
    static const char *const why[] = {"حبر على صفحة البيانات", "ورقة ممزقة عند الطباعة",
                                      "طُبعت الصورة مائلة"};
    const struct post_officer *consul = &p->officer[1];
    unsigned first = blanks[0].first + (unsigned)(p - d->posts) * blanks[0].n;
    struct json *proposal, *done;
    str body = str_printf(a, "{\"kind\":\"booklet\",\"number\":\"%s%07u\",\"reason\":\"%s\"}",
                          blanks[0].prefix, first + nth * 7, why[nth % ARRAY_LEN(why)]);

    TRY_PTR(body.p, f);
    TRY(demo_answered(d, "spoilt.propose", "mission", p->mission->code, p->officer[0].token, body,
                      a, &proposal, f));
    return demo_answered(d, "spoilt.confirm", "id", json_get_str(proposal, S("id")), consul->token,
                         demo_signed(a, &consul->file, json_get_str(proposal, S("statement"))), a,
                         &done, f);
}

enum err demo_stock(struct demo *d, const struct post *p, struct fault *f)
{
    AUTO(arena) struct arena *a = arena_new(ARENA);
    unsigned spoilt = (unsigned)(p - d->posts) % (SPOILT_MAX + 1);

    TRY_PTR(a, f);
    for (unsigned kind = 0; kind < ARRAY_LEN(blanks); kind++)
        TRY(receive(d, p, kind, a, f));
    if (p->mission->one_officer)
        return OK; /* nobody there could sign beside */
    for (unsigned i = 0; i < spoilt; i++)
        TRY(spoil(d, p, i, a, f));
    return OK;
}
