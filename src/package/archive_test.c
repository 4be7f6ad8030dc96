/* the archive of a package: the same bytes for the same files, and each other archive refused */
#include "package/archive.h"

#include <stdio.h>
#include <sys/stat.h>

#include "base/testing.h"

static struct arena *a;

static int set_up(void **state)
{
    (void)state;
    return (a = arena_new(128 << 20)) ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    arena_free(a);
    return 0;
}

static struct package_archive sample(void)
{
    return (struct package_archive){
        .manifest = S("{}"),
        .note = S("note\n"),
        .files = {.n = 3,
                  .list = {{S("documents/card.svg"), S("<svg/>")},
                           {S("form.json"), S("{\"type\":\"object\"}")},
                           {S("words.en.json"), S("")}}},
    };
}

static str archive_of(const struct package_archive *archive)
{
    AUTO(buf) struct buf b = BUF(PACKAGE_ARCHIVE_BYTES);

    assert_int_equal(package_archive_write(&b, archive, NULL), OK);
    return str_copy(a, buf_str(&b));
}

static void assert_refused(str bytes, enum err want, const char *sentence)
{
    /* as many bytes as there are and no more, so that a sanitizer sees a read beyond them */
    char *exact = malloc(bytes.n ? bytes.n : 1);
    struct package_archive out;
    struct fault f = {0};

    memcpy(exact, bytes.p ? bytes.p : "", bytes.n);
    enum err e = package_archive_read(str_bytes(exact, bytes.n), &out, &f);
    free(exact);
    if (e != want || !strstr(f.detail, sentence))
        fail_msg("wanted '%s', got %d: %s", sentence, (int)e, f.detail);
}

static void test_round_trip(void **state)
{
    struct package_archive in = sample(), out;
    str bytes = archive_of(&in);

    (void)state;
    /* five headers, four files of one block and an empty one, two blocks of zeros */
    assert_int_equal(bytes.n, (5 + 4 + 2) * PACKAGE_BLOCK);
    assert_int_equal(package_archive_read(bytes, &out, NULL), OK);
    assert_true(str_eq(out.manifest, in.manifest) && str_eq(out.note, in.note));
    assert_int_equal(out.files.n, in.files.n);
    for (size_t i = 0; i < in.files.n; i++) {
        assert_true(str_eq(out.files.list[i].name, in.files.list[i].name));
        assert_true(str_eq(out.files.list[i].bytes, in.files.list[i].bytes));
    }
    assert_true(str_eq(archive_of(&out), bytes));
}

/* The sum is set right again, so that what is behind it is reached. */
static void set_sum(char *h)
{
    unsigned sum = 0;

    memset(h + 148, ' ', 8);
    for (size_t i = 0; i < PACKAGE_BLOCK; i++)
        sum += (unsigned char)h[i];
    snprintf(h + 148, 7, "%06o", sum);
}

/* The sample with bytes of the header at block changed. */
static str changed(size_t block, size_t at, const void *bytes, size_t n)
{
    struct package_archive in = sample();
    str whole = archive_of(&in);
    char *h = (char *)whole.p + block * PACKAGE_BLOCK;

    memcpy(h + at, bytes, n);
    set_sum(h);
    return whole;
}

enum { FORM = 6 }; /* the block of form.json's header */

