/* Files of one array: NPY and IDX, as inputs alone, as a half of a pair, in memory and not. */
#include "formats/array_files.h"
#include "data/dataset.h"
#include "testing/datasets.h"
#include "testing/files.h"
#include "testing/message.h"

#include <hone/hone.h>

AROUND_ALL(testing_folder_make, testing_folder_remove);

static const uint8_t idx[] = {0, 0, 8, 2, 0, 0, 0, 3, 0, 0, 0, 2, 1, 2, 3, 4, 5, 6};

/* x.npy [3, 2] of 1 to 6 as floats, x.idx the same as bytes. */
static void make_files(void)
{
    static const float numbers[] = {1, 2, 3, 4, 5, 6};
    const hone_array array = hone_array_view(numbers, HONE_FLOAT32, 2, (int64_t[]){3, 2});
    assert_int_equal(hone_array_save(&array, testing_path("x.npy")), HONE_OK);
    testing_file("x.idx", idx, sizeof idx);
}

static const struct {
    const char *name, *source;
    int targets;
    hone_dtype type;
} forms[] = {
    {"NPY alone", "x.npy", 0, HONE_FLOAT32},
    {"IDX alone", "x.idx", 0, HONE_UINT8},
    {"NPY with targets", "x.npy,", 1, HONE_FLOAT32},
    {"IDX with targets", "x.idx,", 1, HONE_UINT8},
};

TEST_EACH(an_array_is_read, forms)
{
    char source[1200];
    make_files();
    snprintf(source, sizeof source, "%s", testing_path(row->source));
    if (row->targets > 0)
        strcat(source, testing_path(row->type == HONE_UINT8 ? "x.npy" : "x.idx"));
    for (int limit = 0; limit < 2; limit++) { /* in memory; one byte of memory: in its file */
        hone_dataset *data =
            limit ? hone_dataset_from_files(source, .memory_limit = 1) : testing_load(source);
        if (data == NULL)
            fail_msg("%s", hone_error_message());
        float second[2];
        assert_int_equal(hone_dataset_count(data), 3);
        assert_int_equal(hone_dataset_target_count(data), row->targets);
        assert_int_equal(hone_dataset_input(data, 0)->type, row->type);
        assert_int_equal(hone_internal_dataset_gather(data, HONE_COMPONENT_INPUT, 0, NULL, 1, 1, second),
                         HONE_OK);
        assert_true(second[0] == 3 && second[1] == 4);
        assert_non_null(strstr(hone_internal_dataset_label(data, HONE_COMPONENT_INPUT, 0), "/x."));
        hone_dataset_free(data);
    }
}

TEST(a_damaged_file_is_told_by_its_name)
{
    static const char *const names[] = {"x.npy", "x.idx"};
    make_files();
    for (int i = 0; i < 2; i++) {
        char source[1200];
        assert_int_equal(truncate(testing_path(names[i]), 14), 0);
        snprintf(source, sizeof source, "%s", testing_path(names[i]));
        testing_assert_refused(source, names[i]);
        make_files();
        strcat(source, ",");
        assert_int_equal(truncate(testing_path(names[1 - i]), 14), 0);
        strcat(source, testing_path(names[1 - i]));
        testing_assert_refused(source, names[1 - i]);
    }
}
