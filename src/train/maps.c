/* What convolutions look for and what they find, as numbers for pictures. */
#include "train/maps.h"
#include "base/memory.h"
#include <hone/train.h>

#include <string.h>

enum { MOST_PICTURES = 256, COLORS = 3 };

/* ---- filters ---- */

/* (height, width, inputs, filters), or what is like it; NULL where the layer has none. */
static hone_variable *kernels_of(const hone_layer *layer)
{
    static const char *const names[] = {"kernel", "depthwise_kernel"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        hone_variable *kernel = hone_layer_weight(layer, names[i]);
        if (kernel != NULL && kernel->shape.rank == 4)
            return kernel;
    }
    return NULL;
}

bool hone_internal_gives_maps(const hone_layer *layer)
{
    return kernels_of(layer) != NULL;
}

static const hone_layer *find_filters(const hone_model *model)
{
    for (size_t i = 0; i < model->layer_count; i++) {
        const hone_variable *kernel = kernels_of(model->layers[i]);
        if (kernel != NULL && kernel->shape.size[0] * kernel->shape.size[1] > 1)
            return model->layers[i];
    }
    return NULL;
}

bool hone_internal_has_filters(const hone_model *model)
{
    return find_filters(model) != NULL;
}

static const hone_layer *first_with_kernels(const hone_model *model)
{
    const hone_layer *found = find_filters(model);
    if (found == NULL)
        hone_fail(HONE_ERROR_ARGUMENT, "the model has no layer with filters of its own, such as conv2d");
    return found;
}

/* Picture p of a kernel [place, a, b]: filter p in colour, or filter p / a of input p % a. */
static void copy_filters(const float *kernel, hone_shape shape, hone_array *pictures)
{
    const int64_t places = shape.size[0] * shape.size[1], a = shape.size[2], b = shape.size[3],
                  channels = pictures->shape[3];
    float *into = pictures->data;
    for (int64_t p = 0; p < pictures->shape[0]; p++)
        for (int64_t i = 0; i < places; i++)
            for (int64_t c = 0; c < channels; c++)
                *into++ =
                    channels == COLORS ? kernel[(i * a + c) * b + p] : kernel[(i * a + p % a) * b + p / a];
}

hone_array *hone_internal_filters(const hone_model *model, const char *layer, const char **name)
{
    const hone_layer *found = layer == NULL ? first_with_kernels(model) : hone_model_layer(model, layer);
    hone_variable *kernel = found == NULL ? NULL : kernels_of(found);
    if (found != NULL && kernel == NULL)
        hone_fail(HONE_ERROR_ARGUMENT, "the layer \"%s\" has no filters, (height, width, inputs, filters)",
                  hone_internal_layer_label(found));
    if (kernel == NULL)
        return NULL;
    const hone_shape shape = kernel->shape;
    const bool colored = shape.size[2] == COLORS;
    int64_t count = colored ? shape.size[3] : shape.size[2] * shape.size[3];
    count = count < MOST_PICTURES ? count : MOST_PICTURES;
    hone_array *pictures = hone_array_create(
        HONE_FLOAT32, 4, (int64_t[]){count, shape.size[0], shape.size[1], colored ? COLORS : 1});
    if (pictures != NULL)
        copy_filters(hone_variable_data(kernel), shape, pictures);
    *name = hone_internal_layer_label(found);
    return pictures;
}

/* ---- maps ---- */

static bool is_channels_first(const hone_layer *layer)
{
    const char *const *format = hone_internal_layer_argument(layer, "data_format");
    return format != NULL && *format != NULL && strcmp(*format, "channels_first") == 0;
}

static hone_tensor *tensor_of(const hone_model *model, const char *layer)
{
    const hone_layer *first = layer == NULL ? first_with_kernels(model) : NULL;
    if (layer == NULL && first == NULL)
        return NULL;
    hone_tensor *tensor =
        hone_model_layer_output(model, layer == NULL ? hone_internal_layer_label(first) : layer);
    if (tensor == NULL || tensor->shape.rank == 4)
        return tensor;
    hone_fail(HONE_ERROR_SHAPE, "the layer \"%s\" gives no feature maps, (batch, height, width, channels)",
              layer);
    return NULL;
}

/* [1, height, width, count], or [1, count, height, width], to [count, height, width]. */
static hone_array *turn(const hone_array *maps, bool channels_first)
{
    const int64_t *shape = maps->shape, all = shape[channels_first ? 1 : 3],
                  height = shape[channels_first ? 2 : 1], width = shape[channels_first ? 3 : 2],
                  count = all < MOST_PICTURES ? all : MOST_PICTURES, plane = height * width;
    hone_array *result = hone_array_create(HONE_FLOAT32, 3, (int64_t[]){count, height, width});
    for (int64_t c = 0; result != NULL && c < count; c++)
        for (int64_t i = 0; i < plane; i++)
            ((float *)result->data)[c * plane + i] =
                ((const float *)maps->data)[channels_first ? c * plane + i : i * all + c];
    return result;
}

static hone_array first_of(const hone_array *images)
{
    hone_array first = *images;
    first.shape[0] = 1;
    return first;
}

hone_array *hone_internal_maps(hone_model *model, const hone_array *images, const char *layer,
                               const char **name)
{
    if (hone_internal_model_need_built(model, "its maps") < 0)
        return NULL;
    if (model->input_count != 1) {
        hone_fail(HONE_ERROR_ARGUMENT, "expected a model with one input, images; it has %d",
                  model->input_count);
        return NULL;
    }
    hone_tensor *tensor = tensor_of(model, layer);
    hone_model *inner = tensor == NULL ? NULL : hone_internal_model_up_to(model, tensor);
    if (inner == NULL)
        return NULL;
    const hone_batch batch = {.x = {first_of(images)}};
    hone_array *maps = NULL, *result = NULL;
    if (hone_predict_on_batch(inner, &batch, false, &maps) >= 0)
        result = turn(maps, is_channels_first(tensor->call->layer));
    *name = hone_internal_layer_label(tensor->call->layer);
    hone_array_free(maps);
    hone_model_free(inner);
    return result;
}
