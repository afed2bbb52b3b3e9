/* A fit of a stateful model that ends at a checkpoint and goes on has the states that it ended with. */
#include "testing/files.h"
#include "testing/test.h"

#include <hone/hone.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

AROUND_ALL(testing_folder_make, testing_folder_remove);

enum { ROWS = 8, STEPS = 3, BATCH = 4 };

static hone_dataset *make_data(void)
{
    static float x[ROWS * STEPS], y[ROWS];
    for (int i = 0; i < ROWS * STEPS; i++)
        x[i] = (float)sin(1.0 + 2.3 * i);
    for (int i = 0; i < ROWS; i++)
        y[i] = x[i * STEPS];
    return hone_dataset_from_arrays(.x = {hone_array_view(x, HONE_FLOAT32, 3, (int64_t[]){ROWS, STEPS, 1})},
                                    .y = {hone_array_view(y, HONE_FLOAT32, 2, (int64_t[]){ROWS, 1})});
}

static hone_model *make_model(void)
{
    hone_model *model = hone_sequential(
        hone_input(STEPS, 1), hone_bidirectional(hone_lstm(3, .stateful = true, .return_sequences = true)),
        hone_gru(2, .stateful = true), hone_dense(1));
    assert_non_null(model);
    assert_int_equal(hone_compile(model, .optimizer = hone_adam(), .loss = "mse"), HONE_OK);
    return model;
}

static double train(const char *folder, int64_t epochs, bool resume)
{
    hone_model *model = make_model();
    hone_dataset *data = make_data();
    const hone_history *history =
        hone_fit(model, data, .epochs = epochs, .batch_size = BATCH, .shuffle = false, .verbose = 0,
                 .checkpoint = folder, .resume = resume);
    if (history == NULL)
        fail_msg("%s", hone_error_message());
    double loss = hone_history_last(history, "loss");
    hone_dataset_free(data);
    hone_model_free(model);
    return loss;
}

TEST(states_are_in_the_checkpoint)
{
    char whole[300], parts[300];
    snprintf(whole, sizeof whole, "%s/whole", testing_folder);
    snprintf(parts, sizeof parts, "%s/parts", testing_folder);
    double expected = train(whole, 4, false);
    train(parts, 2, false);
    assert_true(train(parts, 4, true) == expected);
}
