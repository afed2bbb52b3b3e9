/* What reports say: numbers against ones worked out by hand, escaping, histories from files, whole pages. */
#include "report/report.h"
#include "base/file.h"
#include "base/memory.h"
#include "testing/files.h"
#include "testing/test.h"

#include <hone/hone.h>
#include <math.h>

#define near(a, b) assert_true(fabs((double)(a) - (double)(b)) < 1e-6)

static hone_judged judge(const float *targets, int64_t target_width, const float *outputs, int64_t count,
                         int64_t width, bool regression)
{
    hone_judged judged;
    assert_int_equal(
        hone_internal_judge(&judged, targets, target_width, outputs, count, count, width, regression),
        HONE_OK);
    return judged;
}

AROUND_ALL(testing_folder_make, testing_folder_remove);

TEST(judges_classes)
{
    /* truth 0 0 1 1 2 and one target that is no class; answers 0 1 1 1 0 2 */
    static const float targets[] = {0, 0, 1, 1, 2, -1};
    static const float outputs[] = {.81f, .1f,  .09f, .3f,  .61f, .09f, .05f, .92f, .03f,
                                    .2f,  .72f, .08f, .55f, .25f, .2f,  0,    0,    1};
    hone_judged judged = judge(targets, 1, outputs, 6, 3, false);
    hone_class_counts counts;
    assert_int_equal(judged.task, HONE_TASK_CLASSES);
    assert_false(judged.were_logits);
    assert_int_equal(hone_internal_class_counts(&counts, &judged), HONE_OK);
    assert_int_equal(counts.left_out, 1);
    assert_int_equal(counts.right, 3);
    static const int64_t expected[] = {1, 1, 0, 0, 2, 0, 1, 0, 0};
    assert_memory_equal(counts.confusion, expected, sizeof expected);
    near(hone_internal_precision(&counts, 0), 0.5);
    near(hone_internal_recall(&counts, 0), 0.5);
    near(hone_internal_precision(&counts, 1), 2.0 / 3);
    near(hone_internal_f1(&counts, 1), 0.8);
    assert_true(isnan(hone_internal_precision(&counts, 2)));
    near(hone_internal_f1(&counts, 2), 0);
    size_t count;
    int64_t *worst = hone_internal_worst(&judged, 10, &count);
    assert_int_equal(count, 2);
    assert_int_equal(worst[0], 4); /* the true class had 0.2 */
    assert_int_equal(worst[1], 1);
    hone_internal_free(worst);
    hone_calibration bins = hone_internal_calibrate(&judged);
    assert_int_equal(bins.count[5] + bins.count[6] + bins.count[7] + bins.count[8] + bins.count[9], 5);
    near(bins.error, (0.55 + 0.61 + 0.28 + 0.19 + 0.08) / 5);
    hone_internal_class_counts_free(&counts);
    hone_internal_judged_free(&judged);
}

TEST(judges_logits_and_one_hot_targets)
{
    static const float targets[] = {1, 0, 0, 0, 1, 0}, outputs[] = {2, 0, 0, 0, 0, 3};
    hone_judged judged = judge(targets, 3, outputs, 2, 3, false);
    assert_int_equal(judged.task, HONE_TASK_CLASSES);
    assert_true(judged.were_logits);
    near(judged.outputs[0], exp(2) / (exp(2) + 2));
    assert_int_equal(hone_internal_judged_truth(&judged, 1), 1);
    assert_int_equal(hone_internal_judged_answer(&judged, 1), 2);
    hone_internal_judged_free(&judged);
    judged = judge(targets, 3, outputs, 2, 3, true);
    assert_int_equal(judged.task, HONE_TASK_NUMBERS);
    hone_internal_judged_free(&judged);
    static const float many[] = {1, 1, 0, 0, 0, 0};
    judged = judge(many, 3, outputs, 2, 3, false);
    assert_int_equal(judged.task, HONE_TASK_LABELS);
    hone_internal_judged_free(&judged);
    hone_judged wrong;
    assert_int_equal(hone_internal_judge(&wrong, many, 2, outputs, 2, 2, 3, false), HONE_ERROR_SHAPE);
}

