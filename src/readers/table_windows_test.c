/* Tables as series: windows, their targets, what a model keeps of them, statistics of the training part
 * alone. */
#define _GNU_SOURCE /* mkdtemp */
#include "readers/standardize.h"
#include "testing/files.h"
#include "testing/message.h"
#include <hone/hone.h>
#include <hone/pipeline.h>

#include <stdio.h>
#include <string.h>

AROUND_ALL(testing_folder_make, testing_folder_remove);

enum { ROWS = 30 };

/* Row i is i, 10 i + 100, 2.5; the last `odd` rows are a thousand times that. */
static const char *table(int odd, const char *options)
{
    static char source[500];
    char csv[2000] = "t,y,z\n";
    size_t length = strlen(csv);
    for (int i = 0; i < ROWS; i++) {
        const int factor = i >= ROWS - odd ? 1000 : 1;
        length += (size_t)snprintf(csv + length, sizeof csv - length, "%d,%d,2.5\n", i * factor,
                                   (10 * i + 100) * factor);
    }
    snprintf(source, sizeof source, "%s%s", testing_file("series.csv", csv, length), options);
    return source;
}

static hone_dataset *load(int odd, const char *options)
{
    hone_dataset *data = hone_dataset_load(table(odd, options), NULL, 0);
    if (data == NULL)
        fail_msg("%s", hone_error_message());
    return data;
}

/* The inputs and the targets of all windows. */
static int64_t read_all(hone_dataset *data, float *x, float *y)
{
    const hone_batch *batch;
    hone_iterator *batches = hone_dataset_iterate(data, 100, 0, 0);
    assert_int_equal(hone_iterator_next(batches, &batch), 1);
    const int64_t count = batch->x[0].shape[0];
    memcpy(x, batch->x[0].data, (size_t)hone_array_count(&batch->x[0]) * sizeof *x);
    if (batch->y_count > 0)
        memcpy(y, batch->y[0].data, (size_t)hone_array_count(&batch->y[0]) * sizeof *y);
    hone_iterator_free(batches);
    return count;
}

TEST(a_target_is_an_input_too)
{
    float x[ROWS * 4 * 3], y[ROWS];
    hone_dataset *data = load(0, "#target=y,window=4,horizon=2");
    assert_int_equal(hone_dataset_input(data, 0)->rank, 3);
    assert_int_equal(hone_dataset_input(data, 0)->shape[2], 3);
    assert_int_equal(read_all(data, x, y), 25);
    assert_true(x[(3 * 4 + 1) * 3 + 1] == 140); /* window 3, step 1: row 4 */
    assert_true(y[3] == 10 * (3 + 3 + 2) + 100);
    hone_dataset *without = load(0, "#target=y,window=4,drop=[y]");
    assert_int_equal(hone_dataset_input(without, 0)->shape[2], 2);
    hone_dataset_free(without);
    hone_dataset_free(data);
}

TEST(statistics_are_those_of_the_rows_of_training)
{
    float x[ROWS * 4 * 3], y[ROWS];
    hone_dataset *parts[2], *data = load(8, "#target=y,window=4,standardize=true");
    /* 26 windows; those from 20 on are held out, those before 16 share no row with them: rows 0 to 18 */
    assert_int_equal(hone_dataset_hold_out(data, parts, .count = 6, .shuffle = false), HONE_OK);
    assert_int_equal(hone_dataset_count(parts[0]), 16);
    assert_int_equal(hone_internal_dataset_standardize(parts[0]), HONE_OK);
    read_all(parts[0], x, y);
    assert_float_equal(x[0], -1.64316767F, 1e-6); /* (0 - mean of 0 .. 18) / deviation */
    assert_float_equal(x[1], x[0], 1e-6);
    assert_true(x[2] == 0);   /* one value */
    assert_true(y[0] == 140); /* targets stay in their own units */

    hone_dataset *later = hone_dataset_load_like(parts[0], table(0, "#forecast=true"), NULL, 0);
    float z[ROWS * 4 * 3];
    assert_int_equal(read_all(later, z, y), 27);
    assert_int_equal(hone_dataset_target_count(later), 0);
    assert_true(z[0] == x[0] && z[1] == x[1]);
    hone_dataset_free(later);
    hone_dataset_free(parts[0]);
    hone_dataset_free(parts[1]);
}

TEST(a_model_reads_later_data_in_the_same_windows)
{
    hone_dataset *data = load(0, "#target=y,window=4,stride=2,drop=[z]");
    hone_model *model = hone_sequential(hone_input(4, 2), hone_flatten(), hone_dense(1));
    assert_int_equal(hone_compile(model, .loss = "mse"), HONE_OK);
    assert_non_null(hone_fit(model, data, .validation_split = 0.3));
    hone_dataset *other = hone_dataset_load_for(model, testing_path("series.csv"), NULL, 0);
    assert_int_equal(hone_dataset_count(other), 13);
    char *text = hone_model_data_text(model);
    assert_non_null(strstr(text, "window: 4"));
    assert_non_null(strstr(text, "also a target"));
    hone_free(text);
    hone_dataset_free(other);
    hone_dataset_free(data);
    hone_model_free(model);
}

