/* testing.h - what unit tests share: cmocka, temporary folders, the standards' data
 *
 * Only *_test.c files include this.
 */
#ifndef SIFARA_BASE_TESTING_H
#define SIFARA_BASE_TESTING_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/arena.h"

/* Makes a fresh folder; path is a template as for mkdtemp. */
static inline void test_folder(char *path)
{
    assert_non_null(mkdtemp(path));
}

static inline void test_folder_remove(const char *path)
{
    char command[1024];

    snprintf(command, sizeof command, "rm -rf '%s'", path);
    assert_int_equal(system(command), 0);
}

/* Unpacks an archive of $SIFARA_CONFORMANCE into folder. Where the data is absent it says so and
 * returns false: the test then calls skip(). */
static inline bool test_unpack(const char *archive, const char *folder)
{
    const char *root = getenv("SIFARA_CONFORMANCE");
    char path[1024], command[4096];

    snprintf(path, sizeof path, "%s/%s", root ? root : "", archive);
    if (access(path, R_OK) != 0) {
        print_message("skipped: no %s\n", archive);
        return false;
    }
    snprintf(command, sizeof command, "tar -xzf '%s' -C '%s'", path, folder);
    assert_int_equal(system(command), 0);
    return true;
}

/* The bytes of a file, in the arena; fails the test if it cannot be read. */
static inline str test_slurp(const char *path, struct arena *a)
{
    FILE *f = fopen(path, "rb");

    if (!f)
        fail_msg("cannot open %s", path);
    fseek(f, 0, SEEK_END);
    long n = ftell(f);
    rewind(f);
    char *bytes = arena_alloc(a, (size_t)n + 1);
    assert_non_null(bytes);
    assert_int_equal(fread(bytes, 1, (size_t)n, f), n);
    bytes[n] = 0;
    fclose(f);
    return str_bytes(bytes, (size_t)n);
}

#endif
