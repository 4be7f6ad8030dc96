#include "package/manifest.h"

#include <stdio.h>

#include "base/encode.h"

enum { TEXT_MAX = 1000, LIST_MAX = 32, NAME_MAX_BYTES = 64, DIGEST_TEXT = 64 };

/* Deep enough for what a manifest says, and no deeper. */
static const struct json_limits manifest_limits = {.depth = 8, .count = 2000};

/* ---- forms of values ---------------------------------------------------------------------- */

bool package_version_parse(str text, uint32_t out[3])
{
    str rest = text, piece;
    int64_t v;

    for (int i = 0; i < 3; i++) {
        if (!str_split(&rest, '.', &piece) || piece.n == 0 || piece.n > 9 || piece.p[0] == '-' ||
            (piece.n > 1 && piece.p[0] == '0') || !str_to_int64(piece, &v))
            return false;
        out[i] = (uint32_t)v;
    }
    return rest.p == NULL;
}

int package_version_cmp(str a, str b)
{
    uint32_t x[3] = {0}, y[3] = {0};

    (void)package_version_parse(a, x);
    (void)package_version_parse(b, y);
    for (int i = 0; i < 3; i++)
        if (x[i] != y[i])
            return x[i] < y[i] ? -1 : 1;
    return 0;
}

bool package_state_valid(str code)
{
    return code.n == 2 && code.p[0] >= 'A' && code.p[0] <= 'Z' && code.p[1] >= 'A' &&
           code.p[1] <= 'Z';
}

static bool version_valid(str s)
{
    uint32_t v[3];

    return package_version_parse(s, v);
}

/* Words of a-z and 0-9 with hyphens between them. */
static bool slug_valid(str s)
{
    char before = '-';

    if (s.n == 0 || s.n > NAME_MAX_BYTES || s.p[0] < 'a' || s.p[0] > 'z')
        return false;
    for (size_t i = 0; i < s.n; before = s.p[i++])
        if (!(s.p[i] >= 'a' && s.p[i] <= 'z') && !(s.p[i] >= '0' && s.p[i] <= '9') &&
            !(s.p[i] == '-' && before != '-'))
            return false;
    return before != '-';
}

static bool digest_valid(str s)
{
    if (s.n != DIGEST_TEXT)
        return false;
    for (size_t i = 0; i < s.n; i++)
        if (!(s.p[i] >= '0' && s.p[i] <= '9') && !(s.p[i] >= 'a' && s.p[i] <= 'f'))
            return false;
    return true;
}

/* A line that a person reads. */
static bool line_valid(str s)
{
    if (s.n == 0 || s.n > TEXT_MAX)
        return false;
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7f)
            return false;
    return true;
}

/* ---- rules of the members -----------------------------------------------------------------
 *
 * service.json and manifest.json say these under the same names, so one set of rules and pointers
 * serves both. */

/* A member that must be a string of a form. */
struct member {
    const char *name;
    bool (*valid)(str);
    const char *form;
};

static enum err check_member(const struct json *object, const char *below, const struct member *m,
                             struct fault *f)
{
    const struct json *v = json_get(object, str_of(m->name));
    char pointer[128];

    snprintf(pointer, sizeof pointer, "%s/%s", below, m->name);
    if (!v)
        return fault_at(f, ERR_INVALID, pointer, "%s is missing: %s", m->name, m->form);
    if (!json_is(v, J_STRING) || !m->valid(json_str(v)))
        return fault_at(f, ERR_INVALID, pointer, "%s must be %s", m->name, m->form);
    return OK;
}

static enum err check_no_others(const struct json *object, const char *below,
                                const char *const *names, size_t n, struct fault *f)
{
    char pointer[192];

    for (uint32_t i = 0; i < object->n; i++) {
        str key = object->members[i].key;
        size_t k = 0;
        while (k < n && !str_eq(key, str_of(names[k])))
            k++;
        if (k < n)
            continue;
        snprintf(pointer, sizeof pointer, "%s/%.*s", below, (int)(key.n < 100 ? key.n : 100),
                 key.p);
        return fault_at(f, ERR_INVALID, pointer, "a member that does not belong here");
    }
    return OK;
}

static const struct member name_is = {"name", slug_valid,
                                      "words of a-z and 0-9 with hyphens, at most 64 bytes"};
static const struct member version_is = {"version", version_valid,
                                         "three numbers with dots, as 1.0.0"};
