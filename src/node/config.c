/* config.c - settings as rows: name, kind, range, default, a sentence
 *
 * data/sifara.json holds what differs from the defaults.
 */
#include <stdio.h>

#include "base/fs.h"
#include "base/json.h"
#include "node/node_int.h"

enum kind { TEXT, NUMBER };

static const struct row {
    const char *name;
    enum kind kind;
    size_t at; /* in struct config */
    int64_t min, max, number;
    const char *text, *sentence;
} rows[] = {
    {"listen", TEXT, offsetof(struct config, listen), 0, 0, 0, "127.0.0.1", "Address to listen on"},
    {"port", NUMBER, offsetof(struct config, port), 0, 65535, 8080, NULL,
     "Port to listen on; 0 takes any free one"},
    {"url", TEXT, offsetof(struct config, url), 0, 0, 0, NULL,
     "Address by which people know the node, https://…: passkeys are bound to it; without it "
     "http://localhost and the port"},
    {"unix_path", TEXT, offsetof(struct config, unix_path), 0, 0, 0, NULL,
     "Socket to listen on instead, for a proxy on the same machine"},
    {"tls_certificate", TEXT, offsetof(struct config, tls_cert), 0, 0, 0, NULL,
     "Certificate chain, PEM file; with tls_key the node speaks TLS itself"},
    {"tls_key", TEXT, offsetof(struct config, tls_key), 0, 0, 0, NULL, "Its key, PEM file"},
    {"link_certificate", TEXT, offsetof(struct config, link_cert), 0, 0, 0, NULL,
     "By which we show ourselves to partners where a proxy speaks TLS for the node: PEM file in"
     " /etc or data/run"},
    {"link_key", TEXT, offsetof(struct config, link_key), 0, 0, 0, NULL, "Its key, PEM file"},
    {"xroad_pin", TEXT, offsetof(struct config, xroad_pin), 0, 0, 0, NULL,
     "SHA-256 of the public key (SPKI, hexadecimal) of the X-Road security server whose calls are"
     " answered; without it there is no X-Road"},
    {"xroad_url", TEXT, offsetof(struct config, xroad_url), 0, 0, 0, NULL,
     "Address of our own X-Road security server, for our calls of others' services: https://…, or"
     " http on this machine"},
    {"xroad_client", TEXT, offsetof(struct config, xroad_client), 0, 0, 0, NULL,
     "As whom we call: INSTANCE/CLASS/MEMBER/SUBSYSTEM"},
    {"xroad_server_pin", TEXT, offsetof(struct config, xroad_server_pin), 0, 0, 0, NULL,
     "SHA-256 of the public key (SPKI, hexadecimal) of that server's certificate; needed for "
     "https"},
    {"threads", NUMBER, offsetof(struct config, threads), 1, 64, 2, NULL,
     "Threads that answer requests"},
    {"connections", NUMBER, offsetof(struct config, connections), 16, 60000, 4096, NULL,
     "Connections at a time"},
    {"rate_address", NUMBER, offsetof(struct config, rate_address), 0, 1000000, 100, NULL,
     "Requests per second from one address; 0 is no limit"},
    {"rate_account", NUMBER, offsetof(struct config, rate_account), 0, 1000000, 50, NULL,
     "Requests per second of one account; 0 is no limit"},
    {"rate_codes", NUMBER, offsetof(struct config, rate_codes), 0, 1000000, 20, NULL,
     "Sign-in codes per minute for one address; 0 is no limit"},
    {"training", NUMBER, offsetof(struct config, training), 0, 1, 0, NULL,
     "1: nothing leaves this node (docs/training.md); set by init or demo --training, for ever"},
    {"check_answers", NUMBER, offsetof(struct config, check_answers), 0, 1, 0, NULL,
     "1: each answer is held against the description of the API, and what differs is logged; for "
     "tests"},
    {"clamd", TEXT, offsetof(struct config, clamd), 0, 0, 0, NULL,
     "Virus scanner for attachments: /path/of/clamd/socket or 127.0.0.1:3310"},
    {"smtp_url", TEXT, offsetof(struct config, mail.smtp_url), 0, 0, 0, NULL,
     "smtp://host:port; without it mails are put into data/mail"},
    {"smtp_from", TEXT, offsetof(struct config, mail.from), 0, 0, 0, "sifara@localhost",
     "Sender of mails"},
    {"smtp_user", TEXT, offsetof(struct config, mail.user), 0, 0, 0, NULL, "SMTP user"},
    {"smtp_password", TEXT, offsetof(struct config, mail.password), 0, 0, 0, NULL, "SMTP password"},
    {"sms_url", TEXT, offsetof(struct config, sms.url), 0, 0, 0, NULL,
     "Gateway for text messages: https://…, or http on this machine; {to}, {text} and {id} are put "
     "in; "
     "without it nobody signs in by telephone"},
    {"sms_method", TEXT, offsetof(struct config, sms.method), 0, 0, 0, "POST", "How it is called"},
    {"sms_type", TEXT, offsetof(struct config, sms.type), 0, 0, 0, "application/json",
     "Media type of sms_body: JSON or application/x-www-form-urlencoded"},
    {"sms_body", TEXT, offsetof(struct config, sms.body), 0, 0, 0,
     "{\"to\":\"{to}\",\"text\":\"{text}\",\"id\":\"{id}\"}", "Body, with the same put in"},
    {"sms_headers", TEXT, offsetof(struct config, sms.headers), 0, 0, 0, NULL,
     "Headers, one a line: Authorization: Bearer …"},
    {"pay_url", TEXT, offsetof(struct config, pay_url), 0, 0, 0, NULL,
     "Page on which fees are paid online: https://…, or http on this machine (docs/fees.md)"},
    {"pay_key", TEXT, offsetof(struct config, pay_key), 0, 0, 0, NULL,
     "Key shared with its host: 64 hexadecimal digits"},
    {"sms_answer", TEXT, offsetof(struct config, sms.answer), 0, 0, 0, NULL,
     "What the answer must hold beside a status of 2xx"},
};

