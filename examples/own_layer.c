/* A layer of one's own: y = x * scale + shift, with a learned scale for each channel and a running mean that it keeps as
 * state. It is registered, trained, saved and loaded again by its name.
 *
 *   cc own_layer.c $(pkg-config --cflags --libs hone) -o own_layer && ./own_layer */
#include <hone/extend.h>
#include <hone/hone.h>
#include <stdio.h>

/* Its arguments: in C, specs, recipes and model files. */
#define SCALE_FIELDS(F, A) \
    HONE_LAYER_FIELDS(F, A) \
    F(A, NUMBER, start, 1.0, "the scale at first", HONE_ABOVE(0)) \
    F(A, NUMBER, momentum, 0.9, "how much of the old mean is kept", HONE_BETWEEN(0, 1))
HONE_ARGS_STRUCT(scale_args, SCALE_FIELDS);
HONE_FIELD_TABLE(scale_args, SCALE_FIELDS);

static hone_status build(hone_layer *layer, const hone_shape *inputs, int count)
{
    const scale_args *args = hone_layer_args(layer);
    int64_t channels = inputs[0].size[inputs[0].rank - 1];
    char start[64];
    (void)count;
    if (inputs[0].rank != 2 || channels == HONE_ANY)
        return hone_fail(HONE_ERROR_SHAPE, "scale needs an input of shape (batch, channels)");
    snprintf(start, sizeof start, "constant(%.17g)", args->start);
    const hone_weight scale = {.name = "scale", .shape = HONE_SHAPE(channels), .initializer = start};
    const hone_weight mean = {.name = "mean", .shape = HONE_SHAPE(channels), .initializer = "zeros", .frozen = true};
    bool added = hone_layer_add_weight(layer, &scale) != NULL && hone_layer_add_weight(layer, &mean) != NULL;
    return added ? HONE_OK : hone_error_status();
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
    .build = build,
    .call = call,
    .passes_mask = true};

int main(void)
{
    float x[64][3], y[64];
    const int64_t of_x[] = {64, 3}, of_y[] = {64};
    for (int i = 0; i < 64; i++) {
        for (int k = 0; k < 3; k++)
            x[i][k] = (float)((i * 37 + k * 11) % 17) / 17;
        y[i] = 2 * x[i][0] - x[i][1];
    }
    hone_register_layer(&scale_type);
    if (hone_check_layer("scale(start=0.5)", HONE_SHAPE(3)) >= 0)
        printf("scale passes hone_check_layer\n");
    hone_model *model = hone_sequential(hone_input(3), hone_layer_from_text("scale(start=0.5)"), hone_dense(1));
    hone_dataset *data = hone_dataset_from_arrays(.x[0] = hone_array_view(x, HONE_FLOAT32, 2, of_x),
                                                  .y[0] = hone_array_view(y, HONE_FLOAT32, 1, of_y));
    hone_compile(model, .optimizer = hone_adam(.learning_rate = 0.05), .loss = "mse");
    const hone_history *history = hone_fit(model, data, .epochs = 30);
    printf("loss %.4f\n", history != NULL ? hone_history_last(history, "loss") : -1);
    hone_save(model, "own_layer.keras");
    hone_model *loaded = hone_load("own_layer.keras");
    hone_logs logs = {.count = 0};
    double loss = -1;
    if (hone_evaluate(loaded, data, &logs) >= 0 && hone_logs_get(&logs, "loss", &loss))
        printf("loaded: loss %.4f\n", loss);
    hone_logs_free(&logs);
    hone_model_free(loaded);
    hone_model_free(model);
    hone_dataset_free(data);
    if (hone_error_status() < 0)
        fprintf(stderr, "%s\n", hone_error_message());
    return hone_error_status() < 0;
}
