/* An ONNX graph that was put together to a file; weights go straight there. */
#include "base/file.h"
#include "formats/array_files.h"
#include "formats/onnx.h"

#include <stdio.h>
#include <string.h>

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
    tensor->external_data = hone_internal_arena_allocate(&writer->arena, 3 * sizeof *tensor->external_data);
    writer->failed |= tensor->external_data == NULL;
    if (tensor->external_data == NULL)
        return;
    tensor->external_data[0] = hone_internal_onnx_entry(writer, "location", location);
    tensor->external_data[1] = hone_internal_onnx_entry(writer, "offset", text[0]);
    tensor->external_data[2] = hone_internal_onnx_entry(writer, "length", text[1]);
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

static bool has_vocabularies(const hone_onnx_writer *writer)
{
    for (size_t n = 0; n < writer->node_count; n++)
        if (writer->nodes[n]->domain != NULL && strcmp(writer->nodes[n]->domain, HONE_ONNX_ML) == 0)
            return true;
    return false;
}

static void import_opset(Hone__Onnx__OperatorSetIdProto *opset, char *domain, int64_t version)
{
    *opset = (Hone__Onnx__OperatorSetIdProto)HONE__ONNX__OPERATOR_SET_ID_PROTO__INIT;
    opset->domain = domain;
    opset->has_version = 1;
    opset->version = version;
}

hone_status hone_internal_onnx_write(hone_onnx_writer *writer, const char *graph_name, size_t most_bytes,
                                     const char *path)
{
    if (writer->failed)
        return hone_error_status();
    hone_onnx_graph graph = hone_internal_onnx_graph(writer, graph_name);
    Hone__Onnx__OperatorSetIdProto opset[2], *opsets[] = {&opset[0], &opset[1]};
    char domain[] = "", ml[] = HONE_ONNX_ML, producer[] = "hone", version[] = HONE_VERSION_TEXT;
    import_opset(&opset[0], domain, HONE_ONNX_OPSET);
    import_opset(&opset[1], ml, HONE_ONNX_ML_OPSET);
    hone_onnx_model model = HONE__ONNX__MODEL_PROTO__INIT;
    model.has_ir_version = 1;
    model.ir_version = HONE_ONNX_IR;
    model.producer_name = producer;
    model.producer_version = version;
    model.graph = &graph;
    model.opset_import = opsets;
    model.n_opset_import = has_vocabularies(writer) ? 2 : 1;
    model.metadata_props = writer->properties;
    model.n_metadata_props = writer->property_count;
    if (hone__onnx__model_proto__get_packed_size(&model) > most_bytes)
        HONE_TRY(move_weights_out(writer, path));
    if (hone__onnx__model_proto__get_packed_size(&model) > INT32_MAX)
        return hone_fail(HONE_ERROR_UNSUPPORTED,
                         "%s: the graph without its weights is larger than 2 GB, the limit of ONNX", path);
    return write_message(&model, path);
}
