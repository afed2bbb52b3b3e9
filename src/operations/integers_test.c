/* Bits, divisors, places among sorted numbers. */
#include "testing/check_operation.h"

#define WHOLE .inputs = {S(2, 4, 3)}, .operation = true, .ids = 20, .no_gradient = true
#define BOTH .inputs = {S(2, 4, 3), S(2, 4, 3)}, .operation = true, .ids = 20, .no_gradient = true

static const operation_use flat[] = {
    {"bitwise_and", {"bitwise_and", BOTH}},
    {"bitwise_or", {"bitwise_or", WHOLE, .call = "call(y=5)"}},
    {"bitwise_xor", {"bitwise_xor", WHOLE, .call = "call(x=5)"}},
    {"bitwise_not", {"bitwise_not", WHOLE}},
    {"bitwise_invert", {"bitwise_invert", WHOLE}},
    {"left_shift", {"left_shift", WHOLE, .call = "call(y=\"[1, 2, 3]\")"}},
    {"right_shift", {"right_shift", WHOLE, .call = "call(y=1)"}},
    {"gcd", {"gcd", BOTH}},
    {"lcm", {"lcm", BOTH}},
    {"digitize", {"digitize", X, .call = "call(bins=\"[-1, 0, 0.5]\")", .no_gradient = true}},
    {"digitize downward", {"digitize", X, .call = "call(bins=\"[1, 0, -0.5]\")", .no_gradient = true}},
    {"search_sorted",
     {"search_sorted(right)", X, .call = "call(sorted_sequence=\"[-1, 0, 0.5]\")", .no_gradient = true}},
    {"is_in", {"is_in(invert=true)", WHOLE, .call = "call(x2=\"[[1, 2], [3, 7]]\")"}},
    {"unravel_index", {"unravel_index([4, 5])", WHOLE}},
};

TEST_EACH(works, flat)
{
    check_layer(&row->example);
}

TEST(has_the_numbers_of_keras)
{
    const layer_example shift = {"bitwise_left_shift", .inputs = {S(5)}, .operation = true,
                                 .call = "call(y=\"[1, 31, 32, 4, 30]\")"},
                        back = {"right_shift", .inputs = {S(5)}, .operation = true,
                                .call = "call(y=\"[1, 31, 40, 1, 2]\")"},
                        multiple = {"lcm", .inputs = {S(5)}, .operation = true,
                                    .call = "call(x2=\"[4, 6, -4, 0, 0]\")"};
    const double x[] = {-3, 1, 1, 7, 2}, up[] = {-6, -2147483648.0, 0, 112, -2147483648.0},
                 y[] = {-3, 5, -7, 9, -9}, down[] = {-2, 0, -1, 4, -3}, z[] = {6, 4, 6, 5, 0},
                 both[] = {12, 12, 12, 0, 0};
    check_layer_numbers(&shift, (const double *[]){x}, up);
    check_layer_numbers(&back, (const double *[]){y}, down);
    check_layer_numbers(&multiple, (const double *[]){z}, both);
}

static const operation_refused refused[] = {
    {"sorted numbers of two axes", "digitize", "call(bins=\"[[1, 2]]\")", "must have one axis, not 2"},
    {"a side", "search_sorted(middle)", NULL, "left"},
    {"sizes of nothing", "unravel_index([4, 0])", NULL, "shape"},
};

TEST_EACH(refuses, refused)
{
    check_operation_refused(row);
}
