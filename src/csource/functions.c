/* What C source is made of beside element-wise formulas. Sums are of floats; in a product four at a time. */
#include "csource/functions.h"

#include "kernels/product.h"
#include <string.h>

const hone_c_function hone_internal_c_own_functions[] = {
    {HONE_C_OWN_DENSE, "op_dense($0, $1, $2, $3, #0, #1, #2)",
     "/* y[r, j] = bias[j] + sum over i of x[r, i] w[j, i] */\n"
     "static void @op_dense(float *y, const float *x, const float *w, const float *bias, int32_t rows,\n"
     "    int32_t k, int32_t n)\n{\n"
     "    int32_t r, j, i;\n"
     "    for (r = 0; r < rows; r++, x += k) {\n"
     "        const float *row = w;\n"
     "        for (j = 0; j < n; j++, row += k) {\n"
     "            float s0 = 0, s1 = 0, s2 = 0, s3 = 0;\n"
     "            for (i = 0; i + 3 < k; i += 4) {\n"
     "                s0 += x[i] * row[i];\n"
     "                s1 += x[i + 1] * row[i + 1];\n"
     "                s2 += x[i + 2] * row[i + 2];\n"
     "                s3 += x[i + 3] * row[i + 3];\n"
     "            }\n"
     "            for (; i < k; i++)\n"
     "                s0 += x[i] * row[i];\n"
     "            *y++ = (s0 + s1) + (s2 + s3) + (bias != NULL ? bias[j] : 0);\n"
     "        }\n"
     "    }\n}\n"},
    {HONE_C_OWN_DENSE_INT8, "op_dense_int8($0, $1, $2, &2, $3, #0, #1, #2)",
     "/* y[r, j] = bias[j] + scale[j] * sum over i of x[r, i] w[j, i] */\n"
     "static void @op_dense_int8(float *y, const float *x, const int8_t *w, const float *scale,\n"
     "    const float *bias, int32_t rows, int32_t k, int32_t n)\n{\n"
     "    int32_t r, j, i;\n"
     "    for (r = 0; r < rows; r++, x += k) {\n"
     "        const int8_t *row = w;\n"
     "        for (j = 0; j < n; j++, row += k) {\n"
     "            float s0 = 0, s1 = 0, s2 = 0, s3 = 0;\n"
     "            for (i = 0; i + 3 < k; i += 4) {\n"
     "                s0 += x[i] * (float)row[i];\n"
     "                s1 += x[i + 1] * (float)row[i + 1];\n"
     "                s2 += x[i + 2] * (float)row[i + 2];\n"
     "                s3 += x[i + 3] * (float)row[i + 3];\n"
     "            }\n"
     "            for (; i < k; i++)\n"
     "                s0 += x[i] * (float)row[i];\n"
     "            *y++ = ((s0 + s1) + (s2 + s3)) * scale[j] + (bias != NULL ? bias[j] : 0);\n"
     "        }\n"
     "    }\n}\n"},
    {HONE_C_OWN_SCALE, "op_scale($0, $1, $2, $3, #0, #1, #2)",
     "/* y[o, c, i] = x[o, c, i] factor[c] + offset[c] */\n"
     "static void @op_scale(float *y, const float *x, const float *factor, const float *offset,\n"
     "    int32_t outer, int32_t channels, int32_t inner)\n{\n"
     "    int32_t o, c, i;\n"
     "    for (o = 0; o < outer; o++)\n"
     "        for (c = 0; c < channels; c++)\n"
     "            for (i = 0; i < inner; i++)\n"
     "                *y++ = *x++ * factor[c] + offset[c];\n}\n"},
    {HONE_C_OWN_GATHER_INT8, "op_gather_rows_int8($0, $1, &1, $2, #0, #1, #2)",
     "/* y[r, :] = scale[id] table[id, :] with id = ids[r]; NAN where there is no such row */\n"
     "static void @op_gather_rows_int8(float *y, const int8_t *table, const float *scale, const float *ids,\n"
     "    int32_t rows, int32_t width, int32_t count)\n{\n"
     "    int32_t r, i;\n"
     "    for (r = 0; r < rows; r++) {\n"
     "        const int32_t id = ids[r] >= 0 && ids[r] < (float)count ? (int32_t)ids[r] : -1;\n"
     "        for (i = 0; i < width; i++)\n"
     "            *y++ = id < 0 ? NAN : (float)table[id * width + i] * scale[id];\n"
     "    }\n}\n"},
};
const int hone_internal_c_own_function_count =
    sizeof hone_internal_c_own_functions / sizeof *hone_internal_c_own_functions;

