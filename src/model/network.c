/* Networks: layers applied to tensors before any model is made of them. A network owns its calls; inputs that
 * are not in a model yet and models hold it. Applying a layer to tensors of two networks joins them. */
#include "base/memory.h"
#include "model/model.h"

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
    hone_layer_free(call->layer);
    hone_internal_free(call->inputs);
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

/* Moves the calls of `from` to `to`, with all references to it; `from` is gone then. */
static hone_status join(hone_network *to, hone_network *from)
{
    if (to == from)
        return HONE_OK;
    HONE_TRY(hone_internal_grow(&to->calls, &to->call_capacity, to->call_count + from->call_count,
                                sizeof(hone_call *)));
    for (size_t i = 0; i < from->call_count; i++) {
        to->calls[to->call_count++] = from->calls[i];
        from->calls[i]->network = to;
    }
    to->references += from->references;
    hone_internal_free(from->calls);
    hone_internal_free(from);
    return HONE_OK;
}

static int calls_of(const hone_network *network, const hone_layer *layer)
{
    int count = 0;
    for (size_t i = 0; i < network->call_count; i++)
        count += network->calls[i]->layer == layer;
    return count;
}

/* The shapes of the outputs; an input layer's output has the shape it was told. */
static int output_shapes(hone_layer *layer, const hone_shape *inputs, int count, hone_shape *outputs)
{
    if (count > 0)
        return hone_internal_layer_output_shapes(layer, inputs, count, outputs);
    const hone_input_args *args = hone_layer_args(layer);
    bool batched = args->batch_shape[0] != HONE_NONE_INTEGER;
    const int64_t *sizes = batched ? args->batch_shape : args->shape;
    outputs[0] = (hone_shape){.rank = batched ? 0 : 1, .size = {HONE_ANY}};
    for (int i = 0; i < HONE_MAX_RANK && sizes[i] != HONE_NONE_INTEGER; i++) {
        if (outputs[0].rank == HONE_MAX_RANK)
            return hone_fail(HONE_ERROR_SHAPE, "an input has at most %d axes with the batch's",
                             HONE_MAX_RANK);
        if (sizes[i] < 1 && sizes[i] != HONE_ANY)
            return hone_fail(HONE_ERROR_SHAPE, "the sizes of an input must be at least 1, not %lld",
                             (long long)sizes[i]);
        outputs[0].size[outputs[0].rank++] = sizes[i];
    }
    return 1;
}

static hone_status connect(hone_call *call, hone_tensor *const *inputs, int count)
{
    hone_shape shapes[HONE_MAX_LAYER_INPUTS], results[HONE_MAX_OUTPUTS];
    if (count > HONE_MAX_LAYER_INPUTS)
        return hone_fail(HONE_ERROR_ARGUMENT, "a layer takes at most %d inputs", HONE_MAX_LAYER_INPUTS);
    call->inputs = hone_internal_allocate(sizeof *call->inputs * (size_t)(count + 1));
    if (call->inputs == NULL)
        return HONE_ERROR_MEMORY;
    call->input_count = count;
    for (int i = 0; i < count; i++) {
        call->inputs[i] = inputs[i];
        shapes[i] = inputs[i]->shape;
    }
    if (count > 0)
        HONE_TRY(hone_internal_layer_build(call->layer, shapes, count));
    int made = output_shapes(call->layer, shapes, count, results);
    if (made < 0)
        return (hone_status)made;
    call->output_count = made;
    for (int i = 0; i < made; i++)
        call->outputs[i] = (hone_tensor){call, i, results[i]};
    return HONE_OK;
}

hone_call *hone_internal_network_call(hone_network *network, hone_layer *layer, hone_tensor *const *inputs,
                                      int count)
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
    bool good = connect(call, inputs, count) >= 0 &&
                hone_internal_grow(&network->calls, &network->call_capacity, network->call_count + 1,
                                   sizeof(hone_call *)) >= 0;
    if (!good) {
        free_call(call);
        return NULL;
    }
    network->calls[network->call_count++] = call;
    return call;
}

/* ---- the public side ---- */

static char tensors_end;
hone_tensor *const hone_tensors_end = (hone_tensor *)(void *)&tensors_end;

hone_tensor *hone_tensor_input(hone_layer *input)
{
    if (input == NULL)
        return NULL;
    if (hone_layer_get_type(input) != &hone_internal_input_layer) {
        hone_fail(HONE_ERROR_ARGUMENT, "%s: an input is made by hone_input",
                  hone_internal_layer_label(input));
        hone_layer_free(input);
        return NULL;
    }
    hone_network *network = hone_internal_network_create();
    if (network == NULL) {
        hone_layer_free(input);
        return NULL;
    }
    hone_call *call = hone_internal_network_call(network, input, NULL, 0);
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
        return NULL;
    if (index >= 0 && index < tensor->call->output_count)
        return &tensor->call->outputs[index];
    hone_fail(HONE_ERROR_ARGUMENT, "%s has %d outputs; there is no number %d",
              hone_internal_layer_label(tensor->call->layer), tensor->call->output_count, index);
    return NULL;
}

hone_tensor *hone_apply_create(hone_layer *layer, hone_tensor *const *inputs)
{
    int count = 0;
    bool failed = layer == NULL;
    for (; inputs[count] != hone_tensors_end; count++)
        failed = failed || inputs[count] == NULL;
    if (failed || count == 0) {
        if (!failed)
            hone_fail(HONE_ERROR_ARGUMENT, "%s: is applied to nothing", hone_internal_layer_label(layer));
        hone_layer_free(layer);
        return NULL;
    }
    hone_network *network = inputs[0]->call->network;
    for (int i = 1; i < count; i++) {
        if (join(network, inputs[i]->call->network) < 0) {
            hone_layer_free(layer);
            return NULL;
        }
    }
    hone_call *call = hone_internal_network_call(network, layer, inputs, count);
    return call == NULL ? NULL : &call->outputs[0];
}
