/* parts.c - figures of single parts, for bench/run
 *
 *   parts json BODY          ns to parse a body
 *   parts schema FORM BODY   ns to check a body against a form
 *   parts render SERVICES    ms for one PDF with seal of each service, warm
 *   parts journal DB N       a journal of N entries in a fresh database
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/fs.h"
#include "base/json.h"
#include "base/world.h"
#include "ledger/ledger.h"
#include "paper/render.h"
#include "schema/schema.h"

enum { RUNS = 9, INNER = 20000 };

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double median(double *v, size_t n)
{
    qsort(v, n, sizeof *v, by_value);
    return v[n / 2];
}

static str must_read(struct arena *a, const char *path)
{
    str s;

    if (fs_read(a, path, 64 << 20, &s, NULL) != OK) {
        fprintf(stderr, "parts: cannot read %s\n", path);
        exit(1);
    }
    return s;
}

static int bench_json(const char *path)
{
    struct arena *a = arena_new(1 << 20), *files = arena_new(64 << 20);
    str text = must_read(files, path);
    double ns[RUNS];

    for (int r = 0; r < RUNS; r++) {
        int64_t from = monotonic_ns();
        for (int i = 0; i < INNER; i++) {
            struct json *j;
            arena_reset(a);
            if (json_parse(a, text, NULL, &j, NULL) != OK)
                return 1;
        }
        ns[r] = (double)(monotonic_ns() - from) / INNER;
    }
    printf("%.0f\n", median(ns, RUNS));
    return 0;
}

static int bench_schema(const char *form_path, const char *body_path)
{
    struct arena *a = arena_new(1 << 20), *files = arena_new(64 << 20);
    struct json *form, *body;
    struct schema *s;
    double ns[RUNS];

    if (json_parse(files, must_read(files, form_path), NULL, &form, NULL) != OK ||
        json_parse(files, must_read(files, body_path), NULL, &body, NULL) != OK ||
        schema_compile(form, &(struct schema_options){.assert_formats = true}, &s, NULL) != OK)
        return 1;
    for (int r = 0; r < RUNS; r++) {
        int64_t from = monotonic_ns();
        for (int i = 0; i < INNER; i++) {
            arena_reset(a);
            if (schema_check(s, body, a, NULL) != OK)
                return 1;
        }
        ns[r] = (double)(monotonic_ns() - from) / INNER;
    }
    printf("%.0f\n", median(ns, RUNS));
    return 0;
}

/* Each {{name}} of a template gets a value of ordinary length. */
static size_t invent_values(struct arena *a, str text, struct render_value *v)
{
    size_t n = 0;
    ptrdiff_t at;

    while ((at = str_find(text, S("{{"))) >= 0 && n < RENDER_VALUES_MAX) {
        text = str_sub(text, (size_t)at + 2, text.n);
        str name = str_copy(a, str_sub(text, 0, (size_t)str_find(text, S("}}"))));
        size_t k = 0;
        while (k < n && !str_eq(v[k].name, name))
            k++;
        if (k == n)
            v[n++] = (struct render_value){name, S("Layla Haddad")};
    }
    return n;
}

static int bench_render(const char *services)
{
    static const char *const names[] = {"consular-registration", "emergency-travel-document",
                                        "power-of-attorney"};
    struct arena *a = arena_new(64 << 20);
    static struct render_value values[RENDER_VALUES_MAX];
    char seal[200], path[4096];
    double ms[RUNS];

    memset(seal, 0xdc, sizeof seal);
    if (render_warm(NULL) != OK)
        return 1;
    for (size_t s = 0; s < ARRAY_LEN(names); s++) {
        snprintf(path, sizeof path, "%s/%s/template.svg", services, names[s]);
        struct render_in in = {.template_svg = must_read(a, path),
                               .values = values,
                               .seal = str_bytes(seal, sizeof seal),
                               .title = S("bench")};
        in.n = invent_values(a, in.template_svg, values);
        if (strstr(in.template_svg.p, "id=\"mrz\""))
            in.mrz = S("PUUTOHADDAD<<LAYLA<<<<<<<<<<<<<<<<<<\n"
                       "260000016<8UTO9004051F2612248<<<<<<<");
        for (int r = -1; r < RUNS; r++) {
            AUTO(buf) struct buf pdf = BUF(RENDER_PDF_MAX);
            struct fault f = {0};
            int64_t from = monotonic_ns();
            if (render_pdf(&in, &pdf, &f) != OK) {
                fprintf(stderr, "parts: %s: %s %s\n", names[s], f.detail, f.pointer);
                return 1;
            }
            if (r >= 0)
                ms[r] = (double)(monotonic_ns() - from) / 1e6;
        }
        printf("%s %.1f\n", names[s], median(ms, RUNS));
    }
    return 0;
}

static int make_journal(const char *path, long n)
{
    struct ledger *l;
    struct db *db;
    char entry[512];

    memset(entry, 'e', sizeof entry);
    if (db_open_writer(path, &db, NULL) != OK ||
        ledger_open(db, S("xu.sifara.example/journal"), &l, NULL) != OK)
        return 1;
    db_durable(db, false);
    if (db_begin(db, NULL) != OK)
        return 1;
    for (long i = 0; i < n; i++) {
        struct receipt r;
        memcpy(entry, &i, sizeof i);
        if (ledger_append(l, db, i, str_bytes(entry, sizeof entry), STR_NONE, &r, NULL) != OK)
            return 1;
    }
    if (db_commit(db, NULL) != OK)
        return 1;
    ledger_publish(l);
    ledger_close(l);
    db_close(db);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "json") == 0)
        return bench_json(argv[2]);
    if (argc == 4 && strcmp(argv[1], "schema") == 0)
        return bench_schema(argv[2], argv[3]);
    if (argc == 3 && strcmp(argv[1], "render") == 0)
        return bench_render(argv[2]);
    if (argc == 4 && strcmp(argv[1], "journal") == 0)
        return make_journal(argv[2], atol(argv[3]));
    return fprintf(stderr, "parts json|schema|render|journal …\n"), 2;
}
