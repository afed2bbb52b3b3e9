/* Tokenizers cut as SentencePiece does (tests/golden/tokenizers), are kept as texts, and refuse damaged
 * files. */
#include "base/base64.h"
#include "data/tokenizer.h"
#include "testing/golden.h"
#include "testing/message.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct file_bytes {
    unsigned char *data;
    size_t count;
} file_bytes;

static file_bytes model_of(const hone_config *file)
{
    file_bytes bytes = {.count = 0};
    bytes.data = golden_tokenizer_bytes(file, &bytes.count);
    return bytes;
}

static hone_tokenizer *open_golden(hone_config *file)
{
    file_bytes bytes = model_of(file);
    hone_tokenizer *tokenizer = hone_internal_tokenizer_create(bytes.data, bytes.count, "a.model");
    free(bytes.data);
    if (tokenizer == NULL)
        fail_msg("%s", hone_error_message());
    return tokenizer;
}

static void check_case(const hone_tokenizer *tokenizer, const hone_config *file, const hone_config *example)
{
    const char *text = hone_internal_config_get_text(example, "text");
    const hone_config *ids = hone_internal_config_get(example, "ids");
    hone_piece_numbers numbers = {.list = NULL};
    assert_int_equal(hone_internal_tokenizer_encode(tokenizer, text, strlen(text), true, &numbers), HONE_OK);
    bool same = numbers.count == hone_internal_config_count(ids);
    for (size_t i = 0; same && i < numbers.count; i++)
        same = numbers.list[i] == hone_internal_config_as_integer(hone_internal_config_at(ids, i));
    for (size_t i = 0; !same && i < numbers.count; i++)
        print_message("%s|", tokenizer->pieces.list[numbers.list[i]].text);
    if (!same)
        fail_msg("%s: \"%s\": %zu pieces", hone_internal_config_get_text(file, "name"), text, numbers.count);
    hone_internal_free(numbers.list);
}

TEST(texts_are_cut_as_sentencepiece_cuts_them)
{
    char **names = golden_list("tokenizers");
    int files = 0;
    for (char **name = names; *name != NULL; name++, files++) {
        hone_config *file = golden_open("tokenizers", *name);
        hone_tokenizer *tokenizer = open_golden(file);
        const hone_config *cases = golden_cases(file);
        assert_int_equal(tokenizer->pieces.count,
                         hone_internal_config_as_integer(hone_internal_config_get(file, "pieces")));
        for (size_t i = 0; i < hone_internal_config_count(cases); i++)
            check_case(tokenizer, file, hone_internal_config_at(cases, i));
        hone_internal_tokenizer_free(tokenizer);
        hone_internal_config_free(file);
    }
    golden_list_free(names);
    assert_true(files >= 9);
}

/* Parts of a text that follow each other give what it gives whole, where they are cut at a space. */
TEST(texts_go_on)
{
    hone_config *file = golden_open("tokenizers", "pairs_bytes");
    hone_tokenizer *tokenizer = open_golden(file);
    hone_piece_numbers whole = {.list = NULL}, parts = {.list = NULL};
    assert_int_equal(hone_internal_tokenizer_encode(tokenizer, "in the night", 12, true, &whole), HONE_OK);
    assert_int_equal(hone_internal_tokenizer_encode(tokenizer, "in the", 6, true, &parts), HONE_OK);
    assert_int_equal(hone_internal_tokenizer_encode(tokenizer, " night", 6, false, &parts), HONE_OK);
    assert_int_equal(whole.count, parts.count);
    assert_memory_equal(whole.list, parts.list, whole.count * sizeof *whole.list);
    hone_internal_free(whole.list);
    hone_internal_free(parts.list);
    hone_internal_tokenizer_free(tokenizer);
    hone_internal_config_free(file);
}

TEST(pieces_are_written_as_they_are_read)
{
    hone_config *file = golden_open("tokenizers", "pairs_bytes");
    hone_tokenizer *tokenizer = open_golden(file);
    const char *text = "night \xE6\x97\xA5 !";
    char written[64] = "";
    hone_piece_numbers numbers = {.list = NULL};
    assert_int_equal(hone_internal_tokenizer_encode(tokenizer, text, strlen(text), true, &numbers), HONE_OK);
    for (size_t i = 0; i < numbers.count; i++)
        strcat(written, tokenizer->written[numbers.list[i]]);
    assert_string_equal(written, " night \xE6\x97\xA5 !");
    assert_string_equal(tokenizer->written[0], " \xE2\x81\x87 ");
    assert_string_equal(tokenizer->written[1], ""); /* <s> */
    hone_internal_free(numbers.list);
    hone_internal_tokenizer_free(tokenizer);
    hone_internal_config_free(file);
}

