/* prose_term.c - what is spoken of: actors, things, their attributes, values, dates */
#include "policy/prose_int.h"

str tree_op(const struct json *e, const struct json **out_body)
{
    if (!json_is(e, J_OBJECT) || e->n != 1)
        return STR_NONE;
    if (out_body)
        *out_body = &e->members[0].value;
    return e->members[0].key;
}

bool tree_is(const struct json *e, str op)
{
    return str_eq(tree_op(e, NULL), op);
}

/* ---- paths ---------------------------------------------------------------------------------- */

str tree_path(struct talk *t, const struct json *e)
{
    const struct json *body;
    str op = tree_op(e, &body);

    if (str_eq(op, S("Var")))
        return json_str(body);
    if (!str_eq(op, S(".")))
        return STR_NONE;
    str owner = tree_path(t, json_get(body, S("left"))), attr = json_get_str(body, S("attr"));
    if (!owner.p || !attr.p || t->failed)
        return STR_NONE;
    str path = str_printf(t->a, "%.*s.%.*s", STR_FMT(owner), STR_FMT(attr));
    if (!path.p)
        t->failed = ERR_MEMORY_LIMIT;
    return path;
}

/* ---- types and entities --------------------------------------------------------------------- */

str type_short(str type)
{
    return str_starts(type, S("Sifara::")) ? str_sub(type, 8, type.n) : type;
}

struct said say_type(struct talk *t, str type)
{
    str word = talk_house_word(t, "prose.type.%.*s", STR_FMT(type_short(type)));

    return word.p ? talk_fill(t, word, NULL, 0)
                  : talk_say1(t, "prose.type.other", talk_raw(t, type));
}

struct said say_type_the(struct talk *t, str type)
{
    str word = talk_house_word(t, "prose.type.%.*s.the", STR_FMT(type_short(type)));

    return word.p ? talk_fill(t, word, NULL, 0) : (struct said){0};
}

static str name_of(struct talk *t, str type, str id)
{
    str name = t->words->name ? t->words->name(t->words->from, t->language, type, id) : STR_NONE;

    if (!name.p)
        name = talk_word(t, "prose.name.%.*s.%.*s", STR_FMT(type), STR_FMT(id));
    return name;
}

struct said say_entity(struct talk *t, const struct json *uid)
{
    str full = json_get_str(uid, S("type")), id = json_get_str(uid, S("id"));
    str type = type_short(full), name = name_of(t, type, id);
    struct said said = name.p ? SAY(name) : talk_raw(t, id);
    str word = talk_word(t, "prose.entity.%.*s", STR_FMT(type));

    return word.p ? talk_fill(t, word, &said, 1)
                  : talk_say2(t, "prose.entity.other", talk_raw(t, full), said);
}

/* ---- numbers, dates, durations -------------------------------------------------------------- */

/* "12.5000": with the language's decimal sign, without idle zeros. */
static struct said say_decimal(struct talk *t, str text)
{
    ptrdiff_t point = str_find_char(text, '.');

    if (point < 0)
        return talk_raw(t, text);
    while (text.n > (size_t)point + 2 && text.p[text.n - 1] == '0')
        text.n--;
    return talk_say2(t, "prose.decimal", SAY(str_sub(text, 0, (size_t)point)),
                     SAY(str_sub(text, (size_t)point + 1, text.n)));
}

/* Digits [from, to) of a text, or -1. */
static int number_in(str text, size_t from, size_t to)
{
    int n = 0;

    for (size_t i = from; i < to; i++) {
        if (i >= text.n || text.p[i] < '0' || text.p[i] > '9')
            return -1;
        n = 10 * n + (text.p[i] - '0');
    }
    return n;
}

static struct said say_date(struct talk *t, str text)
{
    int month = number_in(text, 5, 7), day = number_in(text, 8, 10);
    str name = talk_word(t, "prose.month.%d", month);

    if (number_in(text, 0, 4) < 0 || day < 1 || !name.p)
        return talk_raw(t, text);
    str number = str_sub(text, text.p[8] == '0' ? 9 : 8, 10);
    struct said args[] = {SAY(number), SAY(name), SAY(str_sub(text, 0, 4))};
    return talk_say(t, day == 1 ? "prose.date.first" : "prose.date", args, 3);
}

/* YYYY-MM-DD, or with Thh:mm:ss[.SSS] and Z or an offset: midnight UTC is the day itself. */
static struct said say_datetime(struct talk *t, str text)
{
    struct said day = say_date(t, text);
    str time = str_sub(text, 11, text.n);

    if (time.n < 9 || str_eq(time, S("00:00:00Z")) || str_eq(time, S("00:00:00.000Z")))
        return day;
    size_t digits = str_starts(str_sub(time, 5, 8), S(":00")) && time.p[8] != '.' ? 5 : 8;
    size_t end = time.p[8] == '.' ? 12 : 8;
    str zone = str_sub(time, end, time.n);
    struct said args[] = {day, SAY(str_sub(time, 0, end == 12 ? 12 : digits)),
                          str_eq(zone, S("Z")) ? SAY(S("UTC")) : talk_raw(t, zone)};
    return talk_say(t, "prose.moment", args, 3);
}

