/* The floor: the time of a training step's matrix products alone, through dnnl_sgemm, the unit in which the
 * speed of training is stated.
 *
 *   bench_floor [BATCH [SIZE SIZE ...]]      default: 32 784 300 100 10
 *
 * Forward, weight gradients, and input gradients but the first layer's, in step order, on buffers laid out
 * as in training: on one core, and on two the better of oneDNN's own threads and an even split over two
 * pinned threads. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <dnnl.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Says it to the OpenMP library that oneDNN brought along, for calls from this thread. */
static void use_openmp_threads(int threads)
{
    void (*set)(int), *found = dlsym(RTLD_DEFAULT, "omp_set_num_threads");
    if (found == NULL)
        return;
    memcpy(&set, &found, sizeof set); /* C has no cast from an object's address to a function's */
    set(threads);
}

enum { MOST_SIZES = 32, ROUNDS = 5, EPOCH_IMAGES = 55000, LARGE = 2048 };

typedef struct network {
    int64_t batch;
    int layers; /* layer i maps size[i] numbers to size[i + 1] */
    int64_t size[MOST_SIZES];
    float *weights[MOST_SIZES], *weight_gradients[MOST_SIZES];
    float *values[MOST_SIZES], *value_gradients[MOST_SIZES];
} network;

/* One thread's share of the steps. */
typedef struct worker {
    const network *net;
    int64_t part, parts; /* this one's even share of each product */
    int steps;
    atomic_int *arrived; /* of the barrier; NULL: alone */
} worker;

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static float *numbers(int64_t count)
{
    float *block = aligned_alloc(64, ((size_t)count * sizeof(float) + 63) / 64 * 64);
    if (block == NULL) {
        fprintf(stderr, "out of memory\n");
        exit(1);
    }
    for (int64_t i = 0; i < count; i++)
        block[i] = (float)(i % 17 - 8) * 0.01f;
    return block;
}

static void allocate(network *net)
{
    for (int i = 0; i < net->layers; i++)
        net->weights[i] = numbers(net->size[i] * net->size[i + 1]);
    for (int i = 0; i < net->layers; i++)
        net->weight_gradients[i] = numbers(net->size[i] * net->size[i + 1]);
    for (int i = 0; i <= net->layers; i++)
        net->values[i] = numbers(net->batch * net->size[i]);
    for (int i = 0; i <= net->layers; i++)
        net->value_gradients[i] = numbers(net->batch * net->size[i]);
}

static void wait_for_others(const worker *self, int *round)
{
    if (self->arrived == NULL)
        return;
    *round += (int)self->parts;
    atomic_fetch_add(self->arrived, 1);
    while (atomic_load_explicit(self->arrived, memory_order_acquire) < *round)
        __builtin_ia32_pause();
}

/* This worker's share of `count` things: *begin and how many. */
static int64_t share(const worker *self, int64_t count, int64_t *begin)
{
    *begin = count * self->part / self->parts;
    return count * (self->part + 1) / self->parts - *begin;
}

static void step(const worker *self, int *round)
{
    const network *net = self->net;
    int64_t batch = net->batch, begin;
    for (int i = 0; i < net->layers; i++) { /* Y[b, o] = X[b, n] W[n, o] */
        int64_t in = net->size[i], out = net->size[i + 1], mine = share(self, out, &begin);
        dnnl_sgemm('N', 'N', batch, mine, in, 1, net->values[i], in, net->weights[i] + begin, out, 0,
                   net->values[i + 1] + begin, out);
        wait_for_others(self, round);
    }
    for (int i = net->layers - 1; i >= 0; i--) {
        int64_t in = net->size[i], out = net->size[i + 1], mine = share(self, in, &begin);
        dnnl_sgemm('T', 'N', mine, out, batch, 1, net->values[i] + begin, in, net->value_gradients[i + 1],
                   out, 0, net->weight_gradients[i] + begin * out, out); /* dW[n, o] = X^T dY */
        if (i > 0)                                                       /* dX[b, n] = dY[b, o] W^T */
            dnnl_sgemm('N', 'T', batch, mine, out, 1, net->value_gradients[i + 1], out,
                       net->weights[i] + begin * out, out, 0, net->value_gradients[i] + begin, in);
        wait_for_others(self, round);
    }
}

