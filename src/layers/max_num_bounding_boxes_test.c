/* max_num_bounding_boxes. */
#include "testing/check_images.h"

#define S(...) HONE_SHAPE(__VA_ARGS__)

TEST(keeps_what_layers_promise)
{
    const layer_example examples[] = {
        {.text = "max_num_bounding_boxes(3)", .inputs = {S(2, 4, 4, 1)}},
        {.text = "max_num_bounding_boxes(3)", .inputs = {S(2, 4, 4, 1), S(2, 5, 4), S(2, 5)}},
        {.text = "max_num_bounding_boxes(7, fill_value=-2)", .inputs = {S(2, 4, 4, 1), S(2, 5, 4), S(2, 5)}},
    };
    check_layers(examples, sizeof examples / sizeof *examples);
}

TEST(refuses_what_does_not_fit)
{
    check_layer_refused("max_num_bounding_boxes", NULL, "max_number must be given");
    check_layer_refused("max_num_bounding_boxes(0)", NULL, "max_number");
    check_layer_refused("max_num_bounding_boxes(2)", (hone_shape[]){S(HONE_ANY, 4), S(HONE_ANY, 2, 4), {0}},
                        "not two inputs");
    check_layer_refused("max_num_bounding_boxes(2)",
                        (hone_shape[]){S(HONE_ANY, 4), S(HONE_ANY, 2, 3), S(HONE_ANY, 2), {0}},
                        "boxes of shape (batch, boxes, 4)");
}

/* Cut behind, padded behind. */
TEST(boxes_become_so_many)
{
    golden_tensor inputs[3] = {golden_filled(S(2, 1, 1, 1), 5), golden_filled(S(2, 3, 4), 6),
                               golden_filled(S(2, 3), 7)};
    for (int64_t i = 0; i < 6; i++)
        inputs[2].values[i] = (double)i;
    golden_tensor cut = check_images_train("max_num_bounding_boxes(2)", inputs, 3, 2),
                  padded = check_images_train("max_num_bounding_boxes(4)", inputs, 3, 2),
                  boxes = check_images_train("max_num_bounding_boxes(4, fill_value=-3)", inputs, 3, 1);
    const double kept[] = {0, 1, 3, 4}, filled[] = {0, 1, 2, -1, 3, 4, 5, -1};
    assert_int_equal(cut.count, 4);
    assert_int_equal(padded.count, 8);
    assert_int_equal(boxes.count, 32);
    for (int i = 0; i < 8; i++) {
        assert_true(i >= 4 || cut.values[i] == kept[i]);
        assert_true(padded.values[i] == filled[i]);
    }
    for (int i = 0; i < 32; i++)
        assert_true(boxes.values[i] == (i % 16 < 12 ? 6 : -3));
    golden_tensor *all[] = {inputs, inputs + 1, inputs + 2, &cut, &padded, &boxes};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        golden_tensor_free(all[i]);
}
