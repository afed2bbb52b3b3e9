/* Calls, and the functions that they name: those of csource/functions/ from their text, where a function is
 * what stands between two empty lines, with its comment. */
#include "csource/words.h"
#include "base/memory.h"
#include "csource/forms.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

hone_status hone_internal_c_fail_step(const hone_c_step *step)
{
    return hone_fail(HONE_ERROR_UNSUPPORTED,
                     "the layer \"%s\" needs the operation \"%s\", which C source does not support",
                     step->scope, hone_internal_kernel_name(step->kernel));
}

/* ---- names ---- */

size_t hone_internal_c_word_length(const char *at)
{
    size_t length = 0;
    while (isalnum((unsigned char)at[length]) || at[length] == '_')
        length++;
    return length;
}

static bool is_function_name(const char *word, size_t length)
{
    return length > 3 && (strncmp(word, "op_", 3) == 0 || strncmp(word, "fn_", 3) == 0);
}

/* Text in which names that begin with op_ or fn_ get the prefix. */
static void with_prefix(const hone_c_words *words, const char *source, size_t length, hone_text *text)
{
    for (size_t at = 0; at < length;) {
        size_t word = hone_internal_c_word_length(source + at);
        if (is_function_name(source + at, word))
            hone_internal_text_format(text, "%s_", words->prefix);
        word = word > 0 ? word : 1;
        hone_internal_text_append_n(text, source + at, word);
        at += word;
    }
}

/* ---- functions ---- */

static bool is_defined(const hone_c_words *words, const char *name)
{
    for (int i = 0; i < words->function_count; i++)
        if (strcmp(words->defined[i], name) == 0)
            return true;
    return false;
}

static hone_status note(hone_c_words *words, const char *name)
{
    char *copy = hone_internal_copy_text(name);
    if (copy == NULL || hone_internal_grow(&words->defined, &words->function_capacity,
                                           (size_t)words->function_count + 1, sizeof *words->defined) < 0) {
        hone_internal_free(copy);
        return HONE_ERROR_MEMORY;
    }
    words->defined[words->function_count++] = copy;
    return HONE_OK;
}

void hone_internal_c_words_free(hone_c_words *words)
{
    for (int i = 0; i < words->function_count; i++)
        hone_internal_free(words->defined[i]);
    hone_internal_free(words->defined);
    hone_internal_text_free(&words->functions);
    hone_internal_text_free(&words->body);
}

/* The text of a function with its comment and line end; NULL: there is none. */
static const char *find_function(const char *name, size_t length, size_t *bytes)
{
    static const char begin[] = "\nstatic ", end[] = "\n}\n";
    for (const char *at = strstr(hone_internal_c_functions, begin); at != NULL; at = strstr(at + 1, begin)) {
        const char *open = strchr(at, '(');
        const char *word = open - length;
        if (word <= at || strncmp(word, name, length) != 0 || isalnum((unsigned char)word[-1]) ||
            word[-1] == '_')
            continue;
        const char *first = at;
        while (first > hone_internal_c_functions && !(first[0] == '\n' && first[-1] == '\n'))
            first--;
        *bytes = (size_t)(strstr(at, end) + strlen(end) - (first + 1));
        return first + 1;
    }
    return NULL;
}

bool hone_internal_c_use(hone_c_words *words, const char *name)
{
    size_t bytes;
    const char *source = find_function(name, strlen(name), &bytes);
    if (source == NULL || is_defined(words, name))
        return source != NULL;
    if (note(words, name) < 0) {
        words->functions.failed = true;
        return true;
    }
    for (size_t at = 0; at < bytes;) {
        size_t word = hone_internal_c_word_length(source + at);
        if (is_function_name(source + at, word)) {
            char called[64] = {0};
            memcpy(called, source + at, word < sizeof called ? word : sizeof called - 1);
            hone_internal_c_use(words, called);
        }
        at += word > 0 ? word : 1;
    }
    with_prefix(words, source, bytes, &words->functions);
    hone_internal_text_append(&words->functions, "\n");
    return true;
}

