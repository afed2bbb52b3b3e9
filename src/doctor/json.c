/* A diagnosis as JSON: what was found, and the numbers that rules saw: losses by epoch, layers at the start
 * and at the end, checks. */
#include "doctor/doctor.h"
#include "fields/tree.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static hone_config *number_of(double number)
{
    return isfinite(number) ? hone_internal_config_number(number) : hone_internal_config_null();
}

static hone_config *numbers_of(bool *good, const double *numbers, size_t count)
{
    hone_config *list = hone_internal_config_list();
    for (size_t i = 0; i < count; i++)
        push(good, list, number_of(numbers[i]));
    return list;
}

static hone_config *text_of(const char *text)
{
    return text == NULL ? hone_internal_config_null() : hone_internal_config_text(text);
}

/* ---- findings ---- */

static hone_config *edit_of(bool *good, const hone_edit *edit)
{
    static const char *const kinds[] = {"set", "layer", "insert", "append", "remove", "move", "layers"};
    hone_config *map = hone_internal_config_map();
    put(good, map, "kind", hone_internal_config_text(kinds[edit->kind]));
    put(good, map, "target", hone_internal_config_text(edit->target));
    put(good, map, "argument", hone_internal_config_text(edit->argument));
    put(good, map, "value", hone_internal_config_text(edit->value));
    return map;
}

/* {"path": "data.scale", "from": 1, "to": "1/255"}; the edits when there are several. */
static hone_config *cure_of(bool *good, const hone_finding *finding)
{
    if (finding->cure_count == 0)
        return finding->advice[0] == '\0' ? hone_internal_config_null()
                                          : hone_internal_config_text(finding->advice);
    hone_config *map = hone_internal_config_map(), *edits = hone_internal_config_list();
    put(good, map, "path",
        finding->path[0] == '\0' ? hone_internal_config_null() : hone_internal_config_text(finding->path));
    put(good, map, "from",
        finding->was[0] == '\0' ? hone_internal_config_null() : hone_internal_config_text(finding->was));
    put(good, map, "to",
        finding->becomes[0] == '\0' ? hone_internal_config_null()
                                    : hone_internal_config_text(finding->becomes));
    for (int e = 0; e < finding->cures[0].count; e++)
        push(good, edits, edit_of(good, &finding->cures[0].edits[e]));
    put(good, map, "edits", edits);
    return map;
}

static hone_config *alternatives_of(bool *good, const hone_finding *finding)
{
    hone_config *list = hone_internal_config_list();
    for (int c = 1; c < finding->cure_count; c++)
        for (int e = 0; e < finding->cures[c].count; e++)
            push(good, list, edit_of(good, &finding->cures[c].edits[e]));
    return list;
}

static hone_config *verified_of(bool *good, const hone_finding *finding)
{
    if (!finding->verified)
        return hone_internal_config_null();
    hone_config *map = hone_internal_config_map();
    put(good, map, "steps", hone_internal_config_integer(finding->proof_steps));
    put(good, map, "seeds", hone_internal_config_integer(finding->proof_seeds));
    put(good, map, "before", number_of(finding->before));
    put(good, map, "after", number_of(finding->after));
    return map;
}

/* "a|b" as a list. */
static hone_config *ids_of(bool *good, const char *ids)
{
    hone_config *list = hone_internal_config_list();
    while (ids != NULL && *ids != '\0') {
        char id[64];
        size_t length = strcspn(ids, "|");
        snprintf(id, sizeof id, "%.*s", (int)length, ids);
        push(good, list, hone_internal_config_text(id));
        ids += length + (ids[length] == '|');
    }
    return list;
}

