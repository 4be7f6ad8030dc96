/* demo_partners.c - the year's acts of offices and posts that are no case's: towards partner
 * states, in the files of host countries, figures of costs, numbers at the door; each on its day
 *
 * One of them is refused on purpose: a state under sanctions is offered something.
 */
#include "node/demo_int.h"

/* "cert" of the ministry, or "beirut/consul". */
static struct post_officer *office(struct demo *d, str by)
{
    ptrdiff_t at = str_find_char(by, '/');
    str role = at < 0 ? by : str_sub(by, (size_t)at + 1, by.n);
    struct post *p = &d->ministry;

    for (unsigned i = 0; at >= 0 && i < d->n_posts; i++)
        if (str_eq(d->posts[i].mission->code, str_sub(by, 0, (size_t)at)))
            p = &d->posts[i];
    for (unsigned i = 0; i < p->n; i++)
        if (str_eq(str_of(p->officer[i].role), role))
            return &p->officer[i];
    return NULL;
}

/* The promise of a country that is due first: it is the one that is settled. */
static enum err open_pledge(struct demo *d, str country, str *out, struct fault *f)
{
    struct db *db;
    struct query q;

    TRY(db_pool_take(d->node->house.readers, &db, f));
    enum err e = db_one(db, &q, f,
                        "SELECT id FROM pledge WHERE country = ? AND outcome IS NULL"
                        " ORDER BY due LIMIT 1",
                        "s", country);
    if (e == OK) {
        struct id id = query_id(&q, 0);
        *out = demo_id(d->arena, &id);
        e = query_end(&q, f);
    }
    db_pool_put(d->node->house.readers, db);
    return e;
}

/* Of what the act is: the member of the row that its route names. */
static enum err param_of(struct demo *d, const struct json *e, const char **name, str *value,
                         struct fault *f)
{
    static const char *const names[] = {"state", "country", "mission"};

    *name = NULL;
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (json_get(e, str_of(names[i]))) {
            *name = names[i];
            *value = json_get_str(e, str_of(names[i]));
        }
    if (!str_eq(json_get_str(e, S("action")), S("pledge.settle")))
        return OK;
    *name = "id";
    return open_pledge(d, *value, value, f);
}

/* The body, its "due" a day of the demo's year by its number. */
static enum err dated(struct demo *d, const struct json *body, struct json *out, struct fault *f)
{
    int64_t due = json_get_int(body, S("due"), 0);
    char text[DAY_TEXT];

    day_format((int32_t)(d->first_ms / DAY_MS + due), text);
    *out = (struct json){.type = J_OBJECT};
    for (uint32_t i = 0; i < body->n; i++) {
        bool day = str_eq(body->members[i].key, S("due"));
        TRY_PTR(
            json_put(d->arena, out, body->members[i].key,
                     day ? json_of_str(str_copy(d->arena, str_of(text))) : body->members[i].value),
            f);
    }
    return OK;
}

static enum err engage(struct demo *d, const struct json *e, struct fault *f)
{
    struct post_officer *o = office(d, json_get_str(e, S("by")));
    char *action = str_cstr(d->arena, json_get_str(e, S("action")));
    const char *name;
    str value = STR_NONE;
    struct json body;

    if (!o || !action)
        return fault(f, ERR_INVALID, "engagements.json: nobody does this");
    TRY(demo_at_work(d, o, f));
    TRY(param_of(d, e, &name, &value, f));
    TRY(dated(d, json_get(e, S("body")), &body, f));
    for (int64_t times = json_get_int(e, S("times"), 1); times > 0; times--)
        TRY(demo_act(d, action, o->token, &body, name, value, f));
    return OK;
}

enum err demo_engage(struct demo *d, struct fault *f)
{
    const struct json *list = json_get(d->engagements, S("engagements"));

    for (size_t i = 0; json_at(list, i); i++) {
        const struct json *e = json_at(list, i);
        if (json_get_int(e, S("day"), -1) != d->today)
            continue;
        enum err done = engage(d, e, f);
        if (done != OK && done != ERR_DENIED)
            return done;
    }
    return OK;
}
