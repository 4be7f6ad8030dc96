/* overlay_fuzz.c - overlay.json of anybody over a small base
 *
 * What can be laid gives a service that loads; merged with its own base it is in conflict with
 * nothing. */
#include <assert.h>
#include <stdint.h>

#include "package/model.h"
#include "package/overlay.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct package_files base = {
        .n = 4,
        .list = {
            {S("form.json"),
             S("{\"type\":\"object\",\"additionalProperties\":false,\"properties\":"
               "{\"name\":{\"type\":\"string\"},\"phone\":{\"type\":\"string\"}}}")},
            {S("rules.json"), S("{\"eligibility\":[{\"id\":\"adult\",\"rule\":true,\"reason\":"
                                "\"title\"}],\"fee\":{\"currency\":\"EUR\",\"amount\":3}}")},
            {S("service.json"), S("{\"name\":\"visa\",\"version\":\"1.0.0\",\"giver\":\"XU\","
                                  "\"languages\":[\"en\"]}")},
            {S("words.en.json"), S("{\"title\":\"Visa\"}")},
        }};
    AUTO(arena) struct arena *a = arena_new(32 << 20);
    struct package_files over = {.n = 1};
    struct package_files out;
    struct package *p = NULL;

    over.list[0] = (struct package_file){S("overlay.json"), str_bytes(data, size)};
    struct overlay_conflicts *all = a ? arena_new_of(a, struct overlay_conflicts) : NULL;
    if (!all || size > 1 << 20 || overlay_apply(a, &base, &over, &out, NULL) != OK)
        return 0;
    enum err e = package_load(a, &out, &p, NULL);
    assert(e == OK || e == ERR_MEMORY_LIMIT);
    package_free(p);
    e = overlay_merge(a, &base, &over, &base, all, NULL);
    assert(e == ERR_MEMORY_LIMIT || (e == OK && all->n == 0));
    return 0;
}
