/* The schedule object. */
#include "schedules/schedule.h"
#include "base/memory.h"
#include "fields/fields.h"
#include "testing/test.h"

#include <string.h>

static double tenth(int64_t step, void *context)
{
    return *(const double *)context / (double)(step + 1);
}

TEST(a_function_is_a_schedule_with_its_context)
{
    double start = 0.5;
    hone_schedule *schedule = hone_function_schedule(tenth, &start);
    assert_true(hone_schedule_rate(schedule, 0) == 0.5);
    assert_true(hone_schedule_rate(schedule, 4) == 0.1);
    hone_schedule_free(schedule);
}

TEST(counts_its_references)
{
    int64_t before = hone_internal_blocks_in_use();
    hone_schedule *schedule = hone_schedule_from_text("exponential_decay(0.5, 1, 0.5)");
    assert_non_null(schedule);
    assert_ptr_equal(hone_schedule_retain(schedule), schedule);
    hone_schedule_free(schedule);
    assert_true(hone_schedule_rate(schedule, 1) == 0.25);
    hone_schedule_free(schedule);
    hone_schedule_free(NULL);
    assert_null(hone_schedule_retain(NULL));
    assert_int_equal(hone_internal_blocks_in_use(), before);
}

TEST(refuses_what_is_no_schedule)
{
    static const struct {
        const char *text, *words;
    } rows[] = {{"none", "expected a schedule"},
                {"exponental_decay(0.1, 1, 0.5)", "did you mean \"exponential_decay\""},
                {"exponential_decay", "initial_learning_rate"},
                {"exponential_decay(0.1, 0, 0.5)", "decay_steps"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_null(hone_schedule_from_text(rows[i].text));
        if (strstr(hone_error_message(), rows[i].words) == NULL)
            fail_msg("%s: \"%s\"", rows[i].text, hone_error_message());
    }
    assert_null(hone_schedule_from_text(NULL));
}

TEST(a_call_that_fails_says_where_it_stands)
{
    assert_null(hone_exponential_decay(0.1, -1, 0.5));
    assert_non_null(strstr(hone_error_message(), "schedule_test.c"));
    assert_non_null(strstr(hone_error_message(), "exponential_decay"));
}

TEST(survives_failing_allocations)
{
    int64_t before = hone_internal_blocks_in_use();
    hone_schedule *schedule = NULL;
    for (int64_t n = 0; schedule == NULL && n < 1000; n++) {
        hone_internal_fail_allocations_after(n);
        schedule = hone_schedule_from_text("piecewise_constant_decay([4, 9], [0.1, 0.05, 0.01])");
        hone_internal_fail_allocations_after(-1);
        if (schedule == NULL)
            assert_int_equal(hone_error_status(), HONE_ERROR_MEMORY);
    }
    assert_non_null(schedule);
    hone_schedule_free(schedule);
    assert_int_equal(hone_internal_blocks_in_use(), before);
}
