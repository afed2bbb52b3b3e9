/* Seconds a training step of a deep network: 3,072 inputs (bytes, times 1/255), 20 layers of 100 with batch
 * normalisation and swish, 10 classes, Nadam, batch 32.
 *
 *   bench_deep [--threads N] [--rounds N] [--serve] */
#include "common.h"

int main(int count, char **words)
{
    enum { SAMPLES = 8192 };
    bench_options options = bench_begin(&count, words);
    hone_array *x = bench_bytes(2, (int64_t[]){SAMPLES, 3072}), *y = bench_integers(SAMPLES, 10);
    hone_dataset *data = hone_dataset_from_arrays(.x = {*x}, .y = {*y}, .scale = 1.0 / 255);
    if (data == NULL)
        bench_fail();
    bench_training training = {.model = bench_deep(), .data = data, .batch = 32};
    int status = bench_measure_training(&options, "deep", bench_step, &training);
    hone_model_free(training.model);
    hone_dataset_free(data);
    hone_array_free(x);
    hone_array_free(y);
    return status;
}
