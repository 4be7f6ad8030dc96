/* link_scenarios_crowd.c - 200 partners of Utopia that are as little as a partner can be; 20 are
 * dead */
#include <stdio.h>

#include "node/link_scenarios_int.h"

struct crowd crowd[CROWD];
static struct ed25519_secret crowd_root;

bool is_dead(const struct crowd *c)
{
    return c < crowd + DEAD;
}

static struct crowd *by_url(const char *url)
{
    struct crowd *c = crowd;

    while (c < crowd + CROWD && (!c->url[0] || strncmp(url, c->url, strlen(c->url)) != 0))
        c++;
    return c < crowd + CROWD ? c : NULL;
}

bool is_hanging(const char *url)
{
    const struct crowd *c = by_url(url);

    return c && is_dead(c) && (c - crowd) % 2;
}

static void say(struct http_call *call, const char *text)
{
    call->status = 200;
    snprintf(call->content_type, sizeof call->content_type, "text/plain");
    buf_add_str(&call->reply, str_of(text));
}

/* The receipt, whatever was brought: this partner believes all. */
static void crowd_receipt(struct crowd *c, struct http_call *call)
{
    AUTO(buf) struct buf message = BUF(CREDENCE_MAX);
    struct ed25519_public public = ed25519_public_of(&c->mirror);
    int64_t at = sides[0].sim.now_ms / 1000;
    str head = buf_str(&c->head);
    char name[64];

    snprintf(name, sizeof name, "%s/mirror", c->name);
    struct note_key key = note_cosigner_of(str_of(name), &public);
    ptrdiff_t end = str_find(head, S("\n\n"));
    assert_true(end > 0);
    cosignature_message(&message, at, str_sub(head, 0, (size_t)end + 1));
    struct ed25519_signature s = ed25519_sign(&c->mirror, buf_str(&message));
    say(call, "");
    cosignature_line(&call->reply, &key, at, &s);
    if (!c->receipted_ms)
        c->receipted_ms = sides[0].sim.passed_ms;
}

void crowd_answers(const char *url, struct http_call *call)
{
    struct crowd *c = by_url(url);
    struct add_checkpoint in;

    assert_non_null(c);
    c->asked++;
    if (is_dead(c)) {
        call->err = ERR_BUSY;
        snprintf(call->detail, sizeof call->detail, "nobody is there");
    } else if (strstr(url, "/add-checkpoint")) {
        assert_int_equal(add_checkpoint_parse(call->body, &in, NULL), OK);
        buf_done(&c->head);
        c->head = BUF(CREDENCE_MAX);
        buf_add_str(&c->head, in.note);
        say(call, "\n");
    } else {
        crowd_receipt(c, call);
    }
}

void crowd_comes(struct arena *a, int32_t day)
{
    struct x25519_secret seal;
    struct letter l;

    ed25519_new(&crowd_root);
    x25519_new(&seal);
    for (int i = 0; i < CROWD; i++) {
        struct crowd *c = &crowd[i];
        snprintf(c->code, sizeof c->code, "%c%c", 'A' + i / 26, 'A' + i % 26);
        snprintf(c->name, sizeof c->name, "%s.crowd.example", c->code);
        for (char *p = c->name; p < c->name + 2; p++)
            *p |= 0x20;
        snprintf(c->url, sizeof c->url, "https://%s", c->name);
        ed25519_new(&c->mirror);
        struct ed25519_public k = ed25519_public_of(&c->mirror);
        make_letter(a, c->code, c->url,
                    (struct keyset){.state = str_of(c->code),
                                    .name = str_of(c->name),
                                    .serial = 1,
                                    .from = day,
                                    .until = day + 300,
                                    .log = k,
                                    .mirror = k,
                                    .witness = k,
                                    .packages = k,
                                    .seal = x25519_public_of(&seal)},
                    &crowd_root, &l);
        accredit(&sides[0], c->code, 1, &l);
    }
}

void crowd_goes(void)
{
    for (size_t i = 0; i < CROWD; i++)
        buf_done(&crowd[i].head);
}
