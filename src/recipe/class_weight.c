/* fit.class_weight: numbers by class, {0: 1, 1: 30}, by name, {fraud: 30}, or "balanced". Names and balance
 * wait for the data. */
#include "base/limits.h"
#include "base/memory.h"
#include "base/text.h"
#include "recipe/parts.h"

#include <hone/data_files.h>
#include <hone/pipeline.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static bool is_balanced(const hone_config *node)
{
    return strcmp(hone_internal_config_as_text(node), "balanced") == 0;
}

bool hone_internal_recipe_weights_wait(const hone_config *node)
{
    int64_t number;
    if (is_balanced(node))
        return true;
    for (size_t i = 0; hone_internal_config_is(node, HONE_CONFIG_MAP) && i < hone_internal_config_count(node);
         i++)
        if (!hone_internal_text_to_integer(hone_internal_config_key(node, i), &number))
            return true;
    return false;
}

hone_status hone_internal_recipe_check_weights(const hone_config *node)
{
    for (size_t i = 0; !is_balanced(node) && i < hone_internal_config_count(node); i++) {
        const hone_config *weight = hone_internal_config_at(node, i);
        const double number = hone_internal_config_as_number(weight);
        if (!hone_internal_config_is_numeric(weight) || !isfinite(number) || number < 0)
            return hone_internal_config_fail(
                weight, "class_weight: the weight of class %s must be a number, at least 0",
                hone_internal_config_key(node, i));
    }
    return HONE_OK;
}

/* ---- on the command line: "balanced", or "0:1.0,fraud:30" ---- */

/* Whether the class of `pair`, with its colon, stands before it too. */
static bool stands_before(const char *text, const char *pair, size_t length)
{
    for (; text < pair; text += strcspn(text, ",") + 1)
        if (strncmp(text, pair, length) == 0)
            return true;
    return false;
}

static bool is_pair(const char *text, const char *pair, size_t length)
{
    char number[32];
    double weight;
    int64_t class_number;
    size_t name = length; /* with its colon */
    while (name > 0 && pair[name - 1] != ':')
        name--;
    if (name < 2 || length - name >= sizeof number || stands_before(text, pair, name))
        return false;
    snprintf(number, sizeof number, "%.*s", (int)(length - name), pair + name);
    if (!hone_internal_text_to_number(number, true, &weight) || !(weight >= 0 && isfinite(weight)))
        return false;
    if (name > sizeof number)
        return true;
    snprintf(number, sizeof number, "%.*s", (int)name - 1, pair);
    return !hone_internal_text_to_integer(number, &class_number) ||
           (class_number >= 0 && (uint64_t)class_number < hone_internal_limits.class_weights);
}

hone_status hone_internal_recipe_check_weight_text(const char *text)
{
    bool more = strcmp(text, "balanced") != 0;
    for (const char *pair = text; more;) {
        const size_t length = strcspn(pair, ",");
        if (!is_pair(text, pair, length))
            return hone_fail(
                HONE_ERROR_ARGUMENT,
                "expected balanced, or different classes below %zu or by name with weights, such as "
                "0:1.0,1:30 or fraud:30, received \"%.100s\"",
                hone_internal_limits.class_weights, text);
        more = pair[length] != '\0';
        pair += length + 1;
    }
    return HONE_OK;
}

/* ---- by the data ---- */

static hone_status fail_class(const hone_dataset *data, const char *name, int64_t count)
{
    enum { MOST_NAMES = 64 };
    const char *names[MOST_NAMES];
    int64_t known = count < MOST_NAMES ? count : MOST_NAMES;
    for (int64_t i = 0; i < known; i++)
        names[i] = hone_dataset_class_name(data, 0, i);
    if (known > 0)
        return hone_internal_fail_name("class", name, names, (size_t)known);
    return hone_fail(HONE_ERROR_DATA,
                     "class_weight: the classes of the data have no names, so \"%.60s\" is none", name);
}

/* By name, else by number. */
static hone_status find_class(const hone_dataset *data, const char *name, int64_t count, int64_t *number)
{
    for (*number = 0; *number < count; ++*number)
        if (strcmp(hone_dataset_class_name(data, 0, *number), name) == 0)
            return HONE_OK;
    if (hone_internal_text_to_integer(name, number) && *number >= 0 && *number < count)
        return HONE_OK;
    return fail_class(data, name, count);
}

static hone_status by_name(const hone_config *node, const hone_dataset *data, double **weights,
                           int64_t *count)
{
    *count = hone_dataset_class_count(data, 0);
    double *result = hone_internal_allocate((size_t)(*count + 1) * sizeof *result);
    hone_status status = result == NULL ? HONE_ERROR_MEMORY : HONE_OK;
    for (int64_t i = 0; i < *count && status >= 0; i++)
        result[i] = 1;
    for (size_t i = 0; i < hone_internal_config_count(node) && status >= 0; i++) {
        int64_t number;
        status = find_class(data, hone_internal_config_key(node, i), *count, &number);
        if (status >= 0)
            result[number] = hone_internal_config_as_number(hone_internal_config_at(node, i));
    }
    if (status >= 0)
        *weights = result;
    else
        hone_internal_free(result);
    return status;
}

hone_status hone_internal_recipe_class_weights(const hone_recipe *recipe, const hone_dataset *data,
                                               double **weights, int64_t *count)
{
    const hone_config *node = hone_internal_recipe_get(recipe, "fit", "class_weight");
    *weights = NULL;
    *count = 0;
    if (!hone_internal_recipe_weights_wait(node))
        return HONE_OK;
    hone_status status = is_balanced(node) ? hone_dataset_balanced_weights(data, weights, count)
                                           : by_name(node, data, weights, count);
    return hone_internal_recipe_label(hone_internal_recipe_place(status, node), recipe);
}
