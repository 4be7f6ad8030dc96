#include "package/golden.h"

#include <stdio.h>

#include "base/date.h"

/* ---- working days ------------------------------------------------------------------------- */

static int weekday_of(int32_t day)
{
    return ((day % 7) + 7 + 4) % 7; /* 1970-01-01 was a Thursday; Sunday is 0 */
}

static bool is_closed(const struct json *closed, int32_t day)
{
    char text[DAY_TEXT];

    day_format(day, text);
    for (size_t i = 0; json_at(closed, i); i++)
        if (str_eq(json_str(json_at(closed, i)), str_of(text)))
            return true;
    return false;
}

static enum err read_weekend(const struct json *calendar, unsigned *out, struct fault *f)
{
    const struct json *weekend = json_get(calendar, S("weekend"));
    const struct json *closed = json_get(calendar, S("closed")), *d;
    int32_t day;

    *out = 0;
    for (size_t i = 0; (d = json_at(weekend, i)); i++) {
        if (d->type != J_INT || d->i < 0 || d->i > 6)
            return fault_at(f, ERR_INVALID, "/weekend", "days are 0 (Sunday) to 6 (Saturday)");
        *out |= 1u << d->i;
    }
    for (size_t i = 0; (d = json_at(closed, i)); i++)
        if (!day_parse(json_str(d), &day))
            return fault_at(f, ERR_INVALID, "/closed", "days are written 2026-12-02");
    return OK;
}

enum err package_due(const struct json *calendar, int32_t day, unsigned working_days, int32_t *out,
                     struct fault *f)
{
    const struct json *closed = json_get(calendar, S("closed"));
    int32_t last = day + 366 + (int32_t)working_days * 7;
    unsigned weekend;

    TRY(read_weekend(calendar, &weekend, f));
    bool any = working_days == 0;
    if (!any)
        day++;
    for (; day <= last; day++) {
        if ((weekend >> weekday_of(day) & 1) || is_closed(closed, day))
            continue;
        if (working_days <= 1) {
            *out = day;
            return OK;
        }
        working_days--;
    }
    return fault(f, ERR_RANGE, "the calendar leaves no working day");
}

/* ---- what comes of a case ----------------------------------------------------------------- */

struct run {
    const struct package *p;
    const struct json *doc, *expect;
    const struct package_art *art;
    str document;     /* what the events issue */
    struct json data; /* what the rules see */
    struct arena *arena;
    struct json *got;
    struct fault *fault;
};

static bool asked(const struct run *r, str member)
{
    return json_get(r->expect, member) != NULL;
}

static enum err say(struct run *r, str member, struct json value)
{
    TRY_PTR(json_put(r->arena, r->got, member, value), r->fault);
    return OK;
}

/* A rule that throws shows what it said in place of the value. */
static enum err say_failure(struct run *r, str member, enum err e, const struct fault *why)
{
    struct json error = {.type = J_OBJECT};
    str text;

    if (e == OK || e == ERR_LIMIT || e == ERR_MEMORY_LIMIT || e == ERR_MEMORY) {
        if (r->fault)
            *r->fault = *why;
        return e;
    }
    text = str_copy(r->arena, str_of(why->detail));
    TRY_PTR(text.p && json_put(r->arena, &error, S("error"), json_of_str(text)), r->fault);
    return say(r, member, error);
}

static enum err ids_of(struct run *r, str member, const struct package_rules *rules,
                       const struct package_names *names)
{
    struct json list = {.type = J_ARRAY};

    for (size_t i = 0; i < names->n; i++)
        TRY_PTR(json_push(r->arena, &list, json_of_str(rules->list[names->list[i]].id)), r->fault);
    return say(r, member, list);
}

static enum err run_form(struct run *r)
{
    struct json list = {.type = J_ARRAY};
    struct fault f = {0};
    enum err e = package_accepts(r->p, json_get(r->doc, S("answers")), r->arena, &f);

    if (e != OK && e != ERR_SCHEMA)
        return say_failure(r, S("valid"), e, &f);
    TRY(say(r, S("valid"), json_of_bool(e == OK)));
    for (struct fault_item *i = f.items; e != OK && i; i = i->next)
        TRY_PTR(json_push(r->arena, &list, json_of_str(str_of(i->pointer))), r->fault);
    if (e != OK && !f.items) {
        str at = str_copy(r->arena, str_of(f.pointer));
        TRY_PTR(at.p && json_push(r->arena, &list, json_of_str(at)), r->fault);
    }
    return e != OK || asked(r, S("errors")) ? say(r, S("errors"), list) : OK;
}

