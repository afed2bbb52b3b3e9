/* Formats of model files. A format is one file with one of these structs, and a line in formats.def. */
#ifndef HONE_FILES_FORMAT_H
#define HONE_FILES_FORMAT_H

#include "model/model.h"
#include <hone/files.h>

typedef struct hone_model_format {
    const char *ending; /* of its files' names: ".keras" */
    const char *start;  /* what its files begin with, whatever their names; NULL: their names alone tell */
    bool weights_alone; /* without the model that they belong to */
    bool names_weights; /* `map` and `partial` of hone_load_weights apply */
    /* NULL: it is not written, read, or read for its weights. `args` are whole and checked, a model to be
     * saved is built; `version` is the release of Keras that is to read the file (302 for 3.2), or 0. */
    hone_status (*save)(hone_model *model, const char *path, int version, const hone_save_args *args);
    hone_model *(*load)(const char *path, const hone_load_args *args); /* an error need not name the file */
    hone_status (*load_weights)(hone_model *model, const char *path, const hone_load_weights_args *args);
} hone_model_format;

#endif
