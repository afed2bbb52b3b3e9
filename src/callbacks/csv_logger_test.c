/* csv_logger. */
#include "testing/check_callback.h"
#include "testing/files.h"
#include "testing/golden.h"

AROUND_ALL(testing_folder_make, testing_folder_remove);

enum { SEES_EPOCHS = SEES(TRAIN_BEGIN) | SEES(EPOCH_END) | SEES(TRAIN_END) };

TEST(keeps_what_callbacks_promise)
{
    char text[600];
    const char *path = testing_path("promises.csv");
    snprintf(text, sizeof text, "csv_logger(\"%s\", separator=\";\")", path);
    check_callback(&(callback_example){.text = text, .sees = SEES_EPOCHS, .file = path});
}

static void check_end(const char *title, const hone_config *expected, pretended_training *training,
                      int64_t epochs)
{
    (void)training, (void)epochs;
    check_callback_file(title, testing_path("golden.csv"), hone_internal_config_get_text(expected, "text"));
}

/* Keras fills columns of validation always; so do we when there is any. */
TEST(writes_what_keras_writes)
{
    check_callback_golden(&(golden_callback){.name = "csv_logger",
                                             .path_key = "filename",
                                             .path = testing_path("golden.csv"),
                                             .validates = true,
                                             .end = check_end});
}

TEST(has_no_columns_of_a_validation_that_is_not_there)
{
    pretended_training training;
    const char *path = testing_path("plain.csv");
    pretend_begin(&training, 0.1, 3);
    hone_callback_list *list = pretend_list(hone_csv_logger(path));
    pretend_event(&training, list, HONE_EVENT_TRAIN_BEGIN, 0, NULL);
    pretend_epoch(&training, list, 0, "loss", 0.5);
    check_callback_file("without validation", path, "epoch,loss\r\n0,0.5\r\n");
    hone_callback_list_free(list);
    pretend_end(&training);
}

TEST(appends_without_another_head)
{
    pretended_training training;
    const char *path = testing_file("append.csv", "epoch,loss\r\n0,0.5\r\n", 19);
    pretend_begin(&training, 0.1, 3);
    hone_callback_list *list = pretend_list(hone_csv_logger(path, .append = true));
    pretend_event(&training, list, HONE_EVENT_TRAIN_BEGIN, 0, NULL);
    pretend_epoch(&training, list, 1, "loss", 0.25);
    check_callback_file("appended", path, "epoch,loss\r\n0,0.5\r\n1,0.25\r\n");
    hone_callback_list_free(list);
    pretend_end(&training);
}

TEST(a_file_shorter_than_at_the_checkpoint_is_an_error)
{
    pretended_training training;
    hone_logs numbers = {0}, logs = {.count = 1, .names = {"loss"}, .values = {1}};
    const char *path = testing_path("shorter.csv");
    hone_callback *callback = hone_csv_logger(path);
    hone_callback_list *list = pretend_list(callback);
    pretend_begin(&training, 0.1, 3);
    pretend_event(&training, list, HONE_EVENT_TRAIN_BEGIN, 0, NULL);
    pretend_epoch(&training, list, 0, "loss", 0.5);
    assert_int_equal(callback->type->save(callback, &numbers), HONE_OK);
    hone_callback *second = hone_csv_logger(path);
    assert_int_equal(second->type->restore(second, &numbers), HONE_OK);
    testing_file("shorter.csv", "epoch", 5);
    hone_callback_list *other = pretend_list(second);
    assert_int_equal(hone_internal_callbacks_run(other, HONE_EVENT_EPOCH_END, &training.trainer, 1, &logs),
                     HONE_ERROR_FILE);
    assert_non_null(strstr(hone_error_message(), "shorter"));
    hone_callback_list_free(list);
    hone_callback_list_free(other);
    pretend_end(&training);
}

TEST(a_path_that_cannot_be_written_fails_before_the_training)
{
    pretended_training training;
    pretend_begin(&training, 0.1, 3);
    hone_callback_list *list = pretend_list(hone_csv_logger("/nowhere/at/all.csv"));
    assert_int_equal(hone_internal_callbacks_run(list, HONE_EVENT_TRAIN_BEGIN, &training.trainer, 0, NULL),
                     HONE_ERROR_FILE);
    hone_callback_list_free(list);
    pretend_end(&training);
}

TEST(refuses_separators_that_cells_could_not_be_told_by)
{
    check_callback_refused("csv_logger", "filename");
    check_callback_refused("csv_logger(\"\")", "filename");
    check_callback_refused("csv_logger(a.csv, separator=\",,\")", "separator");
    check_callback_refused("csv_logger(a.csv, separator='\"')", "separator");
}
