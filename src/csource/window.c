/* Windows in C source. */
#include "csource/window.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void write_axes(hone_text *body, const int64_t sizes[HONE_WINDOW_AXES])
{
    for (int axis = 0; axis < HONE_WINDOW_AXES; axis++)
        hone_internal_text_format(body, "%" PRId64 ", ", sizes[axis]);
}

/* "f($0, $1, ...)" of one sample out of several that follow each other: "f($0 + step * Y, $1 + step * X,
 * ...)". */
static void of_sample(const hone_window *window, bool transposed, const char *call, char *text, size_t size)
{
    static const char ends[] = "$0, $1";
    const int64_t input = hone_window_count(window->input) * window->channels,
                  output = hone_window_count(window->output) * window->filters;
    const char *at = strstr(call, ends);
    snprintf(text, size, "%.*s$0 + step * %" PRId64 ", $1 + step * %" PRId64 "%s", (int)(at - call), call,
             transposed ? input : output, transposed ? output : input, at + strlen(ends));
}

hone_status hone_internal_c_write_window(hone_c_words *words, const hone_c_step *step, const char *call,
                                         const char *call_int8, bool transposed)
{
    const hone_window *window = step->args.family;
    hone_text *body = &words->body;
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
    char text[256];
    snprintf(text, sizeof text, "%s", bytes ? call_int8 : call);
    if (window->batch > 1) {
        of_sample(window, transposed, bytes ? call_int8 : call, text, sizeof text);
        hone_internal_text_format(
            body, "        int32_t step;\n        for (step = 0; step < %" PRId64 "; step++)\n        ",
            window->batch);
    }
    hone_internal_c_call(words, step, text);
    hone_internal_text_append(body, "    }\n");
    words->calls += 3;
    return HONE_OK;
}

int64_t hone_internal_c_window_work(const hone_c_step *step)
{
    const hone_window *window = step->args.family;
    return window->batch * hone_window_count(window->output) * window->filters *
           hone_window_count(window->size) * (window->channels / window->groups);
}
