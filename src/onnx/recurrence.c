/* Walks along time in ONNX: LSTM, GRU and RNN, which take the inputs themselves, steps first, where a graph
 * has their product with the kernel: that product and its bias are written along. Gates are i o f c there. */
#include "onnx/forms.h"
#include "ops/movement.h"
#include "ops/product.h"
#include "ops/recurrence.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { X, KERNEL, BIAS, H, C, MASK, FACTORS }; /* operands of the op */

/* ---- writing: what stands before and behind ---- */

static const hone_node *producer(const hone_onnx_export *export, hone_value value, const char *op)
{
    const hone_node *node = value < 0 ? NULL : hone_internal_graph_producer(export->graph, value);
    return node != NULL && export->uses[value] == 1 && strcmp(node->op->name, op) == 0 ? node : NULL;
}

/* x W and its bias, where only the walk reads them. */
typedef struct projection {
    const hone_node *product, *bias; /* bias NULL: none */
} projection;

static projection find_projection(const hone_onnx_export *export, const hone_node *walk)
{
    projection found = {.bias = producer(export, walk->inputs[X], "bias_add")};
    found.product = producer(export, found.bias != NULL ? found.bias->inputs[0] : walk->inputs[X], "matmul");
    const hone_matmul_attributes *how = found.product != NULL ? found.product->attributes : NULL;
    if (how != NULL && (how->transpose_a || how->transpose_b))
        found.product = NULL;
    return found;
}

void hone_internal_onnx_claim_projections(hone_onnx_export *export)
{
    for (size_t n = 0; n < export->graph->node_count; n++) {
        const hone_node *node = &export->graph->nodes[n];
        if (export->written[n] || strcmp(node->op->name, "recurrence") != 0)
            continue;
        projection found = find_projection(export, node);
        if (found.product == NULL)
            continue;
        hone_internal_onnx_absorb(export, found.product);
        if (found.bias != NULL)
            hone_internal_onnx_absorb(export, found.bias);
    }
}

/* ---- writing: operands ---- */

static const char *squeezed(hone_onnx_export *export, const char *x, int64_t axis)
{
    return HONE_ONNX(export, "Squeeze", x, hone_internal_onnx_list(export, &axis, 1));
}

static const char *unsqueezed(hone_onnx_export *export, const char *x)
{
    return HONE_ONNX(export, "Unsqueeze", x, hone_internal_onnx_list(export, (int64_t[]){0}, 1));
}

static const char *gathered(hone_onnx_export *export, const char *x, const int64_t *rows, int64_t count)
{
    const char *operands[2] = {x, hone_internal_onnx_integers(&export->writer, 1, rows, (size_t)count)};
    hone_onnx_node *node = hone_internal_onnx_node(&export->writer, "Gather", operands, 2);
    hone_internal_onnx_set_int(&export->writer, node, "axis", 0);
    return hone_internal_onnx_output(node);
}

/* Columns of gates in Keras's order to rows in ONNX's: i f c o to i o f c. */
static const char *in_order(hone_onnx_export *export, const hone_recurrence_attributes *how, const char *x)
{
    static const int order[] = {0, 3, 1, 2};
    int64_t u = how->units;
    if (how->kind != HONE_RECURRENCE_LSTM)
        return x;
    int64_t *rows = hone_internal_arena_allocate(&export->writer.arena, sizeof *rows * (size_t)(4 * u));
    for (int64_t i = 0; rows != NULL && i < 4 * u; i++)
        rows[i] = order[i / u] * u + i % u;
    return rows == NULL ? NULL : gathered(export, x, rows, 4 * u);
}

/* [n, gates u] to [1, gates u, n]. */
static const char *matrix(hone_onnx_export *export, const hone_recurrence_attributes *how, const char *x)
{
    return unsqueezed(export,
                      in_order(export, how, hone_internal_onnx_transpose(export, x, (int[]){1, 0}, 2)));
}

/* Both biases one after the other, [1, 2 gates u]; zeros for one that is not there. NULL when there is none.
 */
static hone_status biases(hone_onnx_export *export, const hone_recurrence_attributes *how, const char *first,
                          const char *second, const char **name)
{
    int64_t width = how->units * hone_internal_recurrence_gates(how->kind);
    *name = "";
    if (first == NULL && second == NULL)
        return HONE_OK;
    const char *parts[2] = {first, second};
    for (int i = 0; i < 2; i++)
        parts[i] = parts[i] != NULL ? in_order(export, how, parts[i])
                                    : hone_internal_onnx_filled(export, 1, &width, 0);
    hone_onnx_node *node = hone_internal_onnx_node(&export->writer, "Concat", parts, 2);
    hone_internal_onnx_set_int(&export->writer, node, "axis", 0);
    *name = unsqueezed(export, hone_internal_onnx_output(node));
    return *name == NULL ? HONE_ERROR_MEMORY : HONE_OK;
}

