/* From an ONNX graph to a model that can be trained on. A graph that Hone wrote and nothing has changed since
 * gives the model that it was written from; any other becomes layers node by node. */
#include "onnx/forms.h"
#include "base/plural.h"
#include "base/text.h"
#include "formats/formats.h"
#include "keras/keras.h"
#include "onnx/export.h"

#include <ctype.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* ---- values ---- */

hone_onnx_value *hone_internal_onnx_value(hone_onnx_import *import, const char *name)
{
    const hone_onnx_source *source = name[0] == '\0' ? NULL : hone_internal_onnx_source(import->file, name);
    return source == NULL ? NULL : &import->values[source - import->file->sources];
}

bool hone_internal_onnx_is_given(const hone_onnx_node *node, size_t index)
{
    return index < node->n_input && node->input[index][0] != '\0';
}

bool hone_internal_onnx_is_constant(hone_onnx_import *import, const hone_onnx_node *node, size_t index)
{
    if (!hone_internal_onnx_is_given(node, index))
        return false;
    const hone_onnx_value *value = hone_internal_onnx_value(import, node->input[index]);
    return value->constant != NULL || hone_internal_onnx_tensor(import->file, node->input[index]) != NULL;
}

static hone_status fail_operand(const hone_onnx_node *node, size_t index, const char *what)
{
    return hone_fail(HONE_ERROR_UNSUPPORTED, "its operand %zu (\"%.100s\") %s", index,
                     index < node->n_input ? node->input[index] : "", what);
}

hone_tensor *hone_internal_onnx_operand_form(hone_onnx_import *import, const hone_onnx_node *node,
                                             size_t index, hone_onnx_order order)
{
    const hone_onnx_value *value = hone_internal_onnx_is_given(node, index)
                                       ? hone_internal_onnx_value(import, node->input[index])
                                       : NULL;
    if (value != NULL && value->tensor != NULL && value->order == order)
        return value->tensor;
    fail_operand(node, index,
                 value == NULL           ? "is missing"
                 : value->tensor == NULL ? "must depend on the model's input"
                 : order == HONE_ONNX_BATCH_FIRST
                     ? "has steps or directions in front of the batch, which only recurrent layers take"
                     : "is not in the order of axes that a Transpose or Unsqueeze in front makes");
    return NULL;
}

hone_tensor *hone_internal_onnx_operand(hone_onnx_import *import, const hone_onnx_node *node, size_t index)
{
    return hone_internal_onnx_operand_form(import, node, index, HONE_ONNX_BATCH_FIRST);
}

/* Read when it is first asked for, and kept. */
const hone_array *hone_internal_onnx_constant(hone_onnx_import *import, const hone_onnx_node *node,
                                              size_t index)
{
    if (!hone_internal_onnx_is_constant(import, node, index)) {
        fail_operand(node, index,
                     hone_internal_onnx_is_given(node, index) ? "must be constant" : "is missing");
        return NULL;
    }
    hone_onnx_value *value = hone_internal_onnx_value(import, node->input[index]);
    if (value->constant == NULL)
        value->constant = hone_internal_onnx_read(
            import->file, hone_internal_onnx_tensor(import->file, node->input[index]));
    return value->constant;
}

const hone_onnx_node *hone_internal_onnx_only_reader(const hone_onnx_import *import,
                                                     const hone_onnx_node *node, const char *op)
{
    const hone_onnx_source *source = hone_internal_onnx_source(import->file, node->output[0]);
    const hone_onnx_value *value = &import->values[source - import->file->sources];
    if (value->uses != 1 || value->reader == SIZE_MAX)
        return NULL;
    const hone_onnx_node *reader = import->file->model->graph->node[value->reader];
    return strcmp(reader->op_type, op) == 0 && !import->done[value->reader] ? reader : NULL;
}

