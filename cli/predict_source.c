/* Samples to be predicted: a data set, or a table in pieces. */
#include "predict.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BLOCK = 1 << 20, MOST_TEXT = 1 << 28 };

/* ---- columns to be kept ---- */

static hone_status find_kept(cli_source *source, int place)
{
    const char *name = source->kept_names[place];
    int64_t number;
    source->kept_columns[place] = -2;
    int column = 0;
    for (const char *next = source->header; next != NULL; column++) {
        char *field;
        next = cli_next_field(source, next, &field);
        if (field != NULL && strcmp(field, name) == 0)
            source->kept_columns[place] = column;
        free(field);
    }
    if (source->kept_columns[place] == -2 && strcmp(name, "row") == 0)
        source->kept_columns[place] = CLI_KEPT_ROW;
    if (source->kept_columns[place] == -2 && source->header == NULL && cli_to_integer(name, &number) &&
        number >= 0)
        source->kept_columns[place] = (int)number;
    if (source->kept_columns[place] != -2)
        return HONE_OK;
    return hone_fail(HONE_ERROR_NAME, "--keep: %s has no column \"%s\"; its header is: %.200s", source->name,
                     name, source->header != NULL ? source->header : "(none: columns have numbers, from 0)");
}

static hone_status split_kept(cli_source *source, const char *names)
{
    while (names != NULL && *names != '\0') {
        size_t length = strcspn(names, ",");
        if (source->kept_count == CLI_MOST_KEPT)
            return hone_fail(HONE_ERROR_ARGUMENT, "--keep: more than %d columns", CLI_MOST_KEPT);
        char *name = strndup(names, length);
        if (name == NULL)
            return hone_fail(HONE_ERROR_MEMORY, "out of memory");
        source->kept_names[source->kept_count++] = name;
        names += length + (names[length] == ',');
    }
    return HONE_OK;
}

/* ---- reading ---- */

/* Windows of a series need all lines at once. */
static bool reads_windows(const cli_source *source)
{
    char *window = hone_model_data(source->model, "window"),
         *format = hone_model_data(source->model, "format"), value[32];
    const bool known = window != NULL && format != NULL && strstr(format, "table") != NULL;
    hone_free(window);
    hone_free(format);
    return known || cli_option_of(source->options, "window", value, sizeof value);
}

/* A model of tables, or of data that it knows nothing of, takes lines. */
static bool reads_tables(const hone_model *model)
{
    char *format = hone_model_data(model, "format");
    bool table = format == NULL || strstr(format, "table") != NULL || strstr(format, "pair") != NULL ||
                 strstr(format, "arrays") != NULL || strstr(format, "classes") != NULL;
    hone_free(format);
    return table;
}

/* Adds a block to the text; *more: it was not the end. */
static hone_status read_block(cli_source *source, bool *more)
{
    if (source->length + BLOCK + 1 > source->capacity) {
        char *grown = source->length > MOST_TEXT ? NULL : realloc(source->text, source->length + 2 * BLOCK);
        if (grown == NULL)
            return hone_fail(HONE_ERROR_MEMORY, "%s: a line is too long, or a quote is not closed",
                             source->name);
        source->text = grown;
        source->capacity = source->length + 2 * BLOCK;
    }
    ssize_t count = read(source->descriptor, source->text + source->length, BLOCK);
    if (count < 0 && errno == EINTR)
        return HONE_OK;
    if (count < 0)
        return hone_fail(HONE_ERROR_FILE, "%s: cannot read: %s", source->name, strerror(errno));
    source->length += (size_t)count;
    source->text[source->length] = '\0';
    source->ended = count == 0;
    *more = count > 0;
    return HONE_OK;
}

/* The length of the whole lines in the text: a line end within quotes ends no line. */
static size_t whole_lines(cli_source *source)
{
    size_t whole = 0;
    bool quoted = false;
    for (size_t i = 0; i < source->length; i++) {
        if (source->text[i] == source->quote && source->quote != '\0')
            quoted = !quoted;
        else if (source->text[i] == '\n' && !quoted)
            whole = i + 1;
    }
    return source->ended ? source->length : whole;
}

/* The line that begins here, its end cut off; where the next one begins. `line` is to be freed. */
static const char *take_line(const cli_source *source, const char *at, const char *end, char **line)
{
    const char *from = at;
    bool quoted = false;
    for (; at < end && (quoted || *at != '\n'); at++)
        if (*at == source->quote && source->quote != '\0')
            quoted = !quoted;
    size_t length = (size_t)(at - from);
    while (length > 0 && from[length - 1] == '\r')
        length--;
    *line = strndup(from, length);
    return at < end ? at + 1 : end;
}

