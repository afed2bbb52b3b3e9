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
