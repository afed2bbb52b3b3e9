/* Convolutions in C source: rows of weights as in a dense step, one for each channel of the result; where a
 * window is one place they are a dense step. */
#include "csource/convolution.h"
#include "csource/fold.h"
#include "csource/product.h"
#include "csource/window.h"

/* ---- running: operands y, x, w [filters, taps, channels of a group], bias or -1 ---- */

/* What filter f sees from a place of y. */
static double sum_seen(const hone_window *window, const float *x, const float *w,
                       const hone_window_place *place, int64_t f)
{
    const int64_t own = window->channels / window->groups;
    const int64_t first = f / (window->filters / window->groups) * own;
    double sum = 0;
    for (int64_t tap = 0; tap < hone_window_count(window->size); tap++, w += own) {
        int64_t at[HONE_WINDOW_AXES];
        hone_window_tap(window, tap, at);
        const int64_t seen = hone_window_seen(window, place, at);
        if (seen >= 0)
            sum += hone_internal_c_dot(x + seen * window->channels + first, w, own);
    }
    return sum;
}

static void run(const hone_kernel_args *args, int64_t begin, int64_t end, void *scratch)
{
    const hone_window *window = args->family;
    const float *x = args->data[1], *w = args->data[2], *bias = args->data[3];
    const int64_t k = hone_window_count(window->size) * window->channels / window->groups;
    float *y = args->data[0];
    hone_window_place place = hone_window_place_of(window->output, 0);
    (void)begin, (void)end, (void)scratch;
    for (int64_t position = 0; position < window->batch * hone_window_count(window->output); position++) {
        for (int64_t f = 0; f < window->filters; f++)
            *y++ = (float)(sum_seen(window, x, w + f * k, &place, f) + (bias != NULL ? (double)bias[f] : 0));
        hone_window_next(window->output, &place);
    }
}

/* The transposed one: `window` is that of the convolution which it turns round, w [channels, taps, filters].
 */
static double sum_back(const hone_window *window, const float *x, const float *w,
                       const hone_window_place *place)
{
    double sum = 0;
    for (int64_t tap = 0; tap < hone_window_count(window->size); tap++, w += window->filters) {
        int64_t at[HONE_WINDOW_AXES];
        hone_window_tap(window, tap, at);
        const int64_t seer = hone_window_seer(window, place, at);
        if (seer >= 0)
            sum += hone_internal_c_dot(x + seer * window->filters, w, window->filters);
    }
    return sum;
}

static void run_transposed(const hone_kernel_args *args, int64_t begin, int64_t end, void *scratch)
{
    const hone_window *window = args->family;
    const float *x = args->data[1], *w = args->data[2], *bias = args->data[3];
    const int64_t k = hone_window_count(window->size) * window->filters;
    float *y = args->data[0];
    hone_window_place place = hone_window_place_of(window->input, 0);
    (void)begin, (void)end, (void)scratch;
    for (int64_t position = 0; position < window->batch * hone_window_count(window->input); position++) {
        for (int64_t c = 0; c < window->channels; c++)
            *y++ = (float)(sum_back(window, x, w + c * k, &place) + (bias != NULL ? (double)bias[c] : 0));
        hone_window_next(window->input, &place);
    }
}

/* ---- saying ---- */

static hone_status write(hone_c_words *words, const hone_c_step *step)
{
    return hone_internal_c_write_window(words, step, "op_convolution($0, $1, $2, $3, $4, window)",
                                        "op_convolution_int8($0, $1, $2, &2, $3, $4, window)", false);
}

static hone_status write_transposed(hone_c_words *words, const hone_c_step *step)
{
    return hone_internal_c_write_window(words, step, "op_convolution($0, $1, $2, $3, $4, window)",
                                        "op_convolution_int8($0, $1, $2, &2, $3, $4, window)", true);
}

static hone_status write_depthwise(hone_c_words *words, const hone_c_step *step)
{
    return hone_internal_c_write_window(words, step, "op_depthwise($0, $1, $2, $3, window)",
                                        "op_depthwise_int8($0, $1, $2, &2, $3, window)", false);
}

const hone_c_form hone_internal_c_convolution = {.kernel = HONE_KERNEL_COUNT,
                                                 .write = write,
                                                 .bytes = 2,
                                                 .has_bias = true,
                                                 .run = run,
                                                 .multiply_adds = hone_internal_c_window_work};
const hone_c_form hone_internal_c_transposed = {.kernel = HONE_KERNEL_COUNT,
                                                .write = write_transposed,
                                                .bytes = 2,
                                                .has_bias = true,
                                                .run = run_transposed,
                                                .multiply_adds = hone_internal_c_window_work};
