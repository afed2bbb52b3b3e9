/* Predictions as rows of CSV or lines of JSON. */
#include "json.h"
#include "predict.h"
#include "base/plural.h"

#include <hone/look.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- values ---- */

/* The shortest text that reads back as the same float. */
static void put_float(FILE *file, float number)
{
    char digits[48];
    for (int precision = 6; precision <= 9; precision++) {
        snprintf(digits, sizeof digits, "%.*g", precision, (double)number);
        if (strtof(digits, NULL) == number)
            break;
    }
    fputs(digits, file);
}

/* Whether a text would end its field or line of CSV: then it stands in quotes, those within doubled. */
static bool needs_quotes(const char *text)
{
    return strpbrk(text, ",\"\r\n") != NULL;
}

static void put_letters(FILE *file, const char *text)
{
    for (; *text != '\0'; text++)
        fputs(*text == '"' ? "\"\"" : (char[]){*text, '\0'}, file);
}

static void put_text(FILE *file, const char *text)
{
    const char *quote = needs_quotes(text) ? "\"" : "";
    fputs(quote, file);
    put_letters(file, text);
    fputs(quote, file);
}

static void put_json_float(FILE *file, float number)
{
    if (isfinite(number))
        put_float(file, number);
    else
        fputs("null", file);
}

/* ---- classes ---- */

/* The numbers of a sample, and what they say of classes: of one number, two. */
typedef struct answer {
    int output;
    const float *numbers, *spread;
    int64_t count;
    bool labels;        /* each is a yes or no by its threshold */
    size_t first_label; /* among the probabilities of the model */
} answer;

static int64_t class_count(const answer *of)
{
    return of->count == 1 ? 2 : of->count;
}

static float probability(const answer *of, int64_t class)
{
    return of->count > 1 ? of->numbers[class] : class == 1 ? of->numbers[0] : 1 - of->numbers[0];
}

/* The class of a rank: 0 is the likeliest; of equal ones the first. Of one number by the threshold. */
static int64_t class_of_rank(const cli_rows *rows, const answer *of, int64_t rank)
{
    if (of->count == 1) {
        int64_t best = (double)of->numbers[0] > hone_model_threshold_of(rows->model, of->output, 0);
        return rank == 0 ? best : 1 - best;
    }
    for (int64_t class = 0; class < of->count; class ++) {
        int64_t before = 0;
        for (int64_t other = 0; other < of->count; other++)
            before += of->numbers[other] > of->numbers[class] ||
                      (of->numbers[other] == of->numbers[class] && other < class);
        if (before == rank)
            return class;
    }
    return of->count - 1; /* NaN among them */
}

static float spread_of(const answer *of, int64_t class)
{
    return of->count > 1 ? of->spread[class] : of->spread[0];
}

static int64_t ranks(const cli_rows *rows, const answer *of)
{
    int64_t wanted = rows->top > 0 ? rows->top : 1;
    return wanted < class_count(of) ? wanted : class_count(of);
}

/* An output of several labels, each a yes or no by its threshold; *first: among the probabilities of the
 * model. */
static bool has_labels(const cli_rows *rows, int output, size_t *first)
{
    hone_probability at;
    *first = 0;
    if (hone_model_class_count(rows->model, output) > 0 || !hone_model_decides(rows->model, output))
        return false;
    while (hone_model_probability_at(rows->model, *first, &at) && at.output < output)
        (*first)++;
    return hone_model_probability_at(rows->model, *first + 1, &at) && at.output == output;
}

static bool says_label(const cli_rows *rows, const answer *of, int64_t number, hone_probability *label)
{
    return (double)of->numbers[number] > hone_model_threshold_of(rows->model, of->output, number) &&
           hone_model_probability_at(rows->model, of->first_label + (size_t)number, label) &&
           label->output == of->output;
}

