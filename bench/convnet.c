/* Seconds a training step of Keras's MNIST convnet (examples/vision/mnist_convnet): 3 x 3 convolutions of 32
 * and 64 filters, each with a pool of 2, dropout, 10 classes; Adam, on random images.
 *
 *   bench_convnet [BATCH] [--threads N] [--rounds N] [--serve]      default: 128 */
#include "common.h"
#include <stdio.h>
#include <stdlib.h>

int main(int count, char **words)
{
    bench_options options = bench_begin(&count, words);
    int64_t batch = count > 1 ? atoll(words[1]) : 128;
    if (batch < 1) {
        fprintf(stderr, "expected a batch\n");
        return 2;
    }
    /* The same in peers/convnet.py. */
    int64_t samples = batch * 16;
    hone_array *x = bench_floats(4, (int64_t[]){samples, 28, 28, 1}), *y = bench_integers(samples, 10);
    return bench_steps(&options, "convnet", bench_convnet(), x, y, batch);
}
