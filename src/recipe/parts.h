/* What the files of this folder share. */
#ifndef HONE_RECIPE_PARTS_H
#define HONE_RECIPE_PARTS_H

#include "base/text.h"
#include "base/error.h"
#include "fields/config.h"
#include <hone/fields.h>
#include <hone/pipeline.h>
#include <hone/recipe.h>

/* ---- sections ---- */

/* The section `compile`: what hone_compile takes. Losses, metrics and the optimizer may also be maps and
 * lists. */
#define HONE_RECIPE_COMPILE_FIELDS(F, A) \
    HONE_COMPILE_FIELDS(F, A) \
    F(A, NUMBER, learning_rate, HONE_NONE, "a new learning rate; the optimizer keeps its state", \
      HONE_ABOVE(0))
HONE_ARGS_STRUCT(hone_recipe_compiling, HONE_RECIPE_COMPILE_FIELDS);

/* The section `data`, beside `validation`. */
#define HONE_RECIPE_DATA_FIELDS(F, A) \
    F(A, TEXT, train, NULL, "training data: a name, or files", HONE_ARGUMENT("DATA")) \
    F(A, TEXT, test, NULL, "test data, for hone evaluate and the end of a training", HONE_ARGUMENT("DATA")) \
    F(A, NUMBER, scale, HONE_NONE, \
      "multiply the inputs by this number or fraction, such as 1/255 (default: as in training, otherwise " \
      "1)") \
    F(A, TEXT, sample_weight, NULL, \
      "an NPY file with a weight for each training sample, or for each of its steps", \
      HONE_ARGUMENT("FILE.npy")) \
    F(A, TEXT, test_sample_weight, NULL, \
      "an NPY file with a weight for each test sample, or for each of its steps", HONE_ARGUMENT("FILE.npy")) \
    F(A, INTEGER, memory_limit, HONE_NONE_INTEGER, \
      "maximum bytes of data in memory; larger files are read as needed", HONE_AT_LEAST(1), \
      HONE_ARGUMENT("BYTES")) \
    F(A, INTEGER, shuffle_window, HONE_NONE_INTEGER, \
      "shuffle within so many samples: blocks of neighbours in a random order, mixed a window at a time, which reads files " \
      "nearly in order and holds no number for each sample (default: all samples are shuffled)", \
      HONE_AT_LEAST(1)) \
    F(A, INTEGER, shuffle_block, HONE_NONE_INTEGER, \
      "samples of a block of shuffle_window (default: a sixteenth of it)", HONE_AT_LEAST(1)) \
    F(A, TEXT, cache, NULL, \
      "a file that caches the training samples as floats, for this run and later ones") \
    F(A, INTEGER, prefetch, HONE_NONE_INTEGER, "number of batches to prepare ahead in a separate thread", \
      HONE_BETWEEN(0, 64)) \
    F(A, TEXT, preprocess, NULL, \
      "preprocess images (RGB, 0 to 255) as keras.applications does: caffe (VGG, ResNet), tf (MobileNet, " \
      "Inception, Xception, ResNetV2, NASNet), torch (DenseNet)", \
      HONE_ONE_OF("caffe|tf|torch")) \
    F(A, INTEGER, folds, HONE_NONE_INTEGER, \
      "number of parts of the training data, one of which is taken out as the test data", HONE_AT_LEAST(2)) \
    F(A, INTEGER, fold, 0, "the part that is taken out, from 0", HONE_AT_LEAST(0)) \
    F(A, BOOLEAN, folds_in_order, false, \
      "parts in the order of the samples: each is predicted from those before it, never from later ones") \
    F(A, TEXT, targets, NULL, \
      "one_hot: class numbers become rows with a 1 at the class, as categorical_crossentropy, mix_up and cut_mix " \
      "need them; as many as the model has outputs", \
      HONE_ONE_OF("one_hot"))
HONE_ARGS_STRUCT(hone_recipe_data, HONE_RECIPE_DATA_FIELDS);

/* The section `fit`: what hone_fit takes, and the seed of the model. */
#define HONE_RECIPE_FIT_FIELDS(F, A) \
    HONE_FIT_FIELDS(F, A) \
    F(A, INTEGER, seed, 0, "random seed of the initial weights, shuffling and dropout", HONE_AT_LEAST(0))
HONE_ARGS_STRUCT(hone_recipe_fitting, HONE_RECIPE_FIT_FIELDS);

