/* One batch at a time, and gradients in hand. */
#include "base/memory.h"
#include "train/run.h"
#include <hone/train.h>

#include <string.h>

static hone_status need(const hone_model *model, const hone_batch *batch)
{
    return model != NULL && batch != NULL ? HONE_OK
                                          : hone_internal_fail_null(model == NULL ? "a model" : "a batch");
}

static hone_status check_batch(const hone_model *model, const hone_batch *batch, bool targets)
{
    HONE_TRY(hone_internal_model_need_built(model, "a batch"));
    return hone_internal_feed_check_batch(model, batch, targets);
}

static hone_feed feed_of(const hone_batch *batch)
{
    return (hone_feed){.batch = batch,
                       .count = hone_internal_feed_array(batch, HONE_COMPONENT_INPUT, 0)->shape[0]};
}

static hone_status run_one(hone_model *model, hone_mode mode, const hone_batch *batch, hone_logs *logs)
{
    hone_feed feed = feed_of(batch);
    hone_session session = hone_internal_session_begin();
    hone_internal_compiled_reset(model);
    hone_status status = hone_internal_run_batch(model, &session, mode, &feed, NULL, NULL);
    hone_internal_session_end(&session);
    if (status < 0 || logs == NULL)
        return status;
    *logs = (hone_logs){.count = 0};
    return hone_internal_compiled_results(model, logs);
}

hone_status hone_train_on_batch(hone_model *model, const hone_batch *batch, hone_logs *logs)
{
    HONE_TRY(need(model, batch));
    HONE_TRY(hone_internal_prepare_training(model));
    HONE_TRY(check_batch(model, batch, true));
    return run_one(model, HONE_MODE_TRAIN, batch, logs);
}

hone_status hone_test_on_batch(hone_model *model, const hone_batch *batch, hone_logs *logs)
{
    HONE_TRY(need(model, batch));
    HONE_TRY(hone_internal_need_compiled(model, "evaluate"));
    HONE_TRY(check_batch(model, batch, true));
    return run_one(model, HONE_MODE_TEST, batch, logs);
}

hone_status hone_predict_on_batch(hone_model *model, const hone_batch *batch, bool training,
                                  hone_array **outputs)
{
    HONE_TRY(need(model, batch));
    HONE_TRY(check_batch(model, batch, false));
    hone_feed feed = feed_of(batch);
    hone_pass *pass;
    hone_session session = hone_internal_session_begin();
    hone_status status = hone_internal_run_batch(
        model, &session, training ? HONE_MODE_DRAW : HONE_MODE_PREDICT, &feed, &pass, NULL);
    hone_internal_session_end(&session);
    return status < 0 ? status : hone_internal_copy_outputs(model, pass, feed.count, outputs);
}

/* ---- gradients in hand ---- */

struct hone_gradients {
    hone_optimizer *optimizer; /* whose variables these are; a reference */
    double loss;
    int count, input_count;
    float **data; /* of each variable, or NULL */
    float **inputs;
    hone_shape *input_shapes;
};

void hone_gradients_free(hone_gradients *gradients)
{
    if (gradients == NULL)
        return;
    for (int i = 0; gradients->data != NULL && i < gradients->count; i++)
        hone_internal_free(gradients->data[i]);
    for (int i = 0; i < gradients->input_count; i++)
        hone_internal_free(gradients->inputs[i]);
    hone_internal_free(gradients->inputs);
    hone_internal_free(gradients->input_shapes);
    hone_internal_free(gradients->data);
    hone_optimizer_free(gradients->optimizer);
    hone_internal_free(gradients);
}

static hone_status copy_value(const hone_pass *pass, hone_value value, float **copy)
{
    *copy = NULL;
    if (value < 0)
        return HONE_OK;
    size_t bytes =
        (size_t)hone_internal_shape_count(hone_value_shape(pass->plan->graph, value)) * sizeof(float);
    if ((*copy = hone_internal_allocate(bytes + 1)) == NULL)
        return HONE_ERROR_MEMORY;
    memcpy(*copy, hone_internal_plan_address(pass->plan, value), bytes);
    return HONE_OK;
}

