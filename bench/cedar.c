/* cedar.c - nanoseconds per policy decision: a small set, sets of growing size, facts built anew
 *
 * usage: cedar_bench [decisions]      (default 1,000,000)
 * Prints one line per case. Figures compare only within one run on one machine.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "cedar/cedar.h"

static const char small_set[] =
    "@id(\"FP-001\") forbid (principal is S::State, action, resource)"
    " when { principal.sanctioned };\n"
    "@id(\"FP-002\") permit (principal is S::State, action == S::Action::\"shareIntel\", resource)"
    " when { [S::Tlp::\"CLEAR\", S::Tlp::\"GREEN\", S::Tlp::\"AMBER\"].contains(resource.tlp)"
    " && principal in resource.releasableTo }"
    " when { context.undertakings.contains(\"no-onward-sharing\") };\n"
    "permit (principal in S::Alliance::\"GCC\", action == S::Action::\"shareIntel\", resource)"
    " when { resource.tlp == S::Tlp::\"AMBER_STRICT\""
    " && context.undertakings.contains(\"originator-consent\") };\n"
    "forbid (principal, action == S::Action::\"shareIntel\", resource)"
    " unless { resource.originator == S::State::\"XA\" || resource.originator == principal"
    " || context.undertakings.contains(\"originator-consent\") };\n"
    "permit (principal, action == S::Action::\"answerDataRequest\", resource)"
    " when { principal.dataAdequacy && principal.hasTag(\"MLA\")"
    " && context.now < principal.getTag(\"MLA\") };\n"
    "forbid (principal, action == S::Action::\"answerDataRequest\", resource)"
    " when { principal.balance < -20 } unless { context.urgent };\n"
    "permit (principal is S::Person, action == S::Action::\"serveCitizen\", resource)"
    " when { principal.nationality.recognised && !resource.sensitive };\n"
    "permit (principal in S::Alliance::\"DCO\", action == S::Action::\"exportService\", resource)"
    " when { !resource.sensitive || context.dualControl };\n";

static struct cedar_entities *facts(struct arena *a, struct cedar_request *out)
{
    struct cedar_entities *es = cedar_entities_new(a);
    struct cedar_entity *p = cedar_entity(es, S("S::State"), S("XA"));
    struct cedar_entity *r = cedar_entity(es, S("S::IntelCollection"), S("c-17"));
    struct cedar_value release = cedar_ref(es, S("S::Alliance"), S("DCO"));
    str promises[] = {S("no-onward-sharing"), S("purpose-limited")};
    struct cedar_record *c = cedar_record(es);

    cedar_parent(es, p, S("S::Alliance"), S("DCO"));
    cedar_parent(es, p, S("S::Alliance"), S("AU"));
    cedar_attr(es, p, S("sanctioned"), cedar_bool(false));
    cedar_attr(es, p, S("recognised"), cedar_bool(true));
    cedar_attr(es, p, S("dataAdequacy"), cedar_bool(true));
    cedar_attr(es, p, S("balance"), cedar_long(3));
    cedar_attr(es, r, S("tlp"), cedar_ref(es, S("S::Tlp"), S("AMBER")));
    cedar_attr(es, r, S("originator"), cedar_ref(es, S("S::State"), S("XA")));
    cedar_attr(es, r, S("releasableTo"), cedar_setof(es, &release, 1));
    cedar_put(es, c, S("undertakings"), cedar_strings(es, promises, 2));
    cedar_put(es, c, S("now"), cedar_datetime(1790000000000));
    cedar_put(es, c, S("urgent"), cedar_bool(false));
    cedar_put(es, c, S("dualControl"), cedar_bool(true));
    *out = (struct cedar_request){
        .principal = cedar_uid(S("S::State"), S("XA")),
        .action = cedar_uid(S("S::Action"), S("shareIntel")),
        .resource = cedar_uid(S("S::IntelCollection"), S("c-17")),
        .context = c,
    };
    return es;
}

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void die(const char *what)
{
    fprintf(stderr, "%s\n", what);
    exit(1);
}

/* Decides n times; with fresh, facts are built anew each time. */
static void measure(const char *name, const struct cedar_set *set, unsigned n, bool fresh)
{
    AUTO(arena) struct arena *kept = arena_new(64 << 20);
    AUTO(arena) struct arena *scratch = arena_new(64 << 20);
    struct cedar_request q;
    struct cedar_entities *es = facts(kept, &q);
    struct cedar_answer answer;
    unsigned allowed = 0;
    double start = now();

    for (unsigned i = 0; i < n; i++) {
        arena_reset(scratch);
        if (fresh)
            es = facts(scratch, &q);
        if (cedar_decide(set, es, &q, scratch, &answer) != OK)
            die("out of memory");
        allowed += answer.allow;
    }
    printf("%-44s %8.0f ns a decision  (%u allowed of %u)\n", name, (now() - start) / n, allowed,
           n);
}

/* The small set and n further policies about other states, missions and services. */
static struct cedar_set *grown(unsigned n)
{
    struct buf text = BUF(64 << 20);
    struct cedar_set *set;
    struct fault f;

    buf_add_str(&text, str_of(small_set));
    for (unsigned i = 0; i < n; i++) {
        if (i % 2)
            buf_printf(&text,
                       "permit (principal in S::Alliance::\"A%u\", action == "
                       "S::Action::\"shareIntel\", resource) when { context.urgent };\n",
                       i);
        else
            buf_printf(&text,
                       "permit (principal, action == S::Action::\"serveCitizen\", resource == "
                       "S::Service::\"s%u\") when { principal.nationality.recognised };\n",
                       i);
    }
    struct cedar_source src = {S("bench"), buf_str(&text)};
    double start = now();
    if (cedar_parse(&src, 1, NULL, &set, &f) != OK)
        die(f.detail);
    if (n)
        printf("%-44s %8.0f ns a policy\n", "parse", (now() - start) / (n + 8));
    buf_done(&text);
    return set;
}

int main(int argc, char **argv)
{
    unsigned n = argc > 1 ? (unsigned)atoi(argv[1]) : 1000000;
    static const unsigned sizes[] = {50, 1000, 10000};
    AUTO(cedar_set) struct cedar_set *small = grown(0);

    measure("8 policies, facts at hand", small, n, false);
    measure("8 policies, facts built for each", small, n, true);
    for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
        AUTO(cedar_set) struct cedar_set *set = grown(sizes[i]);
        char name[64];
        snprintf(name, sizeof name, "%u policies, facts at hand", sizes[i] + 8);
        measure(name, set, n / 4, false);
    }
    return 0;
}
