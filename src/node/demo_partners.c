/* demo_partners.c - the year's acts towards partner states, each on its day by its office
 *
 * One of them is refused on purpose: a state under sanctions is offered something.
 */
#include "node/demo_int.h"

static struct post_officer *office(struct demo *d, str role)
{
    for (unsigned i = 0; i < d->ministry.n; i++)
        if (str_eq(str_of(d->ministry.officer[i].role), role))
            return &d->ministry.officer[i];
    return NULL;
}

static enum err engage(struct demo *d, const struct json *e, struct fault *f)
{
    struct post_officer *o = office(d, json_get_str(e, S("by")));
    char *action = str_cstr(d->arena, json_get_str(e, S("action")));

    if (!o || !action)
        return fault(f, ERR_INVALID, "engagements.json: nobody does this");
    if (o->signed_in != d->today) {
        TRY(demo_sign_in(d, o->email, &o->file, o->token, f));
        o->signed_in = d->today;
    }
    return demo_act(d, action, o->token, json_get(e, S("body")), "state",
                    json_get_str(e, S("state")), f);
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
