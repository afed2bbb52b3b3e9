/* A loss for another kind of question than the targets answer. */
#include "doctor/rules.h"
#include "base/plural.h"

static void cure_classes(hone_finding *finding, const hone_doctor_output *output, double classes)
{
    if (output->units != (int64_t)classes)
        hone_finding_edit(finding, HONE_EDIT_LAYER, output->layer, "units", "%.0f", classes);
    if (!hone_internal_is(output->activation, "softmax"))
        hone_finding_edit(finding, HONE_EDIT_LAYER, output->layer, "activation", "softmax");
    hone_finding_edit(finding, HONE_EDIT_SET, "compile.loss", "", "sparse_categorical_crossentropy");
}

static void cure_numbers(hone_finding *finding, const hone_doctor_output *output)
{
    if (output->units != 1 && output->target_width == 1)
        hone_finding_edit(finding, HONE_EDIT_LAYER, output->layer, "units", "1");
    hone_finding_edit(finding, HONE_EDIT_LAYER, output->layer, "activation", "linear");
    hone_finding_edit(finding, HONE_EDIT_SET, "compile.loss", "", "mean_squared_error");
}

/* A loss of yes and no whose targets are something else. */
static bool not_yes_no(const hone_doctor_output *output, hone_finding *finding)
{
    if (strstr(output->loss, "binary") == NULL || (output->y_low > -1e-6 && output->y_high < 1 + 1e-6))
        return false;
    hone_finding_say(finding, "%s takes targets from 0 to 1, but they go from %.4g to %.4g", output->loss,
                     output->y_low, output->y_high);
    if (output->y_whole == 1 && output->classes > 2 && output->y_low >= 0 && output->target_width == 1)
        cure_classes(finding, output, output->y_high + 1);
    else if (output->y_whole < 1)
        cure_numbers(finding, output);
    else
        hone_finding_advise(finding, "turn the targets into 0 and 1");
    return true;
}

/* Class numbers for several units, with a loss that compares numbers. */
static bool ids_as_numbers(const hone_doctor_output *output, hone_finding *finding)
{
    bool whole =
        output->y_whole == 1 && output->y_low >= 0 && output->target_width == 1 && output->classes >= 2;
    bool numbers = output->task == HONE_DOCTOR_NUMBERS || strncmp(output->loss, "mean_", 5) == 0 ||
                   strstr(output->loss, "binary") != NULL || hone_internal_is(output->loss, "huber");
    if (output->wants_ids || !numbers || !whole || output->units < 2 || output->y_high >= 100)
        return false;
    hone_finding_say(finding, "%s over class numbers %.0f to %.0f and %lld unit%s", output->loss,
                     output->y_low, output->y_high, (long long)output->units,
                     hone_internal_plural(output->units));
    cure_classes(finding, output, fmax(output->y_high + 1, (double)output->units));
    return true;
}

/* One unit under a loss of several classes: its share of itself is 1, the loss 0. */
static bool one_unit(const hone_doctor_output *output, hone_finding *finding)
{
    bool several = output->wants_ids || strncmp(output->loss, "categorical", 11) == 0;
    if (!several || output->units != 1 || output->softmax_size == 1)
        return false;
    hone_finding_say(finding, "%s needs a unit for each class, but there is 1 unit", output->loss);
    if (output->y_low >= 0 && output->y_high <= 1) {
        if (!hone_internal_is(output->activation, "sigmoid"))
            hone_finding_edit(finding, HONE_EDIT_LAYER, output->layer, "activation", "sigmoid");
        hone_finding_edit(finding, HONE_EDIT_SET, "compile.loss", "", "binary_crossentropy");
    } else if (output->y_whole == 1 && output->y_low >= 0)
        cure_classes(finding, output, output->y_high + 1);
    else
        cure_numbers(finding, output);
    return true;
}

static bool numbers_as_ids(const hone_doctor_output *output, hone_finding *finding)
{
    if (!output->wants_ids || !(output->y_whole < 1) || output->target_width != 1)
        return false;
    hone_finding_say(finding,
                     "%s takes class numbers, but targets are numbers from %.4g to %.4g with fractions",
                     output->loss, output->y_low, output->y_high);
    cure_numbers(finding, output);
    return true;
}

/* Rows with no 1 or several, under a loss of one class of several. */
static bool several_at_once(const hone_doctor_output *output, hone_finding *finding)
{
    bool rows =
        output->task == HONE_DOCTOR_ROWS && output->target_width == output->units && output->units > 1;
    bool yes_no = output->y_whole == 1 && output->y_low == 0 && output->y_high == 1;
    if (!rows || !yes_no || !(output->target_sums < 0.95))
        return false;
    hone_finding_say(
        finding, "%s takes one class for each sample, but in %.0f %% of the targets none or several are 1",
        output->loss, 100 * (1 - output->target_sums));
    hone_finding_number_add(finding, "one_class", output->target_sums, 1);
    if (!hone_internal_is(output->activation, "sigmoid"))
        hone_finding_edit(finding, HONE_EDIT_LAYER, output->layer, "activation", "sigmoid");
    hone_finding_edit(finding, HONE_EDIT_SET, "compile.loss", "", "binary_crossentropy");
    return true;
}

static bool test(const hone_doctor_facts *facts, hone_finding *finding)
{
    const hone_doctor_output *output = hone_internal_judged(facts);
    if (output->loss == NULL || output->labels == 0 ||
        !(not_yes_no(output, finding) || one_unit(output, finding) || numbers_as_ids(output, finding) ||
          ids_as_numbers(output, finding) || several_at_once(output, finding)))
        return false;
    hone_finding_at(finding, output->layer);
    hone_finding_number_add(finding, "lowest", output->y_low, HONE_NONE);
    hone_finding_number_add(finding, "highest", output->y_high, HONE_NONE);
    return true;
}

const hone_doctor_rule hone_internal_doctor_loss_task = {
    .id = "loss_task",
    .title = "the loss is for another task",
    .phase = "static",
    .grade = 'F',
    .suppresses =
        "output_range|rate_too_low|rate_too_high|imbalance_collapse|underfit|too_few_steps|target_scale|labels_unrelated|no_nonlinearity|not_finite|oscillation|momentum_missing",
    .what = "The loss belongs to another kind of question: yes or no (binary_crossentropy), one of several "
            "classes (sparse_categorical_crossentropy), a number (mean_squared_error).",
    .told = "What the targets are (0 and 1, class numbers, any numbers) and what the loss takes.",
    .alike = "A regression on whole numbers, ages or counts, with one unit: that is fine.",
    .cure = "The loss of the task, with as many units and the last activation that go with it.",
    .source = "DeepFD; NeuraLint",
    .test = test,
};
