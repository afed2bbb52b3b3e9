/* What layers over spatial axes share: (batch, space..., channels), or the channels second. */
#ifndef HONE_LAYERS_SPACE_H
#define HONE_LAYERS_SPACE_H

#include "layers/layer.h"

enum { HONE_SPACE_AXES = 3 };

/* Whether a data_format (NULL: none is given) says that the channels come second. */
bool hone_internal_space_channels_first(const char *data_format);
/* HONE_ERROR_SHAPE unless the input has this many spatial axes. */
hone_status hone_internal_space_check(hone_shape input, int axes, bool channels_first);
/* HONE_ERROR_SHAPE unless the channels are known; `channels` says how many. */
hone_status hone_internal_space_channels(hone_shape input, bool channels_first, int64_t *channels);
/* x with its channels last, and y with them where x had them. */
hone_value hone_internal_space_enter(hone_graph *graph, hone_value x, bool channels_first);
hone_value hone_internal_space_leave(hone_graph *graph, hone_value y, bool channels_first);

/* x [n, c, a, b, ...] with its channels last where nothing has to be moved for it: it, or what it was made
 * of, has left a layer; else HONE_NO_VALUE. */
hone_value hone_internal_space_channels_last(hone_graph *graph, hone_value x);

/* HONE_ERROR_SHAPE when a window that reaches over `reach` has no place along a spatial axis (counted from
 * 0). */
hone_status hone_internal_space_fit(const char *padding, hone_shape input, int axis, bool channels_first,
                                    int64_t reach);
/* The zeros before and after n positions (HONE_ANY: none yet) under a window that reaches over `reach`:
 * padding "valid", "same" or "causal". */
void hone_internal_space_pad(const char *padding, int64_t n, int64_t reach, int64_t stride, int64_t *before,
                             int64_t *after);

/* The largest number or the mean of each window; strides begin with HONE_NONE_INTEGER when they are the
 * sizes. */
typedef struct hone_space_pool {
    int axes;
    const int64_t *sizes, *strides;
    const char *padding;
    bool channels_first, average;
} hone_space_pool;
hone_value hone_internal_space_pool(hone_graph *graph, hone_value x, const hone_space_pool *pool);
/* The same of boxes that divide each axis into `sizes` of them, as evenly as possible. */
hone_value hone_internal_space_pool_adaptive(hone_graph *graph, hone_value x, int axes, const int64_t *sizes,
                                             bool channels_first, bool average);

/* build_2d and call_2d and their like, out of a file's own `build` and `call`, which are told the number of
 * spatial axes. */
#define HONE_SPACE_FUNCTIONS(axes) \
    static hone_status build_##axes##d(hone_layer *layer, const hone_shape *inputs, int count) \
    { \
        (void)count; \
        return build(layer, inputs, axes); \
    } \
    static int call_##axes##d(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count, \
                              hone_value *outputs) \
    { \
        (void)count; \
        return call(layer, graph, inputs, outputs, axes); \
    }
/* The same for a file of several kinds of layers, whose `call` is told which, too: build_max_2d, call_max_2d.
 */
#define HONE_SPACE_FUNCTIONS_OF(kind, axes, further) \
    static hone_status build_##kind##_##axes##d(hone_layer *layer, const hone_shape *inputs, int count) \
    { \
        (void)count; \
        return build(layer, inputs, axes); \
    } \
    static int call_##kind##_##axes##d(hone_layer *layer, hone_graph *graph, const hone_value *inputs, \
                                       int count, hone_value *outputs) \
    { \
        (void)count; \
        return call(layer, graph, inputs, outputs, axes, further); \
    }

#endif
