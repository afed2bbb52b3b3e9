/* Schedules: Keras's rates, the ways to make one, their life inside an optimizer, and what is refused. */
#include "base/memory.h"
#include "optimizers/optimizer.h"
#include "schedules/schedule.h"
#include "testing/golden.h"
#include "testing/test.h"

#include <math.h>
#include <string.h>

static void check_case(const hone_config *file, const hone_config *example)
{
    const char *title = golden_title(file, example);
    hone_config *envelope =
        golden_envelope("keras.optimizers.schedules", hone_internal_config_get_text(file, "class"),
                        golden_get(example, "arguments"));
    hone_schedule *schedule = hone_internal_schedule_from_config(envelope);
    if (schedule == NULL)
        fail_msg("%s: %s", title, hone_error_message());
    const hone_config *steps = golden_get(example, "steps"), *values = golden_get(example, "values");
    double largest = 1e-3;
    for (size_t i = 0; i < hone_internal_config_count(values); i++)
        largest = fmax(largest, fabs(hone_internal_config_as_number(hone_internal_config_at(values, i))));
    for (size_t i = 0; i < hone_internal_config_count(steps); i++) {
        double rate = hone_schedule_rate(schedule,
                                         hone_internal_config_as_integer(hone_internal_config_at(steps, i))),
               expected = hone_internal_config_as_number(hone_internal_config_at(values, i));
        if (fabs(rate - expected) > golden_tolerance(example) * largest)
            fail_msg("%s: step %lld: expected %.9g, received %.9g", title,
                     (long long)hone_internal_config_as_integer(hone_internal_config_at(steps, i)), expected,
                     rate);
    }
    hone_schedule_free(schedule);
    hone_internal_config_free(envelope);
}

TEST(agrees_with_keras)
{
    char **names = golden_list("schedules");
    for (char **name = names; *name != NULL; name++) {
        hone_config *file = golden_open("schedules", *name);
        const hone_config *cases = golden_cases(file);
        for (size_t i = 0; i < hone_internal_config_count(cases); i++)
            check_case(file, hone_internal_config_at(cases, i));
        hone_internal_config_free(file);
    }
    golden_list_free(names);
}

static void assert_rate(hone_schedule *schedule, int64_t step, double expected)
{
    if (schedule == NULL)
        fail_msg("%s", hone_error_message());
    double rate = hone_schedule_rate(schedule, step);
    if (fabs(rate - expected) > 1e-12)
        fail_msg("step %lld: expected %.15g, received %.15g", (long long)step, expected, rate);
}

static double halves(int64_t step, void *context)
{
    *(int *)context += 1;
    return 1 / (double)(step + 1);
}

TEST(are_made_by_calls)
{
    hone_schedule *schedule = hone_cosine_decay(0.1, 1000);
    assert_rate(schedule, 500, 0.05);
    hone_schedule_free(schedule);
    schedule = hone_cosine_decay(0, 100, .warmup_target = 0.5, .warmup_steps = 10);
    assert_rate(schedule, 5, 0.25);
    assert_rate(schedule, 10, 0.5);
    assert_rate(schedule, 110, 0);
    hone_schedule_free(schedule);
    schedule = hone_exponential_decay(1, 10, 0.5, .staircase = true);
    assert_rate(schedule, 19, 0.5);
    hone_schedule_free(schedule);
    schedule = hone_inverse_time_decay(1, 10, 1);
    assert_rate(schedule, 10, 0.5);
    hone_schedule_free(schedule);
    schedule = hone_polynomial_decay(1, 10, .end_learning_rate = 0);
    assert_rate(schedule, 5, 0.5);
    hone_schedule_free(schedule);
    schedule = hone_piecewise_constant_decay(.boundaries = {2, 4}, .values = {1, 0.5, 0.25});
    assert_rate(schedule, 2, 1);
    assert_rate(schedule, 3, 0.5);
    assert_rate(schedule, 5, 0.25);
    hone_schedule_free(schedule);
    schedule = hone_piecewise_constant_decay(.boundaries = {2}, HONE_NUMBERS(values, 1, 0));
    assert_rate(schedule, 3, 0);
    hone_schedule_free(schedule);
    int calls = 0;
    schedule = hone_function_schedule(halves, &calls);
    assert_rate(schedule, 1, 0.5);
    assert_int_equal(calls, 1);
    hone_schedule_free(schedule);
}

/* At its beginning each decay has its full rate, whatever rounding does to the logarithm. */
TEST(restarts_are_exact)
{
    for (int first = 1; first < 40; first++) {
        hone_schedule *schedule = hone_cosine_decay_restarts(1, first, .m_mul = 0.5);
        int64_t begin = 0, length = first;
        for (double height = 1; begin < 100000; height *= 0.5) {
            if (fabs(hone_schedule_rate(schedule, begin) - height) > 1e-9 * height)
                fail_msg("first %d, step %lld: %.12g", first, (long long)begin,
                         hone_schedule_rate(schedule, begin));
            begin += length;
            length *= 2;
        }
        hone_schedule_free(schedule);
    }
}

