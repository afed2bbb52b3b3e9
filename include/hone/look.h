/* Inspecting models and training: diagrams of networks, reports, the rate finder,
 * profiles. */
#ifndef HONE_LOOK_H
#define HONE_LOOK_H

#include <hone/charts.h>
#include <hone/train.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- diagrams of networks, like Keras's plot_model ---- */

/* Draws the layers of a built model and their connections to a .svg or .png file, or writes a .dot
 * file for Graphviz like Keras's model_to_dot. Written whole or not at all. Errors: another extension or
 * direction, a model that is not built, a picture that is too large, files, memory. */
#define HONE_PLOT_MODEL_FIELDS(F, A) \
    F(A, BOOLEAN, show_shapes, false, "show the input and output shapes of each layer (of its first use)") \
    F(A, BOOLEAN, show_layer_names, false, "show layer names beside types") \
    F(A, BOOLEAN, show_layer_activations, false, "show the activations of layers") \
    F(A, BOOLEAN, show_trainable, false, "show whether layers with weights are trainable") \
    F(A, BOOLEAN, expand_nested, false, "show the layers of nested models, in a frame") \
    F(A, TEXT, rankdir, "TB", "direction: top to bottom, bottom to top, left to right, right to left", \
      HONE_ONE_OF("TB|BT|LR|RL"))
HONE_ARGS_STRUCT(hone_plot_model_args, HONE_PLOT_MODEL_FIELDS);
hone_status hone_plot_model_with(hone_model *model, const char *path, const hone_plot_model_args *args);
#ifndef __cplusplus
#define hone_plot_model(...) HONE_PLOT_MODEL(__VA_ARGS__, HONE_BASE(hone_plot_model_args))
#define HONE_PLOT_MODEL(model_, path_, ...) \
    HONE_WITH_OVERRIDES(hone_plot_model_with( \
        model_, path_, HONE_ARGS(hone_plot_model_args, HONE_PLOT_MODEL_FIELDS, __VA_ARGS__)))
#endif

/* ---- reports: a page about a model, its results on data, and its training ---- */

/* Writes one self-contained HTML page: loss and metrics, the table of classes, confusions,
 * calibration, ROC of two classes, residuals of a regression, the worst samples (as pictures if they are
 * images), the curves of the training, the layers. Its contents depend on the outputs, the targets and the
 * loss. Written whole or not at all; the same content gives the same bytes. Errors: files, shapes that do not
 * match, data without targets or of unknown length, memory. */
#define HONE_REPORT_FIELDS(F, A) \
    F(A, MODEL, model, HONE_NO_MODEL, "the model (default: only the history is shown)", HONE_PROGRAM_ONLY) \
    F(A, DATASET, data, HONE_NO_DATASET, \
      "data with targets (default: the model is described but not evaluated)", HONE_PROGRAM_ONLY) \
    F(A, HISTORY, history, HONE_NO_HISTORY, "history of a fit", HONE_PROGRAM_ONLY) \
    F(A, TEXT, history_file, NULL, \
      "history from a CSV file of hone train --history or csv_logger, in place of history", \
      .key = "history", HONE_ARGUMENT("FILE.csv")) \
    F(A, TEXT, title, NULL, "title of the page (default: the model's name)") \
    F(A, TEXT_LIST, class_names, NULL, \
      "names of the classes (default: those of the model, otherwise numbers)", HONE_ARGUMENT("A,B")) \
    F(A, INTEGER, batch_size, 32, "samples per batch", HONE_AT_LEAST(1)) \
    F(A, TEXT, doctor_file, NULL, \
      "what hone doctor --json or hone train --doctor-page FILE.json wrote: each layer over the training", \
      .key = "doctor", HONE_ARGUMENT("FILE.json"))
HONE_ARGS_STRUCT(hone_report_args, HONE_REPORT_FIELDS);
hone_status hone_report_with(const char *path, const hone_report_args *args);
#ifndef __cplusplus
#define hone_report(...) HONE_REPORT(__VA_ARGS__, HONE_BASE(hone_report_args))
#define HONE_REPORT(path_, ...) \
    HONE_WITH_OVERRIDES(hone_report_with(path_, HONE_ARGS(hone_report_args, HONE_REPORT_FIELDS, __VA_ARGS__)))
#endif

/* ---- explanations: which pixels of an image speak for a class ---- */

/* Of images (count, height, width) or (count, height, width, channels), with the numbers that the model
 * takes. */
