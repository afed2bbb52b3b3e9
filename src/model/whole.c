/* Which tensors are of integers or truth values in Keras. Here all are floats, and it makes a difference in
 * three places: a cast to a narrow type saturates floats and wraps integers around, what resizes images gives
 * integers for integers, and what computes with integers wraps them around (whole_numbers.c). */
#include "model/whole.h"
#include "base/text.h"
#include "layers/cast.h"
#include "operations/constant.h"

#include <string.h>

static const struct {
    const char *name;
    hone_whole_type type;
} types[] = {{"bool", {1, false}},    {"int8", {8, true}},     {"int16", {16, true}},
             {"int32", {32, true}},   {"int64", {64, true}},   {"uint8", {8, false}},
             {"uint16", {16, false}}, {"uint32", {32, false}}, {"uint64", {64, false}}};
enum { TYPES = sizeof types / sizeof *types };
static const hone_whole_type FLOATS = {0, false}, TRUTH = {1, false}, USUAL = {32, true};

static hone_whole_type type_named(const char *dtype)
{
    for (size_t i = 0; dtype != NULL && i < TYPES; i++)
        if (strcmp(types[i].name, dtype) == 0)
            return types[i].type;
    return FLOATS;
}

const char *hone_internal_whole_type_name(hone_whole_type type)
{
    for (size_t i = 0; type.bits > 1 && i < TYPES; i++)
        if (types[i].type.bits == type.bits && types[i].type.is_signed == type.is_signed)
            return types[i].name;
    return NULL;
}

bool hone_internal_is_integer_type(const char *dtype)
{
    return type_named(dtype).bits > 1;
}

bool hone_internal_tensor_is_whole(const hone_tensor *tensor)
{
    return tensor->type.bits > 0;
}

/* The type that holds the numbers of two: of unequal signs a signed one of more bits than the other has. */
static hone_whole_type common_type(hone_whole_type a, hone_whole_type b)
{
    if (a.bits == 0 || b.bits == 0)
        return FLOATS;
    if (a.bits == 1 || b.bits == 1 || a.is_signed == b.is_signed)
        return a.bits >= b.bits ? a : b;
    const hone_whole_type with = a.is_signed ? a : b, without = a.is_signed ? b : a;
    if (with.bits > without.bits)
        return with;
    return (hone_whole_type){without.bits < 32 ? (unsigned char)(2 * without.bits) : 64, true};
}

/* ---- what classes make of types ---- */

/* The result is of truth values, of int32; of the type of the first input; of all inputs and constants
 * together; of these, at least int32 as sums are. */
typedef enum type_rule { GIVES_TRUTH, GIVES_PLACES, KEEPS, JOINS, SUMS } type_rule;

