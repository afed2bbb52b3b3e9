/* Reading ONNX files, which nobody vouches for: the bytes become messages under a budget of memory, and the
 * graph is checked before anything is made of it. Tensors are in onnx_tensor.c. */
#include "base/file.h"
#include "base/limits.h"
#include "formats/onnx.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
    MOST_NODES = HONE_LIMIT_ONNX_NODES,
    MOST_ENDS = HONE_LIMIT_ONNX_VALUES,
    MOST_NAME = HONE_LIMIT_ONNX_NAME
};

/* ---- memory of the messages: a header with the size goes in front of each block ---- */

enum { BLOCK_HEADER = 16 };

static void *take_block(void *context, size_t bytes)
{
    hone_onnx_file *file = context;
    size_t whole;
    if (!hone_internal_add_size(bytes, BLOCK_HEADER, &whole) || whole > file->limit - file->in_use) {
        file->exhausted = true;
        return NULL;
    }
    char *block = hone_internal_allocate(whole);
    if (block == NULL) {
        file->refused = true;
        return NULL;
    }
    memcpy(block, &whole, sizeof whole);
    file->in_use += whole;
    return block + BLOCK_HEADER;
}

static void give_block(void *context, void *pointer)
{
    hone_onnx_file *file = context;
    size_t whole;
    if (pointer == NULL)
        return;
    char *block = (char *)pointer - BLOCK_HEADER;
    memcpy(&whole, block, sizeof whole);
    file->in_use -= whole;
    hone_internal_free(block);
}

/* ---- names: where each value of the graph comes from ---- */

static size_t hash_of(const char *name)
{
    uint64_t hash = 0xcbf29ce484222325u;
    for (; *name != '\0'; name++)
        hash = (hash ^ (unsigned char)*name) * 0x100000001b3u;
    return (size_t)(hash ^ hash >> 32);
}

static hone_onnx_source *find_slot(const hone_onnx_file *file, const char *name)
{
    size_t mask = file->source_slots - 1;
    for (size_t i = hash_of(name) & mask;; i = (i + 1) & mask)
        if (file->sources[i].name == NULL || strcmp(file->sources[i].name, name) == 0)
            return &file->sources[i];
}

const hone_onnx_source *hone_internal_onnx_source(const hone_onnx_file *file, const char *name)
{
    const hone_onnx_source *source = find_slot(file, name);
    return source->name == NULL ? NULL : source;
}

static hone_status make_sources(hone_onnx_file *file)
{
    const hone_onnx_graph *graph = file->model->graph;
    size_t count = graph->n_input + graph->n_initializer + 1, slots = 16;
    for (size_t n = 0; n < graph->n_node; n++)
        count += graph->node[n]->n_output;
    if (count > MOST_ENDS)
        return hone_fail(HONE_ERROR_FORMAT, "the graph has %zu values, more than %d", count, MOST_ENDS);
    while (slots < 2 * count)
        slots *= 2;
    file->sources = hone_internal_allocate_zeroed(slots, sizeof *file->sources);
    file->source_slots = slots;
    return file->sources == NULL ? HONE_ERROR_MEMORY : HONE_OK;
}

static hone_status check_name(const char *name, const char *what)
{
    if (name == NULL || name[0] == '\0')
        return hone_fail(HONE_ERROR_FORMAT, "%s has no name", what);
    if (strlen(name) > MOST_NAME)
        return hone_fail(HONE_ERROR_FORMAT, "%s has a name of more than %d bytes", what, MOST_NAME);
    return HONE_OK;
}

/* Until IR 3 constants were listed among the inputs too, so that a tensor may take over an input's name. */
static hone_status add_source(hone_onnx_file *file, const char *name, hone_onnx_source_kind kind,
                              size_t index)
{
    hone_onnx_source *source = find_slot(file, name);
    if (source->name != NULL && !(source->kind == HONE_ONNX_INPUT && kind == HONE_ONNX_TENSOR))
        return hone_fail(HONE_ERROR_FORMAT, "the value \"%.200s\" is given twice", name);
    *source = (hone_onnx_source){.name = name, .kind = kind, .index = index};
    return HONE_OK;
}

/* ---- the graph ---- */

void hone_internal_onnx_describe(const hone_onnx_file *file, const hone_onnx_node *node, char *buffer,
                                 size_t size)
{
    size_t number = 0;
    while (number < file->model->graph->n_node && file->model->graph->node[number] != node)
        number++;
    const char *name = node->name != NULL && node->name[0] != '\0' ? node->name
                       : node->n_output > 0                        ? node->output[0]
                                                                   : "";
    snprintf(buffer, size, "node %zu (\"%.64s\", %.32s)", number, name,
             node->op_type != NULL ? node->op_type : "no operator");
}

