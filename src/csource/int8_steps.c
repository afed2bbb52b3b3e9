/* From steps over floats to steps over bytes (int8_numbers.c: which number is which byte). A rectifier behind
 * a step with weights goes into it: its range begins at 0, and a byte cannot be less. Any other function of
 * one number is a table of its 256 values. Steps without weights are over bytes when their operands already
 * are.
 */
#include "base/memory.h"
#include "csource/fold.h"
#include "csource/int8.h"
#include "csource/convolution.h"
#include "csource/product.h"
#include "csource/window.h"
#include "kernels/movement.h"

#include <math.h>
#include <string.h>

typedef struct maker {
    hone_c_program *program;
    const hone_c_range *ranges; /* of the slots that there were at first */
    int count;                  /* of them */
    int *bytes;                 /* of each: the slot that holds it as bytes; -1: none yet */
    bool *floats;               /* whether the slot itself is written */
    hone_c_step *old;           /* the steps that there were */
    int old_count;
} maker;

/* ---- slots ---- */

static const hone_c_slot *slot_at(const maker *m, int slot)
{
    return &m->program->slots[slot];
}

/* An array between steps, not a constant or a state. */
static bool flows(const maker *m, int slot)
{
    return slot >= 0 && slot < m->count && slot_at(m, slot)->place != HONE_C_CONSTANT &&
           slot_at(m, slot)->place != HONE_C_STATE;
}

static bool is_bytes(const maker *m, int slot)
{
    return flows(m, slot) && m->bytes[slot] >= 0;
}

/* ---- adding steps ---- */

static hone_c_step *add_step(maker *m, hone_c_int8_form form, const char *scope, int64_t items)
{
    hone_c_step *step = hone_internal_c_add_step(m->program);
    if (step == NULL)
        return NULL;
    step->kernel = HONE_KERNEL_COUNT;
    step->form = &hone_internal_c_int8_forms[form];
    step->scope = scope;
    step->items = items;
    step->written = 1;
    return step;
}

/* The slot as bytes; below 0: no memory. */
static int as_bytes(maker *m, int slot, const char *scope)
{
    double scale;
    int32_t zero;
    if (m->bytes[slot] >= 0)
        return m->bytes[slot];
    hone_internal_c_set_scale(&m->ranges[slot], &scale, &zero);
    const int64_t count = slot_at(m, slot)->count;
    const int fresh = hone_internal_c_add_bytes(m->program, count, scale, zero);
    hone_c_step *step = fresh < 0 ? NULL : add_step(m, HONE_C_INT8_QUANTIZE, scope, count);
    if (step == NULL)
        return -1;
    step->slots[0] = fresh;
    step->slots[1] = slot;
    step->args.scalar[0] = 1 / scale;
    step->zeros[0] = zero;
    return m->bytes[slot] = fresh;
}

static hone_status need_floats(maker *m, int slot, const char *scope)
{
    if (!is_bytes(m, slot) || m->floats[slot])
        return HONE_OK;
    const hone_c_slot *from = slot_at(m, m->bytes[slot]);
    const double scale = from->scale;
    const int32_t zero = from->zero;
    hone_c_step *step = add_step(m, HONE_C_INT8_DEQUANTIZE, scope, from->count);
    if (step == NULL)
        return HONE_ERROR_MEMORY;
    step->slots[0] = slot;
    step->slots[1] = m->bytes[slot];
    step->args.scalar[0] = scale;
    step->zeros[1] = zero;
    m->floats[slot] = true;
    return HONE_OK;
}

/* The result of a step as bytes, by its own range, or by those of `like` (a slot of bytes). */
static int add_result(maker *m, int slot, int like)
{
    double scale;
    int32_t zero;
    hone_internal_c_set_scale(&m->ranges[slot], &scale, &zero);
    if (like >= 0) {
        scale = slot_at(m, like)->scale;
        zero = slot_at(m, like)->zero;
    }
    const int fresh = hone_internal_c_add_bytes(m->program, slot_at(m, slot)->count, scale, zero);
    if (fresh >= 0) {
        m->bytes[slot] = fresh;
        m->floats[slot] = false;
    }
    return fresh;
}

