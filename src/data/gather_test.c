/* Batches of floats: rows in any order, every type, scaled. */
#include "testing/views.h"

#include <math.h>

TEST(gathers_rows_in_any_order)
{
    hone_dataset *data = hone_dataset_from_arrays(.x = {VIEW(images, HONE_FLOAT32, 3, 4, 2, 3)},
                                                  .y = {VIEW(labels, HONE_UINT8, 1, 4)},
                                                  .sample_weight = VIEW(weights, HONE_FLOAT64, 1, 4));
    assert_non_null(data);
    assert_int_equal(hone_dataset_count(data), 4);
    assert_int_equal(hone_dataset_input_count(data), 1);
    assert_int_equal(hone_dataset_target_count(data), 1);
    assert_non_null(hone_internal_dataset_weights(data));
    assert_false(hone_internal_dataset_streams(data));
    assert_int_equal(hone_dataset_input(data, 0)->rank, 3);
    assert_ptr_equal(hone_dataset_input(data, 0)->data, images);
    assert_null(hone_dataset_input(data, 1));
    assert_null(hone_dataset_target(data, -1));
    float batch[4 * 6];
    const int64_t rows[] = {2, 0};
    hone_internal_dataset_gather(data, HONE_COMPONENT_INPUT, 0, rows, 0, 2, batch);
    assert_memory_equal(batch, images[2], sizeof images[2]);
    assert_memory_equal(batch + 6, images[0], sizeof images[0]);
    hone_internal_dataset_gather(data, HONE_COMPONENT_INPUT, 0, NULL, 1, 3, batch);
    assert_memory_equal(batch, images[1], 3 * sizeof images[1]);
    hone_internal_dataset_gather(data, HONE_COMPONENT_TARGET, 0, rows, 0, 2, batch);
    assert_true(batch[0] == 2 && batch[1] == 3);
    hone_internal_dataset_gather(data, HONE_COMPONENT_WEIGHT, 0, NULL, 2, 2, batch);
    assert_true(batch[0] == 0.25f && batch[1] == 2);
    assert_string_equal(hone_internal_dataset_label(data, HONE_COMPONENT_INPUT, 0), "x");
    assert_string_equal(hone_internal_dataset_label(data, HONE_COMPONENT_TARGET, 0), "y");
    assert_string_equal(hone_internal_dataset_label(data, HONE_COMPONENT_WEIGHT, 0), "sample_weight");
    assert_null(hone_internal_dataset_name(data, HONE_COMPONENT_INPUT, 0));
    hone_dataset_free(data);
}

/* Every type, times the scale, is the double's product rounded once; targets are not scaled. */
TEST(converts_and_scales_every_type)
{
    static const double scales[] = {1, 1.0 / 255, 0.1, 2, 1e-3, -3.7, 1e30};
    for (size_t s = 0; s < sizeof scales / sizeof *scales; s++)
        for (int type = 0; type < HONE_DTYPE_COUNT; type++) {
            enum { COUNT = 37 };
            double source[COUNT];
            for (int i = 0; i < COUNT; i++)
                source[i] = type == HONE_BOOL ? i % 2 : i * 3 % 128;
            hone_array numbers = VIEW(source, HONE_FLOAT64, 2, 1, COUNT);
            hone_array *typed = hone_array_convert(&numbers, (hone_dtype)type);
            hone_dataset *data = hone_dataset_from_arrays(.x = {*typed}, .y = {*typed}, .scale = scales[s]);
            assert_non_null(data);
            float result[COUNT];
            hone_internal_dataset_gather(data, HONE_COMPONENT_INPUT, 0, NULL, 0, 1, result);
            for (int i = 0; i < COUNT; i++)
                assert_true(result[i] == (float)(source[i] * scales[s]));
            hone_internal_dataset_gather(data, HONE_COMPONENT_TARGET, 0, NULL, 0, 1, result);
            for (int i = 0; i < COUNT; i++)
                assert_true(result[i] == (float)source[i]);
            hone_dataset_free(data);
            hone_array_free(typed);
        }
}

/* All bytes under many scales, so that both ways of scaling bytes are met. */
TEST(scales_all_bytes)
{
    uint8_t bytes[3][256];
    float result[256];
    const int64_t row = 1;
    for (int i = 0; i < 768; i++)
        bytes[i / 256][i % 256] = (uint8_t)i;
    for (int step = 1; step < 400; step++) {
        double scale = step == 399 ? 1e-44 : step == 398 ? 1e38 : 1.0 / step;
        hone_dataset *data =
            hone_dataset_from_arrays(.x = {VIEW(bytes, HONE_UINT8, 2, 3, 256)}, .scale = scale);
        hone_internal_dataset_gather(data, HONE_COMPONENT_INPUT, 0, &row, 0, 1, result);
        for (int i = 0; i < 256; i++)
            assert_true(result[i] == (float)(i * scale));
        hone_dataset_free(data);
    }
}
