/* Single layers over arrays: learning, terms, what they refuse. */
#include "base/memory.h"
#include "layers/layer.h"
#include "testing/message.h"

static const char *const some[] = {"one two", "two"};

TEST(learns_only_where_there_is_something_to_learn)
{
    const hone_array texts = hone_array_view(some, HONE_TEXT, 1, (int64_t[]){2});
    hone_layer *given = hone_string_lookup(.vocabulary = {"two"}), *bins = hone_hashing(4),
               *unused = hone_text_vectorization();
    assert_failed(hone_layer_adapt(given, &texts), HONE_ERROR_STATE, "was given its vocabulary");
    assert_failed(hone_layer_adapt(bins, &texts), HONE_ERROR_ARGUMENT, "nothing that it learns");
    const hone_array empty = hone_array_view((const char *[]){"  ", "!"}, HONE_TEXT, 1, (int64_t[]){2});
    assert_failed(hone_layer_adapt(unused, &empty), HONE_ERROR_DATA, "the data hold no terms");
    assert_int_equal(hone_layer_adapt(unused, &texts), HONE_OK);
    assert_int_equal(hone_layer_vocabulary_size(unused), 4);
    assert_string_equal(hone_layer_vocabulary_term(unused, 2), "two");
    assert_null(hone_layer_vocabulary_term(unused, 4));
    hone_layer_free(given);
    hone_layer_free(bins);
    hone_layer_free(unused);
}

TEST(refuses_other_layers_and_arrays)
{
    const hone_array texts = hone_array_view(some, HONE_TEXT, 1, (int64_t[]){2});
    const hone_array pair[2] = {texts, hone_array_view(some, HONE_TEXT, 1, (int64_t[]){1})};
    hone_layer *dense = hone_dense(2), *crossing = hone_hashed_crossing(3);
    assert_null(hone_layer_transform(dense, &texts, 1));
    assert_message_has("expected a layer over texts or integers");
    assert_null(hone_layer_transform(crossing, &texts, 1));
    assert_message_has("takes 2 inputs, not 1");
    assert_null(hone_layer_transform(crossing, pair, 2));
    assert_message_has("same number of samples");
    assert_null(hone_layer_transform(NULL, &texts, 1));
    assert_int_equal(hone_layer_vocabulary_size(dense), 0);
    assert_null(hone_layer_vocabulary_term(dense, 0));
    hone_layer_free(dense);
    hone_layer_free(crossing);
}
