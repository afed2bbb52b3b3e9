/* The progress bar's exact text, against what Keras prints. */
#include "terminal/progress.h"

#include "base/memory.h"
#include "testing/test.h"
#include <math.h>
#include <string.h>

static char written[65536];
static size_t written_length;

static void keep(void *context, const char *text, size_t length)
{
    (void)context;
    assert_true(written_length + length < sizeof written);
    memcpy(written + written_length, text, length);
    written_length += length;
    written[written_length] = '\0';
}

static hone_progress start(int verbose, bool terminal, int64_t target)
{
    written_length = 0;
    written[0] = '\0';
    hone_progress progress = {.output = keep, .verbose = verbose, .terminal = terminal};
    hone_internal_progress_begin(&progress, target, 100);
    return progress;
}

static void update(hone_progress *progress, int64_t step, double seconds, double accuracy, double loss)
{
    hone_progress_value values[] = {{"accuracy", accuracy}, {"loss", loss}};
    assert_int_equal(hone_internal_progress_update(progress, step, 100 + seconds, values, 2), HONE_OK);
}

static void finish(hone_progress *progress, int64_t step, double seconds, const hone_progress_value *values,
                   size_t count)
{
    assert_int_equal(hone_internal_progress_finish(progress, step, 100 + seconds, values, count), HONE_OK);
    hone_internal_progress_free(progress);
}

static const hone_progress_value last_values[] = {
    {"accuracy", 0.8533}, {"loss", 0.4958}, {"val_accuracy", 0.9312}, {"val_loss", 0.238}};

TEST(writes_one_line_per_epoch)
{
    hone_progress progress = start(2, false, 2);
    const hone_progress_value values[] = {
        {"accuracy", 0.5179}, {"loss", 0.6848}, {"val_accuracy", 0.5}, {"val_loss", 0.674}};
    hone_internal_progress_heading(&progress, 0, 2);
    update(&progress, 1, 0.1, 0.5, 0.7);
    update(&progress, 2, 0.103, 0.5179, 0.6848);
    finish(&progress, 2, 0.103, values, 4);
    assert_string_equal(written, "Epoch 1/2\n2/2 - 0s - 3ms/step - accuracy: 0.5179 - loss: 0.6848 - "
                                 "val_accuracy: 0.5000 - val_loss: 0.6740\n");
}

TEST(evaluating_has_its_own_line)
{
    const hone_progress_value values[] = {{"loss", 0.7772}, {"mae", -0.7243}, {"zero", 0}, {"edge", 0.001}};
    hone_progress progress = start(2, false, 1);
    hone_internal_progress_heading(&progress, 0, 1);
    finish(&progress, 1, 0.002, values, 4);
    assert_string_equal(written, "1/1 - 0s - 2ms/step - loss: 0.7772 - mae: -0.7243 - zero: 0.0000e+00 - "
                                 "edge: 1.0000e-03\n");
    progress = start(2, false, 1);
    finish(&progress, 1, 0.001, NULL, 0);
    assert_string_equal(written, "1/1 - 0s - 1ms/step\n");
}

TEST(draws_a_bar_on_a_terminal)
{
    hone_progress progress = start(1, true, 1875);
    hone_internal_progress_heading(&progress, 0, 5);
    update(&progress, 1, 0.5, 0.1, 2.3);
    update(&progress, 2, 0.54, 0.1, 2.3); /* within 0.05 s of the last: not drawn */
    update(&progress, 900, 4.995, 0.7912, 0.7021);
    finish(&progress, 1875, 9.3, last_values, 4);
    const char *expected =
        "Epoch 1/5\n"
        "\r\x1b[1m   1/1875\x1b[0m \x1b[37m━━━━━━━━━━━━━━━━━━━━\x1b[0m \x1b[1m15:37\x1b[0m 500ms/step - accuracy: 0.1000 - "
        "loss: 2.3000";
    assert_memory_equal(written, expected, strlen(expected));
    const char *second = written + strlen(expected);
    size_t first_width = strlen("   1/1875  15:37 500ms/step - accuracy: 0.1000 - loss: 2.3000") + 20;
    for (size_t i = 0; i < first_width; i++)
        assert_int_equal(second[i], '\b');
    assert_string_equal(
        second + first_width,
        "\r\x1b[1m 900/1875\x1b[0m \x1b[32m━━━━━━━━━\x1b[0m\x1b[37m━━━━━━━━━━━\x1b[0m \x1b[1m4s\x1b[0m 5ms/step - "
        "accuracy: 0.7912 - loss: 0.7021     "
        "\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b"
        "\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b"
        "\r\x1b[1m1875/1875\x1b[0m \x1b[32m━━━━━━━━━━━━━━━━━━━━\x1b[0m\x1b[37m\x1b[0m \x1b[1m9s\x1b[0m 5ms/step - "
        "accuracy: 0.8533 - loss: 0.4958 - val_accuracy: 0.9312 - val_loss: 0.2380\n");
}

