/* Which run a checkpoint is of: what decides the numbers is compared, what training moves is not. */
#include "train/identity.h"
#include "base/memory.h"
#include "model/model.h"
#include "testing/test.h"

#include <hone/hone.h>
#include <string.h>

typedef struct fixture {
    hone_model *model;
    hone_dataset *data, *validation;
    hone_fit_args args;
    hone_callback_list *callbacks;
    hone_fit_run run;
} fixture;

static float samples[6][2] = {{1, 2}, {3, 4}, {5, 6}, {7, 8}, {9, 1}, {2, 3}};
static float targets[6][1] = {{1}, {0}, {1}, {0}, {1}, {0}};

static hone_array matrix(void *numbers, int64_t rows, int64_t columns)
{
    return hone_array_view(numbers, HONE_FLOAT32, 2, (int64_t[]){rows, columns});
}

static hone_dataset *first(int64_t count)
{
    return hone_dataset_from_arrays(.x = {matrix(samples, count, 2)}, .y = {matrix(targets, count, 1)});
}

static void begin(fixture *f)
{
    *f = (fixture){.model = hone_sequential(hone_input(2), hone_dense(1, .name = "out")), .data = first(6)};
    assert_int_equal(hone_compile(f->model, .loss = "mse", .optimizer = hone_sgd(.momentum = 0.5)), HONE_OK);
    assert_int_equal(hone_args_default("fit", &f->args, sizeof f->args), HONE_OK);
    f->run = (hone_fit_run){.model = f->model, .data = f->data, .args = &f->args};
}

static void end(fixture *f)
{
    hone_callback_list_free(f->callbacks);
    hone_dataset_free(f->data);
    hone_dataset_free(f->validation);
    hone_model_free(f->model);
}

static hone_config *identity_of(fixture *f)
{
    hone_config *identity;
    assert_int_equal(hone_internal_run_identity(&f->run, &identity), HONE_OK);
    return identity;
}

static void other_seed(fixture *f)
{
    hone_model_set_seed(f->model, 9);
}
static void other_loss(fixture *f)
{
    hone_compile(f->model, .loss = "mae", .optimizer = hone_sgd(.momentum = 0.5));
}
static void other_optimizer(fixture *f)
{
    hone_compile(f->model, .loss = "mse", .optimizer = hone_adam());
}
static void fewer_samples(fixture *f)
{
    hone_dataset_free(f->data);
    f->run.data = f->data = first(5);
}
static void other_samples(fixture *f)
{
    static float changed[6][2] = {{1, 2}, {3, 4}, {5, 6}, {7, 8}, {9, 1}, {2, 4}};
    hone_dataset_free(f->data);
    f->run.data = f->data =
        hone_dataset_from_arrays(.x = {matrix(changed, 6, 2)}, .y = {matrix(targets, 6, 1)});
}
static void with_validation(fixture *f)
{
    f->run.validation = f->validation = first(2);
}
static void other_batches(fixture *f)
{
    f->args.batch_size = 3;
}
static void other_shards(fixture *f)
{
    f->args.shards = 3;
}
static void not_shuffled(fixture *f)
{
    f->args.shuffle = false;
}
static void with_class_weights(fixture *f)
{
    static const double weights[] = {1, 2};
    f->run.class_weight = (hone_numbers){weights, 2};
}
static void with_callbacks(fixture *f)
{
    f->run.callbacks = f->callbacks = hone_callbacks(hone_early_stopping(.patience = 2));
}
static void other_recipe(fixture *f)
{
    f->args.checkpoint_identity = "another";
}

static const struct {
    const char *name;
    void (*change)(fixture *f);
    const char *words;
} different[] = {
    {"the seed", other_seed, "the seed differs"},
    {"the loss", other_loss, "the model differs"},
    {"the optimizer", other_optimizer, "the model differs"},
    {"the number of samples", fewer_samples, "(number of samples: 6 there, 5 here)"},
    {"a number of a sample", other_samples, "the data differs"},
    {"validation", with_validation, "number of samples for validation"},
    {"the size of batches", other_batches, "batch_size"},
    {"shards", other_shards, "(shards: 1 there, 3 here)"},
    {"shuffling", not_shuffled, "(shuffle: 1 there, 0 here)"},
    {"class weights", with_class_weights, "the class_weight differs"},
    {"callbacks", with_callbacks,
     "its callbacks were \"\", but here they are \"early_stopping(patience=2)\""},
    {"the recipe", other_recipe, "the recipe differs"},
};

TEST_EACH(another_run_is_told_by, different)
{
    fixture f;
    begin(&f);
    hone_config *found = identity_of(&f);
    row->change(&f);
    hone_config *expected = identity_of(&f);
    assert_int_equal(hone_internal_run_check_identity("DIR/latest.keras", found, expected), HONE_ERROR_STATE);
    if (strstr(hone_error_message(), row->words) == NULL ||
        strstr(hone_error_message(), "DIR/latest.keras") == NULL)
        fail_msg("\"%s\" does not say \"%s\"", hone_error_message(), row->words);
    hone_internal_config_free(found);
    hone_internal_config_free(expected);
    end(&f);
}

TEST(what_training_moves_does_not_count)
{
    fixture f;
    begin(&f);
    hone_config *found = identity_of(&f);
    assert_int_equal(
        hone_train_on_batch(f.model,
                            &(hone_batch){.x = {matrix(samples, 6, 2)}, .y = {matrix(targets, 6, 1)}}, NULL),
        HONE_OK);
    f.model->compiled.optimizer->learning_rate = 0.125;
    f.args.epochs = 77; /* how far is no part of which */
    hone_config *expected = identity_of(&f);
    assert_int_equal(hone_internal_run_check_identity("a", found, expected), HONE_OK);
    hone_internal_config_free(found);
    hone_internal_config_free(expected);
    end(&f);
}

TEST(a_checkpoint_that_lacks_a_key_is_of_another_run)
{
    fixture f;
    begin(&f);
    hone_config *found = identity_of(&f), *expected = identity_of(&f);
    hone_internal_config_remove(found, "seed");
    assert_int_equal(hone_internal_run_check_identity("a", found, expected), HONE_ERROR_STATE);
    assert_non_null(strstr(hone_error_message(), "seed"));
    assert_int_equal(hone_internal_run_check_identity("a", NULL, expected), HONE_ERROR_STATE);
    hone_internal_config_free(found);
    hone_internal_config_free(expected);
    end(&f);
}

TEST(survives_failing_allocations)
{
    fixture f;
    begin(&f);
    with_callbacks(&f);
    int64_t before = hone_internal_blocks_in_use();
    hone_status status = HONE_ERROR_MEMORY;
    for (int64_t n = 0; status < 0 && n < 2000; n++) {
        hone_config *identity = NULL;
        hone_internal_fail_allocations_after(n);
        status = hone_internal_run_identity(&f.run, &identity);
        hone_internal_fail_allocations_after(-1);
        if (status < 0)
            assert_int_equal(status, HONE_ERROR_MEMORY);
        hone_internal_config_free(identity);
        assert_int_equal(hone_internal_blocks_in_use(), before);
    }
    assert_int_equal(status, HONE_OK);
    end(&f);
}
