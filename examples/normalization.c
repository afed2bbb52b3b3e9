/* Batch and layer normalisation, before and after the activation, and none: ten layers of 100 with sigmoid, which can hardly learn
 * without, and with relu. */
#include "common.h"

typedef enum place { NOWHERE, BEFORE, AFTER } place;
static const struct {
    const char *label, *activation;
    bool batch;
    place where;
} setups[] = {{"sigmoid", "sigmoid", true, NOWHERE},
              {"sigmoid, batch, before", "sigmoid", true, BEFORE},
              {"sigmoid, batch, after", "sigmoid", true, AFTER},
              {"sigmoid, layer, before", "sigmoid", false, BEFORE},
              {"sigmoid, layer, after", "sigmoid", false, AFTER},
              {"relu", "relu", true, NOWHERE},
              {"relu, batch, before", "relu", true, BEFORE},
              {"relu, batch, after", "relu", true, AFTER},
              {"relu, layer, before", "relu", false, BEFORE},
              {"relu, layer, after", "relu", false, AFTER}};

static void add_normalization(hone_model *model, bool batch)
{
    hone_model_add(model, batch ? hone_batch_normalization() : hone_layer_normalization());
}

static hone_model *make_model(int setup)
{
    hone_model *model = hone_sequential(hone_input(28, 28), hone_flatten());
    for (int layer = 0; layer < 10; layer++) { /* a bias before a normalisation would be subtracted again */
        hone_model_add(model, hone_dense(100, .kernel_initializer = "he_normal", .use_bias = setups[setup].where != BEFORE));
        if (setups[setup].where == BEFORE) add_normalization(model, setups[setup].batch);
        hone_model_add(model, hone_activation(setups[setup].activation));
        if (setups[setup].where == AFTER) add_normalization(model, setups[setup].batch);
    }
    hone_model_add(model, hone_dense(10, .activation = "softmax"));
    hone_compile(model, .optimizer = hone_sgd(.learning_rate = 0.05), .loss = "sparse_categorical_crossentropy", .metrics = {"accuracy"});
    return model;
}

int main(int count, char **words)
{
    example run;
    static example_comparison comparison;
    if (!example_begin(&run, count, words, 20000, 5)) return 2;
    bool good = true;
    for (int i = 0; i < (int)(sizeof setups / sizeof *setups) && good; i++) {
        hone_model *model = make_model(i);
        good = example_compare(&comparison, setups[i].label,
                               hone_fit(model, run.train, .epochs = run.epochs, .validation_data = run.valid));
        hone_model_free(model);
    }
    good = good && example_draw_comparison(&comparison, example_path(&run, "03-normalization.png"), "Normalisation, before or after");
    return example_end(&run, !good);
}
