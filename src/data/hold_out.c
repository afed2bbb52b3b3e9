/* Two parts of a data set, for training and for validation: the last samples or random ones, a share of each
 * class, whole groups, or one of several folds.
 *
 * Samples stand in an order: as they are, or a permutation. A share takes the last of them, a fold a stretch.
 * With classes the order is sorted by class first, stably; sample p of n is then held out when
 * floor((p + 1) held / n) > floor(p held / n), or for fold f of k when p mod k = f, which takes from each
 * class its share, to within one sample. */
#include "base/memory.h"
#include "base/plural.h"
#include "base/random.h"
#include "data/inside.h"
#include "data/windows.h"
#include "fields/fields.h"
#include "verbs.h"
#include <hone/pipeline.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct division {
    const hone_dataset *dataset;
    const hone_dataset_hold_out_args *args;
    int64_t count, held;
    int64_t *order; /* samples */
    bool *out;      /* by sample: it is held out */
    bool *near;     /* by sample: in neither part, as it shares rows with one that is held out; or NULL */
} division;

/* ---- how many ---- */

static hone_status count_held(division *of)
{
    const hone_dataset_hold_out_args *args = of->args;
    const bool folds = args->folds != HONE_NONE_INTEGER, share = !isnan(args->share),
               count = args->count != HONE_NONE_INTEGER;
    if (folds + share + count != 1)
        return hone_fail(HONE_ERROR_ARGUMENT, "expected one of share, count and folds, received %s",
                         folds + share + count == 0 ? "none of them" : "several");
    if (folds && (args->fold < 0 || args->fold >= args->folds))
        return hone_fail(HONE_ERROR_ARGUMENT, "fold must be from 0 to %" PRId64 ", not %" PRId64,
                         args->folds - 1, args->fold);
    if (folds && args->folds > of->count)
        return hone_fail(HONE_ERROR_DATA, "%" PRId64 " sample%s cannot make %" PRId64 " folds", of->count,
                         hone_internal_plural(of->count), args->folds);
    of->held = count   ? args->count
               : share ? of->count - (int64_t)floor((double)of->count * (1 - args->share))
                       : of->count / args->folds;
    if (of->held >= 1 && of->held < of->count)
        return HONE_OK;
    return hone_fail(HONE_ERROR_DATA,
                     "%" PRId64 " of %" PRId64 " sample%s cannot be held out: one part is empty", of->held,
                     of->count, hone_internal_plural(of->count));
}

/* ---- by classes ---- */

typedef struct labelled {
    float label;
    int64_t place, sample;
} labelled;

static int by_label(const void *a, const void *b)
{
    const labelled *first = a, *second = b;
    if (first->label != second->label)
        return first->label < second->label ? -1 : 1;
    return first->place < second->place ? -1 : 1;
}

static hone_status check_labels(const labelled *sorted, int64_t count)
{
    int64_t distinct = 1;
    for (int64_t i = 1; i < count; i++)
        distinct += sorted[i].label != sorted[i - 1].label;
    if (2 * distinct <= count)
        return HONE_OK;
    return hone_fail(HONE_ERROR_DATA,
                     "stratify needs classes, but the targets of %" PRId64 " samples are %" PRId64
                     " different numbers",
                     count, distinct);
}

static hone_status sort_by_class(division *of)
{
    if (of->dataset->kinds[HONE_COMPONENT_TARGET].count == 0)
        return hone_fail(HONE_ERROR_DATA, "stratify needs targets");
    labelled *sorted = hone_internal_allocate_zeroed((size_t)of->count, sizeof *sorted);
    float *labels = hone_internal_allocate((size_t)of->count * sizeof *labels);
    hone_status status =
        sorted && labels ? hone_internal_dataset_labels(of->dataset, 0, labels) : HONE_ERROR_MEMORY;
    for (int64_t i = 0; i < of->count && status == HONE_OK; i++)
        sorted[i] = (labelled){labels[of->order[i]], i, of->order[i]};
    if (status == HONE_OK) {
        qsort(sorted, (size_t)of->count, sizeof *sorted, by_label);
        status = check_labels(sorted, of->count);
    }
    for (int64_t i = 0; i < of->count && status == HONE_OK; i++)
        of->order[i] = sorted[i].sample;
    hone_internal_free(labels);
    hone_internal_free(sorted);
    return status;
}

