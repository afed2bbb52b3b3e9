/* Initialisations and activations compared: ten layers of 100, each activation with the start that suits it and with one that does
 * not. */
#include "common.h"

static const struct {
    const char *label, *activation, *initializer;
} setups[] = {{"sigmoid, Glorot", "sigmoid", "glorot_normal"},
              {"tanh, Glorot", "tanh", "glorot_normal"},
              {"tanh, He", "tanh", "he_normal"},
              {"relu, Glorot", "relu", "glorot_normal"},
              {"relu, He", "relu", "he_normal"},
              {"leaky relu (0.2), He", "leaky_relu(negative_slope=0.2)", "he_normal"},
              {"elu, He", "elu", "he_normal"},
              {"gelu, He", "gelu", "he_normal"},
              {"swish, He", "swish", "he_normal"},
              {"mish, He", "mish", "he_normal"},
              {"selu, He", "selu", "he_normal"},
              {"selu, LeCun", "selu", "lecun_normal"}};

int main(int count, char **words)
{
    example run;
    static example_comparison comparison = {.lowest_accuracy = 0.78};
    if (!example_begin(&run, count, words, 20000, 5)) return 2;
    bool good = true;
    for (size_t i = 0; i < sizeof setups / sizeof *setups && good; i++) {
        /* mean 0 and deviation 1, as the initialisations (and SELU above all) take for granted */
        hone_model *model = hone_sequential(hone_input(28, 28), hone_flatten(), hone_rescaling(1 / 0.353, .offset = -0.286 / 0.353));
        for (int layer = 0; layer < 10; layer++)
            hone_model_add(model, hone_dense(100, .activation = setups[i].activation, .kernel_initializer = setups[i].initializer));
        hone_model_add(model, hone_dense(10, .activation = "softmax"));
        hone_compile(model, .optimizer = hone_sgd(.learning_rate = 0.01), .loss = "sparse_categorical_crossentropy", .metrics = {"accuracy"});
        good = example_compare(&comparison, setups[i].label,
                               hone_fit(model, run.train, .epochs = run.epochs, .validation_data = run.valid));
        hone_model_free(model);
    }
    good = good && example_draw_comparison(&comparison, example_path(&run, "02-initializers.png"), "Ten layers, twelve ways to start");
    return example_end(&run, !good);
}
