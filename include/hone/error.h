/* Errors: a status below zero, and one message that says where, what, what was expected and what
 * was received.
 *
 * A function that fails returns a status below zero, or NULL where it would return an object, and
 * hone_error_message() returns its message in the calling thread. The message is set where most is known and
 * passed on unchanged: a NULL argument of another function of Hone is an earlier failure, never "nothing",
 * and keeps its message. */
#ifndef HONE_ERROR_H
#define HONE_ERROR_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* X(name, value, text) */
#define HONE_STATUS_MAP(X) \
    X(HONE_OK, 0, "done") \
    X(HONE_ERROR_ARGUMENT, -1, "invalid argument") \
    X(HONE_ERROR_MEMORY, -2, "out of memory") \
    X(HONE_ERROR_SHAPE, -3, "shapes do not match") \
    X(HONE_ERROR_NAME, -4, "unknown name") \
    X(HONE_ERROR_FILE, -5, "a file cannot be read or written") \
    X(HONE_ERROR_FORMAT, -6, "invalid file content") \
    X(HONE_ERROR_DATA, -7, "the data do not match the model") \
    X(HONE_ERROR_STATE, -8, "not possible now") \
    X(HONE_ERROR_UNSUPPORTED, -9, "not supported by this build") \
    X(HONE_ERROR_NUMERIC, -10, "a number is not finite") \
    X(HONE_ERROR_CALLBACK, -11, "a callback failed")

typedef enum hone_status {
#define HONE_STATUS_ENUM(name, value, text) name = value,
    HONE_STATUS_MAP(HONE_STATUS_ENUM)
#undef HONE_STATUS_ENUM
} hone_status;

/* The message of the last failure in this thread, "" when there was none. Owned by the library; valid until
 * the next failure in the same thread. */
const char *hone_error_message(void);

/* The parts of that message, which joins those that are known as "SITE: FILE: line LINE, column COLUMN: NAME:
 * SENTENCE". Editors and bindings show the place themselves. */
typedef struct hone_error_parts {
    size_t size;          /* as the caller was compiled */
    const char *site;     /* "train.c:12": the call in the program; "" when it is not known */
    const char *file;     /* path of the file whose content is wrong, "" when there is none */
    int line, column;     /* in that file, from 1; 0 when they are not known */
    const char *name;     /* the object: "sequential: dense", "" */
    const char *sentence; /* what is wrong, what was expected, what was received */
} hone_error_parts;
/* Fills `parts` (sizeof *parts) and returns hone_error_status(); the strings are valid as long as the
 * message.
 */
hone_status hone_error_get_parts(hone_error_parts *parts, size_t size);

/* The status of the last failure in this thread, HONE_OK when there was none. */
hone_status hone_error_status(void);

/* Forgets the last failure of this thread. */
void hone_error_clear(void);

/* A constant text for a status: "out of memory". */
const char *hone_status_text(hone_status status);

/* Reports a failure of a custom layer, loss or callback: sets the message (printf) and returns
 * `status`. The call site and the layer or file are put in front. */
#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
hone_status
hone_fail(hone_status status, const char *format, ...);

/* The nearest of the candidates if it is near enough to be offered ("did you mean"), otherwise NULL. */
const char *hone_nearest_name(const char *name, const char *const *candidates, size_t count);

#ifdef __cplusplus
}
#endif
#endif
