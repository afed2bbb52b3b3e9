/* Loss scaling as files have it: the scale doubles after so many training steps. */
#include "optimizers/optimizer.h"
#include "testing/test.h"

#include <hone/hone.h>

static const struct {
    const char *name;
    int64_t iterations;
    int32_t counter;
    float scale;
} steps[] = {
    {"none", 0, 0, 16},
    {"as many as the settings say but one", 2, 2, 16},
    {"as many as the settings say", 3, 0, 32},
    {"a few times as many", 10, 1, 128},
    {"no scale beyond the floats", 3000, 0, 0x1p120f},
    {"more steps than can be gone through", INT64_C(3) << 60, 0, 0x1p120f},
};

TEST_EACH(the_scale_doubles, steps)
{
    hone_optimizer *optimizer = hone_sgd();
    hone_config *settings = hone_internal_config_map();
    assert_non_null(settings);
    assert_true(hone_internal_config_set(settings, "initial_scale", hone_internal_config_number(16)) >= 0);
    assert_true(hone_internal_config_set(settings, "dynamic_growth_steps", hone_internal_config_integer(3)) >=
                0);
    hone_internal_optimizer_scale(optimizer, settings);
    optimizer->iterations = row->iterations;
    int32_t counter;
    float scale;
    hone_internal_optimizer_scaling_now(optimizer, &counter, &scale);
    assert_int_equal(counter, row->counter);
    assert_float_equal(scale, row->scale, 0);
    hone_optimizer_free(optimizer);
}

TEST(without_settings_it_is_as_the_policy_begins)
{
    hone_optimizer *optimizer = hone_sgd();
    hone_internal_optimizer_scale(optimizer, NULL);
    int32_t counter;
    float scale;
    hone_internal_optimizer_scaling_now(optimizer, &counter, &scale);
    assert_int_equal(counter, 0);
    assert_float_equal(scale, 32768, 0);
    hone_optimizer_free(optimizer);
}