hone_status hone_internal_c_define(hone_c_words *words, const char *name, hone_text *source)
{
    hone_status status = source->failed ? HONE_ERROR_MEMORY : HONE_OK;
    if (status >= 0 && !is_defined(words, name)) {
        status = note(words, name);
        hone_internal_text_append_n(&words->functions, source->data, source->length);
    }
    hone_internal_text_free(source);
    return status;
}

/* ---- calls ---- */

bool hone_internal_c_has_bytes(const hone_c_words *words, int slot)
{
    return slot >= 0 && words->program->slots[slot].rows > 0;
}

void hone_internal_c_operand(hone_c_words *words, int slot)
{
    if (slot < 0) {
        hone_internal_text_append(&words->body, "NULL");
        return;
    }
    const hone_c_slot *slots = words->program->slots;
    while (slots[slot].into >= 0)
        slot = slots[slot].into;
    const bool bytes = slots[slot].type == HONE_C_BYTES;
    if (words->names[slot] != NULL)
        hone_internal_text_append(&words->body, words->names[slot]);
    else if (slots[slot].offset > 0)
        hone_internal_text_format(&words->body, bytes ? "(int8_t *)(work + %" PRId64 ")" : "work + %" PRId64,
                                  slots[slot].offset);
    else
        hone_internal_text_append(&words->body, bytes ? "(int8_t *)work" : "work");
}

void hone_internal_c_begin_call(hone_c_words *words)
{
    hone_internal_text_format(&words->body, "    %s_", words->prefix);
    words->calls++;
}

static void write_number(hone_c_words *words, double number)
{
    char text[40];
    hone_internal_c_number((float)number, text, sizeof text);
    hone_internal_text_append(&words->body, text);
}

/* $0, &2, #1, #n, %0: the length behind the sign. */
static size_t write_argument(hone_c_words *words, const hone_c_step *step, const int64_t *numbers, char sign,
                             const char *at)
{
    const bool items = *at == 'n';
    const int index = atoi(at);
    if (sign == '$')
        hone_internal_c_operand(words, step->slots[index]);
    else if (sign == '#')
        hone_internal_text_format(&words->body, "%" PRId64, items ? step->items : numbers[index]);
    else if (sign == '%')
        write_number(words, step->args.scalar[index]);
    else
        hone_internal_text_format(&words->body, "%s_scale", words->names[step->slots[index]]);
    return items ? 1 : strspn(at, "0123456789");
}

void hone_internal_c_call(hone_c_words *words, const hone_c_step *step, const char *pattern)
{
    int64_t numbers[HONE_C_NUMBERS] = {0};
    char name[64] = {0};
    if (step->form != NULL && step->form->numbers != NULL)
        step->form->numbers(step, numbers);
    else
        memcpy(numbers, step->args.size, sizeof step->args.size);
    memcpy(name, pattern, hone_internal_c_word_length(pattern));
    hone_internal_c_use(words, name);
    hone_internal_c_begin_call(words);
    for (const char *at = pattern; *at != '\0';) {
        size_t plain = strcspn(at, "$&#%");
        hone_internal_text_append_n(&words->body, at, plain);
        at += plain;
        if (*at != '\0')
            at += 1 + write_argument(words, step, numbers, *at, at + 1);
    }
    hone_internal_text_append(&words->body, ";\n");
}

hone_status hone_internal_c_words_step(hone_c_words *words, const hone_c_step *step)
{
    const hone_c_form *form = step->form;
    if (form != NULL && form->write != NULL)
        return form->write(words, step);
    if (form == NULL || form->call == NULL)
        return hone_internal_c_fail_step(step);
    const bool bytes = form->bytes > 0 && hone_internal_c_has_bytes(words, step->slots[form->bytes]);
    hone_internal_c_call(words, step, bytes ? form->call_int8 : form->call);
    return HONE_OK;
}
