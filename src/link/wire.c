#include "link/wire.h"

#include <inttypes.h>

#include "base/encode.h"

/* ---- lines -------------------------------------------------------------------------------- */

static void put_hash_line(struct buf *b, const struct hash *h)
{
    base64_encode(b, hash_str(h), BASE64_STD);
    buf_add_char(b, '\n');
}

/* A decimal number as these texts have it: no sign, no leading zero. */
static bool number(str s, uint64_t *out)
{
    int64_t n;

    if (s.n == 0 || (s.n > 1 && s.p[0] == '0') || s.p[0] == '-' || !str_to_int64(s, &n))
        return false;
    *out = (uint64_t)n;
    return true;
}

/* The next line of text that ends with a line feed. */
static bool next_line(str *rest, str *out)
{
    ptrdiff_t end = str_find_char(*rest, '\n');

    if (end < 0)
        return false;
    *out = str_sub(*rest, 0, (size_t)end);
    *rest = str_sub(*rest, (size_t)end + 1, rest->n);
    return true;
}

static bool hash_of_line(str line, struct hash *out)
{
    AUTO(buf) struct buf raw = BUF(sizeof out->b + 1);

    if (!base64_decode(&raw, line, BASE64_STD) || raw.n != sizeof out->b)
        return false;
    memcpy(out->b, raw.p, sizeof out->b);
    return true;
}

/* ---- introductions ------------------------------------------------------------------------- */

bool introduction_line(str *rest, const char *name, str *out)
{
    str line;

    if (!str_split(rest, '\n', &line) || !str_starts(line, str_of(name)))
        return false;
    *out = str_sub(line, strlen(name), line.n);
    return out->n > 0;
}

void introduction_format(struct buf *b, str kind, const struct introduction *i)
{
    buf_printf(b, "%.*s\nfrom %.*s\nto %.*s\norigin %.*s\n", STR_FMT(kind), STR_FMT(i->from),
               STR_FMT(i->to), STR_FMT(i->origin));
    if (i->epoch)
        buf_printf(b, "epoch %" PRId64 "\n", i->epoch);
}

enum err introduction_parse(str note, str kind, struct introduction *out, struct fault *f)
{
    bool with_epoch = str_eq(kind, S("sifara-channel/1"));
    str rest = note, head, epoch;

    *out = (struct introduction){.epoch = 0};
    bool whole = str_split(&rest, '\n', &head) && str_eq(head, kind) &&
                 introduction_line(&rest, "from ", &out->from) &&
                 introduction_line(&rest, "to ", &out->to) &&
                 introduction_line(&rest, "origin ", &out->origin);
    if (whole && with_epoch)
        whole = introduction_line(&rest, "epoch ", &epoch) && str_to_int64(epoch, &out->epoch) &&
                out->epoch > 0;
    if (!whole || out->origin.n > WIRE_ORIGIN || !note_name_valid(out->origin) ||
        !note_name_valid(out->from) || !note_name_valid(out->to))
        return fault(f, ERR_MALFORMED_TEXT, "no introduction of a log");
    return OK;
}

/* ---- add-checkpoint ----------------------------------------------------------------------- */

void add_checkpoint_format(struct buf *b, const struct add_checkpoint *c)
{
    buf_printf(b, "old %" PRIu64 "\n", c->old);
    for (size_t i = 0; i < c->proof.n; i++)
        put_hash_line(b, &c->proof.node[i]);
    buf_add_char(b, '\n');
    buf_add_str(b, c->note);
}

enum err add_checkpoint_parse(str body, struct add_checkpoint *out, struct fault *f)
{
    str rest = body, line;

    *out = (struct add_checkpoint){0};
    if (!next_line(&rest, &line) || !str_starts(line, S("old ")) ||
        !number(str_sub(line, 4, line.n), &out->old))
        return fault(f, ERR_MALFORMED_TEXT, "it does not begin with \"old\" and a size");
    while (next_line(&rest, &line) && line.n > 0) {
        if (out->proof.n == WIRE_PROOF)
            return fault(f, ERR_MALFORMED_TEXT, "a proof has at most %d hashes", WIRE_PROOF);
        if (!hash_of_line(line, &out->proof.node[out->proof.n++]))
            return fault(f, ERR_MALFORMED_TEXT, "a line of the proof is no hash");
    }
    if (line.n > 0 || rest.n == 0)
        return fault(f, ERR_MALFORMED_TEXT, "no checkpoint follows");
    out->note = rest;
    return OK;
}

void size_line_format(struct buf *b, uint64_t size)
{
    buf_printf(b, "%" PRIu64 "\n", size);
}

enum err size_line_parse(str body, uint64_t *out, struct fault *f)
{
    str rest = body, line;

    return next_line(&rest, &line) && rest.n == 0 && number(line, out)
               ? OK
               : fault(f, ERR_MALFORMED_TEXT, "a size and a line feed are expected");
}

/* ---- bytes -------------------------------------------------------------------------------- */

static bool take_bytes(str *rest, size_t n, str *out)
{
    if (rest->n < n)
        return false;
    *out = str_sub(*rest, 0, n);
    *rest = str_sub(*rest, n, rest->n);
    return true;
}

static bool take_integer(str *rest, size_t width, uint64_t *out)
{
    str bytes;

    if (!take_bytes(rest, width, &bytes))
        return false;
    *out = 0;
    for (size_t i = 0; i < width; i++)
        *out = *out << 8 | (unsigned char)bytes.p[i];
    return true;
}

