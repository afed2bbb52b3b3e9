/* Explanations: gradients of a class against finite differences, maps weighed by hand, what is refused. */
#include "base/memory.h"
#include "testing/files.h"
#include "testing/test.h"
#include <hone/hone.h>
#include <math.h>

enum { SIDE = 8, PIXELS = SIDE * SIDE, CLASSES = 4, IMAGES = 2 };

static float pixels[IMAGES][PIXELS];

static hone_array images(void)
{
    uint32_t random = 2463534242u;
    for (int i = 0; i < IMAGES * PIXELS; i++)
        (&pixels[0][0])[i] = (float)(testing_random(&random) % 1000) / 1000;
    return hone_array_view(pixels, HONE_FLOAT32, 4, (int64_t[]){IMAGES, SIDE, SIDE, 1});
}

static hone_model *convnet(const char *last, int64_t units)
{
    return hone_sequential(
        hone_input(SIDE, SIDE, 1),
        hone_conv2d(3, 3, .padding = "same", .activation = "tanh", .name = "first"),
        hone_average_pooling2d(2), hone_conv2d(5, 3, .activation = "tanh", .name = "second"),
        hone_global_average_pooling2d(), hone_dense(units, .activation = last, .name = "classes"));
}

/* The model's numbers for one image: of the classes, or the maps. */
static void outputs_of(hone_model *model, const float *image, float *result)
{
    hone_array x = hone_array_view((void *)(uintptr_t)image, HONE_FLOAT32, 4, (int64_t[]){1, SIDE, SIDE, 1}),
               *outputs[1];
    const hone_batch batch = {.x = {x}};
    assert_int_equal(hone_predict_on_batch(model, &batch, false, outputs), HONE_OK);
    memcpy(result, outputs[0]->data, (size_t)hone_array_count(outputs[0]) * sizeof *result);
    hone_array_free(outputs[0]);
}

TEST(saliency_is_the_gradient_of_the_class)
{
    hone_model *model = convnet("linear", CLASSES), *same = convnet("softmax", CLASSES);
    hone_array x = images();
    hone_explanation found, softmax;
    assert_int_equal(hone_explain(model, &x, &found, .class_number = 2), HONE_OK);
    assert_int_equal(found.heat->rank, 3);
    for (int n = 0; n < IMAGES; n++) {
        float slopes[PIXELS], largest = 0, image[PIXELS], up[CLASSES], down[CLASSES];
        for (int i = 0; i < PIXELS; i++) {
            memcpy(image, pixels[n], sizeof image);
            image[i] = pixels[n][i] + 0.01F;
            outputs_of(model, image, up);
            image[i] = pixels[n][i] - 0.01F;
            outputs_of(model, image, down);
            slopes[i] = fabsf(up[2] - down[2]) / 0.02F;
            largest = fmaxf(largest, slopes[i]);
        }
        assert_true(largest > 0);
        for (int i = 0; i < PIXELS; i++)
            assert_float_equal(((const float *)found.heat->data)[n * PIXELS + i], slopes[i] / largest, 2e-3);
        assert_int_equal(found.class_numbers[n], 2);
    }
    /* A softmax at the end does not count. */
    for (int i = 0; i < hone_model_weight_count(model); i++) {
        hone_shape shape = hone_variable_shape(hone_model_weight(model, i));
        int64_t count = 1;
        for (int axis = 0; axis < shape.rank; axis++)
            count *= shape.size[axis];
        memcpy(hone_variable_data(hone_model_weight(same, i)),
               hone_variable_data(hone_model_weight(model, i)), (size_t)count * sizeof(float));
    }
    assert_int_equal(hone_explain(same, &x, &softmax, .class_number = 2), HONE_OK);
    for (int i = 0; i < IMAGES * PIXELS; i++)
        assert_float_equal(((const float *)softmax.heat->data)[i], ((const float *)found.heat->data)[i],
                           1e-5);
    hone_explanation_free(&softmax);
    hone_explanation_free(&found);
    hone_model_free(same);
    hone_model_free(model);
}

/* Behind the last maps stand their means and a dense layer: the slope of class k to every place of map m is
 * W[m, k] / (2 x 2), which is its mean, too. */
