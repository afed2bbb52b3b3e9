/* What is known of a data set beside its samples: those made of it know it too. */
#include "data/inside.h"
#include "base/memory.h"
#include "testing/message.h"

#include <hone/hone.h>

static hone_dataset *make(void)
{
    static const float x[6] = {0};
    return hone_dataset_from_arrays(.x = {hone_array_view(x, HONE_FLOAT32, 1, (int64_t[]){6})},
                                    .scale = 0.25);
}

TEST(nothing_is_known_of_nothing)
{
    const char *first = "before";
    assert_null(hone_internal_dataset_schema(HONE_NO_DATASET));
    assert_int_equal(hone_dataset_skipped(NULL, &first), 0);
    assert_null(first);
    assert_null(hone_dataset_notes(NULL));
}

TEST(a_slice_of_a_batch_knows_what_its_source_knows)
{
    static const char notes[] = "two rows are the same", skipped[] = "row 3";
    hone_dataset *data = make();
    data->schema = hone_internal_config_map();
    data->notes = hone_internal_copy_text(notes);
    data->skipped = 2;
    data->first_skipped = hone_internal_copy_text(skipped);
    hone_dataset *part = hone_dataset_slice(data, 1, 5), *inner = hone_dataset_slice(part, 1, 3);
    const char *first = NULL;
    assert_non_null(inner);
    assert_ptr_equal(hone_internal_dataset_schema(inner), data->schema);
    assert_true(hone_internal_dataset_scale(inner) == 0.25);
    assert_string_equal(hone_dataset_notes(inner), notes);
    assert_int_equal(hone_dataset_skipped(inner, &first), 2);
    assert_string_equal(first, skipped);
    assert_null(hone_internal_dataset_preprocessing(inner));
    hone_dataset_free(inner);
    hone_dataset_free(part);
    hone_dataset_free(data);
}

/* Of samples 0 to 5 the groups 0, 0, 1, 1, 2, 2: a slice of a slice counts from the first of all. */
TEST(groups_follow_the_samples)
{
    hone_dataset *data = make();
    int32_t count = 0;
    assert_null(hone_internal_dataset_groups(data, &count));
    static const int32_t groups[] = {0, 0, 1, 1, 2, 2};
    int32_t *own = hone_internal_allocate(sizeof groups);
    memcpy(own, groups, sizeof groups);
    data->groups = own;
    data->group_count = 3;
    hone_dataset *part = hone_dataset_slice(data, 2, 6), *inner = hone_dataset_slice(part, 2, 3);
    assert_int_equal(hone_internal_dataset_groups(inner, &count)[0], 2);
    assert_int_equal(count, 3);
    assert_int_equal(hone_internal_dataset_groups(part, &count)[0], 1);
    hone_dataset_free(inner);
    hone_dataset_free(part);
    hone_dataset_free(data);
}
