/* Which tensors are of integers or truth values in Keras; here all are floats. */
#ifndef HONE_MODEL_WHOLE_H
#define HONE_MODEL_WHOLE_H

#include "model/model.h"

bool hone_internal_is_integer_type(const char *dtype); /* false for NULL */
/* False also where that is not known. */
bool hone_internal_tensor_is_whole(const hone_tensor *tensor);
/* Of a cast: whether it is of integers. */
void hone_internal_call_tell_cast(const hone_call *call);

#endif
