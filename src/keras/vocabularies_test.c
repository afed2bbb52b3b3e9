/* Vocabularies of layers over texts as members of archives. */
#include "keras/keras.h"
#include "keras/vocabularies.h"
#include "testing/message.h"

#include <hone/hone.h>

static hone_model *model_of(hone_layer *layer)
{
    hone_model *model =
        hone_sequential(hone_input(1, .dtype = "string"), layer, hone_embedding(9, 2), hone_flatten());
    if (model == NULL)
        fail_msg("%s", hone_error_message());
    return model;
}

/* Has learned "b" of two samples and "a" of one. What an argument says is in the config alone. */
static hone_model *learned(hone_layer *layer)
{
    static const char *const words[] = {"b", "a", "b"};
    hone_model *model = model_of(layer);
    hone_dataset *data =
        hone_dataset_from_arrays(.x = {hone_array_view(words, HONE_TEXT, 1, (int64_t[]){3})});
    if (hone_adapt(model, data) < 0)
        fail_msg("%s", hone_error_message());
    hone_dataset_free(data);
    return model;
}

static const char *text_of(const hone_vocabularies *of, const char *name)
{
    for (size_t i = 0; i < of->count; i++)
        if (strcmp(of->members[i].name, name) == 0)
            return of->members[i].data;
    return NULL;
}

TEST(a_term_is_a_line)
{
    hone_vocabularies members = {0};
    hone_model *model = learned(hone_string_lookup());
    assert_int_equal(hone_internal_vocabularies_write(model, &members), HONE_OK);
    assert_int_equal(members.count, 1);
    assert_string_equal(text_of(&members, "assets/layers/string_lookup/vocabulary.txt"), "[UNK]\nb\na");
    hone_internal_vocabularies_free(&members);
    hone_model_free(model);
}

/* A term that has an end of a line is in the config, with all others. */
TEST(ends_of_lines_are_no_lines)
{
    static const char *const texts[] = {"b\na", "b\xE2\x80\xA8"};
    hone_vocabularies members = {0};
    hone_model *model = model_of(
        hone_text_vectorization(.split = "character", .output_sequence_length = 3, .standardize = NULL));
    hone_dataset *data =
        hone_dataset_from_arrays(.x = {hone_array_view(texts, HONE_TEXT, 1, (int64_t[]){2})});
    assert_int_equal(hone_adapt(model, data), HONE_OK);
    hone_dataset_free(data);
    hone_config *config = hone_internal_model_to_config(model);
    assert_int_equal(hone_internal_vocabularies_to_config(model, config, false), HONE_OK);
    assert_int_equal(hone_internal_vocabularies_write(model, &members), HONE_OK);
    assert_int_equal(members.count, 0);
    const hone_config *layers =
                          hone_internal_config_get(hone_internal_config_get(config, "config"), "layers"),
                      *terms = hone_internal_config_get(
                          hone_internal_config_get(hone_internal_config_at(layers, 1), "config"),
                          "vocabulary");
    assert_int_equal(hone_internal_config_count(terms), 6);
    bool found = false;
    for (size_t i = 0; i < 6; i++)
        found = found || strcmp(hone_internal_config_text_at(terms, i), "\n") == 0;
    assert_true(found);
    hone_internal_config_free(config);
    hone_model_free(model);
}

/* For itself and for the lookup within it. */
TEST(a_text_vectorization_has_it_twice)
{
    hone_vocabularies members = {0};
    hone_model *model = learned(hone_text_vectorization(.output_sequence_length = 3));
    assert_int_equal(hone_internal_vocabularies_write(model, &members), HONE_OK);
    assert_int_equal(members.count, 2);
    const char *own = text_of(&members, "assets/layers/text_vectorization/vocabulary.txt"),
               *within = text_of(&members, "assets/layers/text_vectorization/_lookup_layer/vocabulary.txt");
    assert_non_null(own);
    assert_non_null(within);
    assert_string_equal(own, within);
    hone_internal_vocabularies_free(&members);
    hone_model_free(model);
}

TEST(other_layers_have_none)
{
    hone_vocabularies members = {0};
    hone_model *models[] = {hone_sequential(hone_input(2), hone_dense(1)),
                            model_of(hone_string_lookup(.vocabulary = {"a"}))};
    for (int i = 0; i < 2; i++) {
        assert_int_equal(hone_internal_vocabularies_write(models[i], &members), HONE_OK);
        assert_int_equal(members.count, 0);
        hone_internal_vocabularies_free(&members);
        hone_model_free(models[i]);
    }
}

/* Terms out of a text: ends of lines of any kind, and what is empty at the end is none. */
static const struct {
    const char *name, *text;
    int64_t size;       /* of the vocabulary, special terms with it */
    const char *second; /* its term number 2 */
} texts[] = {
    {"lines", "[UNK]\nx\ny\nz", 4, "y"},
    {"an end of line at the end", "[UNK]\nx\ny\n", 3, "y"},
    {"lines of another system", "[UNK]\r\nx\r\ny\r\n", 3, "y"},
    {"nothing: as it was", "", 3, "b"},
};

TEST_EACH(terms_are_read, texts)
{
    hone_model *model = model_of(hone_string_lookup(.vocabulary = {"a", "b"}, .name = "look"));
    hone_config *config = hone_internal_config_map(), *all = hone_internal_config_map();
    assert_int_equal(
        hone_internal_config_set(all, "layers/string_lookup", hone_internal_config_text(row->text)), HONE_OK);
    assert_int_equal(hone_internal_config_set(config, HONE_VOCABULARIES_KEY, all), HONE_OK);
    if (hone_internal_vocabularies_read(model, config, NULL) < 0)
        fail_msg("%s", hone_error_message());
    const hone_layer *layer = hone_model_layer(model, "look");
    assert_int_equal(hone_layer_vocabulary_size(layer), row->size);
    assert_string_equal(hone_layer_vocabulary_term(layer, 2), row->second);
    hone_internal_config_free(config);
    hone_model_free(model);
}

TEST(a_file_without_vocabularies_changes_nothing)
{
    hone_model *model = model_of(hone_string_lookup(.vocabulary = {"a"}, .name = "look"));
    hone_config *config = hone_internal_config_map();
    assert_int_equal(hone_internal_vocabularies_read(model, config, NULL), HONE_OK);
    assert_int_equal(hone_layer_vocabulary_size(hone_model_layer(model, "look")), 2);
    hone_internal_config_free(config);
    hone_model_free(model);
}
