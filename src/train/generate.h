/* Writing text: what goes on between the symbols of one. */
#ifndef HONE_TRAIN_GENERATE_H
#define HONE_TRAIN_GENERATE_H

#include "data/tokenizer.h"
#include "data/words.h"
#include "model/model.h"
#include <hone/generate.h>

/* A copy of a model that takes a text in pieces, a prompt as one and then a symbol at a time: recurrent
 * layers are stateful, layers that attend keep keys and values. */
typedef struct hone_stepper {
    hone_model *model; /* NULL: there is none */
    char *why;         /* a sentence about that, or about texts longer than it goes over; or NULL */
    hone_kept_steps kept;
    int64_t window; /* symbols that the model takes; HONE_ANY: any number */
    int64_t piece;  /* symbols that it takes at once, at most */
} hone_stepper;

struct hone_generation {
    hone_model *model; /* borrowed, and where the stepper does not reach run */
    hone_stepper stepper;
    int64_t window;            /* symbols that the model takes; HONE_ANY: all */
    bool one_hot;              /* of the inputs, else numbers of symbols */
    hone_tokenizer *tokenizer; /* whose pieces are the symbols; NULL: they are those of the list */
    hone_words symbols;
    size_t longest; /* bytes of a symbol */
    int64_t count;  /* of symbols */
    int64_t *read;  /* the text */
    size_t read_count, read_capacity;
    int64_t stepped; /* of them, what the stepper has gone over */
    double *probabilities, *chosen;
    int64_t *order;
    float *input; /* of a run */
    bool ready;   /* probabilities are there */
    uint64_t drawn;
};

/* Makes the stepper of a model that takes inputs like `symbol`, one of them; or tells why there is none. */
hone_status hone_internal_stepper_make(hone_stepper *stepper, hone_model *of, const hone_array *symbol);
void hone_internal_stepper_free(hone_stepper *stepper);
/* How many symbols it can go over: 0: there is none. */
int64_t hone_internal_stepper_most(const hone_stepper *stepper);
/* Says into `why`, once, what a text costs that is longer than that. */
hone_status hone_internal_stepper_tell_end(hone_stepper *stepper);
/* Makes room for so many, as far as it goes; `again`: it has forgotten what it went over. */
hone_status hone_internal_stepper_reserve(hone_stepper *stepper, int64_t symbols, bool *again);
/* How many of `left` symbols go at once. */
int64_t hone_internal_stepper_piece(const hone_stepper *stepper, int64_t left);
/* Says how many symbols came before the next piece, and how many that has. */
void hone_internal_stepper_go_to(hone_stepper *stepper, int64_t before, int64_t piece);
/* After a failure: whether a piece was refused that goes a symbol at a time, as all do from now on. */
bool hone_internal_stepper_falls_back(hone_stepper *stepper, hone_status status);

/* Room for a text of so many symbols, so that what layers keep has one size up to there. */
hone_status hone_internal_generation_reserve(hone_generation *generation, int64_t symbols);
/* Takes a symbol into the text; after the last, what may come next. */
hone_status hone_internal_generation_go_over(hone_generation *generation, int64_t symbol);
hone_status hone_internal_generation_look_back(hone_generation *generation);
/* The likeliest first; of equals the one of the lower number. */
void hone_internal_generation_order(const double *probabilities, int64_t *order, int64_t count);
/* The `length` symbols after the text that have the highest probability together among those that a search
 * with `beams` texts at a time finds; to be freed, NULL on failure. */
int64_t *hone_internal_beam_search(hone_generation *generation, int64_t beams, int64_t length);

#endif
