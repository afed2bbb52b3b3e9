/* CIFAR under its name: pixels out of planes, and files of another size. */
#include "readers/named.h"
#include "testing/files.h"
#include "testing/message.h"

AROUND_ALL(testing_folder_make, testing_folder_remove);

enum { PLANE = 32 * 32 };

TEST(planes_become_pixels)
{
    static uint8_t planes[3 * PLANE], image[3 * PLANE];
    for (int i = 0; i < 3 * PLANE; i++)
        planes[i] = (uint8_t)(i / PLANE * 80 + i % PLANE % 79);
    hone_internal_cifar_pixels(planes, image);
    for (int pixel = 0; pixel < PLANE; pixel++)
        for (int channel = 0; channel < 3; channel++)
            assert_int_equal(image[3 * pixel + channel], channel * 80 + pixel % 79);
}

/* A folder with one small file in place of the first. */
static const struct {
    const char *name, *file;
    const hone_named_kind *kind;
    int part;
    const char *words;
} files[] = {
    {"ten, train", "data_batch_1.bin", &hone_internal_named_cifar10, 0,
     "data_batch_1.bin: expected 30730000 bytes (10000 records of CIFAR-10), received 4"},
    {"ten, test", "test_batch.bin", &hone_internal_named_cifar10, 1,
     "test_batch.bin: expected 30730000 bytes"},
    {"a hundred, train", "train.bin", &hone_internal_named_cifar100, 0,
     "train.bin: expected 153700000 bytes (50000 records of CIFAR-100), received 4"},
    {"a hundred, test", "test.bin", &hone_internal_named_cifar100, 1,
     "test.bin: expected 30740000 bytes (10000 records of CIFAR-100), received 4"},
    {"nothing", NULL, &hone_internal_named_cifar10, 1, "test_batch.bin"},
};

TEST_EACH(another_size_is_told, files)
{
    hone_dataset_parts parts;
    const hone_named_place place = {.folder = testing_folder};
    testing_folder_empty(testing_folder);
    if (row->file != NULL)
        testing_file(row->file, "abcd", 4);
    assert_int_equal(hone_internal_dataset_parts_begin(&parts, 1), HONE_OK);
    hone_error_clear();
    assert_true(row->kind->load(&place, row->part, false, &parts) < 0);
    assert_message_has(row->words);
    hone_internal_dataset_parts_free(&parts);
}

TEST(a_part_is_found_by_a_file)
{
    assert_string_equal(hone_internal_named_cifar10.files[0], "data_batch_1.bin");
    assert_string_equal(hone_internal_named_cifar10.files[1], "test_batch.bin");
    assert_false(hone_internal_named_cifar100.anywhere); /* other data sets have a train.bin too */
}
