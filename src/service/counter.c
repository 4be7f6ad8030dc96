/* counter.c - persons who stand at the counter or write by post
 *
 * An officer finds a person by exact name, birth date and nationality, by the number of an identity
 * card or a passport, or by an address; or records somebody new, having seen who they are. The
 * database knows keyed hashes of these, so that nobody can leaf through it. An address is confirmed
 * by a code that is mailed to it and told to the officer: from then on whoever signs in with it has
 * the file. It moves here from an account that nobody used; one with cases of its own stays whose
 * it is, and is confirmed instead. */
#include "service/counter_int.h"

/* ---- finding ------------------------------------------------------------------------------ */

static bool has(const struct finding *found, const struct id *person)
{
    for (size_t i = 0; i < found->n; i++)
        if (id_eq(&found->list[i], person))
            return true;
    return false;
}

static enum err find_by(struct act *a, const char *sql, const struct hash *hash,
                        struct finding *found, struct fault *f)
{
    struct query q;

    TRY(db_query(a->db, &q, f, sql, "b", hash_str(hash)));
    for (; query_row(&q) && found->n < FOUND_MAX; query_next(&q)) {
        struct id person = query_id(&q, 0);
        if (!has(found, &person))
            found->list[found->n++] = person;
    }
    return query_end(&q, f);
}

enum err persons_find(struct act *a, const struct json *who, struct finding *found, struct fault *f)
{
    str email = json_get_str(who, S("email"));
    struct person_traces t;

    person_traces_of(a->house, who, &t);
    if (!t.n && !email.p)
        return fault(f, ERR_INVALID,
                     "give surname, given_names, birth_date and nationality; or nationality with"
                     " identity_number or passport_number; or email");
    for (size_t i = 0; i < t.n; i++)
        TRY(find_by(a, "SELECT person FROM person_trace WHERE hash = ? ORDER BY person", &t.list[i],
                    found, f));
    if (!email.p)
        return OK;
    struct hash lookup = lookup_hash(a->house, S("person"), email);
    return find_by(a, "SELECT person FROM lookup WHERE hash = ?", &lookup, found, f);
}

/* "l…@example.org": enough to ask whether it is theirs. */
static void put_masked(struct jw *w, str email)
{
    AUTO(buf) struct buf b = BUF(1024);
    ptrdiff_t at = str_find_char(email, '@');

    if (at < 1)
        return;
    buf_add(&b, email.p, 1);
    buf_add_str(&b, S("…"));
    buf_add_str(&b, str_sub(email, (size_t)at, email.n));
    jw_kv(w, S("email"), buf_str(&b));
}

static enum err put_found(struct act *a, struct jw *w, const struct id *person, struct fault *f)
{
    static const char *const shown[] = {
        "surname",    "given_names", "surname_latin", "given_names_latin",
        "birth_date", "nationality", "kind",          "name",
        "name_latin", "form",        "register",      "register_number",
        "country",    "seat"};
    struct json *profile;
    bool identified;

    TRY(person_identified(a, person, &identified, f));
    TRY(person_profile(a, person, &profile, f));
    jw_open(w, '{');
    jw_kv(w, S("id"), act_id_text(a, person));
    for (size_t i = 0; i < ARRAY_LEN(shown); i++) {
        str value = json_get_str(profile, str_of(shown[i]));
        if (value.p)
            jw_kv(w, str_of(shown[i]), value);
    }
    put_masked(w, json_get_str(profile, S("email")));
    jw_kv_bool(w, S("identified"), identified);
    jw_close(w, '}');
    return OK;
}

enum err person_find_prepare(struct act *a, struct fault *f)
{
    AUTO(buf) struct buf b = BUF(PROFILE_MAX);
    struct finding *found = arena_new_of(a->arena, struct finding);
    struct jw w = JW(&b);

    TRY_PTR(found, f);
    a->data = found;
    TRY(persons_find(a, a->input, found, f));
    jw_open(&w, '{');
    jw_key(&w, S("persons"));
    jw_open(&w, '[');
    for (size_t i = 0; i < found->n; i++)
        TRY(put_found(a, &w, &found->list[i], f));
    jw_close(&w, ']');
    jw_close(&w, '}');
    found->reply = str_copy(a->arena, buf_str(&b));
    TRY_PTR(found->reply.p, f);
    a->content = sha256(a->body);
    return OK;
}

/* Whoever was found will see that they were looked for. */
enum err person_find(struct act *a, struct fault *f)
{
    const struct finding *found = a->data;

    for (size_t i = 0; i < found->n; i++) {
        str subject = str_printf(a->arena, "person/%.*s", STR_FMT(act_id_text(a, &found->list[i])));
        TRY_PTR(subject.p, f);
        TRY(access_note(a, &found->list[i], subject, str_of(a->action->summary), f));
    }
    buf_add_str(&a->reply, found->reply);
    return OK;
}

/* ---- recording ---------------------------------------------------------------------------- */

