/* A loss of a compiled model: its type and arguments, and what is the same for all: ranks, weights, masks,
 * reduction. */
#ifndef HONE_LOSSES_LOSS_H
#define HONE_LOSSES_LOSS_H

#include "base/error.h"
#include "fields/config.h"
#include "fields/spec.h"
#include "graph/graph.h"
#include "ops/targets.h"
#include "registry.h"

typedef struct hone_loss {
    const hone_loss_type *type;
    void *args;
    char *text; /* as the user wrote it ("mse"), for files; NULL when it came as an object */
} hone_loss;

/* From text ("mse", "huber(delta=2)", "crossentropy" resolved by shapes: see below) or a Keras envelope.
 * NULL on failure. */
hone_loss *hone_internal_loss_create(const hone_config *config);
void hone_internal_loss_free(hone_loss *loss);
hone_config *hone_internal_loss_to_config(const hone_loss *loss); /* the text, or an envelope */

/* The scalar: values, then the mask on y_pred (and one that the loss made), sample weights (HONE_NO_VALUE:
 * none), reduction. Sets the input check of class ids. */
hone_value hone_internal_loss_record(const hone_loss *loss, hone_graph *graph, hone_value y_true,
                                     hone_value y_pred, hone_value sample_weight);
/* It is a sum over the batch, not a mean. */
bool hone_internal_loss_is_sum(const hone_loss *loss);

#endif
