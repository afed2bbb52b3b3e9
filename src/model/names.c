/* Names of a model's layers. */
#include "base/memory.h"
#include "base/text.h"
#include "model/model.h"

/* dense, dense_1, dense_2 ... in layer order, passing over names that the user gave. */
static hone_status make_name(hone_model *model, hone_layer *layer, const char *base)
{
    const char *class_name = layer->type->type.class_name;
    size_t number = (uintptr_t)hone_internal_names_get(&model->numbers, class_name);
    char *name;
    do {
        name = number == 0 ? hone_internal_copy_text(base) : hone_internal_format("%s_%zu", base, number);
        number++;
        if (name == NULL)
            return HONE_ERROR_MEMORY;
        if (hone_internal_names_get(&model->names, name) == NULL)
            break;
        hone_internal_free(name);
    } while (true);
    layer->name = name;
    return hone_internal_names_put(&model->numbers, class_name, (void *)(uintptr_t)number);
}

static hone_status enter_name(hone_model *model, hone_layer *layer)
{
    const hone_layer *known = hone_internal_names_get(&model->names, layer->name);
    if (known != NULL && known != layer)
        return hone_fail(HONE_ERROR_NAME, "two layers are named \"%s\"; names must be unique in a model",
                         layer->name);
    return hone_internal_names_put(&model->names, layer->name, layer);
}

hone_status hone_internal_model_name_layer(hone_model *model, hone_layer *layer)
{
    if (layer->name == NULL) {
        char *base = hone_internal_text_snake_case(layer->type->type.class_name);
        hone_status status = base == NULL ? HONE_ERROR_MEMORY : make_name(model, layer, base);
        hone_internal_free(base);
        HONE_TRY(status);
    }
    return enter_name(model, layer);
}

/* Names that are given come first: those that are made skip them, wherever they stand. */
hone_status hone_internal_model_give_names(hone_model *model)
{
    hone_internal_names_free(&model->names);
    hone_internal_names_free(&model->numbers);
    for (size_t i = 0; i < model->layer_count; i++)
        if (model->layers[i]->name != NULL)
            HONE_TRY(enter_name(model, model->layers[i]));
    for (size_t i = 0; i < model->layer_count; i++)
        HONE_TRY(hone_internal_model_name_layer(model, model->layers[i]));
    return HONE_OK;
}
