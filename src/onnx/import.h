/* An ONNX graph as a model: node after node becomes layers, by the function that a family has for its
 * operator (forms.h). What is computed from constants alone is worked out (constants.c). */
#ifndef HONE_ONNX_IMPORT_H
#define HONE_ONNX_IMPORT_H

#include "formats/onnx.h"
#include "keras/loading.h"
#include "model/model.h"

/* Which axes stand in front of a value's in ONNX, beside what its tensor has: (batch, ...) there and here, or
 * around recurrent layers (steps, batch, ...), (steps, 1, batch, ...), (1, batch, ...). */
typedef enum hone_onnx_order {
    HONE_ONNX_BATCH_FIRST,
    HONE_ONNX_STEPS_FIRST,
    HONE_ONNX_STEPS_DIRECTION_FIRST,
    HONE_ONNX_DIRECTION_FIRST
} hone_onnx_order;

/* A value of the graph: a tensor of the network, or numbers. */
typedef struct hone_onnx_value {
    hone_tensor *tensor;
    hone_onnx_order order;
    hone_array *constant; /* owned; float32 or int64 */
    size_t uses, reader;  /* how many nodes and ends read it, and the last node that does */
} hone_onnx_value;

/* Numbers for a layer's weight, once the model is there. */
typedef struct hone_onnx_weight {
    hone_layer *layer; /* borrowed by the network */
    const char *name;
    hone_array *numbers; /* owned, float32 */
} hone_onnx_weight;

typedef struct hone_onnx_import {
    const hone_onnx_file *file;
    const hone_loading *loading;
    hone_onnx_value *values; /* in the order of the file's table of sources */
    bool *done;              /* nodes that went into an earlier one's layer */
    hone_tensor_list inputs;
    int64_t batch; /* the size of the inputs' first axis when it is fixed, else HONE_ANY */
    char **names;  /* of layers, so far */
    size_t name_count, name_capacity;
    hone_onnx_weight *weights;
    size_t weight_count, weight_capacity;
} hone_onnx_import;

/* Works a node out whose operands are all constant. HONE_OK and *done false: it is not of that kind. */
hone_status hone_internal_onnx_fold(hone_onnx_import *import, const hone_onnx_node *node, bool *done);

/* ---- values ---- */

hone_onnx_value *hone_internal_onnx_value(hone_onnx_import *import, const char *name); /* NULL for "" */
/* An operand that must be a tensor of the network, or must be constant; NULL with an error. Number `index` of
 * the node's. */
hone_tensor *hone_internal_onnx_operand(hone_onnx_import *import, const hone_onnx_node *node, size_t index);
hone_tensor *hone_internal_onnx_operand_form(hone_onnx_import *import, const hone_onnx_node *node,
                                             size_t index, hone_onnx_order order);
/* A Transpose, Squeeze or Unsqueeze that only changes which axes stand in front: *done tells (recurrence.c).
 */
hone_status hone_internal_onnx_reorder(hone_onnx_import *import, const hone_onnx_node *node, bool *done);
const hone_array *hone_internal_onnx_constant(hone_onnx_import *import, const hone_onnx_node *node,
                                              size_t index);
bool hone_internal_onnx_is_given(const hone_onnx_node *node, size_t index);
bool hone_internal_onnx_is_constant(hone_onnx_import *import, const hone_onnx_node *node, size_t index);
/* The only node that reads the first output, when it is one of `op`; else NULL. */
const hone_onnx_node *hone_internal_onnx_only_reader(const hone_onnx_import *import,
                                                     const hone_onnx_node *node, const char *op);
void hone_internal_onnx_done(hone_onnx_import *import,
                             const hone_onnx_node *node); /* it went into another's layer */

/* Attributes, or what stands for one left out. */
int64_t hone_internal_onnx_int(const hone_onnx_node *node, const char *name, int64_t otherwise);
double hone_internal_onnx_float(const hone_onnx_node *node, const char *name, double otherwise);

/* ---- layers ---- */

/* The layer of a spec ("dense(3)"), named after the node and applied; the last one of a node gives its
 * output. */
