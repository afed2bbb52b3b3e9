/* Values of options: extensions, lists of specs, weights of classes. */
#include "base/error.h"
#include "base/memory.h"
#include "base/text.h"
#include "cli.h"
#include "fields/fields.h"
#include "fields/spec.h"
#include "verbs.h"

#include <hone/train.h>
#include <stdio.h>
#include <string.h>

bool cli_given(double number)
{
    return !isnan(number);
}
bool cli_given_integer(int64_t integer)
{
    return integer != HONE_NONE_INTEGER;
}

bool cli_ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), wanted = strlen(end);
    return length > wanted && strcmp(text + length - wanted, end) == 0;
}

const char *cli_extension(const char *path, const char *extensions, char *buffer, size_t size)
{
    char one[32];
    for (const char *next = extensions; *next != '\0'; next += *next == '|') {
        size_t length = strcspn(next, "|");
        snprintf(one, sizeof one, "%.*s", (int)length, next);
        if (cli_ends_with(path, one)) {
            if (buffer != NULL)
                snprintf(buffer, size, "%s", one);
            return next;
        }
        next += length;
    }
    return NULL;
}

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

hone_config *cli_split_specs(const char *text)
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

const char *cli_spec_of(const char *item)
{
    size_t length = strcspn(item, ":([\"'");
    return item[length] == ':' ? item + length + 1 + strspn(item + length + 1, " ") : item;
}

static hone_status keep_weights(hone_numbers weights, cli_settings *settings)
{
    size_t bytes = weights.count * sizeof(double);
    hone_internal_free(settings->class_weights);
    settings->class_weights = hone_internal_allocate(bytes + 1);
    settings->class_weight_count = weights.count;
    if (settings->class_weights == NULL)
        return HONE_ERROR_MEMORY;
    memcpy(settings->class_weights, weights.items, bytes);
    return HONE_OK;
}

hone_status cli_read_class_weight(const char *text, cli_settings *settings)
{
    const hone_type *fit = &hone_internal_fit_verb;
    hone_fit_args *args = hone_internal_fields_defaults(fit);
    hone_status status = args == NULL ? HONE_ERROR_MEMORY
                                      : hone_internal_fields_set_text(fit, args, "class_weight", text);
    if (status >= 0)
        status = keep_weights(hone_internal_numbers_of(args->class_weight), settings);
    hone_internal_fields_free(fit, args);
    return status;
}
