/* Layers, inputs and targets whose shapes do not fit each other: the model cannot be made, or does not take
 * the data. */
#include "base/plural.h"
#include "doctor/rules.h"

#include <stdio.h>
#include <stdlib.h>

enum { MOST_AXES = 8 };

/* The axes of "(None, 28, 28)", without that of the samples; how many, or -1. */
static int axes_of(const char *text, int64_t *axes)
{
    int count = 0;
    const char *at = text == NULL ? NULL : strchr(text, ',');
    while (at != NULL && *at == ',' && count < MOST_AXES) {
        char *end;
        axes[count] = strtoll(at + 1, &end, 10);
        if (end == at + 1)
            return *(at + 1) == ')' ? count : -1;
        count++;
        at = end;
    }
    return at != NULL && *at == ')' ? count : -1;
}

static int64_t product_of(const int64_t *axes, int count)
{
    int64_t product = 1;
    for (int i = 0; i < count; i++)
        product *= axes[i];
    return product;
}

/* "[28, 28]" */
static void write_axes(char *text, size_t size, const int64_t *axes, int count)
{
    size_t length = (size_t)snprintf(text, size, "[");
    for (int i = 0; i < count && length < size; i++)
        length +=
            (size_t)snprintf(text + length, size - length, "%s%lld", i > 0 ? ", " : "", (long long)axes[i]);
    if (length < size)
        snprintf(text + length, size - length, "]");
}

/* the input "input_layer" takes data of shape (None, 14), not (None, 13) */
static bool input_differs(const hone_doctor_facts *facts, hone_finding *finding)
{
    char name[96], taken[160], given[160];
    int64_t wanted[MOST_AXES], found[MOST_AXES];
    if (sscanf(facts->refusal, "the input \"%95[^\"]\" takes data of shape %159[^)]), not %159[^)])", name,
               taken, given) != 3)
        return false;
    snprintf(taken + strlen(taken), sizeof taken - strlen(taken), "%s",
             strlen(taken) < sizeof taken - 1 ? ")" : "");
    snprintf(given + strlen(given), sizeof given - strlen(given), "%s",
             strlen(given) < sizeof given - 1 ? ")" : "");
    int count = axes_of(given, found), old = axes_of(taken, wanted);
    hone_finding_at(finding, name);
    hone_finding_say(finding, "the model takes samples of shape %s, but those of the data are %s", taken,
                     given);
    if (count < 1)
        return true;
    char shape[120], before[120];
    write_axes(shape, sizeof shape, found, count);
    hone_finding_edit(finding, HONE_EDIT_LAYER, name, "shape", "%s", shape);
    if (old > 0 &&
        product_of(wanted, old) == product_of(found, count)) { /* the same numbers in another form */
        write_axes(before, sizeof before, wanted, old);
        hone_finding_edit(finding, HONE_EDIT_INSERT, "", "", "reshape: {target_shape: %s}", before);
    }
    return true;
}

static bool gives_steps(const char *class_name)
{
    return class_name != NULL && (strstr(class_name, "LSTM") != NULL || strstr(class_name, "GRU") != NULL ||
                                  strstr(class_name, "RNN") != NULL);
}

/* Pictures from rows of numbers: [side, side, 1], or with 3 channels. */
static bool square_of(int64_t numbers, int64_t *axes)
{
    for (int64_t channels = 1; channels <= 3; channels += 2)
        for (int64_t side = 2; side * side * channels <= numbers; side++)
            if (side * side * channels == numbers) {
                axes[0] = axes[1] = side;
                axes[2] = channels;
                return true;
            }
    return false;
}

static void cure_axes(const hone_doctor_facts *facts, hone_finding *finding, int needed, int64_t *axes,
                      int count)
{
    const char *layer = facts->refused_layer;
    char shape[120];
    if (needed < count) {
        hone_finding_edit(finding, HONE_EDIT_INSERT, layer, "", "flatten");
        return;
    }
    if (gives_steps(facts->refused_after_class)) {
        hone_finding_edit(finding, HONE_EDIT_LAYER, facts->refused_after, "return_sequences", "true");
        return;
    }
    if (needed == count + 1)
        axes[count] = 1;
    else if (!(needed == 3 && count == 1 && square_of(axes[0], axes))) {
        hone_finding_advise(finding, "bring the samples into that form with a reshape before %s", layer);
        return;
    }
    write_axes(shape, sizeof shape, axes, needed);
    hone_finding_edit(finding, HONE_EDIT_INSERT, layer, "", "reshape: {target_shape: %s}", shape);
}

