/* cli_parcel.c - sealed parcels for a partner without a line: packed here, carried on any medium,
 * taken there; the receipt comes back the same way */
#include <stdio.h>

#include "base/fs.h"
#include "node/cli.h"

enum { PARCEL_MAX = 96 << 20, NAME_MAX_BYTES = 32 };

static int usage(const char *text)
{
    fprintf(stderr, "usage: sifara dispatch %s\n", text);
    return CLI_USAGE;
}

static int keep(struct cli *c, const char *path, str bytes)
{
    struct fault f = {0};

    (void)c;
    return fs_write(path, bytes, 0644, &f) == OK ? CLI_OK : cli_fault(&f, CLI_FAILED);
}

/* dispatch pack STATE --out FILE [--old N] */
int cli_dispatch_pack(struct cli *c)
{
    AUTO(buf) struct buf b = BUF(PARCEL_MAX);
    const char *old = cli_option(c, "old");

    if (c->n_words != 3 || !cli_option(c, "out"))
        return usage("pack STATE --out FILE [--old N]");
    str path = str_printf(c->arena, "/v1/partners/%s/parcel%s%s", c->words[2], old ? "?old=" : "",
                          old ? old : "");
    int code = cli_fetch(c, str_cstr(c->arena, path), &b);
    return code == CLI_OK ? keep(c, cli_option(c, "out"), buf_str(&b)) : code;
}

static bool take_frame(str *rest, str *name, str *body)
{
    const unsigned char *p = (const unsigned char *)rest->p;

    if (rest->n < 2)
        return false;
    size_t n = (size_t)p[0] << 8 | p[1];
    if (n > NAME_MAX_BYTES || rest->n < 2 + n + 4)
        return false;
    *name = str_sub(*rest, 2, 2 + n);
    p += 2 + n;
    size_t len = (size_t)p[0] << 24 | (size_t)p[1] << 16 | (size_t)p[2] << 8 | p[3];
    *rest = str_sub(*rest, 2 + n + 4, rest->n);
    if (rest->n < len)
        return false;
    *body = str_sub(*rest, 0, len);
    *rest = str_sub(*rest, len, rest->n);
    return true;
}

static bool is_request(str name)
{
    return str_eq(name, S("introduce")) || str_eq(name, S("add-checkpoint")) ||
           str_eq(name, S("add-entries")) || str_eq(name, S("add-payloads")) ||
           str_eq(name, S("close"));
}

/* The partner's signed head, behind the proof of an add-checkpoint request. */
static str head_of(str body)
{
    ptrdiff_t at = str_find(body, S("\n\n"));

    return at < 0 ? STR_NONE : str_sub(body, (size_t)at + 2, body.n);
}

/* 409 says how much is here already: all that the parcel brings, or too little for it to follow. */
static bool is_here_already(str answer, str head)
{
    int64_t here, size;
    str rest = head, origin, number;

    return str_split(&rest, '\n', &origin) && str_split(&rest, '\n', &number) &&
           str_to_int64(str_trim(answer), &here) && str_to_int64(number, &size) && here >= size;
}

static int refused(struct cli *c, str name, str answer)
{
    int64_t here;

    (void)c;
    if (str_to_int64(str_trim(answer), &here))
        fprintf(stderr, "sifara: %lld entries are here; the partner packs again with --old %lld\n",
                (long long)here, (long long)here);
    else
        fprintf(stderr, "sifara: %.*s was not taken: %.*s\n", STR_FMT(name), STR_FMT(answer));
    return CLI_FAILED;
}

static int take_one(struct cli *c, str name, str body, str *head, struct buf *receipt)
{
    AUTO(buf) struct buf answer = BUF(4 << 20);
    str path = str_printf(c->arena, "/link/v1/%.*s", STR_FMT(name));
    long status;

    if (str_eq(name, S("add-checkpoint")))
        *head = head_of(body);
    int code =
        cli_send(c, str_cstr(c->arena, path), body, "application/octet-stream", &answer, &status);
    str said = buf_str(&answer);
    if (code != CLI_OK)
        return code;
    bool follows = str_eq(name, S("add-checkpoint")) && is_here_already(said, *head);
    if (status != 200 && status != 202 && !(status == 409 && follows))
        return refused(c, name, said);
    if (status == 200 && str_eq(name, S("close"))) {
        buf_add_str(receipt, said);
    } else if (status == 200 && str_starts(said, S("\xe2\x80\x94 ")) && head->p) {
        buf_clear(receipt);
        buf_add_str(receipt, *head);
        buf_add_str(receipt, said);
    }
    return CLI_OK;
}

static int take_all(struct cli *c, str rest, struct buf *receipt)
{
    str name, body, head = STR_NONE;

    while (rest.n) {
        struct fault f = {0};
        if (!take_frame(&rest, &name, &body) || !is_request(name))
            return cli_fault((fault(&f, ERR_MALFORMED_TEXT, "the parcel is damaged"), &f),
                             CLI_UNTRUSTED);
        int code = take_one(c, name, body, &head, receipt);
        if (code != CLI_OK)
            return code;
    }
    return CLI_OK;
}

/* dispatch take FILE --receipt FILE */
int cli_dispatch_take(struct cli *c)
{
    AUTO(buf) struct buf receipt = BUF(64 << 10);
    struct fault f = {0};
    str text, magic = S("sifara-parcel/1\n");

    if (c->n_words != 3 || !cli_option(c, "receipt"))
        return usage("take FILE --receipt FILE");
    if (fs_read(c->arena, c->words[2], PARCEL_MAX, &text, &f) != OK)
        return cli_fault(&f, CLI_FAILED);
    if (!str_starts(text, magic))
        return cli_fault((fault(&f, ERR_MALFORMED_TEXT, "no parcel"), &f), CLI_UNTRUSTED);
    int code = take_all(c, str_sub(text, magic.n, text.n), &receipt);
    if (code != CLI_OK)
        return code;
    if (receipt.n == 0)
        return cli_fault((fault(&f, ERR_CONFLICT, "nothing in it could be receipted"), &f),
                         CLI_FAILED);
    return keep(c, cli_option(c, "receipt"), buf_str(&receipt));
}

/* dispatch receipt STATE FILE */
int cli_dispatch_receipt(struct cli *c)
{
    AUTO(buf) struct buf b = BUF(1 << 20);
    struct fault f = {0};
    str text;

    if (c->n_words != 4)
        return usage("receipt STATE FILE");
    if (fs_read(c->arena, c->words[3], 64 << 10, &text, &f) != OK)
        return cli_fault(&f, CLI_FAILED);
    str path = str_printf(c->arena, "/v1/partners/%s/receipt", c->words[2]);
    int code = cli_post(c, str_cstr(c->arena, path), text, "application/octet-stream", &b);
    if (code == CLI_OK)
        printf("%.*s\n", STR_FMT(buf_str(&b)));
    return code;
}
