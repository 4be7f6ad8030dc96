/* demo_talk.c - what people and missions say to each other in the demo: hours and rounds of
 * appointments, messages, how it was */
#include "node/demo_int.h"

enum { ROUND_FIRST = 7, ROUND_LAST = 18, CLOSES = 3, ASKS_MAX = 60, RECENT = 40 };

static const char drawn_service[] = "passport-renewal";

static enum err post_to(struct demo *d, const char *action, const char *token, str mission,
                        str body, struct fault *f)
{
    struct demo_call c;

    demo_call_begin(d, &c, action);
    demo_call_param(&c, "mission", mission);
    demo_call_param(&c, "service", str_of(drawn_service));
    enum err e = demo_call_as(d, &c, token, f);
    if (e == OK)
        e = demo_call_body(&c, body, f);
    if (e == OK)
        e = demo_call_do(d, &c, f);
    demo_call_end(&c);
    return e;
}

enum err demo_hours(struct demo *d, const struct post *p, const char *token, struct fault *f)
{
    return post_to(d, "appointment.rule", token, p->mission->code,
                   S("{\"hours\":[{\"days\":[0,1,2,3,4],\"from\":\"09:00\",\"to\":\"12:00\"}],"
                     "\"breaks\":[{\"from\":\"10:30\",\"to\":\"10:50\"}],\"counters\":1,"
                     "\"minutes\":20,\"held\":1,\"grace\":15}"),
                   f);
}

/* The round that is open on the day on which the state is handed over. */
enum err demo_round(struct demo *d, const struct post *p, const char *token, struct fault *f)
{
    AUTO(arena) struct arena *a = arena_new(1 << 16);
    int32_t today = (int32_t)(d->first_ms / DAY_MS) + DAYS;
    char closes[DAY_TEXT], from[DAY_TEXT], to[DAY_TEXT];

    TRY_PTR(a, f);
    day_format(today + CLOSES, closes);
    day_format(today + ROUND_FIRST, from);
    day_format(today + ROUND_LAST, to);
    return post_to(
        d, "appointment.open", token, p->mission->code,
        str_printf(a, "{\"closes\":\"%sT09:00\",\"from\":\"%s\",\"to\":\"%s\"}", closes, from, to),
        f);
}

/* The round that is open at the case's mission; nil when there is none. */
static struct id open_round(struct demo *d, const struct plan *p)
{
    struct id id = {{0}};
    struct db *db;
    struct query q;

    if (db_pool_take(d->node->house.readers, &db, NULL) != OK)
        return id;
    if (db_one(db, &q, NULL,
               "SELECT r.id FROM appointment_round r JOIN case_file c ON c.mission = r.mission"
               " AND c.service = r.service WHERE c.id = ? AND r.state = 'open'",
               "d", &p->id) == OK) {
        id = query_id(&q, 0);
        (void)!query_end(&q, NULL);
    }
    db_pool_put(d->node->house.readers, db);
    return id;
}

/* Whoever applied lately asks for any place; whose case has ended is refused, as in life. */
enum err demo_asks(struct demo *d, struct fault *f)
{
    char token[TOKEN_MAX];
    unsigned asked = 0;

    for (unsigned i = d->options->cases; i && asked < ASKS_MAX; i--) {
        AUTO(arena) struct arena *a = arena_new(1 << 16);
        const struct plan *p = &d->plans[i - 1];
        struct fault ignored = {0};
        if (p->lost || p->day[EV_FILE] < DAYS - RECENT ||
            !str_eq(d->services[p->service]->name, str_of(drawn_service)))
            continue;
        struct id round = open_round(d, p);
        if (id_is_nil(&round))
            continue;
        TRY_PTR(a, f);
        TRY(demo_person_signs_in(d, p, token, f));
        str body = str_printf(a, "{\"round\":\"%.*s\",\"any\":true}", STR_FMT(demo_id(a, &round)));
        asked += demo_act_on_case(d, p, "appointment.ask", token, body, &ignored) == OK;
    }
    return OK;
}

/* One in six asks when it will be, and has an answer. */
enum err demo_talk(struct demo *d, const struct plan *p, const char *officer, struct fault *f)
{
    char token[TOKEN_MAX];

    if (p->person % 6)
        return OK;
    TRY(demo_person_signs_in(d, p, token, f));
    TRY(demo_act_on_case(d, p, "message.send", token,
                         S("{\"text\":\"متى تكتمل المعاملة؟ عليّ أن أسافر قريبًا.\"}"), f));
    if (p->person % 18 == 0)
        return OK; /* still waits */
    return demo_act_on_case(
        d, p, "message.write", officer,
        S("{\"text\":\"وصلت أوراقك كاملة، وستصلك النتيجة في الموعد المذكور.\"}"), f);
}

/* Half of those whose case has ended say how it was. */
enum err demo_rate(struct demo *d, const struct plan *p, struct fault *f)
{
    static const char scores[] = "5544443352";
    AUTO(arena) struct arena *a = arena_new(1 << 16);
    struct fault ignored = {0};
    char token[TOKEN_MAX];

    if (p->person % 2)
        return OK;
    TRY_PTR(a, f);
    TRY(demo_person_signs_in(d, p, token, f));
    str body = str_printf(a, "{\"score\":%c}", scores[p->person / 2 % (sizeof scores - 1)]);
    (void)demo_act_on_case(d, p, "case.rate", token, body, &ignored); /* it may go on */
    return OK;
}
