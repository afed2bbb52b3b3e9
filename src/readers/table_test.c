/* Tests of tables: what CSV may look like, kinds of columns, options, later data, and what is refused. */
#include "testing/files.h"
#include "data/dataset.h"
#include "formats/source.h"
#include "readers/schema.h"
#include "readers/table.h"
#include <hone/data_files.h>
#include <math.h>

#include "testing/datasets.h"
#include "testing/test.h"

static const char *write_table(const char *text)
{
    return testing_file("t.csv", text, strlen(text));
}

static hone_dataset *load_as(const hone_dataset *like, const char *source)
{
    hone_dataset *data = hone_dataset_load_like(like, source, NULL, 1);
    if (!data)
        fail_msg("%s: %s", source, hone_error_message());
    return data;
}

static hone_dataset *load(const char *text, const char *options)
{
    return load_as(HONE_NO_DATASET, testing_with(write_table(text), options));
}

static void assert_array(const hone_array *array, const double *expected, int64_t rows, int64_t width)
{
    assert_int_equal(array->shape[0], rows);
    assert_int_equal(array->rank, width > 0 ? 2 : 1);
    if (width > 0)
        assert_int_equal(array->shape[1], width);
    for (int64_t i = 0; i < rows * (width > 0 ? width : 1); i++) {
        double found = hone_array_number(array, i);
        if (found != expected[i] && !(isnan(found) && isnan(expected[i])))
            fail_msg("number %lld is %g, expected %g", (long long)i, found, expected[i]);
    }
}

#define ASSERT_INPUT(data, rows, width, ...) \
    assert_array(hone_dataset_input(data, 0), (const double[]){__VA_ARGS__}, rows, width)
#define ASSERT_TARGET(data, index, rows, width, ...) \
    assert_array(hone_dataset_target(data, index), (const double[]){__VA_ARGS__}, rows, width)

static void assert_refused_as(const hone_dataset *like, const char *text, const char *options,
                              const char *message)
{
    hone_error_clear();
    hone_dataset *data = hone_dataset_load_like(like, testing_with(write_table(text), options), NULL, 1);
    if (data)
        fail_msg("accepted: %s %s", text, options);
    if (!strstr(hone_error_message(), message))
        fail_msg("%s %s: received \"%s\", expected \"%s\"", text, options, hone_error_message(), message);
}

static void assert_refused(const char *text, const char *options, const char *message)
{
    assert_refused_as(HONE_NO_DATASET, text, options, message);
}

AROUND_ALL(testing_folder_make, testing_folder_remove);

TEST(reads_numbers)
{
    hone_dataset *data = load("a,b,y\n1,2,3\n-4.5, 1e2 ,6\n", "#target=y");
    assert_int_equal(hone_dataset_input(data, 0)->type, HONE_FLOAT32);
    ASSERT_INPUT(data, 2, 2, 1, 2, -4.5, 100);
    ASSERT_TARGET(data, 0, 2, 0, 3, 6);
    assert_non_null(strstr(hone_internal_dataset_label(data, HONE_COMPONENT_TARGET, 0), "t.csv: y"));
    hone_dataset_free(data);
    data = load("0,255,7\n3,4,8\n", "#target=-1"); /* bytes; no header since there are numbers */
    assert_int_equal(hone_dataset_input(data, 0)->type, HONE_UINT8);
    ASSERT_INPUT(data, 2, 2, 0, 255, 3, 4);
    hone_dataset_free(data);
    data = load("0,1,2\n5,6,7\n", ""); /* 0, 1, 2 is a header of numbers */
    ASSERT_INPUT(data, 1, 3, 5, 6, 7);
    hone_dataset_free(data);
    data = load("0,1,t\n5,6,7\n", "#target=t"); /* numbered columns beside one with a name */
    assert_int_equal(hone_dataset_count(data), 1);
    hone_dataset_free(data);
    data = load("0,red\n1,blue\n", "#target=-1"); /* one number at its place is a number */
    assert_int_equal(hone_dataset_count(data), 2);
    hone_dataset_free(data);
    data = load("0,1,2\n5,6,7\n", "#header=no,scale=0.5");
    ASSERT_INPUT(data, 2, 3, 0, 1, 2, 5, 6, 7);
    float row[3];
    hone_internal_dataset_gather(data, HONE_COMPONENT_INPUT, 0, NULL, 1, 1, row);
    assert_true(row[0] == 2.5f && row[2] == 3.5f);
    hone_dataset_free(data);
}

