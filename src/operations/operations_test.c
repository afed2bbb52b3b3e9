/* Operations of files: shapes, gradients by differences, writing and reading, threads, allocations; what is
 * refused. */
#include "testing/check_layer.h"

/* A shape as a constant of tables. */
#define S(...) \
    { \
        .rank = sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t), .size = { __VA_ARGS__ } \
    }

#define X .inputs = {S(2, 4, 3)}, .operation = true
#define TWO .inputs = {S(2, 4, 3), S(2, 4, 3)}, .operation = true

static const struct {
    const char *name;
    layer_example example;
} smooth[] = {
    {"tanh", {"tanh", X}},
    {"gelu", {"gelu(approximate=false)", X}},
    {"clip", {"clip(-0.5, none)", X}},
    {"sum", {"sum(axis=1)", X}},
    {"mean", {"mean(axis=[1, 2], keepdims=true)", X}},
    {"mean of all", {"mean", X, .joint = true}},
    {"max", {"max(axis=-1)", X}},
    {"prod", {"prod(axis=1)", X}},
    {"var", {"var(axis=[1, 2])", X}},
    {"std", {"std(axis=-1)", X}},
    {"logsumexp", {"logsumexp(axis=1)", X}},
    {"norm", {"norm(axis=-1)", X}},
    {"norm of order 1", {"norm(ord=1, axis=1, keepdims=true)", X}},
    {"greatest norm", {"norm(ord=inf, axis=1)", X}},
    {"norm of order 3", {"norm(ord=3, axis=1)", X}},
    {"normalize", {"normalize(axis=1)", X}},
    {"normalize by order 1", {"normalize(order=1)", X}},
    {"softmax", {"softmax(axis=1)", X}},
    {"log_softmax", {"log_softmax", X}},
    {"cumsum", {"cumsum(axis=1)", X}},
    {"reshape", {"reshape([-1, 6, 2])", X}},
    {"expand_dims", {"expand_dims([1, -1])", X}},
    {"squeeze", {"squeeze", .inputs = {S(2, 1, 3, 1)}, .operation = true}},
    {"transpose", {"transpose([0, 2, 1])", X}},
    {"swapaxes", {"swapaxes(1, -1)", X}},
    {"moveaxis", {"moveaxis(1, 2)", X}},
    {"flip", {"flip([1, 2])", X}},
    {"roll", {"roll([1, -1], [1, 2])", X}},
    {"repeat", {"repeat(2, 1)", X}},
    {"tile", {"tile([2, 3])", X}},
    {"pad", {"pad(\"[[0, 0], [1, 2], [0, 1]]\")", X, .call = "call(constant_values=2)"}},
    {"pad by the edge", {"pad(\"[[0, 0], [1, 2], [0, 1]]\", edge)", X}},
    {"pad by reflection", {"pad(\"[[0, 0], [1, 2], [0, 1]]\", reflect)", X}},
    {"pad by symmetry", {"pad(\"[[0, 0], [1, 2], [0, 1]]\", symmetric)", X}},
    {"concatenate", {"concatenate(1)", TWO}},
    {"stack", {"stack(-1)", TWO}},
    {"a place", {"get_item", X, .call = "call(key=\"[:, -1]\")"}},
    {"slices", {"get_item", X, .call = "call(key=\"[:, 1:, None, ..., ::2]\")"}},
    {"slices backwards", {"get_item", X, .call = "call(key=\"[:, 2:0:-1, ::-2]\")"}},
    {"take", {"take(axis=1)", X, .call = "call(indices=\"[2, 0, -1]\")"}},
    {"take one", {"take(axis=2)", X, .call = "call(indices=\"1\")"}},
    {"matmul", {"matmul", .inputs = {S(2, 4, 3), S(2, 3, 2)}, .operation = true}},
    {"matmul of unequal ranks", {"matmul", .inputs = {S(2, 2, 4, 3), S(2, 1, 3, 2)}, .operation = true}},
    {"einsum", {"einsum(\"bij,bkj->bik\")", TWO}},
    {"einsum that sums and turns", {"einsum(\"bij,bkl->blk\")", TWO}},
    {"einsum of one", {"einsum(\"bij->bj\")", X}},
    {"einsum with dots", {"einsum(\"...ij,...kj->...ik\")", TWO}},
    {"where", {"where", X, .call = "call(x2=0.5, condition=1)"}},
    {"power", {"power", X, .call = "call(x2=3)"}},
    {"logaddexp", {"logaddexp", TWO}},
    {"mod", {"mod", X, .call = "call(x2=1.5)"}},
};

