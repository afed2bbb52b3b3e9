/* Where the time of a training step goes beside what the machine allows. Each step of the plan runs alone on
 * one thread, with what is chained to it, in the plan's order, and the least time of many rounds counts; its
 * limit is the longer of its FLOP at the peak and its bytes at the bandwidth of the smallest cache that holds
 * them. */
#include "common.h"

#include "base/clock.h"
#include "base/float_mode.h"
#include "kernels/unroll.h"
#include "train/run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const double longest = 8; /* seconds of measuring */
enum { MOST_ROUNDS = 300, FEWEST_ROUNDS = 3 };

/* Seconds this thread has run: other programs on its core do not count. */
static double thread_seconds(void)
{
    struct timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

/* ---- what the machine allows ---- */

enum { CHAINS = 12 };         /* of multiply-adds that do not wait for each other */
static volatile float unused; /* so that compilers keep what is measured */

/* Defines a function that returns how many FLOP per second `rounds` multiply-adds in CHAINS chains make. */
#define PEAK(name, attribute, vector, set, multiply_add) \
    attribute static double name(int64_t rounds) \
    { \
        vector sum[CHAINS], x = set(0.5f), y = set(0.25f); \
        float lanes[sizeof(vector) / sizeof(float)]; \
        UNROLL for (int i = 0; i < CHAINS; i++) sum[i] = set(0.01f * (float)i); \
        const double begin = thread_seconds(); \
        for (int64_t round = 0; round < rounds; round++) \
            UNROLL for (int i = 0; i < CHAINS; i++) sum[i] = multiply_add(sum[i], x, y); \
        const double took = thread_seconds() - begin; \
        UNROLL for (int i = 1; i < CHAINS; i++) sum[0] = sum[0] + sum[i]; \
        memcpy(lanes, &sum[0], sizeof lanes); \
        unused = lanes[0]; \
        return 2.0 * CHAINS * (double)rounds * (double)(sizeof lanes / sizeof *lanes) / took; \
    }

typedef float four_floats __attribute__((vector_size(16)));
#define SET_FOUR(x) ((four_floats){x, x, x, x})
#if defined(__ARM_NEON)
#include <arm_neon.h>
#define MULTIPLY_ADD_FOUR(a, b, c) vfmaq_f32(c, a, b)
#else
#define MULTIPLY_ADD_FOUR(a, b, c) ((a) * (b) + (c))
#endif
PEAK(peak_of_four, , four_floats, SET_FOUR, MULTIPLY_ADD_FOUR)

#ifdef __x86_64__
#include <immintrin.h>
PEAK(peak_of_avx2, __attribute__((target("avx2,fma"))), __m256, _mm256_set1_ps, _mm256_fmadd_ps)
PEAK(peak_of_avx512, __attribute__((target("avx512f"))), __m512, _mm512_set1_ps, _mm512_fmadd_ps)
#endif

static double peak_once(void)
{
    enum { SOME = 200 * 1000 };
#ifdef __x86_64__
    if (__builtin_cpu_supports("avx512f"))
        return peak_of_avx512(SOME);
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        return peak_of_avx2(SOME);
#endif
    return peak_of_four(SOME);
}

enum { LEVELS = 4, TRIALS = 7 };

/* A cache, or what is behind all of them: how much it holds, and the bytes per second that go to and from it
 * in z = x + y. */
typedef struct level {
    const char *name;
    double holds, rate;
} level;

typedef struct machine {
    double flops;
    level levels[LEVELS];
} machine;

/* The sizes that the system tells, else usual ones. */
static double cache_size(int name, double usual)
{
    const long size = sysconf(name);
    return size > 0 ? (double)size : usual;
}

static double stream_rate(const hone_kernels *kernels, double bytes)
{
    const int64_t count = (int64_t)(bytes / 3 / sizeof(float)), runs = 1 + (int64_t)(2e7 / bytes);
    float *x = bench_numbers(3 * count);
    hone_kernel_args args = {.data = {x, x + count, x + 2 * count}};
    double best = 0;
    for (int trial = 0; trial < TRIALS; trial++) {
        const double begin = thread_seconds();
        for (int64_t run = 0; run < runs; run++)
            kernels->kernel[HONE_KERNEL_add](&args, 0, count, NULL);
        const double rate = bytes * (double)runs / (thread_seconds() - begin);
        best = rate > best ? rate : best;
    }
    free(x);
    return best;
}

static machine measure_machine(const hone_kernels *kernels)
{
    machine found = {.levels = {{"L1", cache_size(_SC_LEVEL1_DCACHE_SIZE, 32e3), 0},
                                {"L2", cache_size(_SC_LEVEL2_CACHE_SIZE, 512e3), 0},
                                {"L3", cache_size(_SC_LEVEL3_CACHE_SIZE, 8e6), 0},
                                {"memory", HUGE_VAL, 0}}};
    for (int trial = 0; trial < TRIALS; trial++) {
        const double flops = peak_once();
        found.flops = flops > found.flops ? flops : found.flops;
    }
    for (int i = 0; i < LEVELS; i++)
        found.levels[i].rate = stream_rate(kernels, i < LEVELS - 1 ? found.levels[i].holds / 2
                                                                   : 4 * found.levels[LEVELS - 2].holds);
    return found;
}

static void print_machine(const machine *found)
{
    printf("One thread of this machine: %.1f GFLOP/s in registers;", found->flops * 1e-9);
    for (int i = 0; i < LEVELS; i++)
        printf(" %s %.0f GB/s%s", found->levels[i].name, found->levels[i].rate * 1e-9,
               i < LEVELS - 1 ? "," : ".\n\n");
}

/* ---- what a step asks for ---- */

typedef struct demand {
    double flops, bytes;
} demand;

static void note_value(const hone_plan *plan, hone_value value, bool *noted, demand *all)
{
    const hone_value root = value < 0 ? value : plan->roots[value];
    if (root < 0 || noted[root] || plan->addresses[root] == NULL)
        return;
    noted[root] = true;
    all->bytes += (double)hone_internal_shape_count(hone_value_shape(plan->graph, root)) * sizeof(float);
}

/* Each number that the step or its chain touches counts once; what only the chain sees is not memory. */
static demand demand_of(const hone_plan *plan, const hone_step *head)
{
    bool *noted = calloc(plan->graph->value_count + 1, sizeof *noted);
    demand all = {(double)head->flops, 0};
    if (noted == NULL)
        exit(1);
    if (head->traits.layouts != NULL && head->traits.layouts->transient)
        noted[plan->roots[head->operands[0]]] = true;
    for (int i = 0; i < HONE_STEP_OPERANDS; i++)
        note_value(plan, head->operands[i], noted, &all);
    for (int c = 0; c < head->chain.count; c++) {
        const hone_step *chained = &plan->steps[head->chained[c]];
        all.flops += (double)chained->flops;
        for (int i = 0; i < HONE_STEP_OPERANDS; i++)
            note_value(plan, chained->operands[i], noted, &all);
    }
    free(noted);
    return all;
}

static const level *level_of(const machine *allowed, double bytes)
{
    const level *found = allowed->levels;
    while (found->holds < bytes)
        found++;
    return found;
}

/* ---- measuring ---- */

static void run_step(const hone_plan *plan, const hone_step *step)
{
    const bool whole = step->traits.runs_chain || step->chain.count == 0;
    const int64_t stride = whole ? step->items : step->grain;
    for (int64_t begin = 0; begin < step->items; begin += stride) {
        const int64_t end = begin + stride < step->items ? begin + stride : step->items;
        step->run(&step->args, begin, end, plan->scratch);
        const int64_t each = whole ? 0 : step->traits.elements / step->items;
        if (!whole)
            hone_chain_run(&step->chain, begin * each, end * each, plan->scratch);
    }
}

static void keep_least(double *least, double seconds)
{
    *least = seconds < *least ? seconds : *least;
}

/* The least seconds of each step that is not chained to another; returns those of all together. */
static double measure_steps(const hone_plan *plan, double *least)
{
    double clock = 1, whole = HUGE_VAL;
    for (int i = 0; i < 1000; i++) {
        const double begin = thread_seconds();
        keep_least(&clock, thread_seconds() - begin);
    }
    for (int s = 0; s < plan->step_count; s++)
        least[s] = HUGE_VAL;
    const double start = bench_seconds();
    for (int round = 0; round < FEWEST_ROUNDS || (round < MOST_ROUNDS && bench_seconds() < start + longest);
         round++) {
        const hone_float_mode before = hone_internal_float_mode_begin();
        for (int s = 0; s < plan->step_count; s++) {
            if (plan->steps[s].head != s)
                continue;
            const double begin = thread_seconds();
            run_step(plan, &plan->steps[s]);
            const double took = thread_seconds() - begin - clock;
            keep_least(&least[s], took > 0 ? took : 0);
        }
        const double begin = thread_seconds();
        for (int s = 0; s < plan->step_count; s++)
            if (plan->steps[s].head == s)
                run_step(plan, &plan->steps[s]);
        keep_least(&whole, thread_seconds() - begin);
        hone_internal_float_mode_set(before);
    }
    return whole;
}

static void nothing(void *context, int64_t tile, int thread)
{
    (void)context, (void)tile, (void)thread;
}

/* The least seconds in which all threads meet once. */
static double measure_meeting(hone_team *team)
{
    double least = 1;
    for (int i = 0; i < 1000; i++) {
        const double begin = bench_seconds();
        hone_internal_team_run(team, nothing, NULL, hone_internal_team_threads(team));
        keep_least(&least, bench_seconds() - begin);
    }
    return least;
}

/* ---- the table ---- */

typedef struct row {
    char kernels[96];
    const char *why; /* of its dearest step */
    int steps;
    double measured, limit, dearest;
} row;

static void name_kernels(const hone_plan *plan, const hone_step *head, char *text, size_t size)
{
    size_t used = (size_t)snprintf(text, size, "%s", hone_internal_kernel_name(head->kernel));
    for (int c = 0; c < head->chain.count && used < size; c++)
        used += (size_t)snprintf(text + used, size - used, " + %s",
                                 hone_internal_kernel_name(plan->steps[head->chained[c]].kernel));
}

static row *new_row(row *rows, int *count, const char *kernels)
{
    memcpy(rows[*count].kernels, kernels, sizeof rows->kernels);
    return &rows[(*count)++];
}

static row *row_named(row *rows, int *count, const char *kernels)
{
    for (int i = 0; i < *count; i++)
        if (strcmp(rows[i].kernels, kernels) == 0)
            return &rows[i];
    return new_row(rows, count, kernels);
}

/* `apart`: with a row for each step, named after its layer. */
static void add_step(const hone_plan *plan, const machine *allowed, int s, double measured, bool apart,
                     row *rows, int *count)
{
    const demand asked = demand_of(plan, &plan->steps[s]);
    const level *home = level_of(allowed, asked.bytes);
    const double arithmetic = asked.flops / allowed->flops, streaming = asked.bytes / home->rate;
    char kernels[sizeof rows->kernels];
    const size_t used =
        apart ? (size_t)snprintf(kernels, sizeof kernels, "%-24.24s ", plan->steps[s].node->scope) : 0;
    name_kernels(plan, &plan->steps[s], kernels + used, sizeof kernels - used);
    row *kept = apart ? new_row(rows, count, kernels) : row_named(rows, count, kernels);
    kept->steps++;
    kept->measured += measured;
    kept->limit += arithmetic > streaming ? arithmetic : streaming;
    if (measured >= kept->dearest) {
        kept->dearest = measured;
        kept->why = arithmetic > streaming ? "FLOP" : home->name;
    }
}

static int by_loss(const void *a, const void *b)
{
    const row *x = a, *y = b;
    const double first = x->measured - x->limit, second = y->measured - y->limit;
    return (second > first) - (second < first);
}

static void print_line(const char *kernels, int steps, const char *why, double measured, double limit)
{
    printf("%-72.72s %5d %11.2f %11.2f %7.2f  %s\n", kernels, steps, measured * 1e6, limit * 1e6,
           limit > 0 ? measured / limit : 0, why);
}

static void print_rows(const hone_plan *plan, const machine *allowed, const double *least, double whole,
                       bool apart)
{
    row *rows = calloc((size_t)plan->step_count + 1, sizeof *rows);
    int count = 0, steps = 0;
    double sum = 0, limit = 0;
    if (rows == NULL)
        exit(1);
    for (int s = 0; s < plan->step_count; s++)
        if (plan->steps[s].head == s)
            add_step(plan, allowed, s, least[s], apart, rows, &count);
    qsort(rows, (size_t)count, sizeof *rows, by_loss);
    printf("%-72s %5s %11s %11s %7s  %s\n", "kernel (+ on its tiles)", "steps", "us", "limit", "times",
           "limited by");
    for (int i = 0; i < count; i++) {
        print_line(rows[i].kernels, rows[i].steps, rows[i].why, rows[i].measured, rows[i].limit);
        steps += rows[i].steps;
        sum += rows[i].measured;
        limit += rows[i].limit;
    }
    print_line("all of them", steps, "", sum, limit);
    print_line("one after the other, without looking at the clock", steps, "", whole, limit);
    free(rows);
}

void bench_limits(hone_model *model, hone_dataset *data, int64_t batch, bool apart)
{
    const hone_session alone = {.team = NULL};
    const hone_feed feed = {.data = data, .begin = 0, .count = batch};
    hone_session session = alone;
    hone_pass *pass = NULL;
    if (hone_internal_feed_check(model, data, true) < 0 || hone_internal_prepare_training(model) < 0)
        bench_fail();
    for (int i = 0; i < FEWEST_ROUNDS; i++)
        if (hone_internal_run_batch(model, &session, HONE_MODE_TRAIN, &feed, &pass, NULL) < 0)
            bench_fail();
    const hone_plan *plan = pass->plan;
    double *least = calloc((size_t)plan->step_count + 1, sizeof *least);
    if (least == NULL)
        exit(1);
    const machine allowed = measure_machine(plan->kernels);
    print_machine(&allowed);
    const double whole = measure_steps(plan, least);
    print_rows(plan, &allowed, least, whole, apart);
    hone_session together = hone_internal_session_begin();
    if (hone_internal_team_threads(together.team) > 1) {
        const double meeting = measure_meeting(together.team);
        printf("%d meetings of %d threads, %.2f us each: %.2f us\n", plan->parallel_phases,
               hone_internal_team_threads(together.team), meeting * 1e6,
               meeting * plan->parallel_phases * 1e6);
    }
    hone_internal_session_end(&together);
    free(least);
}