/* Reads until there is at least one whole line; *whole is the length of all whole ones, 0 at the end. */
static hone_status fill(cli_source *source, size_t *whole)
{
    hone_status status = HONE_OK;
    *whole = whole_lines(source);
    while (status >= 0 && !source->ended && (*whole == 0 || (source->patient && source->length < BLOCK))) {
        bool more = true;
        status = read_block(source, &more);
        *whole = whole_lines(source);
    }
    return status;
}

/* ---- a piece ---- */

/* A piece is a file of its own: its name and line become those of the source. */
static void source_message(const cli_source *source, char *message, size_t size)
{
    const char *text = hone_error_message();
    int number = 0, length = 0;
    if (!source->table || strncmp(text, "/dev/fd/", 8) != 0) {
        snprintf(message, size, "%s", text[0] != '\0' ? text : "unknown error");
        return;
    }
    text += 8 + strspn(text + 8, "0123456789");
    if (sscanf(text, ", line %d%n", &number, &length) != 1)
        snprintf(message, size, "%s%s", source->name, text);
    else
        snprintf(message, size, "%s, line %lld%s", source->name,
                 number + source->lines - (source->header != NULL), text + length);
}

static hone_status keep_line(cli_source *source, const char *line, int64_t row)
{
    for (int i = 0; i < source->kept_count; i++) {
        char number[32];
        snprintf(number, sizeof number, "%lld", (long long)(source->rows + row));
        char **grown = realloc(source->kept, (source->kept_size + 1) * sizeof *grown);
        if (grown == NULL)
            return hone_fail(HONE_ERROR_MEMORY, "out of memory for the columns of --keep");
        source->kept = grown;
        source->kept[source->kept_size] = source->kept_columns[i] == CLI_KEPT_FILE ? strdup(line)
                                          : source->kept_columns[i] < 0
                                              ? strdup(number)
                                              : cli_field_at(source, line, source->kept_columns[i]);
        if (source->kept[source->kept_size++] == NULL)
            return hone_fail(HONE_ERROR_MEMORY, "out of memory for the columns of --keep");
    }
    return HONE_OK;
}

static void forget_kept(cli_source *source)
{
    for (size_t i = 0; i < source->kept_size; i++)
        free(source->kept[i]);
    source->kept_size = 0;
}

/* The header, once; what comes before the samples of the piece. */
static hone_status take_header(cli_source *source, const char **at, const char *end)
{
    char *line;
    if (source->header_known)
        return HONE_OK;
    char value[16];
    const char *next = take_line(source, *at, end, &line);
    if (line == NULL)
        return hone_fail(HONE_ERROR_MEMORY, "out of memory");
    bool said = cli_option_of(source->options, "header", value, sizeof value),
         header =
             said && strcmp(value, "auto") != 0 ? strcmp(value, "yes") == 0 : cli_is_header(source, line);
    source->header_known = true;
    if (header) {
        source->header = line;
        *at = next;
        source->lines++;
    } else
        free(line);
    for (int i = 0; i < source->kept_count; i++)
        CLI_TRY(find_kept(source, i));
    return HONE_OK;
}

/* The lines as a table of their own. */
static hone_dataset *load_piece(cli_source *source, const char *text, size_t length)
{
    hone_dataset *data = NULL;
    int file = cli_temporary();
    hone_status status = file < 0 ? hone_error_status() : HONE_OK;
    if (status >= 0 && source->header != NULL) {
        status = cli_write_all(file, source->header, strlen(source->header));
        status = status < 0 ? status : cli_write_all(file, "\n", 1);
    }
    if (status >= 0)
        status = cli_write_all(file, text, length);
    char options[1100];
    snprintf(
        options, sizeof options, "format=csv%s%s%s%s",
        strstr(source->options, "header=") == NULL ? source->header != NULL ? ",header=yes" : ",header=no"
                                                   : "",
        /* a piece has no name that ends in .tsv */
        source->delimiter == '\t' && strstr(source->options, "delimiter=") == NULL ? ",delimiter=tab" : "",
        source->options[0] != '\0' ? "," : "", source->options);
    char *name = status < 0 ? NULL : cli_name_descriptor(file, options);
    if (name != NULL && hone_recipe_set_text(source->recipe, "data.test", name) >= 0)
        data = hone_recipe_test_data(source->recipe, source->model);
    hone_recipe_set_output(source->recipe, NULL,
                           NULL); /* what there is to warn of was said of the first piece */
    free(name);
    if (file >= 0)
        close(file);
    return data;
}