const hone_c_form hone_internal_c_depthwise = {.kernel = HONE_KERNEL_COUNT,
                                               .write = write_depthwise,
                                               .bytes = 2,
                                               .has_bias = true,
                                               .run = run,
                                               .multiply_adds = hone_internal_c_window_work};

/* ---- rewriting ---- */

/* W [filters, taps, channels] (its filters in front) as [channels, taps, filters]; made once. */
static int turn_round(hone_c_program *program, int slot, const hone_window *window)
{
    if (program->slots[slot].turned >= 0)
        return program->slots[slot].turned;
    const int64_t taps = hone_window_count(window->size), filters = window->filters,
                  channels = window->channels;
    const int turned =
        hone_internal_c_add_constant(program, channels * taps * filters, program->slots[slot].label);
    if (turned < 0)
        return -1;
    const float *from = hone_internal_c_data(program, slot);
    float *to = hone_internal_c_data(program, turned);
    for (int64_t f = 0; f < filters; f++)
        for (int64_t tap = 0; tap < taps; tap++)
            for (int64_t c = 0; c < channels; c++)
                to[(c * taps + tap) * filters + f] = *from++;
    return program->slots[slot].turned = turned;
}

/* The window is one place, and meets each place of x once. */
static bool is_dense(const hone_window *window)
{
    bool dense = window->groups == 1;
    for (int axis = 0; axis < HONE_WINDOW_AXES; axis++)
        dense = dense && window->size[axis] == 1 && window->stride[axis] == 1 && window->before[axis] == 0 &&
                window->output[axis] == window->input[axis];
    return dense;
}

static void set_step(hone_c_step *step, const hone_c_form *form, int weights, int scratch)
{
    step->kernel = HONE_KERNEL_COUNT;
    step->form = form;
    step->slots[2] = weights;
    step->slots[3] = -1;
    step->slots[4] = scratch;
    step->written |= scratch >= 0 ? 1u << 4 : 0;
    step->in_place = 0;
}

static hone_status make_rows(hone_c_program *program, hone_c_step *step)
{
    const hone_window *window = step->args.family;
    const int64_t k = hone_window_count(window->size) * window->channels / window->groups;
    const bool dense = is_dense(window), patch = !dense && step->kernel != HONE_KERNEL_depthwise;
    const int rows = hone_internal_c_transpose(program, step->slots[2], 1, k, window->filters);
    const int scratch = patch ? hone_internal_c_add_scratch(program, k * window->groups) : -1;
    if (rows < 0 || (patch && scratch < 0))
        return HONE_ERROR_MEMORY;
    set_step(step,
             dense   ? &hone_internal_c_dense
             : patch ? &hone_internal_c_convolution
                     : &hone_internal_c_depthwise,
             rows, scratch);
    step->args.size[0] = window->batch * hone_window_count(window->output);
    step->args.size[1] = k;
    step->args.size[2] = window->filters;
    return HONE_OK;
}

static hone_status make_transposed(hone_c_program *program, hone_c_step *step)
{
    const hone_window *window = step->args.family;
    const int rows = turn_round(program, step->slots[2], window);
    const int scratch =
        hone_internal_c_add_scratch(program, hone_window_count(window->size) * window->filters);
    if (rows < 0 || scratch < 0)
        return HONE_ERROR_MEMORY;
    set_step(step, &hone_internal_c_transposed, rows, scratch);
    step->args.size[2] = window->channels;
    return HONE_OK;
}

static hone_status rewrite(hone_c_program *program)
{
    for (int s = 0; s < program->step_count; s++) {
        hone_c_step *step = &program->steps[s];
        if (step->slots[2] < 0 || !hone_internal_c_is_constant(program, step->slots[2]))
            continue;
        if (step->kernel == HONE_KERNEL_convolution || step->kernel == HONE_KERNEL_depthwise)
            HONE_TRY(make_rows(program, step));
        else if (step->kernel == HONE_KERNEL_convolution_data &&
                 ((const hone_window *)step->args.family)->groups == 1)
            HONE_TRY(make_transposed(program, step));
    }
    hone_internal_c_join_biases(program);
    return HONE_OK;
}

/* Weights that are computed stay unsaid. */
static const hone_c_form forms[] = {
    {.kernel = HONE_KERNEL_convolution},
    {.kernel = HONE_KERNEL_convolution_data},
    {.kernel = HONE_KERNEL_depthwise},
};
HONE_C_FAMILY(convolution, forms, rewrite);
