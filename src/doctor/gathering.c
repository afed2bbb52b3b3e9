/* A stream under the doctor's callback: nothing is read from it beside the training. The first samples are
 * kept as they go by, and looked at with the weights of before the first step when the first epoch is over.
 */
#include "doctor/live.h"
#include "train/prepare.h"

/* The model's weights and those in `numbers` change places. */
static void exchange(hone_model *model, float *numbers)
{
    for (size_t i = 0; i < model->weights.count; i++) {
        float *data = hone_internal_variable_data(model->weights.items[i]);
        for (int64_t j = 0; j < hone_internal_variable_count(model->weights.items[i]); j++) {
            const float kept = data[j];
            data[j] = *numbers;
            *numbers++ = kept;
        }
    }
}

hone_status hone_internal_live_gather(hone_live *state, hone_fit_run *run)
{
    state->initial =
        hone_internal_allocate((hone_internal_doctor_numbers(run->model) + 1) * sizeof *state->initial);
    state->gathered = hone_internal_gathering_begin(HONE_LIVE_SAMPLES);
    if (state->gathered == NULL || state->initial == NULL)
        return HONE_ERROR_MEMORY;
    hone_internal_doctor_copy_weights(run->model, state->initial);
    return HONE_OK;
}

hone_status hone_internal_live_add(hone_gathering *gathered, const hone_model *model, const hone_batch *batch)
{
    hone_prepared_batch prepared;
    if (!model->prepared)
        return hone_internal_gathering_add(gathered, batch);
    HONE_TRY(hone_internal_prepare_batch(model, batch, &prepared));
    hone_status status = hone_internal_gathering_add(gathered, &prepared.batch);
    hone_internal_prepared_batch_free(&prepared);
    return status;
}

/* What is gathered is looked at; batches of other shapes, and those behind them, are not. */
static hone_status stop(hone_live *state)
{
    state->samples = hone_internal_gathering_end(state->gathered);
    state->gathered = NULL;
    return state->samples == NULL ? hone_error_status() : HONE_OK;
}

hone_status hone_internal_live_take(hone_live *state, hone_fit_run *run)
{
    const int64_t before = hone_internal_gathering_count(state->gathered);
    if (run->batch == NULL)
        return HONE_OK;
    hone_status status = hone_internal_live_add(state->gathered, run->model, run->batch);
    const int64_t now = hone_internal_gathering_count(state->gathered);
    if (before == 0)
        state->subject.batch = now;
    if (status >= 0 && now < HONE_LIVE_SAMPLES)
        return HONE_OK;
    return status == HONE_ERROR_MEMORY ? status : stop(state);
}

hone_status hone_internal_live_settle(hone_live *state, hone_fit_run *run)
{
    hone_doctor_facts *facts = &state->diagnosis->facts;
    if (state->gathered != NULL)
        HONE_TRY(stop(state));
    state->subject.train = state->samples;
    state->subject.shuffle = false;
    exchange(run->model, state->initial);
    hone_status status = hone_internal_live_open(state);
    exchange(run->model, state->initial);
    hone_internal_free(state->initial);
    state->initial = NULL;
    facts->streams = true;
    facts->streamed = hone_dataset_count(state->samples);
    facts->steps_of_epoch = run->done;
    facts->steps_planned = run->done * facts->epochs;
    return status;
}
