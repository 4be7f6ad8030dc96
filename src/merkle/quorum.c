#include "merkle/quorum.h"

#include <stdio.h>

static enum err wrong(struct fault *f, unsigned line, const char *what)
{
    char pointer[24];

    snprintf(pointer, sizeof pointer, "line %u", line);
    return fault_at(f, ERR_MALFORMED_TEXT, pointer, "%s", what);
}

/* The next item of a line: items are separated by blanks and tabs, and by nothing else. */
static bool item(str *rest, str *out)
{
    size_t from = 0, to;

    while (from < rest->n && (rest->p[from] == ' ' || rest->p[from] == '\t'))
        from++;
    for (to = from; to < rest->n && rest->p[to] != ' ' && rest->p[to] != '\t'; to++)
        ;
    *out = str_sub(*rest, from, to);
    *rest = str_sub(*rest, to, rest->n);
    return out->n > 0;
}

/* The bit of a witness or group; 0 if the name is not defined yet. */
static uint64_t bit_of(const struct quorum *q, str name)
{
    for (size_t i = 0; i < q->n_witnesses; i++)
        if (str_eq(q->witness[i].name, name))
            return (uint64_t)1 << i;
    for (size_t i = 0; i < q->n_groups; i++)
        if (str_eq(q->group[i].name, name))
            return (uint64_t)1 << (QUORUM_WITNESSES + i);
    return 0;
}

static bool name_free(const struct quorum *q, str name)
{
    return !str_eq(name, S("none")) && !bit_of(q, name);
}

static bool same_key(const struct note_key *a, const struct note_key *b)
{
    return memcmp(a->public.b, b->public.b, sizeof a->public.b) == 0;
}

/* What may stand behind a key: one URL, or nothing. */
static bool url_at_end(str rest, str *out)
{
    str more;

    *out = STR_NONE;
    return !item(&rest, out) || !item(&rest, &more);
}

static enum err read_log(struct quorum *q, str rest, unsigned line, struct fault *f)
{
    struct note_key key;
    str text;

    if (!item(&rest, &text) || note_key_parse(text, &key, NULL) != OK || key.type != NOTE_ED25519)
        return wrong(f, line, "a log needs the key with which it signs");
    if (q->n_logs == QUORUM_LOGS)
        return fault(f, ERR_LIMIT, "more than %d logs", QUORUM_LOGS);
    for (size_t i = 0; i < q->n_logs; i++)
        if (same_key(&q->log[i], &key))
            return wrong(f, line, "the key of this log stands there twice");
    if (!url_at_end(rest, &q->log_url[q->n_logs]))
        return wrong(f, line, "a log has a key and one address");
    q->log[q->n_logs++] = key;
    return OK;
}

static enum err read_witness(struct quorum *q, str rest, unsigned line, struct fault *f)
{
    struct quorum_witness w;
    str text;

    if (!item(&rest, &w.name) || !name_free(q, w.name))
        return wrong(f, line, "a witness needs a name of its own");
    if (!item(&rest, &text) || note_key_parse(text, &w.key, NULL) != OK ||
        w.key.type != NOTE_COSIGNER)
        return wrong(f, line, "a witness needs the key with which it cosigns");
    if (q->n_witnesses == QUORUM_WITNESSES)
        return fault(f, ERR_LIMIT, "more than %d witnesses", QUORUM_WITNESSES);
    for (size_t i = 0; i < q->n_witnesses; i++)
        if (same_key(&q->witness[i].key, &w.key))
            return wrong(f, line, "the key of this witness stands there twice");
    if (!url_at_end(rest, &w.url))
        return wrong(f, line, "a witness has a name, a key and one address");
    q->witness[q->n_witnesses++] = w;
    return OK;
}

static bool in_a_group(const struct quorum *q, uint64_t bit)
{
    for (size_t i = 0; i < q->n_groups; i++)
        if (q->group[i].members & bit)
            return true;
    return false;
}

static enum err read_group(struct quorum *q, str rest, unsigned line, struct fault *f)
{
    struct quorum_group g = {.members = 0};
    str how, name;
    int64_t k = 0;
    unsigned n = 0;

