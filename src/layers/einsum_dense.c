/* einsum_dense: y = activation(einsum(equation, x, kernel) + bias). The equation, "abc,cd->abd", has a letter
 * for each axis of the input, the kernel and the output; "..." before or after the letters of input and
 * output stands for axes that both have. */
#include "layers/einsum_dense.h"
#include "layers/quantized.h"

#include <string.h>

HONE_FIELD_TABLE(hone_einsum_dense_args, HONE_EINSUM_DENSE_FIELDS);

enum { MOST_LETTERS = 2 * HONE_MAX_RANK };

/* The equation in parts, and the sizes that follow from it. */
typedef struct equation {
    char input[MOST_LETTERS + 1], kernel[MOST_LETTERS + 1], output[MOST_LETTERS + 1];
    bool left, right; /* dots */
    int elided;       /* axes that they stand for */
    hone_shape result;
} equation;

/* ---- letters ---- */

static hone_status fail_equation(const char *text, const char *place, const char *expected)
{
    return hone_fail(HONE_ERROR_ARGUMENT,
                     "the equation \"%.80s\" is not valid at character %d: %s; valid are \"X,Y->Z\", "
                     "\"...X,Y->...Z\" and \"X...,Y->Z...\"",
                     text, (int)(place - text) + 1, expected);
}

static bool take(const char **place, const char *token)
{
    size_t length = strlen(token);
    bool found = strncmp(*place, token, length) == 0;
    *place += found ? length : 0;
    return found;
}

static hone_status take_letters(const char *text, const char **place, char *letters)
{
    int count = 0;
    for (; (**place >= 'a' && **place <= 'z') || (**place >= 'A' && **place <= 'Z'); ++*place) {
        if (count == MOST_LETTERS)
            return fail_equation(text, *place, "too many letters");
        if (memchr(letters, **place, (size_t)count) != NULL)
            return fail_equation(text, *place, "this letter stands there twice");
        letters[count++] = **place;
    }
    letters[count] = '\0';
    return count > 0 ? HONE_OK : fail_equation(text, *place, "expected a letter");
}

static hone_status parse(const char *text, equation *parts)
{
    const char *place = text;
    parts->left = take(&place, "...");
    HONE_TRY(take_letters(text, &place, parts->input));
    parts->right = !parts->left && take(&place, "...");
    if (parts->right && strlen(parts->input) < 2)
        return fail_equation(text, place, "expected the batch and another letter before \"...\"");
    if (!take(&place, ","))
        return fail_equation(text, place, "expected \",\"");
    HONE_TRY(take_letters(text, &place, parts->kernel));
    if (!take(&place, "->"))
        return fail_equation(text, place, "expected \"->\"");
    if (parts->left && !take(&place, "..."))
        return fail_equation(text, place, "expected \"...\" as before the input");
    HONE_TRY(take_letters(text, &place, parts->output));
    if (parts->right && !take(&place, "..."))
        return fail_equation(text, place, "expected \"...\" as after the input");
    return *place == '\0' ? HONE_OK : fail_equation(text, place, "expected the end");
}

static int place_of(const char *letters, char letter)
{
    const char *found = strchr(letters, letter);
    return found == NULL ? -1 : (int)(found - letters);
}

/* ---- sizes ---- */

static int64_t input_size(const equation *parts, hone_shape input, char letter)
{
    int place = place_of(parts->input, letter);
    return place < 0 ? HONE_NONE_INTEGER : input.size[place + (parts->left ? parts->elided : 0)];
}

static int64_t output_size(const equation *parts, char letter)
{
    int place = place_of(parts->output, letter);
    return place < 0 ? HONE_NONE_INTEGER : parts->result.size[place + (parts->left ? parts->elided : 0)];
}

static hone_status append(hone_shape *shape, int64_t size)
{
    if (shape->rank == HONE_MAX_RANK)
        return hone_fail(HONE_ERROR_SHAPE, "the output would have more than %d axes", HONE_MAX_RANK);
    shape->size[shape->rank++] = size;
    return HONE_OK;
}

