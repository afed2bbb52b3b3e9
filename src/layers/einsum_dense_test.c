/* einsum_dense. */
#include "testing/check_layer.h"

TEST(keeps_what_layers_promise)
{
    const layer_example examples[] = {
        {.text = "einsum_dense(\"ab,bc->ac\", 3, tanh, c)", .inputs = {HONE_SHAPE(3, 4)}},
        {.text = "einsum_dense(\"...x,xy->...y\", 3, bias_axes=y)", .inputs = {HONE_SHAPE(3, 2, 4)}},
        {.text = "einsum_dense(\"ab...,bc->ac...\", 3, bias_axes=c)", .inputs = {HONE_SHAPE(3, 2, 4)}},
        {.text = "einsum_dense(\"abc,cde->abde\", [None, 2, 3], bias_axes=de)",
         .inputs = {HONE_SHAPE(2, 3, 4)}},
        {.text = "einsum_dense(\"abc,bcd->abd\", [2, 3], bias_axes=b)", .inputs = {HONE_SHAPE(3, 2, 4)}},
        {.text = "einsum_dense(\"abcd,cde->abe\", [None, 5])",
         .inputs = {HONE_SHAPE(2, 2, 2, 3)},
         .training = true},
    };
    check_layers(examples, sizeof examples / sizeof *examples);
}

static const struct {
    const char *name, *text, *words;
} refused[] = {
    {"no equation", "einsum_dense", "equation must be given"},
    {"no comma", "einsum_dense(\"ab->ac\", 3)", "is not valid at character 3: expected \",\""},
    {"a space", "einsum_dense(\"ab, bc->ac\", 3)", "is not valid at character 4: expected a letter"},
    {"no arrow", "einsum_dense(\"ab,bc\", 3)", "at character 6: expected \"->\""},
    {"a letter twice", "einsum_dense(\"aa,ab->ab\", 3)", "at character 2: this letter stands there twice"},
    {"dots on one side", "einsum_dense(\"...b,bc->c\", 3)", "expected \"...\" as before the input"},
    {"dots in the middle", "einsum_dense(\"a...b,bc->a...c\", 3)", "expected the batch and another letter"},
    {"more behind the end", "einsum_dense(\"ab,bc->ac+\", 3)", "at character 10: expected the end"},
    {"too few letters", "einsum_dense(\"ab,bc->ac\", 3)", "has 2 letters for an input of shape (None, 2, 4)"},
    {"sizes that differ", "einsum_dense(\"abc,cd->abd\", [3, 5])",
     "the axis \"b\" has size 2 in the input and 3 in output_shape"},
    {"a letter from nowhere", "einsum_dense(\"abc,cd->abe\", [None, 5])",
     "\"e\" of the output of \"abc,cd->abe\" is neither in the input nor in the kernel"},
    {"a kernel's own letter", "einsum_dense(\"abc,cde->abd\", [None, 5])",
     "\"e\" of the kernel of \"abc,cde->abd\" is neither in the input nor in the output"},
    {"sizes that are missing", "einsum_dense(\"abc,cd->abd\", 5)",
     "has 3 axes, but the batch and output_shape make 2"},
    {"a size that is not known", "einsum_dense(\"abc,cd->abd\", [2, None])",
     "the size of the axis \"d\" of its kernel must be known"},
    {"a bias of nothing", "einsum_dense(\"abc,cd->abd\", [2, 5], bias_axes=x)", "has no axis \"x\""},
};

TEST_EACH(refuses, refused)
{
    check_layer_refused(row->text, (hone_shape[]){HONE_SHAPE(HONE_ANY, 2, 4), {0}}, row->words);
}
