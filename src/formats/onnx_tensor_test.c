/* Tensors of ONNX files: each type in each of its forms, and sizes that do not match. */
#include "formats/onnx.h"
#include "testing/files.h"
#include "testing/message.h"

#include <math.h>

AROUND_ALL(testing_folder_make, testing_folder_remove);

static int64_t two[] = {2};

/* A tensor [2] of this type. */
static hone_onnx_tensor tensor_of(int32_t type)
{
    hone_onnx_tensor tensor = HONE__ONNX__TENSOR_PROTO__INIT;
    tensor.name = "w";
    tensor.has_data_type = 1;
    tensor.data_type = type;
    tensor.dims = two;
    tensor.n_dims = 1;
    return tensor;
}

static hone_array *read_tensor(const hone_onnx_tensor *tensor)
{
    const hone_onnx_file file = {.path = NULL};
    hone_error_clear();
    return hone_internal_onnx_read(&file, tensor);
}

/* The two numbers of a tensor. */
static void check_numbers(const hone_onnx_tensor *tensor, bool integer, double first, double second)
{
    hone_array *array = read_tensor(tensor);
    if (array == NULL)
        fail_msg("%s", hone_error_message());
    assert_int_equal(array->type, integer ? HONE_INT64 : HONE_FLOAT32);
    assert_int_equal(hone_array_count(array), 2);
    for (int i = 0; i < 2; i++) {
        const double number =
            integer ? (double)((int64_t *)array->data)[i] : (double)((float *)array->data)[i];
        const double expected = i == 0 ? first : second;
        if (number != expected && !(isnan(number) && isnan(expected)))
            fail_msg("number %d is %g, not %g", i, number, expected);
    }
    hone_array_free(array);
}

#define RAW(text) text, sizeof(text) - 1
static const struct {
    const char *name;
    int32_t type;
    const char *data;
    size_t bytes;
    bool integer;
    double first, second;
} raw[] = {
    {"float", 1, RAW("\0\0\x80\x3f\0\0\0\xc0"), false, 1, -2},
    {"double", 11, RAW("\0\0\0\0\0\0\xf0\x3f\0\0\0\0\0\0\0\xc0"), false, 1, -2},
    {"float16", 10, RAW("\0\x3c\0\xc0"), false, 1, -2},
    {"the smallest and the largest float16", 10, RAW("\1\0\xff\x7b"), false, 0x1p-24, 65504},
    {"float16 without bounds", 10, RAW("\0\xfc\1\x7c"), false, -INFINITY, NAN},
    {"bfloat16", 16, RAW("\x80\x3f\0\xc0"), false, 1, -2},
    {"uint8", 2, RAW("\1\xff"), true, 1, 255},
    {"int8", 3, RAW("\1\xff"), true, 1, -1},
    {"uint16", 4, RAW("\1\0\xff\xff"), true, 1, 65535},
    {"int16", 5, RAW("\1\0\xff\xff"), true, 1, -1},
    {"int32", 6, RAW("\1\0\0\0\xff\xff\xff\xff"), true, 1, -1},
    {"int64", 7, RAW("\1\0\0\0\0\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff"), true, 1, -1},
    {"bool", 9, RAW("\0\1"), true, 0, 1},
    {"uint32", 12, RAW("\1\0\0\0\xff\xff\xff\xff"), true, 1, 4294967295},
    {"uint64", 13, RAW("\1\0\0\0\0\0\0\0\2\0\0\0\0\0\0\0"), true, 1, 2},
};

TEST_EACH(raw_data_are_read, raw)
{
    hone_onnx_tensor tensor = tensor_of(row->type);
    tensor.has_raw_data = 1;
    tensor.raw_data = (ProtobufCBinaryData){row->bytes, (uint8_t *)(uintptr_t)row->data};
    check_numbers(&tensor, row->integer, row->first, row->second);
    tensor.raw_data.len--;
    assert_null(read_tensor(&tensor));
    assert_message_has("the tensor \"w\" has a number of");
}

