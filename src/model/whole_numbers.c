/* Integers as floats. What computes with them wraps around where Keras's type has 8 or 16 bits,
 *
 *   y = x - n floor((x - least) / n)        n = 2^bits, least = 0 or -n / 2
 *
 * and is checked after the run: floats tell whole numbers apart below 2^24, and of more bits nothing wraps.
 */
#include "layers/cast.h"
#include "layers/layer.h"
#include "model/whole.h"
#include "ops/ops.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

static hone_value all_of(hone_graph *graph, const char *function, hone_value x)
{
    const hone_value one = hone_op_reduce(graph, function, x, NULL, 0, false);
    hone_internal_graph_keep(graph, one);
    return one;
}

static hone_status add_check(hone_graph *graph, const char *layer, hone_whole_type type, hone_value x)
{
    if (!graph->checked || hone_internal_shape_count(hone_value_shape(graph, x)) == 0)
        return HONE_OK;
    const char *name = hone_internal_whole_type_name(type);
    for (const hone_whole_check *earlier = graph->checks; earlier != NULL; earlier = earlier->next)
        if (earlier->of == x && earlier->type == name) /* as the result of the call before */
            return HONE_OK;
    hone_whole_check *check = hone_internal_arena_allocate(&graph->arena, sizeof *check);
    if (check == NULL)
        return HONE_ERROR_MEMORY;
    const hone_value numbers = hone_op_stop_gradient(graph, x);
    *check = (hone_whole_check){.of = x,
                                .most = all_of(graph, "maximum", numbers),
                                .least = all_of(graph, "minimum", numbers),
                                .layer = layer,
                                .type = name,
                                .without_sign = type.bits >= 32 && !type.is_signed,
                                .next = graph->checks};
    graph->checks = check;
    return check->most < 0 || check->least < 0 ? hone_error_status() : HONE_OK;
}

/* A number of eight digits and more among the constants of a call. */
static bool has_large_constant(const hone_call *call)
{
    const hone_type *fields = call->layer->type->call_fields;
    for (size_t i = 0; fields != NULL && call->args != NULL && i < fields->field_count; i++) {
        const char *text = fields->fields[i].kind == HONE_FIELD_TEXT
                               ? *(const char *const *)((const char *)call->args + fields->fields[i].offset)
                               : NULL;
        int digits = 0;
        for (; text != NULL && *text != '\0' && digits < 8; text++)
            digits = isdigit((unsigned char)*text) ? digits + 1 : 0;
        if (digits == 8)
            return true;
    }
    return false;
}

/* Beside small constants comparisons are right for rounded numbers too, and where floats come out Keras
 * rounds integers as they are here. */
static bool looks_at_digits(const hone_call *call)
{
    const hone_whole_work work = hone_internal_call_whole_work(call);
    if (call->outputs[0].type.bits == 0)
        return false;
    return work == HONE_WHOLE_COMPUTES ||
           (work == HONE_WHOLE_COMPARES &&
            (call->outputs[0].type.bits > 1 || call->input_count > 1 || has_large_constant(call)));
}

hone_status hone_internal_whole_operands(hone_graph *graph, const hone_call *call, const hone_value *inputs)
{
    if (!graph->checked || call->output_count == 0 || !looks_at_digits(call))
        return HONE_OK;
    for (int i = 0; i < call->plain_count; i++)
        if (call->inputs[i]->type.bits >= 32)
            HONE_TRY(
                add_check(graph, hone_internal_layer_label(call->layer), call->inputs[i]->type, inputs[i]));
    return HONE_OK;
}

hone_status hone_internal_whole_output(hone_graph *graph, const hone_tensor *tensor, hone_value x)
{
    if (tensor->type.bits < 32)
        return HONE_OK;
    return add_check(graph, hone_internal_layer_label(tensor->call->layer), tensor->type, x);
}

static bool takes_integers(const hone_call *call)
{
    for (int i = 0; i < call->input_count; i++)
        if (call->inputs[i]->type.bits == 0)
            return false;
    return call->input_count > 0;
}

hone_value hone_internal_whole_result(hone_graph *graph, const hone_call *call, int output, hone_value x)
{
    const hone_whole_type type = call->outputs[output].type;
    if (x < 0 || type.bits <= 1 || !takes_integers(call) ||
        hone_internal_call_whole_work(call) != HONE_WHOLE_COMPUTES)
        return x;
    if (add_check(graph, hone_internal_layer_label(call->layer), type, x) < 0)
        return HONE_NO_VALUE;
    if (type.bits > 16)
        return x;
    const double numbers = ldexp(1, type.bits);
    const hone_value mask = hone_value_mask(graph, x),
                     wrapped = hone_internal_wrap(graph, x, numbers, type.is_signed ? -numbers / 2 : 0);
    if (wrapped >= 0 && mask >= 0)
        hone_value_set_mask(graph, wrapped, mask);
    return wrapped;
}
