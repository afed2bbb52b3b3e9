/* A validation loss that rises while the training loss falls. */
#include "doctor/rules.h"

static bool test(const hone_doctor_facts *facts, hone_finding *finding)
{
    int count = facts->epoch_count, least = 0;
    if (count < 5 || isnan(facts->validation_losses[0]))
        return false;
    for (int e = 1; e < count; e++)
        least = facts->validation_losses[e] < facts->validation_losses[least] ? e : least;
    double last = facts->validation_losses[count - 1], best = facts->validation_losses[least];
    double before = facts->validation_accuracies[least], now = facts->validation_accuracies[count - 1];
    double error = isnan(now) ? 0
                              : sqrt(fmax(now * (1 - now), 0.01) /
                                     (double)(facts->validation_rows < 2000 ? facts->validation_rows : 2000));
    int64_t after = (int64_t)(count - 1 - least);
    bool heart =
        facts->outcome == HONE_OUTCOME_MEMORISES; /* what it has learned holds for no others at all */
    bool rose = last >= (heart ? 1 : 1.5) * best && last > best + (heart ? 2 : 3) * facts->validation_se;
    double apart = facts->train_accuracies[count - 1] - now; /* right on the training samples alone */
    bool gained = !isnan(now) && now > before + error && facts->monitor == NULL && !(heart && apart > 0.2);
    bool fell = facts->train_losses[count - 1] < facts->train_losses[least];
    if (!rose || !fell || gained || after * facts->epoch_stride < 5 || after * 4 < count ||
        facts->monitor != NULL)
        return false;
    finding->always = true;
    hone_finding_say(
        finding, "validation was best at epoch %lld (%.4g), now it is %.4g; training fell to %.4g",
        (long long)(least * facts->epoch_stride + 1), best, last, facts->train_losses[count - 1]);
    hone_finding_number_add(finding, "validation_loss", last, 1.5 * best);
    hone_finding_number_add(finding, "best", best, HONE_NONE);
    hone_finding_number_add(finding, "training_loss", facts->train_losses[count - 1], HONE_NONE);
    hone_finding_edit(finding, HONE_EDIT_SET, "fit.callbacks", "",
                      "[\"early_stopping(patience=5, restore_best_weights=true)\"]");
    return true;
}

const hone_doctor_rule hone_internal_doctor_overfit = {
    .id = "overfit",
    .title = "it overfits",
    .phase = "end",
    .grade = 'M',
    .suppresses = "early_stop_too_soon|underfit|too_few_steps",
    .what = "The network goes on to learn the training samples by heart: their loss falls while that of new "
            "samples rises.",
    .told = "Over at least 5 epochs: the loss of the validation data ends at 1.5 times its least and beyond "
            "its error, the training loss fell on, and no accuracy was gained.",
    .alike = "A validation loss that rises while the accuracy still does, which is overconfidence alone.",
    .cure = "early_stopping(patience=5, restore_best_weights=true), dropout, l2(1e-4), more data.",
    .source = "Prechelt 1998; Deep Learning Tuning Playbook",
    .test = test,
};
