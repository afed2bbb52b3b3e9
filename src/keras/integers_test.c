/* Layers of an integer dtype: inputs with fractions are cast, whole ones are not, and where no cast can be.
 */
#include "formats/formats.h"
#include "keras/keras.h"
#include "layers/layer.h"
#include "model/model.h"
#include "testing/message.h"

#include <hone/hone.h>

#define INPUT(dtype) \
    "{\"class_name\": \"InputLayer\", \"config\": {\"batch_shape\": [null, 2], \"dtype\": \"" dtype \
    "\", \"name\": \"x\"}, \"name\": \"x\", \"inbound_nodes\": []}"
#define LAYER(name, class_name, rest) LAYER_OF("int32", name, class_name, rest)
#define LAYER_OF(dtype, name, class_name, rest) \
    "{\"class_name\": \"" class_name "\", \"module\": \"keras.layers\", \"config\": {\"name\": \"" name \
    "\"" rest \
    ", \"dtype\": {\"module\": \"keras\", \"class_name\": \"DTypePolicy\", \"config\": {\"name\": \"" dtype \
    "\"}}}"
#define X "{\"class_name\": \"__keras_tensor__\", \"config\": {\"keras_history\": [\"x\", 0, 0]}}"
#define NODES ", \"name\": \"a\", \"inbound_nodes\": [{\"args\": [" X "], \"kwargs\": {}}]}"
#define CAST(type) \
    "{\"class_name\": \"Cast\", \"module\": \"keras.src.ops.core\", \"config\": {\"name\": \"a\", \"dtype\": \"" type \
    "\"}"
#define GRAPH(dtype) GRAPH_OF(dtype, LAYER("a", "Identity", ""))
#define GRAPH_OF(dtype, layer) \
    "{\"class_name\": \"Functional\", \"config\": {\"name\": \"g\", \"layers\": [" INPUT( \
        dtype) ", " layer NODES "], \"input_layers\": [[\"x\", 0, 0]], \"output_layers\": [[\"a\", 0, 0]]}}"
/* x times a constant, then a cast to uint8. */
#define PRODUCT(dtype, constant) \
    "{\"class_name\": \"Functional\", \"config\": {\"name\": \"g\", \"layers\": [" INPUT( \
        dtype) ", {\"class_name\": \"Multiply\", \"module\": \"keras.src.ops.numpy\", \"config\": {\"name\": \"m\"}, " \
               "\"name\": \"m\", \"inbound_nodes\": [{\"args\": [" X ", " constant \
               "], \"kwargs\": {}}]}, {\"class_name\": \"Cast\", \"module\": \"keras.src.ops.core\", \"config\": " \
               "{\"name\": \"a\", \"dtype\": \"uint8\"}, \"name\": \"a\", \"inbound_nodes\": [{\"args\": " \
               "[{\"class_name\": \"__keras_tensor__\", \"config\": {\"keras_history\": [\"m\", 0, 0]}}], " \
               "\"kwargs\": {}}]}], \"input_layers\": [[\"x\", 0, 0]], \"output_layers\": [[\"a\", 0, 0]]}}"
#define ARRAY(dtype) \
    "{\"class_name\": \"__numpy__\", \"config\": {\"value\": [2, 3], \"dtype\": \"" dtype "\"}}"
#define LIST(layers) \
    "{\"class_name\": \"Sequential\", \"config\": {\"name\": \"s\", \"layers\": [" layers "]}}"

static hone_model *read_text(const char *text)
{
    hone_config *config = hone_internal_json_parse(text, strlen(text), "test");
    if (config == NULL)
        fail_msg("%s", hone_error_message());
    hone_model *model = hone_internal_model_from_config(config, NULL);
    hone_internal_config_free(config);
    return model;
}

static void check_of(hone_model *model, size_t layers, const float *x, const float *expected)
{
    const hone_batch batch = {.x = {hone_array_view(x, HONE_FLOAT32, 2, (int64_t[]){1, 2})}};
    hone_array *result[1];
    if (model == NULL || hone_predict_on_batch(model, &batch, false, result) < 0)
        fail_msg("%s", hone_error_message());
    assert_int_equal(model->layer_count, layers);
    assert_memory_equal(result[0]->data, expected, 2 * sizeof(float));
    hone_array_free(result[0]);
    hone_model_free(model);
}