hone_tensor *hone_internal_onnx_apply(hone_onnx_import *import, const hone_onnx_node *node, const char *spec,
                                      hone_tensor *const *inputs, int count, bool last);
/* The same for one tensor and a node's only layer; the spec as by printf. */
hone_status hone_internal_onnx_layer(hone_onnx_import *import, const hone_onnx_node *node, hone_tensor *x,
                                     const char *spec, ...) __attribute__((format(printf, 4, 5)));
/* The same of an operation of keras.ops ("det"). */
hone_status hone_internal_onnx_operation(hone_onnx_import *import, const hone_onnx_node *node, hone_tensor *x,
                                         const char *spec);
/* A float as the shortest text; at least 32 bytes. Gives back the buffer. */
const char *hone_internal_onnx_number_text(double number, char *buffer, size_t size);
/* Numbers (taken over) for the weight of the layer that was applied last. */
hone_status hone_internal_onnx_give_weight(hone_onnx_import *import, hone_tensor *of, const char *name,
                                           hone_array *numbers);

/* ---- for import.c ---- */

/* "/fc1/Gemm" to "fc1_Gemm"; to be freed. */
char *hone_internal_onnx_plain_name(const char *name);
/* A name that no layer has yet; kept. NULL on failure. */
const char *hone_internal_onnx_choose_name(hone_onnx_import *import, const char *wanted);
/* Whether Hone wrote the graph and nothing has changed it since; the model that it was written from. */
bool hone_internal_onnx_is_as_written(const hone_onnx_file *file);
hone_model *hone_internal_onnx_restore(const hone_onnx_file *file, const hone_loading *loading);
hone_status hone_internal_onnx_fill_variable(hone_variable *variable, const char *layer, const char *name,
                                             const hone_array *numbers);

/* ---- for the families: reading.c ---- */

/* HONE_ERROR_UNSUPPORTED; the node is named around the message. */
hone_status hone_internal_onnx_refuse(const char *what);
/* The value of a node's first output. */
hone_onnx_value *hone_internal_onnx_result(hone_onnx_import *import, const hone_onnx_node *node);
/* The result is the operand itself. */
hone_status hone_internal_onnx_import_same(hone_onnx_import *import, const hone_onnx_node *node);
/* The layer of a spec on all operands of a node. */
hone_status hone_internal_onnx_apply_to_all(hone_onnx_import *import, const hone_onnx_node *node,
                                            const char *spec);
/* What `node`, of two operands, joins with the value `name`, by number; -1: nothing. */
int hone_internal_onnx_other_operand(const hone_onnx_node *node, const char *name);

bool hone_internal_onnx_is_scalar(const hone_array *constant, double *number); /* of one number */
/* A number that is an attribute in earlier operator sets and an operand in later ones. */
hone_status hone_internal_onnx_read_number(hone_onnx_import *import, const hone_onnx_node *node,
                                           const char *attribute, size_t operand, double *number);
/* Integers, likewise; 0 when they are left out. Count below 0: an error. */
enum { HONE_ONNX_INTEGERS = 2 * HONE_MAX_RANK };
int hone_internal_onnx_read_integers(hone_onnx_import *import, const hone_onnx_node *node,
                                     const char *attribute, size_t operand, int64_t list[HONE_ONNX_INTEGERS]);
/* The same of the attribute "axes", counted from the start. */
int hone_internal_onnx_read_axes(hone_onnx_import *import, const hone_onnx_node *node, size_t operand,
                                 int rank, int axes[HONE_ONNX_INTEGERS]);
bool hone_internal_onnx_has_text(const hone_onnx_node *node, const char *name, const char *value);
/* A copy as floats, flat, times a factor; `count` times a number. */
hone_array *hone_internal_onnx_copy_floats(const hone_array *constant, double factor);
hone_array *hone_internal_onnx_filled_array(int64_t count, double number);
#define HONE_ONNX_TEXT(number) hone_internal_onnx_number_text(number, (char[48]){0}, 48)

/* The model in a graph, its weights filled. */
hone_model *hone_internal_onnx_model(const hone_onnx_file *file, const hone_load_args *args);
/* hone_load of an ONNX file. */
hone_model *hone_internal_model_load_onnx(const char *path, const hone_load_args *args);

#endif
