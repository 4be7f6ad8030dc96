/* words and their fallback, names in braces, addresses that would break out, the mail itself */
#include "mail/mail.h"
#include "mail/sms.h"

#include "base/buf.h"
#include "base/encode.h"
#include "base/fs.h"
#include "base/testing.h"

static char dir[] = "/tmp/sifara-mail-XXXXXX";
static struct catalogue *words;
static struct arena *arena;

static void file(const char *name, const char *text)
{
    char path[256];

    snprintf(path, sizeof path, "%s/%s", dir, name);
    assert_int_equal(fs_write(path, str_of(text), 0600, NULL), OK);
}

static struct json *json_of(const char *text)
{
    struct json *j;

    assert_int_equal(json_parse(arena, str_of(text), NULL, &j, NULL), OK);
    return j;
}

static enum err write_mail(str to, const char *message, const char *language, const char *given,
                           struct mail *out)
{
    return mail_write(words, to, str_of(message), str_of(language), json_of(given), arena, out,
                      NULL);
}

#define assert_text(a, b) assert_true(str_eq((a), str_of(b)))

static void test_fallback(void **state)
{
    (void)state;
    assert_text(catalogue_word(words, S("de"), S("yes")), "ja");
    assert_text(catalogue_word(words, S("de"), S("only.english")), "only here");
    assert_text(catalogue_word(words, S("tlh"), S("yes")), "yes");
    assert_text(catalogue_word(words, STR_NONE, S("yes")), "yes");
    assert_null(catalogue_word(words, S("de"), S("no such word")).p);
    assert_null(catalogue_word(words, S("notes"), S("yes.txt")).p);
    struct mail m;
    assert_int_equal(write_mail(S("a@b.example"), "ready", "de", "{}", &m), OK);
    assert_text(m.subject, "Fertig: ");
    assert_int_equal(write_mail(S("a@b.example"), "ready", "fr", "{}", &m), OK);
    assert_text(m.subject, "Ready: ");
    assert_int_equal(write_mail(S("a@b.example"), "no-such", "en", "{}", &m), ERR_NOT_FOUND);
}

static void test_names_in_braces(void **state)
{
    struct mail m;

    (void)state;
    assert_int_equal(write_mail(S("a@b.example"), "ready", "en",
                                "{\"name\":\"{place} Ånn\",\"place\":\"Paris\",\"n\":3}", &m),
                     OK);
    assert_text(m.to, "a@b.example");
    /* what is put in is not looked at again, a number is no word, braces left open stay */
    assert_text(m.subject, "Ready: {place} Ånn");
    assert_text(m.body, "{place} Ånn in Paris,  times  {");
}

static void test_addresses(void **state)
{
    static const char *const bad[] = {"",
                                      "a",
                                      "@b",
                                      "nobody",
                                      "a@b.example\r\nBcc: c@d.example",
                                      "a@b.example\nBcc: c@d.example",
                                      "a@b.example, c@d.example",
                                      "a@b.example>",
                                      "<a@b.example",
                                      "\"a\"@b.example",
                                      "a b@c.example",
                                      "a\t@c.example",
                                      "(a)a@b.example",
                                      "a@[127.0.0.1]",
                                      "x:a@b.example;"};
    struct mail m;
    char longest[300];

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_int_equal(write_mail(str_of(bad[i]), "ready", "en", "{}", &m), ERR_INVALID);
    memset(longest, 'a', sizeof longest);
    longest[5] = '@';
    assert_int_equal(write_mail(str_bytes(longest, 255), "ready", "en", "{}", &m), ERR_INVALID);
    assert_int_equal(write_mail(str_bytes(longest, 254), "ready", "en", "{}", &m), OK);
    assert_int_equal(write_mail(str_bytes("a@b\0c", 5), "ready", "en", "{}", &m), ERR_INVALID);
    assert_int_equal(write_mail(S("ärger+x@münchen.example"), "ready", "en", "{}", &m), OK);
}

static void test_too_long(void **state)
{
    AUTO(buf) struct buf b = BUF(1 << 20);
    struct mail m;

    (void)state;
    buf_add_str(&b, S("{\"name\":\""));
    for (int i = 0; i < 70000; i++)
        buf_add_str(&b, S("x"));
    buf_add(&b, "\"}\0", 3);
    assert_int_equal(write_mail(S("a@b.example"), "ready", "en", b.p, &m), ERR_LIMIT);
}

