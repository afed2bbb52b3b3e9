/* Some samples of a data set, by number: row i of the result is row numbers[i] of the data set behind it. */
#include "base/memory.h"
#include "data/inside.h"
#include <hone/pipeline.h>
#include <inttypes.h>

typedef struct selection {
    hone_data_node node;
    int64_t *numbers;
    int64_t count;
} selection;

static hone_status fill_selected(hone_data_node *node, const hone_data_sweep *sweep, const int64_t *rows,
                                 int64_t count, const hone_made_batch *batch)
{
    const selection *of = (selection *)node;
    int64_t *own = hone_internal_allocate((size_t)count * sizeof *own);
    if (!own)
        return HONE_ERROR_MEMORY;
    for (int64_t i = 0; i < count; i++)
        own[i] = of->numbers[rows[i]];
    hone_made_batch part = *batch;
    hone_status status = hone_internal_dataset_fill(node->from[0], sweep, own, 0, count, &part);
    hone_internal_free(own);
    return status;
}

static uint64_t fingerprint(const hone_data_node *node, uint64_t start, hone_status *status)
{
    const selection *of = (const selection *)node;
    start = hone_internal_node_hash(node, start, status);
    for (int64_t i = 0; i < of->count; i++)
        start = hone_internal_hash_number(start, of->numbers[i]);
    return start;
}

static void free_selection(hone_data_node *node)
{
    hone_internal_free(((selection *)node)->numbers);
    hone_internal_free(node);
}

static const hone_data_node_type selected = {"select", fill_selected, fingerprint, free_selection, false};

static bool check(const hone_dataset *dataset, const int64_t *numbers, int64_t count)
{
    if (!hone_internal_dataset_check_indexed(dataset, "hone_dataset_select"))
        return false;
    if (count < 1 || !numbers) {
        hone_fail(HONE_ERROR_ARGUMENT, "hone_dataset_select: expected the numbers of at least 1 sample");
        return false;
    }
    for (int64_t i = 0; i < count; i++)
        if (numbers[i] < 0 || numbers[i] >= dataset->count) {
            hone_fail(HONE_ERROR_ARGUMENT,
                      "hone_dataset_select: there is no sample %" PRId64 "; the data set has %" PRId64,
                      numbers[i], dataset->count);
            return false;
        }
    return true;
}

hone_dataset *hone_dataset_select(hone_dataset *dataset, const int64_t *numbers, int64_t count)
{
    if (!check(dataset, numbers, count)) {
        hone_dataset_free(dataset);
        return NULL;
    }
    int64_t *copy = hone_internal_allocate((size_t)count * sizeof *copy);
    if (!copy) {
        hone_dataset_free(dataset);
        return NULL;
    }
    for (int64_t i = 0; i < count; i++)
        copy[i] = numbers[i];
    selection *made = (selection *)hone_internal_node_create(&selected, sizeof *made, dataset);
    if (!made) {
        hone_internal_free(copy);
        return NULL;
    }
    made->numbers = copy;
    made->count = count;
    return hone_internal_dataset_of_node(&made->node, dataset, count);
}
