/* A model as the C source writes it: the steps that give one sample's outputs, and where their numbers stand.
 *
 * It is made from the plan of a prediction with a batch of 1, whose steps are kernels with all sizes known.
 * What does not depend on the inputs is computed here; then each family rewrites its steps (forms.h):
 * products with constant matrices become dense steps with their bias, normalisations by constants a factor
 * and an offset for each channel, which go into a step with weights beside them. */
#ifndef HONE_CSOURCE_PROGRAM_H
#define HONE_CSOURCE_PROGRAM_H

#include "train/pass.h"

typedef enum hone_c_place {
    HONE_C_WORK,
    HONE_C_INPUT,
    HONE_C_OUTPUT,
    HONE_C_CONSTANT,
    HONE_C_STATE /* kept from call to call in a struct of the caller's */
} hone_c_place;

/* How numbers lie: floats, or with int8 activations bytes, (byte - zero) scale; constants also as int32. */
typedef enum hone_c_type { HONE_C_FLOATS, HONE_C_BYTES, HONE_C_INTEGERS } hone_c_type;

/* Numbers with a place: an input or output of the caller's, a constant, or a piece of the work space. Each is
 * written by one step. */
typedef struct hone_c_slot {
    hone_c_place place;
    int64_t count;
    int number;        /* of an input, output or state */
    const char *label; /* of a constant: "dense/kernel" */
    float *data;       /* of a constant */
    int64_t rows;      /* of a constant with int8 weights: rows with a scale each; else 0 */
    int8_t *bytes;     /* [count] */
    float *scales;     /* [rows]: data = bytes * scale, nearly */
    float *rounded;    /* [count]: bytes * scale */
    int transposed;    /* the slot with the transposed matrix, or -1 */
    int turned;        /* that of a convolution which is turned round, or -1 */
    int readers;       /* steps that read it */
    int first, last;   /* steps: when it is written, when it is read last */
    int into;          /* of a result that is made in another one's memory: that slot, or -1 */
    bool scratch;      /* of work space: one step writes and reads it */
    int64_t offset;    /* of work space: the first number; -1: never read */
    hone_c_type type;
    double scale; /* of HONE_C_BYTES that are no constant */
    int32_t zero;
    int32_t *integers; /* of a constant of HONE_C_INTEGERS; its bytes are those of HONE_C_BYTES */
} hone_c_slot;

/* The least and the largest number that a slot was seen to hold, 0 among them. */
typedef struct hone_c_range {
    float low, high;
} hone_c_range;

typedef struct hone_c_form hone_c_form; /* forms.h */

typedef struct hone_c_step {
    hone_kernel_index kernel; /* HONE_KERNEL_COUNT: none, a rewriting made it */
    const hone_c_form *form;  /* how it is said; NULL: C source cannot say it */
    hone_kernel_args args;    /* sizes, scalars and family; no addresses */
    int slots[HONE_KERNEL_OPERANDS];
    unsigned written;  /* bit i: slots[i] is written */
    unsigned in_place; /* bit i: slots[i] may be the memory of slots[0] */
    int64_t items;
    const char *scope; /* the layer */
    int64_t zeros[3];  /* of steps over bytes: the zero of the result and of two operands */
} hone_c_step;

typedef struct hone_c_program {
    hone_model *model; /* borrowed */
    bool bytes;        /* int8 weights */
    bool byte_steps;   /* int8 activations too */
    hone_pass pass;    /* its inputs are fed here; owns the plan */
    hone_c_slot *slots;
    int slot_count;
    size_t slot_capacity;
    hone_c_step *steps;
    int step_count;
    size_t step_capacity;
    int *inputs, *outputs; /* slots */
    int state_count;       /* slots of states */
    int64_t work_count;    /* numbers of work space */
    int64_t multiply_adds;
} hone_c_program;

/* Fills `program`, to be freed with hone_internal_c_program_free also after a failure. */
hone_status hone_internal_c_program_make(hone_c_program *program, hone_model *model, bool bytes);
/* The same with int8 weights, and steps over bytes where there are any (int8.h): `ranges` are those of the
 * slots of the program that has only int8 weights. */
hone_status hone_internal_c_program_make_int8(hone_c_program *program, hone_model *model,
                                              const hone_c_range *ranges);
void hone_internal_c_program_free(hone_c_program *program);

/* Numbers of all states before one of them; of all with state_count. */
int64_t hone_internal_c_states_before(const hone_c_program *program, int number);

/* Inside: fold.c, layout.c, run.c. */
int hone_internal_c_add_constant(hone_c_program *program, int64_t count, const char *label); /* zeroed */
int hone_internal_c_add_scratch(hone_c_program *program, int64_t count);
int hone_internal_c_add_bytes(hone_c_program *program, int64_t count, double scale,
                              int32_t zero); /* of work space */
/* Constants of another type than floats, zeroed. */
int hone_internal_c_add_typed(hone_c_program *program, hone_c_type type, int64_t count, const char *label);
hone_c_step *hone_internal_c_add_step(hone_c_program *program); /* no operands yet */
/* Floats of memory that a slot takes. */
int64_t hone_internal_c_floats(const hone_c_slot *slot);
void hone_internal_c_count_readers(hone_c_program *program);
hone_status hone_internal_c_lay_out(hone_c_program *program);
/* The weights of forms that know them as bytes: with a scale for each row (output). */
hone_status hone_internal_c_quantize(hone_c_program *program);

/* Runs the steps on what is in the inputs of the pass; `rounded` with the int8 weights. */
typedef struct hone_c_run {
    float *work, *unread, *states, **outputs; /* states one after the other */
    int output_count;
} hone_c_run;
hone_status hone_internal_c_run_begin(hone_c_run *run, const hone_c_program *program);
void hone_internal_c_run(hone_c_run *run, const hone_c_program *program, bool rounded);
/* The same, which widens the ranges of the slots to what they hold; HONE_ERROR_DATA for a number that is not
 * finite. */
hone_status hone_internal_c_run_watched(hone_c_run *run, const hone_c_program *program, hone_c_range *ranges);
void hone_internal_c_run_end(hone_c_run *run);

#endif
