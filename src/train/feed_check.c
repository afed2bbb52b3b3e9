/* Which arrays of a data set go to which inputs and targets of a model, and whether all are there. */
#include "base/plural.h"
#include "train/feed.h"
#include "train/prepare.h"
#include "readers/standardize.h"

#include <stdio.h>
#include <string.h>

static int count_of(const hone_dataset *data, int kind)
{
    return kind == HONE_COMPONENT_INPUT ? hone_dataset_input_count(data) : hone_dataset_target_count(data);
}

static bool is_named(const hone_dataset *data, int kind, int index, const char *name)
{
    const char *given = hone_internal_dataset_name(data, kind, index);
    return given != NULL && strcmp(given, name) == 0;
}

/* The component with a name, looked for where it most likely is first; or -1. */
static int by_name(const hone_dataset *data, int kind, const char *name, int likely)
{
    if (is_named(data, kind, likely, name))
        return likely;
    for (int i = 0; i < count_of(data, kind); i++)
        if (is_named(data, kind, i, name))
            return i;
    return -1;
}

int hone_internal_feed_input(const hone_model *model, const hone_dataset *data, int input)
{
    int named = by_name(data, HONE_COMPONENT_INPUT, hone_internal_model_fed_name(model, input), input);
    return named >= 0 ? named : input;
}

int hone_internal_feed_model_input(const hone_model *model, const hone_dataset *data, int input)
{
    int named = by_name(data, HONE_COMPONENT_INPUT, hone_model_input_name(model, input), input);
    return named >= 0 ? named : input;
}

static bool has_loss(const hone_model *model, int output)
{
    return hone_internal_model_loss(model, output) != NULL;
}

static bool is_output(const hone_model *model, const char *name, int before)
{
    for (int i = 0; i < before; i++)
        if (strcmp(hone_model_output_name(model, i), name) == 0)
            return true;
    return false;
}

typedef struct target_name {
    char text[512];
} target_name;
static const char *name_target(const hone_model *model, int output, target_name *name)
{
    return hone_model_output_key(model, output, name->text, sizeof name->text);
}

/* The target by the output's name. Outputs of one layer may share a target that has its name alone, as in
 * Keras. */
static int target_by_name(const hone_model *model, const hone_dataset *data, int output)
{
    target_name name;
    int place = by_name(data, HONE_COMPONENT_TARGET, name_target(model, output, &name), output);
    return place >= 0 ? place
                      : by_name(data, HONE_COMPONENT_TARGET, hone_model_output_name(model, output), output);
}

/* All have names. One alone need not be named after the output. */
static bool all_named(const hone_model *model, const hone_dataset *data, int kind)
{
    int count = count_of(data, kind);
    for (int i = 0; i < count; i++)
        if (hone_internal_dataset_name(data, kind, i) == NULL)
            return false;
    return count > 1 || (count == 1 && kind == HONE_COMPONENT_TARGET &&
                         is_output(model, hone_internal_dataset_name(data, kind, 0), model->output_count));
}

int hone_internal_feed_target(const hone_model *model, const hone_dataset *data, const hone_batch *batch,
                              int output)
{
    int named = batch == NULL ? target_by_name(model, data, output) : -1;
    if (named >= 0 || (batch == NULL && all_named(model, data, HONE_COMPONENT_TARGET)))
        return named;
    int given = batch != NULL ? hone_internal_batch_arrays(batch, HONE_COMPONENT_TARGET).count
                              : hone_dataset_target_count(data);
    if (given == model->output_count)
        return output;
    int index = 0;
    for (int i = 0; i < output; i++)
        index += has_loss(model, i);
    return has_loss(model, output) && index < given ? index : -1;
}

/* Several named arrays must bear the model's names. */
static hone_status check_names(const hone_model *model, const hone_dataset *data, int kind,
                               const char *const *wanted, int wanted_count)
{
    bool named = all_named(model, data, kind);
    for (int i = 0; named && i < count_of(data, kind); i++) {
        const char *name = hone_internal_dataset_name(data, kind, i);
        bool known = i < wanted_count && strcmp(wanted[i], name) == 0;
        for (int j = 0; j < wanted_count && !known; j++)
            known = strcmp(wanted[j], name) == 0;
        if (!known)
            return hone_internal_fail_name(kind == HONE_COMPONENT_INPUT ? "input of the model"
                                                                        : "output of the model",
                                           name, wanted, (size_t)wanted_count);
    }
    return HONE_OK;
}

static hone_status check_inputs(const hone_model *model, const hone_dataset *data)
{
    const char *first = hone_internal_dataset_name(data, HONE_COMPONENT_INPUT, 0);
    if (hone_dataset_input_count(data) != model->input_count)
        return hone_fail(HONE_ERROR_DATA, "the model takes %d input%s, but the data have %d%s%.40s%s",
                         model->input_count, hone_internal_plural(model->input_count),
                         hone_dataset_input_count(data), first ? " (" : "", first ? first : "",
                         first ? ", ...): each needs an input layer of its name" : "");
    const char **names = hone_internal_model_input_names(model);
    hone_status status = names == NULL
                             ? HONE_ERROR_MEMORY
                             : check_names(model, data, HONE_COMPONENT_INPUT, names, model->input_count);
    hone_internal_free(names);
    return status < 0 ? status : hone_internal_prepare_check(model, data);
}

