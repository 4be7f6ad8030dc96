/* prose_say.c - phrases: words by key, arguments, gender, and what happens where words meet
 *
 * Where an argument meets the phrase around it, languages contract ("de" + "le" is "du", the Arabic
 * preposition and the article). Rules are words, too: "prose.contract" is a list of L+R=X parted by
 * "|": a phrase that ends with L before an argument that begins with R has X instead of both.
 * "prose.elide" names words that lose their last letter before one of "prose.elide.before".
 */
#include <stdarg.h>
#include <stdio.h>

#include "policy/prose_int.h"

void *talk_alloc(struct talk *t, size_t count, size_t size)
{
    void *p = t->failed ? NULL : arena_zalloc(t->a, count ? count : 1, size);

    if (!p && !t->failed)
        t->failed = ERR_MEMORY_LIMIT;
    return p;
}

static str kept(struct talk *t, str s)
{
    str copy = t->failed ? S("") : str_copy(t->a, s);

    if (!copy.p && !t->failed)
        t->failed = ERR_MEMORY_LIMIT;
    return copy.p ? copy : S("");
}

static str word_of(struct talk *t, str key)
{
    return t->words->word(t->words->from, t->language, key);
}

/* A key longer than any that the house has is none of the house's. */
static str key_of(char *room, size_t size, const char *fmt, va_list args)
{
    int n = vsnprintf(room, size, fmt, args);

    return n < 0 || (size_t)n >= size ? S("prose.too-long") : str_bytes(room, (size_t)n);
}

str talk_word(struct talk *t, const char *fmt, ...)
{
    char room[256];
    va_list args;

    va_start(args, fmt);
    str key = key_of(room, sizeof room, fmt, args);
    va_end(args);
    return word_of(t, key);
}

str talk_house_word(struct talk *t, const char *fmt, ...)
{
    char room[256];
    va_list args;

    va_start(args, fmt);
    str key = key_of(room, sizeof room, fmt, args);
    va_end(args);
    str word = word_of(t, key);
    if (!word.p && !t->missing.p)
        t->missing = kept(t, key);
    return word;
}

/* ---- where words meet ----------------------------------------------------------------------- */

/* Does the text end with the word, and does a word begin there? */
static bool ends_with_word(str text, str word)
{
    if (!word.n || !str_ends(text, word))
        return false;
    if (text.n == word.n)
        return true;
    char before = text.p[text.n - word.n - 1];
    return before == ' ' || before == '(' || before == '\'';
}

static bool contract(struct talk *t, struct buf *b, str *next)
{
    str rules = word_of(t, S("prose.contract")), rule;

    while (str_split(&rules, '|', &rule)) {
        ptrdiff_t plus = str_find_char(rule, '+'), eq = str_find_char(rule, '=');
        if (plus < 0 || eq < plus)
            continue;
        str left = str_sub(rule, 0, (size_t)plus);
        str right = str_sub(rule, (size_t)plus + 1, (size_t)eq);
        if (!ends_with_word(buf_str(b), left) || !str_starts(*next, right))
            continue;
        b->n -= left.n;
        buf_add_str(b, str_sub(rule, (size_t)eq + 1, rule.n));
        *next = str_sub(*next, right.n, next->n);
        return true;
    }
    return false;
}

/* "que " before a vowel becomes "qu'". */
static void elide(struct talk *t, struct buf *b, str next)
{
    str list = word_of(t, S("prose.elide")), vowels = word_of(t, S("prose.elide.before")), word;
    uint32_t cp;
    size_t n = utf8_decode(next, &cp);

    if (!n || !vowels.p || str_find(vowels, str_sub(next, 0, n)) < 0 || !b->n ||
        b->p[b->n - 1] != ' ')
        return;
    while (str_split(&list, '|', &word)) {
        if (!ends_with_word(str_bytes(b->p, b->n - 1), word))
            continue;
        b->n -= 2; /* the blank and the letter */
        buf_add_str(b, S("'"));
        return;
    }
}

static void join(struct talk *t, struct buf *b, str next)
{
    if (next.n && !contract(t, b, &next))
        elide(t, b, next);
    buf_add_str(b, next);
}

/* ---- filling -------------------------------------------------------------------------------- */

/* What stands between braces: N, N|default or N:m/f. */
static void put_slot(struct talk *t, struct buf *b, str slot, const struct said *args, size_t n)
{
    size_t i = slot.n ? (size_t)(slot.p[0] - '0') : n;
    str rest = str_sub(slot, 2, slot.n);
    char kind = slot.n > 1 ? slot.p[1] : 0;
    ptrdiff_t bar;

    if (i >= n)
        return;
    if (kind == ':' && (bar = str_find_char(rest, '/')) >= 0)
        buf_add_str(b, args[i].fem ? str_sub(rest, (size_t)bar + 1, rest.n)
                                   : str_sub(rest, 0, (size_t)bar));
    else if (kind == '|' && !args[i].s.n)
        join(t, b, rest);
    else
        join(t, b, args[i].s);
}

