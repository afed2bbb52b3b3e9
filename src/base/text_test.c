/* Text: the growable text, likeness of names, numbers. */
#include "base/text.h"

#include "base/memory.h"
#include "testing/test.h"
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

TEST(text_grows_and_is_taken)
{
    hone_text text = {.data = NULL};
    char *taken;

    hone_internal_text_append(&text, "abc");
    hone_internal_text_format(&text, "-%d-", 12);
    hone_internal_text_append_n(&text, "xyz", 2);
    for (int i = 0; i < 1000; i++)
        hone_internal_text_append(&text, ".");
    assert_int_equal(text.length, 1009);
    taken = hone_internal_text_take(&text);
    assert_int_equal(strncmp(taken, "abc-12-xy....", 13), 0);
    assert_null(text.data);
    hone_internal_free(taken);
    taken = hone_internal_text_take(&text);
    assert_string_equal(taken, "");
    hone_internal_free(taken);
}

TEST(a_text_that_lacked_memory_says_so_when_it_is_taken)
{
    hone_text text = {.data = NULL};

    hone_internal_fail_allocations_after(0);
    hone_internal_text_append(&text, "abc");
    assert_true(text.failed);
    hone_internal_fail_allocations_after(-1);
    hone_internal_text_append(&text, "abc");
    assert_null(hone_internal_text_take(&text));
    assert_false(text.failed);
}

TEST(likeness_counts_letters_and_forgives_case)
{
    assert_int_equal(hone_internal_text_distance("relu", "relu"), 0);
    assert_int_equal(hone_internal_text_distance("rellu", "relu"), 1);
    assert_int_equal(hone_internal_text_distance("rleu", "relu"), 1);
    assert_int_equal(hone_internal_text_distance("He-Normal", "he_normal"), 0);
    assert_int_equal(hone_internal_text_distance("", "abc"), 3);
    assert_int_equal(hone_internal_text_distance("kitten", "sitting"), 3);
}

TEST(the_nearest_name_is_near_or_none)
{
    static const char *const names[] = {"units", "activation", "use_bias"};

    assert_string_equal(hone_nearest_name("unit", names, 3), "units");
    assert_string_equal(hone_nearest_name("activaton", names, 3), "activation");
    assert_string_equal(hone_nearest_name("use-bias", names, 3), "use_bias");
    assert_null(hone_nearest_name("rate", names, 3));
    assert_null(hone_nearest_name("x", names, 0));
}

TEST(class_names_become_snake_case)
{
    static const char *const pairs[][2] = {
        {"BatchNormalization", "batch_normalization"},
        {"Conv2D", "conv2d"},
        {"Conv2DTranspose", "conv2d_transpose"},
        {"SeparableConv1D", "separable_conv1d"},
        {"ReLU", "re_lu"},
        {"LeakyReLU", "leaky_re_lu"},
        {"PReLU", "p_re_lu"},
        {"ELU", "elu"},
        {"LSTM", "lstm"},
        {"SimpleRNN", "simple_rnn"},
        {"RMSNormalization", "rms_normalization"},
        {"MaxPooling2D", "max_pooling2d"},
        {"GlobalAveragePooling1D", "global_average_pooling1d"},
        {"UpSampling2D", "up_sampling2d"},
        {"ZeroPadding2D", "zero_padding2d"},
        {"SpatialDropout1D", "spatial_dropout1d"},
        {"MultiHeadAttention", "multi_head_attention"},
        {"InputLayer", "input_layer"},
        {"TimeDistributed", "time_distributed"},
        {"L1L2", "l1l2"},
        {"My.Layer-Two", "my_layer_two"},
        {"", ""},
    };

    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        char *snake = hone_internal_text_snake_case(pairs[i][0]);
        assert_string_equal(snake, pairs[i][1]);
        hone_internal_free(snake);
    }
}

TEST(case_does_not_count)
{
    assert_true(hone_internal_text_equal_nocase("Adam", "aDAM"));
    assert_false(hone_internal_text_equal_nocase("Adam", "AdamW"));
    assert_false(hone_internal_text_equal_nocase("AdamW", "Adam"));
}

static void assert_number(const char *text, bool fractions, double expected)
{
    double number = -99;

    assert_true(hone_internal_text_to_number(text, fractions, &number));
    assert_true(number == expected || (isnan(number) && isnan(expected)));
}

TEST(numbers_are_read_whole_or_not_at_all)
{
    static const char *const wrong[] = {"",    "abc", "1x", " 1",  "1 ",     "0x10", "1e",
                                        "1e+", ".",   "-",  "1,5", "nan(1)", "--1",  "1/2"};
    double number;

    assert_number("0.5", false, 0.5);
    assert_number("-1e-3", false, -1e-3);
    assert_number("+.5", false, 0.5);
    assert_number("5.", false, 5);
    assert_number("inf", false, HUGE_VAL);
    assert_number("-Infinity", false, -HUGE_VAL);
    assert_number("NaN", false, (double)NAN);
    assert_number("1/255", true, 1.0 / 255);
    assert_number("-1.5/3", true, -0.5);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(hone_internal_text_to_number(wrong[i], false, &number));
    assert_false(hone_internal_text_to_number("1/0", true, &number));
    assert_false(hone_internal_text_to_number("1/2/3", true, &number));
    assert_false(hone_internal_text_to_number("1/", true, &number));
}