/* A step of one operand: y from x, both bytes. */
static hone_c_step *add_plain(maker *m, hone_c_int8_form form, const hone_c_step *old, int y, int x)
{
    hone_c_step *step = y < 0 || x < 0 ? NULL : add_step(m, form, old->scope, old->items);
    if (step == NULL)
        return NULL;
    memcpy(step->args.size, old->args.size, sizeof step->args.size);
    step->args.family = old->args.family;
    step->slots[0] = y;
    step->slots[1] = x;
    step->zeros[0] = slot_at(m, y)->zero;
    step->zeros[1] = slot_at(m, x)->zero;
    return step;
}

static hone_status done(const hone_c_step *step)
{
    return step == NULL ? HONE_ERROR_MEMORY : HONE_OK;
}

/* ---- functions of one number ---- */

static const bool is_function[HONE_KERNEL_COUNT] = {
#define HONE_UNARY(name, ...) [HONE_KERNEL_##name] = true,
#include "kernels/unary.def"
};

/* Whether it is 0 up to 0, and then x, perhaps up to an end. */
static bool is_rectifier(const hone_c_step *step)
{
    return step->kernel == HONE_KERNEL_relu_plain || step->kernel == HONE_KERNEL_relu6 ||
           (step->kernel == HONE_KERNEL_relu && step->args.scalar[0] == 0 && step->args.scalar[2] == 0);
}

/* y = f(x) for each byte of x. */
static void fill_table(const maker *m, const hone_c_step *old, const hone_c_slot *x, const hone_c_slot *y,
                       int8_t *table)
{
    float from[256], to[256];
    hone_kernel_args args = old->args;
    for (int i = 0; i < 256; i++)
        from[i] = (float)((i - 128 - x->zero) * x->scale);
    args.data[0] = to;
    args.data[1] = from;
    m->program->pass.plan->kernels->kernel[old->kernel](&args, 0, 256, NULL);
    for (int i = 0; i < 256; i++) {
        const double steps = isnan(to[i]) ? -128 : rint((double)to[i] / y->scale) + y->zero;
        table[i] = hone_internal_c_byte(steps);
    }
}

/* y from x by a table of 256 bytes, *table, to be filled; NULL: no memory. */
static hone_c_step *add_table(maker *m, const hone_c_step *old, int y, int x, int8_t **table)
{
    const int slot = hone_internal_c_add_typed(m->program, HONE_C_BYTES, 256, old->scope);
    hone_c_step *step = slot < 0 ? NULL : add_plain(m, HONE_C_INT8_TABLE, old, y, x);
    if (step == NULL)
        return NULL;
    step->slots[2] = slot;
    *table = m->program->slots[slot].bytes;
    return step;
}

static hone_status make_function(maker *m, const hone_c_step *old)
{
    const int x = m->bytes[old->slots[1]], y = add_result(m, old->slots[0], -1);
    int8_t *table;
    hone_c_step *step = add_table(m, old, y, x, &table);
    if (step == NULL)
        return HONE_ERROR_MEMORY;
    step->in_place = 1u << 1;
    fill_table(m, old, slot_at(m, x), slot_at(m, y), table);
    return HONE_OK;
}

/* The same number by the scale of another slot. */
static int rescale(maker *m, const hone_c_step *old, int x, int like)
{
    const hone_c_slot from = *slot_at(m, x), to = *slot_at(m, like);
    if (from.scale == to.scale && from.zero == to.zero)
        return x;
    const int y = hone_internal_c_add_bytes(m->program, from.count, to.scale, to.zero);
    int8_t *table;
    hone_c_step *step = add_table(m, old, y, x, &table);
    if (step == NULL)
        return -1;
    step->items = from.count;
    for (int i = 0; i < 256; i++)
        table[i] = hone_internal_c_byte(rint((i - 128 - from.zero) * from.scale / to.scale) + to.zero);
    return y;
}

/* ---- steps with weights ---- */

/* The form over bytes; HONE_C_INT8_FORMS: none. */
static hone_c_int8_form weighted_form(const hone_c_step *step)
{
    return step->form == &hone_internal_c_dense         ? HONE_C_INT8_DENSE
           : step->form == &hone_internal_c_convolution ? HONE_C_INT8_CONVOLUTION
           : step->form == &hone_internal_c_transposed  ? HONE_C_INT8_TRANSPOSED
           : step->form == &hone_internal_c_depthwise   ? HONE_C_INT8_DEPTHWISE
                                                        : HONE_C_INT8_FORMS;
}

