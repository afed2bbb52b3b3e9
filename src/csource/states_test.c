/* States in C source. */
#include "testing/c_sources.h"

AROUND_ALL(testing_folder_make, testing_folder_remove);

/* Both files of a model, one behind the other; to be freed. */
static char *source_and_header(const char *layers)
{
    hone_model *model = c_source_model("4, 3", layers);
    assert_int_equal(hone_export_c(model, testing_path("net.c"), NULL), HONE_OK);
    char *source = c_source_text("net.c"), *header = c_source_text("net.h");
    char *both = hone_internal_format("%s%s", source, header);
    hone_internal_free(source);
    hone_internal_free(header);
    hone_model_free(model);
    return both;
}

static const struct {
    const char *name, *layers, *parts[C_SOURCE_PARTS];
} examples[] = {
    {"two states of an LSTM",
     "lstm(2, stateful=true)",
     {"void net_reset(net_states *states)", "        states->lstm_0[i] = 0;",
      "        states->lstm_1[i] = 0;", "void net_predict_with(net_states *states, const float *input,",
      "typedef struct {\n    float lstm_0[2];\n    float lstm_1[2];\n} net_states;\n",
      "void net_reset(net_states *states);"}},
    {"states of two layers have numbers in turn",
     "gru(5, stateful=true, return_sequences=true); gru(2, stateful=true)",
     {"for (i = 0; i < 5; i++)\n        states->gru_0[i] = 0;",
      "for (i = 0; i < 2; i++)\n        states->gru_1_1[i] = 0;",
      "float gru_0[5];\n    float gru_1_1[2];\n} net_states;"}},
    {"a name that begins with a digit",
     "gru(2, stateful=true, name=2nd)",
     {"states->s_2nd_0[i] = 0;", "float s_2nd_0[2];\n} net_states;"}},
};

TEST_EACH(are_a_struct_of_the_caller, examples)
{
    char *text = source_and_header(row->layers);
    check_c_text(text, row->parts);
    hone_internal_free(text);
}

TEST(without_a_state_there_is_none)
{
    char *text = source_and_header("lstm(2)");
    assert_null(strstr(text, "states"));
    assert_null(strstr(text, "_reset"));
    hone_internal_free(text);
}
