/* Axes: the range of the data, and round numbers on it. */
#ifndef HONE_CHARTS_TICKS_H
#define HONE_CHARTS_TICKS_H

#include <stdbool.h>
#include <stddef.h>

typedef struct hone_axis {
    double low, high;
    bool logarithmic, integers;
} hone_axis;

/* An axis of no data; then each number that it must show (what cannot be shown is left out). */
hone_axis hone_internal_axis(bool logarithmic, bool integers);
bool hone_internal_axis_shows(const hone_axis *axis, double value);
void hone_internal_axis_include(hone_axis *axis, double value);
/* Ends the range: room for what is empty or one number, and `margin` of its length at either end (but not
 * below 0 when no number is). */
void hone_internal_axis_close(hone_axis *axis, double margin);
/* Where a number is: 0 at the low end, 1 at the high end; NaN when it cannot be shown. */
double hone_internal_axis_place(const hone_axis *axis, double value);

enum { HONE_MOST_TICKS = 128, HONE_TICK_LABEL = 40 };
typedef struct hone_tick {
    double value;
    bool minor; /* a faint line without a label */
    char label[HONE_TICK_LABEL];
} hone_tick;
typedef struct hone_ticks {
    size_t count;
    hone_tick items[HONE_MOST_TICKS];
} hone_ticks;
/* About `most` ticks or fewer, at round numbers. */
void hone_internal_ticks(const hone_axis *axis, double most, hone_ticks *ticks);

/* A number as short as a reader wants it: 0.889, 12.3, 40,000, 3.1e-5. */
void hone_internal_number_short(double value, char *buffer, size_t size);

#endif
