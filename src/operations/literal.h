/* Values of Keras's files that are numbers, lists of them, or subscripts, as texts: "2", "[[0, 0], [1, 2]]",
 * "[:, 1::2, ..., None]". Model files have the values themselves (keras/literals.c). */
#ifndef HONE_OPERATIONS_LITERAL_H
#define HONE_OPERATIONS_LITERAL_H

#include "graph/graph.h"

typedef enum hone_literal_kind {
    HONE_LITERAL_INTEGER,
    HONE_LITERAL_SLICE,
    HONE_LITERAL_NONE, /* a new axis */
    HONE_LITERAL_REST  /* the axes between */
} hone_literal_kind;

/* start alone of an integer; HONE_NONE_INTEGER for what a slice leaves out. */
typedef struct hone_literal {
    hone_literal_kind kind;
    int64_t start, stop, step;
} hone_literal;

/* The items in their order, of inner lists too; in the graph's memory. NULL with a message. */
const hone_literal *hone_internal_literal_read(hone_graph *graph, const char *text, int *count);
/* The item that *text begins with; moves on behind it. False when it is none. */
bool hone_internal_literal_next(const char **text, hone_literal *item);

/* A name and what is said of it. */
typedef struct hone_literal_pair {
    const char *name, *value;
    size_t name_length, value_length;
} hone_literal_pair;
/* The next pair of "a=1, b=2"; moves on behind it. False at the end. */
bool hone_internal_literal_next_pair(const char **text, hone_literal_pair *pair);

#endif
