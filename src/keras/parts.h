/* What the readers and writers of config trees have of each other. */
#ifndef HONE_KERAS_PARTS_H
#define HONE_KERAS_PARTS_H

#include "keras/keras.h"

/* The class of an envelope is one of Keras's, or has been registered; else an error that names it. */
hone_status hone_internal_keras_check_origin(const hone_config *envelope, const char *class_name);
/* The layer of an entry of a graph, which may be an operation, or a model. */
hone_layer *hone_internal_keras_node_layer(const hone_config *envelope, const hone_loading *loading);
/* The config of a model has a list of layers that is not empty. */
hone_status hone_internal_keras_check_layers(const hone_config *config, const char *what);
/* A functional model from the config in its envelope. */
hone_model *hone_internal_keras_graph(const hone_config *config, const hone_loading *loading);
/* A config from a file as the type's fields have it, and back, in place: see forms.c. */
hone_status hone_internal_keras_forms_read(const hone_type *type, hone_config *config);
/* The numbers of the text "a=1, b=2" of a field with others_here, under their names. */
hone_status hone_internal_keras_others_write(hone_config *config, const char *text);
hone_status hone_internal_keras_forms_write(const hone_type *type, hone_config *config);
bool hone_internal_keras_is_literal(const hone_field *field);
bool hone_internal_keras_is_array(const hone_config *value); /* NumPy's, or the backend's */
/* The text of a number, list or subscript of a file, and back (literals.c); NULL with a message. */
hone_config *hone_internal_keras_literal_read(const hone_config *value);
hone_config *hone_internal_keras_literal_write(const hone_config *text);
/* quantization.c: a quantised dtype policy and quantization_config, in place, become the argument
 * quantization_config and a plain dtype; the settings go to `kept`. And back: as kept where that is not NULL.
 */
hone_status hone_internal_keras_quantization_read(const hone_type *type, hone_config *config,
                                                  const char *label, hone_config **kept);
hone_status hone_internal_keras_quantization_write(const hone_type *type, hone_config *config,
                                                   const hone_config *kept);
/* integers.c: the integer dtype of a layer that moves or combines integers, else NULL; its envelope with
 * float32 in the place of that; casts of its inputs that may have fractions; and whether the layers of a
 * Sequential model need none. */
const char *hone_internal_keras_integers(const hone_config *envelope);
hone_config *hone_internal_keras_as_floats(const hone_config *envelope);
hone_status hone_internal_keras_cast_inputs(const hone_config *envelope, hone_network *network,
                                            hone_tensor_list *inputs);
hone_status hone_internal_keras_check_whole(const hone_config *entries);
/* A model's compile_config; an empty map when it is not compiled. */
hone_config *hone_internal_keras_compile_settings(const hone_model *model);

#endif
