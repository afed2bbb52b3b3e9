/* What rounding to bfloat16 does to inputs and gradients: 8 bits of a number are left. */
#include "base/bfloat16.h"
#include "doctor/doctor.h"

#include <math.h>
#include <stdlib.h>

static int compare(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

static int64_t count_distinct(float *numbers, int64_t count)
{
    int64_t distinct = count > 0;
    qsort(numbers, (size_t)count, sizeof *numbers, compare);
    for (int64_t i = 1; i < count; i++)
        distinct += numbers[i] != numbers[i - 1];
    return distinct;
}

/* The column of the probe that loses most of its values: years 1990 to 2026 become 1984, 1992, ... */
void hone_internal_doctor_rounded(hone_examination *examination, const hone_probe *probe)
{
    enum { LEAST = 10 };
    hone_doctor_facts *facts = &examination->diagnosis->facts;
    const float *data =
        probe->rounded < 0 ? NULL : hone_internal_plan_address(probe->pass.plan, probe->rounded);
    int64_t rows = probe->rows, width;
    if (data == NULL)
        return;
    width = hone_internal_shape_count(hone_value_shape(probe->pass.plan->graph, probe->rounded)) / rows;
    float *column = hone_internal_try_allocate((size_t)(2 * rows) * sizeof *column), *rounded = column + rows;
    for (int64_t c = 0; c < width && column != NULL; c++) {
        double sum = 0, squares = 0, errors = 0;
        for (int64_t r = 0; r < rows; r++) {
            column[r] = data[r * width + c];
            rounded[r] = hone_internal_round_bfloat16(column[r]);
            double x = (double)column[r], error = (double)rounded[r] - x;
            sum += x;
            squares += x * x;
            errors += error * error;
        }
        double mean = sum / (double)rows, variance = squares / (double)rows - mean * mean;
        int64_t before = count_distinct(column, rows), after = count_distinct(rounded, rows);
        double distinct = (double)after / (double)before;
        if (before < LEAST || !(variance > 0) ||
            (!isnan(facts->bf16_distinct) && distinct >= facts->bf16_distinct))
            continue;
        facts->bf16_distinct = distinct;
        facts->bf16_column = c;
        facts->bf16_before = before;
        facts->bf16_after = after;
        facts->bf16_error = sqrt(errors / (double)rows / variance);
    }
    hone_internal_free(column);
}

static bool is_zero(const float *numbers, int64_t count)
{
    for (int64_t i = 0; i < count; i++)
        if (numbers[i] != 0)
            return false;
    return true;
}

/* The cosine of both; 0 where rounding has left nothing of a gradient that there is. */
static double angle_of(const float *half, const float *whole, int64_t count)
{
    return is_zero(half, count) && !is_zero(whole, count) ? 0 : hone_internal_cosine(half, whole, count);
}

/* The gradients of the probe again, without rounding: the least cosine among the kernels. */
hone_status hone_internal_doctor_whole(hone_examination *examination, hone_probe *probe)
{
    hone_doctor_facts *facts = &examination->diagnosis->facts;
    hone_subject *subject = examination->subject;
    hone_probe whole = {.whole = true};
    if (!facts->bfloat16)
        return HONE_OK;
    hone_status status = hone_internal_probe_make(examination, subject, &whole, false);
    if (status >= 0)
        status = hone_internal_probe_run(examination, subject, &whole);
    for (int l = 0; l < probe->layer_count && status >= 0; l++)
        for (size_t i = 0; i < subject->model->weights.count; i++) {
            const hone_variable *variable = subject->model->weights.items[i];
            if (variable != probe->layers[l].kernel || probe->gradients[i] < 0 || whole.gradients[i] < 0)
                continue;
            double angle = angle_of(hone_internal_plan_address(probe->pass.plan, probe->gradients[i]),
                                    hone_internal_plan_address(whole.pass.plan, whole.gradients[i]),
                                    hone_internal_variable_count(variable));
            if (isnan(angle) || (!isnan(facts->bf16_cosine) && angle >= facts->bf16_cosine))
                continue;
            facts->bf16_cosine = angle;
            facts->bf16_layer = facts->layers[l].name;
        }
    hone_internal_probe_free(&whole);
    if (status < 0 && status != HONE_ERROR_MEMORY)
        hone_error_clear();
    return status == HONE_ERROR_MEMORY ? status : HONE_OK;
}
