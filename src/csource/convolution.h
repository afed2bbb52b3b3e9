/* Convolutions in C source. */
#ifndef HONE_CSOURCE_CONVOLUTION_H
#define HONE_CSOURCE_CONVOLUTION_H

#include "csource/forms.h"

/* Operands y, x, w, bias or -1, and (not of the depthwise one) work space for what a window sees; family =
 * hone_window of the convolution, which the transposed one turns round; size[2] = rows of w: filters,
 * channels of the result. */
extern const hone_c_form hone_internal_c_convolution, hone_internal_c_transposed, hone_internal_c_depthwise;

#endif
