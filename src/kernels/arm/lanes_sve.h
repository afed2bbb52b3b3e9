/* What kernels/product_block.h asks of an instruction set, but the arithmetic: vectors of 8 floats in SVE.
 * Files that include this are compiled for that length (-msve-vector-bits=256). */
#ifndef HONE_KERNELS_LANES_SVE_H
#define HONE_KERNELS_LANES_SVE_H

#include <arm_sve.h>
#include <stdint.h>

enum { LANES = 8 };
#define BLOCK_ROWS 8
#define BLOCK_VECTORS 3
#define FACTORS 4 /* lanes 0..3 of each half, which both have the same four */
typedef __attribute__((arm_sve_vector_bits(256))) svfloat32_t hone_sve_floats;
typedef __attribute__((arm_sve_vector_bits(256))) svbool_t hone_sve_lanes;
#define vector hone_sve_floats
#define tail hone_sve_lanes
#define tail_of(count) svwhilelt_b32_s64(0, count)
#define zero() svdup_n_f32(0)
#define load(from) svld1_f32(svptrue_b32(), from)
#define load_tail(from, tail) svld1_f32(tail, from)
#define load_factors(from) svld1rq_f32(svptrue_b32(), from)
#define load_few_factors(from, count) svld1rq_f32(svwhilelt_b32_s64(0, count), from)
#define store(to, x) svst1_f32(svptrue_b32(), to, x)
#define store_tail(to, x, tail) svst1_f32(tail, to, x)
#define broadcast(from) svdup_n_f32(*(from))
/* `one` with a lane's number as a constant: `lane` is one once the loops around are written out. */
#define BY_LANE(one, lane, ...) \
    ((lane) == 0   ? one(__VA_ARGS__, 0) \
     : (lane) == 1 ? one(__VA_ARGS__, 1) \
     : (lane) == 2 ? one(__VA_ARGS__, 2) \
                   : one(__VA_ARGS__, 3))

#endif