static bool is_small(const hone_c_step *step)
{
    return hone_window_count(((const hone_window *)step->args.family)->size) <= HONE_C_TAPS;
}

static bool is_weighted(const maker *m, const hone_c_step *step)
{
    const hone_c_int8_form form = weighted_form(step);
    if (form == HONE_C_INT8_FORMS || !flows(m, step->slots[0]) || !flows(m, step->slots[1]) ||
        !hone_internal_c_is_constant(m->program, step->slots[2]) ||
        (step->slots[3] >= 0 && !hone_internal_c_is_constant(m->program, step->slots[3])))
        return false;
    const hone_c_slot *w = slot_at(m, step->slots[2]);
    for (int64_t i = 0; i < w->count; i++)
        if (!isfinite(w->data[i]))
            return false;
    return w->count / step->args.size[2] <= HONE_C_LONGEST_SUM &&
           (form != HONE_C_INT8_DEPTHWISE || is_small(step));
}

static hone_status quantize_weights(maker *m, const hone_c_step *old, hone_c_int8_form form,
                                    hone_c_step *step, int x, int y)
{
    hone_c_program *program = m->program;
    const int64_t n = old->args.size[2], k = slot_at(m, old->slots[2])->count / n;
    const char *label = slot_at(m, old->slots[2])->label;
    const int w = step->slots[2] = hone_internal_c_add_typed(program, HONE_C_BYTES, n * k, label);
    const int bias = step->slots[3] = hone_internal_c_add_typed(program, HONE_C_INTEGERS, n, old->scope);
    const int multipliers = step->slots[4] =
        hone_internal_c_add_typed(program, HONE_C_INTEGERS, 2 * n, old->scope);
    if (w < 0 || bias < 0 || multipliers < 0)
        return HONE_ERROR_MEMORY;
    const float *from = hone_internal_c_data(program, old->slots[2]),
                *offsets = old->slots[3] < 0 ? NULL : hone_internal_c_data(program, old->slots[3]);
    for (int64_t j = 0; j < n; j++)
        hone_internal_c_quantize_row(
            from + j * k, k, offsets == NULL ? 0 : (double)offsets[j], slot_at(m, x)->scale,
            form == HONE_C_INT8_DEPTHWISE ? 0 : slot_at(m, x)->zero, slot_at(m, y)->scale,
            program->slots[w].bytes + j * k, &program->slots[bias].integers[j],
            &program->slots[multipliers].integers[2 * j]);
    return HONE_OK;
}

/* Where the result goes: that of the rectifier which alone reads it, or its own; the rectifier is gone then.
 */
static int result_of(maker *m, const hone_c_step *old, int index)
{
    const int own = old->slots[0];
    for (int s = index + 1; s < m->old_count && slot_at(m, own)->readers == 1; s++)
        if (m->old[s].slots[1] == own && is_rectifier(&m->old[s]) && flows(m, m->old[s].slots[0])) {
            m->old[s].form = NULL;
            m->old[s].kernel = HONE_KERNEL_COUNT;
            return m->old[s].slots[0];
        }
    return own;
}

static hone_status make_weighted(maker *m, const hone_c_step *old, int index)
{
    const hone_c_int8_form form = weighted_form(old);
    const int x = as_bytes(m, old->slots[1], old->scope);
    const int y = x < 0 ? -1 : add_result(m, result_of(m, old, index), -1);
    hone_c_step step = {.kernel = HONE_KERNEL_COUNT};
    if (y < 0 || quantize_weights(m, old, form, &step, x, y) < 0)
        return HONE_ERROR_MEMORY;
    int patch = -1;
    if (form == HONE_C_INT8_CONVOLUTION || form == HONE_C_INT8_TRANSPOSED) {
        patch = hone_internal_c_add_bytes(m->program, slot_at(m, old->slots[4])->count, 1, 0);
        if (patch < 0)
            return HONE_ERROR_MEMORY;
        m->program->slots[patch].scratch = true;
    }
    hone_c_step *made = add_plain(m, form, old, y, x);
    if (made == NULL)
        return HONE_ERROR_MEMORY;
    memcpy(made->slots + 2, step.slots + 2, 3 * sizeof *made->slots);
    made->slots[5] = patch;
    made->written |= patch >= 0 ? 1u << 5 : 0;
    return HONE_OK;
}

