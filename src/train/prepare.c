/* Data on their way through layers over texts and integers: rows of the data set in their own types go
 * through the layers, and what these make becomes the inputs of the network, batch by batch. */
#include "train/prepare.h"
#include "base/memory.h"
#include "ops/ids.h"
#include "train/feed.h"

#include <string.h>

enum { ROWS_AT_ONCE = 256 };

/* Texts go to layers that take them. */
hone_status hone_internal_prepare_check(const hone_model *model, const hone_dataset *data)
{
    for (int i = 0; i < model->input_count; i++) {
        const hone_array *x = hone_dataset_input(data, hone_internal_feed_model_input(model, data, i));
        bool fed = false;
        for (int j = 0; j < model->fed_count; j++)
            fed = fed || model->fed[j] == model->inputs[i];
        if (x != NULL && x->type == HONE_TEXT && fed)
            return hone_fail(HONE_ERROR_DATA,
                             "the input \"%s\" takes numbers, but its data are texts; a layer such as "
                             "text_vectorization or string_lookup behind the input takes them",
                             hone_model_input_name(model, i));
    }
    for (int i = 0; i < hone_dataset_target_count(data); i++)
        if (hone_dataset_target(data, i)->type == HONE_TEXT)
            return hone_fail(HONE_ERROR_DATA, "%s holds texts; targets are numbers",
                             hone_internal_dataset_label(data, HONE_COMPONENT_TARGET, i));
    return HONE_OK;
}

/* Arrays of the model's inputs in its order, out of those of the data set in that one's. */
static hone_array *in_order(const hone_model *model, const hone_dataset *data, const hone_array *inputs)
{
    hone_array *ordered = hone_internal_allocate_zeroed((size_t)model->input_count + 1, sizeof *ordered);
    for (int i = 0; ordered != NULL && i < model->input_count; i++)
        ordered[i] = inputs[hone_internal_feed_model_input(model, data, i)];
    return ordered;
}

/* What the node needs to know. */
typedef struct remaker {
    const hone_model *model;
    const hone_dataset *data;
} remaker;

static hone_status make(void *context, const hone_array *inputs, int64_t rows, hone_array **made)
{
    const remaker *of = context;
    (void)rows;
    hone_array *ordered = in_order(of->model, of->data, inputs);
    hone_status status =
        ordered == NULL ? HONE_ERROR_MEMORY : hone_internal_model_prepare(of->model, ordered, NULL, made);
    hone_internal_free(ordered);
    return status;
}

static void free_arrays(hone_array **arrays, int count)
{
    for (int i = 0; arrays != NULL && i < count; i++)
        hone_array_free(arrays[i]);
    hone_internal_free(arrays);
}

/* Rows of all inputs of the model; NULL on failure. */
static hone_array **read_rows(const hone_model *model, const hone_dataset *data, int64_t begin, int64_t count)
{
    hone_array **arrays = hone_internal_allocate_zeroed((size_t)model->input_count + 1, sizeof *arrays);
    for (int i = 0; arrays != NULL && i < model->input_count; i++) {
        arrays[i] = hone_internal_dataset_input_rows(data, hone_internal_feed_model_input(model, data, i),
                                                     NULL, begin, count);
        if (arrays[i] != NULL)
            continue;
        free_arrays(arrays, model->input_count);
        return NULL;
    }
    return arrays;
}

/* What the layers make of some rows. */
static hone_status make_rows(const hone_model *model, const hone_dataset *data, int64_t begin, int64_t count,
                             hone_tensor *end, hone_array **made)
{
    hone_array **rows = read_rows(model, data, begin, count),
               *views = hone_internal_allocate_zeroed((size_t)model->input_count + 1, sizeof *views);
    hone_status status = rows == NULL || views == NULL ? hone_error_status() : HONE_OK;
    for (int i = 0; status >= 0 && i < model->input_count; i++)
        views[i] = *rows[i];
    if (status >= 0)
        status = hone_internal_model_prepare(model, views, end, made);
    free_arrays(rows, model->input_count);
    hone_internal_free(views);
    return status;
}

static void take_shape(hone_shape *shape, const hone_array *array)
{
    const int64_t last = shape->rank > 0 ? shape->size[shape->rank - 1] : 0;
    shape->rank = array->rank;
    memcpy(shape->size, array->shape, sizeof shape->size);
    if (shape->size[shape->rank - 1] < last)
        shape->size[shape->rank - 1] = last;
}

