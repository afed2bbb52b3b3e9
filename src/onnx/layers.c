/* ONNX operators as layers: the table is at the end. */
#include "base/text.h"
#include "onnx/convolution.h"
#include "onnx/import.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#define TEXT(number) hone_internal_onnx_number_text(number, (char[48]){0}, 48)

static hone_status unsupported(const char *what)
{
    return hone_fail(HONE_ERROR_UNSUPPORTED, "%s", what);
}

static hone_onnx_value *output_of(hone_onnx_import *import, const hone_onnx_node *node)
{
    return hone_internal_onnx_value(import, node->output[0]);
}

/* The result is the operand itself. */
static hone_status import_same(hone_onnx_import *import, const hone_onnx_node *node)
{
    hone_tensor *x = hone_internal_onnx_operand(import, node, 0);
    output_of(import, node)->tensor = x;
    return x == NULL ? hone_error_status() : HONE_OK;
}

/* ---- numbers ---- */

static bool is_scalar(const hone_array *constant, double *number)
{
    if (constant == NULL || hone_array_count(constant) != 1)
        return false;
    *number = hone_array_number(constant, 0);
    return true;
}

/* A number that is an attribute in earlier operator sets and an operand in later ones. */
static hone_status read_number(hone_onnx_import *import, const hone_onnx_node *node, const char *attribute,
                               size_t operand, double *number)
{
    if (!hone_internal_onnx_is_given(node, operand)) {
        *number = hone_internal_onnx_float(node, attribute, *number);
        return HONE_OK;
    }
    const hone_array *constant = hone_internal_onnx_constant(import, node, operand);
    if (constant != NULL && is_scalar(constant, number))
        return HONE_OK;
    return constant == NULL ? hone_error_status() : unsupported("a bound must be one number");
}

/* Axes, likewise; counted from the start. Count below 0: an error. */
static int read_axes(hone_onnx_import *import, const hone_onnx_node *node, int rank, int *axes)
{
    int64_t given[HONE_MAX_RANK];
    size_t count = 0;
    const hone_onnx_attribute *attribute = hone_internal_onnx_attribute(node, "axes");
    const hone_array *constant = attribute == NULL && hone_internal_onnx_is_given(node, 1)
                                     ? hone_internal_onnx_constant(import, node, 1)
                                     : NULL;
    if (attribute == NULL && hone_internal_onnx_is_given(node, 1) && constant == NULL)
        return hone_error_status();
    count = attribute != NULL ? attribute->n_ints : constant != NULL ? (size_t)hone_array_count(constant) : 0;
    if (count > HONE_MAX_RANK)
        return unsupported("it has too many axes");
    for (size_t i = 0; i < count; i++) {
        given[i] = attribute != NULL ? attribute->ints[i] : (int64_t)hone_array_number(constant, (int64_t)i);
        if (given[i] < -rank || given[i] >= rank)
            return hone_fail(HONE_ERROR_FORMAT, "its axis %" PRId64 " is not one of %d", given[i], rank);
        axes[i] = (int)(given[i] < 0 ? given[i] + rank : given[i]);
    }
    return (int)count;
}

/* A copy as floats, flat, times a factor. */
static hone_array *copy_floats(const hone_array *constant, double factor)
{
    hone_array *copy = constant == NULL ? NULL : hone_array_convert(constant, HONE_FLOAT32);
    int64_t count = copy == NULL ? 0 : hone_array_count(copy);
    for (int64_t i = 0; i < count && factor != 1; i++)
        ((float *)copy->data)[i] = (float)(((float *)copy->data)[i] * factor);
    return copy;
}

static hone_array *filled(int64_t count, double number)
{
    hone_array *array = hone_array_create(HONE_FLOAT32, 1, &count);
    for (int64_t i = 0; array != NULL && i < count; i++)
        ((float *)array->data)[i] = (float)number;
    return array;
}

/* The only axis, behind the batch, along which a constant that is broadcast to `shape` varies; -1: it is not
 * of that kind. */
static int varying_axis(const hone_array *constant, hone_shape shape)
{
    int found = -1;
    if (constant->rank > shape.rank)
        return -1;
    for (int i = 0; i < constant->rank; i++) {
        int axis = shape.rank - constant->rank + i;
        if (constant->shape[i] == 1)
            continue;
        if (found >= 0 || axis == 0 || shape.size[axis] != constant->shape[i])
            return -1;
        found = axis;
    }
    return found;
}

/* ---- functions of one operand ---- */

static const struct {
    const char *op, *layer;
} plain_functions[] = {
    {"Relu", "activation(relu)"},
    {"Sigmoid", "activation(sigmoid)"},
    {"Tanh", "activation(tanh)"},
    {"Softplus", "activation(softplus)"},
    {"Softsign", "activation(softsign)"},
    {"Exp", "activation(exponential)"},
    {"HardSwish", "activation(hard_silu)"},
    {"Mish", "activation(mish)"},
    {"Neg", "rescaling(-1)"},
};

static hone_status import_function(hone_onnx_import *import, const hone_onnx_node *node)
{
    for (size_t i = 0; i < sizeof plain_functions / sizeof *plain_functions; i++)
        if (strcmp(plain_functions[i].op, node->op_type) == 0)
            return hone_internal_onnx_layer(import, node, hone_internal_onnx_operand(import, node, 0), "%s",
                                            plain_functions[i].layer);
    return unsupported("it is not a function of one operand");
}

static hone_status import_elu(hone_onnx_import *import, const hone_onnx_node *node)
{
    const char *layer = strcmp(node->op_type, "Elu") == 0 ? "elu" : "activation(celu(alpha=";
    double alpha = hone_internal_onnx_float(node, "alpha", 1);
    bool elu = layer[0] == 'e';
    return hone_internal_onnx_layer(import, node, hone_internal_onnx_operand(import, node, 0), "%s%s%s",
                                    elu ? "elu(alpha=" : layer, TEXT(alpha), elu ? ")" : "))");
}

