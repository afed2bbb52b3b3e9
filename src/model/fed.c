/* What a network computes from. Layers over texts and integers compute before it, from arrays: then what they
 * make is fed to it in place of the inputs that they take. */
#include "base/memory.h"
#include "model/model.h"

#include <string.h>

static bool is_text(const hone_tensor *tensor)
{
    const hone_layer *layer = tensor->call->layer;
    if (layer->type != &hone_internal_input_layer)
        return false;
    const hone_input_args *args = hone_layer_args(layer);
    return args->dtype != NULL && strcmp(args->dtype, "string") == 0;
}

static bool transforms(const hone_call *call)
{
    return call->layer->type->transform != NULL;
}

/* Whether the network itself takes a tensor. */
static bool is_taken(const hone_model *model, const hone_tensor *tensor)
{
    for (int i = 0; i < model->output_count; i++)
        if (model->outputs[i] == tensor)
            return true;
    for (int c = 0; c < model->call_count; c++)
        for (int i = 0; !transforms(model->calls[c]) && i < model->calls[c]->input_count; i++)
            if (model->calls[c]->inputs[i] == tensor)
                return true;
    return false;
}

static hone_status check_sources(const hone_model *model, const hone_call *call)
{
    for (int i = 0; i < call->input_count; i++)
        if (!hone_internal_model_has_input(model, call->inputs[i]) && !transforms(call->inputs[i]->call))
            return hone_fail(
                HONE_ERROR_UNSUPPORTED,
                "the layer \"%s\" takes texts or integers: only inputs of the model and other such layers "
                "may stand before it, not \"%s\"",
                hone_internal_layer_label(call->layer),
                hone_internal_layer_label(call->inputs[i]->call->layer));
    return HONE_OK;
}

static hone_status check_taker(const hone_model *model, const hone_tensor *tensor)
{
    for (int c = 0; c < model->call_count; c++)
        for (int i = 0; !transforms(model->calls[c]) && i < model->calls[c]->input_count; i++)
            if (model->calls[c]->inputs[i] == tensor)
                return hone_fail(
                    HONE_ERROR_UNSUPPORTED,
                    "the layer \"%s\" takes numbers, but the input \"%s\" holds texts; text_vectorization, "
                    "string_lookup, hashing and hashed_crossing take texts",
                    hone_internal_layer_label(model->calls[c]->layer),
                    hone_internal_layer_label(tensor->call->layer));
    return HONE_OK; /* an output of a model that is not whole yet */
}

/* Ids become texts before the network, whose outputs are numbers. */
static hone_status check_output(const hone_tensor *tensor)
{
    const bool *invert = hone_internal_layer_argument(tensor->call->layer, "invert");
    return invert == NULL || !*invert || !transforms(tensor->call)
               ? HONE_OK
               : hone_fail(
                     HONE_ERROR_UNSUPPORTED,
                     "the layer \"%s\" makes terms of ids, which a network cannot take; hone_layer_transform "
                     "makes them of arrays",
                     hone_internal_layer_label(tensor->call->layer));
}

static hone_status find_fed(hone_model *model)
{
    for (int i = 0; i < model->input_count; i++) {
        if (!is_taken(model, model->inputs[i]))
            continue;
        if (is_text(model->inputs[i]))
            HONE_TRY(check_taker(model, model->inputs[i]));
        else
            model->fed[model->fed_count++] = model->inputs[i];
    }
    for (int c = 0; c < model->call_count; c++) {
        if (!transforms(model->calls[c]))
            continue;
        HONE_TRY(check_sources(model, model->calls[c]));
        if (!is_taken(model, &model->calls[c]->outputs[0]))
            continue;
        HONE_TRY(check_output(&model->calls[c]->outputs[0]));
        model->fed[model->fed_count++] = &model->calls[c]->outputs[0];
    }
    return HONE_OK;
}

hone_status hone_internal_model_find_fed(hone_model *model)
{
    int most = model->input_count;
    model->prepared = false;
    model->fed_count = 0;
    for (int c = 0; c < model->call_count; c++)
        most += transforms(model->calls[c]);
    model->prepared = most > model->input_count;
    hone_internal_free(model->fed);
    model->fed = hone_internal_allocate_zeroed((size_t)most + 1, sizeof *model->fed);
    if (model->fed == NULL)
        return HONE_ERROR_MEMORY;
    if (model->prepared)
        return find_fed(model);
    for (int i = 0; i < model->input_count; i++) {
        if (is_text(model->inputs[i]))
            HONE_TRY(check_taker(model, model->inputs[i]));
        model->fed[model->fed_count++] = model->inputs[i];
    }
    return HONE_OK;
}

int hone_internal_model_fed_input(const hone_model *model, int index)
{
    for (int i = 0; i < model->input_count; i++)
        if (model->inputs[i] == model->fed[index])
            return i;
    return -1;
}

const char *hone_internal_model_fed_name(const hone_model *model, int index)
{
    const int input = hone_internal_model_fed_input(model, index);
    return input >= 0 ? hone_model_input_name(model, input)
                      : hone_internal_layer_label(model->fed[index]->call->layer);
}

