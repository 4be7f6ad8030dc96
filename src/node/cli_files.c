/* cli_files.c - commands on files alone: seals, proofs, keys; nothing here needs a node */
#include <stdio.h>
#include <stdlib.h>

#include "base/encode.h"
#include "base/fs.h"
#include "base/world.h"
#include "merkle/note.h"
#include "node/cli.h"
#include "node/node_int.h"
#include "paper/barcode.h"
#include "paper/trust.h"
#include "paper/vds.h"

enum { FILE_MAX = 64 << 20 };

/* ---- seals -------------------------------------------------------------------------------- */

static enum err seal_bytes(struct cli *c, struct buf *out, struct fault *f)
{
    const char *hex = cli_option(c, "hex");

    if (hex) {
        size_t n = strlen(hex) / 2;
        char *to = buf_extend(out, n);
        if (!to || !hex_decode(str_of(hex), to, n))
            return fault(f, ERR_MALFORMED_TEXT, "not hexadecimal");
        return OK;
    }
    if (c->n_words < 3)
        return fault(f, ERR_INVALID, "name a file, or give --hex");
    return seal_read_image(c->words[2], out, f);
}

static int verdict(struct cli *c, const struct vds *v, const struct trust *t,
                   const struct revocations *r)
{
    enum seal_verdict said = seal_check(v, t, r, world_now(&world_real));
    AUTO(buf) struct buf b = BUF(1 << 16);
    struct jw w = JW(&b);

    jw_open(&w, '{');
    jw_kv(&w, S("verdict"), str_of(seal_verdict_name(said)));
    jw_kv_bool(&w, S("outdated"), seal_document_outdated(v, world_now(&world_real)));
    jw_key(&w, S("seal"));
    vds_to_json(v, &w, c->arena);
    jw_close(&w, '}');
    if (c->json)
        printf("%.*s\n", STR_FMT(buf_str(&b)));
    else
        printf("The seal is %s.\n", said == SEAL_VALID ? "genuine" : seal_verdict_name(said));
    return said == SEAL_VALID ? CLI_OK : CLI_UNTRUSTED;
}

/* A bundle has the lists of its states inside: that of the seal's state is read. */
static enum err own_list(struct cli *c, str bundle, const struct vds *v, str *out, struct fault *f)
{
    const struct json *lists, *one;
    struct json *j;

    *out = STR_NONE;
    TRY(json_parse(c->arena, bundle, &json_limits_wide, &j, f));
    lists = json_get(j, S("revocations"));
    for (size_t i = 0; (one = json_at(lists, i)); i++) {
        AUTO(buf) struct buf b = BUF(FILE_MAX);
        struct jw w = JW(&b);
        if (!str_eq(json_get_str(one, S("state")), str_of(v->country)))
            continue;
        jw_tree(&w, one);
        *out = str_copy(c->arena, buf_str(&b));
        TRY_PTR(buf_ok(&b) && out->p, f);
    }
    return OK;
}

static int seal_verify(struct cli *c, const struct vds *v)
{
    const char *trust_path = cli_option(c, "trust"), *list = cli_option(c, "revocations");
    struct revocations *revoked = NULL;
    struct trust *trust = NULL;
    struct fault f = {0};
    str text;

    if (!trust_path) {
        fprintf(stderr, "sifara: --trust FILE is needed\n");
        return CLI_USAGE;
    }
    enum err e = fs_read(c->arena, trust_path, FILE_MAX, &text, &f);
    if (e == OK)
        e = trust_parse(text, &trust, &f);
    if (e == OK)
        e = list ? fs_read(c->arena, list, FILE_MAX, &text, &f) : own_list(c, text, v, &text, &f);
    if (e == OK && text.p)
        e = revocations_parse(text, trust, &revoked, &f);
    int code = e == OK ? verdict(c, v, trust, revoked) : cli_fault(&f, CLI_UNTRUSTED);
    revocations_free(revoked);
    trust_free(trust);
    return code;
}

int cli_seal(struct cli *c)
{
    AUTO(buf) struct buf bytes = BUF(VDS_MAX);
    AUTO(buf) struct buf text = BUF(1 << 16);
    struct jw w = JW(&text);
    struct fault f = {0};
    struct vds v;

    enum err e = seal_bytes(c, &bytes, &f);
    if (e == OK)
        e = vds_decode(buf_str(&bytes), &v, &f);
    if (e != OK)
        return cli_fault(&f, CLI_FAILED);
    if (cli_option(c, "out") && fs_write(cli_option(c, "out"), buf_str(&bytes), 0644, &f) != OK)
        return cli_fault(&f, CLI_FAILED);
    if (strcmp(c->words[1], "verify") == 0)
        return seal_verify(c, &v);
    vds_to_json(&v, &w, c->arena);
    printf("%.*s\n", STR_FMT(buf_str(&text)));
    return CLI_OK;
}

/* ---- proofs ------------------------------------------------------------------------------- */

