#include "mail/mail_int.h"

#include <curl/curl.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/encode.h"
#include "base/fs.h"

enum {
    LANGUAGES_MAX = 64,
    MAIL_MAX = 64 << 10,
    WORD_MAX = 45 /* bytes in an encoded word: 60 in base64, 72 with its frame */
};

struct catalogue {
    struct arena *arena;
    size_t n;
    struct {
        str language;
        const struct json *words;
    } list[LANGUAGES_MAX];
};

static enum err load_language(struct catalogue *c, const char *path, str language, struct fault *f)
{
    struct json *j;
    str text;

    TRY(fs_read(c->arena, path, 4 << 20, &text, f));
    TRY(json_parse(c->arena, text, &json_limits_wide, &j, f));
    size_t at = c->n++;
    for (; at && str_cmp(c->list[at - 1].language, language) > 0; at--)
        c->list[at] = c->list[at - 1];
    c->list[at].language = str_copy(c->arena, language);
    c->list[at].words = j;
    return OK;
}

enum err catalogue_load(const char *folder, struct catalogue **out, struct fault *f)
{
    struct catalogue *c = calloc(1, sizeof *c);
    DIR *d = opendir(folder);
    enum err e = OK;

    if (!c || !d || !(c->arena = arena_new(64 << 20))) {
        if (d)
            closedir(d);
        free(c);
        return fault(f, ERR_IO, "cannot read %s", folder);
    }
    for (struct dirent *entry; e == OK && (entry = readdir(d));) {
        str name = str_of(entry->d_name);
        char path[4096];
        if (!str_ends(name, S(".json")) || name.n > 13 || c->n == LANGUAGES_MAX)
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        e = load_language(c, path, str_sub(name, 0, name.n - 5), f);
    }
    closedir(d);
    if (e != OK) {
        catalogue_free(c);
        return e;
    }
    *out = c;
    return OK;
}

void catalogue_free(struct catalogue *c)
{
    if (!c)
        return;
    arena_free(c->arena);
    free(c);
}

str catalogue_language(const struct catalogue *c, size_t i)
{
    return i < c->n ? c->list[i].language : STR_NONE;
}

const struct json *catalogue_words(const struct catalogue *c, str language)
{
    for (size_t i = 0; i < c->n; i++)
        if (str_eq(c->list[i].language, language))
            return c->list[i].words;
    return NULL;
}

str catalogue_wished(const struct catalogue *c, str header)
{
    str part, tag;

    while (str_split(&header, ',', &part)) {
        part = str_trim(part);
        (void)!str_split(&part, ';', &tag);
        (void)!str_split(&tag, '-', &part);
        part = str_trim(part);
        if (catalogue_words(c, part))
            return part;
    }
    return STR_NONE;
}

static str word_in(const struct catalogue *c, str language, str key)
{
    return json_get_str(catalogue_words(c, language), key);
}

str catalogue_word(const struct catalogue *c, str language, str key)
{
    str w = word_in(c, language, key);

    return w.p ? w : word_in(c, S("en"), key);
}

static void fill(struct buf *b, str text, const struct json *words)
{
    while (text.n) {
        ptrdiff_t open = str_find_char(text, '{');
        str rest = open < 0 ? text : str_sub(text, (size_t)open, text.n);
        ptrdiff_t close = str_find_char(rest, '}');
        if (open < 0 || close < 0) {
            buf_add_str(b, text);
            return;
        }
        buf_add(b, text.p, (size_t)open);
        buf_add_str(b, json_get_str(words, str_sub(rest, 1, (size_t)close)));
        text = str_sub(rest, (size_t)close + 1, rest.n);
    }
}

/* One address, nothing that ends a header line or opens another one. */
static bool address_plain(str s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] <= 0x20 || s.p[i] == 0x7f || strchr("<>,;:\"\\()[]", s.p[i]))
            return false;
    return s.n >= 3 && s.n <= 254 && str_find_char(s, '@') > 0;
}

static enum err filled(struct arena *a, str text, const struct json *words, str *out,
                       struct fault *f)
{
    AUTO(buf) struct buf b = BUF(MAIL_MAX);

