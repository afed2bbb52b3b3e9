/* Seconds a training step of a plain network of dense layers: ReLU between, softmax and cross-entropy at the
 * end, on random data.
 *
 *   bench_dense [SIZES [BATCH [OPTIMIZER]]] [--threads N] [--rounds N] [--serve]      default: 784-300-100-10
 * 32 adam */
#include "common.h"
#include <stdio.h>
#include <stdlib.h>

int main(int count, char **words)
{
    bench_options options = bench_begin(&count, words);
    int64_t sizes[BENCH_MOST_SIZES], batch = count > 2 ? atoll(words[2]) : 32;
    int layers = bench_sizes(count > 1 ? words[1] : "784-300-100-10", sizes);
    if (layers == 0 || batch < 1) {
        fprintf(stderr, "expected sizes as 784-300-100-10 and a batch\n");
        return 2;
    }
    /* The same in peers/dense.py. */
    int64_t samples = batch * 2048 < 16384 ? batch * 2048 : 16384;
    hone_array *x = bench_floats(2, (int64_t[]){samples, sizes[0]});
    hone_array *y = bench_integers(samples, (int32_t)sizes[layers - 1]);
    return bench_steps(&options, "dense", bench_dense(sizes, layers, count > 3 ? words[3] : "adam"), x, y,
                       batch);
}