static hone_status import_leaky(hone_onnx_import *import, const hone_onnx_node *node)
{
    return hone_internal_onnx_layer(import, node, hone_internal_onnx_operand(import, node, 0),
                                    "leaky_re_lu(negative_slope=%s)",
                                    TEXT(hone_internal_onnx_float(node, "alpha", (double)0.01f)));
}

static hone_status import_selu(hone_onnx_import *import, const hone_onnx_node *node)
{
    double alpha = hone_internal_onnx_float(node, "alpha", 1.67326319217681884765625),
           gamma = hone_internal_onnx_float(node, "gamma", 1.05070102214813232421875);
    if (fabs(alpha - 1.6732632) > 1e-4 || fabs(gamma - 1.0507010) > 1e-4)
        return unsupported("only the values of the paper (alpha 1.67326, gamma 1.0507) are supported");
    return hone_internal_onnx_layer(import, node, hone_internal_onnx_operand(import, node, 0),
                                    "activation(selu)");
}

static hone_status import_gelu(hone_onnx_import *import, const hone_onnx_node *node)
{
    const hone_onnx_attribute *form = hone_internal_onnx_attribute(node, "approximate");
    bool tanh = form != NULL && form->s.len == 4 && memcmp(form->s.data, "tanh", 4) == 0;
    return hone_internal_onnx_layer(import, node, hone_internal_onnx_operand(import, node, 0),
                                    "activation(%s)", tanh ? "gelu(approximate=true)" : "gelu");
}

static hone_status import_swish(hone_onnx_import *import, const hone_onnx_node *node)
{
    if (hone_internal_onnx_float(node, "alpha", 1) != 1)
        return unsupported("only alpha 1 is supported");
    return hone_internal_onnx_layer(import, node, hone_internal_onnx_operand(import, node, 0),
                                    "activation(silu)");
}

static hone_tensor *step(hone_onnx_import *import, const hone_onnx_node *node, hone_tensor *x,
                         const char *layer, bool last)
{
    return x == NULL ? NULL : hone_internal_onnx_apply(import, node, layer, &x, 1, last);
}

/* clip(alpha x + beta, 0, 1) */
static hone_status import_hard_sigmoid(hone_onnx_import *import, const hone_onnx_node *node)
{
    double alpha = hone_internal_onnx_float(node, "alpha", (double)0.2f),
           beta = hone_internal_onnx_float(node, "beta", 0.5);
    hone_tensor *x = hone_internal_onnx_operand(import, node, 0);
    if (fabs(alpha - 1.0 / 6) < 1e-6 && beta == 0.5)
        return hone_internal_onnx_layer(import, node, x, "activation(hard_sigmoid)");
    char *scaling = hone_internal_format("rescaling(%s, offset=%s)", TEXT(alpha), TEXT(beta));
    x = scaling == NULL ? NULL : step(import, node, x, scaling, false);
    hone_internal_free(scaling);
    return step(import, node, x, "re_lu(max_value=1)", true) == NULL ? hone_error_status() : HONE_OK;
}

static hone_status import_thresholded(hone_onnx_import *import, const hone_onnx_node *node)
{
    double alpha = hone_internal_onnx_float(node, "alpha", 1);
    if (alpha < 0)
        return unsupported("a threshold below 0 is not supported");
    return hone_internal_onnx_layer(import, node, hone_internal_onnx_operand(import, node, 0),
                                    "re_lu(threshold=%s)", TEXT(alpha));
}

static hone_status import_shrink(hone_onnx_import *import, const hone_onnx_node *node)
{
    double threshold = hone_internal_onnx_float(node, "lambd", 0.5),
           bias = hone_internal_onnx_float(node, "bias", 0);
    if (bias != 0 && bias != threshold)
        return unsupported("only a bias of 0 or of lambd is supported");
    return hone_internal_onnx_layer(import, node, hone_internal_onnx_operand(import, node, 0),
                                    "activation(%s(threshold=%s))", bias == 0 ? "hard_shrink" : "soft_shrink",
                                    TEXT(threshold));
}

/* min(max(x, low), high), otherwise: x - low, cut at 0 and high - low, + low. */
static hone_status import_clip(hone_onnx_import *import, const hone_onnx_node *node)
{
    double low = -HUGE_VAL, high = HUGE_VAL;
    hone_tensor *x = hone_internal_onnx_operand(import, node, 0);
    HONE_TRY(read_number(import, node, "min", 1, &low));
    HONE_TRY(read_number(import, node, "max", 2, &high));
    if (low <= -(double)3.4e38f)
        return unsupported("an upper bound alone is not supported");
    if (low == 0 && high >= (double)3.4e38f)
        return hone_internal_onnx_layer(import, node, x, "activation(relu)");
    if (low == 0 && high == 6)
        return hone_internal_onnx_layer(import, node, x, "activation(relu6)");
    if (low == -1 && high == 1)
        return hone_internal_onnx_layer(import, node, x, "activation(hard_tanh)");
    if (low == 0)
        return hone_internal_onnx_layer(import, node, x, "re_lu(max_value=%s)", TEXT(high));
    char *down = hone_internal_format("rescaling(1, offset=%s)", TEXT(-low)),
         *up = hone_internal_format("rescaling(1, offset=%s)", TEXT(low));
    char *cut = high >= (double)3.4e38f ? hone_internal_copy_text("re_lu")
                                        : hone_internal_format("re_lu(max_value=%s)", TEXT(high - low));
    if (down != NULL && up != NULL && cut != NULL)
        x = step(import, node, step(import, node, step(import, node, x, down, false), cut, false), up, true);
    else
        x = NULL;
    hone_internal_free(down);
    hone_internal_free(up);
    hone_internal_free(cut);
    return x == NULL ? hone_error_status() : HONE_OK;
}

