/* The trainer as callbacks see it. */
#include "testing/check_callback.h"

#include "base/memory.h"
#include <string.h>

TEST(tells_where_the_training_stands)
{
    pretended_training training;
    pretend_begin(&training, 0.5, 7);
    training.trainer.epoch = 3;
    training.trainer.steps = 11;
    training.trainer.iteration = 40;
    training.trainer.verbose = 2;
    assert_int_equal(hone_trainer_epoch(&training.trainer), 3);
    assert_int_equal(hone_trainer_epoch_count(&training.trainer), 7);
    assert_int_equal(hone_trainer_step_count(&training.trainer), 11);
    assert_int_equal(hone_trainer_iteration(&training.trainer), 40);
    assert_int_equal(hone_trainer_verbose(&training.trainer), 2);
    assert_true(hone_trainer_learning_rate(&training.trainer) == 0.5);
    assert_int_equal(hone_trainer_direction(&training.trainer, "val_accuracy"), 1);
    pretend_end(&training);
}

TEST(who_stops_it_first_is_the_reason)
{
    pretended_training training;
    pretend_begin(&training, 0.5, 7);
    hone_trainer_stop(&training.trainer, "early_stopping");
    hone_trainer_stop(&training.trainer, "terminate_on_nan");
    assert_true(training.trainer.stopped);
    assert_string_equal(training.trainer.stop_reason, "early_stopping");
    pretend_end(&training);
}

TEST(a_line_without_memory_is_left_out)
{
    pretended_training training;
    pretend_begin(&training, 0.5, 7);
    hone_internal_fail_allocations_after(0);
    hone_trainer_print(&training.trainer, "lost %d\n", 1);
    hone_internal_fail_allocations_after(-1);
    hone_trainer_print(&training.trainer, "kept %d\n", 2);
    assert_string_equal(pretend_text(&training.printed), "kept 2\n");
    pretend_end(&training);
}

TEST(a_frequency_is_the_epoch_or_a_number_from_one)
{
    int64_t every = -1;
    assert_int_equal(hone_internal_callback_frequency("save_freq", "epoch", &every), HONE_OK);
    assert_int_equal(every, 0);
    assert_int_equal(hone_internal_callback_frequency("save_freq", "12", &every), HONE_OK);
    assert_int_equal(every, 12);
    static const char *const wrong[] = {"0", "-1", "1.5", "", "batch", "12 "};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        if (hone_internal_callback_frequency("save_freq", wrong[i], &every) != HONE_ERROR_ARGUMENT)
            fail_msg("\"%s\" is accepted", wrong[i]);
        assert_non_null(strstr(hone_error_message(), "save_freq must be"));
    }
}

TEST(weights_come_back_as_they_were_copied)
{
    pretended_training training;
    pretend_begin(&training, 0.5, 7);
    training.weight = 2;
    hone_weights_copy *copy = hone_trainer_copy_weights(&training.trainer, NULL);
    training.weight = 5;
    assert_int_equal(hone_trainer_restore_weights(&training.trainer, copy), HONE_OK);
    assert_true(training.weight == 2);
    training.weight = 9;
    assert_ptr_equal(hone_trainer_copy_weights(&training.trainer, copy), copy); /* reused */
    assert_true(copy->data[0] == 9);
    hone_weights_copy_free(copy);
    hone_weights_copy_free(NULL);
    pretend_end(&training);
}