static const struct member giver_is = {"giver", package_state_valid,
                                       "the two capitals of the state that gives the package"};
static const struct member requires_is = {
    "requires", version_valid, "the lowest version of the node that can serve it, as 0.1.0"};
static const struct member digest_is = {"digest", digest_valid,
                                        "the digest of a package, 64 hexadecimal digits"};

static enum err check_identity(const struct json *j, const char *below, struct fault *f)
{
    TRY(check_member(j, below, &name_is, f));
    TRY(check_member(j, below, &version_is, f));
    return check_member(j, below, &giver_is, f);
}

static enum err check_lineage(const struct json *from, struct fault *f)
{
    static const char *const names[] = {"name", "version", "giver", "digest"};

    if (!from)
        return OK;
    if (!json_is(from, J_OBJECT))
        return fault_at(f, ERR_INVALID, "/derived_from", "derived_from must be an object");
    TRY(check_no_others(from, "/derived_from", names, ARRAY_LEN(names), f));
    TRY(check_identity(from, "/derived_from", f));
    return check_member(from, "/derived_from", &digest_is, f);
}

/* {"ar": "…", "en": "…"} */
static enum err check_texts(const struct json *texts, const char *pointer, struct fault *f)
{
    if (!json_is(texts, J_OBJECT) || texts->n == 0 || texts->n > LIST_MAX)
        return fault_at(f, ERR_INVALID, pointer, "must be an object: a sentence for each language");
    for (uint32_t i = 0; i < texts->n; i++)
        if (!package_language_valid(texts->members[i].key) ||
            !line_valid(json_str(&texts->members[i].value)))
            return fault_at(f, ERR_INVALID, pointer,
                            "must have codes of languages as names and sentences as values");
    return OK;
}

static bool agreement_valid(str s)
{
    return line_valid(s) && s.n <= NAME_MAX_BYTES;
}

static enum err check_terms(const struct json *terms, struct fault *f)
{
    static const char *const names[] = {"use", "agreement", "text"};
    static const struct member agreement_is = {"agreement", agreement_valid,
                                               "the code of the agreement"};
    str use = json_get_str(terms, S("use"));

    if (!json_is(terms, J_OBJECT))
        return fault_at(f, ERR_INVALID, "/terms", "terms are missing: on which terms it is given");
    TRY(check_no_others(terms, "/terms", names, ARRAY_LEN(names), f));
    bool agreement = str_eq(use, S("agreement"));
    if (!agreement && !str_eq(use, S("any-state")) && !str_eq(use, S("receiver")))
        return fault_at(f, ERR_INVALID, "/terms/use",
                        "use must be any-state, receiver or agreement");
    if (agreement)
        TRY(check_member(terms, "/terms", &agreement_is, f));
    else if (json_get(terms, S("agreement")))
        return fault_at(f, ERR_INVALID, "/terms/agreement", "belongs to the use 'agreement' alone");
    const struct json *text = json_get(terms, S("text"));
    return text ? check_texts(text, "/terms/text", f) : OK;
}

static enum err check_list(const struct json *j, const char *name, size_t least, bool (*valid)(str),
                           const char *form, struct fault *f)
{
    const struct json *list = json_get(j, str_of(name));
    char pointer[64];

    snprintf(pointer, sizeof pointer, "/%s", name);
    if (!json_is(list, J_ARRAY) || list->n < least || list->n > LIST_MAX)
        return fault_at(f, ERR_INVALID, pointer, "%s must be a list of %zu to %d: %s", name, least,
                        LIST_MAX, form);
    for (uint32_t i = 0; i < list->n; i++) {
        str item = json_str(json_at(list, i));
        snprintf(pointer, sizeof pointer, "/%s/%u", name, (unsigned)i);
        if (!item.p || !valid(item))
            return fault_at(f, ERR_INVALID, pointer, "must be %s", form);
        for (uint32_t k = 0; k < i; k++)
            if (str_eq(json_str(json_at(list, k)), item))
                return fault_at(f, ERR_INVALID, pointer, "is there twice");
    }
    return OK;
}

static enum err check_members(const struct json *j, struct fault *f)
{
    TRY(check_identity(j, "", f));
    TRY(check_member(j, "", &requires_is, f));
    TRY(check_lineage(json_get(j, S("derived_from")), f));
    TRY(check_terms(json_get(j, S("terms")), f));
    TRY(check_list(j, "legal_basis", 1, line_valid, "a law or treaty with its article", f));
    TRY(check_list(j, "life_events", 0, slug_valid, "words of a-z with hyphens", f));
    return check_list(j, "languages", 1, package_language_valid, "the code of a language, as ar",
                      f);
}

