/* Models as config trees in Keras's form, and what its releases read. */
#ifndef HONE_KERAS_KERAS_H
#define HONE_KERAS_KERAS_H

#include "keras/loading.h"
#include "model/model.h"

hone_config *hone_internal_model_to_config(hone_model *model); /* Keras's envelope with compile_config */
/* Not compiled. `loading` is NULL for what comes from no file, here and below. */
hone_model *hone_internal_model_from_config(const hone_config *config, const hone_loading *loading);
/* A layer's envelope, and a layer from an envelope or from text: for layers within layers. */
hone_config *hone_internal_layer_to_config(const hone_layer *layer);
hone_layer *hone_internal_layer_from_config(const hone_config *value, const hone_loading *loading);
hone_status hone_internal_model_compile_config(hone_model *model, const hone_config *compile_config,
                                               const hone_loading *loading);

/* A config as a release of Keras reads it (302 for 3.2), in place; HONE_ERROR_UNSUPPORTED if the model needs
 * a newer release. */
hone_status hone_internal_config_reshapes(hone_config *config); /* -1 for null in target_shape */
hone_status hone_internal_config_for_release(hone_config *config, int version);

#endif
