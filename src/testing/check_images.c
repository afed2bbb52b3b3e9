/* For tests of layers over images: what all of them promise, and the law of their draws. */
#include "testing/check_images.h"

#include <math.h>
#include <string.h>

#define S(...) HONE_SHAPE(__VA_ARGS__)

void check_image_layer(const image_use *use)
{
    const bool first = strstr(use->name, "channels_first") != NULL;
    layer_example example = {.text = use->name, .inputs = {first ? S(2, 3, 4, 5) : S(2, 4, 5, 3)}};
    check_layer(&example);
    example.training = true;
    example.joint = use->joint;
    example.no_gradient = use->no_gradient;
    check_layer(&example);
}

golden_tensor check_images_train(const char *text, const golden_tensor *inputs, int count, int output)
{
    hone_layer *layer = hone_layer_from_text(text);
    hone_shape shapes[3];
    hone_value values[3], outputs[HONE_MAX_OUTPUTS];
    golden_run run = golden_begin("ref", true);
    for (int i = 0; i < count; i++) {
        shapes[i] = inputs[i].shape;
        shapes[i].size[0] = HONE_ANY;
        values[i] = golden_input_of(&run, &inputs[i]);
    }
    if (layer == NULL || hone_internal_layer_build(layer, shapes, count) < 0 ||
        hone_internal_layer_call(layer, run.graph, values, count, NULL, outputs, 0, 0) != count)
        fail_msg("%s: %s", text, hone_error_message());
    golden_keep(&run, outputs[output]);
    golden_execute(&run);
    golden_tensor result = golden_result(&run, outputs[output]);
    golden_end(&run);
    hone_layer_free(layer);
    return result;
}

golden_tensor check_images_numbered(int64_t h, int64_t w, int64_t c)
{
    golden_tensor tensor = golden_filled(S(CHECK_IMAGES_SAMPLES, h, w, c), 0);
    for (int64_t i = 0; i < tensor.count; i++)
        tensor.values[i] = (double)(i % (h * w * c));
    return tensor;
}

void check_images_share(const char *text, double hits, double share)
{
    const double part = hits / CHECK_IMAGES_SAMPLES;
    if (fabs(part - share) > 5 * sqrt(share * (1 - share) / CHECK_IMAGES_SAMPLES))
        fail_msg("%s: a share of %g, not %g", text, part, share);
}
