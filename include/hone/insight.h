/* Looking into a training. The rate finder: which learning rate suits a model and its data. */
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

#ifdef __cplusplus
}
#endif
#endif
