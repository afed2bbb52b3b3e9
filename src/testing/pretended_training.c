/* For tests: a training that only pretends. */
#include "testing/pretended_training.h"
#include "base/memory.h"

#include <string.h>

static hone_status may_fail(pretended_training *training, const char *name)
{
    if (training->failing == NULL || strcmp(training->failing, name) != 0)
        return HONE_OK;
    training->failed = true;
    return hone_fail(HONE_ERROR_FILE, "%s has failed", name);
}

static double get_rate(void *context)
{
    return ((pretended_training *)context)->rate;
}

static hone_status set_rate(void *context, double rate)
{
    pretended_training *training = context;
    HONE_TRY(may_fail(training, "set_learning_rate"));
    training->rate = (double)(float)rate;
    training->done |= SETS_RATE;
    return HONE_OK;
}

static hone_status set_momentum(void *context, double momentum)
{
    (void)context, (void)momentum;
    return hone_fail(HONE_ERROR_STATE, "there is no momentum");
}

static int direction(void *context, const char *name)
{
    (void)context;
    if (strncmp(name, "val_", 4) == 0)
        name += 4;
    return strcmp(name, "loss") == 0 ? -1 : strcmp(name, "accuracy") == 0 ? 1 : 0;
}

static hone_status save(void *context, const char *path, bool weights_only)
{
    pretended_training *training = context;
    (void)weights_only;
    HONE_TRY(may_fail(training, "save"));
    hone_internal_text_format(&training->saved, "%s\n", path);
    training->done |= SAVES;
    return HONE_OK;
}

static hone_weights_copy *copy(void *context, hone_weights_copy *into)
{
    pretended_training *training = context;
    if (may_fail(training, "copy_weights") < 0)
        return NULL;
    if (into == NULL)
        into = hone_internal_weights_copy_create(1);
    if (into != NULL)
        into->data[0] = training->weight;
    return into;
}

static hone_status put_back(void *context, const hone_weights_copy *kept)
{
    pretended_training *training = context;
    HONE_TRY(may_fail(training, "restore_weights"));
    training->weight = kept->data[0];
    training->done |= RESTORES_WEIGHTS;
    return HONE_OK;
}

static hone_status swap(void *context)
{
    pretended_training *training = context;
    HONE_TRY(may_fail(training, "swap_averages"));
    training->swaps++;
    training->done |= SWAPS_WEIGHTS;
    return HONE_OK;
}

static hone_status keep_checkpoint(void *context, const char *folder, int64_t every)
{
    pretended_training *training = context;
    HONE_TRY(may_fail(training, "keep_checkpoint"));
    hone_internal_text_format(&training->saved, "keep %s %lld\n", folder, (long long)every);
    training->done |= KEEPS_CHECKPOINTS;
    return HONE_OK;
}

static hone_status drop_checkpoint(void *context, const char *folder)
{
    pretended_training *training = context;
    HONE_TRY(may_fail(training, "drop_checkpoint"));
    hone_internal_text_format(&training->saved, "drop %s\n", folder);
    training->done |= KEEPS_CHECKPOINTS;
    return HONE_OK;
}

static void print(void *context, const char *text)
{
    pretended_training *training = context;
    hone_internal_text_append(&training->printed, text);
    training->done |= PRINTS;
}

/* ---- looking on ---- */

static hone_status visit(pretended_training *training, hone_weight_visitor *visitor, void *context)
{
    const float data[6] = {1, 2, 3, 4, 5, training->weight};
    training->done |= WATCHES;
    return visitor(context, "model/dense/kernel", HONE_SHAPE(3, 2), data);
}

static hone_status visit_weights(void *context, hone_weight_visitor *visitor, void *visitor_context)
{
    HONE_TRY(may_fail(context, "visit_weights"));
    return visit(context, visitor, visitor_context);
}

static hone_status visit_gradients(void *context, hone_weight_visitor *visitor, void *visitor_context)
{
    HONE_TRY(may_fail(context, "visit_gradients"));
    return visit(context, visitor, visitor_context);
}

