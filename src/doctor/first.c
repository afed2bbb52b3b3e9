/* What follows from the first batch: growth from layer to layer, and targets out of reach. */
#include "doctor/doctor.h"

#include <math.h>
#include <string.h>

/* flow = (G_first / G_last)^(1 / (D - 1)), D layers with weights on the longest way; forward: of rms(z)
 * likewise. */
void hone_internal_doctor_flow(hone_doctor_facts *facts)
{
    const hone_doctor_layer *first = NULL, *last = NULL, *hidden = NULL;
    for (int i = 0; i < facts->layer_count; i++) {
        const hone_doctor_layer *layer = &facts->layers[i];
        if (!layer->weights || isnan(layer->start.gradient))
            continue;
        if (first == NULL || layer->depth < first->depth)
            first = layer;
        if (last == NULL || layer->depth >= last->depth)
            last = layer;
        if (!layer->output && (hidden == NULL || layer->depth >= hidden->depth))
            hidden = layer;
    }
    if (first == NULL || last == NULL || first->depth == last->depth)
        return;
    facts->gradient_first = first->start.gradient;
    facts->gradient_ratio = first->start.gradient / fmax(last->start.gradient, 1e-38);
    facts->flow = pow(facts->gradient_ratio, 1.0 / (double)(last->depth - first->depth));
    if (hidden != NULL && hidden->depth > first->depth && first->start.z_rms > 0)
        facts->forward =
            pow(hidden->start.z_rms / first->start.z_rms, 1.0 / (double)(hidden->depth - first->depth));
}

/* Bounds of what a function gives. */
static bool bounds_of(const char *function, double *low, double *high)
{
    static const struct {
        const char *name;
        double low, high;
    } bounds[] = {
        {"relu", 0, HUGE_VAL}, {"relu6", 0, 6},      {"sigmoid", 0, 1},         {"hard_sigmoid", 0, 1},
        {"tanh", -1, 1},       {"hard_tanh", -1, 1}, {"softplus", 0, HUGE_VAL}, {"exponential", 0, HUGE_VAL},
        {"softsign", -1, 1},   {"softmax", 0, 1},    {"sparse_sigmoid", 0, 1}};
    for (size_t i = 0; function != NULL && i < sizeof bounds / sizeof *bounds; i++)
        if (strcmp(bounds[i].name, function) == 0) {
            *low = bounds[i].low;
            *high = bounds[i].high;
            return true;
        }
    return false;
}

void hone_internal_doctor_ranges(const hone_doctor_facts *facts, hone_doctor_output *outputs,
                                 const hone_examined *sample)
{
    for (int i = 0; i < facts->output_count; i++) {
        hone_doctor_output *output = &outputs[i];
        double low, high, margin = 1e-6 * (fabs(output->y_high) + fabs(output->y_low) + 1);
        int64_t outside = 0, count = sample->count * sample->y_width;
        if (output->labels == 0 || output->task != HONE_DOCTOR_NUMBERS ||
            !bounds_of(output->activation, &low, &high))
            continue;
        for (int64_t j = 0; j < count; j++)
            outside += (double)sample->y[j] < low - margin || (double)sample->y[j] > high + margin;
        output->out_of_range = (double)outside / (double)(count > 0 ? count : 1);
    }
}