static const struct {
    const char *name, *options, *says;
} wrong[] = {
    {"without a window", "#target=y,horizon=3", "horizon is about windows of a series: give window=N too"},
    {"forecast alone", "#forecast=true", "forecast is about windows"},
    {"too long", "#target=y,window=31", "a window with its target takes 32 rows, but there are 30"},
    {"rows left out", "#target=y,window=3,missing=drop", "rows that are left out bring others together"},
    {"a text", "#target=y,window=3,text=t", "holds texts"},
    {"no number", "#target=y,window=no", "window"},
    {"zero", "#target=y,window=0", "window"},
    {"too early", "#target=y,window=3,horizon=-3", "horizon must be from -2"},
    {"behind", "#target=y,window=3,start_index=30", "start_index 30 is behind the last of the 30 rows"},
    {"a slip", "#target=y,windo=3", "window"},
};

TEST_EACH(refuses, wrong)
{
    assert_null(hone_dataset_load(table(0, row->options), NULL, 0));
    assert_message_has(row->says);
}

/* ---- several series ---- */

/* Stations a (5 rows), b (2) and c (4), whose numbers are those of the rows. */
static const char stations[] = "station,y\na,0\na,1\na,2\na,3\na,4\nb,5\nb,6\nc,7\nc,8\nc,9\nc,10\n";

static hone_dataset *load_stations(const char *csv, const char *options)
{
    static char source[500];
    snprintf(source, sizeof source, "%s%s", testing_file("stations.csv", csv, strlen(csv)), options);
    return hone_dataset_load(source, NULL, 0);
}

/* The first row of each window and its target, "0>3 1>4 ". */
static void check_windows(hone_dataset *data, const char *expected)
{
    char text[200] = "";
    const hone_batch *batch;
    if (data == NULL)
        fail_msg("%s", hone_error_message());
    hone_iterator *batches = hone_dataset_iterate(data, 2, 0, 0);
    while (hone_iterator_next(batches, &batch) == 1)
        for (int64_t i = 0; i < batch->x[0].shape[0]; i++)
            snprintf(text + strlen(text), sizeof text - strlen(text), "%g>%g ",
                     hone_array_number(&batch->x[0], i * batch->x[0].shape[1]),
                     hone_array_number(&batch->y[0], i));
    assert_string_equal(text, expected);
    hone_iterator_free(batches);
}

static const struct {
    const char *name, *options, *windows;
} parted[] = {
    {"three rows and the next", "#target=y,window=3,group=station", "0>3 1>4 7>10 "},
    {"two rows and the next", "#target=y,window=2,group=station", "0>2 1>3 2>4 7>9 8>10 "},
    {"a stride begins with each series", "#target=y,window=2,stride=2,group=station", "0>2 2>4 7>9 "},
    {"every second row", "#target=y,window=2,sampling_rate=2,horizon=1,group=station", "0>3 1>4 7>10 "},
    {"from a row on", "#target=y,window=2,start_index=3,group=station", "7>9 8>10 "},
    {"up to a row", "#target=y,window=2,end_index=9,group=station", "0>2 1>3 2>4 "},
};

TEST_EACH(windows_stay_within_their_series, parted)
{
    hone_dataset *data = load_stations(stations, row->options);
    check_windows(data, row->windows);
    assert_int_equal(hone_dataset_input(data, 0)->shape[2], 1); /* the station is no input */
    hone_dataset_free(data);
}

TEST(whole_series_are_held_out)
{
    hone_dataset *data = load_stations(stations, "#target=y,window=2,group=station"), *parts[2];
    assert_int_equal(hone_dataset_hold_out(data, parts, .share = 0.4, .shuffle = true, .seed = 3), HONE_OK);
    const int64_t first = hone_dataset_count(parts[0]), second = hone_dataset_count(parts[1]);
    assert_true((first == 3 && second == 2) || (first == 2 && second == 3));
    check_windows(parts[0], first == 3 ? "0>2 1>3 2>4 " : "7>9 8>10 ");
    hone_dataset_free(parts[0]);
    hone_dataset_free(parts[1]);
}

TEST(rows_of_a_series_follow_each_other)
{
    assert_null(load_stations("station,y\na,0\nb,1\na,2\nb,3\n", "#target=y,window=1,group=station"));
    assert_message_has("row 2 belongs to a series whose other rows stand further up");
    assert_null(load_stations(stations, "#target=y,window=6,group=station"));
    assert_message_has("a window takes 7 rows, but no series has as many");
}
