/* From the start of a process to the end of its first training step: 784-300-100-10, batch 32, Adam. run.py
 * times the whole process. */
#include "common.h"

int main(int count, char **words)
{
    bench_begin(&count, words);
    hone_array *x = bench_floats(2, (int64_t[]){32, 784}), *y = bench_integers(32, 10);
    hone_model *model = bench_dense((int64_t[]){784, 300, 100, 10}, 4, "adam");
    hone_batch batch = {.x = {*x}, .y = {*y}};
    if (hone_train_on_batch(model, &batch, NULL) < 0)
        bench_fail();
    hone_model_free(model);
    hone_array_free(x);
    hone_array_free(y);
    return 0;
}
