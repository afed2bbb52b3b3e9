/* Batch normalisation folded into the layer before it, for prediction: with factor = gamma / sqrt(variance +
 * epsilon) of a channel, (x w + b - mean) factor + beta = x (w factor) + ((b - mean) factor + beta). The copy
 * has an identity in the place of the normalisation, so that names and outputs stay as they are.
 *
 * Rounding of the folded numbers is that of the terms (b - mean) factor and x w factor. Where the first is
 * many times larger than what comes out, which is about |gamma| + |beta|, it would show: then nothing is
 * folded. */
#include "base/memory.h"
#include "base/text.h"
#include "keras/parts.h"
#include "layers/space.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* 2^-24 of that many times the result is 1e-6 of it. */
enum { LARGEST_TERM = 16 };

/* A layer that takes a normalisation: the weight whose channels are scaled. */
typedef struct folding_kind {
    const hone_layer_type *type;
    const char *kernel;
    bool transposed; /* channels are the last axis but one, not the last */
} folding_kind;

static const folding_kind kinds[] = {
    {&hone_internal_dense_layer, "kernel", false},
    {&hone_internal_conv1d_layer, "kernel", false},
    {&hone_internal_conv2d_layer, "kernel", false},
    {&hone_internal_conv3d_layer, "kernel", false},
    {&hone_internal_depthwise_conv1d_layer, "kernel", false},
    {&hone_internal_depthwise_conv2d_layer, "kernel", false},
    {&hone_internal_separable_conv1d_layer, "pointwise_kernel", false},
    {&hone_internal_separable_conv2d_layer, "pointwise_kernel", false},
    {&hone_internal_conv1d_transpose_layer, "kernel", true},
    {&hone_internal_conv2d_transpose_layer, "kernel", true},
    {&hone_internal_conv3d_transpose_layer, "kernel", true},
};

typedef struct fold {
    hone_layer *normalization, *before;
    const folding_kind *kind;
} fold;

typedef struct folding {
    fold *folds;
    size_t count, capacity;
    size_t seen;     /* normalisations */
    hone_text lines; /* of those that stay, with the reason */
} folding;

/* ---- whether it can be folded ---- */

static const folding_kind *kind_of(const hone_layer *layer)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (kinds[i].type == layer->type)
            return &kinds[i];
    return NULL;
}

static int calls_of(const hone_model *model, const hone_layer *layer)
{
    int count = 0;
    for (int c = 0; c < model->call_count; c++)
        count += model->calls[c]->layer == layer;
    return count;
}

/* What reads a tensor besides one call: the name of a layer, "the output", or NULL. */
static const char *other_reader(const hone_model *model, const hone_tensor *tensor, const hone_call *call)
{
    for (int i = 0; i < model->output_count; i++)
        if (model->outputs[i] == tensor)
            return "an output of the model";
    for (int c = 0; c < model->call_count; c++)
        for (int i = 0; i < model->calls[c]->input_count; i++)
            if (model->calls[c]->inputs[i] == tensor && model->calls[c] != call)
                return hone_internal_layer_label(model->calls[c]->layer);
    return NULL;
}

static const char *text_argument(const hone_layer *layer, const char *name)
{
    const char *const *text = hone_internal_layer_argument(layer, name);
    return text == NULL ? NULL : *text;
}

static int64_t integer_argument(const hone_layer *layer, const char *name)
{
    const int64_t *integer = hone_internal_layer_argument(layer, name);
    return integer == NULL ? HONE_NONE_INTEGER : *integer;
}

static bool is_float32(const hone_layer *layer)
{
    const char *dtype = text_argument(layer, "dtype");
    return dtype == NULL || strcmp(dtype, "float32") == 0;
}

static const float *numbers(const hone_layer *layer, const char *name)
{
    hone_variable *variable = hone_layer_weight(layer, name);
    return variable == NULL ? NULL : hone_internal_variable_data(variable);
}

/* factor and offset of a channel: y = factor x + offset, x without the bias of the layer before. */
static void channel(const fold *at, int64_t c, double *factor, double *offset)
{
    const hone_batch_normalization_args *args = hone_layer_args(at->normalization);
    const float *gamma = numbers(at->normalization, "gamma"), *beta = numbers(at->normalization, "beta"),
                *mean = numbers(at->normalization, "moving_mean"),
                *variance = numbers(at->normalization, "moving_variance"),
                *bias = numbers(at->before, "bias");
    *factor = (gamma == NULL ? 1 : (double)gamma[c]) / sqrt((double)variance[c] + args->epsilon);
    *offset = ((bias == NULL ? 0 : (double)bias[c]) - (double)mean[c]) * *factor +
              (beta == NULL ? 0 : (double)beta[c]);
}