/* The text of a header, unfolded; the body when name is NULL. */
static str part(str mail, const char *name)
{
    AUTO(buf) struct buf b = BUF(1 << 20);
    bool in_body = false, ours = false;
    str line;

    while (mail.n) {
        ptrdiff_t end = str_find_char(mail, '\n');
        assert_true(end > 0 && mail.p[end - 1] == '\r');
        line = str_sub(mail, 0, (size_t)end - 1);
        mail = str_sub(mail, (size_t)end + 1, mail.n);
        if (!in_body && line.n == 0)
            in_body = true;
        else if (in_body && !name)
            buf_add_str(&b, line);
        if (in_body || !name)
            continue;
        assert_true(line.n <= 998);
        if (line.p[0] != ' ')
            ours = str_starts(line, str_of(name));
        if (ours)
            buf_add_str(&b, line.p[0] == ' ' ? line : str_sub(line, strlen(name), line.n));
    }
    return str_copy(arena, buf_str(&b));
}

/* RFC 2047: the encoded words of a subject put together. */
static str subject_of(str header)
{
    AUTO(buf) struct buf b = BUF(1 << 20);
    str word;

    while (str_split(&header, ' ', &word)) {
        AUTO(buf) struct buf bytes = BUF(1024);
        if (!word.n)
            continue;
        assert_true(word.n <= 75);
        assert_true(str_starts(word, S("=?UTF-8?B?")) && str_ends(word, S("?=")));
        assert_true(base64_decode(&bytes, str_sub(word, 10, word.n - 2), BASE64_STD));
        /* each word holds whole characters */
        assert_true(utf8_valid(buf_str(&bytes)));
        buf_add_str(&b, buf_str(&bytes));
    }
    return str_copy(arena, buf_str(&b));
}

/* The base64 of a part of the message, by its type. */
static str alternative(str mail, const char *type)
{
    AUTO(buf) struct buf b = BUF(1 << 20);
    bool ours = false, body = false;
    str line;

    while (str_split(&mail, '\n', &line)) {
        line = str_trim(line);
        if (str_starts(line, S("--=_")))
            ours = body = false;
        else if (str_starts(line, S("Content-Type: ")))
            ours = str_find(line, str_of(type)) > 0;
        else if (ours && !line.n)
            body = true;
        else if (body)
            buf_add_str(&b, line);
    }
    return str_copy(arena, buf_str(&b));
}

static str delivered(const struct mail *m, const char *id)
{
    struct mail_route route = {.maildir = dir};
    char path[256];
    str text;

    assert_int_equal(mail_deliver(&route, m, str_of(id), 1700000000000, NULL), OK);
    snprintf(path, sizeof path, "%s/%s.eml", dir, id);
    assert_int_equal(fs_read(arena, path, 1 << 20, &text, NULL), OK);
    return text;
}

static void test_maildir(void **state)
{
    static const char name[] = "Zoë Ångström von Übergröße, 大使館 посольство سفارة, "
                               "und noch ein langer Name dazu, damit es mehr als ein Wort wird";
    AUTO(buf) struct buf given = BUF(4096), body = BUF(1 << 16);
    struct mail m;

    (void)state;
    /* a line end in a name cannot begin another header */
    buf_printf(&given, "{\"name\":\"%s\\r\\nBcc: evil@x.example\\r\\n\\r\\nHi\",\"place\":\"P\"}",
               name);
    buf_add(&given, "", 1);
    assert_int_equal(write_mail(S("a@b.example"), "ready", "en", given.p, &m), OK);
    str text = delivered(&m, "0001");
    assert_text(part(text, "To: "), "<a@b.example>");
    assert_text(part(text, "From: "), "sifara@localhost");
    assert_text(part(text, "Message-ID: "), "<0001@sifara>");
    assert_text(part(text, "Date: "), "Tue, 14 Nov 2023 22:13:20 +0000");
    assert_text(part(text, "Bcc: "), "");
    assert_text(part(text, "Content-Type: "), "multipart/alternative; boundary=\"=_0001\"");
    assert_text(part(text, "Content-Language: "), "en");
    assert_text(part(text, "List-Unsubscribe: "), "");
    assert_true(str_eq(subject_of(part(text, "Subject: ")), m.subject));
    assert_true(base64_decode(&body, alternative(text, "text/plain"), BASE64_STD));
    assert_true(str_eq(buf_str(&body), m.body));
    /* tried again: the same file, not a second one */
    assert_true(str_eq(delivered(&m, "0001"), text));
}

