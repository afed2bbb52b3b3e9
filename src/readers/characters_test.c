/* Text files as windows of characters. */
#include "data/dataset.h"
#include "testing/files.h"
#include "testing/golden.h"
#include "testing/message.h"
#include <hone/data_files.h>

#include <stdio.h>
#include <string.h>

AROUND_ALL(testing_folder_make, testing_folder_remove);

static const char *text_file(const char *text)
{
    static char path[300];
    snprintf(path, sizeof path, "%s/text.txt", testing_folder);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
    fclose(file);
    return path;
}

static void check_bytes(const hone_array *array, const char *expected)
{
    assert_int_equal(array->type, HONE_UINT8);
    assert_int_equal(hone_array_count(array), strlen(expected));
    for (size_t i = 0; expected[i] != '\0'; i++)
        assert_int_equal(((const uint8_t *)array->data)[i], expected[i] - '0');
}

/* "abcab é": numbers by bytes, ' ' a b c é */
TEST(windows_and_the_next_characters)
{
    hone_dataset *data = hone_dataset_from_characters(text_file("abcab \xC3\xA9"), .window = 3);
    if (data == NULL)
        fail_msg("%s", hone_error_message());
    assert_int_equal(hone_dataset_count(data), 2);
    check_bytes(hone_dataset_input(data, 0), "123120");
    check_bytes(hone_dataset_target(data, 0), "231204");
    assert_int_equal(hone_dataset_class_count(data, 0), 5);
    assert_string_equal(hone_dataset_class_name(data, 0, 0), " ");
    assert_string_equal(hone_dataset_class_name(data, 0, 4), "\xC3\xA9");
    hone_dataset *other =
        hone_dataset_from_characters_like(data, text_file("caab"), .targets = "last", .stride = 1);
    if (other == NULL)
        fail_msg("%s", hone_error_message());
    check_bytes(hone_dataset_input(other, 0), "311");
    check_bytes(hone_dataset_target(other, 0), "2");
    hone_dataset_free(other);
    assert_null(hone_dataset_from_characters_like(data, text_file("aa bx")));
    assert_non_null(strstr(hone_error_message(), "line 1: \"x\" is not among the 5 characters"));
    other = hone_dataset_from_characters_like(data, text_file("a-\nbca"), .unknown = "drop");
    check_bytes(hone_dataset_input(other, 0), "123");
    hone_dataset_free(other);
    hone_dataset_free(data);
}

TEST(lower_case_and_no_targets)
{
    hone_dataset *data =
        hone_dataset_from_characters(text_file("AbBa"), .window = 2, .lowercase = true, .targets = "none");
    check_bytes(hone_dataset_input(data, 0), "0110");
    assert_int_equal(hone_dataset_target_count(data), 0);
    hone_dataset_free(data);
}

static const struct {
    const char *name, *text, *part;
    int64_t most;
} refused[] = {
    {"an empty file", "", "the file is empty", 100},
    {"a short text", "abc", "a text of 3 characters has no window of 101", 100},
    {"bytes that are no text", "ab\nc\xFF", "line 2: the text is not UTF-8: byte 5 of the file is 0xFF", 100},
    {"many characters", "abc", "more than 2 different characters", 2},
};
TEST_EACH(is_refused, refused)
{
    assert_null(hone_dataset_from_characters(text_file(row->text), .most_characters = row->most));
    if (strstr(hone_error_message(), row->part) == NULL)
        fail_msg("%s: %s", row->name, hone_error_message());
}

/* ---- pieces of a tokenizer ---- */

static const char *tokenizer_file(const char *name)
{
    static char path[300];
    snprintf(path, sizeof path, "%s/%s.model", testing_folder, name);
    golden_tokenizer_write(name, path);
    return path;
}

TEST(a_tokenizer_numbers_pieces)
{
    hone_dataset *data = hone_dataset_from_characters(text_file("in the beginning of night"), .window = 4,
                                                      .tokenizer = tokenizer_file("pairs"));
    if (data == NULL)
        fail_msg("%s", hone_error_message());
    assert_int_equal(hone_dataset_class_count(data, 0), 110);
    hone_dataset *alike = hone_dataset_from_characters_like(data, text_file("of night in the beginning"));
    if (alike == NULL)
        fail_msg("%s", hone_error_message());
    const uint8_t *ids = hone_dataset_input(data, 0)->data;
    assert_string_equal(hone_dataset_class_name(data, 0, ids[2]), "\xE2\x96\x81the");
    assert_int_equal(hone_dataset_class_count(alike, 0), 110);
    ids = hone_dataset_input(alike, 0)->data;
    assert_string_equal(hone_dataset_class_name(alike, 0, ids[3]), "\xE2\x96\x81night");
    hone_dataset_free(alike);
    hone_error_clear();
    assert_null(hone_dataset_from_characters_like(data, text_file("of night"),
                                                  .tokenizer = tokenizer_file("chances")));
    assert_message_has("is not the tokenizer of the training data");
    hone_dataset_free(data);
}

TEST(unknown_pieces_and_characters_are_counted)
{
    hone_dataset *data =
        hone_dataset_from_characters(text_file("in the \xE4\xB8\xAD of \xE4\xB8\xAD night"), .window = 4,
                                     .tokenizer = tokenizer_file("pairs"), .most_characters = 9);
    if (data == NULL)
        fail_msg("%s", hone_error_message());
    const char *notes = hone_dataset_notes(data);
    assert_non_null(notes);
    assert_non_null(strstr(notes, "text.txt: 2 of "));
    assert_non_null(strstr(notes, "are not known to the tokenizer\n"));
    assert_non_null(strstr(notes, "most_characters=9 is not used"));
    hone_dataset_free(data);
    data = hone_dataset_from_characters(text_file("abcabcabc"), .window = 3);
    assert_null(hone_dataset_notes(data));
    hone_dataset *alike =
        hone_dataset_from_characters_like(data, text_file("abxcaybxc"), .window = 3, .unknown = "drop");
    if (alike == NULL)
        fail_msg("%s", hone_error_message());
    assert_non_null(strstr(hone_dataset_notes(alike), "3 of 9 characters (33 %) are not known to the model"));
    hone_dataset_free(alike);
    hone_dataset_free(data);
}

TEST(a_tokenizer_must_be_one)
{
    hone_dataset *data = hone_dataset_from_characters(text_file("abcabcabc"), .window = 3);
    assert_non_null(data);
    hone_error_clear();
    assert_null(
        hone_dataset_from_characters_like(data, text_file("abc"), .tokenizer = tokenizer_file("pairs")));
    assert_message_has("the training data were read without one");
    hone_dataset_free(data);
    assert_null(hone_dataset_from_characters(text_file("abc"), .tokenizer = "nowhere.model"));
    assert_message_has("nowhere.model");
    char path[300];
    snprintf(path, sizeof path, "%s", text_file("abc"));
    assert_null(hone_dataset_from_characters(path, .tokenizer = path));
    assert_message_has("text.txt: is not a tokenizer of SentencePiece");
    assert_null(hone_dataset_from_characters(text_file("in the"), .window = 30,
                                             .tokenizer = tokenizer_file("pairs")));
    assert_message_has("has no window of 31");
    assert_null(hone_dataset_from_characters(text_file("in \xFF the"), .tokenizer = tokenizer_file("pairs")));
    assert_message_has("is not UTF-8: byte 4 of the file is 0xFF");
}
