/* floor.c - plain SQLite group commit: what the rows of an application cost without a node
 *
 * 64 producers hand over one application each and wait; one writer takes whatever is queued,
 * inserts the same rows with the same indexes as the node does for case.file (case_file, case_step,
 * journal, outbox; sizes as measured), and commits with synchronous=FULL. No HTTP, no session, no
 * schema, no decision, no sealing.
 *
 *   floor DATABASE SECONDS      DATABASE is a fresh one made by `sifara init`
 */
#include <pthread.h>
#include <semaphore.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { PRODUCERS = 64, BATCH = 256, ANSWERS = 406, ENTRY = 486, RECORD = 961, MAIL = 203 };

struct work {
    sem_t done;
    struct work *next;
    unsigned char id[16], person[16], mail[16], leaf[32];
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t wake = PTHREAD_COND_INITIALIZER;
static struct work *head, **tail = &head;
static atomic_bool stop;
static sqlite3 *db;
static sqlite3_stmt *stmt[5];
static unsigned char noise[4096];
static int64_t seq = (int64_t)1 << 40;

static const char *const sql[5] = {
    "INSERT INTO case_file(id, bucket, person, service, version, country, mission, queue, state,"
    " revision, filed, due, left, paused, answers, steps, updated) VALUES(?,?,?,"
    "'consular-registration','1.0.0','FR','ministry','ministry','filed',1,?,20800,0,0,?,1,?)",
    "INSERT INTO case_step(file, seq, bucket, at, event, role, epoch, entry)"
    " VALUES(?,0,?,?,'submit','person',1,?)",
    "INSERT INTO outbox(id, body, due, urgent) VALUES(?,?,?,0)",
    "INSERT INTO journal(seq, at, leaf, entry, record) VALUES(?,?,?,?,?)",
    "INSERT INTO ledger_node(seq, hash) VALUES(?,?)",
};

static int64_t now_ms(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_REALTIME, &ts);
    return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static void check(int rc)
{
    if (rc == SQLITE_OK || rc == SQLITE_DONE)
        return;
    fprintf(stderr, "floor: %s\n", sqlite3_errmsg(db));
    exit(1);
}

static void step(int i)
{
    check(sqlite3_step(stmt[i]));
    sqlite3_reset(stmt[i]);
}

static void insert(const struct work *w)
{
    int64_t at = now_ms(), bucket = w->id[6];

    sqlite3_bind_blob(stmt[0], 1, w->id, 16, SQLITE_STATIC);
    sqlite3_bind_int64(stmt[0], 2, bucket);
    sqlite3_bind_blob(stmt[0], 3, w->person, 16, SQLITE_STATIC);
    sqlite3_bind_int64(stmt[0], 4, at);
    sqlite3_bind_blob(stmt[0], 5, noise, ANSWERS, SQLITE_STATIC);
    sqlite3_bind_int64(stmt[0], 6, at);
    step(0);
    sqlite3_bind_blob(stmt[1], 1, w->id, 16, SQLITE_STATIC);
    sqlite3_bind_int64(stmt[1], 2, bucket);
    sqlite3_bind_int64(stmt[1], 3, at);
    sqlite3_bind_int64(stmt[1], 4, seq);
    step(1);
    sqlite3_bind_blob(stmt[2], 1, w->mail, 16, SQLITE_STATIC);
    sqlite3_bind_blob(stmt[2], 2, noise, MAIL, SQLITE_STATIC);
    sqlite3_bind_int64(stmt[2], 3, at);
    step(2);
    sqlite3_bind_int64(stmt[3], 1, seq++);
    sqlite3_bind_int64(stmt[3], 2, at);
    sqlite3_bind_blob(stmt[3], 3, w->leaf, 32, SQLITE_STATIC);
    sqlite3_bind_blob(stmt[3], 4, noise, ENTRY, SQLITE_STATIC);
    sqlite3_bind_blob(stmt[3], 5, noise, RECORD, SQLITE_STATIC);
    step(3);
    if ((seq & 255) == 0) {
        sqlite3_bind_int64(stmt[4], 1, seq >> 8);
        sqlite3_bind_blob(stmt[4], 2, w->leaf, 32, SQLITE_STATIC);
        step(4);
    }
}

static struct work *take(void)
{
    pthread_mutex_lock(&lock);
    while (!head && !stop)
        pthread_cond_wait(&wake, &lock);
    struct work *batch = head, *last = batch;
    for (int n = 1; batch && last->next && n < BATCH; n++)
        last = last->next;
    if (batch) {
        head = last->next;
        last->next = NULL;
        if (!head)
            tail = &head;
    }
    pthread_mutex_unlock(&lock);
    return batch;
}

static void *writer(void *arg)
{
    struct work *batch;

    (void)arg;
    while ((batch = take())) {
        check(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL));
        for (struct work *w = batch; w; w = w->next)
            insert(w);
        check(sqlite3_exec(db, "COMMIT", NULL, NULL, NULL));
        for (struct work *w = batch, *next; w; w = next) {
            next = w->next;
            sem_post(&w->done);
        }
    }
    return NULL;
}

