/* Seconds an epoch of the chapter's example: 55,000 images of Fashion-MNIST, batch 32, Adam, shuffled, no
 * validation.
 *
 *   bench_epoch [THREADS [EPOCHS]]       default: 1 5; prints one line of JSON: the median, the least, and
 * the peak memory. */
#include "chapter.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
    int threads = argc > 1 ? atoi(argv[1]) : 1;
    int64_t epochs = argc > 2 ? atoi(argv[2]) : 5;
    hone_set_threads(threads);
    hone_dataset *all = hone_dataset_load("fashion-mnist", "train", 1.0 / 255);
    hone_dataset *train = hone_dataset_slice(all, 0, 55000);
    hone_model *model = bench_chapter();
    const hone_history *history = hone_fit(model, train, .epochs = epochs);
    double *seconds = calloc((size_t)epochs + 1, sizeof *seconds);
    if (history == NULL || seconds == NULL) {
        fprintf(stderr, "%s\n", hone_error_message());
        return 1;
    }
    for (int64_t i = 0; i < epochs; i++)
        seconds[i] = hone_history_seconds(history, i);
    qsort(seconds, (size_t)epochs, sizeof *seconds, ascending);
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    printf(
        "{\"threads\": %d, \"epochs\": %lld, \"seconds_per_epoch\": %.4f, \"least\": %.4f, \"peak_mb\": %.1f}\n",
        threads, (long long)epochs, seconds[epochs / 2], seconds[0], (double)usage.ru_maxrss / 1024);
    free(seconds);
    hone_model_free(model);
    hone_dataset_free(train);
    hone_dataset_free(all);
    return 0;
}
