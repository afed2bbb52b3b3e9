/* A store of named arrays. */
#include "formats/store.h"
#include "base/error.h"
#include "base/memory.h"
#include "testing/test.h"

#include <string.h>

static const float numbers[3] = {1, 2, 3};

static hone_array three(void)
{
    return hone_array_view(numbers, HONE_FLOAT32, 1, (int64_t[]){3});
}

TEST(groups_and_arrays_keep_their_order)
{
    hone_array array = three();
    hone_store *store = hone_internal_store_create();
    assert_int_equal(hone_internal_store_add_group(store, "b/vars", "b"), HONE_OK);
    assert_int_equal(hone_internal_store_add_group(store, "a/vars", NULL), HONE_OK);
    for (int i = 0; i < 3; i++)
        assert_int_equal(hone_internal_store_add(store, i < 2 ? "b/vars" : "a/vars", &array, false), HONE_OK);
    assert_int_equal(store->count, 2);
    assert_string_equal(store->groups[0].path, "b/vars");
    assert_string_equal(store->groups[0].name, "b");
    assert_null(store->groups[1].name);
    assert_int_equal(store->groups[0].count, 2);
    assert_int_equal(store->groups[0].arrays[1].number, 1);
    hone_internal_store_free(store);
    hone_internal_store_free(NULL);
}

TEST(copies_are_copies_and_others_are_lent)
{
    float own[2] = {1, 2};
    hone_array array = hone_array_view(own, HONE_FLOAT32, 1, (int64_t[]){2});
    hone_store *store = hone_internal_store_create();
    hone_internal_store_add_group(store, "vars", NULL);
    hone_internal_store_add(store, "vars", &array, true);
    hone_internal_store_add(store, "vars", &array, false);
    own[1] = 9;
    assert_true(((float *)store->groups[0].arrays[0].array.data)[1] == 2);
    assert_true(((float *)store->groups[0].arrays[1].array.data)[1] == 9);
    assert_int_equal(hone_internal_store_bytes(&array), 8);
    hone_internal_store_free(store);
}

TEST(a_part_of_a_group_has_numbers_of_its_own)
{
    hone_array array = three();
    hone_store *store = hone_internal_store_create();
    hone_internal_store_add_group(store, "vars", NULL);
    assert_int_equal(hone_internal_store_add_numbered(store, "vars", 7, &array), HONE_OK);
    assert_int_equal(store->groups[0].arrays[0].number, 7);
    hone_internal_store_free(store);
}

TEST(refuses_paths_that_are_none)
{
    static const char *const paths[] = {"", "/vars", "vars/", "a//b", "a/../b", "..", ".", "a/./b"};
    hone_store *store = hone_internal_store_create();
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        if (hone_internal_store_add_group(store, paths[i], NULL) != HONE_ERROR_ARGUMENT)
            fail_msg("\"%s\" is accepted", paths[i]);
    assert_int_equal(hone_internal_store_add_group(store, "...", NULL), HONE_OK);
    hone_internal_store_free(store);
}

TEST(refuses_twins_and_arrays_without_a_group)
{
    hone_array array = three();
    hone_store *store = hone_internal_store_create();
    assert_int_equal(hone_internal_store_add(store, "vars", &array, false), HONE_ERROR_ARGUMENT);
    assert_int_equal(hone_internal_store_add_group(store, "vars", NULL), HONE_OK);
    assert_int_equal(hone_internal_store_add_group(store, "vars", NULL), HONE_ERROR_ARGUMENT);
    hone_internal_store_free(store);
}

static hone_status fill(hone_store *store)
{
    hone_array array = three();
    if (store == NULL)
        return HONE_ERROR_MEMORY;
    HONE_TRY(hone_internal_store_add_group(store, "a/vars", "a"));
    HONE_TRY(hone_internal_store_add(store, "a/vars", &array, true));
    return hone_internal_store_add_group(store, "b", NULL);
}

TEST(survives_failing_allocations)
{
    int64_t before = hone_internal_blocks_in_use();
    hone_status status = HONE_ERROR_MEMORY;
    for (int64_t n = 0; status < 0 && n < 50; n++) {
        hone_internal_fail_allocations_after(n);
        hone_store *store = hone_internal_store_create();
        status = fill(store);
        hone_internal_fail_allocations_after(-1);
        if (status < 0)
            assert_int_equal(status, HONE_ERROR_MEMORY);
        hone_internal_store_free(store);
        assert_int_equal(hone_internal_blocks_in_use(), before);
    }
    assert_int_equal(status, HONE_OK);
}