/* Ids that floats do not tell apart are doubles, which Hashing and IntegerLookup read; other columns stay. */
TEST(keeps_whole_numbers_beyond_floats)
{
    hone_dataset *data = load("id,a,y\n16777217,1,0\n16777216,0.5,1\n-9007199254740991,0,1\n", "#target=y");
    assert_int_equal(hone_dataset_input(data, 0)->type, HONE_FLOAT64);
    ASSERT_INPUT(data, 3, 2, 16777217, 1, 16777216, 0.5, -9007199254740991, 0);
    float row[2];
    hone_internal_dataset_gather(data, HONE_COMPONENT_INPUT, 0, NULL, 1, 1, row);
    assert_true(row[0] == 16777216.0f && row[1] == 0.5f);
    assert_null(hone_dataset_notes(data));
    hone_dataset_free(data);
    data = load("id,y\n16777215,0\n3,1\n", "#target=y"); /* floats hold it */
    assert_int_equal(hone_dataset_input(data, 0)->type, HONE_FLOAT32);
    hone_dataset_free(data);
    data = load("id,y\n16777217.5,0\n3,1\n", "#target=y"); /* a measurement */
    assert_int_equal(hone_dataset_input(data, 0)->type, HONE_FLOAT32);
    hone_dataset_free(data);
    data = load("id,y\n9007199254740993,0\n3,1\n", "#target=y");
    assert_non_null(strstr(hone_dataset_notes(data), "text=[id] keeps their digits"));
    hone_dataset_free(data);
}

TEST(reads_every_way_to_write_a_number)
{
    static const struct {
        const char *text;
        double number;
    } good[] = {{"0", 0},
                {"-0.5", -0.5},
                {"+7", 7},
                {".5", 0.5},
                {"5.", 5},
                {"1e5", 1e5},
                {"1E-3", 1e-3},
                {"  2 ", 2},
                {"inf", HUGE_VAL},
                {"-Infinity", -HUGE_VAL},
                {"0.1", 0.1},
                {"123456789012345678901234567890", 123456789012345678901234567890.0},
                {"3.14159265358979311600", 3.14159265358979311600},
                {"2.2250738585072014e-308", 2.2250738585072014e-308},
                {"9007199254740993", 9007199254740992.0},
                {"1e400", HUGE_VAL},
                {"0.000000000000000000000000000001", 1e-30}};
    static const char *const bad[] = {"",    " ",   "-",     ".",   "e5",    "1e",  "1e+",  "0x10",
                                      "1,5", "1 2", "1.2.3", "abc", "infin", "--1", "1_000"};
    double number;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_true(hone_internal_field_to_number(good[i].text, strlen(good[i].text), '.', &number));
        if (number != good[i].number)
            fail_msg("%s is %.17g", good[i].text, number);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (hone_internal_field_to_number(bad[i], strlen(bad[i]), '.', &number))
            fail_msg("\"%s\" is %g", bad[i], number);
    assert_true(hone_internal_field_to_number("1,5", 3, ',', &number));
    assert_true(number == 1.5);
}