static const struct {
    const char *class_name;
    type_rule rule;
    hone_whole_work work;
} rules[] = {
    {"Equal", GIVES_TRUTH, HONE_WHOLE_COMPARES},
    {"NotEqual", GIVES_TRUTH, HONE_WHOLE_COMPARES},
    {"Greater", GIVES_TRUTH, HONE_WHOLE_COMPARES},
    {"GreaterEqual", GIVES_TRUTH, HONE_WHOLE_COMPARES},
    {"Less", GIVES_TRUTH, HONE_WHOLE_COMPARES},
    {"LessEqual", GIVES_TRUTH, HONE_WHOLE_COMPARES},
    {"All", GIVES_TRUTH, HONE_WHOLE_COMPARES},
    {"Any", GIVES_TRUTH, HONE_WHOLE_COMPARES},
    {"LogicalAnd", GIVES_TRUTH, HONE_WHOLE_COMPARES},
    {"LogicalNot", GIVES_TRUTH, HONE_WHOLE_COMPARES},
    {"LogicalOr", GIVES_TRUTH, HONE_WHOLE_COMPARES},
    {"LogicalXor", GIVES_TRUTH, HONE_WHOLE_COMPARES},
    {"IsIn", GIVES_TRUTH, HONE_WHOLE_COMPARES},
    {"Argmax", GIVES_PLACES, HONE_WHOLE_COMPARES},
    {"Argmin", GIVES_PLACES, HONE_WHOLE_COMPARES},
    {"Argsort", GIVES_PLACES, HONE_WHOLE_COMPARES},
    {"CountNonzero", GIVES_PLACES, HONE_WHOLE_MOVES},
    {"Digitize", GIVES_PLACES, HONE_WHOLE_COMPARES},
    {"SearchSorted", GIVES_PLACES, HONE_WHOLE_COMPARES},
    {"Identity", KEEPS, HONE_WHOLE_MOVES},
    {"Reshape", KEEPS, HONE_WHOLE_MOVES},
    {"Flatten", KEEPS, HONE_WHOLE_MOVES},
    {"Permute", KEEPS, HONE_WHOLE_MOVES},
    {"RepeatVector", KEEPS, HONE_WHOLE_MOVES},
    {"Cropping1D", KEEPS, HONE_WHOLE_MOVES},
    {"Cropping2D", KEEPS, HONE_WHOLE_MOVES},
    {"Cropping3D", KEEPS, HONE_WHOLE_MOVES},
    {"ZeroPadding1D", KEEPS, HONE_WHOLE_MOVES},
    {"ZeroPadding2D", KEEPS, HONE_WHOLE_MOVES},
    {"ZeroPadding3D", KEEPS, HONE_WHOLE_MOVES},
    {"UpSampling1D", KEEPS, HONE_WHOLE_MOVES},
    {"ExpandDims", KEEPS, HONE_WHOLE_MOVES},
    {"Squeeze", KEEPS, HONE_WHOLE_MOVES},
    {"Transpose", KEEPS, HONE_WHOLE_MOVES},
    {"GetItem", KEEPS, HONE_WHOLE_MOVES},
    {"Take", KEEPS, HONE_WHOLE_MOVES},
    {"TakeAlongAxis", KEEPS, HONE_WHOLE_MOVES},
    {"Split", KEEPS, HONE_WHOLE_MOVES},
    {"Unstack", KEEPS, HONE_WHOLE_MOVES},
    {"Flip", KEEPS, HONE_WHOLE_MOVES},
    {"Roll", KEEPS, HONE_WHOLE_MOVES},
    {"Repeat", KEEPS, HONE_WHOLE_MOVES},
    {"Tile", KEEPS, HONE_WHOLE_MOVES},
    {"Swapaxes", KEEPS, HONE_WHOLE_MOVES},
    {"Moveaxis", KEEPS, HONE_WHOLE_MOVES},
    {"BroadcastTo", KEEPS, HONE_WHOLE_MOVES},
    {"Ravel", KEEPS, HONE_WHOLE_MOVES},
    {"Copy", KEEPS, HONE_WHOLE_MOVES},
    {"StopGradient", KEEPS, HONE_WHOLE_MOVES},
    {"Tril", KEEPS, HONE_WHOLE_MOVES},
    {"Triu", KEEPS, HONE_WHOLE_MOVES},
    {"Diagonal", KEEPS, HONE_WHOLE_MOVES},
    {"Sort", KEEPS, HONE_WHOLE_COMPARES},
    {"Resizing", KEEPS, HONE_WHOLE_COMPARES},
    {"UpSampling2D", KEEPS, HONE_WHOLE_COMPARES},
    {"Resize", KEEPS, HONE_WHOLE_COMPARES},
    {"RGBToGrayscale", KEEPS, HONE_WHOLE_COMPARES},
    {"ContrastLimitedAdaptiveHistogramEqualization", KEEPS, HONE_WHOLE_COMPARES},
    {"ReLU", KEEPS, HONE_WHOLE_COMPARES},
    {"Relu", KEEPS, HONE_WHOLE_COMPARES},
    {"Relu6", KEEPS, HONE_WHOLE_COMPARES},
    {"Absolute", KEEPS, HONE_WHOLE_COMPUTES},
    {"Abs", KEEPS, HONE_WHOLE_COMPUTES},
    {"Negative", KEEPS, HONE_WHOLE_COMPUTES},
    {"Square", KEEPS, HONE_WHOLE_COMPUTES},
    {"Sign", KEEPS, HONE_WHOLE_MOVES},
    {"Max", KEEPS, HONE_WHOLE_COMPARES},
    {"Min", KEEPS, HONE_WHOLE_COMPARES},
    {"Amax", KEEPS, HONE_WHOLE_COMPARES},
    {"Amin", KEEPS, HONE_WHOLE_COMPARES},
    {"Ptp", KEEPS, HONE_WHOLE_COMPUTES},
    {"Diff", KEEPS, HONE_WHOLE_COMPUTES},
    {"Clip", KEEPS, HONE_WHOLE_COMPARES},
    {"Round", KEEPS, HONE_WHOLE_COMPARES},
    {"Trunc", KEEPS, HONE_WHOLE_COMPARES},
    {"Cumsum", KEEPS, HONE_WHOLE_COMPUTES},
    {"Cumprod", KEEPS, HONE_WHOLE_COMPUTES},
    {"BitwiseNot", KEEPS, HONE_WHOLE_COMPUTES},
    {"BitwiseInvert", KEEPS, HONE_WHOLE_COMPUTES},
    {"Concatenate", JOINS, HONE_WHOLE_MOVES},
    {"Stack", JOINS, HONE_WHOLE_MOVES},
    {"Hstack", JOINS, HONE_WHOLE_MOVES},
    {"Vstack", JOINS, HONE_WHOLE_MOVES},
    {"Dstack", JOINS, HONE_WHOLE_MOVES},
    {"Append", JOINS, HONE_WHOLE_MOVES},
    {"Where", JOINS, HONE_WHOLE_MOVES},
    {"Add", JOINS, HONE_WHOLE_COMPUTES},
    {"Subtract", JOINS, HONE_WHOLE_COMPUTES},
    {"Multiply", JOINS, HONE_WHOLE_COMPUTES},
    {"SquaredDifference", JOINS, HONE_WHOLE_COMPUTES},
    {"Maximum", JOINS, HONE_WHOLE_COMPARES},
    {"Minimum", JOINS, HONE_WHOLE_COMPARES},
    {"Mod", JOINS, HONE_WHOLE_COMPUTES},
    {"FloorDivide", JOINS, HONE_WHOLE_COMPUTES},
    {"Power", JOINS, HONE_WHOLE_COMPUTES},
    {"Outer", JOINS, HONE_WHOLE_COMPUTES},
    {"Gcd", JOINS, HONE_WHOLE_COMPUTES},
    {"Lcm", JOINS, HONE_WHOLE_COMPUTES},
    {"BitwiseAnd", JOINS, HONE_WHOLE_COMPUTES},
    {"BitwiseOr", JOINS, HONE_WHOLE_COMPUTES},
    {"BitwiseXor", JOINS, HONE_WHOLE_COMPUTES},
    {"BitwiseLeftShift", JOINS, HONE_WHOLE_COMPUTES},
    {"LeftShift", JOINS, HONE_WHOLE_COMPUTES},
    {"BitwiseRightShift", JOINS, HONE_WHOLE_COMPUTES},
    {"RightShift", JOINS, HONE_WHOLE_COMPUTES},
    {"Matmul", JOINS, HONE_WHOLE_COMPUTES},
    {"Dot", JOINS, HONE_WHOLE_COMPUTES},
    {"Einsum", JOINS, HONE_WHOLE_COMPUTES},
    {"Sum", SUMS, HONE_WHOLE_COMPUTES},
    {"Prod", SUMS, HONE_WHOLE_COMPUTES},
    {"Trace", SUMS, HONE_WHOLE_COMPUTES},
};
enum { RULES = sizeof rules / sizeof *rules };

