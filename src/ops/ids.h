/* Ids beyond those that floats tell apart, as codes (tensor/ids.h): which inputs may hold them. */
#ifndef HONE_OPS_IDS_H
#define HONE_OPS_IDS_H

#include "graph/graph.h"

/* Whether `ids`, rows of a table of `rows`, are numbers of inputs that were only moved, of so many rows that
 * codes make a difference: the op that takes rows then decodes them. */
bool hone_internal_ids_are_coded(const hone_graph *graph, hone_value ids, int64_t rows);

/* Whether it compares with a number that is small enough, which holds for codes as for ids. */
bool hone_internal_ids_compare(const hone_graph *graph, const hone_node *node);

/* Of each input whether its numbers are to be codes; none where something computes with ids, or an output
 * gives them back. */
typedef struct hone_coded_ids {
    bool *inputs;       /* NULL: none */
    bool *values;       /* of the graph: what holds codes; NULL with `inputs` */
    const char *reader; /* the layer that computes with ids, or NULL */
} hone_coded_ids;
/* `ids` is to be freed, also on failure. */
hone_status hone_internal_coded_ids_find(const hone_graph *graph, const hone_value *inputs, int input_count,
                                         const hone_value *outputs, int output_count, hone_coded_ids *ids);
void hone_internal_coded_ids_free(hone_coded_ids *ids);

#endif
