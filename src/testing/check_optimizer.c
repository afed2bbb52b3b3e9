/* For tests: everything that holds for every optimizer. */
#include "testing/check_optimizer.h"
#include "base/memory.h"
#include "base/random.h"
#include "base/text.h"
#include "model/model.h"

#include <hone/train.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- golden files ---- */

static void check_numbers(const char *title, const char *what, const hone_config *expected,
                          const hone_variable *variable, double tolerance)
{
    golden_tensor wanted = golden_read(expected), received = bench_numbers(variable);
    golden_check(title, what, &wanted, &received, tolerance);
    golden_tensor_free(&wanted);
    golden_tensor_free(&received);
}

static void check_weights(const char *title, const char *what, const hone_config *expected,
                          const optimizer_bench *bench, double tolerance)
{
    for (int i = 0; i < bench->count; i++)
        check_numbers(title, what, hone_internal_config_at(expected, (size_t)i), bench->variables[i],
                      tolerance);
}

/* Keras's list begins with the count of batches and, without a schedule, the rate. */
static void check_slots(const char *title, const hone_config *slots, const optimizer_bench *bench,
                        double tolerance)
{
    const hone_optimizer *optimizer = bench->optimizer;
    size_t first = optimizer->schedule != NULL ? 1 : 2;
    assert_int_equal(hone_internal_config_as_integer(
                         hone_internal_config_at(golden_get(hone_internal_config_at(slots, 0), "values"), 0)),
                     hone_optimizer_iterations(optimizer));
    if (hone_internal_config_count(slots) - first != hone_internal_optimizer_slot_count(optimizer))
        fail_msg("%s: %zu slots, not %zu", title, hone_internal_optimizer_slot_count(optimizer),
                 hone_internal_config_count(slots) - first);
    for (size_t i = first; i < hone_internal_config_count(slots); i++) {
        const hone_variable *slot = hone_internal_optimizer_slot_at(optimizer, i - first);
        const char *name = hone_internal_config_get_text(hone_internal_config_at(slots, i), "name");
        bool integer = hone_internal_config_get_text(hone_internal_config_at(slots, i), "dtype") != NULL;
        if (strcmp(slot->name, "row") != 0 && strcmp(slot->name, "column") != 0 &&
            strstr(name, slot->name) == NULL)
            fail_msg("%s: slot %zu is \"%s\", not \"%s\"", title, i, slot->name, name);
        assert_int_equal(integer, hone_internal_optimizer_slot_is_integer(optimizer, i - first));
        check_numbers(title, name, hone_internal_config_at(slots, i), slot, tolerance);
    }
}

static void exclude(hone_optimizer *optimizer, const hone_config *names)
{
    const char *texts[BENCH_VARIABLES] = {NULL};
    for (size_t i = 0; i < hone_internal_config_count(names); i++)
        texts[i] = hone_internal_config_text_at(names, i);
    if (names != NULL)
        assert_int_equal(hone_optimizer_exclude_from_weight_decay(optimizer, texts), HONE_OK);
}

static hone_optimizer *golden_optimizer(const hone_config *file, const hone_config *example)
{
    hone_config *envelope = golden_envelope("keras.optimizers", hone_internal_config_get_text(file, "class"),
                                            golden_get(example, "arguments"));
    hone_optimizer *optimizer = hone_internal_optimizer_from_config(envelope);
    hone_internal_config_free(envelope);
    if (optimizer == NULL)
        fail_msg("%s: %s", golden_title(file, example), hone_error_message());
    exclude(optimizer, golden_get(example, "exclude_from_weight_decay"));
    return optimizer;
}

static optimizer_bench begin_case(const hone_config *file, const hone_config *example, const char *table)
{
    optimizer_bench bench = bench_begin(golden_optimizer(file, example), table);
    const hone_config *variables = golden_get(file, "variables");
    for (size_t i = 0; i < hone_internal_config_count(variables); i++) {
        golden_tensor start = golden_read(hone_internal_config_at(variables, i));
        const char *constraint = i == 0 ? hone_internal_config_get_text(example, "constraint") : NULL;
        bench_add(&bench, hone_internal_config_get_text(hone_internal_config_at(variables, i), "name"),
                  &start, constraint);
        golden_tensor_free(&start);
    }
    bench_prepare(&bench);
    return bench;
}

