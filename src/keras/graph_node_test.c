/* Inbound nodes: references to tensors, arguments by place and by name, in the forms of Keras 3 and 2. */
#include "formats/formats.h"
#include "keras/graph.h"
#include "testing/message.h"

#define TENSOR(name) TENSOR_AT("[\"" name "\", 0, 0]")
#define TENSOR_AT(history) \
    "{\"class_name\": \"__keras_tensor__\", \"config\": {\"keras_history\": " history "}}"
#define INPUT(name) \
    "{\"class_name\": \"InputLayer\", \"config\": {\"batch_shape\": [null, 3, 2], \"name\": \"" name \
    "\"}, \"name\": \"" name "\", \"inbound_nodes\": []}"
#define GRAPH(layer) \
    "{\"class_name\": \"Functional\", \"config\": {\"name\": \"g\", \"layers\": [" INPUT("a") ", " INPUT( \
        "b") ", " layer \
             "], \"input_layers\": [[\"a\", 0, 0], [\"b\", 0, 0]], \"output_layers\": [\"s\", 0, 0]}}"
#define LAYER(class_name, config, nodes) \
    "{\"class_name\": \"" class_name "\", \"module\": \"keras.layers\", \"config\": {" config \
    "\"name\": \"s\"}, \"name\": \"s\", \"inbound_nodes\": [" nodes "]}"
#define OPERATION(class_name, config, nodes) \
    GRAPH("{\"class_name\": \"" class_name "\", \"module\": \"keras.src.ops.numpy\", \"config\": {" config \
          "\"name\": \"s\"}, \"name\": \"s\", \"inbound_nodes\": [" nodes "]}")
#define ADD(nodes) GRAPH(LAYER("Add", "", nodes))
#define SOFTMAX(nodes) GRAPH(LAYER("Softmax", "", nodes))
#define HEADS(nodes) GRAPH(LAYER("MultiHeadAttention", "\"num_heads\": 1, \"key_dim\": 2, ", nodes))
#define CALL(args, kwargs) "{\"args\": [" args "], \"kwargs\": {" kwargs "}}"

static hone_model *read_text(const char *text)
{
    hone_config *config = hone_internal_json_parse(text, strlen(text), "test");
    assert_non_null(config);
    hone_error_clear();
    hone_model *model = hone_internal_model_from_config(config, NULL);
    hone_internal_config_free(config);
    return model;
}

/* The inputs of the last call, by the names of their layers. */
static const struct {
    const char *name, *text, *inputs[3];
    const char *role; /* of the input behind the plain ones; NULL: none */
} calls[] = {
    {"a list", ADD(CALL("[" TENSOR("a") ", " TENSOR("b") "]", "")), {"a", "b"}, NULL},
    {"the form of Keras 2", ADD("[[\"a\", 0, 0, {}], [\"b\", 0, 0, {}]]"), {"a", "b"}, NULL},
    {"the form of Keras 2 without a list", SOFTMAX("[\"a\", 0, 0, {}]"), {"a"}, NULL},
    {"an argument by its name", SOFTMAX(CALL(TENSOR("a"), "\"mask\": " TENSOR("b"))), {"a", "b"}, "mask"},
    {"an argument by its place", SOFTMAX(CALL(TENSOR("a") ", " TENSOR("b"), "")), {"a", "b"}, "mask"},
    {"an argument by its name in Keras 2",
     SOFTMAX("[[\"a\", 0, 0, {\"mask\": [\"b\", 0, 0]}]]"),
     {"a", "b"},
     "mask"},
    {"an argument that is null", SOFTMAX(CALL(TENSOR("a"), "\"mask\": null")), {"a"}, NULL},
    {"an operand by its name",
     OPERATION("Average", "", CALL(TENSOR("a"), "\"weights\": " TENSOR("b"))),
     {"a", "b"},
     NULL},
    {"inputs apart", HEADS(CALL(TENSOR("a") ", " TENSOR("b"), "")), {"a", "b"}, NULL},
    {"inputs by name",
     HEADS(CALL("", "\"value\": " TENSOR("b") ", \"query\": " TENSOR("a"))),
     {"a", "b"},
     NULL},
    {"an input by name behind one by place",
     HEADS(CALL(TENSOR("b"), "\"value\": " TENSOR("a"))),
     {"b", "a"},
     NULL},
};

