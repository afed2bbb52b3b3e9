/* einsum: equations against loops over all letters, and what is refused. */
#include "ops/einsum.h"
#include "ops/ops.h"
#include "plan/plan.h"
#include "testing/check_op.h"
#include "testing/message.h"

#include <math.h>

enum { OPERANDS = 3, NUMBERS = 256 };

typedef struct equation {
    const char *name;
    hone_shape inputs[OPERANDS];                    /* up to the first of rank 0 */
    const char *letters[OPERANDS], *result_letters; /* without dots and spaces; NULL: those of the name */
    hone_shape result;
} equation;

#define SHAPE(...) \
    { \
        .rank = sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t), .size = { __VA_ARGS__ } \
    }
static const equation equations[] = {
    {"ij,jk->ik", {SHAPE(2, 3), SHAPE(3, 4)}, {"ij", "jk"}, "ik", SHAPE(2, 4)},
    {"ij,jk->ki", {SHAPE(2, 3), SHAPE(3, 4)}, {"ij", "jk"}, "ki", SHAPE(4, 2)},
    {"bij,bjk->bik", {SHAPE(2, 2, 3), SHAPE(2, 3, 2)}, {"bij", "bjk"}, "bik", SHAPE(2, 2, 2)},
    {"i,i->", {SHAPE(5), SHAPE(5)}, {"i", "i"}, "", {.rank = 0}},
    {"i,j->ij", {SHAPE(2), SHAPE(3)}, {"i", "j"}, "ij", SHAPE(2, 3)},
    {"ij,ij->ij", {SHAPE(2, 3), SHAPE(2, 3)}, {"ij", "ij"}, "ij", SHAPE(2, 3)},
    {"ijk->kj", {SHAPE(2, 3, 4)}, {"ijk"}, "kj", SHAPE(4, 3)},
    {"ij->ji", {SHAPE(2, 3)}, {"ij"}, "ji", SHAPE(3, 2)},
    {"ij", {SHAPE(2, 3)}, {"ij"}, "ij", SHAPE(2, 3)},
    {"ba", {SHAPE(2, 3)}, {"ba"}, "ab", SHAPE(3, 2)},
    {"ij,jk", {SHAPE(2, 3), SHAPE(3, 4)}, {"ij", "jk"}, "ik", SHAPE(2, 4)},
    {" ij , jk -> ik ", {SHAPE(2, 3), SHAPE(3, 4)}, {"ij", "jk"}, "ik", SHAPE(2, 4)},
    {"...ij,...jk->...ik", {SHAPE(2, 2, 3), SHAPE(2, 3, 2)}, {"bij", "bjk"}, "bik", SHAPE(2, 2, 2)},
    {"...i,ij->...j", {SHAPE(2, 2, 3), SHAPE(3, 2)}, {"abi", "ij"}, "abj", SHAPE(2, 2, 2)},
    {"ij,jk,kl->il", {SHAPE(2, 3), SHAPE(3, 2), SHAPE(2, 4)}, {"ij", "jk", "kl"}, "il", SHAPE(2, 4)},
    {"ij,kl,j->ik", {SHAPE(2, 3), SHAPE(2, 4), SHAPE(3)}, {"ij", "kl", "j"}, "ik", SHAPE(2, 2)},
    {"aBc,B->ca", {SHAPE(2, 3, 2), SHAPE(3)}, {"aBc", "B"}, "ca", SHAPE(2, 2)},
};

/* The size of a letter. */
static int64_t size_of(const equation *e, char letter)
{
    for (int i = 0; i < OPERANDS && e->letters[i] != NULL; i++)
        for (int axis = 0; e->letters[i][axis] != '\0'; axis++)
            if (e->letters[i][axis] == letter)
                return e->inputs[i].size[axis];
    fail_msg("no operand has %c", letter);
    return 0;
}

static int64_t place_of(const equation *e, const char *letters, const int64_t *at)
{
    int64_t place = 0;
    for (; *letters != '\0'; letters++)
        place = place * size_of(e, *letters) + at[(unsigned char)*letters];
    return place;
}

/* Number i of operand j. */
static double number(int operand, int64_t i)
{
    return sin((double)i * 1.3 + operand);
}

/* The result, by a loop over the places of all letters. */
static void add_up(const equation *e, double *result)
{
    char letters[32] = "";
    int64_t at[128] = {0};
    for (int i = 0; i < OPERANDS && e->letters[i] != NULL; i++)
        for (const char *letter = e->letters[i]; *letter != '\0'; letter++)
            if (strchr(letters, *letter) == NULL)
                strncat(letters, letter, 1);
    memset(result, 0, sizeof *result * NUMBERS);
    for (bool more = true; more;) {
        double product = 1;
        for (int i = 0; i < OPERANDS && e->letters[i] != NULL; i++)
            product *= number(i, place_of(e, e->letters[i], at));
        result[place_of(e, e->result_letters, at)] += product;
        more = false;
        for (const char *letter = letters; *letter != '\0' && !more; letter++) {
            int64_t *place = &at[(unsigned char)*letter];
            more = ++*place < size_of(e, *letter);
            if (!more)
                *place = 0;
        }
    }
}

