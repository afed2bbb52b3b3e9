/* A model of a table in C source: its columns, categories and classes, and the function that reads a row. */
#include "testing/c_sources.h"

AROUND_ALL(testing_folder_make, testing_folder_remove);

enum { ROWS = 8 };

/* A model with one layer for the inputs of a table, trained for an epoch on it; both files of its source. */
static char *source_of(const char *text, const char *options, hone_model *model)
{
    char source[600];
    snprintf(source, sizeof source, "%s%s", testing_file("t.csv", text, strlen(text)), options);
    hone_dataset *data = hone_dataset_load(source, NULL, 0);
    if (data == NULL || model == NULL)
        fail_msg("%s", hone_error_message());
    assert_int_equal(hone_compile(model, .loss = "mse"), HONE_OK);
    if (hone_fit(model, data) == NULL || hone_export_c(model, testing_path("net.c"), NULL) < 0)
        fail_msg("%s", hone_error_message());
    char *code = c_source_text("net.c"), *header = c_source_text("net.h"),
         *both = hone_internal_format("%s%s", code, header);
    hone_internal_free(code);
    hone_internal_free(header);
    hone_dataset_free(data);
    hone_model_free(model);
    return both;
}

static const struct {
    const char *name, *text, *options, *sample, *parts[C_SOURCE_PARTS];
} tables[] = {
    {"numbers, categories, a date",
     "id,city,when,a,y\n7,Rome,2024-01-02,1.5,1\n8,\"A \"\"?\"\"\",2024-01-01,2.5,0\n",
     "#target=y,drop=[id],dates=[when(age)],missing=mean",
     "3",
     {"const char *const net_columns[NET_COLUMNS] = {\n    \"city\", \"when\", \"a\",\n};",
      "static const char *const net_categories_1[2] = {\n    \"A \\042\\077\\042\", \"Rome\",\n};",
      "int net_read_row(const char *const *row, float *input)\n{\n    if (!net_op_read_category(input + 0, row[0], "
      "net_categories_1, 2, 0, 1.0f))\n        return 1;",
      "net_op_read_number(input + 1, row[2], 1, 2.0, 0.0, 0.0, 1.0f))\n        return 3;",
      "net_op_read_date(input + 2, row[1], 5, 0, 19724.0, 1,", "#define NET_COLUMNS 3\n"}},
    {"one-hot categories and class names",
     "city,a,y\nRome,1.5,no\nOslo,2.5,yes\n",
     "#target=y,encoding=one_hot,standardize=true",
     "3",
     {"const char *const net_classes[NET_CLASSES] = {\n    \"no\", \"yes\",\n};",
      "row[0], net_categories_0, 2, 1, 1.0f))", "input + 2, row[1], 0, 0.0, 2.0, 0.5, 1.0f))",
      "#define NET_CLASSES 2\n", "#define NET_THRESHOLD 0.5f\n",
      "int net_read_row(const char *const *row, float *input);"}},
};

TEST_EACH(has_a_function_for_rows, tables)
{
    char *both = source_of(row->text, row->options, c_source_model(row->sample, "dense(1)"));
    check_c_text(both, row->parts);
    hone_internal_free(both);
}

TEST(models_of_other_data_have_none)
{
    check_c_source(&(c_source_example){.sample = "3", .layers = "dense(1)", .lacks = "read_row"});
}
