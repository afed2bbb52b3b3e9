/* ONNX files: their messages as protobuf-c has them, built up for writing, and read and checked. Nothing here
 * knows models: onnx/export.c makes a graph from one, onnx/import.c a model from a graph. */
#ifndef HONE_FORMATS_ONNX_H
#define HONE_FORMATS_ONNX_H

#include "base/error.h"
#include "base/memory.h"
#include "formats/onnx.pb-c.h"
#include <hone/array.h>

typedef Hone__Onnx__ModelProto hone_onnx_model;
typedef Hone__Onnx__GraphProto hone_onnx_graph;
typedef Hone__Onnx__NodeProto hone_onnx_node;
typedef Hone__Onnx__AttributeProto hone_onnx_attribute;
typedef Hone__Onnx__TensorProto hone_onnx_tensor;
typedef Hone__Onnx__ValueInfoProto hone_onnx_value_info;

/* What is written: ONNX 1.12, which onnxruntime from 1.12 on and OpenCV read. What is read: from .. to. */
enum {
    HONE_ONNX_IR = 8,
    HONE_ONNX_OPSET = 17,
    HONE_ONNX_LEAST_OPSET = 7,
    HONE_ONNX_MOST_OPSET = 25,
    HONE_ONNX_MOST_IR = 13
};

/* ---- writing ---- */

/* A graph that is put together. Zero-initialise to start. Names that are NULL are an earlier failure and are
 * passed on, so that one check (`hone_internal_onnx_write`) at the end serves. */
typedef struct hone_onnx_writer {
    hone_arena arena;
    hone_onnx_node **nodes;
    hone_onnx_tensor **tensors;
    hone_onnx_value_info **inputs, **outputs;
    size_t node_count, node_capacity, tensor_count, tensor_capacity, input_count, input_capacity,
        output_count, output_capacity;
    Hone__Onnx__StringStringEntryProto **properties;
    size_t property_count, property_capacity;
    size_t names;      /* given so far */
    const char *scope; /* goes in front of the names of values and nodes; borrowed */
    bool failed;
} hone_onnx_writer;

void hone_internal_onnx_writer_free(hone_onnx_writer *writer);
/* A node whose inputs are `count` names ("" for one left out); its output gets a name of its own. Attributes
 * may be added. */
hone_onnx_node *hone_internal_onnx_node(hone_onnx_writer *writer, const char *op, const char *const *inputs,
                                        size_t count);
/* An operator of another domain than the default one: HONE_ONNX_ML. */
#define HONE_ONNX_ML "ai.onnx.ml"
enum { HONE_ONNX_ML_OPSET = 2 };
void hone_internal_onnx_set_domain(hone_onnx_writer *writer, hone_onnx_node *node, const char *domain);
/* A further output, for an operator that has several; it gets a name of its own. */
void hone_internal_onnx_add_output(hone_onnx_writer *writer, hone_onnx_node *node);
void hone_internal_onnx_set_int(hone_onnx_writer *writer, hone_onnx_node *node, const char *name,
                                int64_t value);
void hone_internal_onnx_set_float(hone_onnx_writer *writer, hone_onnx_node *node, const char *name,
                                  double value);
void hone_internal_onnx_set_ints(hone_onnx_writer *writer, hone_onnx_node *node, const char *name,
                                 const int64_t *values, size_t count);
void hone_internal_onnx_set_floats(hone_onnx_writer *writer, hone_onnx_node *node, const char *name,
                                   const float *values, size_t count);
void hone_internal_onnx_set_texts(hone_onnx_writer *writer, hone_onnx_node *node, const char *name,
                                  const char *const *values, size_t count);
/* The name of a node's only output; NULL for NULL. */
const char *hone_internal_onnx_output(const hone_onnx_node *node);
const char *hone_internal_onnx_second_output(const hone_onnx_node *node); /* NULL when there is none */

/* Constant tensors; `name` NULL: one is made. `data` are borrowed until the graph is written, or with `copy`
 * copied. */
const char *hone_internal_onnx_floats(hone_onnx_writer *writer, const char *name, int rank,
                                      const int64_t *shape, const float *data, bool copy);
const char *hone_internal_onnx_integers(hone_onnx_writer *writer, int rank, const int64_t *values,
                                        size_t count);
const char *hone_internal_onnx_number(hone_onnx_writer *writer, double number); /* a scalar */
/* A float scalar in a tensor attribute "value", of ConstantOfShape. */
void hone_internal_onnx_set_value(hone_onnx_writer *writer, hone_onnx_node *node, double number);
/* A name that the writer made: it has a ':', which no name of a model's has. */
bool hone_internal_onnx_is_inner(const char *name);
bool hone_internal_onnx_has_tensor(const hone_onnx_writer *writer, const char *name);

