/* For tests of layers over images: what all of them promise, and the law of their draws. Golden files hold
 * what Keras gives with factors that leave nothing to chance. */
#ifndef HONE_TESTING_CHECK_IMAGES_H
#define HONE_TESTING_CHECK_IMAGES_H

#include "testing/check_layer.h"
#include "testing/golden.h"

/* A use of a layer: its text, and how it trains. */
typedef struct image_use {
    const char *name;
    bool joint, no_gradient; /* as in layer_example */
} image_use;

/* check_layer on images of 3 channels, in prediction and in training. */
void check_image_layer(const image_use *use);

enum { CHECK_IMAGES_SAMPLES = 4000 };
/* So many images of h x w x c, of which each number tells its place. */
golden_tensor check_images_numbered(int64_t h, int64_t w, int64_t c);
/* One output of a layer in training for these inputs. */
golden_tensor check_images_train(const char *text, const golden_tensor *inputs, int count, int output);
/* hits / CHECK_IMAGES_SAMPLES is the share, within five deviations. */
void check_images_share(const char *text, double hits, double share);

#endif