TEST(judges_two_classes)
{
    /* Sorted by score: 1 1 0 1 0 0; of the 9 pairs 8 are in order. */
    static const float targets[] = {1, 1, 0, 1, 0, 0}, outputs[] = {.9f, .8f, .7f, .6f, .4f, .1f};
    static const float signs[] = {-1, 1}, margins[] = {-2, .5f};
    hone_judged judged = judge(targets, 1, outputs, 6, 1, false);
    hone_roc roc;
    assert_int_equal(judged.task, HONE_TASK_BINARY);
    assert_int_equal(hone_internal_roc(&judged, &roc), HONE_OK);
    near(roc.area, 8.0 / 9);
    near(roc.true_positive[roc.count - 1], 1);
    hone_internal_judged_free(&judged);
    judged = judge(targets, 1, (const float[]){.5f, .5f, .5f, .5f, .5f, .5f}, 6, 1, false);
    assert_int_equal(hone_internal_roc(&judged, &roc), HONE_OK);
    near(roc.area, 0.5);
    hone_internal_judged_free(&judged);
    judged = judge(targets, 1, outputs, 2, 1, false); /* one class only */
    assert_int_equal(hone_internal_roc(&judged, &roc), HONE_OK);
    assert_true(isnan(roc.area));
    hone_internal_judged_free(&judged);
    judged = judge(signs, 1, margins, 2, 1, false);
    assert_int_equal(judged.task, HONE_TASK_BINARY);
    near(judged.outputs[0], 0);
    near(judged.outputs[1], 0.75);
    hone_internal_judged_free(&judged);
}

TEST(judges_numbers)
{
    static const float targets[] = {1, 2, 3, 4}, outputs[] = {1, 3, 3, 2};
    hone_judged judged = judge(targets, 1, outputs, 4, 1, false);
    assert_int_equal(judged.task, HONE_TASK_NUMBERS);
    hone_residuals errors = hone_internal_residuals(&judged, -1);
    near(errors.mean_absolute, 0.75);
    near(errors.root_mean_square, sqrt(5.0 / 4));
    near(errors.bias, -0.25);
    near(errors.r2, 0);
    hone_internal_judged_free(&judged);
}

/* ---- pages ---- */

TEST(escapes_html)
{
    hone_text page = {.data = NULL};
    hone_internal_page_say(&page, "<script>\"a\" & 'b'\x01\xff\xc3\xa9");
    assert_string_equal(page.data,
                        "&lt;script&gt;&quot;a&quot; &amp; &#39;b&#39;\xef\xbf\xbd\xef\xbf\xbd\xc3\xa9");
    hone_internal_text_free(&page);
}

