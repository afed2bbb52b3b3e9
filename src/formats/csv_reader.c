/* CSV, record by record, out of a buffer that holds one record at least. */
#include "formats/csv_reader.h"
#include "base/limits.h"
#include "base/memory.h"
#include "base/text.h"
#include <math.h>
#include <string.h>

enum { PIECE = 1 << 18 };

/* ---- the buffer ---- */

/* Moves what is left to the front and reads on behind it. The byte at `end` is a line end: where loops
 * stop. */
static hone_status refill(hone_csv_reader *reader)
{
    size_t kept = reader->end - reader->begin, bytes;
    if (kept > HONE_CSV_RECORD_BYTES)
        return hone_fail(HONE_ERROR_FORMAT, "%s, line %llu: a record of more than %d bytes",
                         hone_internal_source_label(reader->source), (unsigned long long)reader->line,
                         HONE_CSV_RECORD_BYTES);
    if (kept > 0)
        memmove(reader->buffer, reader->buffer + reader->begin, kept);
    reader->begin = 0;
    reader->end = kept;
    HONE_TRY(hone_internal_grow(&reader->buffer, &reader->capacity, kept + PIECE + 1, 1));
    HONE_TRY(hone_internal_source_read(reader->source, reader->buffer + kept, reader->capacity - kept - 1,
                                       &bytes));
    reader->ended = bytes == 0;
    reader->end = kept + bytes;
    reader->buffer[reader->end] = '\n';
    return HONE_OK;
}

/* ---- fields ---- */

typedef enum progress { COMPLETE, NEEDS_MORE, FAILED } progress;

static hone_csv_field *add_field(hone_csv_reader *reader)
{
    if (reader->count >= HONE_CSV_COLUMNS) {
        hone_fail(HONE_ERROR_FORMAT, "%s, line %llu: more than %d columns",
                  hone_internal_source_label(reader->source), (unsigned long long)reader->line,
                  HONE_CSV_COLUMNS);
        return NULL;
    }
    if (hone_internal_grow(&reader->fields, &reader->field_capacity, reader->count + 1,
                           sizeof *reader->fields) < 0)
        return NULL;
    return &reader->fields[reader->count++];
}

static progress fail_quotes(hone_csv_reader *reader, const char *what)
{
    reader->wrong = what;
    hone_fail(HONE_ERROR_FORMAT, "%s, line %llu, field %zu: %s", hone_internal_source_label(reader->source),
              (unsigned long long)reader->line, reader->count, what);
    return FAILED;
}

static const char INNER_QUOTE[] =
    "a quote within a field; put the field in quotes and double the quotes inside it, or write quote=none "
    "to read "
    "quotes as ordinary characters";

/* From behind the opening quote to behind the closing one. A doubled quote is marked by a length that counts
 * both; unescape() puts it right once the record is complete. */
static progress read_quoted(hone_csv_reader *reader, char **at, hone_csv_field *field, uint64_t *lines)
{
    char *next = *at, *end = reader->buffer + reader->end;
    field->text = next;
    field->quoted = true;
    for (; next < end; next++) {
        *lines += *next == '\n';
        if (*next != reader->quote)
            continue;
        if (next + 1 == end && !reader->ended)
            return NEEDS_MORE;
        if (next + 1 < end && next[1] == reader->quote) {
            next++;
            continue;
        }
        field->length = (size_t)(next - field->text);
        *at = next + 1;
        if (next + 1 == end || reader->stops[(unsigned char)next[1]])
            return COMPLETE;
        return fail_quotes(reader,
                           "expected a delimiter or the line's end after the closing quote; put the field "
                           "in quotes and "
                           "double the quotes inside it, or write quote=none to read "
                           "quotes as ordinary characters");
    }
    return reader->ended ? fail_quotes(reader, "the quote that opens here is never closed") : NEEDS_MORE;
}