static void *work(void *context)
{
    worker *self = context;
    int round = 0;
    if (self->arrived != NULL)
        use_openmp_threads(1);
    for (int i = 0; i < self->steps; i++)
        step(self, &round);
    return NULL;
}

static double split_over_pinned_threads(const network *net, int parts, int steps)
{
    pthread_t thread[8];
    worker workers[8];
    atomic_int arrived = 0;
    double start = seconds();
    for (int i = 0; i < parts; i++) {
        cpu_set_t one;
        pthread_attr_t attributes;
        CPU_ZERO(&one);
        CPU_SET((size_t)i, &one);
        pthread_attr_init(&attributes);
        pthread_attr_setaffinity_np(&attributes, sizeof one, &one);
        workers[i] = (worker){.net = net, .part = i, .parts = parts, .steps = steps, .arrived = &arrived};
        if (pthread_create(&thread[i], &attributes, work, &workers[i]) != 0)
            exit(1);
        pthread_attr_destroy(&attributes);
    }
    for (int i = 0; i < parts; i++)
        pthread_join(thread[i], NULL);
    return (seconds() - start) / steps;
}

static double own_threads(const network *net, int threads, int steps)
{
    worker self = {.net = net, .part = 0, .parts = 1, .steps = steps, .arrived = NULL};
    use_openmp_threads(threads);
    work(&self);
    double start = seconds();
    work(&self);
    return (seconds() - start) / steps;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *times)
{
    qsort(times, ROUNDS, sizeof *times, ascending);
    return times[ROUNDS / 2];
}

static double large_product_gflops(void)
{
    float *a = numbers((int64_t)LARGE * LARGE), *b = numbers((int64_t)LARGE * LARGE),
          *c = numbers((int64_t)LARGE * LARGE);
    double times[ROUNDS];
    use_openmp_threads(1);
    for (int i = 0; i < ROUNDS; i++) {
        double start = seconds();
        dnnl_sgemm('N', 'N', LARGE, LARGE, LARGE, 1, a, LARGE, b, LARGE, 0, c, LARGE);
        times[i] = seconds() - start;
    }
    free(a), free(b), free(c);
    return 2.0 * LARGE * LARGE * LARGE / median(times) * 1e-9;
}

static double step_flops(const network *net)
{
    double flops = 0;
    for (int i = 0; i < net->layers; i++)
        flops += (i == 0 ? 4.0 : 6.0) * (double)(net->batch * net->size[i] * net->size[i + 1]);
    return flops;
}

static void report(const char *what, const network *net, double time)
{
    double steps_per_epoch = (double)((EPOCH_IMAGES + net->batch - 1) / net->batch);
    printf("%-28s %10.2f us a step  %8.3f s an epoch of %d  %6.1f GFLOP/s\n", what, time * 1e6,
           time * steps_per_epoch, EPOCH_IMAGES, step_flops(net) / time * 1e-9);
}

int main(int argc, char **argv)
{
    network net = {.batch = 32, .layers = 3, .size = {784, 300, 100, 10}};
    if (argc > 1)
        net.batch = atoll(argv[1]);
    if (argc > 3)
        net.layers = argc - 3 < MOST_SIZES ? argc - 3 : MOST_SIZES - 1;
    for (int i = 0; argc > 3 && i <= net.layers; i++)
        net.size[i] = atoll(argv[i + 2]);
    allocate(&net);
    double one[ROUNDS], pinned[ROUNDS], own[ROUNDS];
    int steps = (int)(1e10 / step_flops(&net)) + 1;
    own_threads(&net, 1, steps / 4 + 1);
    for (int i = 0; i < ROUNDS; i++) {
        one[i] = own_threads(&net, 1, steps);
        pinned[i] = split_over_pinned_threads(&net, 2, steps);
        own[i] = own_threads(&net, 2, steps);
    }
    report("1 core", &net, median(one));
    report("2 cores, split, pinned", &net, median(pinned));
    report("2 cores, oneDNN's threads", &net, median(own));
    printf("one core, %d x %d x %d: %.1f GFLOP/s\n", LARGE, LARGE, LARGE, large_product_gflops());
    return 0;
}
