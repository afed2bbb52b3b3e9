/* The layer object, and what happens around a layer's own build; layer_call.c has what does around its call.
 */
#include "base/plural.h"
#include "layers/layer.h"
#include "base/memory.h"
#include "base/text.h"
#include "fields/fields.h"
#include "ops/ops.h"

#include <string.h>

/* Of one weight: 2^36 numbers are 256 GiB. */
/* Those of files stay below it; what they declare is held against the file. */
static const int64_t most_numbers = (int64_t)1 << 36;

static const hone_field *find_field(const hone_layer *layer, const char *name)
{
    const hone_type *type = &layer->type->type;
    for (size_t i = 0; i < type->field_count; i++)
        if (strcmp(type->fields[i].name, name) == 0)
            return &type->fields[i];
    return NULL;
}

const void *hone_internal_layer_argument(const hone_layer *layer, const char *name)
{
    const hone_field *field = find_field(layer, name);
    return field == NULL ? NULL : (const char *)layer->args + field->offset;
}

bool hone_internal_layer_flag(const hone_layer *layer, const char *name)
{
    const hone_field *field = find_field(layer, name);
    return field != NULL && field->kind == HONE_FIELD_BOOLEAN &&
           *(const bool *)((const char *)layer->args + field->offset);
}

static const char *const policies[] = {"float32",  "mixed_bfloat16", "mixed_float16",
                                       "bfloat16", "float16",        "float64"};
static const hone_half halves[] = {HONE_HALF_NONE,     HONE_HALF_BFLOAT16, HONE_HALF_FLOAT16,
                                   HONE_HALF_BFLOAT16, HONE_HALF_FLOAT16,  HONE_HALF_NONE};
enum { POLICIES = sizeof policies / sizeof policies[0] };
static _Thread_local int policy;

hone_status hone_set_dtype_policy(const char *name)
{
    for (int i = 0; i < POLICIES; i++) {
        if (name == NULL || strcmp(policies[i], name) != 0)
            continue;
        policy = i;
        return HONE_OK;
    }
    return hone_internal_fail_name("dtype policy", name == NULL ? "" : name, policies, POLICIES);
}

const char *hone_dtype_policy(void)
{
    return policies[policy];
}

hone_half hone_internal_layer_half(const hone_layer *layer)
{
    const char *const *dtype = hone_internal_layer_argument(layer, "dtype");
    for (int i = 0; dtype != NULL && *dtype != NULL && i < POLICIES; i++)
        if (strcmp(policies[i], *dtype) == 0)
            return halves[i];
    return HONE_HALF_NONE;
}

/* A layer without a dtype of its own has the thread's policy. */
static hone_status set_policy(hone_layer *layer)
{
    const char *const *dtype = hone_internal_layer_argument(layer, "dtype");
    if (dtype == NULL || *dtype != NULL)
        return HONE_OK;
    return hone_internal_fields_set_text(&layer->type->type, layer->args, "dtype", hone_dtype_policy());
}

hone_layer *hone_layer_create(const hone_layer_type *type, const void *args)
{
    const char *site = args != NULL ? ((const hone_args *)args)->site : NULL;
    hone_layer *layer = hone_internal_allocate_zeroed(1, sizeof *layer);
    if (layer == NULL)
        return NULL;
    layer->references = 1;
    layer->type = type;
    layer->trainable = true;
    layer->args = hone_internal_fields_copy(&type->type, args != NULL ? args : type->type.defaults);
    bool good = layer->args != NULL && hone_internal_fields_check(&type->type, layer->args) >= 0;
    good = good && set_policy(layer) >= 0;
    if (good && type->state_bytes > 0)
        good = (layer->state = hone_internal_allocate_zeroed(1, type->state_bytes)) != NULL;
    if (good && site != NULL)
        good = (layer->site = hone_internal_copy_text(site)) != NULL;
    const char *const *name = good ? hone_internal_layer_argument(layer, "name") : NULL;
    if (name != NULL && *name != NULL)
        good = hone_internal_layer_set_name(layer, *name) >= 0;
    const bool *trainable = good ? hone_internal_layer_argument(layer, "trainable") : NULL;
    if (trainable != NULL)
        layer->trainable = *trainable;
    if (good)
        return layer;
    hone_layer_free(layer);
    return NULL;
}

