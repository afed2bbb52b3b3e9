/* CIFAR's binary files where they lie: which files are read, their labels and names, and what is refused. */
#include "readers/format.h"
#include "testing/datasets.h"
#include "testing/files.h"
#include "testing/message.h"

#include <hone/data_files.h>
#include <hone/hone.h>

AROUND_ALL(testing_folder_make, testing_folder_remove);

enum { IMAGE = 3 * 32 * 32 };

/* A file of records with these labels, two bytes each (coarse, fine) where `labels` is 2; images are `shade`.
 */
static void make_file(const char *name, int labels, int records, int first, int shade)
{
    static uint8_t bytes[4 * (2 + IMAGE)];
    for (int i = 0; i < records; i++) {
        uint8_t *record = bytes + i * (labels + IMAGE);
        record[0] = (uint8_t)(labels == 2 ? first : first + i);
        record[labels - 1] = (uint8_t)(first + i);
        memset(record + labels, shade, IMAGE);
    }
    testing_file(name, bytes, (size_t)records * (size_t)(labels + IMAGE));
}

static void make_ten(void)
{
    testing_folder_empty(testing_folder);
    for (int i = 1; i <= 5; i++) {
        char name[32];
        snprintf(name, sizeof name, "data_batch_%d.bin", i);
        make_file(name, 1, 2, i, i);
    }
    make_file("test_batch.bin", 1, 3, 0, 9);
}

static void make_hundred(void)
{
    testing_folder_empty(testing_folder);
    testing_file("fine_label_names.txt", "a\nb\n", 4);
    make_file("train.bin", 2, 3, 17, 1);
    make_file("test.bin", 2, 2, 18, 2);
}

static float label_of(const hone_dataset *data, int64_t sample)
{
    float label;
    assert_int_equal(hone_internal_dataset_gather(data, HONE_COMPONENT_TARGET, 0, NULL, sample, 1, &label),
                     HONE_OK);
    return label;
}

static hone_dataset *loaded(hone_dataset *data)
{
    if (data == NULL)
        fail_msg("%s", hone_error_message());
    return data;
}

TEST(a_folder_has_five_files_or_one)
{
    make_ten();
    hone_dataset *train = loaded(hone_dataset_from_cifar(testing_folder)),
                 *test = loaded(hone_dataset_from_cifar(testing_folder, .part = "test")),
                 *file = loaded(hone_dataset_from_cifar(testing_path("data_batch_3.bin")));
    assert_int_equal(hone_dataset_count(train), 10);
    assert_true(label_of(train, 4) == 3 && label_of(train, 9) == 6);
    assert_int_equal(((const uint8_t *)hone_dataset_input(train, 0)->data)[4 * IMAGE], 3);
    assert_int_equal(hone_dataset_count(test), 3);
    assert_int_equal(hone_dataset_count(file), 2);
    assert_true(label_of(file, 1) == 4);
    hone_dataset_free(train);
    hone_dataset_free(test);
    hone_dataset_free(file);
}

TEST(of_a_hundred_labels_are_fine_or_coarse)
{
    make_hundred();
    hone_dataset *fine = loaded(hone_dataset_from_cifar(testing_folder)),
                 *coarse = loaded(hone_dataset_from_cifar(testing_folder, .labels = "coarse"));
    assert_int_equal(hone_dataset_count(fine), 3);
    assert_true(label_of(fine, 2) == 19);
    assert_true(label_of(coarse, 2) == 17);
    hone_dataset_free(fine);
    hone_dataset_free(coarse);
}

/* Names are taken when there is one for each class. */
TEST(classes_have_the_names_of_a_file)
{
    make_ten();
    hone_dataset *data = loaded(hone_dataset_from_cifar(testing_folder));
    assert_int_equal(hone_dataset_class_count(data, 0), 0);
    hone_dataset_free(data);
    static const char names[] = "plane\r\ncar\nbird\ncat\ndeer\ndog\nfrog\nhorse\nship\ntruck\n";
    testing_file("batches.meta.txt", names, sizeof names - 1);
    data = loaded(hone_dataset_from_cifar(testing_folder));
    assert_int_equal(hone_dataset_class_count(data, 0), 10);
    assert_string_equal(hone_dataset_class_name(data, 0, 0), "plane");
    assert_string_equal(hone_dataset_class_name(data, 0, 9), "truck");
    hone_dataset_free(data);
    testing_file("batches.meta.txt", names, 11);
    data = loaded(hone_dataset_from_cifar(testing_folder));
    assert_int_equal(hone_dataset_class_count(data, 0), 0);
    hone_dataset_free(data);
}

TEST(what_is_no_cifar_is_told)
{
    make_ten();
    make_file("data_batch_2.bin", 1, 2, 9, 0); /* labels 9 and 10 */
    assert_null(hone_dataset_from_cifar(testing_folder));
    assert_message_has("data_batch_2.bin: the label of record 1 is 10; expected 0 to 9");
    testing_file("data_batch_2.bin", "abc", 3);
    assert_null(hone_dataset_from_cifar(testing_folder));
    assert_message_has(
        "data_batch_2.bin: 3 bytes; expected records of 3073 bytes (CIFAR-10, binary version)");
    testing_file("data_batch_2.bin", "", 0);
    assert_null(hone_dataset_from_cifar(testing_folder));
    assert_message_has("0 bytes; expected records");
    unlink(testing_path("data_batch_2.bin"));
    assert_null(hone_dataset_from_cifar(testing_folder));
    assert_message_has("data_batch_2.bin");
    make_hundred();
    make_file("train.bin", 2, 3, 98, 1);
    assert_null(hone_dataset_from_cifar(testing_folder));
    assert_message_has("the label of record 2 is 100; expected 0 to 99");
    assert_null(hone_dataset_from_cifar(testing_folder, .labels = "coarse"));
    assert_message_has("the label of record 0 is 98; expected 0 to 19");
}

TEST(pickles_are_never_read)
{
    testing_folder_empty(testing_folder);
    testing_file("data_batch_1", "\x80\x02", 2);
    testing_assert_refused(testing_folder,
                           "holds CIFAR as Python pickles, which can run any program and are never read");
    testing_folder_empty(testing_folder);
    testing_file("meta", "\x80\x02", 2);
    testing_file("train", "\x80\x02", 2);
    testing_assert_refused(testing_folder, "\"binary version\": hone datasets fetch cifar10 or cifar100");
}
