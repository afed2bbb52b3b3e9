/* The table of data formats: a file goes to the format of its option, its name, its first bytes; what cannot
 * be is said. */
#include "readers/format.h"
#include "base/error.h"
#include "base/memory.h"
#include "testing/files.h"
#include "testing/test.h"
#include <hone/data_files.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

AROUND_ALL(testing_folder_make, testing_folder_remove);

static const struct {
    const char *name, *bytes;
    size_t length;
    const char *format;
} files[] = {
    {"a.csv", "1,2\n", 4, "csv"},
    {"A.CSV", "1,2\n", 4, "csv"},
    {"a.tsv.gz", "\x1f\x8b", 2, "csv"}, /* the name counts before the bytes */
    {"a.svm", "1 1:2\n", 6, "libsvm"},
    {"a.tfrecord", "\1", 1, "tfrecord"},
    {"a.svmlight.gz", "\x1f\x8b", 2, "libsvm"},
    {"train.bin", "\0", 1, "cifar"},
    {"a.npy", "\x93NUMPY\1", 7, "npy"},
    {"numbers", "\x93NUMPY\1", 7, "npy"},
    {"a.npz", "PK\3\4", 4, "npz"},
    {"an empty archive", "PK\5\6", 4, "npz"},
    {"train-labels-idx1-ubyte", "\0\0\10\1", 4, "idx"},
    {"train-labels-idx1-ubyte.gz", "\x1f\x8b\10", 3, "idx"},
};

TEST_EACH(a_file_is_told_by_its_name_then_its_first_bytes, files)
{
    const char *path = testing_file(row->name, row->bytes, row->length);
    const hone_data_format *format = hone_internal_format_of(path, NULL);
    if (format == NULL)
        fail_msg("%s", hone_error_message());
    assert_string_equal(format->name, row->format);
}

static hone_config *option(const char *name, const char *value)
{
    hone_config *options = hone_internal_config_map();
    assert_int_equal(hone_internal_config_set(options, name, hone_internal_config_text(value)), HONE_OK);
    return options;
}

TEST(the_option_counts_before_the_name)
{
    const char *path = testing_file("a.csv", "1 1:2\n", 6);
    hone_config *options = option("format", "libsvm");
    assert_string_equal(hone_internal_format_of(path, options)->name, "libsvm");
    hone_internal_config_free(options);
    options = option("format", "libsvn");
    assert_null(hone_internal_format_of(path, options));
    assert_int_equal(hone_error_status(), HONE_ERROR_NAME);
    assert_non_null(strstr(hone_error_message(), "libsvm"));
    hone_internal_config_free(options);
}

TEST(a_folder_is_pictures_unless_it_has_files_of_cifar)
{
    const char *folder = testing_path("pictures");
    mkdir(folder, 0777);
    assert_string_equal(hone_internal_format_of(folder, NULL)->name, "images");
    mkdir(testing_path("batches"), 0777);
    testing_file("batches/test_batch.bin", "\0", 1);
    assert_string_equal(hone_internal_format_of(testing_path("batches"), NULL)->name, "cifar");
    mkdir(testing_path("pickles"), 0777);
    testing_file("pickles/data_batch_1", "\x80\2", 2);
    assert_null(hone_internal_format_of(testing_path("pickles"), NULL));
    assert_int_equal(hone_error_status(), HONE_ERROR_UNSUPPORTED);
}