int cli_check_proof(struct cli *c)
{
    const char *key_path = cli_option(c, "key");
    struct fault f = {0};
    struct tlog_proof p;
    struct checkpoint head;
    struct note_key key;
    str text, key_text;

    if (c->n_words < 3 || !key_path) {
        fprintf(stderr, "sifara: ledger check-proof FILE --key FILE\n");
        return CLI_USAGE;
    }
    enum err e = fs_read(c->arena, c->words[2], NOTE_MAX, &text, &f);
    if (e == OK)
        e = fs_read(c->arena, key_path, 4096, &key_text, &f);
    if (e == OK)
        e = note_key_parse(str_trim(key_text), &key, &f);
    if (e == OK)
        e = tlog_proof_parse(c->arena, text, &p, &f);
    if (e == OK && !p.extra.p)
        e = fault(&f, ERR_MALFORMED_TEXT, "the proof has no entry inside");
    if (e == OK)
        e = tlog_proof_verify(&p, p.extra, &key, &head, &f);
    if (e != OK)
        return cli_fault(&f, CLI_UNTRUSTED);
    if (c->json)
        printf("{\"index\":%llu,\"size\":%llu,\"entry\":%.*s}\n", (unsigned long long)p.index,
               (unsigned long long)head.size, STR_FMT(p.extra));
    else
        printf("The entry is number %llu of %llu in %.*s:\n%.*s\n", (unsigned long long)p.index,
               (unsigned long long)head.size, STR_FMT(head.origin), STR_FMT(p.extra));
    return CLI_OK;
}

static enum err read_head(struct cli *c, const char *path, const struct note_key *key,
                          struct checkpoint *out, struct fault *f)
{
    uint64_t signers;
    str note, text;

    TRY(fs_read(c->arena, path, NOTE_MAX, &note, f));
    TRY(note_open(note, key, 1, &text, &signers, f));
    return checkpoint_parse(text, out, f);
}

/* {"proof": ["base64", …]}, as the node gives it. */
static enum err read_consistency(struct cli *c, const char *path, struct merkle_proof *out,
                                 struct fault *f)
{
    struct merkle_proof p = {0};
    const struct json *list;
    struct json *j;
    str text;

    TRY(fs_read(c->arena, path, 1 << 16, &text, f));
    TRY(json_parse(c->arena, text, NULL, &j, f));
    list = json_get(j, S("proof"));
    if (!json_is(list, J_ARRAY) || list->n > MERKLE_MAX_PROOF)
        return fault(f, ERR_MALFORMED_TEXT, "%s is no proof", path);
    for (; json_at(list, p.n); p.n++) {
        AUTO(buf) struct buf raw = BUF(64);
        if (!base64_decode(&raw, json_str(json_at(list, p.n)), BASE64_STD) || raw.n != 32)
            return fault(f, ERR_MALFORMED_TEXT, "%s is no proof", path);
        memcpy(p.node[p.n].b, raw.p, 32);
    }
    *out = p;
    return OK;
}

int cli_check_heads(struct cli *c)
{
    const char *key_path = cli_option(c, "key"), *proof_path = cli_option(c, "proof");
    struct checkpoint old, new;
    struct merkle_proof proof;
    struct note_key key;
    struct fault f = {0};
    str text;

    if (c->n_words < 4 || !key_path || !proof_path) {
        fprintf(stderr, "sifara: ledger check-heads OLD NEW --proof FILE --key FILE\n");
        return CLI_USAGE;
    }
    enum err e = fs_read(c->arena, key_path, 4096, &text, &f);
    if (e == OK)
        e = note_key_parse(str_trim(text), &key, &f);
    if (e == OK)
        e = read_head(c, c->words[2], &key, &old, &f);
    if (e == OK)
        e = read_head(c, c->words[3], &key, &new, &f);
    if (e == OK)
        e = read_consistency(c, proof_path, &proof, &f);
    if (e == OK && merkle_check_consistency(old.size, new.size, &old.root, &new.root, &proof) != OK)
        e = fault(&f, ERR_BAD_PROOF, "the later head does not extend the earlier one");
    if (e != OK)
        return cli_fault(&f, CLI_UNTRUSTED);
    printf("The head of %llu entries extends the head of %llu entries.\n",
           (unsigned long long)new.size, (unsigned long long)old.size);
    return CLI_OK;
}

int cli_routes(struct cli *c)
{
    static const char *const methods[] = {[ACTION_GET] = "GET",
                                          [ACTION_POST] = "POST",
                                          [ACTION_PUT] = "PUT",
                                          [ACTION_DELETE] = "DELETE"};

    (void)c;
    for (size_t i = 0; action_at(i); i++) {
        const struct action *a = action_at(i);
        if (a->method != ACTION_INTERNAL)
            printf("%-6s %-50s %-24s %s\n", methods[a->method], a->path, a->name, a->summary);
    }
    return CLI_OK;
}

int cli_config(struct cli *c)
{
    AUTO(buf) struct buf b = BUF(1 << 16);

    (void)c;
    config_explain(&b);
    printf("%.*s", STR_FMT(buf_str(&b)));
    return CLI_OK;
}
