/* Ids that an embedding does not know, or numbers that are no ids. */
#include "doctor/rules.h"

enum { MOST_IDS = 1 << 24 }; /* whole numbers that a float32 tells apart */

static bool test(const hone_doctor_facts *facts, hone_finding *finding)
{
    double known = (double)facts->ids_known;
    if (facts->ids_layer == NULL)
        return false;
    bool fractions = facts->x_whole < 0.9, beyond = facts->refusal != NULL && facts->x_high >= known,
         below = facts->refusal != NULL && facts->x_low <= -1;
    if (!fractions && !beyond && !below)
        return false;
    hone_finding_at(finding, facts->ids_layer);
    hone_finding_number_add(finding, "whole", facts->x_whole, 1);
    hone_finding_number_add(finding, "highest", facts->x_high, known - 1);
    if (fractions) {
        hone_finding_say(
            finding,
            "%s takes whole numbers from 0 to %.0f, but %.0f %% of the inputs have fractions, which are cut "
            "off (they go from %.4g to %.4g)",
            facts->ids_layer, known - 1, 100 * (1 - facts->x_whole), facts->x_low, facts->x_high);
        hone_finding_advise(finding, "give it the ids as they are: neither scaled nor normalised");
        return true;
    }
    hone_finding_say(finding, "ids go from %.0f to %.0f, but %s knows those from 0 to %.0f", facts->x_low,
                     facts->x_high, facts->ids_layer, known - 1);
    if (below)
        hone_finding_advise(finding, "number the ids from 0");
    else if (facts->x_high >= MOST_IDS)
        hone_finding_advise(finding, "put a hashing layer in front: an embedding takes ids below 16777216");
    else
        hone_finding_edit(finding, HONE_EDIT_LAYER, facts->ids_layer, "input_dim", "%.0f", facts->x_high + 1);
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