TEST(reads_every_syntax_of_csv)
{
    static const struct {
        const char *text, *options;
    } same[] = {
        {"a,b\n1,2\n3,4\n", ""},
        {"a,b\r\n1,2\r\n3,4", ""},
        {"a,b\r1,2\r3,4\r", ""},
        {"\xef\xbb\xbf"
         "a,b\n1,2\n\n3,4\n\n",
         ""},
        {"\"a\",\"b\"\n\"1\",2\n3,\"4\"\n", ""},
        {"a;b\n1;2\n3;4\n", "#delimiter=;"},
        {"a;b\n1;2\n3;4\n", "#delimiter=semicolon"},
        {"a\tb\n1\t2\n3\t4\n", "#delimiter=tab"},
        {"a|b\n1|2\n3|4\n", "#delimiter=\"|\""},
        {"# made by \"x\na;b\n1,0;2,0\n3,0;4\n", "#skip=1,delimiter=;,decimal=\",\""},
        {"'a','b'\n'1','2'\n'3','4'\n", "#quote='\"'\"'"},
    };
    for (size_t i = 0; i + 1 < sizeof same / sizeof *same; i++) {
        hone_dataset *data = load(same[i].text, same[i].options);
        ASSERT_INPUT(data, 2, 2, 1, 2, 3, 4);
        hone_dataset_free(data);
    }
    hone_dataset *data = load("\"the \"\"x\"\", or so\",\"two\nlines\",y\n1,2,a\n3,4,\"b,\nc\"\n",
                              "#target=y,inputs=[two\nlines, 'the \"x\", or so']");
    hone_dataset_free(data);
    data = load("x,y\n1,\"b,\r\n\"\"c\"\"\"\n2,a\n", "#target=y");
    assert_int_equal(hone_dataset_class_count(data, 0), 2);
    assert_string_equal(hone_dataset_class_name(data, 0, 1), "b,\r\n\"c\"");
    hone_dataset_free(data);
    hone_dataset *tabs = load_as(HONE_NO_DATASET, testing_file("t.tsv", "a\tb\n1\t2\n", 8));
    ASSERT_INPUT(tabs, 1, 2, 1, 2);
    hone_dataset_free(tabs);
}

TEST(numbers_categories_in_order)
{
    hone_dataset *data = load("city,n,kind\nRome,1,b\nOslo,2,a\nRome,3,c\n", "#target=kind");
    ASSERT_INPUT(data, 3, 2, 1, 1, 0, 2, 1, 3);
    ASSERT_TARGET(data, 0, 3, 0, 1, 0, 2);
    assert_int_equal(hone_dataset_target(data, 0)->type, HONE_INT32);
    assert_int_equal(hone_dataset_class_count(data, 0), 3);
    assert_string_equal(hone_dataset_class_name(data, 0, 2), "c");
    assert_null(hone_dataset_class_name(data, 0, 3));
    hone_dataset_free(data);
    data = load("city,n,kind\nRome,1,b\nOslo,2,a\nRome,3,c\n", "#target=kind,order=seen");
    ASSERT_INPUT(data, 3, 2, 0, 1, 1, 2, 0, 3);
    ASSERT_TARGET(data, 0, 3, 0, 0, 1, 2);
    hone_dataset_free(data);
    data = load("city,n,kind\nRome,1,b\nOslo,2,a\nRome,3,c\n", "#target=kind,encoding=one_hot");
    assert_int_equal(hone_dataset_input(data, 0)->type, HONE_UINT8);
    ASSERT_INPUT(data, 3, 3, 0, 1, 1, 1, 0, 2, 0, 1, 3);
    hone_dataset_free(data);
    data = load("n,y\n1,10\n2,9\n3,10\n", "#target=y,categorical=y"); /* by value, not by text */
    ASSERT_TARGET(data, 0, 3, 0, 1, 0, 1);
    assert_string_equal(hone_dataset_class_name(data, 0, 0), "9");
    hone_dataset_free(data);
    data = load("n,y\n1,0\n1,x\nB,0\n2,0\nC,1\n", "#target=y,categorical=[n, y]"); /* mixed, and said so */
    ASSERT_INPUT(data, 5, 1, 0, 0, 2, 1, 3);
    ASSERT_TARGET(data, 0, 5, 0, 0, 2, 0, 0, 1);
    hone_dataset_free(data);
    assert_refused(
        "n,y\n1,0\n2,0\nten,0\n", "#target=y",
        "t.csv, line 4, column \"n\": \"ten\" is not a number, but others in the column are (line 2); "
        "categorical=[\"n\"] reads all as categories, missing_values=[\"ten\"] such cells as missing");
    assert_refused("n,y\nten,0\neleven,0\n12,0\n", "#target=y",
                   "line 2, column \"n\": \"ten\" is not a number, but others in the column are (line 4)");
    assert_refused("n;y\n1,5;0\n2;0\n", "#target=y,delimiter=semicolon",
                   "line 2, column \"n\": \"1,5\" is not a number, but others in the column are (line 3); "
                   "decimal=\",\" reads it as a number");
    assert_refused("n,y\na,0\nb,0\nc,0\n", "#target=y,most_categories=2",
                   "line 4, column \"n\": more than 2 different values");
    assert_refused("n,y\na,0\n", "#target=y,numeric=n",
                   "line 2, column \"n\": expected a number, received \"a\"");
    assert_refused("n,y\n\xff\xfe,0\n", "#target=y", "line 2, column \"n\": the string is not UTF-8");
}

