/* Initial weights too large or too small for the number of inputs. */
#include "doctor/rules.h"
#include "base/plural.h"

static const char *function_of(const hone_doctor_facts *facts)
{
    for (int i = 0; i < facts->layer_count; i++)
        if (!facts->layers[i].output && facts->layers[i].activation != NULL)
            return facts->layers[i].activation;
    return NULL;
}

/* The layer whose sums differ most in size from its inputs. */
static const char *worst(const hone_doctor_facts *facts)
{
    const char *name = NULL;
    double most = 0;
    for (int i = 0; i < facts->layer_count; i++) {
        const hone_doctor_layer *layer = &facts->layers[i];
        double growth = fabs(log(layer->start.z_rms / layer->start.input_rms));
        if (layer->weights && growth > most) {
            most = growth;
            name = layer->name;
        }
    }
    return name;
}

static bool test(const hone_doctor_facts *facts, hone_finding *finding)
{
    bool grows = facts->weight_layers >= 4 && (facts->forward > 2 || facts->forward < 0.5);
    bool loud = facts->first_loss > 2 * facts->constant_loss && facts->entry_rms <= 10;
    if (!grows && !loud)
        return false;
    if (grows)
        finding->grade = 'M';
    hone_finding_at(finding, worst(facts));
    if (grows)
        hone_finding_say(finding,
                         "what units add up %s to %.2gx from one layer to the next, over %lld layer%s",
                         facts->forward > 1 ? "grows" : "shrinks", facts->forward,
                         (long long)facts->weight_layers, hone_internal_plural(facts->weight_layers));
    else
        hone_finding_say(
            finding,
            "before the first step the loss is %.4g, where guessing has %.4g, though the inputs have "
            "a usual size (%.3g): the initial weights make too much of them",
            facts->first_loss, facts->constant_loss, facts->entry_rms);
    hone_finding_number_add(finding, "growth", facts->forward, facts->forward > 1 ? 2 : 0.5);
    hone_finding_number_add(finding, "first_loss", facts->first_loss, 2 * facts->constant_loss);
    hone_finding_edit(finding, HONE_EDIT_FIT, "", "kernel_initializer", "%s",
                      hone_internal_initializer_for(function_of(facts)));
    return true;
}

const hone_doctor_rule hone_internal_doctor_init_scale = {
    .id = "init_scale",
    .title = "the initial weights have the wrong size",
    .phase = "first",
    .grade = 'C',
    .suppresses =
        "vanishing_gradients|exploding_gradients|dead_relu|saturated|rate_too_high|rate_too_low|not_finite|oscillation|momentum_missing|too_few_steps|underfit|labels_unrelated",
    .what =
        "Sums grow or shrink from layer to layer when weights begin too large or too small for the number "
        "of inputs. After ten layers nothing, or only noise, is left.",
    .told = "The growth of the sums per layer over the first batch, or a first loss far above that of chance "
            "with inputs of the right size.",
    .alike = "Inputs that are too large: inputs_unscaled.",
    .cure = "he_normal for relu, glorot_uniform for tanh and sigmoid, lecun_normal for selu.",
    .source = "Glorot and Bengio 2010; He and others 2015",
    .test = test,
};
