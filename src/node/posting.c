/* posting.c - mails and text messages leave: at least once, under an id that stays, with a back-off
 *
 * A row of the outbox is gone once it was handed on. What cannot be sent is tried again after a
 * minute, two, four … up to half a day, twenty times in all.
 */
#include <stdio.h>

#include "base/log.h"
#include "node/node_int.h"
#include "package/words.h"

enum { MAILS_AT_ONCE = 50, MAIL_TRIES = 20 };

struct mail_settlement {
    size_t n;
    struct {
        struct id id;
        bool sent;
    } list[MAILS_AT_ONCE];
};

/* A chore: mails went, or are to be tried later, with a back-off of a minute, two, four … up to
 * about a day. One act for a round of them. */
static enum err mail_settled(struct act *a, struct fault *f)
{
    const struct mail_settlement *s = a->data;

    for (size_t i = 0; i < s->n; i++)
        TRY(s->list[i].sent
                ? db_run(a->db, f, "DELETE FROM outbox WHERE id = ?", "d", &s->list[i].id)
                : db_run(a->db, f,
                         "UPDATE outbox SET tries = tries + 1, due = ? + 60000 *"
                         " (1 << (CASE WHEN tries < 10 THEN tries ELSE 10 END)) WHERE id = ?",
                         "id", a->now, &s->list[i].id));
    return OK;
}

static const struct action mail_chore = {.name = "mail.settled",
                                         .kind = ACTION_CHORE,
                                         .method = ACTION_INTERNAL,
                                         .who = ACTOR_SYSTEM,
                                         .resource = "Session",
                                         .summary = "Mails were handed on, or are tried later",
                                         .run = mail_settled};

static void settle_mails(struct node *n, struct mail_settlement *s, struct arena *arena)
{
    struct act a = {.action = &mail_chore,
                    .house = &n->house,
                    .arena = arena,
                    .actor = {.kind = ACTOR_SYSTEM},
                    .data = s};

    if (s->n)
        (void)!gate_perform(n->house.gate, &a);
    act_done(&a);
}

static enum err write_house_mail(struct node *n, const struct json *j, struct arena *a,
                                 struct mail *out, struct fault *f)
{
    return mail_write(n->words, json_get_str(j, S("to")), json_get_str(j, S("message")),
                      json_get_str(j, S("language")), json_get(j, S("words")), a, out, f);
}

static enum err said(const struct json *j, str member, struct arena *a, str *out, struct fault *f)
{
    AUTO(buf) struct buf b = BUF(64 << 10);
    struct message *m;

    TRY(message_compile(json_get_str(j, member), json_get_str(j, S("language")), &m, f));
    enum err e = message_format(m, json_get(j, S("words")), &b, f);
    message_free(m);
    TRY(e);
    *out = str_copy(a, buf_str(&b));
    TRY_PTR(out->p, f);
    return OK;
}

/* A message of a service: ICU MessageFormat, as all its words. */
static enum err write_own_mail(const struct json *j, struct arena *a, struct mail *out,
                               struct fault *f)
{
    str subject, body;

    TRY(said(j, S("subject"), a, &subject, f));
    TRY(said(j, S("body"), a, &body, f));
    TRY(mail_of(json_get_str(j, S("to")), subject, body, out, f));
    out->language = json_get_str(j, S("language"));
    return OK;
}

/* What is optional says how to stop it: a header for programs, a line for people. */
static enum err add_stop(struct node *n, const struct json *j, struct arena *a, struct mail *m,
                         struct fault *f)
{
    str token = json_get_str(j, S("stop")), language = json_get_str(j, S("language"));

    if (!token.p)
        return OK;
    str line = catalogue_word(n->words, language, S("mail.stop"));
    m->stop = str_printf(a, "%.*s/v1/notices/%.*s/stop", STR_FMT(n->house.url), STR_FMT(token));
    m->body =
        str_printf(a, "%.*s\n\n%.*s\n%.*s/%.*s/notices?stop=%.*s\n", STR_FMT(str_trim(m->body)),
                   STR_FMT(line), STR_FMT(n->house.url), STR_FMT(language), STR_FMT(token));
    TRY_PTR(m->stop.p && m->body.p, f);
    return OK;
}

