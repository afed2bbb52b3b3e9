/* The calls of a model's layers, one after the other, with those within inner models, as callbacks that look
 * on see them. */
#include "base/memory.h"
#include "train/fit.h"

#include <string.h>

/* Where a model's calls stand: within a call of an outer model, or on top. */
typedef struct place {
    const hone_model *model;
    const char *path; /* "" on top */
    const struct place *outer;
    const hone_call *call; /* of the outer model, that this one is */
} place;

static char *path_of(const place *at, const hone_call *call)
{
    const char *slash = at->path[0] != '\0' ? "/" : "", *label = hone_internal_layer_label(call->layer);
    return call->number > 0 ? hone_internal_format("%s%s%s_%d", at->path, slash, label, call->number)
                            : hone_internal_format("%s%s%s", at->path, slash, label);
}

/* The path of the call that makes a tensor: of an inner model, that of the call within which does. */
static char *source_of(const place *at, const hone_tensor *tensor)
{
    hone_model *inner = hone_internal_layer_model(tensor->call->layer);
    char *path = path_of(at, tensor->call);
    if (inner == NULL || path == NULL)
        return path;
    place within = {inner, path, at, tensor->call};
    char *source = source_of(&within, inner->outputs[tensor->index]);
    hone_internal_free(path);
    return source;
}

static int input_index(const hone_model *model, const hone_call *call)
{
    for (int i = 0; i < model->input_count; i++)
        if (model->inputs[i]->call == call)
            return i;
    return -1;
}

/* The sources of a call's inputs; an input of an inner model reads what the outer model gives it. */
static hone_status find_sources(const place *at, const hone_call *call, char **sources, int *count)
{
    int input = input_index(at->model, call);
    *count = input < 0 ? call->input_count : at->outer != NULL ? 1 : 0;
    for (int i = 0; i < *count; i++) {
        sources[i] =
            input < 0 ? source_of(at, call->inputs[i]) : source_of(at->outer, at->call->inputs[input]);
        if (sources[i] == NULL)
            return HONE_ERROR_MEMORY;
    }
    return HONE_OK;
}

static hone_status visit_one(const place *at, const hone_call *call, const char *path,
                             hone_call_visitor *visit, void *visitor)
{
    char **sources = hone_internal_allocate_zeroed((size_t)call->input_count + 1, sizeof *sources);
    int count = 0;
    hone_status status = sources == NULL ? HONE_ERROR_MEMORY : find_sources(at, call, sources, &count);
    hone_call_view view = {path, call->layer->type->type.class_name, (const char *const *)sources, count,
                           call->outputs[0].shape};
    if (status >= 0)
        status = visit(visitor, &view);
    for (int i = 0; i < count; i++)
        hone_internal_free(sources[i]);
    hone_internal_free(sources);
    return status;
}

static hone_status visit_all(const place *at, hone_call_visitor *visit, void *visitor)
{
    hone_status status = HONE_OK;
    for (int i = 0; i < at->model->call_count && status >= 0; i++) {
        const hone_call *call = at->model->calls[i];
        hone_model *inner = hone_internal_layer_model(call->layer);
        char *path = path_of(at, call);
        place within = {inner, path, at, call};
        if (path == NULL)
            return HONE_ERROR_MEMORY;
        status =
            inner != NULL ? visit_all(&within, visit, visitor) : visit_one(at, call, path, visit, visitor);
        hone_internal_free(path);
    }
    return status;
}

hone_status hone_internal_watch_calls(void *context, hone_call_visitor *visit, void *visitor)
{
    place top = {.model = ((hone_fit_run *)context)->model, .path = ""};
    return visit_all(&top, visit, visitor);
}
