/* Nothing that can be trained, or a rate of 0. */
#include "doctor/rules.h"
#include "base/plural.h"

static bool test(const hone_doctor_facts *facts, hone_finding *finding)
{
    bool frozen = facts->all_numbers > 0 && facts->trainable_numbers == 0,
         still = facts->rate_peak == 0 && !facts->own_loop;
    if (!frozen && !still)
        return false;
    if (frozen) {
        hone_finding_say(finding, "0 of %lld weight%s are trainable", (long long)facts->all_numbers,
                         hone_internal_plural(facts->all_numbers));
        if (facts->stages > 1)
            hone_finding_advise(finding, "take freeze out of this stage, or say what it unfreezes");
        else
            hone_finding_edit(finding, HONE_EDIT_FIT, "", "trainable", "true");
    } else {
        hone_finding_say(finding, "the learning rate is 0 at every planned step");
        hone_finding_edit(finding, HONE_EDIT_SET, "compile.optimizer", "", "%s", facts->optimizer);
    }
    hone_finding_number_add(finding, "trainable", (double)facts->trainable_numbers,
                            (double)facts->all_numbers);
    return true;
}

const hone_doctor_rule hone_internal_doctor_nothing_trains = {
    .id = "nothing_trains",
    .title = "nothing is trained",
    .phase = "static",
    .grade = 'F',
    .suppresses =
        "frozen_fresh|rate_too_low|too_few_steps|vanishing_gradients|no_gradient_path|underfit|inputs_unscaled|init_scale|momentum_missing|imbalance_collapse|labels_unrelated|no_nonlinearity",
    .what = "No weight is trainable, or the learning rate is 0 at every step: the loss stays where it is.",
    .told = "The trainable weights are counted; the schedule is looked at over all planned steps.",
    .alike = "A rate that is merely small: rate_too_low.",
    .cure = "trainable: true for the layers; a learning rate above 0.",
    .source = "DeepCrime",
    .test = test,
};