/* ---- writing: functions ---- */

/* What ONNX calls them, how many parameters they take there, and those; a NaN stands for the parameter a. */
static const struct function {
    hone_kernel_index kernel;
    const char *name, *activation;
    int parameters;
    double alpha, beta;
} functions[] = {{HONE_KERNEL_sigmoid, "Sigmoid", "sigmoid", 0, 0, 0},
                 {HONE_KERNEL_tanh, "Tanh", "tanh", 0, 0, 0},
                 {HONE_KERNEL_relu_plain, "Relu", "relu", 0, 0, 0},
                 {HONE_KERNEL_softsign, "Softsign", "softsign", 0, 0, 0},
                 {HONE_KERNEL_softplus, "Softplus", "softplus", 0, 0, 0},
                 {HONE_KERNEL_hard_sigmoid, "HardSigmoid", "hard_sigmoid", 2, 1.0 / 6, 0.5},
                 {HONE_KERNEL_copy, "Affine", "linear", 2, 1, 0},
                 {HONE_KERNEL_elu, "Elu", "elu", 1, NAN, 0}};
enum { FUNCTIONS = sizeof functions / sizeof *functions };

static const struct function *function_of(const hone_unary_attributes *attributes)
{
    hone_kernel_index kernel = hone_internal_unary_kernel(attributes->function);
    for (size_t i = 0; i < FUNCTIONS; i++)
        if (functions[i].kernel == kernel)
            return &functions[i];
    hone_fail(
        HONE_ERROR_UNSUPPORTED,
        "the recurrent layers of ONNX have no activation %s (they have sigmoid, tanh, relu, hard_sigmoid, "
        "softsign, softplus, elu and linear)",
        hone_internal_unary_name(attributes->function));
    return NULL;
}

/* The functions of ONNX stand in the order gates, candidate, output. */
static hone_status set_functions(hone_onnx_export *export, hone_onnx_node *node,
                                 const hone_recurrence_attributes *how)
{
    const hone_unary_attributes *used[3];
    const char *names[3];
    float alphas[3], betas[3];
    size_t count = 0, alpha_count = 0, beta_count = 0;
    if (how->kind != HONE_RECURRENCE_SIMPLE)
        used[count++] = &how->recurrent;
    used[count++] = &how->activation;
    if (how->kind == HONE_RECURRENCE_LSTM)
        used[count++] = &how->activation;
    for (size_t i = 0; i < count; i++) {
        const struct function *function = function_of(used[i]);
        if (function == NULL)
            return hone_error_status();
        names[i] = function->name;
        if (function->parameters > 0)
            alphas[alpha_count++] = (float)(isnan(function->alpha) ? used[i]->parameters.a : function->alpha);
        if (function->parameters > 1)
            betas[beta_count++] = (float)function->beta;
    }
    hone_internal_onnx_set_texts(&export->writer, node, "activations", names, count);
    if (alpha_count > 0)
        hone_internal_onnx_set_floats(&export->writer, node, "activation_alpha", alphas, alpha_count);
    if (beta_count > 0)
        hone_internal_onnx_set_floats(&export->writer, node, "activation_beta", betas, beta_count);
    return HONE_OK;
}

/* ---- writing: results ---- */

/* The steps begin .. end-1 of the states, when the node takes them. */
static const hone_walk_attributes *steps_of(const hone_node *node, hone_value states)
{
    const hone_walk_attributes *walk = node->attributes;
    bool slices = strcmp(node->op->name, "strided_copy") == 0 && node->inputs[0] == states &&
                  walk->what == HONE_WALK_SLICE && walk->axis == 1;
    return slices ? walk : NULL;
}

/* What reads the states, of which `all` are those after each step and `last` those after the last: (batch,
 * steps, u) and (batch, u). */
