/* prose_int.h - what the rooms of prose share */
#ifndef SIFARA_POLICY_PROSE_INT_H
#define SIFARA_POLICY_PROSE_INT_H

#include "policy/prose.h"

/* A piece of speech. */
struct said {
    str s;
    bool fem;
};

#define SAY(text) ((struct said){.s = (text)})

/* A policy being said. */
struct talk {
    struct arena *a;
    const struct prose_words *words;
    str language;
    str principal, resource; /* their types by the scope; .p NULL: any */
    str missing;
    enum err failed; /* sticks: what is said after it is empty */
};

enum { SAID_MAX = 1 << 16, LINE_LONG = 110 };

/* ---- prose_say.c: phrases ---- */

/* The word of a key with printf; .p NULL if there is none. */
str talk_word(struct talk *, const char *fmt, ...) PRINTF(2, 3);
/* As talk_word, and remembers the key when it is missing. */
str talk_house_word(struct talk *, const char *fmt, ...) PRINTF(2, 3);
/* A phrase with its arguments filled in, by key or as it is. A key without a word is said as it
 * is, with its arguments behind. */
struct said talk_fill(struct talk *, str phrase, const struct said *args, size_t n);
struct said talk_say(struct talk *, const char *key, const struct said *args, size_t n);
struct said talk_say0(struct talk *, const char *key);
struct said talk_say1(struct talk *, const char *key, struct said);
struct said talk_say2(struct talk *, const char *key, struct said, struct said);
/* A word or a phrase of two in the positive, or the key with ".not". */
struct said talk_either(struct talk *, const char *key, bool neg, struct said, struct said);
/* "A, B and C": last is the key of what joins the last two. */
struct said talk_list(struct talk *, const char *last, const struct said *, size_t n);
/* A foreign string: set apart from the text around it; without control characters. */
struct said talk_raw(struct talk *, str);
struct said talk_quoted(struct talk *, str);
/* With a capital letter, where the script has them. */
str talk_capital(struct talk *, str);
void *talk_alloc(struct talk *, size_t count, size_t size);

/* ---- prose_term.c: what is spoken of ---- */

/* The only member of a tree: its operator. STR_NONE if it is not one. */
str tree_op(const struct json *e, const struct json **out_body);
bool tree_is(const struct json *e, str op);
/* "principal.mission" for a variable or attributes of one; .p NULL for anything else. */
str tree_path(struct talk *, const struct json *e);
/* The type without the namespace of the house. */
str type_short(str type);
struct said say_type(struct talk *, str type);     /* "an officer" */
struct said say_type_the(struct talk *, str type); /* "the officer"; .s.p NULL: no such word */
struct said say_entity(struct talk *, const struct json *uid); /* "the mission paris" */
struct said say_term(struct talk *, const struct json *e);
/* An attribute of an owner; context: of the circumstances. */
struct said say_attr_of(struct talk *, struct said owner, str attr, bool context);

/* ---- prose_clause.c: what is said of it ---- */

/* A condition, or its contrary. */
struct claim {
    const struct json *e;
    bool neg;
};
/* Conditions that hold together, or one of which holds. */
struct claims {
    struct claim *list;
    size_t n, room;
    bool all;
};

/* Is it made of others, joined by "and" (all) or "or"? */
bool claim_compound(struct claim, bool *out_all);
/* Adds the conditions that a claim consists of to a list, whose member all says how they are
 * joined. */
void claims_add(struct talk *, struct claims *, struct claim);
/* Takes out tests that something is there ("has") where a later condition says so anyway. */
void claims_drop_guards(struct claims *);
struct said say_claim(struct talk *, struct claim);
/* "A, B and C". */
struct said say_claims(struct talk *, const struct claims *);
/* The conditions from *i on that go into one clause ("is a consul or an ambassador"); moves *i
 * behind them. */
struct said say_run(struct talk *, const struct claims *, size_t *i);

/* ---- prose_leaf.c: a single condition ---- */

/* What is said of a subject, where several of a kind can be said together. */
struct predicate {
    const char *key;            /* its phrase: {0} the subject, {1} what */
    const struct json *subject; /* what {0} says */
    struct said what;
};
bool leaf_predicate(struct talk *, struct claim, struct predicate *out);
struct said say_leaf(struct talk *, struct claim);

#endif
