/* Tests of NPY: every type, order and version; NumPy's own bytes; damage. */
#include "testing/message.h"
#include "testing/files.h"
#include "formats/array_files.h"
#include "testing/test.h"
#include <math.h>

enum { BUFFER = 20000 };

/* An NPY file of a version, header text and numbers; returns its length. */
static size_t build(unsigned char *file, int version, const char *header, const void *data, size_t bytes)
{
    size_t length = strlen(header), start = version == 1 ? 10 : 12;
    memcpy(file, "\x93NUMPY", 6);
    file[6] = (unsigned char)version;
    file[7] = 0;
    for (size_t i = 8; i < start; i++)
        file[i] = (unsigned char)(length >> (8 * (i - 8)));
    memcpy(file + start, header, length);
    if (bytes > 0)
        memcpy(file + start + length, data, bytes);
    return start + length + bytes;
}

/* This machine's numbers as they stand in a file of the byte order '<' or '>'. */
static void order(void *numbers, size_t count, size_t size, bool big)
{
    hone_internal_little_endian(numbers, count, size);
    if (big)
        hone_internal_swap_bytes(numbers, count, size);
}

static hone_array *parse(const char *header, const void *data, size_t bytes)
{
    static unsigned char file[BUFFER];
    size_t length = build(file, 1, header, data, bytes);
    unsigned char *exact = malloc(length); /* the sanitizer sees any step beyond */
    assert_non_null(exact);
    memcpy(exact, file, length);
    hone_array *array = hone_internal_npy_parse(exact, length, "t.npy");
    free(exact);
    return array;
}

static void assert_refused(const char *header, size_t bytes, hone_status status, const char *part)
{
    static const unsigned char zeros[4096];
    hone_error_clear();
    hone_array *array = parse(header, zeros, bytes);
    if (array)
        fail_msg("accepted: %s", header);
    if (hone_error_status() != status || !strstr(hone_error_message(), part) ||
        !strstr(hone_error_message(), "t.npy"))
        fail_msg("%s: received %d \"%s\", expected \"%s\"", header, hone_error_status(), hone_error_message(),
                 part);
}

AROUND_ALL(testing_folder_make, testing_folder_remove);

TEST(reads_numpy_bytes)
{
    const float numbers[6] = {0, 1, 2, 3, 4.5f, -5};
    float stored[6];
    memcpy(stored, numbers, sizeof stored);
    order(stored, 6, sizeof *stored, false);
    for (int version = 1; version <= 3; version++) {
        unsigned char file[512];
        size_t bytes =
            build(file, version, "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }     \n", stored,
                  sizeof stored);
        hone_array *array = hone_array_load(testing_file("a.npy", file, bytes));
        assert_non_null(array);
        assert_int_equal(array->type, HONE_FLOAT32);
        assert_int_equal(array->rank, 2);
        assert_int_equal(array->shape[0], 2);
        assert_int_equal(array->shape[1], 3);
        assert_memory_equal(array->data, numbers, sizeof numbers);
        hone_array_free(array);
    }
}

/* What numpy.save writes for numpy.arange(12, dtype="float32").reshape(3, 4). */
TEST(writes_numpy_bytes)
{
    unsigned char expected[128 + 48];
    float numbers[12];
    for (int i = 0; i < 12; i++)
        numbers[i] = (float)i;
    memset(expected, ' ', 128);
    memcpy(expected, "\x93NUMPY\x01\x00v\x00", 10);
    const char *dict = "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }";
    memcpy(expected + 10, dict, strlen(dict));
    expected[127] = '\n';
    memcpy(expected + 128, numbers, sizeof numbers);
    order(expected + 128, 12, sizeof *numbers, false);
    const char *path = testing_path("written.npy");
    hone_array view = hone_array_view(numbers, HONE_FLOAT32, 2, (int64_t[]){3, 4});
    assert_int_equal(hone_array_save(&view, path), HONE_OK);
    unsigned char received[256];
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(fread(received, 1, sizeof received, file), sizeof expected);
    fclose(file);
    assert_memory_equal(received, expected, sizeof expected);
}

