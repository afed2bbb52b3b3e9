/* Tests of libsvm's text, of CIFAR's files where they lie, and of reading gzip piece by piece. */
#include "testing/files.h"
#include "base/error.h"
#include "data/dataset.h"
#include "formats/source.h"
#include <hone/data_files.h>

#include "testing/datasets.h"
#include "testing/test.h"

static const char *write_lines(const char *text)
{
    return testing_file("t.libsvm", text, strlen(text));
}

static void assert_numbers(const hone_array *array, const double *expected)
{
    for (int64_t i = 0; i < hone_array_count(array); i++)
        if (hone_array_number(array, i) != expected[i])
            fail_msg("number %lld is %g, expected %g", (long long)i, hone_array_number(array, i),
                     expected[i]);
}

AROUND_ALL(testing_folder_make, testing_folder_remove);

TEST(reads_samples)
{
    hone_dataset *data =
        testing_load(write_lines("# made by hand\n+1 1:0.5 3:-2e1 # a comment\n\n-1 qid:4 2:7\r\n1\n"));
    assert_int_equal(hone_dataset_count(data), 3);
    assert_int_equal(hone_dataset_input(data, 0)->shape[1], 3);
    assert_numbers(hone_dataset_input(data, 0), (const double[]){.5, 0, -20, 0, 7, 0, 0, 0, 0});
    assert_numbers(hone_dataset_target(data, 0), (const double[]){1, 0, 1});
    assert_string_equal(hone_dataset_class_name(data, 0, 0), "-1");
    hone_dataset *later = hone_dataset_load_like(data, write_lines("-1 2:5\n"), NULL, 1);
    assert_non_null(later);
    assert_numbers(hone_dataset_input(later, 0), (const double[]){0, 5, 0});
    assert_numbers(hone_dataset_target(later, 0), (const double[]){0});
    hone_dataset_free(later);
    assert_null(hone_dataset_load_like(data, write_lines("2 1:5\n"), NULL, 1));
    assert_non_null(strstr(hone_error_message(), "expected a label of the training data"));
    assert_null(hone_dataset_load_like(data, write_lines("1 4:5\n"), NULL, 1));
    assert_non_null(strstr(hone_error_message(), "index 4, but there are 3 features"));
    hone_dataset_free(data);
    data = testing_load(
        testing_with(write_lines("2.5 0:1\n-3 4:2\n"), "#first=0,labels=number,features=6,scale=0.5"));
    assert_int_equal(hone_dataset_input(data, 0)->shape[1], 6);
    assert_numbers(hone_dataset_target(data, 0), (const double[]){2.5, -3});
    assert_int_equal(hone_dataset_class_count(data, 0), 0);
    hone_dataset_free(data);
    data = hone_dataset_from_libsvm(write_lines("1 1:2\n"), .features = 2);
    assert_non_null(data);
    hone_dataset_free(data);
    data = testing_load(testing_with(testing_file("plain.txt", "1 1:2\n", 6), "#format=libsvm"));
    hone_dataset_free(data);
}

TEST(refuses_broken_lines_by_their_number)
{
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"", "there is no sample"},
        {"a 1:2\n", "line 1: expected a number as the label, received \"a\""},
        {"1 1:2\n1 2\n", "line 2: expected index:value, received \"2\""},
        {"1 :2\n", "expected index:value"},
        {"1 0:2\n", "indices begin at 1 (first=0: at 0)"},
        {"1 x:2\n", "expected an index below 16777216"},
        {"1 99999999999:2\n", "expected an index below 16777216"},
        {"1 2:2 2:3\n", "expected indices in increasing order"},
        {"1 1:abc\n", "expected a number after the colon"},
        {"1 1:\n", "expected a number after the colon"},
        {"1\n2\n", "no sample has any features"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        testing_assert_refused(write_lines(cases[i].text), cases[i].message);
    testing_assert_refused(testing_with(write_lines("1 1:2\n"), "#features=0"), "features");
    testing_assert_refused(testing_with(write_lines("1 1:2\n"), "#test"), "has no parts");
}

/* 40 lines would ask for 2.7 GB. */
TEST(refuses_few_values_that_ask_for_much)
{
    char text[1000] = "";
    for (int i = 0; i < 40; i++)
        strcat(text, "0 16777215:1\n");
    testing_assert_refused(write_lines(text),
                           "40 rows of 16777215 features hold 40 values, fewer than one in 4096");
}

