/* The doctor beside a program's own training loop: facts of the model and of the batches that it is shown.
 * What the loop's losses come to is not known, so nothing is said of how well it learns. */
#include "doctor/live.h"

#include <math.h>
#include <string.h>

/* A batch as a data set. */
static hone_dataset *keep_batch(const hone_model *model, const hone_batch *batch)
{
    hone_gathering *one = hone_internal_gathering_begin(HONE_LIVE_SAMPLES);
    if (one == NULL)
        return NULL;
    if (hone_internal_live_add(one, model, batch) >= 0)
        return hone_internal_gathering_end(one);
    hone_internal_gathering_free(one);
    return NULL;
}

/* The first look at a model: its batch is the probe from now on. */
static hone_status begin(hone_live *state, hone_model *model, const hone_batch *batch,
                         const hone_session *session)
{
    hone_internal_live_close(state);
    state->samples = keep_batch(model, batch);
    state->diagnosis = hone_internal_allocate_zeroed(1, sizeof *state->diagnosis);
    if (state->samples == NULL || state->diagnosis == NULL)
        return state->diagnosis == NULL ? HONE_ERROR_MEMORY : hone_error_status();
    const int64_t count = hone_dataset_count(state->samples);
    const hone_subject subject = {.model = model,
                                  .train = state->samples,
                                  .batch = count,
                                  .epochs = 1,
                                  .shuffle = true,
                                  .patience = HONE_NONE_INTEGER,
                                  .min_delta = HONE_NONE};
    state->watched = model;
    state->diagnosis->facts = hone_doctor_facts_none();
    hone_internal_live_borrow(state, &subject, session);
    HONE_TRY(hone_internal_live_open(state));
    state->diagnosis->facts.own_loop = true;
    return HONE_OK;
}

static bool is_finite(const hone_model *model)
{
    for (size_t i = 0; i < model->weights.count; i++) {
        const float *data = hone_internal_variable_data(model->weights.items[i]);
        for (int64_t j = 0; j < hone_internal_variable_count(model->weights.items[i]); j++)
            if (!isfinite(data[j]))
                return false;
    }
    return true;
}

static hone_status look(hone_callback *callback, hone_model *model, const hone_batch *batch,
                        hone_session *session)
{
    hone_live *state = hone_callback_state(callback);
    const hone_optimizer *optimizer = model->compiled.optimizer;
    const int64_t step = optimizer == NULL ? 0 : hone_optimizer_iterations(optimizer);
    if (state->watched != model || !state->ready)
        HONE_TRY(begin(state, model, batch, session));
    hone_doctor_facts *facts = &state->diagnosis->facts;
    state->examination.session = session;
    HONE_TRY(hone_internal_live_probe(state, step));
    facts->steps = step;
    if (!is_finite(model))
        facts->not_finite_step = step;
    HONE_TRY(hone_internal_diagnosis_record(state->diagnosis, step, facts->probe_end_training));
    hone_internal_live_judge(callback, NULL);
    return HONE_OK;
}

hone_status hone_doctor_look(hone_callback *callback, hone_model *model, const hone_batch *batch)
{
    if (callback == NULL || model == NULL || batch == NULL)
        return hone_internal_fail_null(callback == NULL ? "a doctor" : model == NULL ? "a model" : "a batch");
    if (strcmp(callback->type->type.name, "doctor") != 0)
        return hone_fail(HONE_ERROR_ARGUMENT, "hone_doctor_look takes hone_doctor(), not the callback %s",
                         callback->type->type.name);
    HONE_TRY(hone_internal_model_need_built(model, "the doctor"));
    HONE_TRY(hone_internal_feed_check_batch(model, batch, hone_model_has_loss(model)));
    hone_session session = hone_internal_session_begin();
    hone_status status = look(callback, model, batch, &session);
    ((hone_live *)hone_callback_state(callback))->examination.session = NULL;
    hone_internal_session_end(&session);
    return status;
}
