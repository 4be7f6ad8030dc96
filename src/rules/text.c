/* text.c - values as text, and the operators on it; lengths and places count code points */
#include "rules/rules_int.h"

#include <inttypes.h>

enum { CAT_MAX = 1 << 20 };

static enum err number_text(struct eval *ev, const struct json *j, str *out)
{
    char digits[32];

    *out = j->type == J_INT
               ? str_printf(ev->arena, "%" PRId64, j->i)
               : str_copy(ev->arena, str_bytes(digits, json_format_real(j->d, digits)));
    TRY_PTR(out->p, ev->f);
    return OK;
}

/* null is "", a list its items with commas between; an object has no text. */
static enum err append(struct eval *ev, struct buf *b, const struct json *j, unsigned depth)
{
    str s;

    TRY(eval_pay(ev, 1));
    if (depth > RULES_MAX_DEPTH)
        return fault(ev->f, ERR_LIMIT, "lists nested too deep for a text");
    if (j->type == J_ARRAY) {
        for (uint32_t i = 0; i < j->n; i++) {
            if (i)
                buf_add_char(b, ',');
            TRY(append(ev, b, &j->items[i], depth + 1));
        }
        return OK;
    }
    TRY(to_text(ev, j, &s));
    TRY(eval_pay(ev, s.n / 64));
    buf_add_str(b, s);
    return OK;
}

static enum err list_text(struct eval *ev, const struct json *v, uint32_t n, bool commas, str *out)
{
    AUTO(buf) struct buf b = BUF(CAT_MAX);

    for (uint32_t i = 0; i < n; i++) {
        if (i && commas)
            buf_add_char(&b, ',');
        TRY(append(ev, &b, &v[i], 0));
        if (!buf_ok(&b))
            return fault(ev->f, ERR_LIMIT, "a text longer than %d bytes", CAT_MAX);
    }
    *out = str_copy(ev->arena, buf_str(&b));
    TRY_PTR(out->p, ev->f);
    return OK;
}

enum err to_text(struct eval *ev, const struct json *j, str *out)
{
    switch (j->type) {
    case J_NULL:
        *out = S("");
        return OK;
    case J_BOOL:
        *out = j->b ? S("true") : S("false");
        return OK;
    case J_INT:
    case J_REAL:
        return number_text(ev, j, out);
    case J_STRING:
        *out = json_str(j);
        return OK;
    case J_ARRAY:
        return list_text(ev, j->items, j->n, true, out);
    case J_OBJECT:
        break;
    }
    return THROW_ARGUMENTS(ev);
}

enum err op_cat(struct eval *ev, const struct node *node, struct json *out)
{
    struct args args;
    str s;

    TRY(eval_args(ev, node, &args));
    TRY(list_text(ev, args.v, args.n, false, &s));
    *out = json_of_str(s);
    return OK;
}

/* [needle, text or list]. Of anything else there is nothing in it. */
enum err op_in(struct eval *ev, const struct node *node, struct json *out)
{
    struct args args;
    bool found = false;
    str needle;

    TRY(eval_args(ev, node, &args));
    if (args.n < 2)
        return THROW_ARGUMENTS(ev);
    const struct json *in = &args.v[1];
    if (in->type == J_STRING) {
        TRY(to_text(ev, &args.v[0], &needle));
        TRY(eval_pay(ev, (size_t)in->n / 64 * (1 + needle.n / 64)));
        found = str_find(json_str(in), needle) >= 0;
    } else if (in->type == J_ARRAY) {
        for (uint32_t i = 0; i < in->n && !found; i++)
            TRY(same(ev, &args.v[0], &in->items[i], &found));
    }
    *out = json_of_bool(found);
    return OK;
}

static size_t byte_of(str s, size_t code_points)
{
    uint32_t cp;
    size_t at = 0;

    for (; code_points && at < s.n; code_points--) {
        size_t n = utf8_decode(str_sub(s, at, s.n), &cp);
        at += n ? n : 1;
    }
    return at;
}

/* A whole number of arguments, rounded towards zero and clamped to [-n, n]. */
static enum err place(struct eval *ev, const struct json *j, int64_t n, int64_t *out)
{
    struct decimal d;
    struct json whole;

    TRY(to_decimal(ev, j, &d));
    if (!decimal_to_json(decimal_round(d, 0, ROUND_DOWN), &whole) || whole.type != J_INT)
        *out = d.negative ? -n : n;
    else
        *out = whole.i < -n ? -n : whole.i > n ? n : whole.i;
    return OK;
}

/* [text, start, length]: a negative start counts from the end, a negative length stops so many
 * before it. */
enum err op_substr(struct eval *ev, const struct node *node, struct json *out)
{
    struct args args;
    int64_t from, length;
    str s;

    TRY(eval_args(ev, node, &args));
    if (args.n < 2 || args.n > 3)
        return THROW_ARGUMENTS(ev);
    TRY(to_text(ev, &args.v[0], &s));
    TRY(eval_pay(ev, s.n / 64));
    int64_t n = (int64_t)utf8_count(s);
    TRY(place(ev, &args.v[1], n, &from));
    from = from < 0 ? from + n : from;
    length = n - from;
    if (args.n == 3) {
        int64_t asked;
        TRY(place(ev, &args.v[2], n, &asked));
        if (asked < 0)
            length = length + asked > 0 ? length + asked : 0;
        else if (asked < length)
            length = asked;
    }
    size_t start = byte_of(s, (size_t)from);
    size_t bytes = byte_of(str_sub(s, start, s.n), (size_t)length);
    *out = json_of_str(str_sub(s, start, start + bytes));
    return OK;
}

/* Items of a list, code points of a text. */
enum err op_length(struct eval *ev, const struct node *node, struct json *out)
{
    struct json v;

    TRY(eval_arg(ev, node, 0, &v));
    if (v.type == J_STRING)
        TRY(eval_pay(ev, v.n / 64));
    if (v.type != J_STRING && v.type != J_ARRAY)
        return THROW_ARGUMENTS(ev);
    *out = json_of_int(v.type == J_ARRAY ? v.n : (int64_t)utf8_count(json_str(&v)));
    return OK;
}
