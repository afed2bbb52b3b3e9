/* Products in C source. */
#ifndef HONE_CSOURCE_PRODUCT_H
#define HONE_CSOURCE_PRODUCT_H

#include "csource/forms.h"

/* y[r, j] = bias[j] + sum over i of x[r, i] w[j, i]: size[0..2] = rows, k, n. */
extern const hone_c_form hone_internal_c_dense;
int64_t hone_internal_c_dense_work(const hone_c_step *step); /* its multiply-adds */
/* The sum over i of x[i] w[i], as the source has it, in double. */
double hone_internal_c_dot(const float *x, const float *w, int64_t k);

#endif
