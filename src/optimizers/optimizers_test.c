/* Optimizers: twenty steps of each with every option against Keras's numbers, their slots and settings, and
 * what is refused. */
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

/* Variables under training: gradients go in, a plan for updates and one for batches that only accumulate are
 * run. */
typedef struct training {
    hone_optimizer *optimizer;
    hone_variable *variables[MOST_VARIABLES];
    int count;
    golden_run runs[2]; /* by whether it updates */
    const char *table;
} training;

static void add_variable(training *bench, const char *name, const golden_tensor *start,
                         const char *constraint)
{
    hone_variable *variable = hone_internal_variable_create(name, start->shape, "zeros");
    assert_non_null(variable);
    variable->path = hone_internal_copy_text(name);
    variable->constraint = constraint != NULL ? hone_internal_copy_text(constraint) : NULL;
    assert_int_equal(hone_internal_variables_place(&variable, 1), HONE_OK);
    for (int64_t i = 0; i < start->count; i++)
        variable->data[i] = (float)start->values[i];
    bench->variables[bench->count++] = variable;
}

static void record(training *bench, bool update)
{
    golden_run *run = &bench->runs[update];
    *run = golden_begin(bench->table, true);
    hone_value gradients[MOST_VARIABLES];
    for (int i = 0; i < bench->count; i++) {
        golden_tensor zeros = golden_filled(bench->variables[i]->shape, 0);
        gradients[i] = golden_input_of(run, &zeros);
        golden_tensor_free(&zeros);
    }
    if (hone_internal_optimizer_record(bench->optimizer, run->graph, gradients, update) < 0)
        fail_msg("%s", hone_error_message());
}

static void prepare(training *bench)
{
    if (hone_internal_optimizer_build(bench->optimizer, bench->variables, bench->count) < 0)
        fail_msg("%s", hone_error_message());
    record(bench, false);
    record(bench, true);
}

static void step(training *bench, const golden_tensor *gradients)
{
    golden_run *run = &bench->runs[hone_internal_optimizer_updates_next(bench->optimizer)];
    for (int i = 0; i < bench->count; i++)
        memcpy(run->data[i].values, gradients[i].values, (size_t)gradients[i].count * sizeof(double));
    hone_internal_optimizer_begin_step(bench->optimizer);
    golden_execute(run);
    hone_internal_optimizer_end_step(bench->optimizer);
}

static void finish(training *bench)
{
    for (int update = 0; update < 2; update++)
        golden_end(&bench->runs[update]);
    hone_optimizer_free(bench->optimizer);
    for (int i = 0; i < bench->count; i++)
        hone_internal_variable_free(bench->variables[i]);
}

static golden_tensor of_variable(const hone_variable *variable)
{
    golden_tensor tensor = golden_filled(variable->shape, 0);
    for (int64_t i = 0; i < tensor.count; i++)
        tensor.values[i] = (double)variable->data[i];
    return tensor;
}

static void check_variable(const char *title, const char *what, const hone_config *expected,
                           const hone_variable *variable, double tolerance)
{
    golden_tensor wanted = golden_read(expected), received = of_variable(variable);
    golden_check(title, what, &wanted, &received, tolerance);
    golden_tensor_free(&wanted);
    golden_tensor_free(&received);
}

/* ---- golden files ---- */

static void check_weights(const char *title, const char *what, const hone_config *expected,
                          const training *bench, double tolerance)
{
    for (int i = 0; i < bench->count; i++)
        check_variable(title, what, expected->items[i], bench->variables[i], tolerance);
}

/* Keras's list begins with the count of batches and, without a schedule, the rate. */
static void check_slots(const char *title, const hone_config *slots, const training *bench, double tolerance)
{
    const hone_optimizer *optimizer = bench->optimizer;
    size_t first = optimizer->schedule != NULL ? 1 : 2;
    assert_int_equal(golden_get(slots->items[0], "values")->items[0]->integer,
                     hone_optimizer_iterations(optimizer));
    if (slots->count - first != hone_internal_optimizer_slot_count(optimizer))
        fail_msg("%s: %zu slots, not %zu", title, hone_internal_optimizer_slot_count(optimizer),
                 slots->count - first);
    for (size_t i = first; i < slots->count; i++) {
        const hone_variable *slot = hone_internal_optimizer_slot_at(optimizer, i - first);
        const char *name = hone_internal_config_get_text(slots->items[i], "name");
        bool integer = hone_internal_config_get_text(slots->items[i], "dtype") != NULL;
        if (strcmp(slot->name, "row") != 0 && strcmp(slot->name, "column") != 0 &&
            strstr(name, slot->name) == NULL)
            fail_msg("%s: slot %zu is \"%s\", not \"%s\"", title, i, slot->name, name);
        assert_int_equal(integer, hone_internal_optimizer_slot_is_integer(optimizer, i - first));
        check_variable(title, name, slots->items[i], slot, tolerance);
    }
}

