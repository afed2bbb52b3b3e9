/* Argument structs from one list: the keyword macros, copies, configs, help. */
#include "testing/field_types.h"

TEST(keywords_overwrite_defaults)
{
    test_dense_args *args = test_dense(300, .activation = "relu", .use_bias = false, .rate = 0);

    assert_non_null(args);
    assert_int_equal(args->units, 300);
    assert_string_equal(args->activation, "relu");
    assert_false(args->use_bias);
    assert_true(args->rate == 0);
    assert_string_equal(args->kernel_initializer, "glorot_uniform");
    assert_true(args->learning_rate == 0.01);
    destroy(args);
    assert_int_equal(test_flatten(), 1);
}

TEST(calls_may_stand_in_calls)
{
    test_dense_args *args =
        both(test_dense(1, .name = "a"), both(test_input(3, 4), test_dense(2, .rate = 0.25)));

    assert_int_equal(args->units, 2);
    assert_true(args->rate == 0.25);
    destroy(args);
}

TEST(copies_are_deep)
{
    char name[] = "mine", metric[] = "mae";
    test_dense_args *args = test_dense(3, .name = name, .metrics = {metric});

    name[0] = metric[0] = '?';
    assert_string_equal(args->name, "mine");
    assert_string_equal(args->metrics_list[0], "mae");
    destroy(args);
}

TEST(an_older_callers_struct_gets_defaults)
{
    test_dense_args old = defaults;
    test_dense_args *args;

    old.base.size = offsetof(test_dense_args, learning_rate);
    old.units = 7;
    old.learning_rate = -1; /* what lies there is not theirs */
    args = create(&old);
    assert_non_null(args);
    assert_int_equal(args->units, 7);
    assert_true(args->learning_rate == 0.01);
    assert_int_equal(args->base.size, sizeof old);
    destroy(args);
    old.base.size = 0;
    assert_null(create(&old));
}

TEST(arguments_become_a_config)
{
    test_dense_args *args =
        test_dense(5, .kernel_regularizer = "l2", .pool_size = {2}, .shape = {HONE_ANY, 3});
    hone_config *config = hone_internal_fields_to_config(&test_dense, args);
    char *json = hone_internal_config_to_json(config, false);
    test_dense_args *again = hone_internal_fields_from_config(&test_dense, config, NULL);

    assert_string_equal(
        json,
        "{\"units\": 5, \"activation\": \"linear\", \"use_bias\": true, \"kernel_initializer\": {\"module\": "
        "\"keras.initializers\", \"class_name\": \"GlorotUniform\", \"config\": {\"seed\": null}, "
        "\"registered_name\": null}, \"kernel_regularizer\": {\"module\": \"keras.regularizers\", \"class_name\": "
        "\"L2\", \"config\": {\"l2\": 0.01}, \"registered_name\": null}, \"rate\": 0.5, \"clip\": null, \"axis\": -1, "
        "\"padding\": \"valid\", \"pool_size\": 2, \"shape\": [null, 3], \"boundaries\": null, \"metrics\": null, \"classes\": null, "
        "\"inner\": null, \"learning_rate\": 0.01, \"data_format\": \"channels_last\", \"lambda\": 1.0, "
        "\"name\": null}");
    assert_non_null(again);
    assert_true(hone_internal_fields_equal(&test_dense, args, again));
    again->units = 6;
    assert_false(hone_internal_fields_equal(&test_dense, args, again));
    destroy(args);
    destroy(again);
    hone_internal_free(json);
    hone_internal_config_free(config);
}

TEST(fields_are_described_for_help)
{
    hone_text text = {.data = NULL};
    const char *const lines[] = {
        "units (integer, required, at least 1): number of outputs\n",
        "rate (number, default 0.5, at least 0 and below 1)",
        "padding (string, default valid, one of valid, same, causal): at the edges\n",
        "kernel_initializer (initializer, default glorot_uniform): the kernel\n",
        "name (string, default none)"};

    assert_int_equal(hone_internal_fields_describe(&test_dense, &text), HONE_OK);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        assert_non_null(strstr(text.data, lines[i]));
    assert_null(strstr(text.data, "data_format"));
    hone_internal_text_free(&text);
}

/* Everything that allocates, with each allocation made to fail in turn: no crash, no leak. */
static void exercise(void)
{
    test_dense_args *args =
        from_spec("dense(5, 'relu', pool_size=[2], metrics=[mae], kernel_regularizer=l2(0.5), "
                  "learning_rate=cosine)");
    hone_config *config = args ? hone_internal_fields_to_config(&test_dense, args) : NULL;
    test_dense_args *again = args ? hone_internal_fields_copy(&test_dense, args) : NULL;
    char *spec = args ? hone_internal_spec_from_config("regularizer",
                                                       hone_internal_config_get(config, "kernel_regularizer"))
                      : NULL;
    hone_text text = {.data = NULL};

    if (again) {
        hone_internal_fields_set_text(&test_dense, again, "metrics", "a,b");
        hone_internal_fields_describe(&test_dense, &text);
        hone_internal_fields_equal(&test_dense, args, again);
    }
    hone_internal_text_free(&text);
    hone_internal_free(spec);
    hone_internal_config_free(config);
    destroy(again);
    destroy(args);
}

static void exercise_config(void)
{
    hone_config *arguments = NULL;
    char *name = hone_internal_spec_parse("dense(5, 'relu', a=[1, (2, x)], b=l2(0.5))", &arguments);
    void *args = name ? hone_internal_fields_from_config(&test_dense, arguments, NULL) : NULL;

    destroy(args);
    hone_internal_free(name);
    if (name)
        hone_internal_config_free(arguments);
}

TEST(survives_failing_allocations)
{
    int64_t blocks = hone_internal_blocks_in_use();
    int64_t asked;
    test_dense_args *args =
        test_dense(5, .activation = "relu", .metrics = {"a"}, .kernel_regularizer = "l2(3)");

    hone_internal_fail_allocations_after(-1);
    exercise_config();
    asked = hone_internal_fail_allocations_after(-1);
    assert_true(asked > 10);
    for (int64_t i = 0; i < asked; i++) {
        hone_internal_fail_allocations_after(i);
        exercise_config();
    }
    hone_internal_fail_allocations_after(-1);
    exercise();
    asked = hone_internal_fail_allocations_after(-1);
    for (int64_t i = 0; i < asked; i++) {
        test_dense_args *copy;
        hone_config *config;
        hone_internal_fail_allocations_after(i);
        copy = hone_internal_fields_copy(&test_dense, args);
        config = hone_internal_fields_to_config(&test_dense, args);
        hone_internal_fail_allocations_after(i);
        if (config)
            destroy(hone_internal_fields_from_config(&test_dense, config, NULL));
        hone_internal_fail_allocations_after(-1);
        hone_internal_config_free(config);
        destroy(copy);
    }
    destroy(args);
    assert_int_equal(hone_internal_blocks_in_use(), blocks);
    assert_int_equal(loaded_schedule.references, 0);
}