TEST(survives_failing_allocations)
{
    int64_t blocks = hone_internal_blocks_in_use();
    write_lines("1 1:2\n-1 2:3\n");
    for (int64_t i = 0;; i++) {
        hone_internal_fail_allocations_after(i);
        hone_dataset *data = hone_dataset_from_libsvm(testing_path("t.libsvm"));
        hone_internal_fail_allocations_after(-1);
        hone_dataset_free(data);
        assert_int_equal(hone_internal_blocks_in_use(), blocks);
        if (data)
            break;
    }
}

static void write_cifar(const char *name, int labels, int records)
{
    static unsigned char bytes[4 * (2 + 3072)];
    for (int i = 0; i < records; i++) {
        unsigned char *record = bytes + (size_t)i * (size_t)(labels + 3072);
        memset(record, 0, (size_t)labels + 3072);
        record[0] = (unsigned char)(i + 1);
        record[labels - 1] = (unsigned char)(labels == 2 ? 10 * i + 5 : i + 1);
        record[labels] = 7;        /* red of the first pixel */
        record[labels + 1024] = 8; /* green */
        record[labels + 2048] = 9; /* blue */
    }
    testing_file(name, bytes, (size_t)records * (size_t)(labels + 3072));
}

TEST(reads_cifar_files)
{
    mkdir(testing_path("c10"), 0700);
    write_cifar("c10/test_batch.bin", 1, 3);
    static const char names[] = "airplane\nautomobile\nbird\ncat\ndeer\ndog\nfrog\nhorse\nship\ntruck\n\n";
    testing_file("c10/batches.meta.txt", names, sizeof names - 1);
    hone_dataset *data = testing_load(testing_with(testing_path("c10"), "#test"));
    assert_int_equal(hone_dataset_count(data), 3);
    assert_numbers(hone_dataset_target(data, 0), (const double[]){1, 2, 3});
    assert_true(hone_array_number(hone_dataset_input(data, 0), 1) == 8);
    assert_string_equal(hone_dataset_class_name(data, 0, 9), "truck");
    hone_dataset_free(data);
    data = hone_dataset_from_cifar(testing_path("c10/test_batch.bin"));
    assert_non_null(data);
    hone_dataset_free(data);
    testing_assert_refused(testing_path("c10"), "data_batch_1.bin");
    mkdir(testing_path("c100"), 0700);
    write_cifar("c100/train.bin", 2, 4);
    testing_file("c100/fine_label_names.txt", "a\n", 2);
    data = testing_load(testing_path("c100"));
    assert_numbers(hone_dataset_target(data, 0), (const double[]){5, 15, 25, 35});
    assert_int_equal(hone_dataset_class_count(data, 0), 0); /* one name for a hundred classes */
    hone_dataset_free(data);
    data = testing_load(testing_with(testing_path("c100"), "#labels=coarse"));
    assert_numbers(hone_dataset_target(data, 0), (const double[]){1, 2, 3, 4});
    hone_dataset_free(data);
    write_cifar("c10/test_batch.bin", 2, 3);
    testing_assert_refused(testing_with(testing_path("c10"), "#test"), "expected records of 3073 bytes");
    mkdir(testing_path("pickled"), 0700);
    testing_file("pickled/data_batch_1", "\x80\2}", 3);
    testing_assert_refused(testing_path("pickled"), "Python pickles");
}

#ifndef HONE_CORE_ONLY
/* Two members, longer than a piece. */
TEST(reads_gzip_in_pieces)
{
    char command[700];
    FILE *file = fopen(testing_path("g.csv"), "wb");
    assert_non_null(file);
    fprintf(file, "a,b\n");
    for (int i = 0; i < 100000; i++)
        fprintf(file, "%d,%d\n", i, i * 7 % 13);
    fclose(file);
    snprintf(command, sizeof command,
             "cd %s && head -c 500000 g.csv | gzip >g.csv.gz && tail -c +500001 g.csv | gzip >>g.csv.gz",
             testing_folder);
    assert_int_equal(system(command), 0);
    hone_dataset *packed = testing_load(testing_path("g.csv.gz")),
                 *plain = testing_load(testing_path("g.csv"));
    assert_int_equal(hone_dataset_count(packed), 100000);
    assert_memory_equal(hone_dataset_input(packed, 0)->data, hone_dataset_input(plain, 0)->data, 800000);
    hone_dataset_free(packed);
    hone_dataset_free(plain);
    assert_int_equal(truncate(testing_path("g.csv.gz"), 100000), 0);
    testing_assert_refused(testing_path("g.csv.gz"), "the gzip file ends too soon");
    char bytes[] = "\x1f\x8b\x08\0\0\0\0\0\0\3garbage that is no deflate stream";
    testing_file("g.csv.gz", bytes, sizeof bytes);
    testing_assert_refused(testing_path("g.csv.gz"), "the gzip file is damaged");
}
#endif