TEST(one_cycle_goes_up_and_down)
{
    for (int linear = 0; linear < 2; linear++) {
        hone_schedule *schedule = hone_one_cycle(1, 101, .rise = 0.3, .initial_factor = 10,
                                                 .final_factor = 100, .curve = linear ? "linear" : "cos");
        assert_rate(schedule, 0, 0.1);
        assert_rate(schedule, 15, 0.55);
        assert_rate(schedule, 30, 1);
        assert_rate(schedule, 65, (1 + 0.001) / 2);
        assert_rate(schedule, 100, 0.001);
        assert_rate(schedule, 5000, 0.001);
        for (int64_t step = 0; step < 100; step++) {
            bool rises = hone_schedule_rate(schedule, step + 1) > hone_schedule_rate(schedule, step);
            assert_int_equal(rises, step < 30);
        }
        hone_schedule_free(schedule);
    }
}

/* ---- inside an optimizer ---- */

TEST(an_optimizer_takes_one_over)
{
    int64_t before = hone_internal_blocks_in_use();
    hone_optimizer *optimizer = hone_adam(.learning_rate_schedule = hone_exponential_decay(0.1, 10, 0.5));
    assert_non_null(optimizer);
    assert_true(hone_optimizer_learning_rate(optimizer) == 0.1);
    assert_int_equal(hone_optimizer_set_learning_rate(optimizer, 0.5), HONE_ERROR_STATE);
    hone_config *config = hone_internal_optimizer_to_config(optimizer);
    const hone_config *rate =
        hone_internal_config_get(hone_internal_config_get(config, "config"), "learning_rate");
    assert_string_equal(hone_internal_config_get_text(rate, "class_name"), "ExponentialDecay");
    assert_string_equal(hone_internal_config_get_text(rate, "module"), "keras.optimizers.schedules");
    hone_optimizer *again = hone_internal_optimizer_from_config(config);
    assert_non_null(again);
    again->iterations = 10;
    assert_true(fabs(hone_optimizer_learning_rate(again) - 0.05) < 1e-12);
    hone_internal_config_free(config);
    hone_optimizer_free(optimizer);
    hone_optimizer_free(again);
    hone_error_clear();
    assert_int_equal(hone_internal_blocks_in_use(), before);
}

/* One schedule, one reference each, in two optimizers. */
TEST(may_be_shared)
{
    int64_t before = hone_internal_blocks_in_use();
    hone_schedule *schedule = hone_cosine_decay(0.1, 100);
    hone_optimizer *first = hone_sgd(.learning_rate_schedule = hone_schedule_retain(schedule));
    hone_optimizer *second = hone_adam(.learning_rate_schedule = schedule);
    hone_optimizer_free(first);
    assert_true(hone_optimizer_learning_rate(second) == 0.1);
    hone_optimizer_free(second);
    assert_int_equal(hone_internal_blocks_in_use(), before);
}

TEST(a_function_cannot_be_saved)
{
    int calls = 0;
    hone_optimizer *optimizer = hone_sgd(.learning_rate_schedule = hone_function_schedule(halves, &calls));
    assert_true(hone_optimizer_learning_rate(optimizer) == 1);
    assert_null(hone_internal_optimizer_to_config(optimizer));
    assert_int_equal(hone_error_status(), HONE_ERROR_UNSUPPORTED);
    assert_non_null(strstr(hone_error_message(), "custom function"));
    hone_error_clear();
    hone_optimizer_free(optimizer);
}

/* ---- refusals ---- */

static void refused(const char *text, const char *sentence)
{
    hone_schedule *schedule = hone_schedule_from_text(text);
    if (schedule != NULL || strstr(hone_error_message(), sentence) == NULL)
        fail_msg("%s: \"%s\"", text, hone_error_message());
    hone_error_clear();
}

TEST(refuses_wrong_names_and_arguments)
{
    int64_t before = hone_internal_blocks_in_use();
    refused("cosine_decai(0.1, 10)", "cosine_decay");
    refused("exponential_decay(0.1)", "decay_steps must be given");
    refused("cosine_decay(0.1, 0)", "decay_steps must be above 0");
    refused("piecewise_constant_decay([1, 2], [0.1, 0.2])", "one more item");
    refused("piecewise_constant_decay([2, 2], [0.1, 0.2, 0.3])", "increase");
    refused("none", "expected a schedule");
    refused("one_cycle(0.1, 100, curve=step)", "\"cos\" or \"linear\"");
    assert_null(hone_adam(.learning_rate_schedule = hone_schedule_from_text("exponential_decay(0.1)")));
    assert_non_null(strstr(hone_error_message(), "decay_steps"));
    hone_error_clear();
    assert_int_equal(hone_internal_blocks_in_use(), before);
}

/* Its length is left to a fit: until then the rate of step 0. */
static const struct {
    const char *name, *text;
    double first, last;
} open_schedules[] = {{"cosine", "cosine_decay(0.1)", 0.1, 0},
                      {"polynomial", "polynomial_decay(0.1)", 0.1, 0.0001},
                      {"one cycle", "one_cycle(0.1)", 0.004, 0.004 / 1e4}};

TEST_EACH(a_length_may_be_left_to_the_fit, open_schedules)
{
    hone_schedule *schedule = hone_schedule_from_text(row->text);
    assert_non_null(schedule);
    assert_true(hone_internal_schedule_is_open(schedule));
    assert_true(fabs(hone_schedule_rate(schedule, 0) - row->first) < 1e-12);
    assert_true(fabs(hone_schedule_rate(schedule, 70) - row->first) < 1e-12);
    hone_internal_schedule_set_length(schedule, 100);
    assert_false(hone_internal_schedule_is_open(schedule));
    assert_true(fabs(hone_schedule_rate(schedule, 100) - row->last) < 1e-9);
    assert_true(hone_schedule_rate(schedule, 80) > row->last);
    hone_schedule_free(schedule);
}