/* One slope for each of a sample's numbers, or shared along axes. */
static hone_status import_p_re_lu(hone_onnx_import *import, const hone_onnx_node *node)
{
    hone_tensor *x = hone_internal_onnx_operand(import, node, 0);
    const hone_array *slope = x == NULL ? NULL : hone_internal_onnx_constant(import, node, 1);
    if (slope == NULL)
        return hone_error_status();
    hone_shape shape = hone_tensor_shape(x);
    hone_text spec = {0};
    int shared = 0;
    for (int axis = 0; axis < shape.rank; axis++) {
        int own = axis - (shape.rank - slope->rank);
        int64_t size = own < 0 ? 1 : slope->shape[own];
        if (size != 1 && (axis == 0 || size != shape.size[axis])) {
            hone_internal_text_free(&spec);
            return unsupported("its slope does not match the axes after the batch axis");
        }
        if (axis > 0 && size == 1)
            hone_internal_text_format(&spec, "%s%d", shared++ > 0 ? ", " : "", axis);
    }
    hone_status status =
        shared == 0   ? hone_internal_onnx_layer(import, node, x, "p_re_lu")
        : spec.failed ? HONE_ERROR_MEMORY
                      : hone_internal_onnx_layer(import, node, x, "p_re_lu(shared_axes=[%s])", spec.data);
    hone_internal_text_free(&spec);
    HONE_TRY(status);
    return hone_internal_onnx_give_weight(import, output_of(import, node)->tensor, "alpha",
                                          copy_floats(slope, 1));
}

/* Until opset 12 everything from the axis on made one row. */
static hone_status import_softmax(hone_onnx_import *import, const hone_onnx_node *node)
{
    hone_tensor *x = hone_internal_onnx_operand(import, node, 0);
    if (x == NULL)
        return hone_error_status();
    bool early = import->file->opset < 13;
    int rank = hone_tensor_shape(x).rank;
    int64_t axis = hone_internal_onnx_int(node, "axis", early ? 1 : -1);
    if (axis < -rank || axis >= rank || axis == 0 || axis == -rank)
        return unsupported("its axis must come after the batch axis");
    if (early && axis != -1 && axis != rank - 1)
        return unsupported("before opset 13 only the last axis is supported");
    bool log = strcmp(node->op_type, "LogSoftmax") == 0;
    return hone_internal_onnx_layer(import, node, x,
                                    log ? "activation(log_softmax(axis=%d))" : "softmax(axis=%d)",
                                    axis == rank - 1 ? -1 : (int)axis);
}

static bool is_near(hone_onnx_import *import, const hone_onnx_node *node, size_t index, double wanted)
{
    double number;
    return hone_internal_onnx_is_constant(import, node, index) &&
           is_scalar(hone_internal_onnx_constant(import, node, index), &number) &&
           fabs(number - wanted) < 1e-4;
}

/* What `node` multiplies (or adds) to the value `name`, by number; -1: nothing. */
static int other_operand(const hone_onnx_node *node, const char *name)
{
    if (node == NULL || node->n_input != 2)
        return -1;
    return strcmp(node->input[0], name) == 0 ? 1 : strcmp(node->input[1], name) == 0 ? 0 : -1;
}

/* x / sqrt 2, or x times its inverse: x. */
static const char *erf_argument(hone_onnx_import *import, const char *name)
{
    const hone_onnx_source *source = hone_internal_onnx_source(import->file, name);
    if (source->kind != HONE_ONNX_NODE)
        return NULL;
    const hone_onnx_node *node = import->file->model->graph->node[source->index];
    if (strcmp(node->op_type, "Div") == 0 && node->n_input == 2 && is_near(import, node, 1, sqrt(2)))
        return node->input[0];
    for (size_t i = 0; i < 2 && strcmp(node->op_type, "Mul") == 0 && node->n_input == 2; i++)
        if (is_near(import, node, i, sqrt(0.5)))
            return node->input[1 - i];
    return NULL;
}

/* Half of x: the product that gives `name` is x times 0.5. */
static bool is_half_of(hone_onnx_import *import, const char *name, const char *x)
{
    const hone_onnx_source *source = hone_internal_onnx_source(import->file, name);
    const hone_onnx_node *node = source != NULL && source->kind == HONE_ONNX_NODE
                                     ? import->file->model->graph->node[source->index]
                                     : NULL;
    int half = node == NULL || strcmp(node->op_type, "Mul") != 0 ? -1 : other_operand(node, x);
    return half >= 0 && is_near(import, node, (size_t)half, 0.5);
}

/* gelu as exporters take it apart: 0.5 x (1 + erf(x / sqrt 2)), its factors in any order. */
static hone_status import_erf(hone_onnx_import *import, const hone_onnx_node *node)
{
    const char *x = erf_argument(import, node->input[0]);
    const hone_onnx_node *plus = x == NULL ? NULL : hone_internal_onnx_only_reader(import, node, "Add");
    int one = other_operand(plus, node->output[0]);
    const hone_onnx_node *times = one >= 0 && is_near(import, plus, (size_t)one, 1)
                                      ? hone_internal_onnx_only_reader(import, plus, "Mul")
                                      : NULL;
    int factor = times == NULL ? -1 : other_operand(times, plus->output[0]);
    const hone_onnx_node *last = NULL;
    if (factor >= 0 && is_half_of(import, times->input[factor], x))
        last = times;
    else if (factor >= 0) {
        bool half_first = is_near(import, times, (size_t)factor, 0.5),
             x_first = strcmp(times->input[factor], x) == 0;
        const hone_onnx_node *next = hone_internal_onnx_only_reader(import, times, "Mul");
        int rest = next == NULL ? -1 : other_operand(next, times->output[0]);
        if (rest >= 0 && ((half_first && strcmp(next->input[rest], x) == 0) ||
                          (x_first && is_near(import, next, (size_t)rest, 0.5))))
            last = next;
    }
    hone_onnx_value *value = last == NULL ? NULL : hone_internal_onnx_value(import, x);
    if (value == NULL || value->tensor == NULL)
        return unsupported("it is supported only in gelu, 0.5 x (1 + Erf(x / sqrt 2))");
    hone_internal_onnx_done(import, plus);
    hone_internal_onnx_done(import, times);
    hone_internal_onnx_done(import, last);
    return hone_internal_onnx_layer(import, last, value->tensor, "activation(gelu)");
}

