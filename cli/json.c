/* JSON on stdout: one object on a line, built in memory and printed whole. */
#include "json.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

void cli_json_begin(cli_json *json)
{
    *json = (cli_json){.text = NULL};
    json->out = open_memstream(&json->text, &json->length);
    if (json->out != NULL)
        fputc('{', json->out);
}

/* Bytes of the character in UTF-8 that a text begins with; 0: what is there is none. */
static size_t character_bytes(const char *text)
{
    const unsigned char *bytes = (const unsigned char *)text, first = bytes[0];
    const size_t count = first < 0x80   ? 1
                         : first < 0xC2 ? 0
                         : first < 0xE0 ? 2
                         : first < 0xF0 ? 3
                         : first < 0xF5 ? 4
                                        : 0;
    const unsigned char least = first == 0xE0   ? 0xA0
                                : first == 0xF0 ? 0x90
                                                : 0x80,
                        most = first == 0xED   ? 0x9F
                               : first == 0xF4 ? 0x8F
                                               : 0xBF;
    for (size_t i = 1; i < count; i++)
        if (bytes[i] < (i == 1 ? least : 0x80) || bytes[i] > (i == 1 ? most : 0xBF))
            return 0;
    return count;
}

void cli_json_put_text(FILE *out, const char *text)
{
    static const char named[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt";
    fputc('"', out);
    for (size_t bytes; *text != '\0'; text += bytes > 0 ? bytes : 1) {
        const char *found = strchr(named, *text);
        bytes = character_bytes(text);
        if (found != NULL)
            fprintf(out, "\\%c", letters[found - named]);
        else if (bytes == 0 || (unsigned char)*text < 0x20)
            fprintf(out, "\\u%04x", bytes == 0 ? 0xFFFDU : (unsigned)*text);
        else
            fwrite(text, 1, bytes, out);
    }
    fputc('"', out);
}

/* The comma before an item, and its key; none in a list. */
static void put_key(cli_json *json, const char *key)
{
    if (json->out == NULL)
        return;
    if (json->began)
        fputs(", ", json->out);
    json->began = true;
    if (key == NULL)
        return;
    cli_json_put_text(json->out, key);
    fputs(": ", json->out);
}

/* The shortest text that reads back as the same number, as Python writes it: 0.1, 5.0, 1e-07; null when it is
 * not finite. The command never sets a locale, so the decimal point is a point. */
static void put_number(FILE *out, double number)
{
    char digits[40];
    int precision = 0;
    if (!isfinite(number)) {
        fputs("null", out);
        return;
    }
    do
        snprintf(digits, sizeof digits, "%.*e", precision, number);
    while (strtod(digits, NULL) != number && ++precision < 17);
    int exponent = (int)strtol(strchr(digits, 'e') + 1, NULL, 10);
    if (exponent < -4 || exponent >= 16)
        fputs(digits, out);
    else
        fprintf(out, "%.*f", precision - exponent > 1 ? precision - exponent : 1, number);
}

void cli_json_text(cli_json *json, const char *key, const char *text)
{
    put_key(json, key);
    if (json->out != NULL && text != NULL)
        cli_json_put_text(json->out, text);
    else if (json->out != NULL)
        fputs("null", json->out);
}

void cli_json_integer(cli_json *json, const char *key, int64_t integer)
{
    put_key(json, key);
    if (json->out != NULL)
        fprintf(json->out, "%" PRId64, integer);
}

void cli_json_truth(cli_json *json, const char *key, bool truth)
{
    put_key(json, key);
    if (json->out != NULL)
        fputs(truth ? "true" : "false", json->out);
}

void cli_json_number(cli_json *json, const char *key, double number)
{
    put_key(json, key);
    if (json->out != NULL)
        put_number(json->out, number);
}

void cli_json_numbers(cli_json *json, const char *key, const double *numbers, int count)
{
    cli_json_open(json, key, '[');
    for (int i = 0; i < count; i++)
        cli_json_number(json, NULL, numbers[i]);
    cli_json_close(json, ']');
}

void cli_json_open(cli_json *json, const char *key, char bracket)
{
    put_key(json, key);
    json->began = false;
    if (json->out != NULL)
        fputc(bracket, json->out);
}

void cli_json_close(cli_json *json, char bracket)
{
    json->began = true;
    if (json->out != NULL)
        fputc(bracket, json->out);
}

void cli_json_drop(cli_json *json)
{
    if (json->out != NULL)
        fclose(json->out);
    free(json->text);
}

int cli_json_print(cli_json *json)
{
    bool good = json->out != NULL && fputs("}\n", json->out) >= 0;
    if (json->out != NULL && fclose(json->out) != 0)
        good = false;
    if (good)
        fwrite(json->text, 1, json->length, stdout);
    free(json->text);
    fflush(stdout);
    return good ? CLI_DONE : cli_fail("out of memory");
}