/* ---- steps without weights ---- */

static hone_status make_add(maker *m, const hone_c_step *old)
{
    const int a = as_bytes(m, old->slots[1], old->scope),
              b = a < 0 ? -1 : as_bytes(m, old->slots[2], old->scope);
    const int y = b < 0 ? -1 : add_result(m, old->slots[0], -1);
    const int multipliers =
        y < 0 ? -1 : hone_internal_c_add_typed(m->program, HONE_C_INTEGERS, 3, old->scope);
    hone_c_step *step = multipliers < 0 ? NULL : add_plain(m, HONE_C_INT8_ADD, old, y, a);
    if (step == NULL)
        return HONE_ERROR_MEMORY;
    int32_t *pair = m->program->slots[multipliers].integers;
    const double fa = slot_at(m, a)->scale / slot_at(m, y)->scale,
                 fb = slot_at(m, b)->scale / slot_at(m, y)->scale;
    hone_internal_c_set_multiplier(fmax(fa, fb), pair);
    pair[0] = (int32_t)llround(ldexp(fa, pair[1]) / 2); /* half of it: a sum of two fits */
    pair[2] = (int32_t)llround(ldexp(fb, pair[1]) / 2);
    pair[1]--;
    step->slots[2] = b;
    step->slots[3] = multipliers;
    step->zeros[2] = slot_at(m, b)->zero;
    return HONE_OK;
}

static hone_status make_mean(maker *m, const hone_c_step *old)
{
    const int x = m->bytes[old->slots[1]], y = add_result(m, old->slots[0], -1);
    const int multiplier = hone_internal_c_add_typed(m->program, HONE_C_INTEGERS, 2, old->scope);
    hone_c_step *step = multiplier < 0 ? NULL : add_plain(m, HONE_C_INT8_MEAN, old, y, x);
    if (step == NULL)
        return HONE_ERROR_MEMORY;
    step->slots[2] = multiplier;
    hone_internal_c_set_multiplier(slot_at(m, x)->scale / slot_at(m, y)->scale / (double)old->args.size[1],
                                   m->program->slots[multiplier].integers);
    return HONE_OK;
}

/* The same bytes in other places: y has the scale of x. */
static hone_status make_same(maker *m, const hone_c_step *old, hone_c_int8_form form)
{
    const int x = m->bytes[old->slots[1]];
    return done(add_plain(m, form, old, add_result(m, old->slots[0], x), x));
}

static hone_status make_concatenate(maker *m, const hone_c_step *old)
{
    const hone_concatenation *joined = old->args.family;
    int parts[HONE_KERNEL_OPERANDS];
    const int y = add_result(m, old->slots[0], -1);
    for (int i = 0; i < joined->count && y >= 0; i++) {
        const int x = as_bytes(m, old->slots[1 + i], old->scope);
        parts[i] = x < 0 ? -1 : rescale(m, old, x, y);
        if (parts[i] < 0)
            return HONE_ERROR_MEMORY;
    }
    hone_c_step *step = add_plain(m, HONE_C_INT8_CONCATENATE, old, y, y < 0 ? -1 : parts[0]);
    if (step == NULL)
        return HONE_ERROR_MEMORY;
    memcpy(step->slots + 1, parts, (size_t)joined->count * sizeof *parts);
    return HONE_OK;
}

static bool can_concatenate(const maker *m, const hone_c_step *old)
{
    const hone_concatenation *joined = old->args.family;
    bool any = false;
    for (int i = 0; i < joined->count; i++) {
        if (!flows(m, old->slots[1 + i]))
            return false;
        any = any || is_bytes(m, old->slots[1 + i]);
    }
    return any;
}

static bool can_add(const maker *m, const hone_c_step *old)
{
    return flows(m, old->slots[1]) && flows(m, old->slots[2]) &&
           (is_bytes(m, old->slots[1]) || is_bytes(m, old->slots[2])) &&
           hone_internal_c_is_flat(old->args.family);
}

