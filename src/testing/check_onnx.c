/* ONNX graphs in tests. */
#include "testing/check_onnx.h"
#include "base/memory.h"
#include "base/text.h"
#include "formats/onnx.h"
#include "graph/variable.h"
#include "layers/layer.h"
#include <hone/export.h>
#include "testing/files.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BATCH = 2, MOST_NUMBERS = 4096, MOST_VALUES = 32, MOST_OPERANDS = 8 };

AROUND_ALL(testing_folder_make, testing_folder_remove);

/* ---- numbers ---- */

float onnx_constant(int constant, int64_t i)
{
    return (float)(0.3 + 0.7 * sin((double)constant * 1.7 + (double)i * 0.9));
}

float onnx_input(int64_t i)
{
    return (float)(2.5 * sin(0.4 + (double)i * 1.3));
}

static int64_t count_of(hone_shape shape)
{
    int64_t count = 1;
    for (int axis = 0; axis < shape.rank; axis++)
        count *= shape.size[axis];
    return count;
}

static hone_shape with_batch(const char *sample)
{
    hone_shape shape = {.rank = 1, .size = {BATCH}};
    for (const char *at = sample; *at != '\0'; at += strspn(at, ", ")) {
        shape.size[shape.rank++] = *at == 'N' ? HONE_ANY : atoi(at);
        at += strcspn(at, ",");
    }
    return shape;
}

static int64_t predict(hone_model *model, const char *sample, float *y)
{
    float x[MOST_NUMBERS];
    const hone_shape shape = with_batch(sample);
    hone_array *result[1];
    assert_true(count_of(shape) <= MOST_NUMBERS);
    for (int64_t i = 0; i < count_of(shape); i++)
        x[i] = onnx_input(i);
    hone_batch batch = {.x = {hone_array_view(x, HONE_FLOAT32, shape.rank, shape.size)}};
    if (hone_predict_on_batch(model, &batch, false, result) < 0)
        fail_msg("%s", hone_error_message());
    const int64_t count = hone_array_count(result[0]);
    assert_true(count <= MOST_NUMBERS);
    memcpy(y, result[0]->data, (size_t)count * sizeof *y);
    hone_array_free(result[0]);
    return count;
}

void onnx_predict(hone_model *model, const char *sample, float *y, int64_t count)
{
    float all[MOST_NUMBERS];
    if (model == NULL)
        fail_msg("%s", hone_error_message());
    assert_int_equal(predict(model, sample, all), count);
    memcpy(y, all, (size_t)count * sizeof *y);
}

static void check_same(const char *name, hone_model *received, hone_model *expected, const char *sample)
{
    float one[MOST_NUMBERS], other[MOST_NUMBERS];
    const int64_t count = predict(expected, sample, one);
    if (predict(received, sample, other) != count)
        fail_msg("%s: another count of numbers", name);
    for (int64_t i = 0; i < count; i++)
        if (!(fabsf(one[i] - other[i]) <= 1e-5f * (1 + fabsf(one[i]))) && !(isnan(one[i]) && isnan(other[i])))
            fail_msg("%s: number %d is %g, not %g", name, (int)i, (double)other[i], (double)one[i]);
}

/* ---- models from layers ---- */

static void scatter_weights(hone_model *model)
{
    for (int i = 0; i < hone_model_weight_count(model); i++) {
        hone_variable *weight = hone_model_weight(model, i);
        const bool positive = strstr(weight->name, "variance") != NULL;
        for (int64_t j = 0; j < hone_internal_variable_count(weight); j++)
            hone_internal_variable_data(weight)[j] = onnx_constant(i + 3, j) + (positive ? 1 : 0);
    }
}

hone_model *onnx_layers(const char *sample, const char *layers)
{
    char text[400], *rest = text;
    snprintf(text, sizeof text, "input(shape=[%s], name=x)", sample);
    hone_tensor *x = hone_tensor_input(hone_layer_from_text(text)), *y = x;
    snprintf(text, sizeof text, "%s", layers);
    for (char *layer; (layer = strsep(&rest, ";")) != NULL && y != NULL;) {
        layer += strspn(layer, " ");
        const bool beside = *layer == '@', node = layer[beside] == '%';
        hone_layer *made = node ? hone_internal_layer_of_family("operation", layer + beside + 1)
                                : hone_layer_from_text(layer + beside);
        y = made == NULL ? NULL : beside ? hone_apply(made, y, x) : hone_apply(made, y);
    }
    hone_model *model = y == NULL ? NULL : hone_functional((x), (y));
    if (model == NULL)
        fail_msg("%s: %s", layers, hone_error_message());
    scatter_weights(model);
    return model;
}

/* ---- graphs from text ---- */

typedef struct graph_text {
    hone_onnx_writer writer;
    struct {
        char name[32];
        const char *value;
    } values[MOST_VALUES];
    int value_count, constants;
    char text[600], *at;
} graph_text;

