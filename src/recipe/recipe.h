/* Recipes: a YAML file with Keras's words that says which model, compiled how, trained on what.
 *
 *   hone_recipe *recipe = hone_internal_recipe_load("chapter.yaml");
 *   hone_internal_recipe_set(recipe, "fit", "epochs", hone_internal_config_integer(5));
 *   hone_internal_recipe_read(recipe);
 *   hone_model *model = hone_internal_recipe_model(recipe);
 *   hone_internal_recipe_compile(recipe, model);
 *
 * Messages are "chapter.yaml: line 3, column 5: dense: ...". */
#ifndef HONE_RECIPE_RECIPE_H
#define HONE_RECIPE_RECIPE_H

#include "fields/config.h"
#include <hone/extend.h>
#include <hone/model.h>

/* The section `data`, beside `validation`. */
#define HONE_RECIPE_DATA_FIELDS(F, A) \
    F(A, TEXT, train, NULL, "training data, as for --data") \
    F(A, TEXT, test, NULL, "test data, for whoever evaluates the model") \
    F(A, NUMBER, scale, 1.0, "the inputs are multiplied by this: a number, or a fraction such as 1/255") \
    F(A, TEXT, sample_weight, NULL, "an NPY file with a weight for each training sample") \
    F(A, INTEGER, memory_limit, HONE_NONE_INTEGER, \
      "bytes; data beyond this stay in their files and are read as they are needed", HONE_AT_LEAST(1)) \
    F(A, TEXT, cache, NULL, "a file that keeps the training samples as floats, for this run and later ones") \
    F(A, INTEGER, prefetch, HONE_NONE_INTEGER, "batches made ahead on a thread of their own", \
      HONE_BETWEEN(0, 64))
HONE_ARGS_STRUCT(hone_recipe_data, HONE_RECIPE_DATA_FIELDS);

/* The section `fit`, beside `callbacks`. */
#define HONE_RECIPE_FIT_FIELDS(F, A) \
    F(A, INTEGER, epochs, 1, "passes over the data", HONE_AT_LEAST(1)) \
    F(A, INTEGER, batch_size, 32, "samples of a step", HONE_AT_LEAST(1)) \
    F(A, INTEGER, initial_epoch, 0, "number of the first epoch", HONE_AT_LEAST(0)) \
    F(A, BOOLEAN, shuffle, true, "a new order of the samples in each epoch") \
    F(A, INTEGER, seed, 0, "of initial weights, shuffling and dropout", HONE_AT_LEAST(0)) \
    F(A, NUMBER, validation_split, HONE_NONE, "share of the data, from their end, that is held out", \
      HONE_BETWEEN_OPEN(0, 1)) \
    F(A, INTEGER, validation_freq, 1, "epochs from one validation to the next", HONE_AT_LEAST(1)) \
    F(A, INTEGER, validation_batch_size, HONE_NONE_INTEGER, \
      "samples of a validation batch; else batch_size", HONE_AT_LEAST(1)) \
    F(A, INTEGER, validation_steps, HONE_NONE_INTEGER, "batches of a validation; else all", \
      HONE_AT_LEAST(1)) \
    F(A, INTEGER, steps_per_epoch, HONE_NONE_INTEGER, "batches of an epoch; else all", HONE_AT_LEAST(1)) \
    F(A, CLASS_WEIGHTS, class_weight, HONE_NO_NUMBERS, "weight of each class; the others weigh 1", \
      HONE_AT_LEAST(0)) \
    F(A, INTEGER, verbose, 1, "0 nothing, 1 a bar, 2 a line an epoch", HONE_BETWEEN(0, 2))
HONE_ARGS_STRUCT(hone_recipe_fit, HONE_RECIPE_FIT_FIELDS);

extern const hone_type hone_internal_recipe_data_type, hone_internal_recipe_fit_type;

/* What is held out for validation: samples at the end of the training data, a share of them, or other data.
 */
typedef struct hone_holdout {
    const char *source; /* a DATA form, lent by the recipe; or NULL */
    int64_t last;       /* so many samples; or 0 */
    double share;       /* of the samples; or 0 */
} hone_holdout;

typedef struct hone_recipe {
    char *label;       /* its path */
    hone_config *tree; /* as it was read, with what was set since */
    /* Since hone_internal_recipe_read: */
    hone_recipe_data *data;
    hone_recipe_fit *fit;
    hone_holdout validation;
} hone_recipe;

hone_recipe *hone_internal_recipe_load(const char *path);
hone_recipe *hone_internal_recipe_parse(const char *text, size_t length, const char *label);
void hone_internal_recipe_free(hone_recipe *recipe); /* NULL is fine */

/* Puts a value (taken over, also on failure) under a key of a section ("compile", "data", "fit"), which is
 * made when it is not there; a null takes the key out. To be called before the section is read or compiled.
 */
hone_status hone_internal_recipe_set(hone_recipe *recipe, const char *section, const char *key,
                                     hone_config *value);
/* The value under a key of a section, or NULL. */
const hone_config *hone_internal_recipe_get(const hone_recipe *recipe, const char *section, const char *key);

/* Checks the whole tree but for what only the model can tell, and fills in `data`, `fit` and so on. */
hone_status hone_internal_recipe_read(hone_recipe *recipe);
/* The network, not compiled. */
hone_model *hone_internal_recipe_model(const hone_recipe *recipe);
/* Compiles by the section `compile`; a recipe without that section leaves the model as it is. */
hone_status hone_internal_recipe_compile(const hone_recipe *recipe, hone_model *model);
/* The callbacks of the section `fit`: how many, and one of them, new. */
size_t hone_internal_recipe_callbacks(const hone_recipe *recipe);
hone_callback *hone_internal_recipe_callback(const hone_recipe *recipe, size_t index);

/* A spec's grammar, name and arguments in a family; metrics may also be losses, "accuracy" or
 * "crossentropy". */
hone_status hone_internal_recipe_check_spec(const char *family, const char *text);

#endif
