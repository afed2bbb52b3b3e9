/* csv_logger: one row per epoch into a CSV file. The columns are those of the first epoch: its number (from
 * 0) and the logs by name; when there is validation that did not run in the first epoch, its columns too. A
 * missing number is NA. Keras has NA columns also without validation. */
#include "base/file.h"
#include "base/memory.h"
#include "base/posix.h"
#include "base/text.h"
#include "callbacks/callback.h"
#include "callbacks/logs.h"
#include "formats/csv.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

HONE_FIELD_TABLE(hone_csv_logger_args, HONE_CSV_LOGGER_FIELDS);

/* A column is kept as its key in a checkpoint. */
#define MARK "column "

typedef struct state {
    int file;       /* plus 1; 0: not open yet */
    int64_t offset; /* bytes of the file that are written */
    bool counts;    /* only: another rank writes; the offset is that rank's */
    bool resumed;   /* by a checkpoint: what is behind the offset is of epochs that come again */
    char **columns; /* "column loss" */
    int column_count;
} state;

static void reset(state *self)
{
    if (self->file > 0)
        close(self->file - 1);
    for (int i = 0; i < self->column_count; i++)
        hone_internal_free(self->columns[i]);
    hone_internal_free(self->columns);
    *self = (state){0};
}

static void free_state(hone_callback *callback)
{
    reset(hone_callback_state(callback));
}

static hone_status check(hone_callback *callback)
{
    const hone_csv_logger_args *args = hone_callback_args(callback);
    if (args->filename[0] == '\0')
        return hone_fail(HONE_ERROR_ARGUMENT, "filename is empty");
    if (args->separator != NULL && strlen(args->separator) == 1 &&
        strchr("\"\r\n", args->separator[0]) == NULL)
        return HONE_OK;
    return hone_fail(HONE_ERROR_ARGUMENT, "separator must be one character other than a quote or a line "
                                          "break");
}

static hone_status train_begin(hone_callback *callback, hone_trainer *trainer)
{
    state *self = hone_callback_state(callback);
    const hone_csv_logger_args *args = hone_callback_args(callback);
    struct stat found;
    reset(self);
    self->counts = trainer->rank > 0;
    if (!self->counts)
        return hone_check_writable(args->filename);
    if (args->append && stat(args->filename, &found) == 0)
        self->offset = (int64_t)found.st_size;
    return HONE_OK;
}

/* ---- columns ---- */

static hone_status add_column(state *self, const char *prefix, const char *name)
{
    char **columns =
        hone_internal_reallocate(self->columns, sizeof *columns * ((size_t)self->column_count + 1));
    if (columns == NULL)
        return HONE_ERROR_MEMORY;
    self->columns = columns;
    char *column = hone_internal_format(MARK "%s%s", prefix, name);
    if (column == NULL)
        return HONE_ERROR_MEMORY;
    self->columns[self->column_count++] = column;
    return HONE_OK;
}

static hone_status choose_columns(state *self, const hone_trainer *trainer, const hone_logs *logs)
{
    bool validated = false;
    const char *name;
    for (int i = 0; (name = hone_logs_at(logs, i).name) != NULL; i++) {
        validated = validated || strncmp(name, "val_", 4) == 0;
        HONE_TRY(add_column(self, "", name));
    }
    for (int i = 0; trainer->validates && !validated && (name = hone_logs_at(logs, i).name) != NULL; i++)
        if (strcmp(name, "learning_rate") != 0)
            HONE_TRY(add_column(self, "val_", name));
    return HONE_OK;
}

/* ---- the file ---- */

static hone_status fail_file(const hone_csv_logger_args *args, const char *what)
{
    return hone_fail(HONE_ERROR_FILE, "%s: cannot %s the file: %s", args->filename, what, strerror(errno));
}

static hone_status write_all(state *self, const hone_csv_logger_args *args, const char *text, size_t length)
{
    if (self->counts) {
        self->offset += (int64_t)length;
        return HONE_OK;
    }
    while (length > 0) {
        ssize_t count = write(self->file - 1, text, length);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return fail_file(args, "write");
        text += count;
        length -= (size_t)count;
        self->offset += count;
    }
    return HONE_OK;
}

static void append_text(void *context, const char *text, size_t length)
{
    hone_internal_text_append_n(context, text, length);
}

static void write_value(hone_csv *csv, const hone_logs *logs, const char *name)
{
    hone_log log = hone_internal_logs_get(logs, name);
    if (log.name == NULL)
        hone_internal_csv_text(csv, "NA");
    else if (log.list)
        hone_internal_csv_numbers(csv, log.values, log.count);
    else
        hone_internal_csv_number(csv, log.values[0]);
}