TEST(writes_the_header_of_every_rank)
{
    char header[HONE_NPY_HEADER_BYTES];
    uint8_t byte = 0;
    hone_array scalar = hone_array_view(&byte, HONE_UINT8, 0, NULL);
    assert_int_equal(hone_internal_npy_header(&scalar, header), 128);
    assert_non_null(strstr(header + 10, "'|u1', 'fortran_order': False, 'shape': (), }"));
    hone_array one = hone_array_view(&byte, HONE_BOOL, 1, (int64_t[]){1});
    assert_int_equal(hone_internal_npy_header(&one, header), 128);
    assert_non_null(strstr(header + 10, "'|b1', 'fortran_order': False, 'shape': (1,), }"));
    int64_t huge = INT64_MAX;
    hone_array wide = {
        .type = HONE_FLOAT64, .rank = 8, .shape = {huge, huge, huge, huge, huge, huge, huge, huge}};
    size_t length = hone_internal_npy_header(&wide, header);
    assert_non_null(strstr(header + 10, "'descr': '<f8'")); /* on every machine */
    assert_int_equal(length % 64, 0);
    assert_true(length <= sizeof header);
    assert_int_equal(header[length - 1], '\n');
}

static const char *const descriptions[HONE_DTYPE_COUNT] = {
#define DESCRIPTION(name, type, bytes, numpy) [HONE_##name] = numpy,
    HONE_DTYPE_MAP(DESCRIPTION)
#undef DESCRIPTION
};

/* 1, 2, 3 of each type, in both byte orders, and back through hone_array_save. */
TEST(reads_every_type_and_byte_order)
{
    for (int type = 0; type < HONE_DTYPE_COUNT; type++)
        for (int big = 0; big < 2; big++) {
            double numbers[3] = {1, 0, type == HONE_BOOL ? 1 : 100};
            hone_array source = hone_array_view(numbers, HONE_FLOAT64, 1, (int64_t[]){3});
            hone_array *typed = hone_array_convert(&source, (hone_dtype)type);
            size_t size = hone_dtype_size((hone_dtype)type);
            char header[128];
            snprintf(header, sizeof header, "{'descr': '%c%s', 'fortran_order': False, 'shape': (3,), }\n",
                     big ? '>' : '<', descriptions[type]);
            order(typed->data, 3, size, big);
            hone_array *read = parse(header, typed->data, 3 * size);
            assert_non_null(read);
            assert_int_equal(read->type, type);
            for (int i = 0; i < 3; i++)
                assert_true(hone_array_number(read, i) == numbers[i]);
            const char *path = testing_path("typed.npy");
            assert_int_equal(hone_array_save(read, path), HONE_OK);
            hone_array *again = hone_array_load(path);
            assert_non_null(again);
            assert_int_equal(again->type, type);
            assert_memory_equal(again->data, read->data, 3 * size);
            hone_array_free(again);
            hone_array_free(read);
            hone_array_free(typed);
        }
}

TEST(reads_halves)
{
    const uint16_t bits[] = {0x0000, 0x8000, 0x3c00, 0xc000, 0x7bff, 0x0400,
                             0x0001, 0x03ff, 0x7c00, 0xfc00, 0x3555};
    const float expected[] = {0,        -0.0f,      1,        -2,        65504,      0x1p-14f,
                              0x1p-24f, 0x3ffp-24f, INFINITY, -INFINITY, 0x1.554p-2f};
    for (int big = 0; big < 2; big++) {
        uint16_t data[11];
        memcpy(data, bits, sizeof data);
        order(data, 11, sizeof *data, big);
        hone_array *array = parse(big ? "{'descr': '>f2', 'fortran_order': False, 'shape': (11,)}"
                                      : "{'descr': '<f2', 'fortran_order': False, 'shape': (11,)}",
                                  data, sizeof data);
        assert_non_null(array);
        assert_int_equal(array->type, HONE_FLOAT32);
        assert_memory_equal(array->data, expected, sizeof expected);
        hone_array_free(array);
    }
    uint16_t nan = 0x7e01;
    order(&nan, 1, sizeof nan, false);
    hone_array *array = parse("{'descr': '<f2', 'fortran_order': False, 'shape': ()}", &nan, 2);
    assert_non_null(array);
    assert_true(isnan(*(float *)array->data));
    hone_array_free(array);
}

