/* Inputs made of other inputs, batch by batch: those of the data set behind it go through a function. */
#include "base/memory.h"
#include "data/inside.h"
#include "tensor/ids.h"
#include <string.h>

typedef struct remaking {
    hone_data_node node;
    hone_remade_input *inputs;
    int count, made_count;
    hone_remake_function *function;
    void *context;
} remaking;

/* Rows of an input that is in memory or in a file, in its own type. */
static hone_status read_rows(const hone_dataset *dataset, const component *item, const int64_t *rows,
                             int64_t begin, int64_t count, hone_array *array)
{
    const size_t bytes = item->width * hone_dtype_size(array->type);
    for (int64_t i = 0, length; i < count; i += length) {
        length = hone_internal_run_of_rows(rows, i, count);
        const int64_t row = rows != NULL ? rows[i] : begin + i;
        char *to = (char *)array->data + (size_t)i * bytes;
        if (item->array.data == NULL)
            HONE_TRY(hone_internal_rows_read(item->rows, dataset->first + row, length, to));
        else
            memcpy(to, (const char *)item->array.data + (size_t)row * bytes, (size_t)length * bytes);
    }
    return HONE_OK;
}

hone_array *hone_internal_dataset_input_rows(const hone_dataset *dataset, int index, const int64_t *rows,
                                             int64_t begin, int64_t count)
{
    const component *item = &dataset->kinds[HONE_COMPONENT_INPUT].items[index];
    int64_t shape[HONE_MAX_RANK];
    memcpy(shape, item->array.shape, sizeof shape);
    shape[0] = count;
    const bool own = item->array.data != NULL || item->rows != NULL;
    hone_array *array = hone_array_create(own ? item->array.type : HONE_FLOAT32, item->array.rank, shape);
    hone_status status = array == NULL ? hone_error_status() : HONE_OK;
    if (status >= 0 && own)
        status = read_rows(dataset, item, rows, begin, count, array);
    else if (status >= 0)
        status = hone_internal_dataset_gather(dataset, HONE_COMPONENT_INPUT, index, rows, begin, count,
                                              array->data);
    if (status >= 0)
        return array;
    hone_array_free(array);
    return NULL;
}

bool hone_internal_dataset_coded(const hone_dataset *dataset, int input)
{
    const components *inputs = &dataset->kinds[HONE_COMPONENT_INPUT];
    return input >= 0 && input < inputs->count && inputs->items[input].coded;
}

/* Numbers times the scale as codes of ids. */
static void put_codes(const hone_array *array, double scale, float *result)
{
    for (int64_t i = 0; i < hone_array_count(array); i++)
        result[i] = hone_internal_id_code_number(hone_array_number(array, i) * scale);
}

/* The numbers of a made input into the batch: rows of `width` numbers, whose last axes may be shorter. */
static hone_status put(const remaking *of, int index, const hone_array *made, const hone_made_batch *batch,
                       int64_t count)
{
    const hone_shape shape = of->inputs[index].shape;
    size_t width = 1;
    for (int axis = 1; axis < shape.rank; axis++)
        width *= (size_t)shape.size[axis];
    const size_t wide = shape.rank > 1 ? (size_t)shape.size[shape.rank - 1] : 1,
                 given = shape.rank > 1 ? (size_t)made->shape[made->rank - 1] : 1;
    if (made->rank != shape.rank || given > wide)
        return hone_fail(HONE_ERROR_SHAPE, "the input \"%s\" has another shape than before",
                         of->inputs[index].name);
    const bool coded = of->inputs[index].coded;
    hone_array *floats = coded ? hone_array_create(HONE_FLOAT32, made->rank, made->shape)
                               : hone_array_convert(made, HONE_FLOAT32);
    if (floats == NULL)
        return hone_error_status();
    if (coded)
        put_codes(made, 1, floats->data);
    float *to = hone_internal_made_row(batch, HONE_COMPONENT_INPUT, index, 0, width);
    const size_t lines = (size_t)count * (width / wide);
    for (size_t i = 0; i < lines; i++) {
        memcpy(to + i * wide, (const float *)floats->data + i * given, given * sizeof(float));
        memset(to + i * wide + given, 0, (wide - given) * sizeof(float));
    }
    hone_array_free(floats);
    return HONE_OK;
}

static hone_status put_all(const remaking *of, hone_array *const *made, const hone_made_batch *batch,
                           int64_t count)
{
    for (int i = 0, next = 0; i < of->count; i++)
        if (of->inputs[i].source < 0)
            HONE_TRY(put(of, i, made[next++], batch, count));
    return HONE_OK;
}

/* `arrays`: room for the inputs, `made`: for those that are made. */
static hone_status make_inputs(const remaking *of, const int64_t *rows, int64_t count, hone_array **made,
                               const hone_made_batch *batch)
{
    const hone_dataset *from = of->node.from[0];
    const int inputs = from->kinds[HONE_COMPONENT_INPUT].count;
    hone_array *arrays = hone_internal_allocate_zeroed((size_t)inputs + 1, sizeof *arrays),
               **owned = hone_internal_allocate_zeroed((size_t)inputs + 1, sizeof *owned);
    hone_status status = arrays == NULL || owned == NULL ? HONE_ERROR_MEMORY : HONE_OK;
    for (int i = 0; i < inputs && status >= 0; i++) {
        owned[i] = hone_internal_dataset_input_rows(from, i, rows, 0, count);
        status = owned[i] == NULL ? hone_error_status() : HONE_OK;
        if (owned[i] != NULL)
            arrays[i] = *owned[i];
    }
    if (status >= 0)
        status = of->function(of->context, arrays, count, made);
    if (status >= 0)
        status = put_all(of, made, batch, count);
    for (int i = 0; owned != NULL && i < inputs; i++)
        hone_array_free(owned[i]);
    hone_internal_free(owned);
    hone_internal_free(arrays);
    return status;
}