static void skip_over(graph_text *graph, const char *letters)
{
    graph->at += strspn(graph->at, letters);
}

static const char *value_named(const graph_text *graph, const char *name, size_t length)
{
    for (int i = 0; i < graph->value_count; i++)
        if (strlen(graph->values[i].name) == length && strncmp(graph->values[i].name, name, length) == 0)
            return graph->values[i].value;
    fail_msg("no value %.*s in \"%s\"", (int)length, name, graph->text);
    return NULL;
}

/* "[2, 3]" or "{2, 3}", behind its bracket. */
static size_t read_integers(graph_text *graph, int64_t *list)
{
    size_t count = 0;
    for (skip_over(graph, " ,"); *graph->at != ']' && *graph->at != '}'; skip_over(graph, " ,"))
        list[count++] = strtoll(graph->at, &graph->at, 10);
    graph->at++;
    return count;
}

static const char *read_constant(graph_text *graph)
{
    static float numbers[MOST_NUMBERS];
    hone_shape shape = {0};
    graph->at++;
    shape.rank = (int)read_integers(graph, shape.size);
    for (int64_t i = 0; i < count_of(shape); i++)
        numbers[i] = onnx_constant(graph->constants, i);
    graph->constants++;
    return hone_internal_onnx_floats(&graph->writer, NULL, shape.rank, shape.size, numbers, true);
}

static const char *read_number(graph_text *graph)
{
    char *end;
    const double number = strtod(graph->at, &end);
    const int64_t whole = (int64_t)number;
    graph->at = end;
    if (*end != 'i')
        return hone_internal_onnx_number(&graph->writer, number);
    graph->at++;
    return hone_internal_onnx_integers(&graph->writer, 0, &whole, 1);
}

static const char *read_operand(graph_text *graph)
{
    int64_t list[16];
    if (*graph->at == '[')
        return read_constant(graph);
    if (*graph->at == '_')
        return graph->at++, "";
    if (isdigit((unsigned char)*graph->at) || *graph->at == '-')
        return read_number(graph);
    if (*graph->at == '{') {
        graph->at++;
        const size_t count = read_integers(graph, list);
        return hone_internal_onnx_integers(&graph->writer, 1, list, count);
    }
    const size_t length = strspn(graph->at, "abcdefghijklmnopqrstuvwxyz");
    graph->at += length;
    return value_named(graph, graph->at - length, length);
}

/* Nothing in the library writes a text. */
static void set_text(graph_text *graph, hone_onnx_node *node, const char *name, const char *value)
{
    hone_internal_onnx_set_int(&graph->writer, node, name, 0);
    hone_onnx_attribute *attribute = node->attribute[node->n_attribute - 1];
    attribute->type = HONE__ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__STRING;
    attribute->has_i = 0;
    attribute->has_s = 1;
    attribute->s.len = strlen(value);
    attribute->s.data = (uint8_t *)hone_internal_arena_copy_text(&graph->writer.arena, value);
}

/* "axis=1", "alpha=0.5", "perm=[0, 2, 1]", "approximate='tanh'" */
static void read_attribute(graph_text *graph, hone_onnx_node *node)
{
    char name[32] = {0};
    int64_t list[16];
    const size_t length = strcspn(graph->at, "=");
    memcpy(name, graph->at, length);
    graph->at += length + 1;
    if (*graph->at == '[') {
        graph->at++;
        const size_t count = read_integers(graph, list);
        hone_internal_onnx_set_ints(&graph->writer, node, name, list, count);
    } else if (*graph->at == '\'') {
        char *text = graph->at + 1;
        graph->at = strchr(text, '\'');
        *graph->at++ = '\0';
        set_text(graph, node, name, text);
    } else {
        char *end;
        const double number = strtod(graph->at, &end);
        if (memchr(graph->at, '.', (size_t)(end - graph->at)) != NULL)
            hone_internal_onnx_set_float(&graph->writer, node, name, number);
        else
            hone_internal_onnx_set_int(&graph->writer, node, name, (int64_t)number);
        graph->at = end;
    }
}

/* "y = Relu(x)" and attributes, up to ";" */
static const char *read_statement(graph_text *graph)
{
    char op[64] = {0}, name[32] = {0};
    const char *operands[MOST_OPERANDS];
    size_t count = 0, length = strcspn(graph->at, " =");
    memcpy(name, graph->at, length);
    graph->at += length;
    skip_over(graph, " =");
    length = strcspn(graph->at, "(");
    memcpy(op, graph->at, length);
    graph->at += length + 1;
    for (skip_over(graph, " ,"); *graph->at != ')'; skip_over(graph, " ,"))
        operands[count++] = read_operand(graph);
    graph->at++;
    hone_onnx_node *node = hone_internal_onnx_node(&graph->writer, op, operands, count);
    for (skip_over(graph, " "); *graph->at != ';' && *graph->at != '\0'; skip_over(graph, " "))
        read_attribute(graph, node);
    skip_over(graph, "; ");
    memcpy(graph->values[graph->value_count].name, name, sizeof name);
    return graph->values[graph->value_count++].value = hone_internal_onnx_output(node);
}

