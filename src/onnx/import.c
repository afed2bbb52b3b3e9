/* From an ONNX graph to a model that can be trained on. A graph that Hone wrote and nothing has changed since
 * gives the model that it was written from; any other becomes layers node by node. */
#include "onnx/forms.h"
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

enum { MOST_LAYERS = 10000 }; /* nodes that become layers: networks are walked recursively */

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

hone_tensor *hone_internal_onnx_operand(hone_onnx_import *import, const hone_onnx_node *node, size_t index)
{
    const hone_onnx_value *value = hone_internal_onnx_is_given(node, index)
                                       ? hone_internal_onnx_value(import, node->input[index])
                                       : NULL;
    if (value != NULL && value->tensor != NULL)
        return value->tensor;
    fail_operand(node, index, value == NULL ? "is missing" : "must depend on the model's input");
    return NULL;
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

/* ---- layers ---- */

const char *hone_internal_onnx_number_text(double number, char *buffer, size_t size)
{
    double nearest = number;
    for (int digits = 1; digits <= 9 && number != 0 && isfinite(number); digits++) {
        double scale = pow(10, digits - 1 - floor(log10(fabs(number))));
        double rounded = rint(number * scale) / scale;
        if (!isfinite(rounded) || (float)rounded != (float)number)
            continue;
        nearest = rounded;
        break;
    }
    hone_internal_number_to_text(nearest, buffer, size);
    return buffer;
}

static bool is_taken(const hone_onnx_import *import, const char *name)
{
    for (size_t i = 0; i < import->name_count; i++)
        if (strcmp(import->names[i], name) == 0)
            return true;
    return false;
}

/* "/fc1/Gemm" to "fc1_Gemm"; "dense/Gemm:7", a name of Hone's own, to "dense". */
static char *plain_name(const char *name)
{
    const char *slash = strrchr(name, '/');
    size_t length = slash != NULL && slash > name && hone_internal_onnx_is_inner(slash)
                        ? (size_t)(slash - name)
                        : strlen(name);
    while (length > 0 && !isalnum((unsigned char)*name)) {
        name++;
        length--;
    }
    char *plain = length == 0 ? hone_internal_copy_text("layer")
                              : hone_internal_copy_text_n(name, length < 128 ? length : 128);
    for (char *letter = plain; letter != NULL && *letter != '\0'; letter++)
        if (!isalnum((unsigned char)*letter) && strchr("_.-", *letter) == NULL)
            *letter = '_';
    return plain;
}

/* A name that no layer has yet; kept. */
static const char *choose_name(hone_onnx_import *import, const char *wanted)
{
    char *plain = plain_name(wanted), *name = plain;
    for (size_t number = 1; name != NULL && is_taken(import, name); number++) {
        if (name != plain)
            hone_internal_free(name);
        name = hone_internal_format("%s_%zu", plain, number);
    }
    if (name != plain)
        hone_internal_free(plain);
    if (name == NULL || hone_internal_grow(&import->names, &import->name_capacity, import->name_count + 1,
                                           sizeof *import->names) < 0) {
        hone_internal_free(name);
        return NULL;
    }
    return import->names[import->name_count++] = name;
}

static bool is_output(const hone_onnx_import *import, const char *name)
{
    const hone_onnx_graph *graph = import->file->model->graph;
    for (size_t i = 0; i < graph->n_output; i++)
        if (strcmp(graph->output[i]->name, name) == 0)
            return true;
    return false;
}

/* An output of the model gives its name to its layer; it was kept free for that. */
static const char *name_layer(hone_onnx_import *import, const hone_onnx_node *node, bool last)
{
    if (last && is_output(import, node->output[0]))
        return node->output[0];
    return node->name != NULL && node->name[0] != '\0' ? node->name : node->output[0];
}

static hone_tensor *apply_to(hone_layer *layer, hone_tensor *const *inputs, int count)
{
    hone_tensor **operands = hone_internal_allocate(sizeof *operands * (size_t)(count + 1));
    if (operands == NULL) {
        hone_layer_free(layer);
        return NULL;
    }
    if (count > 0)
        memcpy(operands, inputs, sizeof *operands * (size_t)count);
    operands[count] = hone_tensors_end;
    hone_tensor *y = hone_apply_with(layer, operands, NULL);
    hone_internal_free(operands);
    return y;
}

hone_tensor *hone_internal_onnx_apply(hone_onnx_import *import, const hone_onnx_node *node, const char *spec,
                                      hone_tensor *const *inputs, int count, bool last)
{
    if (import->name_count >= MOST_LAYERS) {
        hone_fail(HONE_ERROR_UNSUPPORTED, "the graph needs more than %d layers", MOST_LAYERS);
        return NULL;
    }
    bool end = last && is_output(import, node->output[0]);
    char *own = end ? plain_name(node->output[0]) : NULL;
    const char *name = end ? own : choose_name(import, name_layer(import, node, last));
    hone_layer *layer = name == NULL ? NULL : hone_layer_from_text(spec);
    if (layer != NULL)
        hone_internal_layer_limit(layer, import->loading->allowance);
    if (layer != NULL && hone_internal_layer_set_name(layer, name) < 0) {
        hone_layer_free(layer);
        layer = NULL;
    }
    hone_internal_free(own);
    hone_tensor *y = layer == NULL ? NULL : apply_to(layer, inputs, count);
    if (y != NULL && last)
        hone_internal_onnx_value(import, node->output[0])->tensor = y;
    return y;
}

hone_status hone_internal_onnx_layer(hone_onnx_import *import, const hone_onnx_node *node, hone_tensor *x,
                                     const char *spec, ...)
{
    char text[1024];
    va_list arguments;
    if (x == NULL)
        return hone_error_status();
    va_start(arguments, spec);
    vsnprintf(text, sizeof text, spec, arguments);
    va_end(arguments);
    return hone_internal_onnx_apply(import, node, text, &x, 1, true) == NULL ? hone_error_status() : HONE_OK;
}

/* The layer is built by its call: what does not fit is the node's fault. */
static hone_status check_weight(hone_layer *layer, const char *name, const hone_array *numbers)
{
    const hone_variable *variable = hone_layer_weight(layer, name);
    if (variable == NULL || hone_internal_variable_count(variable) == hone_array_count(numbers))
        return HONE_OK;
    return hone_fail(HONE_ERROR_SHAPE, "its %s must have %" PRId64 " numbers, not %" PRId64, name,
                     hone_internal_variable_count(variable), hone_array_count(numbers));
}

hone_status hone_internal_onnx_give_weight(hone_onnx_import *import, hone_tensor *of, const char *name,
                                           hone_array *numbers)
{
    if (numbers == NULL || of == NULL || check_weight(of->call->layer, name, numbers) < 0 ||
        hone_internal_grow(&import->weights, &import->weight_capacity, import->weight_count + 1,
                           sizeof *import->weights) < 0) {
        hone_array_free(numbers);
        return hone_error_status();
    }
    import->weights[import->weight_count++] = (hone_onnx_weight){of->call->layer, name, numbers};
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
                         "the input \"%.100s\" has %zu axes; expected the batch and 1 to %d more", info->name,
                         sizes->n_dim, HONE_MAX_RANK - 1);
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
    const char *name = spec.failed ? NULL : choose_name(import, info->name);
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
        if (choose_name(import, graph->output[i]->name) == NULL)
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
    hone_tensor *tensor = hone_internal_onnx_value(import, name)->tensor;
    char *plain = plain_name(name);
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
    char *name = model == NULL || graph->name == NULL ? NULL : plain_name(graph->name);
    if (name != NULL && hone_model_set_name(model, name) < 0) {
        hone_model_free(model);
        model = NULL;
    }
    hone_internal_free(name);
    return model;
}

