/* Putting an ONNX graph together and writing it. Messages live in the writer's arena; weights are borrowed
 * and go straight to the file. */
#include "base/file.h"
#include "formats/array_files.h"
#include "formats/bytes.h"
#include "formats/onnx.h"

#include <stdio.h>
#include <string.h>

void hone_internal_onnx_writer_free(hone_onnx_writer *writer)
{
    hone_internal_arena_free(&writer->arena);
    hone_internal_free(writer->nodes);
    hone_internal_free(writer->tensors);
    hone_internal_free(writer->inputs);
    hone_internal_free(writer->outputs);
    hone_internal_free(writer->properties);
    *writer = (hone_onnx_writer){0};
}

static void *allocate(hone_onnx_writer *writer, size_t bytes)
{
    void *block = hone_internal_arena_allocate(&writer->arena, bytes > 0 ? bytes : 1);
    writer->failed |= block == NULL;
    return block;
}

static char *copy_text(hone_onnx_writer *writer, const char *text)
{
    char *copy = hone_internal_arena_copy_text(&writer->arena, text);
    writer->failed |= copy == NULL;
    return copy;
}

static char *format_name(hone_onnx_writer *writer, const char *what)
{
    char *name =
        hone_internal_format("%s/%s:%zu", writer->scope != NULL ? writer->scope : "", what, writer->names++);
    char *kept = name != NULL ? copy_text(writer, name) : NULL;
    writer->failed |= kept == NULL;
    hone_internal_free(name);
    return kept;
}

/* Adds `item` to a growable list; NULL and a failure are passed on. */
static bool add_item(hone_onnx_writer *writer, void *items, size_t *capacity, size_t *count, void *item)
{
    void ***list = items;
    if (item == NULL || hone_internal_grow(list, capacity, *count + 1, sizeof **list) < 0) {
        writer->failed = true;
        return false;
    }
    (*list)[(*count)++] = item;
    return true;
}

/* ---- nodes ---- */

hone_onnx_node *hone_internal_onnx_node(hone_onnx_writer *writer, const char *op, const char *const *inputs,
                                        size_t count)
{
    hone_onnx_node *node = allocate(writer, sizeof *node);
    char **ends = allocate(writer, (count + 1) * sizeof *ends);
    for (size_t i = 0; i < count; i++)
        writer->failed |= inputs[i] == NULL;
    if (writer->failed)
        return NULL;
    *node = (hone_onnx_node)HONE__ONNX__NODE_PROTO__INIT;
    for (size_t i = 0; i < count; i++)
        ends[i] = (char *)(uintptr_t)inputs[i];
    ends[count] = format_name(writer, op);
    node->op_type = copy_text(writer, op);
    node->name = ends[count];
    node->input = ends;
    node->n_input = count;
    node->output = ends + count;
    node->n_output = 1;
    return add_item(writer, &writer->nodes, &writer->node_capacity, &writer->node_count, node) &&
                   !writer->failed
               ? node
               : NULL;
}

const char *hone_internal_onnx_output(const hone_onnx_node *node)
{
    return node == NULL ? NULL : node->output[0];
}

const char *hone_internal_onnx_second_output(const hone_onnx_node *node)
{
    return node == NULL || node->n_output < 2 ? NULL : node->output[1];
}

void hone_internal_onnx_add_output(hone_onnx_writer *writer, hone_onnx_node *node)
{
    char **outputs = node != NULL ? allocate(writer, (node->n_output + 1) * sizeof *outputs) : NULL;
    char *name = outputs != NULL ? format_name(writer, node->op_type) : NULL;
    if (name == NULL)
        return;
    memcpy(outputs, node->output, node->n_output * sizeof *outputs);
    outputs[node->n_output++] = name;
    node->output = outputs;
}

enum { MOST_ATTRIBUTES = 8 };

static hone_onnx_attribute *add_attribute(hone_onnx_writer *writer, hone_onnx_node *node, const char *name,
                                          Hone__Onnx__AttributeProto__AttributeType type)
{
    if (node == NULL)
        return NULL;
    if (node->attribute == NULL)
        node->attribute = allocate(writer, MOST_ATTRIBUTES * sizeof *node->attribute);
    hone_onnx_attribute *attribute = allocate(writer, sizeof *attribute);
    if (writer->failed || node->n_attribute == MOST_ATTRIBUTES)
        return NULL;
    *attribute = (hone_onnx_attribute)HONE__ONNX__ATTRIBUTE_PROTO__INIT;
    attribute->name = copy_text(writer, name);
    attribute->has_type = 1;
    attribute->type = type;
    node->attribute[node->n_attribute++] = attribute;
    return attribute;
}

