/* Folders and lines of text. */
#include "data/dataset.h"
#include "testing/files.h"
#include "testing/message.h"
#include <hone/data_files.h>

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

AROUND_ALL(testing_folder_make, testing_folder_remove);

static void write_text(const char *name, const char *text)
{
    char path[400];
    snprintf(path, sizeof path, "%s/%s", testing_folder, name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void make_folder(const char *name)
{
    char path[400];
    snprintf(path, sizeof path, "%s/%s", testing_folder, name);
    mkdir(path, 0700);
}

static const char *place(const char *name)
{
    static char path[400];
    snprintf(path, sizeof path, "%s/%s", testing_folder, name);
    return path;
}

TEST(reads_a_folder_by_class)
{
    make_folder("reviews");
    make_folder("reviews/neg");
    make_folder("reviews/pos");
    write_text("reviews/neg/b.txt", "bad");
    write_text("reviews/neg/a.txt", "awful\nfilm");
    write_text("reviews/pos/c.txt", "gut, schön");
    write_text("reviews/pos/ignored.md", "not this");
    hone_dataset *data = hone_dataset_load(place("reviews"), NULL, 1);
    if (data == NULL)
        fail_msg("%s", hone_error_message());
    const hone_array *x = hone_dataset_input(data, 0);
    assert_int_equal(hone_dataset_count(data), 3);
    assert_int_equal(x->rank, 1);
    assert_string_equal(hone_array_text(x, 0), "awful\nfilm");
    assert_string_equal(hone_array_text(x, 1), "bad");
    assert_string_equal(hone_array_text(x, 2), "gut, schön");
    assert_string_equal(hone_dataset_class_name(data, 0, 1), "pos");
    assert_true(hone_array_number(hone_dataset_target(data, 0), 2) == 1);
    hone_dataset *part = hone_dataset_from_texts(place("reviews"), .labels = "binary", .shuffle = true,
                                                 .validation_split = 0.4, .subset = "validation");
    if (part == NULL)
        fail_msg("%s", hone_error_message());
    assert_int_equal(hone_dataset_count(part), 1);
    assert_int_equal(hone_dataset_target(part, 0)->type, HONE_FLOAT32);
    hone_dataset_free(part);
    hone_dataset_free(data);
}

/* As Keras does: a link to a folder is followed only where that is asked for. */
TEST(follows_links_on_request)
{
    char link[500];
    make_folder("elsewhere");
    make_folder("linked");
    make_folder("linked/neg");
    make_folder("linked/pos");
    write_text("elsewhere/b.txt", "beyond the link");
    write_text("linked/neg/a.txt", "here");
    write_text("linked/pos/c.txt", "here, too");
    snprintf(link, sizeof link, "%s/linked/neg/more", testing_folder);
    assert_int_equal(symlink("../../elsewhere", link), 0);
    for (int follow = 0; follow < 2; follow++) {
        hone_dataset *data = hone_dataset_from_texts(place("linked"), .follow_links = follow == 1);
        assert_non_null(data);
        assert_int_equal(hone_dataset_count(data), follow == 1 ? 3 : 2);
        hone_dataset_free(data);
    }
}

TEST(reads_lines)
{
    write_text("lines.txt", "one\r\n\ntwo words\nthree");
    hone_dataset *data = hone_dataset_from_lines(place("lines.txt")),
                 *all = hone_dataset_from_lines(place("lines.txt"), .empty = true);
    if (data == NULL || all == NULL)
        fail_msg("%s", hone_error_message());
    assert_int_equal(hone_dataset_count(data), 3);
    assert_int_equal(hone_dataset_count(all), 4);
    assert_string_equal(hone_array_text(hone_dataset_input(data, 0), 0), "one");
    assert_string_equal(hone_array_text(hone_dataset_input(data, 0), 2), "three");
    assert_string_equal(hone_array_text(hone_dataset_input(all, 0), 1), "");
    hone_dataset_free(data);
    hone_dataset_free(all);
}

TEST(refuses_what_is_no_text)
{
    write_text("bad.txt", "fine\nb\xff");
    write_text("empty.txt", "\n\n");
    assert_null(hone_dataset_from_lines(place("bad.txt")));
    assert_message_has("line 2: the text is not UTF-8: byte 2 is 0xFF");
    assert_null(hone_dataset_from_lines(place("empty.txt")));
    assert_message_has("there are no texts");
    assert_null(hone_dataset_from_lines(place("none.txt")));
    make_folder("nothing");
    assert_null(hone_dataset_from_texts(place("nothing")));
    assert_message_has("no texts; expected a folder for each class with .txt files");
}
