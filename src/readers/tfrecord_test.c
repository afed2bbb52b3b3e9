/* TFRecord files: every kind of feature, sets of files, later data like the first, and damage of all sorts.
 */
#include "data/dataset.h"
#include "base/memory.h"
#include "testing/datasets.h"
#include "testing/files.h"
#include "testing/message.h"
#include "testing/records.h"

#include <hone/hone.h>

AROUND_ALL(testing_folder_make, testing_folder_remove);

enum { RECORDS = 3 };

/* a, b: one number; v: two floats; ids: large; image: four bytes; word: a text; y: a class. */
static void put_example(testing_bytes *file, int i)
{
    testing_bytes example = {.size = 0};
    const float a = 0.5f * (float)i, v[2] = {(float)i, -1};
    const int64_t b = i, ids[2] = {((int64_t)1 << 40) + i, -1}, y = i % 2;
    const unsigned char image[4] = {(unsigned char)i, 255, 0, 7};
    char word[8];
    snprintf(word, sizeof word, "w%d", i);
    testing_put_floats(&example, "a", &a, 1);
    testing_put_integers(&example, "b", &b, 1, i % 2);
    testing_put_floats(&example, "v", v, 2);
    testing_put_integers(&example, "ids", ids, 2, 1);
    testing_put_bytes(&example, "image", image, 4);
    testing_put_bytes(&example, "word", word, strlen(word));
    testing_put_integers(&example, "y", &y, 1, 1);
    testing_put_record(file, example.data, example.size);
}

static const char *write_records(const char *name, int first, int count)
{
    testing_bytes file = {.size = 0};
    for (int i = first; i < first + count; i++)
        put_example(&file, i);
    return testing_file(name, file.data, file.size);
}

static void assert_row(const hone_dataset *data, int kind, int index, int64_t row, const float *expected,
                       size_t count)
{
    static float found[4096];
    assert_int_equal(hone_internal_dataset_gather(data, kind, index, NULL, row, 1, found), HONE_OK);
    for (size_t i = 0; i < count; i++)
        if (found[i] != expected[i])
            fail_msg("number %zu is %g, expected %g", i, (double)found[i], (double)expected[i]);
}

TEST(single_numbers_are_one_array_and_others_inputs_of_their_own)
{
    const int64_t before = hone_internal_blocks_in_use();
    hone_dataset *data = testing_load(testing_with(
        write_records("r.tfrecord", 0, RECORDS), "#target=y,raw=[image],shape=[image(2, 2, 1)],drop=[word]"));
    assert_int_equal(hone_dataset_count(data), RECORDS);
    assert_int_equal(hone_dataset_input_count(data), 4);
    static const char *const names[] = {"numbers", "ids", "image", "v"};
    for (int i = 0; i < 4; i++)
        assert_string_equal(hone_internal_dataset_name(data, 0, i), names[i]);
    assert_int_equal(hone_dataset_input(data, 1)->type, HONE_INT64);
    assert_true(((const int64_t *)hone_dataset_input(data, 1)->data)[4] == ((int64_t)1 << 40) + 2);
    assert_int_equal(hone_dataset_input(data, 2)->type, HONE_UINT8);
    assert_int_equal(hone_dataset_input(data, 2)->rank, 4);
    assert_int_equal(hone_dataset_target(data, 0)->rank, 1);
    assert_row(data, 0, 0, 2, (const float[]){1, 2}, 2);
    assert_row(data, 0, 2, 2, (const float[]){2, 255, 0, 7}, 4);
    assert_row(data, 0, 3, 1, (const float[]){1, -1}, 2);
    assert_row(data, 1, 0, 1, (const float[]){1}, 1);
    hone_dataset_free(data);
    assert_int_equal(hone_internal_blocks_in_use(), before);
}

TEST(texts_are_texts)
{
    hone_dataset *data =
        testing_load(testing_with(write_records("r.tfrecord", 5, RECORDS), "#inputs=[word],target=y"));
    assert_int_equal(hone_dataset_input(data, 0)->type, HONE_TEXT);
    assert_string_equal(((const char *const *)hone_dataset_input(data, 0)->data)[1], "w6");
    assert_null(hone_internal_dataset_name(data, 0, 0));
    hone_dataset_free(data);
}