/* Short words of its own, or the subject of the mail. */
static enum err send_sms(struct node *n, const struct json *j, str id, struct arena *a,
                         struct fault *f)
{
    str message = json_get_str(j, S("message")), language = json_get_str(j, S("language")), text;

    if (!n->config.sms.url)
        return fault(f, ERR_IO, "there is no SMS gateway (sms_url)");
    if (message.p)
        TRY(mail_short(n->words, message, language, json_get(j, S("words")), a, &text, f));
    else
        TRY(said(j, S("subject"), a, &text, f));
    return sms_deliver(&n->config.sms, json_get_str(j, S("to")), text, id, f);
}

static enum err send_mail(struct node *n, const struct id *id, str sealed, struct arena *a,
                          struct fault *f)
{
    struct mail_route route = n->config.mail;
    char text[ID_TEXT + 1], folder[4200];
    struct json *j;
    struct mail m;
    str plain;

    TRY(unseal(a, &n->house.record_key, S("mail"), sealed, &plain, f));
    TRY(json_parse(a, plain, NULL, &j, f));
    id_format(id, text);
    if (str_starts(json_get_str(j, S("to")), S("+")))
        return send_sms(n, j, str_of(text), a, f);
    TRY(json_get(j, S("message")) ? write_house_mail(n, j, a, &m, f) : write_own_mail(j, a, &m, f));
    TRY(add_stop(n, j, a, &m, f));
    snprintf(folder, sizeof folder, "%s/mail", n->data);
    route.maildir = folder;
    return mail_deliver(&route, &m, str_of(text), world_now(&n->house.world), f);
}

struct due_mail {
    struct id id;
    str sealed;
};

/* Urgent ones first: each kind has an index of its own to be found by. */
static size_t due_mails(struct node *n, struct arena *a, struct due_mail *list)
{
    static const char *const sql[] = {
        "SELECT id, body FROM outbox WHERE urgent = 1 AND due <= ? AND tries < ?"
        " ORDER BY id LIMIT 50",
        "SELECT id, body FROM outbox WHERE urgent = 0 AND due <= ? AND tries < ?"
        " ORDER BY id LIMIT 50",
    };
    struct db *db;
    struct query q;
    size_t count = 0;

    if (db_pool_take(n->house.readers, &db, NULL) != OK)
        return 0;
    for (size_t k = 0; k < ARRAY_LEN(sql); k++) {
        if (db_query(db, &q, NULL, sql[k], "ii", world_now(&n->house.world), (int64_t)MAIL_TRIES) !=
            OK)
            continue;
        for (; query_row(&q) && count < MAILS_AT_ONCE; query_next(&q)) {
            list[count].id = query_id(&q, 0);
            list[count].sealed = str_copy(a, query_str(&q, 1));
            count += list[count].sealed.p != NULL;
        }
        (void)!query_end(&q, NULL);
    }
    db_pool_put(n->house.readers, db);
    return count;
}

unsigned node_send_mails(struct node *n)
{
    AUTO(arena) struct arena *a = arena_new(8 << 20);
    struct due_mail list[MAILS_AT_ONCE];
    size_t count = a ? due_mails(n, a, list) : 0;
    struct mail_settlement settled = {0};
    unsigned sent = 0;

    for (size_t i = 0; i < count && !n->stopping; i++) {
        struct fault f = {0};
        enum err e = send_mail(n, &list[i].id, list[i].sealed, a, &f);
        if (e != OK)
            LOG(LOG_WARN, "mail not sent", LOG_CSTR("detail", f.detail));
        settled.list[settled.n].id = list[i].id;
        settled.list[settled.n++].sent = e == OK;
        sent += e == OK;
    }
    if (count)
        settle_mails(n, &settled, a);
    return sent;
}
