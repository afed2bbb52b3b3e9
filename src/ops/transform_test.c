/* Images seen through a projective map. */
#include "ops/transform.h"
#include "testing/check_op.h"
#include "testing/golden.h"

#include <math.h>

typedef struct how {
    const char *name, *interpolation, *fill_mode;
} how;

static const how hows[] = {
    {"bilinear, constant", "bilinear", "constant"}, {"bilinear, nearest", "bilinear", "nearest"},
    {"bilinear, reflect", "bilinear", "reflect"},   {"bilinear, wrap", "bilinear", "wrap"},
    {"nearest, constant", "nearest", "constant"},   {"nearest, wrap", "nearest", "wrap"},
    {"bilinear, mirror", "bilinear", "mirror"},     {"nearest, mirror", "nearest", "mirror"},
};

static hone_value record(hone_graph *g, const hone_value *x, const void *context)
{
    const how *h = context;
    const hone_sampling sampling = {h->interpolation, h->fill_mode, 0.5};
    return hone_internal_op_transform(g, x[0], x[1], 4, 5, &sampling);
}

TEST_EACH(agrees, hows)
{
    check_op(&(op_example){.title = row->name,
                           .record = record,
                           .context = row,
                           .inputs = {S(2, 3, 6, 2), S(2, 8), END},
                           .result = S(2, 4, 5, 2),
                           .constant = 2});
    check_op(&(op_example){.title = row->name,
                           .record = record,
                           .context = row,
                           .inputs = {S(3, 5, 2, 1), S(1, 8), END},
                           .result = S(3, 4, 5, 1),
                           .constant = 2});
}

TEST_EACH(agrees_through_a_field_of_places, hows)
{
    check_op(&(op_example){.title = row->name,
                           .record = record,
                           .context = row,
                           .inputs = {S(2, 3, 6, 2), S(2, 4, 5, 2), END},
                           .result = S(2, 4, 5, 2),
                           .constant = 2});
}

TEST(refuses_what_does_not_fit)
{
    op_example refused = {
        .title = "refused", .record = record, .context = &hows[0], .inputs = {S(2, 3, 6, 2), S(3, 8), END}};
    check_op_refused(&refused, "transform");
    refused.inputs[1] = S(2, 6);
    check_op_refused(&refused, "transform");
    refused.inputs[1] = S(2, 4, 4, 2);
    check_op_refused(&refused, "transform");
    refused.inputs[0] = S(2, 0, 6, 2), refused.inputs[1] = S(2, 8);
    check_op_refused(&refused, "no pixels");
}

/* The map of points takes each to its corner. */
TEST(four_points_become_the_corners)
{
    double numbers[8] = {0.5, -0.25, 6.5, 0.5, -1, 4.5, 5, 3};
    static const double expected[4][2] = {{0, 0}, {6, 0}, {0, 4}, {6, 4}};
    golden_run run = golden_begin("ref_double", false);
    const golden_tensor points = {.shape = S(1, 8), .count = 8, .values = numbers};
    const hone_value matrix = hone_internal_op_homography(run.graph, golden_input_of(&run, &points), 5, 7);
    golden_keep(&run, matrix);
    golden_execute(&run);
    golden_tensor m = golden_result(&run, matrix);
    for (int i = 0; i < 4; i++) {
        const double u = numbers[2 * i], v = numbers[2 * i + 1], d = m.values[6] * u + m.values[7] * v + 1;
        assert_true(fabs((m.values[0] * u + m.values[1] * v + m.values[2]) / d - expected[i][0]) < 1e-9);
        assert_true(fabs((m.values[3] * u + m.values[4] * v + m.values[5]) / d - expected[i][1]) < 1e-9);
    }
    golden_tensor_free(&m);
    golden_end(&run);
}
