/* Reading ONNX files: the checks of a graph, and what is found in it. */
#include "formats/onnx.h"
#include "testing/files.h"
#include "testing/message.h"

AROUND_ALL(testing_folder_make, testing_folder_remove);

/* A graph y = Relu(x), z = Add(y, w) whose parts tests change before it is packed. */
typedef struct sample {
    hone_onnx_model model;
    hone_onnx_graph graph;
    Hone__Onnx__OperatorSetIdProto opset, *opsets[1];
    hone_onnx_node relu, add, *nodes[2];
    hone_onnx_attribute attribute, *attributes[1];
    hone_onnx_tensor w, *tensors[1];
    hone_onnx_value_info x, z, *inputs[1], *outputs[1];
    Hone__Onnx__StringStringEntryProto property, *properties[1];
    char *relu_ends[2], *add_ends[3];
    int64_t dims[1];
    float numbers[2];
    ProtobufCBinaryData bytes;
} sample;

static void begin(sample *s)
{
    *s = (sample){.model = HONE__ONNX__MODEL_PROTO__INIT,
                  .graph = HONE__ONNX__GRAPH_PROTO__INIT,
                  .opset = HONE__ONNX__OPERATOR_SET_ID_PROTO__INIT,
                  .relu = HONE__ONNX__NODE_PROTO__INIT,
                  .add = HONE__ONNX__NODE_PROTO__INIT,
                  .attribute = HONE__ONNX__ATTRIBUTE_PROTO__INIT,
                  .w = HONE__ONNX__TENSOR_PROTO__INIT,
                  .x = HONE__ONNX__VALUE_INFO_PROTO__INIT,
                  .z = HONE__ONNX__VALUE_INFO_PROTO__INIT,
                  .property = HONE__ONNX__STRING_STRING_ENTRY_PROTO__INIT,
                  .relu_ends = {"x", "y"},
                  .add_ends = {"y", "w", "z"},
                  .dims = {2},
                  .numbers = {1, 2}};
    s->model.has_ir_version = s->opset.has_version = 1;
    s->model.ir_version = 8;
    s->opset.version = 17;
    s->model.graph = &s->graph;
    s->opsets[0] = &s->opset, s->model.opset_import = s->opsets, s->model.n_opset_import = 1;
    s->property.key = "key", s->property.value = "value";
    s->properties[0] = &s->property, s->model.metadata_props = s->properties, s->model.n_metadata_props = 1;
    s->relu.op_type = "Relu", s->relu.input = s->relu_ends, s->relu.n_input = 1;
    s->relu.output = s->relu_ends + 1, s->relu.n_output = 1;
    s->add.op_type = "Add", s->add.name = "sum", s->add.input = s->add_ends, s->add.n_input = 2;
    s->add.output = s->add_ends + 2, s->add.n_output = 1;
    s->attributes[0] = &s->attribute, s->attribute.name = "a", s->add.attribute = s->attributes;
    s->nodes[0] = &s->relu, s->nodes[1] = &s->add, s->graph.node = s->nodes, s->graph.n_node = 2;
    s->w.name = "w", s->w.dims = s->dims, s->w.n_dims = 1, s->w.has_data_type = 1, s->w.data_type = 1;
    s->w.float_data = s->numbers, s->w.n_float_data = 2;
    s->tensors[0] = &s->w, s->graph.initializer = s->tensors, s->graph.n_initializer = 1;
    s->x.name = "x", s->inputs[0] = &s->x, s->graph.input = s->inputs, s->graph.n_input = 1;
    s->z.name = "z", s->outputs[0] = &s->z, s->graph.output = s->outputs, s->graph.n_output = 1;
    s->bytes = (ProtobufCBinaryData){1, (uint8_t *)"g"};
}

static hone_onnx_file *parse(const sample *s)
{
    static uint8_t packed[4096];
    assert_true(hone__onnx__model_proto__get_packed_size(&s->model) <= sizeof packed);
    hone_error_clear();
    return hone_internal_onnx_parse(packed, hone__onnx__model_proto__pack(&s->model, packed), "a.onnx");
}