static enum err run_eligibility(struct run *r)
{
    struct package_names failed;

    if (!asked(r, S("eligible")) && !asked(r, S("failed")))
        return OK;
    TRY(package_eligible(r->p, &r->data, r->arena, &failed, r->fault));
    TRY(say(r, S("eligible"), json_of_bool(failed.n == 0)));
    return failed.n || asked(r, S("failed")) ? ids_of(r, S("failed"), &r->p->eligibility, &failed)
                                             : OK;
}

static enum err run_fee(struct run *r)
{
    struct json value = {.type = J_OBJECT};
    struct package_fee fee;
    struct fault f = {0};

    if (!asked(r, S("fee")))
        return OK;
    enum err e = package_fee(r->p, &r->data, r->arena, &fee, &f);
    if (e != OK)
        return say_failure(r, S("fee"), e, &f);
    bool ok = json_put(r->arena, &value, S("amount"), json_of_int(fee.amount)) &&
              json_put(r->arena, &value, S("currency"), json_of_str(fee.currency));
    TRY_PTR(ok, r->fault);
    return say(r, S("fee"), value);
}

static enum err run_attachments(struct run *r)
{
    struct package_names wanted;

    if (!asked(r, S("attachments")))
        return OK;
    TRY(package_attachments(r->p, &r->data, r->arena, &wanted, r->fault));
    return ids_of(r, S("attachments"), &r->p->attachments, &wanted);
}

static enum err run_pages(struct run *r)
{
    struct json list = {.type = J_ARRAY};
    bool shown;

    for (size_t i = 0; asked(r, S("pages")) && i < r->p->n_pages; i++) {
        TRY(package_page_shown(r->p, i, &r->data, r->arena, &shown, r->fault));
        if (shown)
            TRY_PTR(json_push(r->arena, &list, json_of_str(r->p->page[i].id)), r->fault);
    }
    return asked(r, S("pages")) ? say(r, S("pages"), list) : OK;
}

static enum err run_route(struct run *r)
{
    struct fault f = {0};
    str route;

    if (!asked(r, S("route")))
        return OK;
    enum err e = package_route(r->p, &r->data, r->arena, &route, &f);
    return e == OK ? say(r, S("route"), json_of_str(route)) : say_failure(r, S("route"), e, &f);
}

/* The events of the case, one after the other, from the start of the workflow. */
static enum err run_workflow(struct run *r)
{
    static const struct json none = {.type = J_NULL};
    const struct json *events = json_get(r->doc, S("events"));
    const struct workflow_state *at = r->p->workflow->start;
    struct json path = {.type = J_ARRAY}, turn = none;
    const struct workflow_row *row;
    struct fault f = {0};

    if (!asked(r, S("state")) && !asked(r, S("path")) && !asked(r, S("turn")) && !events)
        return OK;
    TRY_PTR(json_push(r->arena, &path, json_of_str(at->id)), r->fault);
    for (size_t i = 0; json_at(events, i); i++) {
        enum err e = workflow_next(at, json_str(json_at(events, i)), &r->data, r->arena, &row, &f);
        if (e != OK)
            return say_failure(r, S("state"), e, &f);
        at = row->to;
        r->document = row->document.p ? row->document : r->document;
        TRY_PTR(json_push(r->arena, &path, json_of_str(at->id)), r->fault);
    }
    if (at->turn != TURN_END)
        turn = json_of_str(str_of(workflow_turn_name(at->turn)));
    if (asked(r, S("state")))
        TRY(say(r, S("state"), json_of_str(at->id)));
    if (asked(r, S("path")))
        TRY(say(r, S("path"), path));
    return asked(r, S("turn")) ? say(r, S("turn"), turn) : OK;
}

/* Of a case without events: the first document that an approval issues. */
static str first_document(const struct workflow *w)
{
    for (size_t i = 0; i < w->n; i++)
        for (size_t k = 0; k < w->state[i].n; k++)
            if (w->state[i].row[k].document.p)
                return w->state[i].row[k].document;
    return STR_NONE;
}

