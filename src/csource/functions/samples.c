/* What the self-test of a source calls. */
#include <math.h>
#include <stdint.h>

/* How many numbers differ by more than the tolerance times 1 + |expected|; the largest difference so far. */
static int32_t fn_count_wrong(const float *received, const float *expected, int32_t count, float tolerance,
                              float *largest)
{
    int32_t i, wrong = 0;
    for (i = 0; i < count; i++) {
        const float difference = fabsf(received[i] - expected[i]);
        if (received[i] == expected[i] || (received[i] != received[i] && expected[i] != expected[i]))
            continue;
        if (!(difference <= tolerance * (1 + fabsf(expected[i]))))
            wrong++;
        if (difference > *largest)
            *largest = difference;
    }
    return wrong;
}