TEST(a_file_gets_whole_lines_only)
{
    hone_progress progress = start(1, false, 1875);
    for (int step = 1; step <= 1800; step++)
        update(&progress, step, step * 0.01, 0.5, 0.0005);
    finish(&progress, 1875, 18.75, last_values, 4);
    assert_string_equal(written,
                        "1000/1875 ━━━━━━━━━━────────── 8s 10ms/step - accuracy: 0.5000 - loss: 5.0000e-04\n"
                        "1875/1875 ━━━━━━━━━━━━━━━━━━━━ 19s 10ms/step - accuracy: 0.8533 - loss: 0.4958 - "
                        "val_accuracy: 0.9312 - val_loss: 0.2380\n");
}

TEST(an_unknown_number_of_steps_is_said)
{
    hone_progress progress = start(1, true, -1);
    update(&progress, 3, 0.3, 0.5, 0.25);
    assert_string_equal(written,
                        "\r      3/Unknown \x1b[1m0s\x1b[0m 100ms/step - accuracy: 0.5000 - loss: 0.2500");
    written_length = 0;
    finish(&progress, 7, 0.7, NULL, 0);
    assert_non_null(strstr(written, "\r\x1b[1m7/7\x1b[0m "));
}

TEST(tells_the_time_left)
{
    static const struct {
        int64_t target;
        double seconds;
        const char *expected;
    } cases[] = {
        {11, 1, "\x1b[1m10s\x1b[0m 1s/step"},       {61, 1, "\x1b[1m60s\x1b[0m 1s/step"},
        {62, 1, "\x1b[1m1:01\x1b[0m 1s/step"},      {3601, 1, "\x1b[1m60:00\x1b[0m 1s/step"},
        {3602, 1, "\x1b[1m1:00:01\x1b[0m 1s/step"}, {10, 0.0004, "\x1b[1m0s\x1b[0m 400us/step"},
        {10, 0, "\x1b[1m0s\x1b[0m 0s/step"},        {2, 12.4, "\x1b[1m12s\x1b[0m 12s/step"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        hone_progress progress = start(1, true, cases[i].target);
        update(&progress, 1, cases[i].seconds, 1, 1);
        assert_non_null(strstr(written, cases[i].expected));
        hone_internal_progress_free(&progress);
    }
}

TEST(a_narrow_terminal_does_not_wrap)
{
    hone_progress progress = start(1, true, 100);
    progress.columns = 40;
    update(&progress, 50, 1, 0.5, 0.5);
    assert_string_equal(
        written,
        "\r\x1b[1m 50/100\x1b[0m \x1b[32m━━━━━\x1b[0m\x1b[37m━━━━━\x1b[0m \x1b[1m1s\x1b[0m 20ms/step - accur");
    hone_internal_progress_break(&progress);
    hone_internal_progress_break(&progress);
    assert_string_equal(written + written_length - 6, "accur\n");
    hone_internal_progress_free(&progress);
    progress = start(1, true, 100);
    progress.columns = 30;
    progress.plain = true;
    update(&progress, 50, 1, 0.5, 0.5);
    assert_string_equal(written, "\r 50/100 1s 20ms/step - accura");
    hone_internal_progress_free(&progress);
}

TEST(names_keep_their_place)
{
    hone_progress progress = start(1, false, 10);
    const hone_progress_value first[] = {{"loss", 1}},
                              last[] = {{"accuracy", 1}, {"loss", 2}, {"e\x1b[2J", 3}};
    assert_int_equal(hone_internal_progress_update(&progress, 1, 100.01, first, 1), HONE_OK);
    finish(&progress, 10, 1, last, 3);
    assert_non_null(strstr(written, "step - loss: 2.0000 - accuracy: 1.0000 - e?[2J: 3.0000\n"));
}

TEST(writes_nan_and_infinity)
{
    hone_progress progress = start(2, false, 1);
    const hone_progress_value values[] = {{"a", -NAN}, {"b", INFINITY}, {"c", -INFINITY}, {"d", 1e300}};
    finish(&progress, 1, 1, values, 3);
    assert_string_equal(written, "1/1 - 1s - 1s/step - a: nan - b: inf - c: -inf\n");
    progress = start(1, true, 0);
    finish(&progress, 0, 0, values, 4);
    assert_true(written_length > 300);
}

TEST(says_nothing_when_silent)
{
    hone_progress progress = start(0, true, 10);
    hone_internal_progress_heading(&progress, 0, 10);
    update(&progress, 1, 1, 1, 1);
    finish(&progress, 10, 2, last_values, 4);
    assert_int_equal(written_length, 0);
}

static hone_status run_epoch(hone_progress *progress)
{
    hone_status status = hone_internal_progress_update(progress, 1, 101, last_values, 2);
    if (status == HONE_OK)
        status = hone_internal_progress_finish(progress, 2, 102, last_values, 4);
    hone_internal_progress_free(progress);
    return status;
}

TEST(survives_failing_allocations)
{
    int64_t before = hone_internal_blocks_in_use();
    hone_status status = HONE_ERROR_MEMORY;
    for (int64_t i = 0; status != HONE_OK; i++) {
        hone_progress progress = start(1, true, 2);
        hone_internal_fail_allocations_after(i);
        status = run_epoch(&progress);
        hone_internal_fail_allocations_after(-1);
        assert_true(status == HONE_OK || status == HONE_ERROR_MEMORY);
        assert_int_equal(hone_internal_blocks_in_use(), before);
        assert_true(i < 1000);
    }
}