TEST(a_set_and_a_limit_of_memory_give_the_same_numbers)
{
    static const char options[] = "#target=y,raw=[image],drop=[word, ids]";
    char set[300];
    uint64_t prints[3];
    write_records("p-10.tfrecord", 4, 2);
    write_records("p-9.tfrecord", 0, 4);
    snprintf(set, sizeof set, "%s/p-*.tfrecord%s", testing_folder, options);
    hone_dataset *all[3] = {testing_load(testing_with(write_records("r.tfrecord", 0, 6), options)),
                            testing_load(set), hone_dataset_from_files(set, .memory_limit = 1)};
    if (!all[2])
        fail_msg("%s", hone_error_message());
    for (int i = 0; i < 3; i++)
        assert_int_equal(hone_internal_dataset_fingerprint(all[i], &prints[i]), HONE_OK);
    assert_false(hone_internal_dataset_in_memory(all[2]));
    assert_true(prints[0] == prints[1] && prints[0] == prints[2]);
    for (int i = 0; i < 3; i++)
        hone_dataset_free(all[i]);
}

TEST(later_data_are_read_alike)
{
    hone_dataset *data = hone_dataset_from_tfrecord(write_records("r.tfrecord", 0, RECORDS), .target = {"y"},
                                                    .inputs = {"a", "image", "b"}, .raw = {"image"});
    if (!data)
        fail_msg("%s", hone_error_message());
    testing_bytes example = {.size = 0}, file = {.size = 0};
    testing_put_floats(&example, "a", &(const float){2}, 1);
    testing_put_integers(&example, "b", &(const int64_t){300}, 1, 1);
    testing_put_bytes(&example, "image", "abcd", 4);
    testing_put_record(&file, example.data, example.size);
    hone_dataset *later =
        hone_dataset_load_like(data, testing_file("l.tfrecord", file.data, file.size), NULL, 1);
    if (!later)
        fail_msg("%s", hone_error_message());
    assert_int_equal(hone_dataset_target_count(later), 0); /* it has none */
    assert_row(later, 0, 0, 0, (const float[]){2, 300}, 2);
    assert_row(later, 0, 1, 0, (const float[]){'a', 'b', 'c', 'd'}, 4);
    hone_dataset_free(later);
    testing_put_bytes(&example, "image", "abcde", 5);
    file.size = 0;
    testing_put_record(&file, example.data, example.size);
    assert_null(hone_dataset_load_like(data, testing_file("l.tfrecord", file.data, file.size), NULL, 1));
    assert_message_has("has 5 values; expected 4, as in the training data");
    hone_dataset_free(data);
}

/* A schema comes out of a file of a model: one that says what no reader wrote is refused. */
TEST(there_is_one_weight_at_most)
{
    const char *path = write_records("r.tfrecord", 0, RECORDS);
    hone_dataset *data = hone_dataset_from_tfrecord(path, .target = {"y"}, .inputs = {"a"}, .weight = "b");
    if (!data)
        fail_msg("%s", hone_error_message());
    hone_config *weights =
        (hone_config *)hone_internal_config_get(hone_internal_dataset_schema(data), "weights");
    hone_dataset *later = hone_dataset_load_like(data, path, NULL, 1);
    assert_non_null(later);
    hone_dataset_free(later);
    hone_internal_config_append(weights, hone_internal_config_copy(hone_internal_config_at(weights, 0)));
    assert_null(hone_dataset_load_like(data, path, NULL, 1));
    assert_message_has("weights one of one at most");
    hone_dataset_free(data);
}

static const char *write_uneven(void)
{
    testing_bytes file = {.size = 0};
    for (int i = 0; i < RECORDS; i++) {
        testing_bytes example = {.size = 0};
        const int64_t words[3] = {i + 1, i + 2, i + 3};
        if (i < 2)
            testing_put_integers(&example, "words", words, (size_t)(3 - i), 1);
        testing_put_integers(&example, "y", words, 1, 1);
        testing_put_record(&file, example.data, example.size);
    }
    return testing_file("u.tfrecord", file.data, file.size);
}