static hone_status give_states(hone_onnx_export *export, const hone_node *walk, int output, const char *all,
                               const char *last)
{
    hone_value states = walk->outputs[output];
    hone_shape shape = hone_internal_onnx_shape_of(export, states);
    bool unknown = shape.size[1] == HONE_ANY;
    if (unknown && all != NULL)
        HONE_TRY(hone_internal_onnx_give(export, states, all));
    for (const hone_node *node = walk + 1; node < export->graph->nodes + export->graph->node_count; node++) {
        if (strcmp(node->op->name, "recurrence_last") == 0 && node->inputs[0] == states) {
            HONE_TRY(hone_internal_onnx_give(export, node->outputs[0], last));
            hone_internal_onnx_absorb(export, node);
        }
        const hone_walk_attributes *taken = steps_of(node, states);
        if (taken == NULL)
            continue;
        bool one = taken->shape.size[1] == 1 && taken->begin == shape.size[1] - 1;
        if (!one && (taken->begin != 1 || taken->shape.size[1] != shape.size[1] - 1 || all == NULL))
            return hone_fail(HONE_ERROR_UNSUPPORTED, "the states of single steps cannot be written as ONNX");
        HONE_TRY(hone_internal_onnx_give(
            export, node->outputs[0],
            one ? HONE_ONNX(export, "Unsqueeze", last, hone_internal_onnx_list(export, (int64_t[]){1}, 1))
                : all));
        hone_internal_onnx_absorb(export, node);
    }
    return HONE_OK;
}

static const char *state_at_start(hone_onnx_export *export, hone_value state)
{
    return state < 0 ? "" : unsqueezed(export, hone_internal_onnx_name_of(export, state));
}

static size_t given_operands(const char *const *operands, size_t count)
{
    while (count > 0 && operands[count - 1] != NULL && operands[count - 1][0] == '\0')
        count--;
    return count;
}

static hone_status emit_recurrence(hone_onnx_export *export, const hone_node *node)
{
    static const char *const operators[] = {[HONE_RECURRENCE_SIMPLE] = "RNN",
                                            [HONE_RECURRENCE_LSTM] = "LSTM",
                                            [HONE_RECURRENCE_GRU] = "GRU",
                                            [HONE_RECURRENCE_GRU_RESET_BEFORE] = "GRU"};
    const hone_recurrence_attributes *how = node->attributes;
    bool lstm = how->kind == HONE_RECURRENCE_LSTM;
    if (node->inputs[MASK] >= 0)
        return hone_fail(HONE_ERROR_UNSUPPORTED,
                         "a mask of steps, from masking or mask_zero, cannot be written as ONNX");
    projection found = find_projection(export, node);
    if (found.product == NULL)
        return hone_fail(HONE_ERROR_UNSUPPORTED, "a recurrent layer in bfloat16 cannot be written as ONNX");
    const char *bias,
        *first = found.bias != NULL ? hone_internal_onnx_name_of(export, found.bias->inputs[1]) : NULL,
        *second = node->inputs[BIAS] >= 0 ? hone_internal_onnx_name_of(export, node->inputs[BIAS]) : NULL;
    HONE_TRY(biases(export, how, first, second, &bias));
    const char *operands[] = {
        hone_internal_onnx_transpose(export, hone_internal_onnx_name_of(export, found.product->inputs[0]),
                                     (int[]){1, 0, 2}, 3),
        matrix(export, how, hone_internal_onnx_name_of(export, found.product->inputs[1])),
        matrix(export, how, hone_internal_onnx_name_of(export, node->inputs[KERNEL])),
        bias,
        "",
        state_at_start(export, node->inputs[H]),
        lstm ? state_at_start(export, node->inputs[C]) : ""};
    hone_onnx_node *made = hone_internal_onnx_node(&export->writer, operators[how->kind], operands,
                                                   given_operands(operands, lstm ? 7 : 6));
    hone_internal_onnx_add_output(&export->writer, made);
    if (lstm)
        hone_internal_onnx_add_output(&export->writer, made);
    hone_internal_onnx_set_int(&export->writer, made, "hidden_size", how->units);
    if (how->kind == HONE_RECURRENCE_GRU)
        hone_internal_onnx_set_int(&export->writer, made, "linear_before_reset", 1);
    HONE_TRY(set_functions(export, made, how));
    if (made == NULL || made->n_output < (lstm ? 3u : 2u))
        return HONE_ERROR_MEMORY;
    /* Y [steps, 1, batch, u]; Y_h and Y_c [1, batch, u] */
    const char *all =
        hone_internal_onnx_transpose(export, squeezed(export, made->output[0], 1), (int[]){1, 0, 2}, 3);
    HONE_TRY(give_states(export, node, 0, all, squeezed(export, made->output[1], 0)));
    return lstm ? give_states(export, node, 1, NULL, squeezed(export, made->output[2], 0)) : HONE_OK;
}

/* ---- reading ---- */

/* An operator at work. */
typedef struct walk {
    hone_onnx_import *import;
    const hone_onnx_node *node;
    hone_recurrence_kind kind;
    int64_t units, gates;
    bool biased;
} walk;

