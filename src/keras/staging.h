/* Weights on their way from a file into a model: first all into copies, then the copies into the weights, so
 * that a damaged file changes nothing. */
#ifndef HONE_KERAS_STAGING_H
#define HONE_KERAS_STAGING_H

#include "formats/formats.h"
#include "model/model.h"

typedef struct hone_staged {
    hone_variable *variable;
    float *data;
} hone_staged;

typedef struct hone_staging {
    hone_weights_file *file;
    const char *label;                  /* names the file in messages */
    const hone_load_weights_args *args; /* or NULL: all must fit */
    hone_staged *items;
    size_t count, capacity;
} hone_staging;

/* Reads the dataset at a path into a copy for the variable. */
hone_status hone_internal_stage(hone_staging *staging, const char *path, hone_variable *variable);
/* The same of dataset number `index` of a group. */
hone_status hone_internal_stage_at(hone_staging *staging, const char *group, int64_t index,
                                   hone_variable *variable);
/* "layers/dense/vars" of an object's path, "vars" of the model's own, ""; to be freed. */
char *hone_internal_vars_path(const char *path);
/* Room for a variable's numbers, to be filled; and giving the last one up. */
hone_status hone_internal_stage_room(hone_staging *staging, hone_variable *variable, float **data);
void hone_internal_unstage(hone_staging *staging);
void hone_internal_staging_commit(const hone_staging *staging);
void hone_internal_staging_free(hone_staging *staging);

/* How a file names the groups of layers. tf.keras before 2.15 has another container; before 2.14 it gives a
 * layer that has weights two numbers of its class: "dense", "dense_2", "dense_4". */
typedef enum hone_weights_layout {
    HONE_WEIGHTS_LAYERS,
    HONE_WEIGHTS_DEPENDENCIES,
    HONE_WEIGHTS_DEPENDENCIES_TWICE
} hone_weights_layout;

/* Visits every object that has a group: its path ("layers/dense"), its name, its own variables in Keras's
 * order. */
typedef hone_status hone_weights_visitor(void *context, const char *path, const char *name,
                                         hone_variable **variables, size_t count);
hone_status hone_internal_visit_layer(const hone_layer *layer, const char *path, hone_weights_layout layout,
                                      hone_weights_visitor *visit, void *context);
hone_status hone_internal_visit_model(hone_model *model, const char *path, hone_weights_layout layout,
                                      const char *name, hone_weights_visitor *visit, void *context);

/* Quantises the attention with heads whose projections are whole numbers in the file. */
hone_status hone_internal_keras_quantize_parts(hone_model *model, hone_weights_file *file,
                                               hone_weights_layout layout);

/* The status of staging one layer: one that does not fit is skipped with a warning when skip_mismatch
 * asks for it; what it had staged (beyond `staged`) is given up. */
hone_status hone_internal_staging_forgive(hone_staging *staging, size_t staged, hone_status status);
/* A visitor that stages an object's weights; the context is the staging. */
hone_status hone_internal_stage_object(void *context, const char *path, const char *name,
                                       hone_variable **variables, size_t count);
/* Weights of a Keras 3 file by the names of layers, which the groups tell. */
hone_status hone_internal_model_read_named_weights(hone_model *model, hone_weights_file *file,
                                                   const char *label, const hone_load_weights_args *args);

/* The optimizer's slots by their place in files: `places[i]` is the slot at place i. Keras before 3.10 put
 * those of averages and accumulators in turn, and Nadam's product first. `version` is 302 for 3.2; 0: not
 * known, as of now. */
void hone_internal_slot_places(const hone_optimizer *optimizer, int version, size_t *places);

hone_status hone_internal_check_optimizer_state(const char *label, int32_t iteration,
                                                float rate); /* as read from a file */
hone_status hone_internal_check_loss_scale(const char *label, int32_t counter, float scale);

/* Keras's legacy HDF5 files (legacy.c): a whole model; weights into a model like it. */
hone_model *hone_internal_model_load_legacy(const char *path, const hone_load_args *args);
hone_status hone_internal_model_read_legacy_optimizer(hone_model *model, hone_weights_file *file,
                                                      const char *label);
bool hone_internal_weights_are_legacy(hone_weights_file *file);
int hone_internal_legacy_release(
    hone_weights_file *file); /* of Keras that wrote it; 0 when it does not say */
hone_status hone_internal_model_read_legacy_weights(hone_model *model, hone_weights_file *file,
                                                    const char *label, const hone_load_weights_args *args);

#endif
