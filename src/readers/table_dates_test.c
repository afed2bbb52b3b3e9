/* Dates in tables: their numbers, later data, ages, orders of day and month, and what is refused; categories
 * that stand alone; options that say otherwise than the training data. */
#include "base/memory.h"
#include "data/dataset.h"
#include "testing/datasets.h"
#include "testing/files.h"
#include "testing/test.h"
#include <hone/data_files.h>
#include <string.h>

static const char *table(const char *text, const char *options)
{
    return testing_with(testing_file("t.csv", text, strlen(text)), options);
}

static hone_dataset *load_like(const hone_dataset *like, const char *text, const char *options)
{
    hone_dataset *data = hone_dataset_load_like(like, table(text, options), NULL, 1);
    if (!data)
        fail_msg("%s", hone_error_message());
    return data;
}

static void assert_numbers(const hone_dataset *data, int64_t width, const double *expected)
{
    const hone_array *x = hone_dataset_input(data, 0);
    assert_int_equal(hone_array_count(x) / x->shape[0], width);
    for (int64_t i = 0; i < hone_array_count(x); i++)
        assert_float_equal(hone_array_number(x, i), expected[i], 0);
}

static const struct {
    const char *name, *text, *options;
    double first[5];
    int width;
} dates[] = {
    {"the four numbers", "d,y\n2024-02-29,1\n1969-12-31,2\n", "#target=y,dates=[d]", {2024, 2, 3, 60}, 4},
    {"chosen ones",
     "d,y\n2024-12-31,1\n2023-12-31,2\n",
     "#target=y,dates=[d(day_of_year, year)]",
     {2024, 366},
     2},
    {"days before the last", "d,y\n2024-02-28,1\n2024-03-01,2\n", "#target=y,dates=[d(age)]", {2}, 1},
    {"with a time", "d,y\n2024-01-01T12:30:00Z,1\n2024/1/2 8:00,1\n", "#target=y,dates=[d(weekday)]", {0}, 1},
    {"hours",
     "d,y\n2024-01-01T12:30:00Z,1\n2024/1/2 8:00,1\n",
     "#target=y,dates=[d(hour, month)]",
     {1, 12.5},
     2},
    {"no hours", "d,y\n2024-01-01,1\n2024-01-02 0:30:36,1\n", "#target=y,dates=[d(hour)]", {0}, 1},
    {"points: the day first", "d,y\n3.4.2024,1\n31.12.1999,1\n", "#target=y,dates=[d(month)]", {4}, 1},
    {"slashes that can be one date",
     "d,y\n13/02/2024,1\n12/31/2024,1\n",
     "#target=y,dates=[d(month)]",
     {2},
     1},
    {"the day first, as said",
     "d,y\n03/04/2024,1\n03/05/2024,1\n",
     "#target=y,dates=[d(month)],date_order=dmy",
     {4},
     1},
    {"the month first, as said",
     "d,y\n03/04/2024,1\n04/04/2024,1\n",
     "#target=y,dates=[d(month)],date_order=mdy",
     {3},
     1},
    {"behind other inputs",
     "d,a,y\n2024-01-01,7.5,1\n2024-01-02,8,1\n",
     "#target=y,dates=[d(year)]",
     {7.5, 2024},
     2},
    {"missing is the mean",
     "d,y\n,1\n2024-01-01,1\n2026-01-01,1\n",
     "#target=y,dates=[d(year)],missing=mean",
     {2025},
     1},
    {"a missing age too",
     "d,y\n,1\n2024-01-01,1\n2024-01-03,1\n",
     "#target=y,dates=[d(age)],missing=mean",
     {1},
     1},
    {"of a named input",
     "d,a,y\n2024-01-01,3,1\n2024-01-02,4,1\n",
     "#target=y,dates=[d(month)],inputs=[w(d, a)]",
     {1, 3},
     2},
    {"without a header", "2024-05-01,1\n2024-06-01,2\n", "#target=-1,dates=[0(month)],header=no", {5}, 1},
    {"left out again", "d,a,y\n2024-05-01,3,1\n2024-06-01,4,2\n", "#target=y,dates=[d],drop=[d]", {3}, 1},
};