/* ---- products ---- */

/* [in, units], from [in, units] or transposed from [units, in]. */
static hone_array *make_kernel(const hone_array *matrix, bool transposed, double factor)
{
    int64_t in = matrix->shape[transposed ? 1 : 0], units = matrix->shape[transposed ? 0 : 1];
    hone_array *kernel = hone_array_create(HONE_FLOAT32, 2, (int64_t[]){in, units});
    for (int64_t i = 0; kernel != NULL && i < in; i++)
        for (int64_t u = 0; u < units; u++)
            ((float *)kernel->data)[i * units + u] =
                (float)(factor * hone_array_number(matrix, transposed ? u * in + i : i * units + u));
    return kernel;
}

/* [units], from a number or a row of them. */
static hone_array *make_bias(const hone_array *constant, int64_t units, double factor)
{
    double number;
    if (constant == NULL)
        return NULL;
    if (is_scalar(constant, &number))
        return filled(units, number * factor);
    if (hone_array_count(constant) == units && constant->shape[constant->rank - 1] == units)
        return copy_floats(constant, factor);
    unsupported("its bias is not a row with one number for each unit");
    return NULL;
}

static hone_status add_dense(hone_onnx_import *import, const hone_onnx_node *node, hone_tensor *x,
                             hone_array *kernel, hone_array *bias, bool biased)
{
    hone_status status = kernel == NULL || (biased && bias == NULL)
                             ? hone_error_status()
                             : hone_internal_onnx_layer(import, node, x, "dense(%" PRId64 "%s)",
                                                        kernel->shape[1], biased ? "" : ", use_bias=false");
    if (status < 0) {
        hone_array_free(kernel);
        hone_array_free(bias);
        return status;
    }
    hone_tensor *y = output_of(import, node)->tensor;
    status = hone_internal_onnx_give_weight(import, y, "kernel", kernel);
    if (!biased)
        return status;
    if (status < 0) {
        hone_array_free(bias);
        return status;
    }
    return hone_internal_onnx_give_weight(import, y, "bias", bias);
}

static hone_status check_matrix(const hone_array *matrix, hone_tensor *x, bool transposed)
{
    if (matrix->rank != 2 || hone_array_count(matrix) == 0)
        return unsupported("its constant operand must be a matrix");
    hone_shape shape = hone_tensor_shape(x);
    int64_t in = matrix->shape[transposed ? 1 : 0];
    if (shape.size[shape.rank - 1] != in)
        return hone_fail(HONE_ERROR_SHAPE, "its operands have %" PRId64 " columns and %" PRId64 " rows",
                         shape.size[shape.rank - 1], in);
    return HONE_OK;
}

/* alpha A B + beta C */
static hone_status import_gemm(hone_onnx_import *import, const hone_onnx_node *node)
{
    hone_tensor *x = hone_internal_onnx_operand(import, node, 0);
    const hone_array *matrix = x == NULL ? NULL : hone_internal_onnx_constant(import, node, 1);
    if (matrix == NULL)
        return hone_error_status();
    bool transposed = hone_internal_onnx_int(node, "transB", 0) != 0,
         biased = hone_internal_onnx_is_given(node, 2);
    if (hone_internal_onnx_int(node, "transA", 0) != 0 || hone_tensor_shape(x).rank != 2)
        return unsupported("its first operand must be a matrix, not transposed");
    HONE_TRY(check_matrix(matrix, x, transposed));
    const hone_array *constant = biased ? hone_internal_onnx_constant(import, node, 2) : NULL;
    if (biased && constant == NULL)
        return hone_error_status();
    int64_t units = matrix->shape[transposed ? 0 : 1];
    return add_dense(
        import, node, x, make_kernel(matrix, transposed, hone_internal_onnx_float(node, "alpha", 1)),
        biased ? make_bias(constant, units, hone_internal_onnx_float(node, "beta", 1)) : NULL, biased);
}

/* The bias that comes right after a product: an Add of a row of constants. */
static const hone_onnx_node *find_bias(hone_onnx_import *import, const hone_onnx_node *node, int64_t units,
                                       size_t *operand)
{
    const hone_onnx_node *add = hone_internal_onnx_only_reader(import, node, "Add");
    int other = other_operand(add, node->output[0]);
    if (other < 0 || !hone_internal_onnx_is_constant(import, add, (size_t)other))
        return NULL;
    const hone_array *constant = hone_internal_onnx_constant(import, add, (size_t)other);
    *operand = (size_t)other;
    bool row = constant != NULL && constant->rank >= 1 && constant->rank <= 2 &&
               hone_array_count(constant) == units && constant->shape[constant->rank - 1] == units;
    return row ? add : NULL;
}

static hone_status import_product_of_tensors(hone_onnx_import *import, const hone_onnx_node *node)
{
    hone_tensor *operands[2] = {hone_internal_onnx_operand(import, node, 0),
                                hone_internal_onnx_operand(import, node, 1)};
    if (operands[0] == NULL || operands[1] == NULL)
        return hone_error_status();
    if (hone_tensor_shape(operands[0]).rank != 3 || hone_tensor_shape(operands[1]).rank != 3)
        return unsupported("a product of two tensors is supported only for three axes");
    return hone_internal_onnx_apply(import, node, "dot(axes=[2, 1])", operands, 2, true) == NULL
               ? hone_error_status()
               : HONE_OK;
}

