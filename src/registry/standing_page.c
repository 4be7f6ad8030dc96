/* standing_page.c - a partner's standing as its page shows it: the letter as people read it, what
 * is proposed, and what the policy would say to each step before an officer tries it
 *
 * The fingerprint of what is proposed is not told: whoever confirms reads it off the note verbale.
 */
#include "act/gate.h"
#include "base/date.h"
#include "registry/accreditation_int.h"
#include "registry/registry_int.h"

static void put_fingerprint(struct jw *w, const struct note_key *root)
{
    char line[FINGERPRINT_LINES][FINGERPRINT_LINE];
    struct hash h = root_fingerprint(root);

    fingerprint_format(&h, line);
    jw_key(w, S("fingerprint"));
    jw_open(w, '[');
    for (int i = 0; i < FINGERPRINT_LINES; i++)
        jw_string(w, str_of(line[i]));
    jw_close(w, ']');
}

/* The key by which it witnesses, as policies name it. */
static enum err put_witness_key(struct arena *a, struct jw *w, const struct keyset *k,
                                struct fault *f)
{
    AUTO(buf) struct buf b = BUF(512);
    struct note_key key;

    TRY_PTR(keyset_witness_key(k, a, &key), f);
    note_key_format(&b, &key);
    jw_kv(w, S("witness"), buf_str(&b));
    return OK;
}

static void put_day(struct jw *w, str key, int32_t day)
{
    char text[DAY_TEXT];

    day_format(day, text);
    jw_kv(w, key, str_of(text));
}

/* A letter of credence as people read it. */
static void put_letter(struct jw *w, const struct credence *c, const struct keyset *k)
{
    jw_key(w, S("letter"));
    jw_open(w, '{');
    jw_kv(w, S("state"), c->state);
    jw_kv(w, S("title"), c->title);
    jw_kv(w, S("name"), c->name);
    jw_kv(w, S("url"), c->url);
    put_day(w, S("issued"), c->issued);
    jw_kv_strings(w, S("languages"), c->language, c->n_languages);
    jw_kv_strings(w, S("contacts"), c->contact, c->n_contacts);
    jw_kv_int(w, S("serial"), (int64_t)k->serial);
    put_day(w, S("from"), k->from);
    put_day(w, S("until"), k->until);
    jw_close(w, '}');
}

/* ---- before it is proposed ---------------------------------------------------------------- */

enum err partner_statement_prepare(struct act *a, struct fault *f)
{
    struct proposal *p = arena_new_of(a->arena, struct proposal);

    TRY_PTR(p, f);
    return proposal_read(a, p, f);
}

/* What the officer is about to sign; of a letter what it says, its key being the one of the note.
 */
enum err partner_statement(struct act *a, struct fault *f)
{
    const struct proposal *p = a->data;
    struct jw w = JW(&a->reply);

    (void)f;
    jw_open(&w, '{');
    jw_kv(&w, S("statement"), p->statement);
    if (p->credence.p) {
        put_letter(&w, &p->letter, &p->keys);
        put_fingerprint(&w, &p->letter.root);
    }
    jw_close(&w, '}');
    return OK;
}

/* ---- what is proposed --------------------------------------------------------------------- */

/* With the statement that the second officer signs. */
static enum err put_proposed(struct act *a, struct jw *w, const struct proposal *p, struct fault *f)
{
    char at[32];

    time_format(p->proposed, at);
    jw_kv(w, S("proposed"), p->change.to);
    jw_kv(w, S("statement"), p->statement);
    jw_key(w, S("proposal"));
    jw_open(w, '{');
    jw_kv(w, S("at"), str_of(at));
    TRY(officer_put_name(a, w, S("proposer"), &p->proposer, f));
    jw_kv_bool(w, S("own"), id_eq(&p->proposer, &a->actor.id));
    if (p->change.reason.p)
        jw_kv(w, S("reason"), p->change.reason);
    if (p->credence.p)
        put_letter(w, &p->letter, &p->keys);
    jw_close(w, '}');
    return OK;
}

static enum err put_node(struct act *a, struct jw *w, str state, const struct proposal *wanted,
                         struct fault *f)
{
    struct partner p;
    struct query q;
    char at[32];

    enum err e = db_one(a->db, &q, f, "SELECT standing, since FROM accreditation WHERE state = ?",
                        "s", state);
    if (e == ERR_NOT_FOUND)
        return OK;
    TRY(e);
    time_format(query_int(&q, 1), at);
    jw_key(w, S("node"));
    jw_open(w, '{');
    jw_kv(w, S("standing"), query_str(&q, 0));
    jw_kv(w, S("since"), str_of(at));
    TRY(query_end(&q, f));
    if (wanted)
        TRY(put_proposed(a, w, wanted, f));
    e = partner_load(a->db, state, a->arena, &p, f);
    if (e == OK) {
        jw_kv(w, S("name"), p.credence.name);
        jw_kv(w, S("url"), p.credence.url);
        jw_kv_int(w, S("serial"), (int64_t)p.keyset.serial);
        TRY(put_witness_key(a->arena, w, &p.keyset, f));
        put_fingerprint(w, &p.credence.root);
    }
    jw_close(w, '}');
    return e == ERR_NOT_FOUND ? OK : e;
}

/* ---- what may come next ------------------------------------------------------------------- */

static enum err put_step(struct act *a, struct jw *w, const char *action, struct proposal *p,
                         struct fault *f)
{
    bool fresh = str_eq(p->change.was, S("none")) || str_eq(p->change.was, S("severed")) ||
                 str_eq(p->change.was, S("accredited"));

    jw_open(w, '{');
    jw_kv(w, S("action"), str_of(action));
    jw_kv(w, S("standing"), p->change.to);
    if (str_eq(p->change.to, S("accredited")))
        jw_kv(w, S("letter"), fresh ? S("needed") : S("possible"));
    TRY(gate_advise(a->house->gate, a,
                    action_named(registry_actions, registry_actions_n, str_of(action)), p, w, f));
    jw_close(w, '}');
    return OK;
}

/* An officer learns before pressing a button whether the policy lets them, and why not. */
static enum err put_next(struct act *a, struct jw *w, str state, struct proposal *wanted,
                         struct fault *f)
{
    static const char *const to[] = {"accredited", "suspended", "recalled", "severed"};

    jw_key(w, S("next"));
    jw_open(w, '[');
    if (wanted)
        TRY(put_step(a, w, "partner.confirm", wanted, f));
    for (size_t i = 0; i < ARRAY_LEN(to); i++) {
        struct proposal *p = arena_new_of(a->arena, struct proposal);
        TRY_PTR(p, f);
        TRY(partner_standing(a->db, state, p->was, f));
        p->change =
            (struct standing_change){.partner = state, .was = str_of(p->was), .to = str_of(to[i])};
        p->credence = i == 0 ? S("to come") : STR_NONE;
        if (proposal_check_step(p, NULL) == OK)
            TRY(put_step(a, w, "partner.propose", p, f));
    }
    jw_close(w, ']');
    return OK;
}

enum err accreditation_put(struct act *a, struct jw *w, str state, struct fault *f)
{
    struct proposal *wanted = arena_new_of(a->arena, struct proposal);

    TRY_PTR(wanted, f);
    enum err e = proposal_stored(a, wanted, f);
    if (e == ERR_CONFLICT)
        wanted = NULL;
    else
        TRY(e);
    TRY(put_node(a, w, state, wanted, f));
    return put_next(a, w, state, wanted, f);
}
