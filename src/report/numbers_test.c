/* What a report says of outputs against targets: numbers worked out by hand. */
#include "base/memory.h"
#include "testing/pages.h"

#define near(a, b) assert_true(fabs((double)(a) - (double)(b)) < 1e-6)

TEST(judges_classes)
{
    /* truth 0 0 1 1 2 and one target that is no class; answers 0 1 1 1 0 2 */
    static const float targets[] = {0, 0, 1, 1, 2, -1};
    static const float outputs[] = {.81f, .1f,  .09f, .3f,  .61f, .09f, .05f, .92f, .03f,
                                    .2f,  .72f, .08f, .55f, .25f, .2f,  0,    0,    1};
    hone_judged judged = judge(targets, 1, outputs, 6, 3, false);
    hone_class_counts counts;
    assert_int_equal(judged.task, HONE_TASK_CLASSES);
    assert_false(judged.were_logits);
    assert_int_equal(hone_internal_class_counts(&counts, &judged), HONE_OK);
    assert_int_equal(counts.left_out, 1);
    assert_int_equal(counts.right, 3);
    static const int64_t expected[] = {1, 1, 0, 0, 2, 0, 1, 0, 0};
    assert_memory_equal(counts.confusion, expected, sizeof expected);
    near(hone_internal_precision(&counts, 0), 0.5);
    near(hone_internal_recall(&counts, 0), 0.5);
    near(hone_internal_precision(&counts, 1), 2.0 / 3);
    near(hone_internal_f1(&counts, 1), 0.8);
    assert_true(isnan(hone_internal_precision(&counts, 2)));
    near(hone_internal_f1(&counts, 2), 0);
    size_t count;
    int64_t *worst = hone_internal_worst(&judged, 10, &count);
    assert_int_equal(count, 2);
    assert_int_equal(worst[0], 4); /* the true class had 0.2 */
    assert_int_equal(worst[1], 1);
    hone_internal_free(worst);
    hone_calibration bins = hone_internal_calibrate(&judged);
    assert_int_equal(bins.count[5] + bins.count[6] + bins.count[7] + bins.count[8] + bins.count[9], 5);
    near(bins.error, (0.55 + 0.61 + 0.28 + 0.19 + 0.08) / 5);
    hone_internal_class_counts_free(&counts);
    hone_internal_judged_free(&judged);
}

TEST(judges_logits_and_one_hot_targets)
{
    static const float targets[] = {1, 0, 0, 0, 1, 0}, outputs[] = {2, 0, 0, 0, 0, 3};
    hone_judged judged = judge(targets, 3, outputs, 2, 3, false);
    assert_int_equal(judged.task, HONE_TASK_CLASSES);
    assert_true(judged.were_logits);
    near(judged.outputs[0], exp(2) / (exp(2) + 2));
    assert_int_equal(hone_internal_judged_truth(&judged, 1), 1);
    assert_int_equal(hone_internal_judged_answer(&judged, 1), 2);
    hone_internal_judged_free(&judged);
    judged = judge(targets, 3, outputs, 2, 3, true);
    assert_int_equal(judged.task, HONE_TASK_NUMBERS);
    hone_internal_judged_free(&judged);
    static const float many[] = {1, 1, 0, 0, 0, 0};
    judged = judge(many, 3, outputs, 2, 3, false);
    assert_int_equal(judged.task, HONE_TASK_LABELS);
    hone_internal_judged_free(&judged);
    hone_judged wrong;
    assert_int_equal(hone_internal_judge(&wrong, many, 2, outputs, 2, 2, 3, false), HONE_ERROR_SHAPE);
}

TEST(judges_two_classes)
{
    /* Sorted by score: 1 1 0 1 0 0; of the 9 pairs 8 are in order. */
    static const float targets[] = {1, 1, 0, 1, 0, 0}, outputs[] = {.9f, .8f, .7f, .6f, .4f, .1f};
    static const float signs[] = {-1, 1}, margins[] = {-2, .5f};
    hone_judged judged = judge(targets, 1, outputs, 6, 1, false);
    hone_roc roc;
    assert_int_equal(judged.task, HONE_TASK_BINARY);
    assert_int_equal(hone_internal_roc(&judged, &roc), HONE_OK);
    near(roc.area, 8.0 / 9);
    near(roc.true_positive[roc.count - 1], 1);
    hone_internal_judged_free(&judged);
    judged = judge(targets, 1, (const float[]){.5f, .5f, .5f, .5f, .5f, .5f}, 6, 1, false);
    assert_int_equal(hone_internal_roc(&judged, &roc), HONE_OK);
    near(roc.area, 0.5);
    hone_internal_judged_free(&judged);
    judged = judge(targets, 1, outputs, 2, 1, false); /* one class only */
    assert_int_equal(hone_internal_roc(&judged, &roc), HONE_OK);
    assert_true(isnan(roc.area));
    hone_internal_judged_free(&judged);
    judged = judge(signs, 1, margins, 2, 1, false);
    assert_int_equal(judged.task, HONE_TASK_BINARY);
    near(judged.outputs[0], 0);
    near(judged.outputs[1], 0.75);
    hone_internal_judged_free(&judged);
}

TEST(judges_numbers)
{
    static const float targets[] = {1, 2, 3, 4}, outputs[] = {1, 3, 3, 2};
    hone_judged judged = judge(targets, 1, outputs, 4, 1, false);
    assert_int_equal(judged.task, HONE_TASK_NUMBERS);
    hone_residuals errors = hone_internal_residuals(&judged, -1);
    near(errors.mean_absolute, 0.75);
    near(errors.root_mean_square, sqrt(5.0 / 4));
    near(errors.bias, -0.25);
    near(errors.r2, 0);
    hone_internal_judged_free(&judged);
}