TEST(a_model_keeps_its_file)
{
    hone_config *file = golden_open("tokenizers", "chances_rules");
    hone_tokenizer *tokenizer = open_golden(file);
    hone_config *list = hone_internal_tokenizer_to_config(tokenizer);
    hone_tokenizer *again = hone_internal_tokenizer_from_config(list);
    assert_non_null(again);
    assert_int_equal(again->file_bytes, tokenizer->file_bytes);
    assert_memory_equal(again->file, tokenizer->file, again->file_bytes);
    hone_internal_tokenizer_free(again);
    assert_null(hone_internal_tokenizer_from_config(NULL));
    assert_message_has("the model's tokenizer is damaged");
    hone_internal_config_append(list, hone_internal_config_text("Zg="));
    assert_null(hone_internal_tokenizer_from_config(list));
    assert_message_has("not a list of base64 texts");
    hone_internal_config_free(list);
    hone_internal_tokenizer_free(tokenizer);
    hone_internal_config_free(file);
}

/* ---- files that are none ---- */

#define UNKNOWN "\x0A\x09\x0A\x05<unk>\x18\x02"
static const struct {
    const char *name, *bytes;
    size_t count;
    const char *words;
} broken[] = {
    {"nothing", "", 0, "a.model: is not a tokenizer of SentencePiece"},
    {"a text", "vocabulary: 3", 13, "is not a tokenizer of SentencePiece"},
    {"a length beyond the end", "\x0A\x7F\x0A\x01x", 5, "is not a tokenizer of SentencePiece"},
    {"a number without an end", "\x0A\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 12, "is not a tokenizer"},
    {"a piece without a text", "\x0A\x05\x15\0\0\0\0", 7, "is not a tokenizer of SentencePiece"},
    {"a piece of a 0", "\x0A\x04\x0A\x02x\0", 6, "is not a tokenizer of SentencePiece"},
    {"a piece that is not UTF-8", "\x0A\x04\x0A\x02x\xFE", 6, "is not a tokenizer of SentencePiece"},
    {"a score that is no number", "\x0A\x08\x0A\x01x\x15\0\0\xC0\x7F", 10,
     "is not a tokenizer of SentencePiece"},
    {"an unheard-of way", UNKNOWN "\x12\x02\x18\x09", 15, "is not a tokenizer of SentencePiece"},
    {"nothing for the unknown", "\x0A\x03\x0A\x01x", 5, "has no piece for what is unknown"},
    {"a piece twice", "\x0A\x03\x0A\x01x\x0A\x03\x0A\x01x", 10, "the piece \"x\" occurs twice"},
    {"a byte that is none", UNKNOWN "\x0A\x05\x0A\x01x\x18\x06", 18, "the piece \"x\" is of no byte"},
    {"bytes that are not there", UNKNOWN "\x12\x03\x98\x02\x01", 16, "no piece <0x00>"},
    {"spaces behind words", UNKNOWN "\x12\x03\xC0\x01\x01", 16, "treat_whitespace_as_suffix"},
    {"changes that are cut off", UNKNOWN "\x1A\x06\x12\x04\x04\0\0\0", 19, "precompiled_charsmap is damaged"},
};

TEST_EACH(refuses, broken)
{
    hone_error_clear();
    assert_null(hone_internal_tokenizer_create(row->bytes, row->count, "a.model"));
    assert_message_has(row->words);
}

/* A tokenizer with nothing but an unknown piece and changes: a tree of 256 units and texts after it. */
static hone_tokenizer *of_changes(uint32_t (*unit)(uint32_t place), const char *texts, size_t length)
{
    static unsigned char file[4096];
    const size_t changes = 4 + 4 * 256 + length, inner = changes + 3;
    size_t at = sizeof UNKNOWN - 1;
    memcpy(file, UNKNOWN, at);
    const unsigned char heads[] = {0x1A,
                                   (unsigned char)(inner & 127) | 128,
                                   (unsigned char)(inner >> 7),
                                   0x12,
                                   (unsigned char)(changes & 127) | 128,
                                   (unsigned char)(changes >> 7),
                                   0,
                                   4,
                                   0,
                                   0};
    memcpy(file + at, heads, sizeof heads);
    at += sizeof heads;
    for (uint32_t place = 0; place < 256; place++)
        for (int byte = 0; byte < 4; byte++)
            file[at++] = (unsigned char)(unit(place) >> (8 * byte));
    memcpy(file + at, texts, length);
    return hone_internal_tokenizer_create(file, at + length, "a.model");
}

/* After each letter the tree is at its root again. */
static uint32_t circle(uint32_t place)
{
    return place << 10 | place;
}

TEST(a_tree_without_an_end_takes_no_time)
{
    enum { LENGTH = 200000 };
    static char text[LENGTH + 1];
    memset(text, 'a', LENGTH);
    hone_tokenizer *tokenizer = of_changes(circle, "", 1);
    if (tokenizer == NULL)
        fail_msg("%s", hone_error_message());
    hone_piece_numbers numbers = {.list = NULL};
    const clock_t start = clock();
    assert_int_equal(hone_internal_tokenizer_encode(tokenizer, text, LENGTH, true, &numbers), HONE_OK);
    assert_true((double)(clock() - start) / CLOCKS_PER_SEC < 5);
    assert_int_equal(numbers.count, 1); /* all is unknown */
    hone_internal_free(numbers.list);
    hone_internal_tokenizer_free(tokenizer);
}

TEST(refuses_changes_into_long_texts)
{
    char texts[300];
    memset(texts, 'x', sizeof texts);
    texts[299] = '\0';
    hone_error_clear();
    assert_null(of_changes(circle, texts, sizeof texts));
    assert_message_has("makes more than 256 bytes of a character");
    texts[256] = '\0';
    hone_tokenizer *tokenizer = of_changes(circle, texts, sizeof texts);
    assert_non_null(tokenizer);
    hone_internal_tokenizer_free(tokenizer);
}

/* Whatever is changed in a file, it is refused, or cuts texts into pieces that it has. */
TEST(damaged_files_do_no_harm)
{
    static const char text[] = "The \xEF\xAC\x81sh  in <0x41> Gr\xC3\xB6\xC3\x9F"
                               "e [x] day";
    hone_config *file = golden_open("tokenizers", "chances_rules");
    file_bytes bytes = model_of(file);
    int good = 0;
    for (size_t at = 0; at < bytes.count; at++) {
        unsigned char before = bytes.data[at];
        bytes.data[at] ^= (unsigned char)(1 + at * 37 % 255);
        hone_tokenizer *tokenizer = hone_internal_tokenizer_create(bytes.data, bytes.count, "a.model");
        hone_piece_numbers numbers = {.list = NULL};
        if (tokenizer != NULL) {
            good++;
            assert_int_equal(hone_internal_tokenizer_encode(tokenizer, text, sizeof text - 1, true, &numbers),
                             HONE_OK);
            for (size_t i = 0; i < numbers.count; i++)
                assert_in_range(numbers.list[i], 0, tokenizer->pieces.count - 1);
        }
        hone_internal_free(numbers.list);
        hone_internal_tokenizer_free(tokenizer);
        bytes.data[at] = before;
    }
    assert_true(good > 10 && (size_t)good < bytes.count);
    free(bytes.data);
    hone_internal_config_free(file);
}

static bool there_and_back(const file_bytes *bytes)
{
    hone_tokenizer *tokenizer = hone_internal_tokenizer_create(bytes->data, bytes->count, "a.model");
    hone_config *kept = tokenizer == NULL ? NULL : hone_internal_tokenizer_to_config(tokenizer);
    hone_config *pieces = kept == NULL ? NULL : hone_internal_tokenizer_pieces(tokenizer);
    hone_tokenizer *again = pieces == NULL ? NULL : hone_internal_tokenizer_from_config(kept);
    hone_piece_numbers numbers = {.list = NULL};
    const bool done =
        again != NULL && hone_internal_tokenizer_encode(again, "in the day", 10, true, &numbers) >= 0;
    hone_internal_free(numbers.list);
    hone_internal_tokenizer_free(again);
    hone_internal_config_free(pieces);
    hone_internal_config_free(kept);
    hone_internal_tokenizer_free(tokenizer);
    return done;
}

TEST(survives_failing_allocations)
{
    static const char *const names[] = {"pairs", "chances_rules"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        hone_config *file = golden_open("tokenizers", names[i]);
        file_bytes bytes = model_of(file);
        const int64_t before = hone_internal_blocks_in_use();
        int64_t allowed = 0;
        for (bool done = false; !done && allowed < 20000; allowed++) {
            hone_internal_fail_allocations_after(allowed);
            done = there_and_back(&bytes);
            hone_internal_fail_allocations_after(-1);
            assert_int_equal(hone_internal_blocks_in_use(), before);
        }
        assert_in_range(allowed, 30, 19999);
        free(bytes.data);
        hone_internal_config_free(file);
    }
}
