/* A loss of a compiled model: from a setting and back, and what is the same for all: weights, masks,
 * reduction. */
#include "losses/loss.h"
#include "base/memory.h"
#include "fields/fields.h"
#include "losses/types.h"

#include <stdio.h>
#include <string.h>

const hone_loss_type *const hone_internal_loss_types[] = {
#define HONE_LOSS(name) &hone_internal_loss_##name,
#include "losses/losses.def"
#undef HONE_LOSS
    NULL};

/* Keys that Keras writes and that say nothing here. */
static const char *const ignored[] = {"dtype", "fn", NULL};

/* ---- from settings and back ---- */

/* Keras writes a reduction of None as null, and tf.keras that of the mean over the batch as "auto". */
static hone_status name_reduction(hone_config *arguments)
{
    const hone_config *reduction = hone_internal_config_get(arguments, "reduction");
    const char *name = reduction == NULL                                              ? NULL
                       : !hone_internal_config_present(reduction)                     ? "none"
                       : strcmp(hone_internal_config_as_text(reduction), "auto") == 0 ? "sum_over_batch_size"
                                                                                      : NULL;
    return name == NULL ? HONE_OK
                        : hone_internal_config_set(arguments, "reduction", hone_internal_config_text(name));
}

/* Takes over `arguments`. */
static hone_status resolve(hone_loss *loss, const char *name, hone_config *arguments)
{
    const hone_type *type = hone_internal_type_find("loss", name);
    if (type != NULL && arguments != NULL && name_reduction(arguments) >= 0) {
        loss->type = (const hone_loss_type *)type;
        loss->args = hone_internal_fields_from_config(type, arguments, ignored);
    }
    hone_internal_config_free(arguments);
    return loss->args != NULL ? HONE_OK : hone_error_status();
}

static hone_status from_text(hone_loss *loss, const char *text)
{
    loss->text = hone_internal_copy_text(text);
    if (loss->text == NULL)
        return HONE_ERROR_MEMORY;
    hone_config *arguments = NULL;
    char *name = hone_internal_spec_parse(text, &arguments);
    if (name == NULL)
        return hone_error_status();
    hone_status status = resolve(loss, name, arguments);
    hone_internal_free(name);
    return status;
}

/* {"class_name": "Huber", "config": {...}}, or {"class_name": "function", "config": "huber"}. */
static hone_status from_envelope(hone_loss *loss, const hone_config *envelope, const char *class_name)
{
    const hone_config *config = hone_internal_config_get(envelope, "config");
    if (hone_internal_config_is(config, HONE_CONFIG_TEXT))
        return from_text(loss, hone_internal_config_as_text(config));
    hone_config *arguments =
        hone_internal_config_present(config) ? hone_internal_config_copy(config) : hone_internal_config_map();
    return arguments == NULL ? HONE_ERROR_MEMORY : resolve(loss, class_name, arguments);
}

static hone_status from_config(hone_loss *loss, const hone_config *config)
{
    if (hone_internal_config_is(config, HONE_CONFIG_TEXT))
        return from_text(loss, hone_internal_config_as_text(config));
    const char *class_name = hone_internal_config_get_text(config, "class_name");
    if (class_name != NULL)
        return from_envelope(loss, config, class_name);
    char *text = hone_internal_spec_from_config("loss", config);
    if (text == NULL)
        return hone_error_status();
    hone_status status = from_text(loss, text);
    hone_internal_free(text);
    return status;
}

hone_loss *hone_internal_loss_create(const hone_config *config)
{
    if (config == NULL)
        return NULL;
    hone_loss *loss = hone_internal_allocate_zeroed(1, sizeof *loss);
    if (loss == NULL)
        return NULL;
    if (from_config(loss, config) >= 0)
        return loss;
    hone_internal_loss_free(loss);
    return NULL;
}

void hone_internal_loss_free(hone_loss *loss)
{
    if (loss == NULL)
        return;
    if (loss->args != NULL)
        hone_internal_fields_free(&loss->type->type, loss->args);
    hone_internal_free(loss->text);
    hone_internal_free(loss);
}

/* A reduction of "none" goes back to null. */
static hone_config *args_to_config(const hone_loss *loss)
{
    hone_config *config = hone_internal_fields_to_config(&loss->type->type, loss->args);
    const char *reduction = hone_internal_config_get_text(config, "reduction");
    if (reduction == NULL || strcmp(reduction, "none") != 0)
        return config;
    if (hone_internal_config_set(config, "reduction", hone_internal_config_null()) >= 0)
        return config;
    hone_internal_config_free(config);
    return NULL;
}

hone_config *hone_internal_loss_to_config(const hone_loss *loss)
{
    if (loss->text != NULL && strchr(loss->text, '(') == NULL)
        return hone_internal_config_text(loss->text);
    const hone_type *type = &loss->type->type;
    return hone_internal_envelope(type->module, type->class_name, args_to_config(loss));
}

