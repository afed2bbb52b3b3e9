/* discretization. */
#include "base/memory.h"
#include "testing/check_layer.h"

#include <math.h>

TEST(keeps_what_layers_promise)
{
    const layer_example examples[] = {
        {.text = "discretization([-1, 0, 0.5])", .inputs = {HONE_SHAPE(3, 4)}, .no_gradient = true},
        {.text = "discretization([-1, 0, 0.5], output_mode=one_hot)",
         .inputs = {HONE_SHAPE(3, 4)},
         .no_gradient = true},
        {.text = "discretization([-1, 0, 0.5], output_mode=one_hot)",
         .inputs = {HONE_SHAPE(3, 1)},
         .no_gradient = true},
        {.text = "discretization([-1, 0, 0.5], output_mode=count)",
         .inputs = {HONE_SHAPE(3, 4)},
         .no_gradient = true},
        {.text = "discretization([0.5], output_mode=multi_hot)",
         .inputs = {HONE_SHAPE(3, 2, 2)},
         .no_gradient = true},
    };
    check_layers(examples, sizeof examples / sizeof *examples);
}

TEST(refuses_wrong_arguments_and_shapes)
{
    check_layer_refused("discretization", (hone_shape[]){HONE_SHAPE(HONE_ANY, 2), {0}}, "bin_boundaries");
    check_layer_refused("discretization([1, 0])", (hone_shape[]){HONE_SHAPE(HONE_ANY, 2), {0}}, "ascend");
    check_layer_refused("discretization(num_bins=3)", (hone_shape[]){HONE_SHAPE(HONE_ANY, 2), {0}},
                        "hone_discretization_adapt first");
    check_layer_refused("discretization(num_bins=1)", NULL, "num_bins");
    check_layer_refused("discretization([0], output_mode=count)", (hone_shape[]){HONE_SHAPE(HONE_ANY), {0}},
                        "(batch, n)");
}

/* The boundaries that Keras learns from the numbers ((7919 i mod 1000) / 1000 - 0.3)^3. */
TEST(learns_the_bins_of_keras)
{
    static const struct {
        int bins;
        double epsilon, boundaries[9];
    } cases[] = {
        {4, 0.01, {-0.0001326532510574907, 0.007880578748881817, 0.09051880985498428}},
        {4, 0.1, {-0.0005151508376002312, 0.007880610413849354, 0.0938863679766655}},
        {10,
         0.01,
         {-0.008120609447360039, -0.0010303067974746227, -1.0269535222207082e-09, 0.000970293942373246,
          0.007880578748881817, 0.026730870828032494, 0.06352114677429199, 0.12425144761800766,
          0.2149217575788498}},
        {3, 0.3, {-1.0000001937626735e-09, 0.026730896905064583}},
        {2, 0.05, {0.007880603894591331}},
        {7,
         0.013,
         {-0.004095155280083418, -8.682708539708983e-06, 0.001850175904110074, 0.018343083560466766,
          0.06633170694112778, 0.16267769038677216}},
    };
    float numbers[1000];
    for (int i = 0; i < 1000; i++) {
        float base = (float)((i * 7919 % 1000) / 1000.0 - 0.3);
        numbers[i] = base * base * base;
    }
    hone_array data = hone_array_view(numbers, HONE_FLOAT32, 2, (int64_t[]){250, 4});
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        hone_layer *layer = hone_discretization(.num_bins = cases[c].bins, .epsilon = cases[c].epsilon);
        if (hone_discretization_adapt(layer, &data) < 0)
            fail_msg("%s", hone_error_message());
        const hone_discretization_args *args = hone_layer_args(layer);
        for (int i = 0; i < cases[c].bins - 1; i++)
            if (!(fabs(args->bin_boundaries_list[i] - cases[c].boundaries[i]) < 2e-7))
                fail_msg("%d bins: boundary %d is %.9g, not %.9g", cases[c].bins, i,
                         args->bin_boundaries_list[i], cases[c].boundaries[i]);
        assert_int_equal(args->bin_boundaries_count, cases[c].bins - 1);
        hone_layer_free(layer);
    }
}

TEST(refuses_data_without_bins)
{
    float numbers[4] = {1, 2, 3, INFINITY};
    hone_array data = hone_array_view(numbers, HONE_FLOAT32, 1, (int64_t[]){4});
    hone_layer *given = hone_discretization(.bin_boundaries = {1, HONE_NONE}),
               *learned = hone_discretization(.num_bins = 2);
    assert_int_equal(hone_discretization_adapt(given, &data), HONE_ERROR_STATE);
    assert_int_equal(hone_discretization_adapt(learned, &data), HONE_ERROR_DATA);
    data.shape[0] = 3;
    assert_int_equal(hone_discretization_adapt(learned, &data), HONE_OK);
    assert_int_equal(hone_internal_layer_build(learned, &HONE_SHAPE(HONE_ANY, 2), 1), HONE_OK);
    assert_int_equal(hone_discretization_adapt(learned, &data), HONE_OK);
    hone_layer_free(given);
    hone_layer_free(learned);
}

TEST(learning_survives_failing_allocations)
{
    float numbers[40];
    for (int i = 0; i < 40; i++)
        numbers[i] = (float)i;
    hone_array data = hone_array_view(numbers, HONE_FLOAT32, 1, (int64_t[]){40});
    hone_layer *layer = hone_discretization(.num_bins = 4, .epsilon = 0.1);
    int64_t before = hone_internal_blocks_in_use(), n = 0;
    for (hone_status status = HONE_ERROR_MEMORY; status < 0; n++) {
        hone_internal_fail_allocations_after(n);
        status = hone_discretization_adapt(layer, &data);
        hone_internal_fail_allocations_after(-1);
        assert_true(status >= 0 || status == HONE_ERROR_MEMORY);
        assert_int_equal(hone_internal_blocks_in_use(), before + (status >= 0)); /* the boundaries */
    }
    assert_true(n > 3);
    hone_layer_free(layer);
}