/* ---- by groups ---- */

/* Groups in the order of their first samples: each goes whole into the part, or fold, that has too few. */
static hone_status divide_groups(division *of, const int32_t *groups, int32_t group_count)
{
    const bool folds = of->args->folds != HONE_NONE_INTEGER;
    const int64_t parts = folds ? of->args->folds : 2;
    int64_t *sizes = hone_internal_allocate_zeroed((size_t)group_count, sizeof *sizes),
            *filled = hone_internal_allocate_zeroed((size_t)parts, sizeof *filled),
            *part_of = hone_internal_allocate_zeroed((size_t)group_count, sizeof *part_of);
    hone_status status = sizes && filled && part_of ? HONE_OK : HONE_ERROR_MEMORY;
    for (int64_t i = 0; i < of->count && status == HONE_OK; i++)
        sizes[groups[of->order[i]]]++;
    for (int64_t i = 0; i < of->count && status == HONE_OK; i++) {
        const int32_t group = groups[of->order[i]];
        int64_t part = folds ? 0 : filled[1] < of->held; /* part 1 is held out */
        for (int64_t p = 1; folds && p < parts; p++)
            part = filled[p] < filled[part] ? p : part;
        if (sizes[group] > 0) {
            part_of[group] = part;
            filled[part] += sizes[group];
            sizes[group] = 0;
        }
        of->out[of->order[i]] = folds ? part_of[group] == of->args->fold : part_of[group] == 1;
    }
    hone_internal_free(sizes);
    hone_internal_free(filled);
    hone_internal_free(part_of);
    return status;
}

/* ---- by places ---- */

static bool is_out(const division *of, int64_t place)
{
    const hone_dataset_hold_out_args *args = of->args;
    if (args->folds != HONE_NONE_INTEGER) {
        const int64_t begin = of->count * args->fold / args->folds,
                      end = of->count * (args->fold + 1) / args->folds;
        return args->stratify ? place % args->folds == args->fold : place >= begin && place < end;
    }
    if (!args->stratify)
        return place >= of->count - of->held;
    const double share = (double)of->held / (double)of->count;
    return floor((double)(place + 1) * share + 1e-9) > floor((double)place * share + 1e-9);
}

static hone_status divide(division *of)
{
    int32_t group_count = 0;
    const hone_random random = hone_internal_random((uint64_t)of->args->seed,
                                                    hone_internal_random_stream("hold_out", 0, "order"), 0);
    if (of->args->shuffle)
        hone_internal_random_permutation(&random, of->count, of->order);
    for (int64_t i = 0; i < of->count && !of->args->shuffle; i++)
        of->order[i] = i;
    const int32_t *groups = hone_internal_dataset_groups(of->dataset, &group_count);
    if (groups && of->args->stratify)
        return hone_fail(HONE_ERROR_ARGUMENT, "stratify and groups cannot both be asked for");
    if (groups)
        return divide_groups(of, groups, group_count);
    if (of->args->stratify)
        HONE_TRY(sort_by_class(of));
    for (int64_t i = 0; i < of->count; i++)
        of->out[of->order[i]] = is_out(of, i);
    return HONE_OK;
}

/* ---- windows of a series ---- */

/* Windows share rows with those before and behind them: a part that knew the rows of the other would be too
 * good. */
static hone_status check_order(const division *of, int64_t overlap)
{
    if (overlap == 0 || (!of->args->shuffle && !of->args->stratify))
        return HONE_OK;
    return hone_fail(
        HONE_ERROR_ARGUMENT,
        "windows of a series share rows with their neighbours, so that random ones cannot be held "
        "out; shuffle: false holds out the last ones, \"last %" PRId64 "\" too",
        of->held);
}

