/* Errors: one failure per thread, kept as parts and joined when its message is asked for. Nothing here
 * allocates. */
#include "base/error.h"

#include "base/memory.h"
#include "base/text.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum {
    MESSAGE_BYTES = HONE_MESSAGE_BYTES,
    CONTEXT_DEPTH = 16,
    LISTED_NAMES = 12 /* more candidates than these are not enumerated */
};

typedef struct error_context {
    const char *site, *name;
} error_context;

static _Thread_local hone_failure last;
static _Thread_local char message[MESSAGE_BYTES]; /* the parts of `last`, joined */
static _Thread_local error_context contexts[CONTEXT_DEPTH];
static _Thread_local int context_count; /* may exceed CONTEXT_DEPTH: those are counted, not kept */

/* A message being put together; ends in "..." when it was too long. */
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

/* Puts ": " between what is there and what follows. */
static void add_part(sentence_text *sentence, const char *text)
{
    if (text[0] == '\0')
        return;
    if (sentence->length > 0)
        add(sentence, ": ");
    add(sentence, text);
}

/* "train.c:12" and "sequential: dense"; what two neighbours share is said once. */
static void add_contexts(sentence_text *sites, sentence_text *names)
{
    int count = context_count < CONTEXT_DEPTH ? context_count : CONTEXT_DEPTH;
    const char *site = NULL, *name = NULL;

    for (int i = 0; i < count; i++) {
        const error_context *context = &contexts[i];
        if (context->site && !same_text(context->site, site))
            add_part(sites, without_directories(context->site));
        if (context->name && !same_text(context->name, name))
            add_part(names, context->name);
        if (context->site)
            site = context->site;
        if (context->name)
            name = context->name;
    }
}

/* Sentences may quote files, which must not steer a terminal; whole characters of UTF-8 only. */
static void keep(char *place, size_t size, const char *text)
{
    size_t length = strlen(text), end = length < size ? length : size - 1;

    while (end < length && end > 0 && ((unsigned char)text[end] & 0xC0) == 0x80)
        end--;
    for (size_t i = 0; i < end; i++) {
        unsigned char letter = (unsigned char)text[i];
        place[i] = letter < 0x20 || letter == 0x7F ? '?' : text[i];
    }
    place[end] = '\0';
}
#define KEEP(part, text) keep(last.part, sizeof last.part, text)

/* ---- what users ask for ---- */

static void join(const hone_failure *failure, sentence_text *joined)
{
    char place[64] = "";

    add_part(joined, failure->site);
    add_part(joined, failure->file);
    if (failure->line > 0)
        snprintf(place, sizeof place, "line %d, column %d", failure->line, failure->column);
    add_part(joined, place);
    add_part(joined, failure->name);
    add_part(joined, failure->sentence);
}

const char *hone_error_message(void)
{
    sentence_text joined = {.length = 0};

    join(&last, &joined);
    memcpy(message, joined.text, sizeof message);
    return message;
}

hone_status hone_error_get_parts(hone_error_parts *parts, size_t size)
{
    hone_error_parts all = {sizeof all,  last.site, last.file,    last.line,
                            last.column, last.name, last.sentence};

    if (parts && size >= sizeof parts->size) {
        memset(parts, 0, size);
        memcpy(parts, &all, size < sizeof all ? size : sizeof all);
        parts->size = size;
    }
    return last.status;
}

hone_status hone_error_status(void)
{
    return last.status;
}

void hone_error_clear(void)
{
    last = (hone_failure){.status = HONE_OK};
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

/* ---- failing ---- */

hone_status hone_fail(hone_status status, const char *format, ...)
{
    sentence_text sites = {.length = 0}, names = {.length = 0}, sentence = {.length = 0};
    va_list arguments;

    add_contexts(&sites, &names);
    va_start(arguments, format); /* before `last` changes: the arguments may be parts of it */
    add_formatted(&sentence, format, arguments);
    va_end(arguments);
    last = (hone_failure){.status = status};
    KEEP(site, sites.text);
    KEEP(name, names.text);
    KEEP(sentence, sentence.text);
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
    const char *nearest = received ? hone_nearest_name(received, candidates, count) : NULL;

    if (nearest) {
        add(&hint, "; did you mean \"");
        add(&hint, nearest);
        add(&hint, "\"?");
    } else if (count > 0 && count <= LISTED_NAMES) {
        add_names(&hint, candidates, count);
    }
    return hone_fail(HONE_ERROR_NAME, "unknown %s \"%.200s\"%s", what, received ? received : "", hint.text);
}

hone_status hone_internal_fail_null(const char *what)
{
    hone_status earlier = hone_error_status();
    return earlier < 0 ? earlier : hone_fail(HONE_ERROR_ARGUMENT, "expected %s, received NULL", what);
}

hone_status hone_internal_fail_too_large(hone_status status, size_t bytes, const char *what)
{
    return hone_fail(status, "%s would need %s%zu bytes; the limit is %zu, the memory of this machine", what,
                     bytes == SIZE_MAX ? "more than " : "", bytes, hone_internal_memory_limit());
}

hone_status hone_internal_fail_memory(size_t bytes, const char *what)
{
    size_t limit = hone_internal_memory_limit();
    if (bytes <= limit && bytes < SIZE_MAX)
        return hone_fail(HONE_ERROR_MEMORY, "out of memory: %zu bytes for %s", bytes, what);
    return hone_internal_fail_too_large(HONE_ERROR_MEMORY, bytes, what);
}

/* ---- what is known further out ---- */

/* The place so far becomes part of the message, since what comes is a place in another file. */
static void fold(void)
{
    sentence_text joined = {.length = 0};
    hone_failure inner = last;

    inner.site[0] = '\0';
    join(&inner, &joined);
    last.file[0] = last.name[0] = '\0';
    last.line = last.column = 0;
    KEEP(sentence, joined.text);
}

hone_status hone_internal_error_at(hone_status status, int line, int column)
{
    if (status >= 0 || status == HONE_ERROR_MEMORY || line <= 0)
        return status;
    if (last.file[0])
        fold();
    if (last.line == 0) {
        last.line = line;
        last.column = column;
    }
    last.status = status;
    return status;
}

hone_status hone_internal_error_in(hone_status status, const char *file)
{
    size_t length = strlen(file);

    if (status >= 0 || status == HONE_ERROR_MEMORY || same_text(last.file, file))
        return status;
    if (last.file[0])
        fold();
    last.status = status;
    /* Readers of bytes begin their messages with the path that they were given. */
    if (last.line == 0 && strncmp(last.sentence, file, length) == 0) {
        if (strncmp(last.sentence + length, ": ", 2) != 0)
            return status; /* a file inside of it */
        memmove(last.sentence, last.sentence + length + 2, strlen(last.sentence + length + 2) + 1);
    }
    KEEP(file, file);
    return status;
}

hone_status hone_internal_error_add(hone_status status, const char *text)
{
    sentence_text sentence = {.length = 0};

    add(&sentence, last.sentence);
    add(&sentence, text);
    KEEP(sentence, sentence.text);
    last.status = status;
    return status;
}

void hone_internal_error_take(hone_failure *failure)
{
    *failure = last;
}

hone_status hone_internal_error_raise(const hone_failure *failure)
{
    sentence_text sites = {.length = 0}, names = {.length = 0};

    last = *failure;
    add_contexts(&sites, &names);
    if (last.site[0] == '\0')
        KEEP(site, sites.text);
    return last.status;
}