/* The output: the batch, the axes of dots before, output_shape, the axes of dots behind. */
static hone_status find_result(const hone_einsum_dense_args *args, hone_shape input, equation *parts)
{
    char text[128];
    hone_internal_shape_to_text(input, text, sizeof text);
    parts->elided = input.rank - (int)strlen(parts->input);
    if (parts->elided < 0 || (parts->elided > 0 && !parts->left && !parts->right))
        return hone_fail(HONE_ERROR_SHAPE, "the equation \"%.80s\" has %zu letters for an input of shape %s",
                         args->equation, strlen(parts->input), text);
    parts->result = (hone_shape){.rank = 1, .size = {input.size[0]}};
    for (int axis = 1; parts->left && axis < parts->elided; axis++)
        HONE_TRY(append(&parts->result, input.size[axis]));
    for (int i = 0; i < HONE_MAX_RANK && args->output_shape[i] != HONE_NONE_INTEGER; i++)
        HONE_TRY(append(&parts->result, args->output_shape[i]));
    for (int axis = input.rank - parts->elided; parts->right && axis < input.rank; axis++)
        HONE_TRY(append(&parts->result, input.size[axis]));
    if (parts->result.rank == (int)strlen(parts->output) + parts->elided)
        return HONE_OK;
    return hone_fail(HONE_ERROR_SHAPE,
                     "with an input of shape %s the output of \"%.80s\" has %d axes, but the batch and "
                     "output_shape make %d",
                     text, args->equation, (int)strlen(parts->output) + parts->elided, parts->result.rank);
}

/* Every letter has one size; those of the output come from somewhere. */
static hone_status check_letters(const hone_einsum_dense_args *args, hone_shape input, equation *parts)
{
    for (const char *letter = parts->output; *letter != '\0'; letter++) {
        int64_t before = input_size(parts, input, *letter), after = output_size(parts, *letter);
        if (before == HONE_NONE_INTEGER && place_of(parts->kernel, *letter) < 0)
            return hone_fail(
                HONE_ERROR_ARGUMENT,
                "the letter \"%c\" of the output of \"%.80s\" is neither in the input nor in the "
                "kernel",
                *letter, args->equation);
        if (before != HONE_NONE_INTEGER && before != HONE_ANY && after != HONE_ANY && before != after)
            return hone_fail(HONE_ERROR_SHAPE,
                             "the axis \"%c\" has size %lld in the input and %lld in output_shape", *letter,
                             (long long)before, (long long)after);
    }
    for (const char *letter = parts->kernel; *letter != '\0'; letter++)
        if (place_of(parts->input, *letter) < 0 && place_of(parts->output, *letter) < 0)
            return hone_fail(
                HONE_ERROR_ARGUMENT,
                "the letter \"%c\" of the kernel of \"%.80s\" is neither in the input nor in the "
                "output",
                *letter, args->equation);
    return HONE_OK;
}

static hone_status analyze(const hone_einsum_dense_args *args, hone_shape input, equation *parts)
{
    HONE_TRY(parse(args->equation, parts));
    HONE_TRY(find_result(args, input, parts));
    return check_letters(args, input, parts);
}

/* ---- weights ---- */

static hone_status kernel_shape(hone_shape input, const equation *parts, hone_shape *shape,
                                int64_t *input_axes, int64_t *output_axes)
{
    *shape = (hone_shape){0};
    for (const char *letter = parts->kernel; *letter != '\0'; letter++) {
        int64_t size = output_size(parts, *letter);
        bool out = size != HONE_NONE_INTEGER;
        if (!out)
            size = input_size(parts, input, *letter);
        if (size == HONE_ANY)
            return hone_fail(HONE_ERROR_SHAPE, "the size of the axis \"%c\" of its kernel must be known",
                             *letter);
        *(out ? output_axes : input_axes) |= (int64_t)1 << shape->rank;
        HONE_TRY(append(shape, size));
    }
    return HONE_OK;
}

/* Of eight bits as the kernel is, with scales as the output's axes lie, 1 where the kernel has none; of four
 * bits [what is summed over, the rest]. */
static hone_quantized_weight quantized_kernel(const hone_layer *layer, const equation *parts,
                                              hone_shape shape)
{
    hone_quantized_weight quantized = {.name = "kernel", .shape = shape, .packed = 2, .zero_is_whole = true};
    hone_shape scale = {.rank = parts->result.rank};
    int64_t rows = 1, columns = 1;
    for (int i = 0; i < shape.rank; i++)
        *(place_of(parts->output, parts->kernel[i]) < 0 ? &rows : &columns) *= shape.size[i];
    for (int i = 0; i < scale.rank; i++) {
        const int place = i - (parts->left ? parts->elided : 0);
        const bool named = place >= 0 && place < (int)strlen(parts->output);
        const int of = named ? place_of(parts->kernel, parts->output[place]) : -1;
        scale.size[i] = of < 0 ? 1 : shape.size[of];
    }
    if (hone_internal_layer_quantization(layer).bits == 8)
        quantized.scale = scale;
    else
        quantized.shape = HONE_SHAPE(rows, columns);
    return quantized;
}

