/* every state × event, against a table written by hand */
#include "service/case_states.h"

#include "base/testing.h"

#define NONE CASE_STATE_COUNT

/* A row for each state; the columns are the events in this order:
 * submit take release ask answer propose return approve refuse sealed spoilt withdraw */
static const enum case_state expected[CASE_STATE_COUNT][CASE_EVENT_COUNT] = {
    [CASE_DRAFT] = {CASE_FILED, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE,
                    CASE_WITHDRAWN},
    [CASE_FILED] = {NONE, CASE_EXAMINED, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE,
                    CASE_WITHDRAWN},
    [CASE_EXAMINED] = {NONE, NONE, CASE_FILED, CASE_CORRECTION, NONE, CASE_PROPOSED, NONE, NONE,
                       NONE, NONE, NONE, CASE_WITHDRAWN},
    [CASE_CORRECTION] = {NONE, NONE, NONE, NONE, CASE_EXAMINED, NONE, NONE, NONE, NONE, NONE, NONE,
                         CASE_WITHDRAWN},
    [CASE_PROPOSED] = {NONE, NONE, NONE, NONE, NONE, NONE, CASE_EXAMINED, CASE_ISSUING,
                       CASE_REFUSED, NONE, NONE, NONE},
    [CASE_ISSUING] = {NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, CASE_ISSUED,
                      CASE_EXAMINED, NONE},
    [CASE_ISSUED] = {NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE},
    [CASE_REFUSED] = {NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE},
    [CASE_WITHDRAWN] = {NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE},
};

static void test_every_pair(void **state)
{
    unsigned moves = 0, refusals = 0;

    (void)state;
    for (unsigned s = 0; s < CASE_STATE_COUNT; s++)
        for (unsigned e = 0; e < CASE_EVENT_COUNT; e++) {
            enum case_state to = NONE;
            struct fault f = {0};
            enum err err = case_next((enum case_state)s, (enum case_event)e, &to, &f);
            if (to != expected[s][e])
                fail_msg("%s + %s", case_state_name((enum case_state)s),
                         case_event_name((enum case_event)e));
            assert_int_equal(err, to == NONE ? ERR_CONFLICT : OK);
            if (err == OK)
                moves++;
            else
                refusals++;
            /* the sentence names both */
            if (err != OK)
                assert_true(strstr(f.detail, case_state_name((enum case_state)s)) &&
                            strstr(f.detail, case_event_name((enum case_event)e)));
        }
    print_message("%u moves, %u refusals\n", moves, refusals);
    assert_int_equal(moves + refusals, CASE_STATE_COUNT * CASE_EVENT_COUNT);
    assert_int_equal(moves, 15);
}

static void test_names(void **state)
{
    enum case_state s;

    (void)state;
    for (unsigned i = 0; i < CASE_STATE_COUNT; i++) {
        assert_true(case_state_parse(str_of(case_state_name((enum case_state)i)), &s));
        assert_int_equal(s, i);
        for (unsigned k = 0; k < i; k++)
            assert_string_not_equal(case_state_name((enum case_state)i),
                                    case_state_name((enum case_state)k));
    }
    for (unsigned i = 0; i < CASE_EVENT_COUNT; i++)
        for (unsigned k = 0; k < i; k++)
            assert_string_not_equal(case_event_name((enum case_event)i),
                                    case_event_name((enum case_event)k));
    assert_false(case_state_parse(S("Draft"), &s));
    assert_false(case_state_parse(S(""), &s));
}

/* Each state can be reached from a draft; from each that is not an end, an end can be reached. */
static void test_reachable(void **state)
{
    bool reached[CASE_STATE_COUNT] = {[CASE_DRAFT] = true}, ends[CASE_STATE_COUNT] = {0};

    (void)state;
    ends[CASE_ISSUED] = ends[CASE_REFUSED] = ends[CASE_WITHDRAWN] = true;
    for (unsigned round = 0; round < CASE_STATE_COUNT; round++)
        for (unsigned s = 0; s < CASE_STATE_COUNT; s++)
            for (unsigned e = 0; e < CASE_EVENT_COUNT; e++) {
                enum case_state to;
                if (case_next((enum case_state)s, (enum case_event)e, &to, NULL) != OK)
                    continue;
                reached[to] |= reached[s];
                ends[s] |= ends[to];
            }
    for (unsigned s = 0; s < CASE_STATE_COUNT; s++)
        assert_true(reached[s] && ends[s]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_pair),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_reachable),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
