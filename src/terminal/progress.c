/* Keras's progress bar:
 *
 *    900/1875 ━━━━━━━━━━━━━━━━━━━━ 4s 5ms/step - accuracy: 0.7912 - loss: 0.7021
 *
 * a count, a bar of 20 cells, the time left (at the end: the time taken), the time of a step without the
 * first one, and the values. */
#include "terminal/progress.h"

#include "base/decimal.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/utf8.h"
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { BAR_CELLS = 20, UNKNOWN_WIDTH = 7, NARROW = 60, VERY_NARROW = 40 };
static const double redraw_seconds = 0.05, line_seconds = 10;

typedef struct hone_progress_slot {
    char *name;
    double value;
} hone_progress_slot;

#define CONTROLS "\1\2\3\4\5\6\a\b\t\n\v\f\r\16\17\20\21\22\23\24\25\26\27\30\31\32\33\34\35\36\37\177"

/* A line being written: its text, and the columns it will take (escape codes take none). */
typedef struct line {
    hone_text text;
    size_t columns, limit; /* limit 0: none */
    bool colours;
    int64_t cells; /* of the bar */
} line;

static void put_n(line *target, const char *text, size_t length)
{
    size_t columns = hone_internal_utf8_columns(text, length);
    if (target->limit > 0 && target->columns + columns > target->limit) {
        length = hone_internal_utf8_fit(text, length, target->limit - target->columns);
        columns = hone_internal_utf8_columns(text, length);
    }
    hone_internal_text_append_n(&target->text, text, length);
    target->columns += columns;
}

static void put(line *target, const char *text)
{
    put_n(target, text, strlen(text));
}

/* A name may come from a file: what would steer the terminal is shown as '?'. */
static void put_name(line *target, const char *name)
{
    while (*name != '\0') {
        size_t length = strcspn(name, CONTROLS);
        put_n(target, name, length);
        name += length;
        if (*name == '\0')
            break;
        put(target, "?");
        name++;
    }
}

static void put_coloured(line *target, const char *escape, const char *text)
{
    if (target->colours)
        hone_internal_text_append(&target->text, escape);
    put(target, text);
    if (target->colours)
        hone_internal_text_append(&target->text, "\x1b[0m");
}

static void put_cells(line *target, const char *escape, const char *cell, int64_t count)
{
    char cells[BAR_CELLS * 4 + 1] = "";
    for (int64_t i = 0; i < count; i++)
        strcat(cells, cell);
    put_coloured(target, escape, cells);
}

/* Without colours the part to be done is thin, or the bar would always look full. */
static void put_bar(line *target, int64_t current, int64_t steps)
{
    double part = (double)current / (double)steps;
    int64_t done = (int64_t)((double)target->cells * (part < 0 ? 0 : part > 1 ? 1 : part));
    if (done > 0)
        put_cells(target, "\x1b[32m", "━", done);
    if (target->colours || done < target->cells)
        put_cells(target, "\x1b[37m", target->colours ? "━" : "─", target->cells - done);
}

static void print_count(char *buffer, size_t size, int64_t current, int64_t steps)
{
    int width = snprintf(NULL, 0, "%" PRId64, steps);
    snprintf(buffer, size, "%*" PRId64 "/%" PRId64, width, current, steps);
}

static void put_count(line *target, int64_t current, int64_t steps)
{
    char text[64];
    if (steps <= 0) {
        snprintf(text, sizeof text, "%*" PRId64 "/Unknown", UNKNOWN_WIDTH, current);
        put(target, text);
        return;
    }
    print_count(text, sizeof text, current, steps);
    put_coloured(target, "\x1b[1m", text);
    if (target->cells == 0)
        return;
    put(target, " ");
    put_bar(target, current, steps);
}

/* h:mm:ss above an hour, m:ss above a minute, else seconds; rounded down. */
static void print_left(char *buffer, size_t size, double seconds)
{
    int64_t whole = seconds > 0 && seconds < 1e15 ? (int64_t)seconds : 0;
    if (seconds > 3600)
        snprintf(buffer, size, "%" PRId64 ":%02d:%02d", whole / 3600, (int)(whole % 3600 / 60),
                 (int)(whole % 60));
    else if (seconds > 60)
        snprintf(buffer, size, "%" PRId64 ":%02d", whole / 60, (int)(whole % 60));
    else
        snprintf(buffer, size, "%" PRId64 "s", whole);
}

