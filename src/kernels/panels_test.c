/* Panels: a permutation of a matrix's elements, and products whose operands lie so: the bits of products of
 * rows. */
#include "kernels/panels.h"
#include "kernels/product.h"
#include "testing/test.h"

#include <stdlib.h>
#include <string.h>

static float *numbers(int64_t count)
{
    float *made = aligned_alloc(64, ((size_t)count * sizeof(float) + 127) / 64 * 64);
    assert_non_null(made);
    for (int64_t i = 0; i < count; i++)
        made[i] = (float)(i * 2654435761 % 1000) / 500 - 1;
    return made;
}

static const struct shape_case {
    const char *name;
    int64_t rows, columns, width, panels;
} shapes[] = {
    {"one column", 5, 1, 1, 1},         {"narrower than a panel", 7, 40, 40, 1},
    {"one panel", 3, 48, 48, 1},        {"two, one of them narrow", 3, 50, 48, 2},
    {"halves of 32", 9, 64, 32, 2},     {"the chapter's second layer", 300, 100, 48, 3},
    {"a power of two", 4, 512, 32, 16}, {"no rows", 0, 96, 48, 2},
};

TEST_EACH(a_panel_has_its_columns_row_after_row, shapes)
{
    assert_int_equal(hone_panel_width(row->columns), row->width);
    assert_int_equal(hone_panel_count(row->columns), row->panels);
    int64_t count = row->rows * row->columns;
    float *matrix = numbers(count), *panels = numbers(count), *back = numbers(count);
    hone_internal_panels_pack(row->rows, row->columns, matrix, panels);
    for (int64_t i = 0; i < row->rows; i++)
        for (int64_t j = 0; j < row->columns; j++) {
            hone_packed_panel panel = hone_panel_at(row->rows, row->columns, j / row->width);
            assert_true(panels[panel.first + i * panel.columns + j % row->width] ==
                        matrix[i * row->columns + j]);
        }
    hone_internal_panels_unpack(row->rows, row->columns, panels, back);
    assert_memory_equal(back, matrix, (size_t)count * sizeof(float));
    free(matrix), free(panels), free(back);
}

/* ---- products ---- */

enum { C = 1, B = 4 }; /* bits of a layout */
static const struct product_case {
    const char *name;
    int64_t m, n, k;
    bool transpose_a, transpose_b;
    unsigned panels; /* that must be possible */
} products[] = {
    {"forward", 32, 300, 784, false, false, B},
    {"forward, many rows", 300, 130, 20, false, false, B},
    {"of an input's gradient", 32, 784, 300, false, true, B},
    {"of an input's gradient, many rows", 500, 70, 100, false, true, B},
    {"of a weight's gradient", 784, 300, 32, true, false, C},
    {"of a weight's gradient, few panels", 1000, 64, 40, true, false, C},
    {"of a weight's gradient, few columns", 400, 40, 256, true, false, C},
    {"forward into panels", 33, 96, 7, false, false, B | C},
};

typedef struct operands {
    float *a, *b, *c, *scratch;
    hone_product product;
} operands;

static void run(const hone_kernels *table, operands *of, const float *b, float *c, hone_chain *chain)
{
    hone_tiles tiles = table->tiling[HONE_KERNEL_matmul](&of->product);
    float *scratch = numbers((int64_t)(tiles.scratch / sizeof(float)) + 1);
    hone_kernel_args args = {
        .data = {c, of->a, (void *)(uintptr_t)b}, .family = &of->product, .chain = chain};
    for (int64_t tile = tiles.count; tile-- > 0;)
        table->kernel[HONE_KERNEL_matmul](&args, tile, tile + 1, scratch);
    free(scratch);
}

static operands make(const hone_kernels *table, const struct product_case *row)
{
    operands made = {.product = hone_product_of(row->m, row->n, row->k, row->transpose_a, row->transpose_b)};
    made.product.next_b = 0;
    made.a = numbers(row->m * row->k), made.b = numbers(row->k * row->n), made.c = numbers(row->m * row->n);
    run(table, &made, made.b, made.c, NULL);
    return made;
}

