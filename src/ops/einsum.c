/* einsum, "bij,bjk->bik": the sum over the letters that the result lacks of the products of the operands. It
 * is recorded as transpositions, sums and products of matrices, pair after pair. */
#include "ops/einsum.h"
#include "ops/ops.h"

#include <string.h>

/* Both with the leading axes (all but two) of their broadcast. */
bool hone_internal_broadcast_leading(hone_graph *graph, hone_value *a, hone_value *b)
{
    while (*a >= 0 && hone_value_shape(graph, *a).rank < hone_value_shape(graph, *b).rank)
        *a = hone_op_expand(graph, *a, 0);
    while (*b >= 0 && hone_value_shape(graph, *b).rank < hone_value_shape(graph, *a).rank)
        *b = hone_op_expand(graph, *b, 0);
    if (*a < 0 || *b < 0)
        return false;
    if (hone_value_shape(graph, *a).rank < 2) {
        hone_fail(HONE_ERROR_SHAPE, "expected matrices, received tensors of at most one axis");
        return false;
    }
    hone_shape shape_a = hone_value_shape(graph, *a), shape_b = hone_value_shape(graph, *b),
               leading_a = shape_a, leading_b = shape_b, both;
    leading_a.rank = leading_b.rank = shape_a.rank - 2;
    if (!hone_internal_shape_broadcast(leading_a, leading_b, &both))
        return hone_internal_fail_shapes("matmul", shape_a, shape_b) >= 0;
    memcpy(shape_a.size, both.size, sizeof *both.size * (size_t)both.rank);
    memcpy(shape_b.size, both.size, sizeof *both.size * (size_t)both.rank);
    *a = hone_op_broadcast(graph, *a, shape_a);
    *b = hone_op_broadcast(graph, *b, shape_b);
    return *a >= 0 && *b >= 0;
}

/* A tensor and the letter of each of its axes; those of an ellipsis are digits, counted from the end. */
typedef struct lettered {
    hone_value value;
    char letters[HONE_MAX_RANK + 1];
} lettered;

static bool has(const char *letters, char letter)
{
    return letter != '\0' && strchr(letters, letter) != NULL;
}

static hone_status fail_subscripts(const char *subscripts, const char *why)
{
    return hone_fail(HONE_ERROR_ARGUMENT, "\"%.80s\": %s", subscripts, why);
}

/* The letters up to a "," or "-" or the end, `dots` digits in the place of "...". */
static hone_status read_letters(const char *subscripts, const char **rest, int dots, char *letters)
{
    int count = 0;
    for (; **rest != '\0' && **rest != ',' && **rest != '-'; ++*rest) {
        int digits = 0;
        if (**rest == ' ')
            continue;
        if (strncmp(*rest, "...", 3) == 0) {
            digits = dots;
            *rest += 2;
        } else if ((**rest | 32) < 'a' || (**rest | 32) > 'z')
            return fail_subscripts(subscripts, "only letters, \"...\", \",\" and \"->\" can stand there");
        if (count + (digits > 0 ? digits : 1) > HONE_MAX_RANK)
            return fail_subscripts(subscripts, "too many letters");
        bool ellipsis = **rest == '.';
        if (!ellipsis && memchr(letters, **rest, (size_t)count) != NULL)
            return fail_subscripts(subscripts, "a letter twice in one operand is not supported");
        if (!ellipsis)
            letters[count++] = **rest;
        for (int i = 0; ellipsis && i < digits; i++)
            letters[count++] = (char)('0' + digits - 1 - i);
    }
    letters[count] = '\0';
    return HONE_OK;
}

/* How many axes an operand has beyond its letters. */
static int axes_of_dots(const char *text, int rank)
{
    for (; *text != '\0' && *text != ',' && *text != '-'; text++)
        rank -= (*text | 32) >= 'a' && (*text | 32) <= 'z';
    return rank;
}

static hone_status read_operands(hone_graph *graph, const char *subscripts, const char **rest,
                                 const hone_value *inputs, int count, lettered *operands, int *dots)
{
    for (int i = 0; i < count; i++) {
        int rank = hone_value_shape(graph, inputs[i]).rank, own = axes_of_dots(*rest, rank);
        operands[i].value = inputs[i];
        if (own < 0)
            return fail_subscripts(subscripts, "more letters than axes");
        HONE_TRY(read_letters(subscripts, rest, own, operands[i].letters));
        if ((int)strlen(operands[i].letters) != rank)
            return fail_subscripts(subscripts, "an operand must have a letter for each axis, or \"...\"");
        *dots = own > *dots ? own : *dots;
        if ((i < count - 1) != (**rest == ','))
            return fail_subscripts(subscripts, "there must be as many operands as in the call");
        *rest += **rest == ',';
    }
    return HONE_OK;
}

