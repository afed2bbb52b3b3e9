/* Pictures of networks, as Keras's plot_model. */
#ifndef HONE_NETWORK_H
#define HONE_NETWORK_H

#include <hone/model.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct hone_plot_model_args {
    hone_args base;
    bool show_shapes;            /* of what goes in and out; of a layer's first use */
    bool show_layer_names;       /* beside the types */
    bool show_layer_activations; /* of layers that have one */
    bool show_trainable;         /* of layers with weights */
    bool expand_nested;          /* the layers of inner models, in a frame */
    const char *rankdir;         /* "TB" from top to bottom, "BT", "LR", "RL" */
} hone_plot_model_args;
/* Draws the layers of a built model and what reads what into a .svg or .png, laid out here, or writes a .dot
 * for Graphviz as Keras's model_to_dot does. Written whole or not at all. Errors: another extension or
 * direction, a model that is not built, a picture that is too large, files, memory. */
hone_status hone_plot_model_with(hone_model *model, const char *path, const hone_plot_model_args *args);
#ifndef __cplusplus
#define hone_plot_model(...) HONE_PLOT_MODEL(__VA_ARGS__, .base = {sizeof(hone_plot_model_args), HONE_SITE})
#define HONE_PLOT_MODEL(model_, path_, ...) \
    HONE_WITH_OVERRIDES( \
        hone_plot_model_with(model_, path_, &(hone_plot_model_args){.rankdir = "TB", __VA_ARGS__}))
#endif

#ifdef __cplusplus
}
#endif
#endif
