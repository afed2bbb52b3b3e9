/* Which tensors are of integers or truth values in Keras. Here all are floats, and it makes a difference in
 * two places: a cast to a narrow type saturates floats and wraps integers around, and what resizes images
 * gives integers for integers. */
#include "model/whole.h"
#include "base/text.h"
#include "layers/cast.h"
#include "operations/constant.h"

#include <string.h>

/* The same text, as a constant; NULL: no integers. */
static const char *integer_type(const char *dtype)
{
    static const char *const names[] = {"int8",  "int16",  "int32",  "int64",
                                        "uint8", "uint16", "uint32", "uint64"};
    for (size_t i = 0; dtype != NULL && i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i], dtype) == 0)
            return names[i];
    return NULL;
}

bool hone_internal_is_integer_type(const char *dtype)
{
    return integer_type(dtype) != NULL;
}

/* What gives integers or truth values of any input; the type of its input; and integers of integers alone,
 * the constants among its operands too. */
static const char *const ALWAYS[] = {
    "Argmax",     "Argmin",     "Argsort",      "CountNonzero", "Digitize",   "SearchSorted", "Equal",
    "NotEqual",   "Greater",    "GreaterEqual", "Less",         "LessEqual",  "All",          "Any",
    "LogicalAnd", "LogicalNot", "LogicalOr",    "LogicalXor",   "BitwiseAnd", "BitwiseOr",    "BitwiseXor",
    NULL};
static const char *const KEPT[] = {"Identity",
                                   "Reshape",
                                   "Flatten",
                                   "Permute",
                                   "RepeatVector",
                                   "Cropping1D",
                                   "Cropping2D",
                                   "Cropping3D",
                                   "ZeroPadding1D",
                                   "ZeroPadding2D",
                                   "ZeroPadding3D",
                                   "UpSampling1D",
                                   "ExpandDims",
                                   "Squeeze",
                                   "Transpose",
                                   "GetItem",
                                   "Flip",
                                   "Roll",
                                   "Repeat",
                                   "Tile",
                                   "Swapaxes",
                                   "Moveaxis",
                                   "BroadcastTo",
                                   "Sort",
                                   "Resizing",
                                   "UpSampling2D",
                                   "Resize",
                                   "RGBToGrayscale",
                                   "Relu",
                                   "ContrastLimitedAdaptiveHistogramEqualization",
                                   NULL};
static const char *const OF_ONE[] = {"Absolute", "Negative", "Square",  "Sum",  "Prod", "Max",
                                     "Min",      "Cumsum",   "Cumprod", "Sign", NULL};
/* What is told of what its calls are on. */
static const char *const TOLD[] = {
    "Cast",   "ConvertToTensor", "Resizing", "UpSampling2D", "ContrastLimitedAdaptiveHistogramEqualization",
    "Resize", "RGBToGrayscale",  NULL};
static const char *const OF_MORE[] = {"Concatenate", "Add",     "Subtract", "Multiply",
                                      "Maximum",     "Minimum", "Mod",      "FloorDivide",
                                      "Where",       "Stack",   NULL};

/* The type that an input or a cast names; NULL: none. */
static const char *named_type(const hone_layer *layer)
{
    const bool input = layer->type == &hone_internal_input_layer;
    if (!input && !(layer->type->is_operation && strcmp(layer->type->type.class_name, "Cast") == 0))
        return NULL;
    const char *const *dtype = hone_internal_layer_argument(layer, input ? "dtype" : "type");
    return dtype == NULL ? NULL : *dtype;
}

static bool is_whole(const hone_tensor *tensor, int *left);

/* A constant, "3", "[1, 2]", "int32([1, 2])", "True": of a type of integers, else without a point and an
 * exponent. */
static bool is_whole_constant(const char *text)
{
    static const char tensor[] = "tensor ";
    text += strncmp(text, tensor, sizeof tensor - 1) == 0 ? sizeof tensor - 1 : 0;
    if (hone_internal_constant_body(text) != text)
        return strncmp(text, "int", 3) == 0 || strncmp(text, "uint", 4) == 0 || strncmp(text, "bool", 4) == 0;
    return strcmp(text, "True") == 0 || strcmp(text, "False") == 0 ||
           text[strspn(text, "0123456789-, []")] == '\0';
}

/* The constants among the operands of a call: how many, below 0 where one is no integer. */
static int count_constants(const hone_call *call)
{
    const hone_type *fields = call->layer->type->call_fields;
    int count = 0;
    for (size_t i = 0; fields != NULL && call->args != NULL && i < fields->field_count; i++) {
        const hone_field *field = &fields->fields[i];
        if (field->kind != HONE_FIELD_TEXT || field->specs == NULL || strcmp(field->specs, HONE_LITERAL) != 0)
            continue;
        const char *text = *(const char *const *)((const char *)call->args + field->offset);
        if (text != NULL && !is_whole_constant(text))
            return -1;
        count += text != NULL;
    }
    return count;
}

static bool all_whole(const hone_call *call, int least, int *left)
{
    const int constants = count_constants(call);
    for (int i = 0; i < call->input_count; i++)
        if (!is_whole(call->inputs[i], left))
            return false;
    return constants >= 0 && call->input_count + constants >= least;
}

/* `left`: how many calls may still be looked at. */
static bool is_whole(const hone_tensor *tensor, int *left)
{
    const hone_call *call = tensor->call;
    const char *dtype = named_type(call->layer), *name = call->layer->type->type.class_name;
    if (dtype != NULL)
        return hone_internal_is_integer_type(dtype) || strcmp(dtype, "bool") == 0;
    if (name == NULL || --*left < 0)
        return false;
    return hone_internal_text_among(name, ALWAYS) ||
           ((hone_internal_text_among(name, KEPT) || hone_internal_text_among(name, OF_ONE)) &&
            all_whole(call, 1, left)) ||
           (hone_internal_text_among(name, OF_MORE) && all_whole(call, 2, left));
}

bool hone_internal_tensor_is_whole(const hone_tensor *tensor)
{
    int left = 64;
    return is_whole(tensor, &left);
}

/* The type of an input, also behind what only moves its numbers. */
static const char *type_of(const hone_tensor *tensor)
{
    for (int left = 64; left > 0; left--) {
        const hone_call *call = tensor->call;
        const char *dtype = named_type(call->layer), *name = call->layer->type->type.class_name;
        if (dtype != NULL || name == NULL || call->input_count != 1 || !hone_internal_text_among(name, KEPT))
            return integer_type(dtype);
        tensor = call->inputs[0];
    }
    return NULL;
}

void hone_internal_call_tell_cast(const hone_call *call)
{
    const char *name = call->layer->type->type.class_name;
    if (name == NULL || !hone_internal_text_among(name, TOLD) ||
        call->layer->type->state_bytes != sizeof(hone_cast_state))
        return;
    *(hone_cast_state *)call->layer->state = (hone_cast_state){
        .of_integers = call->input_count > 0 && hone_internal_tensor_is_whole(call->inputs[0]),
        .type = call->input_count > 0 ? type_of(call->inputs[0]) : NULL};
}
