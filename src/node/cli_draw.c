/* cli_draw.c - sifara appointment check-draw FILE [--key FILE]: was a round of appointments drawn
 * as it says? Offline; the file is what GET /v1/rounds/{round} answers. */
#include <inttypes.h>
#include <stdio.h>

#include "base/encode.h"
#include "base/fs.h"
#include "merkle/note.h"
#include "node/cli.h"
#include "service/draw.h"

enum { DRAW_FILE_MAX = 16 << 20 };

static enum err proof_of(struct cli *c, const struct json *file, const char *key_path,
                         struct tlog_proof *out, struct checkpoint *out_head, struct fault *f)
{
    struct note_key key;
    str text;

    TRY(fs_read(c->arena, key_path, 4096, &text, f));
    TRY(note_key_parse(str_trim(text), &key, f));
    TRY(tlog_proof_parse(c->arena, json_get_str(file, S("proof")), out, f));
    if (!out->extra.p)
        return fault_at(f, ERR_MALFORMED_TEXT, "/proof", "the proof has no entry inside");
    return tlog_proof_verify(out, out->extra, &key, out_head, f);
}

/* The head that was mixed in grew into the signed one. */
static enum err check_growth(const struct json *file, const struct checkpoint *signed_head,
                             struct fault *f)
{
    const struct json *head = json_get(file, S("head")), *list = json_get(file, S("consistency"));
    int64_t size = json_get_int(head, S("size"), 0);
    struct merkle_proof growth = {0};
    struct hash root;
    bool read = size > 0 && hex_decode(json_get_str(head, S("root")), root.b, sizeof root.b);

    for (; read && json_at(list, growth.n); growth.n++) {
        AUTO(buf) struct buf raw = BUF(64);
        read = growth.n < MERKLE_MAX_PROOF &&
               base64_decode(&raw, json_str(json_at(list, growth.n)), BASE64_STD) && raw.n == 32;
        if (read)
            memcpy(growth.node[growth.n].b, raw.p, 32);
        else
            break;
    }
    if (!read || merkle_check_consistency((uint64_t)size, signed_head->size, &root,
                                          &signed_head->root, &growth) != OK)
        return fault_at(f, ERR_BAD_PROOF, "/head", "the head is none of this journal");
    return OK;
}

/* The opening is the content of an entry of the journal, which stood there when the round was
 * drawn.
 */
static enum err check_opening(struct cli *c, const struct json *file, const struct draw_told *told,
                              const char *key_path, struct fault *f)
{
    int64_t size = json_get_int(json_get(file, S("head")), S("size"), 0);
    struct checkpoint signed_head;
    struct tlog_proof proof;
    struct json *entry;
    char hex[65];

    TRY(proof_of(c, file, key_path, &proof, &signed_head, f));
    TRY(json_parse(c->arena, proof.extra, NULL, &entry, f));
    hex_encode(told->opening.b, sizeof told->opening.b, hex);
    if (!str_eq(json_get_str(entry, S("content")), str_of(hex)) ||
        !str_eq(json_get_str(entry, S("action")), S("appointment.open")))
        return fault_at(f, ERR_BAD_PROOF, "/proof", "the journal's entry is of another opening");
    if (size <= 0 || proof.index >= (uint64_t)size)
        return fault_at(f, ERR_BAD_PROOF, "/head",
                        "the opening is not in the head that was mixed in");
    return check_growth(file, &signed_head, f);
}

int cli_check_draw(struct cli *c)
{
    const char *key = cli_option(c, "key");
    struct draw_told told = {0};
    struct fault f = {0};
    struct json *file;
    str text;

    if (c->n_words < 3) {
        fprintf(stderr, "sifara: appointment check-draw FILE [--key FILE]\n");
        return CLI_USAGE;
    }
    enum err e = fs_read(c->arena, c->words[2], DRAW_FILE_MAX, &text, &f);
    if (e == OK)
        e = json_parse(c->arena, text, &json_limits_wide, &file, &f);
    if (e == OK)
        e = draw_check(c->arena, file, &told, &f);
    if (e == OK && key)
        e = check_opening(c, file, &told, key, &f);
    if (e != OK)
        return cli_fault(&f, CLI_UNTRUSTED);
    printf("The draw is right: %zu asked, %zu got a place (%.*s, %.*s).\n", told.asks, told.served,
           STR_FMT(told.mission), STR_FMT(told.service));
    printf(key ? "Its seed was committed to in the journal before, and the head mixed in is the "
                 "journal's.\n"
               : "With --key FILE the journal's proofs are checked too.\n");
    return CLI_OK;
}