/* Without "->": the axes of "...", then the letters that occur once, sorted. */
static hone_status implied_result(const char *subscripts, const lettered *operands, int count, int dots,
                                  char *result)
{
    int length = 0;
    for (int i = 0; i < dots; i++)
        result[length++] = (char)('0' + dots - 1 - i);
    for (char letter = 'A'; letter <= 'z'; letter++) {
        int uses = 0;
        for (int i = 0; i < count; i++)
            uses += has(operands[i].letters, letter);
        if (uses == 1 && length == HONE_MAX_RANK)
            return fail_subscripts(subscripts, "the result has too many axes");
        if (uses == 1)
            result[length++] = letter;
    }
    result[length] = '\0';
    return HONE_OK;
}

static hone_status read_result(const char *subscripts, const char *rest, const lettered *operands, int count,
                               int dots, char *result)
{
    if (*rest == '\0')
        return implied_result(subscripts, operands, count, dots, result);
    if (strncmp(rest, "->", 2) != 0)
        return fail_subscripts(subscripts, "\"->\" must come before the result");
    rest += 2;
    HONE_TRY(read_letters(subscripts, &rest, dots, result));
    for (const char *letter = result; *letter != '\0'; letter++) {
        bool found = false;
        for (int i = 0; i < count; i++)
            found = found || has(operands[i].letters, *letter);
        if (!found)
            return fail_subscripts(subscripts, "the result has a letter that no operand has");
    }
    return *rest == '\0' ? HONE_OK : fail_subscripts(subscripts, "the result must end it");
}

/* Without the axes that neither list of letters has: their sum. */
static void sum_out(hone_graph *graph, lettered *x, const char *one, const char *other)
{
    int axes[HONE_MAX_RANK], count = 0, kept = 0;
    for (int i = 0; x->letters[i] != '\0'; i++)
        if (has(one, x->letters[i]) || has(other, x->letters[i]))
            x->letters[kept++] = x->letters[i];
        else
            axes[count++] = i;
    x->letters[kept] = '\0';
    if (count > 0)
        x->value = hone_op_reduce(graph, "sum", x->value, axes, count, false);
}

/* The axes in the order of `letters`, which are those of x. */
static void order_axes(hone_graph *graph, lettered *x, const char *letters)
{
    int order[HONE_MAX_RANK];
    bool moves = false;
    for (int i = 0; letters[i] != '\0'; i++) {
        order[i] = (int)(strchr(x->letters, letters[i]) - x->letters);
        moves = moves || order[i] != i;
    }
    if (moves)
        x->value = hone_op_transpose(graph, x->value, order);
    memmove(x->letters, letters, strlen(letters) + 1);
}

/* The letters of x that are in `with` (or not) and in `result` (or not). */
static void choose(const char *x, const char *with, bool in_with, const char *result, bool in_result,
                   char *chosen)
{
    int count = 0;
    for (; *x != '\0'; x++)
        if (has(with, *x) == in_with && has(result, *x) == in_result)
            chosen[count++] = *x;
    chosen[count] = '\0';
}

/* [batch..., one group, the other], each group's axes made one; x is in that order. */
static hone_value as_matrices(hone_graph *graph, hone_value x, size_t batch, size_t rows)
{
    hone_shape shape = hone_value_shape(graph, x), merged = {.rank = (int)batch + 2};
    memcpy(merged.size, shape.size, sizeof *shape.size * batch);
    merged.size[batch] = merged.size[batch + 1] = 1;
    for (int axis = (int)batch; axis < shape.rank; axis++) {
        int64_t *size = &merged.size[batch + (axis >= (int)(batch + rows))];
        *size = hone_internal_size_product(*size, shape.size[axis]);
    }
    if (merged.rank > HONE_MAX_RANK) {
        hone_fail(HONE_ERROR_UNSUPPORTED, "a tensor has at most %d axes", HONE_MAX_RANK);
        return HONE_NO_VALUE;
    }
    return hone_op_reshape(graph, x, merged);
}

static void append_sizes(hone_shape *shape, hone_shape from, size_t begin)
{
    for (int axis = (int)begin; axis < from.rank && shape->rank < HONE_MAX_RANK; axis++)
        shape->size[shape->rank++] = from.size[axis];
}

