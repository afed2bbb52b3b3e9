/* Values of options: extensions, lists of specs, weights of classes. */
#include "base/error.h"
#include "base/memory.h"
#include "base/text.h"
#include "cli.h"
#include "fields/spec.h"

#include <math.h>
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

/* One "class:weight". */
static hone_status read_weight(const char *text, int64_t *number, double *weight)
{
    const char *colon = strchr(text, ':');
    char *name = colon == NULL ? NULL : hone_internal_copy_text_n(text, (size_t)(colon - text));
    bool good = name != NULL && hone_internal_text_to_integer(name, number) &&
                hone_internal_text_to_number(colon + 1, true, weight);
    hone_internal_free(name);
    if (!good)
        return hone_fail(HONE_ERROR_ARGUMENT,
                         "expected CLASS:WEIGHT pairs such as 0:1.0,1:2.0, received \"%s\"", text);
    if (*number < 0 || *number >= HONE_MAX_NUMBERS)
        return hone_fail(HONE_ERROR_ARGUMENT, "the class %lld is out of range; expected 0 to %d",
                         (long long)*number, HONE_MAX_NUMBERS - 1);
    if (!isfinite(*weight) || *weight < 0)
        return hone_fail(HONE_ERROR_ARGUMENT, "the weight of class %lld must be at least 0",
                         (long long)*number);
    return HONE_OK;
}

hone_status cli_read_class_weight(const char *text, double *weights)
{
    hone_config *pairs = cli_split_specs(text);
    int64_t count = 0, number = 0;
    double weight = 1;
    hone_status status = pairs == NULL ? hone_error_status() : HONE_OK;
    bool given[HONE_MAX_NUMBERS] = {false};
    for (size_t i = 0; status >= 0 && i < hone_internal_config_count(pairs); i++) {
        status =
            read_weight(hone_internal_config_as_text(hone_internal_config_at(pairs, i)), &number, &weight);
        if (status >= 0 && given[number])
            status = hone_fail(HONE_ERROR_ARGUMENT, "the class %lld is there twice", (long long)number);
        if (status < 0)
            break;
        given[number] = true;
        for (; count <= number; count++)
            weights[count] = 1;
        weights[number] = weight;
    }
    if (count < HONE_MAX_NUMBERS)
        weights[count] = HONE_NONE;
    hone_internal_config_free(pairs);
    return status;
}