TEST(missing_values_are_refused_dropped_or_filled)
{
    static const char table[] = "a,b,y\n1,,x\nNA,4,y\n3,6,x\n";
    assert_refused(table, "#target=y", "line 2, column \"b\": no value; set missing=drop");
    hone_dataset *data = load(table, "#target=y,missing=drop");
    ASSERT_INPUT(data, 1, 2, 3, 6);
    assert_int_equal(hone_dataset_class_count(data, 0), 1);
    hone_dataset_free(data);
    data = load(table, "#target=y,missing=mean");
    ASSERT_INPUT(data, 3, 2, 1, 5, 2, 4, 3, 6);
    hone_dataset *later =
        hone_dataset_load_like(data, testing_with(testing_file("l.csv", "y,b,a\nx,7,\n", 11), ""), NULL, 1);
    assert_non_null(later);
    ASSERT_INPUT(later, 1, 2, 2, 7); /* the mean of training */
    hone_dataset_free(later);
    hone_dataset_free(data);
    data = load(table, "#target=y,missing=-1");
    ASSERT_INPUT(data, 3, 2, 1, -1, -1, 4, 3, 6);
    hone_dataset_free(data);
    data = load(table, "#target=y,missing=nan,drop=[a]");
    ASSERT_INPUT(data, 3, 1, NAN, 4, 6);
    hone_dataset_free(data);
    data = load("c,y\nu,1\n,2\nv,3\n", "#target=y,missing=mean"); /* a category of its own */
    ASSERT_INPUT(data, 3, 1, 1, 0, 2);
    hone_dataset_free(data);
    data = load("a,y\n1,1\n?,2\n", "#target=y,missing=drop,missing_values=?");
    ASSERT_INPUT(data, 1, 1, 1);
    hone_dataset_free(data);
    assert_refused("a,y\n1,1\n2,\n", "#target=y,missing=mean", "line 3, column \"y\": no target value");
    assert_refused("a,y\n,1\n", "#target=y,missing=drop", "has no rows without missing values");
    assert_refused("a,y\n,1\n", "#target=y,missing=mean", "there are no values to take the mean of");
    assert_refused("a,y\n,1\n", "#target=y,missing=often",
                   "missing: expected error, drop, mean, nan or a number");
}