void hone_internal_onnx_set_int(hone_onnx_writer *writer, hone_onnx_node *node, const char *name,
                                int64_t value)
{
    hone_onnx_attribute *attribute =
        add_attribute(writer, node, name, HONE__ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INT);
    if (attribute == NULL)
        return;
    attribute->has_i = 1;
    attribute->i = value;
}

void hone_internal_onnx_set_float(hone_onnx_writer *writer, hone_onnx_node *node, const char *name,
                                  double value)
{
    hone_onnx_attribute *attribute =
        add_attribute(writer, node, name, HONE__ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOAT);
    if (attribute == NULL)
        return;
    attribute->has_f = 1;
    attribute->f = (float)value;
}

void hone_internal_onnx_set_ints(hone_onnx_writer *writer, hone_onnx_node *node, const char *name,
                                 const int64_t *values, size_t count)
{
    hone_onnx_attribute *attribute =
        add_attribute(writer, node, name, HONE__ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INTS);
    int64_t *copy = allocate(writer, count * sizeof *copy);
    if (attribute == NULL || copy == NULL)
        return;
    memcpy(copy, values, count * sizeof *copy);
    attribute->ints = copy;
    attribute->n_ints = count;
}

void hone_internal_onnx_set_floats(hone_onnx_writer *writer, hone_onnx_node *node, const char *name,
                                   const float *values, size_t count)
{
    hone_onnx_attribute *attribute =
        add_attribute(writer, node, name, HONE__ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOATS);
    float *copy = allocate(writer, count * sizeof *copy);
    if (attribute == NULL || copy == NULL)
        return;
    memcpy(copy, values, count * sizeof *copy);
    attribute->floats = copy;
    attribute->n_floats = count;
}

void hone_internal_onnx_set_texts(hone_onnx_writer *writer, hone_onnx_node *node, const char *name,
                                  const char *const *values, size_t count)
{
    hone_onnx_attribute *attribute =
        add_attribute(writer, node, name, HONE__ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__STRINGS);
    ProtobufCBinaryData *copy = allocate(writer, count * sizeof *copy);
    if (attribute == NULL || copy == NULL)
        return;
    for (size_t i = 0; i < count; i++) {
        char *text = copy_text(writer, values[i]);
        copy[i] = (ProtobufCBinaryData){text == NULL ? 0 : strlen(text), (uint8_t *)text};
    }
    attribute->strings = copy;
    attribute->n_strings = count;
}

/* ---- tensors ---- */

static hone_onnx_tensor *make_tensor(hone_onnx_writer *writer, int32_t type, int rank, const int64_t *shape,
                                     const void *data, size_t bytes)
{
    hone_onnx_tensor *tensor = allocate(writer, sizeof *tensor);
    int64_t *dims = allocate(writer, (size_t)rank * sizeof *dims);
    if (tensor == NULL || dims == NULL)
        return NULL;
    *tensor = (hone_onnx_tensor)HONE__ONNX__TENSOR_PROTO__INIT;
    if (rank > 0)
        memcpy(dims, shape, (size_t)rank * sizeof *dims);
    tensor->dims = dims;
    tensor->n_dims = (size_t)rank;
    tensor->has_data_type = tensor->has_raw_data = 1;
    tensor->data_type = type;
    tensor->raw_data = (ProtobufCBinaryData){bytes, (uint8_t *)(uintptr_t)data};
    return tensor;
}

/* Numbers as raw data has them: little-endian. */
static const void *copy_data(hone_onnx_writer *writer, const void *data, size_t count, size_t size)
{
    void *copy = allocate(writer, count * size);
    if (copy == NULL || count == 0)
        return copy;
    memcpy(copy, data, count * size);
    hone_internal_little_endian(copy, count, size);
    return copy;
}

