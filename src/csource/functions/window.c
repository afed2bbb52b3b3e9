/* Windows over planes, rows and columns. `window` has three numbers of each: sizes of x, of y, of the window,
 * strides, dilations, padding before; then the channels of x, those of y, groups, and 1 when the window goes
 * the other way (a transposed convolution). */
#include <stddef.h>
#include <stdint.h>

/* The place of x along an axis that tap k sees from place o of y; below 0: none */
static int32_t fn_seen(const int32_t *window, int32_t axis, int32_t o, int32_t k)
{
    const int32_t stride = window[9 + axis], before = window[15 + axis], moved = k * window[12 + axis];
    int32_t u = o * stride - before + moved;
    if (window[21] != 0) {
        u = o + before - moved;
        u = u < 0 || u % stride != 0 ? -1 : u / stride;
    }
    return u < window[axis] ? u : -1;
}

/* where in x the numbers begin that tap k sees from a place of y, a channel each; below 0: outside x */
static int32_t fn_offset(const int32_t *window, int32_t o0, int32_t o1, int32_t o2, int32_t k)
{
    const int32_t *size = window + 6;
    const int32_t u0 = fn_seen(window, 0, o0, k / (size[1] * size[2]));
    const int32_t u1 = fn_seen(window, 1, o1, k / size[2] % size[1]);
    const int32_t u2 = fn_seen(window, 2, o2, k % size[2]);
    return u0 < 0 || u1 < 0 || u2 < 0 ? -1 : ((u0 * window[1] + u1) * window[2] + u2) * window[18];
}

/* these numbers; NULL: outside x */
static const float *fn_under(const float *x, const int32_t *window, int32_t o0, int32_t o1, int32_t o2,
                             int32_t k)
{
    const int32_t offset = fn_offset(window, o0, o1, o2, k);
    return offset < 0 ? NULL : x + offset;
}
