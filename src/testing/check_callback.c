/* For tests: everything that holds for every callback. */
#include "testing/check_callback.h"
#include "base/file.h"
#include "base/memory.h"
#include "testing/golden.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { EPOCHS = 8, STEPS = 3, EVENTS = HONE_EVENT_TEST_END + 1 };

static const double val_losses[EPOCHS] = {1, 0.8, 0.85, 0.81, 0.79, 0.9, 0.95, 0.96};

static const char *title_of(const callback_example *example)
{
    return example->text != NULL ? example->text : "a callback made by a call";
}

/* May fail, for want of memory. */
static hone_callback *try_make(const callback_example *example)
{
    return example->text != NULL ? hone_callback_from_text(example->text) : example->make();
}

static hone_callback *make(const callback_example *example)
{
    hone_callback *callback = try_make(example);
    if (callback == NULL)
        fail_msg("%s: %s", title_of(example), hone_error_message());
    return callback;
}

/* ---- the pretended training ---- */

static double batch_loss(int64_t epoch, int64_t batch)
{
    bool last = epoch == EPOCHS - 1 && batch == STEPS - 1;
    return last ? (double)NAN : 1 / (double)(1 + epoch + batch);
}

static hone_status run(pretended_training *training, hone_callback_list *list, hone_event event,
                       int64_t number, hone_logs *logs)
{
    int before = logs != NULL ? logs->count : 0;
    HONE_TRY(hone_internal_callbacks_run(list, event, &training->trainer, number, logs));
    if (logs != NULL && logs->count != before)
        training->done |= ADDS_TO_LOGS;
    if (training->trainer.stopped)
        training->done |= STOPS;
    if (training->trainer.best_epoch >= 0)
        training->done |= TELLS_BEST_EPOCH;
    return HONE_OK;
}

static hone_status run_batches(pretended_training *training, hone_callback_list *list, int64_t epoch)
{
    for (int64_t batch = 0; batch < STEPS && !training->trainer.stopped; batch++) {
        hone_logs logs = {.count = 1, .names = {"loss"}, .values = {batch_loss(epoch, batch)}};
        HONE_TRY(run(training, list, HONE_EVENT_BATCH_BEGIN, batch, NULL));
        training->trainer.iteration++;
        HONE_TRY(run(training, list, HONE_EVENT_BATCH_END, batch, &logs));
    }
    return HONE_OK;
}

static hone_status run_epoch(pretended_training *training, hone_callback_list *list, int64_t epoch)
{
    hone_logs tested = {.count = 1, .names = {"loss"}, .values = {val_losses[epoch]}};
    hone_logs logs = {.count = 3,
                      .names = {"accuracy", "loss", "val_loss"},
                      .values = {0.1 * (double)epoch, batch_loss(epoch, 0), val_losses[epoch]}};
    training->trainer.epoch = epoch;
    HONE_TRY(run(training, list, HONE_EVENT_EPOCH_BEGIN, epoch, NULL));
    HONE_TRY(run_batches(training, list, epoch));
    training->weight = (float)epoch;
    HONE_TRY(run(training, list, HONE_EVENT_TEST_BEGIN, 0, NULL));
    HONE_TRY(run(training, list, HONE_EVENT_TEST_END, 0, &tested));
    return run(training, list, HONE_EVENT_EPOCH_END, epoch, &logs);
}

/* The epochs from `first` on, and the end. */
static hone_status run_rest(pretended_training *training, hone_callback_list *list, int64_t first)
{
    for (int64_t epoch = first; epoch < EPOCHS && !training->trainer.stopped; epoch++)
        HONE_TRY(run_epoch(training, list, epoch));
    return run(training, list, HONE_EVENT_TRAIN_END, 0, &(hone_logs){0});
}

static hone_status run_all(pretended_training *training, hone_callback_list *list)
{
    HONE_TRY(run(training, list, HONE_EVENT_TRAIN_BEGIN, 0, NULL));
    return run_rest(training, list, 0);
}

static void begin(pretended_training *training)
{
    pretend_begin(training, 0.5, EPOCHS);
    training->trainer.steps = STEPS;
    training->trainer.validates = true;
}

static void must(const callback_example *example, hone_status status)
{
    if (status < 0)
        fail_msg("%s: %s", title_of(example), hone_error_message());
}

/* ---- what it sees and does ---- */

static void check_sees(const callback_example *example)
{
    static const char *const names[EVENTS] = {"TRAIN_BEGIN", "TRAIN_END", "EPOCH_BEGIN", "EPOCH_END",
                                              "BATCH_BEGIN", "BATCH_END", "TEST_BEGIN",  "TEST_END"};
    hone_callback_list *list = pretend_list(make(example));
    for (int event = 0; event < EVENTS; event++) {
        bool sees = hone_internal_callbacks_want(list, (hone_event)event), said = example->sees >> event & 1;
        if (sees != said)
            fail_msg("%s: it %s %s", title_of(example), sees ? "sees" : "does not see", names[event]);
    }
    hone_callback_list_free(list);
}

