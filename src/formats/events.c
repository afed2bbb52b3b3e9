/* What an event log holds: scalars, histograms, images, the graph, hyper-parameters. Each is a value with a
 * tag, a tensor, and the name of the plugin that shows it. */
#include "formats/events_file.h"

#include "base/memory.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { TYPE_FLOAT = 1, TYPE_DOUBLE = 2, TYPE_STRING = 7, BINS = 30, MOST_AXES = 8 };

typedef Hone__Tensorboard__Tensor tensor;
typedef Hone__Tensorboard__TensorShape__Dim axis;

/* Protobuf's structs have no const. */
static char *mutable_text(const char *text)
{
    return (char *)(uintptr_t)text;
}

static hone_status add_value(hone_event_log *log, const char *tag, const char *plugin,
                             ProtobufCBinaryData content, tensor *values, int64_t step)
{
    Hone__Tensorboard__SummaryMetadata__PluginData data =
        HONE__TENSORBOARD__SUMMARY_METADATA__PLUGIN_DATA__INIT;
    Hone__Tensorboard__SummaryMetadata metadata = HONE__TENSORBOARD__SUMMARY_METADATA__INIT;
    Hone__Tensorboard__Summary__Value value = HONE__TENSORBOARD__SUMMARY__VALUE__INIT;
    Hone__Tensorboard__Summary summary = HONE__TENSORBOARD__SUMMARY__INIT;
    Hone__Tensorboard__Event event = HONE__TENSORBOARD__EVENT__INIT;
    data.plugin_name = mutable_text(plugin);
    data.has_content = content.len > 0;
    data.content = content;
    metadata.plugin_data = &data;
    value.tag = mutable_text(tag);
    value.metadata = &metadata;
    value.tensor = values;
    summary.n_value = 1;
    summary.value = &(Hone__Tensorboard__Summary__Value *){&value};
    event.has_wall_time = event.has_step = true;
    event.wall_time = hone_internal_event_now();
    event.step = step;
    event.summary = &summary;
    return hone_internal_event_log_add(log, &event);
}

static const ProtobufCBinaryData no_content = {0, NULL};

typedef struct shape_message {
    Hone__Tensorboard__TensorShape shape;
    axis axes[MOST_AXES], *list[MOST_AXES];
} shape_message;

static void fill_shape(shape_message *message, const int64_t *sizes, size_t rank)
{
    message->shape = (Hone__Tensorboard__TensorShape)HONE__TENSORBOARD__TENSOR_SHAPE__INIT;
    message->shape.n_dim = rank < MOST_AXES ? rank : MOST_AXES;
    message->shape.dim = message->list;
    for (size_t i = 0; i < message->shape.n_dim; i++) {
        message->axes[i] = (axis)HONE__TENSORBOARD__TENSOR_SHAPE__DIM__INIT;
        message->axes[i].has_size = true;
        message->axes[i].size = sizes[i];
        message->list[i] = &message->axes[i];
    }
}

/* Adds a tensor with these sizes, outermost first; a scalar when `rank` is 0. */
static hone_status add_tensor(hone_event_log *log, const char *tag, const char *plugin, tensor *values,
                              const int64_t *sizes, size_t rank, int64_t step)
{
    shape_message message;
    fill_shape(&message, sizes, rank);
    values->has_dtype = true;
    values->tensor_shape = &message.shape;
    return add_value(log, tag, plugin, no_content, values, step);
}

hone_status hone_internal_event_log_scalar(hone_event_log *log, const char *tag, double value, int64_t step)
{
    tensor values = HONE__TENSORBOARD__TENSOR__INIT;
    float number = (float)value;
    values.dtype = TYPE_FLOAT;
    values.n_float_val = 1;
    values.float_val = &number;
    return add_tensor(log, tag, "scalars", &values, NULL, 0, step);
}

/* ---- histograms ---- */

typedef struct extent {
    double least, greatest;
    int64_t count;
} extent;

static extent extent_of(const float *numbers, int64_t count)
{
    extent found = {HUGE_VAL, -HUGE_VAL, 0};
    for (int64_t i = 0; i < count; i++) {
        if (!isfinite(numbers[i]))
            continue;
        found.least = fmin(found.least, (double)numbers[i]);
        found.greatest = fmax(found.greatest, (double)numbers[i]);
        found.count++;
    }
    return found;
}

/* rows[bin] = left edge, right edge, count; bin = floor((x - least) / width). */
static void fill_bins(double rows[BINS][3], const float *numbers, int64_t count, extent range)
{
    double width = (range.greatest - range.least) / BINS;
    for (int bin = 0; bin < BINS; bin++) {
        rows[bin][0] = range.least + width * bin;
        rows[bin][1] = bin == BINS - 1 ? range.greatest : range.least + width * (bin + 1);
        rows[bin][2] = 0;
    }
    if (width <= 0) {
        rows[BINS - 1][2] = (double)range.count;
        return;
    }
    for (int64_t i = 0; i < count; i++) {
        if (!isfinite(numbers[i]))
            continue;
        double bin = floor(((double)numbers[i] - range.least) / width);
        rows[bin < BINS - 1 ? (int)bin : BINS - 1][2]++;
    }
}

