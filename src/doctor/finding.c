/* Findings as rules fill them in, the facts of which nothing is known, the table of rules and what meets
 * them. */
#include "doctor/doctor.h"
#include "doctor/rules.h"

#include <stddef.h>
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

static bool same_edit(const hone_edit *a, const hone_edit *b)
{
    return a->kind == b->kind && strcmp(a->target, b->target) == 0 && strcmp(a->argument, b->argument) == 0 &&
           strcmp(a->value, b->value) == 0;
}

/* A recipe says the arguments of the outer layer, once: those of multi_head_attention for its query and key.
 */
void hone_finding_edit(hone_finding *finding, hone_edit_kind kind, const char *target, const char *argument,
                       const char *format, ...)
{
    if (finding->cure_count == 0)
        hone_finding_cure(finding);
    hone_cure *cure = &finding->cures[finding->cure_count - 1];
    if (cure->count >= HONE_FINDING_EDITS)
        return;
    hone_edit *edit = &cure->edits[cure->count++];
    const char *whole = target == NULL ? "" : target;
    const size_t length = kind == HONE_EDIT_LAYER ? strcspn(whole, "/") : strlen(whole);
    edit->kind = kind;
    snprintf(edit->target, sizeof edit->target, "%.*s", (int)length, whole);
    snprintf(edit->argument, sizeof edit->argument, "%s", argument == NULL ? "" : argument);
    FORMAT_INTO(edit->value, format);
    for (int e = 0; e < cure->count - 1; e++)
        if (same_edit(&cure->edits[e], edit)) {
            cure->count--;
            return;
        }
}

/* ---- facts ---- */

/* Numbers of the facts that are not known at first. */
#define AT(name) offsetof(hone_doctor_facts, name)
static const size_t unknown[] = {AT(x_low),
                                 AT(x_high),
                                 AT(x_rms),
                                 AT(entry_rms),
                                 AT(entry_spread),
                                 AT(entry_offset),
                                 AT(shared_rows),
                                 AT(repeated_rows),
                                 AT(split_v),
                                 AT(split_p),
                                 AT(split_rms),
                                 AT(split_columns),
                                 AT(neighbours),
                                 AT(neighbours_chance),
                                 AT(neighbours_z),
                                 AT(ridge_z),
                                 AT(bf16_distinct),
                                 AT(rate),
                                 AT(rate_peak),
                                 AT(rate_end),
                                 AT(rate_dead),
                                 AT(momentum),
                                 AT(clip),
                                 AT(weight_decay),
                                 AT(min_delta),
                                 AT(padding),
                                 AT(first_loss),
                                 AT(constant_loss),
                                 AT(flow),
                                 AT(forward),
                                 AT(gradient_ratio),
                                 AT(gradient_first),
                                 AT(best_loss),
                                 AT(end_loss),
                                 AT(probe_first),
                                 AT(probe_end),
                                 AT(probe_end_training),
                                 AT(probe_swing),
                                 AT(q),
                                 AT(q_first),
                                 AT(q_se),
                                 AT(q_permuted),
                                 AT(q_permuted_se),
                                 AT(q_validation),
                                 AT(q_validation_se),
                                 AT(update),
                                 AT(gradient_cosine),
                                 AT(gradient_burst),
                                 AT(gradient_norm),
                                 AT(penalty_share),
                                 AT(decay_pull),
                                 AT(weight_growth),
                                 AT(validation_se),
                                 AT(statistics_lag),
                                 AT(overfits_few),
                                 AT(wider_gain),
                                 AT(bf16_error),
                                 AT(bf16_cosine),
                                 AT(time_ratio),
                                 AT(time_growth),
                                 AT(pad_value),
                                 AT(attention_entropy),
                                 AT(attention_collapsed),
                                 AT(leak),
                                 AT(overhead),
                                 AT(x_whole),
                                 AT(x_scale),
                                 AT(split_targets)};
#undef AT

hone_doctor_facts hone_doctor_facts_none(void)
{
    const double none = HONE_NONE;
    hone_doctor_facts facts = {.bad_part = NULL};
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++)
        memcpy((char *)&facts + unknown[i], &none, sizeof none);
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

bool hone_internal_rule_listed(const char *list, const char *id)
{
    size_t length = strlen(id);
    for (const char *at = list; at != NULL && *at != '\0';
         at = strchr(at, '|') == NULL ? NULL : strchr(at, '|') + 1)
        if (strncmp(at, id, length) == 0 && (at[length] == '|' || at[length] == '\0'))
            return true;
    return false;
}

static bool is_left_out(const void *without, const char *id)
{
    size_t count;
    const char *const *texts = hone_internal_texts_of(without, &count);
    for (size_t i = 0; i < count; i++)
        if (strcmp(texts[i], id) == 0)
            return true;
    return false;
}

bool hone_internal_rule_meets(const hone_doctor_rule *rule, const void *without,
                              const hone_doctor_facts *facts, hone_finding *finding)
{
    *finding = (hone_finding){.id = rule->id,
                              .title = rule->title,
                              .phase = rule->phase,
                              .grade = rule->grade,
                              .before = HONE_NONE,
                              .after = HONE_NONE,
                              .before_q = HONE_NONE,
                              .after_q = HONE_NONE};
    return !is_left_out(without, rule->id) && rule->test(facts, finding);
}
