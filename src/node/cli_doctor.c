/* cli_doctor.c - is a data folder whole? The database, the journal, attachments, keys, and the rows
 * that the journal and the keys can speak for */
#include <stdio.h>

#include "crypto/ipc.h"
#include "ledger/ledger.h"
#include "node/cli.h"
#include "node/keyring.h"
#include "node/node_int.h"
#include "node/supervisor.h"
#include "registry/registry.h"
#include "service/attachments.h"
#include "service/documents.h"

static void ledger_progress(void *ctx, uint64_t done)
{
    (void)ctx;
    cli_progress("journal entries checked:", done, 0);
}

/* Does the tree still contain the highest head that was ever signed? */
static enum err check_head(struct keyring *k, struct db *db, str origin, struct arena *a,
                           struct fault *f)
{
    uint64_t epoch, entries, size;
    struct hash signed_root, root;

    TRY(ledger_newest(db, &epoch, &entries, f));
    str name = str_printf(a, "%.*s/%llu", STR_FMT(origin), (unsigned long long)epoch);
    TRY_PTR(name.p, f);
    TRY(keyring_head_last(k, name, &size, &signed_root, f));
    if (size == 0)
        return OK;
    if (size > entries)
        return fault(f, ERR_CORRUPT,
                     "a head of %llu entries was signed, the journal has %llu: restore it",
                     (unsigned long long)size, (unsigned long long)entries);
    TRY(ledger_root(db, epoch, size, &root, f));
    return memcmp(root.b, signed_root.b, 32) == 0
               ? OK
               : fault(f, ERR_CORRUPT, "the journal is not the one whose head was signed");
}

static enum err check_keys(struct keyring *k, struct db *db, const char *data, struct fault *f)
{
    struct config config;

    TRY(config_load(data, &config, f));
    enum err e = check_head(k, db, config.origin, config.arena, f);
    config_done(&config);
    return e;
}

/* Rows that the journal and the keys speak for: who was appointed as what, and what was sealed. */
static enum err check_rows(struct keyring *k, struct db *db, struct fault *f)
{
    AUTO(buf) struct buf trust = BUF(IPC_MESSAGE_MAX);
    uint64_t n, first;

    TRY(officers_check(db, &n, &first, f));
    printf("officers: %llu as they were appointed, %llu with whom the state was made\n",
           (unsigned long long)n, (unsigned long long)first);
    TRY(keyring_trust_list(k, &trust, f));
    TRY(documents_check(db, buf_str(&trust), &n, f));
    printf("documents: the seals of all %llu hold\n", (unsigned long long)n);
    return OK;
}

/* Reads only: a node may be at work on the folder. */
static enum err examine(const char *data, struct keyring *k, struct fault *f)
{
    AUTO(db) struct db *db = NULL;
    char path[4096];
    uint64_t n;

    snprintf(path, sizeof path, "%s/store/sifara.db", data);
    TRY(db_open_reader(path, &db, f));
    TRY(db_check(db, f));
    puts("database: whole");
    TRY(ledger_check(db, ledger_progress, NULL, f));
    puts("journal: whole");
    TRY(attachments_check(db, data, &n, f));
    printf("attachments: all %llu whole\n", (unsigned long long)n);
    TRY(check_keys(k, db, data, f));
    puts("keys: present, and the journal agrees with the highest signed head");
    return check_rows(k, db, f);
}

int cli_doctor(struct cli *c)
{
    struct helpers helpers;
    struct fault f = {0};
    int fd;

    if (helpers_start(cli_data(c), &helpers, &fd, NULL, &f) != OK)
        return cli_fault(&f, CLI_FAILED);
    struct keyring *k = keyring_connect(fd);
    enum err e = examine(cli_data(c), k, &f);
    keyring_disconnect(k);
    helpers_stop(&helpers);
    return e == OK ? CLI_OK : cli_fault(&f, CLI_FAILED);
}
