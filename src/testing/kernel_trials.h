/* For tests of kernels: every table that this machine can run against the reference, over odd shapes, in one
 * piece and in odd pieces (the same bits), in place where that is allowed, and with guarded memory. */
#ifndef HONE_TESTING_KERNEL_TRIALS_H
#define HONE_TESTING_KERNEL_TRIALS_H

#include "base/memory.h"
#include "base/text.h"
#include "kernels/movement.h"
#include "kernels/ref/tables.h"
#include "testing/test.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { GUARD = 64, SCRATCH = 1 << 16, FAMILY = 1024 };

/* One run of a kernel: its arguments, and what each operand holds before. */
typedef struct trial {
    hone_kernel_index kernel;
    hone_kernel_args args;
    int64_t items;
    struct {
        const void *values;
        size_t bytes;
        bool wide; /* doubles */
    } operand[HONE_KERNEL_OPERANDS];
    int shares;       /* data[0] is the same memory as this operand; 0: none */
    double tolerance; /* of an element: tolerance * (1 + |expected|) */
    bool whole;       /* a single item that does all */
    size_t tiled; /* bytes of the family, of which each table chooses the tiles, the items; 0: not tiled */
} trial;

static hone_arena arena; /* the values of the trials of one test */

static uint64_t sequence;

/* The next number of a fixed sequence, in [0, 1). */
static inline double next_number(void)
{
    sequence = sequence * 6364136223846793005u + 1442695040888963407u;
    return (double)(sequence >> 40) / (double)(1 << 24);
}

static inline float *new_values(int64_t count, double low, double high)
{
    float *values = hone_internal_arena_allocate(&arena, ((size_t)count + 1) * sizeof *values);
    assert_non_null(values);
    for (int64_t i = 0; i < count; i++)
        values[i] = (float)(low + (high - low) * next_number());
    return values;
}

static inline float *new_ids(int64_t count, int64_t limit)
{
    float *values = new_values(count, 0, (double)limit);
    for (int64_t i = 0; i < count; i++)
        values[i] = floorf(values[i]);
    return values;
}

/* Numbers of all sizes, with what is special strewn in; `nan`: NaN too. */
static inline float *new_mixture(int64_t count, double low, double high, bool nan)
{
    static const float special[] = {0, 0.5f, 1, 3, 6, 20, 60, 1e-6f, 1e-20f, 0.25f, 1.5f, 2.5f};
    float *values = new_values(count, low, high);
    for (int64_t i = 0; i < count; i++) {
        const float chosen = special[i / 3 % 12];
        if (i % 3 == 1)
            values[i] = low < 0 && i % 2 == 0 ? -chosen : chosen;
        if (nan && i % 29 == 28)
            values[i] = NAN;
    }
    return values;
}

static inline void set_operand(trial *t, int index, const float *values, int64_t count)
{
    t->operand[index].values = values;
    t->operand[index].bytes = (size_t)count * sizeof(float);
}

static inline trial new_trial(hone_kernel_index kernel, int64_t items)
{
    return (trial){.kernel = kernel, .items = items, .tolerance = 4e-6};
}

typedef struct memory {
    char *block[HONE_KERNEL_OPERANDS]; /* guard, operand, guard */
} memory;

static inline char *guarded_copy(const void *values, size_t bytes)
{
    char *block = hone_internal_allocate_aligned(bytes + 2 * GUARD);
    assert_non_null(block);
    memset(block, 0xA5, bytes + 2 * GUARD);
    if (bytes > 0)
        memcpy(block + GUARD, values, bytes);
    return block;
}

static inline void check_guards(const trial *t, const memory *m)
{
    for (int i = 0; i < HONE_KERNEL_OPERANDS; i++) {
        if (m->block[i] == NULL)
            continue;
        for (size_t byte = 0; byte < GUARD; byte++) {
            assert_int_equal((unsigned char)m->block[i][byte], 0xA5);
            assert_int_equal((unsigned char)m->block[i][GUARD + t->operand[i].bytes + byte], 0xA5);
        }
    }
}

/* Runs on fresh copies; `piece` > 0: in pieces of odd lengths up to about that. */
static inline memory run_trial(const trial *t, const hone_kernels *table, int64_t piece)
{
    memory m = {{NULL}};
    hone_kernel_args args = t->args;
    int64_t items = t->items;
    size_t scratch_bytes = SCRATCH;
    char family[FAMILY];
    if (t->tiled > 0) {
        args.family = memcpy(family, t->args.family, t->tiled);
        const hone_tiles tiles = table->tiling[t->kernel](family);
        items = tiles.count;
        scratch_bytes += tiles.scratch;
    }
    void *scratch = hone_internal_allocate_aligned(scratch_bytes);
    for (int i = 0; i < HONE_KERNEL_OPERANDS; i++) {
        if (t->operand[i].values == NULL)
            continue;
        m.block[i] = guarded_copy(t->operand[i].values, t->operand[i].bytes);
        args.data[i] = m.block[i] + GUARD;
    }
    if (t->shares > 0)
        args.data[0] = args.data[t->shares];
    int64_t begin = 0;
    for (int64_t step = 1; begin < items; step = step % (piece + 1) + 2) {
        const int64_t end = piece == 0 || begin + step > items ? items : begin + step;
        table->kernel[t->kernel](&args, begin, end, scratch);
        begin = end;
    }
    hone_internal_free_aligned(scratch);
    check_guards(t, &m);
    return m;
}

