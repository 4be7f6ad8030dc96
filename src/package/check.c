#include "package/check.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "package/check_int.h"
#include "package/golden.h"
#include "package/manifest.h"
#include "package/where.h"

/* ---- the list ----------------------------------------------------------------------------- */

static struct package_problem *add(struct check *c, str file, str pointer, const char *remedy,
                                   const char *fmt, va_list args)
{
    char what[600];

    if (c->out->n == ARRAY_LEN(c->out->list)) {
        c->out->dropped++;
        return NULL;
    }
    vsnprintf(what, sizeof what, fmt, args);
    struct package_problem *p = &c->out->list[c->out->n++];
    *p = (struct package_problem){.file = file,
                                  .pointer = str_copy(c->arena, pointer),
                                  .line = 1,
                                  .what = str_copy(c->arena, str_of(what)),
                                  .remedy = str_of(remedy)};
    return p;
}

void check_add(struct check *c, str file, str pointer, const char *remedy, const char *fmt, ...)
{
    const struct package_file *text = package_file(c->files, file);
    va_list args;

    va_start(args, fmt);
    struct package_problem *p = add(c, file, pointer, remedy, fmt, args);
    va_end(args);
    if (p && text)
        p->line = where_line(text->bytes, pointer);
}

void check_add_byte(struct check *c, str file, size_t offset, const char *remedy, const char *fmt,
                    ...)
{
    const struct package_file *text = package_file(c->files, file);
    va_list args;

    va_start(args, fmt);
    struct package_problem *p = add(c, file, S(""), remedy, fmt, args);
    va_end(args);
    if (p && text)
        p->line = where_byte(text->bytes, offset);
}

size_t package_problems_grave(const struct package_problems *all)
{
    size_t n = all->dropped;

    for (size_t i = 0; i < all->n; i++)
        n += !all->list[i].advice;
    return n;
}

/* ---- reading ------------------------------------------------------------------------------ */

static const struct json *parse(struct check *c, const char *name)
{
    const struct package_file *file = package_file(c->files, str_of(name));
    struct fault f = {0};
    struct json *j;

    if (!file || json_parse(c->arena, file->bytes, NULL, &j, &f) == OK)
        return file ? j : NULL;
    const char *byte = strstr(f.detail, " at byte ");
    size_t offset = byte ? strtoul(byte + 9, NULL, 10) : 0;
    check_add_byte(c, file->name, offset, "write it as RFC 8259 says", "this is no JSON: %s",
                   f.detail);
    return NULL;
}

/* ---- members ------------------------------------------------------------------------------ */

static bool listed(const char *names, str key)
{
    str rest = str_of(names), one;

    while (str_split(&rest, ' ', &one))
        if (str_eq(one, key))
            return true;
    return false;
}

static void only(struct check *c, const char *file, const char *at, const struct json *j,
                 const char *names)
{
    if (j && j->type != J_OBJECT)
        check_add(c, str_of(file), str_of(at), "write an object in braces", "this is no object");
    for (uint32_t i = 0; json_is(j, J_OBJECT) && i < j->n; i++)
        if (!listed(names, j->members[i].key)) {
            str pointer = str_printf(c->arena, "%s/%.*s", at, STR_FMT(j->members[i].key));
            check_add(c, str_of(file), pointer, "leave it out, or correct its name",
                      "\"%.*s\" is not known here", STR_FMT(j->members[i].key));
        }
}

static void only_each(struct check *c, const char *file, const char *at, const struct json *list,
                      const char *names)
{
    char pointer[200];

    if (list && list->type != J_ARRAY)
        check_add(c, str_of(file), str_of(at), "write a list in brackets", "this is no list");
    for (size_t i = 0; json_at(list, i); i++) {
        snprintf(pointer, sizeof pointer, "%s/%zu", at, i);
        only(c, file, pointer, json_at(list, i), names);
    }
}