static hone_status import_matmul(hone_onnx_import *import, const hone_onnx_node *node)
{
    if (!hone_internal_onnx_is_constant(import, node, 1))
        return import_product_of_tensors(import, node);
    hone_tensor *x = hone_internal_onnx_operand(import, node, 0);
    const hone_array *matrix = x == NULL ? NULL : hone_internal_onnx_constant(import, node, 1);
    if (matrix == NULL)
        return hone_error_status();
    HONE_TRY(check_matrix(matrix, x, false));
    size_t operand = 0;
    const hone_onnx_node *bias = find_bias(import, node, matrix->shape[1], &operand);
    if (bias == NULL)
        return add_dense(import, node, x, make_kernel(matrix, false, 1), NULL, false);
    hone_internal_onnx_done(import, bias);
    hone_array *numbers = make_bias(hone_internal_onnx_constant(import, bias, operand), matrix->shape[1], 1);
    return add_dense(import, bias, x, make_kernel(matrix, false, 1), numbers, true);
}

static hone_status import_gather(hone_onnx_import *import, const hone_onnx_node *node)
{
    const hone_array *table = hone_internal_onnx_constant(import, node, 0);
    hone_tensor *ids = table == NULL ? NULL : hone_internal_onnx_operand(import, node, 1);
    if (ids == NULL)
        return hone_error_status();
    if (table->rank != 2 || hone_internal_onnx_int(node, "axis", 0) != 0 || hone_array_count(table) == 0)
        return unsupported("only rows of a constant table are supported");
    HONE_TRY(hone_internal_onnx_layer(import, node, ids, "embedding(%" PRId64 ", %" PRId64 ")",
                                      table->shape[0], table->shape[1]));
    return hone_internal_onnx_give_weight(import, output_of(import, node)->tensor, "embeddings",
                                          copy_floats(table, 1));
}

/* ---- two operands ---- */

static const struct {
    const char *op, *layer;
} merges[] = {{"Add", "add"},     {"Sub", "subtract"}, {"Mul", "multiply"}, {"Max", "maximum"},
              {"Min", "minimum"}, {"Sum", "add"},      {"Mean", "average"}};

/* All operands of a node, which must be tensors of the network. */
static hone_status list_operands(hone_onnx_import *import, const hone_onnx_node *node,
                                 hone_tensor_list *operands)
{
    for (size_t i = 0; i < node->n_input; i++) {
        hone_tensor *operand = hone_internal_onnx_operand(import, node, i);
        if (operand == NULL)
            return hone_error_status();
        HONE_TRY(hone_internal_tensor_list_add(operands, operand));
    }
    return HONE_OK;
}

/* The layer of a spec on all operands of a node. */
static hone_status apply_to_all(hone_onnx_import *import, const hone_onnx_node *node, const char *spec)
{
    hone_tensor_list operands = {0};
    hone_status status = list_operands(import, node, &operands);
    if (status >= 0 &&
        hone_internal_onnx_apply(import, node, spec, operands.items, operands.count, true) == NULL)
        status = hone_error_status();
    hone_internal_free(operands.items);
    return status;
}

static hone_status merge(hone_onnx_import *import, const hone_onnx_node *node)
{
    const char *layer = NULL;
    for (size_t i = 0; i < sizeof merges / sizeof *merges; i++)
        if (strcmp(merges[i].op, node->op_type) == 0)
            layer = merges[i].layer;
    if (layer == NULL)
        return unsupported("it is not supported for two tensors");
    return node->n_input == 1 ? import_same(import, node) : apply_to_all(import, node, layer);
}

/* x times a factor plus an offset, by a constant. */
typedef struct linear {
    double factor_sign, offset_sign; /* of the constant's part: 0: it has none */
    bool inverse;                    /* divided by */
} linear;

/* Which line in x an operator with a constant at `operand` is: false: none. */
static bool find_line(const char *op, size_t operand, linear *line)
{
    *line = (struct linear){0};
    if (strcmp(op, "Add") == 0)
        line->offset_sign = 1;
    else if (strcmp(op, "Sub") == 0)
        line->offset_sign = operand == 1 ? -1 : 1;
    else if (strcmp(op, "Mul") == 0)
        line->factor_sign = 1;
    else if (strcmp(op, "Div") == 0 && operand == 1)
        *line = (struct linear){1, 0, true};
    else
        return false;
    return true;
}

/* The factors and offsets of a constant along an axis; `negated`: x counts vice versa (c - x). */
static hone_status read_line(const hone_array *constant, linear line, bool negated, int64_t count,
                             hone_array **factors, hone_array **offsets)
{
    *factors = filled(count, negated ? -1 : 1);
    *offsets = filled(count, 0);
    for (int64_t i = 0; *factors != NULL && *offsets != NULL && i < count; i++) {
        double number = hone_array_number(constant, i);
        if (line.factor_sign != 0)
            ((float *)(*factors)->data)[i] = (float)(line.inverse ? 1 / number : number);
        else
            ((float *)(*offsets)->data)[i] = (float)(line.offset_sign * number);
    }
    if (*factors != NULL && *offsets != NULL)
        return HONE_OK;
    hone_array_free(*factors);
    hone_array_free(*offsets);
    return HONE_ERROR_MEMORY;
}

static hone_status import_scalar_line(hone_onnx_import *import, const hone_onnx_node *node, hone_tensor *x,
                                      linear line, bool negated, double number)
{
    double factor = line.factor_sign == 0 ? (negated ? -1 : 1) : line.inverse ? 1 / number : number;
    return hone_internal_onnx_layer(import, node, x, "rescaling(%s, offset=%s)", TEXT(factor),
                                    TEXT(line.offset_sign * number));
}

/* Adds the constant of an Add right after to the offsets: scale and offset are one layer. */
static const hone_onnx_node *join_offset(hone_onnx_import *import, const hone_onnx_node *node,
                                         hone_shape shape, int axis, hone_array *offsets)
{
    const hone_onnx_node *add = hone_internal_onnx_only_reader(import, node, "Add");
    int other = other_operand(add, node->output[0]);
    const hone_array *constant = other >= 0 && hone_internal_onnx_is_constant(import, add, (size_t)other)
                                     ? hone_internal_onnx_constant(import, add, (size_t)other)
                                     : NULL;
    if (constant == NULL || varying_axis(constant, shape) != axis)
        return node;
    for (int64_t i = 0; i < hone_array_count(offsets); i++)
        ((float *)offsets->data)[i] += (float)hone_array_number(constant, i);
    hone_internal_onnx_done(import, add);
    return add;
}