static hone_status fail_node(const hone_onnx_file *file, const hone_onnx_node *node, const char *what)
{
    char text[200];
    hone_internal_onnx_describe(file, node, text, sizeof text);
    return hone_fail(HONE_ERROR_FORMAT, "%s: %s", text, what);
}

static bool is_default_domain(const char *domain)
{
    return domain == NULL || domain[0] == '\0' || strcmp(domain, "ai.onnx") == 0;
}

/* Of what Hone writes: a vocabulary. */
static bool is_vocabulary(const hone_onnx_node *node)
{
    return node->domain != NULL && strcmp(node->domain, HONE_ONNX_ML) == 0 &&
           strcmp(node->op_type, "LabelEncoder") == 0;
}

static hone_status check_attributes(const hone_onnx_file *file, const hone_onnx_node *node)
{
    for (size_t i = 0; i < node->n_attribute; i++) {
        const hone_onnx_attribute *attribute = node->attribute[i];
        if (attribute->name == NULL)
            return fail_node(file, node, "an attribute has no name");
        if (attribute->has_g ||
            (attribute->has_type && attribute->type >= HONE__ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__TENSORS &&
             attribute->type != HONE__ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__UNDEFINED))
            return fail_node(file, node, "graphs and lists of tensors within a node are not supported");
    }
    return HONE_OK;
}

/* What a node reads must be there already: so there is neither a cycle nor a gap. */
static hone_status check_node(hone_onnx_file *file, size_t number)
{
    const hone_onnx_node *node = file->model->graph->node[number];
    char text[200];
    hone_internal_onnx_describe(file, node, text, sizeof text);
    if (node->op_type == NULL || node->op_type[0] == '\0')
        return fail_node(file, node, "it has no operator");
    if (!is_default_domain(node->domain) && !is_vocabulary(node))
        return hone_fail(HONE_ERROR_UNSUPPORTED, "%s: operators of the domain \"%.64s\" are not supported",
                         text, node->domain);
    HONE_TRY(check_attributes(file, node));
    for (size_t i = 0; i < node->n_input; i++)
        if (node->input[i][0] != '\0' && hone_internal_onnx_source(file, node->input[i]) == NULL)
            return hone_fail(
                HONE_ERROR_FORMAT,
                "%s: its input \"%.200s\" is not produced before it: nodes must be sorted and have no cycles",
                text, node->input[i]);
    for (size_t i = 0; i < node->n_output; i++) {
        if (node->output[i][0] == '\0')
            continue;
        HONE_TRY(check_name(node->output[i], "an output of a node"));
        HONE_TRY(add_source(file, node->output[i], HONE_ONNX_NODE, number));
    }
    return HONE_OK;
}

static hone_status check_versions(hone_onnx_file *file)
{
    const hone_onnx_model *model = file->model;
    if (!model->has_ir_version || model->ir_version < 3 || model->ir_version > HONE_ONNX_MOST_IR)
        return hone_fail(HONE_ERROR_UNSUPPORTED, "its IR version (%" PRId64 ") is not one of 3 to %d",
                         model->ir_version, HONE_ONNX_MOST_IR);
    for (size_t i = 0; i < model->n_opset_import; i++)
        if (is_default_domain(model->opset_import[i]->domain))
            file->opset = model->opset_import[i]->version;
    if (file->opset < HONE_ONNX_LEAST_OPSET || file->opset > HONE_ONNX_MOST_OPSET)
        return hone_fail(HONE_ERROR_UNSUPPORTED, "its opset version (%" PRId64 ") is not one of %d to %d",
                         file->opset, HONE_ONNX_LEAST_OPSET, HONE_ONNX_MOST_OPSET);
    return model->n_functions > 0
               ? hone_fail(HONE_ERROR_UNSUPPORTED, "functions defined in the model are not supported")
               : HONE_OK;
}

