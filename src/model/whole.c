/* Which tensors are of integers or truth values in Keras. Here all are floats, and it makes a difference in
 * one place: a cast to a narrow type saturates floats and wraps integers around. */
#include "model/whole.h"
#include "layers/layer.h"
#include "operations/cast.h"

#include <string.h>

bool hone_internal_is_integer_type(const char *dtype)
{
    static const char *const names[] = {"int8",  "int16",  "int32",  "int64",
                                        "uint8", "uint16", "uint32", "uint64"};
    for (size_t i = 0; dtype != NULL && i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i], dtype) == 0)
            return true;
    return false;
}

/* What gives integers of any input, and what gives them of integers alone, its operands all being tensors. */
static const char *const ALWAYS[] = {"Argmax",       "Argmin",   "Argsort",
                                     "CountNonzero", "Digitize", "SearchSorted"};
static const char *const OF_ONE[] = {
    "Identity",   "Reshape",    "Flatten",       "Permute",       "RepeatVector",  "Cropping1D",
    "Cropping2D", "Cropping3D", "ZeroPadding1D", "ZeroPadding2D", "ZeroPadding3D", "UpSampling1D",
    "ExpandDims", "Squeeze",    "Transpose",     "GetItem",       "Absolute",      "Negative"};
static const char *const OF_MORE[] = {"Concatenate", "Add", "Subtract", "Multiply", "Maximum", "Minimum"};

static bool is_among(const char *name, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}
#define IS_AMONG(name, names) is_among(name, names, sizeof(names) / sizeof *(names))

static bool is_operation(const hone_layer *layer, const char *name)
{
    return layer->type->is_operation && strcmp(layer->type->type.class_name, name) == 0;
}

/* The type that an input or a cast names; NULL: none. */
static const char *named_type(const hone_layer *layer)
{
    const bool input = layer->type == &hone_internal_input_layer;
    if (!input && !is_operation(layer, "Cast"))
        return NULL;
    const char *const *dtype = hone_internal_layer_argument(layer, input ? "dtype" : "type");
    return dtype == NULL ? NULL : *dtype;
}

static bool is_whole(const hone_tensor *tensor, int *left);

static bool all_whole(const hone_call *call, int least, int *left)
{
    for (int i = 0; i < call->input_count; i++)
        if (!is_whole(call->inputs[i], left))
            return false;
    return call->input_count >= least;
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
    return IS_AMONG(name, ALWAYS) || (IS_AMONG(name, OF_ONE) && all_whole(call, 1, left)) ||
           (IS_AMONG(name, OF_MORE) && all_whole(call, 2, left));
}

bool hone_internal_tensor_is_whole(const hone_tensor *tensor)
{
    int left = 64;
    return is_whole(tensor, &left);
}

void hone_internal_call_tell_cast(const hone_call *call)
{
    if (is_operation(call->layer, "Cast") || is_operation(call->layer, "ConvertToTensor"))
        ((hone_cast_state *)call->layer->state)->of_integers =
            call->input_count > 0 && hone_internal_tensor_is_whole(call->inputs[0]);
}
