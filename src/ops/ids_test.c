/* ids: which inputs may hold ids as codes. */
#include "ops/ids.h"
#include "tensor/ids.h"
#include "testing/test.h"
#include <hone/ops.h>

#include <string.h>

#define S(...) HONE_SHAPE(__VA_ARGS__)
enum { ROWS = HONE_PLAIN_IDS + 3 };

/* A table's rows by ids (4, 6) that went some way. */
typedef struct network {
    hone_graph *graph;
    hone_value table, ids, other, out;
    hone_coded_ids found;
} network;

static network begin(int64_t rows)
{
    network of = {.graph = hone_internal_graph_create(false, true)};
    of.table = hone_internal_graph_input(of.graph, S(rows, 2), NULL);
    of.ids = hone_internal_graph_input(of.graph, S(4, 6), NULL);
    of.other = hone_internal_graph_input(of.graph, S(4, 6), NULL);
    return of;
}

static void settle(network *of)
{
    const hone_value inputs[] = {of->table, of->ids, of->other};
    assert_true(of->out >= 0);
    assert_int_equal(hone_internal_coded_ids_find(of->graph, inputs, 3, &of->out, 1, &of->found), HONE_OK);
}

static void end(network *of)
{
    hone_internal_coded_ids_free(&of->found);
    hone_internal_graph_free(of->graph);
}

/* No input may hold codes; `reader`: who computes with ids, NULL: nobody. */
static void check_plain(network *of, const char *reader)
{
    settle(of);
    assert_null(of->found.inputs);
    if (reader == NULL)
        assert_null(of->found.reader);
    else
        assert_string_equal(of->found.reader, reader);
    end(of);
}

TEST(moved_ids_of_large_tables_are_coded)
{
    network of = begin(ROWS);
    const hone_value moved =
        hone_op_reshape(of.graph, hone_op_transpose(of.graph, of.ids, (const int[]){1, 0}), S(24));
    of.out = hone_op_gather_rows(of.graph, of.table, moved);
    settle(&of);
    assert_non_null(of.found.inputs);
    assert_true(of.found.inputs[1] && !of.found.inputs[0] && !of.found.inputs[2]);
    assert_true(of.found.values[moved] && !of.found.values[of.out]);
    end(&of);
}

TEST(small_tables_take_ids_as_they_are)
{
    network of = begin(HONE_PLAIN_IDS);
    of.out = hone_op_gather_rows(of.graph, of.table, of.ids);
    check_plain(&of, NULL);
}

TEST(masks_compare_codes)
{
    network of = begin(ROWS);
    const hone_value mask = hone_op_unary(of.graph, "not_equal_scalar", of.ids, (hone_parameters){0}),
                     rows = hone_op_gather_rows(of.graph, of.table, of.ids);
    of.out = hone_op_multiply(of.graph, rows, hone_op_expand(of.graph, mask, -1));
    settle(&of);
    assert_true(of.found.inputs != NULL && of.found.inputs[1]);
    end(&of);
}

TEST(constants_compare_codes)
{
    const double constants[] = {0, HONE_PLAIN_IDS};
    for (int i = 0; i < 2; i++) {
        network of = begin(ROWS);
        const hone_value mask = hone_op_binary(of.graph, "greater", of.ids,
                                               hone_graph_constant(of.graph, constants[i])),
                         rows = hone_op_gather_rows(of.graph, of.table, of.ids);
        of.out = hone_op_multiply(of.graph, rows, hone_op_expand(of.graph, mask, -1));
        settle(&of);
        assert_true((of.found.inputs != NULL) == (i == 0));
        end(&of);
    }
}

TEST(who_computes_with_ids_is_named)
{
    network of = begin(ROWS);
    hone_graph_scope before = hone_internal_graph_enter(of.graph, "sums", 0, 0);
    const hone_value doubled = hone_op_add(of.graph, of.ids, of.ids);
    hone_internal_graph_leave(of.graph, before);
    of.out = hone_op_add(of.graph, hone_op_gather_rows(of.graph, of.table, of.ids),
                         hone_op_expand(of.graph, doubled, -1));
    check_plain(&of, "sums");
}

TEST(computed_ids_are_no_codes)
{
    network of = begin(ROWS);
    of.out = hone_op_gather_rows(of.graph, of.table, hone_op_add(of.graph, of.ids, of.other));
    check_plain(&of, NULL);
}

TEST(outputs_are_not_codes)
{
    network of = begin(ROWS);
    assert_true(hone_op_gather_rows(of.graph, of.table, of.ids) >= 0);
    of.out = hone_op_reshape(of.graph, of.ids, S(24));
    check_plain(&of, "output");
}