/* a = the product of a and b with the letters that `wanted` has: matrices, one for each place of the letters
 * that all three have. */
static void contract(hone_graph *graph, lettered *a, lettered *b, const char *wanted)
{
    char batch[HONE_MAX_RANK + 1], rows[HONE_MAX_RANK + 1], columns[HONE_MAX_RANK + 1],
        summed[HONE_MAX_RANK + 1], order[3 * HONE_MAX_RANK + 1];
    sum_out(graph, a, b->letters, wanted);
    sum_out(graph, b, a->letters, wanted);
    choose(a->letters, b->letters, true, wanted, true, batch);
    choose(a->letters, b->letters, true, wanted, false, summed);
    choose(a->letters, b->letters, false, wanted, true, rows);
    choose(b->letters, a->letters, false, wanted, true, columns);
    strcat(strcat(strcpy(order, batch), rows), summed);
    order_axes(graph, a, order);
    strcat(strcat(strcpy(order, batch), summed), columns);
    order_axes(graph, b, order);
    hone_shape shape_a = hone_value_shape(graph, a->value), shape_b = hone_value_shape(graph, b->value);
    hone_value left = as_matrices(graph, a->value, strlen(batch), strlen(rows)),
               right = as_matrices(graph, b->value, strlen(batch), strlen(summed));
    hone_value product =
        left < 0 || right < 0 || (batch[0] != '\0' && !hone_internal_broadcast_leading(graph, &left, &right))
            ? HONE_NO_VALUE
            : hone_op_matmul(graph, left, right, false, false);
    hone_shape result = hone_value_shape(graph, product);
    result.rank = (int)strlen(batch);
    shape_a.rank = result.rank + (int)strlen(rows);
    append_sizes(&result, shape_a, strlen(batch));
    append_sizes(&result, shape_b, strlen(batch) + strlen(summed));
    strcat(strcat(strcpy(order, batch), rows), columns);
    if (product >= 0 && strlen(order) > HONE_MAX_RANK) {
        hone_fail(HONE_ERROR_UNSUPPORTED, "a tensor has at most %d axes", HONE_MAX_RANK);
        product = HONE_NO_VALUE;
    }
    a->value = product < 0 ? product : hone_op_reshape(graph, product, result);
    memcpy(a->letters, order, strlen(order) < HONE_MAX_RANK ? strlen(order) + 1 : HONE_MAX_RANK);
    a->letters[HONE_MAX_RANK] = '\0';
}

/* The letters of the result and of the operands from `next` on. */
static void wanted_letters(const char *result, const lettered *operands, int next, int count, char *wanted)
{
    strcpy(wanted, result);
    for (; next < count; next++)
        strcat(wanted, operands[next].letters);
}

static hone_status multiply_all(hone_graph *graph, const char *equation, const hone_value *inputs, int count,
                                hone_value *product)
{
    const char *rest = equation;
    lettered operands[HONE_EINSUM_OPERANDS];
    char result[HONE_MAX_RANK + 1], wanted[(HONE_EINSUM_OPERANDS + 1) * (HONE_MAX_RANK + 1)];
    int dots = 0;
    HONE_TRY(read_operands(graph, equation, &rest, inputs, count, operands, &dots));
    HONE_TRY(read_result(equation, rest, operands, count, dots, result));
    for (int next = 1; next < count && operands[0].value >= 0; next++) {
        wanted_letters(result, operands, next + 1, count, wanted);
        contract(graph, &operands[0], &operands[next], wanted);
    }
    if (operands[0].value < 0)
        return hone_error_status();
    sum_out(graph, &operands[0], result, "");
    if (strlen(operands[0].letters) != strlen(result))
        return fail_subscripts(equation, "the result has a letter twice");
    order_axes(graph, &operands[0], result);
    *product = operands[0].value;
    return HONE_OK;
}

hone_value hone_op_einsum(hone_graph *graph, const char *equation, const hone_value *inputs, int count)
{
    hone_value product = HONE_NO_VALUE;
    for (int i = 0; i < count; i++)
        if (inputs[i] < 0)
            return HONE_NO_VALUE;
    if (count < 1 || count > HONE_EINSUM_OPERANDS) {
        hone_fail(HONE_ERROR_ARGUMENT, "\"%.80s\": takes 1 to %d operands, not %d", equation,
                  HONE_EINSUM_OPERANDS, count);
        return HONE_NO_VALUE;
    }
    return multiply_all(graph, equation, inputs, count, &product) < 0 ? HONE_NO_VALUE : product;
}
