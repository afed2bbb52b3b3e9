/* Errors: one sentence a thread, with what is being worked on in front. Nothing here allocates. */
#include "base/error.h"

#include "base/text.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum {
    MESSAGE_BYTES = 1024,
    CONTEXT_DEPTH = 16,
    LISTED_NAMES = 12 /* more candidates than these are not enumerated */
};

typedef struct error_context {
    const char *site, *name;
} error_context;

static _Thread_local char message[MESSAGE_BYTES];
static _Thread_local hone_status last_status;
static _Thread_local error_context contexts[CONTEXT_DEPTH];
static _Thread_local int context_count; /* may exceed CONTEXT_DEPTH: those are counted, not kept */

/* A sentence being put together; ends in "..." when it was too long. */
typedef struct sentence_text {
    char text[MESSAGE_BYTES];
    size_t length;
} sentence_text;

static void end_with_dots(sentence_text *sentence)
{
    size_t end = MESSAGE_BYTES - 4;

    while (end > 0 && ((unsigned char)sentence->text[end] & 0xC0) == 0x80)
        end--; /* whole characters only */
    memcpy(sentence->text + end, "...", 4);
    sentence->length = MESSAGE_BYTES; /* full */
}

static void add(sentence_text *sentence, const char *text)
{
    size_t length = strlen(text);
    size_t space = MESSAGE_BYTES - 1 - sentence->length;

    if (sentence->length >= MESSAGE_BYTES)
        return;
    memcpy(sentence->text + sentence->length, text, length < space ? length : space);
    sentence->text[sentence->length + (length < space ? length : space)] = '\0';
    if (length > space)
        end_with_dots(sentence);
    else
        sentence->length += length;
}

static void add_formatted(sentence_text *sentence, const char *format, va_list arguments)
{
    char text[MESSAGE_BYTES + 1];

    if (vsnprintf(text, sizeof text, format, arguments) < 0)
        snprintf(text, sizeof text, "%s", format);
    add(sentence, text);
}

static const char *without_directories(const char *site)
{
    const char *slash = strrchr(site, '/');

    return slash ? slash + 1 : site;
}

static int same_text(const char *a, const char *b)
{
    return a && b && strcmp(a, b) == 0;
}

/* "train.c:12: sequential: dense: "; what two neighbours share is said once. */
static void add_contexts(sentence_text *sentence)
{
    int count = context_count < CONTEXT_DEPTH ? context_count : CONTEXT_DEPTH;
    const char *site = NULL, *name = NULL;

    for (int i = 0; i < count; i++) {
        const error_context *context = &contexts[i];
        if (context->site && !same_text(context->site, site)) {
            add(sentence, without_directories(context->site));
            add(sentence, ": ");
        }
        if (context->name && !same_text(context->name, name)) {
            add(sentence, context->name);
            add(sentence, ": ");
        }
        if (context->site)
            site = context->site;
        if (context->name)
            name = context->name;
    }
}

/* Sentences may quote files, which must not steer a terminal. */
static void keep(const sentence_text *sentence)
{
    size_t length = strlen(sentence->text);

    for (size_t i = 0; i < length; i++) {
        unsigned char letter = (unsigned char)sentence->text[i];
        message[i] = letter < 0x20 || letter == 0x7F ? '?' : sentence->text[i];
    }
    message[length] = '\0';
}

const char *hone_error_message(void)
{
    return message;
}

hone_status hone_error_status(void)
{
    return last_status;
}

void hone_error_clear(void)
{
    message[0] = '\0';
    last_status = HONE_OK;
}

const char *hone_status_text(hone_status status)
{
    static const struct {
        hone_status status;
        const char *text;
    } texts[] = {
#define STATUS_ROW(name, value, text) {name, text},
        HONE_STATUS_MAP(STATUS_ROW)
#undef STATUS_ROW
    };

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (texts[i].status == status)
            return texts[i].text;
    return "unknown status";
}

hone_status hone_fail(hone_status status, const char *format, ...)
{
    sentence_text sentence = {.length = 0};
    va_list arguments;

    add_contexts(&sentence);
    va_start(arguments, format);
    add_formatted(&sentence, format, arguments);
    va_end(arguments);
    keep(&sentence);
    last_status = status;
    return status;
}

void hone_internal_error_push(const char *site, const char *name)
{
    if (context_count < CONTEXT_DEPTH)
        contexts[context_count] = (error_context){site, name};
    context_count++;
}

void hone_internal_error_pop(void)
{
    if (context_count > 0)
        context_count--;
}

static void add_names(sentence_text *sentence, const char *const *names, size_t count)
{
    add(sentence, "; known are ");
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            add(sentence, ", ");
        add(sentence, names[i]);
    }
}

hone_status hone_internal_fail_name(const char *what, const char *received, const char *const *candidates,
                                    size_t count)
{
    sentence_text hint = {.length = 0};
    const char *nearest = received ? hone_internal_text_nearest(received, candidates, count) : NULL;

    if (nearest) {
        add(&hint, "; did you mean \"");
        add(&hint, nearest);
        add(&hint, "\"?");
    } else if (count > 0 && count <= LISTED_NAMES) {
        add_names(&hint, candidates, count);
    }
    return hone_fail(HONE_ERROR_NAME, "unknown %s \"%.200s\"%s", what, received ? received : "", hint.text);
}

hone_status hone_internal_fail_memory(size_t bytes, const char *what)
{
    return hone_fail(HONE_ERROR_MEMORY, "out of memory: %zu bytes for %s", bytes, what);
}

hone_status hone_internal_error_prefix(hone_status status, const char *format, ...)
{
    sentence_text sentence = {.length = 0};
    va_list arguments;

    va_start(arguments, format);
    add_formatted(&sentence, format, arguments);
    va_end(arguments);
    if (message[0]) {
        add(&sentence, ": ");
        add(&sentence, message);
    }
    keep(&sentence);
    last_status = status;
    return status;
}