static const char *add_tensor(hone_onnx_writer *writer, const char *name, hone_onnx_tensor *tensor)
{
    if (tensor == NULL)
        return NULL;
    tensor->name = name != NULL ? copy_text(writer, name) : format_name(writer, "constant");
    bool added = add_item(writer, &writer->tensors, &writer->tensor_capacity, &writer->tensor_count, tensor);
    return added ? tensor->name : NULL;
}

bool hone_internal_onnx_is_inner(const char *name)
{
    return strchr(name, ':') != NULL;
}

bool hone_internal_onnx_has_tensor(const hone_onnx_writer *writer, const char *name)
{
    for (size_t i = 0; i < writer->tensor_count; i++)
        if (strcmp(writer->tensors[i]->name, name) == 0)
            return true;
    return false;
}

const char *hone_internal_onnx_floats(hone_onnx_writer *writer, const char *name, int rank,
                                      const int64_t *shape, const float *data, bool copy)
{
    size_t count = 1;
    for (int axis = 0; axis < rank; axis++)
        count *= (size_t)shape[axis];
    const void *kept = copy || !HONE_LITTLE_ENDIAN_HOST ? copy_data(writer, data, count, sizeof *data) : data;
    return kept == NULL ? NULL
                        : add_tensor(writer, name,
                                     make_tensor(writer, HONE__ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT, rank,
                                                 shape, kept, count * sizeof *data));
}

const char *hone_internal_onnx_integers(hone_onnx_writer *writer, int rank, const int64_t *values,
                                        size_t count)
{
    const void *kept = copy_data(writer, values, count, sizeof *values);
    int64_t size = (int64_t)count;
    return kept == NULL ? NULL
                        : add_tensor(writer, NULL,
                                     make_tensor(writer, HONE__ONNX__TENSOR_PROTO__DATA_TYPE__INT64, rank,
                                                 &size, kept, count * sizeof *values));
}

const char *hone_internal_onnx_number(hone_onnx_writer *writer, double number)
{
    float value = (float)number;
    return hone_internal_onnx_floats(writer, NULL, 0, NULL, &value, true);
}

void hone_internal_onnx_set_value(hone_onnx_writer *writer, hone_onnx_node *node, double number)
{
    float value = (float)number;
    const void *kept = copy_data(writer, &value, 1, sizeof value);
    hone_onnx_attribute *attribute =
        add_attribute(writer, node, "value", HONE__ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__TENSOR);
    if (attribute != NULL && kept != NULL)
        attribute->t = make_tensor(writer, HONE__ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT, 1, (int64_t[]){1},
                                   kept, sizeof value);
}

/* ---- inputs, outputs, properties ---- */

static Hone__Onnx__TensorShapeProto__Dimension *make_dimension(hone_onnx_writer *writer, int64_t size,
                                                               const char *free_name)
{
    Hone__Onnx__TensorShapeProto__Dimension *dimension = allocate(writer, sizeof *dimension);
    if (dimension == NULL)
        return NULL;
    *dimension = (Hone__Onnx__TensorShapeProto__Dimension)HONE__ONNX__TENSOR_SHAPE_PROTO__DIMENSION__INIT;
    dimension->value_case = size < 0 ? HONE__ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_PARAM
                                     : HONE__ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_VALUE;
    if (size < 0)
        dimension->dim_param = copy_text(writer, free_name);
    else
        dimension->dim_value = size;
    return dimension;
}

