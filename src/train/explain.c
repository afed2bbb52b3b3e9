/* Explanations: which pixels of an image speak for a class. S is the class's score: what goes into a softmax
 * or sigmoid at the end, else the output.
 *
 *     saliency   M[h, w] = max_c |dS / dx[h, w, c]|
 *     grad_cam   M[h, w] = relu(sum_k a_k A[h, w, k]), a_k = mean_hw dS / dA[h, w, k], for the maps A of a
 * layer, resized to the image
 *
 * Both are divided by their largest number. */
#include "base/memory.h"
#include "kernels/kernels.h"
#include "ops/differentiate.h"
#include "ops/softmax.h"
#include "ops/unary.h"
#include "train/explain.h"
#include "train/run.h"
#include "verbs.h"
#include <hone/look.h>

#include <math.h>
#include <string.h>

/* A model, planned for one image of a size. */
typedef struct explainer {
    hone_model *model;       /* of an image to the first output */
    const hone_layer *layer; /* whose maps are looked at, anywhere in the model; NULL: saliency */
    const char *path;        /* of that layer, "base/conv5"; borrowed */
    hone_shape shape;        /* of an image, a batch of one */
    int64_t height, width, classes;
    bool channels_first;
    hone_plan *plan;
    hone_value x, direction, out, heat;
} explainer;

/* ---- recording ---- */

hone_value hone_internal_explain_score(hone_graph *graph, hone_value out)
{
    hone_value before = hone_internal_op_softmax_input(graph, out);
    if (before < 0)
        before = hone_internal_op_unary_input(graph, out, HONE_KERNEL_sigmoid);
    return before < 0 ? out : before;
}

static hone_value channels_last(const explainer *of, hone_graph *graph, hone_value x)
{
    if (hone_value_shape(graph, x).rank == 3)
        return hone_op_expand(graph, x, -1);
    return of->channels_first ? hone_op_transpose(graph, x, (int[]){0, 2, 3, 1}) : x;
}

static hone_value record_saliency(const explainer *of, hone_graph *graph, hone_value gradient)
{
    const hone_value size = hone_op_absolute(graph, gradient);
    return hone_op_reduce(graph, "maximum", channels_last(of, graph, size), (int[]){3}, 1, true);
}

static hone_value record_cam(const explainer *of, hone_graph *graph, hone_value maps, hone_value gradient)
{
    const hone_value slopes = channels_last(of, graph, gradient),
                     weights = hone_op_reduce(graph, "mean", slopes, (int[]){1, 2}, 2, true),
                     weighted = hone_op_multiply(graph, channels_last(of, graph, maps), weights),
                     sum = hone_op_reduce(graph, "sum", weighted, (int[]){3}, 1, true),
                     heat = hone_op_maximum(graph, sum, hone_graph_constant(graph, 0));
    return hone_op_resize(graph, hone_op_resize(graph, heat, 1, of->height, "bilinear", false), 2, of->width,
                          "bilinear", false);
}

static hone_status check_classes(explainer *of, hone_shape out)
{
    if (out.rank != 2)
        return hone_fail(HONE_ERROR_SHAPE,
                         "expected a model that gives each image a score for each class; its output "
                         "has %d axes beside the batch",
                         out.rank - 1);
    of->classes = out.size[1] == 1 ? 2 : out.size[1];
    return HONE_OK;
}

/* The layer's maps, once its call is recorded. */
static hone_status check_maps(const explainer *of, const hone_graph *graph, hone_value maps)
{
    char text[128];
    if (maps < 0)
        return hone_fail(HONE_ERROR_ARGUMENT, "the output does not depend on the layer \"%s\"", of->path);
    hone_shape shape = hone_value_shape(graph, maps);
    if (shape.rank == 4)
        return HONE_OK;
    shape.size[0] = HONE_ANY;
    hone_internal_shape_to_text(shape, text, sizeof text);
    return hone_fail(
        HONE_ERROR_SHAPE,
        "the layer \"%s\" gives %s; grad_cam needs feature maps, (batch, height, width, channels)", of->path,
        text);
}

