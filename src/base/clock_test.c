/* A clock that only goes forward. */
#include "base/clock.h"
#include "testing/test.h"

#include <time.h>

TEST(never_goes_back)
{
    int64_t last = hone_internal_nanoseconds();
    for (int i = 0; i < 100000; i++) {
        int64_t now = hone_internal_nanoseconds();
        assert_true(now >= last);
        last = now;
    }
}

TEST(counts_nanoseconds_and_seconds_alike)
{
    int64_t before = hone_internal_nanoseconds();
    double now = hone_internal_now();
    int64_t after = hone_internal_nanoseconds();
    assert_true(now >= (double)before * 1e-9 && now <= (double)after * 1e-9);
}

TEST(a_sleep_takes_its_time)
{
    int64_t before = hone_internal_nanoseconds();
    nanosleep(&(struct timespec){.tv_nsec = 3000000}, NULL);
    assert_true(hone_internal_nanoseconds() - before >= 3000000);
}