/* An input as it is, or as codes. */
static hone_status pass_on(const hone_dataset *from, const hone_remade_input *input, int index,
                           const int64_t *rows, int64_t count, const hone_made_batch *batch)
{
    const size_t width = from->kinds[HONE_COMPONENT_INPUT].items[input->source].width;
    float *result = hone_internal_made_row(batch, HONE_COMPONENT_INPUT, index, 0, width);
    if (!input->coded)
        return hone_internal_dataset_gather(from, HONE_COMPONENT_INPUT, input->source, rows, 0, count,
                                            result);
    hone_array *array = hone_internal_dataset_input_rows(from, input->source, rows, 0, count);
    if (array == NULL)
        return hone_error_status();
    put_codes(array, from->scale, result);
    hone_array_free(array);
    return HONE_OK;
}

static hone_status fill_remade(hone_data_node *node, const hone_data_sweep *sweep, const int64_t *rows,
                               int64_t count, const hone_made_batch *batch)
{
    (void)sweep;
    const remaking *of = (const remaking *)node;
    const hone_dataset *from = node->from[0];
    for (int i = 0; i < of->count; i++)
        if (of->inputs[i].source >= 0)
            HONE_TRY(pass_on(from, &of->inputs[i], i, rows, count, batch));
    for (int kind = HONE_COMPONENT_TARGET; kind <= HONE_COMPONENT_WEIGHT; kind++)
        for (int i = 0; i < from->kinds[kind].count; i++)
            HONE_TRY(hone_internal_dataset_gather(
                from, kind, i, rows, 0, count,
                hone_internal_made_row(batch, kind, i, 0, from->kinds[kind].items[i].width)));
    if (of->made_count == 0)
        return HONE_OK;
    hone_array **made = hone_internal_allocate_zeroed((size_t)of->made_count + 1, sizeof *made);
    hone_status status = made == NULL ? HONE_ERROR_MEMORY : make_inputs(of, rows, count, made, batch);
    for (int i = 0; made != NULL && i < of->made_count; i++)
        hone_array_free(made[i]);
    hone_internal_free(made);
    return status;
}

static void free_remaking(hone_data_node *node)
{
    remaking *of = (remaking *)node;
    for (int i = 0; of->inputs != NULL && i < of->count; i++)
        hone_internal_free((void *)of->inputs[i].name);
    hone_internal_free(of->inputs);
    hone_internal_free(of->context);
    hone_internal_free(of);
}

static const hone_data_node_type remade = {"inputs", fill_remade, hone_internal_node_hash, free_remaking,
                                           false};

bool hone_internal_dataset_made(const hone_dataset *dataset)
{
    return dataset->node != NULL;
}

static hone_status take_inputs(remaking *of, const hone_remade_input *inputs, int count)
{
    of->inputs = hone_internal_allocate_zeroed((size_t)count, sizeof *of->inputs);
    if (of->inputs == NULL)
        return HONE_ERROR_MEMORY;
    for (; of->count < count; of->count++) {
        of->inputs[of->count] = inputs[of->count];
        of->inputs[of->count].name = hone_internal_copy_text(inputs[of->count].name);
        if (of->inputs[of->count].name == NULL)
            return HONE_ERROR_MEMORY;
        of->made_count += inputs[of->count].source < 0;
    }
    return HONE_OK;
}

/* The inputs that the node makes in place of those of the data set behind it. */
static hone_status replace_inputs(hone_dataset *dataset, const remaking *of)
{
    components *kind = &dataset->kinds[HONE_COMPONENT_INPUT];
    const hone_dataset *from = of->node.from[0];
    for (int i = 0; i < kind->count; i++) {
        hone_internal_free(kind->items[i].name);
        hone_internal_free(kind->items[i].label);
    }
    kind->count = 0;
    for (int i = 0; i < of->count; i++) {
        component *item = hone_internal_components_add(dataset, HONE_COMPONENT_INPUT);
        if (item == NULL)
            return HONE_ERROR_MEMORY;
        const hone_remade_input *input = &of->inputs[i];
        item->array = (hone_array){.type = HONE_FLOAT32, .rank = input->shape.rank};
        memcpy(item->array.shape, input->shape.size, sizeof item->array.shape);
        if (input->source >= 0)
            item->array = from->kinds[HONE_COMPONENT_INPUT].items[input->source].array;
        item->coded = input->coded;
        item->array.type = HONE_FLOAT32;
        item->array.data = NULL;
        item->array.shape[0] = dataset->count;
        item->width = 1;
        for (int axis = 1; axis < item->array.rank; axis++)
            item->width *= (size_t)item->array.shape[axis];
        item->mine = true;
        item->name = hone_internal_copy_text(input->name);
        if (item->name == NULL)
            return HONE_ERROR_MEMORY;
    }
    return HONE_OK;
}

hone_dataset *hone_internal_dataset_remake(hone_dataset *dataset, const hone_remade_input *inputs, int count,
                                           hone_remake_function *function, void *context)
{
    remaking *of = hone_internal_allocate_zeroed(1, sizeof *of);
    if (of == NULL) {
        hone_internal_free(context);
        return NULL;
    }
    of->node = (hone_data_node){.type = &remade, .from = {hone_dataset_retain(dataset)}};
    of->function = function;
    of->context = context;
    hone_status status = take_inputs(of, inputs, count);
    hone_dataset *made = hone_internal_dataset_of_node(&of->node, dataset, dataset->count);
    if (made != NULL && status >= 0 && replace_inputs(made, of) >= 0)
        return made;
    hone_dataset_free(made);
    return NULL;
}