void hone_internal_onnx_done(hone_onnx_import *import, const hone_onnx_node *node)
{
    for (size_t n = 0; n < import->file->model->graph->n_node; n++)
        if (import->file->model->graph->node[n] == node)
            import->done[n] = true;
}

int64_t hone_internal_onnx_int(const hone_onnx_node *node, const char *name, int64_t otherwise)
{
    const hone_onnx_attribute *attribute = hone_internal_onnx_attribute(node, name);
    return attribute == NULL || !attribute->has_i ? otherwise : attribute->i;
}

double hone_internal_onnx_float(const hone_onnx_node *node, const char *name, double otherwise)
{
    const hone_onnx_attribute *attribute = hone_internal_onnx_attribute(node, name);
    return attribute == NULL || !attribute->has_f ? otherwise : (double)attribute->f;
}

/* ---- weights ---- */

/* The layer is built by its call: what does not fit is the node's fault. */
static hone_status check_weight(hone_layer *layer, const char *name, const hone_array *numbers)
{
    const hone_variable *variable = hone_layer_weight(layer, name);
    if (variable == NULL || hone_internal_variable_count(variable) == hone_array_count(numbers))
        return HONE_OK;
    return hone_fail(HONE_ERROR_SHAPE, "its %s must have %" PRId64 " number%s, not %" PRId64, name,
                     hone_internal_variable_count(variable),
                     hone_internal_plural(hone_internal_variable_count(variable)), hone_array_count(numbers));
}

/* Itself, or the cell in it that has the weight. */
static hone_layer *holder_of(hone_layer *layer, const char *name)
{
    bool has = hone_layer_weight(layer, name) != NULL;
    hone_layer *inner = has ? NULL : hone_internal_layer_within(layer, 0, NULL);
    return inner != NULL ? inner : layer;
}

hone_status hone_internal_onnx_give_weight(hone_onnx_import *import, hone_tensor *of, const char *name,
                                           hone_array *numbers)
{
    hone_layer *holder = of == NULL ? NULL : holder_of(of->call->layer, name);
    if (numbers == NULL || holder == NULL || check_weight(holder, name, numbers) < 0 ||
        hone_internal_grow(&import->weights, &import->weight_capacity, import->weight_count + 1,
                           sizeof *import->weights) < 0) {
        hone_array_free(numbers);
        return hone_error_status();
    }
    import->weights[import->weight_count++] = (hone_onnx_weight){holder, name, numbers};
    return HONE_OK;
}

/* ---- the ends ---- */

/* A sample's shape, without the batch. */
static hone_status input_shape(hone_onnx_import *import, const hone_onnx_value_info *info, hone_shape *shape,
                               const char **dtype)
{
    const Hone__Onnx__TypeProto *type = info->type;
    if (type == NULL || type->value_case != HONE__ONNX__TYPE_PROTO__VALUE_TENSOR_TYPE ||
        type->tensor_type->shape == NULL)
        return hone_fail(HONE_ERROR_UNSUPPORTED,
                         "the input \"%.100s\" is not a tensor of a known number of axes", info->name);
    const Hone__Onnx__TensorShapeProto *sizes = type->tensor_type->shape;
    if (sizes->n_dim < 2 || sizes->n_dim > HONE_MAX_RANK)
        return hone_fail(HONE_ERROR_UNSUPPORTED,
                         "the input \"%.100s\" has %zu %s; expected the batch and 1 to %d more", info->name,
                         sizes->n_dim, hone_internal_number_word((long long)sizes->n_dim, "axis", "axes"),
                         HONE_MAX_RANK - 1);
    shape->rank = (int)sizes->n_dim - 1;
    for (size_t axis = 0; axis < sizes->n_dim; axis++) {
        const Hone__Onnx__TensorShapeProto__Dimension *dimension = sizes->dim[axis];
        bool fixed = dimension->value_case == HONE__ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_VALUE &&
                     dimension->dim_value > 0;
        int64_t size = fixed ? dimension->dim_value : HONE_ANY;
        if (size > INT32_MAX)
            return hone_fail(HONE_ERROR_FORMAT, "the input \"%.100s\" has an axis of %" PRId64, info->name,
                             size);
        if (axis == 0)
            import->batch = size;
        else
            shape->size[axis - 1] = size;
    }
    int32_t element = type->tensor_type->elem_type;
    *dtype = element == HONE__ONNX__TENSOR_PROTO__DATA_TYPE__INT32   ? "int32"
             : element == HONE__ONNX__TENSOR_PROTO__DATA_TYPE__INT64 ? "int64"
                                                                     : "float32";
    return HONE_OK;
}

