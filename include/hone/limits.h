/* Limits that readers of files enforce before they ask for memory: files are untrusted. */
#ifndef HONE_LIMITS_H
#define HONE_LIMITS_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct hone_limit_row {
    const char *name; /* "json_bytes" */
    size_t value;
    const char *unit, *what; /* "bytes", "JSON: a model's configuration" */
} hone_limit_row;
/* NULL after the last. */
const hone_limit_row *hone_limit_at(size_t index);

#ifdef __cplusplus
}
#endif
#endif
