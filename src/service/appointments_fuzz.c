/* appointments_fuzz.c - rules of hours and published draws of anybody
 *
 * A rule that is in order makes slots that lie one after the other, within the day, none offering
 * more than its counters; a draw that is right names as many as asked. */
#include <assert.h>

#include "service/slots.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { SLOTS = 300 };

static bool sane(const struct json *rule)
{
    return rule_minutes(rule) >= 5 && rule_minutes(rule) <= 240 && rule_counters(rule) >= 1 &&
           rule_counters(rule) <= 20;
}

static void try_rule(const struct json *rule)
{
    struct slot slots[SLOTS];

    if (rule_check(rule, NULL) != OK || !sane(rule))
        return; /* the schema refuses the rest */
    for (int32_t day = 20000; day < 20007; day++) {
        size_t n = rule_day(rule, day, slots, SLOTS);
        for (size_t i = 0; i < n; i++) {
            assert(slots[i].minute >= 0 && slots[i].minute + rule_minutes(rule) <= 24 * 60);
            assert(slots[i].offered <= slots[i].counters);
            assert(!i || slots[i - 1].minute + rule_minutes(rule) <= slots[i].minute);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO(arena) struct arena *a = arena_new(64 << 20);
    struct draw_told told;
    struct json *j;

    assert(a);
    if (json_parse(a, str_bytes(data, size), NULL, &j, NULL) != OK)
        return 0;
    try_rule(j);
    if (draw_check(a, j, &told, NULL) == OK)
        assert(told.served <= told.asks);
    return 0;
}