hone_status cli_rows_check(const cli_rows *rows)
{
    const char *option = rows->top > 0 ? "top" : "classes";
    if (!rows->classes && rows->top == 0)
        return HONE_OK;
    for (int i = 0; i < hone_model_output_count(rows->model); i++) {
        size_t first;
        if (hone_model_class_count(rows->model, i) > 0)
            continue;
        if (has_labels(rows, i, &first) && rows->top == 0)
            continue;
        return hone_fail(HONE_ERROR_DATA,
                         "--%s: the model has no class names%s%.80s; a model keeps them when it is "
                         "trained on a table with a target column of strings, or on a folder of pictures",
                         option, hone_model_output_count(rows->model) > 1 ? " of the output " : "",
                         hone_model_output_count(rows->model) > 1 ? hone_model_output_name(rows->model, i)
                                                                  : "");
    }
    return HONE_OK;
}

static hone_status check_width(const cli_rows *rows, const hone_array *array, int output)
{
    const int64_t known = hone_model_class_count(rows->model, output),
                  width = array->shape[0] > 0 ? hone_array_count(array) / array->shape[0] : 0;
    if (!rows->classes || known == 0 || width == 0 || width == known || (width == 1 && known == 2))
        return HONE_OK;
    return hone_fail(HONE_ERROR_DATA,
                     "--classes: the model gives %lld number%s per sample, but the classes are %lld",
                     (long long)width, hone_internal_plural(width), (long long)known);
}

/* ---- CSV ---- */

static void comma(const cli_rows *rows, bool *begun)
{
    if (*begun)
        fputc(',', rows->out);
    *begun = true;
}

/* "rain;wind" as one field */
static void put_labels(const cli_rows *rows, const answer *of)
{
    hone_probability label;
    const char *quote = "", *between = "";
    for (int64_t i = 0; i < of->count; i++)
        if (says_label(rows, of, i, &label) && needs_quotes(label.name))
            quote = "\"";
    fputs(quote, rows->out);
    for (int64_t i = 0; i < of->count; i++) {
        if (!says_label(rows, of, i, &label))
            continue;
        fputs(between, rows->out);
        put_letters(rows->out, label.name);
        between = ";";
    }
    fputs(quote, rows->out);
}

static void put_likeliest(const cli_rows *rows, const answer *of, bool *begun)
{
    for (int64_t rank = 0; rank < ranks(rows, of); rank++) {
        int64_t class = class_of_rank(rows, of, rank);
        comma(rows, begun);
        put_text(rows->out, hone_model_class_name(rows->model, of->output, class));
        comma(rows, begun);
        put_float(rows->out, probability(of, class));
        if (of->spread != NULL) {
            comma(rows, begun);
            put_float(rows->out, spread_of(of, class));
        }
    }
}

static void put_decision(const cli_rows *rows, const answer *of, bool *begun)
{
    if (!of->labels) {
        put_likeliest(rows, of, begun);
        return;
    }
    comma(rows, begun);
    put_labels(rows, of);
}

static void put_numbers(const cli_rows *rows, const answer *of, bool begun)
{
    for (int64_t i = 0; !rows->classes && i < of->count; i++) {
        comma(rows, &begun);
        put_float(rows->out, of->numbers[i]);
    }
    for (int64_t i = 0; !rows->classes && of->spread != NULL && i < of->count; i++) {
        comma(rows, &begun);
        put_float(rows->out, of->spread[i]);
    }
}

static void put_title(const cli_rows *rows, int64_t width, int64_t number, const char *end, bool *begun)
{
    char text[300];
    comma(rows, begun);
    if (hone_model_class_count(rows->model, 0) == width)
        snprintf(text, sizeof text, "%.250s%s", hone_model_class_name(rows->model, 0, number), end);
    else if (hone_model_target_name(rows->model, 0, width - 1) != NULL)
        snprintf(text, sizeof text, "%.250s%s", hone_model_target_name(rows->model, 0, number), end);
    else if (width == 1)
        snprintf(text, sizeof text, "%.250s%s", hone_model_output_name(rows->model, 0), end);
    else
        snprintf(text, sizeof text, "%.250s_%lld%s", hone_model_output_name(rows->model, 0),
                 (long long)number, end);
    put_text(rows->out, text);
}

/* "class,probability", "class_1,probability_1,class_2,...", or "labels"; of several outputs behind their
 * names. */