static void discard(operands *made)
{
    free(made->a), free(made->b), free(made->c);
}

/* Tables whose products know panels, each in turn. */
#define FOR_TABLES_WITH_PANELS(table, made, row) \
    for (const char *const *name = hone_internal_kernels_names(); *name != NULL; name++) \
        for (const hone_kernels *table = hone_internal_kernels_named(*name); table != NULL; table = NULL) \
            for (operands made = make(table, row), *once = &made; once != NULL; discard(&made), once = NULL) \
                if (strcmp(*name, "ref") != 0)

TEST_EACH(operands_in_panels_give_the_bits_of_rows, products)
{
    int64_t rows_b = row->transpose_b ? row->n : row->k, columns_b = row->transpose_b ? row->k : row->n;
    size_t bytes = (size_t)(row->m * row->n) * sizeof(float);
    FOR_TABLES_WITH_PANELS(table, made, row)
    {
        float *b = numbers(row->k * row->n), *c = numbers(row->m * row->n),
              *result = numbers(row->m * row->n);
        assert_int_equal(made.product.layouts.panels_possible & row->panels, row->panels);
        for (unsigned panels = 1; panels <= row->panels; panels++) {
            if ((panels & ~row->panels) != 0)
                continue;
            made.product.layouts.panels = panels;
            memset(c, 0xff, bytes);
            hone_internal_panels_pack(rows_b, columns_b, made.b, b);
            run(table, &made, panels & B ? b : made.b, c, NULL);
            memcpy(result, c, bytes);
            if (panels & C)
                hone_internal_panels_unpack(row->m, row->n, c, result);
            assert_memory_equal(result, made.c, bytes);
        }
        free(b), free(c), free(result);
    }
}

/* w = w - result; each element once. */
static void subtract(const hone_kernel_args *args, int64_t begin, int64_t end, void *scratch)
{
    float *w = args->data[0];
    const float *result = args->data[1];
    (void)scratch;
    for (int64_t i = begin; i < end; i++)
        w[i] -= result[i];
}

TEST_EACH(a_transient_result_is_seen_by_its_chain_alone, products)
{
    FOR_TABLES_WITH_PANELS(table, made, row)
    {
        for (int panels = 0; panels <= (row->panels & C ? 1 : 0); panels++) {
            made.product.layouts.panels = panels ? C : 0;
            table->tiling[HONE_KERNEL_matmul](&made.product);
            if (!made.product.layouts.transient_possible)
                continue;
            int64_t count = row->m * row->n;
            float *w = numbers(count), *before = numbers(count), *result = numbers(count);
            hone_kernel_args update = {.data = {w, NULL}};
            hone_chain chain = {.count = 1, .step = {{subtract, &update, .results = 2}}};
            made.product.layouts.transient = true;
            run(table, &made, made.b, NULL, &chain);
            memcpy(result, made.c, (size_t)count * sizeof(float));
            if (panels)
                hone_internal_panels_pack(row->m, row->n, made.c, result);
            for (int64_t i = 0; i < count; i++)
                assert_true(w[i] == before[i] - result[i]);
            made.product.layouts.transient = false;
            free(w), free(before), free(result);
        }
    }
}

TEST(what_has_gaps_or_few_rows_lies_in_rows)
{
    for (const char *const *name = hone_internal_kernels_names(); *name != NULL; name++) {
        const hone_kernels *table = hone_internal_kernels_named(*name);
        hone_product few = hone_product_of(4, 300, 50, false, false),
                     gaps = hone_product_of(32, 300, 50, false, false),
                     half = hone_product_of(32, 300, 50, false, false), many = half;
        gaps.ldb++, gaps.ldc++, half.bfloat16 = true, many.batch = 2;
        hone_product *const refused[] = {&few, &gaps, &half, &many};
        for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
            table->tiling[HONE_KERNEL_matmul](refused[i]);
            assert_int_equal(refused[i]->layouts.panels_possible, 0);
        }
    }
}
