/* Filters and feature maps in a report. */
#include "testing/pages.h"

#include <hone/hone.h>

enum { SIDE = 6, SAMPLES = 2 };
static float pixels[SAMPLES * SIDE * SIDE * 3];

/* The page of a model; `data`: with a first sample. */
static hone_text page_of(hone_model *model, int64_t channels, bool data)
{
    hone_text page = {.data = NULL};
    if (model == NULL)
        fail_msg("%s", hone_error_message());
    for (int i = 0; i < SAMPLES * SIDE * SIDE * 3; i++)
        pixels[i] = (float)(i % 17);
    hone_dataset *samples =
        data ? hone_dataset_from_arrays(.x = {hone_array_view(pixels, HONE_FLOAT32, 4,
                                                              (int64_t[]){SAMPLES, SIDE, SIDE, channels})})
             : NULL;
    assert_int_equal(hone_internal_report_maps(&page, model, samples), HONE_OK);
    hone_dataset_free(samples);
    hone_model_free(model);
    return page;
}

static const struct {
    const char *name, *layer;
    int64_t channels;
    bool data;
    int pictures;
} pages[] = {
    {"filters in grey, for each input", "conv2d(4, 3, name=see)", 1, false, 4},
    {"filters in colour", "conv2d(4, 3, name=see)", 3, false, 4},
    {"filters and maps", "conv2d(4, 3, name=see)", 1, true, 4 + 4},
    {"64 pictures at most", "conv2d(70, 3, name=see)", 1, false, 64},
};

TEST_EACH(a_convolution_has_pictures, pages)
{
    hone_text page =
        page_of(hone_sequential(hone_input(SIDE, SIDE, row->channels), hone_layer_from_text(row->layer)),
                row->channels, row->data);
    CHECK_PAGE(&page, "Convolutions", "<h3>Filters of see</h3>", "<div class=\"pictures\">", "<figure>",
               "Filters 0");
    assert_int_equal(count_parts(&page, "<figure>"), row->pictures);
    assert_int_equal(count_parts(&page, "<h3>Feature maps of see</h3>"), row->data);
    hone_internal_text_free(&page);
}

TEST(a_model_that_sees_no_pictures_has_none)
{
    hone_text page = page_of(hone_sequential(hone_input(4), hone_dense(2)), 1, false);
    assert_null(page.data);
    page =
        page_of(hone_sequential(hone_input(SIDE, SIDE, 1), hone_layer_from_text("conv2d(2, 1)")), 1, false);
    assert_null(page.data); /* of one pixel */
}

TEST(maps_are_of_a_model_with_one_input)
{
    hone_tensor *a = hone_input_tensor(SIDE, SIDE, 1), *b = hone_input_tensor(SIDE, SIDE, 1);
    hone_tensor *y = hone_apply(hone_layer_from_text("conv2d(2, 3, name=see)"), hone_apply(hone_add(), a, b));
    hone_text page = page_of(hone_functional((a, b), (y)), 1, true);
    assert_int_equal(count_parts(&page, "Feature maps of"), 0);
    hone_internal_text_free(&page);
}

/* Names of the user's are text, not HTML. */
TEST(a_name_is_text)
{
    hone_model *model =
        hone_sequential(hone_input(SIDE, SIDE, 1), hone_layer_from_text("conv2d(2, 3, name=\"a<b>\")"));
    hone_text page = page_of(model, 1, false);
    assert_null(strstr(page.data, "<b>"));
    assert_non_null(strstr(page.data, "a&lt;b&gt;"));
    hone_internal_text_free(&page);
}