static enum err recording_new(struct act *a, struct recording **out, struct fault *f)
{
    struct recording *r = arena_new_of(a->arena, struct recording);

    TRY_PTR(r, f);
    a->data = *out = r;
    a->content = sha256(a->body);
    return OK;
}

static enum err seal_profile(struct act *a, const struct json *profile, str *out, struct fault *f)
{
    AUTO(buf) struct buf text = BUF(PROFILE_MAX);
    AUTO(buf) struct buf sealed = BUF(PROFILE_MAX + 1024);
    struct jw w = JW(&text);

    jw_tree(&w, profile);
    TRY(seal(&sealed, &a->record_key, S("profile"), buf_str(&text), f));
    *out = str_copy(a->arena, buf_str(&sealed));
    TRY_PTR(out->p, f);
    return OK;
}

enum err recording_begin(struct act *a, const struct json *profile, struct recording *r,
                         struct fault *f)
{
    struct key k;

    person_traces_of(a->house, profile, &r->traces);
    r->person = id_new(&a->house->world, person_bucket(&r->traces.list[0]));
    TRY(person_key_new(a->house, &r->person, &k, f));
    TRY(act_seal_for(a, &r->person, f));
    return seal_profile(a, profile, &r->profile, f);
}

enum err recording_insert(struct act *a, const struct recording *r, struct fault *f)
{
    TRY(db_run(a->db, f,
               "INSERT INTO person(id, bucket, at, profile, identified) VALUES(?,?,?,?,?)", "diibi",
               &r->person, (int64_t)id_bucket(&r->person), a->now, r->profile, a->now));
    return person_traces_write(a, &r->person, &r->traces, f);
}

/* What the input says of somebody. */
static enum err take_input(struct act *a, struct json *profile, struct fault *f)
{
    for (uint32_t i = 0; i < a->input->n; i++)
        if (!str_eq(a->input->members[i].key, S("namesake")))
            TRY_PTR(
                json_put(a->arena, profile, a->input->members[i].key, a->input->members[i].value),
                f);
    return OK;
}

enum err person_record_prepare(struct act *a, struct fault *f)
{
    struct json profile = {.type = J_OBJECT};
    struct finding found = {0};
    struct recording *r = NULL;

    TRY(recording_new(a, &r, f));
    TRY(persons_find(a, a->input, &found, f));
    if (found.n && !json_get_bool(a->input, S("namesake"), false))
        return fault(f, ERR_CONFLICT,
                     "somebody of that name or number is on record: find them, or say that this is"
                     " a namesake");
    TRY(take_input(a, &profile, f));
    return recording_begin(a, &profile, r, f);
}

/* A company or an association, whose register an officer has seen. It signs in nowhere: persons act
 * for it (registry/representatives.c). */
enum err company_record_prepare(struct act *a, struct fault *f)
{
    struct json profile = {.type = J_OBJECT};
    struct finding found = {0};
    struct recording *r = NULL;

    TRY(recording_new(a, &r, f));
    TRY(persons_find(a, a->input, &found, f));
    if (found.n)
        return fault_at(f, ERR_CONFLICT, "/register_number",
                        "the company of that number is on record: find it");
    TRY_PTR(json_put(a->arena, &profile, S("kind"), json_of_str(S("company"))), f);
    TRY(take_input(a, &profile, f));
    return recording_begin(a, &profile, r, f);
}

enum err person_counter_facts(struct act *a, struct fault *f)
{
    const struct recording *r = a->data;
    str id = act_id_text(a, &r->person);

    TRY_PTR(id.p, f);
    struct cedar_entity *e = act_resource(a, S("File"), id);
    cedar_attr(a->entities, e, S("person"), cedar_ref(a->entities, S("Sifara::Person"), id));
    a->subject = str_printf(a->arena, "person/%.*s", STR_FMT(id));
    TRY_PTR(a->subject.p, f);
    return OK;
}

static enum err person_reply(struct act *a, const struct recording *r, struct fault *f)
{
    struct jw w = JW(&a->reply);

    jw_open(&w, '{');
    jw_kv(&w, S("id"), act_id_text(a, &r->person));
    jw_close(&w, '}');
    return access_note(a, &r->person, a->subject, str_of(a->action->summary), f);
}

enum err person_record(struct act *a, struct fault *f)
{
    const struct recording *r = a->data;

    TRY(recording_insert(a, r, f));
    a->status = 201;
    return person_reply(a, r, f);
}

/* ---- an address --------------------------------------------------------------------------- */

static enum err of_path(struct act *a, struct recording **out, struct fault *f)
{
    struct json *profile;

    TRY(recording_new(a, out, f));
    TRY(act_param_id(a, S("person"), &(*out)->person, f));
    TRY(act_seal_for(a, &(*out)->person, f));
    TRY(person_profile(a, &(*out)->person, &profile, f));
    if (profile_is_company(profile))
        return fault(f, ERR_CONFLICT, "a company has no address of its own: persons act for it");
    (*out)->lookup = lookup_hash(a->house, S("counter"), json_get_str(a->input, S("email")));
    return OK;
}

