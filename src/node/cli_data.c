/* cli_data.c - commands on a data folder: init, serve, backup, restore
 *
 *   DIR/sifara.json   settings            DIR/keys/      private keys: the keyring's alone
 *   DIR/store/        databases           DIR/blobs/     sealed attachments
 *   DIR/services/     services as data, founded at the first start
 *   DIR/trust/        keys of other states' packages  DIR/words/  words of screens and mails
 *   DIR/mail/         mails, when no SMTP server is set  DIR/run/  the port in use
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/encode.h"
#include "base/fs.h"
#include "base/log.h"
#include "node/cli_policy_int.h"
#include "node/keyring.h"
#include "link/link.h"
#include "node/node_int.h"
#include "node/supervisor.h"
#include "registry/registry.h"
#include "service/services.h"

enum { OFFICERS_FIRST = 2 };

int cli_serve(struct cli *c)
{
    return supervise(cli_data(c));
}

/* ---- init ---------------------------------------------------------------------------------- */

static enum err make_folders(const char *data, struct fault *f)
{
    static const char *const names[] = {"store",    "blobs", "mail", "run",
                                        "services", "trust", "words"};
    char path[4096];

    TRY(fs_folder(data, 0700, f));
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        snprintf(path, sizeof path, "%s/%s", data, names[i]);
        TRY(fs_folder(path, 0700, f));
    }
    return OK;
}

static enum err write_config(struct cli *c, const char *data, struct fault *f)
{
    AUTO(buf) struct buf b = BUF(8192);
    const char *alpha2 = cli_option(c, "alpha2"), *origin = cli_option(c, "origin");
    struct jw w = JW(&b);
    char path[4096], own[64];

    snprintf(own, sizeof own, "%c%c.sifara.example/journal", alpha2[0] | 0x20, alpha2[1] | 0x20);
    jw_open(&w, '{');
    jw_kv(&w, S("state_name"), str_of(cli_option(c, "state")));
    if (cli_option(c, "state-ar"))
        jw_kv(&w, S("state_name_ar"), str_of(cli_option(c, "state-ar")));
    jw_kv(&w, S("alpha2"), str_of(alpha2));
    jw_kv(&w, S("alpha3"), str_of(cli_option(c, "alpha3")));
    jw_kv(&w, S("origin"), str_of(origin ? origin : own));
    if (cli_option(c, "port"))
        jw_kv_int(&w, S("port"), atoi(cli_option(c, "port")));
    if (c->training)
        jw_kv_int(&w, S("training"), 1);
    jw_close(&w, '}');
    buf_add_char(&b, '\n');
    snprintf(path, sizeof path, "%s/sifara.json", data);
    return fs_write(path, buf_str(&b), 0600, f);
}

static enum err copy_data(struct cli *c, const char *data, const char *name, struct fault *f)
{
    const char *from = cli_option(c, name);
    char to[4096];

    snprintf(to, sizeof to, "%s/%s", data, name);
    return fs_copy_tree(from, to, f);
}

/* The ministry answers for every country until missions are opened. */
static enum err first_rows(struct house *h, struct db *writer, struct fault *f)
{
    static const char ministry[] =
        "{\"code\":\"ministry\",\"kind\":\"ministry\",\"country\":\"XU\",\"zone\":\"UTC\","
        "\"weekend\":[5,6],\"name\":{\"en\":\"Ministry of Foreign Affairs\",\"ar\":\"وزارة "
        "الخارجية\",\"fr\":\"Ministère des Affaires étrangères\"}}";

    (void)h;
    TRY(db_run(writer, f, "INSERT INTO mission(code, doc) VALUES('ministry', ?)", "s",
               str_of(ministry)));
    for (size_t i = 0; i < country_count(); i++)
        TRY(db_run(writer, f,
                   "INSERT INTO jurisdiction(country, service, authority)"
                   " VALUES(?, '*', 'ministry')",
                   "s", country_at(i)));
    return OK;
}