hone_status hone_internal_model_need_plain(const hone_model *model, const char *what)
{
    for (int c = 0; c < model->call_count; c++)
        if (transforms(model->calls[c]))
            return hone_fail(
                HONE_ERROR_UNSUPPORTED,
                "%s: the layer \"%s\" works on texts or integers before the network does; give the network an "
                "input of what that layer makes, ids or vectors",
                what, hone_internal_layer_label(model->calls[c]->layer));
    return HONE_OK;
}

/* ---- before the network ---- */

typedef struct preparation {
    const hone_model *model;
    const hone_array *inputs;
    hone_array **results; /* by call */
} preparation;

static int place_of(const hone_model *model, const hone_call *call)
{
    int place = 0;
    while (model->calls[place] != call)
        place++;
    return place;
}

static const hone_array *find_array(const preparation *of, const hone_tensor *tensor)
{
    for (int i = 0; i < of->model->input_count; i++)
        if (of->model->inputs[i] == tensor)
            return &of->inputs[i];
    return of->results[place_of(of->model, tensor->call)];
}

/* As the layer's shape has it: an axis of size 1 at the end is added or dropped. */
static hone_array fit_rank(const hone_array *array, hone_shape wanted)
{
    hone_array fitted = *array;
    if (fitted.rank + 1 == wanted.rank && wanted.size[wanted.rank - 1] == 1)
        fitted.shape[fitted.rank++] = 1;
    else if (fitted.rank == wanted.rank + 1 && fitted.shape[fitted.rank - 1] == 1)
        fitted.rank--;
    return fitted;
}

static hone_status check_array(const hone_tensor *tensor, const hone_array *array)
{
    bool fits = array->rank == tensor->shape.rank;
    for (int axis = 1; fits && axis < array->rank; axis++)
        fits = tensor->shape.size[axis] == HONE_ANY || tensor->shape.size[axis] == array->shape[axis];
    if (fits && (!is_text(tensor) || array->type == HONE_TEXT))
        return HONE_OK;
    const char *label = hone_internal_layer_label(tensor->call->layer);
    if (fits)
        return hone_fail(HONE_ERROR_DATA, "the input \"%s\" takes texts, but its data are numbers", label);
    char wanted[128], given[128];
    hone_shape shape = {.rank = array->rank};
    memcpy(shape.size, array->shape, sizeof shape.size);
    shape.size[0] = HONE_ANY;
    hone_internal_shape_to_text(tensor->shape, wanted, sizeof wanted);
    hone_internal_shape_to_text(shape, given, sizeof given);
    return hone_fail(HONE_ERROR_SHAPE, "the input \"%s\" takes data of shape %s, not %s", label, wanted,
                     given);
}

static hone_array *run(preparation *of, const hone_call *call)
{
    hone_array *arrays = hone_internal_allocate_zeroed((size_t)call->input_count + 1, sizeof *arrays),
               *made = NULL;
    hone_status status = arrays == NULL ? HONE_ERROR_MEMORY : HONE_OK;
    for (int i = 0; i < call->input_count && status >= 0; i++) {
        arrays[i] = fit_rank(find_array(of, call->inputs[i]), call->inputs[i]->shape);
        status = check_array(call->inputs[i], &arrays[i]);
    }
    if (status >= 0) {
        hone_internal_error_push(call->layer->site, hone_internal_layer_label(call->layer));
        made = call->layer->type->transform(call->layer, arrays, call->input_count);
        hone_internal_error_pop();
    }
    hone_internal_free(arrays);
    return made;
}

/* Gives the results that are wanted away, and frees the others. */
static void hand_over(preparation *of, hone_tensor *end, hone_array **made)
{
    const hone_model *model = of->model;
    int count = 0;
    for (int i = 0; end == NULL && i < model->fed_count; i++) {
        if (hone_internal_model_fed_input(model, i) >= 0)
            continue;
        hone_array **result = &of->results[place_of(model, model->fed[i]->call)];
        made[count++] = *result;
        *result = NULL;
    }
    if (end != NULL) {
        made[0] = of->results[place_of(model, end->call)];
        of->results[place_of(model, end->call)] = NULL;
    }
}

hone_status hone_internal_model_prepare(const hone_model *model, const hone_array *inputs, hone_tensor *end,
                                        hone_array **made)
{
    preparation of = {model, inputs,
                      hone_internal_allocate_zeroed((size_t)model->call_count + 1, sizeof *of.results)};
    hone_status status = of.results == NULL ? HONE_ERROR_MEMORY : HONE_OK;
    const int last = end == NULL ? model->call_count - 1 : place_of(model, end->call);
    for (int c = 0; c <= last && status >= 0; c++)
        if (transforms(model->calls[c]) && (of.results[c] = run(&of, model->calls[c])) == NULL)
            status = hone_error_status();
    if (status >= 0)
        hand_over(&of, end, made);
    for (int c = 0; of.results != NULL && c < model->call_count; c++)
        hone_array_free(of.results[c]);
    hone_internal_free(of.results);
    return status;
}
