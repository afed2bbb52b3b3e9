/* Tables with drawn borders: a heavy header above light rows.
 *
 *   ┏━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━┓
 *   ┃ Layer (type) ┃      Param # ┃
 *   ┡━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━┩
 *   │ dense        │          320 │
 *   └──────────────┴──────────────┘
 *
 * Widths, wrapping and cutting are those of the `rich` package with which Keras prints. */
#include "terminal/table.h"

#include "base/text.h"
#include "base/utf8.h"
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { LEAST_WIDTH = 4, MOST_LINE = 10000, PADDING = 2 };

typedef struct table {
    const hone_table_column *columns;
    size_t count;
    size_t widths[HONE_TABLE_MOST_COLUMNS]; /* between the borders, the blanks beside the text included */
    hone_text text;
} table;

/* What is left of a cell. */
typedef struct cursor {
    const char *at; /* NULL when nothing is left */
    size_t lines;   /* counted from the foot of the row, those in which it may be written */
} cursor;

typedef struct piece {
    const char *start;
    size_t length;
} piece;

typedef struct border {
    const char *left, *line, *middle, *right;
} border;

static const border top = {"┏", "━", "┳", "┓"}, below_header = {"┡", "━", "╇", "┩"};
static const border between = {"├", "─", "┼", "┤"}, bottom = {"└", "─", "┴", "┘"};

static hone_status fail_width(const table *target, size_t column, size_t line_length)
{
    return hone_fail(HONE_ERROR_ARGUMENT,
                     "a line of %zu columns is too short for a table: column \"%s\" would not fit",
                     line_length, target->columns[column].title);
}

/* Column i asks for floor(edge_i * line) - floor(edge_{i-1} * line) and a blank on either side; what that is
 * too much, with the borders, is taken from all columns evenly. */
static hone_status set_widths(table *target, size_t line_length)
{
    int64_t asked = 0, edge = 0, available = (int64_t)line_length - (int64_t)target->count - 1;
    for (size_t i = 0; i < target->count; i++) {
        int64_t width = (int64_t)(target->columns[i].edge * (double)line_length) - edge;
        if (width < LEAST_WIDTH)
            return fail_width(target, i, line_length);
        edge += width;
        asked += width + PADDING;
        target->widths[i] = (size_t)(width + PADDING);
    }
    int64_t excess = asked - available;
    for (size_t i = 0; i < target->count && excess > 0; i++) {
        int64_t share = (int64_t)nearbyint((double)excess / (double)(target->count - i));
        if (share >= (int64_t)target->widths[i] - PADDING)
            return fail_width(target, i, line_length);
        target->widths[i] -= (size_t)share;
        excess -= share;
    }
    return HONE_OK;
}

static void repeat(hone_text *text, const char *what, size_t times)
{
    for (size_t i = 0; i < times; i++)
        hone_internal_text_append(text, what);
}

static void draw_border(table *target, const border *style)
{
    for (size_t i = 0; i < target->count; i++) {
        hone_internal_text_append(&target->text, i == 0 ? style->left : style->middle);
        repeat(&target->text, style->line, target->widths[i]);
    }
    hone_internal_text_append(&target->text, style->right);
    hone_internal_text_append(&target->text, "\n");
}

static size_t columns_of(const char *start, const char *end)
{
    return hone_internal_utf8_columns(start, (size_t)(end - start));
}

/* Behind the blanks, or what is not blank, at `at`, within its line of the text. */
static const char *skip(const char *at, bool blanks)
{
    while (*at != '\0' && *at != '\n' && (*at == ' ') == blanks)
        at++;
    return at;
}

/* The next line of a cell: as many words as fit, at least one. Blanks before the first word belong to it. A
 * cell may have very many words: each is looked at once. */
static piece take_line(cursor *cell, size_t width)
{
    const char *start = cell->at, *at = start;
    size_t columns = 0;
    while (*at != '\0' && *at != '\n') {
        const char *word_end = skip(skip(at, true), false), *next = skip(word_end, true);
        if (at > start && columns + columns_of(at, word_end) > width)
            break;
        columns += columns_of(at, next);
        at = next;
    }
    cell->at = *at == '\0' ? NULL : *at == '\n' ? at + 1 : at;
    return (piece){start, (size_t)(at - start)};
}

/* Blanks at the end, each a column: all of them, or those beyond `width` when the line is to be filled
 * anyway. There may be very many of them. */