/* A time-ordered id, as UUID version 7. */
static void fill_id(unsigned char id[16], uint64_t *state)
{
    int64_t ms = now_ms();

    for (int i = 0; i < 6; i++)
        id[i] = (unsigned char)(ms >> (40 - 8 * i));
    for (int i = 6; i < 16; i++) {
        *state = *state * 6364136223846793005u + 1442695040888963407u;
        id[i] = (unsigned char)(*state >> 56);
    }
}

static void *producer(void *arg)
{
    uint64_t state = (uintptr_t)arg * 0x9e3779b97f4a7c15u;
    unsigned long *count = calloc(1, sizeof *count);
    struct work w;

    sem_init(&w.done, 0, 0);
    fill_id(w.person, &state);
    while (count && !stop) {
        fill_id(w.id, &state);
        fill_id(w.mail, &state);
        memcpy(w.leaf, w.id, 16);
        w.next = NULL;
        pthread_mutex_lock(&lock);
        *tail = &w;
        tail = &w.next;
        pthread_cond_signal(&wake);
        pthread_mutex_unlock(&lock);
        while (sem_wait(&w.done) != 0)
            ;
        ++*count;
    }
    return count;
}

int main(int argc, char **argv)
{
    pthread_t threads[PRODUCERS], w;
    unsigned long total = 0;

    if (argc != 3)
        return fprintf(stderr, "floor DATABASE SECONDS\n"), 2;
    check(sqlite3_open(argv[1], &db));
    check(sqlite3_exec(db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
                           "PRAGMA secure_delete=ON; PRAGMA wal_autocheckpoint=1000;"
                           "PRAGMA cache_size=-16000",
                       NULL, NULL, NULL));
    for (size_t i = 0; i < sizeof noise; i++)
        noise[i] = (unsigned char)(i * 2654435761u >> 13);
    for (int i = 0; i < 5; i++)
        check(sqlite3_prepare_v3(db, sql[i], -1, SQLITE_PREPARE_PERSISTENT, &stmt[i], NULL));
    pthread_create(&w, NULL, writer, NULL);
    int64_t from = now_ms();
    for (intptr_t i = 0; i < PRODUCERS; i++)
        pthread_create(&threads[i], NULL, producer, (void *)(i + 1));
    struct timespec pause = {atoi(argv[2]), 0};
    nanosleep(&pause, NULL);
    stop = true;
    for (int i = 0; i < PRODUCERS; i++) {
        void *count;
        pthread_join(threads[i], &count);
        total += *(unsigned long *)count;
        free(count);
    }
    double seconds = (double)(now_ms() - from) / 1000;
    pthread_mutex_lock(&lock);
    pthread_cond_signal(&wake);
    pthread_mutex_unlock(&lock);
    pthread_join(w, NULL);
    printf("%.0f\n", (double)total / seconds);
    return 0;
}
