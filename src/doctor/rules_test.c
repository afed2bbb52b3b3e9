/* Rules, each with a table of numbers. */
#include "doctor/doctor.h"
#include "doctor/rules.h"
#include "testing/test.h"

#include <math.h>

static bool holds(const hone_doctor_rule *rule, const hone_doctor_facts *facts, hone_finding *finding)
{
    *finding = (hone_finding){.id = rule->id, .grade = rule->grade};
    return rule->test(facts, finding);
}

TEST(rules_say_all_that_help_needs)
{
    for (int i = 0; hone_doctor_rule_at(i) != NULL; i++) {
        const hone_doctor_rule *rule = hone_doctor_rule_at(i);
        const char *const texts[] = {rule->id,   rule->title, rule->phase, rule->suppresses, rule->what,
                                     rule->told, rule->alike, rule->cure,  rule->source};
        for (size_t t = 0; t < sizeof texts / sizeof *texts; t++)
            assert_non_null(texts[t]);
        assert_non_null(strchr("FMCN", rule->grade));
        for (int other = 0; other < i; other++)
            assert_string_not_equal(rule->id, hone_doctor_rule_at(other)->id);
    }
}

TEST(rules_suppress_rules_that_there_are)
{
    for (int i = 0; hone_doctor_rule_at(i) != NULL; i++)
        for (const char *at = hone_doctor_rule_at(i)->suppresses; *at != '\0';) {
            size_t length = strcspn(at, "|");
            bool known = false;
            for (int other = 0; hone_doctor_rule_at(other) != NULL && !known; other++)
                known = strlen(hone_doctor_rule_at(other)->id) == length &&
                        strncmp(hone_doctor_rule_at(other)->id, at, length) == 0;
            if (!known)
                fail_msg("%s: \"%.*s\"", hone_doctor_rule_at(i)->id, (int)length, at);
            at += length + (at[length] == '|');
        }
}

TEST(rules_find_nothing_where_nothing_is_known)
{
    hone_doctor_facts facts = hone_doctor_facts_none();
    hone_finding finding;
    for (int i = 0; hone_doctor_rule_at(i) != NULL; i++)
        if (holds(hone_doctor_rule_at(i), &facts, &finding))
            fail_msg("%s", finding.id);
}

TEST(dead_units_are_told_from_sparse_ones)
{
    hone_doctor_layer layer = {.name = "dense",
                               .owner = "dense",
                               .activation = "relu",
                               .units = 100,
                               .weights = true,
                               .start = {.dead = 0},
                               .end = {.dead = 0.85}};
    hone_doctor_facts facts = hone_doctor_facts_none();
    hone_finding finding;
    facts.layers = &layer;
    facts.layer_count = 1;
    assert_true(holds(&hone_internal_doctor_dead_relu, &facts, &finding));
    assert_string_equal(finding.layer, "dense");
    layer.end.dead = 0.3;
    assert_false(holds(&hone_internal_doctor_dead_relu, &facts, &finding));
}

TEST(rates_are_too_high_only_where_a_run_is_bad)
{
    hone_doctor_facts facts = hone_doctor_facts_none();
    hone_finding finding;
    facts.update = 0.5;
    facts.rate = 1;
    facts.outcome = HONE_OUTCOME_LEARNED;
    assert_false(holds(&hone_internal_doctor_rate_too_high, &facts, &finding));
    facts.outcome = HONE_OUTCOME_STUCK;
    assert_true(holds(&hone_internal_doctor_rate_too_high, &facts, &finding));
    assert_int_equal(finding.grade, 'M');
    assert_string_equal(finding.cures[0].edits[0].value, "0.1");
}

TEST(gradients_vanish_by_ratio_and_factor)
{
    hone_doctor_layer layers[] = {{.name = "dense", .depth = 1, .weights = true, .activation = "sigmoid"},
                                  {.name = "dense_1", .depth = 12, .weights = true, .output = true}};
    hone_doctor_facts facts = hone_doctor_facts_none();
    hone_finding finding;
    facts.layers = layers;
    facts.layer_count = 2;
    facts.weight_layers = 12;
    facts.gradient_ratio = 1e-8;
    facts.gradient_first = 1e-9;
    facts.flow = 0.2;
    assert_true(holds(&hone_internal_doctor_vanishing_gradients, &facts, &finding));
    assert_string_equal(finding.layer, "dense");
    facts.flow = 0.9;
    assert_false(holds(&hone_internal_doctor_vanishing_gradients, &facts, &finding));
}

