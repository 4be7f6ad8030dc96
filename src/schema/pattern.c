/* pattern.c - ECMA-262 patterns (u flag) on PCRE2
 *
 * The text is first rewritten: what the two dialects spell differently is translated (\s, \v,
 * \0, long property names, '[' in a class), and what PCRE2 has beyond ECMA-262 (verbs, inline
 * options, recursion, possessive quantifiers, \A, \Z, \Q …) is refused. Matching is bounded by
 * PCRE2's match, depth and heap limits: a pattern that needs more is "too hard", never a hang.
 *
 * Each thread keeps one match block of its own, freed when the thread ends.
 */
#include "schema/schema_int.h"

#include <pthread.h>
#include <stdlib.h>

enum {
    PATTERN_MAX = 4096,
    SUBJECT_MAX = 64 * 1024,
    HARD_PRICE = 250000, /* of the steps of a check */
    DEPTH_LIMIT = 20000,
    HEAP_LIMIT_KIB = 4096
};

static const char blanks[] = "\\t-\\r\\x20\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f"
                             "\\u3000\\ufeff";

/* Unicode's long names of general categories, and short ones. */
static const struct {
    const char *from, *to;
} categories[] = {
    {"Letter", "L"},
    {"Cased_Letter", "L&"},
    {"Uppercase_Letter", "Lu"},
    {"Lowercase_Letter", "Ll"},
    {"Titlecase_Letter", "Lt"},
    {"Modifier_Letter", "Lm"},
    {"Other_Letter", "Lo"},
    {"Mark", "M"},
    {"Combining_Mark", "M"},
    {"Nonspacing_Mark", "Mn"},
    {"Spacing_Mark", "Mc"},
    {"Enclosing_Mark", "Me"},
    {"Number", "N"},
    {"Decimal_Number", "Nd"},
    {"digit", "Nd"},
    {"Letter_Number", "Nl"},
    {"Other_Number", "No"},
    {"Punctuation", "P"},
    {"punct", "P"},
    {"Connector_Punctuation", "Pc"},
    {"Dash_Punctuation", "Pd"},
    {"Open_Punctuation", "Ps"},
    {"Close_Punctuation", "Pe"},
    {"Initial_Punctuation", "Pi"},
    {"Final_Punctuation", "Pf"},
    {"Other_Punctuation", "Po"},
    {"Symbol", "S"},
    {"Math_Symbol", "Sm"},
    {"Currency_Symbol", "Sc"},
    {"Modifier_Symbol", "Sk"},
    {"Other_Symbol", "So"},
    {"Separator", "Z"},
    {"Space_Separator", "Zs"},
    {"Line_Separator", "Zl"},
    {"Paragraph_Separator", "Zp"},
    {"Other", "C"},
    {"Control", "Cc"},
    {"Format", "Cf"},
    {"Surrogate", "Cs"},
    {"Private_Use", "Co"},
    {"Unassigned", "Cn"},
};

struct rewriter {
    str in;
    size_t i;
    struct buf out;
    bool in_class, after_quantifier;
    struct fault *f;
};

static enum err refuse(struct rewriter *r, const char *what)
{
    return fault(r->f, ERR_SYNTAX, "pattern: %s at character %zu", what, r->i);
}

/* After "\p" or "\P": {Name}, {General_Category=Name}, {Script=Name}, {Script_Extensions=Name} */
static enum err property(struct rewriter *r, char kind)
{
    str rest = str_sub(r->in, r->i, r->in.n);
    ptrdiff_t end = str_find_char(rest, '}');

    if (!str_starts(rest, S("{")) || end < 2)
        return refuse(r, "a property without a name");
    str name = str_sub(rest, 1, (size_t)end);
    ptrdiff_t eq = str_find_char(name, '=');
    const char *kind_of_script = "";
    if (eq >= 0) {
        str property_name = str_sub(name, 0, (size_t)eq);
        if (str_eq(property_name, S("Script")) || str_eq(property_name, S("sc")))
            kind_of_script = "sc:";
        else if (str_starts(property_name, S("Script_Extensions")) ||
                 str_eq(property_name, S("scx")))
            kind_of_script = "scx:";
        name = str_sub(name, (size_t)eq + 1, name.n);
    }
    for (size_t k = 0; k < ARRAY_LEN(categories); k++)
        if (str_eq(name, str_of(categories[k].from)))
            name = str_of(categories[k].to);
    buf_printf(&r->out, "\\%c{%s%.*s}", kind, kind_of_script, STR_FMT(name));
    r->i += (size_t)end + 1;
    return OK;
}

