/* The loss of a model on slices of samples, as in inference and without penalties: a mean and its standard
 * error. */
#include "doctor/doctor.h"
#include "kernels/kernels.h"

#include <math.h>
#include <string.h>

bool hone_internal_subject_sums(const hone_subject *subject)
{
    for (int i = 0; i < subject->model->output_count; i++) {
        const hone_loss *loss = hone_internal_model_loss(subject->model, i);
        const hone_field *field =
            loss == NULL ? NULL : hone_internal_fields_find(&loss->type->type, "reduction");
        const char *const *text =
            field == NULL ? NULL : (const char *const *)((const char *)loss->args + field->offset);
        if (text != NULL && *text != NULL && strcmp(*text, "sum") == 0)
            return true;
    }
    return false;
}

static hone_status record(hone_judge *judge, hone_model *model, hone_graph *graph, hone_dataset *data)
{
    HONE_TRY(hone_internal_pass_record(model, graph, &judge->pass, data));
    judge->loss = HONE_NO_VALUE;
    for (int i = 0; i < model->output_count; i++) {
        const hone_output_loss *output = &model->compiled.outputs[i];
        hone_internal_graph_keep(graph, judge->pass.outputs[i]);
        if (output->loss == NULL)
            continue;
        hone_value loss = hone_internal_loss_record(output->loss, graph, judge->pass.targets[i],
                                                    judge->pass.outputs[i], judge->pass.weight);
        hone_value weighted = output->weight == 1 ? loss : hone_op_affine(graph, loss, output->weight, 0);
        judge->loss = judge->loss < 0 ? weighted : hone_op_add(graph, judge->loss, weighted);
    }
    if (judge->loss < 0)
        return hone_error_status() < 0 ? hone_error_status() : HONE_ERROR_STATE;
    hone_internal_graph_keep(graph, judge->loss);
    return HONE_OK;
}

hone_status hone_internal_judge_make(hone_judge *judge, hone_subject *subject, hone_dataset *data,
                                     const int64_t *rows, int64_t count)
{
    const hone_kernels *kernels = hone_internal_kernels();
    int64_t slices = count < HONE_PROBE_SLICES ? count : HONE_PROBE_SLICES;
    *judge =
        (hone_judge){.slices = slices, .slice = slices > 0 ? count / slices : 0, .data = data, .rows = rows};
    judge->sums = hone_internal_subject_sums(subject);
    judge->pass.mode = HONE_MODE_TEST;
    judge->pass.batch = judge->slice;
    hone_graph *graph = kernels == NULL || count < 1 ? NULL : hone_internal_graph_create(false, false);
    if (graph == NULL)
        return count < 1 ? hone_fail(HONE_ERROR_DATA, "the data are empty") : hone_error_status();
    hone_status status = record(judge, subject->model, graph, data);
    if (status < 0) {
        hone_internal_graph_free(graph);
        return status;
    }
    judge->pass.plan =
        hone_internal_plan_create(graph, kernels, subject->model->seed, hone_internal_team_size());
    return judge->pass.plan == NULL ? hone_error_status() : HONE_OK;
}

void hone_internal_judge_free(hone_judge *judge)
{
    hone_internal_pass_free(&judge->pass);
}

hone_status hone_internal_judge_feed(hone_judge *judge, hone_subject *subject, hone_session *session,
                                     int64_t slice, const int64_t *targets)
{
    hone_feed fed = {.data = judge->data, .rows = judge->rows + slice * judge->slice, .count = judge->slice};
    HONE_TRY(hone_internal_plan_make_room(judge->pass.plan, hone_internal_team_threads(session->team)));
    HONE_TRY(hone_internal_feed_copy(subject->model, &judge->pass, &fed));
    for (int i = 0; targets != NULL && i < subject->model->output_count; i++) {
        float *into = hone_internal_plan_address(judge->pass.plan, judge->pass.targets[i]);
        int index = hone_internal_feed_target(subject->model, judge->data, NULL, i);
        if (judge->pass.targets[i] >= 0 && into != NULL && index >= 0)
            HONE_TRY(hone_internal_dataset_gather(judge->data, HONE_COMPONENT_TARGET, index,
                                                  targets + slice * judge->slice, 0, judge->slice, into));
    }
    return HONE_OK;
}

static double loss_of(const hone_judge *judge)
{
    double loss = (double)*(const float *)hone_internal_plan_address(judge->pass.plan, judge->loss);
    return judge->sums ? loss / (double)judge->slice : loss;
}

/* Right answers among the slice's, of the first output with a loss, by largest or by 1/2; below 0: no
 * classes. */
