/* cli_service.c - a service's folder before it is packed: check it, and try it on answers */
#include <inttypes.h>
#include <stdio.h>

#include "base/date.h"
#include "base/fs.h"
#include "base/world.h"
#include "mail/mail.h"
#include "node/cli.h"
#include "package/check.h"
#include "package/golden.h"
#include "registry/registry.h"
#include "service/document_page.h"

enum { CHECK_MEMORY = 256 << 20, TRY_TEXT = 1 << 20 };

static int say_usage(const char *text)
{
    fprintf(stderr, "usage: sifara service %s\n", text);
    return CLI_USAGE;
}

/* ---- check -------------------------------------------------------------------------------- */

static void print_problem(const char *folder, const struct package_problem *p)
{
    printf("%s/%.*s:%u: %s%.*s — %.*s\n", folder, STR_FMT(p->file), p->line,
           p->advice ? "advice: " : "", STR_FMT(p->what), STR_FMT(p->remedy));
}

static void print_json(const struct package_problems *all)
{
    AUTO(buf) struct buf b = BUF(8 << 20);
    struct jw w = JW(&b);

    jw_open(&w, '[');
    for (size_t i = 0; i < all->n; i++) {
        const struct package_problem *p = &all->list[i];
        jw_open(&w, '{');
        jw_kv(&w, S("file"), p->file);
        jw_kv_int(&w, S("line"), p->line);
        jw_kv(&w, S("pointer"), p->pointer);
        jw_kv(&w, S("what"), p->what);
        jw_kv(&w, S("remedy"), p->remedy);
        jw_kv_bool(&w, S("advice"), p->advice);
        jw_close(&w, '}');
    }
    jw_close(&w, ']');
    printf("%.*s\n", STR_FMT(buf_str(&b)));
}

int cli_service_check(struct cli *c)
{
    AUTO(arena) struct arena *a = arena_new(CHECK_MEMORY);
    struct package_problems *all;
    struct package_files files;
    struct package_art art = {document_digest, &files};
    struct fault f = {0};

    if (c->n_words != 3)
        return say_usage("check FOLDER [--json] [--write-digests]");
    if (!a)
        return cli_fault(&(struct fault){.code = ERR_MEMORY}, CLI_FAILED);
    if (c->write_digests && cli_service_digests(a, c->words[2], &f) != OK)
        return cli_fault(&f, CLI_FAILED);
    if (package_read_folder(a, c->words[2], &files, &f) != OK ||
        package_check(a, &files, &art, &all, &f) != OK)
        return cli_fault(&f, CLI_FAILED);
    if (c->json)
        print_json(all);
    for (size_t i = 0; !c->json && i < all->n; i++)
        print_problem(c->words[2], &all->list[i]);
    if (!c->json && all->dropped)
        printf("and %zu more\n", all->dropped);
    return package_problems_grave(all) ? CLI_FAILED : CLI_OK;
}

/* ---- try ---------------------------------------------------------------------------------- */

/* What a trial shares: the service, the case, the words of both. */
struct trial {
    struct arena *arena;
    const struct package_files *files;
    struct package *p;
    struct catalogue *house;
    str language;
    const struct json *doc;
    struct json data;
    struct fault *fault;
};

static void print_word(const struct trial *t, const char *key)
{
    printf("\n%.*s\n", STR_FMT(catalogue_word(t->house, t->language, str_of(key))));
}

static enum err print_own(const struct trial *t, const char *before, str key)
{
    AUTO(buf) struct buf b = BUF(TRY_TEXT);
    struct json none = {.type = J_OBJECT};

    TRY(package_say(t->p, t->language, key, &none, &b, t->fault));
    printf("%s%.*s\n", before, STR_FMT(buf_str(&b)));
    return OK;
}

static enum err print_pages(const struct trial *t)
{
    bool shown;

    for (size_t i = 0; i < t->p->n_pages; i++) {
        const struct package_page *page = &t->p->page[i];
        TRY(package_page_shown(t->p, i, &t->data, t->arena, &shown, t->fault));
        if (!shown)
            continue;
        putchar('\n');
        TRY(print_own(t, "", page->title));
        if (page->repeat.p) {
            TRY(print_own(t, "  ", page->item));
            printf("  (%" PRId64 "–%" PRId64 ")\n", page->min, page->max);
        }
        for (size_t k = 0; k < page->n_fields; k++) {
            TRY(package_field_shown(t->p, i, k, &t->data, t->arena, &shown, t->fault));
            if (shown)
                TRY(print_own(t, "  ", page->fields[k].label));
        }
    }
    return OK;
}

static enum err print_rules(const struct trial *t, const char *heading, const char *none,
                            const struct package_rules *rules, const struct package_names *names)
{
    print_word(t, names->n || !none ? heading : none);
    for (size_t i = 0; i < names->n; i++)
        TRY(print_own(t, "  ", rules->list[names->list[i]].words));
    return OK;
}

/* In the currency's own minor units (ISO 4217): yen have none, dinars three digits. */
static void print_money(int64_t amount, str currency)
{
    unsigned digits = currency_digits(currency);
    int64_t unit = 1;

    for (unsigned i = 0; i < digits; i++)
        unit *= 10;
    printf("  %" PRId64, amount / unit);
    if (digits)
        printf(".%0*" PRId64, (int)digits, amount % unit);
    printf(" %.*s\n", STR_FMT(currency));
}

static enum err print_fee(const struct trial *t)
{
    struct package_fee fee;

    TRY(package_fee(t->p, &t->data, t->arena, &fee, t->fault));
    print_word(t, "service.try.fee");
    print_money(fee.amount, fee.currency);
    for (size_t i = 0; i < fee.waivers.n; i++)
        TRY(print_own(t, "  ", t->p->waivers.list[fee.waivers.list[i]].words));
    return OK;
}

