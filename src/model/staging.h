/* Weights on their way from a file into a model: first all into copies, then the copies into the weights, so
 * that a damaged file changes nothing. */
#ifndef HONE_MODEL_STAGING_H
#define HONE_MODEL_STAGING_H

#include "formats/formats.h"
#include "model/model.h"

typedef struct hone_staged {
    hone_variable *variable;
    float *data;
} hone_staged;

typedef struct hone_staging {
    hone_weights_file *file;
    const char *label; /* names the file in messages */
    hone_staged *items;
    size_t count, capacity;
} hone_staging;

/* Reads the dataset at a path into a copy for the variable. */
hone_status hone_internal_stage(hone_staging *staging, const char *path, hone_variable *variable);
void hone_internal_staging_commit(const hone_staging *staging);
void hone_internal_staging_free(hone_staging *staging);

/* Visits every object that has a group: its path ("layers/dense"), its name, its own variables in Keras's
 * order. */
typedef hone_status hone_weights_visitor(void *context, const char *path, const char *name,
                                         hone_variable **variables, size_t count);
hone_status hone_internal_visit_layer(const hone_layer *layer, const char *path, hone_weights_visitor *visit,
                                      void *context);


hone_status hone_internal_check_optimizer_state(const char *label, int32_t iteration,
                                                float rate); /* as read from a file */

/* Keras's legacy HDF5 files (legacy.c): a whole model; weights into a model like it. */
hone_model *hone_internal_model_load_legacy(const char *path);
bool hone_internal_weights_are_legacy(hone_weights_file *file);
hone_status hone_internal_model_read_legacy_weights(hone_model *model, hone_weights_file *file,
                                                    const char *label);

#endif