static hone_status record(void *context, hone_graph *graph)
{
    explainer *of = context;
    hone_value gradient;
    of->x = hone_internal_graph_input(graph, of->shape, NULL);
    graph->watched = of->layer;
    HONE_TRY(hone_internal_model_record(of->model, graph, &of->x, &of->out));
    graph->watched = NULL;
    HONE_TRY(check_classes(of, hone_value_shape(graph, of->out)));
    if (of->layer != NULL)
        HONE_TRY(check_maps(of, graph, graph->seen));
    of->direction = hone_internal_graph_input(graph, hone_value_shape(graph, of->out), NULL);
    const hone_value wanted = of->layer != NULL ? graph->seen : of->x,
                     score = hone_op_reduce(
                         graph, "sum",
                         hone_op_multiply(graph, hone_internal_explain_score(graph, of->out), of->direction),
                         NULL, 0, false);
    HONE_TRY(hone_internal_differentiate(graph, score, &wanted, 1, &gradient));
    if (gradient < 0)
        return hone_error_status() < 0 ? hone_error_status()
                                       : hone_fail(HONE_ERROR_ARGUMENT, "the output does not depend on %s",
                                                   of->layer != NULL ? "that layer" : "the image");
    of->heat =
        of->layer != NULL ? record_cam(of, graph, wanted, gradient) : record_saliency(of, graph, gradient);
    hone_internal_graph_keep(graph, of->heat);
    hone_internal_graph_keep(graph, of->out);
    return of->heat < 0 ? hone_error_status() : HONE_OK;
}

hone_plan *hone_internal_explain_plan(hone_status (*record_into)(void *of, hone_graph *graph), void *of,
                                      hone_team *team)
{
    const hone_kernels *kernels = hone_internal_kernels();
    hone_graph *graph = kernels == NULL ? NULL : hone_internal_graph_create(false, false);
    if (graph == NULL)
        return NULL;
    if (record_into(of, graph) < 0) {
        hone_internal_graph_free(graph);
        return NULL;
    }
    hone_plan *plan = hone_internal_plan_create(graph, kernels, 0, hone_internal_team_size());
    if (plan == NULL || hone_internal_plan_make_room(plan, hone_internal_team_threads(team)) == HONE_OK)
        return plan;
    hone_internal_plan_free(plan);
    return NULL;
}

void hone_internal_explain_direct(float *direction, int64_t units, int64_t class_number)
{
    for (int64_t k = 0; k < units; k++)
        direction[k] = units == 1 ? (class_number == 0 ? -1 : 1) : k == class_number;
}

/* ---- the model ---- */

static bool is_channels_first(const hone_model *model)
{
    for (size_t i = 0; i < model->layer_count; i++) {
        const char *const *format = hone_internal_layer_argument(model->layers[i], "data_format");
        const hone_model *nested = hone_internal_layer_model(model->layers[i]);
        if (format != NULL && *format != NULL && strcmp(*format, "channels_first") == 0)
            return true;
        if (nested != NULL && is_channels_first(nested))
            return true;
    }
    return false;
}

static bool has_maps(const hone_call *call)
{
    const hone_shape shape = call->outputs[0].shape;
    return shape.rank == 4 && strstr(call->layer->type->type.name, "pool") == NULL;
}

/* A way to a layer: the models that it is in, from the outside in, and the layer. */
enum { DEEPEST = 16 };
typedef struct way {
    const hone_layer *steps[DEEPEST];
    int count;
} way;

/* The last layer with maps that no pooling has made smaller; in a model within the model, too. */
static bool find_last(const hone_model *model, way *to)
{
    const int depth = to->count;
    for (int i = model->call_count - 1; i >= 0 && depth < DEEPEST; i--) {
        const hone_call *call = model->calls[i];
        const hone_model *nested = hone_internal_layer_model(call->layer);
        if (call->input_count == 0)
            continue;
        to->steps[depth] = call->layer;
        to->count = depth + 1;
        if ((nested != NULL && find_last(nested, to)) || has_maps(call))
            return true;
        to->count = depth;
    }
    return false;
}

/* The layer with this name, or with this path: "base/conv5". */
static bool find_named(hone_layer *layer, const char *name, way *to)
{
    const size_t length = strlen(hone_internal_layer_label(layer));
    hone_layer *inner;
    if (to->count == DEEPEST)
        return false;
    to->steps[to->count++] = layer;
    if (strcmp(name, hone_internal_layer_label(layer)) == 0)
        return true;
    const bool within = strncmp(name, hone_internal_layer_label(layer), length) == 0 && name[length] == '/';
    for (int i = 0; (inner = hone_internal_layer_within(layer, i, NULL)) != NULL; i++)
        if (find_named(inner, name, to) || (within && find_named(inner, name + length + 1, to)))
            return true;
    to->count--;
    return false;
}

static char *path_of(const way *to)
{
    char *path = NULL;
    for (int i = 0; i < to->count; i++) {
        const char *label = hone_internal_layer_label(to->steps[i]);
        char *longer =
            path == NULL ? hone_internal_copy_text(label) : hone_internal_format("%s/%s", path, label);
        hone_internal_free(path);
        if ((path = longer) == NULL)
            return NULL;
    }
    return path;
}

