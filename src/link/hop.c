/* hop.c - what two nodes say outside of the log is signed on the line (RFC 9421, RFC 9530)
 *
 * The log's entries prove themselves; that there is a log, and what a partner holds of it, is said
 * by a few calls. Each is signed with the log's key of a keyset, and so is its answer, together
 * with the call that it answers: docs/channel-protocol.md, chapter 4.
 */
#include <inttypes.h>
#include <stdio.h>

#include "http/client.h"
#include "link/link_int.h"
#include "registry/credence.h"

#define CALL_COVERED "(\"@method\" \"@path\" \"content-digest\" \"content-type\")"
#define ANSWER_COVERED                                                                             \
    "(\"@status\" \"content-digest\" \"content-type\" \"@method\";req \"@path\";req"               \
    " \"content-digest\";req \"signature\";req)"

/* The parts of a call, the caller's, and of its answer. */
struct hop {
    struct signature_part part[5];
    struct signature_message message;
};

static void hop_request(struct hop *h, str path, str digest, str type, str signature)
{
    *h = (struct hop){.part = {{S("@method"), S("POST")},
                               {S("@path"), path},
                               {S("content-digest"), digest},
                               {S("content-type"), type},
                               {S("signature"), signature}}};
    h->message = (struct signature_message){h->part, 5, NULL};
}

static void hop_answer(struct hop *h, str status, str digest, str type, const struct hop *request)
{
    *h = (struct hop){
        .part = {{S("@status"), status}, {S("content-digest"), digest}, {S("content-type"), type}}};
    h->message = (struct signature_message){h->part, 3, &request->message};
}

static str path_of(const char *url)
{
    ptrdiff_t at = str_find(str_of(url), S("/link/v1/"));

    return at < 0 ? STR_NONE : str_of(url + at);
}

static void digest_of(str body, char out[80])
{
    AUTO(buf) struct buf b = BUF(79);

    content_digest(&b, body);
    snprintf(out, 80, "%.*s", STR_FMT(buf_str(&b)));
}

/* ---- signing -------------------------------------------------------------------------------- */

static enum err sign(struct house *h, uint64_t serial, const char *covered,
                     const struct signature_message *m, struct signature_fields *out,
                     struct fault *f)
{
    AUTO(buf) struct buf base = BUF(SIGNATURE_BASE);
    AUTO(buf) struct buf field = BUF(sizeof out->signature - 1);
    struct ed25519_signature s;
    struct signature_input in;

    snprintf(out->input, sizeof out->input,
             "sig=%s;created=%" PRId64 ";keyid=\"%.*s/%" PRIu64
             "\";alg=\"ed25519\";tag=\"sifara-link/1\"",
             covered, world_now(&h->world) / 1000, STR_FMT(h->state_code), serial);
    TRY(signature_input_parse(str_of(out->input), &in, f));
    TRY(signature_base(&base, m, &in, f));
    TRY(keyring_link_http(h->keyring, serial, buf_str(&base), &s, f));
    signature_field(&field, in.label, &s);
    snprintf(out->signature, sizeof out->signature, "%.*s", STR_FMT(buf_str(&field)));
    return OK;
}

enum err hop_sign_call(struct house *h, uint64_t serial, struct http_call *c, struct fault *f)
{
    struct hop request;

    digest_of(c->body, c->sent.digest);
    hop_request(&request, path_of(c->url), str_of(c->sent.digest), str_of(c->type), STR_NONE);
    return sign(h, serial, CALL_COVERED, &request.message, &c->sent, f);
}

/* ---- verifying ------------------------------------------------------------------------------ */

/* keyid is the state, a slash, and the serial of the keyset. */
static bool read_keyid(str keyid, str *state, int64_t *serial)
{
    *state = str_sub(keyid, 0, 2);
    return keyid.n > 3 && keyid.p[2] == '/' && str_to_int64(str_sub(keyid, 3, keyid.n), serial) &&
           *serial > 0;
}

static enum err read_input(str field, const char *covered, struct signature_input *in, str *state,
                           int64_t *serial, struct fault *f)
{
    if (!field.p || !field.n)
        return fault(f, ERR_UNTRUSTED, "the message is not signed (RFC 9421)");
    TRY(signature_input_parse(field, in, f));
    if (!str_eq(in->covered, str_of(covered)) || !str_eq(in->tag, S("sifara-link/1")) ||
        !read_keyid(in->keyid, state, serial))
        return fault(f, ERR_UNTRUSTED, "the message is not signed as a channel asks for");
    return OK;
}