static void step_by_file(optimizer_bench *bench, const hone_config *gradients)
{
    golden_tensor tensors[BENCH_VARIABLES];
    for (int j = 0; j < bench->count; j++)
        tensors[j] = golden_read(hone_internal_config_at(gradients, (size_t)j));
    bench_step(bench, tensors);
    for (int j = 0; j < bench->count; j++)
        golden_tensor_free(&tensors[j]);
}

/* The steps of a case in one table, whose bench stays for comparison. */
static optimizer_bench check_case(const hone_config *file, const hone_config *example, const char *table)
{
    const char *title = golden_title(file, example);
    double tolerance = golden_tolerance(file);
    const hone_config *checkpoints = golden_get(example, "checkpoints"),
                      *gradients = golden_get(file, "gradients");
    optimizer_bench bench = begin_case(file, example, table);
    size_t next = 0;
    for (size_t i = 0; i < hone_internal_config_count(gradients); i++) {
        step_by_file(&bench, hone_internal_config_at(gradients, i));
        if (next == hone_internal_config_count(checkpoints) ||
            hone_internal_config_as_integer(golden_get(hone_internal_config_at(checkpoints, next), "step")) !=
                (int64_t)i + 1)
            continue;
        char what[64];
        snprintf(what, sizeof what, "after step %zu [%s]", i + 1, table);
        check_weights(title, what, golden_get(hone_internal_config_at(checkpoints, next++), "weights"),
                      &bench, tolerance);
    }
    assert_int_equal(next, hone_internal_config_count(checkpoints));
    check_slots(title, golden_get(example, "slots"), &bench, tolerance);
    hone_internal_optimizer_finish(bench.optimizer);
    if (golden_get(example, "final_weights") != NULL)
        check_weights(title, "at the end", golden_get(example, "final_weights"), &bench, tolerance);
    return bench;
}

static void check_against_ref(const char *title, const optimizer_bench *expected,
                              const optimizer_bench *received)
{
    for (int i = 0; i < expected->count; i++) {
        golden_tensor a = bench_numbers(expected->variables[i]), b = bench_numbers(received->variables[i]);
        golden_check(title, received->table, &a, &b, 1e-5);
        golden_tensor_free(&a);
        golden_tensor_free(&b);
    }
}

static void check_case_in_tables(const hone_config *file, const hone_config *example)
{
    optimizer_bench expected = check_case(file, example, "ref");
    for (const char *const *table = hone_internal_kernels_names(); *table != NULL; table++) {
        optimizer_bench received = check_case(file, example, *table);
        check_against_ref(golden_title(file, example), &expected, &received);
        bench_end(&received);
    }
    bench_end(&expected);
}

/* ---- options ---- */

static bool is_given(const hone_config *cases, const hone_field *field)
{
    const char *key = field->key != NULL ? field->key : field->name;
    for (size_t i = 0; i < hone_internal_config_count(cases); i++)
        if (golden_get(golden_get(hone_internal_config_at(cases, i), "arguments"), key) != NULL)
            return true;
    return false;
}

static bool
is_apart(const hone_field *field) /* no number of Keras depends on it, or another field's cases have it */
{
    return field->kind == HONE_FIELD_SCHEDULE || strcmp(field->name, "name") == 0;
}

static void check_options_are_given(const hone_type *type, const hone_config *file)
{
    for (size_t i = 0; i < type->field_count; i++)
        if (!is_apart(&type->fields[i]) && !is_given(golden_cases(file), &type->fields[i]))
            fail_msg("%s: no golden case gives %s", type->name, type->fields[i].name);
}

static void check_number_refused(const hone_type *type, const hone_field *field, double number)
{
    char text[160];
    snprintf(text, sizeof text, field->kind == HONE_FIELD_INTEGER ? "%s(%s=%.0f)" : "%s(%s=%g)", type->name,
             field->name, number);
    check_optimizer_refused(text, HONE_ERROR_ARGUMENT, field->name);
}