TEST(trends_and_quantiles_are_those_of_the_numbers)
{
    double numbers[] = {5, 4, 3, 2, 1, 0, -1, -2};
    assert_true(hone_internal_trend(numbers, 8) < -2.6);
    assert_true(fabs(hone_internal_median(numbers, 8) - 1.5) < 1e-12);
    assert_true(fabs(hone_internal_quantile(numbers, 8, 1) - 5) < 1e-12);
}

/* Each row: what is known, and whether it is enough. */
typedef struct number_row {
    const hone_doctor_rule *rule;
    void (*fill)(hone_doctor_facts *facts, double number);
    double enough, little;
} number_row;

static void collapse(hone_doctor_facts *facts, double number)
{
    facts->collapsed = number > 0 ? "conv2d_1" : NULL;
    facts->collapsed_stride = (int64_t)number;
    facts->collapsed_window = 2;
}
static void refuse_window(hone_doctor_facts *facts, double number)
{
    facts->refusal = number > 0
                         ? "conv2d: a window of 3 does not fit in the 2 positions of axis 1 of its input "
                           "(None, 2, 2, 8)"
                         : "dense: shapes";
    facts->refused_layer = "conv2d_2";
}
static void refuse_channels(hone_doctor_facts *facts, double number)
{
    facts->refusal =
        number > 0 ? "a window of 3 does not fit in the 1 positions of axis 1 of its input (None, 1, 28, 28)"
                   : "a window of 3 does not fit in the 2 positions of axis 1 of its input (None, 2, 28, 28)";
    facts->refused_layer = "conv2d";
}
static void silence(hone_doctor_facts *facts, double number)
{
    facts->dead_branch = "c";
    facts->dead_branch_into = "add";
    facts->dead_branch_checks = (int64_t)number;
    facts->rate = 1;
}
static void round_years(hone_doctor_facts *facts, double number)
{
    facts->bfloat16 = true;
    facts->bf16_distinct = 0.14;
    facts->bf16_error = number;
}
static void turn(hone_doctor_facts *facts, double number)
{
    facts->bf16_cosine = number;
    facts->bf16_layer = "dense";
}
static void forget(hone_doctor_facts *facts, double number)
{
    facts->outcome = HONE_OUTCOME_STUCK;
    facts->time_ratio = number;
    facts->time_layer = "simple_rnn";
    facts->time_class = "SimpleRNN";
}
static void grow(hone_doctor_facts *facts, double number)
{
    facts->outcome = HONE_OUTCOME_BROKE;
    facts->time_growth = number;
    facts->time_layer = "simple_rnn";
}
static void pad(hone_doctor_facts *facts, double number)
{
    facts->outcome = HONE_OUTCOME_STUCK;
    facts->padding = number;
    facts->pad_layer = "lstm";
    facts->pad_value = 0;
}
static void sharpen(hone_doctor_facts *facts, double number)
{
    facts->outcome = HONE_OUTCOME_STUCK;
    facts->attention_collapsed = number;
    facts->attention_layer = "attention";
}
static void leak(hone_doctor_facts *facts, double number)
{
    facts->causal_asked = "the targets are the inputs one step later";
    facts->leak = number;
}

TEST(networks_of_more_kinds_have_bounds)
{
    static const number_row rows[] = {{&hone_internal_doctor_map_collapsed, collapse, 3, 0},
                                      {&hone_internal_doctor_map_collapsed, refuse_window, 1, 0},
                                      {&hone_internal_doctor_channels_first, refuse_channels, 1, 0},
                                      {&hone_internal_doctor_dead_branch, silence, 3, 2},
                                      {&hone_internal_doctor_bf16_inputs, round_years, 0.2, 0.01},
                                      {&hone_internal_doctor_bf16_gradients, turn, 0.7, 0.95},
                                      {&hone_internal_doctor_time_vanishing, forget, 1e-8, 0.5},
                                      {&hone_internal_doctor_time_exploding, grow, 1e6, 20},
                                      {&hone_internal_doctor_padding_unmasked, pad, 0.8, 0.3},
                                      {&hone_internal_doctor_attention_collapse, sharpen, 0.5, 0.25},
                                      {&hone_internal_doctor_future_leak, leak, 0.2, 1e-7}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        hone_doctor_facts facts = hone_doctor_facts_none();
        hone_finding finding;
        rows[i].fill(&facts, rows[i].enough);
        if (!holds(rows[i].rule, &facts, &finding) || finding.message[0] == '\0')
            fail_msg("%s is not found", rows[i].rule->id);
        assert_true(finding.cure_count > 0 || finding.advice[0] != '\0');
        facts = hone_doctor_facts_none();
        rows[i].fill(&facts, rows[i].little);
        if (holds(rows[i].rule, &facts, &finding))
            fail_msg("%s: %s", rows[i].rule->id, finding.message);
    }
}