/* One field, and the delimiter or line end behind it; *last tells which. */
static progress read_field(hone_csv_reader *reader, char **at, bool *last, uint64_t *lines)
{
    char *next = *at, *end = reader->buffer + reader->end;
    hone_csv_field *field = add_field(reader);
    if (!field)
        return FAILED;
    if (next < end && *next == reader->quote && reader->quote) {
        next++;
        progress made = read_quoted(reader, &next, field, lines);
        if (made != COMPLETE)
            return made;
    } else {
        *field = (hone_csv_field){.text = next};
        while (!reader->stops[(unsigned char)*next])
            next++;
        field->length = (size_t)(next - field->text);
        if (next < end && *next == reader->quote && reader->quote)
            return fail_quotes(reader, INNER_QUOTE);
    }
    if (next == end && !reader->ended)
        return NEEDS_MORE;
    *last = next == end || *next != reader->delimiter;
    if (*last && next < end && *next == '\r') { /* CR LF, or CR alone */
        if (next + 1 == end && !reader->ended)
            return NEEDS_MORE;
        next += next + 1 < end && next[1] == '\n';
    }
    *lines += *last;
    *at = next < end ? next + 1 : next;
    return COMPLETE;
}

static progress read_record(hone_csv_reader *reader)
{
    char *next = reader->buffer + reader->begin;
    uint64_t lines = 0;
    bool last = false;
    reader->count = 0;
    while (!last) {
        progress made = read_field(reader, &next, &last, &lines);
        if (made != COMPLETE)
            return made;
    }
    reader->begin = (size_t)(next - reader->buffer);
    reader->next_line += lines;
    return COMPLETE;
}

/* Doubled quotes become one, in place. */
static void unescape(const hone_csv_reader *reader, hone_csv_field *field)
{
    char *from = memchr(field->text, reader->quote, field->length);
    if (!from)
        return;
    char *end = field->text + field->length, *to = from;
    while (from < end) {
        from += *from == reader->quote;
        *to++ = *from++;
    }
    field->length = (size_t)(to - field->text);
}

static bool is_empty_line(const hone_csv_reader *reader)
{
    return reader->count == 1 && reader->fields[0].length == 0 && !reader->fields[0].quoted;
}

int hone_internal_csv_next(hone_csv_reader *reader)
{
    do {
        if (reader->ended && reader->begin == reader->end)
            return 0;
        reader->line = reader->next_line;
        progress made;
        while ((made = read_record(reader)) == NEEDS_MORE)
            HONE_TRY(refill(reader));
        if (made == FAILED)
            return hone_error_status();
    } while (is_empty_line(reader));
    for (size_t i = 0; i < reader->count; i++)
        if (reader->fields[i].quoted)
            unescape(reader, &reader->fields[i]);
    return 1;
}

/* ---- beginning ---- */

static hone_status skip_mark(hone_csv_reader *reader)
{
    const unsigned char *start = (const unsigned char *)reader->buffer;
    if (reader->end >= 2 &&
        ((start[0] == 0xff && start[1] == 0xfe) || (start[0] == 0xfe && start[1] == 0xff)))
        return hone_fail(HONE_ERROR_FORMAT,
                         "%s is UTF-16; expected UTF-8: convert it with iconv -f UTF-16 -t UTF-8",
                         hone_internal_source_label(reader->source));
    if (reader->end >= 3 && memcmp(start, "\xef\xbb\xbf", 3) == 0)
        reader->begin = 3;
    return HONE_OK;
}

/* Lines as they stand, whatever quotes are in them. */
static hone_status skip_line(hone_csv_reader *reader)
{
    for (;;) {
        char *start = reader->buffer + reader->begin;
        char *end = memchr(start, '\n', reader->end - reader->begin);
        if (end) {
            reader->begin += (size_t)(end - start) + 1;
            reader->next_line++;
            return HONE_OK;
        }
        reader->begin = reader->end;
        if (reader->ended)
            return HONE_OK;
        HONE_TRY(refill(reader));
    }
}

/* The source is at the first byte of a file. */
static hone_status begin_file(hone_csv_reader *reader, int64_t skip)
{
    reader->begin = reader->end = 0;
    reader->ended = false;
    reader->next_line = 1;
    HONE_TRY(refill(reader));
    HONE_TRY(skip_mark(reader));
    for (int64_t i = 0; i < skip && !(reader->ended && reader->begin == reader->end); i++)
        HONE_TRY(skip_line(reader));
    return HONE_OK;
}