hone_status hone_internal_event_log_histogram(hone_event_log *log, const char *tag, const float *numbers,
                                              int64_t count, int64_t step)
{
    static const int64_t sizes[] = {BINS, 3};
    double rows[BINS][3] = {{0}};
    tensor values = HONE__TENSORBOARD__TENSOR__INIT;
    extent range = extent_of(numbers, count);
    if (range.count > 0)
        fill_bins(rows, numbers, count, range);
    values.dtype = TYPE_DOUBLE;
    values.n_double_val = BINS * 3;
    values.double_val = rows[0];
    return add_tensor(log, tag, "histograms", &values, sizes, 2, step);
}

/* ---- texts ---- */

static ProtobufCBinaryData binary_of(const void *data, size_t bytes)
{
    return (ProtobufCBinaryData){bytes, (uint8_t *)(uintptr_t)data};
}

hone_status hone_internal_event_log_images(hone_event_log *log, const char *tag, int64_t width,
                                           int64_t height, const hone_event_image *images, size_t count,
                                           int64_t step)
{
    char sizes[2][24];
    int64_t length = (int64_t)count + 2;
    tensor values = HONE__TENSORBOARD__TENSOR__INIT;
    ProtobufCBinaryData *texts = hone_internal_allocate_zeroed(count + 2, sizeof *texts);
    if (texts == NULL)
        return HONE_ERROR_MEMORY;
    snprintf(sizes[0], sizeof sizes[0], "%lld", (long long)width);
    snprintf(sizes[1], sizeof sizes[1], "%lld", (long long)height);
    for (size_t i = 0; i < 2; i++)
        texts[i] = binary_of(sizes[i], strlen(sizes[i]));
    for (size_t i = 0; i < count; i++)
        texts[i + 2] = binary_of(images[i].data, images[i].bytes);
    values.dtype = TYPE_STRING;
    values.n_string_val = count + 2;
    values.string_val = texts;
    hone_status status = add_tensor(log, tag, "images", &values, &length, 1, step);
    hone_internal_free(texts);
    return status;
}

hone_status hone_internal_event_log_keras_graph(hone_event_log *log, const char *json)
{
    Hone__Tensorboard__TensorShape shape = HONE__TENSORBOARD__TENSOR_SHAPE__INIT;
    tensor values = HONE__TENSORBOARD__TENSOR__INIT;
    ProtobufCBinaryData text = binary_of(json, strlen(json));
    values.has_dtype = true;
    values.dtype = TYPE_STRING;
    values.tensor_shape = &shape;
    values.n_string_val = 1;
    values.string_val = &text;
    return add_value(log, "keras", "graph_keras_model", binary_of("1", 1), &values, 0);
}

/* ---- graphs ---- */

/* A GraphDef of one node; such texts one after the other are the GraphDef of all. */
static hone_status pack_node(hone_text *graph, Hone__Tensorboard__NodeDef *node)
{
    Hone__Tensorboard__GraphDef whole = HONE__TENSORBOARD__GRAPH_DEF__INIT;
    whole.n_node = 1;
    whole.node = &node;
    size_t bytes = hone__tensorboard__graph_def__get_packed_size(&whole);
    uint8_t *packed = hone_internal_allocate(bytes);
    if (packed == NULL)
        return HONE_ERROR_MEMORY;
    hone__tensorboard__graph_def__pack(&whole, packed);
    hone_internal_text_append_n(graph, (const char *)packed, bytes);
    hone_internal_free(packed);
    return graph->failed ? HONE_ERROR_MEMORY : HONE_OK;
}

hone_status hone_internal_event_graph_add(hone_text *graph, const hone_event_node *node)
{
    char key[] = "_output_shapes";
    shape_message shape;
    Hone__Tensorboard__NodeDef packed = HONE__TENSORBOARD__NODE_DEF__INIT;
    Hone__Tensorboard__NodeDef__Entry entry = HONE__TENSORBOARD__NODE_DEF__ENTRY__INIT;
    Hone__Tensorboard__AttrValue value = HONE__TENSORBOARD__ATTR_VALUE__INIT;
    Hone__Tensorboard__AttrValue__ListValue list = HONE__TENSORBOARD__ATTR_VALUE__LIST_VALUE__INIT;
    fill_shape(&shape, node->sizes, node->rank);
    list.n_shape = 1;
    list.shape = &(Hone__Tensorboard__TensorShape *){&shape.shape};
    value.list = &list;
    entry.key = key;
    entry.value = &value;
    packed.name = mutable_text(node->name);
    packed.op = mutable_text(node->operation);
    packed.n_input = node->input_count;
    packed.input = (char **)(uintptr_t)node->inputs;
    packed.n_attr = 1;
    packed.attr = &(Hone__Tensorboard__NodeDef__Entry *){&entry};
    return pack_node(graph, &packed);
}

hone_status hone_internal_event_log_graph(hone_event_log *log, const hone_text *graph)
{
    Hone__Tensorboard__Event event = HONE__TENSORBOARD__EVENT__INIT;
    event.has_wall_time = event.has_graph_def = true;
    event.wall_time = hone_internal_event_now();
    event.graph_def = binary_of(graph->data, graph->length);
    return hone_internal_event_log_add(log, &event);
}