typedef struct hone_explanation {
    hone_array *heat;       /* (count, height, width), from 0 to 1 in each image */
    int64_t *class_numbers; /* the class of each image */
    double *outputs;        /* what the model gives for that class */
    char *layer;            /* whose maps grad_cam has weighed; NULL with saliency */
} hone_explanation;

/* Fills `explanation`, to be freed with hone_explanation_free. The class's score is what goes into a softmax
 * or sigmoid at the end, else the output. saliency: the largest absolute gradient of the score among a
 * pixel's channels. grad_cam: the maps of a layer, weighed by the mean gradient of the score in each, the
 * negative part cut off, resized to the image. */
#define HONE_EXPLAIN_FIELDS(F, A) \
    F(A, TEXT, method, "saliency", \
      "saliency: gradient of the class to the pixels; grad_cam: weighed maps of a layer", \
      HONE_ONE_OF("saliency|grad_cam")) \
    F(A, INTEGER, class_number, HONE_NONE_INTEGER, "the class, from 0 (default: the most likely one)", \
      HONE_AT_LEAST(0), .key = "class", HONE_ARGUMENT("N")) \
    F(A, TEXT, layer, NULL, "the layer of grad_cam (default: the last one with maps that is not a pooling)", \
      HONE_ARGUMENT("NAME"))
HONE_ARGS_STRUCT(hone_explain_args, HONE_EXPLAIN_FIELDS);
hone_status hone_explain_with(hone_model *model, const hone_array *images, hone_explanation *explanation,
                              const hone_explain_args *args);
#ifndef __cplusplus
#define hone_explain(...) HONE_EXPLAIN(__VA_ARGS__, HONE_BASE(hone_explain_args))
#define HONE_EXPLAIN(model_, images_, explanation_, ...) \
    HONE_WITH_OVERRIDES(hone_explain_with(model_, images_, explanation_, \
                                          HONE_ARGS(hone_explain_args, HONE_EXPLAIN_FIELDS, __VA_ARGS__)))
#endif
/* A picture (.png or .svg) with a row for each image: the image, the heat, the heat over the image.
 * `class_names` may be NULL. */
hone_status hone_explanation_draw(const hone_explanation *explanation, const hone_array *images,
                                  const char *const *class_names, const char *path);
void hone_explanation_free(hone_explanation *explanation); /* accepts NULL */

/* Sheets (.png or .svg) of at most 256 pictures: the kernels of a convolution, in colour where they see 3
 * channels, else one for each pair of a channel and a filter; and what a layer makes of the first of
 * `images`. `layer` NULL: the first convolution with kernels larger than a pixel. */
hone_status hone_filters_draw(const hone_model *model, const char *layer, const char *path);
hone_status hone_maps_draw(hone_model *model, const hone_array *images, const char *layer, const char *path);

/* ---- what an output is right and wrong about ---- */

typedef struct hone_class_score {
    const char *name;             /* of the class, or its number */
    int64_t support, predicted;   /* how often it was, and was said */
    double precision, recall, f1; /* NaN where it was never said, or never was */
} hone_class_score;

enum { HONE_SCORE_BINS = 10 };
/* What does not belong to the task is NaN, 0 or NULL. Confidence: the probability of the answer, of a binary
 * output that of the second class; `bin_share` is how often such answers are right (the second class was). */
typedef struct hone_scores {
    const char *task; /* "classes", "binary" (one number, 0 or 1), "labels" (several of those), "numbers" */
    int64_t samples, class_count, left_out; /* left out: targets that are not classes */
    double accuracy, area;                  /* area: under the ROC curve, of a binary output */
    hone_class_score *classes;
    int64_t *confusion; /* [actual, predicted]; NULL above 200 classes */
    int64_t bin_counts[HONE_SCORE_BINS];
    double bin_confidence[HONE_SCORE_BINS], bin_share[HONE_SCORE_BINS], calibration_error;
    double mean_absolute, root_mean_square, bias, r2;
} hone_scores;
/* Of one output over a data set with targets (batch_size 0: 32). To be freed with hone_scores_free, not after
 * a failure. */
hone_status hone_score(hone_model *model, hone_dataset *data, int output, int64_t batch_size,
                       hone_scores *scores);
void hone_scores_free(hone_scores *scores); /* accepts NULL */

/* The probability from which on the one output of a model should mean the second of two classes. */
typedef struct hone_threshold_point {
    double threshold, precision, recall, f1, accuracy, balanced_accuracy; /* of the second class, above it */
} hone_threshold_point;
typedef struct hone_threshold_search {
    hone_threshold_point before, best; /* at the model's threshold; where the measure is highest */
} hone_threshold_search;
/* The probabilities of a model for which a threshold can stand: numbers of its outputs, one after the other.
 * The name is that of the output, or of a label of an output of several (dense(3, sigmoid)), by its column.
 */
