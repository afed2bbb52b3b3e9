/* Resizing. */
#include "testing/check_op.h"

typedef struct how {
    const char *name;
    const char *interpolation;
    int64_t size;
    bool antialias;
} how;

static hone_value record(hone_graph *g, const hone_value *x, const void *context)
{
    const how *h = context;
    return hone_op_resize(g, x[0], 1, h->size, h->interpolation, h->antialias);
}

static const how hows[] = {
    {"nearest, larger", "nearest", 7, false},     {"nearest, smaller", "nearest", 3, false},
    {"bilinear, larger", "bilinear", 8, false},   {"bilinear, smaller", "bilinear", 2, false},
    {"bilinear, antialias", "bilinear", 2, true}, {"bicubic, larger", "bicubic", 11, false},
    {"bicubic, antialias", "bicubic", 3, true},   {"lanczos3, larger", "lanczos3", 9, false},
    {"lanczos3, antialias", "lanczos3", 2, true}, {"lanczos5, larger", "lanczos5", 12, true},
    {"lanczos5, smaller", "lanczos5", 1, false},  {"as large", "bicubic", 5, true},
};

TEST_EACH(agrees, hows)
{
    check_op(&(op_example){.title = row->name,
                           .record = record,
                           .context = row,
                           .inputs = {S(2, 5, 3), END},
                           .result = S(2, row->size, 3)});
    check_op(&(op_example){.title = row->name,
                           .record = record,
                           .context = row,
                           .inputs = {S(3, 5), END},
                           .result = S(3, row->size)});
    check_op(&(op_example){.title = row->name,
                           .record = record,
                           .context = row,
                           .inputs = {S(2, 5, 6, 9), END},
                           .result = S(2, row->size, 6, 9)});
}

TEST(refuses_what_does_not_fit)
{
    op_example refused = {.title = "refused", .record = record, .inputs = {S(2, 5, 3), END}};
    refused.context = &(how){.interpolation = "bilinear", .size = 0};
    check_op_refused(&refused, "a size must be from 1");
    refused.context = &(how){.interpolation = "bilinier", .size = 2};
    check_op_refused(&refused, "bilinear");
    refused.inputs[0] = S(2, 0, 3);
    refused.context = &(how){.interpolation = "bilinear", .size = 2};
    check_op_refused(&refused, "has no places");
}