#define SEARCH(name, better) \
    "/* the place of the first " #name "; NAN before all */\n" \
    "static void @op_arg" #name \
    "(float *y, const float *x, int32_t outer, int32_t axis, int32_t inner)\n{\n" \
    "    int32_t o, i, j;\n" \
    "    for (o = 0; o < outer; o++)\n" \
    "        for (i = 0; i < inner; i++) {\n" \
    "            const float *line = x + o * axis * inner + i;\n" \
    "            int32_t best = 0;\n" \
    "            for (j = 0; j < axis; j++) {\n" \
    "                if (line[j * inner] != line[j * inner]) {\n" \
    "                    best = j;\n" \
    "                    break;\n" \
    "                }\n" \
    "                if (line[j * inner] " better " line[best * inner])\n" \
    "                    best = j;\n" \
    "            }\n" \
    "            *y++ = (float)best;\n" \
    "        }\n}\n"

#define SOFTMAX(name, last) \
    "static void @op_" name "(float *y, const float *x, int32_t outer, int32_t axis, int32_t inner)\n{\n" \
    "    int32_t o, i, j;\n" \
    "    for (o = 0; o < outer; o++)\n" \
    "        for (i = 0; i < inner; i++) {\n" \
    "            const float *from = x + o * axis * inner + i;\n" \
    "            float *to = y + o * axis * inner + i;\n" \
    "            float largest = -INFINITY, sum = 0;\n" \
    "            for (j = 0; j < axis; j++)\n" \
    "                largest = from[j * inner] > largest ? from[j * inner] : largest;\n" \
    "            for (j = 0; j < axis; j++)\n" \
    "                sum += expf(from[j * inner] - largest);\n" last "        }\n}\n"

/* In the order in which op_matmul takes them. */
static void product_numbers(const hone_product *product, int64_t numbers[HONE_C_NUMBERS])
{
    const int64_t turned = (product->transpose_a ? 1 : 0) | (product->transpose_b ? 2 : 0);
    const int64_t in_order[] = {product->batch, product->m,   product->n, product->k,      product->lda,
                                product->ldb,   product->ldc, turned,     product->next_a, product->next_b};
    memcpy(numbers, in_order, sizeof in_order);
}

void hone_internal_c_numbers(hone_kernel_index kernel, const hone_kernel_args *args,
                             int64_t numbers[HONE_C_NUMBERS])
{
    if (kernel == HONE_KERNEL_matmul)
        product_numbers(args->family, numbers);
    else
        memcpy(numbers, args->size, sizeof args->size);
}

