/* text_vectorization: what it refuses; its numbers are in lookup_test.c. */
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
                     numbers = hone_array_view((float[]){1, 2}, HONE_FLOAT32, 1, (int64_t[]){2}),
                     pairs = hone_array_view(some, HONE_TEXT, 2, (int64_t[]){1, 2}),
                     broken = hone_array_view((const char *[]){"a\xff"}, HONE_TEXT, 1, (int64_t[]){1});
    refuse(hone_text_vectorization(), &texts, "no vocabulary yet");
    refuse(hone_text_vectorization(.vocabulary = {"a"}), &numbers, "expected texts, received numbers");
    refuse(hone_text_vectorization(.vocabulary = {"a"}), &pairs, "(batch, 1)");
    refuse(hone_text_vectorization(.vocabulary = {"a"}, .split = "character"), &broken,
           "not UTF-8: byte 2 is 0xFF");
    refuse(hone_text_vectorization(.vocabulary = {"a", "a"}), &texts, "stands at the places 0 and 1");
    refuse(hone_text_vectorization(.vocabulary = {"a", "b"}, .max_tokens = 3), &texts,
           "more than max_tokens, 3");
    refuse(hone_text_vectorization(.ngrams = "0"), &texts, "ngrams");
    refuse(hone_text_vectorization(.ngrams = "[2, x]"), &texts, "ngrams");
    refuse(hone_text_vectorization(.output_mode = "count", .output_sequence_length = 3), &texts,
           "output_sequence_length");
    refuse(hone_text_vectorization(.pad_to_max_tokens = true), &texts, "needs max_tokens");
    assert_null(hone_text_vectorization(.ragged = true));
    assert_message_has("ragged outputs are not supported");
}

TEST(survives_failing_allocations)
{
    const hone_array texts = hone_array_view(some, HONE_TEXT, 1, (int64_t[]){2});
    for (int64_t after = 0;; after++) {
        hone_internal_fail_allocations_after(after);
        hone_layer *layer = hone_text_vectorization(.ngrams = "2", .output_mode = "tf_idf");
        hone_array *made = NULL;
        if (layer != NULL && hone_layer_adapt(layer, &texts) >= 0)
            made = hone_layer_transform(layer, &texts, 1);
        hone_internal_fail_allocations_after(-1);
        const bool good = made != NULL;
        if (!good)
            assert_int_equal(hone_error_status(), HONE_ERROR_MEMORY);
        hone_array_free(made);
        hone_layer_free(layer);
        if (good)
            break;
    }
}
