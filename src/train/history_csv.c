/* The history of a fit as CSV, as Keras's CSVLogger writes it. */
#include "base/file.h"
#include "base/text.h"
#include "formats/csv.h"
#include "train/history.h"

static void append(void *context, const char *text, size_t length)
{
    hone_internal_text_append_n(context, text, length);
}

static void put_row(hone_csv *csv, const hone_history *history, int64_t row)
{
    hone_internal_csv_integer(csv, hone_history_epoch(history, row));
    for (int i = 0; i < hone_history_metric_count(history); i++) {
        const hone_history_cell *cell =
            hone_internal_history_cell(history, hone_history_name(history, i), row);
        if (cell == NULL || !cell->given)
            hone_internal_csv_text(csv, "NA");
        else if (cell->list != NULL)
            hone_internal_csv_numbers(csv, cell->list, cell->list_count);
        else
            hone_internal_csv_number(csv, cell->value);
    }
    hone_internal_csv_end_row(csv);
}

hone_status hone_history_save(const hone_history *history, const char *path)
{
    hone_text text = {.data = NULL};
    hone_csv csv = {.output = append, .context = &text};
    hone_internal_csv_text(&csv, "epoch");
    for (int i = 0; i < hone_history_metric_count(history); i++)
        hone_internal_csv_text(&csv, hone_history_name(history, i));
    hone_internal_csv_end_row(&csv);
    for (int64_t row = 0; row < hone_history_epoch_count(history); row++)
        put_row(&csv, history, row);
    hone_status status = text.failed ? HONE_ERROR_MEMORY : hone_write_file(path, text.data, text.length);
    hone_internal_text_free(&text);
    return status;
}
