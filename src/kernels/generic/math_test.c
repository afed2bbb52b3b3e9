/* The elementary functions of floats against libm in double. */
#include "kernels/generic/math.h"
#include "testing/test.h"

static double sigmoid(double x)
{
    return 1 / (1 + exp(-x));
}

static double softplus(double x)
{
    return (x > 0 ? x : 0) + log1p(exp(-fabs(x)));
}

typedef struct function {
    const char *name;
    float (*computed)(float x);
    double (*exact)(double x);
    double low, high;
    bool powers; /* x = e^low .. e^high */
} function;

static const function functions[] = {
    {"exp", exp_float, exp, -87, 88.7, false},
    {"exp below", exp_float_below, exp, -87, 88, false},
    {"expm1", expm1_float, expm1, -70, 88.7, false},
    {"small expm1", expm1_float, expm1, -30, 0, true},
    {"log", log_float, log, -87, 88, true},
    {"log near 1", log_float, log, 0.5, 2, false},
    {"log1p", log1p_float, log1p, -30, 0, true},
    {"tanh", tanh_float, tanh, -12, 12, false},
    {"small tanh", tanh_float, tanh, -30, 2, true},
    {"sigmoid", sigmoid_float, sigmoid, -80, 80, false},
    {"softplus", softplus_float, softplus, -80, 80, false},
    {"erf", erf_float, erf, -6, 6, false},
};

/* Within 5e-7 of the exact value, relatively. */
TEST(functions_are_close)
{
    enum { POINTS = 100000 };
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++) {
        const function *f = &functions[i];
        for (int point = 0; point <= POINTS; point++) {
            const double place = f->low + (f->high - f->low) * point / POINTS;
            const float x = (float)(f->powers ? exp(place) : place);
            const double exact = f->exact((double)x), error = fabs((double)f->computed(x) - exact);
            if (!(error <= 5e-7 * fabs(exact)))
                fail_msg("%s(%.9g) is %.9g, not %.9g", f->name, (double)x, (double)f->computed(x), exact);
        }
    }
}

TEST(limits_are_right)
{
    const float infinite = HUGE_VALF;
    assert_true(exp_float(infinite) == infinite && exp_float(100) == infinite && exp_float(-infinite) == 0);
    assert_true(exp_float_below(-infinite) == 0 && exp_float_below(-89) == 0 && exp_float_below(0) == 1);
    assert_true(exp_float_below(NAN) != exp_float_below(NAN));
    assert_true(exp_float(-100) > 0 && exp_float(0) == 1 && expm1_float(-infinite) == -1 &&
                expm1_float(0) == 0);
    assert_true(log_float(0) == -infinite && log_float(infinite) == infinite && log_float(1) == 0);
    assert_true(log_float(-1) != log_float(-1) && log_float(NAN) != log_float(NAN));
    assert_true(fabsf(log_float(1e-40f) + 92.1034f) < 1e-4f);
    assert_true(tanh_float(infinite) == 1 && tanh_float(-infinite) == -1 && tanh_float(0) == 0);
    assert_true(sigmoid_float(-infinite) == 0 && sigmoid_float(infinite) == 1);
    assert_true(softplus_float(infinite) == infinite && softplus_float(-infinite) == 0);
    assert_true(erf_float(infinite) == 1 && erf_float(-7) == -1);
    assert_true(exp_float(NAN) != 0 && exp_float(NAN) != exp_float(NAN) &&
                tanh_float(NAN) != tanh_float(NAN));
    assert_true(softplus_float(NAN) != softplus_float(NAN) && sigmoid_float(NAN) != sigmoid_float(NAN));
}
