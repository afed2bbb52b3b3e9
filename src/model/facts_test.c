/* What a model knows of its training data: asked for, set, and as a text. */
#include "formats/formats.h"
#include "model/model.h"
#include "testing/message.h"

#include <hone/hone.h>

static hone_model *model_with(const char *schema)
{
    hone_model *model = hone_sequential(hone_input(2), hone_dense(1));
    model->schema = schema == NULL ? NULL : hone_internal_json_parse(schema, strlen(schema), "test");
    return model;
}

static const struct {
    const char *name, *schema, *text;
} texts[] = {
    {"nothing", NULL, "nothing is known of the training data\n"},
    {"arrays", "{\"format\": \"arrays\", \"scale\": 0.5}", "format: arrays\nscale: 0.5\n"},
    {"classes", "{\"format\": \"images\", \"classes\": [\"cat\", \"dog\"]}",
     "format: images\nclasses: cat, dog\n"},
    {"characters that end lines",
     "{\"format\": \"characters\", \"classes\": [\"\\n\", \"\\r\", \"\\t\", \"a\"]}",
     "format: characters\nclasses: \\n, \\r, \\t, a\n"},
    {"a tokenizer by its number of pieces",
     "{\"format\": \"characters\", \"window\": 8, \"classes\": [\"a\", \"in\"], \"tokenizer\": [\"AAAA\"]}",
     "format: characters\nwindow: 8\ntokenizer: SentencePiece, 2 pieces\nclasses: a, in\n"},
    {"what is null or a map is passed by", "{\"format\": \"arrays\", \"scale\": null, \"more\": {\"a\": 1}}",
     "format: arrays\n"},
    {"a table",
     "{\"format\": \"table\", \"columns\": [{\"name\": \"age\", \"mean\": 38.5, \"deviation\": 2.0, \"fill\": 40.0}, {\"name\": "
     "\"city\", \"categories\": [\"Oslo\", \"Rome\"]}, {\"name\": \"id\"}, {\"name\": \"kind\", \"categories\": [\"a\", "
     "\"b\"]}], \"inputs\": [{\"columns\": [0, 1]}], \"targets\": [{\"columns\": [3]}]}",
     "format: table\n"
     "  input   age  number, missing ones become 40.0, standardized: less 38.5, divided by 2.0\n"
     "  input   city categories: Oslo, Rome\n"
     "  unused  id   \n"
     "  target  kind classes: a, b\n"},
    {"a pair of tables",
     "{\"format\": \"pair\", \"x\": {\"format\": \"table\", \"columns\": [{\"name\": \"a\"}], \"inputs\": "
     "[{\"columns\": [0]}], \"targets\": []}, \"y\": null}",
     "format: pair\ninputs:\nformat: table\n  input   a number\n"},
};

TEST_EACH(facts_are_told, texts)
{
    hone_model *model = model_with(row->schema);
    char *text = hone_model_data_text(model);
    assert_non_null(text);
    assert_string_equal(text, row->text);
    hone_free(text);
    hone_model_free(model);
}

TEST(many_names_are_cut)
{
    hone_model *model = model_with("{\"format\": \"images\"}");
    hone_config *names = hone_internal_config_list();
    for (int i = 0; i < 21; i++)
        assert_int_equal(hone_internal_config_append(names, hone_internal_config_text("n")), HONE_OK);
    assert_int_equal(hone_internal_config_set(model->schema, "classes", names), HONE_OK);
    char *text = hone_model_data_text(model);
    assert_non_null(strstr(text, "n, n, ... (21 in all)\n"));
    hone_free(text);
    hone_model_free(model);
}

/* What is set, and asked for afterwards; or why not. */
static const struct {
    const char *name, *schema, *key, *value, *kept, *words;
} facts[] = {
    {"a scale", NULL, "scale", "0.25", "0.25", NULL},
    {"a scale that is taken away", "{\"format\": \"arrays\", \"scale\": 0.5}", "scale", NULL, NULL, NULL},
    {"classes", "{\"format\": \"images\"}", "classes", "[cat, dog]", "[\"cat\", \"dog\"]", NULL},
    {"the scale 0", NULL, "scale", "0", NULL, "scale must be a number other than 0"},
    {"an unknown preparation", NULL, "preprocess", "keras", NULL, "preprocess must be caffe, tf or torch"},
    {"a threshold above 1", NULL, "threshold", "2", NULL,
     "threshold must be a number other than 0 and at most 1"},
    {"an unknown fact", NULL, "scael", "1", NULL, "\"scale\""},
    {"classes of a table", "{\"format\": \"table\", \"columns\": []}", "classes", "[a]", NULL,
     "the classes of a table are the categories of its target; they cannot be set"},
};

TEST_EACH(a_fact_is_set, facts)
{
    hone_model *model = model_with(row->schema);
    hone_error_clear();
    const hone_status status = hone_model_set_data(model, row->key, row->value);
    assert_int_equal(status < 0, row->words != NULL);
    if (row->words != NULL)
        assert_message_has(row->words);
    char *kept = hone_model_data(model, row->key);
    if (row->kept == NULL)
        assert_null(kept);
    else
        assert_string_equal(kept, row->kept);
    hone_free(kept);
    hone_model_free(model);
}

TEST(a_threshold_is_a_half_unless_one_is_set)
{
    hone_model *model = model_with(NULL);
    assert_true(hone_model_threshold(model) == 0.5 && hone_model_threshold(NULL) == 0.5);
    assert_int_equal(hone_model_set_data(model, "threshold", "0.125"), HONE_OK);
    assert_true(hone_model_threshold(model) == 0.125);
    hone_model_free(model);
}

static const struct {
    const char *name, *loss, *says;
    int units;
} not_for_a_threshold[] = {
    {"several classes", "sparse_categorical_crossentropy", "the output has 3 numbers", 3},
    {"a regression", "mse", "the loss mean_squared_error is one of numbers", 1}};

TEST_EACH(a_threshold_needs_a_probability, not_for_a_threshold)
{
    hone_model *model = hone_sequential(hone_input(2), hone_dense(row->units));
    assert_int_equal(hone_compile(model, .loss = row->loss), HONE_OK);
    assert_true(hone_model_set_data(model, "threshold", "0.3") < 0);
    assert_message_has(row->says);
    assert_float_equal(hone_model_threshold(model), 0.5, 0);
    hone_model_free(model);
}