static enum err run_document(struct run *r)
{
    static const struct json none = {.type = J_NULL};
    str art = json_get(r->doc, S("events")) ? r->document : first_document(r->p->workflow);
    struct fault f = {0};
    char hex[65];

    if (!asked(r, S("document")) || !r->art)
        return OK;
    if (!art.p)
        return say(r, S("document"), none);
    enum err e = r->art->digest(r->art, r->p, r->doc, art, r->arena, hex, &f);
    if (e != OK)
        return say_failure(r, S("document"), e, &f);
    str text = str_copy(r->arena, str_of(hex));
    TRY_PTR(text.p, r->fault);
    return say(r, S("document"), json_of_str(text));
}

static enum err run_due(struct run *r, int32_t today)
{
    int64_t days = json_get_int(r->p->service, S("promise_days"), 10);
    char text[DAY_TEXT];
    struct fault f = {0};
    int32_t due;

    if (!asked(r, S("due")))
        return OK;
    if (days < 0 || days > PACKAGE_PROMISE_MAX)
        return fault(r->fault, ERR_INVALID, "promise_days is 0 to %d", PACKAGE_PROMISE_MAX);
    enum err e = package_due(json_get(r->doc, S("calendar")), today, (unsigned)days, &due, &f);
    if (e == ERR_INVALID) {
        char at[sizeof f.pointer + 16];
        snprintf(at, sizeof at, "/calendar%s", f.pointer);
        return fault_at(r->fault, e, at, "%s", f.detail);
    }
    if (e != OK)
        return say_failure(r, S("due"), e, &f);
    day_format(due, text);
    str copy = str_copy(r->arena, str_of(text));
    TRY_PTR(copy.p, r->fault);
    return say(r, S("due"), json_of_str(copy));
}

/* ---- expected and got --------------------------------------------------------------------- */

static bool has_all(const struct json *list, const struct json *wanted)
{
    for (size_t i = 0; json_at(wanted, i); i++) {
        bool found = false;
        for (size_t k = 0; !found && json_at(list, k); k++)
            found = json_same(json_at(list, k), json_at(wanted, i));
        if (!found)
            return false;
    }
    return json_is(wanted, J_ARRAY);
}

static bool as_expected(const struct run *r)
{
    for (uint32_t i = 0; i < r->expect->n; i++) {
        const struct json_member *m = &r->expect->members[i];
        const struct json *got = json_get(r->got, m->key);
        bool errors = str_eq(m->key, S("errors"));
        if (!r->art && str_eq(m->key, S("document")))
            continue;
        if (!got || !(errors ? has_all(got, &m->value) : json_same(got, &m->value)))
            return false;
    }
    return true;
}

enum err package_replay(const struct package *p, const struct json *doc,
                        const struct package_art *art, struct arena *a, struct package_replay *out,
                        struct fault *f)
{
    struct run r = {.p = p,
                    .doc = doc,
                    .expect = json_get(doc, S("expect")),
                    .art = art,
                    .arena = a,
                    .got = &out->got,
                    .fault = f};
    struct package_case c = {.answers = json_get(doc, S("answers")),
                             .person = json_get(doc, S("person")),
                             .post = json_get(doc, S("post")),
                             .overlay = json_get(p->service, S("tables")),
                             .today = json_get_str(doc, S("today"))};
    int32_t today;

    *out = (struct package_replay){.got = {.type = J_OBJECT}};
    if (!json_is(c.answers, J_OBJECT))
        return fault_at(f, ERR_INVALID, "/answers", "a golden case has answers");
    if (!json_is(r.expect, J_OBJECT) || !r.expect->n)
        return fault_at(f, ERR_INVALID, "/expect", "a golden case says what it expects");
    if (!day_parse(c.today, &today))
        return fault_at(f, ERR_INVALID, "/today", "the day of a golden case is written 2026-12-02");
    TRY(package_data(&c, a, &r.data, f));
    TRY(run_form(&r));
    TRY(run_eligibility(&r));
    TRY(run_fee(&r));
    TRY(run_attachments(&r));
    TRY(run_pages(&r));
    TRY(run_route(&r));
    TRY(run_workflow(&r));
    TRY(run_document(&r));
    TRY(run_due(&r, today));
    out->passed = as_expected(&r);
    return OK;
}