static hone_status fill_variable(hone_variable *variable, const char *layer, const char *name,
                                 const hone_array *numbers)
{
    if (variable == NULL || hone_internal_variable_data(variable) == NULL)
        return hone_fail(HONE_ERROR_STATE, "the layer \"%s\" has no weight \"%s\"", layer, name);
    if (hone_internal_variable_count(variable) != hone_array_count(numbers))
        return hone_fail(HONE_ERROR_SHAPE,
                         "the weight \"%s\" of \"%s\" has %" PRId64 " numbers, the file %" PRId64, name,
                         layer, hone_internal_variable_count(variable), hone_array_count(numbers));
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
            HONE_TRY(fill_variable(hone_layer_weight(weight->layer, weight->name),
                                   hone_internal_layer_label(weight->layer), weight->name, weight->numbers));
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

/* ---- graphs that Hone wrote ---- */

/* Each weight from the tensor that the list names for it. */
static hone_status restore_weights(const hone_onnx_file *file, hone_model *model, const hone_config *names)
{
    if (!hone_internal_config_is(names, HONE_CONFIG_LIST) ||
        hone_internal_config_count(names) != model->weights.count)
        return hone_fail(HONE_ERROR_FORMAT, "its list of weights does not match its model");
    for (size_t i = 0; i < hone_internal_config_count(names); i++) {
        const char *name = hone_internal_config_text_at(names, i);
        const hone_onnx_tensor *tensor = name == NULL ? NULL : hone_internal_onnx_tensor(file, name);
        if (tensor == NULL)
            return hone_fail(HONE_ERROR_FORMAT, "the weight \"%.200s\" is missing", name != NULL ? name : "");
        hone_array *numbers = hone_internal_onnx_read(file, tensor);
        hone_status status =
            numbers == NULL ? hone_error_status()
            : numbers->type != HONE_FLOAT32
                ? hone_fail(HONE_ERROR_FORMAT, "the weight \"%.200s\" is not of floats", name)
                : fill_variable(model->weights.items[i], "model", name, numbers);
        hone_array_free(numbers);
        if (status < 0)
            return status;
    }
    return HONE_OK;
}

static hone_status restore_compiled(hone_model *model, const hone_config *config, const hone_loading *loading)
{
    const hone_config *compile_config = hone_internal_config_get(config, "compile_config");
    if (!hone_internal_config_is(compile_config, HONE_CONFIG_MAP) ||
        hone_internal_config_count(compile_config) == 0)
        return HONE_OK;
    return hone_internal_model_compile_config(model, compile_config, loading);
}

/* The graph is the one that the metadata were written for. */
static bool is_as_written(const hone_onnx_file *file)
{
    char digest[32];
    const char *written = hone_internal_onnx_get_property(file, HONE_ONNX_DIGEST);
    if (written == NULL || hone_internal_onnx_get_property(file, HONE_ONNX_CONFIG) == NULL ||
        hone_internal_onnx_get_property(file, HONE_ONNX_WEIGHTS) == NULL)
        return false;
    snprintf(digest, sizeof digest, "%016" PRIx64, hone_internal_onnx_digest(file->model->graph));
    return strcmp(digest, written) == 0;
}

static hone_config *parse_property(const hone_onnx_file *file, const char *key)
{
    const char *text = hone_internal_onnx_get_property(file, key);
    return hone_internal_json_parse(text, strlen(text), key);
}

static hone_model *restore(const hone_onnx_file *file, const hone_loading *loading)
{
    hone_config *config = parse_property(file, HONE_ONNX_CONFIG), *names = NULL;
    hone_model *model = config == NULL ? NULL : hone_internal_model_from_config(config, loading);
    if (model != NULL)
        names = parse_property(file, HONE_ONNX_WEIGHTS);
    bool good = names != NULL && hone_internal_model_need_built(model, "weights") >= 0 &&
                restore_weights(file, model, names) >= 0 && restore_compiled(model, config, loading) >= 0;
    if (!good) {
        hone_model_free(model);
        model = NULL;
    }
    hone_internal_config_free(config);
    hone_internal_config_free(names);
    return model;
}

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
        model = is_as_written(file) ? restore(file, &loading) : import_graph(file, &loading);
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
