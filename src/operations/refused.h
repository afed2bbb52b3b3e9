/* Why an operation of keras.ops is not there. */
#ifndef HONE_OPERATIONS_REFUSED_H
#define HONE_OPERATIONS_REFUSED_H

/* "it takes functions of Python, ..."; NULL where no reason is known. */
const char *hone_internal_operation_reason(const char *class_name);

#endif
