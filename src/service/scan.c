#include "service/scan.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

enum { SCAN_SECONDS = 20, CHUNK_MAX = 1 << 20 };

struct scan {
    int fd;
};

static enum err away(struct fault *f)
{
    return fault(f, ERR_BUSY, "the virus scanner does not answer");
}

static bool fill_unix(const char *path, struct sockaddr_un *out)
{
    *out = (struct sockaddr_un){.sun_family = AF_UNIX};
    return snprintf(out->sun_path, sizeof out->sun_path, "%s", path) < (int)sizeof out->sun_path;
}

static bool fill_inet(const char *address, struct sockaddr_in *out)
{
    const char *colon = strrchr(address, ':');
    char host[64];
    int64_t port;

    *out = (struct sockaddr_in){.sin_family = AF_INET};
    if (!colon || (size_t)(colon - address) >= sizeof host ||
        !str_to_int64(str_of(colon + 1), &port) || port < 1 || port > 65535)
        return false;
    snprintf(host, sizeof host, "%.*s", (int)(colon - address), address);
    out->sin_port = htons((uint16_t)port);
    return inet_pton(AF_INET, host, &out->sin_addr) == 1;
}

static int connect_to(const char *address)
{
    struct timeval limit = {.tv_sec = SCAN_SECONDS};
    struct sockaddr_un un;
    struct sockaddr_in in;
    bool local = address[0] == '/';

    if (local ? !fill_unix(address, &un) : !fill_inet(address, &in))
        return -1;
    int fd = socket(local ? AF_UNIX : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    const void *to = local ? (const void *)&un : (const void *)&in;
    if (connect(fd, to, local ? sizeof un : sizeof in) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}

static bool send_all(int fd, const void *bytes, size_t n)
{
    const char *p = bytes;

    while (n) {
        ssize_t done = send(fd, p, n, MSG_NOSIGNAL);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return false;
        p += done;
        n -= (size_t)done;
    }
    return true;
}

enum err scan_open(const char *address, struct scan **out, struct fault *f)
{
    struct scan *s = malloc(sizeof *s);

    if (!s)
        return fault(f, ERR_MEMORY, "out of memory");
    s->fd = connect_to(address);
    if (s->fd < 0 || !send_all(s->fd, "zINSTREAM", sizeof "zINSTREAM")) {
        scan_free(s);
        return away(f);
    }
    *out = s;
    return OK;
}

enum err scan_add(struct scan *s, str bytes, struct fault *f)
{
    while (bytes.n) {
        uint32_t n = (uint32_t)(bytes.n < CHUNK_MAX ? bytes.n : CHUNK_MAX);
        uint32_t wire = htonl(n);
        if (!send_all(s->fd, &wire, sizeof wire) || !send_all(s->fd, bytes.p, n))
            return away(f);
        bytes = str_sub(bytes, n, bytes.n);
    }
    return OK;
}

enum err scan_end(struct scan *s, struct fault *f)
{
    char answer[256];
    uint32_t end = 0;
    size_t n = 0;
    ssize_t got;

    if (!send_all(s->fd, &end, sizeof end))
        return away(f);
    while (n < sizeof answer && (got = recv(s->fd, answer + n, sizeof answer - n, 0)) > 0) {
        n += (size_t)got;
        if (memchr(answer, 0, n))
            break;
    }
    str line = str_trim(str_bytes(answer, strnlen(answer, n)));
    if (str_ends(line, S(" FOUND")))
        return fault(f, ERR_MALWARE, "the scanner found %.*s",
                     STR_FMT(str_sub(line, line.n > 8 ? 8 : 0, line.n - 6)));
    return str_ends(line, S("OK")) ? OK : away(f);
}

void scan_free(struct scan *s)
{
    if (!s)
        return;
    if (s->fd >= 0)
        close(s->fd);
    free(s);
}