/* The layer whose maps are looked at, and its path, to be freed. */
static hone_status choose_layer(explainer *of, const hone_model *model, const char *name, char **path)
{
    way to = {.count = 0};
    bool found = name == NULL && find_last(model, &to);
    if (name == NULL && !found)
        return hone_fail(HONE_ERROR_ARGUMENT,
                         "grad_cam needs a layer with feature maps, (batch, height, width, channels); "
                         "the model has none, and saliency needs none");
    for (size_t i = 0; name != NULL && i < model->layer_count && !found; i++)
        found = find_named(model->layers[i], name, &to);
    if (!found)
        return hone_model_layer_output(model, name) == NULL ? hone_error_status() : HONE_ERROR_NAME;
    of->layer = to.steps[to.count - 1];
    of->path = *path = path_of(&to);
    return *path == NULL ? HONE_ERROR_MEMORY : HONE_OK;
}

/* The image as the model takes it: with an axis of channels of size 1, or without it, as its input has. */
static hone_status fit_shape(explainer *of, const hone_model *model, const hone_array *images)
{
    const hone_shape wanted = model->inputs[0]->shape;
    hone_shape shape = {.rank = images->rank};
    memcpy(shape.size, images->shape, sizeof shape.size);
    shape.size[0] = 1;
    if (shape.rank == 3 && wanted.rank == 4)
        shape.size[shape.rank++] = 1;
    else if (shape.rank == 4 && wanted.rank == 3 && shape.size[3] == 1)
        shape.rank--;
    bool fits = shape.rank == wanted.rank && (wanted.rank == 3 || wanted.rank == 4);
    for (int axis = 1; fits && axis < shape.rank; axis++)
        fits = wanted.size[axis] == HONE_ANY || wanted.size[axis] == shape.size[axis];
    of->shape = shape;
    of->channels_first = shape.rank == 4 && is_channels_first(model);
    of->height = shape.size[of->channels_first ? 2 : 1];
    of->width = shape.size[of->channels_first ? 3 : 2];
    if (fits)
        return HONE_OK;
    char expected[128], given[128];
    hone_internal_shape_to_text(wanted, expected, sizeof expected);
    hone_internal_shape_to_text(shape, given, sizeof given);
    return hone_fail(HONE_ERROR_SHAPE, "expected images for an input of shape %s, received %s", expected,
                     given);
}

static hone_status check(const hone_model *model, const hone_array *images)
{
    if (model == NULL)
        return hone_internal_fail_null("a model");
    if (images == NULL || images->data == NULL)
        return hone_internal_fail_null("images");
    HONE_TRY(hone_internal_model_need_built(model, "explaining it"));
    if (model->input_count != 1)
        return hone_fail(HONE_ERROR_ARGUMENT, "expected a model with one input, images; it has %d",
                         model->input_count);
    return images->rank >= 3 && images->shape[0] > 0
               ? HONE_OK
               : hone_fail(HONE_ERROR_SHAPE,
                           "expected images, (count, height, width) or (count, height, width, channels)");
}

static hone_status open_explainer(explainer *of, hone_model *model, const hone_array *images,
                                  const hone_explain_args *args, hone_explanation *result)
{
    HONE_TRY(fit_shape(of, model, images));
    const bool maps = strcmp(args->method, "grad_cam") == 0;
    hone_tensor *out = hone_model_output(model, 0);
    if (!maps && args->layer != NULL)
        return hone_fail(HONE_ERROR_ARGUMENT, "layer belongs to the method grad_cam; saliency has none");
    if (maps)
        HONE_TRY(choose_layer(of, model, args->layer, &result->layer));
    of->model = hone_functional_with(&(hone_functional_args){.base = {sizeof(hone_functional_args), NULL},
                                                             .inputs = {hone_model_input(model, 0)},
                                                             .outputs = {out},
                                                             .input_count = 1,
                                                             .output_count = 1});
    return of->model == NULL ? hone_error_status() : HONE_OK;
}

/* ---- one image ---- */

static void run_once(const explainer *of, hone_team *team, const float *pixels, int64_t class_number)
{
    const int64_t count = hone_internal_shape_count(of->shape);
    float *direction = hone_internal_plan_address(of->plan, of->direction);
    memcpy(hone_internal_plan_address(of->plan, of->x), pixels, (size_t)count * sizeof *pixels);
    hone_internal_explain_direct(direction, hone_value_size(of->plan->graph, of->out, 1), class_number);
    hone_internal_plan_run(of->plan, team, 0);
}