static void check(hone_model *model, size_t layers, const float *expected)
{
    check_of(model, layers, (const float[]){1.75F, -2.75F}, expected);
}

TEST(fractions_are_cut_off_before_the_layer)
{
    check(read_text(GRAPH("float32")), 3, (const float[]){1, -2}); /* the input, a cast, the layer */
    check(read_text(GRAPH_OF("float32", LAYER_OF("int32", "a", "ReLU", ""))), 3, (const float[]){1, 0});
}

TEST(the_cast_is_there_once)
{
    hone_model *model = read_text(GRAPH("float32")), *again = hone_model_clone(model);
    check(again, 3, (const float[]){1, -2});
    hone_model_free(model);
}

TEST(integers_are_not_cast)
{
    check(read_text(GRAPH("int32")), 2, (const float[]){1.75F, -2.75F});
}

TEST(truth_is_made_before_the_layer)
{
    check(read_text(GRAPH_OF("float32", LAYER_OF("bool", "a", "Flatten", ""))), 3, (const float[]){1, 1});
    check(read_text(GRAPH_OF("bool", LAYER_OF("bool", "a", "Flatten", ""))), 2, (const float[]){1, 1});
    assert_null(read_text(GRAPH_OF("float32", LAYER_OF("bool", "a", "Add", ""))));
    assert_message_has("dtype must be \"float32\"");
}

TEST(casts_to_narrow_types_wrap_integers_and_saturate_floats)
{
    static const struct {
        const char *text;
        float expected[2];
    } casts[] = {
        {GRAPH_OF("int32", CAST("uint8")), {32, 224}},
        {GRAPH_OF("int32", CAST("int8")), {32, -32}},
        {GRAPH_OF("int32", CAST("int16")), {800, -800}},
        {GRAPH_OF("int32", CAST("uint16")), {800, 64736}},
        {GRAPH_OF("float32", CAST("uint8")), {255, 0}},
        {GRAPH_OF("float32", CAST("int8")), {127, -128}},
        {GRAPH_OF("float32", LAYER_OF("uint8", "a", "Identity", "")), {255, 0}},
    };
    for (size_t i = 0; i < sizeof casts / sizeof *casts; i++) {
        hone_model *model = read_text(casts[i].text), *again = model == NULL ? NULL : hone_model_clone(model);
        const float x[] = {800, -800};
        check_of(model, model == NULL ? 0 : model->layer_count, x, casts[i].expected);
        check_of(again, again == NULL ? 0 : again->layer_count, x, casts[i].expected);
    }
}

/* What integers and whole constants give is whole; 3.0 and arrays of floats make floats of it. */
TEST(casts_know_products_with_constants)
{
    static const struct {
        const char *text;
        float expected[2];
    } products[] = {
        {PRODUCT("int32", "2"), {44, 212}},
        {PRODUCT("int32", "true"), {150, 106}},
        {PRODUCT("int32", ARRAY("int32")), {44, 62}},
        {PRODUCT("int32", "2.0"), {255, 0}},
        {PRODUCT("int32", ARRAY("float32")), {255, 0}},
        {PRODUCT("float32", "2"), {255, 0}},
    };
    for (size_t i = 0; i < sizeof products / sizeof *products; i++) {
        hone_model *model = read_text(products[i].text);
        const float x[] = {150, -150};
        check_of(model, model == NULL ? 0 : model->layer_count, x, products[i].expected);
    }
}

/* An operation of x and a constant, or of x alone, as the output. */
#define OPERATION(dtype, class_name, more) \
    "{\"class_name\": \"Functional\", \"config\": {\"name\": \"g\", \"layers\": [" INPUT( \
        dtype) ", {\"class_name\": \"" class_name \
               "\", \"module\": \"keras.src.ops.numpy\", \"config\": {\"name\": \"a\"}, " \
               "\"name\": \"a\", \"inbound_nodes\": [{\"args\": [" X more \
               "], \"kwargs\": {}}]}], \"input_layers\": [[\"x\", 0, 0]], \"output_layers\": [[\"a\", 0, 0]]}}"