static void put_decision_titles(const cli_rows *rows, int output, int64_t width, bool *begun)
{
    static const char *const titles[] = {"class", "probability", "deviation"};
    size_t first;
    const bool several = hone_model_output_count(rows->model) > 1, labels = has_labels(rows, output, &first);
    const int64_t most = width == 1 ? 2 : width, shown = rows->top > 0 ? rows->top : 1;
    const int columns = labels ? 1 : rows->spread ? 3 : 2;
    char text[300], place[32] = "";
    for (int64_t rank = 0; rank < (shown < most ? shown : most); rank++)
        for (int i = 0; i < columns; i++) {
            if (rows->top > 0)
                snprintf(place, sizeof place, "_%lld", (long long)rank + 1);
            snprintf(text, sizeof text, "%.200s%s%s%s",
                     several ? hone_model_output_name(rows->model, output) : "", several ? "_" : "",
                     labels ? "labels" : titles[i], place);
            comma(rows, begun);
            put_text(rows->out, text);
        }
}

void cli_rows_header(const cli_rows *rows, hone_array *const *outputs)
{
    const int64_t width = hone_array_count(outputs[0]) / outputs[0]->shape[0];
    bool begun = false;
    if (!rows->header || rows->json)
        return;
    for (int i = 0; i < rows->source->kept_count; i++) {
        comma(rows, &begun);
        put_text(rows->out, rows->source->kept_names[i]);
    }
    for (int64_t i = 0; !rows->classes && i < width; i++)
        put_title(rows, width, i, "", &begun);
    for (int64_t i = 0; !rows->classes && rows->spread && i < width; i++)
        put_title(rows, width, i, "_deviation", &begun);
    for (int i = 0; rows->classes && i < hone_model_output_count(rows->model); i++)
        put_decision_titles(rows, i, hone_array_count(outputs[i]) / outputs[i]->shape[0], &begun);
    fputc('\n', rows->out);
}

/* ---- JSON ---- */

static void put_list(const cli_rows *rows, const float *numbers, int64_t count)
{
    fputc('[', rows->out);
    for (int64_t i = 0; i < count; i++) {
        fputs(i > 0 ? ", " : "", rows->out);
        put_json_float(rows->out, numbers[i]);
    }
    fputc(']', rows->out);
}

static void put_class(const cli_rows *rows, const answer *of, int64_t rank)
{
    int64_t class = class_of_rank(rows, of, rank);
    fputs("\"class\": ", rows->out);
    cli_json_put_text(rows->out, hone_model_class_name(rows->model, of->output, class));
    fputs(", \"probability\": ", rows->out);
    put_json_float(rows->out, probability(of, class));
    if (of->spread != NULL) {
        fputs(", \"deviation\": ", rows->out);
        put_json_float(rows->out, spread_of(of, class));
    }
}

/* "labels": ["rain", "wind"] */
static void put_label_list(const cli_rows *rows, const answer *of)
{
    hone_probability label;
    bool begun = false;
    fputs("\"labels\": [", rows->out);
    for (int64_t i = 0; i < of->count; i++) {
        if (!says_label(rows, of, i, &label))
            continue;
        fputs(begun ? ", " : "", rows->out);
        cli_json_put_text(rows->out, label.name);
        begun = true;
    }
    fputc(']', rows->out);
}

static void put_classes(const cli_rows *rows, const answer *of)
{
    if (of->labels) {
        put_label_list(rows, of);
        return;
    }
    if (rows->top == 0) {
        put_class(rows, of, 0);
        return;
    }
    fputs("\"top\": [", rows->out);
    for (int64_t rank = 0; rank < ranks(rows, of); rank++) {
        fputs(rank > 0 ? ", {" : "{", rows->out);
        put_class(rows, of, rank);
        fputc('}', rows->out);
    }
    fputc(']', rows->out);
}

/* ---- a sample ---- */

static const float *numbers_of(const hone_array *array, int64_t row, int64_t *count)
{
    *count = hone_array_count(array) / array->shape[0];
    return (const float *)array->data + row * *count;
}

