/* a seal's whole life: keys, certificates, lists, print, picture, verdict */
#include <math.h>
#include <openssl/evp.h>

#include "base/encode.h"
#include "base/testing.h"
#include "paper/barcode.h"
#include "paper/pki.h"
#include "paper/render.h"
#include "paper/trust.h"

#define NOW INT64_C(1795460000000) /* 2026-11-23 */
#define DAY INT64_C(86400000)

static const struct pki_validity years = {NOW - 400 * DAY, NOW + 3000 * DAY};

/* A state: its authority and one signer. */
struct state {
    EVP_PKEY *authority_key, *signer_key;
    struct buf authority, signer;
};

static void state_new(struct state *s, const char *country, uint64_t serial,
                      const struct pki_validity *validity)
{
    struct pki_name ca = {country, "Ministry of Foreign Affairs", "Seal Authority"};
    struct pki_name ts = {country, "Ministry of Foreign Affairs", "TS"};
    struct fault f = {0};

    s->authority = s->signer = BUF(8192);
    s->authority_key = pki_key_new();
    s->signer_key = pki_key_new();
    assert_int_equal(pki_authority_new(s->authority_key, &ca, &years, &s->authority, &f), OK);
    if (pki_signer_new(s->authority_key, buf_str(&s->authority), s->signer_key, &ts, serial,
                       validity, &s->signer, &f) != OK)
        fail_msg("%s", f.detail);
}

static void state_done(struct state *s)
{
    EVP_PKEY_free(s->authority_key);
    EVP_PKEY_free(s->signer_key);
    buf_done(&s->authority);
    buf_done(&s->signer);
}

/* The trust list of one authority and one signer. */
static struct trust *trust_of(str code, const struct state *authority, const struct state *signer)
{
    AUTO(buf) struct buf text = BUF(1 << 16);
    struct trust_authority a = {code, buf_str(&authority->authority)};
    str s = buf_str(&signer->signer);
    struct jw w = JW(&text);
    struct trust *t = NULL;
    struct fault f = {0};

    assert_int_equal(trust_write(&w, NOW, &a, 1, &s, 1, &f), OK);
    if (trust_parse(buf_str(&text), &t, &f) != OK)
        fail_msg("%s %s", f.pointer, f.detail);
    return t;
}

static void emergency(const struct state *s, const char *reference, struct buf *out)
{
    AUTO(arena) struct arena *a = arena_new(1 << 20);
    struct vds v = {.raw_version = 3,
                    .country = "UTO",
                    .signer = "XUTS",
                    .issued = {2026, 11, 23},
                    .signed_on = {2026, 11, 23},
                    .ref = VDS_REF_EMERGENCY_TRAVEL};
    struct fault f = {0};

    strcpy(v.reference, reference);
    assert_int_equal(vds_add(&v, a, S("MRZ"),
                             S("PUUTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\n"
                               "D231458907UTO7408122F2704159<<<<<<<6"),
                             &f),
                     OK);
    if (vds_encode(&v, pki_sign_with, s->signer_key, out, &f) != OK)
        fail_msg("%s", f.detail);
}

static enum seal_verdict verdict(str seal, const struct trust *t, const struct revocations *r,
                                 int64_t now)
{
    struct vds v;

    assert_int_equal(vds_decode(seal, &v, NULL), OK);
    return seal_check(&v, t, r, now);
}