TEST_EACH(a_call_is_read_from, calls)
{
    hone_model *model = read_text(row->text);
    if (model == NULL)
        fail_msg("%s", hone_error_message());
    const hone_call *call = model->outputs[0]->call;
    for (int i = 0; i < 3 && row->inputs[i] != NULL; i++)
        assert_string_equal(hone_internal_layer_label(call->inputs[i]->call->layer), row->inputs[i]);
    assert_int_equal(call->input_count, row->inputs[1] != NULL ? 2 : 1);
    assert_int_equal(call->input_count - call->plain_count, row->role != NULL);
    if (row->role != NULL)
        assert_string_equal(call->roles[0].field->name, row->role);
    hone_model_free(model);
}

#define EIGHT(text) "[[[[[[[[" text "]]]]]]]]"
static const struct {
    const char *name, *text, *words;
} refused[] = {
    {"half a reference", ADD(CALL("[" TENSOR_AT("[\"a\", 0]") "]", "")),
     "a tensor must be given as [layer, node, tensor]"},
    {"a reference by number", ADD(CALL("[" TENSOR_AT("[1, 0, 0]") "]", "")), "a tensor must be given as"},
    {"a layer that is not there", ADD(CALL("[" TENSOR("c") "]", "")), "there is no layer \"c\""},
    {"a negative node", ADD(CALL("[" TENSOR_AT("[\"a\", -1, 0]") "]", "")),
     "the node -1 of the layer \"a\" is out of range"},
    {"a negative output", ADD(CALL("[" TENSOR_AT("[\"a\", 0, -1]") "]", "")),
     "the output -1 of the layer \"a\" is out of range"},
    {"a node that is not there", ADD(CALL("[" TENSOR_AT("[\"a\", 1, 0]") "]", "")),
     "the layer \"a\" has 1 node; node 1 does not exist"},
    {"an output that is not there", ADD(CALL("[" TENSOR_AT("[\"a\", 0, 1]") "]", "")),
     "the layer \"a\" has 1 output; output 1 does not exist"},
    {"a text", ADD(CALL("\"a\"", "")), "which is not a tensor, is not supported"},
    {"arguments that are no list", ADD("{\"args\": 1, \"kwargs\": {}}"), "the args of a call must be a list"},
    {"keyword arguments that are no map", ADD("{\"args\": [" TENSOR("a") "], \"kwargs\": [1]}"),
     "the kwargs of a call must be a map"},
    {"more arguments than there are", SOFTMAX(CALL(TENSOR("a") ", null, 1, 2", "")),
     "the call of \"s\" has a positional argument"},
    {"an input twice", HEADS(CALL(TENSOR("a") ", " TENSOR("b"), "\"query\": " TENSOR("b"))),
     "the call of \"s\" is given \"query\" twice"},
    {"an input that is left out", HEADS(CALL("", "\"value\": " TENSOR("b"))),
     "the call of \"s\" lacks an input before those by name"},
    {"null among its tensors", ADD(CALL("[" TENSOR("a") ", null]", "")),
     "a call has null in the place of a tensor"},
    {"no input", SOFTMAX(CALL("", "")), "the layer \"s\" has no input"},
    {"too deep", ADD(CALL("[" EIGHT(EIGHT(EIGHT(TENSOR("a")))) "]", "")),
     "the arguments of a call are nested too deeply"},
    {"an operand that is not known", OPERATION("Average", "", CALL(TENSOR("a"), "\"heights\": " TENSOR("b"))),
     "\"heights\""},
    {"an operation over no axes", OPERATION("Sum", "\"axis\": [], ", CALL(TENSOR("a"), "")), "over no axes"},
    {"an argument that is not known", SOFTMAX(CALL(TENSOR("a"), "\"temperature\": 3")), "\"temperature\""},
};

TEST_EACH(a_call_is_refused, refused)
{
    assert_null(read_text(row->text));
    assert_message_has(row->words);
}
