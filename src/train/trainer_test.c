/* The trainer as callbacks see it: copies of weights, which files hold what, the learning rate. */
#include "callbacks/weights_copy.h"
#include "testing/toy_training.h"
#include "train/fit.h"

typedef struct toy_run {
    hone_fit_args args;
    hone_fit_run run;
} toy_run;

static void begin(toy_run *toy)
{
    toy->args.epochs = 7;
    toy->run = (hone_fit_run){.model = toy_model(0.25), .args = &toy->args};
    hone_internal_fit_fill_trainer(&toy->run);
}

TEST(weights_go_back_to_their_copy)
{
    toy_run toy = {0};
    begin(&toy);
    float *kernel = hone_variable_data(hone_model_weight(toy.run.model, 0));
    kernel[0] = 3;
    hone_weights_copy *copy = hone_trainer_copy_weights(&toy.run.trainer, NULL);
    kernel[0] = 5;
    assert_int_equal(hone_trainer_restore_weights(&toy.run.trainer, copy), HONE_OK);
    assert_true(kernel[0] == 3);
    copy->floats++;
    assert_failed(hone_trainer_restore_weights(&toy.run.trainer, copy), HONE_ERROR_STATE, "another model");
    copy->floats--;
    hone_weights_copy_free(copy);
    hone_model_free(toy.run.model);
}

TEST(the_learning_rate_is_the_optimizers)
{
    toy_run toy = {0};
    begin(&toy);
    assert_true(toy.run.trainer.learning_rate(&toy.run) == 0.25);
    assert_int_equal(toy.run.trainer.set_learning_rate(&toy.run, 0.5), HONE_OK);
    assert_true(hone_optimizer_learning_rate(hone_model_optimizer(toy.run.model)) == 0.5);
    assert_int_equal(toy.run.trainer.epochs, 7);
    assert_false(toy.run.trainer.validates || toy.run.trainer.scheduled);
    hone_model_free(toy.run.model);
}

#ifndef HONE_CORE_ONLY /* which has no such files */
TEST(a_file_of_weights_holds_no_whole_model)
{
    toy_run toy = {0};
    begin(&toy);
    assert_failed(toy.run.trainer.save(&toy.run, "/nowhere/a.weights.h5", false), HONE_ERROR_ARGUMENT,
                  "this file would hold only its weights");
    assert_failed(toy.run.trainer.save(&toy.run, "/nowhere/a.keras", true), HONE_ERROR_ARGUMENT,
                  "weights without the model are saved as");
    hone_model_free(toy.run.model);
}
#endif