static const struct {
    size_t at;
    const char *bytes;
    size_t n;
    const char *sentence;
} headers[] = {
    {0, "/etc/passwd", 12, "absolute path"},
    {0, "../form.json", 13, "climbs out"},
    {0, "documents/../../x", 18, "climbs out"},
    {0, "a\\b", 4, "does not belong"},
    {0, "Form.json", 10, "does not belong"},
    {0, "other/form.json", 16, "does not belong"},
    {0, "documents/a/b", 14, "does not belong"},
    {0, ".hidden", 8, "does not belong"},
    {0, "form.json.", 11, "does not belong"},
    {0, "-rf", 4, "does not belong"},
    {0, "\0orm.json", 9, "does not belong"},
    {0, "f\xc3\xb6rm.json", 11, "does not belong"},
    {0, "form.json\0x", 11, "not as a package is written: name"},
    {0, "documents/card.svg", 19, "there twice"},
    {0, "documents/a.svg", 16, "not in the order"},
    {0, "manifest.json", 14, "there twice"},
    {345, "a", 1, "two parts"},
    {345, "\0a", 2, "written: prefix"},
    {156, "\0", 1, "not a regular file"},
    {156, "1", 1, "hard link"},
    {156, "2", 1, "symbolic link"},
    {156, "3", 1, "a device"},
    {156, "4", 1, "a device"},
    {156, "5", 1, "entry for a folder"},
    {156, "6", 1, "a pipe"},
    {156, "7", 1, "not a regular file"},
    {156, "x", 1, "pax header"},
    {156, "g", 1, "pax header"},
    {156, "S", 1, "sparse"},
    {156, "L", 1, "long name"},
    {156, "K", 1, "long name"},
    {257, "ustar  ", 8, "GNU tar"},
    {257, "\0\0\0\0\0\0\0", 8, "not a POSIX ustar"},
    {124, "\x80\0\0\0\0\0\0\0\0\0\0\x11", 12, "octal"},
    {124, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 12, "octal"},
    {124, "        21 ", 12, "octal"},
    {124, "00000000018", 12, "octal"},
    {124, "77777777777", 12, "too large"},
    {124, "00020000001", 12, "too large"},
    {124, "00020000000", 12, "cut short"},
    {124, "00000000020", 12, "hidden behind"},
    {100, "0000755", 8, "written: mode"},
    {100, "0104644", 8, "written: mode"},
    {108, "0001750", 8, "written: uid"},
    {116, "0001750", 8, "written: gid"},
    {136, "14000000000", 12, "written: mtime"},
    {157, "x", 1, "written: linkname"},
    {265, "root", 5, "written: uname"},
    {297, "root", 5, "written: gname"},
    {329, "\0", 1, "written: devmajor"},
    {337, "0000001", 8, "written: devminor"},
    {511, "x", 1, "written: the end"},
};

static void test_headers(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(headers); i++)
        assert_refused(changed(FORM, headers[i].at, headers[i].bytes, headers[i].n),
                       strstr(headers[i].sentence, "too large") ? ERR_LIMIT : ERR_MALFORMED_TEXT,
                       headers[i].sentence);
    assert_refused(changed(0, 0, "manifest.jsom", 13), ERR_MALFORMED_TEXT, "manifest.json belongs");
    assert_refused(changed(2, 0, "manifest.nota", 13), ERR_MALFORMED_TEXT, "manifest.note belongs");
}

static void test_every_cut(void **state)
{
    struct package_archive in = sample();
    str whole = archive_of(&in);

    (void)state;
    for (size_t n = 0; n < whole.n; n++)
        assert_refused(str_sub(whole, 0, n), ERR_MALFORMED_TEXT, "");
    assert_refused(str_sub(whole, 0, 700), ERR_MALFORMED_TEXT, "cut short");
    assert_refused(str_sub(whole, 0, whole.n - 1), ERR_MALFORMED_TEXT, "cut short");
    assert_refused(str_sub(whole, 0, 0), ERR_MALFORMED_TEXT, "cut short");
}

/* There is no bit of the archive that could be another one, but those of the files themselves. */
static void test_every_bit(void **state)
{
    struct package_archive in = sample(), out;
    str whole = archive_of(&in);
    size_t accepted = 0, inside = in.manifest.n + in.note.n;

    (void)state;
    for (size_t i = 0; i < in.files.n; i++)
        inside += in.files.list[i].bytes.n;
    for (size_t bit = 0; bit < whole.n * 8; bit++) {
        char *byte = (char *)whole.p + bit / 8;
        *byte = (char)(*byte ^ (1 << bit % 8));
        if (package_archive_read(whole, &out, NULL) == OK)
            accepted++;
        *byte = (char)(*byte ^ (1 << bit % 8));
    }
    assert_int_equal(accepted, inside * 8);
}

