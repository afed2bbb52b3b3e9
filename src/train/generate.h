/* Writing text: what goes on between the symbols of one. */
#ifndef HONE_TRAIN_GENERATE_H
#define HONE_TRAIN_GENERATE_H

#include "data/words.h"
#include "model/model.h"
#include <hone/generate.h>

struct hone_generation {
    hone_model *model;   /* borrowed, and with window > 0 run */
    hone_model *stepper; /* of one symbol; NULL: there is none */
    int64_t window;      /* symbols that the model takes; HONE_ANY: all */
    bool one_hot;        /* of the inputs, else numbers of symbols */
    hone_words symbols;
    size_t longest; /* bytes of a symbol */
    int64_t count;  /* of symbols */
    int64_t *read;  /* what was gone over, without a stepper */
    size_t read_count, read_capacity;
    double *probabilities, *chosen;
    int64_t *order;
    float *input; /* of a run */
    bool ready;   /* probabilities are there */
    uint64_t drawn;
};

/* Takes a symbol into the text; after it, in a model that looks back, what may come next. */
hone_status hone_internal_generation_go_over(hone_generation *generation, int64_t symbol);
hone_status hone_internal_generation_look_back(hone_generation *generation);
/* The likeliest first; of equals the one of the lower number. */
void hone_internal_generation_order(const double *probabilities, int64_t *order, int64_t count);
/* The `length` symbols after the text that have the highest probability together among those that a search
 * with `beams` texts at a time finds; to be freed, NULL on failure. */
int64_t *hone_internal_beam_search(hone_generation *generation, int64_t beams, int64_t length);

#endif
