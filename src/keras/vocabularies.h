/* Vocabularies of layers over texts in .keras archives: members beside the weights. */
#ifndef HONE_KERAS_VOCABULARIES_H
#define HONE_KERAS_VOCABULARIES_H

#include "formats/formats.h"
#include "model/model.h"

/* The members that the layers of a model have, in a list to be freed with hone_internal_vocabularies_free. */
typedef struct hone_vocabularies {
    hone_zip_member *members;
    size_t count, capacity;
} hone_vocabularies;
hone_status hone_internal_vocabularies_write(hone_model *model, hone_vocabularies *vocabularies);
/* Vocabularies that lines cannot hold, since a term has an end of a line in it (characters of a text): they
 * are an argument of the layer in the model's config, and no members. `all`: so are the others. */
hone_status hone_internal_vocabularies_to_config(const hone_model *model, hone_config *config, bool all);
void hone_internal_vocabularies_free(hone_vocabularies *vocabularies);
/* Their weights in mode tf_idf: of the layer with this name, if it has any, into its groups. */
hone_status hone_internal_vocabularies_store(const hone_model *model, const char *path, const char *name,
                                             hone_store *store);
/* Out of a config with HONE_VOCABULARIES_KEY into the layers of the model. */
hone_status hone_internal_vocabularies_read(hone_model *model, const hone_config *config,
                                            hone_weights_file *file);

#endif
