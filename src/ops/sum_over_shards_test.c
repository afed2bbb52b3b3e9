/* Sums over shards: alone they are x; two plans that meet have the sum, and the gradients of both. */
#include "ops/sum_over_shards.h"
#include "ops/differentiate.h"
#include "testing/check_op.h"
#include "testing/small_plans.h"

RECORD(summed, hone_internal_op_sum_over_shards(g, x[0]))
RECORD(summed_twice, hone_op_multiply(g, hone_internal_op_sum_over_shards(g, x[0]),
                                      hone_internal_op_sum_over_shards(g, hone_op_square(g, x[1]))))

TEST(is_x_in_a_plan_alone)
{
    const op_example examples[] = {
        {.title = "a vector", .record = summed, .inputs = {S(5), END}, .result = S(5)},
        {.title = "two of them",
         .record = summed_twice,
         .inputs = {S(3, 2), S(3, 2), END},
         .result = S(3, 2)},
    };
    check_ops(examples, sizeof examples / sizeof *examples);
}

/* loss = sum(y^2) with y = sum over shards of 3 x, so dloss/dx of each shard is 3 times the sum of 2 y of
 * all. */
typedef struct shard {
    small plan;
    hone_value y, dx;
} shard;

static shard begin_shard(void)
{
    shard made = {.plan = begin(HONE_SHAPE(4), HONE_SHAPE(1))};
    hone_graph *graph = made.plan.graph;
    made.y = hone_internal_op_sum_over_shards(graph, hone_op_affine(graph, made.plan.x, 3, 0));
    const hone_value loss = hone_op_total(graph, hone_op_square(graph, made.y));
    assert_int_equal(hone_internal_differentiate(graph, loss, &made.plan.x, 1, &made.dx), HONE_OK);
    hone_internal_graph_keep(graph, made.plan.x);
    hone_internal_graph_keep(graph, made.y);
    hone_internal_graph_keep(graph, made.dx);
    make(&made.plan, hone_internal_kernels());
    return made;
}

static void meet(shard *shards, int stop)
{
    size_t count[2];
    float *one = hone_internal_plan_stop_at(shards[0].plan.plan, stop, &count[0]),
          *other = hone_internal_plan_stop_at(shards[1].plan.plan, stop, &count[1]);
    assert_int_equal(count[0], 4);
    assert_int_equal(count[1], 4);
    for (int i = 0; i < 4; i++)
        one[i] = other[i] = one[i] + other[i];
}

TEST(two_plans_meet_forwards_and_backwards)
{
    shard shards[2] = {begin_shard(), begin_shard()};
    for (int s = 0; s < 2; s++)
        for (int i = 0; i < 4; i++)
            ((float *)hone_internal_plan_address(shards[s].plan.plan, shards[s].plan.x))[i] =
                (float)(i + 10 * s);
    assert_int_equal(hone_internal_plan_stops(shards[0].plan.plan), 2);
    for (int piece = 0; piece <= 2; piece++) {
        for (int s = 0; s < 2; s++)
            hone_internal_plan_run_piece(shards[s].plan.plan, 0, piece);
        if (piece < 2)
            meet(shards, piece);
    }
    for (int s = 0; s < 2; s++)
        for (int i = 0; i < 4; i++) {
            const double y = 3 * (2 * i + 10);
            assert_near(((float *)hone_internal_plan_address(shards[s].plan.plan, shards[s].y))[i], y);
            assert_near(((float *)hone_internal_plan_address(shards[s].plan.plan, shards[s].dx))[i],
                        3 * (2 * y + 2 * y));
        }
    end(&shards[0].plan);
    end(&shards[1].plan);
}
