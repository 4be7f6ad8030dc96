/* cli_words.c - where the commands' words come from */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/fs.h"
#include "mail/mail.h"
#include "node/cli.h"

/* The folder of words: --words, that of the data folder, or the one the program was built beside.
 * NULL: none. */
static const char *words_folder(struct cli *c, char *room, size_t size)
{
    const char *given = cli_option(c, "words");
    const char *data = cli_option(c, "data");
    char self[2048];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);

    if (given)
        return given;
    if (data) {
        snprintf(room, size, "%s/words", data);
        return room;
    }
    if (fs_exists("words/en.json"))
        return "words";
    self[n > 0 ? n : 0] = 0;
    char *slash = strrchr(self, '/');
    if (!slash)
        return NULL;
    *slash = 0;
    snprintf(room, size, "%s/../words", self);
    return fs_exists(room) ? room : NULL;
}

enum err cli_words(struct cli *c, struct catalogue **out, struct fault *f)
{
    char room[4096];
    const char *folder = words_folder(c, room, sizeof room);

    if (!folder)
        return fault(f, ERR_NOT_FOUND, "no words here: say --words DIR");
    return catalogue_load(folder, out, f);
}
