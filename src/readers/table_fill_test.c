/* Tables that do not stay in memory. */
#include "data/dataset.h"
#include "testing/files.h"
#include <hone/data_files.h>

#include "testing/datasets.h"
#include "testing/test.h"

AROUND_ALL(testing_folder_make, testing_folder_remove);

/* Of numbers, bytes, classes, one-hot rows and weights; in one file and in several. */
TEST(a_limit_of_memory_gives_the_same_numbers)
{
    static const char head[] = "a,b,word,y,w\n",
                      rows[] = "1,2.5,red,no,1\n300,,blue,yes,2\n7,-1e9,,no,0.5\n8,4,red,yes,1\n";
    static const char *const options[] = {"#target=y,missing=nan",
                                          "#target=y,encoding=one_hot,missing=mean",
                                          "#target=[a,b],drop=[y],missing=drop",
                                          "#target=y,weight=w,missing=0",
                                          "#target=y,inputs=[p(a), q(b, w)],missing=0",
                                          "#target=y,standardize=true,missing=0"};
    char text[512], set[300];
    snprintf(text, sizeof text, "%s%s%s", head, rows, rows);
    const char *file = testing_file("whole.csv", text, strlen(text));
    snprintf(text, sizeof text, "%s%s", head, rows);
    testing_file("part-1.csv", text, strlen(text));
    testing_file("part-2.csv", text, strlen(text));
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        uint64_t prints[3];
        snprintf(set, sizeof set, "%s/part-*.csv%s", testing_folder, options[i]);
        hone_dataset *all[3] = {hone_dataset_load(testing_with(file, options[i]), NULL, 1),
                                hone_dataset_from_files(testing_with(file, options[i]), .memory_limit = 1),
                                hone_dataset_from_files(set, .memory_limit = 1)};
        if (i == 5) { /* means are made of arrays */
            assert_non_null(all[0]);
            assert_null(all[1]);
            hone_dataset_free(all[0]);
            continue;
        }
        for (int k = 0; k < 3; k++) {
            if (all[k] == NULL)
                fail_msg("%s: %s", options[i], hone_error_message());
            assert_int_equal(hone_internal_dataset_fingerprint(all[k], &prints[k]), HONE_OK);
        }
        assert_false(hone_internal_dataset_in_memory(all[1]));
        assert_true(prints[0] == prints[1] && prints[0] == prints[2]);
        for (int k = 0; k < 3; k++)
            hone_dataset_free(all[k]);
    }
}