/* "EMAIL,NAME,role+role": one of the two officers that a new state begins with. */
static enum err first_officer(struct house *h, struct db *writer, const char *data, str text,
                              struct fault *f)
{
    AUTO(buf) struct buf roles = BUF(1024);
    struct officer_file o = {.id = id_new(&h->world, 0)};
    struct officer_assertion none[2] = {0};
    struct jw w = JW(&roles);
    str email, name, role, rest = text;
    char path[4096];

    if (!str_split(&rest, ',', &email) || !str_split(&rest, ',', &name) || !rest.p)
        return fault(f, ERR_INVALID, "--officer 'EMAIL,NAME,role+role'");
    jw_open(&w, '[');
    while (str_split(&rest, '+', &role))
        jw_string(&w, role);
    jw_close(&w, ']');
    ed25519_new(&o.secret);
    struct ed25519_public key = ed25519_public_of(&o.secret);
    struct hash lookup = lookup_hash(h, S("officer"), email);
    TRY(keyring_enrol(h->keyring, &o.id, &key, none, f));
    TRY(db_run(writer, f,
               "INSERT INTO officer(id, lookup, name, mission, roles, language, public_key, state,"
               " at) VALUES(?,?,?,'ministry',?,'en',?,'active',?)",
               "dbssbi", &o.id, hash_str(&lookup), name, buf_str(&roles),
               str_bytes(key.b, sizeof key.b), world_now(&h->world)));
    snprintf(path, sizeof path, "%s/officers", data);
    TRY(fs_folder(path, 0700, f));
    ptrdiff_t at = str_find_char(email, '@');
    snprintf(path, sizeof path, "%s/officers/%.*s.key", data,
             STR_FMT(str_sub(email, 0, at < 0 ? email.n : (size_t)at)));
    return officer_file_write(path, &o, f);
}

static enum err fill_store(struct cli *c, const char *data, int keyring_fd, struct fault *f)
{
    AUTO(buf) struct buf schema = BUF(1 << 20);
    struct cedar_source policy[POLICY_SOURCES];
    struct house h = {.world = world_real, .data_dir = str_of(data)};
    struct db *writer = NULL;
    struct registry *registry = NULL;
    char path[4096];
    size_t n = 0;

    h.keyring = keyring_connect(keyring_fd);
    snprintf(path, sizeof path, "%s/store/sifara.db", data);
    enum err e = db_open_writer(path, &writer, f);
    if (e == OK)
        e = keyring_derive(h.keyring, S("lookup"), &h.lookup_key, f);
    if (e == OK)
        e = registry_open(&h, writer, &registry, f);
    if (e == OK)
        e = first_rows(&h, writer, f);
    for (int i = 0; e == OK && i < c->n_options; i++)
        if (strcmp(c->names[i], "officer") == 0)
            e = first_officer(&h, writer, data, str_of(c->values[i]), f);
    if (e == OK)
        e = policy_sources(c->arena, cli_option(c, "policy"), policy, &n, f);
    if (e == OK)
        e = cedar_schema_of_actions(&schema, f);
    if (e == OK)
        e = policy_install(&h, writer, policy, n, buf_str(&schema), f);
    registry_close(registry);
    db_close(writer);
    keyring_disconnect(h.keyring);
    return e;
}

static enum err init(struct cli *c, const char *data, struct fault *f)
{
    struct helpers helpers;
    char keys[4096];
    int keyring_fd;

    TRY(make_folders(data, f));
    snprintf(keys, sizeof keys, "%s/keys", data);
    TRY(keyring_create(keys, str_of(cli_option(c, "alpha2")), str_of(cli_option(c, "alpha3")),
                       c->training, world_now(&world_real), f));
    TRY(write_config(c, data, f));
    TRY(copy_data(c, data, "services", f));
    TRY(copy_data(c, data, "words", f));
    TRY(helpers_start(data, &helpers, &keyring_fd, NULL, f));
    enum err e = fill_store(c, data, keyring_fd, f);
    helpers_stop(&helpers);
    return e;
}

