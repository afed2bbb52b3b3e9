/* Numbers, lists and subscripts as texts. */
#include "operations/literal.h"
#include "base/error.h"
#include "base/memory.h"
#include "operations/constant.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A whole number or, where none stands, HONE_NONE_INTEGER. */
static bool read_integer(const char **text, int64_t *integer)
{
    char *end;
    errno = 0;
    long long number = strtoll(*text, &end, 10);
    *integer = end == *text ? HONE_NONE_INTEGER : number;
    *text = end;
    return errno == 0 && (number != HONE_NONE_INTEGER || *integer != number);
}

static bool skip(const char **text, const char *word)
{
    size_t length = strlen(word);
    bool there = strncmp(*text, word, length) == 0;
    *text += there ? length : 0;
    return there;
}

bool hone_internal_literal_next(const char **text, hone_literal *item)
{
    *item = (hone_literal){HONE_LITERAL_INTEGER, HONE_NONE_INTEGER, HONE_NONE_INTEGER, HONE_NONE_INTEGER};
    if (skip(text, "None"))
        item->kind = HONE_LITERAL_NONE;
    else if (skip(text, "..."))
        item->kind = HONE_LITERAL_REST;
    if (item->kind != HONE_LITERAL_INTEGER)
        return true;
    if (!read_integer(text, &item->start))
        return false;
    if (!skip(text, ":"))
        return item->start != HONE_NONE_INTEGER;
    item->kind = HONE_LITERAL_SLICE;
    return read_integer(text, &item->stop) && (!skip(text, ":") || read_integer(text, &item->step));
}

static int most_items(const char *text)
{
    int count = 1;
    for (; *text != '\0'; text++)
        count += *text == ',';
    return count;
}

const hone_literal *hone_internal_literal_read(hone_graph *graph, const char *text, int *count)
{
    const char *rest = hone_internal_constant_body(text);
    hone_literal *items =
        hone_internal_arena_allocate(&graph->arena, sizeof *items * (size_t)most_items(text));
    for (*count = 0; items != NULL && *rest != '\0';) {
        if (strchr("[](), ", *rest) != NULL)
            rest++;
        else if (*count == most_items(text) || !hone_internal_literal_next(&rest, &items[*count])) {
            hone_fail(
                HONE_ERROR_ARGUMENT,
                "\"%.60s\" is not understood at \"%.20s\"; what it can be is like \"[:, 1::2, ..., None]\"",
                text, rest);
            return NULL;
        } else
            ++*count;
    }
    return items;
}

bool hone_internal_literal_next_pair(const char **text, hone_literal_pair *pair)
{
    *text += strspn(*text, ", ");
    if (**text == '\0')
        return false;
    pair->name = *text;
    pair->name_length = strcspn(pair->name, "=, ");
    pair->value = pair->name + pair->name_length;
    pair->value += strspn(pair->value, "= ");
    pair->value_length = strcspn(pair->value, ", ");
    *text = pair->value + pair->value_length;
    return true;
}
