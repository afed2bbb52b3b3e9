/* The plan of a model as text. */
#include "testing/toy_training.h"

TEST(a_plan_is_of_training_when_the_model_is_compiled)
{
    hone_model *model = toy_model(0);
    char *text = hone_model_plan(model, 7, true);
    assert_non_null(strstr(text, "for a batch of 7, training"));
    assert_non_null(strstr(text, "step_sgd"));
    assert_non_null(strstr(text, "Weights: 8.00 B; optimizer: "));
    hone_free(text);
    text = hone_model_plan(model, 7, false);
    assert_non_null(strstr(text, "for a batch of 7, prediction"));
    assert_null(strstr(text, "step_sgd"));
    hone_free(text);
    hone_model_free(model);
}

TEST(an_axis_without_a_size_has_no_plan)
{
    hone_model *model = hone_sequential(hone_input(HONE_ANY, 3, .name = "words"), hone_dense(1));
    assert_null(hone_model_plan(model, 7, false));
    assert_message_has("the input \"words\" has a variable size on axis 1");
    hone_model_free(model);
}

static const struct {
    const char *name, *link;
    int ranks;
    const char *words;
} refused[] = {{"a link", "10gbe", 2, "unknown link \"10gbe\"; did you mean \"10GbE\"?"},
               {"no link", NULL, 2, "expected a link"},
               {"no ranks", "10GbE", 0, "2 shards of batches of 16 samples for 0 ranks"},
               {"more ranks than shards", "10GbE", 3, "at least a shard a rank"}};

TEST_EACH(a_forecast_needs_a_link_and_ranks, refused)
{
    hone_model *model = toy_model(0);
    assert_null(hone_model_forecast(model, 16, 2, row->ranks, row->link));
    assert_message_has(row->words);
    hone_error_clear();
    hone_model_free(model);
}
