/* Images for the networks of keras.applications: Keras's numbers. */
#include "testing/test.h"
#include <hone/pipeline.h>

#include <string.h>

enum { NUMBERS = 6 };

static const struct {
    const char *name;
    float numbers[NUMBERS];
} modes[] = {
    {"tf", {-1, -0.8666666746139526f, 1, 0.003921627998352051f, -0.4941176176071167f, -0.9764705896377563f}},
    {"torch",
     {-2.1179039478302f, -1.7380951642990112f, 2.640000104904175f, 0.07406462728977203f, -0.9065124988555908f,
      -1.7521568536758423f}},
    {"caffe",
     {151.06100463867188f, -99.77899932861328f, -123.68000030517578f, -100.93900299072266f,
      -52.27899932861328f, 4.319999694824219f}},
};

TEST_EACH(is_keras, modes)
{
    float images[NUMBERS] = {0, 17, 255, 128, 64.5f, 3};
    assert_int_equal(hone_preprocess_input(images, 2, row->name), HONE_OK);
    for (int i = 0; i < NUMBERS; i++)
        assert_float_equal(images[i], row->numbers[i], 1e-7);
}

static hone_dataset *pictures(int channels)
{
    static const uint8_t pixels[NUMBERS] = {0, 17, 255, 128, 64, 3};
    return hone_dataset_from_arrays(.x = {hone_array_view(pixels, HONE_UINT8, 4,
                                                          (int64_t[]){1, 1, NUMBERS / channels, channels})});
}

TEST_EACH(reaches_the_batches, modes)
{
    float images[NUMBERS] = {0, 17, 255, 128, 64, 3};
    hone_dataset *data = hone_dataset_preprocess(pictures(3), row->name);
    assert_non_null(data);
    hone_iterator *iterator = hone_dataset_iterate(data, 1, 0, 0);
    const hone_batch *batch;
    hone_preprocess_input(images, 2, row->name);
    assert_int_equal(hone_iterator_next(iterator, &batch), 1);
    assert_memory_equal(batch->x[0].data, images, sizeof images);
    hone_iterator_free(iterator);
    hone_dataset_free(data);
}

TEST(what_does_not_fit_is_refused)
{
    float images[NUMBERS] = {0};
    assert_int_equal(hone_preprocess_input(images, 2, "cafe"), HONE_ERROR_NAME);
    assert_non_null(strstr(hone_error_message(), "did you mean \"caffe\"?"));
    assert_int_equal(hone_preprocess_input(images, 2, NULL), HONE_ERROR_NAME); /* what went wrong before */
    hone_error_clear();
    assert_int_equal(hone_preprocess_input(images, 2, NULL), HONE_ERROR_ARGUMENT);
    assert_null(hone_dataset_preprocess(pictures(2), "tf"));
    assert_non_null(strstr(hone_error_message(), "needs images of 3 channels"));
    assert_null(hone_dataset_preprocess(pictures(3), "no"));
}
