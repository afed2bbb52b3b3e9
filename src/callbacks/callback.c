/* The callback object, lists of them, and running an event over a list. */
#include "callbacks/callback.h"
#include "base/memory.h"
#include "fields/fields.h"
#include "fields/spec.h"

#include <string.h>

/* ---- one callback ---- */

static hone_status fill(hone_callback *callback, const void *args)
{
    const hone_callback_type *type = callback->type;
    callback->args = hone_internal_fields_copy(&type->type, args != NULL ? args : type->type.defaults);
    if (callback->args == NULL)
        return hone_error_status();
    callback->state = hone_internal_allocate_zeroed(1, type->state_bytes + 1);
    if (callback->state == NULL)
        return HONE_ERROR_MEMORY;
    HONE_TRY(hone_internal_fields_check(&type->type, callback->args));
    return type->check == NULL ? HONE_OK : type->check(callback);
}

hone_callback *hone_callback_create(const hone_callback_type *type, const void *args)
{
    hone_callback *callback = hone_internal_allocate_zeroed(1, sizeof *callback);
    if (callback == NULL)
        return NULL;
    *callback = (hone_callback){.references = 1, .type = type};
    hone_internal_error_push(args != NULL ? ((const hone_args *)args)->site : NULL, type->type.name);
    hone_status status = fill(callback, args);
    hone_internal_error_pop();
    if (status >= 0)
        return callback;
    hone_callback_free(callback);
    return NULL;
}

hone_callback *hone_callback_from_text(const char *text)
{
    hone_spec spec;
    if (text == NULL || hone_internal_spec_resolve("callback", text, &spec) < 0)
        return NULL;
    if (spec.type == NULL) {
        hone_fail(HONE_ERROR_ARGUMENT, "expected a callback, received \"%s\"", text);
        return NULL;
    }
    hone_callback *callback = hone_callback_create((const hone_callback_type *)spec.type, spec.args);
    hone_internal_spec_free(&spec);
    return callback;
}

hone_callback *hone_callback_retain(hone_callback *callback)
{
    if (callback != NULL)
        callback->references++;
    return callback;
}

void hone_callback_free(hone_callback *callback)
{
    if (callback == NULL || --callback->references > 0)
        return;
    if (callback->state != NULL && callback->type->free_state != NULL)
        callback->type->free_state(callback);
    if (callback->args != NULL)
        hone_internal_fields_free(&callback->type->type, callback->args);
    hone_internal_free(callback->state);
    hone_internal_free(callback);
}

const void *hone_callback_args(const hone_callback *callback)
{
    return callback->args;
}
void *hone_callback_state(const hone_callback *callback)
{
    return callback->state;
}

/* ---- lists ---- */

static const char end_mark[1];
hone_callback *const hone_callbacks_end = (hone_callback *)(const void *)end_mark;

hone_callback_list *hone_callbacks_with(hone_callback *const *callbacks)
{
    size_t count = 0;
    bool failed = false;
    for (; callbacks[count] != hone_callbacks_end; count++)
        failed = failed || callbacks[count] == NULL;
    hone_callback_list *list = failed ? NULL : hone_internal_allocate_zeroed(1, sizeof *list);
    hone_callback **items = list == NULL ? NULL : hone_internal_allocate((count + 1) * sizeof *items);
    if (items == NULL) {
        for (size_t i = 0; i < count; i++)
            hone_callback_free(callbacks[i]);
        hone_internal_free(list);
        return NULL;
    }
    memcpy(items, callbacks, count * sizeof *items);
    *list = (hone_callback_list){.items = items, .count = count, .references = 1};
    return list;
}

void hone_callback_list_free(hone_callback_list *list)
{
    if (list == NULL || --list->references > 0)
        return;
    for (size_t i = 0; i < list->count; i++)
        hone_callback_free(list->items[i]);
    hone_internal_free(list->items);
    hone_internal_free(list);
}

static void retain_list(void *object)
{
    ((hone_callback_list *)object)->references++;
}

static void release_list(void *object)
{
    hone_callback_list_free(object);
}

/* A spec's text, or a short form such as {early_stopping: {patience: 2}}. */
static hone_callback *callback_of(const hone_config *item)
{
    char *text = hone_internal_config_is(item, HONE_CONFIG_TEXT)
                     ? hone_internal_copy_text(hone_internal_config_as_text(item))
                     : hone_internal_spec_from_config("callback", item);
    hone_callback *callback = text == NULL ? NULL : hone_callback_from_text(text);
    hone_internal_free(text);
    return callback;
}

