/* Rows by number: of a table, and of the identity; numbers by their places in rows. */
#include "kernels/lookup.h"
#include "ops/ids.h"
#include "ops/lookup.h"
#include "ops/ops.h"

/* ---- rows of a table; the gradient adds them up again ---- */

static hone_status infer_gather(const hone_graph *graph, const hone_node *node, hone_shape *outputs)
{
    hone_shape table = hone_value_shape(graph, node->inputs[0]),
               ids = hone_value_shape(graph, node->inputs[1]);
    if (table.rank != 2 || ids.rank + 1 > HONE_MAX_RANK)
        return hone_internal_fail_shapes("gather_rows", table, ids);
    outputs[0] = ids;
    outputs[0].size[outputs[0].rank++] = table.size[1];
    return HONE_OK;
}

static void gather_sizes(const hone_graph *graph, hone_value ids, hone_shape table, hone_step *step)
{
    step->args.size[0] = hone_internal_shape_count(hone_value_shape(graph, ids));
    step->args.size[1] = table.size[1];
    step->args.size[2] = table.size[0];
}

static hone_status prepare_gather(const hone_graph *graph, const hone_node *node, hone_step *step)
{
    hone_internal_step_operands(step, node);
    gather_sizes(graph, node->inputs[1], hone_value_shape(graph, node->inputs[0]), step);
    step->args.size[3] = ((const hone_gathered_rows *)node->attributes)->coded;
    step->kernel = HONE_KERNEL_gather_rows;
    step->items = step->args.size[0];
    step->grain = 64;
    return HONE_OK;
}

static hone_status infer_scatter(const hone_graph *graph, const hone_node *node, hone_shape *outputs)
{
    (void)graph;
    outputs[0] = *(const hone_shape *)node->attributes;
    return HONE_OK;
}

static hone_status prepare_scatter(const hone_graph *graph, const hone_node *node, hone_step *step)
{
    const hone_added_rows *rows = node->attributes;
    const hone_shape *table = &rows->table;
    hone_scatter *family = hone_internal_step_family(step, sizeof *family);
    if (family == NULL)
        return HONE_ERROR_MEMORY;
    *family = (hone_scatter){.rows = hone_internal_shape_count(hone_value_shape(graph, node->inputs[1])),
                             .width = table->size[1],
                             .count = table->size[0],
                             .coded = rows->coded};
    hone_internal_step_operands(step, node);
    hone_internal_step_tiles(step, HONE_KERNEL_scatter_add_rows, family);
    step->traits = (hone_step_traits){.elements = table->size[0] * table->size[1],
                                      .runs_chain = true,
                                      .tiles_share_operands = true,
                                      .layouts = &family->layouts};
    return HONE_OK;
}

/* Inputs: dresult, ids; attributes: hone_added_rows, whose shape is first. */
static const hone_op scatter_op = {
    .name = "scatter_add_rows", .infer = infer_scatter, .prepare = prepare_scatter};

static hone_status gather_gradient(hone_graph *graph, const hone_node *node, const hone_value *outputs,
                                   const bool *wanted, hone_value *gradients)
{
    if (!wanted[0])
        return HONE_OK;
    const hone_added_rows rows = {hone_value_shape(graph, node->inputs[0]),
                                  ((const hone_gathered_rows *)node->attributes)->coded};
    gradients[0] = hone_internal_graph_node(graph, &scatter_op, (hone_value[]){outputs[0], node->inputs[1]},
                                            2, &rows, sizeof rows, NULL);
    return gradients[0] < 0 ? hone_error_status() : HONE_OK;
}

static const hone_op gather_op = {
    .name = "gather_rows", .infer = infer_gather, .gradient = gather_gradient, .prepare = prepare_gather};

hone_value hone_op_gather_rows(hone_graph *graph, hone_value table, hone_value ids)
{
    const hone_gathered_rows rows = {
        table >= 0 && hone_internal_ids_are_coded(graph, ids, hone_value_size(graph, table, 0))};
    return hone_internal_graph_node(graph, &gather_op, (hone_value[]){table, ids}, 2, &rows, sizeof rows,
                                    NULL);
}

/* ---- rows of 0 with a 1 ---- */

