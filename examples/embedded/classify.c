/* A network inside a program that knows nothing of Hone: reads 28x28 images in the IDX form on stdin, and prints the class
 * and its probability for each.
 *
 *   hone train examples/chapter.yaml --output m.keras
 *   hone export m.keras --output classifier.c --weights int8
 *   cc -O2 -I. examples/embedded/classify.c classifier.c -lm -o classify
 *   zcat t10k-images-idx3-ubyte.gz | ./classify | head
 */
#include "classifier.h"

#include <stdio.h>

enum { HEADER_BYTES = 16 }; /* magic number, count, rows, columns */

static const char *const classes[CLASSIFIER_OUTPUT_SIZE] = {"T-shirt/top", "trouser", "pullover", "dress", "coat",
                                                            "sandal",      "shirt",   "sneaker",  "bag",   "ankle boot"};

static int largest(const float *numbers, int count)
{
    int best = 0;
    for (int i = 1; i < count; i++)
        if (numbers[i] > numbers[best])
            best = i;
    return best;
}

int main(void)
{
    static unsigned char header[HEADER_BYTES], pixels[CLASSIFIER_INPUT_SIZE];
    static float image[CLASSIFIER_INPUT_SIZE], probabilities[CLASSIFIER_OUTPUT_SIZE];
    if (fread(header, 1, sizeof header, stdin) != sizeof header || header[2] != 8 || header[3] != 3) {
        fprintf(stderr, "classify: expected images in the IDX form\n");
        return 1;
    }
    while (fread(pixels, 1, sizeof pixels, stdin) == sizeof pixels) {
        for (int i = 0; i < CLASSIFIER_INPUT_SIZE; i++)
            image[i] = (float)pixels[i] / 255; /* as the recipe scales them */
        classifier_predict(image, probabilities);
        int best = largest(probabilities, CLASSIFIER_OUTPUT_SIZE);
        printf("%s %.4f\n", classes[best], (double)probabilities[best]);
    }
    return 0;
}
