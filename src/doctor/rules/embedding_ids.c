/* Ids that an embedding does not know, or numbers that are no ids. */
#include "doctor/rules.h"

enum { MOST_IDS = 1 << 24 }; /* whole numbers that a float32 tells apart */

/* Numbers that were scaled are ids again without the scale; more than the embedding knows need more rows. */
static void cure_fractions(const hone_doctor_facts *facts, hone_finding *finding)
{
    const double highest = facts->x_high / facts->x_scale, known = (double)facts->ids_known;
    if (isnan(facts->x_scale) || facts->x_scale == 1 || facts->x_scale == 0) {
        hone_finding_advise(finding, "give it the ids as they are: neither scaled nor normalised");
        return;
    }
    hone_finding_edit(finding, HONE_EDIT_SET, "data.scale", "", "1");
    if (highest >= known - 0.5 && highest < MOST_IDS)
        hone_finding_edit(finding, HONE_EDIT_LAYER, facts->ids_layer, "input_dim", "%.0f",
                          floor(highest + 0.5) + 1);
}

static bool has_fractions(const hone_doctor_facts *facts, hone_finding *finding)
{
    if (!(facts->x_whole < 0.9))
        return false;
    hone_finding_say(
        finding,
        "%s takes whole numbers from 0 to %.0f, but %.0f %% of the inputs have fractions, which are cut "
        "off (they go from %.4g to %.4g)",
        facts->ids_layer, (double)facts->ids_known - 1, 100 * (1 - facts->x_whole), facts->x_low,
        facts->x_high);
    cure_fractions(facts, finding);
    return true;
}

static void cure_unknown(const hone_doctor_facts *facts, hone_finding *finding)
{
    if (facts->x_low <= -1)
        hone_finding_advise(finding, "number the ids from 0");
    else if (facts->x_high >= MOST_IDS)
        hone_finding_advise(
            finding,
            "put a hashing layer in front, which needs fewer rows, or set input_dim to the largest id and 1");
    else
        hone_finding_edit(finding, HONE_EDIT_LAYER, facts->ids_layer, "input_dim", "%.0f", facts->x_high + 1);
}

static bool test(const hone_doctor_facts *facts, hone_finding *finding)
{
    const double known = (double)facts->ids_known;
    const bool unknown = facts->refusal != NULL && (facts->x_high >= known || facts->x_low <= -1);
    if (facts->ids_layer == NULL || (!has_fractions(facts, finding) && !unknown))
        return false;
    hone_finding_at(finding, facts->ids_layer);
    hone_finding_number_add(finding, "whole", facts->x_whole, 1);
    hone_finding_number_add(finding, "highest", facts->x_high, known - 1);
    if (facts->x_whole < 0.9)
        return true;
    hone_finding_say(finding, "%s%s go from %.0f to %.0f, but %s knows those from 0 to %.0f",
                     facts->ids_maker == NULL ? "ids" : "the ids of ",
                     facts->ids_maker == NULL ? "" : facts->ids_maker, facts->x_low, facts->x_high,
                     facts->ids_layer, known - 1);
    cure_unknown(facts, finding);
    return true;
}

const hone_doctor_rule hone_internal_doctor_embedding_ids = {
    .id = "embedding_ids",
    .title = "the embedding does not know these ids",
    .phase = "static",
    .grade = 'F',
    .suppresses =
        "padding_unmasked|rate_too_low|underfit|inputs_unscaled|too_few_steps|inputs_constant|labels_unrelated|momentum_missing",
    .what =
        "An embedding is a table with a row for each id from 0 to input_dim - 1. Ids beyond it have no row, and of "
        "numbers with fractions, such as ids that were scaled, only the whole part counts.",
    .told = "The largest and the smallest number of the inputs, and whether they are whole.",
    .alike = "Class numbers beyond the units of the last layer: labels_offset.",
    .cure = "input_dim: the largest id and 1; ids as they are, without scale or normalization.",
    .source = "Keras: Embedding",
    .test = test,
};
