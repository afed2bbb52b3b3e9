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

int64_t hone_internal_dataset_one_hot(const hone_dataset *dataset)
{
    while (dataset && !dataset->one_hot)
        dataset = source_of(dataset);
    return dataset ? dataset->one_hot : 0;
}

int64_t hone_dataset_skipped(const hone_dataset *dataset, const char **first)
{
    while (dataset && source_of(dataset))
        dataset = source_of(dataset);
    if (first)
        *first = dataset ? dataset->first_skipped : NULL;
    return dataset ? dataset->skipped : 0;
}

const char *hone_dataset_notes(const hone_dataset *dataset)
{
    while (dataset && !dataset->notes)
        dataset = source_of(dataset);
    return dataset ? dataset->notes : NULL;
}

/* Slices count from what they are slices of; a node that keeps the number of samples keeps their order. */
const int32_t *hone_internal_dataset_groups(const hone_dataset *dataset, int32_t *count)
{
    int64_t first = dataset->first;
    while (dataset && !dataset->groups) {
        const hone_dataset *source = source_of(dataset);
        if (source && !dataset->parent) {
            if (dataset->count != source->count || dataset->node->type->orders)
                return NULL;
            first += source->first;
        }
        dataset = source;
    }
    if (!dataset)
        return NULL;
    *count = dataset->group_count;
    return dataset->groups + first;
}

const char *hone_dataset_sample_name(const hone_dataset *dataset, int64_t sample)
{
    while (dataset && !dataset->names && source_of(dataset) && source_of(dataset)->count == dataset->count &&
           (dataset->parent || !dataset->node->type->orders))
        dataset = source_of(dataset);
    const hone_config *name =
        dataset && sample >= 0 ? hone_internal_config_at(dataset->names, (size_t)sample) : NULL;
    return name ? hone_internal_config_as_text(name) : NULL;
}
