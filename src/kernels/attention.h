/* An attention, told to the kernels `attention` and `attention_gradient`. */
#ifndef HONE_KERNELS_ATTENTION_H
#define HONE_KERNELS_ATTENTION_H

#include "kernels/product.h"

/* A product by the running table's kernel. */
typedef struct hone_attention_product {
    hone_product product;
    int64_t tiles;
} hone_attention_product;

/* Queries first .. first+rows-1 of a sample and head, which read keys 0 .. keys-1 at most. Their scores lie
 * as [keys, lanes]: lanes is rows, rounded up to whole vectors, or 1. */
typedef struct hone_attention_tile {
    int64_t first, rows, keys, lanes;
    hone_attention_product scores, read;                      /* k q^T [keys, lanes], p v [rows, e] */
    hone_attention_product weights, values, queries, key_sum; /* v dy^T [keys, lanes], p^T dy [keys, e], ds k
                                                                 [rows, d], ds^T q [keys, d] */
} hone_attention_tile;

typedef struct hone_attention {
    int64_t samples, queries, keys, heads, groups, key_size, value_size;
    double scale;
    bool causal, nothing_is_zero;
    int64_t window;     /* 0: none */
    int64_t mask[4];    /* its strides along n, h, t, s */
    int64_t lanes;      /* of the widest tile */
    int64_t tile_count; /* of one sample and head */
    const hone_attention_tile *tiles;
    hone_kernel *multiply;
    size_t product_at; /* bytes from the start of scratch to that of the products */
} hone_attention;

/* Queries of a sequence that comes in pieces of `steps`, told to the kernel `attention_kept`. */
typedef struct hone_attention_kept {
    int64_t steps, room, heads, groups, key_size, value_size;
    double scale;
    int64_t window; /* 0: none */
} hone_attention_kept;

#endif
