/* The chapter's exercise: twenty layers of 100 with swish, Nadam and batch normalisation, and the same with SELU, which needs none, on
 * an image set given as arrays: CIFAR-10 when its files are there, else Fashion-MNIST; or --data DATA, any form that hone --data takes. */
#include "common.h"
#include <stdio.h>
#include <string.h>

static hone_model *make_model(const hone_array *images, bool selu)
{
    int64_t channels = images->rank > 3 ? images->shape[3] : 1;
    hone_model *model = channels > 1 ? hone_sequential(hone_input(images->shape[1], images->shape[2], channels), hone_flatten())
                                     : hone_sequential(hone_input(images->shape[1], images->shape[2]), hone_flatten());
    if (selu) hone_model_add(model, hone_rescaling(1 / 0.25, .offset = -0.48 / 0.25)); /* about mean 0, deviation 1 */
    for (int layer = 0; layer < 20; layer++) {
        hone_model_add(model, hone_dense(100, .kernel_initializer = selu ? "lecun_normal" : "he_normal", .use_bias = selu));
        if (!selu) hone_model_add(model, hone_batch_normalization());
        hone_model_add(model, hone_activation(selu ? "selu" : "swish"));
    }
    hone_model_add(model, hone_dense(10, .activation = "softmax"));
    hone_compile(model, .optimizer = hone_nadam(.learning_rate = selu ? 2e-4 : 5e-4), .loss = "sparse_categorical_crossentropy",
                 .metrics = {"accuracy"});
    return model;
}

int main(int count, char **words)
{
    example run;
    static example_comparison comparison;
    const char *source = count > 2 && strcmp(words[1], "--data") == 0 ? words[2] : NULL;
    int used = source ? 2 : 0;
    words[used] = words[0];
    if (!example_begin(&run, count - used, words + used, 40000, 8)) return 2;
    hone_dataset *images = hone_dataset_load(source ? source : "cifar10", "train", 1.0 / 255);
    if (!images && !source) printf("%s\nFashion-MNIST stands in.\n", hone_error_message());
    if (!images && !source) images = hone_dataset_retain(run.all);
    int64_t all = hone_dataset_count(images), held = run.samples / 4 < 5000 ? run.samples / 4 : 5000;
    hone_dataset *train = hone_dataset_slice(images, 0, run.samples < all - held ? run.samples : all - held);
    hone_dataset *valid = hone_dataset_slice(images, -held, HONE_NONE_INTEGER);
    bool good = train && valid;
    for (int selu = 0; selu < 2 && good; selu++) {
        hone_model *model = make_model(hone_dataset_input(train, 0), selu);
        good = example_compare(&comparison, selu ? "selu, LeCun" : "swish, batch normalisation",
                               hone_fit(model, train, .epochs = run.epochs, .validation_data = valid,
                                        .callbacks = hone_callbacks(hone_early_stopping(.patience = 5, .restore_best_weights = true))));
        hone_model_free(model);
    }
    good = good && example_draw_comparison(&comparison, example_path(&run, "11-deep.png"), "Twenty layers, Nadam");
    hone_dataset_free(valid);
    hone_dataset_free(train);
    hone_dataset_free(images);
    return example_end(&run, !good);
}
