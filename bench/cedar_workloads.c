/* cedar_workloads.c - three models of sharing, in stores of growing size: decided, timed, written
 * out
 *
 * usage: cedar_workloads time  WORKLOAD N [STORES [REQUESTS]]     median, p99, mean and rate
 *        cedar_workloads write WORKLOAD N [STORES [REQUESTS]]     the same as JSON, for other
 * engines cedar_workloads big   [POLICIES [ENTITIES]]              memory of a large set and store
 *
 * The workloads are those of the language's paper (OOPSLA 2024, arXiv 2403.04651, section 5):
 * github (teams, repositories and organisations with roles), gdrive (documents in folders, views)
 * and tinytodo (lists with readers and editors). The rules are the same in number, scope and
 * condition, but the texts and the generator here are our own: N of each kind of entity, each pair
 * joined with a probability of 0.05, from one seed. Everything is parsed before the clock starts.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cedar/cedar.h"

enum { STORES = 200, REQUESTS = 500, MAX_N = 50, MAX_REQUESTS = 100000, JOINED_PERCENT = 5 };

/* ---- chance ---------------------------------------------------------------------------- */

static uint64_t state = 20240318;

static unsigned below(unsigned n) /* splitmix64, public domain algorithm */
{
    uint64_t z = (state += 0x9e3779b97f4a7c15);

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return (unsigned)((z ^ (z >> 31)) % n);
}

static bool joined(void)
{
    return below(100) < JOINED_PERCENT;
}

/* ---- stores ---------------------------------------------------------------------------- */

struct store {
    struct arena *arena;
    struct cedar_entities *es;
    unsigned n;
};

/* "repo7", or "repo7-readers"; lives as long as the store. */
static str name(struct store *s, const char *kind, unsigned i, const char *suffix)
{
    return str_printf(s->arena, suffix ? "%s%u-%s" : "%s%u%s", kind, i, suffix ? suffix : "");
}

static struct cedar_entity *entity(struct store *s, str type, const char *kind, unsigned i)
{
    return cedar_entity(s->es, type, name(s, kind, i, NULL));
}

/* An attribute that names an entity of a role, which is made too. */
static void role(struct store *s, struct cedar_entity *e, const char *kind, unsigned i,
                 const char *which)
{
    str id = name(s, kind, i, which);

    cedar_entity(s->es, S("Role"), id);
    cedar_attr(s->es, e, str_of(which), cedar_ref(s->es, S("Role"), id));
}

static const char *const repo_roles[] = {"readers", "triagers", "writers", "maintainers", "admins"};
static const char *const org_roles[] = {"readers", "writers", "admins"};

static const char github_text[] =
    /* what was granted on the repository */
    "permit (principal, action == Action::\"read\", resource)"
    " when { principal in resource.readers };\n"
    "permit (principal, action in Action::\"triage\", resource)"
    " when { principal in resource.triagers };\n"
    "permit (principal, action in Action::\"write\", resource)"
    " when { principal in resource.writers };\n"
    "permit (principal, action in Action::\"maintain\", resource)"
    " when { principal in resource.maintainers };\n"
    "permit (principal, action in Action::\"admin\", resource)"
    " when { principal in resource.admins };\n"
    /* what was granted on the organisation that owns it */
    "permit (principal, action == Action::\"read\", resource)"
    " when { principal in resource.org.readers };\n"
    "permit (principal, action in Action::\"write\", resource)"
    " when { principal in resource.org.writers };\n"
    "permit (principal, action in Action::\"admin\", resource)"
    " when { principal in resource.org.admins };\n";

static void github_roles(struct store *s, struct cedar_entity *e)
{
    for (unsigned i = 0; i < s->n; i++) {
        if (joined())
            cedar_parent(s->es, e, S("Role"), name(s, "repo", i, repo_roles[below(5)]));
    }
}

static void github_teams(struct store *s)
{
    for (unsigned i = 0; i < s->n; i++) {
        struct cedar_entity *team = entity(s, S("Team"), "team", i);
        github_roles(s, team);
        for (unsigned j = 0; j < i; j++) { /* earlier ones only: no cycle */
            if (joined())
                cedar_parent(s->es, team, S("Team"), name(s, "team", j, NULL));
        }
    }
}