TEST(lists_are_read)
{
    float floats[] = {1, -2};
    double doubles[] = {0.5, -0.25};
    int64_t longs[] = {INT64_C(1) << 62, -1};
    uint64_t numbers[] = {3, 4};
    int32_t ints[] = {7, -1}, halves[] = {0x3c00, 0xc000}, bfloats[] = {0x3f80, 0xc000};
    hone_onnx_tensor tensor = tensor_of(1);
    tensor.float_data = floats, tensor.n_float_data = 2;
    check_numbers(&tensor, false, 1, -2);
    tensor = tensor_of(11);
    tensor.double_data = doubles, tensor.n_double_data = 2;
    check_numbers(&tensor, false, 0.5, -0.25);
    tensor = tensor_of(7);
    tensor.int64_data = longs, tensor.n_int64_data = 2;
    check_numbers(&tensor, true, 0x1p62, -1);
    tensor = tensor_of(13);
    tensor.uint64_data = numbers, tensor.n_uint64_data = 2;
    check_numbers(&tensor, true, 3, 4);
    tensor = tensor_of(6);
    tensor.int32_data = ints, tensor.n_int32_data = 2;
    check_numbers(&tensor, true, 7, -1);
    tensor = tensor_of(10);
    tensor.int32_data = halves, tensor.n_int32_data = 2;
    check_numbers(&tensor, false, 1, -2);
    tensor.data_type = 16, tensor.int32_data = bfloats;
    check_numbers(&tensor, false, 1, -2);
    tensor.data_type = 1; /* the list of another type */
    assert_null(read_tensor(&tensor));
    assert_message_has("has a number of elements that does not match its shape");
}

static int64_t negative[] = {-2}, huge[] = {INT64_MAX, 4}, many[] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};

static const struct {
    const char *name;
    int32_t type;
    int64_t *dims;
    size_t rank;
    const char *words;
} mistakes[] = {
    {"texts", 8, two, 1, "the tensor \"w\" has elements of a type (8) that Hone does not read"},
    {"complex numbers", 14, two, 1, "has elements of a type (14)"},
    {"a negative size", 1, negative, 1, "has a size that is negative or too large"},
    {"more than there can be", 1, huge, 2, "has a size that is negative or too large"},
    {"too many axes", 1, many, sizeof many / sizeof *many, "has more axes than Hone supports"},
    {"no numbers", 1, two, 1, "has a number of elements that does not match its shape"},
};

TEST_EACH(refuses, mistakes)
{
    hone_onnx_tensor tensor = tensor_of(row->type);
    tensor.dims = row->dims;
    tensor.n_dims = row->rank;
    assert_null(read_tensor(&tensor));
    assert_message_has(row->words);
}

/* Numbers in a file beside the graph, behind `offset` bytes; NULL: the key is not there. */
static const struct {
    const char *name, *location, *offset, *length, *words; /* NULL: read */
} places[] = {
    {"all of it", "w.data", NULL, NULL, NULL},
    {"a stretch", "w.data", "4", "8", NULL},
    {"a folder", "../w.data", NULL, NULL, "is not a plain name"},
    {"no name", "", NULL, NULL, "is not a plain name"},
    {"a missing file", "v.data", NULL, NULL, "its file of weights cannot be read"},
    {"the folder itself", ".", NULL, NULL, "is not a plain name"},
    {"another length", "w.data", "0", "12", "has a length in its file that does not match its shape"},
    {"beyond the end", "w.data", "8", NULL, "lies beyond the end of its file"},
    {"a negative offset", "w.data", "-4", NULL, "stores its numbers in an unknown way"},
    {"an empty length", "w.data", "0", "", "stores its numbers in an unknown way"},
};

