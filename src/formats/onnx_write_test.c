/* Putting ONNX graphs together: names, attributes, tensors, ends, and weights beside the graph. */
#include "formats/onnx.h"
#include "testing/files.h"
#include "testing/message.h"

AROUND_ALL(testing_folder_make, testing_folder_remove);

TEST(names_have_a_scope_and_a_number)
{
    hone_onnx_writer writer = {.scope = "dense"};
    const char *const x = "x";
    hone_onnx_node *node = hone_internal_onnx_node(&writer, "Relu", &x, 1);
    assert_non_null(node);
    assert_string_equal(hone_internal_onnx_output(node), "dense/Relu:0");
    assert_string_equal(node->name, "dense/Relu:0");
    assert_null(hone_internal_onnx_second_output(node));
    hone_internal_onnx_add_output(&writer, node);
    assert_string_equal(hone_internal_onnx_second_output(node), "dense/Relu:1");
    writer.scope = NULL;
    const char *number = hone_internal_onnx_number(&writer, 2.5);
    assert_string_equal(number, "/constant:2");
    assert_true(hone_internal_onnx_is_inner(number));
    assert_false(hone_internal_onnx_is_inner("dense/kernel"));
    assert_true(hone_internal_onnx_has_tensor(&writer, "/constant:2"));
    assert_false(hone_internal_onnx_has_tensor(&writer, "dense/Relu:0"));
    hone_internal_onnx_writer_free(&writer);
    assert_int_equal(writer.node_count, 0);
}

TEST(a_failure_is_passed_on)
{
    hone_onnx_writer writer = {.scope = "s"};
    const char *const inputs[] = {"x", NULL};
    assert_null(hone_internal_onnx_node(&writer, "Add", inputs, 2)); /* an operand failed before */
    assert_null(hone_internal_onnx_output(NULL));
    hone_internal_onnx_set_int(&writer, NULL, "axis", 1);
    hone_internal_onnx_add_output(&writer, NULL);
    assert_true(writer.failed);
    hone_fail(HONE_ERROR_UNSUPPORTED, "the reason");
    assert_failed(hone_internal_onnx_write(&writer, "g", HONE_ONNX_MOST_BYTES, testing_path("f.onnx")),
                  HONE_ERROR_UNSUPPORTED, "the reason");
    assert_int_not_equal(access(testing_path("f.onnx"), F_OK), 0);
    hone_internal_onnx_writer_free(&writer);
}

/* y = Relu(x) + w with attributes of each kind; `count` numbers in w. */
static hone_status write_graph(const char *path, size_t most_bytes, int64_t count, const float *numbers)
{
    static const char *const names[] = {"batch", ""}, *const texts[] = {"Tanh", "Relu"};
    static const float floats[] = {0.5f};
    static const int64_t ints[] = {3, -1}, shape[] = {-1, 2};
    hone_onnx_writer writer = {.scope = "s"};
    const char *operands[2] = {"x"};
    hone_onnx_node *node = hone_internal_onnx_node(&writer, "Relu", operands, 1);
    hone_internal_onnx_set_int(&writer, node, "i", -4);
    hone_internal_onnx_set_float(&writer, node, "f", 0.25);
    hone_internal_onnx_set_ints(&writer, node, "ints", ints, 2);
    hone_internal_onnx_set_floats(&writer, node, "floats", floats, 1);
    hone_internal_onnx_set_texts(&writer, node, "texts", texts, 2);
    hone_internal_onnx_set_value(&writer, node, 7);
    operands[0] = hone_internal_onnx_output(node);
    operands[1] = hone_internal_onnx_floats(&writer, "w", 1, &count, numbers, false);
    node = hone_internal_onnx_node(&writer, "Add", operands, 2);
    hone_internal_onnx_integers(&writer, 1, ints, 2);
    hone_internal_onnx_end(&writer, HONE_ONNX_END_INPUT, "x", 2, shape, names);
    hone_internal_onnx_end(&writer, HONE_ONNX_END_OUTPUT, hone_internal_onnx_output(node), 2, shape, names);
    hone_internal_onnx_property(&writer, "key", "value");
    const hone_status status = hone_internal_onnx_write(&writer, "g", most_bytes, path);
    hone_internal_onnx_writer_free(&writer);
    return status;
}

