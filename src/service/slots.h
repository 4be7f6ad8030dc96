/* slots.h - the rules of a mission for the appointments of a service, and the slots that they make
 *
 * {"hours": [{"days": [0,1,2,3,4], "from": "09:00", "to": "12:00"}],   Sunday is 0
 *  "breaks": [{"from": "10:30", "to": "10:45"}], "counters": 2, "minutes": 20,
 *  "held": 2,           places of a day, its last ones, that officers give in urgent cases
 *  "grace": 15,         minutes after which who has not come is missed
 *  "states": ["draft"]} of the service, in which one may ask; none: all that are not an end
 *
 * Times are those of the mission's clocks; days on which it is closed have no slots.
 */
#ifndef SIFARA_SERVICE_SLOTS_H
#define SIFARA_SERVICE_SLOTS_H

#include "registry/registry.h"
#include "service/draw.h"

struct slot {
    int32_t day;
    int minute;
    int offered, counters; /* places that are drawn, and all */
};

/* Is it in order? ERR_INVALID with the pointer. */
NODISCARD enum err rule_check(const struct json *rule, struct fault *);
int rule_minutes(const struct json *rule);
int rule_counters(const struct json *rule);
int rule_grace(const struct json *rule);
/* The slots of a day into out, which has room for max, in their order; returns how many. */
size_t rule_day(const struct json *rule, int32_t day, struct slot *out, size_t max);

/* "2026-12-01T09:00" */
void slot_format(int32_t day, int minute, char out[SLOT_TEXT + 1]);
bool slot_parse(str, int32_t *out_day, int *out_minute);

#endif
