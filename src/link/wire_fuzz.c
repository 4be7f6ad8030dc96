/* wire_fuzz.c - everything that a partner's node or a security server of X-Road sends; the first
 * byte says as what it is read */
#include "registry/credence.h"
#include "link/evidence.h"
#include "link/quorum_file.h"
#include "link/wire.h"
#include "link/xroad.h"

static void packages(str body)
{
    static struct entry_package p;
    struct add_entries e;

    if (add_entries_parse(body, &e, NULL) != OK)
        return;
    for (uint64_t at = e.start; at < e.end && add_entries_next(&e, at, &p, NULL) == OK; at = p.end)
        ;
}

static void pieces(str body)
{
    struct piece p;

    while (body.n && piece_next(&body, &p, NULL) == OK)
        ;
}

/* What is read can be written, and is the same then. */
static void entry(struct arena *a, str body)
{
    AUTO(buf) struct buf b = BUF(ENTRY_BYTES);
    struct entry e;

    if (entry_parse(a, body, &e, NULL) == OK &&
        (entry_format(&b, &e, a, NULL) != OK || !str_eq(buf_str(&b), body)))
        __builtin_trap();
}

static void texts(struct arena *a, str body)
{
    struct credence c;
    struct mirror_info m;
    struct keyset k;
    struct hash h;
    uint64_t size;
    str one, two;

    (void)!credence_file_open(a, body, &c, &k, &one, &two, NULL);
    (void)!credence_open(body, &c, NULL);
    (void)!fingerprint_parse(body, &h, NULL);
    (void)!mirror_info_parse(a, body, &m, NULL);
    (void)!size_line_parse(body, &size, NULL);
}

/* Whatever it says: no key of nobody's has signed it. */
static void proof(struct arena *a, str body)
{
    static const struct ed25519_public nobody;
    const struct note_key cosigner = note_cosigner_of(S("nobody/mirror"), &nobody);
    const struct evidence_keys keys = {&nobody, 1, &cosigner, 1, &cosigner, 1, NULL};
    struct evidence_finding found;
    struct evidence e;

    if (evidence_parse(a, body, &e, NULL) == OK &&
        evidence_check(&e, &keys, STR_NONE, &found, NULL) == OK)
        __builtin_trap();
}

/* The parts with their slashes are the text again. */
static void client(str body)
{
    struct xroad_client c;

    if (!xroad_client_parse(body, &c))
        return;
    size_t n = c.instance.n + c.class.n + c.member.n + 2;
    if (n + (c.subsystem.p ? c.subsystem.n + 1 : 0) != body.n)
        __builtin_trap();
}

/* What is read is written again as the same, and read as the same. */
static void choice(struct arena *a, str body)
{
    AUTO(buf) struct buf again = BUF(2 * QUORUM_FILE);
    struct quorum_file q, p;

    if (quorum_file_read(a, body, &q, NULL) != OK)
        return;
    quorum_file_format(&again, &q);
    buf_add_str(&again, S("\nx"));
    if (!buf_ok(&again) || quorum_file_read(a, buf_str(&again), &p, NULL) != OK ||
        !str_eq(q.policy, p.policy) || !str_eq(q.officer[1].signature, p.officer[1].signature))
        __builtin_trap();
}

/* What is read is the beginning of the text again. */
static void introduction(str body, str kind)
{
    AUTO(buf) struct buf again = BUF(4096);
    struct introduction i;

    if (introduction_parse(body, kind, &i, NULL) != OK)
        return;
    introduction_format(&again, kind, &i);
    if (buf_ok(&again) && !i.epoch && !str_starts(body, buf_str(&again)))
        __builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    AUTO(arena) struct arena *a = arena_new(8 << 20);
    struct add_checkpoint c;

    if (n == 0 || !a)
        return 0;
    str body = str_bytes(data + 1, n - 1);
    switch (data[0]) {
    case 'c':
        (void)!add_checkpoint_parse(body, &c, NULL);
        break;
    case 'e':
        packages(body);
        break;
    case 'p':
        pieces(body);
        break;
    case 'v':
        proof(a, body);
        break;
    case 'j':
        entry(a, body);
        break;
    case 'q':
        choice(a, body);
        break;
    case 'x':
        client(body);
        break;
    case 'o':
        introduction(body, S("sifara-channel/1"));
        introduction(body, S("sifara-witness/1"));
        break;
    default:
        texts(a, body);
    }
    return 0;
}