static void check_bounds(const hone_type *type)
{
    for (size_t i = 0; i < type->field_count; i++) {
        const hone_field *field = &type->fields[i];
        if (!field->bounded || (field->kind != HONE_FIELD_NUMBER && field->kind != HONE_FIELD_INTEGER))
            continue;
        if (isfinite(field->lowest))
            check_number_refused(type, field, field->lowest - (field->open_below ? 0 : 1));
        if (isfinite(field->highest))
            check_number_refused(type, field, field->highest + (field->open_above ? 0 : 1));
    }
    char text[160];
    snprintf(text, sizeof text, "%s(learning_rate=-0.1)", type->name);
    check_optimizer_refused(text, HONE_ERROR_ARGUMENT, "learning_rate must be");
}

void check_optimizer_refused(const char *text, hone_status status, const char *part)
{
    hone_error_clear();
    hone_optimizer *optimizer = hone_optimizer_from_text(text);
    if (optimizer != NULL)
        fail_msg("%s is not refused", text);
    if (hone_error_status() != status || strstr(hone_error_message(), part) == NULL)
        fail_msg("%s: \"%s\" does not mention \"%s\"", text, hone_error_message(), part);
    hone_error_clear();
}

/* ---- uses ---- */

static hone_optimizer *make(const char *text)
{
    hone_optimizer *optimizer = hone_optimizer_from_text(text);
    if (optimizer == NULL)
        fail_msg("%s: %s", text, hone_error_message());
    return optimizer;
}

static void check_config(const char *text)
{
    hone_optimizer *optimizer = make(text);
    hone_config *envelope = hone_internal_optimizer_to_config(optimizer);
    hone_optimizer *read = hone_internal_optimizer_from_config(envelope);
    hone_config *again = read == NULL ? NULL : hone_internal_optimizer_to_config(read);
    if (again == NULL)
        fail_msg("%s: %s", text, hone_error_message());
    assert_ptr_equal(read->type, optimizer->type);
    if (!hone_internal_config_equal(envelope, again))
        fail_msg("%s: written, read and written it differs", text);
    hone_internal_config_free(envelope);
    hone_internal_config_free(again);
    hone_optimizer_free(read);
    hone_optimizer_free(optimizer);
}

/* Weights and gradients of all ranks: a number of its own for each place. */
static golden_tensor drawn(hone_shape shape, uint64_t stream)
{
    golden_tensor tensor = golden_filled(shape, 0);
    hone_random random = hone_internal_random(23, stream, 0);
    for (int64_t i = 0; i < tensor.count; i++)
        tensor.values[i] = (double)(float)(2 * hone_internal_random_uniform(&random, (uint64_t)i) - 1);
    return tensor;
}

static void check_shapes(const char *text)
{
    static const hone_shape shapes[BENCH_VARIABLES] = {{.rank = 2, .size = {7, 2}},
                                                       {.rank = 2, .size = {2, 7}},
                                                       {.rank = 3, .size = {3, 2, 4}},
                                                       {.rank = 0}};
    optimizer_bench bench = bench_begin(make(text), NULL);
    for (int i = 0; i < BENCH_VARIABLES; i++)
        bench_add_filled(&bench, "weight", shapes[i], 0.5, NULL);
    bench_prepare(&bench);
    for (int repeat = 0; repeat < 4; repeat++)
        bench_step_with(&bench, 1);
    for (int i = 0; i < bench.count; i++)
        for (int64_t k = 0; k < hone_internal_variable_count(bench.variables[i]); k++)
            if (!(hone_internal_variable_data(bench.variables[i])[k] < 0.5f))
                fail_msg("%s: element %lld of weight %d did not fall", text, (long long)k, i);
    bench_end(&bench);
}

/* Weights of zeros and gradients of zeros: nothing is divided by 0. */
static void check_zeros(const char *text)
{
    static const double gradients[] = {0, 0, 0, 1};
    optimizer_bench bench = bench_begin(make(text), NULL);
    bench_add_filled(&bench, "kernel", HONE_SHAPE(3, 2), 0, NULL);
    bench_add_filled(&bench, "bias", HONE_SHAPE(2), 0, NULL);
    bench_prepare(&bench);
    for (size_t i = 0; i < sizeof gradients / sizeof *gradients; i++)
        bench_step_with(&bench, gradients[i]);
    for (int i = 0; i < bench.count; i++)
        for (int64_t k = 0; k < hone_internal_variable_count(bench.variables[i]); k++)
            if (!isfinite((double)hone_internal_variable_data(bench.variables[i])[k]))
                fail_msg("%s: a weight is not finite after gradients of zero", text);
    bench_end(&bench);
}

