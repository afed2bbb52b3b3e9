/* The constants of a C source. */
#include "csource/source.h"

#include <inttypes.h>
#include <string.h>

enum { FLOATS_A_LINE = 8, BYTES_A_LINE = 20 };

void hone_internal_c_write_floats(hone_text *text, const float *numbers, int64_t count)
{
    char number[40];
    for (int64_t i = 0; i < count; i++) {
        hone_internal_c_number(numbers[i], number, sizeof number);
        hone_internal_text_append(text, i % FLOATS_A_LINE == 0 ? "\n    " : " ");
        hone_internal_text_append(text, number);
        hone_internal_text_append(text, ",");
    }
    hone_internal_text_append(text, "\n");
}

static void write_float_array(hone_c_writer *writer, const char *name, const char *end, const float *numbers,
                              int64_t count)
{
    hone_internal_text_format(&writer->arrays, "%s_CONST float %s%s[%" PRId64 "] = {", writer->upper, name,
                              end, count);
    hone_internal_c_write_floats(&writer->arrays, numbers, count);
    hone_internal_text_append(&writer->arrays, "};\n\n");
    writer->report.weight_bytes += count * (int64_t)sizeof(float);
}

static void write_byte_array(hone_c_writer *writer, const char *name, const hone_c_slot *slot)
{
    hone_text *text = &writer->arrays;
    hone_internal_text_format(text, "%s_CONST int8_t %s[%" PRId64 "] = {", writer->upper, name, slot->count);
    for (int64_t i = 0; i < slot->count; i++)
        hone_internal_text_format(text, "%s%d,", i % BYTES_A_LINE == 0 ? "\n    " : " ", slot->bytes[i]);
    hone_internal_text_append(text, "\n};\n\n");
    writer->report.weight_bytes += slot->count;
}

static void write_integer_array(hone_c_writer *writer, const char *name, const hone_c_slot *slot)
{
    hone_text *text = &writer->arrays;
    hone_internal_text_format(text, "%s_CONST int32_t %s[%" PRId64 "] = {", writer->upper, name, slot->count);
    for (int64_t i = 0; i < slot->count; i++)
        hone_internal_text_format(text, "%s%" PRId32 ",", i % FLOATS_A_LINE == 0 ? "\n    " : " ",
                                  slot->integers[i]);
    hone_internal_text_append(text, "\n};\n\n");
    writer->report.weight_bytes += slot->count * (int64_t)sizeof(int32_t);
}

void hone_internal_c_write_arrays(hone_c_writer *writer)
{
    for (int s = 0; s < writer->program.slot_count; s++) {
        const hone_c_slot *slot = &writer->program.slots[s];
        if (slot->place != HONE_C_CONSTANT || slot->readers == 0)
            continue;
        if (slot->type == HONE_C_INTEGERS) {
            write_integer_array(writer, writer->names[s], slot);
            continue;
        }
        if (slot->type == HONE_C_BYTES) {
            write_byte_array(writer, writer->names[s], slot);
            continue;
        }
        if (slot->rows == 0) {
            write_float_array(writer, writer->names[s], "", slot->data, slot->count);
            continue;
        }
        write_byte_array(writer, writer->names[s], slot);
        write_float_array(writer, writer->names[s], "_scale", slot->scales, slot->rows);
    }
}

/* ---- texts ---- */

void hone_internal_c_write_string(hone_text *text, const char *words)
{
    hone_internal_text_append(text, "\"");
    for (const unsigned char *letter = (const unsigned char *)words; *letter != '\0'; letter++)
        if (*letter < ' ' || *letter > '~' || strchr("\"\\?", *letter) != NULL)
            hone_internal_text_format(text, "\\%03o", *letter);
        else
            hone_internal_text_format(text, "%c", *letter);
    hone_internal_text_append(text, "\"");
}

void hone_internal_c_write_strings(hone_text *text, const hone_config *list)
{
    for (size_t i = 0; i < hone_internal_config_count(list); i++) {
        hone_internal_text_append(text, i % 8 == 0 ? "\n    " : " ");
        hone_internal_c_write_string(text, hone_internal_config_text_at(list, i));
        hone_internal_text_append(text, ",");
    }
    hone_internal_text_append(text, "\n};\n\n");
}
