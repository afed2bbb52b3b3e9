/* Facts about how a model is compiled and fitted: the optimizer, its rate over the planned steps, early
 * stopping. */
#include "doctor/doctor.h"

#include <math.h>
#include <string.h>

static double number_of(const hone_optimizer *optimizer, const char *name)
{
    const hone_field *field = hone_internal_fields_find(&optimizer->type->type, name);
    return field == NULL || field->kind != HONE_FIELD_NUMBER
               ? HONE_NONE
               : *(const double *)((const char *)optimizer->args + field->offset);
}

/* The rate at up to 1,000 of the planned steps. */
static void describe_rate(hone_doctor_facts *facts, const hone_optimizer *optimizer)
{
    enum { LOOKS = 1000 };
    int64_t steps = facts->steps_planned > 0 ? facts->steps_planned : 1;
    int looks = steps < LOOKS ? (int)steps : LOOKS, dead = 0;
    double rates[LOOKS];
    facts->rate_peak = 0;
    for (int i = 0; i < looks; i++) {
        rates[i] = hone_internal_optimizer_rate_at(optimizer, optimizer->iterations + steps * i / looks);
        facts->rate_peak = rates[i] > facts->rate_peak ? rates[i] : facts->rate_peak;
    }
    for (int i = 0; i < looks; i++)
        dead += rates[i] < 0.01 * facts->rate_peak;
    facts->rate = rates[0];
    facts->rate_end = rates[looks - 1];
    facts->rate_dead = (double)dead / looks;
}

static void describe_statistics(hone_doctor_facts *facts, const hone_model *model)
{
    for (size_t i = 0; i < model->layer_count; i++) {
        if (strcmp(model->layers[i]->type->type.class_name, "BatchNormalization") != 0)
            continue;
        const double *momentum = hone_internal_layer_argument(model->layers[i], "momentum");
        double lag = momentum == NULL ? HONE_NONE : pow(*momentum, (double)facts->steps_planned);
        if (!isnan(lag) && (isnan(facts->statistics_lag) || lag > facts->statistics_lag))
            facts->statistics_lag = lag;
    }
}

static double trainable_of(const hone_model *model)
{
    double numbers = 0;
    for (size_t i = 0; i < model->weights.count; i++)
        if (model->weights.items[i]->trainable)
            numbers += (double)hone_internal_variable_count(model->weights.items[i]);
    return numbers;
}

void hone_internal_doctor_compiled(hone_examination *examination)
{
    hone_doctor_facts *facts = &examination->diagnosis->facts;
    const hone_subject *subject = examination->subject;
    const hone_optimizer *optimizer = subject->model->compiled.optimizer;
    int64_t rows = hone_internal_reading_count(subject->train, subject->batch);
    facts->batch = subject->batch;
    facts->epochs = subject->epochs;
    facts->steps_of_epoch = rows > 0 ? (rows + subject->batch - 1) / subject->batch : 1;
    facts->steps_planned = facts->steps_of_epoch * subject->epochs;
    if (optimizer == NULL) /* a loop of the program's own */
        return;
    facts->optimizer = optimizer->type->type.name;
    facts->momentum = number_of(optimizer, "momentum");
    facts->weight_decay = optimizer->base.weight_decay;
    const double *clips[] = {&optimizer->base.clipnorm, &optimizer->base.global_clipnorm};
    for (int i = 0; i < 2; i++)
        if (!isnan(*clips[i])) {
            facts->clip = *clips[i];
            facts->clip_argument = i == 0 ? "clipnorm" : "global_clipnorm";
        }
    if (!isnan(optimizer->base.clipvalue)) { /* the largest norm that passes: each element is cut */
        facts->clip = optimizer->base.clipvalue * sqrt(trainable_of(subject->model));
        facts->clip_argument = "clipvalue";
    }
    facts->monitor =
        subject->monitor == NULL ? NULL : hone_internal_examination_text(examination, subject->monitor);
    facts->monitor_mode = subject->monitor_mode == NULL
                              ? NULL
                              : hone_internal_examination_text(examination, subject->monitor_mode);
    facts->patience = subject->patience;
    facts->min_delta = subject->min_delta;
    describe_rate(facts, optimizer);
    describe_statistics(facts, subject->model);
}
