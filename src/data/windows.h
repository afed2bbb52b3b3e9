/* Windows of a series (hone_dataset_windows), for readers of tables and for what parts data. */
#ifndef HONE_DATA_WINDOWS_H
#define HONE_DATA_WINDOWS_H

#include "data/dataset.h"
#include <hone/pipeline.h>

/* Out of arguments that have HONE_SERIES_FIELDS. */
#define HONE_WINDOWS_SHAPE(args) \
    { \
        (args)->window, (args)->stride, (args)->sampling_rate, (args)->horizon, (args)->target_length, \
            (args)->start_index, (args)->end_index, (args)->forecast \
    }

/* What was not given: as in training (a schema, or NULL), else as Keras has it; a window of 0 is none. */
void hone_internal_windows_default(hone_windows_shape *shape, const hone_config *schema);
/* Writes what later data need into a schema: nothing when there are no windows. */
hone_status hone_internal_windows_describe(const hone_windows_shape *shape, hone_config *schema);
/* Takes the data set over, also on failure. The shape is complete. */
hone_dataset *hone_internal_dataset_windows(hone_dataset *dataset, const hone_windows_shape *shape);

/* Sample i shares rows with the samples i - overlap .. i + overlap; 0 when each has its own. */
int64_t hone_internal_dataset_overlap(const hone_dataset *dataset);
/* The rows that are in the windows of this part of a series, each once; other data themselves. To be freed.
 */
hone_dataset *hone_internal_dataset_window_rows(const hone_dataset *dataset);

#endif
