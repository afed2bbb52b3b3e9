/* NumPy's legacy shuffle: what numpy.random.RandomState(seed).shuffle(numpy.arange(count)) gives. */
#include "readers/numpy_shuffle.h"
#include "testing/test.h"

#include <stdlib.h>

static const struct {
    const char *name;
    uint32_t seed;
    size_t count;
    size_t order[12];
} rows[] = {
    {"seed 0", 0, 10, {2, 8, 4, 9, 1, 6, 7, 3, 0, 5}},
    {"seed 123", 123, 12, {5, 0, 4, 9, 8, 7, 10, 3, 1, 6, 11, 2}},
    {"the largest seed", 4294967295, 5, {4, 1, 0, 2, 3}},
    {"one item", 7, 1, {0}},
    {"no item", 7, 0, {0}},
};

TEST_EACH(shuffles_as_numpy, rows)
{
    size_t order[12];
    hone_internal_numpy_shuffle(row->seed, row->count, order);
    for (size_t i = 0; i < row->count; i++)
        assert_int_equal(order[i], row->order[i]);
}

/* More draws than one twist gives. */
TEST(shuffles_a_thousand_as_numpy)
{
    static const size_t first[] = {521, 737, 740, 660, 411, 678, 626, 513}, last[] = {860, 435, 102};
    size_t order[1000];
    hone_internal_numpy_shuffle(42, 1000, order);
    for (int i = 0; i < 8; i++)
        assert_int_equal(order[i], first[i]);
    for (int i = 0; i < 3; i++)
        assert_int_equal(order[997 + i], last[i]);
}
