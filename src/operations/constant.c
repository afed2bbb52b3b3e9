/* Constants among the operands of calls. */
#include "operations/constant.h"
#include "base/memory.h"
#include "base/plural.h"
#include "base/text.h"
#include "fields/fields.h"
#include "ops/ops.h"

#include <ctype.h>
#include <string.h>

const char *hone_internal_constant_body(const char *text)
{
    const char *open = islower((unsigned char)*text) ? strchr(text, '(') : NULL;
    return open == NULL ? text : open + 1;
}

#define TWO_FIELDS(F, A) \
    HONE_OPERAND(F, A, x1, "the first operand when it is a constant") \
    HONE_OPERAND(F, A, x2, "the second operand when it is a constant")
HONE_ARGS_STRUCT(two_operands, TWO_FIELDS);
HONE_FIELD_TABLE_NAMED(two_operands, TWO_FIELDS, two_fields, no_operands);
const hone_type hone_internal_two_operands = {
    .name = "call", .class_name = "call", HONE_TYPE_FIELDS_NAMED(two_operands, two_fields, no_operands)};

/* A text that is being read: what is read of it, the sizes of the lists that are open. */
typedef struct constant_reader {
    const char *text, *rest;
    hone_constant *constant;
    int deepest; /* lists within lists; -1 until the first number */
} constant_reader;

static hone_status fail_at(const constant_reader *reader)
{
    return hone_fail(HONE_ERROR_ARGUMENT,
                     "\"%.60s\" is not understood at \"%.20s\"; it must be numbers or lists of them",
                     reader->text, reader->rest);
}

/* The words that stand for numbers. */
static const struct {
    const char *word;
    double number;
} words[] = {{"True", 1}, {"False", 0}};

static hone_status read_number(constant_reader *reader, int depth)
{
    char word[64];
    size_t length = strcspn(reader->rest, ",] )");
    double number = 0;
    bool known = false;
    if (length == 0 || length >= sizeof word || (reader->deepest >= 0 && reader->deepest != depth))
        return fail_at(reader);
    memcpy(word, reader->rest, length);
    word[length] = '\0';
    for (size_t i = 0; i < sizeof words / sizeof *words && !known; i++)
        if (strcmp(word, words[i].word) == 0) {
            number = words[i].number;
            known = true;
        }
    if (!known && !hone_internal_text_to_number(word, true, &number))
        return fail_at(reader);
    reader->rest += length;
    reader->deepest = depth;
    reader->constant->numbers[reader->constant->count++] = number;
    return HONE_OK;
}

static hone_status read_value(constant_reader *reader, int depth);

/* The first list at a depth tells the size of its axis. */
static hone_status read_list(constant_reader *reader, int depth)
{
    int64_t count = 0, *size = &reader->constant->shape.size[depth];
    if (depth == HONE_MAX_RANK)
        return hone_fail(HONE_ERROR_ARGUMENT, "a constant has at most %d axes", HONE_MAX_RANK);
    for (reader->rest++; *(reader->rest += strspn(reader->rest, " ")) != ']'; count++) {
        if (count > 0 && *reader->rest++ != ',')
            return fail_at(reader);
        reader->rest += strspn(reader->rest, " ");
        HONE_TRY(read_value(reader, depth + 1));
    }
    reader->rest++;
    if (count == 0)
        return hone_fail(HONE_ERROR_ARGUMENT, "a constant must not be empty: \"%.60s\"", reader->text);
    if (*size != 0 && *size != count)
        return hone_fail(HONE_ERROR_ARGUMENT,
                         "the lists of a constant must be of equal length, not %lld and %lld",
                         (long long)*size, (long long)count);
    *size = count;
    return HONE_OK;
}

static hone_status read_value(constant_reader *reader, int depth)
{
    return *reader->rest == '[' ? read_list(reader, depth) : read_number(reader, depth);
}

static size_t most_numbers(const char *text)
{
    size_t count = 1;
    for (; *text != '\0'; text++)
        count += *text == ',';
    return count;
}

hone_status hone_internal_constant_read(hone_graph *graph, const char *text, hone_constant *constant)
{
    constant_reader reader = {text, hone_internal_constant_body(text), constant, -1};
    *constant = (hone_constant){.numbers = hone_internal_arena_allocate(
                                    &graph->arena, sizeof *constant->numbers * most_numbers(text))};
    if (constant->numbers == NULL)
        return HONE_ERROR_MEMORY;
    HONE_TRY(read_value(&reader, 0));
    constant->shape.rank = reader.deepest;
    return reader.rest[strspn(reader.rest, " )")] == '\0' ? HONE_OK : fail_at(&reader);
}

hone_value hone_internal_constant_value(hone_graph *graph, const hone_layer *layer,
                                        const hone_constant *constant)
{
    if (constant->shape.rank == 0)
        return hone_graph_constant(graph, constant->numbers[0]);
    hone_variable *variable =
        hone_internal_layer_constant(layer, constant->shape, constant->numbers, constant->count);
    hone_value value = hone_graph_variable(graph, variable);
    hone_internal_variable_free(variable); /* the graph holds it */
    return value;
}

hone_value hone_internal_constant_of(hone_graph *graph, const hone_layer *layer, const char *text)
{
    hone_constant constant;
    return hone_internal_constant_read(graph, text, &constant) < 0
               ? HONE_NO_VALUE
               : hone_internal_constant_value(graph, layer, &constant);
}

hone_status hone_internal_operands(hone_layer *layer, hone_graph *graph, const hone_value *inputs, int count,
                                   int least, hone_value *operands)
{
    const hone_type *type = layer->type->call_fields;
    const char *args = hone_call_args(graph);
    int next = 0, places = (int)type->field_count;
    for (int i = 0; i < places; i++) {
        const char *text;
        memcpy(&text, args + type->fields[i].offset, sizeof text);
        if (text == NULL)
            operands[i] = next < count ? inputs[next++] : HONE_NO_VALUE;
        else if (strcmp(text, "None") == 0)
            operands[i] = HONE_NO_VALUE;
        else if ((operands[i] = hone_internal_constant_of(graph, layer, text)) < 0)
            return hone_error_status();
        if (i < least && operands[i] < 0)
            return hone_fail(HONE_ERROR_SHAPE, "takes %d operand%s; %s is missing", least,
                             hone_internal_plural(least), type->fields[i].name);
    }
    return next == count ? HONE_OK
                         : hone_fail(HONE_ERROR_SHAPE, "takes at most %d operand%s", places,
                                     hone_internal_plural(places));
}
