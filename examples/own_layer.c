/* A layer of one's own: y = (x - mean) * scale, with a learned scale for each channel and a running mean that it keeps as
 * state. It is checked (saved and loaded again, too), trained and saved.
 *
 *   cc own_layer.c $(pkg-config --cflags --libs hone) -o own_layer && ./own_layer */
#include "own.h"

/* Its arguments: in C, specs, recipes and model files. */
#define SCALE_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    F(A, NUMBER, start, 1.0, "the scale at first", HONE_ABOVE(0)) \
    F(A, NUMBER, momentum, 0.9, "how much of the old mean is kept", HONE_BETWEEN(0, 1))
HONE_ARGS_STRUCT(scale_args, SCALE_FIELDS);
HONE_FIELD_TABLE(scale_args, SCALE_FIELDS);

static hone_status build(hone_layer *layer, const hone_shape *inputs, int count)
{
    int64_t channels = inputs[0].size[1];
    char start[64];
    if (count != 1 || inputs[0].rank != 2 || channels == HONE_ANY)
        return hone_fail(HONE_ERROR_SHAPE, "scale needs an input of shape (batch, channels)");
    snprintf(start, sizeof start, "constant(%.17g)", ((const scale_args *)hone_layer_args(layer))->start);
    const hone_weight scale = {.name = "scale", .shape = HONE_SHAPE(channels), .initializer = start};
    const hone_weight mean = {.name = "mean", .shape = HONE_SHAPE(channels), .initializer = "zeros", .frozen = true};
    return hone_layer_add_weight(layer, &scale) && hone_layer_add_weight(layer, &mean) ? HONE_OK : hone_error_status();
}

/* Records what is computed; gradients follow from the operations. */
static int call(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count, hone_value *outputs)
{
    const scale_args *args = hone_layer_args(layer);
    hone_variable *mean = hone_layer_weight(layer, "mean");
    hone_value scale = hone_graph_variable(graph, hone_layer_weight(layer, "scale")), old = hone_graph_variable(graph, mean);
    (void)count;
    if (hone_graph_training(graph)) {
        hone_value now = hone_op_stop_gradient(graph, hone_op_mean(graph, inputs[0], 0));
        hone_value mixed = hone_op_add(graph, hone_op_affine(graph, old, args->momentum, 0),
                                       hone_op_affine(graph, now, 1 - args->momentum, 0));
        if (hone_op_assign(graph, mean, mixed) < 0)
            return hone_error_status();
    }
    outputs[0] = hone_op_multiply(graph, hone_op_subtract(graph, inputs[0], old), scale);
    return 1;
}

static const hone_layer_type scale_type = {
    .type = {.name = "scale", .class_name = "Scale", .module = "mine", .summary = "(x - mean) * scale.", HONE_TYPE_FIELDS(scale_args)},
    .build = build, .call = call, .passes_mask = true};

int main(void)
{
    hone_register_layer(&scale_type);
    hone_check_layer("scale(start=0.5)", HONE_SHAPE(3));
    hone_dataset *data = own_data();
    hone_model *model = hone_sequential(hone_input(3), hone_layer_from_text("scale(start=0.5)"), hone_dense(1));
    hone_compile(model, .optimizer = hone_adam(.learning_rate = 0.05), .loss = "mse");
    own_train(model, data, 30, HONE_NO_CALLBACKS);
    hone_save(model, "own_layer.keras"); /* hone_load reads it again in a program that has registered the layer */
    return own_end(model, data);
}