static hone_onnx_file *open_graph(const char *path)
{
    hone_onnx_file *file = hone_internal_onnx_open(path);
    if (file == NULL)
        fail_msg("%s", hone_error_message());
    return file;
}

TEST(what_is_written_is_read)
{
    static const float numbers[] = {1.5f, -2};
    assert_int_equal(write_graph(testing_path("a.onnx"), HONE_ONNX_MOST_BYTES, 2, numbers), HONE_OK);
    hone_onnx_file *file = open_graph(testing_path("a.onnx"));
    const hone_onnx_node *relu = file->model->graph->node[0];
    assert_int_equal(file->opset, HONE_ONNX_OPSET);
    assert_int_equal(file->model->ir_version, HONE_ONNX_IR);
    assert_string_equal(file->model->graph->name, "g");
    assert_string_equal(hone_internal_onnx_get_property(file, "key"), "value");
    assert_int_equal(hone_internal_onnx_attribute(relu, "i")->i, -4);
    assert_true(hone_internal_onnx_attribute(relu, "f")->f == 0.25f);
    assert_int_equal(hone_internal_onnx_attribute(relu, "ints")->ints[1], -1);
    assert_true(hone_internal_onnx_attribute(relu, "floats")->floats[0] == 0.5f);
    assert_memory_equal(hone_internal_onnx_attribute(relu, "texts")->strings[1].data, "Relu", 4);
    assert_int_equal(hone_internal_onnx_attribute(relu, "value")->t->raw_data.len, sizeof(float));
    const Hone__Onnx__TensorShapeProto *shape = file->model->graph->input[0]->type->tensor_type->shape;
    assert_string_equal(shape->dim[0]->dim_param, "batch");
    assert_int_equal(shape->dim[1]->dim_value, 2);
    hone_array *w = hone_internal_onnx_read(file, hone_internal_onnx_tensor(file, "w"));
    assert_non_null(w);
    assert_memory_equal(w->data, numbers, sizeof numbers);
    hone_array_free(w);
    assert_int_not_equal(access(testing_path("a.onnx.data"), F_OK), 0);
    hone_internal_onnx_close(file);
}

enum { COUNT = 300 }; /* numbers that are worth moving out: more than 1 KiB */

TEST(weights_above_a_size_lie_beside_the_graph)
{
    static float numbers[COUNT];
    for (int i = 0; i < COUNT; i++)
        numbers[i] = (float)i;
    assert_int_equal(write_graph(testing_path("b.onnx"), 1000, COUNT, numbers), HONE_OK);
    struct stat status;
    assert_int_equal(stat(testing_path("b.onnx.data"), &status), 0);
    assert_int_equal(status.st_size, sizeof numbers);
    hone_onnx_file *file = open_graph(testing_path("b.onnx"));
    const hone_onnx_tensor *tensor = hone_internal_onnx_tensor(file, "w");
    assert_string_equal(tensor->external_data[0]->value, "b.onnx.data");
    hone_array *w = hone_internal_onnx_read(file, tensor);
    if (w == NULL)
        fail_msg("%s", hone_error_message());
    assert_memory_equal(w->data, numbers, sizeof numbers);
    hone_array_free(w);
    hone_internal_onnx_close(file);
}

TEST(small_ones_stay)
{
    static const float numbers[] = {1, 2};
    assert_int_equal(write_graph(testing_path("c.onnx"), 10, 2, numbers), HONE_OK);
    hone_onnx_file *file = open_graph(testing_path("c.onnx"));
    assert_int_equal(hone_internal_onnx_tensor(file, "w")->n_external_data, 0);
    hone_internal_onnx_close(file);
}

TEST(a_node_has_eight_attributes_at_most)
{
    hone_onnx_writer writer = {.scope = "s"};
    hone_onnx_node *node = hone_internal_onnx_node(&writer, "Relu", NULL, 0);
    for (int i = 0; i < 9; i++)
        hone_internal_onnx_set_int(&writer, node, "a", i);
    assert_int_equal(node->n_attribute, 8);
    hone_internal_onnx_writer_free(&writer);
}
