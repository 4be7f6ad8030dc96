/* notices.c - which messages a person may do without, and how they say so
 *
 * Codes, decisions and what concerns the safety of a file always come. The rest is of a kind that
 * is stopped by its owner: signed in, or by the address in the message itself (RFC 8058), which
 * whoever holds the message may use without signing in. That address carries a token:
 *
 *   bytes   what
 *   16      id of the person
 *   1       number of the kind
 *   16      HMAC-SHA-256 over these, cut
 */
#include "base/encode.h"
#include "registry/registry_int.h"

enum { ID_BYTES = 16, MAC_BYTES = 16, TOKEN_BYTES = ID_BYTES + 1 + MAC_BYTES };

/* Append only: tokens carry the number. */
static const char *const kinds[] = {"progress", "rating"};

static const struct {
    const char *message;
    unsigned kind;
} optional[] = {{"case-received", 0}, {"draft-carried", 0}, {"draft-kept", 0}, {"how-was-it", 1}};

static int kind_of(str message)
{
    for (size_t i = 0; i < ARRAY_LEN(optional); i++)
        if (str_eq(message, str_of(optional[i].message)))
            return (int)optional[i].kind;
    return -1;
}

static struct hash token_mac(const struct house *h, const uint8_t *head)
{
    struct hash of = sha256_parts((str[]){S("notice\n"), str_bytes(head, ID_BYTES + 1)}, 2);

    return hmac_sha256(&h->lookup_key, hash_str(&of));
}

static str token_of(struct act *a, const struct id *person, unsigned kind)
{
    AUTO(buf) struct buf text = BUF(64);
    uint8_t raw[TOKEN_BYTES];

    memcpy(raw, id_bytes(person).p, ID_BYTES);
    raw[ID_BYTES] = (uint8_t)kind;
    struct hash mac = token_mac(a->house, raw);
    memcpy(raw + ID_BYTES + 1, mac.b, MAC_BYTES);
    base64_encode(&text, str_bytes(raw, sizeof raw), BASE64_URL);
    return str_copy(a->arena, buf_str(&text));
}

static enum err is_stopped(struct act *a, const struct id *person, const char *kind, bool *out,
                           struct fault *f)
{
    struct query q;

    TRY(db_query(a->db, &q, f, "SELECT 1 FROM notice_stopped WHERE person = ? AND kind = ?", "ds",
                 person, str_of(kind)));
    *out = query_row(&q);
    return query_end(&q, f);
}

enum err notice_queue(struct act *a, const struct id *person, str to, str message, str language,
                      const struct json *words, struct fault *f)
{
    int kind = kind_of(message);
    bool stopped;

    if (kind < 0)
        return mail_queue(a, to, message, language, words, f);
    TRY(is_stopped(a, person, kinds[kind], &stopped, f));
    if (stopped)
        return OK;
    str token = token_of(a, person, (unsigned)kind);
    TRY_PTR(token.p, f);
    return mail_queue_stoppable(a, to, message, language, words, token, f);
}

static enum err stop(struct act *a, const struct id *person, const char *kind, struct fault *f)
{
    return db_run(a->db, f,
                  "INSERT INTO notice_stopped(person, bucket, kind, at) VALUES(?,?,?,?)"
                  " ON CONFLICT DO NOTHING",
                  "disi", person, (int64_t)id_bucket(person), str_of(kind), a->now);
}

/* ---- by the address in a message ----------------------------------------------------------- */

struct stopping {
    struct id person;
    const char *kind;
};

enum err notice_stop_prepare(struct act *a, struct fault *f)
{
    AUTO(buf) struct buf raw = BUF(64);
    struct stopping *s = arena_new_of(a->arena, struct stopping);

    TRY_PTR(s, f);
    if (!base64_decode(&raw, act_param(a, S("token")), BASE64_URL) || raw.n != TOKEN_BYTES)
        return fault(f, ERR_NOT_FOUND, "no such notice");
    const uint8_t *head = (const uint8_t *)raw.p;
    struct hash mac = token_mac(a->house, head);
    if (!secret_equal(mac.b, head + ID_BYTES + 1, MAC_BYTES) || head[ID_BYTES] >= ARRAY_LEN(kinds))
        return fault(f, ERR_NOT_FOUND, "no such notice");
    memcpy(&s->person, head, ID_BYTES);
    s->kind = kinds[head[ID_BYTES]];
    a->data = s;
    return OK;
}

enum err notice_stop(struct act *a, struct fault *f)
{
    const struct stopping *s = a->data;
    struct jw w = JW(&a->reply);

    TRY(stop(a, &s->person, s->kind, f));
    jw_open(&w, '{');
    jw_kv(&w, S("stopped"), str_of(s->kind));
    jw_close(&w, '}');
    return OK;
}

/* ---- signed in ----------------------------------------------------------------------------- */

enum err notice_list(struct act *a, struct fault *f)
{
    struct jw w = JW(&a->reply);
    bool stopped;

    jw_open(&w, '{');
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        TRY(is_stopped(a, &a->actor.id, kinds[i], &stopped, f));
        jw_kv_bool(&w, str_of(kinds[i]), !stopped);
    }
    jw_close(&w, '}');
    return OK;
}

enum err notice_set(struct act *a, struct fault *f)
{
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        const struct json *wanted = json_get(a->input, str_of(kinds[i]));
        if (!wanted)
            continue;
        TRY(wanted->b ? db_run(a->db, f, "DELETE FROM notice_stopped WHERE person = ? AND kind = ?",
                               "ds", &a->actor.id, str_of(kinds[i]))
                      : stop(a, &a->actor.id, kinds[i], f));
    }
    return notice_list(a, f);
}