/* What validates: a part of the training data, or other data. */
typedef struct hone_holdout {
    const char *source;               /* a DATA form, borrowed from the recipe; or NULL */
    const char *group;                /* a column whose groups stay together, borrowed; or NULL */
    hone_dataset_hold_out_args *args; /* NULL: nothing validates */
} hone_holdout;

struct hone_recipe {
    char *label;       /* its path */
    hone_config *tree; /* as it was read, with what was set since */
    hone_sink *output;
    void *output_context;
    /* Since hone_recipe_check, until something is set: */
    bool checked;
    hone_recipe_data *data;
    hone_recipe_fitting *fit;
    hone_holdout validation;
    hone_config *embedded; /* the list of layers, with the inputs of embed=true; NULL: that of the tree */
    hone_config *merged;   /* of a fit in stages: what holds in the present one; NULL: `fit` is a map */
};

/* A section as it holds at present, or NULL; the value under a key of it, or NULL. */
const hone_config *hone_internal_recipe_section(const hone_recipe *recipe, const char *name);
const hone_config *hone_internal_recipe_get(const hone_recipe *recipe, const char *section, const char *key);
/* Reads `data` and `fit`, and checks the rest (sections.c). */
hone_status hone_internal_recipe_read_sections(hone_recipe *recipe);
/* data.validation (hold_out.c): read; parts[0] and parts[1] of `all`, which stays the caller's. */
hone_status hone_internal_recipe_read_holdout(hone_recipe *recipe);
void hone_internal_recipe_forget_holdout(hone_recipe *recipe);
hone_status hone_internal_recipe_hold_out(const hone_recipe *recipe, hone_dataset *all,
                                          hone_dataset *parts[2]);
/* Recipe, seed, data and version of a training, into the model (facts.c). */
hone_status hone_internal_recipe_keep_facts(const hone_recipe *recipe, hone_model *model,
                                            const hone_dataset *train, const hone_dataset *validation);
/* The training data without the fold, or the fold (data.folds); `all` is taken over, NULL is passed on. */
hone_dataset *hone_internal_recipe_fold(const hone_recipe *recipe, hone_dataset *all, bool out);
/* What looks wrong before the first step is warned of (look.c): large inputs that nothing scales, classes
 * that one part lacks. `validation` may be NULL. */
void hone_internal_recipe_look_at(const hone_recipe *recipe, const hone_model *model,
                                  const hone_dataset *train, const hone_dataset *validation);
/* States that go on from batch to batch without a size that says so are warned of. `model` may be NULL. */
void hone_internal_recipe_look_at_states(const hone_recipe *recipe, const hone_model *model);
/* fit.class_weight (class_weight.c): whether it needs the data, which have names and counts; its check; what
 * it is for these data: *weights, to be freed, stays NULL when it does not wait. */
bool hone_internal_recipe_weights_wait(const hone_config *node);
hone_status hone_internal_recipe_check_weights(const hone_config *node);
hone_status hone_internal_recipe_check_weight_text(const char *text); /* of the command line */
hone_status hone_internal_recipe_class_weights(const hone_recipe *recipe, const hone_dataset *data,
                                               double **weights, int64_t *count);
/* A default, such as that of "fit.epochs", as JSON; NULL, without an error, when it has none. */
char *hone_internal_recipe_default(const char *key);
void hone_internal_recipe_forget_sections(hone_recipe *recipe);
/* Whether a section has a key, by its field table or beside it. */
bool hone_internal_recipe_has_key(const char *section, const char *key);
/* A path as people write it to that of the tree, in which short forms on the way become maps (paths.c); to be
 * freed. NULL when it leads nowhere. */
char *hone_internal_recipe_resolve(hone_recipe *recipe, const char *path);
/* The callbacks of the section `fit`, new, and those of `more` (taken over). */
hone_callback_list *hone_internal_recipe_callbacks(const hone_recipe *recipe, hone_callback_list *more);

/* The layers of data.augment: checked, and over the training data (taken over, also on failure). */
hone_status hone_internal_recipe_check_augment(const hone_recipe *recipe);
hone_dataset *hone_internal_recipe_augment(const hone_recipe *recipe, hone_dataset *train);

/* ---- stages of a fit (stages.c) ---- */