/* RULES: none. */
static size_t row_of(const char *name)
{
    size_t row = 0;
    while (row < RULES && (name == NULL || strcmp(rules[row].class_name, name) != 0))
        row++;
    return row;
}

/* The type that an input or a cast names. */
static bool find_named(const hone_layer *layer, hone_whole_type *type)
{
    const bool input = layer->type == &hone_internal_input_layer;
    if (!input && !(layer->type->is_operation && strcmp(layer->type->type.class_name, "Cast") == 0))
        return false;
    const char *const *dtype = hone_internal_layer_argument(layer, input ? "dtype" : "type");
    *type = type_named(dtype == NULL ? NULL : *dtype);
    return true;
}

/* Of a constant, "3", "[1, 2]", "int32([1, 2])", "True", beside others of a type: plain numbers without a
 * point and an exponent take that type. */
static hone_whole_type constant_type(const char *text, hone_whole_type others)
{
    static const char tensor[] = "tensor ";
    char name[16];
    text += strncmp(text, tensor, sizeof tensor - 1) == 0 ? sizeof tensor - 1 : 0;
    const size_t length = strcspn(text, "(");
    if (hone_internal_constant_body(text) != text && length < sizeof name) {
        memcpy(name, text, length);
        name[length] = '\0';
        return type_named(name);
    }
    if (strcmp(text, "True") == 0 || strcmp(text, "False") == 0)
        return TRUTH;
    return text[strspn(text, "0123456789-, []")] != '\0' ? FLOATS : others.bits > 1 ? others : USUAL;
}