static void github_users(struct store *s)
{
    for (unsigned i = 0; i < s->n; i++) {
        struct cedar_entity *user = entity(s, S("User"), "user", i);
        github_roles(s, user);
        for (unsigned j = 0; j < s->n; j++) {
            if (joined())
                cedar_parent(s->es, user, S("Team"), name(s, "team", j, NULL));
            if (joined())
                cedar_parent(s->es, user, S("Org"), name(s, "org", j, NULL));
            if (joined())
                cedar_parent(s->es, user, S("Role"), name(s, "org", j, org_roles[below(3)]));
        }
    }
}

static void github_store(struct store *s)
{
    static const char *const actions[] = {"read", "triage", "write", "maintain", "admin"};

    for (unsigned i = 0; i < ARRAY_LEN(actions); i++) { /* each allows what the one before does */
        struct cedar_entity *action = cedar_entity(s->es, S("Action"), str_of(actions[i]));
        if (i + 1 < ARRAY_LEN(actions))
            cedar_parent(s->es, action, S("Action"), str_of(actions[i + 1]));
    }
    for (unsigned i = 0; i < s->n; i++) {
        struct cedar_entity *org = entity(s, S("Org"), "org", i);
        for (unsigned j = 0; j < ARRAY_LEN(org_roles); j++)
            role(s, org, "org", i, org_roles[j]);
        for (unsigned j = 0; j < i; j++) {
            if (joined())
                cedar_parent(s->es, org, S("Role"), name(s, "org", j, org_roles[below(3)]));
        }
        struct cedar_entity *repo = entity(s, S("Repo"), "repo", i);
        for (unsigned j = 0; j < ARRAY_LEN(repo_roles); j++)
            role(s, repo, "repo", i, repo_roles[j]);
        cedar_attr(s->es, repo, S("org"),
                   cedar_ref(s->es, S("Org"), name(s, "org", below(s->n), NULL)));
    }
    github_teams(s);
    github_users(s);
}

static struct cedar_request ask(struct store *s, str action, str type, const char *kind)
{
    return (struct cedar_request){
        .principal = cedar_uid(S("User"), name(s, "user", below(s->n), NULL)),
        .action = cedar_uid(S("Action"), action),
        .resource = cedar_uid(type, name(s, kind, below(s->n), NULL)),
    };
}

static struct cedar_request github_request(struct store *s)
{
    static const char *const actions[] = {"read", "triage", "write", "maintain", "admin"};

    return ask(s, str_of(actions[below(5)]), S("Repo"), "repo");
}

static const char gdrive_text[] =
    "permit (principal, action == Action::\"read\", resource)"
    " when { resource in principal.sees };\n"
    "permit (principal, action == Action::\"read\", resource) when { resource.public };\n"
    "permit (principal, action in [Action::\"read\", Action::\"write\", Action::\"share\"],"
    " resource) when { resource in principal.documents || resource in principal.folders };\n"
    "permit (principal, action == Action::\"giveAway\", resource)"
    " when { principal.documents.contains(resource) };\n"
    "permit (principal, action == Action::\"create\", resource)"
    " when { principal.folders.contains(resource) };\n";

/* A set of the documents or folders that somebody owns. */
static struct cedar_value owned(struct store *s, str type, const char *kind)
{
    struct cedar_value held[MAX_N];
    size_t n = 0;

    for (unsigned i = 0; i < s->n; i++) {
        if (joined())
            held[n++] = cedar_ref(s->es, type, name(s, kind, i, NULL));
    }
    return cedar_setof(s->es, held, n);
}

/* Shown to users and groups; inside folders, of which only the first `folders` come into question.
 */
static void gdrive_place(struct store *s, struct cedar_entity *e, unsigned folders)
{
    for (unsigned i = 0; i < folders; i++) {
        if (joined())
            cedar_parent(s->es, e, S("Folder"), name(s, "folder", i, NULL));
    }
    for (unsigned i = 0; i < s->n; i++) {
        if (joined())
            cedar_parent(s->es, e, S("View"), name(s, "user", i, "view"));
        if (joined())
            cedar_parent(s->es, e, S("View"), name(s, "group", i, "view"));
    }
}