static void check_members(struct check *c)
{
    const struct json *pages = json_get(c->pages, S("pages")), *fee = json_get(c->rules, S("fee"));
    const struct json *cases = json_get(c->golden, S("cases"));
    char at[64];

    only(c, "service.json", "", c->service,
         "name version series giver derived_from terms legal_basis life_events sector keywords "
         "audience applicants languages requires promise_days retention_years seal document fee "
         "attachments_required tables");
    only(c, "pages.json", "", c->pages, "pages");
    only_each(c, "pages.json", "/pages", pages, "id title help when fields repeat");
    for (size_t i = 0; json_at(pages, i); i++) {
        snprintf(at, sizeof at, "/pages/%zu/fields", i);
        only_each(c, "pages.json", at, json_get(json_at(pages, i), S("fields")),
                  "at kind label help when dates");
    }
    only(c, "rules.json", "", c->rules, "eligibility fee attachments route");
    only_each(c, "rules.json", "/eligibility", json_get(c->rules, S("eligibility")),
              "id rule reason");
    only(c, "rules.json", "/fee", fee, "currency amount items waivers round_to");
    only_each(c, "rules.json", "/fee/items", json_get(fee, S("items")), "id amount label");
    only_each(c, "rules.json", "/fee/waivers", json_get(fee, S("waivers")), "id when reason");
    only_each(c, "rules.json", "/attachments", json_get(c->rules, S("attachments")),
              "id when label types max_bytes min");
    only(c, "golden.json", "", c->golden, "cases");
    only_each(c, "golden.json", "/cases", cases,
              "name answers person today post calendar events expect");
    for (size_t i = 0; json_at(cases, i); i++) {
        snprintf(at, sizeof at, "/cases/%zu/expect", i);
        only(c, "golden.json", at, json_get(json_at(cases, i), S("expect")),
             "valid errors eligible failed fee attachments pages route due state path turn "
             "document");
    }
}

/* ---- golden cases ------------------------------------------------------------------------- */

static str text_of(struct arena *a, const struct json *j)
{
    AUTO(buf) struct buf b = BUF(1 << 16);
    struct jw w = JW(&b);

    jw_tree(&w, j);
    return str_copy(a, buf_str(&b));
}

static bool same_name(const struct json *cases, size_t i)
{
    str name = json_get_str(json_at(cases, i), S("name"));

    for (size_t k = 0; k < i; k++)
        if (str_eq(json_get_str(json_at(cases, k), S("name")), name))
            return true;
    return false;
}

static enum err replay(struct check *c, const struct package *p, const struct json *one, size_t i,
                       bool *satisfied, struct fault *f)
{
    str name = json_get_str(one, S("name"));
    struct fault inner = {0};
    struct package_replay r;
    char at[300];

    enum err e = package_replay(p, one, c->art, c->arena, &r, &inner);
    if (e == ERR_MEMORY || e == ERR_MEMORY_LIMIT)
        return fault(f, e, "golden.json: %s", inner.detail);
    if (e == ERR_LIMIT) { /* not a matter of what is expected: no receiver may evaluate it */
        check_add(c, S("rules.json"), S(""), "let it count and build less",
                  "a rule goes beyond its limits in golden case %zu, \"%.*s\": %s", i,
                  STR_FMT(name), inner.detail);
        return OK;
    }
    if (e != OK) {
        snprintf(at, sizeof at, "/cases/%zu%s", i, inner.pointer);
        check_add(c, S("golden.json"), str_of(at), "complete the case", "%s", inner.detail);
        return OK;
    }
    *satisfied |= json_get_bool(&r.got, S("valid"), false);
    if (r.passed)
        return OK;
    snprintf(at, sizeof at, "/cases/%zu/expect", i);
    str expected = text_of(c->arena, json_get(one, S("expect"))), got = text_of(c->arena, &r.got);
    check_add(c, S("golden.json"), str_of(at), "correct the rule, or what is expected",
              "\"%.*s\" fails: expected %.*s, got %.*s", STR_FMT(name), STR_FMT(expected),
              STR_FMT(got));
    return OK;
}

