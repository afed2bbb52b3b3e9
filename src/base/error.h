/* Errors inside the library. hone_fail() (public) sets the sentence; here are the ways to pass a failure on.
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

/* What is being worked on, put in front of the next sentences of this thread: "train.c:12: dense: ". `site`
 * is a call site ("dir/train.c:12", its directories are dropped) or NULL, `name` a layer's or file's name or
 * NULL. Contexts nest (at most 16 deep, deeper ones are ignored); each push is matched by one pop. Both
 * strings are borrowed until the pop. */
void hone_internal_error_push(const char *site, const char *name);
void hone_internal_error_pop(void);

/* HONE_ERROR_NAME: `unknown <what> "<received>"; did you mean "<nearest>"?` with the nearest of `count`
 * candidates, or, when none is near and there are at most 12, `; known are a, b, c`. */
hone_status hone_internal_fail_name(const char *what, const char *received, const char *const *candidates,
                                    size_t count);

/* HONE_ERROR_MEMORY: "out of memory: 1048576 bytes for <what>". */
hone_status hone_internal_fail_memory(size_t bytes, const char *what);

/* Puts "<prefix>: " in front of the present sentence (for what is known only further out, as a file's path)
 * and returns `status`. */
hone_status hone_internal_error_prefix(hone_status status, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
