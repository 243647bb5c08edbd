/* clock_test.c: the clock goes on, in seconds. */
#include "support.h"

#include <time.h>

static void test_seconds(void **state)
{
    (void)state;
    static const struct timespec nap = {0, 50000000};
    double start = qry_seconds(), last = start;
    for (int i = 0; i < 100000; i++) {
        double time = qry_seconds();
        assert_true(time >= last);
        last = time;
    }
    last = qry_seconds();
    nanosleep(&nap, NULL);
    double slept = qry_seconds() - last;
    assert_true(slept >= 0.049 && slept < 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_seconds)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
