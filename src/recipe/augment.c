/* data: {augment: [random_flip: horizontal, ...]}: layers over the training data, on the threads that make
 * batches. */
#include "base/memory.h"
#include "data/dataset.h"
#include "fields/fields.h"
#include "layers/layer.h"
#include "recipe/parts.h"

enum { BYTE_LIMIT = 255 };

static const hone_config *augment_of(const hone_recipe *recipe)
{
    const hone_config *list = hone_internal_recipe_get(recipe, "data", "augment");
    return hone_internal_config_present(list) ? list : NULL;
}

/* Pictures whose bytes are multiplied by a scale have numbers from 0 to 255 times it. */
static hone_status set_range(double scale, hone_recipe_item *item)
{
    const hone_type *type = hone_internal_type_find("layer", item->kind);
    const hone_field *field = type == NULL ? NULL : hone_internal_fields_find(type, "value_range");
    if (type == NULL)
        return hone_internal_recipe_place(hone_error_status(), item->node);
    if (field == NULL || scale == 1 || scale < 0 || hone_internal_fields_given(type, item->arguments, field))
        return HONE_OK;
    hone_config *range = hone_internal_config_list();
    if (range == NULL)
        return HONE_ERROR_MEMORY;
    hone_status status = hone_internal_config_append(range, hone_internal_config_number(0));
    if (status >= 0)
        status = hone_internal_config_append(range, hone_internal_config_number(BYTE_LIMIT * scale));
    if (status >= 0)
        return hone_internal_config_set(item->arguments, "value_range", range);
    hone_internal_config_free(range);
    return status;
}

static hone_layer *make_layer(const hone_recipe *recipe, const hone_config *node, double scale)
{
    hone_recipe_item item;
    hone_layer *layer = NULL;
    if (hone_internal_recipe_item_read(node, &item) < 0)
        return NULL;
    if (item.inputs != NULL || item.call != NULL)
        hone_internal_config_fail(item.inputs != NULL ? item.inputs : item.call,
                                  "layers of augment follow one another; they take no \"%s\"",
                                  item.inputs != NULL ? "inputs" : "call");
    else if (hone_internal_recipe_item_is_file(&item) || hone_internal_recipe_item_is_input(&item))
        hone_internal_config_fail(node, "augment is a list of layers, such as random_flip: horizontal");
    else if (set_range(scale, &item) >= 0)
        layer = hone_internal_recipe_item_layer(recipe, &item);
    hone_internal_recipe_item_free(&item);
    return layer;
}

/* The layers up to hone_layers_end; NULL on failure. */
static hone_layer **make_layers(const hone_recipe *recipe, const hone_config *list, double scale)
{
    size_t count = hone_internal_config_count(list);
    hone_layer **layers = hone_internal_allocate((count + 1) * sizeof *layers);
    for (size_t i = 0; layers != NULL && i < count; i++) {
        layers[i] = make_layer(recipe, hone_internal_config_at(list, i), scale);
        if (layers[i] != NULL)
            continue;
        while (i-- > 0)
            hone_layer_free(layers[i]);
        hone_internal_free(layers);
        return NULL;
    }
    if (layers != NULL)
        layers[count] = hone_layers_end;
    return layers;
}

hone_status hone_internal_recipe_check_augment(const hone_recipe *recipe)
{
    const hone_config *list = augment_of(recipe);
    if (list == NULL)
        return HONE_OK;
    HONE_TRY(hone_internal_recipe_expect(list, HONE_CONFIG_LIST, "augment"));
    if (hone_internal_config_count(list) == 0)
        return hone_internal_config_fail(list,
                                         "augment needs at least one layer, such as random_flip: horizontal");
    hone_layer **layers = make_layers(recipe, list, 1);
    if (layers == NULL)
        return hone_error_status();
    for (size_t i = 0; layers[i] != hone_layers_end; i++)
        hone_layer_free(layers[i]);
    hone_internal_free(layers);
    return HONE_OK;
}

hone_dataset *hone_internal_recipe_augment(const hone_recipe *recipe, hone_dataset *train)
{
    const hone_config *list = augment_of(recipe);
    if (list == NULL || train == NULL)
        return train;
    hone_layer **layers = make_layers(recipe, list, hone_internal_dataset_scale(train));
    if (layers == NULL) {
        hone_dataset_free(train);
        return NULL;
    }
    hone_dataset *made = hone_dataset_augment_with(NULL, train, layers);
    hone_internal_free(layers);
    if (made == NULL)
        hone_internal_recipe_label(hone_internal_recipe_place(hone_error_status(), list), recipe);
    return made;
}
