/* Cross-entropies as operations. */
#include "testing/check_operation.h"

static const operation_use smooth[] = {
    {"binary_crossentropy of logits", {"binary_crossentropy(true)", TWO}},
    {"categorical_crossentropy of logits", {"categorical_crossentropy(true, 1)", TWO}},
    {"sparse_categorical_crossentropy",
     {"sparse_categorical_crossentropy(true)", X, .call = "call(target=\"[[0, 1, 2, 1]]\")"}},
};

TEST_EACH(trains, smooth)
{
    check_layer(&row->example);
}

static const operation_refused refused[] = {
    {"classes along another axis", "sparse_categorical_crossentropy(axis=1)", "call(target=\"[[0, 1]]\")",
     "the classes must be along the last axis"},
    {"no predictions", "binary_crossentropy", NULL, "takes 2 operands; output is missing"},
};

TEST_EACH(refuses, refused)
{
    check_operation_refused(row);
}
