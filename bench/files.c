/* Seconds from the start of reading 10,000 images from files to the end of an epoch of the chapter's example
 * on them.
 *
 *   bench_files csv|folder FOLDER [--threads N] [--rounds N] [--serve]
 *
 * FOLDER/images.csv has a column "label" and 784 of pixels, FOLDER/images a folder of PNG files for each
 * class (make_files.py). */
#include "common.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The chapter's network for whatever shape the images have. */
static hone_model *make_model(void)
{
    hone_model *model = hone_sequential(
        hone_flatten(), hone_dense(300, .activation = "relu", .kernel_initializer = "he_normal"),
        hone_batch_normalization(), hone_dense(100, .activation = "relu", .kernel_initializer = "he_normal"),
        hone_dropout(0.5), hone_dense(10, .activation = "softmax"));
    if (hone_compile(model, .optimizer = hone_adam(), .loss = "sparse_categorical_crossentropy",
                     .metrics = {"accuracy"}) < 0)
        bench_fail();
    return model;
}

/* A bench_round. */
static double read_and_train(void *context)
{
    double start = bench_seconds();
    hone_dataset *data = hone_dataset_load(context, "train", 1.0 / 255);
    hone_model *model = make_model();
    bool good = data != NULL && hone_fit(model, data) != NULL;
    hone_model_free(model);
    hone_dataset_free(data);
    return good ? bench_seconds() - start : -1;
}

int main(int count, char **words)
{
    bench_options options = bench_begin(&count, words);
    char source[4096];
    if (count != 3 || (strcmp(words[1], "csv") != 0 && strcmp(words[1], "folder") != 0)) {
        fprintf(stderr, "expected csv or folder, and where they are\n");
        return 2;
    }
    snprintf(source, sizeof source, strcmp(words[1], "csv") == 0 ? "%s/images.csv#target=label" : "%s/images",
             words[2]);
    return bench_measure(&options, "files", read_and_train, source);
}