/* ---- the files in a manifest -------------------------------------------------------------- */

static enum err check_file(const struct json_member *m, struct fault *f)
{
    static const char *const names[] = {"sha256", "size"};
    static const struct member sha256_is = {"sha256", digest_valid, "64 hexadecimal digits"};
    int64_t size = json_get_int(&m->value, S("size"), -1);
    char pointer[192];

    /* "/" in a name is "~1" in a pointer */
    str inner = S("documents/");
    if (str_starts(m->key, inner))
        snprintf(pointer, sizeof pointer, "/files/documents~1%.*s", (int)(m->key.n - inner.n),
                 m->key.p + inner.n);
    else
        snprintf(pointer, sizeof pointer, "/files/%.*s", STR_FMT(m->key));
    if (!json_is(&m->value, J_OBJECT))
        return fault_at(f, ERR_INVALID, pointer, "must be an object with sha256 and size");
    TRY(check_no_others(&m->value, pointer, names, ARRAY_LEN(names), f));
    TRY(check_member(&m->value, pointer, &sha256_is, f));
    if (!json_is(json_get(&m->value, S("size")), J_INT) || size < 0 || size > PACKAGE_FILE_BYTES)
        return fault_at(f, ERR_INVALID, pointer, "size must be a number of bytes, at most %d",
                        PACKAGE_FILE_BYTES);
    return OK;
}

static enum err check_files(const struct json *files, struct fault *f)
{
    if (!json_is(files, J_OBJECT) || files->n == 0 || files->n > PACKAGE_FILES)
        return fault_at(f, ERR_INVALID, "/files", "must be an object of 1 to %d files",
                        PACKAGE_FILES);
    for (uint32_t i = 0; i < files->n; i++) {
        if (!package_name_known(files->members[i].key))
            return fault_at(f, ERR_INVALID, "/files", "%.*s is no file that a package has",
                            (int)(files->members[i].key.n < 80 ? files->members[i].key.n : 80),
                            files->members[i].key.p);
        TRY(check_file(&files->members[i], f));
    }
    return OK;
}

/* Words in each language of the list, and in no other; and the files that no service is without. */
static enum err check_languages(const struct json *j, struct fault *f)
{
    static const char *const needed[] = {"service.json", "form.json"};
    const struct json *files = json_get(j, S("files")), *languages = json_get(j, S("languages"));
    char name[32];

    for (size_t i = 0; i < ARRAY_LEN(needed); i++)
        if (!json_get(files, str_of(needed[i])))
            return fault_at(f, ERR_INVALID, "/files", "%s is missing", needed[i]);
    for (uint32_t i = 0; i < languages->n; i++) {
        snprintf(name, sizeof name, "words.%.*s.json", STR_FMT(json_str(json_at(languages, i))));
        if (!json_get(files, str_of(name)))
            return fault_at(f, ERR_INVALID, "/languages", "%s is missing", name);
    }
    size_t words = 0;
    for (uint32_t i = 0; i < files->n; i++)
        words += package_words_language(files->members[i].key).p != NULL;
    if (words != languages->n)
        return fault_at(f, ERR_INVALID, "/languages",
                        "there are words in a language that is not in the list");
    return OK;
}

/* ---- making and reading ------------------------------------------------------------------- */

static const char *const carried[] = {"name",         "version",   "giver",
                                      "derived_from", "terms",     "legal_basis",
                                      "life_events",  "languages", "requires"};

static enum err check_manifest(const struct json *j, struct fault *f)
{
    static const char *const names[] = {"format",      "files",        "name",    "version",
                                        "giver",       "derived_from", "terms",   "legal_basis",
                                        "life_events", "languages",    "requires"};
    const struct json *format = json_get(j, S("format"));

    if (!json_is(j, J_OBJECT))
        return fault(f, ERR_INVALID, "the manifest must be an object");
    if (!json_is(format, J_INT) || format->i != 1)
        return fault_at(f, ERR_INVALID, "/format", "format must be 1, the only one there is");
    TRY(check_no_others(j, "", names, ARRAY_LEN(names), f));
    TRY(check_members(j, f));
    TRY(check_files(json_get(j, S("files")), f));
    return check_languages(j, f);
}

