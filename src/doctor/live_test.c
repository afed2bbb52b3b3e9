/* The doctor as a callback. */
#include "testing/test.h"

#include <hone/doctor.h>
#include <hone/hone.h>
#include <string.h>

enum { SAMPLES = 128 };

static void keep(void *context, const char *text, size_t length)
{
    char *into = context;
    strncat(into, text, length < 400 ? length : 400);
}

/* A fit with a linear output under a cross-entropy; its last weights, and what was said. */
static void run(bool watched, float weights[16], char *said)
{
    static float x[SAMPLES][2], y[SAMPLES];
    for (int i = 0; i < SAMPLES; i++) {
        x[i][0] = (float)(i * 37 % 101) / 50 - 1;
        x[i][1] = (float)(i * 53 % 97) / 48 - 1;
        y[i] = x[i][0] > x[i][1];
    }
    hone_dataset *data =
        hone_dataset_from_arrays(.x = {hone_array_view(x, HONE_FLOAT32, 2, (int64_t[]){SAMPLES, 2})},
                                 .y = {hone_array_view(y, HONE_FLOAT32, 1, (int64_t[]){SAMPLES})});
    hone_model *model = hone_sequential(hone_input(2), hone_dense(8), hone_batch_normalization(),
                                        hone_dropout(0.2), hone_dense(1));
    hone_compile(model, .optimizer = hone_adam(), .loss = "binary_crossentropy");
    hone_callback_list *callbacks = watched
                                        ? hone_callbacks(hone_doctor(.output = keep, .output_context = said))
                                        : hone_callbacks(hone_terminate_on_nan());
    if (hone_fit(model, data, .epochs = 4, .verbose = 0, .callbacks = callbacks) == NULL)
        fail_msg("%s", hone_error_message());
    memcpy(weights, hone_variable_data(hone_model_weight(model, 0)), 16 * sizeof(float));
    hone_model_free(model);
    hone_dataset_free(data);
}

TEST(it_says_once_what_is_wrong_and_changes_no_bit)
{
    float weights[2][16];
    char said[2000] = "";
    run(false, weights[0], said);
    assert_string_equal(said, "");
    run(true, weights[1], said);
    assert_memory_equal(weights[0], weights[1], sizeof weights[0]);
    const char *first = strstr(said, "softmax_missing");
    assert_non_null(first);
    assert_null(strstr(first + 1, "softmax_missing"));
}
