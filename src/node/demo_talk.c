/* demo_talk.c - what people and missions say to each other in the demo: hours and rounds of
 * appointments, messages, how it was */
#include "node/demo_int.h"
#include "service/appointments.h"

enum { ASKS_MAX = 60, DRAWN_MAX = 120, RECENT = 40 };

/* Days of the year. */
static const struct {
    int closes, from, to;
} rounds[] = {{DAYS + 3, DAYS + 8, DAYS + 19}, {ROUND_DRAWN, DAYS, DAYS + 7}};

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

enum err demo_round(struct demo *d, const struct post *p, const char *token, bool drawn,
                    struct fault *f)
{
    AUTO(arena) struct arena *a = arena_new(1 << 16);
    int32_t first = (int32_t)(d->first_ms / DAY_MS);
    char closes[DAY_TEXT], from[DAY_TEXT], to[DAY_TEXT];

    TRY_PTR(a, f);
    day_format(first + rounds[drawn].closes, closes);
    day_format(first + rounds[drawn].from, from);
    day_format(first + rounds[drawn].to, to);
    return post_to(
        d, "appointment.open", token, p->mission->code,
        str_printf(a, "{\"closes\":\"%sT09:00\",\"from\":\"%s\",\"to\":\"%s\"}", closes, from, to),
        f);
}

void demo_draws(struct demo *d)
{
    int64_t not_before = 0;

    while (appointments_work(&d->node->house, &not_before))
        not_before = 0;
}

/* Everybody has a time that suits best, and takes any. STR_NONE where no round is open. */
static enum err wish(struct demo *d, const struct plan *p, const char *token, struct arena *a,
                     str *out_body, struct fault *f)
{
    struct json *shown;

    TRY(demo_answered(d, "appointment.show", "id", demo_id(a, &p->id), token, STR_NONE, a, &shown,
                      f));
    const struct json *round = json_get(shown, S("round")), *slots = json_get(round, S("slots"));
    *out_body = STR_NONE;
    if (!json_at(slots, 0))
        return OK;
    str at = json_get_str(json_at(slots, p->person * 7 % slots->n), S("at"));
    *out_body = str_printf(a, "{\"round\":\"%.*s\",\"wishes\":[\"%.*s\"],\"any\":true}",
                           STR_FMT(json_get_str(round, S("id"))), STR_FMT(at));
    TRY_PTR(out_body->p, f);
    return OK;
}

/* Whoever applied lately asks for any place; whose case has ended, or who has a place, is refused,
 * as in life. In the round that is drawn two of three ask, in the open one the others too. */
enum err demo_asks(struct demo *d, struct fault *f)
{
    char token[TOKEN_MAX];
    bool drawn = d->today < DAYS;
    unsigned asked = 0, most = drawn ? DRAWN_MAX : ASKS_MAX;

    for (unsigned i = d->options->cases; i && asked < most; i--) {
        AUTO(arena) struct arena *a = arena_new(ARENA);
        const struct plan *p = &d->plans[i - 1];
        struct fault ignored = {0};
        if (p->lost || p->day[EV_FILE] < d->today - RECENT || p->day[EV_FILE] >= d->today ||
            (drawn && p->person % 3 == 0) ||
            !str_eq(d->services[p->service]->name, str_of(drawn_service)))
            continue;
        str body;
        TRY_PTR(a, f);
        TRY(demo_person_signs_in(d, p, token, f));
        TRY(wish(d, p, token, a, &body, f));
        if (!body.p)
            continue;
        asked += demo_act_on_case(d, p, "appointment.ask", token, body, &ignored) == OK;
    }
    return OK;
}

/* What people ask, and what they are told. */
static const struct {
    const char *asks, *told;
} talks[] = {
    {"متى تكتمل المعاملة؟ عليّ أن أسافر قريبًا.",
     "وصلت أوراقك كاملة، وستصلك النتيجة في الموعد المذكور."},
    {"هل يمكن أن يستلم أخي الوثيقة عني؟",
     "نعم، بوكالة تُظهر اسمه ورقم هويته، أو بتفويض مسجّل في ملفك."},
    {"انتقلتُ إلى عنوان جديد. هل أصحّحه هنا؟", "سجّلنا العنوان الجديد. لا حاجة إلى شيء آخر."},
    {"Je ne trouve plus mon récépissé. Est-ce que mon numéro de dossier suffit ?",
     "Le numéro suffit : votre dossier est complet et suit son cours."},
    {"My daughter turns eighteen next month. Does she apply for herself then?",
     "This application counts by the day on which it came: nothing changes for it."},
};

/* One in six asks something, and has an answer. */
enum err demo_talk(struct demo *d, const struct plan *p, const char *officer, struct fault *f)
{
    unsigned which = p->person / 6 % ARRAY_LEN(talks);
    AUTO(arena) struct arena *a = arena_new(1 << 16);
    char token[TOKEN_MAX];

    if (p->person % 6)
        return OK;
    TRY_PTR(a, f);
    TRY(demo_person_signs_in(d, p, token, f));
    TRY(demo_act_on_case(d, p, "message.send", token,
                         str_printf(a, "{\"text\":\"%s\"}", talks[which].asks), f));
    if (p->person % 18 == 0)
        return OK; /* still waits */
    return demo_act_on_case(d, p, "message.write", officer,
                            str_printf(a, "{\"text\":\"%s\"}", talks[which].told), f);
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
