/* matrix.h - policies as tables: who, action, level, conditions; docs/policy-matrices.md
 *
 * A matrix is for those who do not write Cedar: each row becomes one policy with its annotations,
 * and the policies that have this shape are read back as rows. The shape is found in the syntax
 * tree: what is read back gives the same policy again, or it is not read. Tables come as CSV
 * (RFC 4180) or as JSON: a list of objects with the same names.
 *
 * All strings of a table are in the arena or in the text it was read from.
 */
#ifndef SIFARA_POLICY_MATRIX_H
#define SIFARA_POLICY_MATRIX_H

#include "cedar/cedar.h"

enum { TABLE_COLUMNS = 16, TABLE_ROWS = 10000, TABLE_CELL = 8192 };

struct table_row {
    str cells[TABLE_COLUMNS]; /* in the order of the kind; "" where nothing is said */
    uint32_t line;            /* where it begins; in JSON the position in the list, from 0 */
};

/* Which columns there are; the first ones must be there. */
struct table_kind {
    const char *columns[TABLE_COLUMNS];
    size_t n, needed;
};
extern const struct table_kind matrix_kind; /* id, who, action, effect, title, … */
extern const struct table_kind links_kind;  /* id, template, principal, resource, title, … */

struct table {
    const struct table_kind *kind;
    str file;
    bool json;
    size_t n;
    struct table_row *rows;
};

/* Reads a table: JSON if its first character is a bracket, else CSV, parted by commas or, where the
 * header has none, by semicolons. ERR_MALFORMED_TEXT, ERR_INVALID with file, line and column name;
 * ERR_LIMIT. */
NODISCARD enum err table_read(struct arena *, const struct table_kind *, str file, str text,
                              struct table *out, struct fault *);
void table_write_csv(struct buf *, const struct table *);
void table_write_json(struct buf *, const struct table *);
/* A fault at a cell: "FILE:LINE: column \"NAME\": …", or with a JSON Pointer. */
enum err table_fault(struct fault *, const struct table *, const struct table_row *, size_t column,
                     const char *fmt, ...) PRINTF(5, 6);

/* The policies of a matrix as formatted text, in the order of the rows. ERR_INVALID with the cell
 * that cannot be understood. */
NODISCARD enum err matrix_policies(struct buf *, const struct table *, struct arena *,
                                   struct fault *);
/* The policies of a set that have the shape of a matrix, as a table, and the positions of those
 * that have not. */
NODISCARD enum err matrix_of_set(struct arena *, const struct cedar_set *, struct table *out,
                                 uint32_t **out_others, size_t *out_n_others, struct fault *);
/* The templates of a set with their slots filled, a policy for each row of a table of links, as
 * formatted text. Row's title, basis and reasons stand instead of the template's. */
NODISCARD enum err matrix_links(struct buf *, const struct table *, const struct cedar_set *,
                                struct arena *, struct fault *);

#endif
