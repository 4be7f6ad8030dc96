/* check_rules.c - rules compile, and read nothing but what a rule may see */
#include <stdio.h>

#include "package/check_int.h"

struct place {
    struct check *c;
    str file;
    const char *pointer;
};

static bool is_op(str op, const char *names)
{
    str rest = str_of(names), one;

    while (str_split(&rest, ' ', &one))
        if (str_eq(one, op))
            return true;
    return false;
}

/* A path of parts: "answers.grantor.name" or ["answers", "grantor", "name"], as a pointer. */
static void check_path(const struct place *at, str pointer)
{
    static const char remedy[] =
        "a rule sees answers, person, clock.today, post and overlay, and nothing else";
    struct check *c = at->c;
    str rest = pointer, root;

    str_split(&rest, '/', &root);
    str_split(&rest, '/', &root);
    if (!is_op(root, "answers person clock post overlay"))
        check_add(c, at->file, str_of(at->pointer), remedy, "the rule reads %.*s",
                  STR_FMT(pointer));
    else if (str_eq(root, S("clock")) && rest.p && !str_eq(rest, S("today")))
        check_add(c, at->file, str_of(at->pointer), remedy, "the clock has no %.*s", STR_FMT(rest));
    else if (str_eq(root, S("answers")) && rest.p && c->form &&
             !form_at(c->form, str_sub(pointer, sizeof "/answers" - 1, pointer.n)))
        check_add(c, at->file, str_of(at->pointer),
                  "correct the path, or add the answer to form.json", "the form has no answer %.*s",
                  STR_FMT(rest));
}

static void check_dotted(const struct place *at, str path)
{
    AUTO(buf) struct buf b = BUF(4096);

    if (!path.n)
        return;
    buf_add_char(&b, '/');
    for (size_t i = 0; i < path.n; i++)
        buf_add_char(&b, path.p[i] == '.' ? '/' : path.p[i]);
    if (buf_ok(&b))
        check_path(at, buf_str(&b));
}

/* val and exists: keys as an array; one that is computed ends what can be known. */
static void check_keys(const struct place *at, const struct json *keys)
{
    AUTO(buf) struct buf b = BUF(4096);
    const struct json *key;

    if (json_is(keys, J_STRING)) {
        buf_printf(&b, "/%.*s", STR_FMT(json_str(keys)));
    } else {
        for (size_t i = 0; (key = json_at(keys, i)); i++) {
            if (!json_is(key, J_STRING) && !json_is(key, J_INT))
                return;
            if (json_is(key, J_INT))
                buf_printf(&b, "/%lld", (long long)key->i);
            else
                buf_printf(&b, "/%.*s", STR_FMT(json_str(key)));
        }
    }
    if (b.n && buf_ok(&b))
        check_path(at, buf_str(&b));
}

static void walk_rule(const struct place *at, const struct json *rule);

/* Within the body of a list's operator, and behind `try`, the data is another. */
static void walk_args(const struct place *at, str op, const struct json *args)
{
    bool first_only = is_op(op, "map filter reduce all some none try");

    if (!json_is(args, J_ARRAY)) {
        walk_rule(at, args);
        return;
    }
    for (size_t i = 0; json_at(args, i); i++)
        if (i == 0 || !first_only)
            walk_rule(at, json_at(args, i));
}

static void walk_rule(const struct place *at, const struct json *rule)
{
    if (json_is(rule, J_ARRAY))
        for (size_t i = 0; json_at(rule, i); i++)
            walk_rule(at, json_at(rule, i));
    if (!json_is(rule, J_OBJECT) || rule->n != 1)
        return;
    str op = rule->members[0].key;
    const struct json *args = &rule->members[0].value;
    if (str_eq(op, S("preserve")))
        return;
    if (str_eq(op, S("var"))) {
        const struct json *path = json_is(args, J_ARRAY) ? json_at(args, 0) : args;
        if (json_is(path, J_STRING))
            check_dotted(at, json_str(path));
    } else if (is_op(op, "val exists")) {
        check_keys(at, args);
    } else if (str_eq(op, S("missing"))) {
        for (size_t i = 0; json_at(args, i); i++)
            check_dotted(at, json_str(json_at(args, i)));
    }
    walk_args(at, op, args);
}

void check_rule(struct check *c, const char *file, const char *pointer, const struct json *rule)
{
    struct rules *compiled;
    struct fault f = {0};
    char at[400];

    if (!rule)
        return;
    if (rules_compile(rule, &compiled, &f) != OK) {
        snprintf(at, sizeof at, "%s%s", pointer, f.pointer);
        check_add(c, str_of(file), str_of(at), "see docs/rules.md", "%s", f.detail);
        return;
    }
    rules_free(compiled);
    walk_rule(&(struct place){c, str_of(file), pointer}, rule);
}

static void check_list(struct check *c, const char *file, const char *at, const struct json *list,
                       const char *member)
{
    char pointer[128];

    for (size_t i = 0; json_at(list, i); i++) {
        snprintf(pointer, sizeof pointer, "%s/%zu/%s", at, i, member);
        check_rule(c, file, pointer, json_get(json_at(list, i), str_of(member)));
    }
}

void check_rules(struct check *c)
{
    const struct json *fee = json_get(c->rules, S("fee")), *pages = json_get(c->pages, S("pages"));
    char at[64];

    check_list(c, "rules.json", "/eligibility", json_get(c->rules, S("eligibility")), "rule");
    check_rule(c, "rules.json", "/fee/amount", json_get(fee, S("amount")));
    check_rule(c, "rules.json", "/fee/currency", json_get(fee, S("currency")));
    check_list(c, "rules.json", "/fee/items", json_get(fee, S("items")), "amount");
    check_list(c, "rules.json", "/fee/waivers", json_get(fee, S("waivers")), "when");
    check_list(c, "rules.json", "/attachments", json_get(c->rules, S("attachments")), "when");
    check_rule(c, "rules.json", "/route", json_get(c->rules, S("route")));
    check_list(c, "pages.json", "/pages", pages, "when");
    for (size_t i = 0; json_at(pages, i); i++) {
        snprintf(at, sizeof at, "/pages/%zu/fields", i);
        check_list(c, "pages.json", at, json_get(json_at(pages, i), S("fields")), "when");
    }
}
