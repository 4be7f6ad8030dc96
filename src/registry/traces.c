/* traces.c - keyed hashes by which a person is found without leafing through persons
 *
 * Of the name with birth date and nationality, in each script that it is known in, and of the
 * numbers of an identity card and a passport; of a company or association its register and number
 * there. */
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

#include "registry/registry_int.h"

enum { NAME_UNITS = 1024 };

/* Case, width and composition of letters make no difference, nor do spaces. */
static void add_folded(struct buf *b, str text)
{
    UChar wide[NAME_UNITS], folded[2 * NAME_UNITS];
    char out[4 * NAME_UNITS];
    UErrorCode status = U_ZERO_ERROR;
    int32_t n = 0, length = 0;

    u_strFromUTF8(wide, NAME_UNITS, &n, text.p ? text.p : "", (int32_t)text.n, &status);
    const UNormalizer2 *fold = unorm2_getNFKCCasefoldInstance(&status);
    n = unorm2_normalize(fold, wide, n, folded, 2 * NAME_UNITS, &status);
    u_strToUTF8(out, sizeof out, &length, folded, n, &status);
    if (U_FAILURE(status))
        return;
    str rest = str_bytes(out, (size_t)length), word;
    while (str_split(&rest, ' ', &word)) {
        if (word.n)
            buf_add_char(b, ' ');
        buf_add_str(b, word);
    }
    buf_add_char(b, '\n');
}

static void add_trace(const struct house *h, const struct json *from, const char *kind,
                      const char *const *members, size_t n, struct person_traces *out)
{
    AUTO(buf) struct buf b = BUF(32 << 10);

    buf_printf(&b, "%s\n", kind);
    for (size_t i = 0; i < n; i++) {
        str value = json_get_str(from, str_of(members[i]));
        if (!value.n)
            return;
        add_folded(&b, value);
    }
    struct hash of = sha256(buf_str(&b));
    out->list[out->n++] = hmac_sha256(&h->lookup_key, hash_str(&of));
}

void person_traces_of(const struct house *h, const struct json *profile, struct person_traces *out)
{
    static const char *const own[] = {"surname", "given_names", "birth_date", "nationality"};
    static const char *const latin[] = {"surname_latin", "given_names_latin", "birth_date",
                                        "nationality"};
    static const char *const identity[] = {"identity_number", "nationality"};
    static const char *const passport[] = {"passport_number", "nationality"};
    static const char *const company[] = {"register_number", "register", "country"};

    *out = (struct person_traces){0};
    /* one kind for both scripts: found by whichever name is on the document that is shown */
    add_trace(h, profile, "name", own, ARRAY_LEN(own), out);
    add_trace(h, profile, "name", latin, ARRAY_LEN(latin), out);
    add_trace(h, profile, "identity", identity, ARRAY_LEN(identity), out);
    add_trace(h, profile, "passport", passport, ARRAY_LEN(passport), out);
    add_trace(h, profile, "company", company, ARRAY_LEN(company), out);
}

enum err person_traces_write(struct act *a, const struct id *person, const struct person_traces *t,
                             struct fault *f)
{
    TRY(db_run(a->db, f, "DELETE FROM person_trace WHERE person = ?", "d", person));
    for (size_t i = 0; i < t->n; i++)
        TRY(db_run(a->db, f,
                   "INSERT INTO person_trace(hash, person, bucket) VALUES(?,?,?)"
                   " ON CONFLICT DO NOTHING",
                   "bdi", hash_str(&t->list[i]), person, (int64_t)id_bucket(person)));
    return OK;
}

bool profile_is_company(const struct json *profile)
{
    return str_eq(json_get_str(profile, S("kind")), S("company"));
}

bool person_traces_same(const struct person_traces *x, const struct person_traces *y)
{
    return x->n == y->n && memcmp(x->list, y->list, x->n * sizeof x->list[0]) == 0;
}

enum err person_identified(struct act *a, const struct id *person, bool *out, struct fault *f)
{
    struct query q;

    TRY(db_one(a->db, &q, f,
               "SELECT identified IS NOT NULL FROM person WHERE id = ? AND bucket = ?", "di",
               person, (int64_t)id_bucket(person)));
    *out = query_int(&q, 0) != 0;
    return query_end(&q, f);
}