TEST(lists_of_any_length_end_in_zeros_when_told_so)
{
    testing_assert_refused(testing_with(write_uneven(), "#target=y"),
                           "the feature \"words\" is missing in 1 of 3 records");
    hone_dataset *data = testing_load(testing_with(write_uneven(), "#target=y,pad=[words]"));
    assert_row(data, 0, 0, 0, (const float[]){1, 2, 3}, 3);
    assert_row(data, 0, 0, 1, (const float[]){2, 3, 0}, 3);
    assert_row(data, 0, 0, 2, (const float[]){0, 0, 0}, 3);
    hone_dataset_free(data);
}

/* The first record has one list of 60,000, the others nothing. */
TEST(one_long_list_does_not_make_all_rows_long)
{
    enum { LONG = 60000, OTHERS = 300 };
    testing_bytes file = {.size = 0};
    int64_t *words = hone_internal_allocate_zeroed(LONG, sizeof *words);
    for (int i = 0; i <= OTHERS; i++) {
        testing_bytes example = {.size = 0};
        if (i == 0)
            testing_put_integers(&example, "words", words, LONG, 1);
        testing_put_integers(&example, "y", &(const int64_t){1}, 1, 1);
        testing_put_record(&file, example.data, example.size);
    }
    hone_internal_free(words);
    testing_assert_refused(
        testing_with(testing_file("l.tfrecord", file.data, file.size), "#target=y,pad=[words]"),
        "301 rows, each of 60000 numbers as the longest, would hold 60000 values, fewer than "
        "one in 256; drop=[...] leaves features out");
}

/* Names in the reverse of their order, one of them twice, of which the last counts. */
TEST(many_features_are_found_by_their_names)
{
    enum { FEATURES = 2000 };
    testing_bytes file = {.size = 0};
    for (int64_t record = 0; record < 2; record++) {
        testing_bytes example = {.size = 0};
        for (int64_t i = FEATURES - 1; i >= 0; i--) {
            char name[16];
            snprintf(name, sizeof name, "f%04d", (int)i);
            if (i == 7)
                testing_put_integers(&example, name, &(const int64_t){99}, 1, 1);
            testing_put_integers(&example, name, &(const int64_t){record * 10000 + i}, 1, 1);
        }
        testing_put_integers(&example, "y", &(const int64_t){1}, 1, 1);
        testing_put_record(&file, example.data, example.size);
    }
    static float expected[FEATURES];
    hone_dataset *data =
        testing_load(testing_with(testing_file("f.tfrecord", file.data, file.size), "#target=y"));
    for (int64_t record = 0; record < 2; record++) {
        for (int i = 0; i < FEATURES; i++)
            expected[i] = (float)(record * 10000 + i);
        assert_row(data, 0, 0, record, expected, FEATURES);
    }
    hone_dataset_free(data);
}

static const char *write_one(const int64_t *words, size_t count)
{
    testing_bytes file = {.size = 0}, example = {.size = 0};
    testing_put_integers(&example, "words", words, count, 1);
    testing_put_integers(&example, "y", &(const int64_t){1}, 1, 1);
    testing_put_record(&file, example.data, example.size);
    return testing_file("one.tfrecord", file.data, file.size);
}

TEST(later_lists_are_shorter_only_where_they_were_padded)
{
    static const int64_t words[] = {7, 8, 9, 10};
    hone_dataset *data = testing_load(testing_with(write_uneven(), "#target=y,pad=[words]"));
    hone_dataset *later = hone_dataset_load_like(data, write_one(words, 2), NULL, 1);
    if (!later)
        fail_msg("%s", hone_error_message());
    assert_row(later, 0, 0, 0, (const float[]){7, 8, 0}, 3);
    hone_dataset_free(later);
    assert_null(hone_dataset_load_like(data, write_one(words, 4), NULL, 1));
    assert_message_has("has 4 values; expected at most 3, as in the training data");
    hone_dataset_free(data);
    data = testing_load(testing_with(write_one(words, 3), "#target=y"));
    assert_null(hone_dataset_load_like(data, write_one(words, 2), NULL, 1));
    assert_message_has("has 2 values; expected 3, as in the training data");
    hone_dataset_free(data);
}

