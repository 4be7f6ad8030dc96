/* demo_int.h - what the rooms of the demo share: the state being filled, chance, one act */
#ifndef SIFARA_NODE_DEMO_INT_H
#define SIFARA_NODE_DEMO_INT_H

#include <stdatomic.h>

#include "node/cli.h"
#include "node/demo.h"
#include "registry/registry.h"
#include "service/services.h"

enum {
    DAYS = 365,
    DAY_MS = 86400000,
    ARENA = 4 << 20,
    NAMES_MAX = 400,
    PER_POST = 8,
    MISSIONS_MAX = 64,
    SERVICES_MAX = 24,
    TOKEN_MAX = 64,
    PACES = 4, /* how long a decision takes */
    PERSON_LOCKS = 64,
    ROUND_OPENS = DAYS - 8, /* the one that is drawn before the state is handed over */
    ROUND_DRAWN = DAYS - 4
};

/* What happens to a case, in this order of a day. */
enum event {
    EV_FILE,
    EV_TAKE,
    EV_ASK,
    EV_ANSWER,
    EV_STUDY, /* the officer reads what a decision would say, and decides some minutes later */
    EV_PROPOSE,
    EV_CHECK, /* and so does the second one */
    EV_CONFIRM,
    EV_FOLLOW,
    EV_REVOKE,
    EVENTS
};

struct plan {
    uint32_t person;
    uint8_t country, service, mission;
    bool refuse, correct, revoke;
    int16_t day[EVENTS]; /* of the year; -1 never */
    struct id id;        /* once it exists */
    struct id document;
    char signature[96]; /* under what was read last */
    bool lost;          /* a step was refused: the rest stays undone */
};

struct post_officer {
    struct officer_file file;
    char email[96], token[TOKEN_MAX];
    const char *role;
    int signed_in; /* day; under the lock */
    pthread_mutex_t lock;
};

struct post {
    const struct mission *mission;
    unsigned n;
    struct post_officer officer[PER_POST]; /* officer, consul, head */
    int absent_from;                       /* two weeks in which the officer is away */
};

struct demo_crew;

struct demo {
    struct node *node;
    struct world_sim *sim;
    const struct demo_options *options;
    struct arena *arena;
    struct missions *missions;
    const struct json *names, *cast, *engagements;
    str scan;
    struct post posts[MISSIONS_MAX];
    unsigned n_posts;
    struct post ministry;
    const struct service *services[SERVICES_MAX];
    const struct json *answers[SERVICES_MAX]; /* templates */
    unsigned n_services;
    struct plan *plans;
    struct demo_crew *crew;
    uint64_t state; /* of the generator */
    int64_t first_ms;
    int today;
    _Atomic unsigned failures;
    pthread_mutex_t person[PERSON_LOCKS]; /* one sign-in of a person at a time */
};

/* One act of somebody, from its beginning to its end. */
struct demo_call {
    struct arena *arena;
    struct act act;
    struct act_param params[3];
};

/* A number below another, of the seeded generator; planning is single-threaded. */
uint64_t demo_draw(struct demo *, uint64_t below);
bool demo_chance(struct demo *, unsigned percent);

void demo_call_begin(struct demo *, struct demo_call *, const char *action);
void demo_call_param(struct demo_call *, const char *name, str value);
enum err demo_call_body(struct demo_call *, str text, struct fault *);
enum err demo_call_as(struct demo *, struct demo_call *, const char *token, struct fault *);
enum err demo_call_do(struct demo *, struct demo_call *, struct fault *);
void demo_call_end(struct demo_call *);
/* One act upon a planned case; body STR_NONE: without input. */
enum err demo_act_on_case(struct demo *, const struct plan *, const char *action, const char *token,
                          str body, struct fault *);
str demo_id(struct arena *, const struct id *);
/* The steps that a workflow gives to an officer after the decision, up to the end or to where the
 * person must move (demo_follow.c). */
enum err demo_follow(struct demo *, const struct plan *, const char *token, struct fault *);
/* With the key of an officer, or NULL: a person. */
enum err demo_sign_in(struct demo *, const char *email, const struct officer_file *,
                      char token[TOKEN_MAX], struct fault *);

/* The officer's token is today's: signs in with the first act of the day. From any thread. */
enum err demo_at_work(struct demo *, struct post_officer *, struct fault *);

/* One event of one case (demo.c). */
enum err demo_event(struct demo *, struct plan *, enum event, struct fault *);
/* The threads that live the cases of a day side by side (demo_crew.c). Work returns when all of the
 * list is done; a case whose event was refused is lost, and counted in failures. */
enum err demo_crew_new(struct demo *, struct demo_crew **out, struct fault *);
void demo_crew_work(struct demo_crew *, struct plan **list, size_t n, enum event);
void demo_crew_free(struct demo_crew *);

/* The person of a plan, by code. */
enum err demo_person_signs_in(struct demo *, const struct plan *, char token[TOKEN_MAX],
                              struct fault *);
/* Blanks of a post, some of them spoilt (demo_stock.c); its officers are signed in. */
enum err demo_stock(struct demo *, const struct post *, struct fault *);
/* Hours and rounds of appointments, who asks in them; messages; how it was (demo_talk.c). */
enum err demo_hours(struct demo *, const struct post *, const char *token, struct fault *);
/* drawn: the round of the days from the handing over on, which is drawn before it; else the one
 * that is open then. */
enum err demo_round(struct demo *, const struct post *, const char *token, bool drawn,
                    struct fault *);
enum err demo_asks(struct demo *, struct fault *);
/* The round that is to be drawn before the state is handed over is drawn. */
void demo_draws(struct demo *);
enum err demo_talk(struct demo *, const struct plan *, const char *officer, struct fault *);
enum err demo_rate(struct demo *, const struct plan *, struct fault *);

/* The cash book of a post is closed by two of its officers, who are signed in (demo_close.c). */
enum err demo_close_cash(struct demo *, const struct post *, struct fault *);
/* One act of somebody, its answer parsed into the arena; a signature as its body. */
enum err demo_answered(struct demo *, const char *action, const char *param, str value,
                       const char *token, str body, struct arena *, struct json **out,
                       struct fault *);
str demo_signed(struct arena *, const struct officer_file *, str statement);
/* The bank account of one post, and a statement of it (demo_bank.c). */
enum err demo_bank(struct demo *, const struct post *, struct fault *);

/* Missions, officers, holidays (demo_setup.c). */
enum err demo_set_up(struct demo *, struct fault *);
/* A file of the demo's folder, in the demo's arena. */
enum err demo_read_json(struct demo *, const char *name, const struct json **out, struct fault *);
/* An act with a body; param may be NULL. */
enum err demo_act(struct demo *, const char *action, const char *token, const struct json *body,
                  const char *param, str value, struct fault *);

/* What is given to partner states and received today (demo_partners.c). */
enum err demo_engage(struct demo *, struct fault *);

#endif
