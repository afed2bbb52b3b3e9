/* File names with numbers in them, as Python's str.format: "m-{epoch:02d}-{val_loss:.2f}.keras". */
#ifndef HONE_CALLBACKS_TEMPLATE_H
#define HONE_CALLBACKS_TEMPLATE_H

#include "base/error.h"
#include "base/text.h"
#include <hone/extend.h>

/* A number by its name; epochs and batches are whole. */
typedef struct hone_template_value {
    const char *name;
    double number;
    bool whole;
} hone_template_value;

/* {name} and {name:[[fill]align][sign][0][width][.precision][type]} with align <>^=, sign + - or blank, type
 * one of d e E f F g G %; {{ and }} stand for braces. An unknown name is an error with the valid ones. */
hone_status hone_internal_template_fill(const char *pattern, const hone_template_value *values, size_t count,
                                        hone_text *text);
/* Whether the pattern can be read at all; names are not known yet. */
hone_status hone_internal_template_check(const char *pattern);

#endif
