/* Arguments of calls beside the inputs: a struct of the layer type's call fields, whose TENSOR and TENSORS
 * fields are nodes of the network. */
#include "base/memory.h"
#include "fields/fields.h"
#include "model/model.h"

#include <string.h>

bool hone_internal_field_is_tensor(const hone_field *field)
{
    return field->kind == HONE_FIELD_TENSOR || field->kind == HONE_FIELD_TENSORS;
}

hone_status hone_internal_tensor_list_add(hone_tensor_list *list, hone_tensor *tensor)
{
    HONE_TRY(hone_internal_grow(&list->items, &list->capacity, (size_t)list->count + 1, sizeof *list->items));
    list->items[list->count++] = tensor;
    return HONE_OK;
}

bool hone_internal_tensor_list_repeats(const hone_tensor_list *list, int index)
{
    int first = 0;
    while (list->items[first] != list->items[index])
        first++;
    return first < index;
}

hone_tensor *const *hone_internal_call_tensors(const hone_field *field, const void *args, hone_tensor *one[2])
{
    if (!hone_internal_field_is_tensor(field))
        return NULL;
    const char *value = (const char *)args + field->offset;
    hone_tensor *const *tensors;
    memcpy(&tensors, value, sizeof tensors);
    if (field->kind == HONE_FIELD_TENSOR && (const void *)tensors != hone_nothing) {
        memcpy(&one[0], value, sizeof one[0]);
        return one;
    }
    return (const void *)tensors == hone_nothing ? NULL : tensors;
}

/* ---- into a call ---- */

static hone_status add_input(hone_call *call, hone_tensor *tensor, const hone_field *field, int place)
{
    size_t count = (size_t)call->input_count + 1;
    hone_tensor **inputs = hone_internal_reallocate(call->inputs, sizeof *inputs * count);
    if (inputs == NULL)
        return HONE_ERROR_MEMORY;
    call->inputs = inputs;
    hone_call_role *roles =
        hone_internal_reallocate(call->roles, sizeof *roles * (count - (size_t)call->plain_count));
    if (roles == NULL)
        return HONE_ERROR_MEMORY;
    call->roles = roles;
    roles[call->input_count - call->plain_count] = (hone_call_role){field, place};
    inputs[call->input_count++] = tensor;
    return HONE_OK;
}

/* In the call's own arguments a list that was given is an empty one: that it was tells a layer that places
 * without a tensor are so on purpose. */
static void note_list(hone_call *call, const hone_field *field)
{
    hone_tensor *const *list = &hone_tensors_end;
    if (field->kind == HONE_FIELD_TENSORS)
        memcpy((char *)call->args + field->offset, &list, sizeof list);
}

hone_status hone_internal_call_take_args(hone_call *call, const void *args)
{
    const hone_type *type = call->layer->type->call_fields;
    if (args == NULL || type == NULL)
        return HONE_OK;
    if ((call->args = hone_internal_fields_copy(type, args)) == NULL)
        return hone_error_status();
    HONE_TRY(hone_internal_fields_check(type, call->args));
    for (size_t i = 0; i < type->field_count; i++) {
        hone_tensor *one[2] = {NULL, hone_tensors_end};
        hone_tensor *const *tensors = hone_internal_call_tensors(&type->fields[i], args, one);
        if (tensors != NULL)
            note_list(call, &type->fields[i]);
        for (int place = 0; tensors != NULL && tensors[place] != hone_tensors_end; place++)
            if (tensors[place] != HONE_NO_TENSOR)
                HONE_TRY(add_input(call, tensors[place], &type->fields[i], place));
    }
    return HONE_OK;
}

/* ---- from a map ---- */

static hone_status read_tensors(hone_made_call *made, size_t index, const hone_config *value,
                                hone_find_tensors *find, void *context)
{
    const hone_field *field = &made->type->fields[index];
    hone_tensor_list *list = &made->lists[index];
    HONE_TRY(find(context, value, list));
    if (field->kind == HONE_FIELD_TENSOR && list->count > 1)
        return hone_internal_config_fail(value, "%s is one tensor, not %d", field->name, list->count);
    HONE_TRY(hone_internal_tensor_list_add(list, hone_tensors_end));
    char *place = (char *)made->args + field->offset;
    if (field->kind == HONE_FIELD_TENSOR)
        memcpy(place, &list->items[0], sizeof list->items[0]);
    else
        memcpy(place, &list->items, sizeof list->items);
    return HONE_OK;
}

static hone_status refuse_arguments(const hone_layer *layer, const hone_config *map)
{
    for (size_t i = 0; i < hone_internal_config_count(map); i++)
        if (strcmp(hone_internal_config_key(map, i), "training") != 0)
            return hone_internal_config_fail(
                hone_internal_config_at(map, i), "%s: its call takes no argument \"%.60s\"",
                hone_internal_layer_label(layer), hone_internal_config_key(map, i));
    return hone_internal_config_fail(map, "%s: training must be true or false",
                                     hone_internal_layer_label(layer));
}

/* A map without the keys of tensors, and of `training` when that was read. */
static hone_config *plain_part(const hone_type *type, const hone_config *map, bool training)
{
    hone_config *plain = hone_internal_config_copy(map);
    if (plain != NULL && training)
        hone_internal_config_remove(plain, "training");
    for (size_t i = 0; plain != NULL && i < type->field_count; i++)
        if (hone_internal_field_is_tensor(&type->fields[i]))
            hone_internal_config_remove(plain, type->fields[i].name);
    return plain;
}

hone_status hone_internal_call_args_read(hone_made_call *made, const hone_layer *layer,
                                         const hone_config *map, hone_find_tensors *find, void *context)
{
    const hone_config *training = hone_internal_config_get(map, "training");
    *made = (hone_made_call){.type = layer->type->call_fields, .training = -1};
    if (hone_internal_config_is(training, HONE_CONFIG_BOOLEAN))
        made->training = hone_internal_config_as_boolean(training);
    if (map == NULL || hone_internal_config_count(map) == (made->training >= 0))
        return HONE_OK;
    if (made->type == NULL)
        return refuse_arguments(layer, map);
    hone_config *plain = plain_part(made->type, map, made->training >= 0);
    made->args = plain == NULL ? NULL : hone_internal_fields_from_config(made->type, plain, NULL);
    hone_internal_config_free(plain);
    made->lists = hone_internal_allocate_zeroed(made->type->field_count + 1, sizeof *made->lists);
    if (made->args == NULL || made->lists == NULL)
        return hone_error_status();
    for (size_t i = 0; i < made->type->field_count; i++) {
        const hone_config *value = hone_internal_config_get(map, made->type->fields[i].name);
        if (hone_internal_field_is_tensor(&made->type->fields[i]) && hone_internal_config_present(value))
            HONE_TRY(read_tensors(made, i, value, find, context));
    }
    return HONE_OK;
}

void hone_internal_call_args_free(hone_made_call *made)
{
    for (size_t i = 0; made->lists != NULL && i < made->type->field_count; i++)
        hone_internal_free(made->lists[i].items);
    hone_internal_free(made->lists);
    if (made->args != NULL)
        hone_internal_fields_free(made->type, made->args);
    *made = (hone_made_call){0};
}