void hone_internal_onnx_end(hone_onnx_writer *writer, hone_onnx_end_kind kind, const char *name, int rank,
                            const int64_t *sizes, const char *const *free_names)
{
    hone_onnx_value_info *info = allocate(writer, sizeof *info);
    Hone__Onnx__TypeProto *type = allocate(writer, sizeof *type);
    Hone__Onnx__TypeProto__Tensor *tensor = allocate(writer, sizeof *tensor);
    Hone__Onnx__TensorShapeProto *shape = allocate(writer, sizeof *shape);
    Hone__Onnx__TensorShapeProto__Dimension **dimensions =
        allocate(writer, (size_t)rank * sizeof *dimensions);
    if (writer->failed)
        return;
    *info = (hone_onnx_value_info)HONE__ONNX__VALUE_INFO_PROTO__INIT;
    *type = (Hone__Onnx__TypeProto)HONE__ONNX__TYPE_PROTO__INIT;
    *tensor = (Hone__Onnx__TypeProto__Tensor)HONE__ONNX__TYPE_PROTO__TENSOR__INIT;
    *shape = (Hone__Onnx__TensorShapeProto)HONE__ONNX__TENSOR_SHAPE_PROTO__INIT;
    for (int axis = 0; axis < rank; axis++)
        dimensions[axis] = make_dimension(writer, sizes[axis], free_names[axis]);
    shape->dim = dimensions;
    shape->n_dim = (size_t)rank;
    tensor->has_elem_type = 1;
    tensor->elem_type = kind == HONE_ONNX_END_IDS ? HONE__ONNX__TENSOR_PROTO__DATA_TYPE__INT64
                                                  : HONE__ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT;
    tensor->shape = shape;
    type->value_case = HONE__ONNX__TYPE_PROTO__VALUE_TENSOR_TYPE;
    type->tensor_type = tensor;
    info->name = copy_text(writer, name);
    info->type = type;
    if (kind != HONE_ONNX_END_OUTPUT)
        add_item(writer, &writer->inputs, &writer->input_capacity, &writer->input_count, info);
    else
        add_item(writer, &writer->outputs, &writer->output_capacity, &writer->output_count, info);
}

static Hone__Onnx__StringStringEntryProto *make_entry(hone_onnx_writer *writer, const char *key,
                                                      const char *value)
{
    Hone__Onnx__StringStringEntryProto *entry = allocate(writer, sizeof *entry);
    if (entry == NULL)
        return NULL;
    *entry = (Hone__Onnx__StringStringEntryProto)HONE__ONNX__STRING_STRING_ENTRY_PROTO__INIT;
    entry->key = copy_text(writer, key);
    entry->value = copy_text(writer, value);
    return entry;
}

void hone_internal_onnx_property(hone_onnx_writer *writer, const char *key, const char *value)
{
    add_item(writer, &writer->properties, &writer->property_capacity, &writer->property_count,
             make_entry(writer, key, value));
}

/* ---- to a file ---- */

enum { LEAST_EXTERNAL = 1024, EXTERNAL_ALIGNMENT = 4096 };

/* Protobuf-c gives the bytes piece by piece: small ones are gathered here. */
typedef struct file_buffer {
    ProtobufCBuffer base;
    hone_file_writer *file;
    hone_status status;
    size_t used;
    uint8_t bytes[1 << 16];
} file_buffer;

static void flush(file_buffer *buffer)
{
    if (buffer->status >= 0 && buffer->used > 0)
        buffer->status = hone_internal_file_write(buffer->file, buffer->bytes, buffer->used);
    buffer->used = 0;
}

static void append(ProtobufCBuffer *base, size_t length, const uint8_t *data)
{
    file_buffer *buffer = (file_buffer *)base;
    if (length > sizeof buffer->bytes - buffer->used)
        flush(buffer);
    if (length > sizeof buffer->bytes) {
        if (buffer->status >= 0)
            buffer->status = hone_internal_file_write(buffer->file, data, length);
        return;
    }
    memcpy(buffer->bytes + buffer->used, data, length);
    buffer->used += length;
}

static hone_status write_message(const hone_onnx_model *model, const char *path)
{
    hone_file_writer file = {0};
    file_buffer *buffer = hone_internal_allocate(sizeof *buffer);
    if (buffer == NULL)
        return HONE_ERROR_MEMORY;
    *buffer = (file_buffer){.base = {.append = append}, .file = &file};
    buffer->status = hone_internal_file_begin(&file, path);
    if (buffer->status >= 0) {
        hone__onnx__model_proto__pack_to_buffer(model, &buffer->base);
        flush(buffer);
    }
    if (buffer->status >= 0)
        buffer->status = hone_internal_file_finish(&file);
    hone_internal_file_abandon(&file);
    hone_status status = buffer->status;
    hone_internal_free(buffer);
    return status;
}

/* Where a tensor's bytes are from now on: in the file `location`, from `offset` on. */
static void move_out(hone_onnx_writer *writer, hone_onnx_tensor *tensor, const char *location, size_t offset)
{
    char text[2][32];
    snprintf(text[0], sizeof text[0], "%zu", offset);
    snprintf(text[1], sizeof text[1], "%zu", tensor->raw_data.len);
    tensor->external_data = allocate(writer, 3 * sizeof *tensor->external_data);
    if (tensor->external_data == NULL)
        return;
    tensor->external_data[0] = make_entry(writer, "location", location);
    tensor->external_data[1] = make_entry(writer, "offset", text[0]);
    tensor->external_data[2] = make_entry(writer, "length", text[1]);
    tensor->n_external_data = 3;
    tensor->has_data_location = 1;
    tensor->data_location = HONE__ONNX__TENSOR_PROTO__DATA_LOCATION__EXTERNAL;
    tensor->has_raw_data = 0;
}

