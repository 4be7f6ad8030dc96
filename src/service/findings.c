/* findings.c - what an officer looks up: a document by its number, the lines of a passport */
#include "base/date.h"
#include "base/encode.h"
#include "base/mrz.h"
#include "service/cases_int.h"
#include "service/documents_int.h"

/* ---- documents ---------------------------------------------------------------------------- */

enum err case_document(struct act *a, struct fault *f)
{
    const struct examining *x = a->data;
    struct document d;
    struct id id;

    TRY(act_param_id(a, S("document"), &id, f));
    TRY(document_load(a, &id, &d, f));
    if (memcmp(d.file.b, x->c.id.b, sizeof d.file.b) != 0)
        return fault(f, ERR_NOT_FOUND, "the case has no such document");
    a->revision = x->c.revision;
    return document_put_pdf(a, &d, f);
}

static enum err by_number(struct act *a, struct document *d, struct fault *f)
{
    struct query q;

    TRY(db_one(a->db, &q, f, "SELECT id FROM document WHERE number = ?", "s",
               act_param(a, S("number"))));
    struct id id = query_id(&q, 0);
    TRY(query_end(&q, f));
    return document_load(a, &id, d, f);
}

enum err document_find_facts(struct act *a, struct fault *f)
{
    struct document *d = arena_new_of(a->arena, struct document);

    TRY_PTR(d, f);
    TRY(by_number(a, d, f));
    a->data = d;
    return document_facts_of(a, d, f);
}

/* Nothing of what it says: that is read in its case. */
enum err document_find(struct act *a, struct fault *f)
{
    const struct document *d = a->data;
    struct jw w = JW(&a->reply);
    char at[32];

    (void)f;
    time_format(d->issued, at);
    jw_open(&w, '{');
    jw_kv(&w, S("id"), act_id_text(a, &d->id));
    jw_kv(&w, S("number"), d->number);
    jw_kv(&w, S("service"), d->service->name);
    jw_kv(&w, S("case"), act_id_text(a, &d->file));
    jw_kv(&w, S("state"), d->state);
    jw_kv(&w, S("issued"), str_of(at));
    jw_close(&w, '}');
    return OK;
}

/* ---- machine readable lines ---------------------------------------------------------------- */

/* YYMMDD as a day: of birth at most this year, of expiry within fifty years. STR_NONE where a part
 * is unknown. */
static str day_of(struct act *a, const char *yymmdd, bool past)
{
    char now[16], day[16];
    int32_t n;

    if (strspn(yymmdd, "0123456789") != 6)
        return STR_NONE;
    day_format(day_of_ms(a->now), now);
    int year = (yymmdd[0] - '0') * 10 + yymmdd[1] - '0', this = (now[2] - '0') * 10 + now[3] - '0';
    int century = past ? (year <= this ? 20 : 19) : (year - this > 50 ? 19 : 20);
    str text = str_printf(a->arena, "%d%.2s-%.2s-%.2s", century, yymmdd, yymmdd + 2, yymmdd + 4);
    if (!day_parse(text, &n))
        return STR_NONE;
    day_format(n, day);
    return str_copy(a->arena, str_of(day));
}

static void put_some(struct jw *w, str name, str value)
{
    if (value.n)
        jw_kv(w, name, value);
}

enum err mrz_answer(struct act *a, struct fault *f)
{
    static const char *const formats[] = {"TD1", "TD2", "TD3", "MRV-A", "MRV-B"};
    struct jw w = JW(&a->reply);
    struct mrz_wrong wrong;
    struct mrz m;

    enum err e = mrz_read(json_get_str(a->input, S("text")), &m, &wrong, f);
    if (e != OK)
        return fault_at(f, e, "/text", "%s", f->detail);
    jw_open(&w, '{');
    jw_kv(&w, S("format"), str_of(formats[m.format]));
    jw_kv(&w, S("code"), str_of(m.code));
    jw_kv(&w, S("issuer"), str_of(m.issuer));
    put_some(&w, S("primary"), str_of(m.primary));
    put_some(&w, S("secondary"), str_of(m.secondary));
    put_some(&w, S("number"), str_of(m.number));
    put_some(&w, S("nationality"), str_of(m.nationality));
    put_some(&w, S("birth"), day_of(a, m.birth, true));
    put_some(&w, S("expiry"), day_of(a, m.expiry, false));
    if (m.sex != '<')
        jw_kv(&w, S("sex"), (str){&m.sex, 1});
    jw_key(&w, S("wrong"));
    jw_open(&w, '[');
    for (unsigned i = 0; i < wrong.n; i++)
        jw_string(&w, str_of(wrong.at[i].pointer + 1));
    jw_close(&w, ']');
    jw_close(&w, '}');
    return OK;
}