static hone_status add_kernel(hone_layer *layer, hone_shape input, const equation *parts)
{
    const hone_einsum_dense_args *args = hone_layer_args(layer);
    hone_weight kernel = HONE_LAYER_WEIGHT(args, kernel, {0});
    int64_t input_axes = 0, output_axes = 0;
    HONE_TRY(kernel_shape(input, parts, &kernel.shape, &input_axes, &output_axes));
    hone_variable *variable = hone_layer_add_weight(layer, &kernel);
    if (variable == NULL)
        return hone_error_status();
    variable->input_axes = input_axes;
    variable->output_axes = output_axes;
    return HONE_OK;
}

/* From the first letter with a bias to the end, of size 1 where there is none. */
static hone_status add_bias(hone_layer *layer, const equation *parts)
{
    const hone_einsum_dense_args *args = hone_layer_args(layer);
    hone_weight bias = HONE_LAYER_WEIGHT(args, bias, {0});
    for (const char *letter = args->bias_axes; *letter != '\0'; letter++)
        if (place_of(parts->output, *letter) < 0)
            return hone_fail(HONE_ERROR_ARGUMENT, "bias_axes: the output of \"%.80s\" has no axis \"%c\"",
                             args->equation, *letter);
    for (const char *letter = parts->output; *letter != '\0'; letter++) {
        bool has = place_of(args->bias_axes, *letter) >= 0;
        if (has && output_size(parts, *letter) == HONE_ANY)
            return hone_fail(HONE_ERROR_SHAPE, "the size of the axis \"%c\" of its bias must be known",
                             *letter);
        if (has || bias.shape.rank > 0)
            HONE_TRY(append(&bias.shape, has ? output_size(parts, *letter) : 1));
    }
    for (int i = 0; parts->right && i < parts->elided; i++)
        HONE_TRY(append(&bias.shape, 1));
    return hone_layer_add_weight(layer, &bias) == NULL ? hone_error_status() : HONE_OK;
}

static hone_status build_quantized(hone_layer *layer, hone_shape input, const equation *parts, bool biased)
{
    hone_shape shape;
    int64_t input_axes = 0, output_axes = 0;
    HONE_TRY(kernel_shape(input, parts, &shape, &input_axes, &output_axes));
    const hone_quantized_weight quantized = quantized_kernel(layer, parts, shape);
    HONE_TRY(hone_internal_quantized_add(layer, &quantized));
    if (biased)
        HONE_TRY(add_bias(layer, parts));
    return hone_internal_quantized_add_scales(layer, &quantized);
}

static hone_status build(hone_layer *layer, const hone_shape *inputs, int count)
{
    (void)count;
    const hone_einsum_dense_args *args = hone_layer_args(layer);
    const bool biased = args->bias_axes != NULL && args->bias_axes[0] != '\0';
    equation parts;
    HONE_TRY(hone_internal_quantization_check(layer));
    HONE_TRY(analyze(args, inputs[0], &parts));
    if (hone_internal_layer_quantization(layer).bits > 0)
        return build_quantized(layer, inputs[0], &parts, biased);
    HONE_TRY(add_kernel(layer, inputs[0], &parts));
    return biased ? add_bias(layer, &parts) : HONE_OK;
}

/* ---- quantised ---- */

/* The axes of the input that are summed over. */
static int summed_axes(const equation *parts, int *axes)
{
    int count = 0;
    for (int i = 0; parts->input[i] != '\0'; i++)
        if (place_of(parts->output, parts->input[i]) < 0)
            axes[count++] = i + (parts->left ? parts->elided : 0);
    return count;
}

static hone_value product(const hone_einsum_dense_args *args, hone_graph *graph, hone_value x,
                          hone_value kernel)
{
    return hone_internal_layer_round(graph,
                                     hone_op_einsum(graph, args->equation, (hone_value[]){x, kernel}, 2));
}

