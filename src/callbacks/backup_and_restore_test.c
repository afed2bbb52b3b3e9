/* backup_and_restore: what it asks of a training; that fit continues is in
 * tests/integration/callbacks_test.c.
 */
#include "testing/check_callback.h"

#include <string.h>

enum { SEES_ENDS = SEES(TRAIN_BEGIN) | SEES(TRAIN_END) };

TEST(keeps_what_callbacks_promise)
{
    check_callback(
        &(callback_example){.text = "backup_and_restore(d)", .sees = SEES_ENDS, .does = KEEPS_CHECKPOINTS});
    check_callback(&(callback_example){.text = "backup_and_restore(d, save_freq=5, delete_checkpoint=false)",
                                       .sees = SEES_ENDS,
                                       .does = KEEPS_CHECKPOINTS});
}

static void check_asks(const char *text, const char *reason, const char *expected)
{
    pretended_training training;
    pretend_begin(&training, 0.1, 3);
    hone_callback_list *list = pretend_list(hone_callback_from_text(text));
    pretend_event(&training, list, HONE_EVENT_TRAIN_BEGIN, 0, NULL);
    if (reason != NULL)
        hone_trainer_stop(&training.trainer, reason);
    pretend_event(&training, list, HONE_EVENT_TRAIN_END, 0, &(hone_logs){0});
    assert_string_equal(pretend_text(&training.saved), expected);
    hone_callback_list_free(list);
    pretend_end(&training);
}

TEST(removes_the_checkpoint_of_a_training_that_is_over)
{
    check_asks("backup_and_restore(d)", NULL, "keep d 0\ndrop d\n");
    check_asks("backup_and_restore(d)", "early_stopping", "keep d 0\ndrop d\n");
}

TEST(keeps_the_checkpoint_of_an_interrupted_training)
{
    check_asks("backup_and_restore(d)", "interrupt", "keep d 0\n");
}

TEST(keeps_the_checkpoint_when_asked_to_and_counts_batches)
{
    check_asks("backup_and_restore(d, save_freq=100, delete_checkpoint=false)", NULL, "keep d 100\n");
}

TEST(refuses_what_it_could_not_keep)
{
    check_callback_refused("backup_and_restore", "backup_dir");
    check_callback_refused("backup_and_restore(\"\")", "backup_dir");
    check_callback_refused("backup_and_restore(d, save_freq=0)", "save_freq");
    check_callback_refused("backup_and_restore(d, save_freq=often)", "save_freq");
    check_callback_refused("backup_and_restore(d, double_checkpoint=true)", "double_checkpoint");
}
