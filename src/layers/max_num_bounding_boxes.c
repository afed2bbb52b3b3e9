/* max_num_bounding_boxes: boxes (batch, boxes, 4) and labels (batch, boxes) of images cut or padded to one
 * number for each image; the images go through. */
#include "layers/layer.h"

HONE_FIELD_TABLE(hone_max_num_bounding_boxes_args, HONE_MAX_NUM_BOUNDING_BOXES_FIELDS);

static hone_status build(hone_layer *layer, const hone_shape *inputs, int count)
{
    (void)layer;
    if (count == 2)
        return hone_fail(HONE_ERROR_SHAPE, "needs images, boxes and labels, or images alone, not two inputs");
    if (count == 3 && (inputs[1].rank != 3 || inputs[1].size[2] != 4 || inputs[2].rank != 2))
        return hone_fail(HONE_ERROR_SHAPE,
                         "needs boxes of shape (batch, boxes, 4) and labels (batch, boxes)");
    return HONE_OK;
}

/* Axis 1 with `most` places. */
static hone_value fitted(hone_graph *graph, hone_value x, int64_t most, double number)
{
    const int64_t there = hone_value_size(graph, x, 1), before[HONE_MAX_RANK] = {0},
                  after[HONE_MAX_RANK] = {0, most - there};
    if (there == HONE_ANY) {
        hone_shape shape = hone_value_shape(graph, x);
        shape.size[1] = most;
        return hone_internal_graph_input(graph, shape, NULL); /* recorded for its shape alone */
    }
    return there < most ? hone_op_pad(graph, x, before, after, number) : hone_op_slice(graph, x, 1, 0, most);
}

static int call(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                hone_value *outputs)
{
    const hone_max_num_bounding_boxes_args *args = hone_layer_args(layer);
    outputs[0] = inputs[0];
    for (int i = 1; i < count; i++)
        outputs[i] = fitted(graph, inputs[i], args->max_number, (double)args->fill_value);
    return count;
}

const hone_layer_type hone_internal_max_num_bounding_boxes_layer = {
    .type = {.name = "max_num_bounding_boxes",
             .class_name = "MaxNumBoundingBoxes",
             .module = "keras.layers",
             .summary = "Cuts or pads the boxes of images to one number for each image.",
             .ignored = "bounding_box_format, data_format",
             HONE_TYPE_FIELDS(hone_max_num_bounding_boxes_args)},
    .build = build,
    .call = call,
    .inputs_min = 1,
    .inputs_max = 3,
};
HONE_DEFINE_LAYER(max_num_bounding_boxes)
