/* cedar_int.h - what the rooms of this folder share: values, syntax tree, policy set
 *
 * Names with cd_ stay inside the folder.
 */
#ifndef SIFARA_CEDAR_CEDAR_INT_H
#define SIFARA_CEDAR_CEDAR_INT_H

#include "cedar/cedar.h"

/* ---- values (value.c, ext.c) ----------------------------------------------------------- */

struct cedar_field {
    str name;
    struct cedar_value value;
};

/* Fields are sorted by name (cd_name_cmp). */
struct cedar_record {
    struct cedar_field *fields;
    uint32_t n, room;
};

struct cedar_ip {
    bool v6;
    uint8_t prefix; /* bits: at most 32 or 128 */
    uint8_t addr[16];
};

extern const struct cedar_record cd_empty_record;

uint64_t cd_hash(str s, uint64_t seed);
/* Any total order that is cheap: by length, then bytes. */
int cd_name_cmp(str a, str b);
/* Total order over values; 0 means equal as Cedar's ==. */
int cd_value_cmp(const struct cedar_value *, const struct cedar_value *);
bool cd_value_eq(const struct cedar_value *, const struct cedar_value *);
/* Sorts in place and drops duplicates; returns what is left. */
size_t cd_set_canon(struct cedar_value *items, size_t n);
bool cd_set_contains(const struct cedar_value *set, const struct cedar_value *);
/* false when the arena is exhausted */
bool cd_record_put(struct arena *, struct cedar_record *, str name, struct cedar_value);

static inline str cd_str(const struct cedar_value *v)
{
    return (str){v->s, v->n};
}

/* Longest text any extension value prints as. */
enum { CD_EXT_TEXT = 64 };
/* The canonical text; datetimes and durations outside the range of their notations are printed
 * too, as their offset in milliseconds ("12ms" for a datetime is then not readable back). */
size_t cd_ext_print(const struct cedar_value *, char out[CD_EXT_TEXT]);
str cd_type_name(unsigned type); /* as messages say it: "long", "entity" */

enum cd_fn {
    FN_DECIMAL,
    FN_IP,
    FN_DATETIME,
    FN_DURATION, /* constructors first: called as functions, the others as methods */
    FN_LESS,
    FN_LESS_EQ,
    FN_GREATER,
    FN_GREATER_EQ,
    FN_IS_IPV4,
    FN_IS_IPV6,
    FN_IS_LOOPBACK,
    FN_IS_MULTICAST,
    FN_IS_IN_RANGE,
    FN_OFFSET,
    FN_DURATION_SINCE,
    FN_TO_DATE,
    FN_TO_TIME,
    FN_TO_MILLISECONDS,
    FN_TO_SECONDS,
    FN_TO_MINUTES,
    FN_TO_HOURS,
    FN_TO_DAYS,
    FN_COUNT
};

/* Signature of an extension function; argument types 0 where there is none. */
struct cd_fn_info {
    str name;
    uint8_t n_args, args[2], result;
};
extern const struct cd_fn_info cd_fns[FN_COUNT];
/* FN_COUNT if there is none of that name */
enum cd_fn cd_fn_find(str name);
enum cd_call { CALL_OK, CALL_TYPE, CALL_EXTENSION, CALL_MEMORY };
/* CALL_EXTENSION if the text is malformed */
enum cd_call cd_ext_parse(struct arena *, enum cedar_type, str text, struct cedar_value *out);
enum cd_call cd_fn_call(struct arena *, enum cd_fn, const struct cedar_value *args,
                        struct cedar_value *out);

/* ---- syntax tree ----------------------------------------------------------------------- */

enum cd_op {
    OP_LIT, /* .lit */
    OP_VAR, /* .var */
    OP_AND, /* n-ary: args */
    OP_OR,  /* n-ary */
    OP_NOT, /* args[0] */
    OP_NEG,
    OP_IF, /* three args */
    OP_EQ, /* two args from here */
    OP_NE,
    OP_LT,
    OP_LE,
    OP_GT,
    OP_GE,
    OP_IN,
    OP_ADD,
    OP_SUB,
    OP_MUL,
    OP_CONTAINS,
    OP_CONTAINS_ALL,
    OP_CONTAINS_ANY,
    OP_HAS_TAG,
    OP_GET_TAG,
    OP_IS_EMPTY, /* one arg */
    OP_GET,      /* args[0], names[0] */
    OP_HAS,      /* args[0], names[0 … n_names-1]: `has a.b.c` */
    OP_LIKE,     /* args[0], pattern */
    OP_IS,       /* args[0], names[0] is the type; args[1] if `is T in e` */
    OP_SET,      /* n args */
    OP_RECORD,   /* n args with n names, in source order */
    OP_CALL      /* extension function .fn */
};