static void test_verdicts(void **state)
{
    struct state utopia, other, shortly;
    AUTO(buf) struct buf seal = BUF(VDS_MAX);
    AUTO(buf) struct buf shorter = BUF(VDS_MAX);
    struct vds v;

    (void)state;
    state_new(&utopia, "XU", 0x5b, &years);
    state_new(&other, "XU", 0x5b, &years);
    state_new(&shortly, "XU", 0x5b, &(struct pki_validity){NOW - 9 * DAY, NOW + 9 * DAY});
    emergency(&utopia, "5B", &seal);
    emergency(&shortly, "05B", &shorter);
    struct trust *t = trust_of(S("UTO"), &utopia, &utopia);
    struct trust *wrong_ca = trust_of(S("UTO"), &other, &utopia);
    struct trust *wrong_key = trust_of(S("UTO"), &other, &other);
    struct trust *wrong_state = trust_of(S("XAR"), &utopia, &utopia);
    struct trust *brief = trust_of(S("UTO"), &shortly, &shortly);

    assert_int_equal(verdict(buf_str(&seal), t, NULL, NOW), SEAL_VALID);
    assert_int_equal(verdict(buf_str(&seal), wrong_ca, NULL, NOW), SEAL_UNTRUSTED_SIGNER);
    assert_int_equal(verdict(buf_str(&seal), wrong_state, NULL, NOW), SEAL_UNTRUSTED_SIGNER);
    assert_int_equal(verdict(buf_str(&seal), wrong_key, NULL, NOW), SEAL_BAD_SIGNATURE);
    assert_int_equal(verdict(buf_str(&shorter), brief, NULL, NOW), SEAL_VALID);
    assert_int_equal(verdict(buf_str(&shorter), brief, NULL, NOW + 10 * DAY), SEAL_SIGNER_EXPIRED);
    assert_int_equal(verdict(buf_str(&seal), t, NULL, NOW - 3 * DAY), SEAL_SIGNER_EXPIRED);

    assert_int_equal(vds_decode(buf_str(&seal), &v, NULL), OK);
    assert_false(seal_document_outdated(&v, NOW));
    assert_true(seal_document_outdated(&v, NOW + 200 * DAY)); /* the zone says 2027-04-15 */

    unsigned refused = 0;
    for (size_t i = 0; i < seal.n; i++, refused++) { /* any byte changed */
        seal.p[i] ^= 1;
        if (vds_decode(buf_str(&seal), &v, NULL) == OK)
            assert_int_not_equal(seal_check(&v, t, NULL, NOW), SEAL_VALID);
        seal.p[i] ^= 1;
    }
    print_message("%u changed bytes noticed\n", refused);
    trust_free(t);
    trust_free(wrong_ca);
    trust_free(wrong_key);
    trust_free(wrong_state);
    trust_free(brief);
    state_done(&utopia);
    state_done(&other);
    state_done(&shortly);
}

static void test_revocations(void **state)
{
    struct state utopia, other;
    AUTO(buf) struct buf seal = BUF(VDS_MAX);
    AUTO(buf) struct buf list = BUF(1 << 16);
    AUTO(buf) struct buf documents = BUF(1 << 16);
    struct revocations *r = NULL, *d = NULL;
    struct fault f = {0};
    struct vds v;
    char id[33], document[33];

    (void)state;
    state_new(&utopia, "XU", 0x5b, &years);
    state_new(&other, "XU", 0x5b, &years);
    emergency(&utopia, "5B", &seal);
    struct trust *t = trust_of(S("UTO"), &utopia, &utopia);
    struct trust *strange = trust_of(S("UTO"), &other, &other);
    struct trust *far = trust_of(S("XAR"), &other, &other);
    assert_int_equal(vds_decode(buf_str(&seal), &v, NULL), OK);
    vds_id(&v, id);
    revocation_document_id(S("UTO"), S("D23145890"), document);
    const struct revocation by_seal[] = {
        {S("00112233445566778899aabbccddeeff"), false, {2026, 1, 2}},
        {str_of(id), false, {2026, 11, 24}}};
    const struct revocation by_number = {str_of(document), true, {2026, 11, 24}};

    assert_int_equal(revocations_write(S("UTO"), 7, NOW, by_seal, 2, pki_sign_with,
                                       utopia.authority_key, &list, &f),
                     OK);
    assert_int_equal(revocations_write(S("UTO"), 8, NOW, &by_number, 1, pki_sign_with,
                                       utopia.authority_key, &documents, &f),
                     OK);
    if (revocations_parse(buf_str(&list), t, &r, &f) != OK)
        fail_msg("%s %s", f.pointer, f.detail);
    assert_int_equal(revocations_parse(buf_str(&documents), t, &d, &f), OK);
    assert_int_equal(revocations_number(r), 7);
    assert_int_equal(verdict(buf_str(&seal), t, r, NOW), SEAL_REVOKED);
    assert_int_equal(verdict(buf_str(&seal), t, d, NOW), SEAL_REVOKED);
    assert_int_equal(verdict(buf_str(&seal), t, NULL, NOW), SEAL_VALID);
    revocations_free(r);
    revocations_free(d);

    assert_int_equal(revocations_parse(buf_str(&list), strange, &r, &f), ERR_BAD_SIGNATURE);
    assert_int_equal(revocations_parse(buf_str(&list), far, &r, &f), ERR_UNTRUSTED);
    ptrdiff_t at = str_find(buf_str(&list), S("\"number\":7"));
    assert_true(at > 0);
    list.p[at + 9] = '6';
    assert_int_equal(revocations_parse(buf_str(&list), t, &r, &f), ERR_BAD_SIGNATURE);
    assert_int_equal(revocations_parse(S("{}"), t, &r, &f), ERR_SCHEMA);
    trust_free(t);
    trust_free(strange);
    trust_free(far);
    state_done(&utopia);
    state_done(&other);
}

