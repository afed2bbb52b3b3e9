/* Ways through a recorded graph. */
#ifndef HONE_DOCTOR_WALK_H
#define HONE_DOCTOR_WALK_H

#include "graph/graph.h"

typedef struct hone_graph_walk {
    const hone_graph *graph;
    int *depth;       /* of each value: products with kernels on the longest way to it */
    bool *raw;        /* comes from the data, without products, tables and functions between */
    bool *straight;   /* comes from a product with a kernel through affine operations alone */
    bool *feeds;      /* a product with a kernel follows */
    bool *multiplied; /* is multiplied with another value of the data */
    bool affine;      /* two products or more, and only affine operations between each and the next */
    bool bfloat16;
} hone_graph_walk;
hone_status hone_internal_walk_begin(hone_graph_walk *walk, const hone_graph *graph);
void hone_internal_walk_end(hone_graph_walk *walk);

/* A value comes from the data, in any way. */
bool hone_internal_walk_of_data(const hone_graph_walk *walk, hone_value value);
/* The function of each element, or the softmax, that a value comes straight from: "relu"; or NULL. */
const char *hone_internal_walk_function(const hone_graph *graph, hone_value value);
/* The weight of two axes or more that a value is, straight or turned, or NULL. */
hone_variable *hone_internal_walk_variable(const hone_graph *graph, hone_value value);
/* Of a product with a kernel: which operand is not the kernel, 0 or 1; -1: it is none. */
int hone_internal_walk_product(const hone_graph *graph, const hone_node *node);
/* The layer of the last product with a kernel before a value, or NULL. */
const char *hone_internal_walk_owner(const hone_graph_walk *walk, hone_value value);
/* `to` comes from `from` without products between. */
bool hone_internal_walk_reaches(const hone_graph_walk *walk, hone_value to, hone_value from);
/* A normalisation reads the value next. */
bool hone_internal_walk_normalized(const hone_graph_walk *walk, hone_value value);

#endif
