/* Looking into a training: which learning rate suits a model and its data; where the time goes. And a model
 * as C source, for where Hone is not. */
#ifndef HONE_INSIGHT_H
#define HONE_INSIGHT_H

#include <hone/model.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct hone_find_rate_args {
    hone_args base;
    double lowest, highest; /* the rates of the first and last step; between them equal factors */
    int64_t steps, batch_size;
} hone_find_rate_args;
#define HONE_FIND_RATE_DEFAULTS .lowest = 1e-6, .highest = 10, .steps = 300, .batch_size = 32

typedef struct hone_rate_point {
    double rate, loss, smooth; /* smooth: the running average of the losses, 0.9 of the old one, as if it had
                                  been full from the start */
} hone_rate_point;

typedef struct hone_rate_search {
    hone_rate_point
        *points; /* up to where the loss grew to four times its least, or stopped being a number */
    int64_t count;
    int64_t least;     /* the point with the least smooth loss */
    bool diverged;     /* it ended before its last step */
    double suggestion; /* a tenth of that point's rate */
    char reason[512];  /* a sentence */
} hone_rate_search;

/* Trains a copy of a compiled model with a rate that grows from step to step; the model stays as it is. An
 * optimizer with a schedule is refused. Fills `search`, to be freed with hone_rate_search_free, also after a
 * failure. */
hone_status hone_find_rate_with(hone_model *model, hone_dataset *data, hone_rate_search *search,
                                const hone_find_rate_args *args);
#ifndef __cplusplus
#define hone_find_rate(...) HONE_FIND_RATE(__VA_ARGS__, .base = {sizeof(hone_find_rate_args), HONE_SITE})
#define HONE_FIND_RATE(model_, data_, search_, ...) \
    HONE_WITH_OVERRIDES(hone_find_rate_with(model_, data_, search_, \
                                            &(hone_find_rate_args){HONE_FIND_RATE_DEFAULTS, __VA_ARGS__}))
#endif
/* Loss against rate as a picture (.png or .svg), with the suggestion marked. */
hone_status hone_rate_search_plot(const hone_rate_search *search, const char *path);
void hone_rate_search_free(hone_rate_search *search);

/* From now on each kernel that the model runs is timed; its bits do not change, its speed by some percent. */
hone_status hone_model_profile_begin(hone_model *model);
/* Where the time went, in the kind of step that took most of it: a table with a row for each kernel: time,
 * share, GFLOP/s and how much of one thread's peak that is, bytes a second, threads that took part, and what
 * limits it
 * ("arithmetic", "memory", or "calls": too small for either). To be freed with hone_free. NULL with an error
 * before anything was measured. HONE_TRACE=FILE in the environment writes what ran when, for any program. */
char *hone_model_profile(const hone_model *model);

/* ---- C source ---- */

typedef struct hone_export_c_args {
    hone_args base;
    const char
        *weights;       /* "float32"; "int8": matrices and embeddings as bytes with a scale for each output */
    const char *prefix; /* of every name in the source: an identifier; NULL: from the file's name */
    hone_dataset *data; /* lent: its first samples go into the self-test, and int8 weights are measured on all
                           of it; NULL: samples are drawn */
    int64_t samples;    /* of the self-test, at least 1 */
} hone_export_c_args;
#define HONE_EXPORT_C_DEFAULTS .weights = "float32", .samples = 3

typedef struct hone_c_source {
    char prefix[64];
    int64_t weight_bytes, work_bytes; /* constants; work space */
    int64_t multiply_adds;            /* in products, a prediction */
    int64_t source_bytes;             /* of the .c file */
    /* With int8 weights and data: over all samples and outputs, against float32. */
    int64_t measured;          /* samples; 0: not measured */
    double largest_difference; /* between two outputs */
    const char *score; /* "accuracy", or "mean absolute error"; NULL: no targets that fit the one output */
    double float_score, int8_score;
} hone_c_source;

/* Writes what a model predicts as C99: `path`, which ends in .c, and the header beside it. The source needs
 * libm alone and allocates nothing. Masks work as in prediction; a layer that draws numbers or keeps a state,
 * and an input with an open size, are refused (HONE_ERROR_UNSUPPORTED, HONE_ERROR_SHAPE). The same model
 * gives the same bytes. `report` may be NULL. */
hone_status hone_export_c_with(hone_model *model, const char *path, hone_c_source *report,
                               const hone_export_c_args *args);
#ifndef __cplusplus
#define hone_export_c(...) HONE_EXPORT_C(__VA_ARGS__, .base = {sizeof(hone_export_c_args), HONE_SITE})
#define HONE_EXPORT_C(model_, path_, report_, ...) \
    HONE_WITH_OVERRIDES(hone_export_c_with(model_, path_, report_, \
                                           &(hone_export_c_args){HONE_EXPORT_C_DEFAULTS, __VA_ARGS__}))
#endif

#ifdef __cplusplus
}
#endif
#endif
