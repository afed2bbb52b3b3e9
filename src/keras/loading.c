/* What holds while a model is read out of a config tree. */
#include "keras/loading.h"
#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>

hone_status hone_internal_loading_begin(hone_loading *loading, const hone_load_args *args,
                                        size_t weight_bytes)
{
    *loading = (hone_loading){.args = args, .allowance = hone_internal_allowance_create(weight_bytes)};
    return loading->allowance == NULL ? HONE_ERROR_MEMORY : HONE_OK;
}

void hone_internal_loading_end(hone_loading *loading)
{
    hone_internal_allowance_lift(loading->allowance);
}

hone_loading hone_internal_loading_within(const hone_loading *loading)
{
    hone_loading within = loading != NULL ? *loading : (hone_loading){0};
    within.depth++;
    return within;
}

static void warn(hone_sink *output, void *context, const char *format, va_list arguments)
{
    char line[1024];
    if (output == NULL)
        return;
    int length = vsnprintf(line, sizeof line - 1, format, arguments);
    size_t used = length < 0 ? 0 : (size_t)length < sizeof line - 1 ? (size_t)length : sizeof line - 2;
    line[used++] = '\n';
    output(context, line, used);
}

void hone_internal_warn(hone_sink *output, void *context, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    warn(output, context, format, arguments);
    va_end(arguments);
}

void hone_internal_loading_warn(const hone_loading *loading, const char *format, ...)
{
    va_list arguments;
    if (loading == NULL || loading->args == NULL)
        return;
    va_start(arguments, format);
    warn(loading->args->output, loading->args->output_context, format, arguments);
    va_end(arguments);
}