/* ---- hyper-parameters ---- */

/* Their values are in the plugin's data; the tensor is an empty one. */
static hone_status add_session(hone_event_log *log, const char *tag,
                               const Hone__Tensorboard__HParamsPluginData *session)
{
    Hone__Tensorboard__TensorShape shape = HONE__TENSORBOARD__TENSOR_SHAPE__INIT;
    axis empty = HONE__TENSORBOARD__TENSOR_SHAPE__DIM__INIT;
    tensor values = HONE__TENSORBOARD__TENSOR__INIT;
    size_t bytes = hone__tensorboard__hparams_plugin_data__get_packed_size(session);
    uint8_t *packed = hone_internal_allocate(bytes);
    if (packed == NULL)
        return HONE_ERROR_MEMORY;
    hone__tensorboard__hparams_plugin_data__pack(session, packed);
    shape.n_dim = 1;
    shape.dim = &(axis *){&empty};
    values.has_dtype = true;
    values.dtype = TYPE_FLOAT;
    values.tensor_shape = &shape;
    hone_status status = add_value(log, tag, "hparams", binary_of(packed, bytes), &values, 0);
    hone_internal_free(packed);
    return status;
}

/* protobuf-c's structs take texts that they do not change. */
static char *lent(const char *text)
{
    return (char *)(uintptr_t)text;
}

static bool fill_value(Hone__Tensorboard__Value *value, const hone_config *item)
{
    switch (hone_internal_config_kind(item)) {
    case HONE_CONFIG_BOOLEAN:
        value->kind_case = HONE__TENSORBOARD__VALUE__KIND_BOOL_VALUE;
        value->bool_value = hone_internal_config_as_boolean(item);
        return true;
    case HONE_CONFIG_INTEGER:
    case HONE_CONFIG_NUMBER:
        value->kind_case = HONE__TENSORBOARD__VALUE__KIND_NUMBER_VALUE;
        value->number_value = hone_internal_config_as_number(item);
        return isfinite(hone_internal_config_as_number(item));
    case HONE_CONFIG_TEXT:
        value->kind_case = HONE__TENSORBOARD__VALUE__KIND_STRING_VALUE;
        value->string_value = lent(hone_internal_config_as_text(item));
        return true;
    default: return false;
    }
}

typedef struct parameter {
    Hone__Tensorboard__Value value;
    Hone__Tensorboard__SessionStartInfo__Entry entry;
} parameter;

static size_t fill_parameters(parameter *parameters, Hone__Tensorboard__SessionStartInfo__Entry **list,
                              const hone_config *map)
{
    size_t count = 0;
    for (size_t i = 0; i < hone_internal_config_count(map); i++) {
        parameter *next = &parameters[count];
        next->value = (Hone__Tensorboard__Value)HONE__TENSORBOARD__VALUE__INIT;
        next->entry =
            (Hone__Tensorboard__SessionStartInfo__Entry)HONE__TENSORBOARD__SESSION_START_INFO__ENTRY__INIT;
        next->entry.key = lent(hone_internal_config_key(map, i));
        next->entry.value = &next->value;
        if (fill_value(&next->value, hone_internal_config_at(map, i)))
            list[count++] = &next->entry;
    }
    return count;
}

hone_status hone_internal_event_log_hyperparameters(hone_event_log *log, const hone_config *map)
{
    Hone__Tensorboard__HParamsPluginData session = HONE__TENSORBOARD__HPARAMS_PLUGIN_DATA__INIT;
    Hone__Tensorboard__SessionStartInfo start = HONE__TENSORBOARD__SESSION_START_INFO__INIT;
    parameter *parameters =
        hone_internal_allocate_zeroed(hone_internal_config_count(map) + 1, sizeof *parameters);
    start.hparams = hone_internal_allocate_zeroed(hone_internal_config_count(map) + 1, sizeof *start.hparams);
    hone_status status = parameters == NULL || start.hparams == NULL ? HONE_ERROR_MEMORY : HONE_OK;
    if (status >= 0) {
        start.n_hparams = fill_parameters(parameters, start.hparams, map);
        start.has_start_time_secs = true;
        start.start_time_secs = hone_internal_event_now();
        session.session_start_info = &start;
        status = add_session(log, "_hparams_/session_start_info", &session);
    }
    hone_internal_free(start.hparams);
    hone_internal_free(parameters);
    return status;
}

hone_status hone_internal_event_log_end(hone_event_log *log, bool success)
{
    Hone__Tensorboard__HParamsPluginData session = HONE__TENSORBOARD__HPARAMS_PLUGIN_DATA__INIT;
    Hone__Tensorboard__SessionEndInfo end = HONE__TENSORBOARD__SESSION_END_INFO__INIT;
    end.has_status = end.has_end_time_secs = true;
    end.status = success ? 1 : 2;
    end.end_time_secs = hone_internal_event_now();
    session.session_end_info = &end;
    return add_session(log, "_hparams_/session_end_info", &session);
}
