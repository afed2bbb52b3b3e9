/* Every kernel of every table that this machine can run, against the reference: over odd shapes, in one
 * piece and in odd pieces (the same bits), in place where that is allowed, and with guarded memory. The
 * products have their own test. */
#include "base/memory.h"
#include "kernels/movement.h"
#include "kernels/ref/tables.h"
#include "testing/test.h"

#include <stdlib.h>
#include <string.h>

static int choose_generic(void **state)
{
    (void)state;
    return setenv("HONE_KERNELS", "generic", 1);
}

enum { GUARD = 64, SCRATCH = 1 << 16 };

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
} trial;

static hone_arena arena; /* the values of the trials of one test */

static uint64_t sequence;

/* The next number of a fixed sequence, in [0, 1). */
static double next_number(void)
{
    sequence = sequence * 6364136223846793005u + 1442695040888963407u;
    return (double)(sequence >> 40) / (double)(1 << 24);
}

static float *new_values(int64_t count, double low, double high)
{
    float *values = hone_internal_arena_allocate(&arena, ((size_t)count + 1) * sizeof *values);
    assert_non_null(values);
    for (int64_t i = 0; i < count; i++)
        values[i] = (float)(low + (high - low) * next_number());
    return values;
}

static float *new_ids(int64_t count, int64_t limit)
{
    float *values = new_values(count, 0, (double)limit);
    for (int64_t i = 0; i < count; i++)
        values[i] = floorf(values[i]);
    return values;
}

/* Numbers of all sizes, with what is special strewn in; `nan`: NaN too. */
static float *new_mixture(int64_t count, double low, double high, bool nan)
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

static void set_operand(trial *t, int index, const float *values, int64_t count)
{
    t->operand[index].values = values;
    t->operand[index].bytes = (size_t)count * sizeof(float);
}

static trial new_trial(hone_kernel_index kernel, int64_t items)
{
    return (trial){.kernel = kernel, .items = items, .tolerance = 4e-6};
}

/* ---- Running ---- */

typedef struct memory {
    char *block[HONE_KERNEL_OPERANDS]; /* guard, operand, guard */
} memory;

static char *guarded_copy(const void *values, size_t bytes)
{
    char *block = hone_internal_allocate_aligned(bytes + 2 * GUARD);
    assert_non_null(block);
    memset(block, 0xA5, bytes + 2 * GUARD);
    if (bytes > 0)
        memcpy(block + GUARD, values, bytes);
    return block;
}

static void check_guards(const trial *t, const memory *m)
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
static memory run_trial(const trial *t, const hone_kernels *table, int64_t piece)
{
    memory m = {{NULL}};
    hone_kernel_args args = t->args;
    void *scratch = hone_internal_allocate_aligned(SCRATCH);
    for (int i = 0; i < HONE_KERNEL_OPERANDS; i++) {
        if (t->operand[i].values == NULL)
            continue;
        m.block[i] = guarded_copy(t->operand[i].values, t->operand[i].bytes);
        args.data[i] = m.block[i] + GUARD;
    }
    if (t->shares > 0)
        args.data[0] = args.data[t->shares];
    int64_t begin = 0;
    for (int64_t step = 1; begin < t->items; step = step % (piece + 1) + 2) {
        const int64_t end = piece == 0 || begin + step > t->items ? t->items : begin + step;
        table->kernel[t->kernel](&args, begin, end, scratch);
        begin = end;
    }
    hone_internal_free_aligned(scratch);
    check_guards(t, &m);
    return m;
}

static void free_memory(memory *m)
{
    for (int i = 0; i < HONE_KERNEL_OPERANDS; i++)
        hone_internal_free_aligned(m->block[i]);
}

