/* Networks: layers applied to tensors before any model is made of them. A network owns its calls; inputs that
 * are not in a model yet and models hold it. Applying a layer to tensors of two networks joins them. */
#include "base/memory.h"
#include "base/plural.h"
#include "fields/fields.h"
#include "model/model.h"
#include "model/whole.h"

#include <string.h>

struct hone_network {
    int references;
    hone_call **calls;
    size_t call_count, call_capacity;
};

hone_network *hone_internal_network_create(void)
{
    hone_network *network = hone_internal_allocate_zeroed(1, sizeof *network);
    if (network != NULL)
        network->references = 1;
    return network;
}

void hone_internal_network_retain(hone_network *network)
{
    network->references++;
}

static void free_call(hone_call *call)
{
    if (call->args != NULL)
        hone_internal_fields_free(call->layer->type->call_fields, call->args);
    hone_layer_free(call->layer);
    hone_internal_free(call->inputs);
    hone_internal_free(call->roles);
    hone_internal_free(call->outputs);
    hone_internal_config_free(call->unknown);
    hone_internal_free(call);
}

void hone_internal_network_free(hone_network *network)
{
    if (network == NULL || --network->references > 0)
        return;
    for (size_t i = 0; i < network->call_count; i++)
        free_call(network->calls[i]);
    hone_internal_free(network->calls);
    hone_internal_free(network);
}

/* There is room. */
static void append(hone_network *network, hone_call *call)
{
    call->layer->last_network = network;
    call->layer->last_call = network->call_count;
    network->calls[network->call_count++] = call;
}

/* How many calls of a layer a network has. */
static int count_calls(const hone_network *network, const hone_layer *layer)
{
    int count = 0;
    for (size_t i = 0; i < network->call_count; i++)
        count += network->calls[i]->layer == layer;
    return count;
}

/* Moves the calls of `from` to `to`, with all references to it; `from` is gone then. Calls of a layer that is
 * called in both follow those in `to`. */
static hone_status join(hone_network *to, hone_network *from)
{
    if (to == from)
        return HONE_OK;
    HONE_TRY(hone_internal_grow(&to->calls, &to->call_capacity, to->call_count + from->call_count,
                                sizeof(hone_call *)));
    for (size_t i = 0; i < from->call_count; i++) {
        hone_call *call = from->calls[i];
        call->network = to;
        if (call->layer->call_count > 1)
            call->number = count_calls(to, call->layer);
        append(to, call);
    }
    to->references += from->references;
    hone_internal_free(from->calls);
    hone_internal_free(from);
    return HONE_OK;
}

/* How often a layer has been called in a network: one time more than before its last call, when that was
 * here. */
static int calls_of(const hone_network *network, const hone_layer *layer)
{
    if (layer->last_network == NULL)
        return 0;
    if (layer->last_network == network && layer->last_call < network->call_count &&
        network->calls[layer->last_call]->layer == layer)
        return network->calls[layer->last_call]->number + 1;
    return count_calls(network, layer);
}

/* The shape that an input layer was told. */
static int input_shape(hone_layer *layer, hone_shape *outputs)
{
    const hone_input_args *args = hone_layer_args(layer);
    bool batched = args->batch_shape[0] != HONE_NONE_INTEGER;
    const int64_t *sizes = batched ? args->batch_shape : args->shape;
    outputs[0] = (hone_shape){.rank = batched ? 0 : 1, .size = {HONE_ANY}};
    for (int i = 0; i < HONE_MAX_RANK && sizes[i] != HONE_NONE_INTEGER; i++) {
        if (outputs[0].rank == HONE_MAX_RANK)
            return hone_fail(HONE_ERROR_SHAPE, "an input has at most %d axes, including the batch axis",
                             HONE_MAX_RANK);
        if (sizes[i] < 1 && sizes[i] != HONE_ANY)
            return hone_fail(HONE_ERROR_SHAPE, "the sizes of an input must be at least 1, not %lld",
                             (long long)sizes[i]);
        outputs[0].size[outputs[0].rank++] = sizes[i];
    }
    return 1;
}