static hone_status fill(hone_gradients *gradients, hone_model *model, const hone_pass *pass)
{
    gradients->optimizer = hone_optimizer_retain(model->compiled.optimizer);
    gradients->count = hone_optimizer_variable_count(gradients->optimizer);
    gradients->data = hone_internal_allocate_zeroed((size_t)gradients->count + 1, sizeof(float *));
    if (gradients->data == NULL)
        return HONE_ERROR_MEMORY;
    for (int i = 0; i < gradients->count; i++)
        HONE_TRY(copy_value(pass, pass->gradients[i], &gradients->data[i]));
    size_t inputs = (size_t)model->fed_count;
    gradients->inputs = hone_internal_allocate_zeroed(inputs, sizeof *gradients->inputs);
    gradients->input_shapes = hone_internal_allocate_zeroed(inputs, sizeof *gradients->input_shapes);
    if (gradients->inputs == NULL || gradients->input_shapes == NULL)
        return HONE_ERROR_MEMORY;
    gradients->input_count = model->fed_count;
    for (int i = 0; i < model->fed_count; i++) {
        gradients->input_shapes[i] = pass->input_shapes[i];
        HONE_TRY(copy_value(pass, pass->input_gradients[i], &gradients->inputs[i]));
    }
    return HONE_OK;
}

static hone_status compute(hone_model *model, const hone_batch *batch, hone_gradients *gradients)
{
    HONE_TRY(hone_internal_prepare_training(model));
    HONE_TRY(check_batch(model, batch, true));
    hone_feed feed = feed_of(batch);
    hone_pass *pass;
    hone_session session = hone_internal_session_begin();
    hone_status status =
        hone_internal_run_batch(model, &session, HONE_MODE_GRADIENTS, &feed, &pass, &gradients->loss);
    hone_internal_session_end(&session);
    return status < 0 ? status : fill(gradients, model, pass);
}

hone_gradients *hone_gradients_compute(hone_model *model, const hone_batch *batch)
{
    if (need(model, batch) < 0)
        return NULL;
    hone_gradients *gradients = hone_internal_allocate_zeroed(1, sizeof *gradients);
    if (gradients == NULL)
        return NULL;
    if (compute(model, batch, gradients) >= 0)
        return gradients;
    hone_gradients_free(gradients);
    return NULL;
}

double hone_gradients_loss(const hone_gradients *gradients)
{
    return gradients->loss;
}
int hone_gradients_count(const hone_gradients *gradients)
{
    return gradients->count;
}
hone_variable *hone_gradients_variable(const hone_gradients *gradients, int index)
{
    return hone_optimizer_variable(gradients->optimizer, index);
}
float *hone_gradients_data(const hone_gradients *gradients, int index)
{
    return gradients->data[index];
}
float *hone_gradients_input(const hone_gradients *gradients, int input, hone_shape *shape)
{
    if (shape != NULL)
        *shape = gradients->input_shapes[input];
    return gradients->inputs[input];
}

/* A training step of an optimizer with gradients that come from outside: one array (or NULL) for each of its
 * variables. */
typedef struct outside_step {
    hone_optimizer *optimizer;
    float **data;
    hone_value *inputs;
    int count;
} outside_step;

static hone_plan *make_plan(const outside_step *step)
{
    const hone_kernels *kernels = hone_internal_kernels();
    hone_graph *graph = kernels == NULL ? NULL : hone_internal_graph_create(true, false);
    hone_value *values = hone_internal_allocate(sizeof *values * (size_t)(step->count + 1));
    hone_status status = graph == NULL || values == NULL ? hone_error_status() : HONE_OK;
    for (int i = 0; status >= 0 && i < step->count; i++) {
        step->inputs[i] = HONE_NO_VALUE;
        if (step->data[i] != NULL)
            step->inputs[i] =
                hone_internal_graph_input(graph, hone_optimizer_variable(step->optimizer, i)->shape, NULL);
        values[i] = step->inputs[i];
    }
    bool update = hone_internal_optimizer_updates_next(step->optimizer);
    if (status >= 0)
        status = hone_internal_optimizer_record(step->optimizer, graph, values, update);
    hone_internal_free(values);
    if (status >= 0)
        return hone_internal_plan_create(graph, kernels, 0, hone_internal_team_size());
    hone_internal_graph_free(graph);
    return NULL;
}