static void no_graph(sample *s)
{
    s->model.graph = NULL;
}
static void old_format(sample *s)
{
    s->model.ir_version = 2;
}
static void new_format(sample *s)
{
    s->model.ir_version = HONE_ONNX_MOST_IR + 1;
}
static void no_format(sample *s)
{
    s->model.has_ir_version = 0;
}
static void old_operators(sample *s)
{
    s->opset.version = HONE_ONNX_LEAST_OPSET - 1;
}
static void new_operators(sample *s)
{
    s->opset.version = HONE_ONNX_MOST_OPSET + 1;
}
static void other_operators(sample *s)
{
    s->opset.domain = "com.example";
}
static void functions(sample *s)
{
    s->model.functions = &s->bytes, s->model.n_functions = 1;
}
static void sparse(sample *s)
{
    s->graph.sparse_initializer = &s->bytes, s->graph.n_sparse_initializer = 1;
}
static void input_without_name(sample *s)
{
    s->x.name = NULL;
}
static void tensor_without_name(sample *s)
{
    s->w.name = "";
}
static void value_twice(sample *s)
{
    s->add_ends[2] = "x";
}
static void tensor_twice(sample *s)
{
    s->relu_ends[1] = "w";
}
static void no_operator(sample *s)
{
    s->relu.op_type = NULL;
}
static void other_domain(sample *s)
{
    s->add.domain = "com.example";
}
static void cycle(sample *s)
{
    s->relu_ends[0] = "z";
}
static void gap(sample *s)
{
    s->add_ends[0] = "nowhere";
}
static void inner_graph(sample *s)
{
    s->add.n_attribute = 1, s->attribute.has_g = 1, s->attribute.g = s->bytes;
}
static void inner_tensors(sample *s)
{
    s->add.n_attribute = 1, s->attribute.has_type = 1;
    s->attribute.type = HONE__ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__TENSORS;
}
static void nameless_attribute(sample *s)
{
    s->add.n_attribute = 1, s->attribute.name = NULL;
}
static void no_output(sample *s)
{
    s->graph.n_output = 0;
}
static void other_output(sample *s)
{
    s->z.name = "q";
}
static void output_without_name(sample *s)
{
    s->z.name = NULL;
}

static const struct {
    const char *name;
    void (*change)(sample *s);
    const char *words;
} mistakes[] = {
    {"no graph", no_graph, "it has no graph, so it is not an ONNX model"},
    {"too old a format", old_format, "its IR version (2) is not one of 3 to 13"},
    {"too new a format", new_format, "its IR version (14) is not one of 3 to 13"},
    {"no format", no_format, "is not one of 3 to 13"},
    {"too old operators", old_operators, "its opset version (6) is not one of 7 to 25"},
    {"too new operators", new_operators, "its opset version (26) is not one of 7 to 25"},
    {"operators of others alone", other_operators, "its opset version (0) is not one of 7 to 25"},
    {"functions", functions, "functions defined in the model are not supported"},
    {"sparse tensors", sparse, "sparse tensors are not supported"},
    {"an input without a name", input_without_name, "an input has no name"},
    {"a tensor without a name", tensor_without_name, "a tensor has no name"},
    {"a value given twice", value_twice, "the value \"x\" is given twice"},
    {"a tensor given twice", tensor_twice, "the value \"w\" is given twice"},
    {"a node without an operator", no_operator, "node 0 (\"y\", no operator): it has no operator"},
    {"a node of another domain", other_domain,
     "node 1 (\"sum\", Add): operators of the domain \"com.example\" are not supported"},
    {"a cycle", cycle, "node 0 (\"y\", Relu): its input \"z\" is not produced before it"},
    {"a gap", gap, "node 1 (\"sum\", Add): its input \"nowhere\" is not produced before it"},
    {"a graph within a node", inner_graph, "node 1 (\"sum\", Add): graphs and lists of tensors"},
    {"tensors within a node", inner_tensors, "node 1 (\"sum\", Add): graphs and lists of tensors"},
    {"an attribute without a name", nameless_attribute, "node 1 (\"sum\", Add): an attribute has no name"},
    {"no output", no_output, "the graph has no output"},
    {"an output of nothing", other_output, "no node produces the output \"q\""},
    {"an output without a name", output_without_name, "an output has no name"},
};

