/* Seconds a training step of a wide and deep network on a table, batch 256, Adam:
 *
 *   deep  8 numbers, and a number below 100,000 that becomes 16 numbers by an embedding: 24-64-32, ReLU
 *   wide  500 numbers, beside those 32: 532-1, sigmoid
 *
 *   bench_wide_deep [--threads N] [--rounds N] [--serve] */
#include "common.h"

int main(int count, char **words)
{
    enum { SAMPLES = 16384 };
    bench_options options = bench_begin(&count, words);
    hone_array *wide = bench_floats(2, (int64_t[]){SAMPLES, 500}),
               *deep = bench_floats(2, (int64_t[]){SAMPLES, 8});
    hone_array *id = bench_integers(SAMPLES, 100000), *y = bench_integers(SAMPLES, 2);
    hone_array ids = hone_array_view(id->data, HONE_INT32, 2, (int64_t[]){SAMPLES, 1});
    hone_array answers = hone_array_view(y->data, HONE_INT32, 2, (int64_t[]){SAMPLES, 1});
    hone_dataset *data = hone_dataset_from_arrays(.x = {*wide, *deep, ids}, .y = {answers});
    if (data == NULL)
        bench_fail();
    bench_training training = {.model = bench_wide_deep(), .data = data, .batch = 256};
    int status = bench_measure_training(&options, "wide and deep", bench_step, &training);
    hone_model_free(training.model);
    hone_dataset_free(data);
    hone_array_free(wide);
    hone_array_free(deep);
    hone_array_free(id);
    hone_array_free(y);
    return status;
}