TEST(sequences_of_runs_that_learn_are_left_alone)
{
    hone_doctor_facts facts = hone_doctor_facts_none();
    hone_finding finding;
    forget(&facts, 1e-9);
    pad(&facts, 0.9);
    sharpen(&facts, 1);
    facts.outcome = HONE_OUTCOME_LEARNED;
    assert_false(holds(&hone_internal_doctor_time_vanishing, &facts, &finding));
    assert_false(holds(&hone_internal_doctor_padding_unmasked, &facts, &finding));
    assert_false(holds(&hone_internal_doctor_attention_collapse, &facts, &finding));
}

/* What is refused, and what the cure is. */
static const struct refused {
    const char *name, *refusal, *layer, *after_class, *kind, *value;
} refused[] = {
    {"steps", "line 3: needs an input of shape (batch, steps, n), n known, not (None, 13)", "lstm",
     "InputLayer", "before", "reshape: {target_shape: [13, 1]}"},
    {"sequences", "needs an input of shape (batch, steps, n), n known, not (None, 8)", "lstm_1", "LSTM",
     "return_sequences", "true"},
    {"picture", "needs an input of shape (batch, height, width, channels), not (None, 784)", "conv2d",
     "InputLayer", "before", "reshape: {target_shape: [28, 28, 1]}"},
    {"channels", "needs an input of shape (batch, height, width, channels), not (None, 28, 28)", "conv2d",
     "InputLayer", "before", "reshape: {target_shape: [28, 28, 1]}"},
    {"no square", "needs an input of shape (batch, height, width, channels), not (None, 13)", "conv2d",
     "InputLayer", "advice", ""},
    {"flatten", "needs an input of shape (batch, features), not (None, 4, 8)", "repeat_vector",
     "RepeatVector", "before", "flatten"},
    {"input", "the input \"x\" takes data of shape (None, 14), not (None, 13)", "", "", "shape", "[13]"},
    {"form", "the input \"x\" takes data of shape (None, 784), not (None, 28, 28)", "", "", "shape",
     "[28, 28]"},
};

TEST_EACH(shapes_that_do_not_fit_have_cures, refused)
{
    hone_doctor_facts facts = hone_doctor_facts_none();
    hone_finding finding;
    facts.refusal = row->refusal;
    facts.refused_layer = row->layer;
    facts.refused_after = "lstm";
    facts.refused_after_class = row->after_class;
    assert_true(holds(&hone_internal_doctor_shape_mismatch, &facts, &finding));
    const hone_edit *edit = &finding.cures[0].edits[0];
    if (strcmp(row->kind, "advice") == 0) {
        assert_int_equal(finding.cure_count, 0);
        assert_true(finding.advice[0] != '\0');
        return;
    }
    if (strcmp(row->kind, "before") == 0)
        assert_int_equal(edit->kind, HONE_EDIT_INSERT);
    else
        assert_string_equal(edit->argument, row->kind);
    assert_string_equal(edit->value, row->value);
    assert_int_equal(finding.cures[0].count,
                     strstr(row->refusal, "784), not (None, 28, 28)") != NULL ? 2 : 1);
}

static void scale_ids(hone_doctor_facts *facts, double share)
{
    facts->ids_layer = "embedding";
    facts->ids_known = 100;
    facts->x_whole = share;
    facts->x_high = 0.5;
}
static void name_ids(hone_doctor_facts *facts, double largest)
{
    facts->refusal = "not an id";
    facts->ids_layer = "embedding";
    facts->ids_known = 100;
    facts->x_whole = 1;
    facts->x_high = largest;
}
static void mark_several(hone_doctor_facts *facts, double share)
{
    static hone_doctor_output output;
    output = (hone_doctor_output){.layer = "dense",
                                  .loss = "categorical_crossentropy",
                                  .has_loss = true,
                                  .task = HONE_DOCTOR_ROWS,
                                  .units = 4,
                                  .target_width = 4,
                                  .labels = 100,
                                  .y_whole = 1,
                                  .y_high = 1,
                                  .target_sums = share};
    facts->outputs = &output;
    facts->output_count = 1;
}

