/* Seconds a training step of ResNet-20 for CIFAR-10 (He and others, 2015, section 4.2): 3 x 3 convolutions of
 * 16, 32 and 64 filters with batch normalisation, shortcuts; Adam, on random images of 32 x 32.
 *
 *   bench_resnet [BATCH] [--threads N] [--rounds N] [--serve]      default: 128 */
#include "common.h"
#include <stdio.h>
#include <stdlib.h>

static hone_tensor *convolved(hone_tensor *x, int64_t filters, int64_t size, int64_t stride)
{
    hone_tensor *y =
        hone_apply(hone_conv2d(filters, size, .strides = {stride}, .padding = "same", .use_bias = false), x);
    return hone_apply(hone_batch_normalization(), y);
}

static hone_tensor *block(hone_tensor *x, int64_t filters, int64_t stride, bool narrower)
{
    hone_tensor *y = hone_apply(hone_re_lu(), convolved(x, filters, 3, stride));
    y = convolved(y, filters, 3, 1);
    hone_tensor *shortcut = narrower ? convolved(x, filters, 1, stride) : x;
    return hone_apply(hone_re_lu(), hone_apply(hone_add(), y, shortcut));
}

/* The same in peers/resnet.py. */
static hone_model *resnet(void)
{
    hone_tensor *image = hone_input_tensor(32, 32, 3, .name = "image");
    hone_tensor *x = hone_apply(hone_re_lu(), convolved(image, 16, 3, 1));
    for (int stage = 0; stage < 3; stage++)
        for (int i = 0; i < 3; i++) {
            bool narrower = stage > 0 && i == 0;
            x = block(x, 16 << stage, narrower ? 2 : 1, narrower);
        }
    hone_tensor *y =
        hone_apply(hone_dense(10, .activation = "softmax"), hone_apply(hone_global_average_pooling2d(), x));
    return bench_classifier(hone_functional((image), (y)), hone_adam());
}

int main(int count, char **words)
{
    bench_options options = bench_begin(&count, words);
    int64_t batch = count > 1 ? atoll(words[1]) : 128;
    if (batch < 1) {
        fprintf(stderr, "expected a batch\n");
        return 2;
    }
    int64_t samples = batch * 4;
    hone_array *x = bench_floats(4, (int64_t[]){samples, 32, 32, 3}), *y = bench_integers(samples, 10);
    return bench_steps(&options, "resnet", resnet(), x, y, batch);
}
