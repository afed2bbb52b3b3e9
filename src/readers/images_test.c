/* Tests of folders of pictures: Keras's numbers and order, kinds of PNG and JPEG, damage, limits. */
#include "readers/images.h"
#include "base/error.h"
#include "formats/picture.h"
#include "testing/files.h"
#include <hone/runtime.h>

#include "testing/datasets.h"
#include "testing/test.h"

static const char pictures[] = "tests/golden/images/pictures";

static const char *at(const char *folder, const char *options)
{
    static char texts[8][900];
    static unsigned next;
    char *text = texts[next++ % 8];
    snprintf(text, sizeof texts[0], "%s#%s", folder, options);
    return text;
}

static void assert_same_numbers(const hone_array *array, const char *name, const char *end)
{
    char path[200];
    snprintf(path, sizeof path, "tests/golden/images/%s%s.npy", name, end);
    hone_array *golden = hone_array_load(path);
    assert_non_null(golden);
    assert_int_equal(array->rank, golden->rank);
    assert_memory_equal(array->shape, golden->shape, (size_t)array->rank * sizeof(int64_t));
    for (int64_t i = 0; i < hone_array_count(golden); i++)
        if (hone_array_number(array, i) != hone_array_number(golden, i))
            fail_msg("%s: number %lld is %.9g, Keras's is %.9g", path, (long long)i,
                     hone_array_number(array, i), hone_array_number(golden, i));
    hone_array_free(golden);
}

AROUND_ALL(testing_folder_make, testing_folder_remove);

