/* appointed.c - officers' rows held against the journal: whoever changes a role without an act is
 * found
 *
 * The entry of an appointment names the digest of all that the officer's row says. Nothing changes
 * such a row later; roles that are lent stand elsewhere (delegations.c). The two officers with whom
 * a state is made have no entry, as the keyring took their keys without anybody's signature.
 */
#include "base/encode.h"
#include "ledger/ledger.h"
#include "registry/registry_int.h"

enum { FIRST_OFFICERS = 2, HEX = 64 };

struct hash appointment_digest(const struct appointment *o)
{
    AUTO(buf) struct buf text = BUF(1 << 16);
    struct jw w = JW(&text);
    char key[65] = "";

    if (o->key.n == 32)
        hex_encode(o->key.p, o->key.n, key);
    jw_open(&w, '{');
    jw_kv(&w, S("id"), o->id);
    jw_kv(&w, S("key"), str_of(key));
    jw_kv(&w, S("language"), o->language);
    jw_kv(&w, S("mission"), o->mission);
    jw_kv(&w, S("name"), o->name);
    jw_kv(&w, S("person"), o->person);
    jw_kv(&w, S("roles"), o->roles);
    jw_close(&w, '}');
    return sha256(buf_str(&text));
}

/* Appointments of the journal: the officer and the digest, in hexadecimal. */
struct appointed {
    struct arena *arena;
    size_t n, room;
    struct {
        char id[ID_TEXT + 1], digest[HEX + 1];
    } * list;
};

static enum err remember(void *ctx, str entry, struct fault *f)
{
    AUTO(arena) struct arena *scratch = arena_new(1 << 16);
    struct appointed *all = ctx;
    struct json *j;

    TRY_PTR(scratch, f);
    TRY(json_parse(scratch, entry, NULL, &j, f));
    str subject = json_get_str(j, S("subject")), digest = json_get_str(j, S("content"));
    if (!str_eq(json_get_str(j, S("action")), S("officer.add")) ||
        !json_get_bool(j, S("permit"), false) || !str_starts(subject, S("officer/")) ||
        subject.n != 8 + ID_TEXT || digest.n != HEX)
        return OK;
    if (all->n == all->room) {
        size_t room = all->room ? 2 * all->room : 64;
        void *more = arena_alloc(all->arena, room * sizeof *all->list);
        TRY_PTR(more, f);
        if (all->n)
            memcpy(more, all->list, all->n * sizeof *all->list);
        all->list = more;
        all->room = room;
    }
    memcpy(all->list[all->n].id, subject.p + 8, ID_TEXT + 1);
    all->list[all->n].id[ID_TEXT] = 0;
    memcpy(all->list[all->n].digest, digest.p, HEX);
    all->list[all->n++].digest[HEX] = 0;
    return OK;
}

/* Was this officer appointed, and as what the row says? */
static enum err check_row(const struct appointed *all, const struct appointment *o, bool *out_found,
                          struct fault *f)
{
    char hex[HEX + 1];
    struct hash h = appointment_digest(o);

    hex_encode(h.b, sizeof h.b, hex);
    *out_found = false;
    for (size_t i = 0; i < all->n; i++) {
        if (!str_eq(str_of(all->list[i].id), o->id))
            continue;
        *out_found = true;
        if (strcmp(all->list[i].digest, hex) == 0)
            return OK;
    }
    return *out_found
               ? fault(f, ERR_CORRUPT,
                       "%.100s (%.*s) is not the officer who was appointed: key, mission, roles or "
                       "name were changed",
                       o->name.p, STR_FMT(o->id))
               : OK;
}

enum err officers_check(struct db *db, uint64_t *out_appointed, uint64_t *out_first,
                        struct fault *f)
{
    AUTO(arena) struct arena *a = arena_new(64 << 20);
    struct appointed all = {.arena = a};
    uint64_t appointed = 0, first = 0;
    enum err e = OK;
    struct query q;

    TRY_PTR(a, f);
    TRY(ledger_find(db, S("\"action\":\"officer.add\""), remember, &all, f));
    TRY(db_query(db, &q, f,
                 "SELECT id, public_key, language, mission, name, person, roles FROM officer", ""));
    for (; e == OK && query_row(&q); query_next(&q)) {
        char id[ID_TEXT + 1], person[ID_TEXT + 1] = "";
        struct id is = query_id(&q, 0), who;
        bool found;
        id_format(&is, id);
        if (!query_null(&q, 5)) {
            who = query_id(&q, 5);
            id_format(&who, person);
        }
        e = check_row(&all,
                      &(struct appointment){.id = str_of(id),
                                            .key = query_str(&q, 1),
                                            .language = query_str(&q, 2),
                                            .mission = query_str(&q, 3),
                                            .name = query_str(&q, 4),
                                            .person = str_of(person),
                                            .roles = query_str(&q, 6)},
                      &found, f);
        *(found ? &appointed : &first) += 1;
    }
    enum err end = query_end(&q, e == OK ? f : NULL);
    TRY(e);
    TRY(end);
    if (first > FIRST_OFFICERS)
        return fault(f, ERR_CORRUPT, "%d officers were appointed by nobody",
                     (int)(first - FIRST_OFFICERS));
    *out_appointed = appointed;
    *out_first = first;
    return OK;
}
