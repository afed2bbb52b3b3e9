/* hashing and hashed_crossing: what they refuse; their numbers are in lookup_test.c. */
#include "layers/layer.h"
#include "testing/message.h"

TEST(refuses_what_does_not_fit)
{
    const char *const some[] = {"one", "two", "three", "four"};
    const hone_array texts = hone_array_view(some, HONE_TEXT, 1, (int64_t[]){4}),
                     pairs = hone_array_view(some, HONE_TEXT, 2, (int64_t[]){2, 2}),
                     numbers = hone_array_view((float[]){1, 2.5, 3, 4}, HONE_FLOAT32, 1, (int64_t[]){4});
    const hone_array mixed[2] = {texts, numbers}, wide[2] = {pairs, pairs};
    assert_null(hone_hashing(0));
    assert_message_has("num_bins");
    hone_layer *salted = hone_hashing(3, .salt = {1, 2, 3}), *count = hone_hashing(3, .output_mode = "count"),
               *crossing = hone_hashed_crossing(5);
    assert_null(hone_layer_transform(salted, &texts, 1));
    assert_message_has("one or two integers");
    assert_null(hone_layer_transform(count, &texts, 1));
    assert_message_has("(batch, n)");
    assert_null(hone_layer_transform(crossing, mixed, 2));
    assert_message_has("input 1 holds 2.5 in row 1");
    assert_null(hone_layer_transform(crossing, wide, 2));
    assert_message_has("(batch, 1)");
    hone_layer_free(salted);
    hone_layer_free(count);
    hone_layer_free(crossing);
}