static enum err set_row(struct config *c, const struct row *r, const struct json *v,
                        struct fault *f)
{
    void *to = (char *)c + r->at;

    if (r->kind == TEXT) {
        if (v && !json_is(v, J_STRING))
            return fault_at(f, ERR_INVALID, "/sifara.json", "%s is a text", r->name);
        *(const char **)to = v ? str_cstr(c->arena, json_str(v)) : r->text;
        return OK;
    }
    int64_t n = json_is(v, J_INT) ? v->i : r->number;
    if ((v && !json_is(v, J_INT)) || n < r->min || n > r->max)
        return fault_at(f, ERR_INVALID, "/sifara.json", "%s is a number from %lld to %lld", r->name,
                        (long long)r->min, (long long)r->max);
    *(int64_t *)to = n;
    return OK;
}

static bool row_known(str name)
{
    static const char *const others[] = {"state_name", "state_name_ar", "alpha2",
                                         "alpha3",     "origin",        "trusted_proxies"};

    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        if (str_eq(name, str_of(rows[i].name)))
            return true;
    for (size_t i = 0; i < ARRAY_LEN(others); i++)
        if (str_eq(name, str_of(others[i])))
            return true;
    return false;
}

static enum err read_config(const char *data, struct config *c, struct fault *f)
{
    char path[4096];
    struct json *j;
    str text;

    snprintf(path, sizeof path, "%s/sifara.json", data);
    TRY(fs_read(c->arena, path, 1 << 20, &text, f));
    TRY(json_parse(c->arena, text, NULL, &j, f));
    for (uint32_t i = 0; j->type == J_OBJECT && i < j->n; i++)
        if (!row_known(j->members[i].key))
            return fault_at(f, ERR_INVALID, "/sifara.json", "no setting %.*s",
                            STR_FMT(j->members[i].key));
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        TRY(set_row(c, &rows[i], json_get(j, str_of(rows[i].name)), f));
    c->state_name = json_get_str(j, S("state_name"));
    c->state_name_ar = json_get_str(j, S("state_name_ar"));
    c->alpha2 = json_get_str(j, S("alpha2"));
    c->alpha3 = json_get_str(j, S("alpha3"));
    c->origin = json_get_str(j, S("origin"));
    const struct json *proxies = json_get(j, S("trusted_proxies"));
    for (size_t i = 0; json_at(proxies, i) && i + 1 < ARRAY_LEN(c->trusted_proxies); i++)
        c->trusted_proxies[i] = str_cstr(c->arena, json_str(json_at(proxies, i)));
    if (c->alpha2.n != 2 || c->alpha3.n != 3 || !c->origin.n || !c->state_name.n)
        return fault_at(f, ERR_INVALID, "/sifara.json",
                        "state_name, alpha2, alpha3 and origin are needed");
    return OK;
}

enum err config_load(const char *data, struct config *out, struct fault *f)
{
    struct config c = {.arena = arena_new(4 << 20)};

    TRY_PTR(c.arena, f);
    enum err e = read_config(data, &c, f);
    if (e != OK) {
        arena_free(c.arena);
        return e;
    }
    *out = c;
    return OK;
}

void config_done(struct config *c)
{
    arena_free(c->arena);
    c->arena = NULL;
}

void config_explain(struct buf *b)
{
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const struct row *r = &rows[i];
        if (r->kind == TEXT)
            buf_printf(b, "%-18s text            default %-18s %s\n", r->name,
                       r->text ? r->text : "(none)", r->sentence);
        else
            buf_printf(b, "%-18s %lld to %-10lld default %-18lld %s\n", r->name, (long long)r->min,
                       (long long)r->max, (long long)r->number, r->sentence);
    }
}
