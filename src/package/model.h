/* model.h - a service understood: form, page plan, rules, words, the life of its cases
 *
 * Loading compiles everything and stops at the first thing that is not in order; check.c finds all
 * of them. Rules are JSONLogic (rules/rules.h) over
 *   {"answers", "person", "clock": {"today"}, "post": {"country", "currency", "mission"},
 * "overlay"} and nothing else. Money is in minor units, as integers.
 */
#ifndef SIFARA_PACKAGE_MODEL_H
#define SIFARA_PACKAGE_MODEL_H

#include "package/package.h"
#include "package/words.h"
#include "package/workflow.h"
#include "rules/rules.h"
#include "schema/schema.h"

enum {
    PACKAGE_PAGES = 40,
    PACKAGE_FIELDS = 400,
    PACKAGE_RULES = 100,
    PACKAGE_LANGUAGES = 32,
    PACKAGE_ITEMS = 200
};

/* A field of the plan: what is asked, where it goes. In a pointer a part that is an asterisk stands
 * for every item of a list. */
struct package_field {
    str at;             /* pointer into the answers */
    str kind;           /* "text", "date", "choice", … (docs/service-package.md) */
    str label;          /* key of the words */
    struct rules *when; /* NULL: always shown */
};

struct package_page {
    str id, title;
    /* asked for each item of a list, .p NULL if it is not: the list, how often, the word of an item
     */
    str repeat, item;
    int64_t min, max;
    struct rules *when;
    size_t n_fields;
    struct package_field *fields;
};

/* A rule with a name: of eligibility, a waiver, an item of the fee, a document to bring. */
struct package_rule {
    str id, words; /* key of the reason or the label */
    struct rules *rule;
    const struct json *doc;
};

struct package_rules {
    size_t n;
    struct package_rule list[PACKAGE_RULES];
};

struct package {
    str name, version, giver;
    const struct json *service, *form;
    const struct json *pages, *rules, *golden; /* NULL if absent: no plan, no conditions, free */
    struct schema *form_schema;
    size_t n_pages;
    struct package_page *page;
    struct package_rules eligibility, waivers, items, attachments;
    struct workflow *workflow;            /* its own, or the common life */
    struct rules *fee, *currency, *route; /* NULL: free, "EUR" of the post, the mission */
    int64_t fee_step;                     /* fees are rounded half up to a multiple of it */
    size_t n_languages;
    struct package_language {
        str language;
        const struct json *words;
    } languages[PACKAGE_LANGUAGES];
};

/* The JSON of the arena must outlive the package. ERR_INVALID, ERR_SYNTAX … with "FILE: " in front
 * of the detail and the pointer into that file. Free it also after an error. */
NODISCARD enum err package_load(struct arena *, const struct package_files *, struct package **out,
                                struct fault *);
void package_free(struct package *);
/* The pattern of a word in a language, else in English; STR_NONE. */
str package_word(const struct package *, str language, str key);
/* The text of a word with its arguments onto the buffer. ERR_NOT_FOUND, and those of words.h. */
NODISCARD enum err package_say(const struct package *, str language, str key,
                               const struct json *args, struct buf *, struct fault *);

/* ---- asking it ---------------------------------------------------------------------------- */

struct package_case {
    const struct json *answers, *person, *post, *overlay; /* NULL: null */
    str today;                                            /* "2026-03-20" */
};

/* The data that the rules of this case see; made once for all questions below. */
NODISCARD enum err package_data(const struct package_case *, struct arena *, struct json *out,
                                struct fault *);

/* Rules by position. */
struct package_names {
    size_t n;
    uint16_t list[PACKAGE_RULES];
};

/* Which rules of eligibility do not hold; one that fails to evaluate does not. ERR_LIMIT and
 * ERR_MEMORY_LIMIT are errors. */
NODISCARD enum err package_eligible(const struct package *, const struct json *data, struct arena *,
                                    struct package_names *out_failed, struct fault *);

struct package_fee {
    int64_t amount; /* minor units, after waivers and rounding */
    str currency;
    struct package_names items, waivers; /* that apply */
    int64_t item[PACKAGE_RULES];         /* amounts of the items, by their place in items */
};
/* ERR_INVALID when it is none, or its rule throws. */
NODISCARD enum err package_currency(const struct package *, const struct json *data, struct arena *,
                                    str *out, struct fault *);
/* ERR_INVALID when a rule of the fee throws or gives no whole number from 0 to 10^12. */
NODISCARD enum err package_fee(const struct package *, const struct json *data, struct arena *,
                               struct package_fee *out, struct fault *);
/* The documents to bring. */
NODISCARD enum err package_attachments(const struct package *, const struct json *data,
                                       struct arena *, struct package_names *out, struct fault *);
/* Is the page, and a field on it, shown to this case? */
NODISCARD enum err package_page_shown(const struct package *, size_t page, const struct json *data,
                                      struct arena *, bool *out, struct fault *);
NODISCARD enum err package_field_shown(const struct package *, size_t page, size_t field,
                                       const struct json *data, struct arena *, bool *out,
                                       struct fault *);
/* Does the form take the answers, and each field what was said in it (kinds.c)? ERR_SCHEMA with all
 * findings as items. */
NODISCARD enum err package_accepts(const struct package *, const struct json *answers,
                                   struct arena *, struct fault *);
/* "mission" or "ministry": who decides. */
NODISCARD enum err package_route(const struct package *, const struct json *data, struct arena *,
                                 str *out, struct fault *);

#endif
