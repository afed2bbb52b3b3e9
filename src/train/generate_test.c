/* Writing text, with models whose next symbol can be told: symbol i is followed by i + 1. */
#include "model/model.h"
#include "testing/message.h"

#include <hone/generate.h>
#include <hone/hone.h>
#include <math.h>

/* Sets what an embedding [count, count], or a dense kernel on one-hot symbols, makes of each symbol: `surely`
 * for the next one, 1 for the one after, 0 for the others. */
static void set_numbers(hone_model *model, int count, double surely)
{
    float *numbers = hone_internal_variable_data(hone_model_weight(model, 0));
    for (int i = 0; i < count; i++)
        for (int j = 0; j < count; j++)
            numbers[i * count + j] = j == (i + 1) % count ? (float)surely : j == (i + 2) % count ? 1 : 0;
}

static hone_model *chain(const char *input, const char *layer, const char *classes, int count, double surely)
{
    hone_model *model = hone_sequential(hone_layer_from_text(input), hone_layer_from_text(layer));
    if (model == NULL || (classes != NULL && hone_model_set_data(model, "classes", classes) < 0))
        fail_msg("%s", hone_error_message());
    set_numbers(model, count, surely);
    return model;
}

static hone_model *abc(double surely)
{
    return chain("input(shape=[None])", "embedding(3, 3)", "[a, b, c]", 3, surely);
}

static void check_text(hone_model *model, const hone_generate_args *how, const char *expected)
{
    char *text = hone_generate_with(model, how);
    if (text == NULL)
        fail_msg("%s", hone_error_message());
    assert_string_equal(text, expected);
    hone_free(text);
    hone_model_free(model);
}

static const struct {
    const char *name, *input, *layer, *classes;
    int count;
    const char *prompt, *expected;
} models[] = {
    {"numbers of symbols", "input(shape=[None])", "embedding(3, 3)", "[a, b, c]", 3, "a", "abcabca"},
    {"one-hot symbols", "input(shape=[None, 3])", "dense(3, use_bias=False)", "[a, b, c]", 3, "b", "bcabcab"},
    {"a window of symbols", "input(shape=[2])", "embedding(3, 3)", "[a, b, c]", 3, "abc", "abcabcabc"},
    {"a window that is not full", "input(shape=[5])", "embedding(3, 3)", "[a, b, c]", 3, "c", "cabcabc"},
    {"symbols of several letters, the longest first", "input(shape=[None])", "embedding(3, 3)", "[a, ab, c]",
     3, "ab", "abcaabcaab"},
    {"letters of several bytes", "input(shape=[None])", "embedding(2, 2)", "[\xc3\xa9, z]", 2, "\xc3\xa9",
     "\xc3\xa9z\xc3\xa9z\xc3\xa9z\xc3\xa9"},
};

TEST_EACH(the_likeliest_symbols_follow, models)
{
    const hone_generate_args how = {.base = {sizeof how, "test"},
                                    .prompt = row->prompt,
                                    .length = 6,
                                    .temperature = 0,
                                    .beams = HONE_NONE_INTEGER,
                                    .top_k = HONE_NONE_INTEGER,
                                    .top_p = HONE_NONE};
    check_text(chain(row->input, row->layer, row->classes, row->count, 9), &how, row->expected);
}

/* Of equals the one of the lower number; of logits the softmax. */
TEST(probabilities_are_those_of_logits)
{
    hone_model *model = abc(1);
    hone_generation *generation = hone_generation_begin(model);
    int64_t count;
    assert_null(hone_generation_probabilities(generation, &count));
    assert_int_equal(hone_generation_read(generation, "a"), HONE_OK);
    const double *p = hone_generation_probabilities(generation, &count); /* logits 0, 1, 1 */
    assert_int_equal(count, 3);
    assert_true(fabs(p[0] - 1 / (1 + 2 * exp(1))) < 1e-6 && fabs(p[1] - p[2]) < 1e-9);
    const char *symbol;
    const hone_sampling_args likeliest = {
        .base = {sizeof likeliest, "test"}, .top_k = HONE_NONE_INTEGER, .top_p = HONE_NONE};
    assert_int_equal(hone_generation_next(generation, &likeliest, &symbol), HONE_OK);
    assert_string_equal(symbol, "b");
    hone_generation_free(generation);
    hone_model_free(model);
}