int cli_init(struct cli *c)
{
    static const char *const needed[] = {"state",  "alpha2",   "alpha3",
                                         "policy", "services", "words"};
    struct fault f = {0};
    int officers = 0;

    for (size_t i = 0; i < ARRAY_LEN(needed); i++)
        if (!cli_option(c, needed[i])) {
            fprintf(stderr, "sifara: init wants --%s\n", needed[i]);
            return CLI_USAGE;
        }
    for (int i = 0; i < c->n_options; i++)
        officers += strcmp(c->names[i], "officer") == 0;
    if (officers != OFFICERS_FIRST) {
        fprintf(stderr, "sifara: a state begins with two officers: --officer twice\n");
        return CLI_USAGE;
    }
    if (init(c, cli_data(c), &f) != OK)
        return cli_fault(&f, CLI_FAILED);
    printf("The state is ready in %s. Hand the two files of %s/officers to their officers.\n",
           cli_data(c), cli_data(c));
    return CLI_OK;
}

/* ---- progress --------------------------------------------------------------------------- */

static int64_t shown_ns;

void cli_progress(const char *what, uint64_t done, uint64_t total)
{
    static int64_t began;
    int64_t now = monotonic_ns();

    if (!began)
        began = now;
    if (!isatty(STDERR_FILENO) || now - began < 2000000000 || now - shown_ns < 200000000)
        return;
    shown_ns = now;
    if (total)
        fprintf(stderr, "\r%s %llu%% ", what, (unsigned long long)(done * 100 / total));
    else
        fprintf(stderr, "\r%s %llu ", what, (unsigned long long)done);
}

/* ---- backup and restore -----------------------------------------------------------------------
 */

static void backup_progress(void *ctx, int done, int total)
{
    (void)ctx;
    cli_progress("pages copied:", (uint64_t)done, (uint64_t)total);
}

static enum err backup_db(const char *data, const char *to, const char *name, struct fault *f)
{
    AUTO(db) struct db *db = NULL;
    char path[4096];

    snprintf(path, sizeof path, "%s/store/%s", data, name);
    TRY(db_open_reader(path, &db, f));
    snprintf(path, sizeof path, "%s/store/%s", to, name);
    return db_backup(db, path, backup_progress, NULL, f);
}

static enum err copy_parts(const char *from, const char *to, struct fault *f)
{
    static const char *const folders[] = {"services", "trust", "words", "blobs"};
    AUTO(arena) struct arena *a = arena_new(1 << 20);
    char x[4096], y[4096];
    str text;

    TRY_PTR(a, f);
    for (size_t i = 0; i < ARRAY_LEN(folders); i++) {
        snprintf(x, sizeof x, "%s/%s", from, folders[i]);
        snprintf(y, sizeof y, "%s/%s", to, folders[i]);
        if (fs_exists(x))
            TRY(fs_copy_tree(x, y, f));
    }
    snprintf(x, sizeof x, "%s/sifara.json", from);
    snprintf(y, sizeof y, "%s/sifara.json", to);
    TRY(fs_read(a, x, 1 << 20, &text, f));
    return fs_write(y, text, 0600, f);
}

int cli_backup(struct cli *c)
{
    const char *data = cli_data(c), *to = cli_option(c, "to");
    struct fault f = {0};
    char path[4096];

    if (!to)
        return fprintf(stderr, "sifara: backup wants --to DIR\n"), CLI_USAGE;
    snprintf(path, sizeof path, "%s/store/sifara.db", to);
    enum err e = fs_exists(path) ? fault(&f, ERR_CONFLICT, "%s has a backup already", to)
                                 : make_folders(to, &f);
    /* rows before the attachments that they name would be worse than the other way round */
    if (e == OK)
        e = backup_db(data, to, "sifara.db", &f);
    if (e == OK)
        e = backup_db(data, to, "keys.db", &f);
    if (e == OK)
        e = copy_parts(data, to, &f);
    if (e != OK)
        return cli_fault(&f, CLI_FAILED);
    printf("Copied to %s. The folder keys/ is not in it: keep a copy of that apart.\n", to);
    return CLI_OK;
}

