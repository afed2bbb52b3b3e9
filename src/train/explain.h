/* The score of an output and its gradient, for what explains it. */
#ifndef HONE_TRAIN_EXPLAIN_H
#define HONE_TRAIN_EXPLAIN_H

#include "plan/plan.h"
#include <hone/graph.h>

/* What goes into a softmax or sigmoid at the end, else the output. */
hone_value hone_internal_explain_score(hone_graph *graph, hone_value out);
/* The plan, to be freed, of what `record` puts into a graph, with room for the team's threads; NULL with an
 * error. */
hone_plan *hone_internal_explain_plan(hone_status (*record)(void *of, hone_graph *graph), void *of,
                                      hone_team *team);
/* Which of an output's `units` scores is looked at: that of the class; of one number the second class is the
 * number, the first one its opposite. */
void hone_internal_explain_direct(float *direction, int64_t units, int64_t class_number);

#endif
