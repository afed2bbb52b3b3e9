/* Seconds a sample of prediction with 784-300-100-10.
 *
 *   bench_inference latency              one sample per call
 *   bench_inference throughput [BATCH]   10,000 samples a call, 32 a batch by default
 *
 * each with [--threads N] [--rounds N] [--serve] */
#include "common.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SAMPLES = 10000, CALLS = 2000 };

typedef struct inference {
    hone_model *model;
    hone_dataset *data;
    hone_array *x;
    int64_t batch;
} inference;

/* A bench_round: one sample per call, each time another one. */
static double latency(void *context)
{
    const inference *run = context;
    return bench_one_by_one(run->model, run->x, CALLS);
}

/* A bench_round: all samples in batches, several times. */
static double throughput(void *context)
{
    enum { CALLS_OF_MANY = 4 };
    const inference *run = context;
    double start = bench_seconds();
    for (int i = 0; i < CALLS_OF_MANY; i++) {
        hone_array *answers;
        if (hone_predict(run->model, run->data, &answers, .batch_size = run->batch) < 0)
            return -1;
        hone_array_free(answers);
    }
    return (bench_seconds() - start) / (CALLS_OF_MANY * (double)SAMPLES);
}

int main(int count, char **words)
{
    bench_options options = bench_begin(&count, words);
    bool one = count < 2 || strcmp(words[1], "latency") == 0;
    inference run = {.batch = count > 2 ? atoll(words[2]) : 32};
    if ((!one && strcmp(words[1], "throughput") != 0) || run.batch < 1) {
        fprintf(stderr, "expected latency, or throughput and a batch\n");
        return 2;
    }
    run.model = bench_dense((int64_t[]){784, 300, 100, 10}, 4, "sgd");
    run.x = bench_floats(2, (int64_t[]){SAMPLES, 784});
    run.data = hone_dataset_from_arrays(.x = {*run.x});
    if (run.data == NULL)
        bench_fail();
    int status = bench_measure(&options, "inference", one ? latency : throughput, &run);
    hone_dataset_free(run.data);
    hone_model_free(run.model);
    hone_array_free(run.x);
    return status;
}