hone_layer *hone_layer_retain(hone_layer *layer)
{
    if (layer != NULL)
        layer->references++;
    return layer;
}

void hone_layer_free(hone_layer *layer)
{
    if (layer == NULL || --layer->references > 0)
        return;
    if (layer->type->free_state != NULL && layer->state != NULL)
        layer->type->free_state(layer);
    for (size_t i = 0; i < layer->weight_count; i++)
        hone_internal_variable_free(layer->weights[i]);
    hone_internal_layer_drop_carried(layer);
    if (layer->args != NULL)
        hone_internal_fields_free(&layer->type->type, layer->args);
    hone_internal_free(layer->weights);
    hone_internal_free(layer->input_shapes);
    hone_internal_free(layer->state);
    hone_internal_free(layer->name);
    hone_internal_free(layer->site);
    hone_internal_config_free(layer->unknown);
    hone_internal_config_free(layer->quantization);
    hone_internal_allowance_free(layer->allowance);
    hone_internal_free(layer);
}

const char *hone_layer_name(const hone_layer *layer)
{
    return layer->name;
}
const hone_layer_type *hone_layer_get_type(const hone_layer *layer)
{
    return layer->type;
}
const void *hone_layer_args(const hone_layer *layer)
{
    return layer->args;
}
void *hone_layer_state(hone_layer *layer)
{
    return layer->state;
}
bool hone_layer_trainable(const hone_layer *layer)
{
    return layer->trainable;
}
const char *hone_internal_layer_label(const hone_layer *layer)
{
    return layer->name != NULL ? layer->name : layer->type->type.name;
}

hone_status hone_internal_layer_set_name(hone_layer *layer, const char *name)
{
    if (name[0] == '\0' || strchr(name, '/') != NULL)
        return hone_fail(HONE_ERROR_ARGUMENT, "the name \"%s\" is empty or contains \"/\"", name);
    char *copy = hone_internal_copy_text(name);
    if (copy == NULL)
        return HONE_ERROR_MEMORY;
    hone_internal_free(layer->name);
    layer->name = copy;
    return HONE_OK;
}

hone_layer *hone_internal_layer_within(const hone_layer *layer, int index, const char **attribute)
{
    const char *unused;
    return layer->type->inner == NULL
               ? NULL
               : layer->type->inner(layer, index, attribute != NULL ? attribute : &unused);
}

void hone_internal_layer_set_trainable(hone_layer *layer, bool trainable)
{
    layer->trainable = trainable;
    for (size_t i = 0; i < layer->weight_count; i++)
        layer->weights[i]->trainable = hone_internal_layer_trains(layer, layer->weights[i]);
    hone_layer *inner;
    for (int i = 0; (inner = hone_internal_layer_within(layer, i, NULL)) != NULL; i++)
        hone_internal_layer_set_trainable(inner, trainable);
}

void hone_layer_set_trainable(hone_layer *layer, bool trainable)
{
    if (layer != NULL)
        hone_internal_layer_set_trainable(layer, trainable);
}

static hone_status copy_spec(char **target, const char *spec)
{
    if (hone_internal_spec_is_none(spec))
        return HONE_OK;
    *target = hone_internal_copy_text(spec);
    return *target == NULL ? HONE_ERROR_MEMORY : HONE_OK;
}

