/* similar.c - cases that may be the same as one on the desk: of the same person, or of somebody
 * on record with the same name and birth, or the same number
 *
 * What is told is that they exist and where: their content is read by an act of its own.
 */
#include "base/encode.h"
#include "service/cases_int.h"

enum { SIMILAR_MAX = 10 };

static void put_one(struct act *a, struct jw *w, struct query *q, const char *why)
{
    struct id id = query_id(q, 0);
    char at[32];

    jw_open(w, '{');
    jw_kv(w, S("id"), act_id_text(a, &id));
    jw_kv(w, S("mission"), query_str(q, 1));
    jw_kv(w, S("state"), query_str(q, 2));
    const struct service *s = service_find(a->house->services, query_str(q, 4));
    if (s)
        jw_kv(w, S("state_text"), case_word(a, s, case_language(a), "state", query_str(q, 2)));
    time_format(query_int(q, 3), at);
    jw_kv(w, S("filed"), str_of(at));
    jw_kv(w, S("why"), str_of(why));
    jw_close(w, '}');
}

enum err case_put_similar(struct act *a, struct jw *w, const struct casefile *c, struct fault *f)
{
    struct query q;

    jw_key(w, S("similar"));
    jw_open(w, '[');
    TRY(db_query(a->db, &q, f,
                 "SELECT id, mission, state, filed, service FROM case_file WHERE person = ?"
                 " AND service = ? AND id <> ? AND filed > 0 ORDER BY id DESC LIMIT ?",
                 "dsdi", &c->person, c->service_name, &c->id, (int64_t)SIMILAR_MAX));
    for (; query_row(&q); query_next(&q))
        put_one(a, w, &q, "same-person");
    TRY(query_end(&q, f));
    TRY(db_query(a->db, &q, f,
                 "SELECT c.id, c.mission, c.state, c.filed, c.service FROM case_file c"
                 " WHERE c.person IN (SELECT o.person FROM person_trace t JOIN person_trace o"
                 " ON o.hash = t.hash AND o.person <> t.person WHERE t.person = ?)"
                 " AND c.service = ? AND c.filed > 0 ORDER BY c.id DESC LIMIT ?",
                 "dsi", &c->person, c->service_name, (int64_t)SIMILAR_MAX));
    for (; query_row(&q); query_next(&q))
        put_one(a, w, &q, "same-name-or-number");
    jw_close(w, ']');
    return query_end(&q, f);
}