static void gdrive_user(struct store *s, unsigned i)
{
    struct cedar_entity *user = entity(s, S("User"), "user", i);
    str view = name(s, "user", i, "view");

    cedar_entity(s->es, S("View"), view);
    cedar_attr(s->es, user, S("sees"), cedar_ref(s->es, S("View"), view));
    cedar_attr(s->es, user, S("documents"), owned(s, S("Document"), "doc"));
    cedar_attr(s->es, user, S("folders"), owned(s, S("Folder"), "folder"));
    for (unsigned j = 0; j < s->n; j++) {
        if (!joined())
            continue;
        cedar_parent(s->es, user, S("Group"), name(s, "group", j, NULL));
        /* what a group sees is within what its member sees */
        cedar_parent(s->es, cedar_entity(s->es, S("View"), name(s, "group", j, "view")), S("View"),
                     view);
    }
}

static void gdrive_store(struct store *s)
{
    static const char *const actions[] = {"read", "write", "share", "giveAway", "create"};

    for (unsigned i = 0; i < ARRAY_LEN(actions); i++)
        cedar_entity(s->es, S("Action"), str_of(actions[i]));
    for (unsigned i = 0; i < s->n; i++) {
        entity(s, S("Group"), "group", i);
        cedar_entity(s->es, S("View"), name(s, "group", i, "view"));
    }
    for (unsigned i = 0; i < s->n; i++)
        gdrive_user(s, i);
    for (unsigned i = 0; i < s->n; i++) {
        struct cedar_entity *doc = entity(s, S("Document"), "doc", i);
        cedar_attr(s->es, doc, S("public"), cedar_bool(below(2)));
        gdrive_place(s, doc, s->n);
        gdrive_place(s, entity(s, S("Folder"), "folder", i), i);
    }
}

static struct cedar_request gdrive_request(struct store *s)
{
    static const char *const actions[] = {"read", "write", "share", "giveAway", "create"};
    unsigned i = below(5);

    return ask(s, str_of(actions[i]), i < 4 ? S("Document") : S("Folder"),
               i < 4 ? "doc" : "folder");
}

static const char tinytodo_text[] =
    "permit (principal, action in [Action::\"CreateList\", Action::\"GetLists\"],"
    " resource == App::\"todo\");\n"
    "permit (principal, action, resource)"
    " when { resource has owner && resource.owner == principal };\n"
    "permit (principal, action == Action::\"GetList\", resource)"
    " when { principal in resource.readers || principal in resource.editors };\n"
    "permit (principal, action in [Action::\"UpdateList\", Action::\"CreateTask\","
    " Action::\"UpdateTask\", Action::\"DeleteTask\"], resource)"
    " when { principal in resource.editors };\n";

static const char *const todo_actions[] = {"CreateList", "GetLists",   "GetList",
                                           "UpdateList", "DeleteList", "CreateTask",
                                           "UpdateTask", "DeleteTask", "EditShares"};

static struct cedar_value todo_tasks(struct store *s)
{
    struct cedar_value tasks[MAX_N];
    unsigned n = below(s->n + 1);

    for (unsigned i = 0; i < n; i++) {
        struct cedar_record *task = cedar_record(s->es);
        cedar_put(s->es, task, S("id"), cedar_long(i));
        cedar_put(s->es, task, S("name"), cedar_str(name(s, "task", below(1000), NULL)));
        cedar_put(s->es, task, S("done"), cedar_bool(below(2)));
        tasks[i] = cedar_of(task);
    }
    return cedar_setof(s->es, tasks, n);
}