enum cd_var { VAR_PRINCIPAL, VAR_ACTION, VAR_RESOURCE, VAR_CONTEXT };

/* Pieces between stars: "ab*c" is {"ab", "c"}; without a star there is one piece. */
struct cd_pattern {
    uint32_t n;
    str *pieces;
};

struct cd_expr {
    uint8_t op;
    uint8_t var, fn;
    uint16_t height; /* longest path to a leaf, for the depth limit */
    uint32_t n, n_names;
    uint32_t at, end; /* bytes in the source text */
    struct cd_expr **args;
    union {
        str *names;
        struct cd_pattern *pattern;
        const struct cedar_value *lit; /* OP_LIT always; others when constant (folded) */
    };
    const struct cedar_value *folded; /* value of a constant subtree, else NULL */
};

enum cd_scope { SCOPE_ANY, SCOPE_EQ, SCOPE_IN, SCOPE_IS, SCOPE_IS_IN, SCOPE_IN_ANY };

struct cd_scope_part {
    uint8_t kind; /* enum cd_scope; SCOPE_IN_ANY for actions only */
    bool slot;    /* the entity is ?principal or ?resource */
    str type;
    uint32_t n, at, end;
    struct cedar_uid *uids;
    uint64_t type_hash;
};

struct cd_condition {
    bool unless;
    struct cd_expr *e;
};

struct cd_note {
    str key, value; /* value .p NULL: written without one, which means "" */
};

struct cd_policy {
    str id;
    bool permit, is_template;
    uint32_t file, at, end;
    uint32_t template;             /* of a link: its position + 1; else 0 */
    struct cd_scope_part scope[3]; /* by enum cd_var */
    uint32_t n_conditions, n_notes;
    struct cd_condition *conditions;
    struct cd_note *notes;
};

struct cd_index;

/* A text with the offsets at which its lines start. */
struct cd_file {
    struct cedar_source src;
    uint32_t *lines, n_lines;
};

struct cedar_set {
    struct arena *arena;
    uint32_t n, n_templates, n_files;
    struct cd_policy *policies; /* deciding ones */
    struct cd_policy *templates;
    struct cd_file *files;
    struct cd_index *index;
};

/* As cedar_parse_linked; with ids not NULL each text is one policy and has that id. */
enum err cd_parse_set(const struct cedar_source *, const str *ids, size_t n,
                      const struct cedar_link *, size_t n_links, const struct cedar_limits *,
                      struct cedar_set **out, struct fault *);

/* ---- printing (print.c) ---------------------------------------------------------------- */

void cd_print_string(struct buf *, str s, bool pattern);
void cd_print_expr(struct buf *, const struct cd_expr *);
void cd_print_policy(struct buf *, const struct cd_policy *);

/* ---- lexer (lex.c) --------------------------------------------------------------------- */

enum cd_tok {
    TOK_END,
    TOK_IDENT,
    TOK_INT,
    TOK_STRING, /* text between the quotes, escapes unread */
    TOK_SLOT,   /* ?principal: text without the mark */
    TOK_PUNCT,  /* one of ( ) { } [ ] , ; : . @ < > = ! + - * ? or two characters of them */
    TOK_BAD
};

struct cd_token {
    enum cd_tok kind;
    str text;
    uint32_t at, end; /* bytes, with quotes */
};

struct cd_lexer {
    str text;
    size_t i;
    const char *why; /* of TOK_BAD */
};

struct cd_token cd_lex(struct cd_lexer *);
/* Skips white space; comments too when asked. */
void cd_lex_blank(struct cd_lexer *, bool comments);
bool cd_is_ident(str s);    /* ANYIDENT */
bool cd_is_reserved(str s); /* cannot be an IDENT */
/* "A::B" of identifiers that are not reserved */
bool cd_is_path(str s);
/* Reads the escapes of a string literal. NULL or a message. */
extern const char *const cd_no_memory; /* that message */
const char *cd_unescape(struct arena *, str raw, str *out);
const char *cd_unescape_pattern(struct arena *, str raw, struct cd_pattern *out);

/* ---- parser (parse.c, parse_expr.c) ---------------------------------------------------- */

struct cd_parser {
    struct arena *arena;
    struct cd_lexer lex;
    struct cd_token tok, ahead;
    bool has_ahead;
    str file;
    uint32_t prev_end; /* end of the token taken last */
    unsigned depth, max_depth;
    struct fault *fault;
    enum err err; /* first failure; OK so far */
};

/* Common to policies and schemas. All stop at the first failure, which p->err keeps. */
void cd_parser_init(struct cd_parser *, struct arena *, str file, str text, unsigned max_depth,
                    struct fault *);
