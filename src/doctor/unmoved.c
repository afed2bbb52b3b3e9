/* A forward pass in training that leaves moving statistics and carried states as they were. */
#include "doctor/doctor.h"

#include <string.h>

/* What a forward pass in training moves: moving statistics, and states that layers carry. */
typedef void visit_numbers(float *data, size_t count, float **place);

static void save(float *data, size_t count, float **place)
{
    memcpy(*place, data, count * sizeof *data);
    *place += count;
}

static void restore(float *data, size_t count, float **place)
{
    memcpy(data, *place, count * sizeof *data);
    *place += count;
}

static void visit_carried(const hone_model *model, visit_numbers *visit, float **place)
{
    for (size_t i = 0; i < model->layer_count; i++) {
        const hone_layer *layer = model->layers[i];
        const hone_model *inner = hone_internal_layer_model(layer);
        for (size_t c = 0; c < layer->carried_count; c++)
            if (layer->carried[c]->memory != NULL)
                visit(hone_internal_variable_data(layer->carried[c]),
                      (size_t)hone_internal_variable_count(layer->carried[c]), place);
        if (inner != NULL)
            visit_carried(inner, visit, place);
    }
}

static void visit_moved(const hone_model *model, visit_numbers *visit, float **place)
{
    for (size_t i = 0; i < model->weights.count; i++)
        if (!model->weights.items[i]->created_trainable)
            visit(hone_internal_variable_data(model->weights.items[i]),
                  (size_t)hone_internal_variable_count(model->weights.items[i]), place);
    visit_carried(model, visit, place);
}

/* At most: all weights and all that is carried. */
static size_t count_carried(const hone_model *model)
{
    size_t count = 0;
    for (size_t i = 0; i < model->layer_count; i++) {
        const hone_layer *layer = model->layers[i];
        const hone_model *inner = hone_internal_layer_model(layer);
        for (size_t c = 0; c < layer->carried_count; c++)
            count += (size_t)hone_internal_variable_count(layer->carried[c]);
        count += inner == NULL ? 0 : count_carried(inner);
    }
    return count;
}

static size_t count_moved(const hone_model *model)
{
    size_t count = count_carried(model);
    for (size_t i = 0; i < model->weights.count; i++)
        if (!model->weights.items[i]->created_trainable)
            count += (size_t)hone_internal_variable_count(model->weights.items[i]);
    return count;
}

hone_status hone_internal_run_unmoved(hone_model *model, hone_plan *plan, hone_team *team)
{
    size_t numbers = count_moved(model);
    float *kept = hone_internal_allocate((numbers + 1) * sizeof *kept), *place = kept;
    if (kept == NULL)
        return HONE_ERROR_MEMORY;
    visit_moved(model, save, &place);
    hone_internal_plan_run(plan, team, model->forward_passes);
    place = kept;
    visit_moved(model, restore, &place);
    hone_internal_free(kept);
    return HONE_OK;
}
