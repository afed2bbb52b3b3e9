/* Argument structs out of configs and of text. */
#include "testing/field_types.h"

TEST(a_config_becomes_arguments)
{
    test_dense_args *args =
        from_spec("dense(5, 'relu', rate=0.25, pool_size=2, shape=[none, 3], boundaries=[1, 2.5], "
                  "metrics=[mae], lambda=2, kernel_regularizer=l2(0.5))");

    assert_non_null(args);
    assert_int_equal(args->units, 5);
    assert_string_equal(args->activation, "relu");
    assert_int_equal(args->pool_size[0], 2);
    assert_true(args->pool_size[1] == HONE_NONE_INTEGER);
    assert_true(args->shape[0] == HONE_ANY && args->shape[1] == 3);
    assert_true(args->boundaries_list[1] == 2.5);
    assert_string_equal(args->metrics_list[0], "mae");
    assert_true(args->lambda_ == 2);
    assert_string_equal(args->kernel_regularizer, "l2(l2=0.5)");
    destroy(args);
}

TEST(mistakes_in_a_config_are_told)
{
    assert_refused("dense(unit=3)", "dense: unknown argument \"unit\"; did you mean \"units\"?");
    assert_refused("dense(units=300.0)", "dense: units must be an integer, not the number 300.0");
    assert_refused("dense(units=\"300\")", "dense: units must be an integer, not the string \"300\"");
    assert_refused("dense(1, use_bias=1)", "dense: use_bias must be true or false, not the number 1");
    assert_refused("dense(1, rate=nan)", "dense: rate is not a number");
    assert_refused("dense(1, clip=nan)", "dense: clip is not a number");
    assert_refused("dense(1, units=2)", "dense: units is given twice");
    assert_refused("dense()", "dense: units must be given");
    assert_refused("dense(1, metrics=[1])", "dense: metrics[0] must be a string, not the number 1");
    assert_refused("dense(1, pool_size=[1,1,1,1,1,1,1,1,1])",
                   "dense: pool_size must have at most 8 items, not 9");
    assert_refused("dense(1, kernel_regularizer=3)",
                   "dense: expected the name of a regularizer or a map with its class_name and config, "
                   "not the number 3");
    assert_refused("dense(1, learning_rate=exponential)", "dense: unknown schedule \"exponential\"");
}

TEST(null_in_a_config_is_none_or_the_default)
{
    test_dense_args *args =
        from_spec("dense(1, activation=none, kernel_initializer=none, clip=null, name=None, "
                  "quantization_config=null, inner=none, learning_rate=0.5)");

    assert_non_null(args);
    assert_null(args->activation);
    assert_string_equal(args->kernel_initializer, "glorot_uniform");
    assert_true(args->clip != args->clip);
    assert_false(hone_internal_object_given(args->inner));
    destroy(args);
}

TEST(mistakes_have_their_line_and_column)
{
    hone_config *arguments = parse_arguments("dense(units=0)");

    hone_internal_config_set_place(hone_internal_config_at_mutable(arguments, 0),
                                   (hone_config_place){.line = 3, .column = 5});
    assert_null(hone_internal_fields_from_config(&test_dense, arguments, NULL));
    assert_message("line 3, column 5: dense: units must be at least 1, not 0");
    hone_internal_config_free(arguments);
}

TEST(a_field_is_set_from_text)
{
    test_dense_args *args = test_dense(1);

    assert_int_equal(hone_internal_fields_set_text(&test_dense, args, "units", "12"), HONE_OK);
    assert_int_equal(hone_internal_fields_set_text(&test_dense, args, "pool_size", "3, 4"), HONE_OK);
    assert_int_equal(hone_internal_fields_set_text(&test_dense, args, "metrics", "mae,accuracy"), HONE_OK);
    assert_int_equal(hone_internal_fields_set_text(&test_dense, args, "use_bias", "false"), HONE_OK);
    assert_int_equal(hone_internal_fields_set_text(&test_dense, args, "rate", "1/4"), HONE_OK);
    assert_int_equal(hone_internal_fields_set_text(&test_dense, args, "name", "x, y"), HONE_OK);
    assert_int_equal(hone_internal_fields_set_text(&test_dense, args, "activation", "leaky_relu(0.5)"),
                     HONE_OK);
    assert_int_equal(args->units, 12);
    assert_int_equal(args->pool_size[1], 4);
    assert_string_equal(args->metrics_list[1], "accuracy");
    assert_false(args->use_bias);
    assert_true(args->rate == 0.25);
    assert_string_equal(args->name, "x, y");
    assert_string_equal(args->activation, "leaky_relu(negative_slope=0.5)");
    assert_int_equal(hone_internal_fields_set_text(&test_dense, args, "unts", "1"), HONE_ERROR_NAME);
    assert_int_equal(hone_internal_fields_set_text(&test_dense, args, "units", "0"), HONE_ERROR_ARGUMENT);
    destroy(args);
}