hone_model *onnx_graph(const char *sample, const char *text)
{
    graph_text graph = {.values = {{"x", "x"}}, .value_count = 1};
    const char *const free_names[] = {"batch", "", "", "", "", "", "", ""};
    const char *path = testing_path("graph.onnx"), *last = NULL;
    hone_shape shape = with_batch(sample);
    shape.size[0] = HONE_ANY;
    snprintf(graph.text, sizeof graph.text, "%s", text);
    graph.writer.scope = "part";
    for (graph.at = graph.text; *graph.at != '\0';)
        last = read_statement(&graph);
    hone_internal_onnx_end(&graph.writer, HONE_ONNX_END_INPUT, "x", shape.rank, shape.size, free_names);
    hone_internal_onnx_end(&graph.writer, HONE_ONNX_END_OUTPUT, last, 1, (int64_t[]){HONE_ANY}, free_names);
    assert_true(hone_internal_onnx_write(&graph.writer, "graph", HONE_ONNX_MOST_BYTES, path) >= 0);
    hone_internal_onnx_writer_free(&graph.writer);
    return hone_load(path);
}

/* ---- checks ---- */

static void check_operators(const onnx_example *example, const hone_onnx_graph *graph)
{
    hone_text written = {0};
    for (size_t n = 0; n < graph->n_node; n++)
        hone_internal_text_format(&written, "%s%s", n > 0 ? " " : "", graph->node[n]->op_type);
    if (example->operators != NULL &&
        strcmp(written.data != NULL ? written.data : "", example->operators) != 0)
        fail_msg("%s: written are \"%s\", not \"%s\"", example->name, written.data, example->operators);
    hone_internal_text_free(&written);
}

/* Takes out of a file what says which model it was. */
static void drop_metadata(const onnx_example *example, const char *path)
{
    hone_onnx_file *file = hone_internal_onnx_open(path);
    if (file == NULL)
        fail_msg("%s: %s", example->name, hone_error_message());
    check_operators(example, file->model->graph);
    const size_t properties = file->model->n_metadata_props;
    file->model->n_metadata_props = 0;
    const size_t bytes = hone__onnx__model_proto__get_packed_size(file->model);
    uint8_t *packed = hone_internal_allocate(bytes);
    assert_non_null(packed);
    hone__onnx__model_proto__pack(file->model, packed);
    file->model->n_metadata_props = properties;
    hone_internal_onnx_close(file);
    testing_file("written.onnx", packed, bytes);
    hone_internal_free(packed);
}

static const char *write_graph(const onnx_example *example, hone_model *model)
{
    const char *path = testing_path("written.onnx");
    if (hone_export_onnx(model, path) < 0)
        fail_msg("%s: %s", example->name, hone_error_message());
    drop_metadata(example, path);
    return path;
}

void check_onnx_both(const onnx_example *example)
{
    hone_model *model = onnx_layers(example->sample, example->layers);
    hone_model *back = hone_load(write_graph(example, model));
    if (back == NULL)
        fail_msg("%s: %s", example->name, hone_error_message());
    check_same(example->name, back, model, example->sample);
    hone_model_free(model);
    hone_model_free(back);
}

void check_onnx_written(const onnx_example *example)
{
    hone_model *model = onnx_layers(example->sample, example->layers);
    write_graph(example, model);
    hone_model_free(model);
}

void check_onnx_read(const onnx_example *example)
{
    hone_model *expected = onnx_layers(example->sample, example->layers);
    hone_model *received = onnx_graph(example->sample, example->graph);
    if (received == NULL)
        fail_msg("%s: %s", example->name, hone_error_message());
    check_same(example->name, received, expected, example->sample);
    hone_model_free(expected);
    hone_model_free(received);
}

void check_onnx_refused(const onnx_example *example)
{
    char named[64];
    const char *op = strchr(example->graph, '=') + 2;
    hone_model *model = onnx_graph(example->sample, example->graph);
    if (model != NULL)
        fail_msg("%s: \"%s\" is read", example->name, example->graph);
    snprintf(named, sizeof named, "part/%.*s", (int)strcspn(op, "("), op);
    const char *said = hone_error_message();
    if (strstr(said, example->part) == NULL ||
        (strchr(example->graph, ';') == NULL && strstr(said, named) == NULL))
        fail_msg("%s: \"%s\" lacks \"%s\" or \"%s\"", example->name, said, example->part, named);
}

void check_onnx_not_written(const onnx_example *example)
{
    hone_model *model = onnx_layers(example->sample, example->layers);
    if (hone_export_onnx(model, testing_path("refused.onnx")) >= 0)
        fail_msg("%s: it is written", example->name);
    if (strstr(hone_error_message(), example->part) == NULL)
        fail_msg("%s: \"%s\" lacks \"%s\"", example->name, hone_error_message(), example->part);
    hone_model_free(model);
}