static hone_status check_form(const walk *w)
{
    const hone_onnx_node *node = w->node;
    const hone_onnx_attribute *direction = hone_internal_onnx_attribute(node, "direction");
    if (direction != NULL && !hone_internal_onnx_has_text(node, "direction", "forward"))
        return hone_internal_onnx_refuse("only the direction forward is supported");
    if (hone_internal_onnx_int(node, "layout", 0) != 0 ||
        hone_internal_onnx_int(node, "input_forget", 0) != 0 ||
        hone_internal_onnx_attribute(node, "clip") != NULL)
        return hone_internal_onnx_refuse("layout, input_forget and clip are not supported");
    if (hone_internal_onnx_is_given(node, 4) || hone_internal_onnx_is_given(node, 7))
        return hone_internal_onnx_refuse("lengths of sequences and peepholes are not supported");
    if (w->units < 1 || w->units > INT32_MAX)
        return hone_internal_onnx_refuse("it needs a hidden_size");
    return HONE_OK;
}

/* The activation at a place of its list; NULL: another. */
static const char *activation_at(const hone_onnx_node *node, size_t place, const char *standard)
{
    const hone_onnx_attribute *list = hone_internal_onnx_attribute(node, "activations");
    if (list == NULL)
        return standard;
    for (size_t i = 0; place < list->n_strings && i < FUNCTIONS; i++) {
        const ProtobufCBinaryData *name = &list->strings[place];
        if (name->len == strlen(functions[i].name) && memcmp(name->data, functions[i].name, name->len) == 0 &&
            functions[i].parameters == 0)
            return functions[i].activation;
    }
    hone_internal_onnx_refuse("of its activations only those without parameters are supported");
    return NULL;
}

/* [columns, rows] of [1, rows, columns], the gates i o f c of rows put in Keras's order. */
static int64_t row_of(const walk *w, int64_t row)
{
    static const int order[] = {0, 2, 3, 1};
    return w->kind != HONE_RECURRENCE_LSTM ? row : order[row / w->units] * w->units + row % w->units;
}

static hone_array *matrix_of(const walk *w, size_t operand)
{
    const hone_array *constant = hone_internal_onnx_constant(w->import, w->node, operand);
    int64_t rows = w->gates * w->units;
    if (constant == NULL)
        return NULL;
    if (constant->rank != 3 || constant->shape[0] != 1 || constant->shape[1] != rows)
        return hone_internal_onnx_refuse("its weights do not fit its hidden_size"), NULL;
    int64_t columns = constant->shape[2];
    hone_array *matrix = hone_array_create(HONE_FLOAT32, 2, (int64_t[]){columns, rows});
    for (int64_t row = 0; matrix != NULL && row < rows; row++)
        for (int64_t column = 0; column < columns; column++)
            ((float *)matrix->data)[column * rows + row] =
                (float)hone_array_number(constant, row_of(w, row) * columns + column);
    return matrix;
}

/* One row of sums, or two of them where the reset gate stands behind the product. */
static hone_array *bias_of(const walk *w)
{
    const hone_array *constant = hone_internal_onnx_constant(w->import, w->node, 3);
    int64_t rows = w->gates * w->units;
    bool two = w->kind == HONE_RECURRENCE_GRU;
    if (constant == NULL)
        return NULL;
    if (hone_array_count(constant) != 2 * rows)
        return hone_internal_onnx_refuse("its bias does not fit its hidden_size"), NULL;
    hone_array *bias = hone_array_create(HONE_FLOAT32, two ? 2 : 1, two ? (int64_t[]){2, rows} : &rows);
    for (int64_t row = 0; bias != NULL && row < rows; row++) {
        double first = hone_array_number(constant, row_of(w, row)),
               second = hone_array_number(constant, rows + row_of(w, row));
        float *data = bias->data;
        data[row] = (float)(two ? first : first + second);
        if (two)
            data[rows + row] = (float)second;
    }
    return bias;
}

static bool is_zero(const hone_array *constant)
{
    for (int64_t i = 0; i < hone_array_count(constant); i++)
        if (hone_array_number(constant, i) != 0)
            return false;
    return true;
}