/* The constants among the operands of a call, together with `type`, that of its tensors. */
static hone_whole_type with_constants(const hone_call *call, hone_whole_type type)
{
    const hone_type *fields = call->layer->type->call_fields;
    for (size_t i = 0; fields != NULL && call->args != NULL && i < fields->field_count; i++) {
        const hone_field *field = &fields->fields[i];
        if (field->kind != HONE_FIELD_TEXT || field->specs == NULL || strcmp(field->specs, HONE_LITERAL) != 0)
            continue;
        const char *text = *(const char *const *)((const char *)call->args + field->offset);
        if (text != NULL)
            type = common_type(type, constant_type(text, type));
    }
    return type;
}

static hone_whole_type joined_type(const hone_call *call, const char *name)
{
    const int first = strcmp(name, "Where") == 0 && call->input_count > 1;
    hone_whole_type type = call->inputs[first]->type;
    for (int i = first + 1; i < call->input_count; i++)
        type = common_type(type, call->inputs[i]->type);
    type = with_constants(call, type);
    const bool eight = type.bits == 8 && type.is_signed;
    return eight && (strcmp(name, "Matmul") == 0 || strcmp(name, "Einsum") == 0) ? USUAL : type;
}

static hone_whole_type type_by(type_rule rule, const hone_call *call, const char *name)
{
    if (rule == GIVES_TRUTH || rule == GIVES_PLACES)
        return rule == GIVES_TRUTH ? TRUTH : USUAL;
    if (call->input_count == 0)
        return FLOATS;
    const hone_whole_type first = call->inputs[0]->type;
    if (rule == SUMS && first.bits > 0 && first.bits < 32)
        return (hone_whole_type){32, first.is_signed || first.bits == 1};
    return rule == JOINS ? joined_type(call, name) : first;
}

static hone_whole_type type_of(const hone_call *call)
{
    const char *name = call->layer->type->type.class_name;
    hone_whole_type named;
    if (find_named(call->layer, &named))
        return named;
    const size_t row = row_of(name);
    return row < RULES ? type_by(rules[row].rule, call, name) : FLOATS;
}

hone_whole_work hone_internal_call_whole_work(const hone_call *call)
{
    const size_t row = row_of(call->layer->type->type.class_name);
    hone_whole_type named;
    if (row < RULES)
        return rules[row].work;
    if (call->input_count == 0 || !find_named(call->layer, &named) || named.bits <= 1)
        return HONE_WHOLE_MOVES;
    return named.bits >= 32 && !named.is_signed ? HONE_WHOLE_COMPUTES : HONE_WHOLE_COMPARES; /* a cast */
}

void hone_internal_call_set_types(hone_call *call)
{
    const hone_whole_type type = type_of(call);
    for (int i = 0; i < call->output_count; i++)
        call->outputs[i].type = type;
}

/* What is told of what its calls are on. */
static const char *const TOLD[] = {
    "Cast",   "ConvertToTensor", "Resizing", "UpSampling2D", "ContrastLimitedAdaptiveHistogramEqualization",
    "Resize", "RGBToGrayscale",  NULL};

void hone_internal_call_tell_cast(const hone_call *call)
{
    const char *name = call->layer->type->type.class_name;
    if (name == NULL || !hone_internal_text_among(name, TOLD) ||
        call->layer->type->state_bytes != sizeof(hone_cast_state))
        return;
    *(hone_cast_state *)call->layer->state = (hone_cast_state){
        .of_integers = call->input_count > 0 && hone_internal_tensor_is_whole(call->inputs[0]),
        .type = call->input_count > 0 ? hone_internal_whole_type_name(call->inputs[0]->type) : NULL};
}
