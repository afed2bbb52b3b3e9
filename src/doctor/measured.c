/* The numbers that rules see, as JSON: losses by epoch, layers at the start and at the end, checks. */
#include "doctor/doctor.h"
#include "fields/tree.h"

#include <math.h>

static hone_config *number_of(double number)
{
    return isfinite(number) ? hone_internal_config_number(number) : hone_internal_config_null();
}

static hone_config *list_of(bool *good, const double *numbers, size_t count)
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
            push(good, layers, list_of(good, record->layers + 4 * l, 4));
        put(good, map, "step", hone_internal_config_integer(record->step));
        put(good, map, "loss", number_of(record->loss));
        put(good, map, "layers", layers);
        push(good, list, map);
    }
    return list;
}

void hone_internal_doctor_put_measured(bool *good, hone_config *into, const hone_diagnosis *diagnosis)
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
    put(good, map, "losses", list_of(good, facts->blocks, (size_t)facts->block_count));
    put(good, map, "train_losses", list_of(good, facts->train_losses, epochs));
    put(good, map, "train_accuracies", list_of(good, facts->train_accuracies, epochs));
    put(good, map, "validation_losses", list_of(good, facts->validation_losses, epochs));
    put(good, map, "validation_accuracies", list_of(good, facts->validation_accuracies, epochs));
    put(good, map, "outputs", outputs_of(good, facts));
    put(good, map, "layers", layers_of(good, facts));
    put(good, map, "checks", checks_of(good, diagnosis));
    put(good, into, "measured", map);
}