static int64_t channel_count(const fold *at)
{
    return hone_internal_variable_count(hone_layer_weight(at->normalization, "moving_mean"));
}

/* A channel whose numbers do not fold to 1e-6; -1: all do. */
static int64_t coarse_channel(const fold *at)
{
    const float *gamma = numbers(at->normalization, "gamma"), *beta = numbers(at->normalization, "beta");
    for (int64_t c = 0; c < channel_count(at); c++) {
        double factor, offset, about = gamma == NULL ? 1 : fabs((double)gamma[c]);
        channel(at, c, &factor, &offset);
        const double shift = beta == NULL ? 0 : (double)beta[c];
        about += fabs(shift);
        if (!isfinite((float)factor) || !isfinite((float)offset) ||
            !(fabs(offset - shift) <= LARGEST_TERM * about))
            return c;
    }
    return -1;
}

/* The channels of the layer before are the axis that is normalised. */
static bool same_axis(const fold *at, hone_shape shape)
{
    const bool second = hone_internal_space_channels_first(text_argument(at->before, "data_format"));
    const int axis = hone_internal_shape_axis(shape, integer_argument(at->normalization, "axis"), "axis");
    return axis == (second ? 1 : shape.rank - 1);
}

static bool say(char *reason, size_t size, const char *format, ...) __attribute__((format(printf, 3, 4)));
static bool say(char *reason, size_t size, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(reason, size, format, arguments);
    va_end(arguments);
    return false;
}

/* What is before the normalisation, and that nothing but it reads that. */
static bool stands_alone(const hone_model *model, const hone_call *call, fold *at, char *reason, size_t size)
{
    const hone_tensor *x = call->inputs[0];
    at->normalization = call->layer;
    at->before = x->call->layer;
    const char *name = hone_internal_layer_label(at->before), *other = other_reader(model, x, call);
    if (call->input_count != 1)
        return say(reason, size, "it is called with a mask");
    if (calls_of(model, call->layer) > 1)
        return say(reason, size, "it is shared: it is called %d times", calls_of(model, call->layer));
    if (hone_internal_model_has_input(model, x) || x->call->input_count == 0)
        return say(reason, size, "no layer is before it");
    if ((at->kind = kind_of(at->before)) == NULL)
        return say(reason, size,
                   "\"%.100s\" (%s) is before it, which is neither a convolution nor a dense layer", name,
                   at->before->type->type.name);
    if (calls_of(model, at->before) > 1)
        return say(reason, size, "\"%.100s\" is shared: it is called %d times", name,
                   calls_of(model, at->before));
    if (other != NULL)
        return say(reason, size, "what \"%.100s\" gives is also read by \"%.100s\"", name, other);
    return true;
}

/* The numbers fold. */
static bool is_exact(const hone_call *call, const fold *at, char *reason, size_t size)
{
    const char *name = hone_internal_layer_label(at->before),
               *activation = text_argument(at->before, "activation");
    if (activation != NULL && strcmp(activation, "linear") != 0)
        return say(reason, size, "the activation %.60s of \"%.100s\" is between them", activation, name);
    if (!same_axis(at, call->inputs[0]->shape))
        return say(reason, size, "it normalises another axis than the channels of \"%.100s\"", name);
    if (!is_float32(at->before) || !is_float32(at->normalization))
        return say(reason, size, "it computes in a smaller type than float32");
    if (integer_argument(at->before, "lora_rank") != HONE_NONE_INTEGER)
        return say(reason, size, "\"%.100s\" has a low-rank adaptation", name);
    const int64_t coarse = coarse_channel(at);
    if (coarse >= 0)
        return say(reason, size,
                   "the mean of channel %" PRId64
                   " is so large for its deviation that folding would not be exact to 1e-6",
                   coarse);
    return true;
}

/* ---- the config of the copy ---- */

