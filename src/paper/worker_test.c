/* the worker: what it does, what it cannot, and how its death looks from outside */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "base/encode.h"
#include "base/testing.h"
#include "base/world.h"
#include "paper/barcode.h"
#include "paper/worker_int.h"

#define PATIENT 60000 /* milliseconds */

static pid_t spawn(int *out_fd)
{
    int pair[2];

    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        close(pair[0]);
        _exit(worker_main(pair[1]));
    }
    close(pair[1]);
    *out_fd = pair[0];
    return pid;
}

static int reap(pid_t pid)
{
    int status = 0;

    assert_int_equal(waitpid(pid, &status, 0), pid);
    return status;
}

static const char page[] =
    "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"210mm\" height=\"297mm\" "
    "viewBox=\"0 0 210 297\"><text id=\"t\" x=\"20\" y=\"40\" font-family=\"Noto Sans\" "
    "font-size=\"8\">{{name}}</text><text x=\"20\" y=\"60\" font-family=\"Noto Naskh Arabic\" "
    "font-size=\"8\" direction=\"rtl\">\xd8\xb3\xd9\x81\xd8\xa7\xd8\xb1\xd8\xa9</text>"
    "<rect id=\"seal\" x=\"150\" y=\"220\" width=\"34\" height=\"34\" fill=\"none\"/></svg>";

static enum err render_name(struct worker *w, str name, struct buf *out, struct fault *f)
{
    struct render_value value = {S("name"), name};
    struct render_in in = {.template_svg = str_of(page),
                           .values = &value,
                           .n = 1,
                           .seal = S("\xdc\x03 seal"),
                           .created_ms = INT64_C(1795460000000)};

    return worker_render(w, &in, PATIENT, out, f);
}

/* A published seal, printed by the worker and read by it from its own document. */
static const char published[] =
    "dc03d9c5d9cac8a73a990f71347d4e375e0302308a0d62b9d917a4cca93ca4d0edfc133c133c133c"
    "133c133c3fef3a2938ee43f1593d1ae52dbb26751fe64b7c133c136bff4022f8bd19eccba4ef24f2"
    "04787796dd914fec61f605b153b22a6ef307d3869938a4e7e908f0a63b8379880b395c7fdbac720d"
    "7f2836d08e1da62611614a00120b";

static void test_reads(void **state)
{
    AUTO(buf) struct buf pdf = BUF(RENDER_PDF_MAX);
    AUTO(buf) struct buf seal = BUF(4096);
    char bytes[sizeof published / 2];
    struct render_value value = {S("name"), S("Anna")};
    struct fault f = {0};
    int fd;
    pid_t pid = spawn(&fd);
    struct worker *w = worker_open(fd);

    (void)state;
    assert_true(hex_decode(str_of(published), bytes, sizeof bytes));
    struct render_in in = {.template_svg = str_of(page),
                           .values = &value,
                           .n = 1,
                           .seal = str_bytes(bytes, sizeof bytes)};
    assert_int_equal(worker_render(w, &in, PATIENT, &pdf, &f), OK);
    if (worker_read_seal(w, buf_str(&pdf), PATIENT, &seal, &f) != OK)
        fail_msg("%s", f.detail);
    assert_true(str_eq(buf_str(&seal), in.seal));
    worker_close(w);
    assert_int_equal(reap(pid), 0);
}