static hone_status add_input(hone_onnx_import *import, const hone_onnx_value_info *info)
{
    hone_shape shape = {0};
    const char *dtype = NULL;
    HONE_TRY(input_shape(import, info, &shape, &dtype));
    hone_text spec = {0};
    hone_internal_text_format(&spec, "input(shape=[");
    for (int axis = 0; axis < shape.rank; axis++) {
        if (shape.size[axis] == HONE_ANY)
            hone_internal_text_format(&spec, "%sNone", axis > 0 ? ", " : "");
        else
            hone_internal_text_format(&spec, "%s%" PRId64, axis > 0 ? ", " : "", shape.size[axis]);
    }
    hone_internal_text_format(&spec, "], dtype=%s)", dtype);
    const char *name = spec.failed ? NULL : hone_internal_onnx_choose_name(import, info->name);
    hone_layer *layer = name == NULL ? NULL : hone_layer_from_text(spec.data);
    hone_internal_text_free(&spec);
    if (layer != NULL && hone_internal_layer_set_name(layer, name) < 0) {
        hone_layer_free(layer);
        layer = NULL;
    }
    hone_tensor *tensor = layer == NULL ? NULL : hone_tensor_input(layer);
    if (tensor == NULL)
        return hone_error_status();
    if (hone_internal_tensor_list_add(&import->inputs, tensor) < 0) {
        hone_tensor_free(tensor);
        return HONE_ERROR_MEMORY;
    }
    hone_internal_onnx_value(import, info->name)->tensor = tensor;
    return HONE_OK;
}

static hone_status add_inputs(hone_onnx_import *import)
{
    const hone_onnx_graph *graph = import->file->model->graph;
    for (size_t i = 0; i < graph->n_input; i++)
        if (hone_internal_onnx_source(import->file, graph->input[i]->name)->kind == HONE_ONNX_INPUT)
            HONE_TRY(add_input(import, graph->input[i]));
    return import->inputs.count > 0 ? HONE_OK : hone_fail(HONE_ERROR_UNSUPPORTED, "the graph has no input");
}

/* Keeps the outputs' names for their layers. */
static hone_status reserve_outputs(hone_onnx_import *import)
{
    const hone_onnx_graph *graph = import->file->model->graph;
    for (size_t i = 0; i < graph->n_output; i++)
        if (hone_internal_onnx_choose_name(import, graph->output[i]->name) == NULL)
            return HONE_ERROR_MEMORY;
    return HONE_OK;
}

/* ---- nodes ---- */

static void count_uses(hone_onnx_import *import)
{
    const hone_onnx_graph *graph = import->file->model->graph;
    for (size_t n = 0; n < graph->n_node; n++)
        for (size_t i = 0; i < graph->node[n]->n_input; i++) {
            hone_onnx_value *value = hone_internal_onnx_value(import, graph->node[n]->input[i]);
            if (value == NULL)
                continue;
            value->uses++;
            value->reader = n;
        }
    for (size_t i = 0; i < graph->n_output; i++) {
        hone_onnx_value *value = hone_internal_onnx_value(import, graph->output[i]->name);
        value->uses++;
        value->reader = SIZE_MAX;
    }
}