TEST(texts_are_in_the_order_of_their_bytes)
{
    assert_true(hone_internal_text_order("ab", 2, "abc", 3) < 0);
    assert_true(hone_internal_text_order("b", 1, "abc", 3) > 0);
    assert_true(hone_internal_text_order("a\0b", 3, "a\0c", 3) < 0);
    assert_true(hone_internal_text_order("\xff", 1, "a", 1) > 0);
    assert_int_equal(hone_internal_text_order("", 0, "", 0), 0);
}

TEST(a_list_has_its_texts_and_no_others)
{
    static const char *const names[] = {"dense", "conv2d", NULL}, *const none[] = {NULL};
    assert_true(hone_internal_text_among("conv2d", names));
    assert_false(hone_internal_text_among("conv", names));
    assert_false(hone_internal_text_among("Dense", names));
    assert_false(hone_internal_text_among("", none));
}

TEST(integers_are_read_whole_or_not_at_all)
{
    int64_t integer = 0;

    assert_true(hone_internal_text_to_integer("-9223372036854775808", &integer));
    assert_true(integer == INT64_MIN);
    assert_true(hone_internal_text_to_integer("+12", &integer));
    assert_int_equal(integer, 12);
    assert_false(hone_internal_text_to_integer("9223372036854775808", &integer));
    assert_false(hone_internal_text_to_integer("1.0", &integer));
    assert_false(hone_internal_text_to_integer("", &integer));
    assert_false(hone_internal_text_to_integer(" 1", &integer));
    assert_false(hone_internal_text_to_integer("0x1", &integer));
}

/* What Python's repr gives. */
TEST(numbers_are_written_as_python_does)
{
    static const struct {
        double number;
        const char *text;
    } rows[] = {
        {0, "0.0"},
        {-0.0, "-0.0"},
        {1, "1.0"},
        {300, "300.0"},
        {0.1, "0.1"},
        {1e-7, "1e-07"},
        {0.0001, "0.0001"},
        {0.00001234, "1.234e-05"},
        {1e15, "1000000000000000.0"},
        {1e16, "1e+16"},
        {123456789012345680.0, "1.2345678901234568e+17"},
        {1e22, "1e+22"},
        {1.0 / 3, "0.3333333333333333"},
        {0.009999999776482582, "0.009999999776482582"},
        {5e-324, "5e-324"},
        {1.7976931348623157e308, "1.7976931348623157e+308"},
        {1234.5, "1234.5"},
        {-HUGE_VAL, "-inf"},
    };
    char text[32];

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        hone_internal_number_to_text(rows[i].number, text, sizeof text);
        assert_string_equal(text, rows[i].text);
    }
    hone_internal_number_to_text((double)NAN, text, sizeof text);
    assert_string_equal(text, "nan");
}

/* Debian's images seldom have the locale; where it is, the decimal point must stay a point. */
TEST(another_locale_changes_no_number)
{
    char text[32];
    double number;

    if (!setlocale(LC_ALL, "de_DE.UTF-8"))
        return;
    hone_internal_number_to_text(0.25, text, sizeof text);
    assert_string_equal(text, "0.25");
    assert_true(hone_internal_text_to_number("0.25", false, &number));
    assert_true(number == 0.25);
    setlocale(LC_ALL, "C");
}

TEST(bytes_and_counts_are_written_for_people)
{
    char text[32];

    hone_internal_bytes_to_text(76042 * 4, text, sizeof text);
    assert_string_equal(text, "297.04 KB");
    hone_internal_bytes_to_text(0, text, sizeof text);
    assert_string_equal(text, "0.00 B");
    hone_internal_bytes_to_text(1023, text, sizeof text);
    assert_string_equal(text, "1023.00 B");
    hone_internal_bytes_to_text(UINT64_C(5) << 30, text, sizeof text);
    assert_string_equal(text, "5.00 GB");
    hone_internal_count_to_text(235200, text, sizeof text);
    assert_string_equal(text, "235,200");
    hone_internal_count_to_text(0, text, sizeof text);
    assert_string_equal(text, "0");
    hone_internal_count_to_text(UINT64_MAX, text, sizeof text);
    assert_string_equal(text, "18,446,744,073,709,551,615");
}

/* Reads back, and with one digit fewer it does not. */
static void check_fewest_digits(double number)
{
    char text[40], fewer[40];
    int digits = 0;
    hone_internal_number_to_text(number, text, sizeof text);
    assert_true(strtod(text, NULL) == number);
    const char *letter = text + strspn(text, "-0.");
    for (; *letter != '\0' && *letter != 'e'; letter++)
        digits += *letter >= '0' && *letter <= '9';
    for (letter--; digits > 1 && (*letter == '0' || *letter == '.'); letter--)
        digits -= *letter == '0';
    if (digits < 2)
        return;
    snprintf(fewer, sizeof fewer, "%.*e", digits - 2, number);
    if (strtod(fewer, NULL) == number)
        fail_msg("%s is %s", text, fewer);
}

TEST(numbers_have_the_fewest_digits)
{
    uint64_t bits = 1;
    for (int i = 0; i < 3000; i++) {
        double number;
        bits = bits * 6364136223846793005u + 1442695040888963407u;
        memcpy(&number, &bits, sizeof number);
        if (isfinite(number))
            check_fewest_digits(number);
        check_fewest_digits((double)(float)i / 1024);
        check_fewest_digits(i / 1000.0);
        check_fewest_digits((double)(bits >> 12) * 4.9406564584124654e-324); /* subnormal */
    }
    check_fewest_digits(5e-324);
    check_fewest_digits(1.7976931348623157e308);
    check_fewest_digits(2.2250738585072014e-308);
}