/* Constants along an axis: a normalisation by statistics 0 and 1 that does not train, so that they stay what
 * they are. */
static hone_status import_vector_line(hone_onnx_import *import, const hone_onnx_node *node, hone_tensor *x,
                                      const hone_array *constant, linear line, bool negated)
{
    hone_shape shape = hone_tensor_shape(x);
    int axis = varying_axis(constant, shape);
    if (axis < 0)
        return unsupported("a constant operand must be one number, or vary along one axis after the batch "
                           "axis");
    hone_array *factors, *offsets;
    HONE_TRY(read_line(constant, line, negated, shape.size[axis], &factors, &offsets));
    node = join_offset(import, node, shape, axis, offsets);
    hone_status status =
        hone_internal_onnx_layer(import, node, x, "batch_normalization(axis=%d, epsilon=0, trainable=false)",
                                 axis == shape.rank - 1 ? -1 : axis);
    hone_tensor *y = output_of(import, node)->tensor;
    if (status < 0) {
        hone_array_free(factors);
        hone_array_free(offsets);
        return status;
    }
    status = hone_internal_onnx_give_weight(import, y, "gamma", factors);
    hone_status second = hone_internal_onnx_give_weight(import, y, "beta", offsets);
    return status < 0 ? status : second;
}

static hone_status import_arithmetic(hone_onnx_import *import, const hone_onnx_node *node)
{
    linear line;
    double number;
    bool first = hone_internal_onnx_is_constant(import, node, 0),
         second = hone_internal_onnx_is_constant(import, node, 1);
    if (node->n_input != 2 || (!first && !second))
        return merge(import, node);
    size_t operand = first ? 0 : 1;
    hone_tensor *x = hone_internal_onnx_operand(import, node, 1 - operand);
    const hone_array *constant = x == NULL ? NULL : hone_internal_onnx_constant(import, node, operand);
    if (constant == NULL)
        return hone_error_status();
    if (!find_line(node->op_type, operand, &line))
        return unsupported("it is not supported with a constant operand here");
    bool negated = first && strcmp(node->op_type, "Sub") == 0;
    if (is_scalar(constant, &number) && constant->rank <= hone_tensor_shape(x).rank)
        return import_scalar_line(import, node, x, line, negated, number);
    return import_vector_line(import, node, x, constant, line, negated);
}

static hone_status import_concat(hone_onnx_import *import, const hone_onnx_node *node)
{
    if (node->n_input < 1)
        return unsupported("it has no operand");
    const hone_tensor *first = hone_internal_onnx_operand(import, node, 0);
    if (first == NULL)
        return hone_error_status();
    int64_t axis = hone_internal_onnx_int(node, "axis", 1);
    int rank = hone_tensor_shape(first).rank;
    if (axis < -rank || axis >= rank || axis == 0 || axis == -rank)
        return unsupported("its axis must come after the batch axis");
    if (node->n_input == 1)
        return import_same(import, node);
    char *spec = hone_internal_format("concatenate(axis=%d)", (int)axis);
    hone_status status = spec == NULL ? HONE_ERROR_MEMORY : apply_to_all(import, node, spec);
    hone_internal_free(spec);
    return status;
}

/* ---- normalisation, dropout ---- */

/* Operand `index` as the weight `name`, or when it is left out nothing. */
static hone_status give_operand(hone_onnx_import *import, const hone_onnx_node *node, size_t index,
                                const char *name)
{
    if (!hone_internal_onnx_is_given(node, index))
        return HONE_OK;
    const hone_array *constant = hone_internal_onnx_constant(import, node, index);
    return constant == NULL ? hone_error_status()
                            : hone_internal_onnx_give_weight(import, output_of(import, node)->tensor, name,
                                                             copy_floats(constant, 1));
}

static hone_status import_batch_normalization(hone_onnx_import *import, const hone_onnx_node *node)
{
    hone_tensor *x = hone_internal_onnx_operand(import, node, 0);
    if (x == NULL)
        return hone_error_status();
    if (hone_internal_onnx_int(node, "training_mode", 0) != 0 ||
        hone_internal_onnx_int(node, "spatial", 1) != 1)
        return unsupported("only the inference form, with one number for each channel, is supported");
    for (size_t i = 1; i < 5; i++)
        if (!hone_internal_onnx_is_given(node, i))
            return unsupported("it needs scale, offset, mean and variance");
    int rank = hone_tensor_shape(x).rank;
    HONE_TRY(hone_internal_onnx_layer(
        import, node, x, "batch_normalization(axis=%d, epsilon=%s, momentum=%s)", rank == 2 ? -1 : 1,
        TEXT(hone_internal_onnx_float(node, "epsilon", (double)1e-5f)),
        TEXT(hone_internal_onnx_float(node, "momentum", (double)0.9f))));
    HONE_TRY(give_operand(import, node, 1, "gamma"));
    HONE_TRY(give_operand(import, node, 2, "beta"));
    HONE_TRY(give_operand(import, node, 3, "moving_mean"));
    return give_operand(import, node, 4, "moving_variance");
}

