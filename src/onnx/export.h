/* A model as an ONNX graph: its recorded operations, one after the other, each by the function that its
 * family has for it (forms.h). */
#ifndef HONE_ONNX_EXPORT_H
#define HONE_ONNX_EXPORT_H

#include "formats/onnx.h"
#include "ops/ids.h"
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
    hone_coded_ids ids; /* which inputs and values are integers */
    const char *
        *outside; /* of what is fed: why the layer over texts that makes it stays before the graph, or NULL */
    const char *batch; /* a tensor with the batch's size, once it was asked for */
} hone_onnx_export;

/* ---- for the families: writing.c ---- */

/* One node of ONNX with a list of operands; the name of its result. */
#define HONE_ONNX(export, op, ...) \
    hone_internal_onnx_output( \
        hone_internal_onnx_node(&(export)->writer, op, (const char *const[]){__VA_ARGS__}, \
                                sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *)))
const char *hone_internal_onnx_name_of(const hone_onnx_export *export, hone_value value);
hone_shape hone_internal_onnx_shape_of(const hone_onnx_export *export, hone_value value);
/* Names a value; NULL is a failure before, which has its message. */
hone_status hone_internal_onnx_give(hone_onnx_export *export, hone_value value, const char *name);
/* A constant list of integers. */
const char *hone_internal_onnx_list(hone_onnx_export *export, const int64_t *values, int count);
/* Constants of one number. */
const char *hone_internal_onnx_filled(hone_onnx_export *export, int rank, const int64_t *sizes, float number);

const char *hone_internal_onnx_as_truth(hone_onnx_export *export, const char *x);
const char *hone_internal_onnx_as_integers(hone_onnx_export *export, const char *x);
/* From truth values to 1 and 0. */
const char *hone_internal_onnx_truth(hone_onnx_export *export, const char *x);
/* Axis i of the result is axis order[i] of x. */
const char *hone_internal_onnx_transpose(hone_onnx_export *export, const char *x, const int *order, int rank);
/* An operator with one operand and an attribute. */
const char *hone_internal_onnx_with_int(hone_onnx_export *export, const char *op, const char *x,
                                        const char *name, int64_t value);
/* A reduction over some axes (reduction.c). */
const char *hone_internal_onnx_reduce(hone_onnx_export *export, hone_kernel_index kernel, const char *x,
                                      const int64_t *axes, int count, bool keep);

/* The node after `node` that alone reads its first output and is an `op`, or NULL. */
const hone_node *hone_internal_onnx_next_reader(const hone_onnx_export *export, const hone_node *node,
                                                const char *op);
/* Notes that a later node is written along with the present one. */
void hone_internal_onnx_absorb(hone_onnx_export *export, const hone_node *node);
/* Products that are written along with the walk along time behind them (recurrence.c). */
void hone_internal_onnx_claim_projections(hone_onnx_export *export);
/* Rows for operations whose result is their operand, and for those that only train. */
hone_status hone_internal_onnx_emit_same(hone_onnx_export *export, const hone_node *node);
hone_status hone_internal_onnx_refuse_training(hone_onnx_export *export, const hone_node *node);

/* texts.c: names what is fed: inputs of the model, and what layers over texts make, written where ONNX can.
 */
hone_status hone_internal_onnx_write_texts(hone_onnx_export *export, const hone_value *inputs);
/* Whether such a layer reads an input of the model, and then as integers. */
bool hone_internal_onnx_reads_texts(const hone_onnx_export *export, int input, bool *integers);

/* A function of unary.def by its name, of the value x. NULL, with an error, when it cannot be written. */
const char *hone_internal_onnx_function(hone_onnx_export *export, const char *name, const char *x,
                                        hone_parameters parameters);

#endif
