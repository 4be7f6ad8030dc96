/* records.c - see records.h */
#include "node/records.h"

#include "registry/registry.h"

/* ---- opening ------------------------------------------------------------------------------ */

/* Tries one person's key. ERR_ERASED when it was destroyed, ERR_CORRUPT when it is another's. */
static enum err open_as(struct house *h, const struct id *person, str sealed, struct arena *a,
                        str *out, struct fault *f)
{
    struct key k;

    TRY(person_key(h, person, &k, f));
    return unseal(a, &k, S("decision"), sealed, out, f);
}

/* The person behind the id of a row; ERR_NOT_FOUND also when the row went with the person. */
static enum err person_of(struct db *db, str kind, const struct id *id, struct id *out,
                          struct fault *f)
{
    struct query q;

    if (str_eq(kind, S("person"))) {
        *out = *id;
        return OK;
    }
    if (str_eq(kind, S("case")))
        TRY(db_one(db, &q, f, "SELECT person FROM case_file WHERE id = ?", "d", id));
    else if (str_eq(kind, S("document")))
        TRY(db_one(db, &q, f, "SELECT person FROM document WHERE id = ?", "d", id));
    else
        return fault(f, ERR_INVALID, "the journal names no person");
    *out = query_id(&q, 0);
    return query_end(&q, f);
}

enum err record_open(struct house *h, struct db *db, const struct json *entry, str sealed,
                     struct arena *a, str *out, struct fault *f)
{
    str kind, subject = json_get_str(entry, S("subject"));
    struct id id, person;

    if (unseal(a, &h->record_key, S("decision"), sealed, out, NULL) == OK)
        return OK;
    if (str_eq(json_get_str(entry, S("as")), S("person")) &&
        id_parse(json_get_str(entry, S("actor")), &id)) {
        enum err e = open_as(h, &id, sealed, a, out, f);
        if (e == OK || e == ERR_ERASED)
            return e;
    }
    if (!subject.p || !str_split(&subject, '/', &kind) || !id_parse(subject, &id))
        return fault(f, ERR_CORRUPT, "no key opens the record");
    enum err e = person_of(db, kind, &id, &person, f);
    if (e == ERR_NOT_FOUND)
        return fault(f, ERR_ERASED, "the row of the subject was erased");
    TRY(e);
    return open_as(h, &person, sealed, a, out, f);
}

/* ---- under other facts -------------------------------------------------------------------- */

static bool about_states(str type)
{
    return str_eq(type, S("Sifara::State")) || str_eq(type, S("Sifara::Organisation"));
}

/* All entities but states and organisations. */
static enum err others(const struct json *entities, struct arena *a, struct json *out,
                       struct fault *f)
{
    *out = (struct json){.type = J_ARRAY};
    for (uint32_t i = 0; json_at(entities, i); i++) {
        const struct json *e = json_at(entities, i);
        if (!about_states(json_get_str(json_get(e, S("uid")), S("type"))))
            TRY_PTR(json_push(a, out, *e), f);
    }
    return OK;
}

enum err record_under(const struct policy *p, const struct json *record, int32_t day,
                      struct arena *a, struct cedar_entities **out_entities,
                      struct cedar_request *out, struct fault *f)
{
    const struct json *entities = json_get(record, S("entities"));
    struct cedar_entities *es;
    struct json kept;

    TRY(others(entities, a, &kept, f));
    TRY(cedar_entities_read(a, &kept, NULL, &es, f));
    for (uint32_t i = 0; json_at(entities, i); i++) {
        const struct json *e = json_at(entities, i), *uid = json_get(e, S("uid"));
        if (str_eq(json_get_str(uid, S("type")), S("Sifara::State")))
            facts_put_state(policy_facts(p), es, json_get_str(uid, S("id")), day,
                            json_get_int(json_get(e, S("attrs")), S("balance"), 0), STR_NONE);
    }
    TRY(cedar_request_read(a, json_get(record, S("request")), NULL, out, f));
    *out_entities = es;
    return OK;
}

str record_partner(const struct json *record)
{
    const struct json *context = json_get(json_get(record, S("request")), S("context"));

    return json_get_str(json_get(json_get(context, S("partner")), S("__entity")), S("id"));
}

str record_roles(const struct json *record, const struct cedar_request *q, struct arena *a)
{
    AUTO(buf) struct buf b = BUF(4096);
    const struct json *entities = json_get(record, S("entities"));

    for (uint32_t i = 0; json_at(entities, i); i++) {
        const struct json *e = json_at(entities, i), *uid = json_get(e, S("uid"));
        const struct json *roles = json_get(json_get(e, S("attrs")), S("roles"));
        if (!str_eq(json_get_str(uid, S("id")), q->principal.id) || !json_is(roles, J_ARRAY))
            continue;
        for (uint32_t k = 0; k < roles->n; k++)
            buf_printf(&b, "%s%.*s", k ? "+" : "", STR_FMT(json_str(json_at(roles, k))));
    }
    if (b.n == 0)
        buf_add_str(&b, str_sub(q->principal.type, sizeof "Sifara::" - 1, q->principal.type.n));
    return str_copy(a, buf_str(&b));
}
