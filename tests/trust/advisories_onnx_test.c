/* What went wrong in other readers of ONNX files, an advisory a test, named after it: the file of that kind
 * is made here, and Hone refuses it with a message, runs nothing, and touches no other file. The table in
 * docs/trust.md points here. */
#define _XOPEN_SOURCE 700
#include "advisories.h"
#include "formats/onnx.h"

#include <hone/export.h>

typedef struct message {
    unsigned char bytes[2048];
    size_t length;
} message;

static void put_number(message *to, uint64_t number)
{
    for (; number >= 128; number >>= 7)
        to->bytes[to->length++] = (unsigned char)(number | 128);
    to->bytes[to->length++] = (unsigned char)number;
}

static void put_integer(message *to, unsigned field, uint64_t number)
{
    put_number(to, field << 3);
    put_number(to, number);
}

static void put_bytes(message *to, unsigned field, const void *data, size_t length)
{
    put_number(to, field << 3 | 2);
    put_number(to, length);
    memcpy(to->bytes + to->length, data, length);
    to->length += length;
}

static void put_text(message *to, unsigned field, const char *text)
{
    put_bytes(to, field, text, strlen(text));
}

static void put_message(message *to, unsigned field, const message *part)
{
    put_bytes(to, field, part->bytes, part->length);
}

/* y = Identity(w), w a tensor of 2 floats whose data are as `fill` says. */
static const char *onnx_file(const message *fill)
{
    message model = {.length = 0}, graph = model, node = model, tensor = *fill, output = model, opset = model;
    put_text(&node, 1, "w");
    put_text(&node, 2, "y");
    put_text(&node, 4, "Identity");
    put_integer(&tensor, 1, 2);
    put_integer(&tensor, 2, 1);
    put_text(&tensor, 8, "w");
    put_text(&output, 1, "y");
    put_message(&graph, 1, &node);
    put_text(&graph, 2, "g");
    put_message(&graph, 5, &tensor);
    put_message(&graph, 12, &output);
    put_text(&opset, 1, "");
    put_integer(&opset, 2, 17);
    put_integer(&model, 1, 8);
    put_message(&model, 7, &graph);
    put_message(&model, 8, &opset);
    return testing_file("models/a.onnx", model.bytes, model.length);
}

/* The tensor's two numbers are read (1, 2), or what says why not. */
static bool read_tensor(const char *path)
{
    hone_error_clear();
    hone_onnx_file *file = hone_internal_onnx_open(path);
    const hone_onnx_tensor *tensor = file ? hone_internal_onnx_tensor(file, "w") : NULL;
    hone_array *array = tensor ? hone_internal_onnx_read(file, tensor) : NULL;
    bool good = array && ((float *)array->data)[0] == 1 && ((float *)array->data)[1] == 2;
    hone_array_free(array);
    hone_internal_onnx_close(file);
    return good;
}

static bool read_external(const char *location, const char *key, const char *value)
{
    message fill = {.length = 0}, entry = fill;
    put_text(&entry, 1, "location");
    put_text(&entry, 2, location);
    put_message(&fill, 13, &entry);
    if (key) {
        entry.length = 0;
        put_text(&entry, 1, key);
        put_text(&entry, 2, value);
        put_message(&fill, 13, &entry);
    }
    put_integer(&fill, 14, 1);
    return read_tensor(onnx_file(&fill));
}

static void make_onnx_folders(void)
{
    static const float numbers[2] = {1, 2};
    mkdir(testing_path("models"), 0700);
    mkdir(testing_path("models/a"), 0700);
    testing_file("outside", numbers, sizeof numbers);
    testing_file("models/w.data", numbers, sizeof numbers);
    testing_file("models/a/w.data", numbers, sizeof numbers);
}

/* External data: ../, then a/../../b, then links in parents, then hard links. One bare name of a plain file
 * beside the graph. */
TEST(CVE_2022_25882_and_CVE_2024_27318_and_CVE_2026_27489_and_CVE_2026_34446_and_CVE_2026_34447)
{
    make_onnx_folders();
    assert_true(read_external("w.data", NULL, NULL));
    assert_int_equal(symlink("..", testing_path("models/up")), 0);
    assert_int_equal(symlink("../outside", testing_path("models/soft")), 0);
    assert_int_equal(link(testing_path("outside"), testing_path("models/hard")), 0);
    char whole[600];
    snprintf(whole, sizeof whole, "%s", testing_path("outside"));
    const char *const places[] = {
        "../outside", "a/../../outside", "a/w.data", "up/outside", "soft",    "hard", "", ".", "..",
        whole,        "/etc/passwd",     "a",        "w.data/",    "./w.data"};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        if (read_external(places[i], NULL, NULL))
            fail_msg("external data were read from \"%s\"", places[i]);
        assert_sentence(places[i], "");
    }
}

/* Keys of external data, and numbers, that nobody had checked. */
TEST(GHSA_538c_55jv_c5g9)
{
    make_onnx_folders();
    assert_true(read_external("w.data", "offset", "0"));
    static const char *const pairs[][2] = {
        {"offset", "-4"},  {"length", "-1"},          {"offset", "4"},
        {"length", "1e9"}, {"length", "99999999999"}, {"offset", "18446744073709551612"},
        {"offset", "0x0"}, {"length", "4"},           {"__class__", "x"}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        if (read_external("w.data", pairs[i][0], pairs[i][1]))
            fail_msg("%s = %s was taken", pairs[i][0], pairs[i][1]);
        assert_sentence(pairs[i][0], "");
    }
}

/* The checker took raw data of the wrong length. */
TEST(onnx_checker_of_raw_data)
{
    static const float numbers[3] = {1, 2, 3};
    mkdir(testing_path("models"), 0700);
    for (size_t length = 0; length <= 12; length += 4) {
        message fill = {.length = 0};
        put_bytes(&fill, 9, numbers, length);
        assert_int_equal(read_tensor(onnx_file(&fill)), length == 8);
    }
}

/* A read beyond the end of what was parsed: every shorter form of a good file, and raw data a byte short or
 * long. */
TEST(CVE_2024_27319)
{
    static const float numbers[3] = {1, 2, 3};
    mkdir(testing_path("models"), 0700);
    for (size_t length = 7; length <= 9; length++) {
        message fill = {.length = 0};
        put_bytes(&fill, 9, numbers, length);
        assert_int_equal(read_tensor(onnx_file(&fill)), length == 8);
    }
    message good = {.length = 0};
    put_bytes(&good, 9, numbers, 8);
    const char *path = onnx_file(&good);
    void *bytes;
    size_t length;
    assert_int_equal(hone_internal_file_read(path, 1 << 16, &bytes, &length), HONE_OK);
    for (size_t kept = 0; kept < length; kept++)
        read_tensor(
            testing_file("models/b.onnx", bytes, kept)); /* refused or a shorter message; never beyond */
    hone_internal_free(bytes);
}

/* External data were written where the model said. Hone takes the place from the output's name alone. */
TEST(CVE_2025_51480)
{
    mkdir(testing_path("written"), 0700);
    hone_model *model =
        hone_sequential(hone_input(3), hone_dense(2, .name = "..\\..\\evil"), hone_dense(1, .name = ".."));
    assert_non_null(model);
    hone_model_set_name(model, "..\\evil");
    char path[600];
    snprintf(path, sizeof path, "%s", testing_path("written/m.onnx"));
    assert_int_equal(hone_export_onnx(model, path), HONE_OK);
    assert_int_equal(testing_entries(testing_path("written")), 1);
    assert_int_not_equal(access(testing_path("evil"), F_OK), 0);
    hone_model_free(model);
}