static inline void free_memory(memory *m)
{
    for (int i = 0; i < HONE_KERNEL_OPERANDS; i++)
        hone_internal_free_aligned(m->block[i]);
}

static inline void check_number(const trial *t, const char *table, int operand, size_t index, double got,
                                double expected)
{
    if (got != got && expected != expected)
        return;
    if (got == expected || fabs(got - expected) <= t->tolerance * (1 + fabs(expected)))
        return;
    fail_msg("%s of %s, size %lld %lld %lld: operand %d, element %zu is %.9g, not %.9g",
             hone_internal_kernel_name(t->kernel), table, (long long)t->args.size[0],
             (long long)t->args.size[1], (long long)t->args.size[2], operand, index, got, expected);
}

static inline void check_close(const trial *t, const char *table, const memory *got, const memory *expected)
{
    for (int i = 0; i < HONE_KERNEL_OPERANDS; i++) {
        if (got->block[i] == NULL)
            continue;
        const void *x = got->block[i] + GUARD, *y = expected->block[i] + GUARD;
        if (t->operand[i].wide)
            for (size_t j = 0; j < t->operand[i].bytes / sizeof(double); j++)
                check_number(t, table, i, j, ((const double *)x)[j], ((const double *)y)[j]);
        else
            for (size_t j = 0; j < t->operand[i].bytes / sizeof(float); j++)
                check_number(t, table, i, j, (double)((const float *)x)[j], (double)((const float *)y)[j]);
    }
}

/* The same bits; a NaN may have another sign, as that of a * b depends on the order of two NaNs. */
static inline bool same_bits(const void *a, const void *b, size_t bytes, bool wide)
{
    if (wide)
        return memcmp(a, b, bytes) == 0;
    const float *x = a, *y = b;
    for (size_t i = 0; i < bytes / sizeof(float); i++)
        if (memcmp(&x[i], &y[i], sizeof x[i]) != 0 && !(x[i] != x[i] && y[i] != y[i]))
            return false;
    return true;
}

static inline void check_same_bits(const trial *t, const char *table, const memory *a, const memory *b)
{
    for (int i = 0; i < HONE_KERNEL_OPERANDS; i++) {
        if (a->block[i] == NULL)
            continue;
        if (same_bits(a->block[i] + GUARD, b->block[i] + GUARD, t->operand[i].bytes, t->operand[i].wide))
            continue;
        fail_msg("%s of %s, size %lld %lld %lld, in pieces: other bits in operand %d",
                 hone_internal_kernel_name(t->kernel), table, (long long)t->args.size[0],
                 (long long)t->args.size[1], (long long)t->args.size[2], i);
    }
}

static inline void check_trial(const trial *t)
{
    memory expected = run_trial(t, &hone_internal_kernels_ref, 0);
    for (const char *const *name = hone_internal_kernels_names(); *name != NULL; name++) {
        const hone_kernels *table = hone_internal_kernels_named(*name);
        memory got = run_trial(t, table, 0);
        check_close(t, *name, &got, &expected);
        for (int64_t piece = 1; piece < 300 && !t->whole; piece = 4 * piece + 1) {
            memory again = run_trial(t, table, piece);
            check_same_bits(t, *name, &got, &again);
            free_memory(&again);
        }
        free_memory(&got);
    }
    free_memory(&expected);
}

static const int64_t lengths[] = {0, 1, 2, 3, 7, 16, 17, 33, 100, 1000};
enum { LENGTHS = sizeof lengths / sizeof lengths[0] };

static const int64_t shapes[][3] = {{1, 1, 1},  {2, 3, 1},   {3, 7, 1},    {5, 10, 1},  {2, 16, 1},
                                    {1, 17, 1}, {4, 33, 1},  {33, 2, 1},   {2, 100, 1}, {1, 1000, 1},
                                    {3, 10, 5}, {2, 16, 17}, {1, 32, 300}, {4, 3, 100}, {2, 1, 65},
                                    {0, 5, 1},  {2, 5, 0}};
enum { SHAPES = sizeof shapes / sizeof shapes[0] };

static inline trial shaped_trial(hone_kernel_index kernel, const int64_t shape[3], int64_t items)
{
    trial t = new_trial(kernel, items);
    memcpy(t.args.size, shape, 3 * sizeof(int64_t));
    return t;
}

static inline void check_lines(hone_kernel_index kernel, const int64_t shape[3], bool in_place, bool nan)
{
    const int64_t lines = shape[0] * shape[2], count = lines * shape[1];
    trial t = shaped_trial(kernel, shape, lines);
    set_operand(&t, 0, new_values(in_place ? count : lines, -1, 1), in_place ? count : lines);
    set_operand(&t, 1, nan ? new_mixture(count, -1.5, 1.5, true) : new_values(count, 0.5, 1.5), count);
    check_trial(&t);
    if (!in_place)
        return;
    t.shares = 1;
    check_trial(&t);
}

#endif
