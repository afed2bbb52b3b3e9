/* From which probability on an output means the second of two classes, or that a label is there: kept among
 * the facts of a model. */
#include "base/error.h"
#include "model/facts.h"
#include "readers/schema.h"

#include <hone/look.h>
#include <stdio.h>
#include <string.h>

hone_status hone_internal_model_check_probability(hone_model *model, int output)
{
    const hone_shape shape = hone_tensor_shape(hone_model_output(model, output));
    if (model->compiled.ready)
        HONE_TRY(hone_internal_compiled_make_losses(model));
    const hone_loss *loss = hone_internal_model_loss(model, output);
    const char *name = loss == NULL ? "" : loss->type->type.name;
    if (shape.rank > 1 && shape.size[shape.rank - 1] != 1 && strstr(name, "categorical") != NULL)
        return hone_fail(
            HONE_ERROR_UNSUPPORTED,
            "a threshold is for the probability of the second of two classes, or of a label; the output has %lld "
            "numbers, of which the likeliest decides",
            (long long)shape.size[shape.rank - 1]);
    if (hone_internal_model_regresses(model, output))
        return hone_fail(
            HONE_ERROR_UNSUPPORTED,
            "a threshold is for the probability of the second of two classes; the loss %s is one of "
            "numbers, without classes",
            name);
    return HONE_OK;
}

bool hone_model_decides(hone_model *model, int output)
{
    if (model == NULL || output < 0 || output >= hone_model_output_count(model) || !model->compiled.ready)
        return false;
    if (hone_internal_compiled_make_losses(model) < 0) {
        hone_error_clear();
        return false;
    }
    const hone_loss *loss = hone_internal_model_loss(model, output);
    return loss != NULL && strstr(loss->type->type.name, "binary") != NULL;
}

double hone_model_threshold(const hone_model *model)
{
    return hone_model_threshold_of(model, 0, 0);
}

double hone_model_threshold_of(const hone_model *model, int output, int64_t number)
{
    if (model == NULL)
        return 0.5;
    const char *name =
        output >= 0 && output < model->output_count ? hone_model_output_name(model, output) : NULL;
    return hone_internal_schema_threshold(model->schema, name, number);
}

/* The numbers of a sample of an output, along its last axis. */
static int64_t width_of(const hone_model *model, int output)
{
    const hone_shape shape = hone_tensor_shape(hone_model_output(model, output));
    return shape.rank > 1 && shape.size[shape.rank - 1] > 0 ? shape.size[shape.rank - 1] : 1;
}

bool hone_model_probability_at(const hone_model *model, size_t index, hone_probability *probability)
{
    const int outputs = hone_model_output_count(model);
    for (int output = 0; output < outputs; output++) {
        const int64_t width = width_of(model, output);
        if (index >= (size_t)width) {
            index -= (size_t)width;
            continue;
        }
        const int64_t number = (int64_t)index;
        const char *column = hone_model_target_name(model, output, number),
                   *name = hone_model_output_name(model, output);
        *probability = (hone_probability){
            .output = output, .number = number, .threshold = hone_model_threshold_of(model, output, number)};
        if (width == 1 || column == NULL)
            snprintf(probability->name, sizeof probability->name, width == 1 ? "%s" : "%s_%lld",
                     width == 1 && outputs == 1 && column != NULL ? column : name, (long long)number);
        else
            snprintf(probability->name, sizeof probability->name, "%s", column);
        return true;
    }
    return false;
}

/* A number, or a list of one for each label; with this one in it. */
static hone_config *thresholds_of(const hone_model *model, int output, const hone_probability *set)
{
    const int64_t width = width_of(model, output);
    hone_config *list = width > 1 ? hone_internal_config_list() : NULL;
    for (int64_t i = 0; i < width; i++) {
        const bool own = output == set->output && i == set->number;
        hone_config *number =
            hone_internal_config_number(own ? set->threshold : hone_model_threshold_of(model, output, i));
        if (width == 1)
            return number;
        if (list == NULL || hone_internal_config_append(list, number) < 0) {
            hone_internal_config_free(list);
            return NULL;
        }
    }
    return list;
}

/* All thresholds as the fact has them. */
static hone_config *thresholds_with(const hone_model *model, const hone_probability *set)
{
    if (model->output_count == 1)
        return thresholds_of(model, 0, set);
    hone_config *map = hone_internal_config_map();
    for (int output = 0; output < model->output_count && map != NULL; output++) {
        bool any = output == set->output;
        for (int64_t i = 0; i < width_of(model, output); i++)
            any = any || hone_model_threshold_of(model, output, i) != 0.5;
        if (any && hone_internal_config_set(map, hone_model_output_name(model, output),
                                            thresholds_of(model, output, set)) < 0) {
            hone_internal_config_free(map);
            map = NULL;
        }
    }
    return map;
}

hone_status hone_model_set_threshold(hone_model *model, int output, int64_t number, double threshold)
{
    if (model == NULL)
        return hone_internal_fail_null("a model");
    if (output < 0 || output >= model->output_count || number < 0 || number >= width_of(model, output))
        return hone_fail(HONE_ERROR_ARGUMENT, "threshold: there is no number %lld of output %d",
                         (long long)number, output);
    HONE_TRY(hone_internal_model_check_probability(model, output));
    hone_config *value = thresholds_with(
        model, &(hone_probability){.output = output, .number = number, .threshold = threshold});
    return value == NULL ? HONE_ERROR_MEMORY : hone_internal_model_set_fact(model, "threshold", value);
}