/* An output or input of floats, or an input of integers or texts. */
typedef enum hone_onnx_end_kind {
    HONE_ONNX_END_OUTPUT,
    HONE_ONNX_END_INPUT,
    HONE_ONNX_END_IDS,
    HONE_ONNX_END_TEXTS
} hone_onnx_end_kind;
/* Sizes below 0 are free: `free_names` says what they are called, axis by axis. */
void hone_internal_onnx_end(hone_onnx_writer *writer, hone_onnx_end_kind kind, const char *name, int rank,
                            const int64_t *shape, const char *const *free_names);
/* The graph as it is; borrowed by the writer. */
hone_onnx_graph hone_internal_onnx_graph(const hone_onnx_writer *writer, const char *name);
/* A number for what the graph computes: its nodes, ends and inner constants, not its weights. */
uint64_t hone_internal_onnx_digest(const hone_onnx_graph *graph);
/* A pair of texts, in the writer's memory. */
Hone__Onnx__StringStringEntryProto *hone_internal_onnx_entry(hone_onnx_writer *writer, const char *key,
                                                             const char *value);
void hone_internal_onnx_property(hone_onnx_writer *writer, const char *key, const char *value);

/* To a file. Above `most_bytes` weights go to PATH.data beside it. */
enum { HONE_ONNX_MOST_BYTES = INT32_MAX }; /* what a protocol buffer can be */
hone_status hone_internal_onnx_write(hone_onnx_writer *writer, const char *graph_name, size_t most_bytes,
                                     const char *path);

/* ---- reading ---- */

/* Where a value of a graph comes from. */
typedef enum hone_onnx_source_kind {
    HONE_ONNX_INPUT,
    HONE_ONNX_TENSOR,
    HONE_ONNX_NODE
} hone_onnx_source_kind;
typedef struct hone_onnx_source {
    const char *name; /* borrowed by the graph */
    hone_onnx_source_kind kind;
    size_t index; /* of the input, tensor or node */
} hone_onnx_source;

/* A graph that was read: single assignment, in topological order, of operator sets that Hone knows, without
 * subgraphs, functions and sparse tensors. */
typedef struct hone_onnx_file {
    hone_onnx_model *model;
    char *path;                /* NULL: from memory, without external data */
    int64_t opset;             /* of the default domain */
    hone_onnx_source *sources; /* a table by name */
    size_t source_slots;
    size_t in_use, limit; /* bytes of its messages */
    bool exhausted;       /* they asked for more */
    bool refused;         /* the system had no memory for them */
    ProtobufCAllocator allocator;
} hone_onnx_file;

hone_onnx_file *hone_internal_onnx_open(const char *path);
/* From memory, which stays the caller's and is not needed afterwards. */
hone_onnx_file *hone_internal_onnx_parse(const void *data, size_t bytes, const char *label);
void hone_internal_onnx_close(hone_onnx_file *file);

/* Where the value of a name comes from; NULL without an error. */
const hone_onnx_source *hone_internal_onnx_source(const hone_onnx_file *file, const char *name);
/* A text of the model's metadata, or NULL. */
const char *hone_internal_onnx_get_property(const hone_onnx_file *file, const char *key);
/* The constant tensor of a name (an initializer, or a Constant node's value), or NULL without an error. */
const hone_onnx_tensor *hone_internal_onnx_tensor(const hone_onnx_file *file, const char *name);
/* An attribute of a node, or NULL without an error. */
const hone_onnx_attribute *hone_internal_onnx_attribute(const hone_onnx_node *node, const char *name);
/* The numbers of a tensor of any number type as an array (float32, or int64 for integers and truth values),
 * to be freed with hone_array_free. Sizes are checked; data in another file are read from a plain file in the
 * folder of the graph's. */
hone_array *hone_internal_onnx_read(const hone_onnx_file *file, const hone_onnx_tensor *tensor);
/* What the numbers of all readable tensors take as floats: no model in the file has weights of much more. */
size_t hone_internal_onnx_float_bytes(const hone_onnx_file *file);
/* "node 3 (\"fc1/Gemm\", Gemm)" for messages; at least 160 bytes. */
void hone_internal_onnx_describe(const hone_onnx_file *file, const hone_onnx_node *node, char *buffer,
                                 size_t size);

#endif
