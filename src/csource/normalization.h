/* Normalisation in C source. */
#ifndef HONE_CSOURCE_NORMALIZATION_H
#define HONE_CSOURCE_NORMALIZATION_H

#include "csource/forms.h"

/* y[o, c, i] = x[o, c, i] factor[c] + offset[c]: operands y, x, factor, offset; size[0..2] = outer, channels,
 * inner. */
extern const hone_c_form hone_internal_c_scale;

#endif