static hone_config *finding_of(bool *good, const hone_finding *finding)
{
    const char grade[2] = {finding->grade == 'M' && finding->verified ? 'C' : finding->grade, '\0'};
    hone_config *map = hone_internal_config_map(), *evidence = hone_internal_config_map(),
                *threshold = hone_internal_config_map();
    for (int i = 0; i < finding->evidence_count; i++) {
        const hone_finding_number *number = &finding->evidence[i];
        put(good, evidence, number->name, number_of(number->value));
        if (!isnan(number->reference))
            put(good, threshold, number->name, number_of(number->reference));
    }
    put(good, map, "id", hone_internal_config_text(finding->id));
    put(good, map, "class", hone_internal_config_text(grade));
    put(good, map, "phase", hone_internal_config_text(finding->phase));
    put(good, map, "layer",
        finding->layer[0] == '\0' ? hone_internal_config_null() : hone_internal_config_text(finding->layer));
    put(good, map, "step", hone_internal_config_integer(finding->step));
    put(good, map, "message", hone_internal_config_text(finding->message));
    put(good, map, "evidence", evidence);
    put(good, map, "threshold", threshold);
    put(good, map, "cure", cure_of(good, finding));
    put(good, map, "alternatives", alternatives_of(good, finding));
    put(good, map, "suppressed", ids_of(good, finding->suppressed));
    put(good, map, "verified", verified_of(good, finding));
    return map;
}

static hone_config *texts_of(bool *good, char *const *items, size_t count)
{
    hone_config *list = hone_internal_config_list();
    for (size_t i = 0; i < count; i++)
        push(good, list, hone_internal_config_text(items[i]));
    return list;
}

static hone_config *findings_of(bool *good, const hone_finding *findings, size_t count)
{
    hone_config *list = hone_internal_config_list();
    for (size_t i = 0; i < count; i++)
        push(good, list, finding_of(good, &findings[i]));
    return list;
}

/* ---- numbers ---- */

static hone_config *check_of(bool *good, const hone_doctor_check *check)
{
    const struct {
        const char *name;
        double number;
    } numbers[] = {{"input_rms", check->input_rms}, {"z_rms", check->z_rms},
                   {"a_rms", check->a_rms},         {"gradient", check->gradient},
                   {"dead", check->dead},           {"saturated", check->saturated},
                   {"zeros", check->zeros},         {"weights", check->weight_norm}};
    hone_config *map = hone_internal_config_map();
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        put(good, map, numbers[i].name, number_of(numbers[i].number));
    return map;
}

static hone_config *layers_of(bool *good, const hone_doctor_facts *facts)
{
    hone_config *list = hone_internal_config_list();
    for (int i = 0; i < facts->layer_count; i++) {
        const hone_doctor_layer *layer = &facts->layers[i];
        hone_config *map = hone_internal_config_map();
        put(good, map, "name", text_of(layer->name));
        put(good, map, "class", text_of(layer->class_name));
        put(good, map, "activation", text_of(layer->activation));
        put(good, map, "units", hone_internal_config_integer(layer->units));
        put(good, map, "depth", hone_internal_config_integer(layer->depth));
        put(good, map, "weights", hone_internal_config_boolean(layer->weights));
        put(good, map, "output", hone_internal_config_boolean(layer->output));
        put(good, map, "trainable", hone_internal_config_boolean(layer->trainable));
        put(good, map, "drop_rate", number_of(layer->drop_rate));
        put(good, map, "update", number_of(layer->update));
        put(good, map, "start", check_of(good, &layer->start));
        put(good, map, "end", check_of(good, &layer->end));
        push(good, list, map);
    }
    return list;
}

static hone_config *outputs_of(bool *good, const hone_doctor_facts *facts)
{
    hone_config *list = hone_internal_config_list();
    for (int i = 0; i < facts->output_count; i++) {
        const hone_doctor_output *output = &facts->outputs[i];
        hone_config *map = hone_internal_config_map();
        put(good, map, "loss", text_of(output->loss));
        put(good, map, "activation", text_of(output->activation));
        put(good, map, "from_logits", hone_internal_config_boolean(output->from_logits));
        put(good, map, "units", hone_internal_config_integer(output->units));
        put(good, map, "classes", hone_internal_config_integer(output->classes));
        put(good, map, "targets_low", number_of(output->y_low));
        put(good, map, "targets_high", number_of(output->y_high));
        put(good, map, "accuracy", number_of(output->accuracy));
        push(good, list, map);
    }
    return list;
}

