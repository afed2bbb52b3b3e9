/* Early stopping that watches the wrong way. */
#include "doctor/rules.h"

static bool rises(const char *monitor)
{
    static const char *const better[] = {"acc", "auc", "precision", "recall", "f1", "r2", "iou", "dice"};
    for (size_t i = 0; i < sizeof better / sizeof *better; i++)
        if (strstr(monitor, better[i]) != NULL)
            return true;
    return false;
}

static bool test(const hone_doctor_facts *facts, hone_finding *finding)
{
    if (facts->monitor == NULL)
        return false;
    bool up = rises(facts->monitor),
         loss = !up && (strstr(facts->monitor, "loss") != NULL || strstr(facts->monitor, "error") != NULL);
    bool wrong = (up && hone_internal_is(facts->monitor_mode, "min")) ||
                 (loss && hone_internal_is(facts->monitor_mode, "max"));
    bool missing = strncmp(facts->monitor, "val_", 4) == 0 && facts->validation_rows == 0;
    if (!wrong && !missing)
        return false;
    if (wrong)
        hone_finding_say(finding, "early_stopping stops when %s gets better (mode=%s)", facts->monitor,
                         facts->monitor_mode);
    else
        hone_finding_say(finding, "early_stopping watches %s, but there are no validation data",
                         facts->monitor);
    hone_finding_advise(finding, "%s", wrong ? "early_stopping(mode=auto)" : "data: {validation: 0.1}");
    return true;
}

const hone_doctor_rule hone_internal_doctor_monitor_wrong = {
    .id = "monitor_wrong",
    .title = "early stopping watches the wrong way",
    .phase = "static",
    .grade = 'F',
    .suppresses = "early_stop_too_soon",
    .what = "early_stopping waits for the accuracy to fall, or for the loss to rise, or watches validation "
            "numbers that nobody computes.",
    .told = "The arguments of the callback.",
    .alike = "mode: auto, which knows the direction.",
    .cure = "mode=auto; a validation set for val_ numbers.",
    .source = "Keras: EarlyStopping",
    .test = test,
};
