/* Numbers, lists and subscripts as texts. */
#include "operations/literal.h"
#include "testing/message.h"

static const struct {
    const char *name;
    int count;
    hone_literal_kind kind; /* of the last item */
    int64_t start, stop, step;
} good[] = {
    {"7", 1, HONE_LITERAL_INTEGER, 7, HONE_NONE_INTEGER, HONE_NONE_INTEGER},
    {"[1, -2]", 2, HONE_LITERAL_INTEGER, -2, HONE_NONE_INTEGER, HONE_NONE_INTEGER},
    {"[]", 0, HONE_LITERAL_INTEGER, 0, 0, 0},
    {"[:]", 1, HONE_LITERAL_SLICE, HONE_NONE_INTEGER, HONE_NONE_INTEGER, HONE_NONE_INTEGER},
    {"[:, 1:]", 2, HONE_LITERAL_SLICE, 1, HONE_NONE_INTEGER, HONE_NONE_INTEGER},
    {"[..., None, 3:0:-1]", 3, HONE_LITERAL_SLICE, 3, 0, -1},
    {"[::2]", 1, HONE_LITERAL_SLICE, HONE_NONE_INTEGER, HONE_NONE_INTEGER, 2},
    {"[1, None]", 2, HONE_LITERAL_NONE, HONE_NONE_INTEGER, HONE_NONE_INTEGER, HONE_NONE_INTEGER},
    {"[1, ...]", 2, HONE_LITERAL_REST, HONE_NONE_INTEGER, HONE_NONE_INTEGER, HONE_NONE_INTEGER},
};

TEST_EACH(reads, good)
{
    hone_graph *graph = hone_internal_graph_create(false, false);
    int count = -1;
    const hone_literal *items = hone_internal_literal_read(graph, row->name, &count);
    assert_non_null(items);
    assert_int_equal(count, row->count);
    const hone_literal *last = &items[count - 1];
    if (count > 0) {
        assert_int_equal(last->kind, row->kind);
        assert_true(last->start == row->start && last->stop == row->stop && last->step == row->step);
    }
    hone_internal_graph_free(graph);
}

static const struct {
    const char *name;
} bad[] = {{"x"}, {"[1, x]"}, {"[1;2]"}, {"[1:x]"}, {"Nine"}, {"99999999999999999999"}, {"1 2 3"}};

TEST_EACH(refuses, bad)
{
    hone_graph *graph = hone_internal_graph_create(false, false);
    int count;
    assert_null(hone_internal_literal_read(graph, row->name, &count));
    assert_message_has("is not understood at");
    hone_internal_graph_free(graph);
}

TEST(pairs_come_one_after_the_other)
{
    static const char *const expected[][2] = {{"h", "2"}, {"wide", "30"}, {"alone", ""}, {"", "4"}};
    const char *text = " h = 2,wide=30, alone, =4 ,";
    hone_literal_pair pair;
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        assert_true(hone_internal_literal_next_pair(&text, &pair));
        assert_int_equal(pair.name_length, strlen(expected[i][0]));
        assert_memory_equal(pair.name, expected[i][0], pair.name_length);
        assert_int_equal(pair.value_length, strlen(expected[i][1]));
        assert_memory_equal(pair.value, expected[i][1], pair.value_length);
    }
    assert_false(hone_internal_literal_next_pair(&text, &pair));
}