/* The scale of inputs as the axes of the output lie: its product with ones. */
static hone_value scale_of_output(const hone_einsum_dense_args *args, hone_graph *graph,
                                  const equation *parts, hone_shape shape, hone_value scale)
{
    for (int i = 0; i < shape.rank; i++)
        if (place_of(parts->output, parts->kernel[i]) < 0)
            shape.size[i] = 1;
    return product(args, graph, scale, hone_graph_filled(graph, shape, 1));
}

/* x by the kernel k of whole numbers, or, of four bits, by what they stand for; divided by `scale` if there
 * is one. */
static hone_value quantized_call(const hone_layer *layer, hone_graph *graph, const equation *parts,
                                 hone_value x)
{
    const hone_einsum_dense_args *args = hone_layer_args(layer);
    const hone_quantization how = hone_internal_layer_quantization(layer);
    hone_variable *kernel = hone_layer_weight(layer, "kernel");
    hone_shape shape;
    int64_t unused = 0;
    int axes[MOST_LETTERS];
    HONE_TRY(kernel_shape(hone_value_shape(graph, x), parts, &shape, &unused, &unused));
    hone_value k =
        how.bits == 8
            ? hone_graph_variable(graph, kernel)
            : hone_op_reshape(graph, hone_internal_quantized_weights(layer, graph, "kernel", false), shape);
    hone_value scale = how.bits == 8
                           ? hone_internal_layer_round(
                                 graph, hone_graph_variable(graph, hone_layer_weight(layer, "kernel_scale")))
                           : HONE_NO_VALUE,
               of_x, smooth = HONE_NO_VALUE;
    if (!how.inputs || hone_graph_training(graph)) {
        smooth = product(args, graph, x, k);
        if (scale >= 0)
            smooth = hone_internal_layer_round(graph, hone_op_divide(graph, smooth, scale));
    }
    if (!how.inputs)
        return smooth;
    hone_value whole = hone_internal_quantized_inputs(graph, x, axes, summed_axes(parts, axes), &of_x);
    hone_value both = scale_of_output(args, graph, parts, shape, of_x);
    if (scale >= 0)
        both = hone_internal_layer_round(graph, hone_op_multiply(graph, both, scale));
    hone_value y =
        hone_internal_layer_round(graph, hone_op_divide(graph, product(args, graph, whole, k), both));
    return smooth < 0 ? y : hone_internal_straight_through(graph, y, smooth);
}

static hone_value quantized_product(const hone_layer *layer, hone_graph *graph, const equation *parts,
                                    hone_value x)
{
    hone_shape shape;
    int64_t unused = 0;
    hone_value y = quantized_call(layer, graph, parts, x);
    if (y < 0 || hone_layer_weight(layer, "kernel")->lora_a == NULL)
        return y;
    HONE_TRY(kernel_shape(hone_value_shape(graph, x), parts, &shape, &unused, &unused));
    hone_value added = hone_op_reshape(graph, hone_internal_layer_adaptation(layer, graph), shape);
    return hone_op_add(graph, y, product(hone_layer_args(layer), graph, x, added));
}

/* Where number i of a kernel has its scale: by the letters that the output has too, in its order. */
typedef struct kernel_cells {
    hone_shape shape;
    int64_t strides[HONE_MAX_RANK]; /* of each axis of the kernel; 0: summed over */
} kernel_cells;

static int64_t kernel_cell(const void *context, int64_t i)
{
    const kernel_cells *of = context;
    int64_t cell = 0;
    for (int axis = of->shape.rank - 1; axis >= 0; axis--) {
        cell += i % of->shape.size[axis] * of->strides[axis];
        i /= of->shape.size[axis];
    }
    return cell;
}

static hone_status describe_cells(const hone_layer *layer, kernel_cells *of, hone_quantizing *how)
{
    const hone_variable *kernel = hone_layer_weight(layer, "kernel");
    equation parts;
    int64_t cells = 1;
    HONE_TRY(analyze(hone_layer_args(layer), layer->input_shapes[0], &parts));
    *of = (kernel_cells){.shape = kernel->shape};
    for (int i = (int)strlen(parts.output) - 1; i >= 0; i--) {
        const int axis = place_of(parts.kernel, parts.output[i]);
        if (axis < 0)
            continue;
        of->strides[axis] = cells;
        cells *= kernel->shape.size[axis];
    }
    *how = (hone_quantizing){.count = hone_internal_variable_count(kernel),
                             .cells = cells,
                             .cell = kernel_cell,
                             .context = of,
                             .bits = 8};
    return HONE_OK;
}

