/* A model as an ONNX graph: its recorded operations, one after the other, each by the function that a table
 * has for it. The form of the next operation goes into that table: `emitters` in onnx_operations.c,
 * `functions` in onnx_functions.c for an element-wise one. A layer needs nothing: it is what it records. */
#ifndef HONE_ONNX_EXPORT_H
#define HONE_ONNX_EXPORT_H

#include "formats/onnx.h"
#include "graph/op.h"
#include "model/model.h"

/* Metadata: the model's configuration as in a .keras file; the names of its weights' tensors in its order;
 * the digest of the graph that both belong to, so that a graph which something else has changed since is read
 * as what it is. */
#define HONE_ONNX_CONFIG "hone.config"
#define HONE_ONNX_WEIGHTS "hone.weights"
#define HONE_ONNX_DIGEST "hone.digest"

typedef struct hone_onnx_export {
    hone_model *model;
    hone_graph *graph; /* recorded with free sizes, not training */
    hone_onnx_writer writer;
    const char **names; /* of the graph's values; NULL: not written yet */
    int *uses;          /* how many nodes, and ends of the model, read a value */
    bool *written;      /* of the nodes: those written along with an earlier one, and those nothing needs */
    const char *batch;  /* a tensor with the batch's size, once it was asked for */
} hone_onnx_export;

/* Writes what a node computes: names its outputs. */
typedef hone_status hone_onnx_emitter(hone_onnx_export *export, const hone_node *node);
hone_onnx_emitter *hone_internal_onnx_emitter(const char *op); /* NULL: none is known */

/* One node of ONNX with a list of operands; the name of its result. */
#define HONE_ONNX(export, op, ...) \
    hone_internal_onnx_output( \
        hone_internal_onnx_node(&(export)->writer, op, (const char *const[]){__VA_ARGS__}, \
                                sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *)))
/* Axis i of the result is axis order[i] of x. */
const char *hone_internal_onnx_transpose(hone_onnx_export *export, const char *x, const int *order, int rank);
const char *hone_internal_onnx_cast(hone_onnx_export *export, const char *x, int32_t type);
const char *hone_internal_onnx_truth(hone_onnx_export *export,
                                     const char *x); /* from truth values to 1 and 0 */

/* y = f(x), a function of unary.def; NULL with an error when it has no form. */
const char *hone_internal_onnx_function(hone_onnx_export *export, const char *name, const char *x,
                                        hone_parameters parameters);

#endif
