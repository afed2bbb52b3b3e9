/* stft: its windows, and the shapes that it takes. Its kernels beside Keras's:
 * tests/golden/initializers/stft.json. */
#include "initializers/stft.h"
#include "testing/test.h"

#include <math.h>
#include <string.h>

/* scipy.signal.get_window(name, length, periodic)[2] of 5 or 6 points. */
static const struct {
    const char *name;
    double odd, even; /* symmetric, point 1 of 5 and of 6 */
} windows[] = {
    {"hann", 0.5, 0.3454915028125263},
    {"hamming", 0.54, 0.3978521825875242},
    {"blackman", 0.34, 0.2007701432625305},
    {"boxcar", 1, 1},
    {"bartlett", 0.5, 0.4},
    {"triang", 2.0 / 3, 0.5},
    {"cosine", 0.8090169943749475, 0.7071067811865476},
    {"parzen", 0.424, 0.25},
    {"bohman", 0.3183098861837907, 0.1791238937062839},
    {"barthann", 0.5, 0.35857354213752},
    {"nuttall", 0.2269824, 0.1105152530498718},
    {"blackmanharris", 0.21747, 0.10301148934566379},
    {"flattop", -0.05473684, -0.06771425207621193},
};

TEST_EACH(windows_are_those_of_scipy, windows)
{
    double window[6], longer[6];
    hone_internal_sound_window(row->name, false, 5, window);
    assert_float_equal(window[1], row->odd, 1e-6);
    assert_float_equal(window[3], row->odd, 1e-6);
    hone_internal_sound_window(row->name, false, 6, longer);
    assert_float_equal(longer[1], row->even, 1e-6);
    hone_internal_sound_window(row->name, true, 5, window);
    for (int i = 0; i < 5; i++)
        assert_true(window[i] == longer[i]);
    hone_internal_sound_window(row->name, false, 1, window);
    assert_true(window[0] == 1);
}

TEST(no_window_is_ones)
{
    double window[3];
    hone_internal_sound_window(NULL, true, 3, window);
    assert_true(window[0] == 1 && window[2] == 1);
}