/* Shapes as the data make them: of the longest text where the layer does not say. */
static hone_status find_shapes(const hone_model *model, const hone_dataset *data, hone_remade_input *inputs)
{
    const int64_t samples = hone_dataset_count(data);
    hone_array **made = hone_internal_allocate_zeroed((size_t)model->fed_count + 1, sizeof *made);
    hone_status status = made == NULL ? HONE_ERROR_MEMORY : HONE_OK;
    bool open = true;
    for (int64_t begin = 0; status >= 0 && open && begin < samples; begin += ROWS_AT_ONCE) {
        const int64_t left = samples - begin;
        status = make_rows(model, data, begin, left < ROWS_AT_ONCE ? left : ROWS_AT_ONCE, NULL, made);
        open = false;
        for (int i = 0, next = 0; status >= 0 && i < model->fed_count; i++) {
            if (inputs[i].source >= 0)
                continue;
            const hone_shape told = model->fed[i]->shape;
            open = open || told.size[told.rank - 1] == HONE_ANY;
            take_shape(&inputs[i].shape, made[next++]);
        }
        for (int i = 0; made != NULL && i < model->fed_count; i++) {
            hone_array_free(made[i]);
            made[i] = NULL;
        }
    }
    hone_internal_free(made);
    return status;
}

static hone_status check_inputs(const hone_model *model, const hone_dataset *data)
{
    if (hone_dataset_input_count(data) != model->input_count)
        return hone_fail(HONE_ERROR_DATA, "the model takes %d inputs, but the data have %d",
                         model->input_count, hone_dataset_input_count(data));
    if (hone_internal_dataset_made(data))
        return hone_fail(HONE_ERROR_UNSUPPORTED,
                         "layers over texts and integers take data of arrays or files, not of a pipeline");
    return HONE_OK;
}

/* ---- ids of tables with more rows than floats tell apart ---- */

static bool has_large_table(const hone_model *model)
{
    for (size_t i = 0; i < model->weights.count; i++) {
        const hone_shape *shape = &model->weights.items[i]->shape;
        if (shape->rank == 2 && shape->size[0] > HONE_PLAIN_IDS)
            return true;
    }
    return false;
}

/* Which inputs of the network hold ids that are to be codes, by a recording without sizes. */
static hone_status find_coded(hone_model *model, hone_value *values, hone_remade_input *inputs)
{
    hone_graph *graph = hone_internal_graph_create(false, true);
    hone_status status = graph == NULL ? HONE_ERROR_MEMORY : HONE_OK;
    for (int i = 0; status >= 0 && i < model->fed_count; i++) {
        hone_shape shape = model->fed[i]->shape;
        if (shape.rank > 0)
            shape.size[0] = HONE_ANY;
        values[i] = hone_internal_graph_input(graph, shape, NULL);
        status = values[i] < 0 ? hone_error_status() : HONE_OK;
    }
    hone_value *outputs = values + model->fed_count;
    if (status >= 0)
        status = hone_internal_model_record(model, graph, values, outputs);
    hone_coded_ids ids = {.inputs = NULL};
    if (status >= 0)
        status =
            hone_internal_coded_ids_find(graph, values, model->fed_count, outputs, model->output_count, &ids);
    for (int i = 0; status >= 0 && ids.inputs != NULL && i < model->fed_count; i++)
        inputs[i].coded = ids.inputs[i];
    hone_internal_coded_ids_free(&ids);
    hone_internal_graph_free(graph);
    return status;
}

/* Nothing is coded where the network cannot be recorded without sizes. */
static hone_status tell_coded(hone_model *model, hone_remade_input *inputs)
{
    hone_value *values =
        hone_internal_allocate(sizeof *values * (size_t)(model->fed_count + model->output_count + 1));
    if (values == NULL)
        return HONE_ERROR_MEMORY;
    hone_status status = find_coded(model, values, inputs);
    hone_internal_free(values);
    if (status == HONE_ERROR_SHAPE || status == HONE_ERROR_UNSUPPORTED)
        hone_error_clear();
    return status == HONE_ERROR_MEMORY ? status : HONE_OK;
}

