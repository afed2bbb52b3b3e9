/* Chains on results that are nowhere but in scratch. */
#include "kernels/kernels.h"
#include "testing/test.h"

enum { FIRST = 100, LAST = 104 };

/* data[0][i] = data[1][i] + scalar */
static void add(const hone_kernel_args *args, int64_t begin, int64_t end, void *scratch)
{
    float *y = args->data[0];
    const float *x = args->data[1];
    (void)scratch;
    for (int64_t i = begin; i < end; i++)
        y[i] = x[i] + (float)args->scalar[0];
}

/* data[0][i] = 2 data[1][i], and a note of what scratch it got */
static void twice(const hone_kernel_args *args, int64_t begin, int64_t end, void *scratch)
{
    float *y = args->data[0];
    const float *x = args->data[1];
    *(int *)scratch += 1;
    for (int64_t i = begin; i < end; i++)
        y[i] = 2 * x[i];
}

/* The result of a step is elements 100 to 103 of a flat result that is not there; other operands are. */
TEST(steps_see_the_result_where_it_seems_to_lie)
{
    float result[LAST - FIRST] = {1, 2, 3, 4}, others[LAST], kept[LAST] = {0};
    int calls = 0;
    for (int i = 0; i < LAST; i++)
        others[i] = (float)i;
    /* result = 2 result; result = others + 10; kept = result + 1 */
    const hone_kernel_args args[] = {{.data = {NULL, NULL}},
                                     {.data = {NULL, others}, .scalar = {10}},
                                     {.data = {kept, NULL}, .scalar = {1}}};
    hone_chain chain = {.count = 1, .step = {{twice, &args[0], 3}, {add, &args[1], 1}, {add, &args[2], 2}}};
    hone_internal_chain_run_transient(&chain, FIRST, LAST, result, &calls);
    for (int i = 0; i < LAST - FIRST; i++)
        assert_true(result[i] == (float)(2 * (i + 1)));
    assert_int_equal(calls, 1);
    chain.count = 3;
    hone_internal_chain_run_transient(&chain, FIRST, LAST, result, &calls);
    for (int i = 0; i < LAST - FIRST; i++) {
        assert_true(result[i] == (float)(FIRST + i + 10));
        assert_true(kept[FIRST + i] == (float)(FIRST + i + 11));
    }
    assert_true(kept[FIRST - 1] == 0);
    assert_null(args[0].data[0]); /* the arguments of the plan stay as they are */
}

TEST(no_chain_does_nothing)
{
    const hone_chain chain = {.count = 0};
    hone_chain_run(NULL, 0, 3, NULL);
    hone_chain_run(&chain, 0, 3, NULL);
    hone_internal_chain_run_transient(&chain, 0, 3, NULL, NULL);
}