static bool take_hash(str *rest, struct hash *out)
{
    str bytes;

    if (!take_bytes(rest, sizeof out->b, &bytes))
        return false;
    memcpy(out->b, bytes.p, sizeof out->b);
    return true;
}

/* ---- add-entries -------------------------------------------------------------------------- */

void add_entries_begin(struct buf *b, const struct add_entries *e)
{
    buf_add_u16(b, (uint16_t)e->origin.n);
    buf_add_str(b, e->origin);
    buf_add_u64(b, e->start);
    buf_add_u64(b, e->end);
    buf_add_u16(b, (uint16_t)e->ticket.n);
    buf_add_str(b, e->ticket);
}

enum err add_entries_parse(str body, struct add_entries *out, struct fault *f)
{
    uint64_t n, ticket;

    *out = (struct add_entries){.rest = body};
    bool whole = take_integer(&out->rest, 2, &n) && take_bytes(&out->rest, n, &out->origin) &&
                 take_integer(&out->rest, 8, &out->start) &&
                 take_integer(&out->rest, 8, &out->end) && take_integer(&out->rest, 2, &ticket) &&
                 take_bytes(&out->rest, ticket, &out->ticket);
    if (!whole)
        return fault(f, ERR_MALFORMED_TEXT, "the head of the upload is cut off");
    if (n == 0 || n > WIRE_ORIGIN || ticket > WIRE_TICKET)
        return fault(f, ERR_MALFORMED_TEXT, "no origin, or one that is too long");
    if (out->start > out->end || out->end > INT64_MAX)
        return fault(f, ERR_MALFORMED_TEXT, "the upload ends before it begins");
    return OK;
}

enum err add_entries_next(struct add_entries *e, uint64_t at, struct entry_package *out,
                          struct fault *f)
{
    str rest = e->rest;
    uint64_t n;

    *out = (struct entry_package){.start = at, .end = package_end(at, e->end)};
    for (uint64_t i = at; i < out->end; i++)
        if (!take_integer(&rest, 2, &n) || !take_bytes(&rest, n, &out->entry[i - at]))
            return fault(f, ERR_MALFORMED_TEXT, "entry %" PRIu64 " is cut off", i);
    if (!take_integer(&rest, 1, &n) || n > WIRE_PROOF)
        return fault(f, ERR_MALFORMED_TEXT, "a proof has at most %d hashes", WIRE_PROOF);
    for (out->proof.n = 0; out->proof.n < n; out->proof.n++)
        if (!take_hash(&rest, &out->proof.node[out->proof.n]))
            return fault(f, ERR_MALFORMED_TEXT, "the proof of a package is cut off");
    e->rest = rest;
    return OK;
}

void entry_package_format(struct buf *b, const struct entry_package *p)
{
    for (uint64_t i = 0; i < p->end - p->start; i++) {
        buf_add_u16(b, (uint16_t)p->entry[i].n);
        buf_add_str(b, p->entry[i]);
    }
    buf_add_u8(b, (uint8_t)p->proof.n);
    for (size_t i = 0; i < p->proof.n; i++)
        buf_add_str(b, hash_str(&p->proof.node[i]));
}

void mirror_info_format(struct buf *b, const struct mirror_info *m)
{
    buf_printf(b, "%" PRIu64 "\n%" PRIu64 "\n", m->size, m->next);
    base64_encode(b, m->ticket, BASE64_STD);
    buf_add_char(b, '\n');
}

enum err mirror_info_parse(struct arena *a, str body, struct mirror_info *out, struct fault *f)
{
    AUTO(buf) struct buf raw = BUF(WIRE_TICKET);
    str rest = body, size, next, ticket;

    *out = (struct mirror_info){0};
    if (!next_line(&rest, &size) || !next_line(&rest, &next) || !next_line(&rest, &ticket) ||
        rest.n > 0 || !number(size, &out->size) || !number(next, &out->next) ||
        !base64_decode(&raw, ticket, BASE64_STD))
        return fault(f, ERR_MALFORMED_TEXT, "two numbers and a ticket are expected");
    out->ticket = str_copy(a, buf_str(&raw));
    TRY_PTR(out->ticket.p, f);
    return OK;
}

/* ---- pieces ------------------------------------------------------------------------------- */

void piece_format(struct buf *b, const struct piece *p)
{
    buf_add_str(b, hash_str(&p->sealed));
    buf_add_u64(b, p->total);
    buf_add_u64(b, p->offset);
    buf_add_u32(b, (uint32_t)p->bytes.n);
    buf_add_str(b, p->bytes);
}

enum err piece_next(str *rest, struct piece *out, struct fault *f)
{
    str r = *rest;
    uint64_t n;

    *out = (struct piece){0};
    if (!take_hash(&r, &out->sealed) || !take_integer(&r, 8, &out->total) ||
        !take_integer(&r, 8, &out->offset) || !take_integer(&r, 4, &n) || n > WIRE_PIECE ||
        !take_bytes(&r, n, &out->bytes))
        return fault(f, ERR_MALFORMED_TEXT, "a piece of a payload is cut off");
    if (n == 0 || out->total > INT64_MAX || out->offset > out->total ||
        n > out->total - out->offset)
        return fault(f, ERR_MALFORMED_TEXT, "a piece is not within its payload");
    *rest = r;
    return OK;
}