TEST_EACH(refuses, mistakes)
{
    sample s;
    begin(&s);
    row->change(&s);
    assert_null(parse(&s));
    assert_message_has("a.onnx: ");
    assert_message_has(row->words);
}

static void operators_by_name(sample *s)
{
    s->opset.domain = "ai.onnx", s->add.domain = "ai.onnx";
}
static void left_out(sample *s)
{
    s->add_ends[0] = "";
}
/* Until IR 3 constants were listed among the inputs too. */
static void constant_input(sample *s)
{
    s->x.name = "w", s->relu_ends[0] = "w";
}
static void number_attribute(sample *s)
{
    s->add.n_attribute = 1, s->attribute.has_type = 1;
    s->attribute.type = HONE__ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INTS;
}

static const struct {
    const char *name;
    void (*change)(sample *s);
} good[] = {{"the domain by its name", operators_by_name},
            {"an operand left out", left_out},
            {"a constant among the inputs", constant_input},
            {"an attribute", number_attribute}};

TEST_EACH(takes, good)
{
    sample s;
    begin(&s);
    row->change(&s);
    hone_onnx_file *file = parse(&s);
    if (file == NULL)
        fail_msg("%s", hone_error_message());
    hone_internal_onnx_close(file);
}

TEST(values_are_found_by_name)
{
    sample s;
    begin(&s);
    number_attribute(&s);
    hone_onnx_file *file = parse(&s);
    assert_non_null(file);
    assert_int_equal(file->opset, 17);
    assert_int_equal(hone_internal_onnx_source(file, "x")->kind, HONE_ONNX_INPUT);
    assert_int_equal(hone_internal_onnx_source(file, "w")->kind, HONE_ONNX_TENSOR);
    assert_int_equal(hone_internal_onnx_source(file, "z")->kind, HONE_ONNX_NODE);
    assert_int_equal(hone_internal_onnx_source(file, "z")->index, 1);
    assert_null(hone_internal_onnx_source(file, "q"));
    assert_ptr_equal(hone_internal_onnx_tensor(file, "w"), file->model->graph->initializer[0]);
    assert_null(hone_internal_onnx_tensor(file, "x"));
    assert_null(hone_internal_onnx_tensor(file, "z"));
    assert_string_equal(hone_internal_onnx_get_property(file, "key"), "value");
    assert_null(hone_internal_onnx_get_property(file, "value"));
    assert_non_null(hone_internal_onnx_attribute(file->model->graph->node[1], "a"));
    assert_null(hone_internal_onnx_attribute(file->model->graph->node[1], "b"));
    hone_internal_onnx_close(file);
}

TEST(what_is_no_message_is_told)
{
    assert_null(hone_internal_onnx_parse("\xff\xff\xff", 3, "a.onnx"));
    assert_message_has("a.onnx: it is damaged, or not an ONNX model");
    assert_null(hone_internal_onnx_parse("", 0, "a.onnx"));
    assert_message_has("a.onnx: it has no graph");
}

/* A model of two messages' bytes is "out of memory", never "damaged", at whichever block there is none. */
TEST(failing_allocations_are_told_as_such)
{
    static const char model[] = "\x08\x08\x3a\x03\x12\x01g"; /* ir_version 8, a graph of a name */
    bool done = false;
    for (int64_t n = 0; !done; n++) {
        hone_internal_fail_allocations_after(n);
        hone_onnx_file *file = hone_internal_onnx_parse(model, sizeof model - 1, "a.onnx");
        hone_internal_fail_allocations_after(-1);
        assert_null(file); /* it has no opset */
        done = hone_error_status() != HONE_ERROR_MEMORY;
    }
    assert_message_has("a.onnx: its opset version (0)");
}
