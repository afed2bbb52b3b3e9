/* Running batches: one place for training, evaluation and prediction. */
#ifndef HONE_MODEL_RUN_H
#define HONE_MODEL_RUN_H

#include "base/team.h"
#include "model/feed.h"

/* The threads and process-wide settings of a run, taken at its start and given back at its end. */
typedef struct hone_session {
    hone_team *team;
} hone_session;
hone_session hone_internal_session_begin(void);
void hone_internal_session_end(hone_session *session);

/* One batch: chooses the pass, feeds it, runs it; in training also the optimizer's counts. `loss` may be
 * NULL; it gets the batch's total loss. */
hone_status hone_internal_run_batch(hone_model *model, hone_session *session, hone_mode mode,
                                    const hone_feed *feed, hone_pass **used, double *loss);
hone_status hone_internal_need_compiled(const hone_model *model, const char *what);
/* New arrays with the outputs of a pass. */
hone_status hone_internal_copy_outputs(const hone_model *model, const hone_pass *pass, int64_t count,
                                       hone_array **outputs);
/* Before training: the optimizer has its slots for the present trainable weights. */
hone_status hone_internal_prepare_training(hone_model *model);
/* Loss and metrics over a data set into logs (added to what is there, under names with `prefix` kept by the
 * history when it is not NULL). */
typedef struct hone_evaluation {
    hone_dataset *data;
    int64_t batch_size, steps; /* steps HONE_NONE_INTEGER: all */
    const double *class_weight;
} hone_evaluation;
hone_status hone_internal_evaluate(hone_model *model, hone_session *session,
                                   const hone_evaluation *evaluation);

#endif