/* ---- recording ---- */

static const char *text_field(const hone_loss *loss, const char *name)
{
    const hone_field *field = hone_internal_fields_find(&loss->type->type, name);
    if (field == NULL || field->kind != HONE_FIELD_TEXT)
        return NULL;
    return *(const char *const *)(const void *)((const char *)loss->args + field->offset);
}

static hone_value mean(hone_graph *graph, hone_value values)
{
    bool empty = hone_internal_shape_count(hone_value_shape(graph, values)) == 0;
    return empty ? hone_op_total(graph, values) : hone_op_reduce(graph, "mean", values, NULL, 0, false);
}

/* sum(values) / sum(weights), 0 where the weights are; the weights are broadcast to the values first. */
static hone_value divide_by(hone_graph *graph, hone_value values, hone_value weights)
{
    hone_value spread = hone_op_broadcast(graph, weights, hone_value_shape(graph, values));
    return hone_op_binary(graph, "divide_no_nan", hone_op_total(graph, values), hone_op_total(graph, spread));
}

/* sum(v w m) over: M, the number of values, or, with a mask m, the number of valid ones; sum(w m) for
 * mean_with_sample_weight; nothing for sum. */
static hone_value reduce(hone_graph *graph, const char *reduction, hone_value values, hone_value weights,
                         hone_value mask)
{
    hone_value both = hone_internal_join_weights(graph, weights, mask);
    hone_value weighted = hone_internal_join_weights(graph, values, both);
    if (strcmp(reduction, "none") == 0)
        return weighted;
    if (strcmp(reduction, "sum") == 0)
        return hone_op_total(graph, weighted);
    if (strcmp(reduction, "mean_with_sample_weight") == 0 && both >= 0)
        return divide_by(graph, weighted, both);
    return mask >= 0 ? divide_by(graph, weighted, mask) : mean(graph, weighted);
}

static hone_value record(const hone_loss *loss, hone_graph *graph, hone_value y_true, hone_value y_pred,
                         hone_value sample_weight)
{
    hone_value values = hone_internal_loss_values(loss->type, loss->args, graph, y_true, y_pred);
    if (values < 0)
        return HONE_NO_VALUE;
    hone_shape shape = hone_value_shape(graph, values);
    hone_value given = shape.rank > 0 ? hone_value_mask(graph, y_pred) : HONE_NO_VALUE,
               own = hone_value_mask(graph, values);
    hone_value weights = sample_weight, fitted = given;
    if (given >= 0 && (fitted = hone_internal_fit_weights(graph, given, shape, "a mask")) < 0)
        return HONE_NO_VALUE;
    if (weights >= 0 && shape.rank > 0 &&
        (weights = hone_internal_fit_weights(graph, weights, shape, "sample weights")) < 0)
        return HONE_NO_VALUE;
    hone_value mask = hone_internal_join_weights(graph, fitted, own);
    const char *reduction = text_field(loss, "reduction");
    return reduce(graph, reduction != NULL ? reduction : "mean", values, weights, mask);
}

/* "crossentropy" as the loss that the shapes ask for, with the options that both have. */
static hone_status resolve_crossentropy(const hone_loss *loss, hone_shape y_true, hone_shape y_pred,
                                        hone_loss *resolved)
{
    char name[64];
    snprintf(name, sizeof name, "%s_crossentropy", hone_internal_kind_by_shapes(y_true, y_pred));
    const hone_type *type = hone_internal_type_find("loss", name);
    hone_config *arguments = hone_internal_fields_to_config(&loss->type->type, loss->args);
    if (arguments != NULL)
        hone_internal_config_remove(arguments, "name");
    return type == NULL || arguments == NULL ? hone_error_status() : resolve(resolved, name, arguments);
}

hone_value hone_internal_loss_record(const hone_loss *loss, hone_graph *graph, hone_value y_true,
                                     hone_value y_pred, hone_value sample_weight)
{
    if (y_true < 0 || y_pred < 0)
        return HONE_NO_VALUE;
    if (loss->type != &hone_internal_loss_crossentropy)
        return record(loss, graph, y_true, y_pred, sample_weight);
    hone_loss resolved = {0};
    hone_value result = HONE_NO_VALUE;
    if (resolve_crossentropy(loss, hone_value_shape(graph, y_true), hone_value_shape(graph, y_pred),
                             &resolved) >= 0)
        result = record(&resolved, graph, y_true, y_pred, sample_weight);
    if (resolved.args != NULL)
        hone_internal_fields_free(&resolved.type->type, resolved.args);
    return result;
}

bool hone_internal_loss_is_sum(const hone_loss *loss)
{
    const char *reduction = text_field(loss, "reduction");
    return reduction != NULL && strcmp(reduction, "sum") == 0;
}
