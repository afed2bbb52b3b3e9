/* What is known of a data set beside its samples: how they were read and prepared. A slice, a map or a cache
 * knows what the data set knows that it takes its samples from. */
#include "data/inside.h"
#include <hone/data_files.h>

/* The data set that another one takes its samples from; of several, the first. */
static const hone_dataset *source_of(const hone_dataset *dataset)
{
    return dataset->parent ? dataset->parent : dataset->node ? dataset->node->from[0] : NULL;
}

const hone_config *hone_internal_dataset_schema(const hone_dataset *dataset)
{
    if (dataset == HONE_NO_DATASET)
        return NULL;
    while (dataset && !dataset->schema)
        dataset = source_of(dataset);
    return dataset ? dataset->schema : NULL;
}

double hone_internal_dataset_scale(const hone_dataset *dataset)
{
    while (source_of(dataset))
        dataset = source_of(dataset);
    return dataset->scale;
}

const char *hone_internal_dataset_preprocessing(const hone_dataset *dataset)
{
    while (dataset && !dataset->preprocessing)
        dataset = source_of(dataset);
    return dataset ? dataset->preprocessing : NULL;
}

int64_t hone_dataset_skipped(const hone_dataset *dataset, const char **first)
{
    while (dataset && source_of(dataset))
        dataset = source_of(dataset);
    if (first)
        *first = dataset ? dataset->first_skipped : NULL;
    return dataset ? dataset->skipped : 0;
}
