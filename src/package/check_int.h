/* check_int.h - what the rooms of check.c share */
#ifndef SIFARA_PACKAGE_CHECK_INT_H
#define SIFARA_PACKAGE_CHECK_INT_H

#include "package/golden.h"
#include "package/model.h"

enum { FORM_DEPTH = 16, FORM_ANSWERS = 4000 };

struct check {
    struct arena *arena;
    struct package_problems *out;
    const struct package_files *files;
    const struct package_art *art;
    const struct json *service, *form, *pages, *rules, *golden,
        *workflow; /* NULL: absent or unreadable */
};

/* Adds a problem; the line is looked up by the pointer. */
void check_add(struct check *, str file, str pointer, const char *remedy, const char *fmt, ...)
    PRINTF(5, 6);
/* The same at a byte of a text that is no JSON. */
void check_add_byte(struct check *, str file, size_t offset, const char *remedy, const char *fmt,
                    ...) PRINTF(5, 6);

/* The schema of the answer at a pointer ("*" for items), through properties, items and local
 * references; NULL if the form has no such answer. */
const struct json *form_at(const struct json *form, str pointer);
/* Does the form want the answer whatever the others are? */
bool form_required(const struct json *form, str at);
/* Calls for every answer of the form with its pointer; leaf: it has no members of its own. Stops at
 * FORM_ANSWERS. */
void form_walk(struct check *,
               void (*visit)(struct check *, void *, str at, const struct json *, bool leaf),
               void *);
/* "field" + "/a/b" is "field.a.b". */
str check_word_key(struct arena *, const char *head, str at);

/* A rule of a file compiles, and reads nothing that it may not. */
void check_rule(struct check *, const char *file, const char *pointer, const struct json *rule);
/* Calls for every event of workflow.json with its pointer. */
void check_each_row(struct check *,
                    void (*visit)(struct check *, void *, const char *at, const struct json *row),
                    void *);

void check_form_and_pages(struct check *);
void check_rules(struct check *);
void check_workflow(struct check *);
void check_words(struct check *);
void check_art(struct check *);

#endif