static enum err canonical_text(struct arena *a, const struct json *j, str *out, struct fault *f)
{
    AUTO(buf) struct buf b = BUF(PACKAGE_MANIFEST_BYTES);

    TRY(json_canonical(&b, j, a, f));
    *out = str_copy(a, buf_str(&b));
    TRY_PTR(out->p, f);
    return OK;
}

static void take(const struct json *j, str text, struct package_manifest *out)
{
    *out = (struct package_manifest){.text = text,
                                     .digest = sha256(text),
                                     .json = j,
                                     .name = json_get_str(j, S("name")),
                                     .version = json_get_str(j, S("version")),
                                     .giver = json_get_str(j, S("giver")),
                                     .requires = json_get_str(j, S("requires"))};
}

static enum err read_service(struct arena *a, const struct package_files *files, struct json **out,
                             struct fault *f)
{
    const struct package_file *service = package_file(files, S("service.json"));
    struct fault inner = {0};
    struct json *j;

    if (!service)
        return fault(f, ERR_INVALID, "service.json is missing");
    enum err e = json_parse(a, service->bytes, NULL, &j, &inner);
    if (e != OK)
        return fault(f, e, "service.json: %s", inner.detail);
    if (!json_is(j, J_OBJECT))
        return fault(f, ERR_INVALID, "service.json must be an object");
    *out = j;
    return OK;
}

static bool put_file(struct arena *a, struct json *files, const struct package_file *file)
{
    struct json entry = {.type = J_OBJECT};
    struct hash h = sha256(file->bytes);
    char hex[2 * sizeof h.b + 1];

    hex_encode(h.b, sizeof h.b, hex);
    str digest = str_copy(a, str_of(hex));
    return digest.p && json_put(a, &entry, S("sha256"), json_of_str(digest)) &&
           json_put(a, &entry, S("size"), json_of_int((int64_t)file->bytes.n)) &&
           json_put(a, files, file->name, entry);
}

static enum err build(struct arena *a, const struct package_files *files,
                      const struct json *service, struct json *out, struct fault *f)
{
    struct json list = {.type = J_OBJECT};
    bool ok = json_put(a, out, S("format"), json_of_int(1));

    for (size_t i = 0; ok && i < ARRAY_LEN(carried); i++) {
        const struct json *v = json_get(service, str_of(carried[i]));
        if (v)
            ok = json_put(a, out, str_of(carried[i]), *v);
    }
    if (ok && !json_get(out, S("life_events")))
        ok = json_put(a, out, S("life_events"), (struct json){.type = J_ARRAY});
    for (size_t i = 0; ok && i < files->n; i++) {
        if (!package_name_known(files->list[i].name))
            return fault(f, ERR_INVALID, "%.*s is no file that a package has",
                         STR_FMT(files->list[i].name));
        ok = put_file(a, &list, &files->list[i]);
    }
    if (!ok || !json_put(a, out, S("files"), list))
        return fault(f, ERR_MEMORY_LIMIT, "memory limit of the request reached");
    return OK;
}

enum err package_manifest_of(struct arena *a, const struct package_files *files,
                             struct package_manifest *out, struct fault *f)
{
    struct json *service = NULL, *j = arena_new_of(a, struct json);
    struct fault inner = {0};
    str text;

    TRY_PTR(j, f);
    TRY(read_service(a, files, &service, f));
    j->type = J_OBJECT;
    TRY(build(a, files, service, j, f));
    enum err e = check_manifest(j, &inner);
    if (e != OK && str_starts(str_of(inner.pointer), S("/files")))
        return fault(f, e, "%s", inner.detail); /* no member of service.json */
    if (e != OK)
        return fault_at(f, e, inner.pointer, "service.json: %s", inner.detail);
    TRY(canonical_text(a, j, &text, f));
    take(j, text, out);
    return OK;
}

enum err package_manifest_read(struct arena *a, str text, struct package_manifest *out,
                               struct fault *f)
{
    struct json *j;
    str again;

    if (text.n > PACKAGE_MANIFEST_BYTES)
        return fault(f, ERR_LIMIT, "manifest.json has more than %d bytes", PACKAGE_MANIFEST_BYTES);
    TRY(json_parse(a, text, &manifest_limits, &j, f));
    TRY(check_manifest(j, f));
    TRY(canonical_text(a, j, &again, f));
    if (!str_eq(again, text))
        return fault(f, ERR_INVALID, "manifest.json is not canonical JSON (RFC 8785)");
    take(j, text, out);
    return OK;
}
