/* Histograms in C source: the numbers of a grid, and work space for the counts. */
#include "testing/c_sources.h"

AROUND_ALL(testing_folder_make, testing_folder_remove);

static const c_source_example examples[] = {
    {"in tiles",
     "6, 5, 2",
     "contrast_limited_adaptive_histogram_equalization(value_range=[0, 255], clip_limit=4, tile_grid_size=[2, 3])",
     {"static const int32_t grid[] = {6, 5, 2, 2, 3, 3, 2};", "net_op_equalize_tiles(",
      ", grid, 1, 0.09375f);"},
     NULL,
     NULL},
};

TEST_EACH(is_a_call_with_its_counts, examples)
{
    check_c_source(row);
}