TEST_EACH(numbers_lie_in_another_file, places)
{
    static const float numbers[] = {1, -2, 1};
    Hone__Onnx__StringStringEntryProto entries[3], *list[] = {&entries[0], &entries[1], &entries[2]};
    const char *keys[] = {"location", "offset", "length"},
               *values[] = {row->location, row->offset, row->length};
    hone_onnx_tensor tensor = tensor_of(1);
    testing_file("w.data", numbers, sizeof numbers);
    tensor.external_data = list;
    for (int i = 0; i < 3; i++) {
        if (values[i] == NULL)
            continue;
        Hone__Onnx__StringStringEntryProto *entry = list[tensor.n_external_data++];
        *entry = (Hone__Onnx__StringStringEntryProto)HONE__ONNX__STRING_STRING_ENTRY_PROTO__INIT;
        entry->key = (char *)(uintptr_t)keys[i];
        entry->value = (char *)(uintptr_t)values[i];
    }
    tensor.has_data_location = 1;
    tensor.data_location = HONE__ONNX__TENSOR_PROTO__DATA_LOCATION__EXTERNAL;
    char *path = hone_internal_copy_text(testing_path("a.onnx"));
    const hone_onnx_file file = {.path = path};
    hone_array *array = hone_internal_onnx_read(&file, &tensor);
    if (row->words == NULL) {
        if (array == NULL)
            fail_msg("%s", hone_error_message());
        assert_true(((float *)array->data)[0] == (row->offset != NULL ? -2 : 1));
    } else {
        assert_null(array);
        assert_message_has(row->words);
    }
    hone_array_free(array);
    hone_internal_free(path);
    assert_null(read_tensor(&tensor)); /* of a graph in memory never */
}

/* The digest is of what is computed: not of weights, but of constants that the writer named. */
TEST(a_digest_is_of_the_computation)
{
    float numbers[] = {1, 2};
    hone_onnx_tensor weight = tensor_of(1), *tensors[] = {&weight};
    hone_onnx_node node = HONE__ONNX__NODE_PROTO__INIT, *nodes[] = {&node};
    hone_onnx_graph graph = HONE__ONNX__GRAPH_PROTO__INIT;
    weight.float_data = numbers, weight.n_float_data = 2;
    node.op_type = "Relu";
    graph.node = nodes, graph.n_node = 1;
    graph.initializer = tensors, graph.n_initializer = 1;
    const uint64_t digest = hone_internal_onnx_digest(&graph);
    numbers[0] = 9;
    assert_true(hone_internal_onnx_digest(&graph) == digest);
    weight.name = "part/constant:1";
    const uint64_t inner = hone_internal_onnx_digest(&graph);
    assert_true(inner != digest);
    numbers[0] = 1;
    assert_true(hone_internal_onnx_digest(&graph) != inner);
    weight.name = "w";
    node.op_type = "Tanh";
    assert_true(hone_internal_onnx_digest(&graph) != digest);
}

TEST(readable_numbers_are_counted)
{
    float numbers[] = {1, 2};
    hone_onnx_tensor good = tensor_of(1), texts = tensor_of(8), short_one = tensor_of(1),
                     value = tensor_of(1);
    hone_onnx_tensor *tensors[] = {&good, &texts, &short_one};
    hone_onnx_attribute attribute = HONE__ONNX__ATTRIBUTE_PROTO__INIT, *attributes[] = {&attribute};
    hone_onnx_node node = HONE__ONNX__NODE_PROTO__INIT, *nodes[] = {&node};
    hone_onnx_graph graph = HONE__ONNX__GRAPH_PROTO__INIT;
    hone_onnx_model model = HONE__ONNX__MODEL_PROTO__INIT;
    const hone_onnx_file file = {.model = &model};
    good.float_data = value.float_data = numbers, good.n_float_data = value.n_float_data = 2;
    attribute.name = "value", attribute.t = &value;
    node.attribute = attributes, node.n_attribute = 1;
    graph.initializer = tensors, graph.n_initializer = 3;
    graph.node = nodes, graph.n_node = 1;
    model.graph = &graph;
    assert_int_equal(hone_internal_onnx_float_bytes(&file), 4 * sizeof(float));
    assert_int_equal(hone_error_status(), HONE_OK);
}