static void check_does(const callback_example *example)
{
    pretended_training training;
    hone_callback_list *list = pretend_list(make(example));
    begin(&training);
    must(example, run_all(&training, list));
    if (training.done != example->does)
        fail_msg("%s: it does %#x to the training, and is said to do %#x", title_of(example), training.done,
                 example->does);
    hone_callback_list_free(list);
    pretend_end(&training);
}

/* One training after the other leaves nothing behind. */
static void check_again(const callback_example *example)
{
    int64_t before = hone_internal_blocks_in_use();
    hone_callback_list *list = pretend_list(make(example));
    for (int repeat = 0; repeat < 2; repeat++) {
        pretended_training training;
        begin(&training);
        must(example, run_all(&training, list));
        pretend_end(&training);
    }
    hone_callback_list_free(list);
    if (hone_internal_blocks_in_use() != before)
        fail_msg("%s: blocks are left after a second training", title_of(example));
}

static void check_config(const callback_example *example)
{
    hone_callback *callback = make(example);
    const hone_type *type = &callback->type->type;
    hone_config *map = hone_internal_fields_to_config(type, callback->args);
    void *args = map == NULL ? NULL : hone_internal_fields_from_config(type, map, NULL);
    if (args == NULL)
        fail_msg("%s: %s", title_of(example), hone_error_message());
    hone_config *again = hone_internal_fields_to_config(type, args);
    if (again == NULL || !hone_internal_config_equal(map, again))
        fail_msg("%s: its arguments differ when read", title_of(example));
    hone_internal_fields_free(type, args);
    hone_internal_config_free(map);
    hone_internal_config_free(again);
    hone_callback_free(callback);
}

/* ---- memory ---- */

static void copy_kept(hone_callback *from, hone_callback *into)
{
    if (from->type->kept_weights == NULL || *from->type->kept_weights(from) == NULL)
        return;
    const hone_weights_copy *kept = *from->type->kept_weights(from);
    hone_weights_copy *copy = hone_internal_weights_copy_create(kept->floats);
    memcpy(copy->data, kept->data, kept->floats * sizeof *kept->data);
    *into->type->kept_weights(into) = copy;
}

/* The training as it stood, for the callback that takes over: nothing printed or saved yet. */
static void take_over(pretended_training *into, const pretended_training *from)
{
    begin(into);
    into->rate = from->rate;
    into->weight = from->weight;
    into->trainer.epoch = from->trainer.epoch;
    into->trainer.iteration = from->trainer.iteration;
    into->trainer.best_epoch = from->trainer.best_epoch;
}

static char *read_file(const char *path)
{
    void *text = NULL;
    size_t bytes;
    if (path != NULL && hone_internal_file_read(path, 1 << 20, &text, &bytes) < 0)
        fail_msg("%s", hone_error_message());
    return text;
}

static void compare(const callback_example *example, int64_t at, const pretended_training *expected,
                    const pretended_training *received)
{
    bool same = expected->rate == received->rate && expected->weight == received->weight &&
                expected->trainer.stopped == received->trainer.stopped &&
                expected->trainer.epoch == received->trainer.epoch &&
                expected->trainer.best_epoch == received->trainer.best_epoch;
    if (!same)
        fail_msg("%s: gone on after epoch %d the training ends otherwise", title_of(example), (int)at);
    if (strcmp(pretend_text(&expected->saved), pretend_text(&received->saved)) != 0)
        fail_msg("%s: gone on after epoch %d it saves %s, not %s", title_of(example), (int)at,
                 pretend_text(&received->saved), pretend_text(&expected->saved));
    if (strcmp(pretend_text(&expected->printed), pretend_text(&received->printed)) != 0)
        fail_msg("%s: gone on after epoch %d it prints %s, not %s", title_of(example), (int)at,
                 pretend_text(&received->printed), pretend_text(&expected->printed));
}