static enum err print_due(const struct trial *t)
{
    const struct json *calendar = json_get(t->doc, S("calendar"));
    unsigned days = (unsigned)json_get_int(t->p->service, S("promise_days"), 10);
    char text[DAY_TEXT];
    int32_t today, due;

    if (!calendar || !day_parse(json_get_str(t->doc, S("today")), &today))
        return OK;
    TRY(package_due(calendar, today, days > PACKAGE_PROMISE_MAX ? PACKAGE_PROMISE_MAX : days, &due,
                    t->fault));
    day_format(due, text);
    print_word(t, "service.try.due");
    printf("  %s\n", text);
    return OK;
}

/* By its digest, as golden.json expects it; nothing if none is issued. */
static enum err print_document(const struct trial *t)
{
    struct json asks = {.type = J_OBJECT}, expect = {.type = J_OBJECT};
    struct package_art art = {document_digest, t->files};
    struct package_replay r;

    for (uint32_t i = 0; i < t->doc->n; i++)
        if (!str_eq(t->doc->members[i].key, S("expect")))
            TRY_PTR(json_put(t->arena, &asks, t->doc->members[i].key, t->doc->members[i].value),
                    t->fault);
    TRY_PTR(json_put(t->arena, &expect, S("document"), json_of_bool(true)) &&
                json_put(t->arena, &asks, S("expect"), expect),
            t->fault);
    TRY(package_replay(t->p, &asks, &art, t->arena, &r, t->fault));
    const struct json *document = json_get(&r.got, S("document"));
    if (json_is(document, J_STRING)) {
        print_word(t, "service.try.document");
        printf("  %.*s\n", STR_FMT(json_str(document)));
    }
    return OK;
}

/* The places at which the form refuses the answers; true if there are none. */
static bool print_errors(const struct trial *t)
{
    struct fault f = {0};

    if (schema_check(t->p->form_schema, json_get(t->doc, S("answers")), t->arena, &f) == OK)
        return true;
    print_word(t, "service.try.invalid");
    for (struct fault_item *i = f.items; i; i = i->next)
        printf("  %s: %s\n", i->pointer, i->detail);
    if (!f.items)
        printf("  %s: %s\n", f.pointer, f.detail);
    return false;
}

static enum err run_trial(struct trial *t, bool *out_may)
{
    struct package_names failed, bring;

    TRY(print_own(t, "", S("title")));
    TRY(print_pages(t));
    *out_may = print_errors(t);
    TRY(package_eligible(t->p, &t->data, t->arena, &failed, t->fault));
    *out_may &= failed.n == 0;
    TRY(print_rules(t, "service.try.not-eligible", "service.try.eligible", &t->p->eligibility,
                    &failed));
    TRY(print_fee(t));
    TRY(package_attachments(t->p, &t->data, t->arena, &bring, t->fault));
    TRY(print_rules(t, "service.try.bring", "service.try.bring-nothing", &t->p->attachments,
                    &bring));
    TRY(print_due(t));
    return *out_may ? print_document(t) : OK;
}

/* Answers alone, or a whole case as in golden.json. */
static enum err read_case(struct cli *c, struct trial *t, const char *path)
{
    struct package_case one = {0};
    struct json *j, *whole;
    char today[DAY_TEXT];
    str text;

    TRY(fs_read(t->arena, path, 4 << 20, &text, t->fault));
    TRY(json_parse(t->arena, text, NULL, &j, t->fault));
    if (!json_get(j, S("answers"))) {
        whole = arena_new_of(t->arena, struct json);
        TRY_PTR(whole, t->fault);
        *whole = (struct json){.type = J_OBJECT};
        TRY_PTR(json_put(t->arena, whole, S("answers"), *j), t->fault);
        j = whole;
    }
    const char *given = cli_option(c, "today");
    day_format(day_of_ms(world_now(&world_real)), today);
    one.today = given ? str_of(given) : json_get_str(j, S("today"));
    if (!one.today.n)
        one.today = str_copy(t->arena, str_of(today));
    TRY_PTR(json_put(t->arena, j, S("today"), json_of_str(one.today)), t->fault);
    t->doc = j;
    one.answers = json_get(j, S("answers"));
    one.person = json_get(j, S("person"));
    one.post = json_get(j, S("post"));
    one.overlay = json_get(t->p->service, S("tables"));
    return package_data(&one, t->arena, &t->data, t->fault);
}

int cli_service_try(struct cli *c)
{
    const char *answers = cli_option(c, "answers"), *language = cli_option(c, "language");
    AUTO(arena) struct arena *a = arena_new(CHECK_MEMORY);
    struct package_files files;
    struct fault f = {0};
    struct trial t = {
        .arena = a, .files = &files, .language = str_of(language ? language : "en"), .fault = &f};
    bool may = false;

    if (c->n_words != 3 || !answers)
        return say_usage("try FOLDER --answers FILE [--today DAY] [--language ar|en|fr]");
    if (!a)
        return cli_fault(&(struct fault){.code = ERR_MEMORY}, CLI_FAILED);
    enum err e = cli_words(c, &t.house, &f);
    if (e == OK)
        e = package_read_folder(a, c->words[2], &files, &f);
    if (e == OK)
        e = package_load(a, &files, &t.p, &f);
    if (e == OK)
        e = read_case(c, &t, answers);
    if (e == OK)
        e = run_trial(&t, &may);
    package_free(t.p);
    catalogue_free(t.house);
    if (e != OK)
        return cli_fault(&f, CLI_FAILED);
    return may ? CLI_OK : CLI_FAILED;
}