/* What came, to be checked. */
struct claim {
    str state; /* who must have signed */
    const char *covered;
    const struct signature_message *message;
    str input, signature, digest, body;
};

static enum err check(struct db *db, int64_t now, const struct claim *c, struct arena *a,
                      struct fault *f)
{
    struct keyset sets[KEYSETS_MAX];
    struct signature_input in;
    int64_t serial;
    str state;
    size_t n;

    TRY(read_input(c->input, c->covered, &in, &state, &serial, f));
    if (!signature_fresh(&in, now / 1000))
        return fault(f, ERR_UNTRUSTED,
                     "the message was signed too long ago, or the clocks are apart");
    if (!content_digest_is(c->digest, c->body))
        return fault(f, ERR_UNTRUSTED, "Content-Digest is not that of the body");
    TRY(partner_keysets(db, c->state, 0, day_of_ms(now), a, sets, &n, f));
    for (size_t i = 0; i < n; i++)
        if (str_eq(state, c->state) && sets[i].serial == (uint64_t)serial)
            return signature_verify(c->message, &in, c->signature, &sets[i].log, f);
    return fault(f, ERR_UNTRUSTED, "no keyset of the partner that counts today signed the message");
}

enum err hop_check_answer(struct house *h, const char *state, const struct http_call *c, str body,
                          struct fault *f)
{
    AUTO(arena) struct arena *a = arena_new(1 << 20);
    struct hop request, answer;
    char status[16];
    struct db *db;

    TRY_PTR(a, f);
    snprintf(status, sizeof status, "%u", c->status);
    hop_request(&request, path_of(c->url), str_of(c->sent.digest), str_of(c->type),
                str_of(c->sent.signature));
    hop_answer(&answer, str_of(status), str_of(c->came.digest), str_of(c->content_type), &request);
    const struct claim claim = {.state = str_of(state),
                                .covered = ANSWER_COVERED,
                                .message = &answer.message,
                                .input = str_of(c->came.input),
                                .signature = str_of(c->came.signature),
                                .digest = str_of(c->came.digest),
                                .body = body};
    TRY(db_pool_take(h->readers, &db, f));
    enum err e = check(db, world_now(&h->world), &claim, a, f);
    db_pool_put(h->readers, db);
    return e;
}

enum err hop_caller(const struct act *a, str *out, struct fault *f)
{
    struct signature_input in;
    int64_t serial;

    return read_input(a->header(a, S("Signature-Input")), CALL_COVERED, &in, out, &serial, f);
}

static void request_of(const struct act *a, struct hop *h)
{
    hop_request(h, str_of(a->action->path), a->header(a, S("Content-Digest")),
                a->header(a, S("Content-Type")), a->header(a, S("Signature")));
}

enum err hop_check_request(struct act *a, str state, struct fault *f)
{
    struct hop request;

    if (a->actor.kind == ACTOR_OFFICER)
        return OK;
    request_of(a, &request);
    const struct claim claim = {.state = state,
                                .covered = CALL_COVERED,
                                .message = &request.message,
                                .input = a->header(a, S("Signature-Input")),
                                .signature = a->header(a, S("Signature")),
                                .digest = a->header(a, S("Content-Digest")),
                                .body = a->body};
    return check(a->db, a->now, &claim, a->arena, f);
}

/* ---- the answer ----------------------------------------------------------------------------- */

enum err hop_sign_answer(struct act *a, str state, struct fault *f)
{
    struct signature_fields *fields = arena_new_of(a->arena, struct signature_fields);
    struct act_param *headers = arena_alloc(a->arena, 3 * sizeof *headers);
    struct hop request, answer;
    char status[16];
    struct peer own;
    uint64_t serial;

    if (a->actor.kind == ACTOR_OFFICER)
        return OK;
    TRY_PTR(fields, f);
    TRY_PTR(headers, f);
    TRY(link_peer(a->house->link, a->db, a->house->state_code, &own, f));
    TRY(mirror_known_serial(a, state, own.serial, &serial, f));
    snprintf(status, sizeof status, "%u", a->status ? a->status : 200);
    digest_of(buf_str(&a->reply), fields->digest);
    request_of(a, &request);
    hop_answer(&answer, str_of(status), str_of(fields->digest), str_of(a->type), &request);
    TRY(sign(a->house, serial, ANSWER_COVERED, &answer.message, fields, f));
    headers[0] = (struct act_param){S("Content-Digest"), str_of(fields->digest)};
    headers[1] = (struct act_param){S("Signature-Input"), str_of(fields->input)};
    headers[2] = (struct act_param){S("Signature"), str_of(fields->signature)};
    a->headers = headers;
    a->n_headers = 3;
    return OK;
}
