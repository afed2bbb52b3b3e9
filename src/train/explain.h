/* The score of an output, for what explains it. */
#ifndef HONE_TRAIN_EXPLAIN_H
#define HONE_TRAIN_EXPLAIN_H

#include <hone/graph.h>

/* What goes into a softmax or sigmoid at the end, else the output. */
hone_value hone_internal_explain_score(hone_graph *graph, hone_value out);

#endif
