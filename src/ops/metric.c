/* Sums of a metric: inputs the state, then what is summed. */
#include "ops/metric.h"

#include <string.h>

typedef struct accumulate_attributes {
    hone_kernel_index kernel;
    double factor;
    int64_t sizes[4];
    const double *thresholds;
    const hone_metric_rows *rows;
} accumulate_attributes;

static hone_status prepare_accumulate(const hone_graph *graph, const hone_node *node, hone_step *step)
{
    (void)graph;
    const accumulate_attributes *attributes = node->attributes;
    for (int i = 0; i < HONE_STEP_OPERANDS; i++)
        step->operands[i] = i < node->input_count ? node->inputs[i] : HONE_NO_VALUE;
    step->written = 1;
    step->kernel = attributes->kernel;
    memcpy(step->args.size, attributes->sizes, sizeof attributes->sizes);
    step->args.scalar[0] = attributes->factor;
    step->args.family = attributes->rows != NULL ? (const void *)attributes->rows : attributes->thresholds;
    step->items = step->grain = 1;
    return HONE_OK;
}

static int64_t accumulate_flops(const hone_graph *graph, const hone_node *node)
{
    const accumulate_attributes *attributes = node->attributes;
    int64_t count = hone_internal_shape_count(hone_value_shape(graph, node->inputs[1]));
    return attributes->thresholds != NULL ? count * attributes->sizes[2] : count;
}

static const hone_op accumulate_op = {.name = "accumulate",
                                      .optional = 4 | 8,
                                      .infer = hone_internal_infer_same,
                                      .prepare = prepare_accumulate,
                                      .effect = true,
                                      .view = true,
                                      .constant_in_gradient = true,
                                      .flops = accumulate_flops};

static hone_status record(hone_graph *graph, double *state, hone_value first, hone_value second,
                          hone_value third, const accumulate_attributes *attributes)
{
    hone_value operands[4] = {hone_internal_graph_external(graph, (hone_shape){.rank = 0}, state), first,
                              second, third};
    if (first < 0)
        return hone_error_status();
    hone_value done =
        hone_internal_graph_node(graph, &accumulate_op, operands, 4, attributes, sizeof *attributes, NULL);
    return done < 0 ? hone_error_status() : HONE_OK;
}

static int64_t rows_of(const hone_graph *graph, hone_value value, int64_t *width)
{
    hone_shape shape = hone_value_shape(graph, value);
    *width = shape.rank > 1 ? shape.size[shape.rank - 1] : 1;
    int64_t count = hone_internal_shape_count(shape);
    return *width > 0 ? count / *width : 0;
}

hone_status hone_internal_op_accumulate_mean(hone_graph *graph, double *state, hone_value values,
                                             hone_value weights, double factor)
{
    accumulate_attributes attributes = {.kernel = HONE_KERNEL_accumulate_mean, .factor = factor};
    attributes.sizes[0] = hone_internal_shape_count(hone_value_shape(graph, values));
    return record(graph, state, values, weights, HONE_NO_VALUE, &attributes);
}

hone_status hone_internal_op_accumulate_columns(hone_graph *graph, double *state, hone_value values,
                                                hone_value weights)
{
    accumulate_attributes attributes = {.kernel = HONE_KERNEL_accumulate_columns};
    attributes.sizes[0] = rows_of(graph, values, &attributes.sizes[1]);
    return record(graph, state, values, weights, HONE_NO_VALUE, &attributes);
}

hone_status hone_internal_op_accumulate_confusion(hone_graph *graph, double *state, hone_value targets,
                                                  hone_value predictions, hone_value weights,
                                                  const double *thresholds, int64_t threshold_count,
                                                  bool per_label)
{
    accumulate_attributes attributes = {.kernel = HONE_KERNEL_accumulate_confusion, .thresholds = thresholds};
    attributes.sizes[0] = rows_of(graph, predictions, &attributes.sizes[1]);
    attributes.sizes[2] = threshold_count;
    attributes.sizes[3] = per_label ? attributes.sizes[1] : 1;
    return record(graph, state, targets, predictions, weights, &attributes);
}

hone_status hone_internal_op_accumulate_classes(hone_graph *graph, double *state, hone_value targets,
                                                hone_value predictions, hone_value weights, int64_t classes)
{
    accumulate_attributes attributes = {.kernel = HONE_KERNEL_accumulate_classes};
    attributes.sizes[0] = hone_internal_shape_count(hone_value_shape(graph, predictions));
    attributes.sizes[1] = classes;
    return record(graph, state, targets, predictions, weights, &attributes);
}

hone_status hone_internal_op_accumulate_rows(hone_graph *graph, double *state, hone_value targets,
                                             hone_value predictions, hone_value weights,
                                             const hone_metric_rows *rows)
{
    accumulate_attributes attributes = {.kernel = HONE_KERNEL_accumulate_rows, .rows = rows};
    attributes.sizes[0] = rows_of(graph, predictions, &attributes.sizes[2]);
    int64_t count = hone_internal_shape_count(hone_value_shape(graph, targets));
    attributes.sizes[1] = attributes.sizes[0] > 0 ? count / attributes.sizes[0] : 0;
    return record(graph, state, targets, predictions, weights, &attributes);
}