TEST(columns_are_chosen_by_name)
{
    static const char table[] = "id,a,b,c,w,p,q\n1,2,3,4,.5,6,7\n8,9,10,11,2,13,14\n";
    hone_dataset *data = load(table, "#target=[p, q],weight=w,drop=id");
    ASSERT_INPUT(data, 2, 3, 2, 3, 4, 9, 10, 11);
    ASSERT_TARGET(data, 0, 2, 2, 6, 7, 13, 14);
    assert_non_null(hone_internal_dataset_weights(data));
    hone_dataset_free(data);
    data = load(table, "#target=[price(p), aux(q)],inputs=[wide(a, b), deep(b, c, a)]");
    assert_int_equal(hone_dataset_input_count(data), 2);
    assert_int_equal(hone_dataset_target_count(data), 2);
    assert_string_equal(hone_internal_dataset_name(data, HONE_COMPONENT_INPUT, 1), "deep");
    assert_string_equal(hone_internal_dataset_name(data, HONE_COMPONENT_TARGET, 0), "price");
    assert_array(hone_dataset_input(data, 1), (const double[]){3, 4, 2, 10, 11, 9}, 2, 3);
    ASSERT_TARGET(data, 1, 2, 0, 7, 14);
    hone_dataset_free(data);
    data = load(table, "#target=-1,inputs=1:4");
    ASSERT_INPUT(data, 2, 3, 2, 3, 4, 9, 10, 11);
    hone_dataset_free(data);
    assert_refused(table, "#target=prize", "unknown column \"prize\"");
    assert_refused(table, "#target=7", "there is no column 7; the table has 7 columns");
    assert_refused(table, "#target=a,inputs=[a, b]", "both an input and a target");
    assert_refused(table, "#target=a,inputs=[x(b), c]", "not both");
    assert_refused(table, "#target=a,drop=1:9", "there are no columns 1:9");
    assert_refused(table, "#target=id,drop=[a, b, c, w, p, q]", "no column is left");
    assert_refused(table, "#target=a,weight=a", "both a target and the weight");
    assert_refused("a;b\n1;2\n", "#target=b", "delimiter=semicolon");
    assert_refused("a\tb\n1\t2\n", "#target=b", "delimiter=tab");
    assert_refused(
        "a;b\n1,5;2,5\n", "",
        "3 fields; expected 1, as in the first line; another character seems to separate the columns: "
        "delimiter=semicolon,decimal=\",\"");
    assert_refused("1,2\n3,4\n", "#target=b", "the columns have no names");
}

TEST(refuses_wrong_options)
{
    static const char table[] = "a,y\n1,2\n";
    assert_refused(table, "#targt=y", "did you mean \"target\"");
    assert_refused(table, "#target=y,target=a", "target is given twice");
    assert_refused(table, "#target=y,delimiter=,", "say delimiter=comma");
    assert_refused(table, "#target=y,delimiter=ab", "delimiter: expected comma");
    assert_refused(table, "#target=y,header=perhaps", "perhaps");
    assert_refused(table, "#target=y,skip=-1", "skip");
    assert_refused(table, "#target=y,test", "has no parts, but #test was asked for");
    assert_refused(table, "#target=y,a", "several columns are target=[a, b]");
    assert_refused(table, "#target=y,quote=;,delimiter=;", "quote and delimiter are both");
    assert_refused(table, "#target=y,unknown=ignore", "needs encoding=one_hot");
    assert_refused(table, "#format=cvs,target=y", "did you mean \"csv\"");
    hone_dataset *data = load("a,y\n1,2\n", "# target = \"y\" , header = true ");
    ASSERT_INPUT(data, 1, 1, 1);
    hone_dataset_free(data);
}

TEST(refuses_broken_tables_with_line_and_column)
{
    assert_refused("", "", "the table is empty");
    assert_refused("\n\n\n", "", "the table is empty");
    assert_refused("a,b\n", "", "the table has no rows");
    assert_refused("a,b\n1,2\n1,2,3\n", "", "line 3: 3 fields; expected 2");
    assert_refused("a,b\n1\n", "", "line 2: 1 field; expected 2");
    assert_refused("a,b\n1,\"2\n3,4\n", "",
                   "line 2, column \"b\": the quote that opens here is never closed");
    assert_refused("a,b\n1,\"2\"3\n", "", "line 2, column \"b\": expected a delimiter or the line's end");
    assert_refused("a,b\n1,2\n5\" pipe,3\n", "",
                   "line 3, column \"a\": a quote within a field; put the field in quotes");
    assert_refused("a,b\"\n1,2\n", "", "line 1, field 2: a quote within a field");
    assert_refused("\xff\xfe"
                   "a\0b\0",
                   "", "UTF-16");
    static const char nul[] = "a,b\nx\0y,2\n";
    const char *path = testing_file("t.csv", nul, sizeof nul - 1);
    assert_null(hone_dataset_load(path, NULL, 1));
    assert_non_null(strstr(hone_error_message(), "NUL"));
    assert_null(hone_dataset_load(testing_path("none.csv"), NULL, 1));
}