static void todo_store(struct store *s)
{
    cedar_entity(s->es, S("App"), S("todo"));
    for (unsigned i = 0; i < ARRAY_LEN(todo_actions); i++)
        cedar_entity(s->es, S("Action"), str_of(todo_actions[i]));
    for (unsigned i = 0; i < s->n; i++) { /* a tree of teams; lists are shared with some of them */
        struct cedar_entity *team = entity(s, S("Team"), "team", i);
        if (i > 0)
            cedar_parent(s->es, team, S("Team"), name(s, "team", (i - 1) / 2, NULL));
    }
    for (unsigned i = 0; i < s->n; i++) {
        struct cedar_entity *user = entity(s, S("User"), "user", i);
        for (unsigned j = below(4); j > 0; j--)
            cedar_parent(s->es, user, S("Team"), name(s, "team", below(s->n), NULL));
    }
    for (unsigned i = 0; i < s->n; i++) {
        struct cedar_entity *list = entity(s, S("List"), "list", i);
        struct cedar_value owner = cedar_ref(s->es, S("User"), name(s, "user", below(s->n), NULL));
        cedar_attr(s->es, list, S("owner"), owner);
        cedar_attr(s->es, list, S("name"), cedar_str(name(s, "list", i, "of things")));
        cedar_attr(s->es, list, S("tasks"), todo_tasks(s));
        cedar_attr(s->es, list, S("readers"),
                   cedar_ref(s->es, S("Team"), name(s, "team", below(s->n), NULL)));
        cedar_attr(s->es, list, S("editors"),
                   cedar_ref(s->es, S("Team"), name(s, "team", below(s->n), NULL)));
        cedar_parent(s->es, list, S("App"), S("todo"));
    }
}

static struct cedar_request todo_request(struct store *s)
{
    unsigned i = below(ARRAY_LEN(todo_actions));
    struct cedar_request q = ask(s, str_of(todo_actions[i]), S("List"), "list");

    if (i < 2)
        q.resource = cedar_uid(S("App"), S("todo"));
    return q;
}

static const struct workload {
    const char *name, *text;
    void (*fill)(struct store *);
    struct cedar_request (*request)(struct store *);
} workloads[] = {
    {"github", github_text, github_store, github_request},
    {"gdrive", gdrive_text, gdrive_store, gdrive_request},
    {"tinytodo", tinytodo_text, todo_store, todo_request},
};

/* ---- runs ------------------------------------------------------------------------------ */

struct run {
    const struct workload *w;
    unsigned n, stores, requests;
    struct cedar_set *set;
    struct arena *scratch;
};

static void must(enum err e, const struct fault *f)
{
    if (e == OK)
        return;
    fprintf(stderr, "cedar_workloads: %s %s\n", err_title(e), f ? f->detail : "");
    exit(1);
}

static uint64_t now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static struct cedar_set *parse(str text)
{
    struct cedar_source src = {S("bench"), text};
    struct cedar_set *set;
    struct fault f;

    must(cedar_parse(&src, 1, NULL, &set, &f), &f);
    return set;
}

/* Fills an empty arena with the next store and its requests; same seed, same sequence. */
static const struct cedar_request *next(struct run *r, struct store *s)
{
    struct cedar_request *q;

    arena_reset(s->arena);
    s->n = r->n;
    s->es = cedar_entities_new(s->arena);
    r->w->fill(s);
    q = arena_zalloc(s->arena, r->requests, sizeof *q);
    if (!q || !cedar_entities_ok(s->es))
        must(ERR_MEMORY_LIMIT, NULL);
    for (unsigned i = 0; i < r->requests; i++)
        q[i] = r->w->request(s);
    return q;
}

static bool decide(struct run *r, const struct store *s, const struct cedar_request *q,
                   struct cedar_answer *out)
{
    arena_reset(r->scratch);
    must(cedar_decide(r->set, s->es, q, r->scratch, out), NULL);
    return out->allow;
}