/* " 12s/step", " 5ms/step", " 800us/step" */
static void put_step_time(line *target, double seconds)
{
    bool whole = seconds >= 1 || seconds == 0, milli = !whole && seconds >= 1e-3;
    char number[400], text[432];
    hone_internal_decimal_fixed(whole   ? seconds
                                : milli ? seconds * 1e3
                                        : seconds * 1e6,
                                0, number, sizeof number);
    snprintf(text, sizeof text, " %s%s/step", number, whole ? "s" : milli ? "ms" : "us");
    put(target, text);
}

static void put_value(line *target, const char *name, double value)
{
    char number[400];
    if (fabs(value) > 1e-3)
        hone_internal_decimal_fixed(value, 4, number, sizeof number);
    else
        hone_internal_decimal_scientific(value, 4, number, sizeof number);
    put(target, " - ");
    put_name(target, name);
    put(target, ": ");
    put(target, number);
}

static void put_values(line *target, const hone_progress *progress)
{
    for (size_t i = 0; i < progress->value_count; i++)
        put_value(target, progress->values[i].name, progress->values[i].value);
}

/* Seconds a step, without the first one, which is often slow. */
static double step_time(hone_progress *progress, int64_t current, double now)
{
    if (current <= 0)
        return 0;
    double result = progress->first_step_seen && current > 1
                        ? (now - progress->after_first_step) / (double)(current - 1)
                        : (now - progress->started) / (double)current;
    if (current == 1) {
        progress->first_step_seen = true;
        progress->after_first_step = now;
    }
    return result;
}

static hone_status write_line(hone_progress *progress, line *finished)
{
    if (finished->text.failed) {
        hone_internal_text_free(&finished->text);
        return hone_error_status();
    }
    if (finished->text.length > 0)
        progress->output(progress->context, finished->text.data, finished->text.length);
    hone_internal_text_free(&finished->text);
    return HONE_OK;
}

static void put_elapsed(line *target, const hone_progress *progress, double now)
{
    char number[400];
    hone_internal_decimal_fixed(now - progress->started, 0, number, sizeof number);
    put(target, number);
    put(target, "s");
}

/* "2/2 - 0s - 3ms/step - accuracy: 0.5179" */
static hone_status draw_epoch(hone_progress *progress, int64_t current, double now, double seconds_a_step)
{
    if (progress->target <= 0)
        return HONE_OK;
    line drawn = {.colours = false};
    char count[64];
    print_count(count, sizeof count, current, progress->target);
    put(&drawn, count);
    put(&drawn, " - ");
    put_elapsed(&drawn, progress, now);
    put(&drawn, " -");
    put_step_time(&drawn, seconds_a_step);
    put_values(&drawn, progress);
    put(&drawn, "\n");
    return write_line(progress, &drawn);
}

/* Back over the line that is there, to write over it. */
static void put_return(line *target, size_t width)
{
    for (size_t i = 0; i < width; i++)
        hone_internal_text_append_n(&target->text, "\b", 1);
    hone_internal_text_append_n(&target->text, "\r", 1);
}

static void put_time(line *target, const hone_progress *progress, int64_t current, double now,
                     double seconds_a_step, bool last)
{
    char text[400];
    put(target, " ");
    if (last || progress->target <= 0) {
        hone_internal_decimal_fixed(now - progress->started, 0, text, sizeof text - 1);
        strcat(text, "s");
    } else {
        print_left(text, sizeof text, seconds_a_step * (double)(progress->target - current));
    }
    put_coloured(target, "\x1b[1m", text);
    put_step_time(target, seconds_a_step);
}

/* The bar makes room for the numbers on a narrow terminal. */
static int64_t bar_cells(const hone_progress *progress)
{
    if (!progress->terminal || progress->columns <= 0 || progress->columns >= NARROW)
        return BAR_CELLS;
    return progress->columns >= VERY_NARROW ? BAR_CELLS / 2 : 0;
}

