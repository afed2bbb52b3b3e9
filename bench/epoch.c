/* Seconds an epoch of the example of the README: 784-300-BN-100-dropout-10, 55,000 images of Fashion-MNIST,
 * batch 32, Adam, shuffled, no validation.
 *
 *   bench_epoch [POLICY] [--threads N] [--rounds N] [--serve]      POLICY: mixed_bfloat16 */
#include "common.h"

int main(int count, char **words)
{
    bench_options options = bench_begin(&count, words);
    if (count > 1 && hone_set_dtype_policy(words[1]) < 0)
        bench_fail();
    hone_dataset *all = hone_dataset_load("fashion-mnist", "train", 1.0 / 255);
    hone_dataset *train = all ? hone_dataset_slice(all, 0, 55000) : NULL;
    if (train == NULL)
        bench_fail();
    bench_training training = {.model = bench_chapter(), .data = train, .batch = 32, .epochs = 1};
    int status = bench_measure_training(&options, "epoch", bench_epoch, &training);
    hone_model_free(training.model);
    hone_dataset_free(train);
    hone_dataset_free(all);
    return status;
}