static int by_size(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

/* Each request is decided once alone, with a clock around it, and then all of a store without:
 * the first gives median and p99 (the clock's own 20 ns or so included), the second the rate. */
static void time_all(struct run *r)
{
    AUTO(arena) struct arena *a = arena_new(256 << 20);
    struct store s = {.arena = a};
    size_t n = 0, total = (size_t)r->stores * r->requests, allowed = 0, entities = 0;
    uint32_t *took = calloc(total, sizeof *took);
    struct cedar_answer answer;
    uint64_t sum = 0;

    if (!took)
        must(ERR_MEMORY, NULL);
    for (unsigned i = 0; i < r->stores; i++) {
        const struct cedar_request *q = next(r, &s);
        entities += cedar_entities_count(s.es);
        for (unsigned k = 0; k < r->requests; k++) {
            uint64_t start = now();
            allowed += decide(r, &s, &q[k], &answer);
            took[n++] = (uint32_t)(now() - start);
        }
        uint64_t start = now();
        for (unsigned k = 0; k < r->requests; k++)
            decide(r, &s, &q[k], &answer);
        sum += now() - start;
    }
    qsort(took, n, sizeof *took, by_size);
    printf("{\"workload\":\"%s\",\"n\":%u,\"entities\":%zu,\"decisions\":%zu,\"allowed\":%zu,"
           "\"median\":%u,\"p99\":%u,\"mean\":%.0f,\"rate\":%.0f}\n",
           r->w->name, r->n, entities / r->stores, n, allowed, took[n / 2], took[n * 99 / 100],
           (double)sum / (double)n, (double)n * 1e9 / (double)sum);
    free(took);
}

static void write_request(struct jw *w, struct run *r, const struct store *s,
                          const struct cedar_request *q)
{
    AUTO(buf) struct buf one = BUF(1 << 16);
    struct jw inner = JW(&one);
    struct cedar_answer answer;
    str members;

    decide(r, s, q, &answer);
    if (answer.n_errors) /* these policies never fail on these stores */
        must(ERR_INVALID, NULL);
    must(cedar_request_write(&inner, q, NULL), NULL);
    members = buf_str(&one); /* our answer joins the members of the request */
    buf_add(w->b, "{", 1);
    buf_add(w->b, members.p + 1, members.n - 2);
    buf_printf(w->b, ",\"decision\":\"%s\",\"reason\":[", answer.allow ? "allow" : "deny");
    for (uint32_t i = 0; i < answer.n_reasons; i++)
        buf_printf(w->b, "%s\"policy%u\"", i ? "," : "", answer.reasons[i]);
    buf_add_str(w->b, S("]}"));
}

static void write_all(struct run *r)
{
    AUTO(arena) struct arena *a = arena_new(256 << 20);
    AUTO(buf) struct buf line = BUF(64 << 20);
    struct store s = {.arena = a};
    struct jw w = JW(&line);

    jw_open(&w, '{');
    jw_kv(&w, S("workload"), str_of(r->w->name));
    jw_kv_int(&w, S("n"), r->n);
    jw_kv(&w, S("policies"), str_of(r->w->text));
    jw_close(&w, '}');
    printf("%.*s\n", STR_FMT(buf_str(&line)));
    for (unsigned i = 0; i < r->stores; i++) {
        const struct cedar_request *q = next(r, &s);
        buf_clear(&line);
        w = JW(&line);
        buf_add_str(&line, S("{\"entities\":"));
        must(cedar_entities_write(&w, s.es, NULL), NULL);
        buf_add_str(&line, S(",\"requests\":["));
        for (unsigned k = 0; k < r->requests; k++) {
            if (k)
                buf_add_char(&line, ',');
            write_request(&w, r, &s, &q[k]);
        }
        buf_add_str(&line, S("]}"));
        if (!buf_ok(&line))
            must(ERR_MEMORY_LIMIT, NULL);
        printf("%.*s\n", STR_FMT(buf_str(&line)));
    }
}

/* ---- a large set and store ------------------------------------------------------------- */

static double resident_mb(void)
{
    FILE *f = fopen("/proc/self/statm", "r");
    long pages = 0;

    if (!f || fscanf(f, "%*d %ld", &pages) != 1)
        must(ERR_INVALID, NULL);
    fclose(f);
    return (double)pages * 4096 / (1 << 20);
}

/* Policies about services that each partner may have, and one in ten about an alliance. */
static void large_text(struct buf *text, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        buf_printf(text, "@id(\"p%u\") permit (principal %s::\"%u\", action == ", i,
                   i % 10 ? "== State" : "in Alliance", i);
        buf_printf(text,
                   "Action::\"export\", resource) when { resource.level <= %u"
                   " && context.undertakings.contains(\"no-onward-sharing\") };\n",
                   i % 5);
    }
}

static void large_store(struct store *s)
{
    for (unsigned i = 0; i < s->n; i++) {
        struct cedar_entity *e = entity(s, i % 2 ? S("Service") : S("State"), "", i / 2);
        cedar_attr(s->es, e, S("level"), cedar_long(i % 5));
        cedar_attr(s->es, e, S("name"), cedar_str(name(s, "name", i, NULL)));
        cedar_parent(s->es, e, S("Alliance"), name(s, "", 10 * below(s->n / 1000 + 1), NULL));
    }
}