static void test_sum_and_tail(void **state)
{
    struct package_archive in = sample();
    AUTO(buf) struct buf b = BUF(1 << 20);
    str whole = archive_of(&in);

    (void)state;
    buf_add_str(&b, whole);
    buf_add_char(&b, 'x');
    assert_refused(buf_str(&b), ERR_MALFORMED_TEXT, "behind the end");
    b.p[b.n - 1] = 0;
    assert_refused(buf_str(&b), ERR_MALFORMED_TEXT, "more zeros");
    buf_clear(&b);
    buf_add_str(&b, str_sub(whole, 0, whole.n - PACKAGE_BLOCK));
    buf_add_str(&b, whole);
    assert_refused(buf_str(&b), ERR_MALFORMED_TEXT, "behind the end");
    ((char *)whole.p)[FORM * PACKAGE_BLOCK + 150] ^= 1;
    assert_refused(whole, ERR_MALFORMED_TEXT, "checksum");
    char *zeros = calloc(1, 4 * PACKAGE_BLOCK);
    assert_refused(str_bytes(zeros, 4 * PACKAGE_BLOCK), ERR_MALFORMED_TEXT,
                   "manifest.json is missing");
    free(zeros);
}

static void test_limits(void **state)
{
    struct package_archive in = {.manifest = S("{}"), .note = S("n")};
    char *large = calloc(1, PACKAGE_FILE_BYTES);
    AUTO(buf) struct buf b = BUF(PACKAGE_ARCHIVE_BYTES + (size_t)4096);

    (void)state;
    for (; in.files.n < 5; in.files.n++)
        in.files.list[in.files.n] = (struct package_file){str_printf(a, "f%zu", in.files.n),
                                                          str_bytes(large, PACKAGE_FILE_BYTES)};
    assert_int_equal(package_archive_write(&b, &in, NULL), ERR_MEMORY_LIMIT);
    in.files.list[4].bytes.n = 1;
    buf_done(&b);
    b = BUF(PACKAGE_ARCHIVE_BYTES);
    assert_int_equal(package_archive_write(&b, &in, NULL), OK);
    assert_refused(buf_str(&b), ERR_LIMIT, "have more than");
    in.files.n = 0;
    in.manifest = str_bytes(large, PACKAGE_MANIFEST_BYTES + 1);
    buf_clear(&b);
    assert_int_equal(package_archive_write(&b, &in, NULL), OK);
    assert_refused(buf_str(&b), ERR_LIMIT, "manifest.json is too large");
    free(large);
}

/* ---- folders ------------------------------------------------------------------------------ */

