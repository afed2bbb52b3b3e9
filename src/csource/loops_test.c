/* Loops over a result in C source. */
#include "csource/words.h"
#include "testing/test.h"

#include <string.h>

/* Axes of size 1 go, neighbours that both operands walk as one are one, an offset stays. */
static const struct {
    const char *name;
    hone_strides walk, expected;
} walks[] = {
    {"nothing", {.rank = 0, .offset = 4}, {.rank = 0, .offset = 4}},
    {"only ones", {.rank = 2, .dims = {1, 1}, .a = {7, 1}, .b = {3, 1}}, {.rank = 0}},
    {"in one piece",
     {.rank = 3, .dims = {2, 3, 4}, .a = {12, 4, 1}, .b = {12, 4, 1}},
     {.rank = 1, .dims = {24}, .a = {1}, .b = {1}}},
    {"a one between",
     {.rank = 3, .dims = {2, 1, 4}, .a = {4, 99, 1}, .b = {4, 0, 1}},
     {.rank = 1, .dims = {8}, .a = {1}, .b = {1}}},
    {"only one operand in one piece",
     {.rank = 2, .dims = {2, 3}, .a = {3, 1}, .b = {0, 1}},
     {.rank = 2, .dims = {2, 3}, .a = {3, 1}, .b = {0, 1}}},
    {"turned round",
     {.rank = 2, .dims = {2, 3}, .a = {-3, -1}, .b = {-3, -1}, .offset = 5},
     {.rank = 1, .dims = {6}, .a = {-1}, .b = {-1}, .offset = 5}},
    {"the same number all over", {.rank = 2, .dims = {2, 3}}, {.rank = 1, .dims = {6}}},
};

TEST_EACH(collapse, walks)
{
    const hone_strides less = hone_internal_c_collapse(&row->walk);
    assert_int_equal(less.rank, row->expected.rank);
    assert_int_equal(less.offset, row->expected.offset);
    for (int axis = 0; axis < less.rank; axis++) {
        assert_int_equal(less.dims[axis], row->expected.dims[axis]);
        assert_int_equal(less.a[axis], row->expected.a[axis]);
        assert_int_equal(less.b[axis], row->expected.b[axis]);
    }
}

static const struct {
    const char *name, *text;
    hone_strides walk;
    int64_t offset;
} elements[] = {
    {"one number", "a[0]", {.rank = 0}, 0},
    {"in a row", "a[i0]", {.rank = 1, .a = {1}}, 0},
    {"an axis left out", "a[i1 * 3]", {.rank = 2, .a = {0, 3}}, 0},
    {"all left out", "a[7]", {.rank = 2}, 7},
    {"an offset behind", "a[i0 * 6 + i1 + 5]", {.rank = 2, .a = {6, 1}}, 5},
    {"backwards", "a[-i0 * 3 - i1 + 5]", {.rank = 2, .a = {-3, -1}}, 5},
};

TEST_EACH(an_element_is_said, elements)
{
    hone_c_words words = {.prefix = "net"};
    hone_internal_c_element(&words, "a", row->offset, &row->walk, row->walk.a);
    assert_string_equal(words.body.data, row->text);
    hone_internal_c_words_free(&words);
}

/* y < 0: one operand; `statements`: braces. */
static const struct {
    const char *name, *text;
    int rank, y;
    bool statements;
} loops[] = {
    {"one number", "    {\n        float *to = r;\n        const float *const a = x;\n        ", 0, -1,
     false},
    {"one number, several statements",
     "    {\n        float *to = r;\n        const float *const a = x, *const b = y;\n        {\n            ",
     0, 2, true},
    {"rows",
     "    {\n        float *to = r;\n        const float *const a = x;\n        int32_t i0, i1;\n"
     "        for (i0 = 0; i0 < 2; i0++)\n            for (i1 = 0; i1 < 3; i1++)\n                ",
     2, -1, false},
    {"several statements within",
     "    {\n        float *to = r;\n        const float *const a = x, *const b = y;\n        int32_t i0;\n"
     "        for (i0 = 0; i0 < 2; i0++) {\n            ",
     1, 2, true},
};

TEST_EACH(loops_are_begun, loops)
{
    hone_c_slot slots[3] = {{.into = -1}, {.into = -1}, {.into = -1}};
    const hone_c_program program = {.slots = slots, .slot_count = 3};
    const char *const names[] = {"r", "x", "y"};
    hone_c_words words = {.program = &program, .prefix = "net", .names = names};
    const hone_strides walk = {.rank = row->rank, .dims = {2, 3}};
    hone_internal_c_begin_loops(&words, &walk, 0, 1, row->y, row->statements);
    assert_string_equal(words.body.data, row->text);
    assert_int_equal(words.calls, 2);
    hone_internal_c_words_free(&words);
}
