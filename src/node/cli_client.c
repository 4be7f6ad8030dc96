/* cli_client.c - any action of the node, over HTTP: `sifara NOUN VERB key=value …`
 *
 * The words name a row of the table of actions. Values fill the path, then the query of a GET or
 * the JSON body of the rest; key:=value is JSON as it stands. A session is kept in a file.
 */
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/encode.h"
#include "base/fs.h"
#include "base/world.h"
#include "node/cli.h"
#include "node/node_int.h"
#include "registry/registry.h"

enum { ANSWER_MAX = 64 << 20, FILE_MAX = 64 << 20 };

struct answer {
    struct buf body;
    long status;
};

static bool is_good(const struct answer *a)
{
    return a->status >= 200 && a->status < 300;
}

static size_t receive(char *p, size_t size, size_t n, void *ctx)
{
    struct buf *b = ctx;

    buf_add(b, p, size * n);
    return buf_ok(b) ? size * n : 0;
}

static const char *session_path(struct cli *c)
{
    const char *given = cli_option(c, "session"), *env = getenv("SIFARA_SESSION");
    const char *home = getenv("HOME");

    if (given || env)
        return given ? given : env;
    return str_cstr(c->arena, str_printf(c->arena, "%s/.sifara-session", home ? home : "."));
}