TEST(reads_histories_or_says_what_is_wrong)
{
    static const struct {
        const char *text, *message; /* NULL: it is good */
        size_t rows, names;
    } cases[] = {{"epoch,loss,val_loss\r\n0,1.5,NA\r\n1,1.0,nan\r\n", NULL, 2, 2},
                 {"\xef\xbb\xbf"
                  "epoch;\"lo\"\"ss\"\n3;0.5\n\n4;0.25",
                  NULL, 2, 1},
                 {"loss\n1\n", NULL, 1, 1},
                 {"", "header", 0, 0},
                 {"epoch,loss\n", "header", 0, 0},
                 {"epoch\n1\n", "no column", 0, 0},
                 {"epoch,loss\n0,1,2\n", "more fields", 0, 0},
                 {"epoch,loss\nx,1\n", "not a valid epoch", 0, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        hone_curve_table table = {.names = NULL};
        hone_status status = hone_internal_curve_table_of_file(
            &table, testing_file("h.csv", cases[i].text, strlen(cases[i].text)));
        if (cases[i].message == NULL) {
            assert_int_equal(status, HONE_OK);
            assert_int_equal(table.row_count, cases[i].rows);
            assert_int_equal(table.name_count, cases[i].names);
        } else if (status >= 0 || strstr(hone_error_message(), cases[i].message) == NULL) {
            fail_msg("%s: %s", cases[i].text, hone_error_message());
        }
        hone_internal_curve_table_free(&table);
    }
    hone_curve_table table = {.names = NULL};
    assert_int_equal(hone_internal_curve_table_of_file(
                         &table, testing_file("h.csv", cases[1].text, strlen(cases[1].text))),
                     HONE_OK);
    assert_string_equal(table.names[0], "lo\"ss");
    assert_int_equal(table.epochs[1], 4);
    hone_internal_curve_table_free(&table);
}

enum { SAMPLES = 20, SIDE = 8, KINDS = 3 };
static float pictures[SAMPLES][SIDE][SIDE];
static int32_t kinds[SAMPLES];

static hone_dataset *data_set(void)
{
    for (int i = 0; i < SAMPLES; i++) {
        kinds[i] = i % KINDS;
        for (int j = 0; j < SIDE * SIDE; j++)
            pictures[i][j / SIDE][j % SIDE] = (float)((i * 7 + j * 3) % 11) / 11;
    }
    return hone_dataset_from_arrays(.x = {hone_array_view(pictures, HONE_FLOAT32, 3,
                                                          (int64_t[]){SAMPLES, SIDE, SIDE})},
                                    .y = {hone_array_view(kinds, HONE_INT32, 1, (int64_t[]){SAMPLES})});
}

static hone_model *make_model(void)
{
    hone_model *model = hone_sequential(hone_input(SIDE, SIDE), hone_flatten(),
                                        hone_dense(KINDS, .activation = "softmax", .name = "<last>"));
    assert_int_equal(hone_compile(model, .loss = "sparse_categorical_crossentropy", .metrics = {"accuracy"}),
                     HONE_OK);
    return model;
}

TEST(writes_a_whole_page)
{
    const char *names[] = {"<b>cat</b>", "dog", "cow", NULL}, *path = testing_path("r.html");
    hone_model *model = make_model();
    hone_dataset *data = data_set();
    const hone_history *history = hone_fit(model, data, .epochs = 2);
    void *text;
    size_t bytes;
    if (hone_report(path, .model = model, .data = data, .history = history, .class_names = names) < 0)
        fail_msg("%s", hone_error_message());
    assert_int_equal(hone_internal_file_read(path, 1 << 24, &text, &bytes), HONE_OK);
    assert_non_null(strstr(text, "&lt;b&gt;cat&lt;/b&gt;"));
    assert_null(strstr(text, "<b>cat"));
    assert_null(strstr(text, "<last>"));
    assert_null(strstr(text, "http://"));
    assert_null(strstr(text, "https://"));
    assert_non_null(strstr(text, "data:image/png;base64,"));
    assert_non_null(strstr(text, "</html>"));
    hone_internal_free(text);
    hone_dataset_free(data);
    hone_model_free(model);
}

TEST(refuses_models_and_data_that_do_not_fit)
{
    const char *path = testing_path("refused.html");
    hone_model *model = make_model();
    hone_dataset *data = data_set(),
                 *bare = hone_dataset_from_arrays(.x = {hone_array_view(pictures, HONE_FLOAT32, 3,
                                                                        (int64_t[]){SAMPLES, SIDE, SIDE})});
    assert_int_equal(hone_report(path), HONE_ERROR_ARGUMENT);
    assert_int_equal(hone_report(path, .data = data, .history_file = "none.csv"), HONE_ERROR_ARGUMENT);
    assert_int_equal(hone_report(path, .history_file = "none.csv"), HONE_ERROR_FILE);
    assert_int_equal(hone_report(path, .model = model, .data = bare), HONE_ERROR_DATA);
    assert_int_equal(hone_report(testing_path("none/r.html"), .model = model), HONE_ERROR_FILE);
    assert_int_equal(access(path, F_OK), -1);
    hone_dataset_free(bare);
    hone_dataset_free(data);
    hone_model_free(model);
}

TEST(survives_failing_allocations)
{
    hone_set_threads(1);
    hone_model *model = make_model();
    hone_dataset *data = data_set();
    const hone_history *history = hone_fit(model, data);
    bool done = false;
    assert_int_equal(hone_report(testing_path("f.html"), .model = model, .data = data), HONE_OK);
    int64_t blocks = hone_internal_blocks_in_use();
    for (int64_t allowed = 0; !done && allowed < 20000; allowed += allowed < 200 ? 1 : 13) {
        hone_internal_fail_allocations_after(allowed);
        done = hone_report(testing_path("f.html"), .model = model, .data = data, .history = history) >= 0;
        hone_internal_fail_allocations_after(-1);
        if (!done)
            assert_int_equal(hone_error_status(), HONE_ERROR_MEMORY);
        assert_true(hone_internal_blocks_in_use() <= blocks);
    }
    assert_true(done);
    hone_dataset_free(data);
    hone_model_free(model);
    hone_set_threads(0);
}