/* The plural that the number asks for: forms for one, two and few where the language has them. */
static struct said say_unit(struct talk *t, str number, str unit)
{
    int n = number.n <= 4 ? number_in(number, 0, number.n) : 9999;
    int tail = number.n >= 2 ? number_in(number, number.n - 2, number.n) : n;
    str form = n == 1 ? S(".one") : n == 2 ? S(".two") : tail >= 3 && tail < 11 ? S(".few") : S("");
    str word = talk_word(t, "prose.unit.%.*s%.*s", STR_FMT(unit), STR_FMT(form));
    struct said said = SAY(number);

    if (!word.p)
        word = talk_word(t, "prose.unit.%.*s", STR_FMT(unit));
    return talk_fill(t, word.p ? word : S("{0}"), &said, 1);
}

/* "-1d2h": numbers with d, h, m, s, ms. */
static struct said say_duration(struct talk *t, str text)
{
    bool minus = str_starts(text, S("-"));
    struct said parts[5];
    size_t n = 0;

    for (size_t i = minus; i < text.n && n < 5;) {
        size_t digits = i, end;
        while (digits < text.n && text.p[digits] >= '0' && text.p[digits] <= '9')
            digits++;
        for (end = digits; end < text.n && (text.p[end] < '0' || text.p[end] > '9');)
            end++;
        if (digits == i || end == digits)
            return talk_raw(t, text);
        parts[n++] = say_unit(t, str_sub(text, i, digits), str_sub(text, digits, end));
        i = end;
    }
    struct said all = talk_list(t, "prose.and", parts, n);
    return minus ? talk_say1(t, "prose.minus.one", all) : all;
}

/* ---- expressions ---------------------------------------------------------------------------- */

static struct said say_var(struct talk *t, str var)
{
    bool principal = str_eq(var, S("principal"));
    str type = principal ? t->principal : t->resource;

    if (str_eq(var, S("action")))
        return talk_say0(t, "prose.act");
    if (str_eq(var, S("context")))
        return talk_say0(t, "prose.circumstances");
    if (type.p && !str_eq(t->principal, t->resource)) {
        struct said the = say_type_the(t, type);
        if (the.s.p)
            return the;
    }
    return talk_say0(t, principal ? "prose.principal" : "prose.resource");
}

struct said say_attr_of(struct talk *t, struct said owner, str attr, bool context)
{
    str word =
        talk_house_word(t, context ? "prose.context.%.*s" : "prose.attr.%.*s", STR_FMT(attr));

    return word.p ? talk_fill(t, word, &owner, 1)
                  : talk_say2(t, "prose.attr.other", owner, talk_raw(t, attr));
}

static struct said say_attr(struct talk *t, const struct json *body)
{
    const struct json *left = json_get(body, S("left"));
    bool context = str_eq(json_get_str(left, S("Var")), S("context"));

    return say_attr_of(t, say_term(t, left), json_get_str(body, S("attr")), context);
}

static struct said say_value(struct talk *t, const struct json *v)
{
    if (json_is(v, J_BOOL))
        return talk_say0(t, v->b ? "prose.yes" : "prose.no");
    if (json_is(v, J_STRING))
        return talk_quoted(t, json_str(v));
    if (json_is(v, J_INT)) {
        str digits = t->failed ? STR_NONE : str_printf(t->a, "%lld", (long long)v->i);
        return SAY(digits.p ? digits : S(""));
    }
    return say_entity(t, json_get(v, S("__entity")));
}

static struct said say_set(struct talk *t, const struct json *items)
{
    struct said *l = talk_alloc(t, items->n, sizeof *l);

    if (!l)
        return SAY(S(""));
    if (!items->n)
        return talk_say0(t, "prose.set.empty");
    for (uint32_t i = 0; i < items->n; i++)
        l[i] = say_term(t, json_at(items, i));
    return talk_say1(t, "prose.set", talk_list(t, "prose.and", l, items->n));
}

static struct said say_record(struct talk *t, const struct json *r)
{
    struct said *l = talk_alloc(t, r->n, sizeof *l);

    if (!l)
        return SAY(S(""));
    if (!r->n)
        return talk_say0(t, "prose.record.empty");
    for (uint32_t i = 0; i < r->n; i++)
        l[i] = talk_say2(t, "prose.member", talk_raw(t, r->members[i].key),
                         say_term(t, &r->members[i].value));
    return talk_say1(t, "prose.record", talk_list(t, "prose.and", l, r->n));
}

static struct said say_choice(struct talk *t, const struct json *body)
{
    struct said args[] = {say_claim(t, (struct claim){json_get(body, S("if")), false}),
                          say_term(t, json_get(body, S("then"))),
                          say_term(t, json_get(body, S("else")))};

