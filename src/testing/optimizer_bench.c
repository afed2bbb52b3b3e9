/* For tests: variables under training. */
#include "testing/optimizer_bench.h"
#include "base/text.h"

#include <string.h>

optimizer_bench bench_begin(hone_optimizer *optimizer, const char *table)
{
    if (optimizer == NULL)
        fail_msg("%s", hone_error_message());
    return (optimizer_bench){.optimizer = optimizer, .table = table};
}

void bench_add(optimizer_bench *bench, const char *name, const golden_tensor *start, const char *constraint)
{
    hone_variable *variable = hone_internal_variable_create(name, start->shape, "zeros");
    assert_non_null(variable);
    variable->path = hone_internal_copy_text(name);
    variable->constraint = constraint != NULL ? hone_internal_copy_text(constraint) : NULL;
    assert_int_equal(hone_internal_variables_place(&variable, 1), HONE_OK);
    for (int64_t i = 0; i < start->count; i++)
        hone_internal_variable_data(variable)[i] = (float)start->values[i];
    bench->variables[bench->count++] = variable;
}

void bench_add_filled(optimizer_bench *bench, const char *name, hone_shape shape, double number,
                      const char *constraint)
{
    golden_tensor start = golden_filled(shape, number);
    bench_add(bench, name, &start, constraint);
    golden_tensor_free(&start);
}

static void record(optimizer_bench *bench, bool update)
{
    golden_run *run = &bench->runs[update];
    *run = golden_begin(bench->table, true);
    hone_value gradients[BENCH_VARIABLES];
    for (int i = 0; i < bench->count; i++) {
        golden_tensor zeros = golden_filled(bench->variables[i]->shape, 0);
        gradients[i] = golden_input_of(run, &zeros);
        golden_tensor_free(&zeros);
    }
    if (hone_internal_optimizer_record(bench->optimizer, run->graph, gradients, update) < 0)
        fail_msg("%s", hone_error_message());
}

void bench_prepare(optimizer_bench *bench)
{
    if (hone_internal_optimizer_build(bench->optimizer, bench->variables, bench->count) < 0)
        fail_msg("%s", hone_error_message());
    record(bench, false);
    record(bench, true);
}

static golden_run *take(optimizer_bench *bench, const golden_tensor *gradients)
{
    golden_run *run = &bench->runs[hone_internal_optimizer_updates_next(bench->optimizer)];
    for (int i = 0; i < bench->count; i++)
        memcpy(run->data[i].values, gradients[i].values, (size_t)gradients[i].count * sizeof(double));
    return run;
}

void bench_step(optimizer_bench *bench, const golden_tensor *gradients)
{
    golden_run *run = take(bench, gradients);
    hone_internal_optimizer_begin_step(bench->optimizer);
    golden_execute(run);
    hone_internal_optimizer_end_step(bench->optimizer);
}

void bench_step_by_team(optimizer_bench *bench, const golden_tensor *gradients, hone_team *team, int threads)
{
    golden_run *run = take(bench, gradients);
    hone_internal_optimizer_begin_step(bench->optimizer);
    golden_execute_by(run, team, threads);
    hone_internal_optimizer_end_step(bench->optimizer);
}

void bench_step_with(optimizer_bench *bench, double number)
{
    golden_tensor gradients[BENCH_VARIABLES];
    for (int i = 0; i < bench->count; i++)
        gradients[i] = golden_filled(bench->variables[i]->shape, number);
    bench_step(bench, gradients);
    for (int i = 0; i < bench->count; i++)
        golden_tensor_free(&gradients[i]);
}

void bench_end(optimizer_bench *bench)
{
    for (int update = 0; update < 2; update++)
        golden_end(&bench->runs[update]);
    hone_optimizer_free(bench->optimizer);
    for (int i = 0; i < bench->count; i++)
        hone_internal_variable_free(bench->variables[i]);
}

golden_tensor bench_numbers(const hone_variable *variable)
{
    golden_tensor tensor = golden_filled(variable->shape, 0);
    for (int64_t i = 0; i < tensor.count; i++)
        tensor.values[i] = (double)hone_internal_variable_data(variable)[i];
    return tensor;
}

double bench_number(const hone_variable *variable)
{
    assert_int_equal(hone_internal_variable_count(variable), 1);
    return (double)hone_internal_variable_data(variable)[0];
}
