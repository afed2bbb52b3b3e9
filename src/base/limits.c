/* The one table of limits, as numbers and as rows to show. */
#include "base/limits.h"
#include <hone/limits.h>

const hone_limits hone_internal_limits = {
#define VALUE(name, value, unit, what) .name = (value),
    HONE_LIMITS(VALUE)
#undef VALUE
};

static const hone_limit_row rows[] = {
#define ROW(name, value, unit, what) {#name, value, unit, what},
    HONE_LIMITS(ROW)
#undef ROW
};

const hone_limit_row *hone_limit_at(size_t index)
{
    return index < sizeof rows / sizeof *rows ? &rows[index] : NULL;
}
