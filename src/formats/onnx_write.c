/* Putting an ONNX graph together. Messages live in the writer's arena; weights are borrowed. */
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

void hone_internal_onnx_set_domain(hone_onnx_writer *writer, hone_onnx_node *node, const char *domain)
{
    if (node != NULL)
        node->domain = copy_text(writer, domain);
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
    static const int32_t types[] = {[HONE_ONNX_END_OUTPUT] = HONE__ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT,
                                    [HONE_ONNX_END_INPUT] = HONE__ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT,
                                    [HONE_ONNX_END_IDS] = HONE__ONNX__TENSOR_PROTO__DATA_TYPE__INT64,
                                    [HONE_ONNX_END_TEXTS] = HONE__ONNX__TENSOR_PROTO__DATA_TYPE__STRING};
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
    tensor->elem_type = types[kind];
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

Hone__Onnx__StringStringEntryProto *hone_internal_onnx_entry(hone_onnx_writer *writer, const char *key,
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
             hone_internal_onnx_entry(writer, key, value));
}