static void test_bad_lists(void **state)
{
    static const struct {
        str text;
        enum err e;
    } bad[] = {
        {S(""), ERR_MALFORMED_JSON},
        {S("{}"), ERR_SCHEMA},
        {S("{\"format\":\"sifara-trust-list/1\",\"authorities\":[{}],\"signers\":[]}"),
         ERR_INVALID},
        {S("{\"format\":\"sifara-trust-list/1\",\"authorities\":[],\"signers\":[{\"certificate\":"
           "\"MAA=\"}]}"),
         ERR_INVALID},
    };
    struct trust *t = NULL;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_int_equal(trust_parse(bad[i].text, &t, NULL), bad[i].e);
    assert_null(t);
}

/* --- print and read ------------------------------------------------------------------------ */

static const char page[] =
    "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"210mm\" height=\"297mm\" "
    "viewBox=\"0 0 210 297\"><rect width=\"210\" height=\"297\" fill=\"#fdfcf8\"/>"
    "<text id=\"t\" x=\"20\" y=\"40\" font-family=\"Noto Sans\" font-size=\"8\">Certificate</text>"
    "<rect id=\"b\" x=\"20\" y=\"60\" width=\"170\" height=\"100\" fill=\"none\" data-size=\"4\" "
    "data-text=\"{{text}}\"/>"
    "<rect id=\"seal\" x=\"150\" y=\"220\" width=\"34\" height=\"34\" fill=\"none\"/></svg>";

static void print_seal(str seal, const char *folder, const char *name)
{
    AUTO(buf) struct buf text = BUF(8192);
    AUTO(buf) struct buf pdf = BUF(RENDER_PDF_MAX);
    char path[128];
    struct fault f = {0};

    for (unsigned i = 0; i < 60; i++)
        buf_printf(&text, "Text around the seal must not keep it from being found, line %u. ", i);
    struct render_value value = {S("text"), buf_str(&text)};
    struct render_in in = {
        .template_svg = str_of(page), .values = &value, .n = 1, .seal = seal, .created_ms = NOW};
    if (render_pdf(&in, &pdf, &f) != OK)
        fail_msg("%s %s", f.pointer, f.detail);
    snprintf(path, sizeof path, "%s/%s.pdf", folder, name);
    FILE *out = fopen(path, "wb");
    assert_non_null(out);
    assert_int_equal(fwrite(pdf.p, 1, pdf.n, out), pdf.n);
    fclose(out);
}

static void read_back(const char *path, str seal)
{
    AUTO(buf) struct buf got = BUF(VDS_MAX);
    struct fault f = {0};

    if (seal_read_image(path, &got, &f) != OK)
        fail_msg("%s: %s", path, f.detail);
    assert_true(str_eq(buf_str(&got), seal));
}