static hone_config *entry_of(hone_config *layers, const char *name)
{
    for (size_t i = 0; i < hone_internal_config_count(layers); i++) {
        hone_config *entry = hone_internal_config_at_mutable(layers, i);
        const char *own = hone_internal_config_get_text(hone_internal_config_get(entry, "config"), "name");
        if (own != NULL && strcmp(own, name) == 0)
            return entry;
    }
    return NULL;
}

static hone_config *named(const char *name)
{
    hone_config *map = hone_internal_config_map();
    if (map == NULL || hone_internal_config_set(map, "name", hone_internal_config_text(name)) >= 0)
        return map;
    hone_internal_config_free(map);
    return NULL;
}

static hone_status rewrite(hone_config *layers, const fold *at)
{
    const char *name = hone_internal_layer_label(at->normalization);
    hone_config *before = entry_of(layers, hone_internal_layer_label(at->before)),
                *entry = entry_of(layers, name);
    if (before == NULL || entry == NULL)
        return hone_fail(HONE_ERROR_STATE, "\"%s\": the model does not list its layers", name);
    HONE_TRY(hone_internal_config_set(hone_internal_config_get_mutable(before, "config"), "use_bias",
                                      hone_internal_config_boolean(true)));
    HONE_TRY(hone_internal_config_set(entry, "class_name", hone_internal_config_text("Identity")));
    return hone_internal_config_set(entry, "config", named(name));
}

static hone_status consider(folding *all, hone_config *layers, const hone_model *model, const hone_call *call)
{
    fold at = {.normalization = call->layer};
    char reason[400];
    all->seen++;
    if (!stands_alone(model, call, &at, reason, sizeof reason) ||
        !is_exact(call, &at, reason, sizeof reason)) {
        hone_internal_text_format(&all->lines, "%s: not folded: %s\n", hone_internal_layer_label(call->layer),
                                  reason);
        return HONE_OK;
    }
    HONE_TRY(hone_internal_grow(&all->folds, &all->capacity, all->count + 1, sizeof *all->folds));
    all->folds[all->count++] = at;
    return rewrite(layers, &at);
}

/* Once for each layer: what is called again has been seen. */
static bool is_first(const hone_model *model, int call)
{
    for (int c = 0; c < call; c++)
        if (model->calls[c]->layer == model->calls[call]->layer)
            return false;
    return true;
}

static hone_status fold_model(folding *all, hone_config *envelope, const hone_model *model)
{
    hone_config *config = hone_internal_config_get_mutable(envelope, "config"),
                *layers = hone_internal_config_get_mutable(config, "layers");
    for (int c = 0; c < model->call_count; c++) {
        hone_layer *layer = model->calls[c]->layer;
        hone_model *within = hone_internal_layer_model(layer);
        if (!is_first(model, c))
            continue;
        if (layer->type == &hone_internal_batch_normalization_layer)
            HONE_TRY(consider(all, layers, model, model->calls[c]));
        if (within != NULL)
            HONE_TRY(fold_model(all, entry_of(layers, hone_internal_layer_label(layer)), within));
    }
    return HONE_OK;
}

/* ---- the weights of the copy ---- */

static const fold *fold_into(const folding *all, const hone_layer *layer)
{
    for (size_t i = 0; i < all->count; i++)
        if (all->folds[i].before == layer)
            return &all->folds[i];
    return NULL;
}

static bool is_folded(const folding *all, const hone_layer *layer)
{
    for (size_t i = 0; i < all->count; i++)
        if (all->folds[i].normalization == layer)
            return true;
    return false;
}

static void scale(const fold *at, hone_layer *to)
{
    hone_variable *kernel = hone_layer_weight(to, at->kind->kernel), *bias = hone_layer_weight(to, "bias");
    const hone_shape shape = hone_variable_shape(kernel);
    const int64_t channels = channel_count(at), inner = at->kind->transposed ? shape.size[shape.rank - 1] : 1;
    float *w = hone_internal_variable_data(kernel), *b = hone_internal_variable_data(bias);
    double factor, offset;
    for (int64_t c = 0; c < channels; c++) {
        channel(at, c, &factor, &offset);
        b[c] = (float)offset;
    }
    for (int64_t i = 0; i < hone_internal_variable_count(kernel); i++) {
        channel(at, i / inner % channels, &factor, &offset);
        w[i] = (float)((double)w[i] * factor);
    }
    bias->fresh = false;
}