static bool any_coded(const hone_model *model, const hone_remade_input *inputs)
{
    for (int i = 0; i < model->fed_count; i++)
        if (inputs[i].coded)
            return true;
    return false;
}

static hone_dataset *prepare(hone_model *model, hone_dataset *data, hone_remade_input *inputs)
{
    for (int i = 0; i < model->fed_count; i++) {
        const int input = hone_internal_model_fed_input(model, i);
        inputs[i].name = hone_internal_model_fed_name(model, i);
        inputs[i].source = input < 0 ? -1 : hone_internal_feed_model_input(model, data, input);
    }
    if (has_large_table(model) && tell_coded(model, inputs) < 0)
        return NULL;
    if (model->prepared ? find_shapes(model, data, inputs) < 0 : !any_coded(model, inputs))
        return model->prepared ? NULL : hone_dataset_retain(data);
    remaker *context = hone_internal_allocate(sizeof *context);
    if (context == NULL)
        return NULL;
    *context = (remaker){model, data};
    return hone_internal_dataset_remake(data, inputs, model->fed_count, make, context);
}

hone_dataset *hone_internal_prepare_data(hone_model *model, hone_dataset *data)
{
    const bool coded = has_large_table(model) && !hone_internal_dataset_made(data);
    if ((!model->prepared && !coded) || hone_internal_dataset_streams(data))
        return hone_dataset_retain(data);
    hone_remade_input *inputs = hone_internal_allocate_zeroed((size_t)model->fed_count + 1, sizeof *inputs);
    hone_dataset *made = inputs == NULL || (model->prepared && check_inputs(model, data) < 0)
                             ? NULL
                             : prepare(model, data, inputs);
    hone_internal_free(inputs);
    return made;
}

/* ---- single batches ---- */

void hone_internal_prepared_batch_free(hone_prepared_batch *prepared)
{
    free_arrays(prepared->made, prepared->made_count);
    hone_internal_free(prepared->inputs);
    *prepared = (hone_prepared_batch){.made = NULL};
}

static hone_status fill_batch(const hone_model *model, const hone_batch *batch, hone_prepared_batch *prepared)
{
    const hone_array *arrays = hone_internal_batch_arrays(batch, HONE_COMPONENT_INPUT).items;
    HONE_TRY(hone_internal_model_prepare(model, arrays, NULL, prepared->made));
    for (int i = 0, next = 0; i < model->fed_count; i++) {
        const int input = hone_internal_model_fed_input(model, i);
        prepared->inputs[i] = input >= 0 ? arrays[input] : *prepared->made[next++];
        if (prepared->inputs[i].type == HONE_TEXT)
            return hone_fail(HONE_ERROR_DATA, "the input \"%s\" takes numbers, but its data are texts",
                             hone_internal_model_fed_name(model, i));
    }
    prepared->batch = *batch;
    hone_internal_batch_give(&prepared->batch, HONE_COMPONENT_INPUT,
                             (hone_array_span){prepared->inputs, model->fed_count});
    return HONE_OK;
}

hone_status hone_internal_prepare_batch(const hone_model *model, const hone_batch *batch,
                                        hone_prepared_batch *prepared)
{
    *prepared = (hone_prepared_batch){.made_count = model->fed_count};
    prepared->inputs = hone_internal_allocate_zeroed((size_t)model->fed_count + 1, sizeof *prepared->inputs);
    prepared->made = hone_internal_allocate_zeroed((size_t)model->fed_count + 1, sizeof *prepared->made);
    hone_status status = prepared->inputs == NULL || prepared->made == NULL
                             ? HONE_ERROR_MEMORY
                             : fill_batch(model, batch, prepared);
    if (status < 0)
        hone_internal_prepared_batch_free(prepared);
    return status;
}

/* ---- one tensor ---- */

hone_array *hone_internal_prepare_values(const hone_model *model, hone_tensor *tensor,
                                         const hone_dataset *data)
{
    hone_array *made = NULL;
    for (int i = 0; i < model->input_count; i++)
        if (model->inputs[i] == tensor)
            return hone_internal_dataset_input_rows(data, hone_internal_feed_model_input(model, data, i),
                                                    NULL, 0, hone_dataset_count(data));
    return make_rows(model, data, 0, hone_dataset_count(data), tensor, &made) < 0 ? NULL : made;
}
