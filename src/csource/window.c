/* Windows in C source. */
#include "csource/window.h"

#include <inttypes.h>

static void write_axes(hone_text *body, const int64_t sizes[HONE_WINDOW_AXES])
{
    for (int axis = 0; axis < HONE_WINDOW_AXES; axis++)
        hone_internal_text_format(body, "%" PRId64 ", ", sizes[axis]);
}

/* The functions of windows go over one sample; a layer of each step has more at once. */
static hone_status check_samples(const hone_c_words *words, const hone_c_step *step,
                                 const hone_window *window, bool transposed)
{
    int64_t numbers = transposed ? hone_window_count(window->input) * window->channels
                                 : hone_window_count(window->output) * window->filters;
    if (words->program->slots[step->slots[0]].count == numbers)
        return HONE_OK;
    return hone_fail(
        HONE_ERROR_UNSUPPORTED,
        "the layer \"%s\" convolves or pools several steps at once, which C source does not support",
        step->scope);
}

hone_status hone_internal_c_write_window(hone_c_words *words, const hone_c_step *step, const char *call,
                                         const char *call_int8, bool transposed)
{
    const hone_window *window = step->args.family;
    hone_text *body = &words->body;
    HONE_TRY(check_samples(words, step, window, transposed));
    hone_internal_text_append(body, "    {\n        static const int32_t window[] = {\n            ");
    write_axes(body, transposed ? window->output : window->input);
    write_axes(body, transposed ? window->input : window->output);
    write_axes(body, window->size);
    write_axes(body, window->stride);
    write_axes(body, window->dilation);
    write_axes(body, window->before);
    hone_internal_text_format(body, "%" PRId64 ", %" PRId64 ", %" PRId64 ", %d};\n    ",
                              transposed ? window->filters : window->channels,
                              transposed ? window->channels : window->filters, window->groups, transposed);
    const bool bytes =
        step->form->bytes > 0 && hone_internal_c_has_bytes(words, step->slots[step->form->bytes]);
    hone_internal_c_call(words, step, bytes ? call_int8 : call);
    hone_internal_text_append(body, "    }\n");
    words->calls += 3;
    return HONE_OK;
}