/* Memory of both as growth of the resident set, and decisions among them. */
static void big(unsigned policies, unsigned entities)
{
    AUTO(arena) struct arena *a = arena_new(512 << 20);
    AUTO(arena) struct arena *scratch = arena_new(1 << 20);
    AUTO(buf) struct buf text = BUF(64 << 20);
    struct store s = {.arena = a, .n = entities};
    str promise = S("no-onward-sharing");
    unsigned allowed = 0, rounds = 200000;

    large_text(&text, policies);
    double before = resident_mb();
    struct run r = {.set = parse(buf_str(&text)), .scratch = scratch};
    double parsed = resident_mb();
    s.es = cedar_entities_new(a);
    large_store(&s);
    double stored = resident_mb();
    struct cedar_record *context = cedar_record(s.es);
    cedar_put(s.es, context, S("undertakings"), cedar_strings(s.es, &promise, 1));
    if (!cedar_entities_ok(s.es))
        must(ERR_MEMORY_LIMIT, NULL);
    struct cedar_request q[64];
    for (size_t i = 0; i < ARRAY_LEN(q); i++) {
        q[i] = (struct cedar_request){
            .principal = cedar_uid(S("State"), name(&s, "", below(entities / 2), NULL)),
            .action = cedar_uid(S("Action"), S("export")),
            .resource = cedar_uid(S("Service"), name(&s, "", below(entities / 2), NULL)),
            .context = context};
    }
    struct cedar_answer answer;
    uint64_t start = now();
    for (unsigned i = 0; i < rounds; i++)
        allowed += decide(&r, &s, &q[i % ARRAY_LEN(q)], &answer);
    printf("{\"policies\":%zu,\"entities\":%zu,\"policies_mb\":%.1f,\"entities_mb\":%.1f,"
           "\"together_mb\":%.1f,\"mean\":%.0f,\"allowed\":%u,\"of\":%u}\n",
           cedar_set_count(r.set), cedar_entities_count(s.es), parsed - before, stored - parsed,
           stored - before, (double)(now() - start) / rounds, allowed, rounds);
    cedar_set_free(r.set);
}

/* ---- command line ---------------------------------------------------------------------- */

static unsigned number(char **argv, int argc, int at, unsigned otherwise, unsigned least,
                       unsigned most)
{
    char *end;
    unsigned long v = otherwise;

    if (argc > at) {
        v = strtoul(argv[at], &end, 10);
        if (*end || v < least || v > most) {
            fprintf(stderr, "cedar_workloads: %s is not from %u to %u\n", argv[at], least, most);
            exit(2);
        }
    }
    return (unsigned)v;
}

static int usage(void)
{
    fprintf(stderr, "usage: cedar_workloads time|write github|gdrive|tinytodo N [STORES "
                    "[REQUESTS]]\n       cedar_workloads big [POLICIES [ENTITIES]]\n");
    return 2;
}

int main(int argc, char **argv)
{
    struct run r = {0};

    if (argc >= 2 && strcmp(argv[1], "big") == 0) {
        big(number(argv, argc, 2, 10000, 10, 100000), number(argv, argc, 3, 100000, 1000, 1000000));
        return 0;
    }
    if (argc < 4 || (strcmp(argv[1], "time") != 0 && strcmp(argv[1], "write") != 0))
        return usage();
    for (size_t i = 0; i < ARRAY_LEN(workloads); i++) {
        if (strcmp(workloads[i].name, argv[2]) == 0)
            r.w = &workloads[i];
    }
    if (!r.w)
        return usage();
    r.n = number(argv, argc, 3, 0, 2, MAX_N);
    r.stores = number(argv, argc, 4, STORES, 1, 10000);
    r.requests = number(argv, argc, 5, REQUESTS, 1, MAX_REQUESTS / 10);
    AUTO(cedar_set) struct cedar_set *set = parse(str_of(r.w->text));
    AUTO(arena) struct arena *scratch = arena_new(1 << 20);
    r.set = set;
    r.scratch = scratch;
    if (strcmp(argv[1], "time") == 0)
        time_all(&r);
    else
        write_all(&r);
    return 0;
}
