#include "package/skeleton.h"

void package_skeleton_fill(struct buf *b, str text, str name, str giver)
{
    const struct {
        str mark, word;
    } marks[] = {{S("@NAME@"), name}, {S("@GIVER@"), giver}};

    for (size_t i = 0; i < text.n;) {
        size_t k = 0;
        while (k < ARRAY_LEN(marks) && !str_starts(str_sub(text, i, text.n), marks[k].mark))
            k++;
        if (k < ARRAY_LEN(marks)) {
            buf_add_str(b, marks[k].word);
            i += marks[k].mark.n;
        } else {
            buf_add_char(b, text.p[i++]);
        }
    }
}