static const struct {
    const char *name, *bytes;
    size_t length;
    hone_status status;
    const char *words;
} refused[] = {
    {"a.dat", "\1\2\3\4", 4, HONE_ERROR_FORMAT, "npy, npz, idx"},
    {"b.dat", "\1\2\3\4", 4, HONE_ERROR_FORMAT, "csv, libsvm, tfrecord, characters, images, cifar"},
    {"c.dat", "\1\2\3\4", 4, HONE_ERROR_FORMAT, "01 02 03 04"},
    {"empty", "", 0, HONE_ERROR_FORMAT, "00 00 00 00"},
    {"half a signature", "\x93NUM", 4, HONE_ERROR_FORMAT, "it starts with"},
    {"a.pkl", "abc", 3, HONE_ERROR_UNSUPPORTED, "pickle"},
    {"a.pickle", "", 0, HONE_ERROR_UNSUPPORTED, "pickle"},
    {"a pickle by its bytes", "\x80\4\x95", 3, HONE_ERROR_UNSUPPORTED, "pickle"},
};

TEST_EACH(what_is_of_no_format_is_refused, refused)
{
    assert_null(hone_internal_format_of(testing_file(row->name, row->bytes, row->length), NULL));
    assert_int_equal(hone_error_status(), row->status);
    if (strstr(hone_error_message(), row->words) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", hone_error_message(), row->words);
}

TEST(formats_with_options_are_listed_in_order)
{
    static const char *const names[] = {"csv",   "libsvm", "tfrecord", "characters", "images",
                                        "cifar", "texts",  "audio",    "lines"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const hone_type *type = hone_data_format_at(i);
        assert_string_equal(type->name, names[i]);
        assert_string_equal(type->fields[0].name, "path");
    }
    assert_null(hone_data_format_at(sizeof names / sizeof *names));
}

static hone_status load(const char *path, const char *part, bool said, const hone_config *options, int half)
{
    hone_data_source source = {.path = path, .part = part, .said = said};
    hone_dataset_parts parts = {.scale = 0};
    const hone_data_format *format = hone_internal_format_of(path, options);
    hone_status status = format == NULL ? hone_error_status()
                                        : hone_internal_format_load(format, &source, options, half, &parts);
    hone_internal_dataset_parts_free(&parts);
    return status;
}

TEST(a_part_of_what_has_none_is_refused)
{
    assert_int_equal(load(testing_file("a.csv", "1,2\n", 4), "test", true, NULL, -1), HONE_ERROR_DATA);
    assert_non_null(strstr(hone_error_message(), "has no parts, but #test was asked for"));
    assert_int_equal(load(testing_file("a.csv", "1,2\n", 4), "train", false, NULL, -1), HONE_OK);
}

TEST(what_has_its_own_targets_is_no_half)
{
    assert_int_equal(load(testing_file("a.svm", "1 1:2\n", 6), "train", false, NULL, 0), HONE_ERROR_ARGUMENT);
    assert_non_null(strstr(hone_error_message(), "has its own inputs and targets"));
    assert_int_equal(load(testing_file("a.csv", "1,2\n", 4), "train", false, NULL, 1), HONE_OK);
}

TEST(options_are_those_of_the_format)
{
    const char *path = testing_file("a.csv", "1;2\n", 4);
    hone_config *options = option("delimiter", "semicolon");
    assert_int_equal(load(path, "train", false, options, -1), HONE_OK);
    hone_internal_config_free(options);
    options = option("delimeter", "semicolon");
    assert_int_equal(load(path, "train", false, options, -1), HONE_ERROR_NAME);
    assert_non_null(strstr(hone_error_message(), "delimiter"));
    hone_internal_config_free(options);
}

TEST(survives_failing_allocations)
{
    const char *path = testing_file("a.csv", "1,2\n3,4\n", 8);
    int64_t before = hone_internal_blocks_in_use();
    hone_status status = HONE_ERROR_MEMORY;
    for (int64_t n = 0; status < 0 && n < 1000; n++) {
        hone_internal_fail_allocations_after(n);
        status = load(path, "train", false, NULL, -1);
        hone_internal_fail_allocations_after(-1);
        if (status < 0)
            assert_int_equal(status, HONE_ERROR_MEMORY);
        assert_int_equal(hone_internal_blocks_in_use(), before);
    }
    assert_int_equal(status, HONE_OK);
}