static hone_status leave_neighbours(division *of, int64_t overlap)
{
    int64_t kept = 0, last = -1; /* the nearest sample before that is held out */
    if (overlap == 0)
        return HONE_OK;
    of->near = hone_internal_allocate_zeroed((size_t)of->count, sizeof *of->near);
    if (!of->near)
        return HONE_ERROR_MEMORY;
    for (int64_t i = 0; i < of->count; i++) {
        last = of->out[i] ? i : last;
        of->near[i] = !of->out[i] && last >= 0 && i - last <= overlap;
    }
    last = -1;
    for (int64_t i = of->count - 1; i >= 0; i--) {
        last = of->out[i] ? i : last;
        of->near[i] = of->near[i] || (!of->out[i] && last >= 0 && last - i <= overlap);
        kept += !of->out[i] && !of->near[i];
    }
    return kept > 0
               ? HONE_OK
               : hone_fail(HONE_ERROR_DATA, "every window shares rows with one that is held out: none is "
                                            "left to train on");
}

/* ---- the parts ---- */

/* The samples of a part, in their old order; `order` is room for their numbers. */
static hone_dataset *take_part(const division *of, hone_dataset *dataset, bool out)
{
    int64_t count = 0;
    for (int64_t i = 0; i < of->count; i++)
        if (of->out[i] == out && !(of->near && of->near[i]))
            of->order[count++] = i;
    if (count == 0) {
        hone_fail(HONE_ERROR_DATA, "one part of the data is empty: there is only one group");
        return NULL;
    }
    if (of->order[count - 1] - of->order[0] == count - 1) /* they follow each other */
        return hone_dataset_slice(dataset, of->order[0], of->order[0] + count);
    return hone_dataset_select(hone_dataset_retain(dataset), of->order, count);
}

static hone_status hold_out(hone_dataset *dataset, const hone_dataset_hold_out_args *args,
                            hone_dataset *parts[2])
{
    if (!hone_internal_dataset_check_indexed(dataset, "hone_dataset_hold_out"))
        return hone_error_status();
    division of = {.dataset = dataset, .args = args, .count = dataset->count};
    int32_t group_count; /* windows of several series go by whole series, which share no rows */
    const int64_t overlap =
        hone_internal_dataset_groups(dataset, &group_count) ? 0 : hone_internal_dataset_overlap(dataset);
    HONE_TRY(count_held(&of));
    HONE_TRY(check_order(&of, overlap));
    of.order = hone_internal_allocate((size_t)of.count * sizeof *of.order);
    of.out = hone_internal_allocate_zeroed((size_t)of.count, sizeof *of.out);
    hone_status status = of.order && of.out ? divide(&of) : HONE_ERROR_MEMORY;
    if (status == HONE_OK)
        status = leave_neighbours(&of, overlap);
    if (status == HONE_OK) {
        parts[0] = take_part(&of, dataset, false);
        parts[1] = parts[0] ? take_part(&of, dataset, true) : NULL;
    }
    hone_internal_free(of.order);
    hone_internal_free(of.out);
    hone_internal_free(of.near);
    return status < 0 ? status : parts[1] ? HONE_OK : hone_error_status();
}

hone_status hone_dataset_hold_out_with(hone_dataset *dataset, hone_dataset *parts[2],
                                       const hone_dataset_hold_out_args *said)
{
    hone_dataset_hold_out_args args;
    parts[0] = parts[1] = NULL;
    hone_status status = hone_internal_args_read(&hone_internal_dataset_hold_out_verb, said, &args);
    if (status == HONE_OK) {
        hone_internal_error_push(args.base.site, NULL);
        status = hold_out(dataset, &args, parts);
        hone_internal_error_pop();
    }
    hone_dataset_free(dataset);
    if (status == HONE_OK)
        return HONE_OK;
    hone_dataset_free(parts[0]);
    parts[0] = NULL;
    return status;
}