static hone_status add_node(hone_onnx_import *import, const hone_onnx_node *node)
{
    bool done = false;
    if (node->n_output == 0 || node->output[0][0] == '\0')
        return hone_fail(HONE_ERROR_UNSUPPORTED, "it has no first output");
    HONE_TRY(hone_internal_onnx_fold(import, node, &done));
    if (done)
        return HONE_OK;
    hone_onnx_importer *importer = hone_internal_onnx_importer(node->op_type);
    return importer == NULL ? hone_error_status() : importer(import, node);
}

static hone_status add_nodes(hone_onnx_import *import)
{
    const hone_onnx_graph *graph = import->file->model->graph;
    for (size_t n = 0; n < graph->n_node; n++) {
        char text[200];
        if (import->done[n])
            continue;
        hone_internal_onnx_describe(import->file, graph->node[n], text, sizeof text);
        hone_internal_error_push(NULL, text);
        hone_status status = add_node(import, graph->node[n]);
        hone_internal_error_pop();
        if (status < 0)
            return status;
    }
    return HONE_OK;
}

/* ---- the model ---- */

/* The tensor of an output; one that is an input, or another output's too, goes through an identity layer of
 * its name. */
static hone_tensor *find_output(hone_onnx_import *import, const char *name)
{
    const hone_onnx_value *value = hone_internal_onnx_value(import, name);
    hone_tensor *tensor = value->tensor;
    if (value->order != HONE_ONNX_BATCH_FIRST) {
        hone_fail(HONE_ERROR_UNSUPPORTED,
                  "the output \"%.100s\" has steps or directions in front of the batch", name);
        return NULL;
    }
    char *plain = hone_internal_onnx_plain_name(name);
    if (tensor != NULL && plain != NULL &&
        strcmp(hone_internal_layer_label(tensor->call->layer), plain) != 0) {
        hone_layer *layer = hone_layer_from_text("identity");
        if (layer != NULL && hone_internal_layer_set_name(layer, plain) < 0) {
            hone_layer_free(layer);
            layer = NULL;
        }
        tensor = layer == NULL
                     ? NULL
                     : hone_apply_with(layer, (hone_tensor *const[]){tensor, hone_tensors_end}, NULL);
    } else if (tensor == NULL)
        hone_fail(HONE_ERROR_UNSUPPORTED, "the output \"%.100s\" does not depend on an input", name);
    hone_internal_free(plain);
    return tensor;
}

static hone_model *make_model(hone_onnx_import *import)
{
    const hone_onnx_graph *graph = import->file->model->graph;
    hone_tensor_list outputs = {0};
    hone_status status = HONE_OK;
    for (size_t i = 0; i < graph->n_output && status >= 0; i++) {
        hone_tensor *output = find_output(import, graph->output[i]->name);
        status = output == NULL ? hone_error_status() : hone_internal_tensor_list_add(&outputs, output);
    }
    hone_model *model = status < 0 ? NULL : hone_internal_model_from_ends(&import->inputs, &outputs);
    if (status >= 0)
        import->inputs.count = 0; /* taken over, also on failure */
    hone_internal_free(outputs.items);
    char *name = model == NULL || graph->name == NULL ? NULL : hone_internal_onnx_plain_name(graph->name);
    if (name != NULL && hone_model_set_name(model, name) < 0) {
        hone_model_free(model);
        model = NULL;
    }
    hone_internal_free(name);
    return model;
}

hone_status hone_internal_onnx_fill_variable(hone_variable *variable, const char *layer, const char *name,
                                             const hone_array *numbers)
{
    if (variable == NULL || hone_internal_variable_data(variable) == NULL)
        return hone_fail(HONE_ERROR_STATE, "the layer \"%s\" has no weight \"%s\"", layer, name);
    if (hone_internal_variable_count(variable) != hone_array_count(numbers))
        return hone_fail(
            HONE_ERROR_SHAPE, "the weight \"%s\" of \"%s\" has %" PRId64 " number%s, the file %" PRId64, name,
            layer, hone_internal_variable_count(variable),
            hone_internal_plural(hone_internal_variable_count(variable)), hone_array_count(numbers));
    memcpy(hone_internal_variable_data(variable), numbers->data,
           (size_t)hone_array_count(numbers) * sizeof(float));
    variable->fresh = false;
    return HONE_OK;
}

