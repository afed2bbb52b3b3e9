/* Intersection over union of classes, from a square table of counts: rows true, columns predicted. */
#include "metrics/types.h"

#include <math.h>

#define CLASSES(F, A) \
    F(A, INTEGER, num_classes, HONE_NONE_INTEGER, "number of classes", .required = true, \
      HONE_BETWEEN(2, 16384))
#define TARGETS(F, A) \
    F(A, IDS, target_class_ids, HONE_NO_INTEGERS, "classes to average over", .required = true, \
      HONE_AT_LEAST(0))
#define IGNORED(F, A) F(A, INTEGER, ignore_class, HONE_NONE_INTEGER, "targets of this class are ignored")
#define SPARSE_TRUE(F, A) F(A, BOOLEAN, sparse_y_true, true, "targets are class ids, not one-hot")
#define SPARSE_PRED(F, A, standard) \
    F(A, BOOLEAN, sparse_y_pred, standard, "predictions are class ids, not one score per class")
#define AXIS(F, A) F(A, INTEGER, axis, -1, "axis of the classes in one-hot targets and in scores")

#define MEAN_FIELDS(F, A) \
    CLASSES(F, A) \
    HONE_METRIC_FIELDS(F, A, "mean_io_u") IGNORED(F, A) SPARSE_TRUE(F, A) SPARSE_PRED(F, A, true) AXIS(F, A)
#define SOME_FIELDS(F, A) \
    CLASSES(F, A) \
    TARGETS(F, A) \
    HONE_METRIC_FIELDS(F, A, "io_u") IGNORED(F, A) SPARSE_TRUE(F, A) SPARSE_PRED(F, A, true) AXIS(F, A)
#define ONE_HOT_MEAN_FIELDS(F, A) \
    CLASSES(F, A) \
    HONE_METRIC_FIELDS(F, A, "one_hot_mean_io_u") IGNORED(F, A) SPARSE_PRED(F, A, false) AXIS(F, A)
#define ONE_HOT_FIELDS(F, A) \
    CLASSES(F, A) \
    TARGETS(F, A) HONE_METRIC_FIELDS(F, A, "one_hot_io_u") IGNORED(F, A) SPARSE_PRED(F, A, false) AXIS(F, A)
#define BOTH_CLASSES \
    { \
        0, 1, HONE_NONE_INTEGER \
    }
#define BINARY_FIELDS(F, A) \
    F(A, IDS, target_class_ids, BOTH_CLASSES, "classes to average over, of 0 and 1", HONE_BETWEEN(0, 1)) \
    F(A, NUMBER, threshold, 0.5, "predictions of at least this are class 1") \
    HONE_METRIC_FIELDS(F, A, "binary_io_u")
HONE_METRIC_ARGS(mean_io_u, MEAN_FIELDS);
HONE_METRIC_ARGS(io_u, SOME_FIELDS);
HONE_METRIC_ARGS(one_hot_mean_io_u, ONE_HOT_MEAN_FIELDS);
HONE_METRIC_ARGS(one_hot_io_u, ONE_HOT_FIELDS);
HONE_METRIC_ARGS(binary_io_u, BINARY_FIELDS);

/* The options of one of them, whatever it lacks as it is fixed there. */
typedef struct options {
    int64_t num_classes, ignore_class, axis;
    const int64_t *targets; /* NULL: all */
    size_t target_count;
    bool sparse_y_true, sparse_y_pred;
    double threshold; /* NaN: none */
} options;

static options read_options(const hone_metric_type *type, const void *args)
{
    if (type == &hone_internal_metric_binary_io_u) {
        const binary_io_u_args *a = args;
        return (options){.num_classes = 2,
                         .ignore_class = HONE_NONE_INTEGER,
                         .axis = -1,
                         .targets = a->target_class_ids_list,
                         .target_count = a->target_class_ids_count,
                         .sparse_y_true = true,
                         .sparse_y_pred = true,
                         .threshold = a->threshold};
    }
#define COMMON(a) \
    .num_classes = a->num_classes, .ignore_class = a->ignore_class, .axis = a->axis, \
    .sparse_y_pred = a->sparse_y_pred, .threshold = HONE_NONE
#define SOME(a) .targets = a->target_class_ids_list, .target_count = a->target_class_ids_count
    if (type == &hone_internal_metric_one_hot_io_u) {
        const one_hot_io_u_args *a = args;
        return (options){COMMON(a), SOME(a)};
    }
    if (type == &hone_internal_metric_one_hot_mean_io_u) {
        const one_hot_mean_io_u_args *a = args;
        return (options){COMMON(a)};
    }
    if (type == &hone_internal_metric_io_u) {
        const io_u_args *a = args;
        return (options){COMMON(a), SOME(a), .sparse_y_true = a->sparse_y_true};
    }
    const mean_io_u_args *a = args;
    return (options){COMMON(a), .sparse_y_true = a->sparse_y_true};
#undef COMMON
#undef SOME
}

