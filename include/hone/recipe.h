/* Recipes: a training run in one text. A recipe is YAML with Keras's names that defines the model, how it
 * is compiled and the data; a model file is also a recipe: the one whose `model` is that file. `hone train`
 * runs them.
 *
 *   hone_recipe *recipe = hone_recipe_load("chapter.yaml");
 *   hone_recipe_set(recipe, "fit.epochs", "5");
 *   hone_model *model = hone_recipe_train(recipe);
 *   hone_save(model, "m.keras");
 *   hone_recipe_free(recipe);
 *
 * Messages have the place in the recipe: "chapter.yaml: line 3, column 5: dense: ..."; hone_error_get_parts
 * gives it in parts. */
#ifndef HONE_RECIPE_H
#define HONE_RECIPE_H

#include <hone/doctor.h>
#include <hone/train.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- reading and changing ---- */

typedef struct hone_recipe hone_recipe;

/* By the end of the path: .yaml or .yml, a recipe; anything else is a model file, read when its model is
 * made: layers, weights, compile settings and the optimizer's state come from it. NULL on failure. */
hone_recipe *hone_recipe_load(const char *path);
/* A recipe from YAML text; `label` stands for the path in messages. */
hone_recipe *hone_recipe_parse(const char *text, const char *label);
void hone_recipe_free(hone_recipe *recipe); /* accepts NULL */

/* A key is the path to a value, joined by dots, with list items by index from 0: "fit.epochs",
 * "model.2.dense.units". A layer may also be named by its name or, if it is the only one of its kind, by its
 * kind, and the kind behind it may be left out: "model.hidden.units", "compile.optimizer.learning_rate".
 * Short forms on the path become maps, missing maps are created, and an unknown key is HONE_ERROR_NAME with
 * the nearest one. */

/* Sets a value, as YAML: "5", "[accuracy]", "{0: 1.0, 1: 2.0}". */
hone_status hone_recipe_set(hone_recipe *recipe, const char *key, const char *yaml);
/* Sets a value to a string, whatever it looks like; NULL removes the key. */
hone_status hone_recipe_set_text(hone_recipe *recipe, const char *key, const char *text);
/* Appends a string to a list, which is created if missing. */
hone_status hone_recipe_add_text(hone_recipe *recipe, const char *key, const char *text);
/* The value under a key as JSON, "" for the whole recipe; for a field that is not set, its default
 * value. To be freed with hone_free. NULL, without an error, when there is none. */
char *hone_recipe_get(const hone_recipe *recipe, const char *key);

/* Whether a string is a valid value of a key of the sections "compile", "data" and "fit", before any recipe
 * is read: its type, its range, the grammar and names of specs. */
hone_status hone_recipe_check_value(const char *key, const char *text);
/* Checks everything that does not need the model or the data. The functions below call it. */
hone_status hone_recipe_check(hone_recipe *recipe);

/* The section at `index`, as a field table; NULL after the last. */
const struct hone_type *hone_recipe_section(size_t index);

/* Sets the function that receives warnings, one line each: ignored settings of a model file, skipped
 * pictures. NULL: nowhere. */
void hone_recipe_set_output(hone_recipe *recipe, hone_sink *output, void *context);

/* ---- making and running ---- */

/* The model, compiled if the recipe or its model file has compile settings; owned by the caller. */
hone_model *hone_recipe_model(hone_recipe *recipe);

/* The training data without the validation data, which go to *validation (NULL if there are none; if
 * `validation` is NULL, all data are returned); both are owned by the caller. They are read in the same way
 * as the model's earlier training data. */
hone_dataset *hone_recipe_train_data(hone_recipe *recipe, const hone_model *model, hone_dataset **validation);
/* The data under data.test. */
hone_dataset *hone_recipe_test_data(hone_recipe *recipe, const hone_model *model);

/* Arguments in addition to the recipe. */
#define HONE_RECIPE_FIELDS(F, A) \
    F(A, CALLBACKS, callbacks, HONE_NO_CALLBACKS, "callbacks that are called after those of the recipe", \
      HONE_PROGRAM_ONLY) \
    F(A, SINK, output, NULL, "function that receives progress output", HONE_PROGRAM_ONLY) \
    F(A, POINTER, output_context, NULL, "first argument of output", HONE_PROGRAM_ONLY) \
    F(A, BOOLEAN, output_terminal, false, "redraw lines in place, in colour", HONE_PROGRAM_ONLY) \
    F(A, BOOLEAN, output_plain, false, "without color", HONE_PROGRAM_ONLY) \
    F(A, INTEGER, output_columns, 0, "maximum width of a redrawn line (0: not known)", HONE_PROGRAM_ONLY)
HONE_ARGS_STRUCT(hone_recipe_args, HONE_RECIPE_FIELDS);

/* Loads the data, makes the callbacks and fits a model that hone_recipe_model made. The history is the
 * model's; NULL on failure. */
const hone_history *hone_recipe_fit_with(hone_recipe *recipe, hone_model *model,
                                         const hone_recipe_args *args);
/* Makes the model and fits it. The caller owns the model; NULL on failure. */
hone_model *hone_recipe_train_with(hone_recipe *recipe, const hone_recipe_args *args);
#ifndef __cplusplus
#define hone_recipe_fit(...) HONE_RECIPE_FIT(__VA_ARGS__, HONE_BASE(hone_recipe_args))
#define HONE_RECIPE_FIT(recipe_, model_, ...) \
    HONE_WITH_OVERRIDES( \
        hone_recipe_fit_with(recipe_, model_, HONE_ARGS(hone_recipe_args, HONE_RECIPE_FIELDS, __VA_ARGS__)))
#define hone_recipe_train(...) HONE_RECIPE_TRAIN(__VA_ARGS__, HONE_BASE(hone_recipe_args))
#define HONE_RECIPE_TRAIN(recipe_, ...) \
    HONE_WITH_OVERRIDES( \
        hone_recipe_train_with(recipe_, HONE_ARGS(hone_recipe_args, HONE_RECIPE_FIELDS, __VA_ARGS__)))
#endif

/* The text of a recipe for data (a table with its target, "houses.csv#target=price"; a folder of pictures; an
 * archive) that is a good start and trains at once; to be freed with hone_free. NULL on failure. */
char *hone_recipe_init(const char *source);
/* Why the training of a recipe does not learn, as hone_diagnose; it also tries cures. The recipe's own
 * sections say how it is trained. NULL on failure. */
hone_diagnosis *hone_recipe_diagnose_with(hone_recipe *recipe, const hone_diagnose_args *args);
#ifndef __cplusplus
#define hone_recipe_diagnose(...) HONE_RECIPE_DIAGNOSE(__VA_ARGS__, HONE_BASE(hone_diagnose_args))
#define HONE_RECIPE_DIAGNOSE(recipe_, ...) \
    HONE_WITH_OVERRIDES(hone_recipe_diagnose_with( \
        recipe_, HONE_ARGS(hone_diagnose_args, HONE_DIAGNOSE_FIELDS, __VA_ARGS__)))
#endif
/* Writes a recipe as YAML, as it is now; comments are lost. */
hone_status hone_recipe_save(const hone_recipe *recipe, const char *path);
/* Changes a recipe as a cure says. Errors: the layer is not in a plain list of layers. */
hone_status hone_recipe_cure(hone_recipe *recipe, const hone_cure *cure);

/* Loss and metrics of the model on data.test, as from hone_evaluate. */
hone_status hone_recipe_evaluate(hone_recipe *recipe, hone_model *model, hone_logs *logs);

#ifdef __cplusplus
}
#endif
#endif