static size_t without_blanks(piece line, bool all, size_t width)
{
    size_t length = line.length, columns = hone_internal_utf8_columns(line.start, length);
    for (; length > 0 && line.start[length - 1] == ' ' && (all || columns > width); columns--)
        length--;
    return length;
}

/* The text of a line; control characters (a name may come from a file) as '?'. */
static void append_printable(hone_text *text, const char *start, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        bool control = (unsigned char)start[i] < ' ' || start[i] == 0x7f;
        hone_internal_text_append_n(text, control ? "?" : start + i, 1);
    }
}

static void draw_piece(hone_text *text, piece line, hone_table_alignment alignment, size_t width)
{
    size_t length = without_blanks(line, alignment != HONE_TABLE_LEFT, width);
    size_t columns = hone_internal_utf8_columns(line.start, length);
    bool cut = columns > width;
    if (cut) {
        length = hone_internal_utf8_fit(line.start, length, width - 1);
        columns = hone_internal_utf8_columns(line.start, length);
    }
    size_t straddled = cut ? width - 1 - columns : 0, room = cut ? 0 : width - columns;
    size_t before = alignment == HONE_TABLE_LEFT ? 0 : alignment == HONE_TABLE_RIGHT ? room : room / 2;
    repeat(text, " ", before);
    append_printable(text, line.start, length);
    repeat(text, " ", straddled);
    if (cut)
        hone_internal_text_append(text, "…");
    repeat(text, " ", room - before);
}

static size_t lines_of(cursor cell, size_t width)
{
    size_t lines = 0;
    for (; cell.at; lines++)
        take_line(&cell, width);
    return lines;
}

/* One line of a row; a cell is written in the last `lines` ones, `left` lines being still to come. */
static void draw_row_line(table *target, cursor *cells, size_t left, const char *bar)
{
    for (size_t i = 0; i < target->count; i++) {
        size_t width = target->widths[i] - PADDING;
        bool here = cells[i].at && left <= cells[i].lines;
        piece line = here ? take_line(&cells[i], width) : (piece){"", 0};
        hone_internal_text_append(&target->text, bar);
        hone_internal_text_append(&target->text, " ");
        draw_piece(&target->text, line, target->columns[i].alignment, width);
        hone_internal_text_append(&target->text, " ");
    }
    hone_internal_text_append(&target->text, bar);
    hone_internal_text_append(&target->text, "\n");
}

/* Titles stand at the foot of their row, cells at its head. */
static void draw_row(table *target, const char *const *texts, bool title, const char *bar)
{
    cursor cells[HONE_TABLE_MOST_COLUMNS];
    size_t height = 0;
    for (size_t i = 0; i < target->count; i++) {
        cells[i].at = texts[i] ? texts[i] : "";
        cells[i].lines = lines_of(cells[i], target->widths[i] - PADDING);
        if (cells[i].lines > height)
            height = cells[i].lines;
    }
    for (size_t i = 0; i < target->count && !title; i++)
        cells[i].lines = height;
    for (size_t left = height; left > 0 && !target->text.failed; left--)
        draw_row_line(target, cells, left, bar);
}

static void draw_header(table *target)
{
    const char *titles[HONE_TABLE_MOST_COLUMNS];
    for (size_t i = 0; i < target->count; i++)
        titles[i] = target->columns[i].title;
    draw_border(target, &top);
    draw_row(target, titles, true, "┃");
    draw_border(target, &below_header);
}

hone_status hone_internal_table_draw(hone_output *output, void *context, const hone_table_column *columns,
                                     size_t column_count, const char *const *cells, size_t row_count,
                                     size_t line_length)
{
    if (column_count == 0 || column_count > HONE_TABLE_MOST_COLUMNS)
        return hone_fail(HONE_ERROR_ARGUMENT, "a table has 1 to %d columns, not %zu", HONE_TABLE_MOST_COLUMNS,
                         column_count);
    if (line_length > MOST_LINE)
        return hone_fail(HONE_ERROR_ARGUMENT, "a table's lines have at most %d columns, not %zu", MOST_LINE,
                         line_length);
    table target = {.columns = columns, .count = column_count};
    HONE_TRY(set_widths(&target, line_length));
    draw_header(&target);
    for (size_t row = 0; row < row_count; row++) {
        if (row > 0)
            draw_border(&target, &between);
        draw_row(&target, cells + row * column_count, false, "│");
    }
    draw_border(&target, &bottom);
    hone_status status = target.text.failed ? hone_error_status() : HONE_OK;
    if (status == HONE_OK)
        output(context, target.text.data, target.text.length);
    hone_internal_text_free(&target.text);
    return status;
}
