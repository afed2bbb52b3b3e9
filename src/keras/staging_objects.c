/* Weights of Keras's files, which have a group for each object, into a staging. */
#include "base/memory.h"
#include "base/plural.h"
#include "base/text.h"
#include "graph/stored.h"
#include "keras/loading.h"
#include "keras/staging.h"

#include <math.h>

char *hone_internal_vars_path(const char *path)
{
    return path[0] == '\0' ? hone_internal_copy_text("vars") : hone_internal_format("%s/vars", path);
}

/* Whole numbers, which may lie two to a byte. */
static hone_status read_whole(hone_staging *staging, const char *path, const hone_variable *variable,
                              float *data)
{
    const hone_shape shape = hone_internal_stored_shape(variable);
    int8_t *bytes = hone_internal_allocate((size_t)hone_internal_stored_count(variable) + 1);
    if (bytes == NULL)
        return HONE_ERROR_MEMORY;
    hone_array expected = hone_array_view(bytes, HONE_INT8, shape.rank, shape.size);
    hone_status status = hone_internal_weights_read_path(staging->file, path, &expected);
    if (status >= 0)
        hone_internal_stored_unpack(variable, bytes, data);
    hone_internal_free(bytes);
    return status;
}

hone_status hone_internal_stage(hone_staging *staging, const char *path, hone_variable *variable)
{
    float *data;
    HONE_TRY(hone_internal_stage_room(staging, variable, &data));
    if (variable->stored == HONE_INT8)
        return read_whole(staging, path, variable, data);
    hone_array expected = hone_array_view(data, HONE_FLOAT32, variable->shape.rank, variable->shape.size);
    return hone_internal_weights_read_path(staging->file, path, &expected);
}

hone_status hone_internal_stage_at(hone_staging *staging, const char *group, int64_t index,
                                   hone_variable *variable)
{
    char *path = hone_internal_format("%s/%lld", group, (long long)index);
    if (path == NULL)
        return HONE_ERROR_MEMORY;
    hone_status status = hone_internal_stage(staging, path, variable);
    hone_internal_free(path);
    return status;
}

static hone_status stage_object(hone_staging *reader, const char *vars, const char *name,
                                hone_variable **variables, size_t count)
{
    int64_t found = hone_internal_weights_count(reader->file, vars);
    if (found < 0)
        return (hone_status)found;
    if (found != (int64_t)count)
        return hone_fail(HONE_ERROR_SHAPE, "%s: %s: the layer \"%s\" has %zu weight%s, but the file has %lld",
                         reader->label, vars, name, count, hone_internal_plural((long long)count),
                         (long long)found);
    for (size_t i = 0; i < count; i++)
        HONE_TRY(hone_internal_stage_at(reader, vars, (int64_t)i, variables[i]));
    return HONE_OK;
}

/* What does not fit is skipped, if that was asked for, with a warning. */
hone_status hone_internal_staging_forgive(hone_staging *staging, size_t staged, hone_status status)
{
    const hone_load_weights_args *args = staging->args;
    if (status != HONE_ERROR_SHAPE || args == NULL || !args->skip_mismatch)
        return status;
    hone_internal_warn(args->output, args->output_context, "%s; the layer keeps its current weights",
                       hone_error_message());
    hone_error_clear();
    while (staging->count > staged)
        hone_internal_unstage(staging);
    return HONE_OK;
}

hone_status hone_internal_stage_object(void *context, const char *path, const char *name,
                                       hone_variable **variables, size_t count)
{
    hone_staging *reader = context;
    if (count == 0)
        return HONE_OK; /* a group without variables may be missing */
    char *vars = hone_internal_vars_path(path);
    if (vars == NULL)
        return HONE_ERROR_MEMORY;
    size_t staged = reader->count;
    hone_status status = stage_object(reader, vars, name, variables, count);
    hone_internal_free(vars);
    return hone_internal_staging_forgive(reader, staged, status);
}

hone_status hone_internal_check_optimizer_state(const char *label, int32_t iteration, float rate)
{
    if (iteration < 0)
        return hone_fail(HONE_ERROR_FORMAT, "%s: the optimizer's iteration is %d", label, (int)iteration);
    if (!isfinite(rate) || rate < 0)
        return hone_fail(HONE_ERROR_FORMAT, "%s: the optimizer's learning rate is %g", label, (double)rate);
    return HONE_OK;
}

hone_status hone_internal_check_loss_scale(const char *label, int32_t counter, float scale)
{
    if (counter >= 0 && scale > 0 && isfinite(scale))
        return HONE_OK;
    return hone_fail(HONE_ERROR_FORMAT, "%s: the optimizer's loss scale is %g after %d steps", label,
                     (double)scale, (int)counter);
}
