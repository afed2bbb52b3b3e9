/* Data on their way through layers over texts and integers, which compute before the network. */
#ifndef HONE_TRAIN_PREPARE_H
#define HONE_TRAIN_PREPARE_H

#include "data/dataset.h"
#include "model/model.h"

/* Texts in the data stand at inputs for texts. */
hone_status hone_internal_prepare_check(const hone_model *model, const hone_dataset *data);
/* The data set that is fed to the network, one more reference to be freed: `data` itself where there are no
 * such layers. NULL on failure. The model must live as long. */
hone_dataset *hone_internal_prepare_data(hone_model *model, hone_dataset *data);
/* A batch that is fed in place of another, with its own arrays. */
typedef struct hone_prepared_batch {
    hone_batch batch;
    hone_array *inputs; /* of the network */
    hone_array **made;  /* owned */
    int made_count;
} hone_prepared_batch;
hone_status hone_internal_prepare_batch(const hone_model *model, const hone_batch *batch,
                                        hone_prepared_batch *prepared);
void hone_internal_prepared_batch_free(hone_prepared_batch *prepared);
/* What stands at a tensor that layers over texts make or take, for all samples of a data set; NULL on
 * failure.
 */
hone_array *hone_internal_prepare_values(const hone_model *model, hone_tensor *tensor,
                                         const hone_dataset *data);

#endif
