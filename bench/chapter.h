/* The chapter's network, which the benchmarks train. */
#ifndef HONE_BENCH_CHAPTER_H
#define HONE_BENCH_CHAPTER_H

#include <hone/hone.h>

static inline hone_model *bench_chapter(void)
{
    hone_model *model = hone_sequential(
        hone_input(28, 28), hone_flatten(),
        hone_dense(300, .activation = "relu", .kernel_initializer = "he_normal"), hone_batch_normalization(),
        hone_dense(100, .activation = "relu", .kernel_initializer = "he_normal"), hone_dropout(0.5),
        hone_dense(10, .activation = "softmax"));
    hone_compile(model, .optimizer = hone_adam(), .loss = "sparse_categorical_crossentropy",
                 .metrics = {"accuracy"});
    return model;
}

#endif