static hone_status write_row(state *self, const hone_csv_logger_args *args, int64_t epoch,
                             const hone_logs *logs)
{
    hone_text text = {0};
    hone_csv csv = {.output = append_text, .context = &text, .separator = args->separator[0]};
    if (logs == NULL)
        hone_internal_csv_text(&csv, "epoch");
    else
        hone_internal_csv_integer(&csv, epoch);
    for (int i = 0; i < self->column_count; i++) {
        const char *name = self->columns[i] + strlen(MARK);
        if (logs == NULL)
            hone_internal_csv_text(&csv, name);
        else
            write_value(&csv, logs, name);
    }
    hone_internal_csv_end_row(&csv);
    hone_status status = text.failed ? HONE_ERROR_MEMORY : write_all(self, args, text.data, text.length);
    hone_internal_text_free(&text);
    return status;
}

static hone_status open_file(state *self, const hone_csv_logger_args *args)
{
    bool keep = args->append || self->resumed;
    struct stat found;
    int file = open(args->filename, O_WRONLY | O_CREAT | O_CLOEXEC | (keep ? 0 : O_TRUNC), 0666);
    if (file < 0)
        return fail_file(args, "write");
    self->file = file + 1;
    if (!keep)
        return HONE_OK;
    if (fstat(file, &found) != 0)
        return fail_file(args, "read");
    if (!self->resumed)
        self->offset = (int64_t)found.st_size;
    if (found.st_size < self->offset)
        return hone_fail(HONE_ERROR_FILE, "%s: the file is shorter than it was at the checkpoint",
                         args->filename);
    if (ftruncate(file, (off_t)self->offset) != 0 || lseek(file, 0, SEEK_END) < 0)
        return fail_file(args, "write");
    return HONE_OK;
}

static hone_status epoch_end(hone_callback *callback, hone_trainer *trainer, int64_t epoch, hone_logs *logs)
{
    state *self = hone_callback_state(callback);
    const hone_csv_logger_args *args = hone_callback_args(callback);
    bool first = self->column_count == 0;
    if (first)
        HONE_TRY(choose_columns(self, trainer, logs));
    if (self->file == 0 && !self->counts)
        HONE_TRY(open_file(self, args));
    if (first && self->offset == 0)
        HONE_TRY(write_row(self, args, 0, NULL));
    return write_row(self, args, epoch, logs);
}

static hone_status train_end(hone_callback *callback, hone_trainer *trainer, hone_logs *logs)
{
    (void)trainer, (void)logs;
    state *self = hone_callback_state(callback);
    int file = self->file - 1;
    self->file = 0;
    if (file >= 0 && close(file) != 0 && errno != EINTR)
        return fail_file(hone_callback_args(callback), "write");
    return HONE_OK;
}

/* ---- checkpoints ---- */

static hone_status save(const hone_callback *callback, hone_logs *numbers)
{
    const state *self = callback->state;
    for (int i = 0; i < self->column_count; i++)
        HONE_TRY(hone_logs_set(numbers, self->columns[i], i));
    return hone_logs_set(numbers, "offset", (double)self->offset);
}

static const char *column_at(const hone_logs *numbers, int index)
{
    for (int i = 0; i < numbers->count; i++)
        if (strncmp(numbers->names[i], MARK, strlen(MARK)) == 0 && numbers->values[i] == index)
            return numbers->names[i] + strlen(MARK);
    return NULL;
}

static hone_status restore(hone_callback *callback, const hone_logs *numbers)
{
    state *self = hone_callback_state(callback);
    const bool counts = self->counts;
    const char *name;
    reset(self);
    self->counts = counts;
    HONE_TRY(hone_internal_callback_integer(numbers, "offset", &self->offset));
    if (self->offset < 0)
        return hone_fail(HONE_ERROR_FORMAT, "\"offset\" is negative");
    for (int i = 0; i < numbers->count && (name = column_at(numbers, i)) != NULL; i++)
        HONE_TRY(add_column(self, "", name));
    self->resumed = self->column_count > 0;
    return HONE_OK;
}

const hone_callback_type hone_internal_csv_logger_callback = {
    .type = {.name = "csv_logger",
             .class_name = "CSVLogger",
             .module = "keras.callbacks",
             .summary = "Writes the metrics of each epoch to a CSV file.",
             HONE_TYPE_FIELDS(hone_csv_logger_args)},
    .state_bytes = sizeof(state),
    .check = check,
    .train_begin = train_begin,
    .train_end = train_end,
    .epoch_end = epoch_end,
    .free_state = free_state,
    .save = save,
    .restore = restore,
};
HONE_DEFINE_CALLBACK(csv_logger)