/* Seals of several sizes, on paper, scanned at several resolutions. */
static void test_paper(void **state)
{
    char folder[] = "/tmp/seal-XXXXXX", path[128], command[512];
    struct state utopia;
    unsigned ran = 0;

    (void)state;
    if (system("pdftoppm -v >/dev/null 2>&1") != 0)
        skip();
    test_folder(folder);
    state_new(&utopia, "XU", 0x5b, &years);
    struct trust *t = trust_of(S("UTO"), &utopia, &utopia);
    AUTO(buf) struct buf seal = BUF(VDS_MAX);
    emergency(&utopia, "5B", &seal);
    print_seal(buf_str(&seal), folder, "etd");
    snprintf(path, sizeof path, "%s/etd.pdf", folder);
    read_back(path, buf_str(&seal));
    for (unsigned dpi = 150; dpi <= 300; dpi += 50, ran++) {
        snprintf(command, sizeof command, "pdftoppm -r %u -singlefile -png %s/etd.pdf %s/etd-%u",
                 dpi, folder, folder, dpi);
        assert_int_equal(system(command), 0);
        snprintf(path, sizeof path, "%s/etd-%u.png", folder, dpi);
        read_back(path, buf_str(&seal));
        assert_int_equal(verdict(buf_str(&seal), t, NULL, NOW), SEAL_VALID);
    }
    snprintf(command, sizeof command,
             "pdftoppm -r 200 -singlefile -jpeg -jpegopt quality=50 %s/etd.pdf %s/etd", folder,
             folder);
    assert_int_equal(system(command), 0);
    snprintf(path, sizeof path, "%s/etd.jpg", folder);
    read_back(path, buf_str(&seal));
    print_message("read from a PDF, %u scans and a photograph's format\n", ran);
    seal.p[30] ^= 4; /* a forger prints a changed seal */
    print_seal(buf_str(&seal), folder, "forged");
    snprintf(path, sizeof path, "%s/forged.pdf", folder);
    read_back(path, buf_str(&seal));
    assert_int_equal(verdict(buf_str(&seal), t, NULL, NOW), SEAL_BAD_SIGNATURE);
    trust_free(t);
    state_done(&utopia);
    test_folder_remove(folder);
}

/* --- photographs ----------------------------------------------------------------------------- */

/* A symbol as a camera sees it: turned, slanted, blurred, on grey paper with uneven light. */
struct camera {
    double degrees, slant, module;
    unsigned blur;
};

static double dark_at(const struct datamatrix *m, double x, double y)
{
    if (x < 0 || y < 0 || x >= m->n || y >= m->n)
        return 0;
    return m->dark[(unsigned)y * m->n + (unsigned)x];
}

static void photograph(const struct datamatrix *m, const struct camera *cam, uint8_t *out,
                       size_t side)
{
    double angle = cam->degrees * acos(-1) / 180, middle = (double)side / 2;

    for (size_t y = 0; y < side; y++)
        for (size_t x = 0; x < side; x++) {
            double sum = 0;
            for (unsigned k = 0; k < 16; k++) { /* four by four rays to a pixel */
                double px = (double)x + (k % 4 + 0.5) / 4 - middle;
                double py = (double)y + (k / 4 + 0.5) / 4 - middle;
                double depth = 1 + cam->slant * py / middle;
                double u = (px * cos(angle) + py * sin(angle)) * depth / cam->module;
                double v = (py * cos(angle) - px * sin(angle)) * depth / cam->module;
                sum += dark_at(m, u + m->n / 2.0, v + m->n / 2.0);
            }
            double light = 200 - 60.0 * (double)x / (double)side;
            out[y * side + x] = (uint8_t)(light - sum / 16 * (light - 30));
        }
}

static void blur(uint8_t *p, size_t side, unsigned times)
{
    uint8_t *copy = malloc(side * side);

    assert_non_null(copy);
    for (unsigned t = 0; t < times; t++) {
        memcpy(copy, p, side * side);
        for (size_t y = 1; y + 1 < side; y++)
            for (size_t x = 1; x + 1 < side; x++) {
                unsigned sum = 0;
                for (unsigned k = 0; k < 9; k++)
                    sum += copy[(y + k / 3 - 1) * side + x + k % 3 - 1];
                p[y * side + x] = (uint8_t)(sum / 9);
            }
    }
    free(copy);
}

static void test_photographs(void **state)
{
    static const struct camera cameras[] = {
        {0, 0, 5, 0},   {0, 0, 4, 1},    {7, 0, 5, 1},     {30, 0, 6, 1},    {90, 0, 4, 0},
        {183, 0, 5, 1}, {0, 0.05, 6, 1}, {12, 0.04, 6, 1}, {-4, 0.08, 7, 2},
    };
    struct state utopia;
    AUTO(buf) struct buf seal = BUF(VDS_MAX);
    struct datamatrix m;
    unsigned read = 0;

    (void)state;
    state_new(&utopia, "XU", 0x5b, &years);
    emergency(&utopia, "5B", &seal);
    assert_int_equal(datamatrix_write(buf_str(&seal), &m, NULL), OK);
    for (size_t i = 0; i < ARRAY_LEN(cameras); i++) {
        size_t side = 700;
        uint8_t *p = malloc(side * side);
        AUTO(buf) struct buf got = BUF(VDS_MAX);
        assert_non_null(p);
        photograph(&m, &cameras[i], p, side);
        blur(p, side, cameras[i].blur);
        if (seal_read_pixels(p, side, side, &got, NULL) == OK &&
            str_eq(buf_str(&got), buf_str(&seal)))
            read++;
        else
            print_message("photograph %zu was not read\n", i);
        free(p);
    }
    print_message("%u of %zu photographs read\n", read, ARRAY_LEN(cameras));
    assert_int_equal(read, ARRAY_LEN(cameras));
    state_done(&utopia);
}

