/* Checkpoints of a fit: whose they are, when they are saved, and what is refused. (Resuming to the bit:
 * tests/integration/resume_test.c.) */
#define _GNU_SOURCE /* mkdtemp */
#include "testing/files.h"
#include "testing/toy_training.h"
#include "train/checkpoint.h"

AROUND_ALL(testing_folder_make, testing_folder_remove);

TEST(a_checkpoint_is_removed_with_its_folder_alone)
{
    const char *folder = testing_path("run");
    hone_dataset *data = toy_data();
    hone_model *model = toy_model(0.001);
    assert_false(hone_internal_checkpoint_exists(folder));
    assert_int_equal(hone_internal_checkpoint_remove(folder), HONE_OK); /* nothing to remove */
    assert_non_null(hone_fit(model, data, .checkpoint = folder));
    assert_true(hone_internal_checkpoint_exists(folder));
    testing_file("run/notes.txt", "mine", 4);
    assert_int_equal(hone_internal_checkpoint_remove(folder), HONE_OK);
    assert_false(hone_internal_checkpoint_exists(folder));
    assert_int_equal(testing_entries(folder), 1);
    hone_model_free(model);
    hone_dataset_free(data);
}

TEST(a_run_that_began_is_not_begun_again_unasked)
{
    const char *folder = testing_path("again");
    hone_dataset *data = toy_data();
    hone_model *model = toy_model(0.001);
    assert_non_null(hone_fit(model, data, .checkpoint = folder, .epochs = 2));
    assert_null(hone_fit(model, data, .checkpoint = folder, .epochs = 2));
    assert_int_equal(hone_error_status(), HONE_ERROR_STATE);
    const hone_history *history = hone_fit(model, data, .checkpoint = folder, .epochs = 3, .resume = true);
    assert_int_equal(hone_history_epoch_count(history), 3);
    assert_null(hone_fit(model, data, .checkpoint = folder, .epochs = 3, .resume = true, .batch_size = 5));
    assert_message_has("batch_size");
    hone_model_free(model);
    hone_dataset_free(data);
}

static hone_status look(void *folder, hone_trainer *trainer, int64_t batch, hone_logs *logs)
{
    (void)trainer, (void)logs;
    /* Batch 2 is saved after its event: the next batch finds it. */
    if (hone_internal_checkpoint_exists(folder) != (batch >= 2))
        return hone_fail(HONE_ERROR_STATE, "batch %d", (int)batch);
    return HONE_OK;
}

TEST(batches_are_saved_as_often_as_is_wanted)
{
    const char *folder = testing_path("often");
    hone_dataset *data = toy_data();
    hone_model *model = toy_model(0.001);
    if (hone_fit(model, data, .checkpoint = folder, .checkpoint_every = 2, .batch_size = 2,
                 .callbacks = hone_callbacks(hone_lambda_callback(.on_train_batch_end = look,
                                                                  .context = (void *)(uintptr_t)folder))) ==
        NULL)
        fail_msg("%s", hone_error_message());
    hone_model_free(model);
    hone_dataset_free(data);
}