/* The shapes of the outputs of a call whose tensors are known. */
static int output_shapes(const hone_call *call, const hone_shape *shapes, hone_shape *outputs)
{
    if (call->input_count == 0)
        return input_shape(call->layer, outputs);
    int count = call->input_count - call->plain_count;
    hone_given_value *values = hone_internal_allocate(sizeof *values * (size_t)(count + 1));
    if (values == NULL)
        return HONE_ERROR_MEMORY;
    for (int i = 0; i < count; i++)
        values[i] =
            (hone_given_value){call->roles[i].field->name, call->roles[i].place, call->plain_count + i};
    hone_given given = {call->args, values, count};
    int made = hone_internal_layer_output_shapes(call->layer, shapes, call->plain_count, &given, outputs);
    hone_internal_free(values);
    return made;
}

static hone_status make_outputs(hone_call *call, const hone_shape *shapes)
{
    size_t room = (size_t)hone_internal_layer_most_outputs(call->layer);
    hone_shape *results = hone_internal_allocate(sizeof *results * (room + 1));
    int made = results == NULL ? HONE_ERROR_MEMORY : output_shapes(call, shapes, results);
    if (made >= 0)
        call->outputs = hone_internal_allocate(sizeof *call->outputs * (size_t)(made + 1));
    for (int i = 0; call->outputs != NULL && i < made; i++)
        call->outputs[i] = (hone_tensor){call, i, results[i], {0}};
    call->output_count = call->outputs == NULL ? 0 : made;
    hone_internal_call_set_types(call);
    hone_internal_free(results);
    return made < 0 ? (hone_status)made : call->outputs == NULL ? HONE_ERROR_MEMORY : HONE_OK;
}

static hone_status connect(hone_call *call, hone_tensor *const *inputs, int count, const void *args)
{
    call->inputs = hone_internal_allocate(sizeof *call->inputs * (size_t)(count + 1));
    if (call->inputs == NULL)
        return HONE_ERROR_MEMORY;
    if (count > 0)
        memcpy(call->inputs, inputs, sizeof *inputs * (size_t)count);
    call->input_count = call->plain_count = count;
    HONE_TRY(hone_internal_call_take_args(call, args));
    hone_internal_call_tell_cast(call);
    hone_shape *shapes = hone_internal_allocate(sizeof *shapes * (size_t)(call->input_count + 1));
    if (shapes == NULL)
        return HONE_ERROR_MEMORY;
    for (int i = 0; i < call->input_count; i++)
        shapes[i] = call->inputs[i]->shape;
    hone_status status = count > 0 ? hone_internal_layer_build(call->layer, shapes, count) : HONE_OK;
    if (status >= 0)
        status = make_outputs(call, shapes);
    hone_internal_free(shapes);
    return status;
}

hone_call *hone_internal_network_call(hone_network *network, hone_layer *layer, hone_tensor *const *inputs,
                                      int count, const void *args)
{
    hone_call *call = hone_internal_allocate_zeroed(1, sizeof *call);
    if (call == NULL) {
        hone_layer_free(layer);
        return NULL;
    }
    call->layer = layer;
    call->network = network;
    call->number = calls_of(network, layer);
    call->training = -1;
    if (args != NULL)
        hone_internal_error_push(((const hone_args *)args)->site, NULL);
    bool good = connect(call, inputs, count, args) >= 0 &&
                hone_internal_grow(&network->calls, &network->call_capacity, network->call_count + 1,
                                   sizeof(hone_call *)) >= 0;
    if (args != NULL)
        hone_internal_error_pop();
    if (!good) {
        free_call(call);
        return NULL;
    }
    layer->call_count++;
    append(network, call);
    return call;
}

hone_tensor *hone_internal_network_first(const hone_network *network)
{
    return network->call_count == 0 ? NULL : &network->calls[0]->outputs[0];
}

/* ---- the public side ---- */

hone_status hone_internal_check_sequence(hone_layer *const *layers, size_t *count)
{
    hone_status status = HONE_OK;
    for (*count = 0; layers[*count] != hone_layers_end; ++*count)
        if (status >= 0 && layers[*count] == NULL)
            status = hone_internal_fail_null("a layer");
        else if (status >= 0 && *count > 0 && layers[*count]->type == &hone_internal_input_layer)
            status = hone_fail(HONE_ERROR_ARGUMENT,
                               "an input must be the first layer, not layer %zu of the model", *count + 1);
    return status;
}

static const char tensors_end;
hone_tensor *const hone_tensors_end = (hone_tensor *)(const void *)&tensors_end;