static char *describe_model(void *context)
{
    pretended_training *training = context;
    training->done |= WATCHES;
    return may_fail(training, "describe_model") < 0
               ? NULL
               : hone_internal_copy_text("{\"class_name\": \"Sequential\"}");
}

static hone_config *describe_training(void *context)
{
    pretended_training *training = context;
    training->done |= WATCHES;
    hone_config *map = may_fail(training, "describe_training") < 0 ? NULL : hone_internal_config_map();
    if (map == NULL || hone_internal_config_set(map, "optimizer", hone_internal_config_text("sgd")) >= 0)
        return map;
    hone_internal_config_free(map);
    return NULL;
}

static hone_status visit_calls(void *context, hone_call_visitor *visitor, void *visitor_context)
{
    static const char *const inputs[] = {"input"};
    static const hone_call_view calls[] = {
        {"input", "InputLayer", NULL, 0, {.rank = 2, .size = {HONE_ANY, 3}}},
        {"dense", "Dense", inputs, 1, {.rank = 2, .size = {HONE_ANY, 2}}}};
    pretended_training *training = context;
    training->done |= WATCHES;
    HONE_TRY(may_fail(training, "visit_calls"));
    HONE_TRY(visitor(visitor_context, &calls[0]));
    return visitor(visitor_context, &calls[1]);
}

static hone_status visit_maps(void *context, hone_weight_visitor *visitor, void *visitor_context)
{
    const float data[2 * 2 * 2 * 3] = {1, 2, 3, 4, 5, 6};
    HONE_TRY(may_fail(context, "visit_maps"));
    ((pretended_training *)context)->done |= WATCHES;
    return visitor(visitor_context, "conv2d", HONE_SHAPE(2, 2, 2, 3), data);
}

/* ---- the training ---- */

void pretend_begin(pretended_training *training, double rate, int64_t epochs)
{
    *training = (pretended_training){.rate = rate};
    training->trainer = (hone_trainer){.context = training,
                                       .epochs = epochs,
                                       .steps = 1,
                                       .best_epoch = -1,
                                       .learning_rate = get_rate,
                                       .set_learning_rate = set_rate,
                                       .set_momentum = set_momentum,
                                       .direction = direction,
                                       .save = save,
                                       .copy_weights = copy,
                                       .restore_weights = put_back,
                                       .swap_averages = swap,
                                       .keep_checkpoint = keep_checkpoint,
                                       .drop_checkpoint = drop_checkpoint,
                                       .print = print,
                                       .visit_weights = visit_weights,
                                       .visit_gradients = visit_gradients,
                                       .describe_model = describe_model,
                                       .describe_training = describe_training,
                                       .visit_calls = visit_calls,
                                       .visit_maps = visit_maps};
}

void pretend_end(pretended_training *training)
{
    hone_internal_text_free(&training->saved);
    hone_internal_text_free(&training->printed);
}

void pretend_event(pretended_training *training, hone_callback_list *list, hone_event event, int64_t number,
                   hone_logs *logs)
{
    if (hone_internal_callbacks_run(list, event, &training->trainer, number, logs) < 0)
        fail_msg("%s", hone_error_message());
}

void pretend_epoch(pretended_training *training, hone_callback_list *list, int64_t epoch, const char *name,
                   double value)
{
    hone_logs logs = {.count = 1, .names = {name}, .values = {value}};
    training->trainer.epoch = epoch;
    training->weight = (float)epoch;
    pretend_event(training, list, HONE_EVENT_EPOCH_BEGIN, epoch, NULL);
    pretend_event(training, list, HONE_EVENT_EPOCH_END, epoch, &logs);
}

hone_callback_list *pretend_list(hone_callback *callback)
{
    if (callback == NULL)
        fail_msg("%s", hone_error_message());
    hone_callback_list *list = hone_callbacks(callback);
    assert_non_null(list);
    return list;
}

const char *pretend_text(const hone_text *text)
{
    return text->data != NULL ? text->data : "";
}