/* ---- threads ---- */

/* Large enough for many tiles, every phase run by the team. */
static optimizer_bench train_by_threads(const char *text, int threads)
{
    optimizer_bench bench = bench_begin(make(text), NULL);
    golden_tensor kernel = drawn(HONE_SHAPE(150, 140), 1), bias = drawn(HONE_SHAPE(140), 2),
                  gradients[2] = {drawn(HONE_SHAPE(150, 140), 3), drawn(HONE_SHAPE(140), 4)};
    bench_add(&bench, "kernel", &kernel, NULL);
    bench_add(&bench, "bias", &bias, NULL);
    bench_prepare(&bench);
    hone_team *team = threads > 1 ? hone_internal_team_acquire(threads) : NULL;
    for (int step = 0; step < 3; step++)
        for (int update = 0; update < 2; update++)
            bench_step_by_team(&bench, gradients, team, 3);
    hone_internal_team_release(team);
    golden_tensor_free(&kernel);
    golden_tensor_free(&bias);
    for (int i = 0; i < 2; i++)
        golden_tensor_free(&gradients[i]);
    return bench;
}

static bool same_bits(const hone_variable *a, const hone_variable *b)
{
    return memcmp(hone_internal_variable_data(a), hone_internal_variable_data(b),
                  (size_t)hone_internal_variable_count(a) * sizeof(float)) == 0;
}

static void check_slot_bits(const char *text, const hone_optimizer *a, const hone_optimizer *b,
                            const char *what)
{
    assert_int_equal(a->iterations, b->iterations);
    assert_int_equal(a->slot_count, b->slot_count);
    for (size_t i = 0; i < a->slot_count; i++)
        if (!same_bits(a->slots[i].variable, b->slots[i].variable))
            fail_msg("%s: %s: slot %s has other bits", text, what, a->slots[i].variable->name);
}

static void check_threads(const char *text)
{
    optimizer_bench one = train_by_threads(text, 1);
    for (int threads = 2; threads <= 3; threads++) {
        optimizer_bench several = train_by_threads(text, threads);
        check_slot_bits(text, one.optimizer, several.optimizer, "several threads");
        for (int i = 0; i < one.count; i++)
            if (!same_bits(one.variables[i], several.variables[i]))
                fail_msg("%s: with %d threads weight %d has other bits", text, threads, i);
        bench_end(&several);
    }
    bench_end(&one);
}

/* ---- files ---- */

#ifndef HONE_CORE_ONLY
static hone_model *make_model(const char *text)
{
    hone_model *model = hone_sequential(hone_input(3), hone_dense(4, .activation = "tanh"), hone_dense(1));
    if (hone_compile(model, .optimizer = make(text), .loss = "mse") < 0)
        fail_msg("%s: %s", text, hone_error_message());
    return model;
}

static void train(hone_model *model, int steps)
{
    float x[5][3], y[5][1];
    for (int step = 0; step < steps; step++) {
        for (int i = 0; i < 15; i++)
            x[i / 3][i % 3] = (float)sin(i + step);
        for (int i = 0; i < 5; i++)
            y[i][0] = (float)cos(i * i);
        hone_batch batch = {.x = {hone_array_view(x, HONE_FLOAT32, 2, (int64_t[]){5, 3})},
                            .y = {hone_array_view(y, HONE_FLOAT32, 2, (int64_t[]){5, 1})}};
        if (hone_train_on_batch(model, &batch, NULL) < 0)
            fail_msg("%s", hone_error_message());
    }
}

static hone_model *save_and_load(const char *text, hone_model *model)
{
    char path[] = "/tmp/hone-optimizer-XXXXXX.keras";
    int file = mkstemps(path, 6);
    assert_true(file >= 0);
    close(file);
    hone_model *loaded = hone_save(model, path) < 0 ? NULL : hone_load(path);
    unlink(path);
    if (loaded == NULL)
        fail_msg("%s: %s", text, hone_error_message());
    return loaded;
}

