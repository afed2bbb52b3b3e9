/* Early stopping with too little patience. */
#include "doctor/rules.h"

static bool test(const hone_doctor_facts *facts, hone_finding *finding)
{
    double best = HUGE_VAL, later = HUGE_VAL, stopped_at = HUGE_VAL;
    int stop = -1, waited = 0;
    if (!hone_internal_is(facts->monitor, "val_loss") || facts->patience > 2 || facts->patience < 0 ||
        facts->epoch_stride != 1 || facts->epoch_count < 3)
        return false;
    for (int e = 0; e < facts->epoch_count; e++) {
        double loss = facts->validation_losses[e];
        if (stop >= 0) {
            later = fmin(later, loss);
            continue;
        }
        waited = loss < best - fabs(isnan(facts->min_delta) ? 0 : facts->min_delta) ? 0 : waited + 1;
        best = fmin(best, loss);
        if (waited > 0 && waited >= facts->patience) {
            stop = e;
            stopped_at = best;
        }
    }
    if (stop < 0 || (double)(stop + 1) >= 0.3 * (double)facts->epochs ||
        !(later < stopped_at - 2 * facts->validation_se) || !(later < 0.9 * stopped_at))
        return false;
    finding->always = true;
    hone_finding_say(finding,
                     "stops at epoch %d of %lld with a validation loss of %.4g; going on reaches %.4g",
                     stop + 1, (long long)facts->epochs, stopped_at, later);
    hone_finding_number_add(finding, "patience", (double)facts->patience, 10);
    hone_finding_number_add(finding, "stopped_at", stopped_at, HONE_NONE);
    hone_finding_number_add(finding, "later", later, HONE_NONE);
    hone_finding_edit(finding, HONE_EDIT_SET, "fit.callbacks", "",
                      "[\"early_stopping(patience=10, restore_best_weights=true)\"]");
    return true;
}

const hone_doctor_rule hone_internal_doctor_early_stop_too_soon = {
    .id = "early_stop_too_soon",
    .title = "early stopping stops too soon",
    .phase = "end",
    .grade = 'M',
    .suppresses = "",
    .what = "With little patience one unlucky epoch ends the training.",
    .told = "By the rule of the callback the run would stop before 30 % of its epochs, and going on lowers "
            "the validation loss by more than twice its error.",
    .alike = "Overfitting, where going on does not help.",
    .cure = "patience=10.",
    .source = "Prechelt 1998",
    .test = test,
};