/* The same as a page: in the direction of its language, what was put in is text, nothing is
 * fetched. */
static void test_page(void **state)
{
    AUTO(buf) struct buf page = BUF(1 << 16);
    struct mail m = {S("a@b.example"), S("<b>&\"</b>"),
                     S("one\ntwo <script>\n\nhttps://x.example/?a=1&b=2 end"), S("ar"),
                     S("https://x.example/v1/notices/abc/stop")};

    (void)state;
    str text = delivered(&m, "0002");
    assert_text(part(text, "List-Unsubscribe: "), "<https://x.example/v1/notices/abc/stop>");
    assert_text(part(text, "List-Unsubscribe-Post: "), "List-Unsubscribe=One-Click");
    assert_true(base64_decode(&page, alternative(text, "text/html"), BASE64_STD));
    str html = buf_str(&page);
    assert_true(str_find(html, S("<html lang=\"ar\" dir=\"rtl\">")) >= 0);
    assert_true(str_find(html, S("<title>&lt;b&gt;&amp;&quot;&lt;/b&gt;</title>")) >= 0);
    assert_true(str_find(html, S("<p>one<br>\ntwo &lt;script&gt;</p>")) >= 0);
    assert_true(str_find(html, S("href=\"https://x.example/?a=1&amp;b=2\">https")) >= 0);
    assert_true(str_find(html, S("src=")) < 0 && str_find(html, S("url(")) < 0);
}

static void test_phone_numbers(void **state)
{
    static const char *const bad[] = {"",
                                      "+",
                                      "35799123456",
                                      "+0579912345",
                                      "+3579912345a",
                                      "+12345",
                                      "+1234567890123456",
                                      "+35799\r\nX: y",
                                      "tel:+35799"};

    (void)state;
    assert_true(phone_valid(S("+35799123456")) && phone_valid(S("+123456789012345")));
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_false(phone_valid(str_of(bad[i])));
}

static void test_no_way(void **state)
{
    struct mail_route nowhere = {.maildir = "/nonexistent/folder"};
    struct mail_route closed = {.smtp_url = "smtp://127.0.0.1:1", .from = "a@b.example"};
    struct mail_route file_url = {.smtp_url = "file:///etc/passwd", .from = "a@b.example"};
    struct mail m = {.to = S("a@b.example"), .subject = S("s"), .body = S("b")};

    (void)state;
    assert_int_not_equal(mail_deliver(&nowhere, &m, S("1"), 0, NULL), OK);
    assert_int_equal(mail_deliver(&closed, &m, S("1"), 0, NULL), ERR_IO);
    assert_int_equal(mail_deliver(&file_url, &m, S("1"), 0, NULL), ERR_IO);
}

static void test_bad_catalogue(void **state)
{
    struct catalogue *c = NULL;

    (void)state;
    assert_int_equal(catalogue_load("/nonexistent", &c, NULL), ERR_IO);
    file("xx.json", "{\"open\":");
    assert_int_equal(catalogue_load(dir, &c, NULL), ERR_MALFORMED_JSON);
    assert_null(c);
}

static int begin(void **state)
{
    (void)state;
    test_folder(dir);
    arena = arena_new(8 << 20);
    file("en.json", "{\"yes\":\"yes\",\"only.english\":\"only here\","
                    "\"mail.ready.subject\":\"Ready: {name}\","
                    "\"mail.ready.body\":\"{name} in {place}, {n} times {nothing} {\"}");
    file("de.json", "{\"yes\":\"ja\",\"mail.ready.subject\":\"Fertig: {name}\"}");
    file("notes.txt", "{\"yes.txt\":\"no catalogue\"}");
    return catalogue_load(dir, &words, NULL) == OK && arena ? 0 : -1;
}

static int finish(void **state)
{
    (void)state;
    catalogue_free(words);
    arena_free(arena);
    test_folder_remove(dir);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fallback),      cmocka_unit_test(test_names_in_braces),
        cmocka_unit_test(test_addresses),     cmocka_unit_test(test_too_long),
        cmocka_unit_test(test_maildir),       cmocka_unit_test(test_no_way),
        cmocka_unit_test(test_page),          cmocka_unit_test(test_phone_numbers),
        cmocka_unit_test(test_bad_catalogue),
    };

    return cmocka_run_group_tests(tests, begin, finish);
}
