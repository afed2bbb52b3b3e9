/* Optimizers: twenty steps of each with every option against Keras's numbers, their slots and settings, and what is refused. */
#include "base/memory.h"
#include "base/text.h"
#include "optimizers/optimizer.h"
#include "schedules/schedule.h"
#include "testing/golden.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { MOST_VARIABLES = 4 };

/* Variables under training: gradients go in, a plan for updates and one for batches that only accumulate are run. */
typedef struct training {
    hone_optimizer *optimizer;
    hone_variable *variables[MOST_VARIABLES];
    int count;
    golden_run runs[2]; /* by whether it updates */
    const char *table;
} training;

static void add_variable(training *bench, const char *name, const golden_tensor *start, const char *constraint) {
    hone_variable *variable = hone_internal_variable_create(name, start->shape, "zeros");
    assert_non_null(variable);
    variable->path = hone_internal_copy_text(name);
    variable->constraint = constraint != NULL ? hone_internal_copy_text(constraint) : NULL;
    assert_int_equal(hone_internal_variables_place(&variable, 1), HONE_OK);
    for (int64_t i = 0; i < start->count; i++) variable->data[i] = (float)start->values[i];
    bench->variables[bench->count++] = variable;
}

static void record(training *bench, bool update) {
    golden_run *run = &bench->runs[update];
    *run = golden_begin(bench->table, true);
    hone_value gradients[MOST_VARIABLES];
    for (int i = 0; i < bench->count; i++) {
        golden_tensor zeros = golden_filled(bench->variables[i]->shape, 0);
        gradients[i] = golden_input_of(run, &zeros);
        golden_tensor_free(&zeros);
    }
    if (hone_internal_optimizer_record(bench->optimizer, run->graph, gradients, update) < 0) fail_msg("%s", hone_error_message());
}

static void prepare(training *bench) {
    if (hone_internal_optimizer_build(bench->optimizer, bench->variables, bench->count) < 0) fail_msg("%s", hone_error_message());
    record(bench, false);
    record(bench, true);
}

static void step(training *bench, const golden_tensor *gradients) {
    golden_run *run = &bench->runs[hone_internal_optimizer_updates_next(bench->optimizer)];
    for (int i = 0; i < bench->count; i++)
        memcpy(run->data[i].values, gradients[i].values, (size_t)gradients[i].count * sizeof(double));
    hone_internal_optimizer_begin_step(bench->optimizer);
    golden_execute(run);
    hone_internal_optimizer_end_step(bench->optimizer);
}

static void finish(training *bench) {
    for (int update = 0; update < 2; update++) golden_end(&bench->runs[update]);
    hone_optimizer_free(bench->optimizer);
    for (int i = 0; i < bench->count; i++) hone_internal_variable_free(bench->variables[i]);
}

static golden_tensor of_variable(const hone_variable *variable) {
    golden_tensor tensor = golden_filled(variable->shape, 0);
    for (int64_t i = 0; i < tensor.count; i++) tensor.values[i] = (double)variable->data[i];
    return tensor;
}

static void check_variable(const char *title, const char *what, const hone_config *expected, const hone_variable *variable,
                           double tolerance) {
    golden_tensor wanted = golden_read(expected), received = of_variable(variable);
    golden_check(title, what, &wanted, &received, tolerance);
    golden_tensor_free(&wanted);
    golden_tensor_free(&received);
}

/* ---- golden files ---- */

static void check_weights(const char *title, const char *what, const hone_config *expected, const training *bench, double tolerance) {
    for (int i = 0; i < bench->count; i++) check_variable(title, what, expected->items[i], bench->variables[i], tolerance);
}