hone_variable *hone_layer_add_weight(hone_layer *layer, const hone_weight *weight)
{
    if (hone_internal_grow(&layer->weights, &layer->weight_capacity, layer->weight_count + 1,
                           sizeof *layer->weights) < 0)
        return NULL;
    int64_t numbers = hone_internal_shape_count(weight->shape);
    if (numbers < 0)
        hone_fail(HONE_ERROR_SHAPE, "the shape of the weight \"%s\" is not known", weight->name);
    if (numbers < 0 ||
        ((layer->allowance == NULL || numbers > most_numbers) &&
         hone_internal_check_memory((uint64_t)numbers, sizeof(float), "the weight \"%s\"", weight->name) < 0))
        return NULL;
    const char *initializer = weight->initializer != NULL ? weight->initializer : "glorot_uniform";
    hone_variable *variable = hone_internal_variable_create(weight->name, weight->shape, initializer);
    if (variable == NULL)
        return NULL;
    if (copy_spec(&variable->regularizer, weight->regularizer) < 0 ||
        copy_spec(&variable->constraint, weight->constraint) < 0) {
        hone_internal_variable_free(variable);
        return NULL;
    }
    variable->allowance = hone_internal_allowance_retain(layer->allowance);
    variable->created_trainable = !weight->frozen;
    variable->trainable = variable->created_trainable && layer->trainable;
    layer->weights[layer->weight_count++] = variable;
    return variable;
}

hone_status hone_internal_layer_share_weight(hone_layer *layer, hone_variable *variable)
{
    HONE_TRY(hone_internal_grow(&layer->weights, &layer->weight_capacity, layer->weight_count + 1,
                                sizeof *layer->weights));
    layer->weights[layer->weight_count++] = hone_internal_variable_retain(variable);
    return HONE_OK;
}

void hone_internal_layer_limit(hone_layer *layer, hone_allowance *allowance)
{
    if (allowance == NULL)
        return;
    hone_internal_allowance_free(layer->allowance);
    layer->allowance = hone_internal_allowance_retain(allowance);
    hone_layer *inner;
    for (int i = 0; (inner = hone_internal_layer_within(layer, i, NULL)) != NULL; i++)
        hone_internal_layer_limit(inner, allowance);
}

hone_variable *hone_internal_layer_constant(const hone_layer *layer, hone_shape shape, const double *numbers,
                                            int64_t count)
{
    hone_variable *variable = hone_internal_variable_create("constant", shape, NULL);
    if (variable != NULL)
        variable->allowance = hone_internal_allowance_retain(layer->allowance);
    if (variable == NULL || hone_internal_variables_place(&variable, 1) < 0) {
        hone_internal_variable_free(variable);
        return NULL;
    }
    variable->trainable = variable->created_trainable = false;
    int64_t size = hone_internal_variable_count(variable);
    float *data = hone_internal_variable_data(variable);
    for (int64_t i = 0; i < size; i++)
        data[i] = (float)numbers[i % count];
    return variable;
}

hone_variable *hone_layer_weight(const hone_layer *layer, const char *name)
{
    for (size_t i = 0; i < layer->weight_count; i++)
        if (strcmp(layer->weights[i]->name, name) == 0)
            return layer->weights[i];
    return NULL;
}

static hone_status check_input_count(const hone_layer *layer, int count)
{
    int least = layer->type->inputs_min, most = layer->type->inputs_max;
    if (least == 0 && most == 0)
        least = most = 1;
    if (count >= least && count <= most)
        return HONE_OK;
    if (least == most)
        return hone_fail(HONE_ERROR_SHAPE, "takes %d input%s, not %d", least, hone_internal_plural(least),
                         count);
    if (most == HONE_MANY_INPUTS)
        return hone_fail(HONE_ERROR_SHAPE, "takes at least %d input%s, not %d", least,
                         hone_internal_plural(least), count);
    return hone_fail(HONE_ERROR_SHAPE, "takes %d to %d inputs, not %d", least, most, count);
}

static hone_status check_same_shapes(const hone_layer *layer, const hone_shape *inputs, int count)
{
    for (int i = 0; i < count && i < layer->input_count; i++) {
        hone_shape built = layer->input_shapes[i];
        bool fits = built.rank == inputs[i].rank;
        int last = built.rank - 1; /* weights depend on the channels; other sizes may vary from use to use */
        if (fits && last > 0 && layer->weight_count > 0)
            fits = built.size[last] == inputs[i].size[last];
        if (fits)
            continue;
        char text_built[128], text_now[128];
        hone_internal_shape_to_text(built, text_built, sizeof text_built);
        hone_internal_shape_to_text(inputs[i], text_now, sizeof text_now);
        return hone_fail(HONE_ERROR_SHAPE, "was built for inputs of shape %s and cannot take %s", text_built,
                         text_now);
    }
    return HONE_OK;
}