/* a[i, j, k] = 100 i + 10 j + k, first axis fastest in the file. */
TEST(reads_fortran_order)
{
    int32_t columns[24];
    for (int k = 0, at = 0; k < 4; k++)
        for (int j = 0; j < 3; j++)
            for (int i = 0; i < 2; i++)
                columns[at++] = 100 * i + 10 * j + k;
    order(columns, 24, sizeof *columns, false);
    hone_array *array =
        parse("{'descr': '<i4', 'fortran_order': True, 'shape': (2, 3, 4), }", columns, sizeof columns);
    assert_non_null(array);
    const int32_t *rows = array->data;
    for (int i = 0; i < 2; i++)
        for (int j = 0; j < 3; j++)
            for (int k = 0; k < 4; k++)
                assert_int_equal(rows[(i * 3 + j) * 4 + k], 100 * i + 10 * j + k);
    hone_array_free(array);
    uint8_t bytes[3] = {7, 8, 9};
    array = parse("{'descr': '|u1', 'fortran_order': True, 'shape': (3,), }", bytes, 3);
    assert_memory_equal(array->data, bytes, 3);
    hone_array_free(array);
    array = parse("{'descr': '|u1', 'fortran_order': True, 'shape': (3, 0), }", bytes, 0);
    assert_non_null(array);
    assert_int_equal(hone_array_count(array), 0);
    hone_array_free(array);
}

TEST(booleans_are_zero_or_one)
{
    hone_array *array = parse("{'descr': '|b1', 'fortran_order': False, 'shape': (3,)}", "\0\1\7", 3);
    assert_non_null(array);
    assert_memory_equal(array->data, "\0\1\1", 3);
    hone_array_free(array);
}

TEST(accepts_the_grammar_of_headers)
{
    static const struct {
        const char *header;
        size_t bytes;
        int rank;
    } good[] = {
        {"{'descr': '<f4', 'fortran_order': False, 'shape': ()}", 4, 0},
        {"{\"descr\": \"<f4\", \"fortran_order\": False, \"shape\": (2,), }\n", 8, 1},
        {"  {'shape':(2,2,),'descr':'<f4','fortran_order':True}  \t\r\n", 16, 2},
        {"{'shape': (2L, 1L), 'descr': '<i2', 'fortran_order': False}", 4, 2},
        {"{'descr': '=f4', 'fortran_order': False, 'shape': (0, 5)}", 0, 2},
        {"{'descr': '=u1', 'fortran_order': False, 'shape': (1, 1, 1, 1, 1, 1, 1, 3)}", 3, 8},
#if SIZE_MAX > UINT32_MAX
        {"{'descr': '<u1', 'fortran_order': False, 'shape': (9223372036854775807, 0)}", 0, 2},
#endif
    };
    static const unsigned char zeros[64];
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        hone_array *array = parse(good[i].header, zeros, good[i].bytes);
        if (!array)
            fail_msg("%s: %s", good[i].header, hone_error_message());
        assert_int_equal(array->rank, good[i].rank);
        hone_array_free(array);
    }
}

#define HEADER(descr, order, shape) "{'descr': " descr ", 'fortran_order': " order ", 'shape': " shape "}"

