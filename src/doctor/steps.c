/* Training steps of a subject, sweep after sweep, in the order of a fit; its weights as they are at a step.
 */
#include "doctor/doctor.h"
#include "train/prepare.h"

#include <string.h>

size_t hone_internal_doctor_numbers(const hone_model *model)
{
    size_t numbers = 0;
    for (size_t i = 0; i < model->weights.count; i++)
        numbers += (size_t)hone_internal_variable_count(model->weights.items[i]);
    return numbers;
}

void hone_internal_doctor_copy_weights(const hone_model *model, float *into)
{
    for (size_t i = 0; i < model->weights.count; i++) {
        const size_t count = (size_t)hone_internal_variable_count(model->weights.items[i]);
        memcpy(into, hone_internal_variable_data(model->weights.items[i]), count * sizeof *into);
        into += count;
    }
}

void hone_internal_subject_free(hone_subject *subject)
{
    hone_dataset_free(subject->train); /* what text layers make needs the model */
    hone_dataset_free(subject->validation);
    hone_model_free(subject->model);
    hone_callback_free(subject->monitor_holder);
    hone_internal_free(subject->weights_holder);
    hone_internal_free(subject->unfit);
    *subject = (hone_subject){.model = NULL};
}

hone_status hone_internal_subject_prepare(hone_subject *subject)
{
    hone_dataset **sets[2] = {&subject->train, &subject->validation};
    for (int i = 0; i < 2; i++) {
        hone_dataset *fed = *sets[i] == NULL ? NULL : hone_internal_prepare_data(subject->model, *sets[i]);
        if (*sets[i] == NULL)
            continue;
        if (fed == NULL)
            return hone_error_status();
        hone_dataset_free(*sets[i]);
        *sets[i] = fed;
    }
    return HONE_OK;
}

hone_status hone_internal_steps_begin(hone_steps *steps, hone_subject *subject, hone_session *session)
{
    int64_t count = hone_dataset_count(subject->train);
    *steps =
        (hone_steps){.subject = subject, .session = session, .sums = hone_internal_subject_sums(subject)};
    HONE_TRY(hone_internal_prepare_training(subject->model));
    steps->order = hone_internal_allocate((size_t)(count + 1) * sizeof *steps->order);
    if (steps->order == NULL)
        return HONE_ERROR_MEMORY;
    for (int64_t i = 0; i < count; i++)
        steps->order[i] = i;
    return HONE_OK;
}

hone_feed hone_internal_steps_feed(hone_steps *steps)
{
    hone_subject *subject = steps->subject;
    int64_t count = hone_internal_reading_count(subject->train, subject->batch), left;
    if (steps->position >= count)
        steps->position = 0;
    if (steps->position == 0 && subject->shuffle)
        hone_internal_dataset_shuffle(subject->model->seed, steps->sweep, count, steps->order);
    steps->sweep += steps->position == 0;
    int64_t begin = steps->position;
    left = count - begin;
    steps->position += subject->batch < left ? subject->batch : left;
    return (hone_feed){.data = subject->train,
                       .rows = steps->order + begin,
                       .begin = begin,
                       .count = steps->position - begin,
                       .class_weight = subject->class_weight};
}

/* The loss is a mean over the samples, whatever the reduction. */
hone_status hone_internal_steps_next(hone_steps *steps, double *loss)
{
    hone_feed feed = hone_internal_steps_feed(steps);
    HONE_TRY(
        hone_internal_run_batch(steps->subject->model, steps->session, HONE_MODE_TRAIN, &feed, NULL, loss));
    if (steps->sums)
        *loss /= (double)feed.count;
    steps->done++;
    return HONE_OK;
}

void hone_internal_steps_end(hone_steps *steps)
{
    hone_internal_free(steps->order);
    steps->order = NULL;
}