static bool pads_with_zeros(const hone_c_step *old)
{
    return old->args.scalar[0] == 0;
}

/* Kernels whose result has the scale of their operand. */
static const struct {
    hone_kernel_index kernel;
    hone_c_int8_form form;
    bool (*fits)(const hone_c_step *old); /* NULL: always */
} same[] = {{HONE_KERNEL_reduce_maximum, HONE_C_INT8_LARGEST, NULL},
            {HONE_KERNEL_pool_maximum, HONE_C_INT8_POOL_MAXIMUM, NULL},
            {HONE_KERNEL_pool_average, HONE_C_INT8_POOL_AVERAGE, is_small},
            {HONE_KERNEL_strided_copy, HONE_C_INT8_WALK, NULL},
            {HONE_KERNEL_pad, HONE_C_INT8_PAD, pads_with_zeros}};

/* A step over bytes when its operands are; *made: it is one. */
static hone_status make_unweighted(maker *m, const hone_c_step *old, bool *made)
{
    *made = flows(m, old->slots[0]);
    if (*made && old->kernel == HONE_KERNEL_concatenate && can_concatenate(m, old))
        return make_concatenate(m, old);
    if (*made && old->kernel == HONE_KERNEL_add && can_add(m, old))
        return make_add(m, old);
    *made = *made && old->kernel != HONE_KERNEL_COUNT && is_bytes(m, old->slots[1]);
    if (*made && is_function[old->kernel])
        return make_function(m, old);
    if (*made && old->kernel == HONE_KERNEL_reduce_mean)
        return make_mean(m, old);
    for (size_t i = 0; *made && i < sizeof same / sizeof *same; i++)
        if (same[i].kernel == old->kernel && (same[i].fits == NULL || same[i].fits(old)))
            return make_same(m, old, same[i].form);
    *made = false;
    return HONE_OK;
}

/* ---- all steps ---- */

static hone_status keep(maker *m, const hone_c_step *old)
{
    for (int i = 0; i < HONE_KERNEL_OPERANDS; i++)
        if (old->slots[i] >= 0 && !(old->written >> i & 1))
            HONE_TRY(need_floats(m, old->slots[i], old->scope));
    hone_c_step *step = hone_internal_c_add_step(m->program);
    if (step == NULL)
        return HONE_ERROR_MEMORY;
    *step = *old;
    return HONE_OK;
}

static hone_status make_all(maker *m)
{
    for (int s = 0; s < m->old_count; s++) {
        const hone_c_step *old = &m->old[s];
        if (old->form == NULL && old->kernel == HONE_KERNEL_COUNT)
            continue; /* a rectifier that is part of another step */
        bool made = is_weighted(m, old);
        HONE_TRY(made ? make_weighted(m, old, s) : make_unweighted(m, old, &made));
        if (!made)
            HONE_TRY(keep(m, old));
    }
    for (int i = 0; i < m->program->model->output_count; i++)
        HONE_TRY(need_floats(m, m->program->outputs[i], "output"));
    return HONE_OK;
}

hone_status hone_internal_c_make_byte_steps(hone_c_program *program, const hone_c_range *ranges)
{
    maker m = {.program = program,
               .ranges = ranges,
               .count = program->slot_count,
               .old = program->steps,
               .old_count = program->step_count};
    m.bytes = hone_internal_allocate((size_t)(m.count + 1) * sizeof *m.bytes);
    m.floats = hone_internal_allocate_zeroed((size_t)m.count + 1, sizeof *m.floats);
    hone_status status = m.bytes == NULL || m.floats == NULL ? HONE_ERROR_MEMORY : HONE_OK;
    if (status >= 0) {
        for (int s = 0; s < m.count; s++)
            m.bytes[s] = -1;
        hone_internal_c_count_readers(program);
        program->byte_steps = true;
        program->steps = NULL;
        program->step_count = 0;
        program->step_capacity = 0;
        status = make_all(&m);
        hone_internal_free(m.old);
    }
    hone_internal_free(m.bytes);
    hone_internal_free(m.floats);
    return status;
}
