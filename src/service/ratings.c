/* ratings.c - how the person found it: one to five, once for a case that has ended; told to the
 * mission only as a mean of many */
#include "service/jobs_int.h"
#include "service/messages_int.h"

enum {
    FEWEST = 5, /* below so many, nothing is told: one could guess who said what */
    ASK_AFTER_MS = 3600000,
    YEAR_DAYS = 365,
    TEXT_BYTES = 17 << 10
};

struct rating {
    struct casefile c; /* first */
    str sealed;
};

enum err case_rate_prepare(struct act *a, struct fault *f)
{
    AUTO(buf) struct buf sealed = BUF(TEXT_BYTES);
    struct rating *r = arena_new_of(a->arena, struct rating);
    str text = json_get_str(a->input, S("text"));

    TRY_PTR(r, f);
    a->data = r;
    TRY(case_of_path(a, &r->c, f));
    TRY(act_seal_for(a, &r->c.person, f));
    a->content = sha256(a->body);
    if (!text.n)
        return OK;
    TRY(seal(&sealed, &a->record_key, S("rating"), text, f));
    r->sealed = str_copy(a->arena, buf_str(&sealed));
    TRY_PTR(r->sealed.p, f);
    return OK;
}

/* Did it come to an end that somebody else brought? Who withdrew is not asked. */
static bool may_rate(const struct casefile *c)
{
    return c->filed && c->state->turn == TURN_END;
}

enum err case_rate(struct act *a, struct fault *f)
{
    struct rating *r = a->data;
    int64_t score = json_get_int(a->input, S("score"), 0);
    struct casefile now;
    struct jw w = JW(&a->reply);

    TRY(case_load(a, &r->c.id, &now, f));
    if (!may_rate(&now))
        return fault(f, ERR_CONFLICT, "the case has not ended");
    enum err e = db_run(a->db, f,
                        "INSERT INTO case_rating(file, bucket, mission, service, at, score, text)"
                        " VALUES(?,?,?,?,?,?,?)",
                        "dissiib", &now.id, (int64_t)id_bucket(&now.id), now.mission,
                        now.service_name, a->now, score, r->sealed);
    if (e == ERR_CONFLICT)
        return fault(f, e, "you have said so already");
    TRY(e);
    a->status = 201;
    jw_open(&w, '{');
    jw_kv_int(&w, S("score"), score);
    jw_close(&w, '}');
    return OK;
}

static enum err score_of(struct act *a, const struct casefile *c, int64_t *out, struct fault *f)
{
    struct query q;
    enum err e = db_one(a->db, &q, f, "SELECT score FROM case_rating WHERE file = ?", "d", &c->id);

    *out = 0;
    if (e == ERR_NOT_FOUND)
        return OK;
    TRY(e);
    *out = query_int(&q, 0);
    return query_end(&q, f);
}

static enum err put_given(struct act *a, struct jw *w, const struct casefile *c,
                          const struct key *k, struct fault *f)
{
    struct query q;
    str text;
    enum err e =
        db_one(a->db, &q, f, "SELECT score, text FROM case_rating WHERE file = ?", "d", &c->id);

    if (e == ERR_NOT_FOUND)
        return OK;
    TRY(e);
    jw_kv_int(w, S("score"), query_int(&q, 0));
    if (!query_null(&q, 1)) {
        e = unseal(a->arena, k, S("rating"), query_str(&q, 1), &text, f);
        if (e == OK)
            jw_kv(w, S("text"), text);
    }
    TRY(query_end(&q, e == OK ? f : NULL));
    return e;
}

/* Officers are not told what one person said. */
enum err rating_put(struct act *a, struct jw *w, const struct casefile *c, const struct key *k,
                    struct fault *f)
{
    if (a->actor.kind != ACTOR_PERSON || !may_rate(c))
        return OK;
    jw_key(w, S("rating"));
    jw_open(w, '{');
    TRY(put_given(a, w, c, k, f));
    jw_close(w, '}');
    return OK;
}

enum err rating_due(struct act *a, const struct casefile *c, struct fault *f)
{
    if (!may_rate(c) || a->house->replaying_history || str_eq(c->event, S("withdraw")))
        return OK;
    return job_add_at(a, S("case-rate"), act_id_text(a, &c->id), a->now + ASK_AFTER_MS, f);
}

enum err case_ask_rating_prepare(struct act *a, struct fault *f)
{
    struct casefile *c = arena_new_of(a->arena, struct casefile);

    TRY_PTR(c, f);
    a->data = c;
    TRY(case_of_path(a, c, f));
    TRY(act_seal_for(a, &c->person, f));
    return case_find_addressee(a, c, f);
}

enum err case_ask_rating(struct act *a, struct fault *f)
{
    const struct casefile *c = a->data;
    struct json words = {.type = J_OBJECT};
    int64_t score;
    str title = service_word(c->service, c->to.language, S("title"));
    str link = str_printf(a->arena, "%.*s/%.*s/cases/%.*s/rating", STR_FMT(a->house->url),
                          STR_FMT(c->to.language), STR_FMT(act_id_text(a, &c->id)));

    TRY(job_end(a, f));
    TRY(score_of(a, c, &score, f));
    if (score || c->state->turn != TURN_END)
        return OK;
    bool ok =
        link.p &&
        json_put(a->arena, &words, S("service"), json_of_str(title.p ? title : c->service_name)) &&
        json_put(a->arena, &words, S("link"), json_of_str(link));
    TRY_PTR(ok, f);
    return notice_queue(a, &c->person, c->to.address, S("how-was-it"), c->to.language, &words, f);
}

/* In whole fives, in the order in which they came: one more changes nothing that could be told from
 * it. */
enum err satisfaction_put(struct act *a, struct jw *w, str mission, struct fault *f)
{
    int64_t since = a->now - (int64_t)YEAR_DAYS * DAY_MS;
    struct query q;

    TRY(db_one(a->db, &q, f,
               "SELECT count(*) FROM case_rating WHERE (? = '' OR mission = ?) AND at > ?", "ssi",
               mission, mission, since));
    int64_t n = query_int(&q, 0);
    TRY(query_end(&q, f));
    n -= n % FEWEST;
    TRY(db_one(a->db, &q, f,
               "SELECT coalesce(sum(score), 0), coalesce(sum(CASE WHEN score >= 4 THEN 1 ELSE 0"
               " END), 0) FROM (SELECT score FROM case_rating WHERE (? = '' OR mission = ?)"
               " AND at > ? ORDER BY at, file LIMIT ?) AS told",
               "ssii", mission, mission, since, n));
    int64_t sum = query_int(&q, 0), content = query_int(&q, 1);
    TRY(query_end(&q, f));
    jw_key(w, S("satisfaction"));
    jw_open(w, '{');
    jw_kv_int(w, S("fewest"), FEWEST);
    if (n >= FEWEST) {
        jw_kv_int(w, S("n"), n);
        jw_kv_int(w, S("content"), content);
        jw_key(w, S("mean"));
        jw_real(w, (double)(sum * 10 / n) / 10);
    }
    jw_close(w, '}');
    return OK;
}