static hone_status count_lines(cli_source *source, const char *at, const char *end, int64_t *rows,
                               long long *lines)
{
    *rows = 0;
    *lines = 0;
    while (at < end) {
        char *line;
        for (const char *from = at, *next = take_line(source, at, end, &line); from < next; from++, at = next)
            *lines += *from == '\n';
        hone_status status = line == NULL ? hone_fail(HONE_ERROR_MEMORY, "out of memory") : HONE_OK;
        if (status >= 0 && line[0] != '\0')
            status = keep_line(source, line, (*rows)++);
        free(line);
        CLI_TRY(status);
    }
    return HONE_OK;
}

static void drop_text(cli_source *source, size_t length)
{
    source->length -= length;
    source->careful -= length < source->careful ? length : source->careful;
    memmove(source->text, source->text + length, source->length + 1);
}

/* A file's message names its line; others are about the whole. */
static bool is_about_a_line(void)
{
    return hone_error_status() == HONE_ERROR_DATA && strstr(hone_error_message(), ", line ") != NULL;
}

/* A line alone that cannot be read is told and left out. */
static void leave_out(cli_source *source)
{
    char message[600];
    source_message(source, message, sizeof message);
    cli_fail("%s; the row is left out", message);
    if (source->tell_bad != NULL)
        source->tell_bad(source->bad_context, source->rows, message);
    source->bad++;
    source->rows++;
    hone_error_clear();
}

/* Where the piece ends: that of all whole lines, or after one line of a piece that could not be read. */
static size_t piece_length(const cli_source *source, size_t whole)
{
    char *line;
    if (source->careful == 0)
        return whole;
    const char *next = take_line(source, source->text, source->text + whole, &line);
    free(line);
    return (size_t)(next - source->text);
}

/* One piece: `rows` lines of the text, and what they are; data NULL: they cannot be read, or are empty. */
static hone_status read_piece(cli_source *source, size_t whole, hone_dataset **data, int64_t *rows)
{
    long long lines = 0;
    const size_t length = piece_length(source, whole);
    const char *at = source->text, *end = at + length;
    forget_kept(source);
    *data = NULL;
    CLI_TRY(count_lines(source, at, end, rows, &lines));
    if (*rows > 0 && (*data = load_piece(source, at, length)) == NULL) {
        if (!is_about_a_line())
            return hone_error_status();
        if (*rows > 1) {
            hone_error_clear();
            source->careful = length;
            return HONE_OK;
        }
        leave_out(source);
    }
    source->lines += lines;
    drop_text(source, length);
    return HONE_OK;
}

static int next_piece(cli_source *source, hone_dataset **data)
{
    size_t whole;
    int64_t rows = 0;
    *data = NULL;
    while (*data == NULL) {
        CLI_TRY(fill(source, &whole));
        if (whole == 0)
            return 0;
        const char *at = source->text;
        CLI_TRY(take_header(source, &at, source->text + whole));
        if (at > source->text)
            drop_text(source, (size_t)(at - source->text));
        else
            CLI_TRY(read_piece(source, whole, data, &rows));
    }
    if (source->kept_count > 0 && hone_dataset_count(*data) != rows) {
        hone_status status = hone_fail(
            HONE_ERROR_DATA, "--keep needs a prediction for each line, but %lld of %lld were dropped",
            (long long)(rows - hone_dataset_count(*data)), (long long)rows);
        hone_dataset_free(*data);
        *data = NULL;
        return status;
    }
    source->rows += rows;
    return 1;
}

/* ---- the source ---- */

/* That of the training data where the first line has it, else a comma. */
static char usual_delimiter(const cli_source *source)
{
    char *said = hone_model_data(source->model, "delimiter"); /* as JSON: ";" in quotes */
    const char letter = said == NULL || said[0] != '"'   ? ','
                        : strncmp(said, "\"\\t", 3) == 0 ? '\t'
                                                         : said[1];
    hone_free(said);
    const char *end = source->length == 0 ? NULL : memchr(source->text, '\n', source->length);
    const size_t line = end == NULL ? source->length : (size_t)(end - source->text);
    return line > 0 && memchr(source->text, letter, line) != NULL ? letter : ',';
}

