/* A functional model while it is read: its entries (layers and operations) and the calls that are made so
 * far. */
#ifndef HONE_KERAS_GRAPH_H
#define HONE_KERAS_GRAPH_H

#include "keras/parts.h"

typedef struct hone_graph_entry {
    const hone_config *config;
    const char *name;         /* borrowed by the config */
    hone_layer *layer;        /* one reference */
    const hone_config *nodes; /* its inbound nodes; NULL: none, as of inputs */
    hone_call **calls;        /* by node; NULL where one is not made yet */
    bool *waiting;            /* by node: others must be made before */
    size_t call_count;
} hone_graph_entry;

typedef struct hone_graph_reader {
    hone_graph_entry *entries;
    hone_graph_entry **by_name; /* sorted */
    size_t count;
    hone_network *network;
    const hone_loading *loading; /* NULL: no file */
} hone_graph_reader;

/* One call that the file describes. */
typedef struct hone_graph_node {
    hone_graph_entry *entry;
    size_t index;
} hone_graph_node;

hone_graph_entry *hone_internal_graph_entry(const hone_graph_reader *reader, const char *name);
/* The call that makes the tensor [name, node, tensor], and the tensor; NULL when the call is not made yet.
 * `shift` is 1 where a nested graph's own node 0 counts too. */
hone_status hone_internal_graph_find(const hone_graph_reader *reader, const hone_config *leaf, int shift,
                                     hone_graph_node *node, hone_tensor **tensor);
/* Makes a call, or says in *missing which one must be made before. */
hone_status hone_internal_graph_make_call(hone_graph_reader *reader, hone_graph_node node,
                                          hone_graph_node *missing);
/* The items of a list in their order, those of a map by sorted keys; to be freed. NULL on failure. */
size_t *hone_internal_sorted_items(const hone_config *config);

#endif