/* Symbols of all lengths come back byte for byte. */
static void test_lengths(void **state)
{
    struct state utopia;
    unsigned ran = 0;

    (void)state;
    state_new(&utopia, "XU", 0x5b, &years);
    for (size_t extra = 1; extra <= 160; extra += 53, ran++) {
        AUTO(arena) struct arena *a = arena_new(1 << 20);
        AUTO(buf) struct buf seal = BUF(VDS_MAX);
        AUTO(buf) struct buf got = BUF(VDS_MAX);
        struct vds v = {.raw_version = 3,
                        .country = "UTO",
                        .signer = "XUTS",
                        .reference = "5B",
                        .signed_on = {2026, 11, 23},
                        .ref = VDS_REF_ADMINISTRATIVE};
        char holder[161];
        struct datamatrix m;
        memset(holder, 'a', sizeof holder);
        assert_int_equal(
            vds_add(&v, a, S("DOC_PROFILE_NUMBER"), S("3b0a5e1c527d4c0e8f216a9d41c70003"), NULL),
            OK);
        assert_int_equal(vds_add(&v, a, S("DOCUMENT_NUMBER"), S("UTO-2026-000042"), NULL), OK);
        assert_int_equal(
            vds_add(&v, a, S("TITLE"), S("\xd8\xb4\xd9\x87\xd8\xa7\xd8\xaf\xd8\xa9"), NULL), OK);
        assert_int_equal(vds_add(&v, a, S("HOLDER"), str_bytes(holder, extra), NULL), OK);
        assert_int_equal(vds_encode(&v, pki_sign_with, utopia.signer_key, &seal, NULL), OK);
        assert_int_equal(datamatrix_write(buf_str(&seal), &m, NULL), OK);
        size_t side = (m.n + 8) * 4;
        uint8_t *p = malloc(side * side);
        assert_non_null(p);
        photograph(&m, &(struct camera){0, 0, 4, 0}, p, side);
        if (seal_read_pixels(p, side, side, &got, NULL) != OK)
            fail_msg("%zu bytes in %u modules", seal.n, m.n);
        assert_true(str_eq(buf_str(&got), buf_str(&seal)));
        free(p);
    }
    print_message("%u sizes\n", ran);
    state_done(&utopia);
}

static void test_no_seal(void **state)
{
    AUTO(buf) struct buf got = BUF(VDS_MAX);
    uint8_t grey[64 * 64] = {0};

    (void)state;
    assert_int_equal(seal_read_pixels(grey, 64, 64, &got, NULL), ERR_NOT_FOUND);
    assert_int_equal(seal_read_pixels(grey, 0, 64, &got, NULL), ERR_LIMIT);
    assert_int_equal(seal_read_bytes(S("GIF89a"), &got, NULL), ERR_MEDIA_TYPE);
    assert_int_equal(seal_read_bytes(S("%PDF-1.7 nothing"), &got, NULL), ERR_MALFORMED_TEXT);
    assert_int_equal(seal_read_bytes(S("\x89PNG\r\n\x1a\nnothing"), &got, NULL),
                     ERR_MALFORMED_TEXT);
    assert_int_equal(seal_read_image("/nowhere", &got, NULL), ERR_IO);
}

/* fontconfig, used by pango and poppler, keeps what it loaded to the end of the process */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libfontconfig\nleak:libpangoft2\n";
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_verdicts),    cmocka_unit_test(test_revocations),
        cmocka_unit_test(test_bad_lists),   cmocka_unit_test(test_paper),
        cmocka_unit_test(test_photographs), cmocka_unit_test(test_lengths),
        cmocka_unit_test(test_no_seal),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
