/* Several files as one data set: the numbers of one file with all of it, from memory and from the files. */
#include "data/dataset.h"
#include "base/memory.h"
#include "testing/datasets.h"
#include "testing/files.h"
#include "testing/message.h"
#include "testing/test.h"

#include <hone/hone.h>

AROUND_ALL(testing_folder_make, testing_folder_remove);

enum { FILES = 40, ROWS = 3, WIDTH = 2 }; /* more files than are kept open */

static float number_at(int file, int row, int place)
{
    return (float)(100 * file + 10 * row + place);
}

static hone_array view(const void *data, hone_dtype type, int rank, int64_t rows)
{
    return hone_array_view(data, type, rank, (int64_t[]){rows, WIDTH});
}

/* x-0.npy, ..., y-0.npy, ...; file f has 1 + f % ROWS rows. */
static int64_t write_files(void)
{
    int64_t rows = 0;
    for (int f = 0; f < FILES; f++) {
        float x[ROWS][WIDTH];
        int32_t y[ROWS];
        char name[32];
        const int count = 1 + f % ROWS;
        for (int r = 0; r < count; r++) {
            for (int i = 0; i < WIDTH; i++)
                x[r][i] = number_at(f, r, i);
            y[r] = f;
        }
        const hone_array inputs = view(x, HONE_FLOAT32, 2, count), targets = view(y, HONE_INT32, 1, count);
        snprintf(name, sizeof name, "x-%d.npy", f);
        assert_int_equal(hone_array_save(&inputs, testing_path(name)), HONE_OK);
        snprintf(name, sizeof name, "y-%d.npy", f);
        assert_int_equal(hone_array_save(&targets, testing_path(name)), HONE_OK);
        rows += count;
    }
    return rows;
}

static hone_dataset *load_pair(int64_t limit)
{
    char source[256];
    snprintf(source, sizeof source, "%s/x-*.npy,%s/y-*.npy", testing_folder, testing_folder);
    return limit == 0 ? hone_dataset_load(source, NULL, 1)
                      : hone_dataset_from_files(source, .memory_limit = limit);
}

TEST(arrays_follow_each_other)
{
    const int64_t rows = write_files(), before = hone_internal_blocks_in_use();
    for (int64_t limit = 0; limit < 2; limit++) { /* of one byte: nothing in memory */
        hone_dataset *data = load_pair(limit);
        if (!data)
            fail_msg("%s", hone_error_message());
        assert_int_equal(hone_dataset_count(data), rows);
        assert_int_equal(hone_internal_dataset_in_memory(data), limit == 0);
        float x[FILES * ROWS * WIDTH], y[FILES * ROWS];
        int64_t order[FILES * ROWS];
        for (int64_t i = 0; i < rows; i++)
            order[i] = rows - 1 - i;
        assert_int_equal(hone_internal_dataset_gather(data, 0, 0, NULL, 0, rows, x), HONE_OK);
        assert_int_equal(hone_internal_dataset_gather(data, 1, 0, order, 0, rows, y), HONE_OK);
        int64_t at = 0;
        for (int f = 0; f < FILES; f++)
            for (int r = 0; r < 1 + f % ROWS; r++, at++) {
                assert_true(x[at * WIDTH + 1] == number_at(f, r, 1));
                assert_true(y[rows - 1 - at] == (float)f);
            }
        hone_dataset_free(data);
    }
    assert_int_equal(hone_internal_blocks_in_use(), before);
}

TEST(a_file_that_changes_is_told)
{
    float x[WIDTH * FILES * ROWS];
    const int64_t rows = write_files();
    hone_dataset *data = load_pair(1);
    assert_non_null(data);
    testing_file("x-39.npy", "short", 5); /* one that is opened again for each reading */
    assert_int_equal(hone_internal_dataset_gather(data, 0, 0, NULL, 0, rows, x), HONE_ERROR_FORMAT);
    assert_message_has("x-39.npy: the file had");
    hone_dataset_free(data);
}

#ifdef HONE_CORE_ONLY /* it has no archives */
#define ARRAYS "npy, idx"
#else
#define ARRAYS "npy, npz, idx"
#endif