typedef struct hone_probability {
    int output;
    int64_t number; /* within the output: the label */
    double threshold;
    char name[112];
} hone_probability;
/* Whether each number of an output is a yes or no of its own, by a loss such as binary_crossentropy. */
bool hone_model_decides(hone_model *model, int output);
bool hone_model_probability_at(const hone_model *model, size_t index,
                               hone_probability *probability); /* from 0 */
double hone_model_threshold_of(const hone_model *model, int output,
                               int64_t number); /* 0.5 unless it was set */
/* Above 0, at most 1; kept with the model. An error for outputs that are numbers, or one of several classes.
 */
hone_status hone_model_set_threshold(hone_model *model, int output, int64_t number, double threshold);
/* The best threshold of each of them that the data judge as a yes or no; to be freed with hone_free. */
typedef struct hone_threshold_found {
    hone_probability of;
    hone_threshold_search search;
} hone_threshold_found;
hone_status hone_thresholds_find(hone_model *model, hone_dataset *data, const char *measure,
                                 hone_threshold_found **found, size_t *count);
/* The same of a model with one. Over data that the model was not trained on; `measure`: "f1", "accuracy" or
 * "balanced_accuracy", NULL is f1. Of equal ones the nearest to 0.5. hone_model_set_data(model, "threshold",
 * ...) makes it the model's. */
hone_status hone_threshold_find(hone_model *model, hone_dataset *data, const char *measure,
                                hone_threshold_search *found);

/* Calibration by one number, the temperature T: what the last layer of an output adds up is divided by it, so
 * that the probabilities fit best (least cross-entropy) to data that the model was not trained on; a model is
 * often too sure (T above 1). Kernel and bias of that layer are divided, so Keras, ONNX and C source have it
 * too; the likeliest class stays the likeliest, and thresholds other than 0.5 move along. For each output of
 * classes (softmax, or logits) or of a yes or no (sigmoid), one after the other, behind a dense or
 * convolution layer; `found` is to be freed with hone_free. HONE_ERROR_DATA where no temperature is best (all
 * answers are right, or no better than chance), HONE_ERROR_UNSUPPORTED for other outputs; then nothing has
 * changed. */
typedef struct hone_temperature {
    int output;
    double temperature;               /* 0.01 to 100 */
    double loss_before, loss_after;   /* mean cross-entropy */
    double error_before, error_after; /* calibration error, as in hone_scores: 0 to 1 */
    int64_t samples;                  /* answers that count: of labels and steps each */
} hone_temperature;
hone_status hone_calibrate(hone_model *model, hone_dataset *data, hone_temperature **found, size_t *count);

/* What hone_describe says of data, as a page of HTML. */
hone_status hone_describe_page(const char *source, const char *path);

/* Permutation importance of the columns of a table: by how much the loss rises when a column's numbers are
 * shuffled among the samples; mean and standard deviation over `repeats` shuffles. The columns of one
 * category, one-hot, are shuffled together. The most important come first. */
typedef struct hone_importance_column {
    const char *name;
    int input;            /* of the data */
    int64_t first, count; /* its numbers in a row of that input */
    double importance, deviation;
} hone_importance_column;
typedef struct hone_importance {
    hone_importance_column *columns;
    size_t count;
    double loss; /* of the data as they are */
} hone_importance;
#define HONE_IMPORTANCE_FIELDS(F, A) \
    F(A, INTEGER, repeats, 5, "shuffles of each column", HONE_BETWEEN(1, 1000)) \
    F(A, INTEGER, seed, 0, "random seed of the shuffles", HONE_AT_LEAST(0)) \
    F(A, INTEGER, batch_size, 32, "samples per batch", HONE_AT_LEAST(1))
HONE_ARGS_STRUCT(hone_importance_args, HONE_IMPORTANCE_FIELDS);
hone_status hone_importance_of_with(hone_model *model, hone_dataset *data, hone_importance *importance,
                                    const hone_importance_args *args);
#ifndef __cplusplus
#define hone_importance_of(...) HONE_IMPORTANCE_OF(__VA_ARGS__, HONE_BASE(hone_importance_args))
#define HONE_IMPORTANCE_OF(model_, data_, importance_, ...) \
    HONE_WITH_OVERRIDES(hone_importance_of_with( \
        model_, data_, importance_, HONE_ARGS(hone_importance_args, HONE_IMPORTANCE_FIELDS, __VA_ARGS__)))
