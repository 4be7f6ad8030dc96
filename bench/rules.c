/* rules.c - figures of the rule language, for bench/run
 *
 *   rules RULES DATA    ns to evaluate all rules of a set, and what they give, on a line each */
#include <stdio.h>
#include <stdlib.h>

#include "base/fs.h"
#include "base/world.h"
#include "rules/rules.h"

enum { RUNS = 9, INNER = 20000, RULES = 128 };

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static struct json *must_read(struct arena *a, const char *path)
{
    struct json *j;
    str text;

    if (fs_read(a, path, 1 << 20, &text, NULL) != OK || json_parse(a, text, NULL, &j, NULL) != OK) {
        fprintf(stderr, "rules: cannot read %s\n", path);
        exit(1);
    }
    return j;
}

int main(int argc, char **argv)
{
    struct arena *files = arena_new(4 << 20), *a = arena_new(1 << 20);
    struct rules *rules[RULES];
    double ns[RUNS];

    if (argc != 3)
        return fprintf(stderr, "rules RULES DATA\n"), 2;
    const struct json *set = must_read(files, argv[1]), *data = must_read(files, argv[2]);
    struct json result = {.type = J_OBJECT};
    for (uint32_t i = 0; i < set->n; i++)
        if (i == RULES || rules_compile(&set->members[i].value, &rules[i], NULL) != OK)
            return 1;
    for (int r = 0; r < RUNS; r++) {
        int64_t from = monotonic_ns();
        for (int i = 0; i < INNER; i++) {
            struct json v;
            arena_reset(a);
            for (uint32_t k = 0; k < set->n; k++)
                if (rules_eval(rules[k], data, a, NULL, &v, NULL) != OK ||
                    (i + 1 == INNER && !json_put(a, &result, set->members[k].key, v)))
                    return 1;
            if (i + 1 == INNER && r + 1 < RUNS)
                result.n = 0;
        }
        ns[r] = (double)(monotonic_ns() - from) / INNER;
    }
    qsort(ns, RUNS, sizeof *ns, by_value);
    AUTO(buf) struct buf b = BUF(1 << 20);
    struct jw w = JW(&b);
    jw_tree(&w, &result);
    printf("%.0f\n%.*s\n", ns[RUNS / 2], STR_FMT(buf_str(&b)));
    return 0;
}