void cd_next(struct cd_parser *);
struct cd_token cd_peek(struct cd_parser *);
bool cd_at(const struct cd_parser *, str punct);
bool cd_at_word(const struct cd_parser *, str word);
bool cd_take(struct cd_parser *, str punct);
bool cd_take_word(struct cd_parser *, str word);
bool cd_expect(struct cd_parser *, str punct);
/* Fails at a byte offset of the text; always false. */
bool cd_fail_at(struct cd_parser *, uint32_t at, const char *fmt, ...) PRINTF(3, 4);
bool cd_fail(struct cd_parser *, const char *fmt, ...) PRINTF(2, 3); /* at the current token */
bool cd_fail_memory(struct cd_parser *);
bool cd_fail_escape(struct cd_parser *, const char *why);      /* what cd_unescape said */
void *cd_alloc(struct cd_parser *, size_t count, size_t size); /* zeroed, NULL with a failure */
bool cd_parse_string(struct cd_parser *, str *out);
/* IDENT {'::' IDENT}; canonical text without blanks */
bool cd_parse_path(struct cd_parser *, str *out);
/* path '::' STR */
bool cd_parse_uid(struct cd_parser *, struct cedar_uid *out);
bool cd_parse_annotations(struct cd_parser *, struct cd_note **out, uint32_t *out_n);
struct cd_expr *cd_parse_expr(struct cd_parser *);
/* Line, column and text of a span. */
struct cedar_place cd_place(const struct cedar_source *, uint32_t at, uint32_t end);
/* The same by the table of lines. */
struct cedar_place cd_place_in(const struct cd_file *, uint32_t at, uint32_t end);
/* Fills the table; false when the arena is exhausted. */
bool cd_find_lines(struct arena *, struct cd_file *);

/* A growing list in the arena: returns room for item n or NULL; list and room are updated. */
void *cd_grow(struct arena *, void *list, size_t n, size_t *room, size_t item);

/* ---- entities (entities.c) ------------------------------------------------------------- */

struct cedar_entity {
    struct cedar_uid uid;
    struct cedar_record attrs, tags;
    uint32_t *parents; /* positions */
    uint32_t n_parents, room_parents;
    uint32_t pos;
    bool exists;
};

struct cedar_entities {
    struct arena *arena;
    struct cedar_entity **nodes, **existing; /* all; those that were added, in that order */
    size_t n, room, n_existing, room_existing;
    uint32_t *table; /* position + 1, open addressing, power of two */
    size_t table_size;
    bool failed;
};

/* Also nodes that are only mentioned; NULL if unknown. */
const struct cedar_entity *cd_node(const struct cedar_entities *, const struct cedar_uid *);

/* An entity with all its ancestors, itself first (even if the store does not know it). */
struct cd_line {
    const struct cedar_uid **uids;
    size_t n;
};
/* false when scratch is exhausted */
bool cd_line_of(const struct cedar_entities *, const struct cedar_uid *, struct arena *scratch,
                struct cd_line *out);
static inline bool cd_line_has(const struct cd_line *l, const struct cedar_uid *u)
{
    for (size_t i = 0; i < l->n; i++) {
        if (l->uids[i]->hash == u->hash && cedar_uid_eq(l->uids[i], u))
            return true;
    }
    return false;
}

/* ---- evaluator (eval.c) ---------------------------------------------------------------- */

struct cd_eval {
    const struct cedar_entities *entities;
    const struct cedar_request *request;
    struct arena *arena;
    struct cd_line lines[3]; /* of principal, action, resource */
    const struct cedar_entity *nodes[3];
    /* of the failure, when a function below returns false */
    bool out_of_memory;
    const struct cd_expr *at;
    char message[160];
};

/* Request variables with their ancestors; false when the arena is exhausted. */
bool cd_eval_init(struct cd_eval *, const struct cedar_entities *, const struct cedar_request *,
                  struct arena *);
bool cd_eval(struct cd_eval *, const struct cd_expr *, struct cedar_value *out);
bool cd_scope_holds(const struct cd_eval *, const struct cd_scope_part *, unsigned var);
/* Whether the conditions hold; false on failure. */
bool cd_conditions_hold(struct cd_eval *, const struct cd_policy *, bool *out);
/* Evaluates without request and entities: for constants. */
bool cd_like(const struct cd_pattern *, str text);

/* ---- index over scopes (index.c) ------------------------------------------------------- */

NODISCARD enum err cd_index_build(struct cedar_set *);
/* Positions of policies whose scope may match, ascending; false without memory. */
bool cd_index_candidates(const struct cedar_set *, const struct cd_eval *, struct arena *,
                         uint32_t **out, size_t *out_n);

#endif
