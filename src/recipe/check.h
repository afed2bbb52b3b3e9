/* What the checks of custom parts share. */
#ifndef HONE_RECIPE_CHECK_H
#define HONE_RECIPE_CHECK_H

#include <hone/hone.h>

/* Numbers from -2 to 2, the same each time for a stream. */
hone_array *hone_internal_check_draw(int rank, const int64_t *shape, uint64_t stream);
hone_dataset *hone_internal_check_dataset_of(const hone_array *x, const hone_array *y);
/* The model as a file in TMPDIR gives it back. */
hone_model *hone_internal_check_through_a_file(hone_model *model);
size_t hone_internal_check_bytes_of(const hone_variable *weight);
/* The status, with the spec in front of its message. */
hone_status hone_internal_check_named(hone_status status, const char *spec);

#endif