hone_status hone_internal_csv_begin(hone_csv_reader *reader, hone_source *source, char delimiter, char quote,
                                    int64_t skip)
{
    hone_csv_reader again = {.source = source,
                             .delimiter = delimiter,
                             .quote = quote,
                             .fields = reader->fields,
                             .field_capacity = reader->field_capacity,
                             .buffer = reader->buffer,
                             .capacity = reader->capacity};
    *reader = again;
    reader->stops[(unsigned char)delimiter] = delimiter != 0; /* 0: none */
    reader->stops[(unsigned char)quote] |= quote != 0;
    reader->stops['\n'] = reader->stops['\r'] = 1;
    HONE_TRY(hone_internal_source_rewind(source));
    return begin_file(reader, skip);
}

int hone_internal_csv_next_file(hone_csv_reader *reader, int64_t skip)
{
    const int more = hone_internal_source_next(reader->source);
    if (more != 1)
        return more;
    HONE_TRY(begin_file(reader, skip));
    return 1;
}

void hone_internal_csv_end(hone_csv_reader *reader)
{
    hone_internal_free(reader->fields);
    hone_internal_free(reader->buffer);
    *reader = (hone_csv_reader){0};
}

/* ---- numbers ---- */

static const double tens[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                              1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
enum { EXACT_TENS = 22, LONGEST_NUMBER = HONE_LIMIT_CSV_NUMBER };

/* What the long way needs: the text with a point, ended by 0. */
static bool parse_long(const char *text, size_t length, char decimal, double *number)
{
    char copy[LONGEST_NUMBER + 1];
    if (length > LONGEST_NUMBER)
        return false;
    for (size_t i = 0; i < length; i++)
        copy[i] = text[i] == decimal ? '.' : text[i];
    copy[length] = '\0';
    return hone_internal_text_to_number(copy, false, number);
}

static bool parse_infinity(const char *text, size_t length, double *number)
{
    char word[12] = {0};
    if (length < 3 || length >= sizeof word)
        return false;
    memcpy(word, text, length);
    const char *name = word + (*text == '-' || *text == '+');
    if (!hone_internal_text_equal_nocase(name, "inf") && !hone_internal_text_equal_nocase(name, "infinity"))
        return false;
    *number = *text == '-' ? -HUGE_VAL : HUGE_VAL;
    return true;
}

static int read_exponent(const char *next, const char *end, const char **after)
{
    bool negative = next < end && *next == '-';
    int exponent = 0;
    next += next < end && (*next == '-' || *next == '+');
    const char *first = next;
    for (; next < end && *next >= '0' && *next <= '9'; next++)
        exponent = exponent < 100000 ? exponent * 10 + (*next - '0') : exponent;
    *after = next == first ? NULL : next;
    return negative ? -exponent : exponent;
}

/* Digits as a whole number times a power of ten: exact, so rounded once, when both are exact doubles
 * (W. D. Clinger: "How to read floating point numbers accurately", 1990); else the long way. */
bool hone_internal_field_to_number(const char *text, size_t length, char decimal, double *number)
{
    const char *end = text + length;
    while (text < end && (*text == ' ' || *text == '\t'))
        text++;
    while (text < end && (end[-1] == ' ' || end[-1] == '\t'))
        end--;
    if (text == end)
        return false;
    const char *next = text + (*text == '-' || *text == '+');
    uint64_t digits = 0;
    int count = 0, exponent = 0;
    bool any = false;
    for (; next < end && *next >= '0' && *next <= '9'; next++, any = true)
        if (digits > 0 || *next != '0')
            digits = count++ < 19 ? digits * 10 + (uint64_t)(*next - '0') : digits;
    if (next < end && *next == decimal)
        for (next++; next < end && *next >= '0' && *next <= '9'; next++, any = true, exponent--)
            if (digits > 0 || *next != '0')
                digits = count++ < 19 ? digits * 10 + (uint64_t)(*next - '0') : digits;
    if (!any)
        return parse_infinity(text, (size_t)(end - text), number);
    if (next < end && (*next == 'e' || *next == 'E')) {
        exponent += read_exponent(next + 1, end, &next);
        if (!next)
            return false;
    }
    if (next != end)
        return false;
    bool exact =
        count <= 19 && digits <= (uint64_t)1 << 53 && exponent >= -EXACT_TENS && exponent <= EXACT_TENS;
    if (!exact)
        return parse_long(text, (size_t)(end - text), decimal, number);
    double whole = (double)digits;
    whole = exponent < 0 ? whole / tens[-exponent] : whole * tens[exponent];
    *number = *text == '-' ? -whole : whole;
    return true;
}
