/* Products: matmul, einsum. */
#include "testing/check_operation.h"

static const operation_use smooth[] = {
    {"matmul", {"matmul", .inputs = {S(2, 4, 3), S(2, 3, 2)}, .operation = true}},
    {"matmul of unequal ranks", {"matmul", .inputs = {S(2, 2, 4, 3), S(2, 1, 3, 2)}, .operation = true}},
    {"einsum", {"einsum(\"bij,bkj->bik\")", TWO}},
    {"einsum with a constant",
     {"einsum(\"bij,jk->bik\")", X, .call = "call(x2=\"float32([[1, 2], [3, 4], [5, 6]])\")"}},
    {"einsum that sums and turns", {"einsum(\"bij,bkl->blk\")", TWO}},
    {"einsum of one", {"einsum(\"bij->bj\")", X}},
    {"einsum with dots", {"einsum(\"...ij,...kj->...ik\")", TWO}},
    {"matmul by an array", {"matmul", X, .call = "call(x2=\"[[1, 2], [3, 4], [5, 6]]\")"}},
};

TEST_EACH(trains, smooth)
{
    check_layer(&row->example);
}

static const operation_refused refused[] = {
    {"a letter twice", "einsum(\"bii->bi\")", NULL, "a letter twice in one operand"},
    {"letters that are missing", "einsum(\"bi->bi\")", NULL, "a letter for each axis"},
    {"letters of nothing", "einsum(\"bij->bk\")", NULL, "the result has a letter that no operand has"},
    {"no letters", "einsum(\"b1j->b\")", NULL, "only letters"},
    {"operands that are missing", "einsum(\"bij,bij->b\")", NULL, "as many operands as in the call"},
};

TEST_EACH(refuses, refused)
{
    check_operation_refused(row);
}