TEST(narrow_integers_wrap_around)
{
    static const struct {
        const char *text;
        float x[2], expected[2];
    } rows[] = {
        {OPERATION("int8", "Add", ", 100"), {100, -100}, {-56, 0}},
        {OPERATION("uint8", "Subtract", ", 100"), {100, 99}, {0, 255}},
        {OPERATION("uint8", "Multiply", ", 77"), {57, 2}, {37, 154}},
        {OPERATION("int16", "Multiply", ", 3"), {11000, -11000}, {-32536, 32536}},
        {OPERATION("uint16", "Negative", ""), {1, 0}, {65535, -0.0F}},
        {OPERATION("int8", "Absolute", ""), {-128, -127}, {-128, 127}},
        {OPERATION("uint8", "BitwiseNot", ""), {57, 0}, {198, 255}},
        {OPERATION("int8", "Add", ", 100.0"), {100, -100}, {200, 0}},
        {OPERATION("int8", "Multiply", ", " ARRAY("int32")), {100, 100}, {200, 300}},
        {OPERATION("int32", "Add", ", 100"), {100, 16777115}, {200, 16777215}},
        {OPERATION("float32", "Add", ", 100"), {16777216, 1e9F}, {16777316, 1000000128}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        hone_model *model = read_text(rows[i].text);
        check_of(model, model == NULL ? 0 : model->layer_count, rows[i].x, rows[i].expected);
    }
}

static void check_refused(const char *text, float number, const char *said)
{
    const float x[] = {0, number};
    const hone_batch batch = {.x = {hone_array_view(x, HONE_FLOAT32, 2, (int64_t[]){1, 2})}};
    hone_model *model = read_text(text);
    hone_array *result[1];
    if (model == NULL)
        fail_msg("%s", hone_error_message());
    assert_int_equal(hone_predict_on_batch(model, &batch, false, result), HONE_ERROR_DATA);
    assert_message_has(said);
    hone_model_free(model);
}

TEST(integers_that_floats_do_not_tell_apart_are_told)
{
    check_refused(OPERATION("int32", "Add", ", 1"), 16777215, "a: computes with the int32 16777216");
    check_refused(OPERATION("int32", "Mod", ", 7"), -16777216, "the int32 -16777216");
    check_refused(OPERATION("int32", "Less", ", 16777217"), 16777216, "the int32 16777216");
    check_refused(OPERATION("int16", "Square", ""), 32767, "the int16 1073676288");
    check_refused(OPERATION("uint32", "Subtract", ", 1"), 0, "the uint32 -1");
    check_refused(GRAPH("int64"), 16777216, "the int64 16777216");
}

TEST(integers_are_rounded_where_keras_rounds_them)
{
    static const float x[] = {16777216, 33554432}, more[] = {16777218, 33554432};
    check_of(read_text(OPERATION("int32", "Add", ", 1.5")), 2, x, more);
    check_of(read_text(OPERATION("int32", "Greater", ", 5")), 2, x, (const float[]){1, 1});
    check_of(read_text(GRAPH_OF("int32", CAST("float32"))), 2, x, x);
}

TEST(bounds_of_integers_are_integers)
{
    check_of(read_text(GRAPH_OF("int32", LAYER_OF("int32", "a", "ReLU", ", \"max_value\": 6.5"))), 2,
             (const float[]){9, -3}, (const float[]){6, -0.0F});
}

TEST(layers_one_after_the_other_begin_with_integers)
{
    hone_model *model = read_text(LIST(INPUT("int32") ", " LAYER(
        "r", "Reshape", ", \"target_shape\": [2, 1]") "}, " LAYER("f", "Flatten", "") "}"));
    if (model == NULL)
        fail_msg("%s", hone_error_message());
    hone_model_free(model);
    assert_null(read_text(LIST(INPUT("float32") ", " LAYER("f", "Flatten", "") "}")));
    assert_message_has("the layer of dtype int32 must follow an input of integers");
}

TEST(layers_that_compute_have_no_integers)
{
    assert_null(read_text(LIST(INPUT("int32") ", " LAYER("d", "Dense", ", \"units\": 2") "}")));
    assert_message_has("dtype must be \"float32\"");
}

TEST(a_policy_without_a_name_is_told)
{
    assert_null(read_text(LIST(INPUT("int32") ", {\"class_name\": \"Flatten\", \"config\": {\"dtype\": "
                                              "{\"class_name\": \"DTypePolicy\", \"config\": {}}}}")));
    assert_message_has("Flatten: the dtype policy \"DTypePolicy\" lacks the name of its dtype");
}
