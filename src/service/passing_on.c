/* passing_on.c - a case goes from the officer who took it to a colleague at the same desk */
#include "base/encode.h"
#include "service/cases_int.h"

struct passing {
    struct examining x; /* first: facts of a case read it */
    struct id to;
};

/* Where the colleague works, who must be there and in office. */
static enum err mission_of(struct act *a, const struct id *officer, str *out, struct fault *f)
{
    struct query q;
    enum err e =
        db_one(a->db, &q, f, "SELECT mission FROM officer WHERE id = ? AND state = 'active'", "d",
               officer);

    if (e == ERR_NOT_FOUND)
        return fault_at(f, ERR_INVALID, "/officer", "no officer in office has this id");
    TRY(e);
    *out = str_copy(a->arena, query_str(&q, 0));
    TRY(query_end(&q, f));
    TRY_PTR(out->p, f);
    return OK;
}

enum err case_pass_on_prepare(struct act *a, struct fault *f)
{
    struct passing *h = arena_new_of(a->arena, struct passing);

    TRY_PTR(h, f);
    a->data = h;
    TRY(case_of_path(a, &h->x.c, f));
    TRY(act_seal_for(a, &h->x.c.person, f));
    if (!id_parse(json_get_str(a->input, S("officer")), &h->to))
        return fault_at(f, ERR_INVALID, "/officer", "the id of an officer");
    h->x.c.event = S("passed-on");
    a->content = sha256(a->body);
    return OK;
}

enum err case_pass_on_facts(struct act *a, struct fault *f)
{
    const struct passing *h = a->data;
    str mission;

    TRY(case_move_facts(a, f));
    TRY(mission_of(a, &h->to, &mission, f));
    act_context(a, S("to"), cedar_ref(a->entities, S("Sifara::Mission"), mission));
    return OK;
}

enum err case_pass_on(struct act *a, struct fault *f)
{
    struct passing *h = a->data;
    struct casefile *c = &h->x.c;

    if (memcmp(c->officer.b, h->to.b, sizeof h->to.b) == 0)
        return fault_at(f, ERR_CONFLICT, "/officer", "the case is theirs already");
    c->officer = h->to;
    TRY(case_write_step(a, c, c->event, STR_NONE, f));
    TRY(case_write(a, c, f));
    TRY(case_touch(a, c, f));
    case_reply(a, c);
    return OK;
}