/* needs an input of shape (batch, steps, n), n known, not (None, 13) */
static bool layer_differs(const hone_doctor_facts *facts, hone_finding *finding)
{
    const char *needs = strstr(facts->refusal, "needs an input of shape (batch"),
               *given = needs == NULL ? NULL : strstr(needs, "not (");
    int64_t axes[MOST_AXES + 1];
    if (given == NULL || facts->refused_layer == NULL)
        return false;
    int needed = 0, count = axes_of(given + 4, axes);
    bool open = false;
    for (const char *at = strchr(needs, '('); *at != '\0' && *at != ')'; at++) {
        needed += *at == ',';
        open = open || *at == '.';
    }
    hone_finding_at(finding, facts->refused_layer);
    int place = (int)strcspn(facts->refusal, ":"); /* "line 3: " where it is known */
    if (strncmp(facts->refusal, "line ", 5) == 0)
        hone_finding_say(finding, "%.*s: %s %s", place, facts->refusal, facts->refused_layer, needs);
    else
        hone_finding_say(finding, "%s %s", facts->refused_layer, needs);
    if (count > 0 && needed > 0 && needed != count && !open && needed <= MOST_AXES)
        cure_axes(facts, finding, needed, axes, count);
    else
        hone_finding_advise(finding, "look at the shapes before %s: hone summary", facts->refused_layer);
    return true;
}

/* targets of shape (32,) do not match predictions of shape (32, 8, 8, 10) */
static bool targets_differ(const hone_doctor_facts *facts, hone_finding *finding)
{
    const hone_doctor_output *output = hone_internal_judged(facts);
    const char *targets = strstr(facts->refusal, "targets of shape ("),
               *predictions = strstr(facts->refusal, "predictions of shape (");
    int64_t wanted[MOST_AXES], found[MOST_AXES];
    if (targets == NULL || predictions == NULL || output->layer == NULL)
        return false;
    int old = axes_of(strchr(targets, '('), wanted), count = axes_of(strchr(predictions, '('), found);
    if (old < 0 || count < 1)
        return false;
    hone_finding_at(finding, output->layer);
    if (count > 1 && old < count - (output->wants_ids ? 1 : 0)) {
        hone_finding_say(
            finding, "%s answers for each of the %lld position%s of a sample, but a sample has one target",
            output->layer, (long long)product_of(found, count - 1),
            hone_internal_plural(product_of(found, count - 1)));
        if (gives_steps(facts->refused_after_class))
            hone_finding_edit(finding, HONE_EDIT_LAYER, facts->refused_after, "return_sequences", "false");
        else
            hone_finding_edit(finding, HONE_EDIT_INSERT, output->layer, "", "flatten");
        return true;
    }
    if (count == 1 && old == 1 && !output->wants_ids && wanted[0] != found[0]) {
        hone_finding_say(finding, "a target has %lld number%s, but %s has %lld unit%s", (long long)wanted[0],
                         hone_internal_plural(wanted[0]), output->layer, (long long)found[0],
                         hone_internal_plural(found[0]));
        hone_finding_edit(finding, HONE_EDIT_LAYER, output->layer, "units", "%lld", (long long)wanted[0]);
        return true;
    }
    return false;
}

static bool test(const hone_doctor_facts *facts, hone_finding *finding)
{
    return facts->refusal != NULL &&
           (input_differs(facts, finding) || layer_differs(facts, finding) || targets_differ(facts, finding));
}

const hone_doctor_rule hone_internal_doctor_shape_mismatch = {
    .id = "shape_mismatch",
    .title = "shapes do not fit each other",
    .phase = "static",
    .grade = 'F',
    .suppresses = "",
    .what =
        "Each layer takes arrays of a certain form: dense layers rows of numbers, recurrent ones steps of rows, "
        "convolutions over pictures height, width and channels. What comes before has another one.",
    .told = "The model cannot be made, or does not take the data: the shapes beside each other.",
    .alike = "Pictures whose channels come first: channels_first. Targets of another form: target_form.",
    .cure =
        "reshape or flatten in front of the layer, return_sequences: true in a recurrent layer that another follows, "
        "the shape of the data in the input layer.",
    .source = "Humbatova and others 2020: Taxonomy of Real Faults in Deep Learning Systems",
    .test = test,
};