static hone_status copy_terms(const hone_layer *from, hone_layer *to)
{
    const hone_layer_type *type = from->type;
    const int64_t count = type->term_count == NULL ? 0 : type->term_count(from);
    if (count <= 0 || type->take_terms == NULL)
        return HONE_OK;
    const char **terms = hone_internal_allocate((size_t)count * sizeof *terms);
    if (terms == NULL)
        return HONE_ERROR_MEMORY;
    for (int64_t i = 0; i < count; i++)
        terms[i] = type->term(from, i);
    const hone_status status = type->take_terms(to, terms, (size_t)count,
                                                type->term_weights == NULL ? NULL : type->term_weights(from));
    hone_internal_free((void *)terms);
    return status;
}

static hone_status copy_model(const folding *all, const hone_model *from, hone_model *to);

/* Own weights by their names, then those of the layers within. */
static hone_status copy_layer(const folding *all, const hone_layer *from, hone_layer *to)
{
    const hone_model *model = hone_internal_layer_model(from);
    if (model != NULL)
        return copy_model(all, model, hone_internal_layer_model(to));
    for (size_t i = 0; i < from->weight_count; i++) {
        hone_variable *weight = hone_layer_weight(to, from->weights[i]->name);
        if (weight == NULL)
            return hone_fail(HONE_ERROR_STATE, "\"%s\": its copy has no %s", hone_internal_layer_label(from),
                             from->weights[i]->name);
        memcpy(hone_internal_variable_data(weight), hone_internal_variable_data(from->weights[i]),
               (size_t)hone_internal_variable_count(weight) * sizeof(float));
        weight->fresh = from->weights[i]->fresh;
    }
    HONE_TRY(copy_terms(from, to));
    const fold *at = fold_into(all, from);
    if (at != NULL)
        scale(at, to);
    hone_layer *inner, *other;
    for (int i = 0; (inner = hone_internal_layer_within(from, i, NULL)) != NULL &&
                    (other = hone_internal_layer_within(to, i, NULL)) != NULL;
         i++)
        HONE_TRY(copy_layer(all, inner, other));
    return HONE_OK;
}

static hone_status copy_model(const folding *all, const hone_model *from, hone_model *to)
{
    for (size_t i = 0; i < from->layer_count; i++) {
        if (is_folded(all, from->layers[i]))
            continue;
        hone_layer *layer = hone_model_layer(to, hone_internal_layer_label(from->layers[i]));
        if (layer == NULL)
            return hone_error_status();
        HONE_TRY(copy_layer(all, from->layers[i], layer));
    }
    return HONE_OK;
}

/* ---- the copy ---- */

static hone_status finish_copy(const folding *all, const hone_config *config, const hone_model *model,
                               hone_model *copy)
{
    HONE_TRY(hone_model_set_seed(copy, model->seed));
    if (model->compiled.ready)
        HONE_TRY(hone_internal_model_compile_config(copy, hone_internal_config_get(config, "compile_config"),
                                                    NULL));
    if (model->schema != NULL && (copy->schema = hone_internal_config_copy(model->schema)) == NULL)
        return HONE_ERROR_MEMORY;
    return copy_model(all, model, copy);
}

static hone_model *make_copy(folding *all, hone_model *model)
{
    hone_config *config = hone_internal_model_to_config(model);
    hone_model *copy = config == NULL || fold_model(all, config, model) < 0
                           ? NULL
                           : hone_internal_model_from_config(config, NULL);
    if (copy != NULL && finish_copy(all, config, model, copy) < 0) {
        hone_model_free(copy);
        copy = NULL;
    }
    hone_internal_config_free(config);
    return copy;
}

static char *make_report(const folding *all)
{
    if (all->lines.failed)
        return NULL;
    return hone_internal_format("%zu of %zu batch normalizations folded\n%s", all->count, all->seen,
                                all->lines.data == NULL ? "" : all->lines.data);
}

hone_model *hone_model_fold(hone_model *model, char **report)
{
    if (report != NULL)
        *report = NULL;
    if (model == NULL)
        return hone_internal_fail_null("a model"), NULL;
    if (hone_internal_model_need_built(model, "hone_model_fold") < 0)
        return NULL;
    folding all = {.count = 0};
    hone_model *copy = make_copy(&all, model);
    if (copy != NULL && report != NULL && (*report = make_report(&all)) == NULL) {
        hone_model_free(copy);
        copy = NULL;
    }
    hone_internal_free(all.folds);
    hone_internal_text_free(&all.lines);
    return copy;
}
