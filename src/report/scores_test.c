/* Scores: against numbers counted by hand, and what is refused. */
#include "report/report.h"
#include "testing/telling_model.h"
#include "testing/test.h"

#include <math.h>
#include <string.h>

TEST(counts_classes)
{
    hone_model *model = telling_model();
    hone_dataset *data = telling_data();
    hone_scores scores;
    assert_int_equal(hone_score(model, data, 0, 0, &scores), HONE_OK);
    assert_string_equal(scores.task, "classes");
    assert_int_equal(scores.class_count, 2);
    assert_int_equal(scores.samples, 5);
    const int64_t confusion[] = {1, 0, 1, 3};
    assert_memory_equal(scores.confusion, confusion, sizeof confusion);
    assert_true(fabs(scores.accuracy - 0.8) < 1e-9);
    assert_true(fabs(scores.classes[1].precision - 1) < 1e-9 && fabs(scores.classes[1].recall - 0.75) < 1e-9);
    assert_string_equal(scores.classes[1].name, "1");
    assert_int_equal(scores.bin_counts[9], 5);
    assert_true(isnan(scores.r2));
    hone_scores_free(&scores);
    assert_true(hone_score(model, data, 1, 0, &scores) < 0);
    assert_true(hone_score(model, NULL, 0, 0, &scores) < 0);
    hone_dataset_free(data);
    hone_model_free(model);
}