TEST_EACH(is_the_sum_over_its_letters, equations)
{
    double expected[NUMBERS];
    hone_value inputs[OPERANDS];
    int count = 0;
    hone_graph *graph = hone_internal_graph_create(false, false);
    for (; count < OPERANDS && row->letters[count] != NULL; count++)
        inputs[count] = hone_internal_graph_input(graph, row->inputs[count], NULL);
    const hone_value product = hone_op_einsum(graph, row->name, inputs, count);
    if (product < 0)
        fail_msg("%s", hone_error_message());
    /* a copy: where an operand is the result it has no memory of its own */
    const hone_value y = hone_op_affine(graph, product, 1, 0);
    assert_true(hone_internal_shape_equal(hone_value_shape(graph, y), row->result));
    hone_internal_graph_keep(graph, y);
    hone_plan *plan = hone_internal_plan_create(graph, hone_internal_kernels_named("ref"), 1, 1);
    if (plan == NULL)
        fail_msg("%s", hone_error_message());
    for (int i = 0; i < count; i++) {
        float *x = hone_internal_plan_address(plan, inputs[i]);
        for (int64_t j = 0; j < hone_internal_shape_count(row->inputs[i]); j++)
            x[j] = (float)number(i, j);
    }
    hone_internal_plan_run(plan, NULL, 0);
    add_up(row, expected);
    const float *received = hone_internal_plan_address(plan, y);
    for (int64_t i = 0; i < hone_internal_shape_count(row->result); i++)
        if (!(fabs((double)received[i] - expected[i]) < 1e-5))
            fail_msg("number %d is %g, not %g", (int)i, (double)received[i], expected[i]);
    hone_internal_plan_free(plan);
}

static const struct {
    const char *name, *equation, *words;
    hone_shape inputs[2];
} refused[] = {
    {"a digit", "i1->i", "only letters, \"...\", \",\" and \"->\" can stand there", {SHAPE(2, 3)}},
    {"two points", "i..->i", "only letters", {SHAPE(2, 3)}},
    {"a letter twice", "ii->i", "a letter twice in one operand is not supported", {SHAPE(3, 3)}},
    {"more letters than axes", "ijk->i", "more letters than axes", {SHAPE(2, 3)}},
    {"fewer letters than axes", "i->i", "a letter for each axis, or \"...\"", {SHAPE(2, 3)}},
    {"one operand for two",
     "ij->i",
     "there must be as many operands as in the call",
     {SHAPE(2, 3), SHAPE(2, 3)}},
    {"two operands for one", "ij,jk->ik", "there must be as many operands as in the call", {SHAPE(2, 3)}},
    {"a result of nothing's", "ij->ik", "the result has a letter that no operand has", {SHAPE(2, 3)}},
    {"a result with a letter twice", "ij->ii", "a letter twice in one operand", {SHAPE(2, 3)}},
    {"half an arrow", "ij-i", "\"->\" must come before the result", {SHAPE(2, 3)}},
    {"two results", "ij->i->j", "the result must end it", {SHAPE(2, 3)}},
    {"two results beside each other", "ij->i,j", "the result must end it", {SHAPE(2, 3)}},
    {"sizes that differ", "ij,jk->ik", "(2, 3)", {SHAPE(2, 3), SHAPE(4, 2)}},
};

TEST_EACH(refuses, refused)
{
    hone_graph *graph = hone_internal_graph_create(false, false);
    hone_value inputs[2];
    int count = 0;
    for (; count < 2 && row->inputs[count].rank > 0; count++)
        inputs[count] = hone_internal_graph_input(graph, row->inputs[count], NULL);
    hone_error_clear();
    assert_true(hone_op_einsum(graph, row->equation, inputs, count) < 0);
    assert_message_has(row->words);
    hone_internal_graph_free(graph);
}

TEST(operands_are_counted)
{
    hone_graph *graph = hone_internal_graph_create(false, false);
    hone_value inputs[HONE_EINSUM_OPERANDS + 1];
    for (int i = 0; i <= HONE_EINSUM_OPERANDS; i++)
        inputs[i] = hone_internal_graph_input(graph, S(2), NULL);
    hone_error_clear();
    assert_true(hone_op_einsum(graph, "i", inputs, 0) < 0);
    assert_message_has("operands, not 0");
    hone_error_clear();
    assert_true(hone_op_einsum(graph, "i", inputs, HONE_EINSUM_OPERANDS + 1) < 0);
    assert_message_has("\"i\": takes 1 to ");
    inputs[0] = HONE_NO_VALUE; /* an earlier failure is passed on */
    hone_error_clear();
    assert_true(hone_op_einsum(graph, "i->", inputs, 1) < 0);
    assert_int_equal(hone_error_status(), HONE_OK);
    hone_internal_graph_free(graph);
}
