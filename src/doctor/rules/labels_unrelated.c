/* Inputs and labels that do not belong together. */
#include "doctor/rules.h"

static bool test(const hone_doctor_facts *facts, hone_finding *finding)
{
    const hone_doctor_output *output = hone_internal_judged(facts);
    bool same = output->labels > 1 && output->y_sd == 0 && output->target_width == 1 && !facts->own_loop;
    bool apart = fabs(facts->neighbours_z) < 3 && facts->ridge_z < 2.5 && output->labels >= 200;
    bool bad = hone_internal_is_bad(facts) || facts->outcome == HONE_OUTCOME_MEMORISES;
    if (same) {
        finding->grade = 'F';
        finding->title = "the targets never change";
        hone_finding_say(finding, "all %lld targets are %.4g", (long long)output->labels, output->y_mean);
        hone_finding_advise(finding, "look at how the targets are read");
        return true;
    }
    if (!apart || !bad)
        return false;
    finding->always = true;
    hone_finding_say(
        finding,
        output->classes > 0
            ? "the sample that is most alike has the same label in %.1f %% of the cases, which is "
              "chance (%.1f %%)"
            : "samples that are alike have targets that are not (correlation %.3f, by chance %.0f)",
        output->classes > 0 ? 100 * facts->neighbours : facts->neighbours,
        output->classes > 0 ? 100 * facts->neighbours_chance : 0.0);
    hone_finding_number_add(finding, "neighbours_z", facts->neighbours_z, 3);
    hone_finding_number_add(finding, "columns_z", facts->ridge_z, 2.5);
    hone_finding_advise(finding, "pair inputs and labels again; look at some samples beside their labels");
    return true;
}

const hone_doctor_rule hone_internal_doctor_labels_unrelated = {
    .id = "labels_unrelated",
    .title = "inputs say nothing about the labels",
    .phase = "end",
    .grade = 'M',
    .suppresses = "overfit|imbalance_collapse|underfit|too_few_steps|early_stop_too_soon|rate_too_low",
    .what =
        "Inputs and labels do not belong together: rows were shuffled apart, or there is nothing to find. "
        "A large network learns them by heart and is at chance on new ones.",
    .told = "Nearest neighbours agree on labels no more often than by chance, and no column is related to "
            "them.",
    .alike = "Overfitting with few samples (neighbours agree more often than by chance); validation data of "
             "another kind.",
    .cure = "Pair inputs and labels again; look at a few samples.",
    .source = "Zhang and others 2017: Understanding deep learning requires rethinking generalization",
    .test = test,
};
