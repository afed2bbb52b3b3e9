/* Patches, columns, blur, edges. */
#include "testing/check_operation.h"

#define PICTURE .inputs = {S(2, 4, 3, 2)}, .operation = true

static const operation_use smooth[] = {
    {"extract_patches", {"extract_patches(2)", PICTURE}},
    {"extract_patches that overlap", {"extract_patches([3, 2], [1, 1], padding=same)", PICTURE}},
    {"extract_patches of channels first", {"extract_patches(2, data_format=channels_first)", PICTURE}},
    {"unfold", {"unfold([3, 2], padding=1, stride=2)", PICTURE}},
    {"fold", {"fold([4, 3], 2, padding=[1, 0])", .inputs = {S(2, 8, 10)}, .operation = true}},
    {"gaussian_blur", {"gaussian_blur([3, 5], [1, 0.7])", PICTURE}},
    {"ssim", {"ssim(1, 2, 0.8)", .inputs = {S(2, 4, 3, 2), S(2, 4, 3, 2)}, .operation = true, .noise = 1e-3}},
    {"sobel_edges", {"sobel_edges", PICTURE}},
    {"sobel_edges of channels first", {"sobel_edges(channels_first)", PICTURE}},
};

TEST_EACH(trains, smooth)
{
    check_layer(&row->example);
}

static const struct {
    const char *name, *text, *words;
    hone_shape input;
} refused[] = {
    {"no images", "sobel_edges", "needs an input of shape (batch, height, width, channels)", S(2, 4, 3)},
    {"three sizes", "extract_patches([1, 2, 3])", "size must be one number or two", S(2, 4, 3, 2)},
    {"a window that is too large", "fold(2, 3)", "a window of 3 places does not fit into 2", S(2, 9, 1)},
    {"columns that do not fit", "fold(4, 2)", "(batch, a multiple of 4, 9)", S(2, 8, 10)},
};

TEST_EACH(refuses, refused)
{
    const layer_example example = {row->text, .inputs = {row->input}, .operation = true};
    check_layer_call_refused(&example, row->words);
}
