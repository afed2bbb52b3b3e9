/* What the files of rules/ begin with: a rule is one file, and a line of rules.def. */
#ifndef HONE_DOCTOR_RULES_H
#define HONE_DOCTOR_RULES_H

#include <hone/doctor.h>
#include <math.h>
#include <string.h>

#define HONE_DOCTOR_RULE(name) extern const hone_doctor_rule hone_internal_doctor_##name;
#include "doctor/rules.def"

/* The output that is judged: the first with a loss; an output of which nothing is known when there is none.
 */
static inline const hone_doctor_output *hone_internal_judged(const hone_doctor_facts *facts)
{
    static const hone_doctor_output none;
    for (int i = 0; i < facts->output_count; i++)
        if (facts->outputs[i].has_loss)
            return &facts->outputs[i];
    return facts->output_count > 0 ? &facts->outputs[0] : &none;
}
static inline bool hone_internal_is(const char *text, const char *other)
{
    return text != NULL && strcmp(text, other) == 0;
}
/* The run does not learn. */
static inline bool hone_internal_is_bad(const hone_doctor_facts *facts)
{
    return facts->outcome == HONE_OUTCOME_STUCK || facts->outcome == HONE_OUTCOME_SLOW ||
           facts->outcome == HONE_OUTCOME_BROKE;
}
/* A layer that reads its input step by step, or ids by a table. */
static inline bool hone_internal_reads_steps(const hone_doctor_facts *facts)
{
    static const char *const kinds[] = {"Embedding",     "RNN",     "LSTM",   "GRU",
                                        "Bidirectional", "Masking", "Conv1D", "Attention"};
    for (int i = 0; i < facts->layer_count; i++)
        for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
            if (facts->layers[i].class_name != NULL && strstr(facts->layers[i].class_name, kinds[k]) != NULL)
                return true;
    return false;
}
static inline bool hone_internal_is_adaptive(const hone_doctor_facts *facts)
{
    return facts->optimizer != NULL && strncmp(facts->optimizer, "sgd", 3) != 0;
}
/* The initializer that suits a function. */
static inline const char *hone_internal_initializer_for(const char *function)
{
    if (function == NULL || hone_internal_is(function, "tanh") || hone_internal_is(function, "sigmoid") ||
        hone_internal_is(function, "softmax"))
        return "glorot_uniform";
    return hone_internal_is(function, "selu") ? "lecun_normal" : "he_normal";
}

#endif
