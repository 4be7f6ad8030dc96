#include "base/log.h"

#include <stdatomic.h>
#include <unistd.h>

#include "base/json.h"
#include "base/world.h"

static atomic_int threshold = LOG_INFO;
static const char *process = "sifara";

void log_set_level(enum log_level level)
{
    atomic_store(&threshold, (int)level);
}

void log_set_process(const char *name)
{
    process = name;
}

void log_event(enum log_level level, const char *event, const struct log_field *fields)
{
    static const char *names[] = {"debug", "info", "warn", "error"};
    AUTO(buf) struct buf b = BUF(16 * 1024);
    struct jw w = JW(&b);
    char at[32];

    if ((int)level < atomic_load(&threshold))
        return;
    time_format(world_now(&world_real), at);
    jw_open(&w, '{');
    jw_kv(&w, S("at"), str_of(at));
    jw_kv(&w, S("level"), str_of(names[level]));
    jw_kv(&w, S("process"), str_of(process));
    jw_kv(&w, S("event"), str_of(event));
    for (; fields->key; fields++) {
        jw_key(&w, str_of(fields->key));
        if (fields->is_int)
            jw_int(&w, fields->i);
        else
            jw_string(&w, fields->s);
    }
    jw_close(&w, '}');
    buf_add_char(&b, '\n');
    if (buf_ok(&b)) {
        ssize_t done = write(STDERR_FILENO, b.p, b.n);
        (void)done; /* nobody left to tell */
    }
}