static void check_number(const trial *t, const char *table, int operand, size_t index, double got,
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

static void check_close(const trial *t, const char *table, const memory *got, const memory *expected)
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
static bool same_bits(const void *a, const void *b, size_t bytes, bool wide)
{
    if (wide)
        return memcmp(a, b, bytes) == 0;
    const float *x = a, *y = b;
    for (size_t i = 0; i < bytes / sizeof(float); i++)
        if (memcmp(&x[i], &y[i], sizeof x[i]) != 0 && !(x[i] != x[i] && y[i] != y[i]))
            return false;
    return true;
}

static void check_same_bits(const trial *t, const char *table, const memory *a, const memory *b)
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

static void check_trial(const trial *t)
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

/* ---- Element-wise ---- */

typedef struct unary_case {
    const char *name;
    hone_kernel_index kernel;
    bool from_result;
} unary_case;

typedef enum { X, Y } needs;

static const unary_case unary_cases[] = {
#define HONE_UNARY(name, needs, ...) {#name, HONE_KERNEL_##name, needs},
#include "kernels/unary.def"
};

static bool is_one_of(const char *name, const char *const *list)
{
    for (; *list != NULL; list++)
        if (strcmp(name, *list) == 0)
            return true;
    return false;
}

/* Where a function is defined for all x above 0 only. */
static double lowest_operand(const char *name)
{
    static const char *const positive[] = {"sqrt",        "rsqrt",        "log", "log1p",
                                           "log_clamped", "power_scalar", NULL};
    return is_one_of(name, positive) ? 0.001 : -12;
}

static void check_unary(const unary_case *u, int64_t count, const double scalars[4])
{
    trial t = new_trial(u->kernel, count);
    memcpy(t.args.scalar, scalars, 4 * sizeof(double));
    const float *x = new_mixture(count, lowest_operand(u->name), 12, true);
    set_operand(&t, 0, x, count);
    set_operand(&t, 1, x, count);
    check_trial(&t);
    t.shares = 1;
    check_trial(&t);
    t.shares = 0;
    if (u->from_result) {
        memory y = run_trial(&t, &hone_internal_kernels_ref, 0);
        float *values = new_values(count, 0, 1);
        if (count > 0)
            memcpy(values, y.block[0] + GUARD, (size_t)count * sizeof(float));
        free_memory(&y);
        set_operand(&t, 1, values, count);
    }
    t.kernel = u->kernel + 1;
    set_operand(&t, 2, new_values(count, -1, 1), count);
    check_trial(&t);
    t.shares = 2;
    check_trial(&t);
}

AROUND_ALL(choose_generic, NULL);

TEST(unary_kernels_agree)
{
    static const double scalars[3][4] = {{0.5, 1.5, 0.25, 0}, {0, HUGE_VAL, 0, 0}, {1, 4, -1, 0}};
    for (size_t i = 0; i < sizeof unary_cases / sizeof unary_cases[0]; i++)
        for (int length = 0; length < LENGTHS; length++) {
            check_unary(&unary_cases[i], lengths[length], scalars[length % 3]);
            hone_internal_arena_free(&arena);
        }
}

static const hone_kernel_index binary_kernels[] = {
#define HONE_BINARY(name, ...) HONE_KERNEL_##name,
#include "kernels/binary.def"
};

static void check_binary(hone_kernel_index kernel, const hone_strides *strides, int64_t count)
{
    trial t = new_trial(kernel, count);
    const bool power = kernel == HONE_KERNEL_power;
    t.args.family = strides;
    set_operand(&t, 0, new_values(count, -1, 1), count);
    set_operand(&t, 1, new_mixture(count, power ? 0.1 : -3, 3, true), count);
    set_operand(&t, 2, power ? new_values(count, -3, 3) : new_mixture(count, -3, 3, true), count);
    check_trial(&t);
    if (strides != NULL)
        return;
    t.shares = 1;
    check_trial(&t);
    t.shares = 2;
    check_trial(&t);
}

TEST(binary_kernels_agree)
{
    static const hone_strides broadcasts[] = {
        {.rank = 0},
        {.rank = 1, .dims = {17}, .a = {1}, .b = {0}},
        {.rank = 2, .dims = {5, 33}, .a = {33, 1}, .b = {0, 1}},
        {.rank = 2, .dims = {5, 33}, .a = {1, 0}, .b = {33, 1}},
        {.rank = 3, .dims = {3, 5, 7}, .a = {35, 1, 5}, .b = {0, 7, 1}},
        {.rank = 4, .dims = {2, 3, 1, 19}, .a = {57, 19, 19, 1}, .b = {3, 1, 1, 0}},
    };
    for (size_t i = 0; i < sizeof binary_kernels / sizeof binary_kernels[0]; i++) {
        for (int length = 0; length < LENGTHS; length++)
            check_binary(binary_kernels[i], NULL, lengths[length]);
        for (size_t j = 0; j < sizeof broadcasts / sizeof broadcasts[0]; j++) {
            int64_t count = 1;
            for (int axis = 0; axis < broadcasts[j].rank; axis++)
                count *= broadcasts[j].dims[axis];
            check_binary(binary_kernels[i], &broadcasts[j], count);
        }
        hone_internal_arena_free(&arena);
    }
}

typedef struct step_case {
    const char *name;
    hone_kernel_index kernel;
    int slots;
} step_case;

static const step_case steps[] = {
#define HONE_OPTIMIZER_STEP(name, slots, ...) {#name, HONE_KERNEL_step_##name, slots},
#include "kernels/optimizer.def"
};

static void check_step(const step_case *s, int64_t count)
{
    static const double numbers[HONE_KERNEL_SCALARS] = {0.01, 0.1, 0.03, 0.002, 1.25, 1e-3, 0.5, 0.5};
    static const char *const without_gradient[] = {"weight_decay", "ema", NULL};
    trial t = new_trial(s->kernel, count);
    t.args.step = numbers;
    if (strcmp(s->name, "accumulate") != 0)
        set_operand(&t, 0, new_values(count, -1, 1), count);
    if (!is_one_of(s->name, without_gradient))
        set_operand(&t, 1, new_values(count, -1, 1), count);
    for (int slot = 0; slot < s->slots; slot++)
        set_operand(&t, 2 + slot, new_values(count, 0.05, 1), count);
    check_trial(&t);
}

TEST(optimizer_kernels_agree)
{
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
        for (int length = 0; length < LENGTHS; length++)
            check_step(&steps[i], lengths[length]);
    hone_internal_arena_free(&arena);
}

/* ---- Along an axis ---- */

static const int64_t shapes[][3] = {{1, 1, 1},  {2, 3, 1},   {3, 7, 1},    {5, 10, 1},  {2, 16, 1},
                                    {1, 17, 1}, {4, 33, 1},  {33, 2, 1},   {2, 100, 1}, {1, 1000, 1},
                                    {3, 10, 5}, {2, 16, 17}, {1, 32, 300}, {4, 3, 100}, {2, 1, 65},
                                    {0, 5, 1},  {2, 5, 0}};
enum { SHAPES = sizeof shapes / sizeof shapes[0] };

static trial shaped_trial(hone_kernel_index kernel, const int64_t shape[3], int64_t items)
{
    trial t = new_trial(kernel, items);
    memcpy(t.args.size, shape, 3 * sizeof(int64_t));
    return t;
}

static void check_lines(hone_kernel_index kernel, const int64_t shape[3], bool in_place, bool nan)
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

TEST(reductions_agree)
{
    static const hone_kernel_index kernels[] = {
#define HONE_REDUCTION(name, ...) HONE_KERNEL_reduce_##name,
#include "kernels/reduction.def"
        HONE_KERNEL_argmax, HONE_KERNEL_argmin};
    static const int64_t empty_axis[3] = {3, 0, 2};
    for (size_t i = 0; i < sizeof kernels / sizeof kernels[0]; i++) {
        for (int shape = 0; shape < SHAPES; shape++) {
            check_lines(kernels[i], shapes[shape], false, false);
            check_lines(kernels[i], shapes[shape], false, true);
        }
        check_lines(kernels[i], empty_axis, false, false);
        hone_internal_arena_free(&arena);
    }
}

TEST(softmax_agrees)
{
    for (int shape = 0; shape < SHAPES; shape++) {
        check_lines(HONE_KERNEL_softmax, shapes[shape], true, false);
        check_lines(HONE_KERNEL_softmax, shapes[shape], true, true);
        check_lines(HONE_KERNEL_log_softmax, shapes[shape], true, false);
        check_lines(HONE_KERNEL_log_softmax, shapes[shape], true, true);
        check_lines(HONE_KERNEL_cumulative_sum, shapes[shape], true, false);
    }
    hone_internal_arena_free(&arena);
}

TEST(softmax_gradients_agree)
{
    for (int shape = 0; shape < 2 * SHAPES; shape++) {
        const int64_t *sizes = shapes[shape / 2], count = sizes[0] * sizes[1] * sizes[2];
        trial t = shaped_trial(shape % 2 ? HONE_KERNEL_softmax_gradient : HONE_KERNEL_log_softmax_gradient,
                               sizes, sizes[0] * sizes[2]);
        set_operand(&t, 0, new_values(count, 0, 1), count);
        set_operand(&t, 1, shape % 2 ? new_values(count, 0, 1) : new_values(count, -5, 0), count);
        set_operand(&t, 2, new_values(count, -1, 1), count);
        check_trial(&t);
        t.shares = 2;
        check_trial(&t);
    }
    hone_internal_arena_free(&arena);
}

/* ---- Normalisation ---- */

/* `optional`: with gamma, beta, moving statistics, and derivatives of gamma and beta. */
static void check_batch_normalization(const int64_t shape[3], bool optional)
{
    const int64_t channels = shape[1], count = shape[0] * channels * shape[2];
    trial t = shaped_trial(HONE_KERNEL_batch_normalization, shape, channels);
    t.args.scalar[0] = 1e-3;
    t.args.scalar[1] = 0.99;
    t.tolerance = 2e-5; /* the mean is 10 deviations from 0 */
    for (int i = 0; i < 8; i++) {
        const int64_t size = i == 0 || i == 3 ? count : channels;
        if (i < 4 || optional)
            set_operand(&t, i, new_values(size, 2, 3), size);
    }
    check_trial(&t);
    t.kernel = HONE_KERNEL_batch_normalization_gradient;
    memset(t.operand, 0, sizeof t.operand);
    for (int i = 0; i < 8; i++) {
        const int64_t size = i == 0 || i == 3 || i == 4 ? count : channels;
        const bool given = i != 1 && i != 2 && i != 7;
        if (given || optional)
            set_operand(&t, i, new_values(size, 0.5, 2), size);
    }
    check_trial(&t);
    t.shares = 4;
    check_trial(&t);
}

static void check_normalize_by_statistics(const int64_t shape[3], bool optional)
{
    const int64_t channels = shape[1], count = shape[0] * channels * shape[2];
    trial t = shaped_trial(HONE_KERNEL_normalize_by_statistics, shape, shape[0] * channels);
    t.args.scalar[0] = 1e-3;
    for (int i = 0; i < 6; i++) {
        const int64_t size = i < 2 ? count : channels;
        if (i < 4 || optional)
            set_operand(&t, i, new_values(size, 0.5, 2), size);
    }
    check_trial(&t);
}

TEST(batch_normalization_agrees)
{
    for (int shape = 0; shape < SHAPES; shape++) {
        if (shapes[shape][0] == 0 || shapes[shape][2] == 0)
            continue;
        for (int optional = 0; optional < 2; optional++) {
            check_batch_normalization(shapes[shape], optional);
            check_normalize_by_statistics(shapes[shape], optional);
        }
    }
    hone_internal_arena_free(&arena);
}

static void check_row_normalization(int64_t rows, int64_t width, double uncentred)
{
    trial t = new_trial(HONE_KERNEL_row_normalization, rows);
    t.args.size[0] = rows, t.args.size[1] = width;
    t.args.scalar[0] = 1e-3, t.args.scalar[1] = uncentred;
    set_operand(&t, 0, new_values(rows * width, 0, 1), rows * width);
    set_operand(&t, 1, new_values(rows, 0, 1), rows);
    set_operand(&t, 2, new_values(rows, 0, 1), rows);
    set_operand(&t, 3, new_values(rows * width, -1, 2), rows * width);
    t.tolerance = 1e-5;
    check_trial(&t);
    t.kernel = HONE_KERNEL_row_normalization_gradient;
    set_operand(&t, 1, new_values(rows * width, -1, 1), rows * width);
    set_operand(&t, 2, new_values(rows * width, -1, 1), rows * width);
    set_operand(&t, 3, new_values(rows, 0.5, 2), rows);
    check_trial(&t);
}

TEST(row_normalization_agrees)
{
    for (int length = 1; length < LENGTHS; length++) {
        check_row_normalization(5, lengths[length], 0);
        check_row_normalization(lengths[length], 9, 1);
    }
    hone_internal_arena_free(&arena);
}

/* ---- Moving and drawing ---- */

TEST(bias_add_agrees)
{
    for (int length = 1; length < LENGTHS; length++) {
        const int64_t n = lengths[length], count = 7 * n;
        trial t = new_trial(HONE_KERNEL_bias_add, count);
        t.args.size[0] = n;
        set_operand(&t, 0, new_values(count, -1, 1), count);
        set_operand(&t, 1, new_values(count, -1, 1), count);
        set_operand(&t, 2, new_values(n, -1, 1), n);
        check_trial(&t);
        t.shares = 1;
        check_trial(&t);
    }
    hone_internal_arena_free(&arena);
}

TEST(copies_agree)
{
    static const hone_strides copies[] = {
        {.rank = 0, .offset = 3},
        {.rank = 1, .dims = {33}, .a = {-1}, .offset = 40},
        {.rank = 2, .dims = {17, 5}, .a = {1, 17}},
        {.rank = 3, .dims = {3, 4, 21}, .a = {100, 25, 1}, .offset = 2},
        {.rank = 3, .dims = {2, 3, 5}, .a = {0, 1, 0}},
    };
    for (size_t i = 0; i < sizeof copies / sizeof copies[0]; i++) {
        int64_t count = 1;
        for (int axis = 0; axis < copies[i].rank; axis++)
            count *= copies[i].dims[axis];
        trial t = new_trial(HONE_KERNEL_strided_copy, count);
        t.args.family = &copies[i];
        set_operand(&t, 0, new_values(count, -1, 1), count);
        set_operand(&t, 1, new_values(400, -1, 1), 400);
        check_trial(&t);
    }
    hone_internal_arena_free(&arena);
}

TEST(pads_agree)
{
    static const hone_strides pads[] = {
        {.rank = 0},
        {.rank = 1, .dims = {20}, .b = {3}, .a = {10}},
        {.rank = 2, .dims = {5, 9}, .b = {-1, 2}, .a = {4, 5}},
        {.rank = 3, .dims = {4, 6, 7}, .b = {1, 2, -2}, .a = {2, 3, 20}},
    };
    for (size_t i = 0; i < sizeof pads / sizeof pads[0]; i++) {
        int64_t count = 1;
        for (int axis = 0; axis < pads[i].rank; axis++)
            count *= pads[i].dims[axis];
        trial t = new_trial(HONE_KERNEL_pad, count);
        t.args.family = &pads[i];
        t.args.scalar[0] = 0.5;
        set_operand(&t, 0, new_values(count, -1, 1), count);
        set_operand(&t, 1, new_values(200, -1, 1), 200);
        check_trial(&t);
    }
    hone_internal_arena_free(&arena);
}

TEST(rows_agree)
{
    for (int length = 1; length < LENGTHS; length++) {
        const int64_t width = lengths[length], rows = 6, count = 4;
        trial t = new_trial(HONE_KERNEL_gather_rows, rows);
        t.args.size[0] = rows, t.args.size[1] = width, t.args.size[2] = count;
        float *ids = new_ids(rows, count);
        ids[1] = -1, ids[2] = (float)count, ids[3] = NAN;
        set_operand(&t, 0, new_values(rows * width, -1, 1), rows * width);
        set_operand(&t, 1, new_values(count * width, -1, 1), count * width);
        set_operand(&t, 2, ids, rows);
        check_trial(&t);
        t.kernel = HONE_KERNEL_scatter_add_rows, t.items = width;
        set_operand(&t, 0, new_values(count * width, -1, 1), count * width);
        set_operand(&t, 1, new_values(rows * width, -1, 1), rows * width);
        check_trial(&t);
        t.kernel = HONE_KERNEL_one_hot, t.items = rows;
        set_operand(&t, 0, new_values(rows * width, -1, 1), rows * width);
        set_operand(&t, 1, ids, rows);
        check_trial(&t);
        t.kernel = HONE_KERNEL_sort_descending;
        set_operand(&t, 1, new_mixture(rows * width, -2, 2, true), rows * width);
        check_trial(&t);
        t.shares = 1;
        check_trial(&t);
        t.shares = 0;
        for (int descending = 0; descending < 2; descending++) {
            t.kernel = HONE_KERNEL_sort_order, t.args.scalar[0] = descending;
            check_trial(&t);
        }
    }
    hone_internal_arena_free(&arena);
}

TEST(places_along_rows_agree)
{
    for (int length = 1; length < LENGTHS; length++) {
        const int64_t width = lengths[length], rows = 5, count = 4;
        trial t = new_trial(HONE_KERNEL_gather_along, rows);
        t.args.size[0] = rows, t.args.size[1] = count, t.args.size[2] = width;
        float *ids = new_ids(rows * count, width);
        ids[1] = -1, ids[2] = (float)width, ids[3] = NAN;
        set_operand(&t, 0, new_values(rows * count, -1, 1), rows * count);
        set_operand(&t, 1, new_values(rows * width, -1, 1), rows * width);
        set_operand(&t, 2, ids, rows * count);
        check_trial(&t);
        t.kernel = HONE_KERNEL_scatter_add_along;
        set_operand(&t, 0, new_values(rows * width, -1, 1), rows * width);
        set_operand(&t, 1, new_values(rows * count, -1, 1), rows * count);
        check_trial(&t);
    }
    hone_internal_arena_free(&arena);
}

TEST(concatenations_agree)
{
    static const hone_concatenation joined = {.count = 4, .rows = 5, .total = 25, .width = {3, 17, 1, 4}};
    const int64_t rows = joined.rows;
    trial t = new_trial(HONE_KERNEL_concatenate, rows);
    t.args.family = &joined;
    set_operand(&t, 0, new_values(rows * joined.total, -1, 1), rows * joined.total);
    for (int i = 0; i < joined.count; i++)
        set_operand(&t, 1 + i, new_values(rows * joined.width[i], -1, 1), rows * joined.width[i]);
    check_trial(&t);
    hone_internal_arena_free(&arena);
}

TEST(fill_and_select_agree)
{
    for (int length = 0; length < LENGTHS; length++) {
        const int64_t count = lengths[length];
        trial t = new_trial(HONE_KERNEL_fill, count);
        t.args.scalar[0] = 2.5;
        set_operand(&t, 0, new_values(count, -1, 1), count);
        check_trial(&t);
        t.kernel = HONE_KERNEL_round_bfloat16;
        set_operand(&t, 1, new_values(count, -1, 1), count);
        check_trial(&t);
        t.kernel = HONE_KERNEL_select;
        set_operand(&t, 1, new_ids(count, 2), count);
        set_operand(&t, 2, new_values(count, -1, 1), count);
        set_operand(&t, 3, new_values(count, -1, 1), count);
        check_trial(&t);
    }
    hone_internal_arena_free(&arena);
}

TEST(drawing_agrees)
{
    static const hone_kernel_index kernels[] = {HONE_KERNEL_random_uniform, HONE_KERNEL_random_normal,
                                                HONE_KERNEL_random_keep, HONE_KERNEL_dropout};
    static const double rates[] = {0, 0.25, 0.5, 0.9, 1};
    const hone_random random = {.key = {12345, 678910}, .step = (uint64_t)7 << 32 | 99};
    for (size_t i = 0; i < sizeof kernels / sizeof kernels[0]; i++)
        for (int length = 0; length < LENGTHS; length++) {
            const int64_t count = lengths[length];
            trial t = new_trial(kernels[i], count);
            t.args.random = &random;
            t.args.scalar[0] = rates[length % 5], t.args.scalar[1] = 1.5;
            set_operand(&t, 0, new_values(count, -1, 1), count);
            if (kernels[i] == HONE_KERNEL_dropout) {
                set_operand(&t, 1, new_values(count, -1, 1), count);
                set_operand(&t, 2, new_values(count, -1, 1), count);
                t.shares = length % 2 ? 2 : 0;
            }
            check_trial(&t);
        }
    hone_internal_arena_free(&arena);
}

/* ---- Losses and metrics ---- */

TEST(crossentropies_agree)
{
    for (int length = 1; length < LENGTHS; length++) {
        const int64_t rows = 7, classes = lengths[length], count = rows * classes;
        trial t = new_trial(HONE_KERNEL_sparse_crossentropy, rows);
        t.args.size[0] = rows, t.args.size[1] = classes;
        float *ids = new_ids(rows, classes), *p = new_values(count, 0, 1);
        ids[3] = -1;
        p[0] = 0;
        set_operand(&t, 0, new_values(rows, 0, 1), rows);
        set_operand(&t, 1, p, count);
        set_operand(&t, 2, ids, rows);
        check_trial(&t);
        set_operand(&t, 0, new_values(count, 0, 1), count);
        set_operand(&t, 3, new_ids(rows, 3), rows);
        t.kernel = HONE_KERNEL_sparse_crossentropy_gradient;
        check_trial(&t);
        t.kernel = HONE_KERNEL_sparse_softmax_crossentropy_gradient;
        check_trial(&t);
        t.kernel = HONE_KERNEL_softmax_crossentropy_gradient;
        set_operand(&t, 2, new_values(count, 0, 1), count);
        check_trial(&t);
    }
    hone_internal_arena_free(&arena);
}

static void set_state(trial *t, int64_t count)
{
    double *values = hone_internal_arena_allocate(&arena, (size_t)count * sizeof *values);
    assert_non_null(values);
    for (int64_t i = 0; i < count; i++)
        values[i] = next_number();
    t->operand[0].values = values;
    t->operand[0].bytes = (size_t)count * sizeof *values;
    t->operand[0].wide = true;
}

static void check_metric(hone_kernel_index kernel, const int64_t sizes[4], int64_t states, int64_t values,
                         bool weights)
{
    static const double thresholds[] = {-1e-7, 0.25, 0.5, 0.75, 1 + 1e-7};
    trial t = new_trial(kernel, 1);
    const bool two = kernel == HONE_KERNEL_accumulate_confusion || kernel == HONE_KERNEL_accumulate_classes;
    memcpy(t.args.size, sizes, 4 * sizeof(int64_t));
    t.args.family = thresholds;
    t.args.scalar[0] = 1;
    t.whole = true;
    set_state(&t, states);
    set_operand(&t, 1, two ? new_ids(values, 4) : new_values(values, -1, 1), values);
    if (two)
        set_operand(&t, 2,
                    kernel == HONE_KERNEL_accumulate_classes ? new_ids(values, 4) : new_values(values, 0, 1),
                    values);
    if (weights)
        set_operand(&t, two ? 3 : 2, new_ids(sizes[0], 3), sizes[0]);
    check_trial(&t);
}

TEST(metrics_agree)
{
    for (int i = 0; i < 2 * LENGTHS; i++) {
        const int64_t rows = lengths[i / 2];
        const bool weights = i % 2;
        check_metric(HONE_KERNEL_accumulate_mean, (int64_t[4]){rows}, 2, rows, weights);
        check_metric(HONE_KERNEL_accumulate_columns, (int64_t[4]){rows, 5}, 5, rows * 5, weights);
        check_metric(HONE_KERNEL_accumulate_confusion, (int64_t[4]){rows, 3, 5, 1}, 20, rows * 3, weights);
        check_metric(HONE_KERNEL_accumulate_confusion, (int64_t[4]){rows, 3, 5, 3}, 60, rows * 3, weights);
        check_metric(HONE_KERNEL_accumulate_classes, (int64_t[4]){rows, 3}, 9, rows, weights);
    }
    hone_internal_arena_free(&arena);
}

/* ---- The tables ---- */

TEST(tables_are_complete)
{
    assert_string_equal(hone_internal_kernels_names()[0], "ref");
    for (const char *const *name = hone_internal_kernels_names(); *name != NULL; name++) {
        const hone_kernels *table = hone_internal_kernels_named(*name);
        assert_non_null(table);
        assert_string_equal(table->name, *name);
        assert_int_equal(table->element_size, sizeof(float));
#define HONE_KERNEL(name)
#define HONE_TILED_KERNEL(name) assert_non_null(table->tiling[HONE_KERNEL_##name]);
#include "kernels/kernels.def"
        for (int i = 0; i < HONE_KERNEL_COUNT; i++)
            assert_non_null(table->kernel[i]);
    }
    assert_int_equal(hone_internal_kernels_named("ref_double")->element_size, sizeof(double));
    assert_ptr_equal(hone_internal_kernels(), hone_internal_kernels_named("generic")); /* main asks for it */
}

TEST(unknown_names_are_refused)
{
    assert_null(hone_internal_kernels_named("generik"));
    assert_int_equal(hone_error_status(), HONE_ERROR_NAME);
    assert_non_null(strstr(hone_error_message(), "\"generic\""));
}

TEST(kernels_have_names)
{
    assert_string_equal(hone_internal_kernel_name(HONE_KERNEL_relu_plain_gradient), "relu_plain_gradient");
    assert_string_equal(hone_internal_kernel_name(HONE_KERNEL_reduce_sum), "reduce_sum");
    assert_string_equal(hone_internal_kernel_name(HONE_KERNEL_COUNT), "unknown");
}
