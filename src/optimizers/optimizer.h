/* The optimizer object, and what all share: clipping, decay, averages, accumulation, constraints. */
#ifndef HONE_OPTIMIZERS_OPTIMIZER_H
#define HONE_OPTIMIZERS_OPTIMIZER_H

#include "base/error.h"
#include "fields/config.h"
#include "fields/fields.h"
#include "graph/graph.h"
#include "registry.h"
#include <hone/optimizers.h>

/* The fields that every optimizer's arguments have, found by name in its table. */
typedef struct hone_optimizer_base {
    double weight_decay, clipnorm, global_clipnorm, clipvalue, ema_momentum, loss_scale_factor;
    int64_t ema_overwrite_frequency, gradient_accumulation_steps;
    bool use_ema;
} hone_optimizer_base;

typedef struct hone_optimizer_slot_entry {
    hone_variable *variable; /* owned */
    int of;                  /* the trained variable it belongs to, or -1 */
    double start;
    bool integer; /* an int32 in files: Adafactor's placeholders */
} hone_optimizer_slot_entry;

/* Loss scaling as files have it (scaling.c). */
typedef struct hone_loss_scaling {
    hone_config *settings; /* those of the LossScaleOptimizer; NULL: the policy mixed_float16 brought it */
    bool there;
    double scale; /* when `since` training steps had been made, `counter` of them since it was doubled */
    int64_t growth_steps, counter, since;
} hone_loss_scaling;

struct hone_optimizer {
    int references;
    const hone_optimizer_type *type;
    void *args;
    hone_optimizer_base base;
    hone_schedule *schedule;   /* borrowed by args, or NULL */
    double learning_rate;      /* the current rate when there is no schedule */
    int64_t iterations;        /* training steps, with those that only accumulate, as Keras counts them */
    hone_variable **variables; /* trained ones, retained */
    bool *no_decay;
    int variable_count;
    hone_optimizer_slot_entry *slots; /* averages, accumulators, then the type's own: the order of files */
    size_t slot_count, slot_capacity;
    size_t own_slots;     /* index of the first of the type's own */
    hone_config *unknown; /* settings of its file that are to be saved again; NULL: none */
    hone_loss_scaling scaling;
    int parts, part; /* the slots here are those of one of so many parts (part.h); 0: all are */
    char **excluded; /* NULL-ended, from hone_optimizer_exclude_from_weight_decay */
    double numbers[HONE_OPTIMIZER_NUMBERS]; /* of the current training step: the type's */
    /* The same as floats, for composed updates; then 1 when the averages overwrite the weights. */
    hone_variable *number_values;
    double *decay_numbers;     /* of each variable: weight_decay * rate */
    double average_numbers[1]; /* the averages' momentum in this training step */
};

/* hone_<thing>_create, which takes over the schedule in its arguments. */
#define HONE_DEFINE_OPTIMIZER(thing) \
    hone_optimizer *hone_##thing##_with(const hone_##thing##_args *args) \
    { \
        hone_optimizer *optimizer = hone_optimizer_create(&hone_internal_##thing##_optimizer, args); \
        hone_internal_fields_give_back(&hone_internal_##thing##_optimizer.type, args); \
        return optimizer; \
    }

/* Slots for all variables, each with these names in turn (NULL-ended), filled with `start`. */
hone_status hone_internal_optimizer_add_slots(hone_optimizer *optimizer, const char *const *names,
                                              double start);
/* The next slot stands in files as an int32 scalar and is not used. */
hone_status hone_internal_optimizer_add_placeholder(hone_optimizer *optimizer, int variable,
                                                    const char *name);
bool hone_internal_optimizer_slot_is_integer(const hone_optimizer *optimizer, size_t index);

/* Prepares for these trainable variables: slots placed and filled with their start. Again with the same
 * variables: keeps all; with others: an error that says to make a new optimizer. */
hone_status hone_internal_optimizer_build(hone_optimizer *optimizer, hone_variable *const *variables,
                                          int count);
bool hone_internal_optimizer_built(const hone_optimizer *optimizer);
/* HONE_ERROR_STATE where the slots here are not all of them. */
hone_status hone_internal_optimizer_need_whole(const hone_optimizer *optimizer);
/* Whether the next training step updates (always, without accumulation). */
bool hone_internal_optimizer_updates_next(const hone_optimizer *optimizer);
/* Records the whole of Keras's apply for gradients in the order of the variables (HONE_NO_VALUE: none).
 * `update` false: only accumulates. */
hone_status hone_internal_optimizer_record(hone_optimizer *optimizer, hone_graph *graph,
                                           hone_value *gradients, bool update);
/* The decay of a variable; 0 for none. */
double hone_internal_optimizer_decay(const hone_optimizer *optimizer, int index);
/* Before each run: fills in the numbers of the training step. After it: counts. */
void hone_internal_optimizer_begin_step(hone_optimizer *optimizer);
void hone_internal_optimizer_end_step(hone_optimizer *optimizer);
/* At the end of a fit with averages: the weights become them. */
void hone_internal_optimizer_finish(hone_optimizer *optimizer);
hone_status hone_internal_optimizer_swap_averages(hone_optimizer *optimizer);
double hone_internal_optimizer_momentum(const hone_optimizer *optimizer); /* NaN when it has none */
hone_status hone_internal_optimizer_set_momentum(hone_optimizer *optimizer, double momentum);
/* A file holds the rate as float32: what is held stays when it is that number, so that a model which was
 * saved and loaded continues with the same bits. */
void hone_internal_optimizer_take_rate(hone_optimizer *optimizer, float rate);
/* The rate as it is sent to the logs: of the training step last done. */
double hone_internal_optimizer_rate_at(const hone_optimizer *optimizer, int64_t step);
/* Slots in the order of files; and the object as Keras's envelope and back (state is apart). */
size_t hone_internal_optimizer_slot_count(const hone_optimizer *optimizer);
hone_variable *hone_internal_optimizer_slot_at(const hone_optimizer *optimizer, size_t index);
/* The optimizer is one with loss scaling from now on; takes the settings over, which may be NULL, or were
 * checked: a scale above 0, a number of steps above 0. */
void hone_internal_optimizer_scale(hone_optimizer *optimizer, hone_config *settings);
/* The same from a file whose optimizer has its iteration already, once its numbers were checked. */
void hone_internal_optimizer_take_scaling(hone_optimizer *optimizer, int32_t counter, float scale);
/* The steps since the scale was doubled, and the scale. */
void hone_internal_optimizer_scaling_now(const hone_optimizer *optimizer, int32_t *counter, float *scale);
hone_config *hone_internal_optimizer_to_config(const hone_optimizer *optimizer);
hone_optimizer *hone_internal_optimizer_from_config(const hone_config *config); /* text or envelope */

#endif