/* Opens the text of a table (source->table), which is not better loaded as a whole. */
static hone_status open_table(cli_source *source, const char *data, bool kept)
{
    char path[4096], quote[8];
    bool input = cli_is_stream(data), more = true;
    size_t length = strcspn(data, "#");
    snprintf(path, sizeof path, "%.*s", (int)length, data);
    snprintf(source->options, sizeof source->options, "%s", data[length] == '#' ? data + length + 1 : "");
    source->delimiter = cli_delimiter_of(source->options, path);
    source->quote = !cli_option_of(source->options, "quote", quote, sizeof quote) ? '"'
                    : strcmp(quote, "none") == 0                                  ? '\0'
                                                                                  : quote[0];
    source->windows = reads_windows(source);
    bool text = !source->windows && reads_tables(source->model) && strstr(source->options, "skip=") == NULL &&
                (strstr(source->options, "format=") == NULL || strstr(source->options, "format=csv") != NULL);
    if (!input && (!text || !kept))
        return HONE_OK;
    source->name = cli_is_stdin(data) ? "standard input" : data;
    source->descriptor = cli_is_stdin(data) ? STDIN_FILENO : open(path, O_RDONLY);
    if (source->descriptor < 0)
        return hone_fail(HONE_ERROR_FILE, "%s: cannot open the file: %s", path, strerror(errno));
    CLI_TRY(read_block(source, &more));
    if (source->delimiter == '\0')
        source->delimiter = usual_delimiter(source);
    /* archives, arrays, pictures, compressed files */
    source->table =
        !text ? false
              : source->length == 0 || (strchr("\x93\x89\xff\x1f", source->text[0]) == NULL &&
                                        strncmp(source->text, "PK", 2) != 0 && source->text[0] != '\0');
    return HONE_OK;
}

/* What was read of standard input and is no table, and the rest of it. */
static hone_status spool_rest(cli_source *source)
{
    int file = cli_temporary();
    hone_status status = file < 0 ? hone_error_status() : HONE_OK;
    while (status >= 0) {
        bool more = true;
        status = cli_write_all(file, source->text, source->length);
        source->length = 0;
        if (status < 0 || source->ended)
            break;
        status = read_block(source, &more);
    }
    char options[1100];
    const bool csv = source->windows && strstr(source->options, "format=") == NULL;
    snprintf(options, sizeof options, "%s%s%s", csv ? "format=csv" : "",
             csv && source->options[0] != '\0' ? "," : "", source->options);
    char *name = status < 0 ? NULL : cli_name_descriptor(file, options);
    status = name == NULL ? hone_error_status() : hone_recipe_set_text(source->recipe, "data.test", name);
    free(name);
    return status;
}

hone_status cli_source_open(cli_source *source, hone_recipe *recipe, hone_model *model,
                            const cli_settings *settings)
{
    const char *data = cli_given_text(settings, "data.test");
    *source = (cli_source){
        .recipe = recipe, .model = model, .name = data, .descriptor = -1, .patient = settings->draws > 0};
    CLI_TRY(split_kept(source, settings->keep));
    CLI_TRY(open_table(source, data, settings->keep != NULL));
    if (source->table)
        return HONE_OK;
    for (int i = 0; i < source->kept_count; i++)
        if (strcmp(source->kept_names[i], "row") == 0 || strcmp(source->kept_names[i], "file") == 0)
            source->kept_columns[i] = source->kept_names[i][0] == 'r' ? CLI_KEPT_ROW : CLI_KEPT_FILE;
        else
            return hone_fail(
                HONE_ERROR_ARGUMENT,
                source->windows
                    ? "--keep: \"%s\" is cut into windows, which have several rows each; row is the number of a "
                      "window"
                    : "--keep: columns of a CSV file; row (its number) and file of pictures; \"%s\" is no CSV file",
                source->name);
    return cli_is_stream(data) ? spool_rest(source) : HONE_OK;
}

int cli_source_next(cli_source *source, hone_dataset **data)
{
    if (source->table)
        return next_piece(source, data);
    if (source->ended && source->header_known)
        return 0;
    source->ended = source->header_known = true;
    *data = hone_recipe_test_data(source->recipe, source->model);
    for (int64_t row = 0; *data != NULL && row < hone_dataset_count(*data) && source->kept_count > 0; row++) {
        const char *file = hone_dataset_sample_name(*data, row);
        CLI_TRY(keep_line(source, file != NULL ? file : "", row));
    }
    return *data == NULL ? hone_error_status() : 1;
}

void cli_source_close(cli_source *source)
{
    forget_kept(source);
    for (int i = 0; i < source->kept_count; i++)
        free(source->kept_names[i]);
    free(source->kept);
    free(source->text);
    free(source->header);
    if (source->descriptor > STDERR_FILENO)
        close(source->descriptor);
}

int cli_source_fail(const cli_source *source)
{
    char message[600];
    source_message(source, message, sizeof message);
    return cli_fail("%s", message);
}
