/* What losses and metrics share: fitting targets to predictions, and weights to values. */
#include "ops/targets.h"
#include "graph/op.h"
#include <hone/ops.h>

#include <string.h>

static hone_shape without_last(hone_shape shape)
{
    shape.rank--;
    return shape;
}

/* `large` has one axis more, of size 1. */
static void align(hone_graph *graph, hone_value *small, hone_value *large)
{
    if (hone_value_shape(graph, *small).rank == 1)
        *small = hone_op_expand(graph, *small, -1);
    else
        *large = hone_op_reshape(graph, *large, without_last(hone_value_shape(graph, *large)));
}

hone_status hone_internal_align_ranks(hone_graph *graph, hone_value *y_true, hone_value *y_pred)
{
    if (*y_true < 0 || *y_pred < 0)
        return hone_error_status();
    int difference = hone_value_shape(graph, *y_true).rank - hone_value_shape(graph, *y_pred).rank;
    if (difference == 1 && hone_value_size(graph, *y_true, -1) == 1)
        align(graph, y_pred, y_true);
    if (difference == -1 && hone_value_size(graph, *y_pred, -1) == 1)
        align(graph, y_true, y_pred);
    return *y_true < 0 || *y_pred < 0 ? hone_error_status() : HONE_OK;
}

hone_value hone_internal_align_ids(hone_graph *graph, hone_value ids, hone_value y_pred)
{
    hone_shape shape = hone_value_shape(graph, ids);
    if (ids < 0 || shape.rank != hone_value_shape(graph, y_pred).rank || shape.rank < 1 ||
        shape.size[shape.rank - 1] != 1)
        return ids;
    return hone_op_reshape(graph, ids, without_last(shape));
}

void hone_internal_check_classes(hone_graph *graph, hone_value ids, int64_t classes)
{
    const hone_node *node;
    while ((node = hone_internal_graph_producer(graph, ids)) != NULL && node->op->view)
        ids = node->inputs[0];
    if (ids < 0 || graph->values[ids].kind != HONE_VALUE_INPUT || classes <= 0)
        return;
    int64_t known = graph->values[ids].classes;
    if (known > 0 && classes >= known)
        return;
    graph->values[ids].classes = classes;
    graph->values[ids].label = graph->scope;
}

hone_status hone_internal_fail_targets(const hone_graph *graph, hone_value y_true, hone_value y_pred)
{
    char targets[128], predictions[128];
    hone_internal_shape_to_text(hone_value_shape(graph, y_true), targets, sizeof targets);
    hone_internal_shape_to_text(hone_value_shape(graph, y_pred), predictions, sizeof predictions);
    return hone_fail(HONE_ERROR_SHAPE, "targets of shape %s do not match predictions of shape %s", targets,
                     predictions);
}

hone_status hone_internal_same_targets(const hone_graph *graph, hone_value y_true, hone_value y_pred)
{
    if (y_true < 0 || y_pred < 0)
        return hone_error_status();
    if (hone_internal_shape_equal(hone_value_shape(graph, y_true), hone_value_shape(graph, y_pred)))
        return HONE_OK;
    return hone_internal_fail_targets(graph, y_true, y_pred);
}

hone_value hone_internal_fit_weights(hone_graph *graph, hone_value weights, hone_shape shape,
                                     const char *what)
{
    if (weights < 0)
        return HONE_NO_VALUE;
    hone_shape given = hone_value_shape(graph, weights), fitted = given;
    while (fitted.rank > shape.rank && fitted.size[fitted.rank - 1] == 1)
        fitted.rank--;
    bool fits = fitted.rank <= shape.rank;
    for (int axis = 0; fits && axis < fitted.rank; axis++)
        fits = fitted.size[axis] == 1 || fitted.size[axis] == shape.size[axis];
    if (!fits) {
        char weights_text[128], values_text[128];
        hone_internal_shape_to_text(given, weights_text, sizeof weights_text);
        hone_internal_shape_to_text(shape, values_text, sizeof values_text);
        hone_fail(HONE_ERROR_SHAPE, "%s of shape %s %s not match values of shape %s", what, weights_text,
                  strncmp(what, "a ", 2) == 0 ? "does" : "do", values_text);
        return HONE_NO_VALUE;
    }
    while (fitted.rank > 0 && fitted.rank < shape.rank)
        fitted.size[fitted.rank++] = 1;
    return hone_op_reshape(graph, weights, fitted);
}

hone_value hone_internal_join_weights(hone_graph *graph, hone_value a, hone_value b)
{
    return a < 0 ? b : b < 0 ? a : hone_op_multiply(graph, a, b);
}

hone_value hone_internal_loss_values(const hone_loss_type *type, const void *args, hone_graph *graph,
                                     hone_value y_true, hone_value y_pred)
{
    hone_internal_error_push(NULL, type->type.name);
    hone_value values = HONE_NO_VALUE;
    if (hone_internal_align_ranks(graph, &y_true, &y_pred) >= 0) {
        if (type->class_ids)
            y_true = hone_internal_align_ids(graph, y_true, y_pred);
        if (y_true >= 0)
            values = type->values(graph, y_true, y_pred, args);
    }
    hone_internal_error_pop();
    return values;
}

const char *hone_internal_kind_by_shapes(hone_shape y_true, hone_shape y_pred)
{
    if (y_pred.rank > 0 && y_pred.size[y_pred.rank - 1] == 1)
        return "binary";
    bool ids = y_true.rank < y_pred.rank || (y_true.rank > 0 && y_true.size[y_true.rank - 1] == 1);
    return ids ? "sparse_categorical" : "categorical";
}
