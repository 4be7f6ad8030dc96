/* check_workflow.c - workflow.json within its package: rules, words and art
 *
 * What the document says by itself is workflow_inspect's. */
#include <stdio.h>

#include "package/check_int.h"
#include "package/workflow.h"

static void tell(void *context, const char *pointer, const char *remedy, const char *what)
{
    check_add(context, S("workflow.json"), str_of(pointer), remedy, "%s", what);
}

static void check_document(struct check *c, const char *at, str art)
{
    if (package_file(c->files, art))
        return;
    if (c->workflow)
        check_add(c, S("workflow.json"), str_of(at), "add the file, or correct its name",
                  "there is no art \"%.*s\"", STR_FMT(art));
    else
        check_add(c, S("template.svg"), S(""), "draw it, or write a workflow.json that issues none",
                  "an approval issues template.svg, which is missing");
}

/* Calls for every row with its pointer. */
void check_each_row(struct check *c,
                    void (*visit)(struct check *, void *, const char *at, const struct json *row),
                    void *context)
{
    const struct json *states = json_get(c->workflow, S("states"));
    char at[64];

    for (size_t i = 0; json_at(states, i); i++) {
        const struct json *on = json_get(json_at(states, i), S("on"));
        for (size_t k = 0; json_at(on, k); k++) {
            snprintf(at, sizeof at, "/states/%zu/on/%zu", i, k);
            visit(c, context, at, json_at(on, k));
        }
    }
}

static void check_row(struct check *c, void *context, const char *at, const struct json *row)
{
    str art = json_get_str(row, S("document"));
    char pointer[80];

    (void)context;
    snprintf(pointer, sizeof pointer, "%s/document", at);
    if (art.n)
        check_document(c, pointer, art);
    snprintf(pointer, sizeof pointer, "%s/when", at);
    check_rule(c, "workflow.json", pointer, json_get(row, S("when")));
}

void check_workflow(struct check *c)
{
    if (!package_file(c->files, S("workflow.json"))) {
        check_document(c, "", S("template.svg"));
        return;
    }
    if (!c->workflow)
        return; /* it could not be read, which is told */
    workflow_inspect(c->workflow, tell, c);
    check_each_row(c, check_row, NULL);
}
