/* Objects as arguments: shared, failed before, standing in for a number. */
#include "testing/field_types.h"

TEST(objects_are_shared)
{
    hone_layer layer = {.references = 1};
    hone_schedule schedule = {.references = 1};
    test_dense_args *args = test_dense(3, .inner = &layer, .learning_rate_schedule = &schedule);

    assert_non_null(args);
    assert_int_equal(layer.references, 2);
    assert_int_equal(schedule.references, 2);
    destroy(args);
    assert_int_equal(layer.references, 1);
    assert_int_equal(schedule.references, 1);
}

TEST(a_null_object_is_an_earlier_failure)
{
    hone_fail(HONE_ERROR_ARGUMENT, "the first failure");
    assert_null(test_dense(3, .learning_rate_schedule = NULL));
    assert_message("the first failure");
}

TEST(a_schedule_stands_under_the_numbers_key)
{
    test_dense_args *args = from_spec("dense(1, learning_rate=cosine_decay(0.1, 1000))");
    hone_config *config;
    const char *class_name;

    assert_non_null(args);
    assert_ptr_equal(args->learning_rate_schedule, &loaded_schedule);
    assert_true(args->learning_rate == 0.01);
    config = hone_internal_fields_to_config(&test_dense, args);
    class_name =
        hone_internal_config_get_text(hone_internal_config_get(config, "learning_rate"), "class_name");
    assert_string_equal(class_name, "CosineDecay");
    assert_null(hone_internal_config_get(config, "learning_rate_schedule"));
    hone_internal_config_free(config);
    assert_int_equal(hone_internal_fields_set_text(&test_dense, args, "learning_rate", "0.25"), HONE_OK);
    assert_false(hone_internal_object_given(args->learning_rate_schedule));
    assert_true(args->learning_rate == 0.25);
    destroy(args);
    assert_int_equal(loaded_schedule.references, 0);
}