static float output_of(const explainer *of, int64_t class_number)
{
    const float *out = hone_internal_plan_address(of->plan, of->out);
    if (hone_value_size(of->plan->graph, of->out, 1) > 1)
        return out[class_number];
    return class_number == 1 ? out[0] : 1 - out[0];
}

static int64_t most_likely(const explainer *of)
{
    int64_t best = 0;
    for (int64_t k = 1; k < of->classes; k++)
        best = output_of(of, k) > output_of(of, best) ? k : best;
    return best;
}

static void copy_heat(const explainer *of, float *into)
{
    const float *heat = hone_internal_plan_address(of->plan, of->heat);
    const int64_t count = of->height * of->width;
    float largest = 0;
    for (int64_t i = 0; i < count; i++)
        largest = fmaxf(largest, heat[i]);
    for (int64_t i = 0; i < count; i++)
        into[i] = largest > 0 ? heat[i] / largest : 0;
}

static void explain_image(const explainer *of, hone_team *team, const float *pixels, int64_t wanted,
                          hone_explanation *result, int64_t place)
{
    int64_t class_number = wanted;
    run_once(of, team, pixels, wanted == HONE_NONE_INTEGER ? 0 : wanted);
    if (wanted == HONE_NONE_INTEGER) {
        class_number = most_likely(of);
        run_once(of, team, pixels, class_number);
    }
    result->class_numbers[place] = class_number;
    result->outputs[place] = (double)output_of(of, class_number);
    copy_heat(of, (float *)result->heat->data + place * of->height * of->width);
}

/* ---- all of them ---- */

static hone_status make_room(const explainer *of, const hone_array *images, hone_explanation *result)
{
    const size_t count = (size_t)images->shape[0];
    result->heat = hone_array_create(HONE_FLOAT32, 3, (int64_t[]){images->shape[0], of->height, of->width});
    result->class_numbers = hone_internal_allocate_zeroed(count, sizeof *result->class_numbers);
    result->outputs = hone_internal_allocate_zeroed(count, sizeof *result->outputs);
    if (result->heat == NULL)
        return hone_error_status();
    return result->class_numbers == NULL || result->outputs == NULL ? HONE_ERROR_MEMORY : HONE_OK;
}

static hone_status explain_all(explainer *of, hone_team *team, const hone_array *images,
                               const hone_explain_args *args, hone_explanation *result)
{
    of->plan = hone_internal_explain_plan(record, of, team);
    if (of->plan == NULL)
        return hone_error_status();
    if (args->class_number != HONE_NONE_INTEGER && args->class_number >= of->classes)
        return hone_fail(HONE_ERROR_ARGUMENT, "class must be from 0 to %lld, not %lld",
                         (long long)of->classes - 1, (long long)args->class_number);
    HONE_TRY(make_room(of, images, result));
    const int64_t size = hone_internal_shape_count(of->shape);
    hone_array *floats = images->type == HONE_FLOAT32 ? NULL : hone_array_convert(images, HONE_FLOAT32);
    const float *pixels = floats != NULL ? floats->data : images->type == HONE_FLOAT32 ? images->data : NULL;
    if (pixels == NULL)
        return hone_error_status();
    for (int64_t i = 0; i < images->shape[0]; i++)
        explain_image(of, team, pixels + i * size, args->class_number, result, i);
    hone_array_free(floats);
    return HONE_OK;
}

hone_status hone_explain_with(hone_model *model, const hone_array *images, hone_explanation *explanation,
                              const hone_explain_args *given)
{
    hone_explain_args args;
    explainer of = {.plan = NULL};
    *explanation = (hone_explanation){.heat = NULL};
    hone_status status = hone_internal_args_read(&hone_internal_explain_verb, given, &args);
    if (status >= 0)
        status = check(model, images);
    if (status >= 0)
        status = open_explainer(&of, model, images, &args, explanation);
    hone_session session = hone_internal_session_begin();
    if (status >= 0)
        status = explain_all(&of, session.team, images, &args, explanation);
    hone_internal_session_end(&session);
    hone_internal_plan_free(of.plan);
    hone_model_free(of.model);
    if (status < 0)
        hone_explanation_free(explanation);
    return status;
}

void hone_explanation_free(hone_explanation *explanation)
{
    if (explanation == NULL)
        return;
    hone_array_free(explanation->heat);
    hone_internal_free(explanation->class_numbers);
    hone_internal_free(explanation->outputs);
    hone_internal_free(explanation->layer);
    *explanation = (hone_explanation){.heat = NULL};
}
