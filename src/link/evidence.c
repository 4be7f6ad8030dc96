#include "link/evidence.h"

#include "base/encode.h"

enum err evidence_format(struct buf *b, const struct tlog_proof *proof, str entry,
                         const uint8_t *salt, struct fault *f)
{
    AUTO(buf) struct buf extra = BUF(EVIDENCE_BYTES);
    struct tlog_proof p = *proof;
    struct jw w = JW(&extra);
    size_t before = b->n;
    char hex[65];

    jw_open(&w, '{');
    jw_kv(&w, S("entry"), entry);
    if (salt) {
        hex_encode(salt, 32, hex);
        jw_kv(&w, S("salt"), str_of(hex));
    }
    jw_close(&w, '}');
    p.extra = buf_str(&extra);
    tlog_proof_format(b, &p);
    if (!buf_ok(&extra) || !buf_ok(b) || b->n - before > EVIDENCE_BYTES)
        return fault(f, ERR_LIMIT, "a proof has at most %d bytes", EVIDENCE_BYTES);
    return OK;
}

enum err evidence_parse(struct arena *a, str text, struct evidence *out, struct fault *f)
{
    struct json *j;

    *out = (struct evidence){0};
    if (text.n > EVIDENCE_BYTES)
        return fault(f, ERR_LIMIT, "a proof has at most %d bytes", EVIDENCE_BYTES);
    TRY(tlog_proof_parse(a, text, &out->proof, f));
    if (!out->proof.extra.p)
        return fault(f, ERR_MALFORMED_TEXT, "a proof without its entry");
    TRY(json_parse(a, out->proof.extra, NULL, &j, f));
    out->entry_text = json_get_str(j, S("entry"));
    if (!out->entry_text.p)
        return fault(f, ERR_MALFORMED_TEXT, "a proof without its entry");
    out->has_salt = hex_decode(json_get_str(j, S("salt")), out->salt, sizeof out->salt);
    return entry_parse(a, out->entry_text, &out->entry, f);
}

/* The log's name is the origin: the key is bound to it. */
static enum err check_log(const struct evidence *e, const struct evidence_keys *k,
                          struct evidence_finding *out, struct fault *f)
{
    ptrdiff_t end = str_find_char(e->proof.note, '\n');
    str origin = str_sub(e->proof.note, 0, end < 0 ? 0 : (size_t)end);
    enum err err = fault(f, ERR_BAD_SIGNATURE, "no key of a sender is known");

    for (size_t i = 0; i < k->n_logs; i++) {
        struct note_key key = note_key_of(origin, &k->logs[i]);
        err = tlog_proof_verify(&e->proof, e->entry_text, &key, &out->head, f);
        out->log = i;
        if (err != ERR_BAD_SIGNATURE)
            break;
    }
    return err;
}

/* Has that key cosigned, and when? A line of it that does not hold is no absence, but a fault. */
static enum err find_cosignature(str note, const struct note_key *k, bool *out, int64_t *at,
                                 struct fault *f)
{
    enum err e = cosignature_time(note, k, at, NULL);
    uint64_t signers;
    str text;

    *out = false;
    if (e == ERR_NOT_FOUND)
        return OK;
    TRY(e);
    TRY(note_open(note, k, 1, &text, &signers, f));
    *out = true;
    return OK;
}

static enum err check_receipt(const struct evidence *e, const struct evidence_keys *k,
                              struct evidence_finding *out, struct fault *f)
{
    for (size_t i = 0; i < k->n_mirrors && !out->receipted; i++) {
        TRY(find_cosignature(e->proof.note, &k->mirrors[i], &out->receipted, &out->at, f));
        out->mirror = i;
    }
    return OK;
}

static enum err check_witnesses(const struct evidence *e, const struct evidence_keys *k,
                                struct evidence_finding *out, struct fault *f)
{
    struct note_key keys[QUORUM_WITNESSES];
    uint64_t signers;
    bool seen;
    str text;

    for (size_t i = 0; i < k->n_witnesses; i++) {
        TRY(find_cosignature(e->proof.note, &k->witnesses[i], &seen, &out->seen_at[i], f));
        out->witnessed |= (uint64_t)seen << i;
    }
    if (!k->quorum || !k->quorum->needed)
        return OK;
    for (size_t i = 0; i < k->quorum->n_witnesses; i++)
        keys[i] = k->quorum->witness[i].key;
    TRY(note_open(e->proof.note, keys, k->quorum->n_witnesses, &text, &signers, f));
    return quorum_met(k->quorum, signers)
               ? OK
               : fault(f, ERR_BAD_SIGNATURE, "too few witnesses have cosigned");
}

enum err evidence_check(const struct evidence *e, const struct evidence_keys *k, str payload,
                        struct evidence_finding *out, struct fault *f)
{
    *out = (struct evidence_finding){0};
    TRY(check_log(e, k, out, f));
    TRY(check_receipt(e, k, out, f));
    TRY(check_witnesses(e, k, out, f));
    if (!payload.p)
        return OK;
    if (!e->has_salt)
        return fault(f, ERR_UNTRUSTED, "the proof says nothing of a payload");
    struct hash is = sha256_parts((str[]){str_bytes(e->salt, sizeof e->salt), payload}, 2);
    out->payload = secret_equal(is.b, e->entry.content.b, sizeof is.b);
    return out->payload ? OK : fault(f, ERR_UNTRUSTED, "this is not the payload that was sent");
}