    fill(&b, text, words);
    if (!buf_ok(&b))
        return fault(f, ERR_LIMIT, "the message is too long");
    *out = str_copy(a, buf_str(&b));
    TRY_PTR(out->p, f);
    return OK;
}

enum err mail_of(str to, str subject, str body, struct mail *out, struct fault *f)
{
    if (!address_plain(to))
        return fault(f, ERR_INVALID, "not an address");
    *out = (struct mail){.to = to, .subject = subject, .body = body};
    return OK;
}

enum err mail_write(const struct catalogue *c, str to, str message, str language,
                    const struct json *words, struct arena *a, struct mail *out, struct fault *f)
{
    str subject = catalogue_word(c, language, str_printf(a, "mail.%.*s.subject", STR_FMT(message)));
    str body = catalogue_word(c, language, str_printf(a, "mail.%.*s.body", STR_FMT(message)));

    if (!subject.p || !body.p)
        return fault(f, ERR_NOT_FOUND, "no message %.*s", STR_FMT(message));
    TRY(filled(a, subject, words, &subject, f));
    TRY(filled(a, body, words, &body, f));
    TRY(mail_of(to, subject, body, out, f));
    out->language = language;
    return OK;
}

enum err mail_short(const struct catalogue *c, str message, str language, const struct json *words,
                    struct arena *a, str *out, struct fault *f)
{
    str text = catalogue_word(c, language, str_printf(a, "sms.%.*s", STR_FMT(message)));

    if (!text.p)
        text = catalogue_word(c, language, str_printf(a, "mail.%.*s.subject", STR_FMT(message)));
    if (!text.p)
        return fault(f, ERR_NOT_FOUND, "no message %.*s", STR_FMT(message));
    return filled(a, text, words, out, f);
}

/* RFC 2047, section 2: encoded words of at most 75 characters, each of whole characters, folded.
 * Line ends are encoded like anything else: no name begins a header. */
static void put_subject(struct buf *b, str text)
{
    AUTO(buf) struct buf coded = BUF(256);
    uint32_t cp;

    buf_add_str(b, S("Subject:"));
    do {
        size_t n = 0;
        while (n < text.n && n <= WORD_MAX - 4) {
            size_t step = utf8_decode(str_sub(text, n, text.n), &cp);
            n += step ? step : 1;
        }
        buf_clear(&coded);
        base64_encode(&coded, str_sub(text, 0, n), BASE64_STD);
        buf_printf(b, " =?UTF-8?B?%.*s?=\r\n", STR_FMT(buf_str(&coded)));
        text = str_sub(text, n, text.n);
    } while (text.n);
}

static void put_lines(struct buf *b, str text)
{
    AUTO(buf) struct buf coded = BUF(4 * MAIL_MAX);

    base64_encode(&coded, text, BASE64_STD);
    for (size_t i = 0; i < coded.n; i += 76) {
        buf_add_str(b, str_sub(buf_str(&coded), i, i + 76));
        buf_add_str(b, S("\r\n"));
    }
}

static void put_part(struct buf *b, str boundary, const char *type, str text)
{
    buf_printf(b, "--%.*s\r\nContent-Type: %s; charset=utf-8\r\n", STR_FMT(boundary), type);
    buf_add_str(b, S("Content-Transfer-Encoding: base64\r\n\r\n"));
    put_lines(b, text);
}

/* RFC 5322 with RFC 2047 subject, the text and the same as HTML (RFC 2046, section 5.1.4), in
 * base64: safe for any script, and the boundary is in none of it. */