TEST(grad_cam_weighs_the_maps)
{
    enum { MAPS = 5, PLACES = 4 };
    hone_model *model = convnet("softmax", CLASSES);
    hone_array x = images();
    hone_explanation found, named;
    assert_int_equal(hone_explain(model, &x, &found, .method = "grad_cam"), HONE_OK);
    assert_string_equal(found.layer, "second");
    hone_model *inner =
        hone_functional((hone_model_input(model, 0)), (hone_model_layer_output(model, "second")));
    const float *weights = hone_variable_data(hone_model_weight(model, 4));
    for (int n = 0; n < IMAGES; n++) {
        float maps[PLACES * MAPS], scores[CLASSES], cam[PLACES] = {0}, largest = 0;
        outputs_of(inner, pixels[n], maps);
        outputs_of(model, pixels[n], scores);
        const int64_t k = found.class_numbers[n];
        for (int other = 0; other < CLASSES; other++)
            assert_true(scores[other] <= scores[k]);
        assert_true(found.outputs[n] == (double)scores[k]);
        for (int i = 0; i < PLACES; i++) {
            for (int m = 0; m < MAPS; m++)
                cam[i] += maps[i * MAPS + m] * weights[m * CLASSES + k] / PLACES;
            cam[i] = fmaxf(cam[i], 0);
            largest = fmaxf(largest, cam[i]);
        }
        const float *heat = (const float *)found.heat->data + n * PIXELS;
        const int corners[PLACES] = {0, SIDE - 1, PIXELS - SIDE, PIXELS - 1};
        for (int i = 0; i < PLACES; i++) /* a corner lies outside the middles of the maps' places */
            assert_float_equal(heat[corners[i]], largest > 0 ? cam[i] / largest : 0, 1e-4);
    }
    assert_int_equal(hone_explain(model, &x, &named, .method = "grad_cam", .layer = "second"), HONE_OK);
    assert_memory_equal(named.heat->data, found.heat->data, IMAGES * PIXELS * sizeof(float));
    hone_explanation_free(&named);
    hone_explanation_free(&found);
    hone_model_free(inner);
    hone_model_free(model);
}

/* The convolutions as a model within the model, as for transfer learning. */
TEST(grad_cam_finds_layers_within_models)
{
    hone_model *model = convnet("softmax", CLASSES);
    hone_array x = images();
    hone_layer *base = hone_model_as_layer(
        hone_functional((hone_model_input(model, 0)), (hone_model_layer_output(model, "second"))));
    hone_tensor *start = hone_input_tensor(SIDE, SIDE, 1);
    hone_tensor *end = hone_apply(base, start);
    for (int i = 3; i < hone_model_layer_count(model); i++)
        end = hone_apply(hone_layer_retain(hone_model_layer_at(model, i)), end);
    hone_model *nested = hone_functional((start), (end));
    hone_explanation flat, found, named;
    assert_int_equal(hone_explain(model, &x, &flat, .method = "grad_cam"), HONE_OK);
    if (nested == NULL || hone_explain(nested, &x, &found, .method = "grad_cam") < 0)
        fail_msg("%s", hone_error_message());
    assert_non_null(strstr(found.layer, "/second"));
    assert_int_equal(hone_explain(nested, &x, &named, .method = "grad_cam", .layer = found.layer), HONE_OK);
    for (int i = 0; i < IMAGES * PIXELS; i++) {
        assert_float_equal(((const float *)found.heat->data)[i], ((const float *)flat.heat->data)[i], 1e-6);
        assert_float_equal(((const float *)named.heat->data)[i], ((const float *)flat.heat->data)[i], 1e-6);
    }
    hone_explanation_free(&named);
    hone_explanation_free(&found);
    hone_explanation_free(&flat);
    hone_model_free(nested);
    hone_model_free(model);
}

TEST(of_one_output_class_0_is_the_other_side)
{
    hone_model *model = convnet("sigmoid", 1);
    hone_array x = images();
    hone_explanation first, second;
    assert_int_equal(hone_explain(model, &x, &first, .class_number = 0), HONE_OK);
    assert_int_equal(hone_explain(model, &x, &second, .class_number = 1), HONE_OK);
    assert_true(fabs(first.outputs[0] + second.outputs[0] - 1) < 1e-6);
    assert_memory_equal(first.heat->data, second.heat->data, PIXELS * sizeof(float)); /* absolute slopes */
    hone_explanation_free(&first);
    hone_explanation_free(&second);
    hone_model_free(model);
}

