/* Errors inside the library. hone_fail() (public) sets the message; here are the ways to pass a failure on.
 */
#ifndef HONE_BASE_ERROR_H
#define HONE_BASE_ERROR_H

#include <hone/error.h>
#include <stddef.h>

/* Returns the status of an expression from the enclosing function when it is below zero. */
#define HONE_TRY(expression) \
    do { \
        hone_status hone_try_status = (hone_status)(expression); \
        if (hone_try_status < 0) \
            return hone_try_status; \
    } while (0)

/* The same with a clean-up label: the enclosing function has a `hone_status status` and a label `done`. */
#define HONE_TRY_OR_DONE(expression) \
    do { \
        status = (hone_status)(expression); \
        if (status < 0) \
            goto done; \
    } while (0)

/* What is being worked on, parts of the next failures of this thread: "train.c:12: dense: ". `site`
 * is a call site ("dir/train.c:12", its directories are dropped) or NULL, `name` a layer's or file's name or
 * NULL. Contexts nest (at most 16 deep, deeper ones are ignored); each push is matched by one pop. Both
 * strings are borrowed until the pop. */
void hone_internal_error_push(const char *site, const char *name);
void hone_internal_error_pop(void);

/* HONE_ERROR_NAME: `unknown <what> "<received>"; did you mean "<nearest>"?` with the nearest of `count`
 * candidates, or, when none is near and there are at most 12, `; known are a, b, c`. */
hone_status hone_internal_fail_name(const char *what, const char *received, const char *const *candidates,
                                    size_t count);

/* For NULL where `what` ("a model") is expected: an earlier failure of this thread is passed on as it is;
 * without one, HONE_ERROR_ARGUMENT: "expected a model, received NULL". */
hone_status hone_internal_fail_null(const char *what);

/* HONE_ERROR_MEMORY: "out of memory: 1048576 bytes for <what>". */
hone_status hone_internal_fail_memory(size_t bytes, const char *what);
/* "WHAT would need N bytes; the limit is M, the memory of this machine"; SIZE_MAX: more than that. */
hone_status hone_internal_fail_too_large(hone_status status, size_t bytes, const char *what);

/* What is known further out about the present failure; each returns `status` and does nothing unless that is
 * a failure other than HONE_ERROR_MEMORY. The innermost place counts: a line is set unless there is one, a
 * file likewise. A failure in another file (a model that a recipe names) keeps that file within its message.
 */
hone_status hone_internal_error_at(hone_status status, int line, int column);
hone_status hone_internal_error_in(hone_status status, const char *file);
/* Puts text behind the present sentence, as advice. */
hone_status hone_internal_error_add(hone_status status, const char *text);

/* A failure as it is kept, to be handed to another thread or past what would replace it. */
enum { HONE_MESSAGE_BYTES = 1024 };
typedef struct hone_failure {
    hone_status status;
    int line, column; /* 0: not known */
    char site[128], file[512], name[256], sentence[HONE_MESSAGE_BYTES];
} hone_failure;
void hone_internal_error_take(hone_failure *failure);
hone_status hone_internal_error_raise(const hone_failure *failure);

#endif
