/* What callbacks that look on a fit are given: weights, gradients, the model, how the training is set up.
 * None of it changes a bit of the training. */
#include "base/memory.h"
#include "callbacks/weights_copy.h"
#include "fields/tree.h"
#include "keras/keras.h"
#include "train/fit.h"

#include <math.h>
#include <string.h>

/* Keras puts a sequential model's name in front of its weights' paths. */
static hone_status visit_one(const hone_model *model, const hone_variable *variable, const float *data,
                             hone_weight_visitor *visit, void *visitor)
{
    char *path = model->sequential
                     ? hone_internal_format("%s/%s", hone_model_name(model), hone_variable_path(variable))
                     : hone_internal_copy_text(hone_variable_path(variable));
    hone_status status = path == NULL ? HONE_ERROR_MEMORY : visit(visitor, path, variable->shape, data);
    hone_internal_free(path);
    return status;
}

hone_status hone_internal_watch_weights(void *context, hone_weight_visitor *visit, void *visitor)
{
    const hone_model *model = ((hone_fit_run *)context)->model;
    for (size_t i = 0; i < model->weights.count; i++)
        HONE_TRY(visit_one(model, model->weights.items[i],
                           hone_internal_variable_data(model->weights.items[i]), visit, visitor));
    return HONE_OK;
}

/* ---- gradients ---- */

static hone_status visit_pass(hone_fit_run *run, const hone_pass *pass, hone_weight_visitor *visit,
                              void *visitor)
{
    const hone_optimizer *optimizer = run->model->compiled.optimizer;
    for (int i = 0; i < hone_optimizer_variable_count(optimizer); i++) {
        const float *data =
            pass->gradients[i] < 0 ? NULL : hone_internal_plan_address(pass->plan, pass->gradients[i]);
        if (data != NULL)
            HONE_TRY(visit_one(run->model, hone_optimizer_variable(optimizer, i), data, visit, visitor));
    }
    return HONE_OK;
}

/* The last batch once more, forward and back; moving statistics and the count of passes are put back. */
hone_status hone_internal_watch_gradients(void *context, hone_weight_visitor *visit, void *visitor)
{
    hone_fit_run *run = context;
    int64_t size = run->args->batch_size;
    if (hone_internal_dataset_streams(run->data) || run->position < 1)
        return HONE_OK;
    int64_t begin = (run->position - 1) / size * size;
    hone_feed feed = {.data = run->data,
                      .begin = begin,
                      .rows = run->order != NULL ? run->order + begin : NULL,
                      .count = run->position - begin,
                      .class_weight = run->class_weight};
    hone_weights_copy *weights = hone_trainer_copy_weights(&run->trainer, NULL);
    if (weights == NULL)
        return hone_error_status();
    uint64_t passes = run->model->forward_passes;
    hone_pass *pass;
    hone_status status =
        hone_internal_run_batch(run->model, &run->session, HONE_MODE_GRADIENTS, &feed, &pass, NULL);
    if (status >= 0)
        status = visit_pass(run, pass, visit, visitor);
    run->model->forward_passes = passes;
    hone_status restored = hone_trainer_restore_weights(&run->trainer, weights);
    hone_weights_copy_free(weights);
    return status < 0 ? status : restored;
}

/* ---- the model and its training ---- */

char *hone_internal_watch_model(void *context)
{
    hone_config *config = hone_internal_model_to_config(((hone_fit_run *)context)->model);
    char *text = config == NULL ? NULL : hone_internal_config_to_json(config, false);
    hone_internal_config_free(config);
    return text;
}

/* The optimizer's arguments as files have them, without those that are none; lists and maps as their JSON. */
static void put_fields(bool *good, hone_config *map, const hone_config *fields)
{
    for (size_t i = 0; i < hone_internal_config_count(fields); i++) {
        const hone_config *item = hone_internal_config_at(fields, i);
        bool nested =
            hone_internal_config_is(item, HONE_CONFIG_LIST) || hone_internal_config_is(item, HONE_CONFIG_MAP);
        bool known = strcmp(hone_internal_config_key(fields, i), "learning_rate") == 0 && !nested;
        if (known || !hone_internal_config_present(item) ||
            strcmp(hone_internal_config_key(fields, i), "name") == 0)
            continue;
        char *text = nested ? hone_internal_config_to_json(item, false) : NULL;
        if (nested && text == NULL)
            *good = false;
        put(good, map, hone_internal_config_key(fields, i),
            nested ? hone_internal_config_text(text) : hone_internal_config_copy(item));
        hone_internal_free(text);
    }
}

static void put_loss(bool *good, hone_config *map, const hone_config *loss)
{
    char *text = NULL;
    if (!hone_internal_config_present(loss))
        return;
    if (!hone_internal_config_is(loss, HONE_CONFIG_TEXT) &&
        (text = hone_internal_config_to_json(loss, false)) == NULL)
        *good = false;
    put(good, map, "loss",
        hone_internal_config_text(text != NULL ? text : hone_internal_config_as_text(loss)));
    hone_internal_free(text);
}

static uint64_t count_trainable(const hone_model *model)
{
    uint64_t count = 0;
    for (size_t i = 0; i < model->weights.count; i++)
        if (model->weights.items[i]->trainable)
            count += (uint64_t)hone_internal_variable_count(model->weights.items[i]);
    return count;
}

hone_config *hone_internal_watch_training(void *context)
{
    const hone_fit_run *run = context;
    const hone_optimizer *optimizer = run->model->compiled.optimizer;
    hone_config *map = hone_internal_config_map();
    hone_config *fields = hone_internal_fields_to_config(&optimizer->type->type, optimizer->args);
    bool good = map != NULL && fields != NULL;
    if (good) {
        put(&good, map, "optimizer", hone_internal_config_text(optimizer->type->type.name));
        put(&good, map, "learning_rate",
            hone_internal_config_number(hone_optimizer_learning_rate(optimizer)));
        put_loss(&good, map, run->model->compiled.loss);
        put(&good, map, "batch_size", hone_internal_config_integer(run->args->batch_size));
        put(&good, map, "epochs", hone_internal_config_integer(run->args->epochs));
        put(&good, map, "seed", hone_internal_config_integer((int64_t)run->model->seed));
        put(&good, map, "trainable_params",
            hone_internal_config_integer((int64_t)count_trainable(run->model)));
        put_fields(&good, map, fields);
    }
    hone_internal_config_free(fields);
    if (good)
        return map;
    hone_internal_config_free(map);
    return NULL;
}
