/* cli_aims.c - policy aims: how far the aims of the foreign policy have come, for people
 *
 * Asks the running node (aim.list) and lays the answer out; --json gives it as it came.
 */
#include <stdio.h>

#include "mail/mail.h"
#include "node/cli.h"
#include "node/node_int.h"

static str in_language(const struct json *names, str language)
{
    str name = json_get_str(names, language);

    return name.p ? name : json_get_str(names, S("en"));
}

static void put_aim(const struct json *aim, str language)
{
    int64_t done = json_get_int(aim, S("done"), 0), target = json_get_int(aim, S("target"), 0);
    str last = json_get_str(aim, S("last"));

    printf("%-22.*s %4lld / %-4lld %.*s", STR_FMT(json_get_str(aim, S("code"))), (long long)done,
           (long long)target, STR_FMT(in_language(json_get(aim, S("title")), language)));
    if (last.p)
        printf(" (%.*s)", STR_FMT(str_sub(last, 0, 10)));
    else
        printf(" (-)");
    putchar('\n');
}

static void put_capability(const struct json *c, str language)
{
    printf("%-22.*s %4lld / %-4lld %.*s, %.*s\n", STR_FMT(json_get_str(c, S("code"))),
           (long long)json_get_int(c, S("free"), 0), (long long)json_get_int(c, S("total"), 0),
           STR_FMT(in_language(json_get(c, S("title")), language)),
           STR_FMT(json_get_str(c, S("unit"))));
}

static void put_aimless(const struct json *row, str language)
{
    str action = json_get_str(row, S("action")), partner = json_get_str(row, S("partner"));

    (void)language;
    printf("%-22.*s %4lld        %.*s\n", STR_FMT(action),
           (long long)json_get_int(row, S("acts"), 0), STR_FMT(partner));
}

static const struct part {
    const char *member, *title; /* title: key of the catalogue */
    void (*put)(const struct json *, str language);
} parts[] = {
    {"aims", "policy.aims.aims", put_aim},
    {"capabilities", "policy.aims.capabilities", put_capability},
    {"without_aim", "policy.aims.aimless", put_aimless},
};

static int lay_out(const struct catalogue *words, const struct json *answer, str language)
{
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        const struct part *p = &parts[i];
        const struct json *rows = json_get(answer, str_of(p->member));
        str title = catalogue_word(words, language, str_of(p->title));
        printf("%s%.*s\n", i ? "\n" : "", STR_FMT(title));
        for (size_t k = 0; json_at(rows, k); k++) {
            printf("  ");
            p->put(json_at(rows, k), language);
        }
    }
    return fflush(stdout) == 0 ? CLI_OK : CLI_FAILED;
}

int cli_policy_aims(struct cli *c)
{
    AUTO(buf) struct buf body = BUF(16 << 20);
    const char *language = cli_option(c, "language");
    struct catalogue *words = NULL;
    struct fault f = {0};
    struct json *answer;

    c->words[0] = "aim";
    c->words[1] = "list";
    if (c->json)
        return cli_call(c);
    int code = cli_fetch(c, "/v1/aims", &body);
    if (code != CLI_OK)
        return code;
    if (json_parse(c->arena, buf_str(&body), &json_limits_wide, &answer, &f) != OK)
        return cli_fault(&f, CLI_FAILED);
    if (cli_words(c, &words, &f) != OK)
        return cli_fault(&f, CLI_FAILED);
    code = lay_out(words, answer, language ? str_of(language) : S("en"));
    catalogue_free(words);
    return code;
}