    if (!item(&rest, &g.name) || !name_free(q, g.name))
        return wrong(f, line, "a group needs a name of its own");
    if (!item(&rest, &how))
        return wrong(f, line, "a group says how many of its members: all, any or a number");
    for (; item(&rest, &name); n++) {
        uint64_t bit = bit_of(q, name);
        if (!bit)
            return wrong(f, line, "a group names what was defined above it");
        if (g.members & bit || in_a_group(q, bit))
            return wrong(f, line, "a name is a member of one group only, once");
        g.members |= bit;
    }
    if (str_eq(how, S("all")))
        k = n;
    else if (str_eq(how, S("any")))
        k = 1;
    else if (!str_to_int64(how, &k) || how.p[0] == '0')
        k = 0;
    if (k < 1 || k > n)
        return wrong(f, line, "a group says how many of its members: all, any or a number");
    if (q->n_groups == QUORUM_GROUPS)
        return fault(f, ERR_LIMIT, "more than %d groups", QUORUM_GROUPS);
    g.threshold = (unsigned)k;
    q->group[q->n_groups++] = g;
    return OK;
}

static enum err read_quorum(struct quorum *q, str rest, bool again, unsigned line, struct fault *f)
{
    str name, more;

    if (again)
        return wrong(f, line, "a policy has one quorum");
    if (!item(&rest, &name) || item(&rest, &more))
        return wrong(f, line, "a quorum is one name");
    q->needed = bit_of(q, name);
    if (!q->needed && !str_eq(name, S("none")))
        return wrong(f, line, "the quorum names what was defined above it, or none");
    return OK;
}

static bool characters_allowed(str text)
{
    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];
        if ((c < 0x20 && c != '\t' && c != '\n') || c == 0x7f)
            return false;
    }
    return true;
}

enum err quorum_parse(str text, struct quorum *out, struct fault *f)
{
    struct quorum q = {.needed = 0};
    bool has_quorum = false;
    unsigned number = 0;
    str rest = text, line, word;

    if (text.n > QUORUM_TEXT)
        return fault(f, ERR_LIMIT, "a trust policy has at most %d bytes", QUORUM_TEXT);
    if (!characters_allowed(text))
        return fault(f, ERR_MALFORMED_TEXT, "control character in a trust policy");
    if (text.n && text.p[text.n - 1] != '\n')
        return fault(f, ERR_MALFORMED_TEXT, "the last line does not end");
    while (str_split(&rest, '\n', &line)) {
        number++;
        if (!item(&line, &word) || word.p[0] == '#')
            continue;
        if (str_eq(word, S("log")))
            TRY(read_log(&q, line, number, f));
        else if (str_eq(word, S("witness")))
            TRY(read_witness(&q, line, number, f));
        else if (str_eq(word, S("group")))
            TRY(read_group(&q, line, number, f));
        else if (str_eq(word, S("quorum")))
            TRY(read_quorum(&q, line, has_quorum, number, f));
        else
            return wrong(f, number, "a line begins with log, witness, group or quorum");
        has_quorum = has_quorum || str_eq(word, S("quorum"));
    }
    if (!has_quorum)
        return fault(f, ERR_MALFORMED_TEXT, "a trust policy without a quorum");
    *out = q;
    return OK;
}

/* Groups name only what stands above them, so one pass from the top decides all. */
bool quorum_met(const struct quorum *q, uint64_t witnesses)
{
    uint64_t have = witnesses & (((uint64_t)1 << q->n_witnesses) - 1);

    for (size_t i = 0; i < q->n_groups; i++) {
        uint64_t members = have & q->group[i].members;
        if ((unsigned)__builtin_popcountll(members) >= q->group[i].threshold)
            have |= (uint64_t)1 << (QUORUM_WITNESSES + i);
    }
    return !q->needed || have & q->needed;
}

enum err quorum_check(const struct quorum *q, str note, struct checkpoint *out, struct fault *f)
{
    struct note_key keys[QUORUM_LOGS + QUORUM_WITNESSES];
    struct checkpoint c;
    uint64_t signers;
    bool of_log = false;
    str text;

    for (size_t i = 0; i < q->n_witnesses; i++)
        keys[i] = q->witness[i].key;
    for (size_t i = 0; i < q->n_logs; i++)
        keys[q->n_witnesses + i] = q->log[i];
    TRY(note_open(note, keys, q->n_witnesses + q->n_logs, &text, &signers, f));
    TRY(checkpoint_parse(text, &c, f));
    for (size_t i = 0; i < q->n_logs; i++)
        if (signers >> (q->n_witnesses + i) & 1 && str_eq(q->log[i].name, c.origin))
            of_log = true;
    if (!of_log)
        return fault(f, ERR_BAD_SIGNATURE, "no known log of that origin has signed");
    if (!quorum_met(q, signers))
        return fault(f, ERR_BAD_SIGNATURE, "too few witnesses have cosigned");
    *out = c;
    return OK;
}
