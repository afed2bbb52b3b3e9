/* Checkpoints that are not continued from: those of another run, broken ones, and when memory is short. */
#include "resume.h"

static void check_refused(const setup *how, uint64_t seed, bool resume, const char *word)
{
    hone_model *model = make_model(how, seed);
    assert_null(train(how, model, folder, 0, resume));
    assert_int_equal(hone_error_status(), HONE_ERROR_STATE);
    if (strstr(hone_error_message(), word) == NULL)
        fail_msg("\"%s\" does not speak of %s", hone_error_message(), word);
    hone_model_free(model);
}

TEST(refuses_the_checkpoint_of_another_run)
{
    setup how = setups[0];
    hone_model *model = make_model(&how, 3);
    present = (disturbance){0};
    assert_non_null(train(&how, model, folder, 0, false));
    hone_model_free(model);
    check_refused(&how, 3, false, "resume");
    check_refused(&how, 4, true, "seed");
    float kept = samples[0][0];
    samples[0][0] += 1;
    check_refused(&how, 3, true, "data");
    samples[0][0] = kept;
    how.optimizer = "sgd";
    check_refused(&how, 3, true, "model");
    how = setups[0];
    how.split = 0.2;
    check_refused(&how, 3, true, "number of samples: 20 there, 23 here");
    how = setups[0];
    how.callback = "early_stopping(patience=2)";
    check_refused(&how, 3, true, "callbacks");
    assert_int_equal(hone_internal_checkpoint_remove(folder), HONE_OK);
}

/* Cut or changed anywhere: an error, never a crash, or what the checksums do not cover and nothing reads. */
TEST(broken_checkpoints_are_told)
{
    const setup *how = &setups[0];
    run_stopped(how, 7);
    char *path = hone_internal_checkpoint_path(folder);
    void *data;
    size_t bytes;
    assert_int_equal(hone_internal_file_read(path, 1 << 24, &data, &bytes), HONE_OK);
    unsigned char *good = data;
    present = (disturbance){0};
    for (size_t i = 0; i < bytes; i += bytes / 60 + 1) {
        hone_model *model = make_model(how, 3);
        write_file(path, good, i);
        assert_null(train(how, model, folder, 0, true));
        good[i] ^= 0x10;
        write_file(path, good, bytes);
        train(how, model, folder, 0, true);
        good[i] ^= 0x10;
        hone_model_free(model);
    }
    hone_internal_free(data);
    hone_internal_free(path);
    assert_int_equal(hone_internal_checkpoint_remove(folder), HONE_OK);
}

/* Each allocation failing in turn while it saves and goes on: an error, nothing lost, no leak. */
TEST(survives_failing_allocations)
{
    setup how = setups[0];
    how.epochs = 2;
    run_stopped(&how, 3);
    char *path = hone_internal_checkpoint_path(folder);
    void *data;
    size_t bytes;
    assert_int_equal(hone_internal_file_read(path, 1 << 24, &data, &bytes), HONE_OK);
    bool done = false;
    for (int64_t count = 0; !done; count += 23) {
        hone_model *model = make_model(&how, 3);
        hone_dataset *set = data_set();
        hone_callback_list *callbacks =
            hone_callbacks(hone_callback_create(&disturber, NULL), hone_callback_from_text(how.callback));
        present = (disturbance){0};
        hone_internal_fail_allocations_after(count);
        const hone_history *history = hone_fit(
            model, set, .epochs = how.epochs, .batch_size = BATCH, .validation_split = how.split,
            .callbacks = callbacks, .checkpoint = folder, .resume = true, .checkpoint_identity = "a recipe");
        hone_internal_fail_allocations_after(-1);
        done = history != NULL;
        if (!done)
            assert_int_equal(hone_error_status(), HONE_ERROR_MEMORY);
        hone_dataset_free(set);
        hone_model_free(model);
        write_file(path, data, bytes);
    }
    hone_internal_free(data);
    hone_internal_free(path);
    assert_int_equal(hone_internal_checkpoint_remove(folder), HONE_OK);
}