typedef struct wrong {
    const char *name;
    hone_explain_args args;
    bool flat; /* a model of dense layers */
    int rank;  /* of the images; 0: none */
    const char *message;
} wrong;
#define ARGS \
    { \
        .base = {sizeof(hone_explain_args), NULL}, \
        HONE_EXPLAIN_FIELDS(HONE_FIELD_DEFAULT, hone_explain_args) \
    }
static const wrong lies[] = {
    {"no images", ARGS, false, 0, "expected images, received NULL"},
    {"flat images", ARGS, false, 2, "expected images, (count, height, width)"},
    {"other images", ARGS, false, 3,
     "expected images for an input of shape (None, 8, 8, 1), received (1, 4, 32, 1)"},
    {"no maps", ARGS, true, 4, "grad_cam needs a layer with feature maps"},
    {"a layer that is not there", ARGS, false, 4, "unknown layer \"frist\"; did you mean \"first\"?"},
    {"a layer without maps", ARGS, false, 4,
     "the layer \"classes\" gives (None, 4); grad_cam needs feature maps"},
    {"a layer without its method", ARGS, false, 4, "layer belongs to the method grad_cam"},
    {"a class too many", ARGS, false, 4, "class must be from 0 to 3, not 4"},
    {"a method", ARGS, false, 4, "method must be \"saliency\" or \"grad_cam\", not \"lime\""},
};
TEST_EACH(refuses, lies)
{
    int64_t before = hone_internal_blocks_in_use();
    hone_model *model = row->flat
                            ? hone_sequential(hone_input(SIDE, SIDE, 1), hone_flatten(), hone_dense(CLASSES))
                            : convnet("softmax", CLASSES);
    hone_array x = images();
    hone_explain_args args = row->args;
    hone_explanation found;
    if (row->rank == 2)
        x = hone_array_view(pixels, HONE_FLOAT32, 2, (int64_t[]){IMAGES, PIXELS});
    if (row->rank == 3)
        x = hone_array_view(pixels, HONE_FLOAT32, 3, (int64_t[]){1, 4, 32});
    if (row->flat || strstr(row->name, "a layer") == row->name)
        args.method = strstr(row->message, "belongs") != NULL ? "saliency" : "grad_cam";
    if (strstr(row->name, "a layer") == row->name)
        args.layer = strstr(row->message, "frist") != NULL ? "frist" : "classes";
    if (strcmp(row->name, "a class too many") == 0)
        args.class_number = CLASSES;
    if (strcmp(row->name, "a method") == 0)
        args.method = "lime";
    hone_error_clear();
    assert_true(hone_explain_with(model, row->rank == 0 ? NULL : &x, &found, &args) < 0);
    if (strstr(hone_error_message(), row->message) == NULL)
        fail_msg("received \"%s\", expected \"%s\"", hone_error_message(), row->message);
    assert_null(found.heat);
    hone_model_free(model);
    assert_int_equal(hone_internal_blocks_in_use(), before);
}

TEST(survives_failing_allocations)
{
    hone_model *model = convnet("softmax", CLASSES);
    hone_array x = images();
    hone_explanation found;
    assert_int_equal(hone_explain(model, &x, &found, .method = "grad_cam"),
                     HONE_OK); /* what is made once and kept */
    hone_explanation_free(&found);
    int64_t before = hone_internal_blocks_in_use(), allowed = 0;
    for (bool done = false; !done && allowed < 20000; allowed++) {
        hone_internal_fail_allocations_after(allowed);
        done = hone_explain(model, &x, &found, .method = "grad_cam") >= 0;
        hone_internal_fail_allocations_after(-1);
        if (done)
            hone_explanation_free(&found);
        assert_int_equal(hone_internal_blocks_in_use(), before);
    }
    assert_in_range(allowed, 30, 19999);
    hone_model_free(model);
}