TEST(ids_and_targets_have_bounds)
{
    static const number_row rows[] = {{&hone_internal_doctor_embedding_ids, scale_ids, 0.2, 1},
                                      {&hone_internal_doctor_embedding_ids, name_ids, 100, 99},
                                      {&hone_internal_doctor_loss_task, mark_several, 0.5, 1}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        hone_doctor_facts facts = hone_doctor_facts_none();
        hone_finding finding;
        rows[i].fill(&facts, rows[i].enough);
        assert_true(holds(rows[i].rule, &facts, &finding));
        assert_true(finding.cure_count > 0 || finding.advice[0] != '\0');
        facts = hone_doctor_facts_none();
        rows[i].fill(&facts, rows[i].little);
        assert_false(holds(rows[i].rule, &facts, &finding));
    }
}

TEST(ids_beyond_floats_need_hashing)
{
    hone_doctor_facts facts = hone_doctor_facts_none();
    hone_finding finding;
    name_ids(&facts, 1 << 24);
    assert_true(holds(&hone_internal_doctor_embedding_ids, &facts, &finding));
    assert_int_equal(finding.cure_count, 0);
    assert_non_null(strstr(finding.advice, "hashing"));
}

/* A rescaling behind the last weights brings the outputs to the targets. */
TEST(targets_that_a_layer_scales_are_left_alone)
{
    hone_doctor_output output = {.layer = "dense",
                                 .loss = "mean_squared_error",
                                 .has_loss = true,
                                 .task = HONE_DOCTOR_NUMBERS,
                                 .units = 1,
                                 .target_width = 1,
                                 .labels = 100,
                                 .y_rms = 300,
                                 .y_mean = 276,
                                 .y_sd = 117};
    hone_doctor_layer layer = {.name = "rescaling", .class_name = "Rescaling", .after_weights = true};
    hone_doctor_facts facts = hone_doctor_facts_none();
    hone_finding finding;
    facts.outputs = &output;
    facts.output_count = 1;
    facts.first_loss = 40000;
    facts.constant_loss = 13700;
    assert_true(holds(&hone_internal_doctor_target_scale, &facts, &finding));
    facts.layers = &layer;
    facts.layer_count = 1;
    assert_false(holds(&hone_internal_doctor_target_scale, &facts, &finding));
}

/* Ids that were multiplied by 1/100 are ids again without the scale, in a table that may have to grow. */
TEST(ids_that_were_scaled_are_given_back)
{
    static const struct {
        double scale, highest;
        int64_t known;
        int edits;
    } rows[] = {{0.01, 0.8, 100, 1}, {0.01, 1.5, 100, 2}, {1, 0.8, 100, 0}, {HONE_NONE, 0.8, 100, 0}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        hone_doctor_facts facts = hone_doctor_facts_none();
        hone_finding finding;
        facts.ids_layer = "embedding";
        facts.ids_known = rows[i].known;
        facts.x_whole = 0.1;
        facts.x_low = 0;
        facts.x_high = rows[i].highest;
        facts.x_scale = rows[i].scale;
        assert_true(holds(&hone_internal_doctor_embedding_ids, &facts, &finding));
        assert_int_equal(finding.cure_count, rows[i].edits > 0);
        assert_true((finding.advice[0] != '\0') == (rows[i].edits == 0));
        if (rows[i].edits == 0)
            continue;
        assert_int_equal(finding.cures[0].count, rows[i].edits);
        assert_string_equal(finding.cures[0].edits[0].target, "data.scale");
        if (rows[i].edits > 1)
            assert_string_equal(finding.cures[0].edits[1].value, "151");
    }
}

/* What a batch of a program's loop cannot show is no fact. */
TEST(loops_of_programs_have_fewer_facts)
{
    hone_doctor_layer layer = {.name = "dense",
                               .owner = "dense",
                               .activation = "relu",
                               .weights = true,
                               .fresh = true,
                               .output = true,
                               .start = {.dead = 0},
                               .end = {.dead = 1}};
    hone_doctor_output output = {.has_loss = true, .labels = 32, .y_sd = 0, .target_width = 1};
    for (int own = 0; own < 2; own++) {
        hone_doctor_facts facts = hone_doctor_facts_none();
        hone_finding finding;
        facts.layers = &layer;
        facts.outputs = &output;
        facts.layer_count = facts.output_count = 1;
        facts.trainable_numbers = facts.steps = 10;
        facts.own_loop = own;
        assert_int_equal(holds(&hone_internal_doctor_frozen_fresh, &facts, &finding), !own);
        assert_int_equal(holds(&hone_internal_doctor_labels_unrelated, &facts, &finding), !own);
        assert_true(holds(&hone_internal_doctor_dead_relu, &facts, &finding));
        assert_int_equal(finding.grade, own ? 'F' : 'M');
        facts.not_finite_step = 3;
        assert_true(holds(&hone_internal_doctor_not_finite, &facts, &finding));
        assert_int_equal(finding.grade, own ? 'F' : 'M');
    }
}
