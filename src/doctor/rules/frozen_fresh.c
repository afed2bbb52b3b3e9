/* A frozen layer that holds what its initializer drew. */
#include "doctor/rules.h"

static bool test(const hone_doctor_facts *facts, hone_finding *finding)
{
    int count = 0;
    for (int i = 0; i < facts->layer_count; i++) {
        const hone_doctor_layer *layer = &facts->layers[i];
        if (!layer->weights || layer->trainable || !layer->fresh || facts->trainable_numbers == 0 ||
            facts->own_loop) /* which may train it through another model */
            continue;
        if (count++ == 0) {
            hone_finding_at(finding, layer->name);
            hone_finding_say(finding, "%s is frozen with random weights", layer->name);
        }
        if (layer->output)
            finding->grade = 'F';
        hone_finding_edit(finding, HONE_EDIT_LAYER, layer->name, "trainable", "true");
    }
    hone_finding_number_add(finding, "layers", count, 0);
    return count > 0;
}

const hone_doctor_rule hone_internal_doctor_frozen_fresh = {
    .id = "frozen_fresh",
    .title = "random weights are frozen",
    .phase = "static",
    .grade = 'M',
    .suppresses = "rate_too_low|underfit|too_few_steps|vanishing_gradients|no_nonlinearity|init_scale",
    .what = "A layer is frozen though its weights are only what its initializer drew: it passes on noise and "
            "never improves.",
    .told = "trainable is false, and nothing has set the weights since they were drawn.",
    .alike = "A layer whose weights were loaded; random features that suffice (the run learns).",
    .cure = "trainable: true, or load its weights.",
    .source = "Keras: Transfer learning",
    .test = test,
};
