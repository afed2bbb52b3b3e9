/* Explanations as pictures: what is drawn, and what does not belong together. */
#include "base/memory.h"
#include "testing/files.h"
#include "testing/test.h"
#include <hone/charts.h>
#include <hone/look.h>
#include <hone/memory.h>

AROUND_ALL(testing_folder_make, testing_folder_remove);

enum { IMAGES = 2, HEIGHT = 3, WIDTH = 4 };

static float pixels[IMAGES * HEIGHT * WIDTH * 3], heats[IMAGES * HEIGHT * WIDTH];
static int64_t classes[IMAGES] = {1, 0};
static double outputs[IMAGES] = {0.75, 0.5};

static hone_array images_of(int64_t channels)
{
    for (int i = 0; i < IMAGES * HEIGHT * WIDTH * 3; i++)
        pixels[i] = (float)(i % 11);
    return hone_array_view(pixels, HONE_FLOAT32, 4, (int64_t[]){IMAGES, HEIGHT, WIDTH, channels});
}

static hone_explanation explanation_of(hone_array *heat)
{
    for (int i = 0; i < IMAGES * HEIGHT * WIDTH; i++)
        heats[i] = (float)(i % 5) / 4;
    *heat = hone_array_view(heats, HONE_FLOAT32, 3, (int64_t[]){IMAGES, HEIGHT, WIDTH});
    return (hone_explanation){heat, classes, outputs, NULL};
}

TEST(draws_gray_and_colored_images)
{
    static const char *const names[] = {"bag", "shoe"}, *const paths[] = {"a.png", "b.svg"};
    hone_array heat;
    const hone_explanation explanation = explanation_of(&heat);
    for (int64_t i = 0; i < 2; i++) {
        const hone_array images = images_of(i == 0 ? 1 : 3);
        const char *path = testing_path(paths[i]);
        assert_int_equal(hone_explanation_draw(&explanation, &images, i == 0 ? NULL : names, path), HONE_OK);
        struct stat status;
        assert_int_equal(stat(path, &status), 0);
        assert_true(status.st_size > 500);
    }
}

TEST(refuses_images_that_it_is_not_of)
{
    hone_array heat;
    const hone_explanation explanation = explanation_of(&heat), none = {NULL, NULL, NULL, NULL};
    const hone_array images = hone_array_view(pixels, HONE_FLOAT32, 3, (int64_t[]){1, HEIGHT, WIDTH});
    assert_int_equal(hone_explanation_draw(&explanation, &images, NULL, testing_path("c.png")),
                     HONE_ERROR_SHAPE);
    assert_non_null(
        strstr(hone_error_message(), "the explanation is not of these images: it has 2 of 3 x 4 pixels"));
    hone_error_clear();
    assert_int_equal(hone_explanation_draw(&none, &images, NULL, testing_path("c.png")), HONE_ERROR_ARGUMENT);
    const hone_array both = images_of(1);
    assert_true(hone_explanation_draw(&explanation, &both, NULL, testing_path("c.gif")) < 0);
    assert_non_null(strstr(hone_error_message(), "c.gif"));
}

TEST(survives_failing_allocations)
{
    hone_array heat;
    const hone_explanation explanation = explanation_of(&heat);
    const hone_array images = images_of(1);
    assert_int_equal(hone_explanation_draw(&explanation, &images, NULL, testing_path("d.png")), HONE_OK);
    int64_t before = hone_internal_blocks_in_use(), allowed = 0;
    for (bool done = false; !done && allowed < 2000; allowed++) {
        hone_internal_fail_allocations_after(allowed);
        done = hone_explanation_draw(&explanation, &images, NULL, testing_path("d.png")) >= 0;
        hone_internal_fail_allocations_after(-1);
        assert_int_equal(hone_internal_blocks_in_use(), before);
    }
    assert_in_range(allowed, 4, 1999);
}