size_t hone_internal_recipe_stage_count(const hone_recipe *recipe); /* 1 when `fit` is a map */
/* Lays the stages up to this one over each other, into recipe->merged. */
hone_status hone_internal_recipe_merge_stage(hone_recipe *recipe, size_t stage);
/* The section `fit` as it is in a stage (sections.c). */
hone_status hone_internal_recipe_read_stage(hone_recipe *recipe, size_t stage);
/* Freezes, thaws and compiles a model as all stages up to this one say; `fit` is then that of this one. */
hone_status hone_internal_recipe_begin_stages(hone_recipe *recipe, hone_model *model, size_t stage);
/* What the stages of a run share: the data, read by the first. */
typedef struct hone_recipe_run {
    size_t stage;
    hone_dataset *train, *validation; /* NULL: not read; there is none */
} hone_recipe_run;
/* Trains stage after stage by `fit`, which takes the callbacks over. Takes those of `args` over. */
typedef const hone_history *hone_recipe_fit_function(hone_recipe *recipe, hone_model *model,
                                                     const hone_recipe_args *args,
                                                     hone_callback_list *callbacks, hone_recipe_run *run);
const hone_history *hone_internal_recipe_run_stages(hone_recipe *recipe, hone_model *model,
                                                    const hone_recipe_args *args,
                                                    hone_recipe_fit_function *fit);

/* ---- categories with an embedding (embed.c) ---- */

/* Whether the options of a table (NULL: none) say embed=true; whether data that were read so have an input of
 * categories. */
bool hone_internal_recipe_says_embed(const hone_config *options);
bool hone_internal_recipe_embeds(const hone_dataset *data);
/* Items of a list of layers, as lines of YAML: an input for each input of the data, an embedding for those of
 * categories, a normalization with these arguments for the others (NULL: none), and what joins them; *width
 * is how many numbers that gives. */
hone_status hone_internal_recipe_put_columns(hone_text *text, const hone_dataset *data,
                                             const hone_config *normalization, int64_t *width);
/* recipe->embedded: the chain of layers of a recipe behind those items, when its training data are a table
 * that is read with embed=true and has categories. */
hone_status hone_internal_recipe_read_columns(hone_recipe *recipe);

/* ---- cures (cure.c) ---- */

hone_recipe *hone_internal_recipe_of_tree(hone_config *tree, const char *label); /* takes the tree over */
hone_recipe *
hone_internal_recipe_copy(const hone_recipe *recipe); /* its tree and its output; NULL on failure */
/* Path, old and new value of a cure that is one edit, into the finding. */
void hone_internal_recipe_layer_name(const hone_config *list, size_t place, char *name, size_t size);
void hone_internal_recipe_describe_cure(const hone_recipe *recipe, hone_finding *finding);

/* ---- messages ---- */

/* The place of a node, or of the key of a value in a map, in the present failure; and the recipe's path. */
hone_status hone_internal_recipe_place(hone_status status, const hone_config *node);
hone_status hone_internal_recipe_place_key(hone_status status, const hone_config *value);
hone_status hone_internal_recipe_label(hone_status status, const hone_recipe *recipe);
/* Refuses keys of a map that are not among these (up to NULL), with the nearest. */
hone_status hone_internal_recipe_check_keys(const hone_config *map, const char *what,
                                            const char *const *keys);
/* What was set stands in no line of the recipe, and neither do its parts. */
void hone_internal_recipe_forget_places(hone_config *value);
/* Who runs a recipe of another folder is told where its paths begin, behind a failure to read `source`. */
void hone_internal_recipe_note_folder(const hone_recipe *recipe, const char *source);
/* A line to the function that takes warnings. */
void hone_internal_recipe_warn(const hone_recipe *recipe, const char *line);
/* The arguments of {dense: VALUE}, {adam: VALUE}: a map of them, the first one, or nothing. */
hone_config *hone_internal_recipe_arguments(const hone_config *value);
hone_status hone_internal_recipe_expect(const hone_config *node, hone_config_kind kind, const char *what);

/* ---- layers ---- */

/* One item of a list of layers: "flatten", "dense(300)", {dense: 300}, {dense: {units: 300}, inputs:
 * hidden}, {file: base.keras, until: pooling}. */