/* Over an axis and all behind it. */
static hone_status import_layer_normalization(hone_onnx_import *import, const hone_onnx_node *node)
{
    hone_tensor *x = hone_internal_onnx_operand(import, node, 0);
    if (x == NULL)
        return hone_error_status();
    bool rms = strcmp(node->op_type, "RMSNormalization") == 0,
         offset = !rms && hone_internal_onnx_is_given(node, 2);
    int rank = hone_tensor_shape(x).rank;
    int64_t axis = hone_internal_onnx_int(node, "axis", -1);
    if (axis < 0)
        axis += rank;
    if (axis < 1 || axis >= rank)
        return unsupported("its axis must come after the batch axis");
    hone_text axes = {0};
    for (int64_t i = axis; i < rank; i++)
        hone_internal_text_format(&axes, "%s%" PRId64, i > axis ? ", " : "", i - rank);
    if (axes.failed)
        return HONE_ERROR_MEMORY;
    hone_status status = hone_internal_onnx_layer(
        import, node, x, "%s(axis=[%s], epsilon=%s%s)", rms ? "rms_normalization" : "layer_normalization",
        axes.data, TEXT(hone_internal_onnx_float(node, "epsilon", (double)1e-5f)),
        rms || offset ? "" : ", center=false");
    hone_internal_text_free(&axes);
    HONE_TRY(status);
    HONE_TRY(give_operand(import, node, 1, rms ? "scale" : "gamma"));
    return offset ? give_operand(import, node, 2, "beta") : HONE_OK;
}

/* Each channel (axis 1) of each sample by itself. */
static hone_status import_instance_normalization(hone_onnx_import *import, const hone_onnx_node *node)
{
    HONE_TRY(hone_internal_onnx_layer(import, node, hone_internal_onnx_operand(import, node, 0),
                                      "group_normalization(groups=-1, axis=1, epsilon=%s)",
                                      TEXT(hone_internal_onnx_float(node, "epsilon", (double)1e-5f))));
    HONE_TRY(give_operand(import, node, 1, "gamma"));
    return give_operand(import, node, 2, "beta");
}

static hone_status import_dropout(hone_onnx_import *import, const hone_onnx_node *node)
{
    double ratio = 0.5;
    HONE_TRY(read_number(import, node, "ratio", 1, &ratio));
    if (!(ratio >= 0 && ratio < 1))
        return unsupported("its ratio must be at least 0 and below 1");
    return hone_internal_onnx_layer(import, node, hone_internal_onnx_operand(import, node, 0), "dropout(%s)",
                                    TEXT(ratio));
}

/* ---- shapes ---- */

/* Numbers are floats here, whatever their type; to integers they are cut, which nothing but a table's rows
 * may see. */
static hone_status import_cast(hone_onnx_import *import, const hone_onnx_node *node)
{
    int64_t to = hone_internal_onnx_int(node, "to", 0);
    bool number = to == HONE__ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT ||
                  to == HONE__ONNX__TENSOR_PROTO__DATA_TYPE__DOUBLE ||
                  to == HONE__ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT16 ||
                  to == HONE__ONNX__TENSOR_PROTO__DATA_TYPE__BFLOAT16;
    if (!number && hone_internal_onnx_only_reader(import, node, "Gather") == NULL)
        return unsupported("only a cast to a floating-point type, or to the row numbers of a Gather, is "
                           "supported");
    return import_same(import, node);
}

static hone_status import_flatten(hone_onnx_import *import, const hone_onnx_node *node)
{
    hone_tensor *x = hone_internal_onnx_operand(import, node, 0);
    if (x == NULL)
        return hone_error_status();
    int64_t axis = hone_internal_onnx_int(node, "axis", 1);
    if (axis != 1 && axis != 1 - hone_tensor_shape(x).rank)
        return unsupported("only axis 1, the first after the batch axis, is supported");
    return hone_internal_onnx_layer(import, node, x, "flatten");
}

static hone_status add_reshape(hone_onnx_import *import, const hone_onnx_node *node, hone_tensor *x,
                               const int64_t *sizes, int count)
{
    hone_text list = {0};
    if (count == 1 && sizes[0] == -1)
        return hone_internal_onnx_layer(import, node, x, "flatten");
    for (int i = 0; i < count; i++)
        hone_internal_text_format(&list, "%s%" PRId64, i > 0 ? ", " : "", sizes[i]);
    hone_status status = list.failed  ? HONE_ERROR_MEMORY
                         : count == 0 ? unsupported("it leaves only the batch axis")
                                      : hone_internal_onnx_layer(import, node, x, "reshape([%s])", list.data);
    hone_internal_text_free(&list);
    return status;
}

/* The first size must be the batch's: 0 (as it is), -1, or its fixed number. */
static hone_status import_reshape(hone_onnx_import *import, const hone_onnx_node *node)
{
    hone_tensor *x = hone_internal_onnx_operand(import, node, 0);
    const hone_array *target = x == NULL ? NULL : hone_internal_onnx_constant(import, node, 1);
    if (target == NULL)
        return hone_error_status();
    hone_shape from = hone_tensor_shape(x);
    int64_t sizes[HONE_MAX_RANK], count = hone_array_count(target), open = 0;
    if (count < 1 || count > HONE_MAX_RANK || target->type != HONE_INT64)
        return unsupported("its shape must be a list of 1 to 8 sizes");
    for (int64_t i = 0; i < count; i++) {
        sizes[i] = ((const int64_t *)target->data)[i];
        if (sizes[i] == 0 && i > 0 && i < from.rank)
            sizes[i] = from.size[i];
        open += i > 0 && sizes[i] == -1;
        if (sizes[i] < -1 || (i > 0 && sizes[i] == 0))
            return unsupported("a size below -1, or of no axis, is not supported");
    }
    if (sizes[0] > 0 && sizes[0] != import->batch)
        return unsupported("its first size must be that of the batch (0 or -1)");
    if (open > 1)
        return unsupported("more than one size after the batch axis is variable");
    return add_reshape(import, node, x, sizes + 1, (int)count - 1);
}