static void check_models(const char *text, const hone_model *a, const hone_model *b, const char *what)
{
    check_slot_bits(text, hone_model_optimizer(a), hone_model_optimizer(b), what);
    for (int i = 0; i < hone_model_weight_count(a); i++)
        if (!same_bits(hone_model_weight(a, i), hone_model_weight(b, i)))
            fail_msg("%s: %s: weight %d has other bits", text, what, i);
}

/* What is trained, saved, loaded and trained is what is trained without a stop. */
static void check_files(const char *text)
{
    hone_model *model = make_model(text);
    train(model, 3);
    hone_model *loaded = save_and_load(text, model);
    check_models(text, model, loaded, "saved and loaded");
    train(model, 3);
    train(loaded, 3);
    check_models(text, model, loaded, "saved, loaded and trained");
    hone_model_free(model);
    hone_model_free(loaded);
}
#else
static void check_files(const char *text)
{
    (void)text; /* the core has no model files */
}
#endif

/* ---- failing allocations ---- */

static hone_status try_all(const char *text, optimizer_bench *bench, hone_graph *graph,
                           const hone_value *inputs)
{
    hone_value gradients[2] = {inputs[0], inputs[1]};
    bench->optimizer = hone_optimizer_from_text(text);
    if (bench->optimizer == NULL)
        return hone_error_status();
    HONE_TRY(hone_internal_optimizer_build(bench->optimizer, bench->variables, bench->count));
    HONE_TRY(hone_internal_optimizer_record(bench->optimizer, graph, gradients, true));
    hone_config *config = hone_internal_optimizer_to_config(bench->optimizer);
    hone_internal_config_free(config);
    return config == NULL ? hone_error_status() : HONE_OK;
}

/* Creating, making the slots, recording and writing down, with the allocation of this number failing. */
static hone_status try_with_failure(const char *text, int64_t number)
{
    optimizer_bench bench = {.count = 0};
    bench_add_filled(&bench, "kernel", HONE_SHAPE(3, 2), 0, "max_norm(1)");
    bench_add_filled(&bench, "bias", HONE_SHAPE(2), 0, NULL);
    hone_graph *graph = hone_internal_graph_create(true, false);
    hone_value inputs[2];
    for (int i = 0; i < 2; i++)
        inputs[i] = hone_internal_graph_input(graph, bench.variables[i]->shape, "gradient");
    hone_internal_fail_allocations_after(number);
    hone_status status = try_all(text, &bench, graph, inputs);
    hone_internal_fail_allocations_after(-1);
    hone_internal_graph_free(graph);
    bench_end(&bench);
    return status;
}

static void check_allocations(const char *text)
{
    enum { MOST = 5000 };
    int64_t before = hone_internal_blocks_in_use();
    for (int64_t n = 0; n < MOST; n++) {
        hone_status status = try_with_failure(text, n);
        if (hone_internal_blocks_in_use() != before)
            fail_msg("%s: blocks are left when allocation %lld fails", text, (long long)n);
        if (status >= 0)
            return;
        if (status != HONE_ERROR_MEMORY)
            fail_msg("%s: allocation %lld: %s", text, (long long)n, hone_error_message());
    }
    fail_msg("%s: more than %d allocations", text, MOST);
}

void check_optimizer_use(const char *text)
{
    check_config(text);
    check_files(text);
    check_threads(text);
    check_shapes(text);
    check_zeros(text);
    check_allocations(text);
}

void check_optimizer(const optimizer_example *example)
{
    hone_config *file = golden_open("optimizers", example->golden);
    const hone_config *cases = golden_cases(file);
    const hone_type *type =
        hone_internal_type_find("optimizer", hone_internal_config_get_text(file, "class"));
    assert_non_null(type);
    check_options_are_given(type, file);
    check_bounds(type);
    for (size_t i = 0; i < hone_internal_config_count(cases); i++)
        check_case_in_tables(file, hone_internal_config_at(cases, i));
    for (int i = 0; i < CHECK_OPTIMIZER_USES && example->uses[i] != NULL; i++)
        check_optimizer_use(example->uses[i]);
    hone_internal_config_free(file);
}