/* What may be chosen: logits 2 for the next symbol, 1 for the one after, 0 for itself. */
static const struct {
    const char *name;
    double temperature, top_p;
    int64_t top_k;
    bool next, after, itself; /* of "a": b, c, a */
} choices[] = {
    {"all", 1, HONE_NONE, HONE_NONE_INTEGER, true, true, true},
    {"the two likeliest", 1, HONE_NONE, 2, true, true, false},
    {"the likeliest", 1, HONE_NONE, 1, true, false, false},
    {"more than there are", 1, HONE_NONE, 9, true, true, true},
    {"those of two thirds together", 1, 0.66, HONE_NONE_INTEGER, true, false, false},
    {"those of nine tenths together", 1, 0.9, HONE_NONE_INTEGER, true, true, false},
    {"hardly another", 0.01, HONE_NONE, HONE_NONE_INTEGER, true, false, false},
    {"as bold as can be", 1000, HONE_NONE, HONE_NONE_INTEGER, true, true, true},
};

TEST_EACH(symbols_are_chosen, choices)
{
    bool seen[3] = {false};
    hone_model *model = abc(2);
    for (int seed = 0; seed < 60; seed++) {
        char *text = hone_generate(model, .prompt = "a", .length = 1, .temperature = row->temperature,
                                   .top_k = row->top_k, .top_p = row->top_p, .seed = seed);
        assert_non_null(text);
        seen[text[1] - 'a'] = true;
        hone_free(text);
    }
    assert_int_equal(seen[1], row->next);
    assert_int_equal(seen[2], row->after);
    assert_int_equal(seen[0], row->itself);
    hone_model_free(model);
}

TEST(a_seed_gives_its_text_again)
{
    hone_model *model = abc(1);
    char *first = hone_generate(model, .prompt = "a", .length = 50, .seed = 7),
         *again = hone_generate(model, .prompt = "a", .length = 50, .seed = 7),
         *other = hone_generate(model, .prompt = "a", .length = 50, .seed = 8);
    assert_string_equal(first, again);
    assert_string_not_equal(first, other);
    hone_free(first);
    hone_free(again);
    hone_free(other);
    hone_model_free(model);
}

static const struct {
    const char *name, *input, *layer, *classes;
    int count;
    const char *prompt, *words;
} refused[] = {
    {"no prompt", "input(shape=[None])", "embedding(2, 2)", "[a, b]", 2, "", "the prompt is empty"},
    {"a letter that is not known", "input(shape=[None])", "embedding(2, 2)", "[a, b]", 2, "ab\xc3\xa9",
     "character 3 of the text, \"\xc3\xa9\", is not among the 2 that the model knows"},
    {"no UTF-8", "input(shape=[None])", "embedding(2, 2)", "[a, b]", 2, "a\xff",
     "the text is not UTF-8: byte 2 is 0xFF"},
    {"no vocabulary", "input(shape=[None])", "embedding(2, 2)", NULL, 2, "a", "the model has no vocabulary"},
    {"another number of outputs", "input(shape=[None])", "embedding(2, 2)", "[a, b, c]", 2, "a",
     "the model has 2 outputs for each step, but its vocabulary 3 symbols"},
    {"inputs of another width", "input(shape=[None, 3])", "dense(2)", "[a, b]", 0, "a",
     "the input must be (batch, steps)"},
    {"a symbol twice", "input(shape=[None])", "embedding(2, 2)", "[a, a]", 2, "a",
     "a symbol of the vocabulary occurs twice"},
};

TEST_EACH(refuses, refused)
{
    hone_model *model = chain(row->input, row->layer, row->classes, row->count, 1);
    hone_error_clear();
    assert_null(hone_generate(model, .prompt = row->prompt, .length = 1));
    assert_message_has(row->words);
    hone_model_free(model);
}

TEST(nothing_is_continued_before_a_text)
{
    hone_model *model = abc(1);
    hone_generation *generation = hone_generation_begin(model);
    const char *symbol;
    hone_error_clear();
    assert_failed(hone_generation_next(generation, NULL, &symbol), HONE_ERROR_STATE,
                  "there is no text yet to continue");
    assert_int_equal(hone_generation_read(generation, "ab"), HONE_OK);
    assert_int_equal(hone_generation_reset(generation), HONE_OK);
    int64_t count;
    assert_null(hone_generation_probabilities(generation, &count));
    hone_generation_free(generation);
    hone_generation_free(NULL);
    hone_model_free(model);
}