static void put_json(const cli_rows *rows, hone_array *const *outputs, hone_array *const *spread, int64_t row)
{
    static const char *const keys[] = {"\"outputs\": ", "\"deviations\": "};
    int count = hone_model_output_count(rows->model);
    for (int kind = 0; kind < (spread != NULL ? 2 : 1); kind++) {
        fputs(kind > 0 ? ", " : "", rows->out);
        fputs(keys[kind], rows->out);
        if (count > 1)
            fputc('{', rows->out);
        for (int i = 0; i < count; i++) {
            int64_t width;
            const float *numbers = numbers_of((kind > 0 ? spread : outputs)[i], row, &width);
            if (count > 1) {
                fputs(i > 0 ? ", " : "", rows->out);
                cli_json_put_text(rows->out, hone_model_output_name(rows->model, i));
                fputs(": ", rows->out);
            }
            put_list(rows, numbers, width);
        }
        if (count > 1)
            fputc('}', rows->out);
    }
}

static void put_kept(const cli_rows *rows, int64_t row)
{
    const cli_source *source = rows->source;
    for (int i = 0; i < source->kept_count; i++) {
        const char *text = source->kept[row * source->kept_count + i];
        if (!rows->json) {
            fputs(i > 0 ? "," : "", rows->out);
            put_text(rows->out, text);
            continue;
        }
        cli_json_put_text(rows->out, source->kept_names[i]);
        fputs(": ", rows->out);
        if (source->kept_columns[i] == CLI_KEPT_ROW)
            fputs(text, rows->out);
        else
            cli_json_put_text(rows->out, text);
        fputs(", ", rows->out);
    }
}

/* Of several outputs a map each, under its name. */
static void put_decision_json(const cli_rows *rows, const answer *of, bool several)
{
    if (!several) {
        put_classes(rows, of);
        return;
    }
    fputs(of->output > 0 ? ", " : "", rows->out);
    cli_json_put_text(rows->out, hone_model_output_name(rows->model, of->output));
    fputs(": {", rows->out);
    put_classes(rows, of);
    fputc('}', rows->out);
}

static void put_row(const cli_rows *rows, hone_array *const *outputs, hone_array *const *spread, int64_t row,
                    int64_t kept)
{
    const int count = rows->classes ? hone_model_output_count(rows->model) : 1;
    bool begun = rows->source->kept_count > 0;
    if (rows->json)
        fputc('{', rows->out);
    put_kept(rows, kept);
    if (rows->json && count > 1)
        fputs("\"outputs\": {", rows->out);
    for (int i = 0; i < count; i++) {
        answer of = {.output = i};
        of.numbers = numbers_of(outputs[i], row, &of.count);
        if (spread != NULL)
            of.spread = numbers_of(spread[i], row, &of.count);
        of.labels = rows->classes && has_labels(rows, i, &of.first_label);
        if (!rows->json && !rows->classes)
            put_numbers(rows, &of, begun);
        else if (!rows->json)
            put_decision(rows, &of, &begun);
        else if (rows->classes)
            put_decision_json(rows, &of, count > 1);
        else
            put_json(rows, outputs, spread, row);
    }
    if (rows->json && count > 1)
        fputc('}', rows->out);
    fputs(rows->json ? "}\n" : "\n", rows->out);
}

void cli_rows_put_bad(void *rows_, int64_t row, const char *message)
{
    const cli_rows *rows = rows_;
    if (!rows->json)
        return;
    fprintf(rows->out, "{\"row\": %lld, \"error\": ", (long long)row);
    cli_json_put_text(rows->out, message);
    fputs("}\n", rows->out);
    fflush(rows->out);
}

hone_status cli_rows_put(const cli_rows *rows, hone_array *const *outputs, hone_array *const *spread,
                         int64_t first)
{
    int64_t count = outputs[0]->shape[0];
    for (int i = 0; i < hone_model_output_count(rows->model); i++)
        CLI_TRY(check_width(rows, outputs[i], i));
    for (int64_t row = 0; row < count; row++)
        put_row(rows, outputs, spread, row, first + row);
    return HONE_OK;
}
