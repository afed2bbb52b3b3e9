/* Element-wise functions of one operand: each with its derivative. */
#include "ops/unary.h"
#include "testing/check_op.h"

#include <string.h>

#include <math.h>

typedef struct unary_use {
    const char *name;
    hone_parameters parameters;
} unary_use;

static hone_value record(hone_graph *g, const hone_value *x, const void *context)
{
    const unary_use *use = context;
    return hone_op_unary(g, use->name, x[0], use->parameters);
}

typedef struct domain {
    unary_use use;
    double lowest, highest; /* both 0: -2 to 2 */
} domain;

/* Parameters and range of those that need them; the others are tried without, from -2 to 2. */
static const domain domains[] = {
    {{"sqrt", {0, 0, 0, 0}}, 0.1, 3},           {{"rsqrt", {0, 0, 0, 0}}, 0.1, 3},
    {{"reciprocal", {0, 0, 0, 0}}, 0.3, 3},     {{"affine", {2, 3, 0, 0}}, 0, 0},
    {{"power_scalar", {2.5, 0, 0, 0}}, 0.2, 3}, {{"power_scalar", {3, 0, 0, 0}}, 0, 0},
    {{"clip", {-0.5, 1, 0, 0}}, 0, 0},          {{"maximum_scalar", {0.3, 0, 0, 0}}, 0, 0},
    {{"minimum_scalar", {0.3, 0, 0, 0}}, 0, 0}, {{"log", {0, 0, 0, 0}}, 0.1, 3},
    {{"log1p", {0, 0, 0, 0}}, -0.9, 3},         {{"log_clamped", {0.2, 0, 0, 0}}, -1, 3},
    {{"asin", {0, 0, 0, 0}}, -0.9, 0.9},        {{"relu", {0.1, 1.2, 0.2, 0}}, 0, 0},
    {{"relu", {0, HUGE_VAL, 0, 0}}, 0, 0},      {{"relu6", {0, 0, 0, 0}}, -2, 9},
    {{"leaky_relu", {0.3, 0, 0, 0}}, 0, 0},     {{"elu", {1.5, 0, 0, 0}}, 0, 0},
    {{"celu", {1.5, 0, 0, 0}}, 0, 0},           {{"hard_sigmoid", {0, 0, 0, 0}}, -5, 5},
    {{"hard_silu", {0, 0, 0, 0}}, -5, 5},       {{"soft_shrink", {0.5, 0, 0, 0}}, 0, 0},
    {{"hard_shrink", {0.5, 0, 0, 0}}, 0, 0},    {{"squareplus", {4, 0, 0, 0}}, 0, 0},
    {{"threshold", {0.5, -3, 0, 0}}, 0, 0},     {{"erfinv", {0, 0, 0, 0}}, -0.9, 0.9},
};
enum { DOMAINS = sizeof domains / sizeof *domains };

static const char *const names[] = {
#define HONE_UNARY(name, ...) #name,
#include "kernels/unary.def"
};

static void check(const domain *tried)
{
    check_op(&(op_example){.title = tried->use.name,
                           .record = record,
                           .context = &tried->use,
                           .inputs = {S(5, 7), END},
                           .result = S(5, 7),
                           .lowest = tried->lowest,
                           .highest = tried->highest});
}

TEST(every_function_has_its_derivative)
{
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        bool special = false;
        for (int j = 0; j < DOMAINS; j++) {
            if (strcmp(domains[j].use.name, names[i]) != 0)
                continue;
            special = true;
            check(&domains[j]);
        }
        domain plain = {{names[i], {0, 0, 0, 0}}, 0, 0};
        if (!special)
            check(&plain);
    }
}

TEST(refuses_unknown_names)
{
    static const unary_use unknown = {"tanhh", {0, 0, 0, 0}};
    check_op_refused(
        &(op_example){.title = "tanhh", .record = record, .context = &unknown, .inputs = {S(2), END}},
        "did you mean \"tanh\"");
}

/* Between 0.1 and the float nearest to it no float lies: one that was read as 0.1 is equal to it. */
TEST(comparisons_are_with_floats)
{
    static const char *const comparisons[] = {"greater_scalar", "greater_equal_scalar",
                                              "less_scalar",    "less_equal_scalar",
                                              "equal_scalar",   "not_equal_scalar"};
    hone_graph *graph = hone_internal_graph_create(false, true);
    const hone_value x = hone_internal_graph_input(graph, HONE_SHAPE(3), NULL);
    for (size_t i = 0; i < sizeof comparisons / sizeof *comparisons; i++) {
        const hone_value y = hone_op_unary(graph, comparisons[i], x, (hone_parameters){0.1, 0, 0, 0});
        assert_true(hone_internal_op_unary_attributes(graph, y)->parameters.a == (double)0.1f);
    }
    const hone_value y = hone_op_unary(graph, "maximum_scalar", x, (hone_parameters){0.1, 0, 0, 0});
    assert_true(hone_internal_op_unary_attributes(graph, y)->parameters.a == 0.1);
    hone_internal_graph_free(graph);
}