TEST(gives_the_numbers_of_keras)
{
    static const struct {
        const char *name, *options;
    } cases[] = {
        {"rgb_bilinear", "size=7x9"},
        {"rgb_crop_bilinear", "size=[7, 9],crop=true"},
        {"rgb_nearest", "size=7x9,interpolation=nearest"},
        {"grayscale_bilinear", "size=7x9,color=grayscale,classes=[Lily, aster]"},
        {"grayscale_crop_nearest",
         "size=7x9,color=grayscale,classes=[Lily, aster],crop=yes,interpolation=nearest"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (int threads = 1; threads <= 3; threads += 2) {
            hone_set_threads(threads);
            hone_dataset *data = testing_load(at(pictures, cases[i].options));
            assert_same_numbers(hone_dataset_input(data, 0), cases[i].name, "");
            assert_same_numbers(hone_dataset_target(data, 0), cases[i].name, "_labels");
            bool nearest = strstr(cases[i].name, "nearest") != NULL;
            assert_int_equal(hone_dataset_input(data, 0)->type, nearest ? HONE_UINT8 : HONE_FLOAT32);
            hone_dataset_free(data);
        }
    hone_set_threads(0);
}

TEST(classes_are_folders_and_labels_follow)
{
    hone_dataset *data = testing_load(at(pictures, "size=7x9"));
    assert_int_equal(hone_dataset_class_count(data, 0), 3);
    assert_string_equal(hone_dataset_class_name(data, 0, 0), "Lily"); /* capitals first */
    hone_dataset *later = hone_dataset_load_like(data, at(pictures, "labels=categorical"), NULL, 1);
    assert_non_null(later);
    const hone_array *labels = hone_dataset_target(later, 0), *images = hone_dataset_input(later, 0);
    assert_int_equal(labels->shape[1], 3);
    assert_true(hone_array_number(labels, 0) == 1 && hone_array_number(labels, 1) == 0);
    assert_int_equal(images->shape[1], 7); /* the size of training */
    hone_dataset_free(later);
    hone_dataset_free(data);
    data = testing_load(at(pictures, "size=7x9,classes=[aster, Lily],labels=binary,dtype=uint8"));
    labels = hone_dataset_target(data, 0);
    assert_int_equal(labels->rank, 2);
    assert_true(hone_array_number(labels, 0) == 0 && hone_array_number(labels, 13) == 1);
    assert_int_equal(hone_dataset_input(data, 0)->type, HONE_UINT8);
    later = hone_dataset_load_like(data, at(pictures, "size=4"), NULL, 1);
    assert_null(later);
    assert_non_null(
        strstr(hone_error_message(), "\"inks\" is not one of the 2 classes of the training data"));
    hone_dataset_free(data);
    data = testing_load(at(pictures, "size=7x9,labels=none"));
    assert_int_equal(hone_dataset_target_count(data), 0);
    hone_dataset_free(data);
    data = testing_load(
        at("tests/golden/images/pictures/aster/inner", "size=3x4,color=rgba")); /* no folders: no targets */
    assert_int_equal(hone_dataset_target_count(data), 0);
    assert_true(hone_array_number(hone_dataset_input(data, 0), 3) == 255);
    hone_dataset_free(data);
    data = hone_dataset_from_images(pictures, .size = {4, 4}, .color = "grayscale");
    assert_non_null(data);
    assert_int_equal(hone_dataset_input(data, 0)->shape[3], 1);
    hone_dataset_free(data);
}

TEST(refuses_folders_and_options_that_cannot_be)
{
    testing_assert_refused(pictures, "size=HEIGHTxWIDTH resizes them");
    testing_assert_refused(at(pictures, "size=7x9,classes=[Lyli]"), "did you mean \"Lily\"");
    testing_assert_refused(at(pictures, "size=7x9,labels=binary"),
                           "labels=binary needs 2 classes; there are 3");
    testing_assert_refused(at(pictures, "size=7x9,color=green"), "green");
    testing_assert_refused(at(pictures, "size=0x9"), "size");
    testing_assert_refused(at(pictures, "size=7x9,subset=training"), "subset needs validation_split too");
    testing_assert_refused(at(pictures, "size=7x9,validation_split=0.01,subset=validation"),
                           "leaves one part empty");
    testing_assert_refused(at(pictures, "size=7x9,test"), "has no parts (the folders train and test)");
    testing_assert_refused(at(pictures, "size=7x9,most_pixels=100"), "the limit is 100 pixels");
}

/* The bytes of a file; to be freed. */
static unsigned char *read_file(const char *path, size_t *bytes)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    unsigned char *data = malloc(1 << 16);
    assert_non_null(data);
    *bytes = fread(data, 1, 1 << 16, file);
    fclose(file);
    return data;
}

static void decode(const void *data, size_t bytes, const char *message)
{
    hone_picture picture = {.channels = 3};
    hone_error_clear();
    hone_status status = hone_internal_picture_decode(data, bytes, "x", 10000, &picture);
    if (status >= 0)
        hone_internal_free(picture.pixels);
    if (message && (status >= 0 || !strstr(hone_error_message(), message)))
        fail_msg("received \"%s\", expected \"%s\"", status < 0 ? hone_error_message() : "success", message);
}

TEST(survives_damage)
{
    int64_t blocks = hone_internal_blocks_in_use();
    static const char *const files[] = {"Lily/palette.png", "Lily/rgb.png", "aster/inner/plain.jpg",
                                        "aster/inner/progressive.jpeg", "inks/cmyk.jpg"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char path[200];
        size_t bytes;
        snprintf(path, sizeof path, "%s/%s", pictures, files[i]);
        unsigned char *data = read_file(path, &bytes);
        for (size_t length = 0; length < bytes - 2; length += 7)
            decode(data, length, length < 3 ? "neither" : "x: ");
        uint32_t random = 7;
        for (int round = 0; round < 400; round++) {
            size_t place = testing_random(&random) % bytes;
            unsigned char kept = data[place];
            data[place] = (unsigned char)testing_random(&random);
            decode(data, bytes, NULL);
            data[place] = kept;
        }
        free(data);
    }
    size_t bytes;
    unsigned char *data = read_file("tests/golden/images/pictures/Lily/rgb.png", &bytes);
    decode("GIF89a....", 10, "x: GIF is not supported, only PNG and JPEG");
    decode("BM......", 8, "BMP is not supported");
    decode("", 0, "it is empty");
    data[60] ^= 1; /* of its compressed numbers: the checksum */
    decode(data, bytes, "the PNG file is damaged");
    free(data);
    assert_int_equal(hone_internal_blocks_in_use(), blocks);
}

TEST(skips_broken_pictures_when_asked_to)
{
    size_t bytes;
    unsigned char *data = read_file("tests/golden/images/pictures/aster/exact.png", &bytes);
    mkdir(testing_path("set"), 0700);
    mkdir(testing_path("set/a"), 0700);
    mkdir(testing_path("set/b"), 0700);
    testing_file("set/a/1.png", data, bytes / 2);
    testing_file("set/a/2.png", data, bytes);
    testing_file("set/b/3.gif", "GIF89a", 6);
    testing_file("set/b/4.png", data, bytes);
    testing_file("set/b/notes.txt", data, bytes);
    free(data);
    testing_assert_refused(testing_path("set"), "set/a/1.png: the PNG file is damaged");
    testing_assert_refused(testing_path("set"), "; corrupt=skip leaves out what cannot be read");
    hone_dataset *set = testing_load(at(testing_path("set"), "corrupt=skip"));
    const char *first;
    assert_int_equal(hone_dataset_count(set), 2);
    assert_int_equal(hone_dataset_skipped(set, &first), 2);
    assert_non_null(strstr(first, "set/a/1.png"));
    assert_int_equal(hone_dataset_input(set, 0)->type, HONE_UINT8);
    assert_true(hone_array_number(hone_dataset_target(set, 0), 1) == 1);
    hone_dataset_free(set);
    unlink(testing_path("set/a/2.png"));
    unlink(testing_path("set/b/4.png"));
    testing_assert_refused(at(testing_path("set"), "size=3,corrupt=skip"), "no picture can be read");
}

TEST(one_picture_is_one_sample)
{
    hone_dataset *data =
        testing_load("tests/golden/images/pictures/aster/exact.png#size=3x4,color=grayscale");
    const hone_array *x = hone_dataset_input(data, 0);
    assert_int_equal(hone_dataset_count(data), 1);
    assert_int_equal(hone_dataset_target_count(data), 0);
    assert_true(x->shape[1] == 3 && x->shape[2] == 4 && x->shape[3] == 1);
    hone_dataset_free(data);
    testing_assert_refused("tests/golden/images/pictures/aster/exact.png#test", "has no parts");
}

TEST(survives_failing_allocations)
{
    int64_t blocks = hone_internal_blocks_in_use();
    hone_set_threads(1);
    for (int64_t i = 0;; i++) {
        hone_internal_fail_allocations_after(i);
        hone_dataset *data = hone_dataset_from_images(pictures, .size = {3, 4});
        hone_internal_fail_allocations_after(-1);
        hone_dataset_free(data);
        assert_int_equal(hone_internal_blocks_in_use(), blocks);
        if (data)
            break;
    }
    hone_set_threads(0);
}