TEST(later_data_take_the_first_ones_categories)
{
    hone_dataset *train = load("city,n,kind\nRome,1,b\nOslo,2,a\nRome,3,c\n", "#target=kind");
    const char *valid = "kind,city,n,more\nc,Oslo,5,7\n"; /* another order, another column */
    hone_dataset *data = load_as(train, testing_with(write_table(valid), ""));
    ASSERT_INPUT(data, 1, 2, 0, 5);
    ASSERT_TARGET(data, 0, 1, 0, 2);
    assert_int_equal(hone_dataset_class_count(data, 0), 3);
    hone_dataset_free(data);
    data = load_as(train, testing_with(write_table("n,city\n4,Rome\n"), "")); /* for prediction */
    assert_int_equal(hone_dataset_target_count(data), 0);
    ASSERT_INPUT(data, 1, 2, 1, 4);
    hone_dataset_free(data);
    assert_refused_as(
        train, "city,n,kind\nBonn,1,b\n", "",
        "line 2, column \"city\": \"Bonn\" is not one of the 2 categories of the training data (\"Oslo\", \"Rome\")");
    assert_refused_as(train, "city,n,kind\nOslo,1,d\n", "", "column \"kind\": \"d\" is not one of the 3");
    assert_refused_as(train, "n,kind\n1,b\n", "", "no column \"city\", which the training data had");
    assert_refused_as(train, "city,n,kind\nOslo,x,a\n", "", "column \"n\": expected a number");
    data = load_as(train, testing_with(write_table("city,n,kind\nBonn,1,b\nOslo,2,b\n"), "#unknown=drop"));
    ASSERT_INPUT(data, 1, 2, 0, 2);
    hone_dataset_free(data);
    hone_dataset_free(train);
    train = load("1,x,0\n2,y,1\n", "#target=-1,encoding=one_hot");
    data = load_as(train,
                   testing_with(write_table("7,z\n8,y\n"), "#unknown=ignore")); /* no target, by position */
    ASSERT_INPUT(data, 2, 3, 7, 0, 0, 8, 0, 1);
    hone_dataset_free(data);
    hone_dataset_free(train);
    train = load("1,x,0\n2,y,1\n", "#target=-1,encoding=one_hot,unknown=ignore");
    data = load_as(train, write_table("7,z\n8,y\n"));
    ASSERT_INPUT(data, 2, 3, 7, 0, 0, 8, 0, 1);
    hone_dataset_free(data);
    assert_refused_as(train, "7,z\n8,y\n", "#unknown=error", "\"z\" is not one of the 2 categories");
    assert_refused_as(train, "1,x,0,5\n", "", "has 4 columns; the training data had 3");
    hone_dataset_free(train);
    assert_null(hone_dataset_load_like(NULL, "t.csv", NULL, 1));
}

TEST(reads_inputs_and_targets_from_two_files)
{
    char source[1100];
    testing_file("px.csv", "a,b\n1,u\n2,v\n", 12);
    testing_file("py.csv", "y\nno\nyes\n", 9);
    snprintf(source, sizeof source, "%s,%s", testing_path("px.csv"), testing_path("py.csv"));
    hone_dataset *data = load_as(HONE_NO_DATASET, source);
    ASSERT_INPUT(data, 2, 2, 1, 0, 2, 1);
    ASSERT_TARGET(data, 0, 2, 0, 0, 1);
    assert_string_equal(hone_dataset_class_name(data, 0, 1), "yes");
    testing_file("py.csv", "y\nyes\nyes\n", 10);
    hone_dataset *later = load_as(data, source);
    ASSERT_TARGET(later, 0, 2, 0, 1, 1);
    hone_dataset_free(later);
    strcat(source, "#target=y");
    assert_null(hone_dataset_load(source, NULL, 1));
    assert_non_null(strstr(hone_error_message(), "the second file holds the targets") ||
                    strstr(hone_error_message(), "unknown column"));
    hone_dataset_free(data);
}