/* One callback, or a list of them. */
static void *read_list(const hone_config *value, const hone_loading *loading)
{
    (void)loading;
    size_t count = hone_internal_config_is(value, HONE_CONFIG_LIST) ? hone_internal_config_count(value) : 1;
    hone_callback **items = hone_internal_allocate((count + 1) * sizeof *items);
    if (items == NULL)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        items[i] = callback_of(
            hone_internal_config_is(value, HONE_CONFIG_LIST) ? hone_internal_config_at(value, i) : value);
        if (items[i] == NULL)
            count = i + 1; /* NULL among them: the others are freed */
    }
    items[count] = hone_callbacks_end;
    hone_callback_list *list = hone_callbacks_with(items);
    hone_internal_free(items);
    return list;
}

const hone_object_family hone_internal_callbacks_objects = {
    .name = "callbacks", .retain = retain_list, .release = release_list, .read = read_list};

/* ---- events ---- */

static hone_status call(hone_callback *callback, hone_event event, hone_trainer *trainer, int64_t number,
                        hone_logs *logs)
{
    const hone_callback_type *type = callback->type;
    switch (event) {
    case HONE_EVENT_TRAIN_BEGIN:
        return type->train_begin == NULL ? HONE_OK : type->train_begin(callback, trainer);
    case HONE_EVENT_TRAIN_END:
        return type->train_end == NULL ? HONE_OK : type->train_end(callback, trainer, logs);
    case HONE_EVENT_EPOCH_BEGIN:
        return type->epoch_begin == NULL ? HONE_OK : type->epoch_begin(callback, trainer, number);
    case HONE_EVENT_EPOCH_END:
        return type->epoch_end == NULL ? HONE_OK : type->epoch_end(callback, trainer, number, logs);
    case HONE_EVENT_BATCH_BEGIN:
        return type->batch_begin == NULL ? HONE_OK : type->batch_begin(callback, trainer, number);
    case HONE_EVENT_BATCH_END:
        return type->batch_end == NULL ? HONE_OK : type->batch_end(callback, trainer, number, logs);
    case HONE_EVENT_TEST_BEGIN:
        return type->test_begin == NULL ? HONE_OK : type->test_begin(callback, trainer);
    case HONE_EVENT_TEST_END:
        return type->test_end == NULL ? HONE_OK : type->test_end(callback, trainer, logs);
    }
    return HONE_OK;
}

/* Of several processes one has logs written; the others keep count of batches. */
static bool is_silent(const hone_callback *callback, hone_event event, const hone_trainer *trainer)
{
    return trainer->rank > 0 && callback->type == &hone_internal_tensor_board_callback &&
           event != HONE_EVENT_BATCH_BEGIN && event != HONE_EVENT_EPOCH_BEGIN;
}

hone_status hone_internal_callbacks_run(hone_callback_list *list, hone_event event, hone_trainer *trainer,
                                        int64_t number, hone_logs *logs)
{
    for (size_t i = 0; list != NULL && i < list->count; i++) {
        if (is_silent(list->items[i], event, trainer))
            continue;
        hone_internal_error_push(((const hone_args *)list->items[i]->args)->site,
                                 list->items[i]->type->type.name);
        hone_status status = call(list->items[i], event, trainer, number, logs);
        hone_internal_error_pop();
        if (status < 0)
            return status;
    }
    return HONE_OK;
}

static bool wants(const hone_callback *callback, hone_event event)
{
    const hone_callback_type *type = callback->type;
    const bool has[] = {
        [HONE_EVENT_TRAIN_BEGIN] = type->train_begin != NULL,
        [HONE_EVENT_TRAIN_END] = type->train_end != NULL,
        [HONE_EVENT_EPOCH_BEGIN] = type->epoch_begin != NULL,
        [HONE_EVENT_EPOCH_END] = type->epoch_end != NULL,
        [HONE_EVENT_BATCH_BEGIN] = type->batch_begin != NULL,
        [HONE_EVENT_BATCH_END] = type->batch_end != NULL,
        [HONE_EVENT_TEST_BEGIN] = type->test_begin != NULL,
        [HONE_EVENT_TEST_END] = type->test_end != NULL,
    };
    if (!has[event])
        return false;
    return event != HONE_EVENT_BATCH_END || type->wants_batches == NULL || type->wants_batches(callback);
}

bool hone_internal_callbacks_want(const hone_callback_list *list, hone_event event)
{
    for (size_t i = 0; list != NULL && i < list->count; i++)
        if (wants(list->items[i], event))
            return true;
    return false;
}