static hone_status import_unsqueeze(hone_onnx_import *import, const hone_onnx_node *node)
{
    hone_tensor *x = hone_internal_onnx_operand(import, node, 0);
    int axes[HONE_MAX_RANK];
    if (x == NULL)
        return hone_error_status();
    hone_shape shape = hone_tensor_shape(x);
    const hone_array *list =
        hone_internal_onnx_is_constant(import, node, 1) ? hone_internal_onnx_constant(import, node, 1) : NULL;
    const hone_onnx_attribute *attribute = hone_internal_onnx_attribute(node, "axes");
    int64_t added = attribute != NULL ? (int64_t)attribute->n_ints
                    : list != NULL    ? hone_array_count(list)
                                      : 0;
    if (added < 1 || added + shape.rank > HONE_MAX_RANK)
        return unsupported("its axes are missing or too many");
    int rank = shape.rank + (int)added, count = read_axes(import, node, rank, axes);
    if (count < 0)
        return (hone_status)count;
    bool is_new[HONE_MAX_RANK] = {false};
    int64_t sizes[HONE_MAX_RANK];
    for (int i = 0; i < count; i++)
        is_new[axes[i]] = true;
    if (is_new[0])
        return unsupported("an axis before the batch axis is not supported");
    for (int axis = 0, old = 0; axis < rank; axis++)
        sizes[axis] = is_new[axis] || old >= shape.rank ? 1 : shape.size[old++];
    return add_reshape(import, node, x, sizes + 1, rank - 1);
}

static hone_status import_squeeze(hone_onnx_import *import, const hone_onnx_node *node)
{
    hone_tensor *x = hone_internal_onnx_operand(import, node, 0);
    int axes[HONE_MAX_RANK], kept = 0;
    if (x == NULL)
        return hone_error_status();
    hone_shape shape = hone_tensor_shape(x);
    int count = read_axes(import, node, shape.rank, axes);
    if (count < 0)
        return (hone_status)count;
    bool dropped[HONE_MAX_RANK] = {false};
    int64_t sizes[HONE_MAX_RANK];
    for (int i = 0; i < count; i++) {
        dropped[axes[i]] = true;
        if (axes[i] == 0 || shape.size[axes[i]] != 1)
            return unsupported("only axes of size 1 after the batch axis can be removed");
    }
    for (int axis = 1; axis < shape.rank; axis++)
        if (!dropped[axis] && (count > 0 || shape.size[axis] != 1))
            sizes[kept++] = shape.size[axis];
    return add_reshape(import, node, x, sizes, kept);
}

static hone_status import_transpose(hone_onnx_import *import, const hone_onnx_node *node)
{
    hone_tensor *x = hone_internal_onnx_operand(import, node, 0);
    const hone_onnx_attribute *order = hone_internal_onnx_attribute(node, "perm");
    if (x == NULL)
        return hone_error_status();
    hone_shape shape = hone_tensor_shape(x);
    if (order == NULL || order->n_ints != (size_t)shape.rank || order->ints[0] != 0)
        return unsupported("only an order of all axes that keeps the batch axis first is supported");
    hone_text dims = {0};
    for (int axis = 1; axis < shape.rank; axis++)
        hone_internal_text_format(&dims, "%s%" PRId64, axis > 1 ? ", " : "", order->ints[axis]);
    hone_status status = dims.failed ? HONE_ERROR_MEMORY
                                     : hone_internal_onnx_layer(import, node, x, "permute([%s])", dims.data);
    hone_internal_text_free(&dims);
    return status;
}

/* ---- the table ---- */

static const struct {
    const char *op;
    hone_onnx_importer *import;
} importers[] = {
    {"Add", import_arithmetic},
    {"AveragePool", hone_internal_onnx_import_pool},
    {"BatchNormalization", import_batch_normalization},
    {"Cast", import_cast},
    {"Celu", import_elu},
    {"Clip", import_clip},
    {"Concat", import_concat},
    {"Conv", hone_internal_onnx_import_convolution},
    {"ConvTranspose", hone_internal_onnx_import_convolution_transpose},
    {"Div", import_arithmetic},
    {"Dropout", import_dropout},
    {"Elu", import_elu},
    {"Erf", import_erf},
    {"Exp", import_function},
    {"Flatten", import_flatten},
    {"Gather", import_gather},
    {"Gelu", import_gelu},
    {"Gemm", import_gemm},
    {"GlobalAveragePool", hone_internal_onnx_import_global_pool},
    {"GlobalMaxPool", hone_internal_onnx_import_global_pool},
    {"HardSigmoid", import_hard_sigmoid},
    {"HardSwish", import_function},
    {"Identity", import_same},
    {"InstanceNormalization", import_instance_normalization},
    {"LayerNormalization", import_layer_normalization},
    {"LeakyRelu", import_leaky},
    {"LogSoftmax", import_softmax},
    {"MatMul", import_matmul},
    {"Max", merge},
    {"MaxPool", hone_internal_onnx_import_pool},
    {"Mean", merge},
    {"Min", merge},
    {"Mish", import_function},
    {"Mul", import_arithmetic},
    {"Neg", import_function},
    {"PRelu", import_p_re_lu},
    {"RMSNormalization", import_layer_normalization},
    {"Relu", import_function},
    {"Reshape", import_reshape},
    {"Selu", import_selu},
    {"Shrink", import_shrink},
    {"Sigmoid", import_function},
    {"Softmax", import_softmax},
    {"Softplus", import_function},
    {"Softsign", import_function},
    {"Squeeze", import_squeeze},
    {"Sub", import_arithmetic},
    {"Sum", merge},
    {"Swish", import_swish},
    {"Tanh", import_function},
    {"ThresholdedRelu", import_thresholded},
    {"Transpose", import_transpose},
    {"Unsqueeze", import_unsqueeze},
};
enum { IMPORTERS = sizeof importers / sizeof *importers };

hone_onnx_importer *hone_internal_onnx_importer(const char *op)
{
    for (size_t i = 0; i < IMPORTERS; i++)
        if (strcmp(importers[i].op, op) == 0)
            return importers[i].import;
    hone_fail(HONE_ERROR_UNSUPPORTED, "the operator %.64s has no layer in Hone yet", op);
    return NULL;
}
