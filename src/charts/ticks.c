/* Round numbers for axes. */
#include "charts/ticks.h"

#include "base/decimal.h"
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double largest_shown = 1e100;

hone_axis hone_internal_axis(bool logarithmic, bool integers)
{
    return (hone_axis){INFINITY, -INFINITY, logarithmic, integers};
}

bool hone_internal_axis_shows(const hone_axis *axis, double value)
{
    if (!isfinite(value) || fabs(value) > largest_shown)
        return false;
    return !axis->logarithmic || value > 1 / largest_shown;
}

void hone_internal_axis_include(hone_axis *axis, double value)
{
    if (!hone_internal_axis_shows(axis, value))
        return;
    if (value < axis->low)
        axis->low = value;
    if (value > axis->high)
        axis->high = value;
}

static void close_logarithmic(hone_axis *axis, double margin)
{
    if (!(axis->low <= axis->high))
        axis->low = axis->high = 1;
    double factor = axis->high / axis->low < 1.0001 ? 2 : pow(axis->high / axis->low, margin);
    axis->low /= factor;
    axis->high *= factor;
}

void hone_internal_axis_close(hone_axis *axis, double margin)
{
    if (axis->logarithmic) {
        close_logarithmic(axis, margin);
        return;
    }
    bool empty = !(axis->low <= axis->high);
    if (empty)
        axis->low = 0, axis->high = 1;
    double length = axis->high - axis->low, size = fmax(fabs(axis->low), fabs(axis->high));
    bool positive = axis->low >= 0;
    double extra = length > 1e-9 * size           ? margin * length
                   : axis->integers && size < 1e6 ? 0.5
                   : size > 0                     ? 0.1 * size
                                                  : 1;
    if (!empty)
        axis->low -= extra, axis->high += extra;
    if (positive && axis->low < 0)
        axis->low = 0;
}

double hone_internal_axis_place(const hone_axis *axis, double value)
{
    if (!hone_internal_axis_shows(axis, value))
        return NAN;
    if (axis->logarithmic)
        return log(value / axis->low) / log(axis->high / axis->low);
    return (value - axis->low) / (axis->high - axis->low);
}

/* 1, 2 or 5 times a power of ten: the least that is not below `least`. */
static double round_step(double least)
{
    double power = pow(10, floor(log10(least)));
    double ratio = least / power;
    return power * (ratio <= 1.0001 ? 1 : ratio <= 2.0001 ? 2 : ratio <= 5.0001 ? 5 : 10);
}

/* 12345 to 12,345 */
static void group_thousands(char *digits, size_t size)
{
    size_t sign = digits[0] == '-';
    for (size_t at = strlen(digits); at > sign + 3 && strlen(digits) + 1 < size;) {
        at -= 3;
        memmove(digits + at + 1, digits + at, strlen(digits + at) + 1);
        digits[at] = ',';
    }
}

/* 10 with a raised number behind the text: 10⁻³, 2×10⁻³ */
static void append_power(char *text, size_t size, int power)
{
    static const char *const raised[] = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
    char digits[16];
    size_t length = strlen(text);
    snprintf(digits, sizeof digits, "%d", abs(power));
    length +=
        (size_t)snprintf(text + length, size - length, "%s10%s", length > 0 ? "×" : "", power < 0 ? "⁻" : "");
    for (const char *next = digits; *next != '\0' && length + 4 < size; next++)
        length += (size_t)snprintf(text + length, size - length, "%s", raised[*next - '0']);
}

/* 2e-05 to 2×10⁻⁵ */
static void raise_exponent(char *text, size_t size)
{
    char *exponent = strchr(text, 'e');
    if (!exponent)
        return;
    const int power = (int)strtol(exponent + 1, NULL, 10);
    *exponent = '\0';
    append_power(text, size, power);
}

static int decimals_of(double step)
{
    double decimals = -floor(log10(step) + 1e-9);
    return decimals > 0 ? (int)decimals : 0;
}