/* One request; CURLE_OK if there was an answer of any status. */
static CURLcode request(struct cli *c, const char *method, const char *url, str body,
                        const char *type, struct answer *out)
{
    CURL *h = curl_easy_init();
    struct curl_slist *headers = NULL;
    char line[512];
    str token;

    out->body = BUF(ANSWER_MAX);
    if (!h)
        return CURLE_OUT_OF_MEMORY;
    if (fs_read(c->arena, session_path(c), 4096, &token, NULL) == OK) {
        snprintf(line, sizeof line, "Authorization: Bearer %.*s", STR_FMT(str_trim(token)));
        headers = curl_slist_append(headers, line);
    }
    snprintf(line, sizeof line, "Content-Type: %s", type);
    headers = curl_slist_append(headers, line);
    headers = curl_slist_append(headers, "Expect:");
    if (cli_option(c, "idempotency-key")) {
        snprintf(line, sizeof line, "Idempotency-Key: %s", cli_option(c, "idempotency-key"));
        headers = curl_slist_append(headers, line);
    }
    curl_easy_setopt(h, CURLOPT_URL, url);
    curl_easy_setopt(h, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(h, CURLOPT_CUSTOMREQUEST, method);
    curl_easy_setopt(h, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(h, CURLOPT_WRITEFUNCTION, receive);
    curl_easy_setopt(h, CURLOPT_WRITEDATA, &out->body);
    curl_easy_setopt(h, CURLOPT_TIMEOUT, 60L);
    if (strcmp(method, "GET") != 0) {
        curl_easy_setopt(h, CURLOPT_POSTFIELDS, body.p ? body.p : "");
        curl_easy_setopt(h, CURLOPT_POSTFIELDSIZE, (long)body.n);
    }
    CURLcode rc = curl_easy_perform(h);
    curl_easy_getinfo(h, CURLINFO_RESPONSE_CODE, &out->status);
    curl_slist_free_all(headers);
    curl_easy_cleanup(h);
    return rc;
}

static void add_escaped(struct buf *b, const char *text)
{
    for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
        bool plain = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') ||
                     (*p >= '0' && *p <= '9') || strchr("-._~", *p);
        if (plain)
            buf_add_char(b, (char)*p);
        else
            buf_printf(b, "%%%02X", *p);
    }
}

/* Fills {name} of the path; marks the pairs used. */
static bool fill_path(struct cli *c, const struct action *a, struct buf *url, bool *used)
{
    str rest = str_of(a->path), part;

    while (str_split(&rest, '/', &part)) {
        if (!part.n)
            continue;
        buf_add_char(url, '/');
        if (part.p[0] != '{') {
            buf_add_str(url, part);
            continue;
        }
        str name = str_sub(part, 1, part.n - 1);
        int found = -1;
        for (int i = 0; i < c->n_pairs; i++)
            if (str_eq(str_of(c->keys[i]), name))
                found = i;
        if (found < 0) {
            fprintf(stderr, "sifara: %s wants %.*s=…\n", a->name, STR_FMT(name));
            return false;
        }
        used[found] = true;
        add_escaped(url, c->pairs[found]);
    }
    return true;
}

static void fill_query(struct cli *c, struct buf *url, const bool *used)
{
    char sep = '?';

    for (int i = 0; i < c->n_pairs; i++) {
        if (used[i])
            continue;
        buf_add_char(url, sep);
        add_escaped(url, c->keys[i]);
        buf_add_char(url, '=');
        add_escaped(url, c->pairs[i]);
        sep = '&';
    }
}

/* The pairs that the path did not take. */
static void put_pairs(struct cli *c, struct jw *w, const bool *used)
{
    for (int i = 0; i < c->n_pairs; i++) {
        if (used[i])
            continue;
        jw_key(w, str_of(c->keys[i]));
        if (c->raw[i])
            jw_raw(w, str_of(c->pairs[i]));
        else
            jw_string(w, str_of(c->pairs[i]));
    }
}

static enum err read_input(struct cli *c, const bool *used, str signature, str *out,
                           struct fault *f)
{
    AUTO(buf) struct buf b = BUF(FILE_MAX);
    const char *file = cli_option(c, "body");
    struct jw w = JW(&b);

    if (file)
        return fs_read(c->arena, file, FILE_MAX, out, f);
    jw_open(&w, '{');
    put_pairs(c, &w, used);
    if (signature.p)
        jw_kv(&w, S("signature"), signature);
    jw_close(&w, '}');
    *out = str_copy(c->arena, buf_str(&b));
    TRY_PTR(out->p, f);
    return OK;
}

/* Where the statement is to be had, and what is said there: of a decision, of a policy, of a
 * proposal of a mission, or of the last decision that the state of a protected person proposed. */
static void statement_url(struct cli *c, const struct action *action, bool across, struct buf *url)
{
    const char *id = cli_pair(c, "id"), *outcome = cli_pair(c, "outcome");

    if (!outcome)
        outcome = cli_option(c, "outcome");
    if (strcmp(action->name, "policy.adopt") == 0)
        buf_printf(url, "%s/v1/policy?proposal=%s", cli_node_url(c), id);
    else if (strcmp(action->name, "delegation.confirm") == 0)
        buf_printf(url, "%s/v1/delegations/%s", cli_node_url(c), id);
    else if (strcmp(action->resource, "Proposal") == 0)
        buf_printf(url, "%s/v1/proposals/%s", cli_node_url(c), id);
    else if (across)
        buf_printf(url, "%s/v1/protections/%s", cli_node_url(c), id);
    else
        buf_printf(url, "%s/v1/desk/cases/%s/statement%s%s", cli_node_url(c), id,
                   outcome ? "?outcome=" : "", outcome ? outcome : "");
    buf_add_char(url, 0);
}

static str statement_in(const struct json *j, bool across)
{
    const struct json *words = json_get(j, S("words"));
    str found = STR_NONE;

    if (!across)
        return json_get_str(j, S("statement"));
    for (size_t i = 0; json_at(words, i); i++) {
        const struct json *proposal = json_get(json_at(words, i), S("proposal"));
        if (proposal)
            found = json_get_str(proposal, S("statement"));
    }
    return found;
}

/* Fetches a statement and signs it with the officer's key. */
static int sign_statement(struct cli *c, const struct action *action, const char *key, bool across,
                          str *out)
{
    AUTO(buf) struct buf url = BUF(4096);
    AUTO(buf) struct buf text = BUF(128);
    const char *id = cli_pair(c, "id");
    struct officer_file officer;
    struct answer answer;
    struct json *j;
    struct fault f = {0};

    if (!id)
        return CLI_USAGE;
    if (officer_file_read(c->arena, key, &officer, &f) != OK)
        return cli_fault(&f, CLI_FAILED);
    statement_url(c, action, across, &url);
    if (request(c, "GET", url.p, STR_NONE, "application/json", &answer) != CURLE_OK)
        return CLI_AWAY;
    int code = CLI_FAILED;
    if (answer.status == 200 &&
        json_parse(c->arena, str_copy(c->arena, buf_str(&answer.body)), NULL, &j, &f) == OK) {
        struct ed25519_signature s = ed25519_sign(&officer.secret, statement_in(j, across));
        base64_encode(&text, str_bytes(s.b, sizeof s.b), BASE64_URL);
        *out = str_copy(c->arena, buf_str(&text));
        code = CLI_OK;
    } else {
        fprintf(stderr, "%.*s\n", STR_FMT(buf_str(&answer.body)));
    }
    secret_wipe(&officer, sizeof officer);
    buf_done(&answer.body);
    return code;
}

/* Signs a text with the officer's key. */
static int sign_text(struct cli *c, const char *key, str text, str *out)
{
    AUTO(buf) struct buf b = BUF(128);
    struct officer_file officer;
    struct fault f = {0};

    if (officer_file_read(c->arena, key, &officer, &f) != OK)
        return cli_fault(&f, CLI_FAILED);
    struct ed25519_signature s = ed25519_sign(&officer.secret, text);
    secret_wipe(&officer, sizeof officer);
    base64_encode(&b, str_bytes(s.b, sizeof s.b), BASE64_URL);
    *out = str_copy(c->arena, buf_str(&b));
    return CLI_OK;
}

/* What an officer signs of what is given here: the closed days of a year, or a role that is lent.
 */
static enum err given_statement(struct cli *c, const struct action *action, str mission,
                                const struct json *j, str *out, struct fault *f)
{
    if (strcmp(action->name, "delegation.propose") == 0)
        return delegation_statement(c->arena, mission, j, out, f);
    return calendar_statement(c->arena, mission, json_get_int(j, S("year"), 0),
                              json_get(j, S("days")), out, f);
}

static int sign_given(struct cli *c, const struct action *action, const char *key, str *out)
{
    bool used[CLI_ARGS] = {false};
    const char *mission = cli_pair(c, "mission");
    struct fault f = {0};
    str body, statement;
    struct json *j;

    if (!mission)
        return CLI_USAGE;
    if (read_input(c, used, STR_NONE, &body, &f) != OK ||
        json_parse(c->arena, body, &json_limits_wide, &j, &f) != OK ||
        given_statement(c, action, str_of(mission), j, &statement, &f) != OK)
        return cli_fault(&f, CLI_FAILED);
    return sign_text(c, key, statement, out);
}

/* Signs the opening of a session with the officer's key. */
static int sign_opening(struct cli *c, const char *key, str *out)
{
    AUTO(buf) struct buf text = BUF(1024);
    const char *email = cli_pair(c, "email"), *code = cli_pair(c, "code");

    if (!email || !code)
        return CLI_USAGE;
    session_statement(&text, str_of(email), str_of(code));
    return sign_text(c, key, buf_str(&text), out);
}

/* ---- appointing an officer ------------------------------------------------------------------ */

static void put_base64url(struct jw *w, str key, const void *bytes, size_t n)
{
    AUTO(buf) struct buf b = BUF(128);

    base64_encode(&b, str_bytes(bytes, n), BASE64_URL);
    jw_kv(w, key, buf_str(&b));
}

static void put_id(struct jw *w, str key, const struct id *id)
{
    char text[ID_TEXT + 1];

    id_format(id, text);
    jw_kv(w, key, str_of(text));
}

/* Each --by vouches for the new key: "enrol", id and key, as the keyring will check it. */
static enum err put_assertions(struct cli *c, const struct officer_file *o,
                               const struct ed25519_public *key, struct jw *w, struct fault *f)
{
    AUTO(buf) struct buf text = BUF(64);

    buf_add_str(&text, S("enrol"));
    buf_add_str(&text, id_bytes(&o->id));
    buf_add(&text, key->b, sizeof key->b);
    jw_key(w, S("assertions"));
    jw_open(w, '[');
    for (int i = 0; i < c->n_options; i++) {
        struct officer_file by;
        if (strcmp(c->names[i], "by") != 0)
            continue;
        TRY(officer_file_read(c->arena, c->values[i], &by, f));
        struct ed25519_signature s = ed25519_sign(&by.secret, buf_str(&text));
        jw_open(w, '{');
        put_id(w, S("officer"), &by.id);
        put_base64url(w, S("signature"), s.b, sizeof s.b);
        jw_close(w, '}');
        secret_wipe(&by, sizeof by);
    }
    jw_close(w, ']');
    return OK;
}

/* `officer add … --new-key FILE --by KEY --by KEY`: makes id and key, signs with both, keeps the
 * new key in FILE before anything is sent, so that an appointed officer always has theirs. */
static enum err appoint(struct cli *c, str *out, struct fault *f)
{
    AUTO(buf) struct buf b = BUF(64 << 10);
    const char *path = cli_option(c, "new-key");
    struct officer_file o = {.id = id_new(&world_real, 0)};
    struct jw w = JW(&b);

    if (fs_exists(path))
        return fault(f, ERR_CONFLICT, "%s is there already", path);
    ed25519_new(&o.secret);
    struct ed25519_public key = ed25519_public_of(&o.secret);
    jw_open(&w, '{');
    put_id(&w, S("id"), &o.id);
    put_base64url(&w, S("public_key"), key.b, sizeof key.b);
    put_pairs(c, &w, (const bool[CLI_ARGS]){false});
    enum err e = put_assertions(c, &o, &key, &w, f);
    jw_close(&w, '}');
    if (e == OK)
        e = officer_file_write(path, &o, f);
    secret_wipe(&o, sizeof o);
    TRY(e);
    *out = str_copy(c->arena, buf_str(&b));
    TRY_PTR(out->p, f);
    return OK;
}

/* ---- any action ----------------------------------------------------------------------------- */

static void keep_session(struct cli *c, const struct answer *a)
{
    struct json *j;
    struct fault f;

    if (json_parse(c->arena, str_copy(c->arena, buf_str(&a->body)), NULL, &j, NULL) != OK)
        return;
    str token = json_get_str(j, S("token"));
    if (token.p && fs_write(session_path(c), token, 0600, &f) != OK)
        cli_fault(&f, CLI_FAILED);
}

static int show(struct cli *c, const struct action *action, struct answer *a)
{
    const char *out = cli_option(c, "out");
    struct fault f = {0};
    bool good = is_good(a);

    if (good && strcmp(action->name, "session.open") == 0)
        keep_session(c, a);
    if (good && out) {
        if (fs_write(out, buf_str(&a->body), 0644, &f) != OK)
            return cli_fault(&f, CLI_FAILED);
    } else if (a->body.n) {
        fwrite(a->body.p, 1, a->body.n, good ? stdout : stderr);
        fputc('\n', good ? stdout : stderr);
    }
    return good ? CLI_OK : CLI_FAILED;
}

static int send_action(struct cli *c, const struct action *action)
{
    static const char *const methods[] = {[ACTION_GET] = "GET",
                                          [ACTION_POST] = "POST",
                                          [ACTION_PUT] = "PUT",
                                          [ACTION_DELETE] = "DELETE"};
    AUTO(buf) struct buf url = BUF(1 << 16);
    bool used[CLI_ARGS] = {false}, get = action->method == ACTION_GET;
    const char *key = cli_option(c, "key");
    struct answer answer;
    struct fault f = {0};
    str body = STR_NONE, signature = STR_NONE;
    bool across = strcmp(action->name, "protection.sign") == 0;
    bool signs = across || strcmp(action->name, "case.propose") == 0 ||
                 strcmp(action->name, "case.confirm") == 0 ||
                 strcmp(action->name, "policy.adopt") == 0 ||
                 strcmp(action->name, "delegation.confirm") == 0 ||
                 (strcmp(action->resource, "Proposal") == 0 && action->in);
    bool appoints = strcmp(action->name, "officer.add") == 0 && cli_option(c, "new-key");
    bool opens = strcmp(action->name, "session.open") == 0;
    bool given = strcmp(action->name, "calendar.adopt") == 0 ||
                 strcmp(action->name, "delegation.propose") == 0;

    if ((signs || opens || given) && key) {
        int code = opens   ? sign_opening(c, key, &signature)
                   : given ? sign_given(c, action, key, &signature)
                           : sign_statement(c, action, key, across, &signature);
        if (code != CLI_OK)
            return code;
    }
    buf_add_str(&url, str_of(cli_node_url(c)));
    if (!fill_path(c, action, &url, used))
        return CLI_USAGE;
    if (get || action->binary)
        fill_query(c, &url, used);
    buf_add_char(&url, 0);
    if (appoints && appoint(c, &body, &f) != OK)
        return cli_fault(&f, CLI_FAILED);
    if (!appoints && (action->in || action->binary) &&
        read_input(c, used, signature, &body, &f) != OK)
        return cli_fault(&f, CLI_FAILED);
    CURLcode rc =
        request(c, methods[action->method], url.p, body,
                action->binary ? "application/octet-stream" : "application/json", &answer);
    if (rc != CURLE_OK) {
        fprintf(stderr, "sifara: %s does not answer: %s\n", cli_node_url(c),
                curl_easy_strerror(rc));
        buf_done(&answer.body);
        return CLI_AWAY;
    }
    int code = show(c, action, &answer);
    if (appoints && answer.status >= 400 && answer.status < 500)
        remove(cli_option(c, "new-key")); /* refused: nobody knows this key */
    buf_done(&answer.body);
    return code;
}

int cli_call(struct cli *c)
{
    char name[128];

    snprintf(name, sizeof name, "%s.%s", c->words[0], c->n_words > 1 ? c->words[1] : "");
    const struct action *action = action_find(str_of(name));
    if (!action || action->method == ACTION_INTERNAL) {
        fprintf(stderr, "sifara: no such command: %s %s (see sifara --help)\n", c->words[0],
                c->n_words > 1 ? c->words[1] : "");
        return CLI_USAGE;
    }
    return send_action(c, action);
}

int cli_status(struct cli *c)
{
    AUTO(buf) struct buf url = BUF(4096);
    struct answer a;

    buf_printf(&url, "%s/readyz", cli_node_url(c));
    buf_add_char(&url, 0);
    CURLcode rc = request(c, "GET", url.p, STR_NONE, "application/json", &a);
    if (rc != CURLE_OK)
        fprintf(stderr, "sifara: %s does not answer: %s\n", cli_node_url(c),
                curl_easy_strerror(rc));
    else
        printf("%.*s\n", STR_FMT(buf_str(&a.body)));
    buf_done(&a.body);
    return rc != CURLE_OK ? CLI_AWAY : a.status == 200 ? CLI_OK : CLI_FAILED;
}

static int exchange(struct cli *c, const char *method, const char *path, str body, const char *type,
                    struct buf *out)
{
    AUTO(buf) struct buf url = BUF(4096);
    struct answer a;

    buf_printf(&url, "%s%s", cli_node_url(c), path);
    buf_add_char(&url, 0);
    CURLcode rc = request(c, method, url.p, body, type, &a);
    if (rc != CURLE_OK)
        fprintf(stderr, "sifara: %s does not answer: %s\n", cli_node_url(c),
                curl_easy_strerror(rc));
    else if (is_good(&a))
        buf_add_str(out, buf_str(&a.body));
    else
        fprintf(stderr, "%.*s\n", STR_FMT(buf_str(&a.body)));
    buf_done(&a.body);
    return rc != CURLE_OK ? CLI_AWAY : is_good(&a) ? CLI_OK : CLI_FAILED;
}

int cli_fetch(struct cli *c, const char *path, struct buf *out)
{
    return exchange(c, "GET", path, STR_NONE, "application/json", out);
}

int cli_send(struct cli *c, const char *path, str body, const char *type, struct buf *out,
             long *status)
{
    AUTO(buf) struct buf url = BUF(4096);
    struct answer a;

    buf_printf(&url, "%s%s", cli_node_url(c), path);
    buf_add_char(&url, 0);
    CURLcode rc = request(c, "POST", url.p, body, type, &a);
    if (rc != CURLE_OK)
        fprintf(stderr, "sifara: %s does not answer: %s\n", cli_node_url(c),
                curl_easy_strerror(rc));
    buf_add_str(out, buf_str(&a.body));
    buf_done(&a.body);
    *status = a.status;
    return rc == CURLE_OK ? CLI_OK : CLI_AWAY;
}

int cli_post(struct cli *c, const char *path, str body, const char *type, struct buf *out)
{
    return exchange(c, "POST", path, body, type, out);
}

int cli_ask(struct cli *c, const char *path, str body, const char *type, struct json **out)
{
    AUTO(buf) struct buf b = BUF(ANSWER_MAX);
    struct fault f = {0};

    int code = body.p ? cli_post(c, path, body, type, &b) : cli_fetch(c, path, &b);
    if (code != CLI_OK)
        return code;
    str text = str_copy(c->arena, buf_str(&b));
    if (json_parse(c->arena, text, &json_limits_wide, out, &f) != OK)
        return cli_fault(&f, CLI_FAILED);
    return CLI_OK;
}
