/* workflow_ways.c - where the events of a workflow lead: what must follow what, and traps */
#include "package/workflow_int.h"

static const struct json *row_at(const struct inspect *x, size_t i, size_t k)
{
    return json_at(inspect_rows(x, i), k);
}

static size_t target(const struct inspect *x, const struct json *row)
{
    return inspect_find(x, json_get_str(row, S("to")));
}

static bool is(const struct json *row, const char *event)
{
    return str_eq(json_get_str(row, S("event")), str_of(event));
}

static bool decides(const struct inspect *x, size_t i)
{
    return inspect_takes(x, i, "approve") || inspect_takes(x, i, "refuse") ||
           inspect_takes(x, i, "return");
}

static bool seals(const struct inspect *x, size_t i)
{
    return inspect_takes(x, i, "sealed") || inspect_takes(x, i, "spoilt");
}

/* ---- what must follow what ---------------------------------------------------------------- */

static void start_of(struct inspect *x)
{
    size_t start = inspect_find(x, json_get_str(x->doc, S("start")));

    for (size_t i = 0; i < inspect_count(x); i++)
        for (size_t k = 0; row_at(x, i, k); k++) {
            if (target(x, row_at(x, i, k)) == start)
                inspect_tell(x, i, (ptrdiff_t)k, "/to", "lead it to a state of its own",
                             "nothing leads back to the state in which a case begins");
            if (is(row_at(x, i, k), "submit") && i != start)
                inspect_tell(x, i, (ptrdiff_t)k, "/event",
                             "take \"answer\", or make this state the start",
                             "only a case that begins is submitted");
            if (i == start && !is(row_at(x, i, k), "submit") && !is(row_at(x, i, k), "withdraw") &&
                !str_eq(json_get_str(row_at(x, i, k), S("action")), S("case.lapse")))
                inspect_tell(x, i, (ptrdiff_t)k, "/event", "put it on a later state",
                             "a draft is submitted, withdrawn or lapses, and nothing else");
        }
    if (!inspect_takes(x, start, "submit") || !inspect_turn(x, start, "person"))
        inspect_tell(x, start, -1, "", "make it the person's turn, with \"submit\"",
                     "the state in which a case begins is the draft that the person submits");
}

/* A decision is proposed by one officer and confirmed by another. */
static void four_eyes(struct inspect *x, size_t i, size_t k, const struct json *row)
{
    size_t to = target(x, row);

    if (is(row, "propose") && (!inspect_takes(x, to, "approve") ||
                               !inspect_takes(x, to, "refuse") || !inspect_takes(x, to, "return")))
        inspect_tell(x, i, (ptrdiff_t)k, "/to",
                     "lead it to a state with \"approve\", \"refuse\" and \"return\"",
                     "what is proposed must be open to approval, refusal and return");
    if (!is(row, "propose") && decides(x, to))
        inspect_tell(x, i, (ptrdiff_t)k, "/to", "let \"propose\" alone lead there",
                     "\"%.*s\" leads to a decision that nobody has proposed: one officer would "
                     "decide alone",
                     STR_FMT(json_get_str(row, S("event"))));
}

static void document(struct inspect *x, size_t i, size_t k, const struct json *row)
{
    bool issues = json_get(row, S("document")) != NULL;
    size_t to = target(x, row);

    if (issues && (!inspect_takes(x, to, "sealed") || !inspect_takes(x, to, "spoilt")))
        inspect_tell(x, i, (ptrdiff_t)k, "/to", "lead it to a state with \"sealed\" and \"spoilt\"",
                     "the document must be sealed before the case goes on");
    if (!issues && seals(x, to))
        inspect_tell(x, i, (ptrdiff_t)k, "/to", "name the \"document\", on an approval",
                     "this leads to the sealing of a document, and none is issued");
}

