/* string_lookup and integer_lookup: what they refuse; their numbers are in lookup_test.c. */
#include "base/memory.h"
#include "layers/layer.h"
#include "testing/message.h"

static const char *const some[] = {"one two", "two"};

/* `layer` is taken over. */
static void refuse(hone_layer *layer, const hone_array *array, const char *words)
{
    assert_non_null(layer);
    assert_null(hone_layer_transform(layer, array, 1));
    assert_message_has(words);
    hone_layer_free(layer);
}

TEST(refuses_what_does_not_fit)
{
    const hone_array texts = hone_array_view(some, HONE_TEXT, 1, (int64_t[]){2}),
                     numbers = hone_array_view((float[]){1, 2}, HONE_FLOAT32, 1, (int64_t[]){2});
    refuse(hone_string_lookup(.vocabulary = {"two"}, .num_oov_indices = 0), &texts,
           "\"one two\" is not in the vocabulary");
    refuse(hone_string_lookup(.vocabulary = {"a"}, .output_mode = "tf_idf"), &texts, "needs idf_weights");
    refuse(hone_string_lookup(.vocabulary = {"a"}, .output_mode = "count", .idf_weights = {1}), &texts,
           "output_mode \"tf_idf\", not \"count\"");
    refuse(hone_string_lookup(.vocabulary = {"a"}, .mask_token = "a"), &texts,
           "mask token \"a\" stands at place 0");
    refuse(hone_string_lookup(.vocabulary = {"a"}, .salt = {1, 2, 3}), &texts,
           "one or two integers, received 3");
    refuse(hone_string_lookup(.vocabulary = {"a"}, .invert = true, .output_mode = "count"), &numbers,
           "invert");
    refuse(hone_integer_lookup(.vocabulary = {7}), &texts, "expected integers, received texts");
    refuse(hone_integer_lookup(.salt = {1}), &numbers, "farmhash");
}