/* Keras's list begins with the count of batches and, without a schedule, the rate. */
static void check_slots(const char *title, const hone_config *slots, const training *bench, double tolerance) {
    const hone_optimizer *optimizer = bench->optimizer;
    size_t first = optimizer->schedule != NULL ? 1 : 2;
    assert_int_equal(golden_get(slots->items[0], "values")->items[0]->integer, hone_optimizer_iterations(optimizer));
    if (slots->count - first != hone_internal_optimizer_slot_count(optimizer))
        fail_msg("%s: %zu slots, not %zu", title, hone_internal_optimizer_slot_count(optimizer), slots->count - first);
    for (size_t i = first; i < slots->count; i++) {
        const hone_variable *slot = hone_internal_optimizer_slot_at(optimizer, i - first);
        const char *name = hone_internal_config_get_text(slots->items[i], "name");
        bool integer = hone_internal_config_get_text(slots->items[i], "dtype") != NULL;
        if (strcmp(slot->name, "row") != 0 && strcmp(slot->name, "column") != 0 && strstr(name, slot->name) == NULL)
            fail_msg("%s: slot %zu is \"%s\", not \"%s\"", title, i, slot->name, name);
        assert_int_equal(integer, hone_internal_optimizer_slot_is_integer(optimizer, i - first));
        check_variable(title, name, slots->items[i], slot, tolerance);
    }
}

static void exclude(hone_optimizer *optimizer, const hone_config *names) {
    const char *texts[MOST_VARIABLES] = {NULL};
    for (size_t i = 0; names != NULL && i < names->count; i++) texts[i] = names->items[i]->text;
    if (names != NULL) assert_int_equal(hone_optimizer_exclude_from_weight_decay(optimizer, texts), HONE_OK);
}

static training begin_case(const hone_config *file, const hone_config *example, const char *table) {
    training bench = {.table = table};
    hone_config *envelope = golden_envelope("keras.optimizers", hone_internal_config_get_text(file, "class"), golden_get(example, "arguments"));
    bench.optimizer = hone_internal_optimizer_from_config(envelope);
    hone_internal_config_free(envelope);
    if (bench.optimizer == NULL) fail_msg("%s: %s", golden_title(file, example), hone_error_message());
    exclude(bench.optimizer, golden_get(example, "exclude_from_weight_decay"));
    const hone_config *variables = golden_get(file, "variables");
    for (size_t i = 0; i < variables->count; i++) {
        golden_tensor start = golden_read(variables->items[i]);
        const char *constraint = i == 0 ? hone_internal_config_get_text(example, "constraint") : NULL;
        add_variable(&bench, hone_internal_config_get_text(variables->items[i], "name"), &start, constraint);
        golden_tensor_free(&start);
    }
    prepare(&bench);
    return bench;
}

static void check_case(const hone_config *file, const hone_config *example, const char *table) {
    const char *title = golden_title(file, example);
    double tolerance = golden_tolerance(file);
    const hone_config *checkpoints = golden_get(example, "checkpoints"), *gradients = golden_get(file, "gradients");
    training bench = begin_case(file, example, table);
    size_t next = 0;
    for (size_t i = 0; i < gradients->count; i++) {
        golden_tensor tensors[MOST_VARIABLES];
        for (int j = 0; j < bench.count; j++) tensors[j] = golden_read(gradients->items[i]->items[j]);
        step(&bench, tensors);
        for (int j = 0; j < bench.count; j++) golden_tensor_free(&tensors[j]);
        if (next == checkpoints->count || golden_get(checkpoints->items[next], "step")->integer != (int64_t)i + 1) continue;
        char what[32];
        snprintf(what, sizeof what, "after step %zu", i + 1);
        check_weights(title, what, golden_get(checkpoints->items[next++], "weights"), &bench, tolerance);
    }
    assert_int_equal(next, checkpoints->count);
    check_slots(title, golden_get(example, "slots"), &bench, tolerance);
    hone_internal_optimizer_finish(bench.optimizer);
    if (golden_get(example, "final_weights") != NULL)
        check_weights(title, "at the end", golden_get(example, "final_weights"), &bench, tolerance);
    finish(&bench);
}

static void check_file(void **state) {
    static const char *const tables[] = {"ref", NULL}; /* and the best */
    hone_config *file = golden_open("optimizers", *state);
    const hone_config *cases = golden_cases(file);
    for (size_t i = 0; i < cases->count; i++)
        for (int table = 0; table < 2; table++) check_case(file, cases->items[i], tables[table]);
    hone_internal_config_free(file);
}

int main(void) {
    char **names = golden_list("optimizers");
    struct CMUnitTest tests[64] = {{0}};
    size_t count = 0;
    for (char **name = names; *name != NULL && count < 40; name++)
        tests[count++] = (struct CMUnitTest){*name, check_file, NULL, NULL, *name};
    int failed = _cmocka_run_group_tests("optimizers", tests, count, NULL, NULL);
    golden_list_free(names);
    return failed;
}
