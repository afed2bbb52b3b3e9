/* Findings as rules fill them in, the facts of which nothing is known, the table of rules. */
#include "doctor/doctor.h"
#include "doctor/rules.h"

#include <stdio.h>
#include <string.h>

#define FORMAT_INTO(buffer, format) \
    do { \
        va_list arguments; \
        va_start(arguments, format); \
        vsnprintf(buffer, sizeof(buffer), format, arguments); \
        va_end(arguments); \
    } while (0)

void hone_finding_say(hone_finding *finding, const char *format, ...)
{
    FORMAT_INTO(finding->message, format);
}

void hone_finding_advise(hone_finding *finding, const char *format, ...)
{
    FORMAT_INTO(finding->advice, format);
}

void hone_finding_number_add(hone_finding *finding, const char *name, double value, double reference)
{
    if (finding->evidence_count >= HONE_FINDING_NUMBERS)
        return;
    hone_finding_number *number = &finding->evidence[finding->evidence_count++];
    snprintf(number->name, sizeof number->name, "%s", name);
    number->value = value;
    number->reference = reference;
}

void hone_finding_at(hone_finding *finding, const char *layer)
{
    snprintf(finding->layer, sizeof finding->layer, "%s", layer == NULL ? "" : layer);
}

void hone_finding_cure(hone_finding *finding)
{
    if (finding->cure_count < HONE_FINDING_CURES)
        finding->cures[finding->cure_count++].count = 0;
}

void hone_finding_edit(hone_finding *finding, hone_edit_kind kind, const char *target, const char *argument,
                       const char *format, ...)
{
    if (finding->cure_count == 0)
        hone_finding_cure(finding);
    hone_cure *cure = &finding->cures[finding->cure_count - 1];
    if (cure->count >= HONE_FINDING_EDITS)
        return;
    hone_edit *edit = &cure->edits[cure->count++];
    edit->kind = kind;
    snprintf(edit->target, sizeof edit->target, "%s", target == NULL ? "" : target);
    snprintf(edit->argument, sizeof edit->argument, "%s", argument == NULL ? "" : argument);
    FORMAT_INTO(edit->value, format);
}

hone_doctor_facts hone_doctor_facts_none(void)
{
    const double none = HONE_NONE;
    hone_doctor_facts facts = {.bad_part = NULL};
    double *numbers[] = {&facts.x_low,
                         &facts.x_high,
                         &facts.x_rms,
                         &facts.entry_rms,
                         &facts.entry_spread,
                         &facts.entry_offset,
                         &facts.shared_rows,
                         &facts.repeated_rows,
                         &facts.split_v,
                         &facts.split_p,
                         &facts.split_rms,
                         &facts.split_columns,
                         &facts.neighbours,
                         &facts.neighbours_chance,
                         &facts.neighbours_z,
                         &facts.ridge_z,
                         &facts.bf16_distinct,
                         &facts.rate,
                         &facts.rate_peak,
                         &facts.rate_end,
                         &facts.rate_dead,
                         &facts.momentum,
                         &facts.clip,
                         &facts.weight_decay,
                         &facts.min_delta,
                         &facts.padding,
                         &facts.first_loss,
                         &facts.constant_loss,
                         &facts.flow,
                         &facts.forward,
                         &facts.gradient_ratio,
                         &facts.gradient_first,
                         &facts.best_loss,
                         &facts.end_loss,
                         &facts.probe_first,
                         &facts.probe_end,
                         &facts.probe_end_training,
                         &facts.probe_swing,
                         &facts.q,
                         &facts.q_first,
                         &facts.q_se,
                         &facts.q_permuted,
                         &facts.q_permuted_se,
                         &facts.q_validation,
                         &facts.q_validation_se,
                         &facts.update,
                         &facts.gradient_cosine,
                         &facts.gradient_burst,
                         &facts.gradient_norm,
                         &facts.penalty_share,
                         &facts.decay_pull,
                         &facts.weight_growth,
                         &facts.validation_se,
                         &facts.statistics_lag,
                         &facts.overfits_few,
                         &facts.wider_gain,
                         &facts.bf16_error,
                         &facts.bf16_cosine,
                         &facts.time_ratio,
                         &facts.time_growth,
                         &facts.pad_value,
                         &facts.attention_entropy,
                         &facts.attention_collapsed,
                         &facts.leak,
                         &facts.overhead};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        *numbers[i] = none;
    facts.not_finite_step = facts.target_column = facts.patience = HONE_NONE_INTEGER;
    facts.shuffled = true;
    facts.steps_of_epoch = facts.epochs = facts.epoch_stride = 1;
    return facts;
}

/* ---- the rules ---- */

static const hone_doctor_rule *const rules[] = {
#define HONE_DOCTOR_RULE(name) &hone_internal_doctor_##name,
#include "doctor/rules.def"
    NULL};

const hone_doctor_rule *hone_doctor_rule_at(int index)
{
    return index >= 0 && (size_t)index < sizeof rules / sizeof *rules ? rules[index] : NULL;
}