static void exclude(hone_optimizer *optimizer, const hone_config *names)
{
    const char *texts[MOST_VARIABLES] = {NULL};
    for (size_t i = 0; names != NULL && i < names->count; i++)
        texts[i] = names->items[i]->text;
    if (names != NULL)
        assert_int_equal(hone_optimizer_exclude_from_weight_decay(optimizer, texts), HONE_OK);
}

static training begin_case(const hone_config *file, const hone_config *example, const char *table)
{
    training bench = {.table = table};
    hone_config *envelope = golden_envelope("keras.optimizers", hone_internal_config_get_text(file, "class"),
                                            golden_get(example, "arguments"));
    bench.optimizer = hone_internal_optimizer_from_config(envelope);
    hone_internal_config_free(envelope);
    if (bench.optimizer == NULL)
        fail_msg("%s: %s", golden_title(file, example), hone_error_message());
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

static void check_case(const hone_config *file, const hone_config *example, const char *table)
{
    const char *title = golden_title(file, example);
    double tolerance = golden_tolerance(file);
    const hone_config *checkpoints = golden_get(example, "checkpoints"),
                      *gradients = golden_get(file, "gradients");
    training bench = begin_case(file, example, table);
    size_t next = 0;
    for (size_t i = 0; i < gradients->count; i++) {
        golden_tensor tensors[MOST_VARIABLES];
        for (int j = 0; j < bench.count; j++)
            tensors[j] = golden_read(gradients->items[i]->items[j]);
        step(&bench, tensors);
        for (int j = 0; j < bench.count; j++)
            golden_tensor_free(&tensors[j]);
        if (next == checkpoints->count ||
            golden_get(checkpoints->items[next], "step")->integer != (int64_t)i + 1)
            continue;
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

static void check_file(void **state)
{
    static const char *const tables[] = {"ref", NULL}; /* and the best */
    hone_config *file = golden_open("optimizers", *state);
    const hone_config *cases = golden_cases(file);
    for (size_t i = 0; i < cases->count; i++)
        for (int table = 0; table < 2; table++)
            check_case(file, cases->items[i], tables[table]);
    hone_internal_config_free(file);
}

/* ---- settings ---- */

static void assert_failed(const void *object, hone_status status, const char *sentence)
{
    if (object != NULL)
        fail_msg("accepted, where \"%s\" was expected", sentence);
    if (hone_error_status() != status || strstr(hone_error_message(), sentence) == NULL)
        fail_msg("\"%s\" in place of \"%s\"", hone_error_message(), sentence);
    hone_error_clear();
}

static void refuses_nonsense(void **state)
{
    (void)state;
    int64_t before = hone_internal_blocks_in_use();
    assert_failed(hone_optimizer_from_text("adan"), HONE_ERROR_NAME, "adam");
    assert_failed(hone_optimizer_from_text("adam(learning_rat=1)"), HONE_ERROR_NAME, "learning_rate");
    assert_failed(hone_optimizer_from_text("none"), HONE_ERROR_ARGUMENT, "an optimizer is wanted");
    assert_failed(hone_optimizer_from_text("adamw(weight_decay=none)"), HONE_ERROR_ARGUMENT, "weight_decay");
    assert_failed(hone_adam(.learning_rate = -1), HONE_ERROR_ARGUMENT, "learning_rate");
    assert_failed(hone_adam(.beta_1 = 1), HONE_ERROR_ARGUMENT,
                  "beta_1 must be at least 0 and below 1, not 1");
    assert_failed(hone_sgd(.momentum = 2), HONE_ERROR_ARGUMENT, "momentum must be between 0 and 1");
    assert_failed(hone_sgd(.clipnorm = 1, .clipvalue = 1), HONE_ERROR_ARGUMENT, "only one of");
    assert_failed(hone_sgd(.clipnorm = 0), HONE_ERROR_ARGUMENT, "clipnorm must be above 0");
    assert_failed(hone_sgd(.gradient_accumulation_steps = 1), HONE_ERROR_ARGUMENT,
                  "gradient_accumulation_steps must be at least 2");
    assert_failed(hone_ftrl(.learning_rate_power = 0.5), HONE_ERROR_ARGUMENT, "learning_rate_power");
    assert_int_equal(hone_internal_blocks_in_use(), before);
}

static void all_are_made_by_name_and_call(void **state)
{
    (void)state;
    hone_optimizer *made[] = {hone_sgd(),     hone_adam(),
                              hone_adamw(),   hone_rmsprop(),
                              hone_adamax(),  hone_nadam(),
                              hone_adagrad(), hone_adadelta(),
                              hone_ftrl(),    hone_lion(),
                              hone_lamb(),    hone_adafactor(),
                              hone_muon(),    hone_schedule_free_adamw()};
    for (size_t i = 0; i < sizeof made / sizeof *made; i++) {
        if (made[i] == NULL)
            fail_msg("%s", hone_error_message());
        const hone_type *type = &made[i]->type->type;
        hone_optimizer *named = hone_optimizer_from_text(type->class_name);
        assert_non_null(named);
        assert_ptr_equal(named->type, made[i]->type);
        assert_true(hone_internal_fields_equal(type, named->args, made[i]->args));
        hone_config *config = hone_internal_optimizer_to_config(named);
        hone_optimizer *again = hone_internal_optimizer_from_config(config);
        assert_non_null(again);
        assert_true(fabs(again->learning_rate - named->learning_rate) < 1e-9);
        hone_internal_config_free(config);
        hone_optimizer_free(again);
        hone_optimizer_free(named);
        hone_optimizer_free(made[i]);
    }
}

static void the_rate_can_be_set(void **state)
{
    (void)state;
    hone_optimizer *optimizer = hone_sgd(.learning_rate = 0.5);
    assert_true(hone_optimizer_learning_rate(optimizer) == 0.5);
    assert_int_equal(hone_optimizer_set_learning_rate(optimizer, 0.25), HONE_OK);
    assert_true(hone_optimizer_learning_rate(optimizer) == 0.25);
    assert_int_equal(hone_optimizer_set_learning_rate(optimizer, (double)NAN), HONE_ERROR_ARGUMENT);
    assert_int_equal(hone_optimizer_set_learning_rate(optimizer, -1), HONE_ERROR_ARGUMENT);
    assert_int_equal(hone_internal_optimizer_set_momentum(optimizer, 0.5), HONE_OK);
    hone_error_clear();
    hone_optimizer_free(optimizer);
    optimizer = hone_adafactor();
    assert_int_equal(hone_internal_optimizer_set_momentum(optimizer, 0.5), HONE_ERROR_STATE);
    hone_error_clear();
    hone_optimizer_free(optimizer);
}

/* ---- life ---- */

static void add_filled(training *bench, const char *name, hone_shape shape, double number,
                       const char *constraint)
{
    golden_tensor start = golden_filled(shape, number);
    add_variable(bench, name, &start, constraint);
    golden_tensor_free(&start);
}

static void step_with(training *bench, double number)
{
    golden_tensor gradients[MOST_VARIABLES];
    for (int i = 0; i < bench->count; i++)
        gradients[i] = golden_filled(bench->variables[i]->shape, number);
    step(bench, gradients);
    for (int i = 0; i < bench->count; i++)
        golden_tensor_free(&gradients[i]);
}

static void is_built_once(void **state)
{
    (void)state;
    training bench = {.optimizer = hone_adam()};
    add_filled(&bench, "a", HONE_SHAPE(2), 1, NULL);
    add_filled(&bench, "b", HONE_SHAPE(3), 1, NULL);
    assert_int_equal(hone_internal_optimizer_build(bench.optimizer, bench.variables, 1), HONE_OK);
    assert_int_equal(hone_internal_optimizer_build(bench.optimizer, bench.variables, 1), HONE_OK);
    assert_int_equal(hone_internal_optimizer_slot_count(bench.optimizer), 2);
    assert_int_equal(hone_internal_optimizer_build(bench.optimizer, bench.variables, 2), HONE_ERROR_STATE);
    const char *const names[] = {"b", NULL};
    assert_int_equal(hone_optimizer_exclude_from_weight_decay(bench.optimizer, names), HONE_ERROR_STATE);
    hone_error_clear();
    finish(&bench);
}

/* The averages overwrite the weights before the constraint is applied, as in Keras. */
static void averages_come_before_constraints(void **state)
{
    (void)state;
    training bench = {.optimizer = hone_sgd(.learning_rate = 1, .use_ema = true, .ema_momentum = 0.5,
                                            .ema_overwrite_frequency = 2)};
    add_filled(&bench, "w", HONE_SHAPE(1), 4, "max_norm(3)");
    prepare(&bench);
    step_with(&bench, 0); /* average 4, w cut to 3 */
    assert_true(fabs((double)bench.variables[0]->data[0] - 3) < 1e-5);
    step_with(&bench, -4); /* w 7, average 5.5, w 5.5, cut to 3 */
    assert_true(fabs((double)bench.variables[0]->data[0] - 3) < 1e-5);
    assert_true(fabs((double)hone_internal_optimizer_slot_at(bench.optimizer, 0)->data[0] - 5.5) < 1e-5);
    assert_int_equal(hone_internal_optimizer_swap_averages(bench.optimizer), HONE_OK);
    assert_true(fabs((double)bench.variables[0]->data[0] - 5.5) < 1e-5);
    finish(&bench);
}

/* Weights of zeros, gradients of zeros: nothing is divided by 0. */
static void zeros_stay_finite(void **state)
{
    (void)state;
    for (size_t i = 0; hone_internal_type_at("optimizer", i) != NULL; i++) {
        const hone_optimizer_type *type = (const hone_optimizer_type *)hone_internal_type_at("optimizer", i);
        training bench = {.optimizer = hone_optimizer_create(type, NULL)};
        add_filled(&bench, "kernel", HONE_SHAPE(3, 2), 0, NULL);
        add_filled(&bench, "bias", HONE_SHAPE(2), 0, NULL);
        prepare(&bench);
        for (int repeat = 0; repeat < 3; repeat++)
            step_with(&bench, 0);
        step_with(&bench, 1);
        for (int j = 0; j < bench.count; j++)
            for (int64_t k = 0; k < hone_internal_variable_count(bench.variables[j]); k++)
                if (!isfinite((double)bench.variables[j]->data[k]))
                    fail_msg("%s: %s is not finite", type->type.name, bench.variables[j]->name);
        finish(&bench);
    }
}

/* A tall, a wide and a stacked weight in one optimizer that composes operations. */
static void other_shapes_work(void **state)
{
    (void)state;
    const char *const specs[] = {"adafactor(0.1)", "muon(0.1)", "lamb(0.1)", "schedule_free_adamw(0.1)"};
    for (size_t i = 0; i < sizeof specs / sizeof *specs; i++) {
        training bench = {.optimizer = hone_optimizer_from_text(specs[i])};
        add_filled(&bench, "tall", HONE_SHAPE(7, 2), 0.5, NULL);
        add_filled(&bench, "wide", HONE_SHAPE(2, 7), 0.5, NULL);
        add_filled(&bench, "stacked", HONE_SHAPE(3, 2, 4), 0.5, NULL);
        add_filled(&bench, "number", (hone_shape){.rank = 0}, 0.5, NULL);
        prepare(&bench);
        step_with(&bench, 1);
        step_with(&bench, 1);
        for (int j = 0; j < bench.count; j++)
            for (int64_t k = 0; k < hone_internal_variable_count(bench.variables[j]); k++)
                if (!(bench.variables[j]->data[k] < 0.5f))
                    fail_msg("%s: %s did not fall", specs[i], bench.variables[j]->name);
        finish(&bench);
    }
}

static void embeddings_move_by_adam(void **state)
{
    (void)state;
    training bench = {.optimizer = hone_muon(.exclude_layers = {"^head/"})};
    add_filled(&bench, "my_Embedding/embeddings", HONE_SHAPE(4, 2), 0, NULL);
    add_filled(&bench, "head/kernel", HONE_SHAPE(4, 2), 0, NULL);
    add_filled(&bench, "overhead/kernel", HONE_SHAPE(4, 2), 0, NULL);
    assert_int_equal(hone_internal_optimizer_build(bench.optimizer, bench.variables, bench.count), HONE_OK);
    assert_non_null(hone_optimizer_slot(bench.optimizer, 0, 1));
    assert_non_null(hone_optimizer_slot(bench.optimizer, 1, 1));
    assert_null(hone_optimizer_slot(bench.optimizer, 2, 1));
    finish(&bench);
    bench = (training){.optimizer = hone_muon(.exclude_layers = {"("})};
    add_filled(&bench, "kernel", HONE_SHAPE(4, 2), 0, NULL);
    assert_int_equal(hone_internal_optimizer_build(bench.optimizer, bench.variables, bench.count),
                     HONE_ERROR_ARGUMENT);
    hone_error_clear();
    finish(&bench);
}

/* Variables without a gradient keep their values; without any gradient nothing happens. */
static void missing_gradients_are_passed_over(void **state)
{
    (void)state;
    training bench = {.optimizer = hone_sgd(.learning_rate = 0.5, .global_clipnorm = 1)};
    add_filled(&bench, "a", HONE_SHAPE(2), 1, NULL);
    add_filled(&bench, "b", HONE_SHAPE(2), 1, NULL);
    assert_int_equal(hone_internal_optimizer_build(bench.optimizer, bench.variables, 2), HONE_OK);
    golden_run *run = &bench.runs[1];
    *run = golden_begin("ref", true);
    golden_tensor gradient = golden_filled(HONE_SHAPE(2), 1);
    hone_value gradients[2] = {HONE_NO_VALUE, golden_input_of(run, &gradient)};
    assert_int_equal(hone_internal_optimizer_record(bench.optimizer, run->graph, gradients, true), HONE_OK);
    hone_internal_optimizer_begin_step(bench.optimizer);
    golden_execute(run);
    assert_true(bench.variables[0]->data[0] == 1);
    assert_true(fabs((double)bench.variables[1]->data[0] - (1 - 0.5 / sqrt(2))) < 1e-6);
    golden_tensor_free(&gradient);
    finish(&bench);
}

/* No crash and no leak, whichever allocation fails. */
static void survives_failing_allocations(void **state)
{
    (void)state;
    const char *const specs[] = {"adam(amsgrad=true, use_ema=true, gradient_accumulation_steps=2)",
                                 "adafactor(clipnorm=1)", "muon"};
    for (size_t i = 0; i < sizeof specs / sizeof *specs; i++) {
        int64_t before = hone_internal_blocks_in_use();
        bool complete = false;
        for (int64_t allowed = 0; !complete && allowed < 2000; allowed++) {
            training bench = {.count = 0};
            add_filled(&bench, "kernel", HONE_SHAPE(3, 2), 0, "max_norm(1)");
            hone_graph *graph = hone_internal_graph_create(true, false);
            hone_value gradient = hone_internal_graph_input(graph, HONE_SHAPE(3, 2), "gradient");
            hone_internal_fail_allocations_after(allowed);
            bench.optimizer = hone_optimizer_from_text(specs[i]);
            hone_status status = bench.optimizer == NULL
                                     ? hone_error_status()
                                     : hone_internal_optimizer_build(bench.optimizer, bench.variables, 1);
            if (status >= 0)
                status = hone_internal_optimizer_record(bench.optimizer, graph, &gradient, true);
            complete = hone_internal_fail_allocations_after(-1) <= allowed;
            assert_int_equal(status, complete ? HONE_OK : HONE_ERROR_MEMORY);
            hone_internal_graph_free(graph);
            finish(&bench);
        }
        hone_error_clear();
        assert_true(complete);
        assert_int_equal(hone_internal_blocks_in_use(), before);
    }
}

int main(void)
{
    const struct CMUnitTest own[] = {
        cmocka_unit_test(refuses_nonsense),
        cmocka_unit_test(all_are_made_by_name_and_call),
        cmocka_unit_test(the_rate_can_be_set),
        cmocka_unit_test(is_built_once),
        cmocka_unit_test(averages_come_before_constraints),
        cmocka_unit_test(zeros_stay_finite),
        cmocka_unit_test(other_shapes_work),
        cmocka_unit_test(embeddings_move_by_adam),
        cmocka_unit_test(missing_gradients_are_passed_over),
        cmocka_unit_test(survives_failing_allocations),
    };
    enum { MOST_TESTS = 64, OWN_TESTS = sizeof own / sizeof *own };
    struct CMUnitTest tests[MOST_TESTS] = {{0}};
    memcpy(tests, own, sizeof own);
    size_t count = OWN_TESTS;
    char **names = golden_list("optimizers");
    for (char **name = names; *name != NULL && count < MOST_TESTS; name++)
        tests[count++] = (struct CMUnitTest){*name, check_file, NULL, NULL, *name};
    int failed = _cmocka_run_group_tests("optimizers", tests, count, NULL, NULL);
    golden_list_free(names);
    return failed;
}