typedef struct hone_recipe_item {
    const hone_config *node;   /* borrowed: its place */
    char *kind;                /* "dense", "share", "model", "file" */
    hone_config *arguments;    /* a map, without `inputs` and `call` */
    const hone_config *inputs; /* borrowed: what it reads, or NULL */
    const hone_config *call;   /* borrowed: a map of the call's other arguments, or NULL */
} hone_recipe_item;
hone_status hone_internal_recipe_item_read(const hone_config *node, hone_recipe_item *item);
void hone_internal_recipe_item_free(hone_recipe_item *item);
/* The name that the item gives its node, or NULL. */
const char *hone_internal_recipe_item_name(const hone_recipe_item *item);
bool hone_internal_recipe_item_is_input(const hone_recipe_item *item);
bool hone_internal_recipe_item_is_file(const hone_recipe_item *item);
/* The layer that an item describes. */
hone_layer *hone_internal_recipe_item_layer(const hone_recipe *recipe, const hone_recipe_item *item);

/* The model of a list of layers and of `outputs` (NULL: the last layer). */
hone_model *hone_internal_recipe_network(const hone_recipe *recipe, const hone_config *layers,
                                         const hone_config *outputs);

/* Arguments of a type as its field table wants them: short forms of layers ({dense: 3}) become envelopes,
 * those of schedules become specs. Changes the map. */
hone_status hone_internal_recipe_tidy_arguments(const hone_type *type, hone_config *arguments);

/* ---- model files (file.c) ---- */

/* What a model file is in a recipe: the model; layers of a graph, whose item may have a name; or one layer,
 * which may be `trainable` too. */
typedef enum hone_recipe_file_use {
    HONE_RECIPE_FILE_MODEL,
    HONE_RECIPE_FILE_ITEM,
    HONE_RECIPE_FILE_LAYER
} hone_recipe_file_use;
/* The model of {file: PATH, freeze: ..., unfreeze: ...}, whole, with its layers frozen and thawed as it says.
 */
hone_model *hone_internal_recipe_file_load(const hone_recipe *recipe, const hone_config *map,
                                           hone_recipe_file_use use);
/* Where {until: LAYER} cuts the model: that layer's output, or NULL (with a failure, or when it does not). */
hone_tensor *hone_internal_recipe_file_end(const hone_model *model, const hone_config *map);
/* The model of a map cut there, as a model of its own. */
hone_model *hone_internal_recipe_file_model(const hone_recipe *recipe, const hone_config *map,
                                            hone_recipe_file_use use);
/* Freezes and thaws layers, and adapts some, as the keys `freeze`, `unfreeze` and `lora` of a map say. */
hone_status hone_internal_recipe_set_trainable(hone_model *model, const hone_config *map);
/* Something was frozen, thawed or adapted: an optimizer that has slots is not of these weights any more. */
bool hone_internal_recipe_file_moves(const hone_config *map);

/* ---- compiling ---- */

/* Compiles by the section `compile`. What it leaves out stays as the model has it from its file; a model
 * without settings and without the section stays as it is. */
hone_status hone_internal_recipe_compile(const hone_recipe *recipe, hone_model *model);
/* Again in a stage: with a fresh optimizer of the same settings when other layers are trained, and its rate.
 */
hone_status hone_internal_recipe_compile_stage(hone_model *model, const hone_config *stage);
/* HONE_ERROR_NAME: no output of the model has this name. */
hone_status hone_internal_recipe_fail_output(const hone_model *model, const char *what, const char *name);
/* A spec's grammar, name and arguments in a family; metrics may also be losses, "accuracy" or
 * "crossentropy". */
hone_status hone_internal_recipe_check_spec(const char *family, const char *text);
/* The same for each of "mae, price:mse", and what such a text says as lists by output (metrics.c). */
hone_status hone_internal_recipe_check_metrics(const char *text);
hone_config *hone_internal_recipe_metrics(const hone_model *model, const char *text);

/* The DATA form of a table with what its profile adds to the options (init_table.c), to be freed; comments of
 * the recipe on it. */
hone_status hone_internal_recipe_table(const char *source, const char *path, const hone_config *options,
                                       char **data, hone_text *comments);
/* What hone_recipe_init begins a network with (init_signals.c): for windows of a series; for sounds of one
 * channel; for pictures; for whole texts, with their input; the whole network for windows of a text. */
void hone_internal_recipe_put_series(hone_text *text);
void hone_internal_recipe_put_sound(hone_text *text, const hone_dataset *data);
void hone_internal_recipe_put_images(hone_text *text, const hone_array *x);
void hone_internal_recipe_put_words(hone_text *text);
void hone_internal_recipe_put_text(hone_text *text, int64_t symbols, bool each);

/* Keys of an item of the list of layers that are no arguments of the layer (paths.c). */
bool hone_internal_recipe_beside_layer(const char *key);

#endif