static void compose(struct buf *b, const struct mail *m, const char *from, str id, int64_t now_ms)
{
    AUTO(buf) struct buf html = BUF(4 * MAIL_MAX);
    time_t secs = (time_t)(now_ms / 1000);
    char date[64], boundary[64];
    struct tm tm;

    gmtime_r(&secs, &tm);
    strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S +0000", &tm);
    snprintf(boundary, sizeof boundary, "=_%.*s", (int)(id.n < 40 ? id.n : 40), id.p);
    buf_printf(b, "Date: %s\r\nFrom: %s\r\nTo: <%.*s>\r\nMessage-ID: <%.*s@sifara>\r\n", date, from,
               STR_FMT(m->to), STR_FMT(id));
    put_subject(b, m->subject);
    if (m->stop.n)
        buf_printf(b,
                   "List-Unsubscribe: <%.*s>\r\nList-Unsubscribe-Post: "
                   "List-Unsubscribe=One-Click\r\n",
                   STR_FMT(m->stop));
    if (m->language.n)
        buf_printf(b, "Content-Language: %.*s\r\n", STR_FMT(m->language));
    buf_printf(b,
               "MIME-Version: 1.0\r\nAuto-Submitted: auto-generated\r\n"
               "Content-Type: multipart/alternative; boundary=\"%s\"\r\n\r\n",
               boundary);
    mail_html(&html, m);
    put_part(b, str_of(boundary), "text/plain", m->body);
    put_part(b, str_of(boundary), "text/html", buf_str(&html));
    buf_printf(b, "--%s--\r\n", boundary);
    if (!buf_ok(&html))
        b->failed = true;
}

static enum err into_maildir(const char *folder, str text, str id, struct fault *f)
{
    char path[4096];

    snprintf(path, sizeof path, "%s/%.*s.eml", folder, STR_FMT(id));
    return fs_write(path, text, 0600, f);
}

struct upload {
    str left;
};

static size_t give(char *to, size_t size, size_t n, void *ctx)
{
    struct upload *u = ctx;
    size_t take = size * n < u->left.n ? size * n : u->left.n;

    if (take)
        memcpy(to, u->left.p, take);
    u->left = str_sub(u->left, take, u->left.n);
    return take;
}

static enum err by_smtp(const struct mail_route *r, const struct mail *m, str text, struct fault *f)
{
    AUTO(arena) struct arena *a = arena_new(8192);
    CURL *c = curl_easy_init();
    char *to = a ? str_cstr(a, m->to) : NULL;
    struct curl_slist *list = to ? curl_slist_append(NULL, to) : NULL;
    struct upload u = {text};
    CURLcode rc = CURLE_OUT_OF_MEMORY;

    if (c && list) {
        curl_easy_setopt(c, CURLOPT_URL, r->smtp_url);
        curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
        curl_easy_setopt(c, CURLOPT_MAIL_FROM, r->from);
        curl_easy_setopt(c, CURLOPT_MAIL_RCPT, list);
        curl_easy_setopt(c, CURLOPT_READFUNCTION, give);
        curl_easy_setopt(c, CURLOPT_READDATA, &u);
        curl_easy_setopt(c, CURLOPT_UPLOAD, 1L);
        curl_easy_setopt(c, CURLOPT_TIMEOUT, 30L);
        curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
        if (r->user) {
            curl_easy_setopt(c, CURLOPT_USERNAME, r->user);
            curl_easy_setopt(c, CURLOPT_PASSWORD, r->password);
            curl_easy_setopt(c, CURLOPT_USE_SSL, (long)CURLUSESSL_ALL);
        }
        if (r->ca_file)
            curl_easy_setopt(c, CURLOPT_CAINFO, r->ca_file);
        rc = curl_easy_perform(c);
    }
    curl_slist_free_all(list);
    curl_easy_cleanup(c);
    return rc == CURLE_OK ? OK : fault(f, ERR_IO, "SMTP: %s", curl_easy_strerror(rc));
}

enum err mail_deliver(const struct mail_route *r, const struct mail *m, str id, int64_t now_ms,
                      struct fault *f)
{
    AUTO(buf) struct buf b = BUF(8 * MAIL_MAX);

    compose(&b, m, r->from ? r->from : "sifara@localhost", id, now_ms);
    if (!buf_ok(&b))
        return fault(f, ERR_LIMIT, "the message is too long");
    return r->smtp_url ? by_smtp(r, m, buf_str(&b), f)
                       : into_maildir(r->maildir, buf_str(&b), id, f);
}