/* States at the start as further inputs of the layer; zeros are left out. */
static int take_states(const walk *w, hone_tensor **inputs)
{
    int count = 0, wanted = w->kind == HONE_RECURRENCE_LSTM ? 2 : 1;
    for (int i = 0; i < wanted; i++) {
        size_t operand = (size_t)(5 + i);
        if (!hone_internal_onnx_is_given(w->node, operand))
            continue;
        if (hone_internal_onnx_is_constant(w->import, w->node, operand)) {
            const hone_array *constant = hone_internal_onnx_constant(w->import, w->node, operand);
            if (constant == NULL || !is_zero(constant))
                return hone_internal_onnx_refuse("constant states at the start must be 0");
            continue;
        }
        inputs[count] =
            hone_internal_onnx_operand_form(w->import, w->node, operand, HONE_ONNX_DIRECTION_FIRST);
        if (inputs[count++] == NULL)
            return hone_error_status();
    }
    return count == 0 || count == wanted ? count
                                         : hone_internal_onnx_refuse("only one of its states is given");
}

static hone_status give_outputs(const walk *w, hone_tensor *y)
{
    static const hone_onnx_order orders[] = {HONE_ONNX_STEPS_DIRECTION_FIRST, HONE_ONNX_DIRECTION_FIRST,
                                             HONE_ONNX_DIRECTION_FIRST};
    for (size_t i = 0; i < w->node->n_output && i < 3; i++) {
        hone_onnx_value *value = hone_internal_onnx_value(w->import, w->node->output[i]);
        if (value == NULL)
            continue;
        value->tensor = hone_tensor_output(y, (int)i);
        value->order = orders[i];
        if (value->tensor == NULL)
            return hone_error_status();
    }
    return HONE_OK;
}

static hone_status give_weights(const walk *w, hone_tensor *y)
{
    HONE_TRY(hone_internal_onnx_give_weight(w->import, y, "kernel", matrix_of(w, 1)));
    HONE_TRY(hone_internal_onnx_give_weight(w->import, y, "recurrent_kernel", matrix_of(w, 2)));
    return w->biased ? hone_internal_onnx_give_weight(w->import, y, "bias", bias_of(w)) : HONE_OK;
}

static hone_status import_walk(hone_onnx_import *import, const hone_onnx_node *node)
{
    bool lstm = strcmp(node->op_type, "LSTM") == 0, gru = strcmp(node->op_type, "GRU") == 0,
         after = hone_internal_onnx_int(node, "linear_before_reset", 0) != 0;
    walk w = {.import = import,
              .node = node,
              .kind = lstm    ? HONE_RECURRENCE_LSTM
                      : !gru  ? HONE_RECURRENCE_SIMPLE
                      : after ? HONE_RECURRENCE_GRU
                              : HONE_RECURRENCE_GRU_RESET_BEFORE,
              .units = hone_internal_onnx_int(node, "hidden_size", 0),
              .biased = hone_internal_onnx_is_given(node, 3)};
    w.gates = hone_internal_recurrence_gates(w.kind);
    HONE_TRY(check_form(&w));
    const char *gates = lstm || gru ? activation_at(node, 0, "sigmoid") : "",
               *candidate = gates == NULL ? NULL : activation_at(node, lstm || gru ? 1 : 0, "tanh"),
               *output = !lstm || candidate == NULL ? candidate : activation_at(node, 2, "tanh");
    if (output == NULL)
        return hone_error_status();
    if (strcmp(output, candidate) != 0)
        return hone_internal_onnx_refuse("its second and third activation differ");
    hone_tensor *inputs[3] = {hone_internal_onnx_operand_form(import, node, 0, HONE_ONNX_STEPS_FIRST)};
    int states = inputs[0] == NULL ? (int)hone_error_status() : take_states(&w, inputs + 1);
    if (states < 0)
        return (hone_status)states;
    char spec[256], recurrent[64] = "";
    if (lstm || gru)
        snprintf(recurrent, sizeof recurrent, ", recurrent_activation=%s", gates);
    snprintf(spec, sizeof spec,
             "%s(%" PRId64 ", activation=%s%s, use_bias=%s%s, return_sequences=True, return_state=True)",
             lstm  ? "lstm"
             : gru ? "gru"
                   : "simple_rnn",
             w.units, candidate, recurrent, w.biased ? "True" : "False",
             gru && !after ? ", reset_after=False" : "");
    hone_tensor *y = hone_internal_onnx_apply(import, node, spec, inputs, 1 + states, false);
    if (y == NULL)
        return hone_error_status();
    HONE_TRY(give_weights(&w, y));
    return give_outputs(&w, y);
}

static const hone_onnx_emitted emitted[] = {
    {"recurrence", emit_recurrence},
    {NULL, NULL},
};
static const hone_onnx_imported imported[] = {
    {"LSTM", import_walk},
    {"GRU", import_walk},
    {"RNN", import_walk},
    {NULL, NULL},
};
HONE_ONNX_FAMILY(recurrence, emitted, imported);
