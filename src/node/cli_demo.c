/* cli_demo.c - `sifara demo`: a new data folder with the demo state and its history */
#include <stdio.h>
#include <stdlib.h>

#include "base/fs.h"
#include "node/cli.h"
#include "node/demo.h"
#include "node/supervisor.h"

enum { CASES = 20000, YEAR_DAYS = 365 };

static enum err fill(const char *data, struct demo_options *o, struct fault *f)
{
    struct world_sim sim = {.seed = o->seed};
    struct world world = world_of_sim(&sim);
    struct helpers helpers;
    int keyring_fd, worker_fd;
    struct node *n;

    sim.now_ms = world_now(&world_real) - (int64_t)YEAR_DAYS * 86400000;
    TRY(helpers_start(data, &helpers, &keyring_fd, &worker_fd, f));
    enum err e = node_open(data, keyring_fd, (struct jailed_fds){worker_fd, -1}, &world, &n, f);
    if (e == OK) {
        e = demo_fill(n, &sim, o, f);
        node_close(n);
    }
    helpers_stop(&helpers);
    return e;
}

/* init with the demo's own settings */
static int make_state(struct cli *c, const char *from)
{
    static const struct {
        const char *name, *value;
    } fixed[] = {{"state", "Utopia"},
                 {"state-ar", "يوتوبيا"},
                 {"alpha2", "XU"},
                 {"alpha3", "UTO"},
                 {"officer", "minister@mfa.xu.example,Nadia Karim,ministry-admin"},
                 {"officer", "deputy@mfa.xu.example,Omar Said,ministry-admin+oversight"}};
    static const struct {
        const char *name, *below;
    } folders[] = {{"policy", "demo/policy"}, {"services", "services"}, {"words", "words"}};
    struct cli i = *c;

    for (size_t k = 0; k < ARRAY_LEN(fixed); k++) {
        i.names[i.n_options] = fixed[k].name;
        i.values[i.n_options++] = fixed[k].value;
    }
    for (size_t k = 0; k < ARRAY_LEN(folders); k++) {
        i.names[i.n_options] = folders[k].name;
        i.values[i.n_options++] =
            str_cstr(c->arena, str_printf(c->arena, "%s/%s", from, folders[k].below));
    }
    return cli_init(&i);
}

int cli_demo(struct cli *c)
{
    const char *from = cli_option(c, "from"), *cases = cli_option(c, "cases");
    const char *seed = cli_option(c, "seed");
    struct fault f = {0};
    char folder[4096];

    if (!from)
        return fprintf(stderr, "sifara: demo wants --from DIR, the source folder\n"), CLI_USAGE;
    snprintf(folder, sizeof folder, "%s/demo", from);
    struct demo_options o = {.from = folder,
                             .cases = cases ? (unsigned)atoi(cases) : CASES,
                             .seed = seed ? strtoull(seed, NULL, 10) : 1};
    if (o.cases > 1000000)
        return fprintf(stderr, "sifara: at most a million cases\n"), CLI_USAGE;
    int code = make_state(c, from);
    if (code != CLI_OK)
        return code;
    if (fill(cli_data(c), &o, &f) != OK)
        return cli_fault(&f, CLI_FAILED);
    printf("Utopia has a year of history: %u cases planned.\n", o.cases);
    return CLI_OK;
}
