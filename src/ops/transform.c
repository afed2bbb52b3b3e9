/* Images seen through a projective map or a field: y[n, v, u] = x[n, place of (u, v)], of the nearest pixel
 * or of four that are weighted by their distance. Back, each pixel of dy goes to those that it was made of.
 */
#include "ops/transform.h"
#include "kernels/transform.h"

#include <string.h>

typedef struct transform_attributes {
    int64_t height, width; /* of y; of x in the gradient */
    bool bilinear;
    hone_fill_mode fill;
    double number;
} transform_attributes;

static hone_status fill_step(hone_step *step, const hone_node *node, hone_shape x, hone_shape y,
                             hone_shape matrices)
{
    const transform_attributes *a = node->attributes;
    hone_transform *t = hone_internal_step_family(step, sizeof *t);
    if (t == NULL)
        return HONE_ERROR_MEMORY;
    *t = (hone_transform){.height = x.size[1],
                          .width = x.size[2],
                          .channels = x.size[3],
                          .output_height = y.size[1],
                          .output_width = y.size[2],
                          .one_matrix = matrices.size[0] == 1,
                          .field = matrices.rank == 4,
                          .bilinear = a->bilinear,
                          .fill = a->fill};
    hone_internal_step_operands(step, node);
    step->args.scalar[0] = a->number;
    step->traits = (hone_step_traits){.tiles_share_operands = true};
    return HONE_OK;
}

static bool is_matrices(hone_shape m, hone_shape image)
{
    return m.rank == 2 && m.size[1] == 8 && (m.size[0] == 1 || m.size[0] == image.size[0]);
}

static bool is_field(hone_shape m, hone_shape image, const transform_attributes *a)
{
    return m.rank == 4 && m.size[0] == image.size[0] && m.size[1] == a->height && m.size[2] == a->width &&
           m.size[3] == 2;
}

static hone_status infer_image(const hone_graph *graph, const hone_node *node, hone_value x,
                               hone_value matrices, hone_shape *outputs)
{
    const transform_attributes *a = node->attributes;
    const hone_shape image = hone_value_shape(graph, x), m = hone_value_shape(graph, matrices);
    if (image.rank != 4 || !(is_field(m, image, a) || is_matrices(m, image)))
        return hone_internal_fail_shapes("transform", image, m);
    if (image.size[1] == 0 || image.size[2] == 0)
        return hone_fail(HONE_ERROR_SHAPE, "transform: its images have no pixels");
    outputs[0] = image;
    outputs[0].size[1] = a->height;
    outputs[0].size[2] = a->width;
    return HONE_OK;
}

/* ---- back: inputs matrices, dy ---- */

static hone_status infer_back(const hone_graph *graph, const hone_node *node, hone_shape *outputs)
{
    const transform_attributes *a = node->attributes;
    outputs[0] = hone_value_shape(graph, node->inputs[1]); /* all was checked forward */
    outputs[0].size[1] = a->height;
    outputs[0].size[2] = a->width;
    return HONE_OK;
}

static hone_status prepare_back(const hone_graph *graph, const hone_node *node, hone_step *step)
{
    const hone_shape dy = hone_value_shape(graph, node->inputs[1]);
    HONE_TRY(fill_step(step, node, hone_value_shape(graph, node->outputs[0]), dy,
                       hone_value_shape(graph, node->inputs[0])));
    step->kernel = HONE_KERNEL_transform_gradient;
    step->items = dy.size[0];
    step->grain = 1;
    return HONE_OK;
}

static const hone_op back_op = {.name = "transform_gradient", .infer = infer_back, .prepare = prepare_back};

/* ---- forward: inputs x, matrices ---- */

static hone_status infer(const hone_graph *graph, const hone_node *node, hone_shape *outputs)
{
    return infer_image(graph, node, node->inputs[0], node->inputs[1], outputs);
}

/* Numbers that a tile makes. */
enum { NUMBERS = 4 * 1024 };

static hone_status prepare(const hone_graph *graph, const hone_node *node, hone_step *step)
{
    const hone_shape y = hone_value_shape(graph, node->outputs[0]);
    const int64_t row = y.size[2] * y.size[3];
    HONE_TRY(fill_step(step, node, hone_value_shape(graph, node->inputs[0]), y,
                       hone_value_shape(graph, node->inputs[1])));
    step->kernel = HONE_KERNEL_transform;
    step->items = y.size[0] * y.size[1];
    step->grain = row < NUMBERS ? NUMBERS / (row > 0 ? row : 1) : 1;
    return HONE_OK;
}

static hone_status gradient(hone_graph *graph, const hone_node *node, const hone_value *outputs,
                            const bool *wanted, hone_value *gradients)
{
    const hone_shape x = hone_value_shape(graph, node->inputs[0]);
    transform_attributes attributes = *(const transform_attributes *)node->attributes;
    attributes.height = x.size[1];
    attributes.width = x.size[2];
    if (wanted[0])
        gradients[0] = hone_internal_graph_node(graph, &back_op, (hone_value[]){node->inputs[1], outputs[0]},
                                                2, &attributes, sizeof attributes, NULL);
    return wanted[0] && gradients[0] < 0 ? hone_error_status() : HONE_OK;
}

static int64_t flops(const hone_graph *graph, const hone_node *node)
{
    return 8 * hone_internal_shape_count(hone_value_shape(graph, node->outputs[0]));
}

static const hone_op transform_op = {
    .name = "transform", .infer = infer, .gradient = gradient, .prepare = prepare, .flops = flops};

hone_value hone_internal_op_transform(hone_graph *graph, hone_value x, hone_value matrices, int64_t height,
                                      int64_t width, const hone_sampling *sampling)
{
    static const char *const modes[HONE_FILL_MODES] = {"constant", "nearest", "reflect", "wrap", "mirror"};
    transform_attributes attributes = {.height = height,
                                       .width = width,
                                       .bilinear = strcmp(sampling->interpolation, "bilinear") == 0,
                                       .number = sampling->fill_value};
    while (attributes.fill < HONE_FILL_MODES - 1 && strcmp(modes[attributes.fill], sampling->fill_mode) != 0)
        attributes.fill++;
    return hone_internal_graph_node(graph, &transform_op, (hone_value[]){x, matrices}, 2, &attributes,
                                    sizeof attributes, NULL);
}

/* ---- the matrices of four points ---- */

static hone_status infer_homography(const hone_graph *graph, const hone_node *node, hone_shape *outputs)
{
    outputs[0] = hone_value_shape(graph, node->inputs[0]);
    if (outputs[0].rank != 2 || outputs[0].size[1] != 8)
        return hone_fail(HONE_ERROR_SHAPE, "homography: four points of two numbers are needed");
    return HONE_OK;
}

static hone_status prepare_homography(const hone_graph *graph, const hone_node *node, hone_step *step)
{
    const int64_t *sides = node->attributes;
    hone_internal_step_operands(step, node);
    step->kernel = HONE_KERNEL_homography;
    step->args.size[0] = sides[0];
    step->args.size[1] = sides[1];
    step->items = hone_value_size(graph, node->inputs[0], 0);
    step->grain = 16;
    return HONE_OK;
}

static const hone_op homography_op = {.name = "homography",
                                      .infer = infer_homography,
                                      .prepare = prepare_homography,
                                      .constant_in_gradient = true};

hone_value hone_internal_op_homography(hone_graph *graph, hone_value points, int64_t height, int64_t width)
{
    const int64_t sides[2] = {height, width};
    return hone_internal_graph_node(graph, &homography_op, &points, 1, sides, sizeof sides, NULL);
}