/* {"step": 10, "loss": 0.4, "layers": [[gradient, update, dead, saturated], ...]}, layers as above. */
static hone_config *checks_of(bool *good, const hone_diagnosis *diagnosis)
{
    hone_config *list = hone_internal_config_list();
    for (size_t i = 0; i < diagnosis->record_count; i++) {
        const hone_check_record *record = &diagnosis->records[i];
        hone_config *map = hone_internal_config_map(), *layers = hone_internal_config_list();
        for (int l = 0; l < diagnosis->facts.layer_count; l++)
            push(good, layers, numbers_of(good, record->layers + 4 * l, 4));
        put(good, map, "step", hone_internal_config_integer(record->step));
        put(good, map, "loss", number_of(record->loss));
        put(good, map, "layers", layers);
        push(good, list, map);
    }
    return list;
}

static hone_config *measured_of(bool *good, const hone_diagnosis *diagnosis)
{
    const hone_doctor_facts *facts = &diagnosis->facts;
    size_t epochs = (size_t)facts->epoch_count;
    hone_config *map = hone_internal_config_map();
    put(good, map, "optimizer", text_of(facts->optimizer));
    put(good, map, "rate", number_of(facts->rate));
    put(good, map, "inputs_low", number_of(facts->x_low));
    put(good, map, "inputs_high", number_of(facts->x_high));
    put(good, map, "first_loss", number_of(facts->first_loss));
    put(good, map, "chance_loss", number_of(facts->constant_loss));
    put(good, map, "not_finite", hone_internal_config_boolean(facts->not_finite_step != HONE_NONE_INTEGER));
    put(good, map, "losses", numbers_of(good, facts->blocks, (size_t)facts->block_count));
    put(good, map, "train_losses", numbers_of(good, facts->train_losses, epochs));
    put(good, map, "train_accuracies", numbers_of(good, facts->train_accuracies, epochs));
    put(good, map, "validation_losses", numbers_of(good, facts->validation_losses, epochs));
    put(good, map, "validation_accuracies", numbers_of(good, facts->validation_accuracies, epochs));
    put(good, map, "outputs", outputs_of(good, facts));
    put(good, map, "layers", layers_of(good, facts));
    put(good, map, "checks", checks_of(good, diagnosis));
    return map;
}

/* ---- the whole ---- */

char *hone_diagnosis_json(const hone_diagnosis *diagnosis)
{
    if (diagnosis == NULL)
        return NULL;
    bool good = true;
    const hone_doctor_facts *facts = &diagnosis->facts;
    hone_config *map = hone_internal_config_map();
    put(&good, map, "version", hone_internal_config_integer(1));
    put(&good, map, "outcome", hone_internal_config_text(hone_internal_outcome_name(facts->outcome)));
    put(&good, map, "q", number_of(facts->q));
    put(&good, map, "overhead", number_of(facts->overhead));
    put(&good, map, "rows", hone_internal_config_integer(facts->rows));
    put(&good, map, "steps", hone_internal_config_integer(facts->steps));
    if (facts->stages > 1) {
        put(&good, map, "stage", hone_internal_config_integer(facts->stage + 1));
        put(&good, map, "stages", hone_internal_config_integer(facts->stages));
    }
    put(&good, map, "refusal", hone_internal_config_text(facts->refusal));
    put(&good, map, "diagnoses", findings_of(&good, diagnosis->findings, (size_t)diagnosis->count));
    put(&good, map, "notes", findings_of(&good, diagnosis->notes, diagnosis->note_count));
    put(&good, map, "excluded", texts_of(&good, diagnosis->excluded, diagnosis->excluded_count));
    put(&good, map, "skipped", texts_of(&good, diagnosis->skipped, diagnosis->skipped_count));
    put(&good, map, "measured", measured_of(&good, diagnosis));
    char *text = good ? hone_internal_config_to_json(map, true) : NULL;
    hone_internal_config_free(map);
    return text;
}
