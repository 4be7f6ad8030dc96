/* sms.c - a text message, through an HTTP gateway that the operator describes
 *
 * Address and body are templates with {to}, {text} and {id}: in the address they are
 * percent-encoded, in the body as its media type wants (JSON or a form). The gateway has taken the
 * message when it answers with 2xx and, where that is set, with a certain text. The id is the same
 * at each try. Of what goes wrong the log learns the status, never the address: it may carry a
 * secret.
 */
#include "mail/sms.h"

#include <curl/curl.h>
#include <stdlib.h>

#include "base/json.h"

enum { REQUEST_MAX = 16 << 10, ANSWER_MAX = 64 << 10, TIMEOUT_S = 20 };

bool phone_valid(str s)
{
    if (s.n < 7 || s.n > 16 || s.p[0] != '+' || s.p[1] < '1')
        return false;
    for (size_t i = 1; i < s.n; i++)
        if (s.p[i] < '0' || s.p[i] > '9')
            return false;
    return true;
}

static void put_percent(struct buf *b, str s)
{
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                     c == '-' || c == '.' || c == '_' || c == '~';
        if (plain)
            buf_add_char(b, (char)c);
        else
            buf_printf(b, "%%%02X", c);
    }
}

/* As it stands between the quotes of a JSON string. */
static void put_json(struct buf *b, str s)
{
    AUTO(buf) struct buf text = BUF(REQUEST_MAX);
    struct jw w = JW(&text);

    jw_string(&w, s);
    buf_add_str(b, str_sub(buf_str(&text), 1, text.n - 1));
}

struct words {
    str to, text, id;
};

static void fill(struct buf *b, str pattern, const struct words *v, void (*put)(struct buf *, str))
{
    const struct {
        str name, value;
    } names[] = {{S("{to}"), v->to}, {S("{text}"), v->text}, {S("{id}"), v->id}};

    while (pattern.n) {
        size_t used = 0;
        for (size_t i = 0; i < ARRAY_LEN(names) && !used; i++)
            if (str_starts(pattern, names[i].name)) {
                put(b, names[i].value);
                used = names[i].name.n;
            }
        if (!used)
            buf_add_char(b, pattern.p[0]);
        pattern = str_sub(pattern, used ? used : 1, pattern.n);
    }
}

static bool is_json(const struct sms_route *r)
{
    return str_find(str_of(r->type), S("json")) >= 0;
}

static size_t take(char *p, size_t size, size_t n, void *ctx)
{
    struct buf *b = ctx;

    buf_add(b, p, size * n);
    return buf_ok(b) ? size * n : 0;
}

/* Lines "Name: value". */
static struct curl_slist *headers_of(const struct sms_route *r, struct arena *a)
{
    str rest = str_of(r->headers ? r->headers : ""), line;
    str type = str_printf(a, "Content-Type: %s", r->type);
    struct curl_slist *list = curl_slist_append(NULL, type.p ? type.p : "");

    while (list && str_split(&rest, '\n', &line)) {
        char *text = str_cstr(a, str_trim(line));
        if (text && *text)
            list = curl_slist_append(list, text);
    }
    return list ? curl_slist_append(list, "Expect:") : NULL;
}

static enum err judge(const struct sms_route *r, CURLcode rc, long status, str answer,
                      struct fault *f)
{
    if (rc != CURLE_OK)
        return fault(f, ERR_IO, "SMS gateway: %s", curl_easy_strerror(rc));
    if (status < 200 || status > 299)
        return fault(f, ERR_IO, "SMS gateway: status %ld", status);
    if (r->answer && str_find(answer, str_of(r->answer)) < 0)
        return fault(f, ERR_IO, "SMS gateway: status %ld, but not the answer of sms_answer",
                     status);
    return OK;
}

static CURLcode ask(CURL *c, const struct sms_route *r, const char *url, str body,
                    struct curl_slist *headers, struct buf *answer)
{
    curl_easy_setopt(c, CURLOPT_URL, url);
    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(c, CURLOPT_PROXY, "");
    curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, r->method);
    curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers);
    if (strcmp(r->method, "GET") != 0) {
        curl_easy_setopt(c, CURLOPT_POSTFIELDS, body.n ? body.p : "");
        curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE, (long)body.n);
    }
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, answer);
    curl_easy_setopt(c, CURLOPT_TIMEOUT, (long)TIMEOUT_S);
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    return curl_easy_perform(c);
}

enum err sms_deliver(const struct sms_route *r, str to, str text, str id, struct fault *f)
{
    AUTO(arena) struct arena *a = arena_new(64 << 10);
    AUTO(buf) struct buf url = BUF(REQUEST_MAX);
    AUTO(buf) struct buf body = BUF(REQUEST_MAX);
    AUTO(buf) struct buf answer = BUF(ANSWER_MAX);
    struct words words = {to, text, id};
    CURLcode rc = CURLE_OUT_OF_MEMORY;
    long status = 0;

    if (!phone_valid(to))
        return fault(f, ERR_INVALID, "not a number of E.164");
    TRY_PTR(a, f);
    fill(&url, str_of(r->url), &words, put_percent);
    fill(&body, str_of(r->body), &words, is_json(r) ? put_json : put_percent);
    buf_add_char(&url, 0);
    if (!buf_ok(&url) || !buf_ok(&body))
        return fault(f, ERR_LIMIT, "the message is too long");
    struct curl_slist *headers = headers_of(r, a);
    CURL *c = curl_easy_init();
    if (c && headers) {
        rc = ask(c, r, url.p, buf_str(&body), headers, &answer);
        curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &status);
    }
    curl_slist_free_all(headers);
    curl_easy_cleanup(c);
    return judge(r, rc, status, buf_str(&answer), f);
}