static void run_plan(const outside_step *step, hone_plan *plan)
{
    for (int i = 0; i < step->count; i++) {
        void *address = hone_internal_plan_address(plan, step->inputs[i]);
        size_t bytes =
            (size_t)hone_internal_variable_count(hone_optimizer_variable(step->optimizer, i)) * sizeof(float);
        if (address != NULL && step->data[i] != NULL)
            memcpy(address, step->data[i], bytes);
    }
    hone_session session = hone_internal_session_begin();
    hone_internal_optimizer_begin_step(step->optimizer);
    hone_internal_plan_run(plan, session.team, 0);
    hone_internal_optimizer_end_step(step->optimizer);
    hone_internal_session_end(&session);
}

static hone_status apply(hone_optimizer *optimizer, float **data)
{
    outside_step step = {
        .optimizer = optimizer, .data = data, .count = hone_optimizer_variable_count(optimizer)};
    step.inputs = hone_internal_allocate(sizeof *step.inputs * (size_t)(step.count + 1));
    if (step.inputs == NULL)
        return HONE_ERROR_MEMORY;
    hone_plan *plan = make_plan(&step);
    if (plan != NULL)
        run_plan(&step, plan);
    hone_internal_plan_free(plan);
    hone_internal_free(step.inputs);
    return plan == NULL ? hone_error_status() : HONE_OK;
}

hone_status hone_gradients_apply(hone_model *model, const hone_gradients *gradients)
{
    if (model == NULL || gradients == NULL)
        return hone_internal_fail_null(model == NULL ? "a model" : "gradients");
    if (gradients->optimizer != model->compiled.optimizer)
        return hone_fail(HONE_ERROR_STATE,
                         "the gradients belong to another model, or the model was compiled again since");
    return apply(gradients->optimizer, gradients->data);
}

hone_status hone_gradients_apply_part(hone_optimizer *optimizer, const hone_gradients *gradients,
                                      const int *indexes, int count)
{
    if (optimizer == NULL || gradients == NULL)
        return hone_internal_fail_null(optimizer == NULL ? "an optimizer" : "gradients");
    hone_variable **variables = hone_internal_allocate(sizeof(hone_variable *) * (size_t)(count + 1));
    float **data = hone_internal_allocate(sizeof *data * (size_t)(count + 1));
    hone_status status = variables == NULL || data == NULL ? HONE_ERROR_MEMORY : HONE_OK;
    for (int i = 0; status >= 0 && i < count; i++) {
        if (indexes[i] < 0 || indexes[i] >= gradients->count) {
            status = hone_fail(HONE_ERROR_ARGUMENT, "there are %d gradients; gradient %d does not exist",
                               gradients->count, indexes[i]);
            break;
        }
        variables[i] = hone_gradients_variable(gradients, indexes[i]);
        data[i] = gradients->data[indexes[i]];
    }
    if (status >= 0)
        status = hone_internal_optimizer_build(optimizer, variables, count);
    bool same = status < 0 || hone_optimizer_variable_count(optimizer) == count;
    for (int i = 0; status >= 0 && same && i < count; i++)
        same = hone_optimizer_variable(optimizer, i) == variables[i];
    if (!same)
        status = hone_fail(HONE_ERROR_STATE,
                           "the optimizer was used before for other weights or in another order");
    if (status >= 0)
        status = apply(optimizer, data);
    hone_internal_free(variables);
    hone_internal_free(data);
    return status;
}
