/* log.h - one JSON line per event, written at the edge
 *
 * Domain code returns faults; only the request boundary, the supervisor and background loops
 * log. Personal data never goes in: a field of a person is its id or a keyed hash.
 *
 *   LOG(LOG_INFO, "request", LOG_STR("action", name), LOG_INT("status", 201));
 */
#ifndef SIFARA_BASE_LOG_H
#define SIFARA_BASE_LOG_H

#include "base/str.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

struct log_field {
    const char *key;
    bool is_int;
    int64_t i;
    str s;
};

#define LOG_STR(k, v)  ((struct log_field){.key = (k), .s = (v)})
#define LOG_CSTR(k, v) ((struct log_field){.key = (k), .s = str_of(v)})
#define LOG_INT(k, v)  ((struct log_field){.key = (k), .is_int = true, .i = (int64_t)(v)})
#define LOG(level, event, ...)                                                                     \
    log_event((level), (event), (struct log_field[]){__VA_ARGS__, {.key = NULL}})

/* Lines go to standard error; those below the level are dropped. */
void log_set_level(enum log_level);
/* Named in each line: node, keyring, worker, supervisor. */
void log_set_process(const char *name);
/* fields end with one whose key is NULL. One write per line, so lines of several processes do
 * not mix. */
void log_event(enum log_level, const char *event, const struct log_field *fields);

#endif
