/* Class numbers as rows of shares: y[k] = 1 for the class of the sample, else 0. */
#include "base/error.h"
#include "base/memory.h"
#include "data/inside.h"
#include <hone/pipeline.h>

#include <math.h>

enum { CLASSES_MAX = 1 << 20 };

static hone_status spread(void *context, hone_sample *sample)
{
    const int64_t classes = *(const int64_t *)context;
    const double number = (double)*(const float *)sample->y[0].data;
    if (!(number >= 0 && number < (double)classes) || number != floor(number))
        return hone_fail(HONE_ERROR_DATA,
                         "the target of sample %lld is %g, which is not one of the class numbers 0 to %lld",
                         (long long)sample->index, number, (long long)classes - 1);
    float *shares = hone_sample_reshape(sample, &sample->y[0], 1, &classes);
    if (shares == NULL)
        return hone_error_status();
    shares[(int64_t)number] = 1;
    return HONE_OK;
}

/* Whether there is something to do; refuses what are no class numbers. */
static hone_status look(const hone_dataset *dataset, int64_t classes, bool *wanted)
{
    const components *targets = &dataset->kinds[HONE_COMPONENT_TARGET];
    *wanted = false;
    if (classes < 2 || classes > CLASSES_MAX)
        return hone_fail(HONE_ERROR_ARGUMENT, "one-hot targets need 2 to %d classes, not %lld", CLASSES_MAX,
                         (long long)classes);
    if (targets->count == 0)
        return HONE_OK;
    if (targets->count > 1)
        return hone_fail(HONE_ERROR_DATA, "one-hot targets are made of one target, but there are %d",
                         targets->count);
    if ((int64_t)targets->items[0].width == classes && targets->items[0].array.rank == 2)
        return HONE_OK; /* they are already */
    if (targets->items[0].width != 1)
        return hone_fail(
            HONE_ERROR_SHAPE,
            "one-hot targets are made of class numbers, one for each sample, but the targets have %zu numbers",
            targets->items[0].width);
    *wanted = true;
    return HONE_OK;
}

hone_dataset *hone_dataset_one_hot(hone_dataset *dataset, int64_t classes)
{
    bool wanted = false;
    if (dataset == NULL || look(dataset, classes, &wanted) < 0) {
        hone_dataset_free(dataset);
        return NULL;
    }
    if (!wanted)
        return dataset;
    int64_t *count = hone_internal_allocate(sizeof *count);
    if (count == NULL) {
        hone_dataset_free(dataset);
        return NULL;
    }
    *count = classes;
    hone_dataset *made = hone_dataset_map(dataset, spread, count, hone_internal_free);
    if (made != NULL)
        made->one_hot = classes;
    return made;
}
