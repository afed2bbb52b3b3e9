/* The training in a report: a plot for each number, validation beside it, the best epoch. */
#define _GNU_SOURCE /* mkdtemp */
#include "testing/files.h"
#include "testing/pages.h"

static hone_text report_of(const char *csv, int64_t best_epoch)
{
    hone_curve_table table = {.names = NULL};
    hone_text page = {.data = NULL};
    if (hone_internal_curve_table_of_file(&table, testing_file("h.csv", csv, strlen(csv))) < 0)
        fail_msg("%s", hone_error_message());
    table.best_epoch = best_epoch;
    hone_internal_report_curves(&page, &table);
    hone_internal_curve_table_free(&table);
    unlink(testing_path("h.csv"));
    return page;
}

AROUND_ALL(testing_folder_make, testing_folder_remove);

TEST(the_loss_comes_first_with_its_validation)
{
    hone_text page =
        report_of("epoch,accuracy,loss,val_loss,val_own_metric\n0,0.5,3,4,1\n1,0.6,2,1,1\n2,0.7,1,2,1\n", -1);
    CHECK_PAGE(&page, "3 epochs.", "number 2 (the dotted line), had a val_loss of 1.", "<title>Loss</title>",
               "training", "validation", "<title>Accuracy</title>", "<title>Own metric</title>",
               "validation");
    assert_int_equal(count_parts(&page, "<svg"), 3);
    hone_internal_text_free(&page);
}

TEST(the_best_epoch_is_what_the_training_told)
{
    hone_text page = report_of("epoch,loss\n0,3\n1,2\n2,1\n", 0);
    CHECK_PAGE(&page, "number 1 (the dotted line), had a loss of 3.");
    hone_internal_text_free(&page);
}

TEST(one_epoch_has_no_dotted_line)
{
    hone_text page = report_of("epoch,loss\n0,nan\n", -1);
    CHECK_PAGE(&page, "1 epoch.</p>");
    assert_int_equal(count_parts(&page, "class=\"mark\""), 0);
    hone_internal_text_free(&page);
}
