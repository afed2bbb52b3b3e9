/* Steps over bytes: with ranges that were measured on data, the numbers between layers are bytes too, a scale
 * and a zero for each array, and sums are int32. */
#ifndef HONE_CSOURCE_INT8_H
#define HONE_CSOURCE_INT8_H

#include "csource/forms.h"

enum {
    HONE_C_TAPS = 64,
    HONE_C_LONGEST_SUM = 45000
}; /* of csource/functions/int8.c; 255 * 127 of them and 2^29 fit an int32 */

/* Makes steps with weights, and what is between them, steps over bytes; what has no such form stays, between
 * a step that makes floats of bytes and one that makes bytes of floats. */
hone_status hone_internal_c_make_byte_steps(hone_c_program *program, const hone_c_range *ranges);

/* The forms. Operands y, x, then: of those with weights w of bytes, bias and multipliers (two for each
 * output) of int32, and of a convolution work space; of a sum b and three multipliers; of a mean multipliers;
 * of a table 256 bytes. */
typedef enum hone_c_int8_form {
    HONE_C_INT8_QUANTIZE,   /* scalar[0] = 1 / scale */
    HONE_C_INT8_DEQUANTIZE, /* scalar[0] = scale */
    HONE_C_INT8_DENSE,
    HONE_C_INT8_CONVOLUTION,
    HONE_C_INT8_TRANSPOSED,
    HONE_C_INT8_DEPTHWISE,
    HONE_C_INT8_POOL_MAXIMUM,
    HONE_C_INT8_POOL_AVERAGE,
    HONE_C_INT8_MEAN,
    HONE_C_INT8_LARGEST,
    HONE_C_INT8_ADD,
    HONE_C_INT8_TABLE,
    HONE_C_INT8_WALK,
    HONE_C_INT8_PAD,
    HONE_C_INT8_CONCATENATE,
    HONE_C_INT8_FORMS
} hone_c_int8_form;
extern const hone_c_form hone_internal_c_int8_forms[HONE_C_INT8_FORMS];

/* int8_numbers.c. The nearest byte of a whole number; the scale and the zero of a range. */
int8_t hone_internal_c_byte(double number);
void hone_internal_c_set_scale(const hone_c_range *range, double *scale, int32_t *zero);
/* A factor as multiplier / 2^shift, the multiplier below 2^31 and at least half of it. */
void hone_internal_c_set_multiplier(double factor, int32_t *pair);
/* One row of weights: bytes, bias, multiplier. `sx`, `zx`, `sy`: of x and y; zx 0: zeros are taken off x
 * before the product. */
void hone_internal_c_quantize_row(const float *w, int64_t k, double bias, double sx, int32_t zx, double sy,
                                  int8_t *bytes, int32_t *sum, int32_t *multiplier);

/* movement.c: said by the type of the result. */
hone_status hone_internal_c_write_walk(hone_c_words *words, const hone_c_step *step);
hone_status hone_internal_c_write_pad(hone_c_words *words, const hone_c_step *step);
hone_status hone_internal_c_write_concatenate(hone_c_words *words, const hone_c_step *step);
/* binary.c: both operands lie as the result does. */
bool hone_internal_c_is_flat(const hone_strides *strides);

#endif
