/* Calls with keyword arguments, as a user writes them: positional first, keywords, overridden defaults,
 * nested calls. Compiled with every warning in every C from C11 on; never run. */
#include <hone/hone.h>

hone_layer *layers[11];
void make_layers(double rate);

static const double bins[100];

void make_layers(double rate)
{
    layers[0] = hone_input(28, 28);
    layers[1] = hone_input(28, 28, .name = "image");
    layers[2] = hone_flatten();
    layers[3] = hone_dense(300);
    layers[4] =
        hone_dense(300, .activation = "relu", .use_bias = false, .name = rate > 0 ? "hidden" : "other");
    layers[5] = hone_activation("leaky_relu(negative_slope=0.1)");
    layers[6] = hone_batch_normalization(.momentum = 0.9, .epsilon = rate, .center = false);
    layers[7] = hone_dropout(rate, .noise_shape = {HONE_ANY, 1, 28});
    layers[8] = hone_normalization(.mean = {0.5, rate}, .variance = {1, 2});
    layers[9] = hone_normalization(HONE_NUMBERS(mean, 0.5, 0), HONE_NUMBERS(variance, 1, 2));
    layers[10] = hone_discretization(.bin_boundaries_list = bins, .bin_boundaries_count = 100);
}

hone_status train(hone_model *model, hone_dataset *data);

hone_status train(hone_model *model, hone_dataset *data)
{
    hone_tensor *image = hone_input_tensor(28, 28), *code = hone_apply(hone_dense(3), image);
    hone_model *part = hone_functional((image), (code)),
               *named = hone_functional((image), (code), .name = "named");
    hone_rate_search search;
    hone_compile(model);
    hone_compile(model, .loss = "mse");
    hone_fit(model, data);
    hone_fit(model, data, .epochs = 0, .shuffle = false);
    hone_model_free(part);
    hone_model_free(named);
    return hone_find_rate(model, data, &search);
}