static enum err copy_file(const char *from, const char *to, const char *name, struct fault *f)
{
    AUTO(arena) struct arena *a = arena_new((size_t)64 << 30);
    char x[4096], y[4096];
    str bytes;

    TRY_PTR(a, f);
    snprintf(x, sizeof x, "%s/store/%s", from, name);
    snprintf(y, sizeof y, "%s/store/%s", to, name);
    TRY(fs_read(a, x, (size_t)32 << 30, &bytes, f));
    return fs_write(y, bytes, 0600, f);
}

static enum err next_epoch(struct node *n, struct arena *arena, struct fault *f)
{
    struct act a = {.action = action_find(S("ledger.new-epoch")),
                    .house = &n->house,
                    .arena = arena,
                    .actor = {.kind = ACTOR_SYSTEM}};
    enum err e = gate_perform(n->house.gate, &a);

    if (e != OK)
        *f = a.fault;
    act_done(&a);
    return e;
}

/* The first act of a restored node: what it remembers may be older than what was signed, so it
 * continues in a new epoch and says so. An epoch in which these keys signed already, after an
 * earlier restore of the same backup, is passed over. Its channels are mute until their partners
 * have said what they hold. */
static enum err declare_epoch(const char *data, int keyring_fd, struct fault *f)
{
    AUTO(arena) struct arena *arena = arena_new(1 << 20);
    uint64_t signed_size = 1;
    struct hash root;
    struct node *n;
    enum err e = OK;

    TRY_PTR(arena, f);
    TRY(node_open(data, keyring_fd, (struct jailed_fds){-1, -1}, NULL, &n, f));
    e = link_mute_all(n->writer, f);
    while (e == OK && signed_size > 0) {
        arena_reset(arena);
        e = next_epoch(n, arena, f);
        str origin = ledger_origin(n->house.ledger, ledger_state(n->house.ledger).epoch, arena);
        if (e == OK)
            e = keyring_head_last(n->house.keyring, origin, &signed_size, &root, f);
    }
    node_close(n);
    return e;
}

static enum err restore(const char *from, const char *keys, const char *data, struct fault *f)
{
    struct helpers helpers;
    char path[4096];
    int fd;

    snprintf(path, sizeof path, "%s/store/sifara.db", data);
    if (fs_exists(path))
        return fault(f, ERR_CONFLICT, "%s is not empty", data);
    TRY(make_folders(data, f));
    TRY(copy_parts(from, data, f));
    TRY(copy_file(from, data, "sifara.db", f));
    TRY(copy_file(from, data, "keys.db", f));
    snprintf(path, sizeof path, "%s/keys", data);
    TRY(fs_folder(path, 0700, f));
    TRY(fs_copy_tree(keys, path, f));
    TRY(helpers_start(data, &helpers, &fd, NULL, f));
    enum err e = declare_epoch(data, fd, f);
    helpers_stop(&helpers);
    return e;
}

int cli_restore(struct cli *c)
{
    const char *from = cli_option(c, "from"), *keys = cli_option(c, "keys");
    struct fault f = {0};

    if (!from || !keys)
        return fprintf(stderr, "sifara: restore wants --from DIR --keys DIR --data DIR\n"),
               CLI_USAGE;
    if (restore(from, keys, cli_data(c), &f) != OK)
        return cli_fault(&f, CLI_FAILED);
    puts("Restored. The journal continues in a new epoch, which the first entry declares.");
    return CLI_OK;
}