static hone_status check_target_names(const hone_model *model, const hone_dataset *data)
{
    size_t count = (size_t)model->output_count;
    target_name *texts = hone_internal_allocate(sizeof *texts * count);
    const char **names = hone_internal_allocate(sizeof *names * count);
    hone_status status = texts == NULL || names == NULL ? HONE_ERROR_MEMORY : HONE_OK;
    for (int i = 0; status >= 0 && i < model->output_count; i++)
        names[i] = name_target(model, i, &texts[i]);
    if (status >= 0)
        status = check_names(model, data, HONE_COMPONENT_TARGET, names, model->output_count);
    hone_internal_free(texts);
    hone_internal_free(names);
    return status;
}

/* A target for each output that has a loss. Others may have one too, for their metrics: by name, or all of
 * them. */
static hone_status check_targets(const hone_model *model, const hone_dataset *data)
{
    int wanted = 0, given = hone_dataset_target_count(data);
    bool named = all_named(model, data, HONE_COMPONENT_TARGET);
    for (int i = 0; i < model->output_count; i++)
        wanted += has_loss(model, i);
    if (given == 0 && wanted > 0) {
        const char *label = hone_internal_dataset_label(data, HONE_COMPONENT_INPUT, 0);
        const bool table = hone_internal_config_get(hone_internal_dataset_schema(data), "columns") != NULL;
        return hone_fail(
            HONE_ERROR_DATA, "%s has no targets (y), which training and evaluation need%s%.200s%s", label,
            table ? "; say which column they are: " : "", table ? label : "", table ? "#target=COLUMN" : "");
    }
    if (!named && given != wanted && given != model->output_count)
        return hone_fail(HONE_ERROR_DATA,
                         "the model has %d output%s with a loss, but the data have %d "
                         "target%s",
                         wanted, hone_internal_plural(wanted), given, hone_internal_plural(given));
    HONE_TRY(check_target_names(model, data));
    for (int i = 0; i < model->output_count; i++)
        if (has_loss(model, i) && hone_internal_feed_target(model, data, NULL, i) < 0)
            return hone_fail(HONE_ERROR_DATA,
                             "the data have no target for the output \"%s\", which has a loss",
                             hone_model_output_name(model, i));
    return HONE_OK;
}

const hone_array *hone_internal_feed_array(const hone_batch *batch, int kind, int index)
{
    static const hone_array none = {.rank = 0};
    hone_array_span arrays = hone_internal_batch_arrays(batch, kind);
    return index >= 0 && index < arrays.count ? &arrays.items[index] : &none;
}

hone_status hone_internal_feed_check_batch(const hone_model *model, const hone_batch *batch, bool targets)
{
    const hone_array *first = hone_internal_feed_array(batch, HONE_COMPONENT_INPUT, 0);
    for (int i = 0; i < model->input_count; i++) {
        const hone_array *x = hone_internal_feed_array(batch, HONE_COMPONENT_INPUT, i);
        if (x->data == NULL || x->rank < 1)
            return hone_fail(HONE_ERROR_DATA, "the batch has no array for the input \"%s\"",
                             hone_model_input_name(model, i));
        if (x->shape[0] != first->shape[0] || x->shape[0] < 1)
            return hone_fail(HONE_ERROR_DATA,
                             "the arrays of a batch must have the same number of samples, at least 1");
    }
    for (int i = 0; targets && i < model->output_count; i++) {
        int index = hone_internal_feed_target(model, NULL, batch, i);
        if (index < 0 && !has_loss(model, i))
            continue;
        const hone_array *y = hone_internal_feed_array(batch, HONE_COMPONENT_TARGET, index);
        if (y->data == NULL || y->rank < 1 || y->shape[0] != first->shape[0])
            return hone_fail(HONE_ERROR_DATA,
                             "the batch has no targets for the output \"%s\", or their number differs "
                             "from that of the samples",
                             hone_model_output_name(model, i));
    }
    const hone_array *weights = hone_internal_feed_array(batch, HONE_COMPONENT_WEIGHT, 0);
    if (targets && weights->data != NULL && (weights->rank < 1 || weights->shape[0] != first->shape[0]))
        return hone_fail(HONE_ERROR_DATA, "the batch has another number of weights than of samples");
    return HONE_OK;
}

hone_status hone_internal_feed_build(hone_model *model, const hone_dataset *data)
{
    if (hone_internal_dataset_streams(data))
        return hone_internal_model_need_built(model, "data from a callback");
    if (model->built)
        return model->compiled.ready ? hone_internal_compiled_make_losses(model) : HONE_OK;
    if (hone_dataset_input_count(data) < 1)
        return hone_fail(HONE_ERROR_DATA, "the data have no input");
    const hone_array *x = hone_dataset_input(data, 0);
    hone_shape shape = {.rank = x->rank};
    memcpy(shape.size, x->shape, sizeof shape.size);
    HONE_TRY(hone_model_build(model, shape));
    hone_compiled *compiled = &model->compiled;
    if (!compiled->ready)
        return HONE_OK;
    return hone_internal_compiled_make_losses(model);
}

hone_status hone_internal_feed_check(hone_model *model, const hone_dataset *data, bool targets)
{
    if (hone_internal_dataset_streams(data))
        return hone_internal_feed_build(model, data);
    HONE_TRY(hone_internal_dataset_need_standard(data));
    HONE_TRY(hone_internal_feed_build(model, data));
    HONE_TRY(check_inputs(model, data));
    if (hone_dataset_count(data) == 0)
        return hone_fail(HONE_ERROR_DATA, "the data are empty");
    return targets ? check_targets(model, data) : HONE_OK;
}
