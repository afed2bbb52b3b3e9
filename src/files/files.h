/* Model files as checkpoints write and read them. */
#ifndef HONE_FILES_FILES_H
#define HONE_FILES_FILES_H

#include "formats/formats.h"
#include "keras/loading.h"
#include "model/model.h"

/* hone_save with further members in the archive; and the weights and the optimizer's state of an
 * archive into a compiled model like it. */
struct hone_zip_member;
hone_status hone_internal_model_save_archive(hone_model *model, const char *path, int version,
                                             const struct hone_zip_member *extra, size_t count);
hone_status hone_internal_model_load_training(hone_model *model, const char *path);
/* The optimizer's state to and from a weights file (optimizer.c). */
hone_status hone_internal_optimizer_store(hone_store *store, const hone_optimizer *optimizer, int version);
hone_status hone_internal_optimizer_restore(hone_model *model, hone_weights_file *file, const char *label,
                                            const hone_loading *loading);

#endif