static void correction(struct inspect *x, size_t i, size_t k, const struct json *row)
{
    size_t to = target(x, row);

    if (is(row, "request-correction") &&
        (!inspect_takes(x, to, "answer") || !inspect_turn(x, to, "person")))
        inspect_tell(x, i, (ptrdiff_t)k, "/to",
                     "lead it to a state of the person's turn with \"answer\"",
                     "the person must be able to answer what is asked");
    if (is(row, "answer") && !inspect_turn(x, i, "person"))
        inspect_tell(x, i, (ptrdiff_t)k, "/event", "make it the person's turn",
                     "\"answer\" stands where it is not the person's turn");
    if (is(row, "withdraw") && !inspect_end(x, to))
        inspect_tell(x, i, (ptrdiff_t)k, "/to", "lead it to a state without events",
                     "what is withdrawn has ended");
}

static void lapse(struct inspect *x, size_t i, size_t k, const struct json *row)
{
    const struct json *within = json_get(json_at(x->states, i), S("within"));

    if (str_eq(json_get_str(row, S("action")), S("case.lapse")) &&
        !str_eq(json_get_str(within, S("then")), json_get_str(row, S("event"))))
        inspect_tell(x, i, (ptrdiff_t)k, "/event", "name it in \"within\" of the state",
                     "no term of this state brings \"%.*s\" about",
                     STR_FMT(json_get_str(row, S("event"))));
}

/* Some event must be open whatever the answers are. */
static void way_out(struct inspect *x, size_t i)
{
    for (size_t k = 0; row_at(x, i, k); k++)
        if (!json_get(row_at(x, i, k), S("when")))
            return;
    if (!inspect_end(x, i))
        inspect_tell(x, i, -1, "/on", "leave the last \"when\" out",
                     "every way out has a condition: a case for which none holds is stuck");
}

/* ---- what is reached, and traps ----------------------------------------------------------- */

/* Adds to the set all states from which (back) or to which (not back) an event leads from a state
 * of the set; until nothing is added. */
static void spread(const struct inspect *x, bool back, bool *set)
{
    bool more = true;

    while (more) {
        more = false;
        for (size_t i = 0; i < inspect_count(x); i++)
            for (size_t k = 0; row_at(x, i, k); k++) {
                size_t to = target(x, row_at(x, i, k)), from = back ? to : i;
                size_t reached = back ? i : to;
                if (set[from] && !set[reached])
                    more = set[reached] = true;
            }
    }
}

static void reached(struct inspect *x)
{
    bool there[WORKFLOW_STATES] = {false}, out[WORKFLOW_STATES] = {false};

    there[inspect_find(x, json_get_str(x->doc, S("start")))] = true;
    spread(x, false, there);
    for (size_t i = 0; i < inspect_count(x); i++)
        out[i] = inspect_end(x, i);
    spread(x, true, out);
    for (size_t i = 0; i < inspect_count(x); i++) {
        str id = json_get_str(json_at(x->states, i), S("id"));
        if (!there[i])
            inspect_tell(x, i, -1, "/id", "remove it, or let an event lead there",
                         "no case ever becomes \"%.*s\"", STR_FMT(id));
        if (!out[i])
            inspect_tell(x, i, -1, "/id", "give it an event, or a term, that leads on to an end",
                         "\"%.*s\" is a trap: no end can be reached from it", STR_FMT(id));
    }
}

void inspect_ways(struct inspect *x)
{
    start_of(x);
    for (size_t i = 0; i < inspect_count(x); i++) {
        for (size_t k = 0; row_at(x, i, k); k++) {
            four_eyes(x, i, k, row_at(x, i, k));
            document(x, i, k, row_at(x, i, k));
            correction(x, i, k, row_at(x, i, k));
            lapse(x, i, k, row_at(x, i, k));
        }
        if (seals(x, i) && !inspect_turn(x, i, "node"))
            inspect_tell(x, i, -1, "/turn", "make it the node's turn",
                         "while a document is sealed it is the node's turn");
        way_out(x, i);
    }
    reached(x);
}