hone_tensor *hone_tensor_input(hone_layer *input)
{
    if (input == NULL)
        return hone_internal_fail_null("an input layer"), NULL;
    if (hone_layer_get_type(input) != &hone_internal_input_layer) {
        hone_fail(HONE_ERROR_ARGUMENT, "%s: use hone_input to make an input",
                  hone_internal_layer_label(input));
        hone_layer_free(input);
        return NULL;
    }
    hone_network *network = hone_internal_network_create();
    if (network == NULL) {
        hone_layer_free(input);
        return NULL;
    }
    hone_call *call = hone_internal_network_call(network, input, NULL, 0, NULL);
    if (call == NULL)
        hone_internal_network_free(network);
    return call == NULL ? NULL : &call->outputs[0];
}

void hone_tensor_free(hone_tensor *input)
{
    if (input != NULL)
        hone_internal_network_free(input->call->network);
}

hone_shape hone_tensor_shape(const hone_tensor *tensor)
{
    return tensor == NULL ? (hone_shape){0} : tensor->shape;
}

hone_tensor *hone_tensor_output(hone_tensor *tensor, int index)
{
    if (tensor == NULL)
        return hone_internal_fail_null("a tensor"), NULL;
    if (index >= 0 && index < tensor->call->output_count)
        return &tensor->call->outputs[index];
    hone_fail(HONE_ERROR_ARGUMENT, "%s has %d output%s; output %d does not exist",
              hone_internal_layer_label(tensor->call->layer), tensor->call->output_count,
              hone_internal_plural(tensor->call->output_count), index);
    return NULL;
}

/* How many tensors stand before the end; -1 when one of them is an earlier failure. */
static int count_tensors(hone_tensor *const *tensors)
{
    int count = 0;
    bool failed = false;
    for (; tensors[count] != hone_tensors_end; count++)
        failed = failed || tensors[count] == NULL;
    if (failed)
        hone_internal_fail_null("a tensor");
    return failed ? -1 : count;
}

hone_status hone_internal_network_join(const hone_tensor_list *inputs, const hone_tensor_list *outputs)
{
    hone_network *network = inputs->items[0]->call->network;
    for (int i = 0; i < inputs->count; i++)
        HONE_TRY(join(network, inputs->items[i]->call->network));
    for (int i = 0; i < outputs->count; i++)
        HONE_TRY(join(network, outputs->items[i]->call->network));
    return HONE_OK;
}

/* All tensors of a call in one network. */
static hone_status join_all(hone_network *network, hone_tensor *const *tensors)
{
    for (int i = 0; tensors[i] != hone_tensors_end; i++)
        if (tensors[i] != HONE_NO_TENSOR)
            HONE_TRY(join(network, tensors[i]->call->network));
    return HONE_OK;
}

static hone_status join_arguments(hone_network *network, const hone_layer *layer, const void *args)
{
    const hone_type *type = layer->type->call_fields;
    for (size_t i = 0; args != NULL && i < type->field_count; i++) {
        hone_tensor *one[2] = {NULL, hone_tensors_end};
        hone_tensor *const *tensors = hone_internal_call_tensors(&type->fields[i], args, one);
        if (tensors == NULL)
            continue;
        if (count_tensors(tensors) < 0)
            return hone_error_status();
        HONE_TRY(join_all(network, tensors));
    }
    return HONE_OK;
}

hone_tensor *hone_apply_with(hone_layer *layer, hone_tensor *const *inputs, const void *args)
{
    int count = layer == NULL ? -1 : count_tensors(inputs);
    if (layer == NULL)
        hone_internal_fail_null("a layer");
    else if (count == 0)
        hone_fail(HONE_ERROR_ARGUMENT, "%s: is applied to no input", hone_internal_layer_label(layer));
    else if (count > 0 && args != NULL && layer->type->call_fields == NULL)
        hone_fail(HONE_ERROR_ARGUMENT, "%s: its call takes no arguments", hone_internal_layer_label(layer));
    else if (count > 0) {
        hone_network *network = inputs[0]->call->network;
        if (join_all(network, inputs) >= 0 && join_arguments(network, layer, args) >= 0) {
            hone_call *call = hone_internal_network_call(network, layer, inputs, count, args);
            return call == NULL ? NULL : &call->outputs[0];
        }
    }
    hone_layer_free(layer);
    return NULL;
}