    return talk_say(t, "prose.choice", args, 3);
}

/* Terms of two: their phrases. Nested ones stand in brackets. */
static const struct {
    str op;
    const char *key;
} binary[] = {{S("+"), "prose.plus"}, {S("-"), "prose.minus"}, {S("*"), "prose.times"}};

static struct said operand(struct talk *t, const struct json *e)
{
    struct said s = say_term(t, e);

    for (size_t i = 0; i < ARRAY_LEN(binary); i++)
        if (tree_is(e, binary[i].op))
            return talk_say1(t, "prose.group", s);
    return s;
}

/* Functions on a literal text: what it says. */
static bool say_literal_call(struct talk *t, str op, const struct json *args, struct said *out)
{
    str text = json_get_str(json_at(args, 0), S("Value"));

    if (args->n != 1 || !text.p)
        return false;
    if (str_eq(op, S("datetime")))
        *out = say_datetime(t, text);
    else if (str_eq(op, S("duration")))
        *out = say_duration(t, text);
    else if (str_eq(op, S("decimal")))
        *out = say_decimal(t, text);
    else if (str_eq(op, S("ip")))
        *out = talk_say1(t, "prose.address", talk_raw(t, text));
    else
        return false;
    return true;
}

/* Other functions and methods that give a value: a phrase each, by name. */
static struct said say_call(struct talk *t, str op, const struct json *args)
{
    str word = talk_word(t, "prose.call.%.*s", STR_FMT(op));
    struct said said[2] = {SAY(S("")), SAY(S(""))}, out;

    if (say_literal_call(t, op, args, &out))
        return out;
    for (uint32_t i = 0; i < args->n && i < 2; i++)
        said[i] = operand(t, json_at(args, i));
    return word.p ? talk_fill(t, word, said, 2) : talk_say2(t, "prose.call", said[0], SAY(op));
}

static bool say_binary(struct talk *t, str op, const struct json *body, struct said *out)
{
    for (size_t i = 0; i < ARRAY_LEN(binary); i++) {
        if (!str_eq(op, binary[i].op))
            continue;
        *out = talk_say2(t, binary[i].key, operand(t, json_get(body, S("left"))),
                         operand(t, json_get(body, S("right"))));
        return true;
    }
    return false;
}

static bool is_value_call(str op)
{
    static const str calls[] = {S("datetime"),  S("duration"),  S("decimal"),
                                S("ip"),        S("offset"),    S("durationSince"),
                                S("toDate"),    S("toTime"),    S("toMilliseconds"),
                                S("toSeconds"), S("toMinutes"), S("toHours"),
                                S("toDays")};

    for (size_t i = 0; i < ARRAY_LEN(calls); i++)
        if (str_eq(op, calls[i]))
            return true;
    return false;
}

/* What is true or false: prose_leaf.c says it. */
static bool is_claim(str op)
{
    static const str ops[] = {S("&&"),          S("||"),
                              S("!"),           S("=="),
                              S("!="),          S("<"),
                              S("<="),          S(">"),
                              S(">="),          S("in"),
                              S("is"),          S("has"),
                              S("like"),        S("contains"),
                              S("containsAll"), S("containsAny"),
                              S("isEmpty"),     S("hasTag"),
                              S("lessThan"),    S("lessThanOrEqual"),
                              S("greaterThan"), S("greaterThanOrEqual"),
                              S("isIpv4"),      S("isIpv6"),
                              S("isLoopback"),  S("isMulticast"),
                              S("isInRange")};

    for (size_t i = 0; i < ARRAY_LEN(ops); i++)
        if (str_eq(op, ops[i]))
            return true;
    return false;
}

struct said say_term(struct talk *t, const struct json *e)
{
    const struct json *body = NULL;
    str op = tree_op(e, &body);
    struct said out;

    if (str_eq(op, S("Var")))
        return say_var(t, json_str(body));
    if (str_eq(op, S("Value")))
        return say_value(t, body);
    if (str_eq(op, S(".")))
        return say_attr(t, body);
    if (str_eq(op, S("Set")))
        return say_set(t, body);
    if (str_eq(op, S("Record")))
        return say_record(t, body);
    if (str_eq(op, S("if-then-else")))
        return say_choice(t, body);
    if (str_eq(op, S("neg")))
        return talk_say1(t, "prose.minus.one", operand(t, json_get(body, S("arg"))));
    if (str_eq(op, S("getTag")))
        return talk_say2(t, "prose.tag", say_term(t, json_get(body, S("left"))),
                         say_term(t, json_get(body, S("right"))));
    if (say_binary(t, op, body, &out))
        return out;
    if (is_value_call(op))
        return say_call(t, op, body);
    if (!is_claim(op))
        return talk_raw(t, op);
    return talk_say1(t, "prose.whether", say_claim(t, (struct claim){e, false}));
}