struct said talk_fill(struct talk *t, str phrase, const struct said *args, size_t n)
{
    AUTO(buf) struct buf b = BUF(SAID_MAX);
    struct said out = {S(""), str_ends(phrase, S("|f"))};

    if (t->failed)
        return out;
    if (out.fem)
        phrase.n -= 2;
    while (phrase.n) {
        ptrdiff_t open = str_find_char(phrase, '{'), close = str_find_char(phrase, '}');
        if (open < 0 || close < open) {
            buf_add_str(&b, phrase);
            break;
        }
        buf_add_str(&b, str_sub(phrase, 0, (size_t)open));
        put_slot(t, &b, str_sub(phrase, (size_t)open + 1, (size_t)close), args, n);
        phrase = str_sub(phrase, (size_t)close + 1, phrase.n);
    }
    if (!buf_ok(&b))
        t->failed = ERR_LIMIT;
    out.s = kept(t, buf_str(&b));
    return out;
}

static struct said bare(struct talk *t, str key, const struct said *args, size_t n)
{
    AUTO(buf) struct buf b = BUF(SAID_MAX);

    if (!t->missing.p)
        t->missing = kept(t, key);
    buf_add_str(&b, key);
    for (size_t i = 0; i < n; i++) {
        buf_add_str(&b, i ? S(", ") : S("("));
        buf_add_str(&b, args[i].s);
    }
    buf_add_str(&b, n ? S(")") : S(""));
    if (!buf_ok(&b) && !t->failed)
        t->failed = ERR_LIMIT;
    return SAY(kept(t, buf_str(&b)));
}

struct said talk_say(struct talk *t, const char *key, const struct said *args, size_t n)
{
    str phrase = word_of(t, str_of(key));

    return phrase.p ? talk_fill(t, phrase, args, n) : bare(t, str_of(key), args, n);
}

struct said talk_say0(struct talk *t, const char *key)
{
    return talk_say(t, key, NULL, 0);
}

struct said talk_say1(struct talk *t, const char *key, struct said a)
{
    return talk_say(t, key, &a, 1);
}

struct said talk_say2(struct talk *t, const char *key, struct said a, struct said b)
{
    return talk_say(t, key, (struct said[]){a, b}, 2);
}

struct said talk_either(struct talk *t, const char *key, bool neg, struct said a, struct said b)
{
    char contrary[256];

    snprintf(contrary, sizeof contrary, "%s.not", key);
    return talk_say2(t, neg ? contrary : key, a, b);
}

struct said talk_list(struct talk *t, const char *last, const struct said *l, size_t n)
{
    if (n == 0)
        return talk_say0(t, "prose.nothing");
    struct said all = l[0];
    for (size_t i = 1; i < n; i++)
        all = talk_say2(t, i + 1 == n ? last : "prose.comma", all, l[i]);
    return all;
}

/* ---- foreign strings ------------------------------------------------------------------------ */

/* Control characters, and marks that turn the direction of what comes after. */
static bool unsafe(uint32_t cp)
{
    return cp < 0x20 || (cp >= 0x7f && cp < 0xa0) || (cp >= 0x2028 && cp <= 0x202e) ||
           (cp >= 0x2066 && cp <= 0x2069) || cp == 0x200e || cp == 0x200f || cp == 0x61c;
}

struct said talk_raw(struct talk *t, str s)
{
    AUTO(buf) struct buf b = BUF(SAID_MAX);
    uint32_t cp;

    for (size_t i = 0, n; i < s.n; i += n) {
        n = utf8_decode(str_sub(s, i, s.n), &cp);
        bool good = n > 0 && !unsafe(cp);
        n = n ? n : 1;
        buf_add_str(&b, good ? str_sub(s, i, i + n) : S("\xef\xbf\xbd"));
    }
    if (!buf_ok(&b) && !t->failed)
        t->failed = ERR_LIMIT;
    return talk_say1(t, "prose.raw", SAY(kept(t, buf_str(&b))));
}

struct said talk_quoted(struct talk *t, str s)
{
    return talk_say1(t, "prose.quoted", talk_raw(t, s));
}

/* Latin letters: ASCII, and the row of U+00E0, whose capitals lie 32 below. */
str talk_capital(struct talk *t, str s)
{
    char *p = talk_alloc(t, s.n, 1);

    if (!p || !s.n)
        return S("");
    memcpy(p, s.p, s.n);
    if (p[0] >= 'a' && p[0] <= 'z')
        p[0] = (char)(p[0] - 32);
    else if (s.n > 1 && (uint8_t)p[0] == 0xc3 && (uint8_t)p[1] >= 0xa0 && (uint8_t)p[1] != 0xb7)
        p[1] = (char)(p[1] - 32);
    return str_bytes(p, s.n);
}