static bool in_model(const hone_model *model, const hone_layer *layer)
{
    for (size_t i = 0; i < model->layer_count; i++)
        if (model->layers[i] == layer)
            return true;
    return false;
}

/* Layers whose result nothing uses are not in the model. */
static hone_status fill_weights(hone_onnx_import *import, hone_model *model)
{
    for (size_t i = 0; i < import->weight_count; i++) {
        const hone_onnx_weight *weight = &import->weights[i];
        if (in_model(model, weight->layer))
            HONE_TRY(hone_internal_onnx_fill_variable(hone_layer_weight(weight->layer, weight->name),
                                                      hone_internal_layer_label(weight->layer), weight->name,
                                                      weight->numbers));
    }
    return HONE_OK;
}

static void free_import(hone_onnx_import *import)
{
    for (size_t i = 0; import->values != NULL && i < import->file->source_slots; i++)
        hone_array_free(import->values[i].constant);
    for (size_t i = 0; i < import->weight_count; i++)
        hone_array_free(import->weights[i].numbers);
    for (size_t i = 0; i < import->name_count; i++)
        hone_internal_free(import->names[i]);
    for (int i = 0; i < import->inputs.count; i++)
        hone_tensor_free(import->inputs.items[i]);
    hone_internal_free(import->inputs.items);
    hone_internal_free(import->values);
    hone_internal_free(import->done);
    hone_internal_free(import->names);
    hone_internal_free(import->weights);
}

static hone_model *import_graph(const hone_onnx_file *file, const hone_loading *loading)
{
    hone_onnx_import import = {.file = file, .loading = loading, .batch = HONE_ANY};
    import.values = hone_internal_allocate_zeroed(file->source_slots, sizeof *import.values);
    import.done = hone_internal_allocate_zeroed(file->model->graph->n_node + 1, sizeof *import.done);
    hone_model *model = NULL;
    if (import.values != NULL && import.done != NULL) {
        count_uses(&import);
        if (add_inputs(&import) >= 0 && reserve_outputs(&import) >= 0 && add_nodes(&import) >= 0)
            model = make_model(&import);
    }
    if (model != NULL && fill_weights(&import, model) < 0) {
        hone_model_free(model);
        model = NULL;
    }
    free_import(&import);
    return model;
}

/* ---- files ---- */

enum {
    WEIGHTS_OF_A_CONSTANT = 4,
    LEAST_LIMIT = 1 << 20
}; /* a factor becomes four weights of a normalisation */

hone_model *hone_internal_onnx_model(const hone_onnx_file *file, const hone_load_args *args)
{
    hone_loading loading;
    size_t most = WEIGHTS_OF_A_CONSTANT * hone_internal_onnx_float_bytes(file) + LEAST_LIMIT;
    hone_model *model = NULL;
    if (hone_internal_loading_begin(&loading, args, most) >= 0)
        model = hone_internal_onnx_is_as_written(file) ? hone_internal_onnx_restore(file, &loading)
                                                       : import_graph(file, &loading);
    hone_internal_loading_end(&loading);
    return model;
}

hone_model *hone_internal_model_load_onnx(const char *path, const hone_load_args *args)
{
    hone_onnx_file *file = hone_internal_onnx_open(path);
    hone_model *model = file == NULL ? NULL : hone_internal_onnx_model(file, args);
    if (model == NULL)
        hone_internal_error_in(hone_error_status(), path);
    hone_internal_onnx_close(file);
    return model;
}