TEST(refuses_files_that_differ)
{
    char source[256];
    write_files();
    const float wide[2][3] = {{0}};
    const hone_array other = hone_array_view(wide, HONE_FLOAT32, 2, (int64_t[]){2, 3});
    assert_int_equal(hone_array_save(&other, testing_path("x-7.npy")), HONE_OK);
    assert_null(load_pair(0));
    assert_message_has("x-7.npy is float32 (n, 3); expected float32 (n, 2), as in");
    write_files();
    snprintf(source, sizeof source, "%s/z-*.npy", testing_folder);
    assert_null(hone_dataset_load(source, NULL, 1));
    assert_message_has("no file has a name of this pattern");
    testing_file("a.txt", "text", 4);
    testing_file("b.txt", "text", 4);
    snprintf(source, sizeof source, "%s/?.txt", testing_folder);
    assert_null(hone_dataset_load(source, NULL, 1));
    assert_message_has("several files can be one data set of the formats csv, libsvm, tfrecord, " ARRAYS
                       "; characters takes one");
}

static const char *const tables[] = {"id,city,y\n1,Oslo,a\n2,Rome,b\n", "id,city,y\n3,Bonn,a\n", "",
                                     "id,city,y\n", "id,city,y\n4,,c\n"};

static void write_tables(size_t count, const char *const *texts)
{
    char name[32];
    for (size_t i = 0; i < count; i++) {
        snprintf(name, sizeof name, "t-%zu.csv", i);
        testing_file(name, texts[i], strlen(texts[i]));
    }
}

static hone_dataset *load_tables(const char *options)
{
    char source[256];
    snprintf(source, sizeof source, "%s/t-*.csv#target=y%s", testing_folder, options);
    return hone_dataset_load(source, NULL, 1);
}

TEST(tables_are_one_table)
{
    write_tables(5, tables);
    static const char together[] = "id,city,y\n1,Oslo,a\n2,Rome,b\n3,Bonn,a\n4,,c\n";
    testing_file("whole.csv", together, sizeof together - 1);
    hone_dataset *data = load_tables(",missing=0"),
                 *whole = testing_load(testing_with(testing_path("whole.csv"), "#target=y,missing=0"));
    if (!data)
        fail_msg("%s", hone_error_message());
    assert_int_equal(hone_dataset_count(data), 4);
    uint64_t prints[2];
    assert_int_equal(hone_internal_dataset_fingerprint(data, &prints[0]), HONE_OK);
    assert_int_equal(hone_internal_dataset_fingerprint(whole, &prints[1]), HONE_OK);
    assert_true(prints[0] == prints[1]);
    assert_string_equal(hone_dataset_class_name(data, 0, 2), "c");
    hone_dataset_free(data);
    hone_dataset_free(whole);
}

static const struct {
    const char *name, *second, *says;
} mistakes[] = {
    {"another name", "id,town,y\n3,Bonn,a\n",
     "t-1.csv: column 1 is \"town\"; expected \"city\", as in the first file of the set"},
    {"fewer columns", "id,y\n3,a\n", "t-1.csv: 2 columns; expected 3, as in the first file of the set"},
    {"a wrong row", "id,city,y\n3,Bonn\n", "t-1.csv, line 2: 2 fields; expected 3"},
    {"another kind", "id,city,y\nx,Bonn,a\n",
     "t-1.csv, line 2, column \"id\": \"x\" is not a number, but others in the column are ("},
};

TEST_EACH(tables_of_a_set_have_the_same_columns, mistakes)
{
    const char *const texts[] = {tables[0], row->second, tables[1], tables[1], tables[1]};
    write_tables(5, texts);
    assert_null(load_tables(""));
    assert_message_has(row->says);
}

TEST(survives_failing_allocations)
{
    write_files();
    const int64_t before = hone_internal_blocks_in_use();
    for (int64_t i = 0;; i += 1 + i / 8) {
        hone_internal_fail_allocations_after(i);
        hone_dataset *data = load_pair(1);
        hone_internal_fail_allocations_after(-1);
        hone_dataset_free(data);
        assert_int_equal(hone_internal_blocks_in_use(), before);
        if (data)
            return;
    }
}