/* One callback for the whole training beside another that takes over after the epoch `at`. */
static void check_memory_at(const callback_example *example, int64_t at)
{
    pretended_training one, two;
    hone_callback *first = make(example), *second = make(example);
    hone_callback_list *lists[2] = {pretend_list(first), pretend_list(second)};
    hone_logs numbers = {0};
    begin(&one);
    must(example, run(&one, lists[0], HONE_EVENT_TRAIN_BEGIN, 0, NULL));
    for (int64_t epoch = 0; epoch <= at && !one.trainer.stopped; epoch++)
        must(example, run_epoch(&one, lists[0], epoch));
    take_over(&two, &one);
    if (!one.trainer.stopped) {
        if (first->type->save != NULL)
            must(example, first->type->save(first, &numbers));
        must(example, run(&two, lists[1], HONE_EVENT_TRAIN_BEGIN, 0, NULL));
        if (first->type->restore != NULL)
            must(example, second->type->restore(second, &numbers));
        copy_kept(first, second);
        pretend_end(&two);
        pretend_end(&one);
        one.saved = one.printed = two.saved = two.printed = (hone_text){0};
        must(example, run_rest(&one, lists[0], at + 1));
        char *expected = read_file(example->file);
        must(example, run_rest(&two, lists[1], at + 1));
        char *received = read_file(example->file);
        compare(example, at, &one, &two);
        if (example->file != NULL)
            assert_string_equal(received, expected);
        hone_internal_free(expected);
        hone_internal_free(received);
    }
    for (int i = 0; i < 2; i++)
        hone_callback_list_free(lists[i]);
    pretend_end(&one);
    pretend_end(&two);
}

/* Numbers of a file are not believed: none missing, and whole ones whole. */
static void check_wrong_memory(const callback_example *example)
{
    hone_callback *callback = make(example);
    hone_logs good = {0};
    if (callback->type->restore != NULL) {
        assert_int_equal(callback->type->restore(callback, &good), HONE_ERROR_FORMAT);
        assert_int_equal(callback->type->save(callback, &good), HONE_OK);
        assert_true(good.count > 0);
        for (int i = 0; i < good.count; i++) {
            hone_logs bad = good;
            bad.values[i] = 0.5;
            if (strcmp(good.names[i], "best") != 0 &&
                callback->type->restore(callback, &bad) != HONE_ERROR_FORMAT)
                fail_msg("%s: %s of 0.5 is believed", title_of(example), good.names[i]);
        }
    } else {
        assert_null(callback->type->save);
    }
    hone_callback_free(callback);
}

/* ---- failures ---- */

static void check_failing_trainer(const callback_example *example)
{
    static const char *const names[] = {"set_learning_rate", "save",
                                        "copy_weights",      "restore_weights",
                                        "swap_averages",     "keep_checkpoint",
                                        "drop_checkpoint",   "visit_weights",
                                        "visit_gradients",   "describe_model",
                                        "describe_training", "visit_calls",
                                        "visit_maps"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        pretended_training training;
        hone_callback_list *list = pretend_list(make(example));
        begin(&training);
        training.failing = names[i];
        hone_error_clear();
        hone_status status = run_all(&training, list);
        if (training.failed && (status != HONE_ERROR_FILE || strstr(hone_error_message(), names[i]) == NULL))
            fail_msg("%s: a failing %s ends in \"%s\"", title_of(example), names[i], hone_error_message());
        if (!training.failed)
            must(example, status);
        hone_callback_list_free(list);
        pretend_end(&training);
    }
}

static hone_status make_and_run(const callback_example *example, pretended_training *training)
{
    hone_callback *callback = try_make(example);
    hone_callback_list *list = callback == NULL ? NULL : hone_callbacks(callback);
    hone_status status = list == NULL ? hone_error_status() : run_all(training, list);
    hone_callback_list_free(list);
    return status;
}

static void check_allocations(const callback_example *example)
{
    enum { MOST = 20000 };
    int64_t before = hone_internal_blocks_in_use();
    bool complete = false;
    for (int64_t n = 0; !complete && n < MOST; n++) {
        pretended_training training;
        begin(&training);
        hone_error_clear();
        hone_internal_fail_allocations_after(n);
        hone_status status = make_and_run(example, &training);
        complete = hone_internal_fail_allocations_after(-1) <= n;
        pretend_end(&training);
        if (hone_internal_blocks_in_use() != before)
            fail_msg("%s: blocks are left when allocation %lld fails", title_of(example), (long long)n);
        if (status < 0 && status != HONE_ERROR_MEMORY)
            fail_msg("%s: allocation %lld: %s", title_of(example), (long long)n, hone_error_message());
    }
    if (!complete)
        fail_msg("%s: more than %d allocations", title_of(example), MOST);
}

void check_callback(const callback_example *example)
{
    check_sees(example);
    check_does(example);
    check_again(example);
    check_config(example);
    for (int64_t at = 0; at < EPOCHS - 1; at++)
        check_memory_at(example, at);
    check_wrong_memory(example);
    check_failing_trainer(example);
    check_allocations(example);
}

void check_callback_refused(const char *text, const char *part)
{
    hone_error_clear();
    hone_callback *callback = hone_callback_from_text(text);
    if (callback != NULL)
        fail_msg("%s is not refused", text);
    if (strstr(hone_error_message(), part) == NULL)
        fail_msg("%s: \"%s\" does not mention \"%s\"", text, hone_error_message(), part);
    hone_error_clear();
}

