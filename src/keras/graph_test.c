/* Graphs out of configs: calls by keys and by order, keyword arguments, operations, what is frozen. */
#include "base/memory.h"
#include "base/text.h"
#include "formats/formats.h"
#include "keras/keras.h"
#include "keras/unknown.h"
#include "testing/test.h"

#include <string.h>

#define TENSOR(name) \
    "{\"class_name\": \"__keras_tensor__\", \"config\": {\"keras_history\": [\"" name "\", 0, 0]}}"
#define NUMBERS(numbers) \
    "{\"class_name\": \"__numpy__\", \"config\": {\"value\": " numbers ", \"dtype\": \"float32\"}}"
#define INPUT(name) \
    "{\"class_name\": \"InputLayer\", \"config\": {\"batch_shape\": [null, 2], \"name\": \"" name \
    "\"}, \"name\": \"" name "\", \"inbound_nodes\": []}"
#define LAYER(class_name, name, config, args, kwargs) \
    "{\"class_name\": \"" class_name "\", \"module\": \"keras.layers\", \"config\": {" config \
    "\"name\": \"" name "\"}, \"name\": \"" name "\", \"inbound_nodes\": [{\"args\": [" args \
    "], \"kwargs\": {" kwargs "}}]}"
#define OPERATION(class_name, name, args) \
    "{\"class_name\": \"" class_name \
    "\", \"module\": \"keras.src.ops.numpy\", \"config\": {\"name\": \"" name "\"}, \"name\": \"" name \
    "\", \"inbound_nodes\": [{\"args\": [" args "], \"kwargs\": {}}]}"
#define GRAPH_CONFIG(trainable, layers, inputs, outputs) \
    "{\"name\": \"g\", \"trainable\": " trainable ", \"layers\": [" layers "], \"input_layers\": " inputs \
    ", \"output_layers\": " outputs "}"
#define GRAPH(trainable, layers, inputs, outputs) \
    "{\"class_name\": \"Functional\", \"config\": " GRAPH_CONFIG(trainable, layers, inputs, outputs) "}"
#define ENDS "[[\"a\", 0, 0], [\"b\", 0, 0]]"

static hone_model *read_file(const char *text, const hone_load_args *args)
{
    hone_config *config = hone_internal_json_parse(text, strlen(text), "test");
    assert_non_null(config);
    hone_model *model = hone_internal_model_from_config(config, &(hone_loading){.args = args});
    hone_internal_config_free(config);
    return model;
}

static hone_model *read_text(const char *text)
{
    return read_file(text, NULL);
}

static hone_model *read_whole(const char *text)
{
    hone_model *model = read_text(text);
    if (model == NULL)
        fail_msg("%s", hone_error_message());
    return model;
}

