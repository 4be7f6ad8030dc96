/* operators.c - the table of operators: a name, what runs, how it takes its arguments */
#include "rules/rules_int.h"

static const struct op ops[] = {
    /* data */
    {"var", op_var, LIST},
    {"val", op_val, LIST},
    {"exists", op_exists, LIST},
    {"missing", op_missing, LIST},
    {"missing_some", op_missing_some, LIST},
    {"preserve", op_preserve, RAW},
    /* logic */
    {"if", op_if, LITERAL},
    {"?:", op_if, LITERAL},
    {"and", op_and, LITERAL},
    {"or", op_or, LITERAL},
    {"!", op_not, ONE},
    {"!!", op_truth, ONE},
    {"??", op_coalesce, ONE},
    {"try", op_try, ONE},
    {"throw", op_throw, ONE},
    {"log", op_log, ONE},
    /* comparison */
    {"==", op_equal, LITERAL},
    {"!=", op_unequal, LITERAL},
    {"===", op_strict_equal, LITERAL},
    {"!==", op_strict_unequal, LITERAL},
    {"<", op_less, LITERAL},
    {"<=", op_less_equal, LITERAL},
    {">", op_greater, LITERAL},
    {">=", op_greater_equal, LITERAL},
    /* numbers */
    {"+", op_number, LIST, number_add},
    {"-", op_number, LIST, number_subtract},
    {"*", op_number, LIST, number_multiply},
    {"/", op_number, LIST, number_divide},
    {"%", op_number, LIST, number_remainder},
    {"max", op_number, LIST, number_max},
    {"min", op_number, LIST, number_min},
    /* lists */
    {"map", op_map, LITERAL},
    {"filter", op_filter, LITERAL},
    {"reduce", op_reduce, LITERAL},
    {"all", op_all, LITERAL},
    {"some", op_some, LITERAL},
    {"none", op_none, LITERAL},
    {"merge", op_merge, LIST},
    /* text */
    {"in", op_in, LIST},
    {"cat", op_cat, LIST},
    {"substr", op_substr, LIST},
    {"length", op_length, ONE},
    /* ours */
    {"sifara.round", op_number, LIST, number_round},
    {"sifara.age", op_age, LIST},
    {"sifara.date-add", op_date_add, LIST},
};

const struct op *op_find(str name)
{
    for (size_t i = 0; i < ARRAY_LEN(ops); i++)
        if (str_eq(name, str_of(ops[i].name)))
            return &ops[i];
    return NULL;
}