#endif
hone_status hone_importance_draw(const hone_importance *importance,
                                 const char *path);     /* the first thirty, as bars */
void hone_importance_free(hone_importance *importance); /* accepts NULL */

/* What the columns of one row of a table do to an output: the gradient of its score S (what goes into a
 * softmax or sigmoid at the end, else the output) in the numbers that the model takes. */
typedef struct hone_row_effect {
    const char *name;
    int input;            /* of the data */
    int64_t first, count; /* its numbers in a row of that input; more than 1: one-hot */
    double value;         /* the number; of a one-hot column which one is set, NaN: none */
    double slope; /* dS / dx; NaN for several numbers, and where there is no gradient (ids of an embedding) */
    double effect;        /* to first order, how far the column moves S from where its mean would have it */
    const char *category; /* of a column of categories which one it is; NULL: none, or none that is known */
} hone_row_effect;
typedef struct hone_row_effects {
    hone_row_effect *columns; /* the largest effects, in size, first */
    size_t count;
    int64_t class_number; /* 1 of a single number, such as a price */
    double output;        /* what the model gives for it */
} hone_row_effects;
/* Fills `effects`, to be freed with hone_row_effects_free. `class_number`: HONE_NONE_INTEGER is the
 * likeliest. The means are those of `data`. Errors: data that are not a table, a sample or class that does
 * not exist. */
hone_status hone_row_effects_of(hone_model *model, hone_dataset *data, int64_t sample, int64_t class_number,
                                hone_row_effects *effects);
void hone_row_effects_free(hone_row_effects *effects); /* accepts NULL */

/* ---- learning rates and time ---- */

typedef struct hone_rate_point {
    double rate, loss, smooth; /* smooth: the running average of the losses, 0.9 of the old one, as if it had
                                  been full from the start */
} hone_rate_point;

typedef struct hone_rate_search {
    hone_rate_point *points; /* up to where the loss rose to four times its minimum, or became NaN */
    int64_t count;
    int64_t least;     /* the point with the lowest smooth loss */
    bool diverged;     /* it stopped before its last step */
    double suggestion; /* a tenth of that point's rate */
    char reason[512];  /* an explanation */
} hone_rate_search;

/* Trains a copy of a compiled model with a learning rate that grows at each step; the model does not change.
 * An optimizer with a schedule is refused. Fills `search`, to be freed with hone_rate_search_free, also after
 * a failure. */
#define HONE_FIND_RATE_FIELDS(F, A) \
    F(A, NUMBER, lowest, 1e-6, "learning rate of the first step", HONE_ABOVE(0)) \
    F(A, NUMBER, highest, 10, "learning rate of the last step; the rate grows by equal factors", \
      HONE_ABOVE(0)) \
    F(A, INTEGER, steps, 300, "number of batches to train on", HONE_AT_LEAST(2)) \
    F(A, INTEGER, batch_size, 32, "samples per batch", HONE_AT_LEAST(1))
HONE_ARGS_STRUCT(hone_find_rate_args, HONE_FIND_RATE_FIELDS);
hone_status hone_find_rate_with(hone_model *model, hone_dataset *data, hone_rate_search *search,
                                const hone_find_rate_args *args);
#ifndef __cplusplus
#define hone_find_rate(...) HONE_FIND_RATE(__VA_ARGS__, HONE_BASE(hone_find_rate_args))
#define HONE_FIND_RATE(model_, data_, search_, ...) \
    HONE_WITH_OVERRIDES(hone_find_rate_with( \
        model_, data_, search_, HONE_ARGS(hone_find_rate_args, HONE_FIND_RATE_FIELDS, __VA_ARGS__)))
#endif
/* Loss against rate as a picture (.png or .svg), with the suggestion marked. */
hone_status hone_rate_search_plot(const hone_rate_search *search, const char *path);
void hone_rate_search_free(hone_rate_search *search);

/* From now on each kernel that the model runs is timed. The bits do not change; the speed changes by a few
 * percent. */
hone_status hone_model_profile_begin(hone_model *model);
/* Where the time was spent, in the kind of step that took most of it: a table with one row per kernel: time,
 * share, GFLOP/s and how much of one thread's peak that is, bytes per second, threads that took part, and
 * what limits it
 * ("arithmetic", "memory", or "calls": too small for either). To be freed with hone_free. NULL with an error
 * before anything was measured. HONE_TRACE=FILE in the environment writes a trace of any program. */
char *hone_model_profile(const hone_model *model);

#ifdef __cplusplus
}
#endif
#endif
