/* Which tensors are of integers or truth values in Keras; here all are floats. */
#ifndef HONE_MODEL_WHOLE_H
#define HONE_MODEL_WHOLE_H

#include "model/model.h"

bool hone_internal_is_integer_type(const char *dtype); /* false for NULL */
/* Of integers or truth values; false also where that is not known. */
bool hone_internal_tensor_is_whole(const hone_tensor *tensor);
/* Of a cast: whether it is of integers. */
void hone_internal_call_tell_cast(const hone_call *call);
/* Sets the types of a call's outputs from those of its inputs. */
void hone_internal_call_set_types(hone_call *call);

/* "int8" and so on, a constant; NULL: no integers. */
const char *hone_internal_whole_type_name(hone_whole_type type);
/* What a call does with integers: gives them elsewhere, looks which are larger, makes others of them. */
typedef enum hone_whole_work { HONE_WHOLE_MOVES, HONE_WHOLE_COMPARES, HONE_WHOLE_COMPUTES } hone_whole_work;
hone_whole_work hone_internal_call_whole_work(const hone_call *call);

/* whole_numbers.c. The operands of a call that is recorded, checked where it computes with their integers;
 * and its result: checked, and wrapped around where Keras's type has 8 or 16 bits. */
hone_status hone_internal_whole_operands(hone_graph *graph, const hone_call *call, const hone_value *inputs);
hone_value hone_internal_whole_result(hone_graph *graph, const hone_call *call, int output, hone_value x);
/* Integers that leave a model. */
hone_status hone_internal_whole_output(hone_graph *graph, const hone_tensor *tensor, hone_value x);

#endif
