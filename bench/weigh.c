/* weigh.c - the figure of a package, for bench/packages
 *
 *   weigh FOLDER N    ns to check the answers of golden case N against the form and to evaluate all
 *                     rules: conditions, fee, documents, route, pages and fields */
#include <stdio.h>
#include <stdlib.h>

#include "base/world.h"
#include "package/model.h"
#include "schema/schema.h"

enum { RUNS = 9, INNER = 5000 };

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static enum err pages(const struct package *p, const struct json *data, struct arena *a)
{
    bool shown;

    for (size_t i = 0; i < p->n_pages; i++) {
        TRY(package_page_shown(p, i, data, a, &shown, NULL));
        for (size_t k = 0; k < p->page[i].n_fields; k++)
            TRY(package_field_shown(p, i, k, data, a, &shown, NULL));
    }
    return OK;
}

static enum err weigh(const struct package *p, const struct package_case *c, struct arena *a)
{
    struct package_names failed, documents;
    struct package_fee fee;
    struct json data;
    str route;

    TRY(schema_check(p->form_schema, c->answers, a, NULL));
    TRY(package_data(c, a, &data, NULL));
    TRY(package_eligible(p, &data, a, &failed, NULL));
    TRY(package_fee(p, &data, a, &fee, NULL));
    TRY(package_attachments(p, &data, a, &documents, NULL));
    TRY(package_route(p, &data, a, &route, NULL));
    return pages(p, &data, a);
}

int main(int argc, char **argv)
{
    struct arena *files = arena_new(96 << 20), *a = arena_new(4 << 20);
    struct package_files *list = arena_new_of(files, struct package_files);
    struct package *p;
    struct fault f = {0};
    struct json *golden;
    double ns[RUNS];

    if (argc != 3)
        return fprintf(stderr, "weigh FOLDER N\n"), 2;
    if (package_read_folder(files, argv[1], list, &f) != OK ||
        package_load(files, list, &p, &f) != OK ||
        json_parse(files, package_file(list, S("golden.json"))->bytes, &json_limits_wide, &golden,
                   &f) != OK)
        return fprintf(stderr, "weigh: %s\n", f.detail), 1;
    const struct json *g = json_at(json_get(golden, S("cases")), (size_t)atoi(argv[2]));
    struct package_case c = {.answers = json_get(g, S("answers")),
                             .person = json_get(g, S("person")),
                             .post = json_get(g, S("post")),
                             .overlay = json_get(p->service, S("tables")),
                             .today = json_get_str(g, S("today"))};
    for (int r = 0; r < RUNS; r++) {
        int64_t from = monotonic_ns();
        for (int i = 0; i < INNER; i++) {
            arena_reset(a);
            if (weigh(p, &c, a) != OK)
                return fprintf(stderr, "weigh: the case is not one that is taken\n"), 1;
        }
        ns[r] = (double)(monotonic_ns() - from) / INNER;
    }
    qsort(ns, RUNS, sizeof *ns, by_value);
    printf("%.0f\n", ns[RUNS / 2]);
    return 0;
}