TEST(reads_by_a_call_from_c)
{
    write_table("a,b,y\n1,u,2\n3,v,4\n");
    hone_dataset *data =
        hone_dataset_from_csv(testing_path("t.csv"), .target = {"y"}, .drop = {"b"}, .scale = 2);
    assert_non_null(data);
    ASSERT_INPUT(data, 2, 1, 1, 3);
    hone_dataset *slice = hone_dataset_slice(data, 0, 1),
                 *later = hone_dataset_from_csv_like(slice, testing_path("t.csv"));
    assert_non_null(later);
    ASSERT_TARGET(later, 0, 2, 0, 2, 4);
    hone_dataset_free(later);
    hone_dataset_free(slice);
    hone_dataset_free(data);
    assert_null(hone_dataset_from_csv_like(NULL, testing_path("t.csv")));
    assert_null(hone_dataset_from_csv(testing_path("t.csv"), .encoding = "two_hot"));
    assert_non_null(strstr(hone_error_message(), "table_test.c"));
}

/* A file longer than the reader's buffer, with quotes across its ends. */
TEST(reads_files_longer_than_its_buffer)
{
    FILE *file = fopen(testing_path("long.csv"), "wb");
    assert_non_null(file);
    fprintf(file, "n,text,half\n");
    for (int i = 0; i < 60000; i++)
        fprintf(file, "%d,\"line %d\nwith \"\"quotes\"\" and, commas\",%.1f\r\n", i, i % 7, i / 2.0);
    fclose(file);
    hone_dataset *data = load_as(HONE_NO_DATASET, testing_with(testing_path("long.csv"), "#target=text"));
    assert_int_equal(hone_dataset_count(data), 60000);
    assert_int_equal(hone_dataset_class_count(data, 0), 7);
    for (int64_t i = 0; i < 60000; i++) {
        assert_true(hone_array_number(hone_dataset_input(data, 0), 2 * i) == (double)i);
        assert_true(hone_array_number(hone_dataset_input(data, 0), 2 * i + 1) == (double)i / 2);
        assert_true(hone_array_number(hone_dataset_target(data, 0), i) == (double)(i % 7));
    }
    hone_dataset_free(data);
}

TEST(survives_failing_allocations)
{
    int64_t blocks = hone_internal_blocks_in_use();
    write_table("city,n,kind\nRome,1,b\n,2,a\nOslo,3,c\n");
    for (int64_t i = 0;; i++) {
        hone_internal_fail_allocations_after(i);
        hone_dataset *data = hone_dataset_from_csv(testing_path("t.csv"), .target = {"kind"},
                                                   .missing = "mean", .encoding = "one_hot");
        int status = hone_error_status();
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

/* ---- texts ---- */

TEST(reads_columns_of_texts)
{
    hone_dataset *data =
        load("review,age,liked\n\"good, really\",3,yes\nNA,4,no\nschön,5,yes\n", "#target=liked,text=review");
    assert_int_equal(hone_dataset_input_count(data), 2);
    const hone_array *texts = hone_dataset_input(data, 1);
    assert_int_equal(texts->type, HONE_TEXT);
    assert_int_equal(texts->rank, 1);
    assert_string_equal(hone_array_text(texts, 0), "good, really");
    assert_string_equal(hone_array_text(texts, 1), "");
    assert_string_equal(hone_array_text(texts, 2), "schön");
    ASSERT_INPUT(data, 3, 1, 3, 4, 5);
    hone_dataset *later = load_as(data, write_table("age,review\n9,7\n"));
    assert_string_equal(hone_array_text(hone_dataset_input(later, 1), 0), "7");
    hone_dataset_free(later);
    hone_dataset_free(data);
    data = load("review,liked\na,yes\nb,no\n", "#target=liked,text=review");
    assert_int_equal(hone_dataset_input_count(data), 1);
    hone_dataset_free(data);
}

TEST(refuses_texts_in_other_places)
{
    assert_refused("a,b\nx,1\n", "#target=a,text=a", "both a text and a target, weight or group");
    assert_refused("a,b\nx,1\n", "#target=b,text=a,categorical=a", "both a text and categorical");
    assert_refused("a,b\nx\xff,1\n", "#target=b,text=a", "line 2, column \"a\": the text is not UTF-8");
}
