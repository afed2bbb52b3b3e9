/* The floor: the time of a step's matrix products alone, through dnnl_sgemm, the unit in which speed is
 * stated.
 *
 *   bench_floor [--forward] [PRODUCTS ...] [--threads N] [--rounds N] [--serve]      default:
 * 32x784-300-100-10
 *
 * PRODUCTS is a chain of dense layers, BATCHxSIZE-SIZE-...: forward, weight gradients, and input gradients
 * but the first layer's, in step order, on buffers laid out as in training; with --forward the first of these
 * alone. Or it is a single product: NN:MxNxK, TN:MxNxK or NT:MxNxK, where T says which operand is stored
 * transposed; 200*NN:MxNxK is the same product 200 times, one after the other.
 *
 * On one thread each product is one call. On several, each round takes the better of oneDNN's own threads and
 * an even split of every product over pinned threads. */
#define _GNU_SOURCE
#include "common.h"
#include <dlfcn.h>
#include <dnnl.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_PRODUCTS = 256, MOST_THREADS = 64 };

/* c[m, n] = a[m, k] b[k, n], either one stored transposed. */
typedef struct product {
    char transpose_a, transpose_b; /* 'N' or 'T' */
    int64_t m, n, k;
    const float *a, *b;
    float *c;
    bool with_next; /* the next one does not wait for it */
    int times;
} product;

typedef struct floor_step {
    product products[MOST_PRODUCTS];
    int count, threads, steps; /* steps: of each round */
} floor_step;

/* One thread's share. */
typedef struct worker {
    const floor_step *step;
    int64_t part, parts;
    atomic_int *arrived; /* of the barrier; NULL: alone */
} worker;

/* Says it to the OpenMP library that oneDNN brought along, for calls from this thread. */
static void use_openmp_threads(int threads)
{
    void (*set)(int), *found = dlsym(RTLD_DEFAULT, "omp_set_num_threads");
    if (found == NULL)
        return;
    memcpy(&set, &found, sizeof set); /* C has no cast from an object's address to a function's */
    set(threads);
}

/* ---- what is multiplied ---- */

static void add_product(floor_step *step, product one)
{
    if (step->count == MOST_PRODUCTS) {
        fprintf(stderr, "more than %d products\n", MOST_PRODUCTS);
        exit(2);
    }
    one.times = one.times > 0 ? one.times : 1;
    step->products[step->count++] = one;
}

/* The products of a stack of dense layers: Y[b, o] = X[b, i] W[i, o], dW[i, o] = X^T dY, dX[b, i] = dY W^T.
 */
static void add_chain(floor_step *step, int64_t batch, const int64_t *size, int layers, bool forward_only)
{
    float *weights[BENCH_MOST_SIZES], *gradients[BENCH_MOST_SIZES], *values[BENCH_MOST_SIZES],
        *value_gradients[BENCH_MOST_SIZES];
    for (int i = 0; i < layers; i++)
        weights[i] = bench_numbers(size[i] * size[i + 1]);
    for (int i = 0; i < layers; i++)
        gradients[i] = bench_numbers(size[i] * size[i + 1]);
    for (int i = 0; i <= layers; i++)
        values[i] = bench_numbers(batch * size[i]);
    for (int i = 0; i <= layers; i++)
        value_gradients[i] = bench_numbers(batch * size[i]);
    for (int i = 0; i < layers; i++)
        add_product(step, (product){'N', 'N', batch, size[i + 1], size[i], values[i], weights[i],
                                    values[i + 1], false, 1});
    for (int i = layers - 1; i >= 0 && !forward_only; i--) {
        int64_t in = size[i], out = size[i + 1];
        add_product(step, (product){'T', 'N', in, out, batch, values[i], value_gradients[i + 1], gradients[i],
                                    i > 0, 1});
        if (i > 0)
            add_product(step, (product){'N', 'T', batch, in, out, value_gradients[i + 1], weights[i],
                                        value_gradients[i], false, 1});
    }
}

/* One of the forms in this file's first comment. */
static bool add_products(floor_step *step, const char *text, bool forward_only)
{
    int64_t size[BENCH_MOST_SIZES];
    long long m, n, k;
    char a, b;
    const char *star = strchr(text, '*');
    int times = star == NULL ? 1 : atoi(text);
    if (sscanf(star == NULL ? text : star + 1, "%c%c:%lldx%lldx%lld", &a, &b, &m, &n, &k) == 5) {
        if (!strchr("NT", a) || !strchr("NT", b) || m < 1 || n < 1 || k < 1 || times < 1)
            return false;
        add_product(step, (product){a, b, m, n, k, bench_numbers(m * k), bench_numbers(k * n),
                                    bench_numbers(m * n), false, times});
        return true;
    }
    const char *x = strchr(text, 'x');
    int64_t batch = atoll(text);
    int sizes = x && batch > 0 ? bench_sizes(x + 1, size) : 0;
    if (sizes == 0)
        return false;
    add_chain(step, batch, size, sizes - 1, forward_only);
    return true;
}

