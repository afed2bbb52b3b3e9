/* A history as columns: of a fit, or of a CSV file. */
#include "charts/curve_table.h"
#include "base/error.h"
#include "testing/files.h"
#include "testing/test.h"
#include "train/history.h"

#include <math.h>

AROUND_ALL(testing_folder_make, testing_folder_remove);

static hone_status read_text(hone_curve_table *table, const char *text)
{
    *table = (hone_curve_table){.names = NULL};
    return hone_internal_curve_table_of_file(table, testing_file("h.csv", text, strlen(text)));
}

static hone_curve_table read_good(const char *text)
{
    hone_curve_table table;
    if (read_text(&table, text) < 0)
        fail_msg("%s", hone_error_message());
    return table;
}

static const struct {
    const char *name, *text;
} same[] = {
    {"commas", "epoch,loss,val_loss\n0,1.5,2\n1,0.5,1\n"},
    {"semicolons", "epoch;loss;val_loss\n0;1.5;2\n1;0.5;1\n"},
    {"tabs", "epoch\tloss\tval_loss\n0\t1.5\t2\n1\t0.5\t1\n"},
    {"lines of Windows", "epoch,loss,val_loss\r\n0,1.5,2\r\n1,0.5,1\r\n"},
    {"a byte order mark", "\xef\xbb\xbf"
                          "epoch,loss,val_loss\n0,1.5,2\n1,0.5,1\n"},
    {"no last line end", "epoch,loss,val_loss\n0,1.5,2\n1,0.5,1"},
    {"empty lines", "epoch,loss,val_loss\n\n0,1.5,2\n\r\n\n1,0.5,1\n\n"},
    {"quotes", "\"epoch\",\"loss\",val_loss\n0,\"1.5\",2\n1,0.5,\"1\"\n"},
    {"the epoch elsewhere", "loss,val_loss,epoch\n1.5,2,0\n0.5,1,1\n"},
    {"no epochs", "loss,val_loss\n1.5,2\n0.5,1\n"},
};

TEST_EACH(reads, same)
{
    hone_curve_table table = read_good(row->text);
    assert_int_equal(table.name_count, 2);
    assert_int_equal(table.row_count, 2);
    const double *loss = hone_internal_curve_table_find(&table, "loss"),
                 *val_loss = hone_internal_curve_table_find(&table, "val_loss");
    assert_true(loss[0] == 1.5 && loss[1] == 0.5 && val_loss[0] == 2 && val_loss[1] == 1);
    assert_true(table.epochs[0] == 0 && table.epochs[1] == 1);
    assert_null(hone_internal_curve_table_find(&table, "mae"));
    hone_internal_curve_table_free(&table);
}

TEST(what_is_missing_or_no_number_is_nan)
{
    hone_curve_table table = read_good("epoch,loss,auc\n3,NA,1\n4\n5,,x\n");
    const double *loss = hone_internal_curve_table_find(&table, "loss"),
                 *auc = hone_internal_curve_table_find(&table, "auc");
    for (int i = 0; i < 3; i++)
        assert_true(isnan(loss[i]) && (i == 0 || isnan(auc[i])));
    assert_true(table.epochs[0] == 3 && table.epochs[2] == 5);
    hone_internal_curve_table_free(&table);
}

TEST(a_metric_with_several_values_is_shown_by_their_mean)
{
    hone_curve_table table =
        read_good("epoch,f1\n0,\"\"\"[0.25, 0.75]\"\"\"\n1,\"\"\"[1.0]\"\"\"\n2,\"\"\"[1.0, x]\"\"\"\n");
    const double *f1 = hone_internal_curve_table_find(&table, "f1");
    assert_true(f1[0] == 0.5 && f1[1] == 1 && isnan(f1[2]));
    hone_internal_curve_table_free(&table);
}

static const struct {
    const char *name, *text, *words;
} refused[] = {
    {"nothing", "", "a header and one row"},
    {"a header alone", "epoch,loss\n", "a header and one row"},
    {"epochs alone", "epoch\n0\n1\n", "no column beside"},
    {"more fields than the header", "epoch,loss\n0,1,2\n", "row 1 has more fields"},
    {"an epoch below zero", "epoch,loss\n0,1\n-1,2\n", "row 2: \"-1\""},
    {"an epoch that is no number", "epoch,loss\nfirst,1\n", "\"first\""},
};