TEST_EACH(makes_numbers_of, dates)
{
    hone_dataset *data = load_like(HONE_NO_DATASET, row->text, row->options);
    const hone_array *x = hone_dataset_input(data, 0);
    assert_int_equal(hone_array_count(x) / x->shape[0], row->width);
    for (int i = 0; i < row->width; i++)
        assert_float_equal(hone_array_number(x, i), row->first[i], 0);
    hone_dataset_free(data);
}

/* By name in another order, by place without a header; ages from the last day of the training data. */
TEST(later_dates_are_read_alike)
{
    hone_dataset *data = load_like(HONE_NO_DATASET, "a,d,y\n1,2024-01-01,1\n2,2024-01-11,2\n",
                                   "#target=y,dates=[d(age, month)],standardize=true"),
                 *later = load_like(data, "y,d,a\n1,21.01.2024,3\n", "");
    assert_int_equal(hone_array_count(hone_dataset_input(later, 0)), 3);
    hone_dataset_free(later);
    hone_dataset_free(data);
    data = load_like(HONE_NO_DATASET, "d,a,y\n2024-01-01,1,1\n2024-01-11,2,2\n", "#target=y,dates=[d(age)]");
    later = load_like(data, "a,d\n3,2024-01-21\n", "");
    assert_numbers(later, 2, (const double[]){3, -10});
    hone_dataset_free(later);
    assert_null(hone_dataset_load_like(data, table("a\n3\n", ""), NULL, 1));
    assert_non_null(strstr(hone_error_message(), "has no column \"d\""));
    hone_dataset_free(data);
    data = load_like(HONE_NO_DATASET, "2024-01-01,1,1\n2024-03-11,2,2\n",
                     "#target=-1,dates=[0(month)],header=no");
    later = load_like(data, "2024-07-01,5\n", "#header=no");
    assert_numbers(later, 2, (const double[]){5, 7});
    hone_dataset_free(later);
    hone_dataset_free(data);
}

static const struct {
    const char *name, *text, *options, *words;
} mistakes[] = {
    {"a day that is none", "d,y\n2023-02-29,1\n", "#target=y,dates=[d]",
     "line 2, column \"d\": expected a date such as"},
    {"a month that is none", "d,y\n2024-13-01,1\n", "#target=y,dates=[d]", "received \"2024-13-01\""},
    {"a number", "d,y\n20240101,1\n", "#target=y,dates=[d]", "received \"20240101\""},
    {"two dates at once", "d,y\n03/04/2024,1\n", "#target=y,dates=[d]",
     "could be two dates; set date_order=dmy or"},
    {"nothing there", "d,y\n,1\n", "#target=y,dates=[d]", "no value; set missing=drop"},
    {"an hour too many", "d,y\n2024-01-01 24:00,1\n", "#target=y,dates=[d(hour)]",
     "expected a time such as 18:30 behind the date, received \"2024-01-01 24:00\""},
    {"a word for a time", "d,y\n2024-01-01 noon,1\n", "#target=y,dates=[d(hour)]", "expected a time"},
    {"a minute of one digit", "d,y\n2024-01-01 8:5,1\n", "#target=y,dates=[d(hour)]", "expected a time"},
    {"an unknown part", "d,y\n2024-01-01,1\n", "#target=y,dates=[d(yaer)]", "did you mean \"year\"?"},
    {"an unknown column", "d,y\n2024-01-01,1\n", "#target=y,dates=[dd]", "unknown column \"dd\""},
    {"the target", "d,y\n2024-01-01,1\n", "#target=d,dates=[d]", "both a date and a target"},
    {"categories", "d,y\n2024-01-01,1\n", "#target=y,dates=[d],categorical=[d]",
     "both a date and categorical"},
    {"twice", "d,y\n2024-01-01,1\n", "#target=y,dates=[d,d]", "named before in dates"},
    {"another order", "d,y\n2024-01-01,1\n", "#target=y,dates=[d],date_order=ymd", "date_order"},
    {"embedded one-hot", "c,y\na,1\n", "#target=y,embed=true,encoding=one_hot", "cannot both be given"},
};