static void put(const char *folder, const char *name, const char *text)
{
    char path[512];

    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static void at(const char *folder, const char *name, char out[512])
{
    snprintf(out, 512, "%s/%s", folder, name);
}

static void assert_folder_refused(const char *folder, const char *name, enum err want,
                                  const char *sentence)
{
    struct package_files files;
    struct fault f = {0};
    char path[512];

    enum err e = package_read_folder(a, folder, &files, &f);
    if (e != want || !strstr(f.detail, sentence) || !strstr(f.detail, name))
        fail_msg("%s: wanted '%s', got %d: %s", name, sentence, (int)e, f.detail);
    at(folder, name, path);
    assert_int_equal(remove(path), 0);
}

static void test_a_folder(void **state)
{
    char folder[] = "/tmp/sifara-package-XXXXXX", path[512], other[512];
    struct package_files files;

    (void)state;
    test_folder(folder);
    at(folder, "documents", path);
    assert_int_equal(mkdir(path, 0755), 0);
    put(folder, "words.ar.json", "{}");
    put(folder, "form.json", "true");
    put(folder, "documents/card.svg", "<svg/>");
    assert_int_equal(package_read_folder(a, folder, &files, NULL), OK);
    assert_int_equal(files.n, 3);
    assert_true(str_eq(files.list[0].name, S("documents/card.svg")));
    assert_true(str_eq(files.list[1].name, S("form.json")));
    assert_true(str_eq(files.list[2].name, S("words.ar.json")));
    assert_true(str_eq(package_file(&files, S("form.json"))->bytes, S("true")));
    assert_null(package_file(&files, S("form.jso")));

    at(folder, "rules.json", path);
    assert_int_equal(symlink("/etc/passwd", path), 0);
    assert_folder_refused(folder, "rules.json", ERR_INVALID, "symbolic link");
    at(folder, "form.json", other);
    assert_int_equal(symlink(other, path), 0);
    assert_folder_refused(folder, "rules.json", ERR_INVALID, "symbolic link");
    assert_int_equal(mkfifo(path, 0644), 0);
    assert_folder_refused(folder, "rules.json", ERR_INVALID, "a pipe");
    assert_int_equal(mkdir(path, 0755), 0);
    assert_folder_refused(folder, "rules.json", ERR_INVALID, "a folder");
    at(folder, "documents/inner", path);
    assert_int_equal(mkdir(path, 0755), 0);
    assert_folder_refused(folder, "documents/inner", ERR_INVALID, "a folder");
    put(folder, "Notes.txt", "");
    assert_folder_refused(folder, "Notes.txt", ERR_INVALID, "does not belong");
    put(folder, ".git", "");
    assert_folder_refused(folder, ".git", ERR_INVALID, "does not belong");
    put(folder, "large.json", "");
    at(folder, "large.json", path);
    assert_int_equal(truncate(path, PACKAGE_FILE_BYTES + 1), 0);
    assert_folder_refused(folder, "large.json", ERR_LIMIT, "too large");
    assert_int_equal(package_read_folder(a, folder, &files, NULL), OK);
    test_folder_remove(folder);
    assert_int_equal(package_read_folder(a, folder, &files, NULL), ERR_NOT_FOUND);
}

static void test_folder_of_many(void **state)
{
    char folder[] = "/tmp/sifara-package-XXXXXX", name[32];
    struct package_files files;
    struct fault f = {0};

    (void)state;
    test_folder(folder);
    for (int i = 0; i <= PACKAGE_FILES; i++) {
        snprintf(name, sizeof name, "f%d.json", i);
        put(folder, name, "0");
    }
    assert_int_equal(package_read_folder(a, folder, &files, &f), ERR_LIMIT);
    assert_non_null(strstr(f.detail, "more than"));
    test_folder_remove(folder);
}

static void test_names(void **state)
{
    (void)state;
    assert_true(package_name_known(S("service.json")));
    assert_true(package_name_known(S("words.ar.json")));
    assert_true(package_name_known(S("words.ckb.json")));
    assert_true(package_name_known(S("documents/card.svg")));
    assert_false(package_name_known(S("words..json")));
    assert_false(package_name_known(S("words.json")));
    assert_false(package_name_known(S("words.A1.json")));
    assert_false(package_name_known(S("manifest.json")));
    assert_false(package_name_known(S("documents/")));
    assert_false(package_name_known(S("documents/../form.json")));
    assert_false(package_name_known(S("documents/card.png")));
    assert_false(package_name_known(S("program.sh")));
    assert_false(package_name_valid(S("")));
    assert_false(
        package_name_valid(S("a23456789012345678901234567890123456789012345678901234567890.json")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),   cmocka_unit_test(test_headers),
        cmocka_unit_test(test_every_cut),    cmocka_unit_test(test_every_bit),
        cmocka_unit_test(test_sum_and_tail), cmocka_unit_test(test_limits),
        cmocka_unit_test(test_a_folder),     cmocka_unit_test(test_folder_of_many),
        cmocka_unit_test(test_names),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
