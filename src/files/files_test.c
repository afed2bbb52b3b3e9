/* Saving and loading models: which file is what, what is refused, and that a refusal changes nothing. */
#include "base/memory.h"
#include "model/model.h"
#include "testing/files.h"
#include "testing/test.h"

#include <hone/hone.h>

AROUND_ALL(testing_folder_make, testing_folder_remove);

static hone_model *make(int64_t units)
{
    hone_model *model =
        hone_sequential(hone_input(3), hone_dense(units, .name = "hidden"), hone_dense(1, .name = "out"));
    if (model == NULL)
        fail_msg("%s", hone_error_message());
    return model;
}

static void number(hone_model *model, float first)
{
    for (int i = 0; i < hone_model_weight_count(model); i++) {
        hone_variable *weight = hone_model_weight(model, i);
        for (int64_t j = 0; j < hone_internal_variable_count(weight); j++)
            hone_internal_variable_data(weight)[j] = first++;
    }
}

static void assert_numbered(const hone_model *model, float first)
{
    for (int i = 0; i < hone_model_weight_count(model); i++) {
        const hone_variable *weight = hone_model_weight(model, i);
        for (int64_t j = 0; j < hone_internal_variable_count(weight); j++, first++)
            if (hone_internal_variable_data(weight)[j] != first)
                fail_msg("weight %d is %g at %d, not %g", i, (double)hone_internal_variable_data(weight)[j],
                         (int)j, (double)first);
    }
}

static void assert_failed(hone_status received, hone_status expected, const char *words)
{
    assert_int_equal(received, expected);
    if (strstr(hone_error_message(), words) == NULL)
        fail_msg("\"%s\" does not mention \"%s\"", hone_error_message(), words);
}

static const struct {
    const char *name, *file;
} weight_files[] = {{"HDF5", "w.weights.h5"},
                    {"shards", "w.weights.json"},
                    {"safetensors", "w.safetensors"},
                    {"a whole model", "w.keras"}};

TEST_EACH(weights_come_back_from, weight_files)
{
    hone_model *saved = make(2), *loaded = make(2);
    const char *path = testing_path(row->file);
    number(saved, 1);
    assert_int_equal(hone_save(saved, path), HONE_OK);
    if (hone_load_weights(loaded, path) < 0)
        fail_msg("%s", hone_error_message());
    assert_numbered(loaded, 1);
    hone_model_free(saved);
    hone_model_free(loaded);
}

TEST_EACH(weights_of_another_model_change_nothing_from, weight_files)
{
    hone_model *saved = make(4), *other = make(2);
    const char *path = testing_path(row->file);
    number(saved, 1);
    number(other, 100);
    assert_int_equal(hone_save(saved, path), HONE_OK);
    assert_true(hone_load_weights(other, path) < 0);
    if (strstr(hone_error_message(), "expected the shape") == NULL)
        fail_msg("\"%s\" does not say which shape was expected", hone_error_message());
    assert_numbered(other, 100);
    hone_model_free(saved);
    hone_model_free(other);
}

TEST_EACH(a_file_cut_short_changes_nothing_from, weight_files)
{
    hone_model *saved = make(2), *other = make(2);
    const char *path = testing_path(row->file);
    number(saved, 1);
    number(other, 100);
    assert_int_equal(hone_save(saved, path), HONE_OK);
    struct stat before;
    assert_int_equal(stat(path, &before), 0);
    for (off_t left = 0; left < before.st_size; left += before.st_size / 7 + 1) {
        assert_int_equal(truncate(path, left), 0);
        assert_true(hone_load_weights(other, path) < 0);
        assert_numbered(other, 100);
        assert_int_equal(hone_save(saved, path), HONE_OK);
    }
    hone_model_free(saved);
    hone_model_free(other);
}

TEST(another_ending_is_refused_with_those_there_are)
{
    hone_model *model = make(2);
    assert_failed(hone_save(model, testing_path("m.bin")), HONE_ERROR_ARGUMENT, ".keras");
    assert_failed(hone_save(model, testing_path("keras")), HONE_ERROR_ARGUMENT, ".keras");
    assert_int_equal(access(testing_path("m.bin"), F_OK), -1);
    hone_model_free(model);
}

static const struct {
    const char *name;
    unsigned uses;
} named[] = {
    {"m.keras", HONE_SAVES_MODEL | HONE_LOADS_MODEL | HONE_LOADS_WEIGHTS},
    {"m.h5", HONE_LOADS_MODEL | HONE_LOADS_WEIGHTS},
    {"m.onnx", HONE_LOADS_MODEL},
    {"m.weights.h5", HONE_SAVES_WEIGHTS | HONE_LOADS_WEIGHTS}, /* the longer ending counts */
    {"m.weights.json", HONE_SAVES_WEIGHTS | HONE_LOADS_WEIGHTS},
    {"m.safetensors", HONE_SAVES_WEIGHTS | HONE_LOADS_WEIGHTS | HONE_NAMES_WEIGHTS},
    {"m.pt", 0},
    {"m.KERAS", 0},
    {"keras", 0},
    {"", 0},
};