/* Back to the state before a build that failed, so that another may be tried. */
static void forget_build(hone_layer *layer)
{
    while (layer->weight_count > 0)
        hone_internal_variable_free(layer->weights[--layer->weight_count]);
    hone_internal_free(layer->input_shapes);
    layer->input_shapes = NULL;
    layer->input_count = 0;
}

static hone_status build(hone_layer *layer, const hone_shape *inputs, int count)
{
    HONE_TRY(check_input_count(layer, count));
    if (layer->built)
        return layer->type->shapes_vary ? HONE_OK : check_same_shapes(layer, inputs, count);
    layer->input_shapes = hone_internal_allocate(sizeof *inputs * (size_t)(count > 0 ? count : 1));
    if (layer->input_shapes == NULL)
        return HONE_ERROR_MEMORY;
    memcpy(layer->input_shapes, inputs, sizeof *inputs * (size_t)count);
    layer->input_count = count;
    hone_status status = layer->type->build != NULL ? layer->type->build(layer, inputs, count) : HONE_OK;
    if (status >= 0)
        status = hone_internal_layer_adapt(layer, "he_uniform", "zeros");
    if (status < 0)
        forget_build(layer);
    else
        layer->built = true;
    return status;
}

hone_status hone_internal_layer_build(hone_layer *layer, const hone_shape *inputs, int count)
{
    hone_internal_error_push(layer->site, hone_internal_layer_label(layer));
    hone_status status = build(layer, inputs, count);
    hone_internal_error_pop();
    return status;
}

hone_layer *hone_internal_layer_inner(hone_layer *owner, const hone_layer_type *type, const void *args,
                                      const hone_shape *inputs, int count)
{
    hone_layer *inner = hone_layer_create(type, args);
    if (inner == NULL)
        return NULL;
    hone_internal_layer_limit(inner, owner->allowance);
    if (hone_internal_layer_build(inner, inputs, count) < 0) {
        hone_layer_free(inner);
        return NULL;
    }
    if (!owner->trainable)
        hone_internal_layer_set_trainable(inner, false);
    return inner;
}

enum { SHORT_LIST = 16 };

static bool is_listed(const hone_variable_list *list, const hone_variable *variable)
{
    size_t place;
    if (list->places.count > 0)
        return hone_internal_pointers_get(&list->places, variable, &place);
    for (size_t i = 0; i < list->count; i++)
        if (list->items[i] == variable)
            return true;
    return false;
}

static hone_status add_to_list(hone_variable_list *list, hone_variable *variable)
{
    if (is_listed(list, variable))
        return HONE_OK;
    HONE_TRY(hone_internal_grow(&list->items, &list->capacity, list->count + 1, sizeof *list->items));
    list->items[list->count++] = variable;
    for (size_t i = list->places.count; list->count > SHORT_LIST && i < list->count; i++)
        if (hone_internal_pointers_put(&list->places, list->items[i], i) < 0) {
            hone_internal_pointers_free(&list->places); /* it would lack some */
            return HONE_ERROR_MEMORY;
        }
    return HONE_OK;
}

void hone_internal_variable_list_free(hone_variable_list *list)
{
    hone_internal_pointers_free(&list->places);
    hone_internal_free(list->items);
    *list = (hone_variable_list){.count = 0};
}

hone_status hone_internal_layer_weights(const hone_layer *layer, hone_variable_list *list)
{
    for (int trainable = 1; trainable >= 0; trainable--)
        for (size_t i = 0; i < layer->weight_count; i++)
            if (layer->weights[i]->created_trainable == (trainable == 1))
                HONE_TRY(add_to_list(list, layer->weights[i]));
    hone_layer *inner;
    for (int i = 0; (inner = hone_internal_layer_within(layer, i, NULL)) != NULL; i++)
        HONE_TRY(hone_internal_layer_weights(inner, list));
    return HONE_OK;
}