TEST_EACH(refuses, refused)
{
    hone_curve_table table;
    int64_t before = hone_internal_blocks_in_use();
    assert_int_equal(read_text(&table, row->text), HONE_ERROR_FORMAT);
    if (strstr(hone_error_message(), row->words) == NULL)
        fail_msg("\"%s\" does not mention \"%s\"", hone_error_message(), row->words);
    hone_internal_curve_table_free(&table);
    assert_int_equal(hone_internal_blocks_in_use(), before);
}

TEST(refuses_more_columns_than_it_has_room_for)
{
    char text[3000] = "a";
    for (int columns = 511; columns <= 513; columns++) {
        hone_curve_table table;
        size_t length = 0;
        for (int i = 0; i < columns; i++)
            text[length++] = 'a', text[length++] = i + 1 < columns ? ',' : '\n';
        memcpy(text + length, "1\n", 3);
        assert_int_equal(read_text(&table, text), columns <= 512 ? HONE_OK : HONE_ERROR_FORMAT);
        hone_internal_curve_table_free(&table);
    }
}

TEST(a_history_is_read_with_its_best_epoch)
{
    static const double f1[] = {0.25, 0.75};
    hone_history *history = hone_internal_history_create();
    for (int64_t epoch = 2; epoch < 5; epoch++) {
        hone_logs logs = {0};
        hone_logs_set(&logs, "loss", epoch == 3 ? 0.5 : 1);
        hone_logs_set_all(&logs, "f1", f1, 2);
        assert_int_equal(hone_internal_history_add(history, epoch, &logs, 0, 0), HONE_OK);
    }
    hone_curve_table table = {.names = NULL};
    assert_int_equal(hone_internal_curve_table_of_history(&table, history), HONE_OK);
    assert_true(table.row_count == 3 && table.epochs[2] == 4 && table.best_epoch == 3);
    assert_true(hone_internal_curve_table_find(&table, "f1")[1] == 0.5);
    assert_true(hone_internal_curve_table_find(&table, "loss")[1] == 0.5);
    hone_internal_curve_table_free(&table);
    hone_internal_history_free(history);
}

TEST(survives_damage)
{
    static const char good[] = "epoch,loss,\"val, loss\"\r\n0,1.5,\"[1.0, 2.0]\"\n1,0.5,1\n";
    int64_t before = hone_internal_blocks_in_use();
    uint32_t random = 1;
    for (int round = 0; round < 2000; round++) {
        char text[sizeof good];
        hone_curve_table table = {.names = NULL};
        memcpy(text, good, sizeof good);
        for (uint32_t i = 0; i < 1 + testing_random(&random) % 3; i++)
            text[testing_random(&random) % (sizeof good - 1)] =
                "\",;\n\r0-[\t\0"[testing_random(&random) % 10];
        hone_internal_curve_table_of_file(&table,
                                          testing_file("d.csv", text, testing_random(&random) % sizeof good));
        hone_internal_curve_table_free(&table);
        assert_int_equal(hone_internal_blocks_in_use(), before);
    }
}

TEST(survives_failing_allocations)
{
    static const char text[] = "epoch,loss\n0,1\n";
    const char *path = testing_file("m.csv", text, strlen(text));
    int64_t before = hone_internal_blocks_in_use();
    hone_status status = HONE_ERROR_MEMORY;
    for (int64_t n = 0; status < 0 && n < 100; n++) {
        hone_curve_table table = {.names = NULL};
        hone_internal_fail_allocations_after(n);
        status = hone_internal_curve_table_of_file(&table, path);
        hone_internal_fail_allocations_after(-1);
        if (status < 0)
            assert_int_equal(status, HONE_ERROR_MEMORY);
        hone_internal_curve_table_free(&table);
        assert_int_equal(hone_internal_blocks_in_use(), before);
    }
    assert_int_equal(status, HONE_OK);
}

static const struct {
    const char *name, *title;
} titles[] = {{"loss", "Loss"},
              {"sparse_categorical_accuracy", "Sparse categorical accuracy"},
              {"mae", "MAE"},
              {"price_mae", "Price MAE"},
              {"auc", "AUC"},
              {"r2_score", "R\u00b2"},
              {"mean_io_u", "Mean IoU"},
              {"x_", "X "}};

TEST_EACH(titles_are_written_as_people_do, titles)
{
    char title[64];
    hone_internal_curve_title(row->name, title, sizeof title);
    assert_string_equal(title, row->title);
}