/* ---- multiplying ---- */

/* This worker's share: columns of the result, or its rows where they are columns of a. */
static void run_share(const worker *self, const product *p)
{
    bool rows = p->transpose_a == 'T';
    int64_t whole = rows ? p->m : p->n, begin = whole * self->part / self->parts;
    int64_t mine = whole * (self->part + 1) / self->parts - begin;
    int64_t lda = rows ? p->m : p->k, ldb = p->transpose_b == 'T' ? p->k : p->n;
    if (mine == 0)
        return;
    if (rows)
        dnnl_sgemm('T', p->transpose_b, mine, p->n, p->k, 1, p->a + begin, lda, p->b, ldb, 0,
                   p->c + begin * p->n, p->n);
    else
        dnnl_sgemm('N', p->transpose_b, p->m, mine, p->k, 1, p->a, lda,
                   p->b + begin * (p->transpose_b == 'T' ? p->k : 1), ldb, 0, p->c + begin, p->n);
}

static void wait_for_others(const worker *self, int *arrivals)
{
    if (self->arrived == NULL)
        return;
    *arrivals += (int)self->parts;
    atomic_fetch_add(self->arrived, 1);
    for (int tries = 0; atomic_load_explicit(self->arrived, memory_order_acquire) < *arrivals; tries++)
        if (tries > 20000)
            sched_yield(); /* another process has the core of one that is waited for */
}

static void *work(void *context)
{
    const worker *self = context;
    int arrivals = 0;
    if (self->arrived != NULL)
        use_openmp_threads(1);
    for (int s = 0; s < self->step->steps; s++)
        for (int i = 0; i < self->step->count; i++) {
            for (int t = 0; t < self->step->products[i].times; t++)
                run_share(self, &self->step->products[i]);
            if (!self->step->products[i].with_next)
                wait_for_others(self, &arrivals);
        }
    return NULL;
}

static double own_threads(const floor_step *step)
{
    worker self = {.step = step, .parts = 1};
    use_openmp_threads(step->threads);
    double start = bench_seconds();
    work(&self);
    return (bench_seconds() - start) / step->steps;
}

/* Attributes that put a thread on the index-th processor that this process may use. */
static void pin(pthread_attr_t *attributes, int index)
{
    cpu_set_t allowed, one;
    pthread_attr_init(attributes);
    if (sched_getaffinity(0, sizeof allowed, &allowed) != 0)
        return;
    for (size_t core = 0; core < CPU_SETSIZE; core++)
        if (CPU_ISSET(core, &allowed) && index-- == 0) {
            CPU_ZERO(&one);
            CPU_SET(core, &one);
            pthread_attr_setaffinity_np(attributes, sizeof one, &one);
        }
}

static double split_over_pinned_threads(const floor_step *step)
{
    pthread_t thread[MOST_THREADS];
    worker workers[MOST_THREADS];
    atomic_int arrived = 0;
    double start = bench_seconds();
    for (int i = 0; i < step->threads; i++) {
        pthread_attr_t attributes;
        pin(&attributes, i);
        workers[i] = (worker){.step = step, .part = i, .parts = step->threads, .arrived = &arrived};
        if (pthread_create(&thread[i], &attributes, work, &workers[i]) != 0)
            exit(1);
        pthread_attr_destroy(&attributes);
    }
    for (int i = 0; i < step->threads; i++)
        pthread_join(thread[i], NULL);
    return (bench_seconds() - start) / step->steps;
}

/* A bench_round: seconds per step. */
static double floor_round(void *context)
{
    floor_step *step = context;
    if (step->steps == 0) { /* first, to make code for the shapes; then as many as last a tenth of a second */
        step->steps = 1;
        own_threads(step);
        step->steps = 1 + (int)(0.1 / (own_threads(step) + 1e-8));
    }
    double own = own_threads(step), split = step->threads > 1 ? split_over_pinned_threads(step) : own;
    return own < split ? own : split;
}

int main(int count, char **words)
{
    bench_options options = bench_begin(&count, words);
    static floor_step step;
    bool forward_only = false;
    step.threads = options.threads < MOST_THREADS ? options.threads : MOST_THREADS;
    for (int i = 1; i < count; i++)
        if (strcmp(words[i], "--forward") == 0)
            forward_only = true;
        else if (!add_products(&step, words[i], forward_only)) {
            fprintf(stderr, "%s: expected 32x784-300-100-10 or NN:32x300x784\n", words[i]);
            return 2;
        }
    if (step.count == 0)
        add_products(&step, "32x784-300-100-10", forward_only);
    return bench_measure(&options, "floor", floor_round, &step);
}
