/* The doctor of recipes. */
#include "testing/test.h"

#include <hone/doctor.h>
#include <hone/hone.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

TEST(a_cure_is_tried_and_proved)
{
    enum { SAMPLES = 200 };
    static float x[SAMPLES][2], y[SAMPLES];
    char folder[64], names[2][96], text[512];
    snprintf(folder, sizeof folder, "/tmp/hone_doctor_%d", (int)getpid());
    snprintf(names[0], sizeof names[0], "%s_x.npy", folder);
    snprintf(names[1], sizeof names[1], "%s_y.npy", folder);
    for (int i = 0; i < SAMPLES; i++) {
        x[i][0] = (float)(i * 37 % 101) / 50 - 1;
        x[i][1] = (float)(i * 53 % 97) / 48 - 1;
        y[i] = x[i][0] > x[i][1];
    }
    hone_array xs = hone_array_view(x, HONE_FLOAT32, 2, (int64_t[]){SAMPLES, 2}),
               ys = hone_array_view(y, HONE_FLOAT32, 1, (int64_t[]){SAMPLES});
    assert_int_equal(hone_array_save(&xs, names[0]), 0);
    assert_int_equal(hone_array_save(&ys, names[1]), 0);
    snprintf(
        text, sizeof text,
        "model:\n  - input: [2]\n  - dense: {units: 8, activation: relu}\n  - dense: {units: 1, activation: softmax}\n"
        "compile: {optimizer: \"adam(learning_rate=0.01)\", loss: binary_crossentropy}\n"
        "data: {train: \"%s,%s\"}\nfit: {epochs: 20}\n",
        names[0], names[1]);
    hone_recipe *recipe = hone_recipe_parse(text, "r");
    hone_diagnosis *diagnosis = hone_recipe_diagnose(recipe, .time = 1000, .seeds = 1);
    if (diagnosis == NULL)
        fail_msg("%s", hone_error_message());
    const hone_finding *first = hone_diagnosis_at(diagnosis, 0);
    assert_string_equal(first->id, "softmax_one_unit");
    assert_string_equal(first->layer, "dense_1");
    assert_true(first->verified);
    hone_diagnosis_free(diagnosis);
    hone_recipe_free(recipe);
    unlink(names[0]);
    unlink(names[1]);
}