static enum err check_golden(struct check *c, const struct package *p, struct fault *f)
{
    const struct json *cases = json_get(c->golden, S("cases"));
    size_t n = json_is(cases, J_ARRAY) ? cases->n : 0;
    bool satisfied = false;
    char at[64];

    for (size_t i = 0; i < n && i < PACKAGE_CASES; i++) {
        snprintf(at, sizeof at, "/cases/%zu", i);
        if (!json_get_str(json_at(cases, i), S("name")).n)
            check_add(c, S("golden.json"), str_of(at), "say in a few words what it shows",
                      "the case has no name");
        else if (same_name(cases, i))
            check_add(c, S("golden.json"), str_of(at), "name it otherwise",
                      "a case of this name is there already");
        TRY(replay(c, p, json_at(cases, i), i, &satisfied, f));
    }
    if (n > PACKAGE_CASES)
        check_add(c, S("golden.json"), S("/cases"), "keep those that show something",
                  "%zu golden cases; at most %d are looked at", n, PACKAGE_CASES);
    if (!satisfied)
        check_add(c, S("form.json"), S(""),
                  "correct the form, or add a case with answers that it takes",
                  "no golden case has answers that the form takes");
    if (n < PACKAGE_CASES_EXPECTED) {
        check_add(c, S("golden.json"), S(""), "add cases, refusals among them",
                  "%zu golden cases; a package that is given has at least %d", n,
                  PACKAGE_CASES_EXPECTED);
        if (c->out->dropped == 0)
            c->out->list[c->out->n - 1].advice = true;
    }
    return OK;
}

/* ---- the whole ---------------------------------------------------------------------------- */

/* "FILE: what" of a fault of the model or the manifest. */
static void add_fault(struct check *c, const char *file, const struct fault *f)
{
    str detail = str_of(f->detail);
    ptrdiff_t colon = str_find(detail, S(": "));
    str name = colon > 0 ? str_sub(detail, 0, (size_t)colon) : STR_NONE;
    const struct package_file *own = package_file(c->files, name);

    if (own)
        detail = str_sub(detail, (size_t)colon + 2, detail.n);
    check_add(c, own ? own->name : str_of(file), str_of(f->pointer), "see docs/service-package.md",
              "%.*s", STR_FMT(detail));
}

static enum err check_whole(struct check *c, struct fault *f)
{
    struct package *p = NULL;
    struct fault inner = {0};
    enum err e = package_load(c->arena, c->files, &p, &inner);

    if (e == ERR_MEMORY || e == ERR_MEMORY_LIMIT) {
        e = fault(f, e, "%s", inner.detail);
    } else if (e != OK) {
        if (!package_problems_grave(c->out)) /* else it is told already, and better */
            add_fault(c, "service.json", &inner);
        e = OK;
    } else {
        e = check_golden(c, p, f);
    }
    package_free(p);
    return e;
}

static void check_manifest(struct check *c)
{
    struct package_manifest m;
    struct fault f = {0};

    if (package_manifest_of(c->arena, c->files, &m, &f) != OK)
        add_fault(c, "service.json", &f);
}

enum err package_check(struct arena *a, const struct package_files *files,
                       const struct package_art *art, struct package_problems **out,
                       struct fault *f)
{
    struct check c = {
        .arena = a, .files = files, .art = art, .out = arena_new_of(a, struct package_problems)};

    TRY_PTR(c.out, f);
    c.out->arena = a;
    *out = c.out;
    for (size_t i = 0; i < files->n; i++)
        if (!package_name_known(files->list[i].name))
            check_add_byte(&c, files->list[i].name, 0, "remove it", "no such file is known");
    c.service = parse(&c, "service.json");
    c.form = parse(&c, "form.json");
    c.pages = parse(&c, "pages.json");
    c.rules = parse(&c, "rules.json");
    c.golden = parse(&c, "golden.json");
    c.workflow = parse(&c, "workflow.json");
    check_members(&c);
    if (c.service)
        check_manifest(&c);
    check_form_and_pages(&c);
    check_rules(&c);
    check_workflow(&c);
    check_words(&c);
    check_art(&c);
    return check_whole(&c, f);
}
