/* Weights in several files with a map. */
#include "base/memory.h"
#include "formats/store.h"
#include "testing/files.h"
#include "testing/message.h"

AROUND_ALL(testing_folder_make, testing_folder_remove);

static const float numbers[8] = {1, 2, 3, 4, 5, 6, 7, 8};

/* "a/vars" with arrays of 3 and 2 numbers, "b/vars" with one of 2, "c/vars" without. */
static hone_store *make_store(void)
{
    hone_store *store = hone_internal_store_create();
    const hone_array three = hone_array_view(numbers, HONE_FLOAT32, 1, (int64_t[]){3}),
                     two = hone_array_view(numbers + 3, HONE_FLOAT32, 1, (int64_t[]){2});
    assert_int_equal(hone_internal_store_add_group(store, "a/vars", "first"), HONE_OK);
    assert_int_equal(hone_internal_store_add(store, "a/vars", &three, false), HONE_OK);
    assert_int_equal(hone_internal_store_add(store, "a/vars", &two, false), HONE_OK);
    assert_int_equal(hone_internal_store_add_group(store, "b/vars", "second"), HONE_OK);
    assert_int_equal(hone_internal_store_add(store, "b/vars", &two, false), HONE_OK);
    assert_int_equal(hone_internal_store_add_group(store, "c/vars", NULL), HONE_OK);
    return store;
}

/* Bytes of a file at most, and the map that follows. */
static const struct {
    const char *name;
    uint64_t bytes;
    int files;
    const char *map;
} sizes[] = {
    {"all in one", 100, 1,
     "{\"metadata\": {\"total_size\": 28.0}, \"weight_map\": {\"/a/vars\": [\"m_00000.weights.h5\"], \"/b/vars\": "
     "\"m_00000.weights.h5\"}}"},
    {"a group in one, the next in another", 20, 2,
     "{\"metadata\": {\"total_size\": 28.0}, \"weight_map\": {\"/a/vars\": [\"m_00000.weights.h5\"], \"/b/vars\": "
     "\"m_00001.weights.h5\"}}"},
    {"a group in two", 16, 2,
     "{\"metadata\": {\"total_size\": 28.0}, \"weight_map\": {\"/a/vars\": [\"m_00000.weights.h5\", "
     "\"m_00001.weights.h5\"], \"/b/vars\": \"m_00001.weights.h5\"}}"},
    {"an array in each", 12, 3,
     "{\"metadata\": {\"total_size\": 28.0}, \"weight_map\": {\"/a/vars\": [\"m_00000.weights.h5\", "
     "\"m_00001.weights.h5\"], \"/b/vars\": \"m_00002.weights.h5\"}}"},
};

TEST_EACH(files_are_filled_up_to_a_size, sizes)
{
    hone_store *store = make_store();
    if (hone_internal_store_write_shards(store, testing_path("m.weights.json"), row->bytes) < 0)
        fail_msg("%s", hone_error_message());
    hone_internal_store_free(store);
    void *map;
    size_t length;
    assert_int_equal(hone_internal_file_read(testing_path("m.weights.json"), 4096, &map, &length), HONE_OK);
    assert_int_equal(length, strlen(row->map));
    assert_memory_equal(map, row->map, length);
    hone_internal_free(map);
    assert_int_equal(testing_entries(testing_folder), row->files + 1);

    hone_weights_file *file = hone_internal_weights_open_shards(testing_path("m.weights.json"));
    if (file == NULL)
        fail_msg("%s", hone_error_message());
    float read[3];
    const hone_array two = hone_array_view(read, HONE_FLOAT32, 1, (int64_t[]){2});
    assert_int_equal(hone_internal_weights_count(file, "a/vars"), 2);
    assert_int_equal(hone_internal_weights_read(file, "a/vars", 1, &two), HONE_OK);
    assert_memory_equal(read, numbers + 3, 8);
    assert_int_equal(hone_internal_weights_read(file, "b/vars", 0, &two), HONE_OK);
    char *name = hone_internal_weights_name(file, "a/vars");
    assert_string_equal(name, "first");
    hone_internal_free(name);
    name = hone_internal_weights_name(file, "b/vars");
    assert_non_null(name);
    assert_string_equal(name, "second");
    hone_internal_free(name);
    hone_internal_weights_close(file);
    testing_folder_empty(testing_folder);
}

TEST(an_array_that_no_file_may_hold_is_refused)
{
    hone_store *store = make_store();
    assert_failed(hone_internal_store_write_shards(store, testing_path("m.weights.json"), 11),
                  HONE_ERROR_ARGUMENT, "a/vars/0 has 12 bytes, more than a shard may have (11)");
    assert_int_not_equal(access(testing_path("m.weights.json"), F_OK), 0);
    hone_internal_store_free(store);
}

static const struct {
    const char *name, *map, *words;
} mistakes[] = {
    {"no JSON", "weights", "m.weights.json"},
    {"no map", "{\"a\": 1}", "expected an index of weights, received JSON without a weight_map"},
    {"a list as map", "{\"weight_map\": []}", "received JSON without a weight_map"},
    {"an empty map", "{\"weight_map\": {}}", "weight_map names no files"},
    {"an empty list of files", "{\"weight_map\": {\"/a/vars\": []}}", "weight_map names no files"},
    {"a number as file", "{\"weight_map\": {\"/a/vars\": 3}}",
     "expected the name of a file in the same folder, received something else"},
    {"another folder", "{\"weight_map\": {\"/a/vars\": \"../x.h5\"}}",
     "in the same folder, received ../x.h5"},
    {"a folder below", "{\"weight_map\": {\"/a/vars\": [\"b/x.h5\"]}}",
     "in the same folder, received b/x.h5"},
    {"a folder of another system", "{\"weight_map\": {\"/a/vars\": \"b\\\\x.h5\"}}", "in the same folder"},
    {"a hidden file", "{\"weight_map\": {\"/a/vars\": \".x.h5\"}}", "in the same folder"},
    {"no name", "{\"weight_map\": {\"/a/vars\": \"\"}}", "in the same folder"},
    {"a file that is not there", "{\"weight_map\": {\"/a/vars\": \"x.h5\"}}", "x.h5"},
};

TEST_EACH(a_map_is_refused, mistakes)
{
    hone_error_clear();
    testing_file("m.weights.json", row->map, strlen(row->map));
    assert_null(hone_internal_weights_open_shards(testing_path("m.weights.json")));
    assert_message_has(row->words);
}