/* As many digits as tell ticks `step` apart from each other; `largest` is the largest number of the axis. */
static void print_linear(double value, double step, double largest, char *label, size_t size)
{
    char text[400];
    if (fabs(value) < step * 1e-6)
        value = 0;
    bool plain = (largest < 1e7 && step >= 1e-4 * 0.999) || value == 0;
    if (plain) {
        hone_internal_decimal_fixed(value, value == 0 && step < 1e-4 ? 0 : decimals_of(step), text,
                                    sizeof text);
        if (step >= 0.999 && largest >= 9999.5)
            group_thousands(text, sizeof text);
    } else {
        double digits = floor(log10(fabs(value)) + 1e-9) - floor(log10(step) + 1e-9);
        hone_internal_decimal_scientific(value,
                                         digits < 0    ? 0
                                         : digits > 12 ? 12
                                                       : (int)digits,
                                         text, sizeof text);
        raise_exponent(text, sizeof text);
    }
    snprintf(label, size, "%.*s", (int)size - 1, text);
}

static void add_tick(hone_ticks *ticks, double value, bool minor, const char *label)
{
    if (ticks->count == HONE_MOST_TICKS)
        return;
    hone_tick *tick = &ticks->items[ticks->count++];
    tick->value = value;
    tick->minor = minor;
    snprintf(tick->label, sizeof tick->label, "%s", minor ? "" : label);
}

static void linear_ticks(const hone_axis *axis, double most, hone_ticks *ticks)
{
    double step = round_step((axis->high - axis->low) / fmax(most, 1));
    if (axis->integers && step < 1)
        step = 1;
    double largest = fmax(fabs(axis->low), fabs(axis->high));
    if (!(step > largest * 1e-13))
        return; /* numbers that a double cannot tell apart */
    double first = ceil(axis->low / step - 1e-9);
    for (int i = 0; i < HONE_MOST_TICKS; i++) {
        char label[HONE_TICK_LABEL];
        double value = (first + i) * step;
        if (value > axis->high + 1e-9 * step)
            break;
        print_linear(value, step, largest, label, sizeof label);
        add_tick(ticks, value, false, label);
    }
}

static void print_power(int digit, int power, char *label, size_t size)
{
    label[0] = '\0';
    if (digit > 1)
        snprintf(label, size, "%d", digit);
    append_power(label, size, power);
}

/* Powers of ten, all or each second, third...; on a short axis also multiples of them. */
static void logarithmic_ticks(const hone_axis *axis, double most, hone_ticks *ticks)
{
    static const bool ones[10] = {[1] = true}, some[10] = {[1] = true, [2] = true, [5] = true},
                      each[10] = {
                          [1] = true, [2] = true, [3] = true, [4] = true, [5] = true, [6] = true, [8] = true};
    double decades = log10(axis->high / axis->low);
    int first = (int)floor(log10(axis->low) - 1e-9), last = (int)ceil(log10(axis->high) + 1e-9);
    int every = (int)fmax(1, ceil(decades / fmax(most, 1)));
    const bool *labelled = decades * 8 <= most ? each : decades * 3 <= most ? some : ones;
    bool plain = first >= -4 && last <= 4;
    for (int power = first; power <= last; power++) {
        for (int digit = 1; digit <= 9; digit++) {
            double value = digit * pow(10, power);
            bool minor = !labelled[digit] || power % every != 0;
            if (value < axis->low * 0.9999 || value > axis->high * 1.0001)
                continue;
            if (digit > 1 && decades > 6)
                continue;
            char label[HONE_TICK_LABEL];
            if (plain)
                print_linear(value, pow(10, power), 1, label, sizeof label);
            else
                print_power(digit, power, label, sizeof label);
            add_tick(ticks, value, minor, label);
        }
    }
}

void hone_internal_ticks(const hone_axis *axis, double most, hone_ticks *ticks)
{
    ticks->count = 0;
    if (!(axis->high > axis->low))
        return;
    if (axis->logarithmic)
        logarithmic_ticks(axis, most, ticks);
    else
        linear_ticks(axis, most, ticks);
}

void hone_internal_number_short(double value, char *buffer, size_t size)
{
    double magnitude = fabs(value);
    if (!isfinite(value) || value == 0) {
        hone_internal_decimal_fixed(value, 0, buffer, size);
        return;
    }
    double step = magnitude >= 1e7    ? 0
                  : magnitude >= 100  ? 1
                  : magnitude >= 10   ? 0.1
                  : magnitude >= 1    ? 0.01
                  : magnitude >= 0.1  ? 0.001
                  : magnitude >= 0.01 ? 1e-4
                                      : 0;
    if (step == 0)
        step = pow(10, floor(log10(magnitude)) - 1);
    print_linear(value, step, magnitude, buffer, size);
}
