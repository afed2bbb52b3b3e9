/* Metrics as one text, "accuracy, price:mae": for every output, or for the one that is named. */
#include "base/memory.h"
#include "fields/spec.h"
#include "model/model.h"
#include "recipe/parts.h"

#include <stdio.h>
#include <string.h>

/* Where the item ends: at a comma outside brackets and quotes, or at the end. */
static size_t item_length(const char *text)
{
    size_t length = 0;
    int depth = 0;
    for (char quote = '\0'; text[length] != '\0'; length++) {
        char letter = text[length];
        if (quote != '\0')
            quote = letter == quote ? '\0' : quote;
        else if (letter == '"' || letter == '\'')
            quote = letter;
        else if (strchr("([", letter) != NULL)
            depth++;
        else if (strchr(")]", letter) != NULL)
            depth--;
        else if (letter == ',' && depth <= 0)
            break;
    }
    return length;
}

static hone_status append_item(hone_config *list, const char *text, size_t length)
{
    size_t skipped = strspn(text, " ");
    if (skipped >= length)
        return hone_fail(HONE_ERROR_ARGUMENT, "expected names separated by commas, received an empty one");
    for (text += skipped, length -= skipped; length > 0 && text[length - 1] == ' ';)
        length--;
    char *copy = hone_internal_copy_text_n(text, length);
    hone_status status =
        copy == NULL ? HONE_ERROR_MEMORY : hone_internal_config_append(list, hone_internal_config_text(copy));
    hone_internal_free(copy);
    return status;
}

/* "mse, precision(thresholds=[0.1, 0.2])" to a list of texts; "none" to an empty one. */
static hone_config *split(const char *text)
{
    hone_config *list = hone_internal_config_list();
    if (list == NULL || hone_internal_spec_is_none(text))
        return list;
    for (const char *next = text;; next++) {
        size_t length = item_length(next);
        if (append_item(list, next, length) < 0) {
            hone_internal_config_free(list);
            return NULL;
        }
        next += length;
        if (*next == '\0')
            return list;
    }
}

/* "mae" of "price:mae". */
static const char *spec_of(const char *item)
{
    size_t length = strcspn(item, ":([\"'");
    return item[length] == ':' ? item + length + 1 + strspn(item + length + 1, " ") : item;
}

hone_status hone_internal_recipe_check_metrics(const char *text)
{
    hone_config *list = split(text);
    hone_status status = list == NULL ? hone_error_status() : HONE_OK;
    for (size_t i = 0; status >= 0 && i < hone_internal_config_count(list); i++)
        status = hone_internal_recipe_check_spec("metric", spec_of(hone_internal_config_text_at(list, i)));
    hone_internal_config_free(list);
    return status;
}

/* Adds one item to the list of every output, or of the output that it names. */
static hone_status add(const hone_model *model, hone_config *map, const char *item)
{
    const char *spec = spec_of(item);
    bool found = false;
    for (int i = 0; i < hone_model_output_count(model); i++) {
        const char *name = hone_model_output_name(model, i);
        size_t length = strlen(name);
        bool all = spec == item, own = strncmp(item, name, length) == 0 && item[length] == ':';
        if (!all && !own)
            continue;
        found = true;
        HONE_TRY(hone_internal_config_append(hone_internal_config_get_mutable(map, name),
                                             hone_internal_config_text(spec)));
    }
    if (found)
        return HONE_OK;
    char output[128];
    snprintf(output, sizeof output, "%.*s", (int)strcspn(item, ":"), item);
    return hone_internal_recipe_fail_output(model, "output of the metrics", output);
}

static hone_status distribute(const hone_model *model, const hone_config *list, hone_config *map)
{
    for (int i = 0; i < hone_model_output_count(model); i++)
        HONE_TRY(
            hone_internal_config_set(map, hone_model_output_name(model, i), hone_internal_config_list()));
    for (size_t i = 0; i < hone_internal_config_count(list); i++)
        HONE_TRY(add(model, map, hone_internal_config_text_at(list, i)));
    return HONE_OK;
}

hone_config *hone_internal_recipe_metrics(const hone_model *model, const char *text)
{
    hone_config *list = split(text), *map = NULL;
    if (list == NULL ||
        hone_model_output_count(model) == 0) /* a model that does not know its outputs has one */
        return list;
    map = hone_internal_config_map();
    hone_status status = map == NULL ? HONE_ERROR_MEMORY : distribute(model, list, map);
    hone_config *result = status < 0 || hone_internal_config_count(map) > 1
                              ? map
                              : hone_internal_config_copy(hone_internal_config_at(map, 0));
    hone_internal_config_free(list);
    if (result != map || status < 0)
        hone_internal_config_free(map);
    return status < 0 ? NULL : result;
}
