/* Attention as an operation. */
#include "testing/check_operation.h"

static const operation_use smooth[] = {
    {"attention",
     {"dot_product_attention", .inputs = {S(2, 3, 2, 4), S(2, 4, 2, 4), S(2, 4, 2, 3)}, .operation = true}},
    {"attention of groups",
     {"dot_product_attention(is_causal=True)", .inputs = {S(2, 3, 4, 2), S(2, 4, 2, 2), S(2, 4, 2, 3)},
      .operation = true, .call = "call(scale=0.3)"}},
};

TEST_EACH(trains, smooth)
{
    check_layer(&row->example);
}
