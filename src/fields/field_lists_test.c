/* Lists of any length as arguments: in braces, by pointer, out of configs. */
#include "testing/field_types.h"

TEST(lists_in_braces_are_taken_whole)
{
    test_dense_args *args = test_input(28, 28, .name = "image");

    assert_non_null(args);
    assert_int_equal(args->shape[0], 28);
    assert_int_equal(args->shape[1], 28);
    assert_true(args->shape[2] == HONE_NONE_INTEGER);
    assert_string_equal(args->name, "image");
    destroy(args);
    args = test_dense(2, .metrics = {"accuracy", "mae"}, .boundaries = {1, 2.5});
    assert_string_equal(args->metrics_list[1], "mae");
    assert_int_equal(args->metrics_count, 2);
    assert_true(args->boundaries_list[1] == 2.5 && args->boundaries_count == 2);
    destroy(args);
}

/* In braces zeros at the end do not count, but the first item; HONE_NUMBERS and its kin are exact. */
TEST(lists_end_at_their_mark_or_zeros)
{
    test_dense_args *args = test_dense(2, .boundaries = {0}, .classes = {0, 1});

    assert_int_equal(args->boundaries_count, 1);
    assert_int_equal(args->classes_count, 2);
    assert_int_equal(args->metrics_count, 0);
    destroy(args);
    args = test_dense(2, .boundaries = {1, 0, 0}, .classes = {3, 0});
    assert_int_equal(args->boundaries_count, 1);
    assert_int_equal(args->classes_count, 1);
    destroy(args);
    args = test_dense(2, HONE_NUMBERS(boundaries, 1, 0, 0), HONE_IDS(classes, 3, 0),
                      HONE_TEXTS(metrics, "a", "b"));
    assert_int_equal(args->boundaries_count, 3);
    assert_int_equal(args->classes_count, 2);
    assert_string_equal(args->metrics_list[1], "b");
    destroy(args);
    args = test_dense(2, .boundaries = {1, 0, HONE_NONE, 5}, .classes = {3, 0, HONE_NONE_INTEGER});
    assert_int_equal(args->boundaries_count, 2);
    assert_int_equal(args->classes_count, 2);
    destroy(args);
    assert_null(test_dense(2, HONE_NUMBERS(boundaries, 1, NAN)));
    assert_sentence(NULL, "dense: boundaries[1] is not a number");
    assert_null(test_dense(2, HONE_TEXTS(metrics, "a", NULL)));
    assert_sentence(NULL, "dense: metrics[1] is NULL");
    assert_null(test_dense(2, HONE_IDS(classes, 1, -2)));
    assert_sentence(NULL, "dense: classes[1] must be at least 0, not -2");
}

enum { MANY = 1000 };

/* 1,000 of each: copied, compared, written and read back. */
TEST(lists_longer_than_braces_hold_come_by_pointer)
{
    double numbers[MANY];
    int64_t ids[MANY];
    const char *texts[MANY];
    test_dense_args *args, *again;
    hone_config *config;

    for (int i = 0; i < MANY; i++) {
        numbers[i] = i % 7 - 0.5;
        ids[i] = i;
        texts[i] = i % 2 ? "odd" : "even";
    }
    args = test_dense(2, .boundaries_list = numbers, .boundaries_count = MANY, .classes_list = ids,
                      .classes_count = MANY, .metrics_list = texts, .metrics_count = MANY);
    assert_non_null(args);
    numbers[MANY - 1] = 9;
    config = hone_internal_fields_to_config(&test_dense, args);
    again = hone_internal_fields_from_config(&test_dense, config, NULL);
    hone_internal_config_free(config);
    assert_true(hone_internal_fields_equal(&test_dense, args, again));
    assert_int_equal(again->boundaries_count, MANY);
    assert_true(again->boundaries_list[MANY - 1] == (MANY - 1) % 7 - 0.5);
    assert_int_equal(again->classes_list[MANY - 1], MANY - 1);
    assert_string_equal(again->metrics_list[MANY - 1], "odd");
    assert_int_equal(hone_internal_fields_set_text(&test_dense, again, "classes", "1, 2"), HONE_OK);
    assert_false(hone_internal_fields_equal(&test_dense, args, again));
    destroy(again);
    destroy(args);
}

/* {"class_name": "__numpy__", "config": {"value": [0.5, 2]}} */
TEST(an_array_of_a_file_is_a_list)
{
    hone_config *given = parse_arguments("dense(units=2)"), *array = hone_internal_config_map(),
                *inside = hone_internal_config_map(), *numbers = hone_internal_config_list();
    hone_internal_config_append(numbers, hone_internal_config_number(0.5));
    hone_internal_config_append(numbers, hone_internal_config_number(2));
    hone_internal_config_set(inside, "value", numbers);
    hone_internal_config_set(array, "class_name", hone_internal_config_text("__numpy__"));
    hone_internal_config_set(array, "config", inside);
    hone_internal_config_set(given, "boundaries", array);
    test_dense_args *args = hone_internal_fields_from_config(&test_dense, given, NULL);
    assert_non_null(args);
    assert_int_equal(args->boundaries_count, 2);
    assert_true(args->boundaries_list[1] == 2);
    destroy(args);
    hone_internal_config_free(given);
}