enum err person_email_code_prepare(struct act *a, struct fault *f)
{
    struct recording *r = NULL;
    struct json *profile;

    TRY(of_path(a, &r, f));
    TRY(person_profile(a, &r->person, &profile, f));
    str language = json_get_str(a->input, S("language"));
    r->language = language.p ? language : json_get_str(profile, S("language"));
    return code_draw(a, &r->drawn, f);
}

enum err person_email_code(struct act *a, struct fault *f)
{
    const struct recording *r = a->data;

    TRY(code_keep(a, &r->lookup, r->drawn, f));
    TRY(code_mail(a, json_get_str(a->input, S("email")), S("counter-code"), r->drawn,
                  r->language.p ? r->language : S("en"), f));
    a->status = 202;
    return person_reply(a, r, f);
}

enum err person_email_prepare(struct act *a, struct fault *f)
{
    struct json *old, profile = {.type = J_OBJECT};
    struct recording *r = NULL;

    TRY(of_path(a, &r, f));
    r->code = code_hash(&r->lookup, json_get_str(a->input, S("code")));
    TRY(person_profile(a, &r->person, &old, f));
    str email = json_get_str(a->input, S("email")), former = person_address(old);
    /* one address opens a file: the telephone that did so no longer does */
    for (uint32_t i = 0; old && i < old->n; i++)
        TRY_PTR(str_eq(old->members[i].key, S("sms")) ||
                    json_put(a->arena, &profile, old->members[i].key, old->members[i].value),
                f);
    TRY_PTR(json_put(a->arena, &profile, S("email"), json_of_str(email)) &&
                json_put(a->arena, &profile, S("evidence"), *json_get(a->input, S("evidence"))),
            f);
    r->former = former.p && !str_eq_nocase(former, email) ? former : STR_NONE;
    str language = json_get_str(old, S("language"));
    r->language = language.p ? language : S("en");
    return seal_profile(a, &profile, &r->profile, f);
}

/* Lets go of whoever has the address, if they never did more than sign in. */
static enum err free_address(struct act *a, const struct recording *r, const struct hash *address,
                             struct fault *f)
{
    struct query q;
    enum err e = db_one(a->db, &q, f,
                        "SELECT person, (SELECT count(*) FROM case_file WHERE case_file.person ="
                        " lookup.person) FROM lookup WHERE hash = ?",
                        "b", hash_str(address));

    if (e == ERR_NOT_FOUND)
        return OK;
    TRY(e);
    struct id holder = query_id(&q, 0);
    bool used = query_int(&q, 1) > 0;
    TRY(query_end(&q, f));
    if (id_eq(&holder, &r->person))
        return OK;
    if (used)
        return fault_at(f, ERR_CONFLICT, "/email",
                        "an account of that address has applications: confirm that one instead");
    TRY(db_run(a->db, f, "UPDATE person SET profile = NULL WHERE id = ?", "d", &holder));
    TRY(db_run(a->db, f, "DELETE FROM person_trace WHERE person = ?", "d", &holder));
    TRY(db_run(a->db, f, "DELETE FROM session WHERE id = ?", "d", &holder));
    TRY(db_run(a->db, f, "DELETE FROM person_passkey WHERE person = ?", "d", &holder));
    return db_run(a->db, f, "DELETE FROM lookup WHERE person = ?", "d", &holder);
}

enum err person_email(struct act *a, struct fault *f)
{
    const struct recording *r = a->data;
    struct hash address = lookup_hash(a->house, S("person"), json_get_str(a->input, S("email")));
    bool right;

    TRY(code_matches(a, &r->lookup, &r->code, &right, f));
    if (!right) {
        a->late_err = fault_at(f, ERR_BAD_CODE, "/code", "the code is wrong or no longer valid");
        return code_tried(a, &r->lookup, f);
    }
    TRY(code_used(a, &r->lookup, f));
    TRY(free_address(a, r, &address, f));
    if (r->former.p) {
        TRY(db_run(a->db, f, "DELETE FROM session WHERE id = ?", "d", &r->person));
        TRY(db_run(a->db, f, "DELETE FROM person_passkey WHERE person = ?", "d", &r->person));
        TRY(mail_queue(a, r->former, S("address-changed"), r->language, NULL, f));
    }
    TRY(db_run(a->db, f, "DELETE FROM lookup WHERE person = ?", "d", &r->person));
    TRY(db_run(a->db, f, "INSERT INTO lookup(hash, person, bucket) VALUES(?,?,?)", "bdi",
               hash_str(&address), &r->person, (int64_t)id_bucket(&r->person)));
    TRY(db_run(a->db, f,
               "UPDATE person SET profile = ?, identified = ? WHERE id = ? AND bucket = ?", "bidi",
               r->profile, a->now, &r->person, (int64_t)id_bucket(&r->person)));
    return person_reply(a, r, f);
}

/* Sessions of the former address ended with it. */
void person_email_after(struct act *a)
{
    sessions_forget_all(a->house->registry);
}
