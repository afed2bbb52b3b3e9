/* Scores: against numbers counted by hand, and what is refused. */
#include "report/report.h"
#include "testing/test.h"

#include <math.h>
#include <string.h>

/* A model that says what its first input column says: logits of two classes x and -x; the second column means
 * nothing. */
static hone_model *make_model(void)
{
    hone_model *model =
        hone_sequential(hone_input(2), hone_dense(2, .activation = "softmax", .use_bias = false));
    static const float kernel[] = {-3, 3, 0, 0};
    memcpy(hone_variable_data(hone_model_weight(model, 0)), kernel, sizeof kernel);
    assert_int_equal(hone_compile(model, .loss = "sparse_categorical_crossentropy"), HONE_OK);
    return model;
}

static const float x[] = {1, 5, 1, -2, -1, 3, -1, 0, 1, 1}, y[] = {1, 1, 0, 1, 1};

static hone_dataset *make_data(void)
{
    const int64_t of_x[] = {5, 2}, of_y[] = {5};
    return hone_dataset_from_arrays(.x[0] = hone_array_view(x, HONE_FLOAT32, 2, of_x),
                                    .y[0] = hone_array_view(y, HONE_FLOAT32, 1, of_y));
}

TEST(counts_classes)
{
    hone_model *model = make_model();
    hone_dataset *data = make_data();
    hone_scores scores;
    assert_int_equal(hone_score(model, data, 0, 0, &scores), HONE_OK);
    assert_string_equal(scores.task, "classes");
    assert_int_equal(scores.class_count, 2);
    assert_int_equal(scores.samples, 5);
    const int64_t confusion[] = {1, 0, 1, 3};
    assert_memory_equal(scores.confusion, confusion, sizeof confusion);
    assert_true(fabs(scores.accuracy - 0.8) < 1e-9);
    assert_true(fabs(scores.classes[1].precision - 1) < 1e-9 && fabs(scores.classes[1].recall - 0.75) < 1e-9);
    assert_string_equal(scores.classes[1].name, "1");
    assert_int_equal(scores.bin_counts[9], 5);
    assert_true(isnan(scores.r2));
    hone_scores_free(&scores);
    assert_true(hone_score(model, data, 1, 0, &scores) < 0);
    assert_true(hone_score(model, NULL, 0, 0, &scores) < 0);
    hone_dataset_free(data);
    hone_model_free(model);
}