TEST_EACH(a_name_tells_what_can_be_done_with_its_file, named)
{
    assert_int_equal(hone_file_uses(row->name), row->uses);
    assert_int_equal(hone_file_uses(NULL), 0);
}

TEST(endings_are_listed_by_use_and_cut_to_fit)
{
    char text[64], small[8];
    assert_string_equal(hone_file_endings(HONE_LOADS_MODEL, text, sizeof text), ".keras, .h5 or .onnx");
    assert_string_equal(hone_file_endings(HONE_SAVES_MODEL, text, sizeof text), ".keras");
    assert_string_equal(hone_file_endings(HONE_SAVES_WEIGHTS, text, sizeof text),
                        ".weights.h5, .weights.json or .safetensors");
    assert_string_equal(hone_file_endings(HONE_LOADS_MODEL, small, sizeof small), ".keras,");
}

TEST(what_a_file_begins_with_counts_before_its_name)
{
    const char *path = testing_file("hdf5.onnx", "\x89HDF\r\n\x1a\nand then nothing", 24);
    assert_null(hone_load(path));
    assert_null(strstr(hone_error_message(), "ONNX")); /* HDF5 was asked, and says what is wrong */
    path = testing_file("no_ending", "PK\3\4 and then nothing", 20);
    assert_null(hone_load(path));
    assert_non_null(strstr(hone_error_message(), "no_ending"));
}

TEST(weights_alone_are_no_model)
{
    hone_model *model = make(2);
    assert_int_equal(hone_save(model, testing_path("alone.safetensors")), HONE_OK);
    assert_null(hone_load(testing_path("alone.safetensors")));
    assert_non_null(strstr(hone_error_message(), "only weights"));
    hone_model_free(model);
}

TEST(releases_of_keras_3_can_be_asked_for_and_no_others)
{
    static const char *const good[] = {"3.0", "3.3", "3.15"}, *const bad[] = {"2.15", "4.0", "three", ""};
    hone_model *model = make(2);
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        if (hone_save(model, testing_path("release.keras"), .keras_version = good[i]) < 0)
            fail_msg("%s: %s", good[i], hone_error_message());
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (hone_save(model, testing_path("release.keras"), .keras_version = bad[i]) != HONE_ERROR_ARGUMENT)
            fail_msg("%s is accepted", bad[i]);
    hone_model_free(model);
}

TEST(a_file_that_is_not_there_is_told_by_its_path)
{
    hone_model *model = make(2);
    static const char *const names[] = {"none.keras", "none.h5", "none.onnx"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        assert_null(hone_load(testing_path(names[i])));
        assert_failed(hone_error_status(), HONE_ERROR_FILE, names[i]);
    }
    assert_failed(hone_load_weights(model, testing_path("none.weights.h5")), HONE_ERROR_FILE,
                  "none.weights.h5");
    hone_model_free(model);
}

TEST(a_folder_that_is_not_there_cannot_be_saved_into)
{
    hone_model *model = make(2);
    assert_int_equal(hone_save(model, "/nowhere/at/all/m.keras"), HONE_ERROR_FILE);
    hone_model_free(model);
}

TEST(names_are_mapped_in_safetensors_alone)
{
    static const char *const map[] = {"a=b", NULL};
    hone_model *model = make(2);
    assert_int_equal(hone_save(model, testing_path("map.weights.h5")), HONE_OK);
    assert_failed(hone_load_weights(model, testing_path("map.weights.h5"), .map = map), HONE_ERROR_ARGUMENT,
                  ".safetensors");
    assert_failed(hone_load_weights(model, testing_path("map.weights.h5"), .partial = true),
                  HONE_ERROR_ARGUMENT, ".safetensors");
    hone_model_free(model);
}

TEST(a_model_that_is_not_built_has_nothing_to_save)
{
    hone_model *model = hone_sequential(hone_dense(2));
    assert_int_equal(hone_save(model, testing_path("m.keras")), HONE_ERROR_STATE);
    assert_int_equal(hone_load_weights(model, testing_path("w.keras")), HONE_ERROR_STATE);
    hone_model_free(model);
}

TEST(saving_survives_failing_allocations_and_keeps_the_old_file)
{
    hone_model *model = make(2), *read;
    const char *path = testing_path("old.keras");
    number(model, 1);
    assert_int_equal(hone_save(model, path), HONE_OK);
    number(model, 50);
    int64_t before = hone_internal_blocks_in_use();
    hone_status status = HONE_ERROR_MEMORY;
    for (int64_t n = 0; status < 0 && n < 20000; n += n < 60 ? 1 : n / 10) {
        hone_internal_fail_allocations_after(n);
        status = hone_save(model, path);
        hone_internal_fail_allocations_after(-1);
        if (status >= 0)
            break;
        assert_int_equal(status, HONE_ERROR_MEMORY);
        assert_int_equal(hone_internal_blocks_in_use(), before);
        read = hone_load(path);
        assert_numbered(read, 1);
        hone_model_free(read);
    }
    read = hone_load(path);
    assert_numbered(read, 50);
    hone_model_free(read);
    hone_model_free(model);
}