static hone_status infer_one_hot(const hone_graph *graph, const hone_node *node, hone_shape *outputs)
{
    outputs[0] = hone_value_shape(graph, node->inputs[0]);
    if (outputs[0].rank >= HONE_MAX_RANK)
        return hone_fail(HONE_ERROR_SHAPE, "one_hot: too many axes");
    outputs[0].size[outputs[0].rank++] = *(const int64_t *)node->attributes;
    return HONE_OK;
}

static hone_status prepare_one_hot(const hone_graph *graph, const hone_node *node, hone_step *step)
{
    hone_internal_step_operands(step, node);
    step->kernel = HONE_KERNEL_one_hot;
    step->args.size[0] = hone_internal_shape_count(hone_value_shape(graph, node->inputs[0]));
    step->args.size[1] = *(const int64_t *)node->attributes;
    step->items = step->args.size[0];
    step->grain = 64;
    return HONE_OK;
}

static const hone_op one_hot_op = {
    .name = "one_hot", .infer = infer_one_hot, .prepare = prepare_one_hot, .constant_in_gradient = true};

hone_value hone_op_one_hot(hone_graph *graph, hone_value ids, int64_t depth)
{
    return hone_internal_graph_node(graph, &one_hot_op, &ids, 1, &depth, sizeof depth, NULL);
}

/* ---- numbers by their places along the last axis; the gradient adds them up again ---- */

static hone_status infer_along(const hone_graph *graph, const hone_node *node, hone_shape *outputs)
{
    hone_shape x = hone_value_shape(graph, node->inputs[0]),
               places = hone_value_shape(graph, node->inputs[1]), leading = places;
    if (x.rank == 0 || x.rank != places.rank)
        return hone_internal_fail_shapes("gather_along", x, places);
    leading.size[x.rank - 1] = x.size[x.rank - 1];
    for (int axis = 0; axis < x.rank; axis++)
        if (leading.size[axis] != x.size[axis] && leading.size[axis] != HONE_ANY && x.size[axis] != HONE_ANY)
            return hone_internal_fail_shapes("gather_along", x, places);
    outputs[0] = places;
    return HONE_OK;
}

/* x and places, or the gradient of the result and places. */
static void along_sizes(hone_shape x, hone_shape places, hone_step *step)
{
    int64_t *size = step->args.size;
    size[1] = places.size[places.rank - 1];
    size[2] = x.size[x.rank - 1];
    size[0] = size[1] > 0 ? hone_internal_shape_count(places) / size[1] : 0;
    step->items = size[0];
    step->grain = 16;
}

static hone_status prepare_along(const hone_graph *graph, const hone_node *node, hone_step *step)
{
    hone_internal_step_operands(step, node);
    along_sizes(hone_value_shape(graph, node->inputs[0]), hone_value_shape(graph, node->inputs[1]), step);
    step->kernel = HONE_KERNEL_gather_along;
    return HONE_OK;
}

static hone_status prepare_scatter_along(const hone_graph *graph, const hone_node *node, hone_step *step)
{
    hone_internal_step_operands(step, node);
    along_sizes(*(const hone_shape *)node->attributes, hone_value_shape(graph, node->inputs[1]), step);
    step->kernel = HONE_KERNEL_scatter_add_along;
    return HONE_OK;
}

/* Inputs: dresult, places; attributes: the shape of x. */
static const hone_op scatter_along_op = {
    .name = "scatter_add_along", .infer = infer_scatter, .prepare = prepare_scatter_along};

static hone_status along_gradient(hone_graph *graph, const hone_node *node, const hone_value *outputs,
                                  const bool *wanted, hone_value *gradients)
{
    if (!wanted[0])
        return HONE_OK;
    hone_shape x = hone_value_shape(graph, node->inputs[0]);
    gradients[0] = hone_internal_graph_node(
        graph, &scatter_along_op, (hone_value[]){outputs[0], node->inputs[1]}, 2, &x, sizeof x, NULL);
    return gradients[0] < 0 ? hone_error_status() : HONE_OK;
}

static const hone_op along_op = {
    .name = "gather_along", .infer = infer_along, .gradient = along_gradient, .prepare = prepare_along};

hone_value hone_op_gather_along(hone_graph *graph, hone_value x, hone_value places)
{
    return hone_internal_graph_node(graph, &along_op, (hone_value[]){x, places}, 2, NULL, 0, NULL);
}