/* After a backslash. */
static enum err escape(struct rewriter *r)
{
    if (r->i == r->in.n)
        return refuse(r, "nothing behind the last backslash");
    char c = r->in.p[r->i++];
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');

    switch (c) {
    case 's':
        buf_printf(&r->out, r->in_class ? "%s" : "[%s]", blanks);
        return OK;
    case 'S':
        if (r->in_class)
            buf_add_str(&r->out, S("\\S"));
        else
            buf_printf(&r->out, "[^%s]", blanks);
        return OK;
    case 'v':
        buf_add_str(&r->out, S("\\x0b"));
        return OK;
    case '0':
        buf_add_str(&r->out, S("\\x00"));
        return OK;
    case 'p':
    case 'P':
        return property(r, c);
    default:
        if (letter && !strchr("dDwWbBtnfrcxuk", c))
            return refuse(r, "an escape ECMA-262 does not have");
        buf_add_char(&r->out, '\\');
        buf_add_char(&r->out, c);
        return OK;
    }
}

/* After "(": only groups that both dialects have. */
static enum err group(struct rewriter *r)
{
    static const char *const known[] = {"?:", "?=", "?!", "?<=", "?<!"};
    str rest = str_sub(r->in, r->i, r->in.n);
    bool fine = !str_starts(rest, S("?")) && !str_starts(rest, S("*"));

    for (size_t k = 0; k < ARRAY_LEN(known); k++)
        fine |= str_starts(rest, str_of(known[k]));
    if (str_starts(rest, S("?<")) && rest.n > 2) {
        char c = (char)(rest.p[2] | 0x20);
        fine |= (c >= 'a' && c <= 'z') || rest.p[2] == '_' || rest.p[2] == '$';
    }
    return fine ? OK : refuse(r, "a group ECMA-262 does not have");
}

static enum err rewrite_one(struct rewriter *r)
{
    char c = r->in.p[r->i++];
    bool quantifier = false;

    if (c == '\\') {
        r->after_quantifier = false;
        return escape(r);
    }
    if (r->in_class) {
        if (c == '[')
            buf_add_char(&r->out, '\\');
        r->in_class = c != ']';
    } else if (c == '[') {
        r->in_class = true;
    } else if (c == '(') {
        TRY(group(r));
    } else if (c == '*' || c == '+' || c == '?' || c == '}') {
        if (r->after_quantifier && c == '+')
            return refuse(r, "a quantifier behind a quantifier");
        quantifier = !r->after_quantifier;
    }
    r->after_quantifier = quantifier;
    buf_add_char(&r->out, c);
    return OK;
}

/* *out_code is the engine's own error number, 0 if there was none. */
static enum err engine_compile(str text, pcre2_code **out, int *out_code, struct fault *f)
{
    const uint32_t options = PCRE2_UTF | PCRE2_ALT_BSUX | PCRE2_DOLLAR_ENDONLY |
                             PCRE2_MATCH_UNSET_BACKREF | PCRE2_ALLOW_EMPTY_CLASS |
                             PCRE2_NEVER_BACKSLASH_C;
    pcre2_compile_context *c = pcre2_compile_context_create(NULL);
    PCRE2_UCHAR why[120];
    PCRE2_SIZE at;

    *out_code = 0;
    if (!c)
        return fault(f, ERR_MEMORY, "out of memory");
    pcre2_set_newline(c, PCRE2_NEWLINE_ANYCRLF);
    pcre2_set_parens_nest_limit(c, 100);
    pcre2_set_compile_extra_options(c, PCRE2_EXTRA_ALT_BSUX);
    *out = pcre2_compile((PCRE2_SPTR)text.p, text.n, options, out_code, &at, c);
    pcre2_compile_context_free(c);
    if (*out) {
        /* machine code where the platform allows it: the same limits hold, and where it does not
         * pcre2_match interprets */
        (void)pcre2_jit_compile(*out, PCRE2_JIT_COMPLETE);
        *out_code = 0;
        return OK;
    }
    pcre2_get_error_message(*out_code, why, sizeof why);
    return fault(f, ERR_SYNTAX, "pattern: %s", (const char *)why);
}