hone_status hone_internal_einsum_dense_fill(hone_layer *layer, const float *numbers)
{
    hone_variable *kernel = hone_layer_weight(layer, "kernel"),
                  *scale = hone_layer_weight(layer, "kernel_scale");
    kernel_cells of;
    hone_quantizing how;
    if (hone_internal_layer_quantization(layer).bits != 8)
        return hone_internal_quantized_fill(layer, "kernel", false, numbers);
    HONE_TRY(describe_cells(layer, &of, &how));
    kernel->fresh = scale->fresh = false;
    return hone_internal_quantize(&how, numbers, hone_internal_variable_data(kernel),
                                  hone_internal_variable_data(scale), NULL);
}

hone_status hone_internal_einsum_dense_restore(hone_layer *layer, float *numbers)
{
    kernel_cells of;
    hone_quantizing how;
    if (hone_internal_layer_quantization(layer).bits != 8) {
        hone_internal_quantized_restore(layer, "kernel", false, numbers);
        return HONE_OK;
    }
    HONE_TRY(describe_cells(layer, &of, &how));
    hone_internal_dequantize(&how, hone_internal_variable_data(hone_layer_weight(layer, "kernel")),
                             hone_internal_variable_data(hone_layer_weight(layer, "kernel_scale")), NULL,
                             numbers);
    return HONE_OK;
}

/* ---- calling ---- */

/* A bias that covers the last axes is one row for them together. */
static hone_value with_bias(hone_graph *graph, hone_value y, hone_value bias)
{
    hone_shape whole = hone_value_shape(graph, y), shape = hone_value_shape(graph, bias), rows = whole;
    int first = whole.rank - shape.rank;
    bool covers = first > 0;
    for (int i = 0; i < shape.rank; i++)
        covers = covers && shape.size[i] == whole.size[first + i];
    if (!covers)
        return hone_op_add(graph, y, bias);
    rows.rank = first + 1;
    rows.size[first] = hone_internal_shape_count(shape);
    hone_value sum = hone_op_bias_add(graph, hone_op_reshape(graph, y, rows),
                                      hone_op_reshape(graph, bias, HONE_SHAPE(rows.size[first])));
    return hone_op_reshape(graph, sum, whole);
}

/* Where steps come one at a time, their axis must stay axis 1, without weights of its own. */
static hone_status check_step(const hone_graph *graph, const hone_einsum_dense_args *args,
                              const equation *parts)
{
    const int first = parts->left ? parts->elided : 0, letters = (int)strlen(parts->input);
    if (graph->kept == NULL || first > 1 || (first == 0 && letters < 2) || parts->result.rank < 3)
        return HONE_OK;
    const char steps = parts->input[1 - first];
    if (place_of(parts->kernel, steps) < 0 && place_of(parts->output, steps) + first == 1)
        return HONE_OK;
    return hone_fail(HONE_ERROR_UNSUPPORTED, "mixes the steps: \"%.80s\"", args->equation);
}

static int call(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                hone_value *outputs)
{
    (void)count;
    const hone_einsum_dense_args *args = hone_layer_args(layer);
    hone_variable *bias = hone_layer_weight(layer, "bias");
    equation parts;
    HONE_TRY(analyze(args, hone_value_shape(graph, inputs[0]), &parts));
    HONE_TRY(check_step(graph, args, &parts));
    const bool whole = hone_internal_layer_quantization(layer).bits > 0;
    hone_value operands[] = {inputs[0], whole ? HONE_NO_VALUE : hone_layer_adapted(layer, graph)};
    hone_value y = whole ? quantized_product(layer, graph, &parts, inputs[0])
                         : hone_op_einsum(graph, args->equation, operands, 2);
    if (bias != NULL && y >= 0)
        y = with_bias(graph, y, hone_graph_variable(graph, bias));
    outputs[0] = hone_internal_activation_apply(graph, args->activation, y);
    return 1;
}

const hone_layer_type hone_internal_einsum_dense_layer = {
    .goes_step_by_step = true,
    .type = {.name = "einsum_dense",
             .class_name = "EinsumDense",
             .ignored = "gptq_unpacked_column_size",
             .module = "keras.layers",
             .summary =
                 "A dense layer along axes that an equation names: activation(einsum(x, kernel) + bias).",
             HONE_TYPE_FIELDS(hone_einsum_dense_args)},
    .build = build,
    .call = call,
    .adapted = "kernel",
};
HONE_DEFINE_LAYER(einsum_dense)
