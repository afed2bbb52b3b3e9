/* What some layers know of their input: whether it is of integers in Keras; here all are floats. */
#ifndef HONE_LAYERS_CAST_H
#define HONE_LAYERS_CAST_H

#include "layers/layer.h"

/* The state of the operations "Cast" and "ConvertToTensor", whose narrow types wrap integers around, and of
 * layers that give back the type that they were given; model/whole.c fills it. */
typedef struct hone_cast_state {
    bool of_integers; /* the last call was on integers */
    const char *type; /* theirs, where it is known, a constant; else NULL */
} hone_cast_state;

/* x where the layer was called on floats; else the nearest integers, or those towards 0, within their type.
 */
hone_value hone_internal_cast_back(hone_graph *graph, hone_layer *layer, hone_value x, bool nearest);
/* The low bits of integers, of a type of so many `numbers`, a power of 2, from `least` on: x - n floor((x -
 * least) / n), in two steps, each of them exact. */
hone_value hone_internal_wrap(hone_graph *graph, hone_value x, double numbers, double least);

#endif
