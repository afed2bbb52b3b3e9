/* Feeding: which arrays of a data set go to which inputs and targets, and copying a batch into a pass. */
#ifndef HONE_TRAIN_FEED_H
#define HONE_TRAIN_FEED_H

#include "fields/fields.h"
#include "base/team.h"
#include "data/dataset.h"
#include "tensor/ids.h"
#include "train/pass.h"

/* Checks that the data set has what the model wants (targets too, unless only predicting) and says which is
 * which. */
hone_status hone_internal_feed_check(hone_model *model, const hone_dataset *data, bool targets);
/* Builds a model that has no input yet from the shape of the data, unless they come from a callback. */
hone_status hone_internal_feed_build(hone_model *model, const hone_dataset *data);
/* The component that is input `input` of the model itself. */
int hone_internal_feed_model_input(const hone_model *model, const hone_dataset *data, int input);
/* The data set's component for an input; for an output that of the data set, or of the batch unless NULL, or
 * -1. */
int hone_internal_feed_input(const hone_model *model, const hone_dataset *data, int input);
int hone_internal_feed_target(const hone_model *model, const hone_dataset *data, const hone_batch *batch,
                              int output);

/* A batch of a data set: rows[0 .. count-1] (or begin ... when rows is NULL), or a batch of a stream. */
typedef struct hone_feed {
    const hone_dataset *data;
    const int64_t *rows;
    int64_t begin, count;
    int64_t first; /* the rows of `batch` or `staged` that come before these; below 0: so many are missing
                      there */
    const hone_batch *batch;       /* of a stream, else NULL */
    const hone_made_batch *staged; /* the same rows as floats, when they were made beforehand; else NULL */
    hone_numbers class_weight;     /* no items: none */
    hone_team *team;               /* that copies large batches, or NULL */
} hone_feed;
/* An input or target of a batch; an array without numbers where it has none. */
const hone_array *hone_internal_feed_array(const hone_batch *batch, int kind, int index);
/* The batch has an array for each input, and with `targets` for each output that has a loss. */
hone_status hone_internal_feed_check_batch(const hone_model *model, const hone_batch *batch, bool targets);
/* Rows first .. first+count-1 of a batch. */
static inline hone_feed hone_internal_feed_part(const hone_feed *feed, int64_t first, int64_t count)
{
    hone_feed part = *feed;
    part.rows = feed->rows == NULL ? NULL : feed->rows + first;
    part.begin += first;
    part.first += first;
    part.count = count;
    return part;
}
bool hone_internal_feed_weighted(const hone_feed *feed);
/* Copies the batch into the pass; refuses class ids that are out of range, saying which and where. */
hone_status hone_internal_feed_copy(const hone_model *model, hone_pass *pass, const hone_feed *feed);
/* After a loss that is not finite: a message about NaN or infinities in the data of this batch (which array,
 * which row) into the error, and true; or false when the data are finite. */
bool hone_internal_feed_find_nan(const hone_model *model, const hone_pass *pass, const hone_feed *feed,
                                 char *text, size_t size);

/* Numbers in a row of an input or target of the pass; the row of the data that is row i of a batch. */
int64_t hone_internal_feed_row_size(const hone_pass *pass, hone_value value);
int64_t hone_internal_feed_row_number(const hone_feed *feed, int64_t i);
/* The numbers of one input or target once more, as the data have them. */
hone_status hone_internal_feed_read(const hone_model *model, const hone_feed *feed, int kind, int place,
                                    float *numbers);
/* Rows of an input that a layer's mask hides whole: how many, the first one and the layer are added to what
 * is there. */
typedef struct hone_hidden_rows {
    int64_t count, first;
    char layer[128];
} hone_hidden_rows;
hone_status hone_internal_feed_hidden(const hone_model *model, const hone_pass *pass, const hone_feed *feed,
                                      int input, hone_hidden_rows *hidden);

/* Numbers of classes that floats tell apart: from 2^24 on a neighbour's may be read in place of one. */
static inline float most_classes(int64_t classes)
{
    return classes > HONE_PLAIN_IDS ? (float)HONE_PLAIN_IDS : (float)classes;
}

#endif
