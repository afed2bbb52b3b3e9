/* What callbacks that look on a fit are given: weights by their paths, the gradients of the last batch. */
#include "testing/toy_training.h"
#include "train/fit.h"

#include <stdio.h>

typedef struct seen {
    char paths[256];
    float first;
} seen;

static hone_status note(void *context, const char *path, hone_shape shape, const float *data)
{
    seen *noted = context;
    const size_t used = strlen(noted->paths);
    if (used == 0)
        noted->first = data[0];
    snprintf(noted->paths + used, sizeof noted->paths - used, "%s[%lld] ", path,
             (long long)hone_internal_shape_count(shape));
    return HONE_OK;
}

TEST(weights_have_their_models_name_in_front)
{
    hone_model *model = toy_model(0);
    hone_fit_run run = {.model = model};
    seen noted = {.first = -1};
    char expected[256];
    assert_int_equal(hone_internal_watch_weights(&run, note, &noted), HONE_OK);
    snprintf(expected, sizeof expected, "%s/y/kernel[1] %s/y/bias[1] ", hone_model_name(model),
             hone_model_name(model));
    assert_string_equal(noted.paths, expected);
    assert_true(noted.first == 0);
    hone_model_free(model);
}

/* Of the last batch, samples 8 and 9: d(mean of (w x - x)^2)/dw at w = 0 is -2 mean(x^2). */
static hone_status check_gradients(void *context, hone_trainer *trainer, int64_t epoch, hone_logs *logs)
{
    seen noted = {.first = 1};
    (void)context, (void)epoch, (void)logs;
    const hone_status status = trainer->visit_gradients(trainer->context, note, &noted);
    assert_float_equal(noted.first, -(64.0 + 81.0), 1e-3);
    *(bool *)context = true;
    return status;
}

TEST(gradients_are_those_of_the_last_batch)
{
    bool looked = false;
    hone_dataset *data = toy_data();
    hone_model *model = toy_model(0);
    if (hone_fit(model, data, .batch_size = 4, .shuffle = false,
                 .callbacks = hone_callbacks(
                     hone_lambda_callback(.on_epoch_end = check_gradients, .context = &looked))) == NULL)
        fail_msg("%s", hone_error_message());
    assert_true(looked);
    hone_model_free(model);
    hone_dataset_free(data);
}