TEST(bytes_that_are_missing_are_zeros_when_padded)
{
    testing_bytes file = {.size = 0};
    for (int i = 0; i < 2; i++) {
        testing_bytes example = {.size = 0};
        if (i == 0)
            testing_put_bytes(&example, "image", "ab", 2);
        testing_put_integers(&example, "y", &(const int64_t){i}, 1, 1);
        testing_put_record(&file, example.data, example.size);
    }
    hone_dataset *data = testing_load(
        testing_with(testing_file("m.tfrecord", file.data, file.size), "#target=y,raw=[image],pad=[image]"));
    assert_row(data, 0, 0, 0, (const float[]){'a', 'b'}, 2);
    assert_row(data, 0, 0, 1, (const float[]){0, 0}, 2);
    hone_dataset_free(data);
}

TEST(features_are_described)
{
    char *text = hone_describe(write_records("r.tfrecord", 0, RECORDS), false);
    if (!text)
        fail_msg("%s", hone_error_message());
    assert_non_null(strstr(text, "r.tfrecord: 3 records"));
    assert_non_null(strstr(text, "ids      integers  2                     -1 to 1099511627778"));
    assert_non_null(strstr(text, "image    bytes     4 bytes"));
    hone_free(text);
}

static const struct {
    const char *name, *options, *says;
} mistakes[] = {
    {"a target that is not there", "#target=z", "target"},
    {"raw of a wrong name", "#raw=[imag]", "did you mean \"image\""},
    {"a shape that does not fit", "#raw=[image],shape=[image(3, 2)]",
     "shape: expected sizes whose product is the 4 numbers of the feature \"image\""},
    {"a shape without an end", "#raw=[image],shape=[image(2, 2]", "expected sizes whose product"},
    {"bytes that are no text", "", "neither a picture nor text in UTF-8; raw=[...] reads them as numbers"},
    {"nothing left", "#drop=[a, b, v, ids, image, word, y]", "no feature is left as an input"},
};

TEST_EACH(refuses, mistakes)
{
    testing_assert_refused(testing_with(write_records("r.tfrecord", 0, RECORDS), row->options), row->says);
}

/* Whatever bit is turned, one of the checksums tells. */
TEST(every_damaged_bit_is_found)
{
    testing_bytes file = {.size = 0}, damaged;
    testing_bytes example = {.size = 0};
    testing_put_floats(&example, "a", &(const float){1}, 1);
    testing_put_record(&file, example.data, example.size);
    for (size_t bit = 0; bit < 8 * file.size; bit++) {
        damaged = file;
        damaged.data[bit / 8] ^= (unsigned char)(1u << bit % 8);
        testing_assert_refused(testing_file("d.tfrecord", damaged.data, damaged.size), "record 1");
    }
    for (size_t size = 1; size < file.size; size++)
        testing_assert_refused(testing_file("d.tfrecord", file.data, size),
                               "record 1: the file ends within it");
    testing_assert_refused(testing_file("d.tfrecord", file.data, 0), "there is no record");
}

static const struct {
    const char *name, *bytes;
    size_t size;
} messages[] = {
    {"a length beyond the end", "\x0a\x7f", 2},
    {"a number without an end", "\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 12},
    {"a group", "\x0b\x0c", 2},
    {"features that are a number", "\x08\x01", 2},
    {"an entry that ends too soon", "\x0a\x03\x0a\x05\x0a", 5},
    {"floats of three bytes",
     "\x0a\x10\x0a\x0e\x0a\x01\x61\x12\x09\x12\x07\x0a\x03"
     "abc"
     "\x0a\x00",
     18},
};

TEST_EACH(refuses_what_is_no_example, messages)
{
    testing_bytes file = {.size = 0};
    testing_put_record(&file, row->bytes, row->size);
    testing_assert_refused(testing_file("m.tfrecord", file.data, file.size),
                           "expected a message tf.train.Example");
}

TEST(survives_failing_allocations)
{
    const char *source = testing_with(write_records("r.tfrecord", 0, RECORDS), "#target=y,raw=[image]");
    const int64_t before = hone_internal_blocks_in_use();
    for (int64_t i = 0;; i++) {
        hone_internal_fail_allocations_after(i);
        hone_dataset *data = hone_dataset_load(source, NULL, 1);
        hone_internal_fail_allocations_after(-1);
        hone_dataset_free(data);
        assert_int_equal(hone_internal_blocks_in_use(), before);
        if (data)
            return;
    }
}
