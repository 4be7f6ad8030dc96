/* kinds.c - what the kind of a field wants of an answer beyond its schema
 *
 * A phone is a number of E.164. A machine readable zone has check digits that hold; a passport that
 * is asked for with its zone has the number that the zone says. */
#include <stdio.h>

#include "base/mrz.h"
#include "package/model.h"

enum { PHONE_MIN = 6, PHONE_MAX = 15, POINTER_ROOM = 192 };

struct asking {
    struct arena *arena;
    struct fault *f;
    bool refused;
};

static void refuse(struct asking *q, const char *at, const char *detail)
{
    if (!q->refused && q->f)
        (void)fault_at(q->f, ERR_SCHEMA, at, "%s", detail);
    q->refused = true;
    if (q->f)
        fault_add(q->f, q->arena, at, detail);
}

static void ask_phone(struct asking *q, const char *at, str s)
{
    bool good = s.n > PHONE_MIN && s.n <= PHONE_MAX + 1 && s.p[0] == '+' && s.p[1] != '0';

    for (size_t i = 1; good && i < s.n; i++)
        good = s.p[i] >= '0' && s.p[i] <= '9';
    if (!good)
        refuse(q, at, "is no phone number with its country code, as +35799123456 (E.164)");
}

/* The number without the fillers that a zone has at its end. */
static void ask_zone(struct asking *q, const char *at, str zone, str number)
{
    struct mrz_wrong wrong = {0};
    struct mrz m;

    if (mrz_read(zone, &m, &wrong, NULL) != OK)
        refuse(q, at, "is no machine readable zone of a travel document (ICAO 9303)");
    else if (wrong.n)
        refuse(q, at, "has a check digit that does not hold: read the zone again");
    else if (number.p && !str_eq(number, str_of(m.number)))
        refuse(q, at, "is of a document with another number");
}

static void ask_value(struct asking *q, const struct package_field *field, const char *at,
                      const struct json *v)
{
    str zone = json_get_str(v, S("mrz"));
    char below[POINTER_ROOM + 8];

    if (str_eq(field->kind, S("phone")) && json_is(v, J_STRING))
        ask_phone(q, at, json_str(v));
    else if (str_eq(field->kind, S("mrz")) && json_is(v, J_STRING))
        ask_zone(q, at, json_str(v), STR_NONE);
    else if (str_eq(field->kind, S("passport")) && zone.p) {
        snprintf(below, sizeof below, "%s/mrz", at);
        ask_zone(q, below, zone, json_get_str(v, S("number")));
    }
}

/* Follows rest from v, every item where it has an asterisk. */
static void ask_at(struct asking *q, const struct package_field *field, const char *at,
                   const struct json *v, str rest)
{
    char below[POINTER_ROOM];
    str part;

    if (!v)
        return;
    if (!str_split(&rest, '/', &part)) {
        ask_value(q, field, at, v);
        return;
    }
    if (!str_eq(part, S("*"))) {
        snprintf(below, sizeof below, "%s/%.*s", at, STR_FMT(part));
        ask_at(q, field, below, json_get(v, part), rest);
        return;
    }
    for (size_t i = 0; json_at(v, i); i++) {
        snprintf(below, sizeof below, "%s/%zu", at, i);
        ask_at(q, field, below, json_at(v, i), rest);
    }
}

enum err package_accepts(const struct package *p, const struct json *answers, struct arena *a,
                         struct fault *f)
{
    struct asking q = {.arena = a, .f = f};

    TRY(schema_check(p->form_schema, answers, a, f));
    for (size_t i = 0; i < p->n_pages; i++)
        for (size_t k = 0; k < p->page[i].n_fields; k++) {
            const struct package_field *field = &p->page[i].fields[k];
            ask_at(&q, field, "", answers, str_sub(field->at, 1, field->at.n));
        }
    return q.refused ? ERR_SCHEMA : OK;
}
