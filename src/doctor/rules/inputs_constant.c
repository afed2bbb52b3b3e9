/* Inputs that are the same for all samples. */
#include "doctor/rules.h"
#include "base/plural.h"

static bool test(const hone_doctor_facts *facts, hone_finding *finding)
{
    bool most = facts->columns > 1 && (double)facts->constant_columns > 0.9 * (double)facts->columns;
    if (facts->sampled < 2 || facts->bad_part != NULL || (!facts->rows_equal && facts->constant_columns == 0))
        return false;
    if (!facts->rows_equal && hone_internal_reads_steps(facts)) /* padding is constant, and no column */
        return false;
    if (facts->rows_equal)
        hone_finding_say(finding, "all %lld samples looked at have the same inputs",
                         (long long)facts->sampled);
    else
        hone_finding_say(finding, "%lld of %lld column%s never %s", (long long)facts->constant_columns,
                         (long long)facts->columns, hone_internal_plural(facts->columns),
                         hone_internal_number_word(facts->constant_columns, "changes", "change"));
    bool learns = facts->outcome == HONE_OUTCOME_LEARNED && facts->q >= 0.5;
    const bool few = facts->own_loop && facts->sampled < 100; /* a batch shows few values of a column */
    if (!facts->rows_equal && (!most || learns || few))
        finding->grade = 'N';
    hone_finding_number_add(finding, "constant_columns", (double)facts->constant_columns,
                            0.9 * (double)facts->columns);
    hone_finding_advise(finding, "look at how the data are made; leave constant columns out");
    return true;
}

const hone_doctor_rule hone_internal_doctor_inputs_constant = {
    .id = "inputs_constant",
    .title = "the inputs never change",
    .phase = "static",
    .grade = 'F',
    .suppresses =
        "rate_too_low|rate_too_high|underfit|labels_unrelated|dead_relu|too_few_steps|imbalance_collapse|inputs_unscaled|no_nonlinearity|vanishing_gradients|symmetric_init|momentum_missing|init_scale",
    .what = "All samples are the same, or nearly all columns are: there is nothing to tell one sample from "
            "another by.",
    .told = "Columns of up to 10,000 samples that hold one value.",
    .alike = "The black border of images; rare words.",
    .cure = "Look at how the data are read; leave constant columns out.",
    .source = "TheDeepChecker: constant features",
    .test = test,
};
