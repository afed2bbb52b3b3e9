/* Iris as scikit-learn has it: a head line "150,4,setosa,versicolor,virginica", then "5.1,3.5,1.4,0.2,0". */
#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "readers/named.h"
#include <string.h>

enum { ROWS = 150, MEASURES = 4, CLASSES = 3, MOST_BYTES = 1 << 16 };

static hone_status fail_row(const char *path, int row)
{
    return hone_fail(HONE_ERROR_FORMAT, "%s: line %d: expected four numbers and a class from 0 to 2", path,
                     row + 2);
}

/* The field up to the next comma, which becomes its end; moves on behind it. */
static char *next_field(char **line)
{
    char *field = *line, *comma = strchr(field, ',');
    if (comma)
        *comma = 0;
    *line = comma ? comma + 1 : field + strlen(field);
    return field;
}

static hone_status read_row(const char *path, int row, char *line, float *measures, uint8_t *kind)
{
    double number;
    int64_t class_number;
    for (int i = 0; i < MEASURES; i++) {
        if (!hone_internal_text_to_number(next_field(&line), false, &number) || !(number > 0 && number < 100))
            return fail_row(path, row);
        measures[i] = (float)number;
    }
    if (!hone_internal_text_to_integer(line, &class_number) || class_number < 0 || class_number >= CLASSES)
        return fail_row(path, row);
    *kind = (uint8_t)class_number;
    return HONE_OK;
}

/* The next line, without its end; NULL when there is none. */
static char *next_line(char **text)
{
    char *line = *text;
    if (!*line)
        return NULL;
    size_t length = strcspn(line, "\r\n");
    *text = line + length + strspn(line + length, "\r\n");
    line[length] = 0;
    return line;
}

static hone_status read_rows(const char *path, char *text, float *measures, uint8_t *kinds)
{
    const char *head = next_line(&text);
    if (!head || strncmp(head, "150,4,", 6) != 0)
        return hone_fail(HONE_ERROR_FORMAT, "%s: expected scikit-learn's iris.csv, which begins with 150,4,",
                         path);
    for (int row = 0; row < ROWS; row++) {
        char *line = next_line(&text);
        if (!line)
            return fail_row(path, row);
        HONE_TRY(read_row(path, row, line, measures + (size_t)row * MEASURES, &kinds[row]));
    }
    return *text ? hone_fail(HONE_ERROR_FORMAT, "%s: the file goes on after 150 rows", path) : HONE_OK;
}

/* To (150, 4) and (150). */
static hone_status load(const char *path, hone_component *measures, hone_component *classes)
{
    void *text;
    size_t bytes;
    measures->array = hone_array_create(HONE_FLOAT32, 2, (int64_t[]){ROWS, MEASURES});
    classes->array = hone_array_create(HONE_UINT8, 1, (int64_t[]){ROWS});
    if (!measures->array || !classes->array)
        return hone_error_status();
    HONE_TRY(hone_internal_file_read(path, MOST_BYTES, &text, &bytes));
    hone_status status = read_rows(path, text, measures->array->data, classes->array->data);
    hone_internal_free(text);
    return status;
}

static hone_status load_file(const hone_named_place *place, int part, bool rows, hone_dataset_parts *parts)
{
    (void)part, (void)rows;
    return load(place->files[0], &parts->x[0], &parts->y[0]);
}

const hone_named_kind hone_internal_named_iris = {{"iris.csv", "iris.csv"}, true, load_file};