TEST(refuses_all_other_headers)
{
    static const struct {
        const char *header;
        size_t bytes;
        hone_status status;
        const char *part;
    } bad[] = {
        {HEADER("'|O'", "False", "(2,)"), 16, HONE_ERROR_UNSUPPORTED, "Python objects"},
        {HEADER("'<c8'", "False", "(2,)"), 16, HONE_ERROR_UNSUPPORTED, "complex"},
        {HEADER("'<U3'", "False", "(2,)"), 23, HONE_ERROR_FORMAT, "24 bytes"},
        {HEADER("'<U3'", "True", "(1, 2)"), 24, HONE_ERROR_UNSUPPORTED, "column-major array of texts"},
        {HEADER("'|S99999999'", "False", "(2,)"), 6, HONE_ERROR_FORMAT, "not a NumPy type"},
        {HEADER("'|V2'", "False", "(2,)"), 4, HONE_ERROR_UNSUPPORTED, "structures"},
        {HEADER("'<M8[ns]'", "False", "(2,)"), 16, HONE_ERROR_UNSUPPORTED, "dates"},
        {HEADER("'<f16'", "False", "(1,)"), 16, HONE_ERROR_UNSUPPORTED, "long double"},
        {HEADER("[('a', '<f4')]", "False", "(1,)"), 4, HONE_ERROR_UNSUPPORTED, "structures"},
        {HEADER("'|f4'", "False", "(1,)"), 4, HONE_ERROR_FORMAT, "\"|f4\""},
        {HEADER("'<i3'", "False", "(1,)"), 3, HONE_ERROR_FORMAT, "is not a NumPy type"},
        {HEADER("''", "False", "(1,)"), 4, HONE_ERROR_FORMAT, "is not a NumPy type"},
        {HEADER("'f4'", "False", "(1,)"), 4, HONE_ERROR_FORMAT, "is not a NumPy type"},
        {HEADER("'<f4 and a very long text here'", "False", "(1,)"), 4, HONE_ERROR_FORMAT, "a type"},
        {HEADER("f4", "False", "(1,)"), 4, HONE_ERROR_FORMAT, "a type"},
        {HEADER("'<f4", "False", "(1,)"), 4, HONE_ERROR_FORMAT, "NPY header"},
        {HEADER("'<f\\x34'", "False", "(1,)"), 4, HONE_ERROR_FORMAT, "a type"},
        {HEADER("'<f4'", "false", "(1,)"), 4, HONE_ERROR_FORMAT, "True or False"},
        {HEADER("'<f4'", "0", "(1,)"), 4, HONE_ERROR_FORMAT, "True or False"},
        {HEADER("'<f4'", "False", "1"), 4, HONE_ERROR_FORMAT, "a shape"},
        {HEADER("'<f4'", "False", "[1]"), 4, HONE_ERROR_FORMAT, "a shape"},
        {HEADER("'<f4'", "False", "(1)"), 4, HONE_ERROR_FORMAT, "','"},
        {HEADER("'<f4'", "False", "(-1,)"), 4, HONE_ERROR_FORMAT, "a size"},
        {HEADER("'<f4'", "False", "(,)"), 4, HONE_ERROR_FORMAT, "a size"},
        {HEADER("'<f4'", "False", "(1 2)"), 8, HONE_ERROR_FORMAT, "','"},
        {HEADER("'<f4'", "False", "(1, 2"), 8, HONE_ERROR_FORMAT, "','"},
        {HEADER("'<f4'", "False", "(99999999999999999999,)"), 8, HONE_ERROR_FORMAT, "too large"},
        {HEADER("'<f4'", "False", "(4611686018427387904, 4)"), 0, HONE_ERROR_FORMAT, "too large"},
        {HEADER("'<f8'", "False", "(4611686018427387904,)"), 0, HONE_ERROR_FORMAT, "too large"},
        {HEADER("'<f4'", "False", "(1000000000,)"), 4, HONE_ERROR_FORMAT, "declares 4000000000 bytes"},
        {HEADER("'<f4'", "False", "(2,)"), 7, HONE_ERROR_FORMAT, "but the file has 7"},
        {HEADER("'<f4'", "False", "(2,)"), 9, HONE_ERROR_FORMAT, "but the file has 9"},
        {HEADER("'<f4'", "False", "(1,1,1,1,1,1,1,1,1)"), 4, HONE_ERROR_UNSUPPORTED, "more than 8 axes"},
        {HEADER("'<f4'", "False", "(1,)") "x", 4, HONE_ERROR_FORMAT, "nothing after"},
        {HEADER("'<f4'", "False", "(1,), 'shape': (1,)"), 4, HONE_ERROR_FORMAT, "there twice"},
        {HEADER("'<f4'", "False", "(1,), 'more': 1"), 4, HONE_ERROR_FORMAT, "unknown"},
        {"{'descr': '<f4', 'shape': (1,)}", 4, HONE_ERROR_FORMAT, "\"fortran_order\" is missing"},
        {"{'descr': '<f4' 'shape': (1,)}", 4, HONE_ERROR_FORMAT, "',' or '}'"},
        {"{'descr' '<f4'}", 4, HONE_ERROR_FORMAT, "':'"},
        {"{descr: '<f4'}", 4, HONE_ERROR_FORMAT, "a key"},
        {"['descr']", 4, HONE_ERROR_FORMAT, "'{'"},
        {"", 0, HONE_ERROR_FORMAT, "received the end"},
        {"{__import__('os').system('true'): 1}", 0, HONE_ERROR_FORMAT, "a key"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (1,)}\x80", 4, HONE_ERROR_FORMAT, "byte 0x80"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_refused(bad[i].header, bad[i].bytes, bad[i].status, bad[i].part);
}

TEST(refuses_every_beginning_of_a_file)
{
    unsigned char file[256];
    const char *header = HEADER("'<f4'", "False", "(1,)");
    size_t bytes = build(file, 4, header, "\0\0\0", 4);
    assert_null(hone_internal_npy_parse(file, bytes, "t.npy"));
    assert_non_null(strstr(hone_error_message(), "NPY version 4.0"));
    bytes = build(file, 1, header, "\0\0\0", 4);
    file[7] = 1;
    assert_null(hone_internal_npy_parse(file, bytes, "t.npy"));
    file[7] = 0;
    file[5] = 'X';
    assert_null(hone_internal_npy_parse(file, bytes, "t.npy"));
    assert_non_null(strstr(hone_error_message(), "not an NPY file"));
    static char long_header[BUFFER / 2 + 2];
    static unsigned char long_file[BUFFER];
    memset(long_header, ' ', 10001);
    bytes = build(long_file, 2, long_header, "", 0);
    assert_null(hone_internal_npy_parse(long_file, bytes, "t.npy"));
    assert_non_null(strstr(hone_error_message(), "10001 characters"));
    assert_null(hone_array_load(testing_path("missing.npy")));
    assert_int_equal(hone_error_status(), HONE_ERROR_FILE);
    assert_non_null(strstr(hone_error_message(), "missing.npy"));
    assert_null(hone_array_load(NULL));
}

TEST(refuses_to_save)
{
    const char *path = testing_path("bad.npy");
    float number = 1;
    hone_error_clear();
    assert_int_equal(hone_array_save(NULL, path), HONE_ERROR_ARGUMENT);
    hone_array array = {.type = (hone_dtype)99, .rank = 0, .data = &number};
    assert_int_equal(hone_array_save(&array, path), HONE_ERROR_ARGUMENT);
    array = (hone_array){.type = HONE_FLOAT32, .rank = 9, .data = &number};
    assert_int_equal(hone_array_save(&array, path), HONE_ERROR_SHAPE);
    array = (hone_array){.type = HONE_FLOAT32, .rank = 1, .shape = {-1}, .data = &number};
    assert_int_equal(hone_array_save(&array, path), HONE_ERROR_SHAPE);
    array = (hone_array){.type = HONE_FLOAT32, .rank = 1, .shape = {1}};
    assert_int_equal(hone_array_save(&array, path), HONE_ERROR_ARGUMENT);
    array.data = &number;
    assert_int_equal(hone_array_save(&array, NULL), HONE_ERROR_ARGUMENT);
    assert_int_equal(hone_array_save(&array, testing_path("no/bad.npy")), HONE_ERROR_FILE);
    assert_int_not_equal(access(path, F_OK), 0);
}

/* Cut anywhere, longer, or with any byte changed: an error or an array, never a crash or a leak. */
TEST(survives_damage)
{
    unsigned char file[256];
    float numbers[6] = {1, 2, 3, 4, 5, 6};
    size_t bytes = build(file, 1, "{'descr': '<f4', 'fortran_order': True, 'shape': (2, 3), }  \n", numbers,
                         sizeof numbers);
    int64_t before = hone_internal_blocks_in_use();
    for (size_t length = 0; length < bytes; length++) {
        unsigned char *cut = malloc(length + 1);
        memcpy(cut, file, length);
        assert_null(hone_internal_npy_parse(cut, length, "t.npy"));
        free(cut);
    }
    uint32_t seed = 1;
    for (int i = 0; i < 20000; i++) {
        unsigned char *copy = malloc(bytes);
        memcpy(copy, file, bytes);
        for (int flips = 0; flips < 1 + i % 3; flips++)
            copy[testing_random(&seed) % (i % 2 ? bytes : 90)] = (unsigned char)testing_random(&seed);
        hone_array *array = hone_internal_npy_parse(copy, bytes, "t.npy");
        if (array)
            assert_true((size_t)hone_array_count(array) * hone_dtype_size(array->type) <= 48);
        hone_array_free(array);
        free(copy);
    }
    assert_int_equal(hone_internal_blocks_in_use(), before);
}

TEST(survives_failing_allocations)
{
    unsigned char file[256];
    float numbers[6] = {1, 2, 3, 4, 5, 6};
    size_t bytes = build(file, 1, "{'descr': '<f4', 'fortran_order': True, 'shape': (2, 3), }\n", numbers,
                         sizeof numbers);
    const char *path = testing_file("m.npy", file, bytes), *copy = testing_path("n.npy");
    int64_t before = hone_internal_blocks_in_use(), allowed = 0;
    for (bool done = false; !done && allowed < 100; allowed++) {
        hone_internal_fail_allocations_after(allowed);
        hone_array *array = hone_array_load(path);
        done = array && hone_array_save(array, copy) == HONE_OK;
        if (!done)
            assert_int_equal(hone_error_status(), HONE_ERROR_MEMORY);
        hone_array_free(array);
        hone_internal_fail_allocations_after(-1);
        assert_int_equal(hone_internal_blocks_in_use(), before);
    }
    assert_in_range(allowed, 4, 50);
}

/* ---- texts ---- */

static hone_array *parse_texts(const char *descr, const void *data, size_t bytes)
{
    unsigned char file[512] = "\x93NUMPY\x01\x00\x76\x00";
    memset(file + 10, ' ', 118);
    const int length =
        snprintf((char *)file + 10, 118, "{'descr': %s, 'fortran_order': False, 'shape': (2,), }", descr);
    file[10 + length] = ' ';
    file[127] = '\n';
    memcpy(file + 128, data, bytes);
    return hone_internal_npy_parse(file, 128 + bytes, "t.npy");
}

TEST(reads_texts)
{
    hone_array *bytes = parse_texts("'|S3'", "ab\0\xC3\xA9\0", 6);
    if (bytes == NULL)
        fail_msg("%s", hone_error_message());
    assert_int_equal(bytes->type, HONE_TEXT);
    assert_string_equal(hone_array_text(bytes, 0), "ab");
    assert_string_equal(hone_array_text(bytes, 1), "\xC3\xA9");
    hone_array_free(bytes);
    hone_array *wide = parse_texts("'<U2'", "a\0\0\0\xE9\0\0\0\0\xF6\1\0\0\0\0\0", 16),
               *swapped = parse_texts("'>U2'", "\0\0\0a\0\0\0\xE9\0\1\xF6\0\0\0\0\0", 16);
    if (wide == NULL || swapped == NULL)
        fail_msg("%s", hone_error_message());
    assert_string_equal(hone_array_text(wide, 0), "aé");
    assert_string_equal(hone_array_text(wide, 1), "\xF0\x9F\x98\x80");
    assert_string_equal(hone_array_text(swapped, 1), "\xF0\x9F\x98\x80");
    hone_array_free(wide);
    hone_array_free(swapped);
    assert_null(parse_texts("'|S2'", "ab\xff\0", 4));
    assert_message_has("t.npy: text 1 is not UTF-8: byte 1 is 0xFF");
    assert_null(parse_texts("'<U1'", "a\0\0\0\0\xD8\0\0", 8));
    assert_message_has("a character 0xD800, which is none");
}