static int64_t table_states(const hone_metric_type *type, const void *args)
{
    options given = read_options(type, args);
    for (int64_t i = 0; given.targets != NULL && i < (int64_t)given.target_count; i++)
        if (given.targets[i] >= given.num_classes)
            return hone_fail(HONE_ERROR_ARGUMENT, "target_class_ids contains %lld, but num_classes is %lld",
                             (long long)given.targets[i], (long long)given.num_classes);
    return given.num_classes * given.num_classes;
}

static hone_value flatten(hone_graph *graph, hone_value x)
{
    return x < 0
               ? x
               : hone_op_reshape(graph, x, HONE_SHAPE(hone_internal_shape_count(hone_value_shape(graph, x))));
}

/* Class ids [all], from ids, rows of weights, or numbers against a threshold. */
static hone_value ids_of(hone_graph *graph, hone_value x, bool sparse, int64_t axis, double threshold)
{
    if (!isnan(threshold))
        x = hone_op_unary(graph, "greater_equal_scalar", x, (hone_parameters){.a = threshold});
    return sparse ? x : hone_op_argmax(graph, x, (int)axis);
}

static hone_status update(hone_graph *graph, hone_metric *metric, hone_value t, hone_value p,
                          hone_value weights)
{
    options given = read_options(metric->type, metric->args);
    hone_value true_ids = ids_of(graph, t, given.sparse_y_true, given.axis, HONE_NONE);
    hone_value ids = ids_of(graph, p, given.sparse_y_pred, given.axis, given.threshold);
    if (true_ids < 0 || ids < 0)
        return hone_error_status();
    hone_shape shape = hone_value_shape(graph, ids);
    if (hone_internal_shape_count(shape) != hone_internal_shape_count(hone_value_shape(graph, true_ids)))
        return hone_internal_fail_targets(graph, t, p);
    HONE_TRY(hone_internal_metric_spread_weights(graph, &weights, shape));
    true_ids = flatten(graph, true_ids);
    weights = flatten(graph, weights);
    if (given.ignore_class != HONE_NONE_INTEGER) {
        hone_value valid = hone_op_unary(graph, "not_equal_scalar", true_ids,
                                         (hone_parameters){.a = (double)given.ignore_class});
        weights = hone_internal_join_weights(graph, weights, valid);
    }
    return hone_internal_op_accumulate_classes(graph, metric->state, true_ids, flatten(graph, ids), weights,
                                               given.num_classes);
}

/* The intersection over union of one class; `there` is false when it occurs neither in the targets nor in
 * the predictions. */
static double overlap(const double *table, int64_t classes, int64_t class, bool *there)
{
    double row = 0, column = 0, both = table[class * classes + class];
    for (int64_t i = 0; i < classes; i++) {
        row += table[class * classes + i];
        column += table[i * classes + class];
    }
    double either = row + column - both;
    *there = either > 1e-9;
    return *there ? both / (either + 1e-7) : 0;
}

static int result(const hone_metric *metric, double *results, int capacity)
{
    options given = read_options(metric->type, metric->args);
    int64_t count = given.targets != NULL ? (int64_t)given.target_count : given.num_classes;
    double sum = 0, valid = 0;
    for (int64_t i = 0; i < count; i++) {
        bool there;
        int64_t class = given.targets != NULL ? given.targets[i] : i;
        sum += overlap(metric->state, given.num_classes, class, &there);
        valid += there;
    }
    if (capacity > 0)
        results[0] = sum / (valid + 1e-7);
    return 1;
}

#define IOU_TYPE(name_, class_name_, summary, aliases) \
    static int64_t name_##_states(const void *args, hone_shape y_true, hone_shape y_pred) \
    { \
        (void)y_true, (void)y_pred; \
        return table_states(&hone_internal_metric_##name_, args); \
    } \
    HONE_METRIC_TYPE(name_, class_name_, summary, aliases, \
                     "Mean of TP / (TP + FP + FN + 1e-7) over the classes " \
                     "that occur. Sample weights are used as given.", \
                     .state_count = name_##_states, .update = update, .result = result, .direction = 1)
IOU_TYPE(mean_io_u, "MeanIoU", "Mean intersection over union of all classes.", "mean_iou");
IOU_TYPE(io_u, "IoU", "Mean intersection over union of chosen classes.", "iou");
IOU_TYPE(binary_io_u, "BinaryIoU", "Intersection over union of binary predictions.", "binary_iou");
IOU_TYPE(one_hot_io_u, "OneHotIoU", "Like io_u, for one-hot targets.", "one_hot_iou");
IOU_TYPE(one_hot_mean_io_u, "OneHotMeanIoU", "Like mean_io_u, for one-hot targets.", "one_hot_mean_iou");
