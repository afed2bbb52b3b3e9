/* Against learning by heart: few images and a large network, which overfits; the same with L1, L2, max-norm, dropout, alpha dropout
 * (with SELU), and early stopping that goes back to the best weights. */
#include "common.h"
#include <stdio.h>

enum { PLAIN, L1, L2, MAX_NORM, DROPOUT, ALPHA_DROPOUT, EARLY_STOPPING, KINDS };
static const char *const labels[KINDS] = {"nothing", "l1(1e-5)", "l2(1e-3)", "max_norm(1)", "dropout(0.4)", "alpha_dropout(0.1), selu",
                                          "early stopping"};

static hone_model *make_model(int kind)
{
    bool selu = kind == ALPHA_DROPOUT;
    hone_model *model = hone_sequential(hone_input(28, 28), hone_flatten(), hone_rescaling(1 / 0.353, .offset = -0.286 / 0.353));
    for (int layer = 0; layer < 3; layer++) {
        hone_model_add(model, hone_dense(200, .activation = selu ? "selu" : "relu", .kernel_initializer = selu ? "lecun_normal" : "he_normal",
                                         .kernel_regularizer = kind == L1 ? "l1(1e-5)" : kind == L2 ? "l2(1e-3)" : NULL,
                                         .kernel_constraint = kind == MAX_NORM ? "max_norm(1)" : NULL));
        if (kind == DROPOUT) hone_model_add(model, hone_dropout(0.4));
        if (kind == ALPHA_DROPOUT) hone_model_add(model, hone_alpha_dropout(0.1));
    }
    hone_model_add(model, hone_dense(10, .activation = "softmax"));
    hone_compile(model, .optimizer = hone_adam(.learning_rate = 5e-4), .loss = "sparse_categorical_crossentropy", .metrics = {"accuracy"});
    return model;
}

int main(int count, char **words)
{
    example run;
    static example_comparison comparison;
    hone_logs results[KINDS];
    const char *stopped[KINDS];
    if (!example_begin(&run, count, words, 6000, 30)) return 2;
    bool good = true;
    for (int i = 0; i < KINDS && good; i++) {
        hone_model *model = make_model(i);
        int64_t patience = i == EARLY_STOPPING ? 4 : EXAMPLE_MOST_EPOCHS; /* so long that it never stops the others */
        hone_callback *early = hone_early_stopping(.patience = patience, .restore_best_weights = i == EARLY_STOPPING);
        const hone_history *history =
            hone_fit(model, run.train, .epochs = run.epochs, .validation_data = run.valid, .callbacks = hone_callbacks(early));
        good = example_compare(&comparison, labels[i], history) && hone_evaluate(model, run.test, &results[i]) >= 0;
        stopped[i] = good && hone_history_stopped_by(history) ? "stopped early" : "";
        for (int m = 0; good && m < results[i].count; m++) results[i].names[m] = m == 0 ? "accuracy" : "loss"; /* they outlive the model */
        hone_model_free(model);
    }
    printf("\non the test images\n");
    for (int i = 0; i < comparison.count && good; i++)
        printf("%-28s loss %.4f  accuracy %.4f  %s\n", labels[i], results[i].values[1], results[i].values[0], stopped[i]);
    good = good && example_draw_comparison(&comparison, example_path(&run, "07-regularization.png"), "Few images, large network");
    return example_end(&run, !good);
}
