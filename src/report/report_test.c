/* Reports: histories from files, whole pages, what does not fit. */
#include "report/report.h"
#include "base/file.h"
#include "base/memory.h"
#include "testing/files.h"
#include "testing/test.h"

#include <hone/hone.h>

AROUND_ALL(testing_folder_make, testing_folder_remove);

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
    const char *accuracy = strstr(text, "<span>accuracy</span>"); /* once, as the model's metric */
    assert_non_null(accuracy);
    assert_null(strstr(accuracy + 1, "<span>accuracy</span>"));
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