static enum err compile(str text, struct pattern *out, int *out_code, struct fault *f)
{
    struct rewriter r = {.in = text, .out = BUF(64 * 1024), .f = f};
    enum err e = OK;

    *out_code = 0;
    if (text.n > PATTERN_MAX)
        return fault(f, ERR_LIMIT, "a pattern longer than %d bytes", PATTERN_MAX);
    while (r.i < text.n && e == OK)
        e = rewrite_one(&r);
    if (e == OK && !buf_ok(&r.out))
        e = fault(f, ERR_LIMIT, "a pattern too long");
    if (e == OK)
        e = engine_compile(buf_str(&r.out), &out->code, out_code, f);
    if (e == OK)
        out->text = text;
    if (e == OK)
        out->is_simple = simple_compile(text, &out->simple);
    buf_done(&r.out);
    return e;
}

enum err pattern_compile(str text, struct pattern *out, struct fault *f)
{
    int code;

    return compile(text, out, &code, f);
}

void pattern_free(struct pattern *p)
{
    pcre2_code_free(p->code);
    p->code = NULL;
}

bool pattern_is_valid(str text)
{
    struct pattern p = {0};
    int code;

    if (compile(text, &p, &code, NULL) != OK)
        return code == PCRE2_ERROR_LOOKBEHIND_NOT_FIXED_LENGTH;
    pattern_free(&p);
    return true;
}

struct matcher {
    pcre2_match_data *data;
    pcre2_match_context *limits;
};

static pthread_key_t matcher_key;
static pthread_once_t matcher_once = PTHREAD_ONCE_INIT;

static void matcher_free(void *arg)
{
    struct matcher *m = arg;

    pcre2_match_data_free(m->data);
    pcre2_match_context_free(m->limits);
    free(m);
}

static void matcher_init(void)
{
    if (pthread_key_create(&matcher_key, matcher_free) != 0)
        abort(); /* at the first match ever: the process has no thread keys left */
}

static struct matcher *matcher_new(void)
{
    struct matcher *m = calloc(1, sizeof *m);

    if (!m)
        return NULL;
    m->data = pcre2_match_data_create(1, NULL);
    m->limits = pcre2_match_context_create(NULL);
    if (!m->data || !m->limits || pthread_setspecific(matcher_key, m) != 0) {
        matcher_free(m);
        return NULL;
    }
    pcre2_set_depth_limit(m->limits, DEPTH_LIMIT);
    pcre2_set_heap_limit(m->limits, HEAP_LIMIT_KIB);
    return m;
}

/* The engine counts its steps for each place where a match may begin, and does not tell how many
 * it took. So it gets few first, which is plenty for a sane pattern; if they run out it gets more,
 * at a price that lets a check do so only a few times. Both sums are bounded over all places. */
static int match_within(const struct pattern *p, str s, struct matcher *m, uint32_t total,
                        uint32_t least)
{
    uint32_t each = total / ((uint32_t)s.n + 1);

    pcre2_set_match_limit(m->limits, each < least ? least : each);
    return pcre2_match(p->code, (PCRE2_SPTR)(s.n ? s.p : ""), s.n, 0, PCRE2_NO_UTF_CHECK, m->data,
                       m->limits);
}

enum pattern_result pattern_match_engine(const struct pattern *p, str subject, int64_t *steps)
{
    pthread_once(&matcher_once, matcher_init);
    struct matcher *m = pthread_getspecific(matcher_key);

    if ((!m && !(m = matcher_new())) || subject.n > SUBJECT_MAX)
        return PATTERN_TOO_HARD;
    *steps -= 50 + (int64_t)subject.n / 16;
    int n = match_within(p, subject, m, 200000, 50);
    if (n == PCRE2_ERROR_MATCHLIMIT && *steps > HARD_PRICE) {
        *steps -= HARD_PRICE;
        n = match_within(p, subject, m, 4000000, 200);
    }
    /* 0: matched, with more groups than the block holds */
    return n >= 0 ? PATTERN_YES : n == PCRE2_ERROR_NOMATCH ? PATTERN_NO : PATTERN_TOO_HARD;
}

enum pattern_result pattern_match(const struct pattern *p, str subject, int64_t *steps)
{
    if (!p->is_simple)
        return pattern_match_engine(p, subject, steps);
    *steps -= 1 + (int64_t)subject.n / 64;
    return simple_match(&p->simple, subject) ? PATTERN_YES : PATTERN_NO;
}