static void assert_refused(const char *text, const char *words)
{
    assert_null(read_text(text));
    if (strstr(hone_error_message(), words) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", hone_error_message(), words);
}

/* The layer that each input of the last call reads, by name. */
static void assert_reads(const hone_model *model, const char *first, const char *second)
{
    const hone_call *call = model->outputs[0]->call;
    assert_int_equal(call->input_count, 2);
    assert_string_equal(hone_internal_layer_label(call->inputs[0]->call->layer), first);
    assert_string_equal(hone_internal_layer_label(call->inputs[1]->call->layer), second);
}

#define INNER(inputs) \
    "{\"class_name\": \"Functional\", \"module\": \"keras\", \"name\": \"inner\", \"config\": " GRAPH_CONFIG( \
        "true", \
        INPUT("x") ", " INPUT("y") ", " LAYER("Subtract", "sub", "", "[" TENSOR("x") ", " TENSOR("y") "]", \
                                              ""), \
        inputs, \
        "[\"sub\", 0, 0]") ", \"inbound_nodes\": [{\"args\": [{\"y\": " TENSOR("a") ", \"x\": " TENSOR("b") "}], \"kwargs\": {}}]}"

static const struct {
    const char *name, *text;
} keyed[] = {
    {"inputs that are a list",
     GRAPH("true", INPUT("a") ", " INPUT("b") ", " INNER("[[\"x\", 0, 0], [\"y\", 0, 0]]"), ENDS,
           "[\"inner\", 1, 0]")},
    {"inputs that are a map",
     GRAPH("true", INPUT("a") ", " INPUT("b") ", " INNER("{\"y\": [\"y\", 0, 0], \"x\": [\"x\", 0, 0]}"),
           ENDS, "[\"inner\", 1, 0]")},
};

TEST_EACH(a_map_goes_to_the_inputs_of_its_keys, keyed)
{
    hone_model *model = read_whole(row->text);
    assert_reads(model, "b", "a"); /* x, y */
    hone_model_free(model);
}

#define SOFTMAX(kwargs) \
    GRAPH("true", INPUT("a") ", " INPUT("b") ", " LAYER("Softmax", "s", "", TENSOR("a"), kwargs), ENDS, \
          "[\"s\", 0, 0]")

TEST(a_mask_by_keyword_is_an_input_with_a_role)
{
    hone_model *model = read_whole(SOFTMAX("\"mask\": " TENSOR("b")));
    assert_reads(model, "a", "b");
    assert_int_equal(model->outputs[0]->call->plain_count, 1);
    assert_string_equal(model->outputs[0]->call->roles[0].field->name, "mask");
    hone_model_free(model);
}

TEST(numbers_in_place_of_a_tensor_are_kept)
{
    static const char given[] = "\"mask\": " NUMBERS("[[1, 0]]");
    hone_model *model = read_whole(SOFTMAX("\"mask\": " NUMBERS("[[1, 0]]")));
    assert_reads(model, "a", "array");
    hone_config *config = hone_internal_model_to_config(model);
    char *saved = hone_internal_config_to_json(config, false);
    assert_non_null(strstr(saved, given));
    assert_null(strstr(saved, "Array"));
    hone_internal_free(saved);
    hone_internal_config_free(config);
    hone_model_free(model);
}

static const struct {
    const char *name, *args, *kwargs;
    int training;
} said[] = {
    {"inputs by keyword", "", "\"inputs\": " TENSOR("a") ", \"mask\": " TENSOR("b"), -1},
    {"training by position", TENSOR("a") ", true, " TENSOR("b"), "", 1},
    {"training by keyword", TENSOR("a"), "\"training\": false, \"mask\": " TENSOR("b"), 0},
};

TEST_EACH(arguments_are_known_by_place_and_by_name, said)
{
    char *text = hone_internal_format(
        "{\"class_name\": \"Functional\", \"config\": {\"name\": \"g\", \"layers\": [" INPUT("a") ", " INPUT(
            "b") ", {\"class_name\": \"BatchNormalization\", \"module\": \"keras.layers\", \"config\": {\"name\": \"s\"}, "
                 "\"name\": \"s\", \"inbound_nodes\": [{\"args\": [%s], \"kwargs\": {%s}}]}], \"input_layers\": " ENDS
                 ", \"output_layers\": [\"s\", 0, 0]}}",
        row->args, row->kwargs);
    hone_model *model = read_whole(text);
    assert_reads(model, "a", "b");
    assert_int_equal(model->outputs[0]->call->plain_count, 1);
    assert_int_equal(model->outputs[0]->call->training, row->training);
    hone_model_free(model);
    hone_internal_free(text);
}

TEST(unknown_arguments_are_refused_or_kept)
{
    static const char text[] = SOFTMAX("\"temperature\": 3, \"training\": true, \"mask\": null");
    const hone_load_args strict = {.base = {sizeof strict, NULL}},
                         lenient = {.base = {sizeof lenient, NULL}, .ignore_unknown = true};
    assert_null(read_file(text, &strict));
    assert_non_null(strstr(hone_error_message(), "unknown setting \"temperature\""));
    hone_model *model = read_file(text, &lenient);
    assert_non_null(model);
    hone_config *config = hone_internal_model_to_config(model);
    char *saved = hone_internal_config_to_json(config, false);
    assert_non_null(strstr(saved, "\"kwargs\": {\"training\": true, \"temperature\": 3}"));
    hone_internal_free(saved);
    hone_internal_config_free(config);
    hone_model_free(model);
}

static const struct {
    const char *name, *text, *words;
} refused[] = {
    {"an operation that is not known",
     GRAPH("true", INPUT("a") ", " INPUT("b") ", " OPERATION("Einsums", "e", TENSOR("a")), ENDS,
           "[\"e\", 0, 0]"),
     "the operation \"e\" (Einsums) is not supported; the nearest one that is: \"Einsum\""},
    {"a layer called with a map",
     GRAPH("true", INPUT("a") ", " INPUT("b") ", " LAYER("Add", "s", "", "{\"p\": " TENSOR("a") "}", ""),
           ENDS, "[\"s\", 0, 0]"),
     "only models take one"},
    {"two layers that wait for each other",
     GRAPH("true",
           INPUT("a") ", " INPUT("b") ", " LAYER(
               "Activation", "s", "\"activation\": \"relu\", ", TENSOR("t"),
               "") ", " LAYER("Activation", "t", "\"activation\": \"relu\", ", TENSOR("s"), ""),
           ENDS, "[\"s\", 0, 0]"),
     "the graph has a cycle"},
    {"numbers before any tensor",
     GRAPH("true", LAYER("Activation", "s", "\"activation\": \"relu\", ", NUMBERS("[1, 2]"), ""),
           "[[\"s\", 0, 0]]", "[\"s\", 0, 0]"),
     "numbers cannot stand in place of the first tensor"},
    {"numbers of unequal lengths", SOFTMAX("\"mask\": " NUMBERS("[[1, 2], [3]]")),
     "of equal length, not 2 and 1"},
    {"a call on a number", SOFTMAX("\"mask\": 1"), "which is not a tensor"},
    {"a layer that is missing", SOFTMAX("\"mask\": " TENSOR("c")), "there is no layer \"c\""},
};

TEST_EACH(refuses, refused)
{
    assert_refused(row->text, row->words);
}

#define DENSE(trainable) \
    GRAPH(trainable, \
          INPUT("a") ", " INPUT("b") ", " LAYER("Dense", "d", "\"units\": 1, \"trainable\": true, ", \
                                                TENSOR("a"), ""), \
          ENDS, "[\"d\", 0, 0]")

TEST(a_frozen_model_trains_nothing_and_says_so_again)
{
    hone_model *model = read_whole(DENSE("false"));
    assert_false(hone_model_weight(model, 0)->trainable);
    assert_true(hone_layer_trainable(hone_model_layer(model, "d")));
    hone_model *again = hone_model_clone(model);
    assert_false(hone_model_weight(again, 0)->trainable);
    hone_model_free(again);
    hone_model_free(model);
    model = read_whole(DENSE("true"));
    assert_true(hone_model_weight(model, 0)->trainable);
    hone_model_free(model);
}

TEST(refuses_inputs_that_are_no_input_layers)
{
    assert_refused(GRAPH("true", INPUT("a") ", " LAYER("Flatten", "f", "", TENSOR("a"), ""),
                         "[[\"f\", 0, 0]]", "[[\"f\", 0, 0]]"),
                   "input_layers must name input layers, and \"f\" is none");
}