/* ---- golden files ---- */

double golden_callback_number(const hone_config *config)
{
    if (!hone_internal_config_present(config))
        return (double)NAN;
    if (hone_internal_config_is(config, HONE_CONFIG_TEXT))
        return strcmp(hone_internal_config_as_text(config), "inf") == 0 ? (double)INFINITY : (double)NAN;
    return hone_internal_config_as_number(config);
}

void golden_callback_check_rate(const char *title, double expected, double received)
{
    if (!(fabs(expected - received) <= 1e-6 * expected))
        fail_msg("%s: rate %.9g, expected %.9g", title, received, expected);
}

void check_callback_file(const char *title, const char *path, const char *expected)
{
    char *text = read_file(path);
    if (strcmp(text, expected) != 0)
        fail_msg("%s: \"%s\", expected \"%s\"", title, text, expected);
    hone_internal_free(text);
}

static hone_logs golden_logs(const hone_config *map)
{
    hone_logs logs = {0};
    for (size_t i = 0; i < hone_internal_config_count(map); i++)
        assert_int_equal(hone_logs_set(&logs, hone_internal_config_key(map, i),
                                       golden_callback_number(hone_internal_config_at(map, i))),
                         HONE_OK);
    return logs;
}

static hone_callback *golden_make(const golden_callback *golden, const hone_config *arguments)
{
    const hone_type *type = hone_internal_type_find("callback", golden->name);
    hone_config *map = arguments == NULL ? hone_internal_config_map() : hone_internal_config_copy(arguments);
    if (golden->path_key != NULL)
        assert_int_equal(
            hone_internal_config_set(map, golden->path_key, hone_internal_config_text(golden->path)),
            HONE_OK);
    void *args = hone_internal_fields_from_config(type, map, NULL);
    if (args == NULL)
        fail_msg("%s: %s", golden->name, hone_error_message());
    hone_callback *callback = hone_callback_create((const hone_callback_type *)type, args);
    hone_internal_fields_free(type, args);
    hone_internal_config_free(map);
    return callback;
}

static int64_t golden_epochs(const golden_callback *golden, hone_callback_list *list,
                             pretended_training *training, const hone_config *example, const char *title)
{
    const hone_config *all = golden_get(example, "logs"), *expected = golden_get(example, "expected"),
                      *steps = golden_get(example, "steps_per_epoch");
    int64_t epoch = 0;
    pretend_event(training, list, HONE_EVENT_TRAIN_BEGIN, 0, NULL);
    for (; epoch < (int64_t)hone_internal_config_count(all) && !training->trainer.stopped; epoch++) {
        hone_logs logs = golden_logs(hone_internal_config_at(all, (size_t)epoch));
        training->trainer.epoch = epoch;
        pretend_event(training, list, HONE_EVENT_EPOCH_BEGIN, epoch, NULL);
        if (golden->during != NULL)
            golden->during(title, expected, training, epoch);
        for (int64_t batch = 0; steps != NULL && batch < hone_internal_config_as_integer(steps); batch++)
            pretend_event(training, list, HONE_EVENT_BATCH_END, batch, &logs);
        training->weight = (float)epoch;
        pretend_event(training, list, HONE_EVENT_EPOCH_END, epoch, &logs);
        if (golden->after != NULL)
            golden->after(title, expected, training, epoch);
    }
    pretend_event(training, list, HONE_EVENT_TRAIN_END, 0, &(hone_logs){0});
    return epoch;
}

static void golden_case(const golden_callback *golden, const hone_config *file, const hone_config *example)
{
    const char *title = golden_title(file, example);
    const hone_config *rate = golden_get(example, "learning_rate");
    if (golden->skipped != NULL &&
        strcmp(hone_internal_config_get_text(example, "case"), golden->skipped) == 0)
        return;
    pretended_training training;
    pretend_begin(&training, rate != NULL ? golden_callback_number(rate) : 0.1, 10);
    training.trainer.validates = golden->validates;
    hone_callback_list *list = pretend_list(golden_make(golden, golden_get(example, "arguments")));
    int64_t epochs = golden_epochs(golden, list, &training, example, title);
    if (golden->end != NULL)
        golden->end(title, golden_get(example, "expected"), &training, epochs);
    hone_callback_list_free(list);
    pretend_end(&training);
}

void check_callback_golden(const golden_callback *golden)
{
    hone_config *file = golden_open("callbacks", golden->name);
    const hone_config *cases = golden_cases(file);
    for (size_t i = 0; i < hone_internal_config_count(cases); i++)
        golden_case(golden, file, hone_internal_config_at(cases, i));
    hone_internal_config_free(file);
}
