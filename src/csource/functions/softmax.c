/* e^x over its sum along an axis of [outer, axis, inner]; the largest x is taken off first. */
#include <math.h>
#include <stdint.h>

static void op_softmax(float *y, const float *x, int32_t outer, int32_t axis, int32_t inner)
{
    int32_t o, i, j;
    for (o = 0; o < outer; o++)
        for (i = 0; i < inner; i++) {
            const float *from = x + o * axis * inner + i;
            float *to = y + o * axis * inner + i;
            float largest = -INFINITY, sum = 0;
            for (j = 0; j < axis; j++)
                largest = from[j * inner] > largest ? from[j * inner] : largest;
            for (j = 0; j < axis; j++)
                sum += expf(from[j * inner] - largest);
            for (j = 0; j < axis; j++)
                to[j * inner] = expf(from[j * inner] - largest) / sum;
        }
}

static void op_log_softmax(float *y, const float *x, int32_t outer, int32_t axis, int32_t inner)
{
    int32_t o, i, j;
    for (o = 0; o < outer; o++)
        for (i = 0; i < inner; i++) {
            const float *from = x + o * axis * inner + i;
            float *to = y + o * axis * inner + i;
            float largest = -INFINITY, sum = 0;
            for (j = 0; j < axis; j++)
                largest = from[j * inner] > largest ? from[j * inner] : largest;
            for (j = 0; j < axis; j++)
                sum += expf(from[j * inner] - largest);
            sum = logf(sum);
            for (j = 0; j < axis; j++)
                to[j * inner] = from[j * inner] - largest - sum;
        }
}