static void test_serves(void **state)
{
    AUTO(buf) struct buf pdf = BUF(RENDER_PDF_MAX);
    AUTO(buf) struct buf again = BUF(RENDER_PDF_MAX);
    AUTO(buf) struct buf seal = BUF(4096);
    char mime[WORKER_MIME_ROOM];
    struct fault f = {0};
    int fd;
    pid_t pid = spawn(&fd);
    struct worker *w = worker_open(fd);

    (void)state;
    if (render_name(w, S("Anna"), &pdf, &f) != OK)
        fail_msg("%s %s", f.pointer, f.detail);
    assert_true(str_starts(buf_str(&pdf), S("%PDF-")));
    assert_int_equal(render_name(w, S("Anna"), &again, &f), OK);
    assert_true(str_eq(buf_str(&pdf), buf_str(&again)));
    /* letters whose font was not loaded before */
    assert_int_equal(render_name(w, S("\xe1\x8a\xa0\xe1\x8b\xb2\xe1\x88\xb5 \xd7\xa9"), &again, &f),
                     OK);
    assert_int_equal(render_name(w, S("\x01"), &again, &f), ERR_INVALID);
    assert_string_equal(f.pointer, "/values/name");
    assert_int_equal(worker_sniff(w, buf_str(&pdf), PATIENT, mime, &f), OK);
    assert_string_equal(mime, "application/pdf");
    assert_int_equal(worker_sniff(w, S("\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), PATIENT, mime, &f), OK);
    assert_string_equal(mime, "image/png");
    static const char bomb[] =
        "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\xea\x60\0\0\xea\x60\x08\x06\0\0\0";
    assert_int_equal(worker_sniff(w, str_bytes(bomb, sizeof bomb), PATIENT, mime, &f), ERR_LIMIT);
    assert_int_equal(worker_sniff(w, S("<html><script>x</script>"), PATIENT, mime, &f), OK);
    assert_string_equal(mime, "text/html");
    assert_int_equal(worker_sniff(w, S(""), PATIENT, mime, &f), OK);
    assert_int_equal(worker_read_seal(w, S("GIF89a"), PATIENT, &seal, &f), ERR_MEDIA_TYPE);
    assert_true(worker_healthy(w));
    worker_close(w);
    assert_int_equal(reap(pid), 0);
}

static void read_status(pid_t pid, char *out, size_t room)
{
    char path[64];

    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    FILE *in = fopen(path, "r");
    assert_non_null(in);
    out[fread(out, 1, room - 1, in)] = 0;
    fclose(in);
}

static void test_confined(void **state)
{
    char text[8192], mime[WORKER_MIME_ROOM];
    int fd;
    pid_t pid = spawn(&fd);
    struct worker *w = worker_open(fd);

    (void)state;
    assert_int_equal(worker_sniff(w, S("x"), PATIENT, mime, NULL), OK);
    read_status(pid, text, sizeof text);
    assert_non_null(strstr(text, "Seccomp:\t2"));
    assert_non_null(strstr(text, "NoNewPrivs:\t1"));
    worker_close(w);
    assert_int_equal(reap(pid), 0);
}

enum attempt {
    TRY_SOCKET,
    TRY_FORK,
    TRY_EXEC,
    TRY_PASSWD,
    TRY_WRITE,
    TRY_FONT,
    TRY_CODE,
    TRY_CHILD,
    TRY_THREAD
};

static void *nothing(void *x)
{
    return x;
}

/* What an intruder would try, and two things that libraries do; the status is 0 if it worked,
 * 1 if it failed. */
static int attempt(enum attempt what)
{
    pthread_t t;
    char *argv[] = {(char[]){"true"}, NULL};

    switch (what) {
    case TRY_SOCKET:
        return socket(AF_INET, SOCK_STREAM, 0) < 0;
    case TRY_FORK:
        return syscall(SYS_fork) < 0;
    case TRY_EXEC:
        return execv("/bin/true", argv) < 0;
    case TRY_PASSWD:
        return open("/etc/passwd", O_RDONLY) < 0;
    case TRY_WRITE:
        return open("/tmp/worker-was-here", O_WRONLY | O_CREAT, 0600) < 0;
    case TRY_FONT:
        return open("/usr/share/fonts/truetype/noto/NotoSans-Regular.ttf", O_RDONLY) < 0;
    case TRY_CODE:
        return mmap(NULL, 4096, 7, 0x22, -1, 0) == (void *)-1;
    case TRY_CHILD:
        return fork() < 0;
    case TRY_THREAD:
        return pthread_create(&t, NULL, nothing, NULL) != 0;
    }
    return 2;
}

static void test_sandbox(void **state)
{
    static const struct {
        enum attempt what;
        bool killed;
        int status;
    } cases[] = {
        {TRY_SOCKET, true, 0},  {TRY_FORK, true, 0},   {TRY_EXEC, true, 0},
        {TRY_PASSWD, false, 1}, {TRY_WRITE, false, 1}, {TRY_FONT, false, 0},
        {TRY_CODE, false, 1},   {TRY_CHILD, false, 1}, {TRY_THREAD, false, 0},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        pid_t pid = fork();
        assert_true(pid >= 0);
        if (pid == 0)
            _exit(worker_sandbox(NULL) == OK ? attempt(cases[i].what) : 9);
        int status = reap(pid);
        if (cases[i].killed)
            assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS);
        else
            assert_true(WIFEXITED(status) && WEXITSTATUS(status) == cases[i].status);
    }
    print_message("%zu attempts\n", ARRAY_LEN(cases));
}

static void test_death(void **state)
{
    AUTO(buf) struct buf pdf = BUF(RENDER_PDF_MAX);
    char mime[WORKER_MIME_ROOM];
    struct fault f = {0};
    int fd;
    pid_t pid = spawn(&fd);
    struct worker *w = worker_open(fd);

    (void)state;
    assert_int_equal(worker_sniff(w, S("x"), PATIENT, mime, NULL), OK);
    kill(pid, SIGKILL);
    reap(pid);
    assert_int_equal(render_name(w, S("Anna"), &pdf, &f), ERR_WORKER);
    assert_false(worker_healthy(w));
    assert_int_equal(render_name(w, S("Anna"), &pdf, &f), ERR_WORKER);
    pid = spawn(&fd);
    worker_attach(w, fd);
    assert_true(worker_healthy(w));
    assert_int_equal(render_name(w, S("Anna"), &pdf, &f), OK);
    worker_close(w);
    assert_int_equal(reap(pid), 0);
}

struct killer {
    pid_t pid;
};

static void *kill_soon(void *arg)
{
    struct killer *k = arg;
    struct timespec t = {0, 100000000};

    nanosleep(&t, NULL);
    kill(k->pid, SIGKILL);
    return NULL;
}

/* A stopped worker is a hung one: late, then gone in the middle of a request. */
static void test_hung(void **state)
{
    char mime[WORKER_MIME_ROOM];
    struct fault f = {0};
    int fd;
    pid_t pid = spawn(&fd);
    struct worker *w = worker_open(fd);
    pthread_t t;

    (void)state;
    assert_int_equal(worker_sniff(w, S("x"), PATIENT, mime, NULL), OK);
    kill(pid, SIGSTOP);
    assert_int_equal(worker_sniff(w, S("%PDF-1.4"), 50, mime, &f), ERR_WORKER);
    assert_false(worker_healthy(w));
    kill(pid, SIGCONT);
    /* the late reply is dropped: this one is about the second question */
    assert_int_equal(worker_sniff(w, S("GIF89a"), PATIENT, mime, &f), OK);
    assert_string_equal(mime, "image/gif");
    kill(pid, SIGSTOP);
    struct killer k = {pid};
    assert_int_equal(pthread_create(&t, NULL, kill_soon, &k), 0);
    assert_int_equal(worker_sniff(w, S("%PDF-1.4"), PATIENT, mime, &f), ERR_WORKER);
    pthread_join(t, NULL);
    reap(pid);
    worker_close(w);
}

struct caller {
    struct worker *w;
    unsigned good;
};

static void *call_often(void *arg)
{
    struct caller *c = arg;

    for (unsigned i = 0; i < 20; i++) {
        char mime[WORKER_MIME_ROOM];
        AUTO(buf) struct buf pdf = BUF(RENDER_PDF_MAX);
        bool ok = i % 2 ? render_name(c->w, S("Anna"), &pdf, NULL) == OK
                        : worker_sniff(c->w, S("GIF89a"), PATIENT, mime, NULL) == OK &&
                              strcmp(mime, "image/gif") == 0;
        c->good += ok;
    }
    return NULL;
}

static void test_threads(void **state)
{
    int fd;
    pid_t pid = spawn(&fd);
    struct worker *w = worker_open(fd);
    struct caller callers[4];
    pthread_t t[4];

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        callers[i] = (struct caller){w, 0};
        assert_int_equal(pthread_create(&t[i], NULL, call_often, &callers[i]), 0);
    }
    for (size_t i = 0; i < 4; i++) {
        pthread_join(t[i], NULL);
        assert_int_equal(callers[i].good, 20);
    }
    worker_close(w);
    assert_int_equal(reap(pid), 0);
}

/* Nonsense on the socket ends the worker, quietly. */
static void test_nonsense(void **state)
{
    int fd;
    pid_t pid = spawn(&fd);

    (void)state;
    assert_int_equal(write(fd, "\xff\xff\xff\xff........", 12), 12);
    assert_int_equal(reap(pid), 0);
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_serves),   cmocka_unit_test(test_reads),
        cmocka_unit_test(test_confined), cmocka_unit_test(test_sandbox),
        cmocka_unit_test(test_death),    cmocka_unit_test(test_hung),
        cmocka_unit_test(test_threads),  cmocka_unit_test(test_nonsense),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
