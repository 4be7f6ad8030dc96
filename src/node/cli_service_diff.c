/* cli_service_diff.c - what a new version of a service changes for a person, in their words */
#include <stdio.h>

#include "mail/mail.h"
#include "node/cli.h"
#include "package/diff.h"

enum { DIFF_MEMORY = 128 << 20, DIFF_TEXT = 1 << 16 };

static enum err load(struct arena *a, const char *folder, struct package **out, struct fault *f)
{
    struct package_files *files = arena_new_of(a, struct package_files);
    struct fault inner = {0};

    TRY_PTR(files, f);
    enum err e = package_read_folder(a, folder, files, &inner);
    if (e == OK)
        e = package_load(a, files, out, &inner);
    return e == OK ? OK : fault_at(f, e, inner.pointer, "%.100s: %s", folder, inner.detail);
}

static enum err print_change(const struct package_change *c, const struct catalogue *words,
                             struct arena *a, str language, struct fault *f)
{
    AUTO(buf) struct buf what = BUF(DIFF_TEXT);
    AUTO(buf) struct buf text = BUF(DIFF_TEXT);
    struct json args = {.type = J_OBJECT}, none = {.type = J_OBJECT};
    struct message *m;
    char key[64];

    if (c->of && package_word(c->of, language, c->word).p)
        TRY(package_say(c->of, language, c->word, &none, &what, f));
    else if (c->of) /* a state of the common life, for which the house has the word */
        buf_add_str(&what, catalogue_word(words, language, c->word));
    TRY_PTR(json_put(a, &args, S("what"), json_of_str(buf_str(&what))) &&
                json_put(a, &args, S("was"), json_of_str(c->was.p ? c->was : S(""))) &&
                json_put(a, &args, S("is"), json_of_str(c->is.p ? c->is : S(""))),
            f);
    snprintf(key, sizeof key, "service.diff.%s", c->kind);
    TRY(message_compile(catalogue_word(words, language, str_of(key)), language, &m, f));
    enum err e = message_format(m, &args, &text, f);
    message_free(m);
    if (e == OK)
        printf("%.*s\n", STR_FMT(buf_str(&text)));
    return e;
}

static enum err print_all(struct cli *c, struct arena *a, const struct package *old,
                          const struct package *new, struct fault *f)
{
    const char *given = cli_option(c, "language");
    str language = str_of(given ? given : "en");
    struct package_changes *all;
    struct catalogue *words;

    TRY(package_diff(old, new, a, &all, f));
    TRY(cli_words(c, &words, f));
    enum err e = OK;
    for (size_t i = 0; e == OK && i < all->n; i++)
        e = print_change(&all->list[i], words, a, language, f);
    if (e == OK && all->n == 0) {
        str same = catalogue_word(words, language, S("service.diff.nothing"));
        printf("%.*s\n", STR_FMT(same));
    }
    catalogue_free(words);
    return e;
}

int cli_service_diff(struct cli *c)
{
    AUTO(arena) struct arena *a = arena_new(DIFF_MEMORY);
    struct package *old = NULL, *new = NULL;
    struct fault f = {0};

    if (c->n_words != 4) {
        fprintf(stderr, "usage: sifara service diff OLD NEW [--language ar|en|fr]\n");
        return CLI_USAGE;
    }
    if (!a)
        return cli_fault(&(struct fault){.code = ERR_MEMORY}, CLI_FAILED);
    enum err e = load(a, c->words[2], &old, &f);
    if (e == OK)
        e = load(a, c->words[3], &new, &f);
    if (e == OK)
        e = print_all(c, a, old, new, &f);
    package_free(old);
    package_free(new);
    return e == OK ? CLI_OK : cli_fault(&f, CLI_FAILED);
}