static hone_status draw_bar(hone_progress *progress, int64_t current, double now, double seconds_a_step,
                            bool last)
{
    line drawn = {.colours = progress->terminal && !progress->plain, .cells = bar_cells(progress)};
    if (progress->terminal)
        put_return(&drawn, progress->width);
    if (progress->terminal && !last && progress->columns > 1)
        drawn.limit = (size_t)progress->columns - 1;
    put_count(&drawn, current, progress->target);
    put_time(&drawn, progress, current, now, seconds_a_step, last);
    put_values(&drawn, progress);
    size_t columns = drawn.columns;
    drawn.limit = 0;
    if (progress->terminal)
        for (size_t i = columns; i < progress->width; i++)
            put(&drawn, " ");
    if (last || !progress->terminal)
        put(&drawn, "\n");
    progress->width = last ? 0 : columns;
    return write_line(progress, &drawn);
}

static hone_progress_slot *find_slot(const hone_progress *progress, const char *name)
{
    for (size_t i = 0; i < progress->value_count; i++)
        if (strcmp(progress->values[i].name, name) == 0)
            return &progress->values[i];
    return NULL;
}

static hone_status add_slot(hone_progress *progress, const hone_progress_value *value)
{
    HONE_TRY(hone_internal_grow(&progress->values, &progress->value_capacity, progress->value_count + 1,
                                sizeof *progress->values));
    char *name = hone_internal_copy_text(value->name);
    if (!name)
        return HONE_ERROR_MEMORY;
    progress->values[progress->value_count++] = (hone_progress_slot){name, value->value};
    return HONE_OK;
}

static hone_status keep_values(hone_progress *progress, const hone_progress_value *values, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        hone_progress_slot *slot = find_slot(progress, values[i].name);
        if (slot)
            slot->value = values[i].value;
        else
            HONE_TRY(add_slot(progress, &values[i]));
    }
    return HONE_OK;
}

static bool too_soon(const hone_progress *progress, double now)
{
    if (!progress->terminal)
        return now - progress->last_drawn < line_seconds;
    return progress->drawn && now - progress->last_drawn < redraw_seconds;
}

void hone_internal_progress_heading(hone_progress *progress, int64_t epoch, int64_t epochs)
{
    if (progress->verbose == 0 || epochs <= 1)
        return;
    char text[64];
    int length = snprintf(text, sizeof text, "Epoch %" PRId64 "/%" PRId64 "\n", epoch + 1, epochs);
    progress->output(progress->context, text, (size_t)length);
}

static void forget_values(hone_progress *progress)
{
    for (size_t i = 0; i < progress->value_count; i++)
        hone_internal_free(progress->values[i].name);
    progress->value_count = 0;
}

void hone_internal_progress_begin(hone_progress *progress, int64_t target, double now)
{
    forget_values(progress);
    progress->target = target;
    progress->started = progress->last_drawn = now;
    progress->drawn = progress->first_step_seen = false;
    progress->width = 0;
}

hone_status hone_internal_progress_update(hone_progress *progress, int64_t current, double now,
                                          const hone_progress_value *values, size_t count)
{
    if (progress->verbose == 0)
        return HONE_OK;
    double seconds_a_step = step_time(progress, current, now);
    if (progress->verbose == 2)
        return HONE_OK;
    HONE_TRY(keep_values(progress, values, count));
    if (too_soon(progress, now))
        return HONE_OK;
    progress->last_drawn = now;
    progress->drawn = true;
    return draw_bar(progress, current, now, seconds_a_step, false);
}

hone_status hone_internal_progress_finish(hone_progress *progress, int64_t current, double now,
                                          const hone_progress_value *values, size_t count)
{
    if (progress->verbose == 0)
        return HONE_OK;
    if (progress->target < 0)
        progress->target = current;
    double seconds_a_step = step_time(progress, current, now);
    HONE_TRY(keep_values(progress, values, count));
    progress->drawn = false;
    if (progress->verbose == 2)
        return draw_epoch(progress, current, now, seconds_a_step);
    return draw_bar(progress, current, now, seconds_a_step, true);
}

void hone_internal_progress_break(hone_progress *progress)
{
    if (!progress->terminal || !progress->drawn)
        return;
    progress->output(progress->context, "\n", 1);
    progress->drawn = false;
    progress->width = 0;
}

void hone_internal_progress_free(hone_progress *progress)
{
    forget_values(progress);
    hone_internal_free(progress->values);
    progress->values = NULL;
    progress->value_capacity = 0;
}
