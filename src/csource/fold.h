/* Rewriting steps: what families share. */
#ifndef HONE_CSOURCE_FOLD_H
#define HONE_CSOURCE_FOLD_H

#include "csource/forms.h"

hone_c_slot *hone_internal_c_slot(const hone_c_program *program, int slot);
bool hone_internal_c_is_constant(const hone_c_program *program, int slot);
/* The numbers of a constant slot. */
float *hone_internal_c_data(const hone_c_program *program, int slot);
/* The step that writes a slot, or one that reads it; -1: none. */
int hone_internal_c_writer(const hone_c_program *program, int slot);
int hone_internal_c_reader(const hone_c_program *program, int slot);
void hone_internal_c_drop_step(hone_c_program *program, int step);

/* Gives a step work space of `count` numbers as an operand; it is no longer done in place. */
hone_status hone_internal_c_add_room(hone_c_program *program, hone_c_step *step, int operand, int64_t count);
/* Results that no other step reads, which the step writes all the same, keep their place in work space. */
void hone_internal_c_keep_results(hone_c_program *program, const hone_c_step *step);

/* [k, n] as [n, k], for each of `blocks` that follow each other; made once. -1: no memory. */
int hone_internal_c_transpose(hone_c_program *program, int slot, int64_t blocks, int64_t k, int64_t n);
/* Puts each bias_add right behind a step of a form with a bias into that step. */
void hone_internal_c_join_biases(hone_c_program *program);
/* A bias of its own for a step of a form with one, holding what its bias held; NULL: no memory. */
float *hone_internal_c_own_bias(hone_c_program *program, int step);
/* A step of a form with a bias whose weights nothing else reads. */
bool hone_internal_c_owns_weights(const hone_c_program *program, int step);

#endif
