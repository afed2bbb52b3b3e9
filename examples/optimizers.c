/* Eight optimizers on one network, from the same initial weights, over the same batches in the same order: what keras_optimizers.py
 * does in Keras, beginning with the file 05-start.keras that this program writes. */
#include "common.h"

static const struct {
    const char *label, *spec;
} rules[] = {{"SGD", "sgd(learning_rate=0.01)"},
             {"momentum", "sgd(learning_rate=0.01, momentum=0.9)"},
             {"Nesterov", "sgd(learning_rate=0.01, momentum=0.9, nesterov=true)"},
             {"AdaGrad", "adagrad(learning_rate=0.01)"},
             {"RMSprop", "rmsprop(learning_rate=0.001)"},
             {"Adam", "adam(learning_rate=0.001)"},
             {"AdamW", "adamw(learning_rate=0.001)"},
             {"Nadam", "nadam(learning_rate=0.001)"}};

static hone_model *make_model(void)
{
    return hone_sequential(hone_input(28, 28), hone_flatten(), hone_dense(100, .activation = "relu", .kernel_initializer = "he_normal"),
                           hone_dense(100, .activation = "relu", .kernel_initializer = "he_normal"),
                           hone_dense(10, .activation = "softmax"));
}

int main(int count, char **words)
{
    example run;
    static example_comparison comparison;
    if (!example_begin(&run, count, words, 20000, 10)) return 2;
    bool good = true;
    for (size_t i = 0; i < sizeof rules / sizeof *rules && good; i++) {
        hone_model *model = make_model(); /* the seed is the same, so the weights are */
        if (i == 0) good = hone_save(model, example_path(&run, "05-start.keras")) >= 0;
        good = good && hone_compile(model, .optimizer = hone_optimizer_from_text(rules[i].spec),
                                    .loss = "sparse_categorical_crossentropy", .metrics = {"accuracy"}) >= 0;
        good = good && example_compare(&comparison, rules[i].label,
                                       hone_fit(model, run.train, .epochs = run.epochs, .validation_data = run.valid, .shuffle = false));
        hone_model_free(model);
    }
    good = good && example_draw_comparison(&comparison, example_path(&run, "05-optimizers.png"), "Eight optimizers");
    return example_end(&run, !good);
}
