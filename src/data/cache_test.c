/* Caches: filled once, in memory or in a file. */
#define _GNU_SOURCE /* mkdtemp */
#include "testing/pipelines.h"
#include "testing/files.h"

AROUND_ALL(testing_folder_make, testing_folder_remove);

TEST(a_cache_is_filled_once)
{
    int64_t before = hone_internal_blocks_in_use();
    float result[SAMPLES];
    const char *paths[] = {NULL, testing_path("samples.cache")};
    for (int i = 0; i < 2; i++) {
        caller by = {0};
        hone_dataset *data =
            hone_dataset_cache(hone_dataset_map(numbers(), add_hundreds, &by, release), paths[i]);
        assert_non_null(data);
        hone_dataset *part = hone_dataset_slice(data, 5, 15);
        assert_int_equal(collect(part, 1, 4, result), 10);
        assert_true(result[0] == 105);
        assert_int_equal(by.calls, 11);
        hone_dataset_free(part);
        if (i == 1)
            assert_int_not_equal(access(paths[1], F_OK), 0); /* not before it is whole */
        assert_int_equal(collect(data, 1, 4, result), SAMPLES);
        assert_int_equal(by.calls, SAMPLES + 1);
        assert_int_equal(collect(data, 2, 9, result), SAMPLES);
        assert_int_equal(by.calls, SAMPLES + 1);
        assert_true(result[49] == 149);
        hone_dataset_free(data);
    }
    caller by = {0}; /* a later run */
    hone_dataset *data =
        hone_dataset_cache(hone_dataset_map(numbers(), add_hundreds, &by, release), paths[1]);
    assert_int_equal(collect(data, 5, 4, result), SAMPLES);
    assert_int_equal(by.calls, 1);
    assert_true(result[49] == 149);
    hone_dataset_free(data);
    assert_null(hone_dataset_cache(hone_dataset_take(numbers(), 5), paths[1]));
    assert_error(HONE_ERROR_DATA, "is not a cache of this data set");
    assert_int_equal(hone_internal_blocks_in_use(), before);
}