static hone_status check_graph(hone_onnx_file *file)
{
    const hone_onnx_graph *graph = file->model->graph;
    if (graph == NULL)
        return hone_fail(HONE_ERROR_FORMAT, "it has no graph, so it is not an ONNX model");
    HONE_TRY(check_versions(file));
    if (graph->n_node > MOST_NODES || graph->n_sparse_initializer > 0)
        return hone_fail(HONE_ERROR_UNSUPPORTED, graph->n_node > MOST_NODES
                                                     ? "the graph has too many nodes"
                                                     : "sparse tensors are not supported");
    HONE_TRY(make_sources(file));
    for (size_t i = 0; i < graph->n_input; i++) {
        HONE_TRY(check_name(graph->input[i]->name, "an input"));
        HONE_TRY(add_source(file, graph->input[i]->name, HONE_ONNX_INPUT, i));
    }
    for (size_t i = 0; i < graph->n_initializer; i++) {
        HONE_TRY(check_name(graph->initializer[i]->name, "a tensor"));
        HONE_TRY(add_source(file, graph->initializer[i]->name, HONE_ONNX_TENSOR, i));
    }
    for (size_t n = 0; n < graph->n_node; n++)
        HONE_TRY(check_node(file, n));
    if (graph->n_output == 0)
        return hone_fail(HONE_ERROR_FORMAT, "the graph has no output");
    for (size_t i = 0; i < graph->n_output; i++) {
        HONE_TRY(check_name(graph->output[i]->name, "an output"));
        if (hone_internal_onnx_source(file, graph->output[i]->name) == NULL)
            return hone_fail(HONE_ERROR_FORMAT, "no node produces the output \"%.200s\"",
                             graph->output[i]->name);
    }
    return HONE_OK;
}

/* ---- opening ---- */

static hone_status unpack(hone_onnx_file *file, const void *data, size_t bytes)
{
    file->allocator = (ProtobufCAllocator){take_block, give_block, file};
    file->limit = 4 * bytes + ((size_t)64 << 20);
    file->model = hone__onnx__model_proto__unpack(&file->allocator, bytes, data);
    if (file->refused)
        return hone_internal_fail_memory(bytes, "the messages of an ONNX model");
    if (file->model == NULL)
        return hone_fail(file->exhausted ? HONE_ERROR_MEMORY : HONE_ERROR_FORMAT,
                         file->exhausted ? "its messages need more memory than a file of this size may use"
                                         : "it is damaged, or not an ONNX model");
    return check_graph(file);
}

hone_onnx_file *hone_internal_onnx_parse(const void *data, size_t bytes, const char *label)
{
    hone_onnx_file *file = hone_internal_allocate_zeroed(1, sizeof *file);
    if (file == NULL)
        return NULL;
    if (bytes > INT32_MAX)
        hone_fail(HONE_ERROR_FORMAT, "%s: it is larger than 2 GB, the limit of an ONNX file", label);
    else if (unpack(file, data, bytes) >= 0)
        return file;
    else
        hone_internal_error_in(hone_error_status(), label);
    hone_internal_onnx_close(file);
    return NULL;
}

hone_onnx_file *hone_internal_onnx_open(const char *path)
{
    void *data;
    size_t bytes;
    if (hone_internal_file_read(path, INT32_MAX, &data, &bytes) < 0)
        return NULL;
    hone_onnx_file *file = hone_internal_onnx_parse(data, bytes, path);
    hone_internal_free(data);
    if (file != NULL && (file->path = hone_internal_copy_text(path)) == NULL) {
        hone_internal_onnx_close(file);
        return NULL;
    }
    return file;
}

void hone_internal_onnx_close(hone_onnx_file *file)
{
    if (file == NULL)
        return;
    if (file->model != NULL)
        hone__onnx__model_proto__free_unpacked(file->model, &file->allocator);
    hone_internal_free(file->sources);
    hone_internal_free(file->path);
    hone_internal_free(file);
}

const hone_onnx_attribute *hone_internal_onnx_attribute(const hone_onnx_node *node, const char *name)
{
    for (size_t i = 0; i < node->n_attribute; i++)
        if (strcmp(node->attribute[i]->name, name) == 0)
            return node->attribute[i];
    return NULL;
}

const hone_onnx_tensor *hone_internal_onnx_tensor(const hone_onnx_file *file, const char *name)
{
    const hone_onnx_source *source = hone_internal_onnx_source(file, name);
    if (source == NULL || source->kind == HONE_ONNX_INPUT)
        return NULL;
    if (source->kind == HONE_ONNX_TENSOR)
        return file->model->graph->initializer[source->index];
    const hone_onnx_node *node = file->model->graph->node[source->index];
    const hone_onnx_attribute *value = hone_internal_onnx_attribute(node, "value");
    return strcmp(node->op_type, "Constant") == 0 && value != NULL ? value->t : NULL;
}

const char *hone_internal_onnx_get_property(const hone_onnx_file *file, const char *key)
{
    for (size_t i = 0; i < file->model->n_metadata_props; i++) {
        const Hone__Onnx__StringStringEntryProto *entry = file->model->metadata_props[i];
        if (entry->key != NULL && strcmp(entry->key, key) == 0)
            return entry->value;
    }
    return NULL;
}
