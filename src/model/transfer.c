/* What a new task takes of a model that has been trained: its layers up to one of them, and which layers go
 * on learning. */
#include "base/memory.h"
#include "base/pattern.h"
#include "base/text.h"
#include "model/model.h"

#include <string.h>

/* ---- which layers are trained ---- */

/* A pattern on its way through the layers. */
typedef struct search {
    const char *pattern;
    bool trainable;      /* what the layers that match become */
    size_t found, count; /* how many did; the names that there are, for messages */
    const char *names[256];
} search;

static hone_status visit(search *looking, hone_layer *layer, const char *outer);

bool hone_internal_pattern_means(const char *pattern, const char *name, const char *path)
{
    return hone_internal_pattern_fits(pattern, name) || hone_internal_pattern_fits(pattern, path);
}

/* The layers within a layer. One that is thawed takes the layers around it along, which hold all that is in
 * them still otherwise, as in Keras. */
static hone_status visit_inner(search *looking, hone_layer *layer, const char *path)
{
    hone_layer *inner;
    size_t before = looking->found;
    for (int i = 0; (inner = hone_internal_layer_within(layer, i, NULL)) != NULL; i++)
        HONE_TRY(visit(looking, inner, path));
    if (looking->found > before && looking->trainable)
        layer->trainable = true;
    return HONE_OK;
}

static hone_status visit(search *looking, hone_layer *layer, const char *outer)
{
    const char *name = hone_internal_layer_label(layer);
    char *path = outer == NULL ? hone_internal_copy_text(name) : hone_internal_format("%s/%s", outer, name);
    hone_status status = path == NULL ? HONE_ERROR_MEMORY : HONE_OK;
    if (looking->count < sizeof looking->names / sizeof *looking->names)
        looking->names[looking->count++] = name;
    if (status >= 0 && hone_internal_pattern_means(looking->pattern, name, path)) {
        hone_internal_layer_set_trainable(layer, looking->trainable);
        looking->found++;
    } else if (status >= 0)
        status = visit_inner(looking, layer, path);
    hone_internal_free(path);
    return status;
}

/* The nearest name to a pattern is that to its letters. */
hone_status hone_internal_fail_pattern(const char *pattern, const char *const *names, size_t count)
{
    if (strpbrk(pattern, "*?[") == NULL)
        return hone_internal_fail_name("layer", pattern, names, count);
    char letters[200];
    size_t length = 0;
    for (const char *at = pattern; *at != '\0' && length < sizeof letters - 1; at++)
        if (strchr("*?[]", *at) == NULL)
            letters[length++] = *at;
    letters[length] = '\0';
    const char *nearest = hone_nearest_name(letters, names, count);
    for (size_t i = 0; nearest == NULL && i < count; i++) /* those that begin in the same way */
        nearest = length > 2 && strncmp(names[i], letters, 3) == 0 ? names[i] : NULL;
    nearest = nearest != NULL || count == 0 ? nearest : names[count - 1];
    return hone_fail(HONE_ERROR_NAME,
                     "the pattern \"%.100s\" matches no layer; there is, for example, \"%.100s\"", pattern,
                     nearest == NULL ? "" : nearest);
}

hone_status hone_model_set_trainable_matching(hone_model *model, const char *pattern, bool trainable)
{
    if (model == NULL || pattern == NULL)
        return hone_internal_fail_null(model == NULL ? "a model" : "a pattern");
    search looking = {.pattern = pattern, .trainable = trainable};
    for (size_t i = 0; i < model->layer_count; i++)
        HONE_TRY(visit(&looking, model->layers[i], NULL));
    if (looking.found == 0)
        return hone_internal_fail_pattern(pattern, looking.names, looking.count);
    model->frozen =
        model->frozen && !trainable; /* a model whose every layer was frozen has some that learn */
    return HONE_OK;
}

/* ---- up to a layer ---- */

hone_model *hone_internal_model_up_to(const hone_model *model, hone_tensor *end)
{
    const hone_tensor_list inputs = {.items = model->inputs, .count = model->input_count},
                           output = {.items = &end, .count = 1};
    return hone_internal_model_from_ends(&inputs, &output);
}

hone_model *hone_model_until(const hone_model *model, const char *layer)
{
    if (model == NULL || layer == NULL) {
        hone_internal_fail_null(model == NULL ? "a model" : "the name of a layer");
        return NULL;
    }
    if (hone_internal_model_need_built(model, "hone_model_until") < 0)
        return NULL;
    hone_tensor *end = hone_model_layer_output(model, layer);
    return end == NULL ? NULL : hone_internal_model_up_to(model, end);
}