/* What the writer named itself stays in the graph: constants of operations. */
static hone_status write_external(hone_onnx_writer *writer, hone_file_writer *file, const char *location)
{
    static const uint8_t zeros[EXTERNAL_ALIGNMENT] = {0};
    size_t offset = 0;
    for (size_t i = 0; i < writer->tensor_count; i++) {
        hone_onnx_tensor *tensor = writer->tensors[i];
        if (tensor->raw_data.len < LEAST_EXTERNAL || hone_internal_onnx_is_inner(tensor->name))
            continue;
        size_t gap = (EXTERNAL_ALIGNMENT - offset % EXTERNAL_ALIGNMENT) % EXTERNAL_ALIGNMENT;
        HONE_TRY(hone_internal_file_write(file, zeros, gap));
        HONE_TRY(hone_internal_file_write(file, tensor->raw_data.data, tensor->raw_data.len));
        move_out(writer, tensor, location, offset + gap);
        offset += gap + tensor->raw_data.len;
    }
    return writer->failed ? hone_error_status() : hone_internal_file_finish(file);
}

/* All tensors of some size to PATH.data. */
static hone_status move_weights_out(hone_onnx_writer *writer, const char *path)
{
    const char *slash = strrchr(path, '/');
    char *data_path = hone_internal_format("%s.data", path),
         *location = hone_internal_format("%s.data", slash ? slash + 1 : path);
    hone_file_writer file = {0};
    hone_status status = data_path == NULL || location == NULL ? HONE_ERROR_MEMORY
                                                               : hone_internal_file_begin(&file, data_path);
    if (status >= 0)
        status = write_external(writer, &file, location);
    hone_internal_file_abandon(&file);
    hone_internal_free(data_path);
    hone_internal_free(location);
    return status;
}

hone_onnx_graph hone_internal_onnx_graph(const hone_onnx_writer *writer, const char *name)
{
    hone_onnx_graph graph = HONE__ONNX__GRAPH_PROTO__INIT;
    graph.name = (char *)(uintptr_t)name;
    graph.node = writer->nodes, graph.n_node = writer->node_count;
    graph.initializer = writer->tensors, graph.n_initializer = writer->tensor_count;
    graph.input = writer->inputs, graph.n_input = writer->input_count;
    graph.output = writer->outputs, graph.n_output = writer->output_count;
    return graph;
}

hone_status hone_internal_onnx_write(hone_onnx_writer *writer, const char *graph_name, size_t most_bytes,
                                     const char *path)
{
    if (writer->failed)
        return hone_error_status();
    hone_onnx_graph graph = hone_internal_onnx_graph(writer, graph_name);
    Hone__Onnx__OperatorSetIdProto opset = HONE__ONNX__OPERATOR_SET_ID_PROTO__INIT, *opsets[] = {&opset};
    char domain[] = "", producer[] = "hone", version[] = HONE_VERSION_TEXT;
    opset.domain = domain;
    opset.has_version = 1;
    opset.version = HONE_ONNX_OPSET;
    hone_onnx_model model = HONE__ONNX__MODEL_PROTO__INIT;
    model.has_ir_version = 1;
    model.ir_version = HONE_ONNX_IR;
    model.producer_name = producer;
    model.producer_version = version;
    model.graph = &graph;
    model.opset_import = opsets;
    model.n_opset_import = 1;
    model.metadata_props = writer->properties;
    model.n_metadata_props = writer->property_count;
    if (hone__onnx__model_proto__get_packed_size(&model) > most_bytes)
        HONE_TRY(move_weights_out(writer, path));
    if (hone__onnx__model_proto__get_packed_size(&model) > INT32_MAX)
        return hone_fail(HONE_ERROR_UNSUPPORTED,
                         "%s: the graph without its weights is larger than 2 GB, the limit of ONNX", path);
    return write_message(&model, path);
}
