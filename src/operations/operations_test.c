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
    {"an array added", {"add", X, .call = "call(x2=\"float32([1, 2.5, -3])\")"}},
    {"an array first", {"subtract", X, .call = "call(x1=\"[[1], [2], [3], [4]]\")"}},
    {"chosen by an array", {"where", X, .call = "call(condition=\"bool([True, False, True])\", x2=0)"}},
    {"matmul by an array", {"matmul", X, .call = "call(x2=\"[[1, 2], [3, 4], [5, 6]]\")"}},
    {"dot", {"dot", X, .call = "call(x2=\"[[1, 2], [3, 4], [5, 6]]\")"}},
    {"dot by a row", {"dot", X, .call = "call(x2=\"[1, 2, 3]\")"}},
    {"inner", {"inner", X, .call = "call(x2=\"[[1, 2, 3], [4, 5, 6]]\")"}},
    {"tensordot", {"tensordot(\"[[1], [1]]\")", X, .call = "call(x2=\"[[1, 2, 3, 4], [5, 6, 7, 8]]\")"}},
    {"tensordot of one axis", {"tensordot(1)", X, .call = "call(x2=\"[[1, 2], [3, 4], [5, 6]]\")"}},
    {"take an array", {"take(axis=1)", X, .call = "call(indices=\"int64([[2, 0], [-1, 1]])\")"}},
    {"sort", {"sort(1)", X}},
    {"top_k", {"top_k(2)", X}},
    {"median", {"median(axis=[1, 2], keepdims=true)", X}},
    {"median of an even number", {"median(axis=1)", X}},
    {"take along", {"take_along_axis(1)", X, .call = "call(indices=\"[[[0, 1, -1], [2, 2, 2]]]\")"}},
    {"slice", {"slice([-1, 2, 1])", X, .call = "call(start_indices=\"[0, 1, 2]\")"}},
    {"slice_update",
     {"slice_update", .inputs = {S(2, 4, 3), S(2, 2, 1)}, .operation = true,
      .call = "call(start_indices=\"[0, 1, 2]\")"}},
    {"tril", {"tril(-1)", X}},
    {"triu", {"triu", X}},
    {"nan_to_num", {"nan_to_num", X}},
    {"conv", {"conv(padding=same)", X, .call = "call(kernel=\"[[[1], [2], [3]], [[4], [5], [6]]]\")"}},
    {"conv of channels first",
     {"conv(data_format=channels_first)", X,
      .call = "call(kernel=\"[[[1], [2], [3], [4]], [[5], [6], [7], [8]]]\")"}},
    {"conv of two groups",
     {"conv", .inputs = {S(2, 4, 4)}, .operation = true, .call = "call(kernel=\"[[[1, 3], [2, 4]]]\")"}},
    {"depthwise_conv",
     {"depthwise_conv", X, .call = "call(kernel=\"[[[1, 2], [3, 4], [5, 6]], [[0, 1], [1, 0], [1, 1]]]\")"}},
    {"separable_conv",
     {"separable_conv", X,
      .call =
          "call(depthwise_kernel=\"[[[1], [2], [3]]]\", pointwise_kernel=\"[[[1, 2], [3, 4], [5, 6]]]\")"}},
    {"conv_transpose",
     {"conv_transpose(2, same)", X, .call = "call(kernel=\"[[[1, 2, 3]], [[4, 5, 6]], [[7, 8, 9]]]\")"}},
    {"max_pool", {"max_pool(2)", X}},
    {"average_pool", {"average_pool(3, 2, same)", X}},
    {"layer_norm", {"layer_norm", X, .call = "call(gamma=\"[1, 2, 3]\", beta=\"[0.5, 1, 2]\")"}},
    {"layer_norm over axes", {"layer_norm([1, 2])", X}},
    {"rms_norm", {"rms_norm", X, .call = "call(scale=\"[1, 2, 3]\")"}},
    {"batch_norm",
     {"batch_norm", X,
      .call = "call(mean=\"[1, 2, 3]\", variance=\"[1, 1, 2]\", offset=None, scale=\"[2, 1, 1]\")"}},
    {"moments", {"moments([1])", X}},
    {"glu", {"glu(1)", X}},
    {"resize", {"resize([4, 3])", .inputs = {S(2, 3, 2, 1)}, .operation = true}},
    {"rgb_to_grayscale", {"rgb_to_grayscale", .inputs = {S(2, 2, 2, 3)}, .operation = true}},
    {"depth_to_space", {"depth_to_space(2)", .inputs = {S(2, 1, 3, 8)}, .operation = true}},
    {"depth_to_space of channels first",
     {"depth_to_space(2, channels_first)", .inputs = {S(2, 8, 1, 3)}, .operation = true}},
    {"space_to_depth", {"space_to_depth(2)", .inputs = {S(2, 2, 4, 3)}, .operation = true}},
    {"space_to_depth of channels first",
     {"space_to_depth(2, channels_first)", .inputs = {S(2, 3, 2, 4)}, .operation = true}},
    {"arctan", {"arctan", X}},
    {"arcsinh", {"arcsinh", X}},
    {"divide_no_nan", {"divide_no_nan", TWO}},
    {"ptp", {"ptp(axis=1)", X}},
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
    {"argsort", {"argsort(1)", X, .no_gradient = true}},
    {"full_like", {"full_like", X, .call = "call(fill_value=\"[1, 2, 3]\")", .no_gradient = true}},
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
    {"a constant that is none", "add", "call(x2=\"[1, two]\")", "is not understood at \"two]\""},
    {"lists of unequal lengths", "add", "call(x2=\"[[1, 2], [3]]\")", "equal length, not 2 and 1"},
    {"an empty constant", "add", "call(x2=\"[]\")", "must not be empty"},
    {"a missing operand", "add", NULL, "takes 2 operands; x2 is missing"},
    {"a constant that does not fit", "add", "call(x2=\"[1, 2]\")", "(None, 4, 3) and (2,) do not match"},
    {"samples sorted", "sort(0)", NULL, "sorting would mix the samples"},
    {"everything sorted", "argsort(none)", NULL, "sorting would mix the samples"},
    {"more than there are", "top_k(4)", NULL, "the greatest 4 of an axis of size 3"},
    {"a median of samples", "median", NULL, "a median would mix the samples"},
    {"places along samples", "take_along_axis(0)", "call(indices=\"[[[0]]]\")", "would mix the samples"},
    {"places of another rank", "take_along_axis(1)", "call(indices=\"[0]\")", "take_along_axis: shapes"},
    {"places that are not whole", "take(axis=1)", "call(indices=\"[0.5]\")", "whole numbers, not 0.5"},
    {"samples cut away", "slice([1, 2, 1])", "call(start_indices=\"[0, 0, 0]\")", "must be -1, not 1"},
    {"later samples", "slice([-1, 2, 1])", "call(start_indices=\"[1, 0, 0]\")", "must begin at 0, not 1"},
    {"too long a slice", "slice([-1, 5, 1])", "call(start_indices=\"[0, 0, 0]\")",
     "5 places from 0 cannot be taken"},
    {"starts that are missing", "slice([-1, 2, 1])", "call(start_indices=\"[0, 0]\")", "must have 3 numbers"},
    {"samples contracted", "tensordot(\"[[0], [0]]\")", "call(x2=\"[1, 2]\")",
     "that of the batch, would mix"},
    {"all axes contracted", "tensordot(3)", "call(x2=\"[1]\")", "axes must be a number or two lists"},
    {"a constant before the batch", "dot", "call(x1=\"[[1, 2, 3, 4]]\")", "give the tensor first"},
    {"channels that do not fit", "conv", "call(kernel=\"[[[1], [2]]]\")",
     "a kernel for 2 channels does not fit an input of 3"},
    {"a kernel of another rank", "conv", "call(kernel=\"[[1]]\")",
     "a kernel of as many axes, not of shape (1, 1)"},
    {"two numbers for one axis", "conv([1, 2])", "call(kernel=\"[[[1], [2], [3]]]\")",
     "strides must be one number or 1"},
    {"a large window", "max_pool(5)", NULL, "5"},
    {"halves of three", "glu", NULL, "an axis of size 3 has no halves"},
    {"statistics of samples", "layer_norm(0)", NULL, "would mix the samples"},
    {"statistics of another size", "batch_norm", "call(mean=\"[1]\", variance=\"[1, 1, 1]\")",
     "mean: shapes"},
    {"no blocks", "depth_to_space(2)", NULL, "have no blocks of 2 x 2"},
    {"operands that are missing", "einsum(\"bij,bij->b\")", NULL, "as many operands as in the call"},
};

TEST_EACH(refuses, refused)
{
    layer_example example = {row->text, X, .call = row->call};
    check_layer_call_refused(&example, row->words);
}