const hone_c_function hone_internal_c_functions[] = {
    {HONE_KERNEL_matmul, "op_matmul($0, $1, $2, #0, #1, #2, #3, #4, #5, #6, #7, #8, #9)",
     "/* c = a b of [m, k] and [k, n], one pair after the other; bit 0, 1 of turned: a, b lie transposed */\n"
     "static void @op_matmul(float *c, const float *a, const float *b, int32_t batch, int32_t m, int32_t n,\n"
     "    int32_t k, int32_t lda, int32_t ldb, int32_t ldc, int32_t turned, int32_t next_a, "
     "int32_t next_b)\n{\n"
     "    const int32_t row_a = turned & 1 ? 1 : lda, step_a = turned & 1 ? lda : 1;\n"
     "    const int32_t column_b = turned & 2 ? ldb : 1, step_b = turned & 2 ? 1 : ldb;\n"
     "    int32_t q, r, j, i;\n"
     "    for (q = 0; q < batch; q++, a += next_a, b += next_b, c += m * ldc)\n"
     "        for (r = 0; r < m; r++)\n"
     "            for (j = 0; j < n; j++) {\n"
     "                float sum = 0;\n"
     "                for (i = 0; i < k; i++)\n"
     "                    sum += a[r * row_a + i * step_a] * b[j * column_b + i * step_b];\n"
     "                c[r * ldc + j] = sum;\n"
     "            }\n}\n"},
    {HONE_KERNEL_bias_add, "op_bias_add($0, $1, $2, #n, #0)",
     "static void @op_bias_add(float *y, const float *x, const float *bias, int32_t count, int32_t n)\n{\n"
     "    int32_t i, j = 0;\n"
     "    for (i = 0; i < count; i++) {\n"
     "        y[i] = x[i] + bias[j];\n"
     "        j = j + 1 < n ? j + 1 : 0;\n"
     "    }\n}\n"},
    {HONE_KERNEL_softmax, "op_softmax($0, $1, #0, #1, #2)",
     SOFTMAX("softmax", "            for (j = 0; j < axis; j++)\n"
                        "                to[j * inner] = expf(from[j * inner] - largest) / sum;\n")},
    {HONE_KERNEL_log_softmax, "op_log_softmax($0, $1, #0, #1, #2)",
     SOFTMAX("log_softmax", "            sum = logf(sum);\n"
                            "            for (j = 0; j < axis; j++)\n"
                            "                to[j * inner] = from[j * inner] - largest - sum;\n")},
    {HONE_KERNEL_row_normalization, "op_row_normalization($0, $3, #0, #1, %0, %1)",
     "/* each row less its mean (uncentred: 0), by its deviation; the mean is mean + rest, to all digits */\n"
     "static void @op_row_normalization(float *y, const float *x, int32_t rows, int32_t width,\n"
     "    float epsilon,\n"
     "    float uncentred)\n{\n"
     "    int32_t r, i;\n"
     "    for (r = 0; r < rows; r++, x += width, y += width) {\n"
     "        float mean = 0, rest = 0, squares = 0, inverse;\n"
     "        if (uncentred < 1) {\n"
     "            for (i = 0; i < width; i++)\n"
     "                mean += x[i];\n"
     "            mean /= (float)width;\n"
     "            for (i = 0; i < width; i++)\n"
     "                rest += x[i] - mean;\n"
     "            rest /= (float)width;\n"
     "        }\n"
     "        for (i = 0; i < width; i++)\n"
     "            squares += ((x[i] - mean) - rest) * ((x[i] - mean) - rest);\n"
     "        inverse = 1 / sqrtf(squares / (float)width + epsilon);\n"
     "        for (i = 0; i < width; i++)\n"
     "            y[i] = ((x[i] - mean) - rest) * inverse;\n"
     "    }\n}\n"},
    {HONE_KERNEL_gather_rows, "op_gather_rows($0, $1, $2, #0, #1, #2)",
     "/* y[r, :] = table[id, :] with id = ids[r]; NAN where there is no such row */\n"
     "static void @op_gather_rows(float *y, const float *table, const float *ids,\n"
     "    int32_t rows, int32_t width,\n"
     "    int32_t count)\n{\n"
     "    int32_t r, i;\n"
     "    for (r = 0; r < rows; r++) {\n"
     "        const int32_t id = ids[r] >= 0 && ids[r] < (float)count ? (int32_t)ids[r] : -1;\n"
     "        for (i = 0; i < width; i++)\n"
     "            *y++ = id < 0 ? NAN : table[id * width + i];\n"
     "    }\n}\n"},
    {HONE_KERNEL_one_hot, "op_one_hot($0, $1, #0, #1)",
     "static void @op_one_hot(float *y, const float *ids, int32_t rows, int32_t depth)\n{\n"
     "    int32_t r, i;\n"
     "    for (r = 0; r < rows; r++, y += depth) {\n"
     "        for (i = 0; i < depth; i++)\n"
     "            y[i] = 0;\n"
     "        if (ids[r] >= 0 && ids[r] < (float)depth)\n"
     "            y[(int32_t)ids[r]] = 1;\n"
     "    }\n}\n"},
    {HONE_KERNEL_fill, "op_fill($0, #n, %0)",
     "static void @op_fill(float *y, int32_t count, float number)\n{\n"
     "    int32_t i;\n"
     "    for (i = 0; i < count; i++)\n"
     "        y[i] = number;\n}\n"},
    {HONE_KERNEL_round_bfloat16, "op_round_bfloat16($0, $1, #n)",
     "static void @op_round_bfloat16(float *y, const float *x, int32_t count)\n{\n"
     "    int32_t i;\n"
     "    for (i = 0; i < count; i++) {\n"
     "        union { float number; uint32_t bits; } u;\n"
     "        u.number = x[i];\n"
     "        if (x[i] == x[i])\n"
     "            u.bits = (u.bits + 0x7fffU + (u.bits >> 16 & 1U)) & 0xffff0000U;\n"
     "        y[i] = u.number;\n"
     "    }\n}\n"},
    {HONE_KERNEL_select, "op_select($0, $1, $2, $3, #n)",
     "static void @op_select(float *result, const float *condition, const float *x,\n"
     "    const float *y, int32_t count)\n"
     "{\n"
     "    int32_t i;\n"
     "    for (i = 0; i < count; i++)\n"
     "        result[i] = condition[i] != 0 ? x[i] : y[i];\n}\n"},
    {HONE_KERNEL_argmax, "op_argmax($0, $1, #0, #1, #2)", SEARCH(max, ">")},
    {HONE_KERNEL_argmin, "op_argmin($0, $1, #0, #1, #2)", SEARCH(min, "<")},
    {HONE_KERNEL_cumulative_sum, "op_cumulative_sum($0, $1, #0, #1, #2, %0)",
     "static void @op_cumulative_sum(float *y, const float *x, int32_t outer, int32_t axis, int32_t inner,\n"
     "    float from_end)\n{\n"
     "    int32_t o, i, j;\n"
     "    for (o = 0; o < outer; o++)\n"
     "        for (i = 0; i < inner; i++) {\n"
     "            const int32_t first = o * axis * inner + i;\n"
     "            float sum = 0;\n"
     "            for (j = 0; j < axis; j++) {\n"
     "                const int32_t place = first + (from_end > 0 ? axis - 1 - j : j) * inner;\n"
     "                sum += x[place];\n"
     "                y[place] = sum;\n"
     "            }\n"
     "        }\n}\n"},
    {HONE_KERNEL_sort_descending, "op_sort_descending($0, $1, #0, #1)",
     "/* rows sorted, the largest first, NAN before all */\n"
     "static void @op_sort_descending(float *y, const float *x, int32_t rows, int32_t width)\n{\n"
     "    int32_t r, i, j;\n"
     "    for (r = 0; r < rows; r++, x += width, y += width)\n"
     "        for (i = 0; i < width; i++) {\n"
     "            const float number = x[i];\n"
     "            for (j = i; j > 0 && (number > y[j - 1] || (number != number && y[j - 1] == "
     "y[j - 1])); j--)\n"
     "                y[j] = y[j - 1];\n"
     "            y[j] = number;\n"
     "        }\n}\n"},
    {HONE_KERNEL_normalize_by_statistics, "op_normalize($0, $1, $2, $3, $4, $5, #0, #1, #2, %0)",
     "/* (x - mean) gamma / sqrt(variance + epsilon) + beta for each channel */\n"
     "static void @op_normalize(float *y, const float *x, const float *mean, const float *variance,\n"
     "    const float *gamma, const float *beta, int32_t outer, int32_t channels, int32_t "
     "inner, float epsilon)\n{\n"
     "    int32_t o, c, i;\n"
     "    for (o = 0; o < outer; o++)\n"
     "        for (c = 0; c < channels; c++) {\n"
     "            const float scale = (gamma != NULL ? gamma[c] : 1) / sqrtf(variance[c] + epsilon);\n"
     "            for (i = 0; i < inner; i++)\n"
     "                *y++ = (*x++ - mean[c]) * scale + (beta != NULL ? beta[c] : 0);\n"
     "        }\n}\n"},
    /* Rows of one operand into rows of the result; a call for each operand. */
    {HONE_KERNEL_concatenate, NULL,
     "/* rows of `width` numbers, `next` apart in y */\n"
     "static void @op_copy_rows(float *y, int32_t next, const float *x, int32_t width, int32_t rows)\n{\n"
     "    int32_t r, i;\n"
     "    for (r = 0; r < rows; r++, y += next)\n"
     "        for (i = 0; i < width; i++)\n"
     "            y[i] = *x++;\n}\n"},
};
const int hone_internal_c_function_count =
    sizeof hone_internal_c_functions / sizeof *hone_internal_c_functions;