TEST_EACH(trains, smooth)
{
    check_layer(&row->example);
}

static const struct {
    const char *name;
    layer_example example;
} flat[] = {
    {"cast to whole numbers", {"cast(int32)", X, .no_gradient = true}},
    {"argmax", {"argmax(axis=-1, keepdims=true)", X, .no_gradient = true}},
    {"one_hot",
     {"one_hot(5, axis=1)", .inputs = {S(2, 4)}, .operation = true, .ids = 5, .no_gradient = true}},
    {"round", {"round(1)", X, .no_gradient = true}},
    {"any", {"any(axis=1)", X, .no_gradient = true}},
};

TEST_EACH(works, flat)
{
    check_layer(&row->example);
}

static const struct {
    const char *name, *text, *call, *words;
} refused[] = {
    {"the batch indexed", "get_item", "call(key=\"0\")",
     "the first axis, that of the batch, cannot be indexed"},
    {"the batch cut", "get_item", "call(key=\"1:\")", "begin with \":\""},
    {"a place beyond", "get_item", "call(key=\"[:, 7]\")", "place 7 is not within axis 1 of size 4"},
    {"nothing left", "get_item", "call(key=\"[:, 3:3]\")", "the slice of axis 1 of size 4 is empty"},
    {"too many axes", "get_item", "call(key=\"[:, 0, 0, 0]\")", "4 axes are indexed, but there are 3"},
    {"a list within", "get_item", "call(key=\"[:, [0, 1]]\")", "lists within an index"},
    {"no subscript", "get_item", "call(key=\"x\")", "is not understood"},
    {"a row beyond", "take(axis=1)", "call(indices=\"[0, 9]\")", "place 9 is not within axis 1"},
    {"rows of the batch", "take(axis=0)", "call(indices=\"[0]\")", "that of the batch"},
    {"flipped samples", "flip", NULL, "flip would mix the samples of a batch"},
    {"rolled samples", "roll(1)", NULL, "roll would mix"},
    {"repeated samples", "repeat(2, 0)", NULL, "repeat would mix"},
    {"tiled samples", "tile([2, 1, 1])", NULL, "tile would mix"},
    {"padded samples", "pad(\"1\")", NULL, "pad would mix"},
    {"running sum of samples", "cumsum", NULL, "without an axis"},
    {"pairs that are missing", "pad(\"[[0, 0], [1, 1], [2, 2], [3, 3]]\")", NULL,
     "a pair for each of the 3 axes, not 8"},
    {"widths below 0", "pad(\"[[0, 0], [-1, 1], [0, 0]]\")", NULL, "whole numbers from 0"},
    {"too much reflected", "pad(\"[[0, 0], [4, 0], [0, 0]]\", reflect)", NULL,
     "4 places cannot be padded from an axis of size 4"},
    {"axes of another rank", "transpose([1, 0])", NULL, "axes must have 3 numbers, not 2"},
    {"shifts without axes", "roll([1, 2, 3], [1, 2])", NULL,
     "shift must be one number, or 2 for the axes, not 3"},
    {"unequal moves", "moveaxis([1, 2], [2])", NULL, "must be equally many"},
    {"a type that is not there", "cast(complex64)", NULL, "a cast to \"complex64\" is not supported"},
    {"norms of matrices", "norm(ord=2, axis=[1, 2])", NULL, "norms of matrices are not supported"},
    {"unequal parts", "split(\"3\", 1)", NULL, "an axis of size 4 has no 3 equal parts"},
    {"empty parts", "split(\"[2, 2]\", 1)", NULL, "part 1 of an axis of size 4 would be empty"},
    {"parts of the batch", "split(\"2\", 0)", NULL, "cannot be taken apart"},
    {"a number of rows that is not", "unstack(3, 1)", NULL, "num is 3, but the axis has size 4"},
    {"a letter twice", "einsum(\"bii->bi\")", NULL, "a letter twice in one operand"},
    {"letters that are missing", "einsum(\"bi->bi\")", NULL, "a letter for each axis"},
    {"letters of nothing", "einsum(\"bij->bk\")", NULL, "the result has a letter that no operand has"},
    {"no letters", "einsum(\"b1j->b\")", NULL, "only letters"},
    {"operands that are missing", "einsum(\"bij,bij->b\")", NULL, "as many operands as in the call"},
};

TEST_EACH(refuses, refused)
{
    layer_example example = {row->text, X, .call = row->call};
    check_layer_call_refused(&example, row->words);
}
