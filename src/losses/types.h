/* The built-in losses, and what their files share. */
#ifndef HONE_LOSSES_TYPES_H
#define HONE_LOSSES_TYPES_H

#include "base/error.h"
#include "graph/graph.h"
#include "ops/ops.h"
#include "ops/targets.h"
#include <hone/extend.h>

#define HONE_LOSS(name) extern const hone_loss_type hone_internal_loss_##name;
#include "losses/losses.def"
#undef HONE_LOSS

/* Keras's epsilon(), in many formulas. */
#define HONE_EPSILON 1e-7
/* A probability clipped to [1e-7, 1 - 1e-7], whose ends are float32's, so that a table in double gives the
 * same: log(1 - 0.99999988). */
#define HONE_CLIP_PROBABILITY(graph, p) hone_op_clip(graph, p, 1e-7f, 1 - 1e-7f)

/* Args structs of losses are private to their files: HONE_LOSS_ARGS(huber, HONE_HUBER_FIELDS) declares
 * huber_args and its table. */
#define HONE_LOSS_ARGS(name, FIELDS) \
    HONE_ARGS_STRUCT(name##_args, FIELDS); \
    HONE_FIELD_TABLE_NAMED(name##_args, FIELDS, name##_fields, name##_defaults)

/* HONE_LOSS_TYPE(huber, "Huber", "...", .values = huber, ...) */
#define HONE_LOSS_TYPE(name_, class_name_, summary_, aliases_, details_, ...) \
    const hone_loss_type hone_internal_loss_##name_ = { \
        .type = {.name = #name_, \
                 .class_name = class_name_, \
                 .module = "keras.losses", \
                 .summary = summary_, \
                 .aliases = aliases_, \
                 .details = details_, \
                 HONE_TYPE_FIELDS_NAMED(name_##_args, name_##_fields, name_##_defaults)}, \
        __VA_ARGS__}

#endif
