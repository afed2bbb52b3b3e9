/* Settings in model files that Hone does not know. One that is null, false or its default in Keras says
 * nothing and is dropped; any other is an error that names the layer and the key, or, when a load says so, a
 * warning: then it is kept beside the object, and saved with it again. */
#ifndef HONE_KERAS_UNKNOWN_H
#define HONE_KERAS_UNKNOWN_H

#include "keras/loading.h"

/* Takes the unknown keys out of the config of a type, and of the objects within it. `label` names the object.
 * *kept becomes a tree of those that are to be saved again, or stays NULL; it is the caller's to free, also
 * after a failure. Outside of a load nothing is done. */
hone_status hone_internal_unknown_take(const hone_loading *loading, const hone_type *type,
                                       hone_config *config, const char *label, hone_config **kept);
/* The same of settings of losses or metrics: names, objects, lists and maps of them. */
hone_status hone_internal_unknown_take_settings(const hone_loading *loading, const char *family,
                                                hone_config *settings, const char *label, hone_config **kept);
/* Puts kept keys back where they were. */
hone_status hone_internal_unknown_give(hone_config *config, const hone_config *kept);

#endif
