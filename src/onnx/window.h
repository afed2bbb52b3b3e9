/* Windows in ONNX: what convolutions and pools share. */
#ifndef HONE_ONNX_WINDOW_H
#define HONE_ONNX_WINDOW_H

#include "onnx/forms.h"
#include "ops/window.h"

/* ---- writing ---- */

/* [n, space..., c] to [n, c, space...], or back. */
const char *hone_internal_onnx_move_channels(hone_onnx_export *export, const char *x, int rank,
                                             bool to_front);
/* What "same" pads depends on sizes that an ONNX graph would have to know. */
hone_status hone_internal_onnx_check_sizes(hone_shape x);
void hone_internal_onnx_set_window(hone_onnx_export *export, hone_onnx_node *node,
                                   const hone_window_attributes *window, bool dilated);
/* Names the result of `node`, which `made` gives with its channels in front. */
hone_status hone_internal_onnx_give_back(hone_onnx_export *export, const hone_node *node,
                                         hone_onnx_node *made);

/* ---- reading ---- */

/* The window of a node; lists that are left out are of ones or zeros. */
typedef struct hone_onnx_window {
    int axes;
    int64_t size[HONE_WINDOW_AXES], stride[HONE_WINDOW_AXES], dilation[HONE_WINDOW_AXES];
    int64_t pads[2 * HONE_WINDOW_AXES]; /* before and after of each axis in turn */
    const char *padding;                /* "valid" or "same" when that is what the pads are; else NULL */
} hone_onnx_window;

/* All but `size` and `padding`, which comes when the size is known. */
hone_status hone_internal_onnx_read_window(const hone_onnx_node *node, hone_shape x,
                                           hone_onnx_window *window);
void hone_internal_onnx_name_padding(const hone_onnx_node *node, hone_shape x, hone_onnx_window *window);
hone_status hone_internal_onnx_read_list(const hone_onnx_node *node, const char *name, int64_t otherwise,
                                         int count, int64_t lowest, int64_t *list);
/* Zeros around x that "same" does not put there. */
hone_tensor *hone_internal_onnx_pad_window(hone_onnx_import *import, const hone_onnx_node *node,
                                           const hone_onnx_window *window, hone_tensor *x);
/* "[2, 3]", "[[0, 1], [2, 3]]" */
void hone_internal_onnx_append_list(hone_text *text, const int64_t *list, int count);
void hone_internal_onnx_append_pairs(hone_text *text, const int64_t *list, int pairs);
/* One layer of a node that becomes several; frees the spec. */
hone_tensor *hone_internal_onnx_apply_text(hone_onnx_import *import, const hone_onnx_node *node,
                                           hone_text *spec, hone_tensor *x, bool last);

#endif