static int64_t count_right(hone_judge *judge, hone_subject *subject, const int64_t *rows)
{
    int output = hone_internal_judged_output(subject->model), index;
    hone_shape shape = hone_value_shape(judge->pass.plan->graph, judge->pass.outputs[output]);
    const float *given = hone_internal_plan_address(judge->pass.plan, judge->pass.outputs[output]);
    int64_t width = hone_internal_shape_count(shape) / judge->slice, right = 0;
    index = hone_internal_feed_target(subject->model, judge->data, NULL, output);
    if (index < 0 || !hone_internal_dataset_in_memory(judge->data))
        return -1;
    const hone_array *targets = hone_dataset_target(judge->data, index);
    int64_t of_target = hone_array_count(targets) / (targets->shape[0] > 0 ? targets->shape[0] : 1);
    if (of_target != 1 && of_target != width)
        return -1;
    float *row = hone_internal_try_allocate((size_t)(of_target + 1) * sizeof *row);
    for (int64_t r = 0; r < judge->slice && row != NULL; r++) {
        if (hone_internal_dataset_gather(judge->data, HONE_COMPONENT_TARGET, index, rows + r, 0, 1, row) < 0)
            break;
        int64_t said = width > 1 ? hone_internal_class_of(given + r * width, width) : given[r * width] > 0.5F;
        right += said == hone_internal_class_of(row, of_target);
    }
    hone_internal_free(row);
    return right;
}

hone_status hone_internal_judge_run(hone_judge *judge, hone_subject *subject, hone_session *session,
                                    hone_judgement *judgement)
{
    double sum = 0, squares = 0;
    int64_t right = 0;
    for (int64_t s = 0; s < judge->slices; s++) {
        HONE_TRY(hone_internal_judge_feed(judge, subject, session, s, NULL));
        hone_internal_plan_run(judge->pass.plan, session->team, 0);
        double loss = loss_of(judge);
        sum += loss;
        squares += loss * loss;
        right += count_right(judge, subject, judge->rows + s * judge->slice);
    }
    double n = (double)judge->slices, mean = sum / n;
    judgement->loss = mean;
    judgement->se = n > 1 ? sqrt(fmax(squares / n - mean * mean, 0) / (n - 1)) : 0;
    judgement->accuracy = right < 0 ? HONE_NONE : (double)right / (n * (double)judge->slice);
    return HONE_OK;
}

hone_status hone_internal_judge_permuted(hone_judge *judge, hone_subject *subject, hone_session *session,
                                         double *mean, double *deviation)
{
    enum { TIMES = 5 };
    int64_t count = judge->slice * judge->slices;
    int64_t *order = hone_internal_allocate((size_t)(2 * count + 1) * sizeof *order), *rows = order + count;
    double sum = 0, squares = 0;
    hone_status status = order == NULL ? HONE_ERROR_MEMORY : HONE_OK;
    if (status >= 0 && !hone_internal_dataset_in_memory(judge->data))
        status = HONE_ERROR_UNSUPPORTED;
    for (int t = 0; t < TIMES && status >= 0; t++) {
        double loss = 0;
        hone_internal_dataset_shuffle(77, t, count, order);
        for (int64_t i = 0; i < count; i++)
            rows[i] = judge->rows[order[i]];
        for (int64_t s = 0; s < judge->slices && status >= 0; s++) {
            status = hone_internal_judge_feed(judge, subject, session, s, rows);
            if (status >= 0)
                hone_internal_plan_run(judge->pass.plan, session->team, 0);
            loss += loss_of(judge) / (double)judge->slices;
        }
        sum += loss;
        squares += loss * loss;
    }
    *mean = sum / TIMES;
    *deviation = sqrt(fmax(squares / TIMES - *mean * *mean, 0));
    hone_internal_free(order);
    return status;
}

float *hone_internal_judge_outputs(hone_judge *judge, hone_subject *subject, hone_session *session,
                                   int output, int64_t *width)
{
    hone_shape shape = hone_value_shape(judge->pass.plan->graph, judge->pass.outputs[output]);
    *width = hone_internal_shape_count(shape) / judge->slice;
    size_t numbers = (size_t)(judge->slice * *width);
    float *all = hone_internal_allocate((numbers * (size_t)judge->slices + 1) * sizeof *all);
    for (int64_t s = 0; s < judge->slices && all != NULL; s++) {
        if (hone_internal_judge_feed(judge, subject, session, s, NULL) < 0) {
            hone_internal_free(all);
            return NULL;
        }
        hone_internal_plan_run(judge->pass.plan, session->team, 0);
        memcpy(all + numbers * (size_t)s,
               hone_internal_plan_address(judge->pass.plan, judge->pass.outputs[output]),
               numbers * sizeof *all);
    }
    return all;
}