TEST_EACH(refuses, mistakes)
{
    testing_assert_refused(table(row->text, row->options), row->words);
}

/* ---- categories that stand alone ---- */

TEST(embedded_categories_are_inputs_of_their_own)
{
    const char *text = "a,city,b,y,kind\n1,Rome,2,0,p\n3,Oslo,4,1,q\n";
    hone_dataset *data = load_like(HONE_NO_DATASET, text, "#target=y,embed=true");
    assert_int_equal(hone_dataset_input_count(data), 3);
    assert_string_equal(hone_internal_dataset_name(data, HONE_COMPONENT_INPUT, 0), "numbers");
    assert_string_equal(hone_internal_dataset_name(data, HONE_COMPONENT_INPUT, 1), "city");
    assert_string_equal(hone_internal_dataset_name(data, HONE_COMPONENT_INPUT, 2), "kind");
    assert_numbers(data, 2, (const double[]){1, 2, 3, 4});
    assert_float_equal(hone_array_number(hone_dataset_input(data, 1), 0), 1, 0);
    hone_dataset *later = load_like(data, "kind,b,city,a\nq,5,Rome,6\n", "");
    assert_int_equal(hone_dataset_input_count(later), 3);
    assert_numbers(later, 2, (const double[]){6, 5});
    assert_float_equal(hone_array_number(hone_dataset_input(later, 2), 0), 1, 0);
    hone_dataset_free(later);
    hone_dataset_free(data);
}

/* ---- options that say otherwise ---- */

static const struct {
    const char *name, *options, *words; /* "": nothing is said */
} differences[] = {
    {"nothing said", "", ""},
    {"the same", "#missing=mean,target=y", ""},
    {"another filling", "#missing=0", "missing=0 is used; the training data were read with missing=mean"},
    {"another encoding", "#encoding=one_hot", "encoding=one_hot is not used"},
    {"another target", "#target=z", "target=z is used; the training data were read with target=y"},
    {"an input left out", "#drop=[a]",
     "drop=[a] is not used: the training data had it as an input of numbers"},
    {"numbers as categories", "#categorical=[a]", "categorical=[a] is not used"},
    {"categories as dates", "#dates=[c]", "dates=[c] is not used: the training data had it as categories"},
};

TEST_EACH(tells_both_where_they_differ, differences)
{
    const char *text = "a,c,y,z\n1,p,1,3\n2.5,q,2,4\n";
    hone_dataset *data = load_like(HONE_NO_DATASET, text, "#target=y,missing=mean,drop=[z]"),
                 *later = load_like(data, text, row->options);
    const char *notes = hone_dataset_notes(later);
    if (strstr(notes ? notes : "", row->words) == NULL || (row->words[0] == '\0' && notes != NULL))
        fail_msg("\"%s\" does not mention \"%s\"", notes ? notes : "", row->words);
    hone_dataset_free(later);
    hone_dataset_free(data);
}

TEST(survives_failing_allocations)
{
    const int64_t blocks = hone_internal_blocks_in_use();
    table("d,city,y\n2024-01-01,Rome,1\n,Oslo,2\n", "");
    for (int64_t i = 0;; i++) {
        hone_internal_fail_allocations_after(i);
        hone_dataset *data = hone_dataset_from_csv(testing_path("t.csv"), .target = {"y"}, .missing = "mean",
                                                   .dates = {"d(year, age)"}, .embed = true);
        const int status = hone_error_status();
        hone_internal_fail_allocations_after(-1);
        if (!data)
            assert_int_equal(status, HONE_ERROR_MEMORY);
        hone_dataset_free(data);
        hone_error_clear();
        assert_int_equal(hone_internal_blocks_in_use(), blocks);
        if (data)
            break;
    }
}

AROUND_ALL(testing_folder_make, testing_folder_remove);
