/* Resizing in C source: the weights of each row of the result as tables. */
#include "kernels/resize.h"
#include "csource/forms.h"

#include <inttypes.h>

static void write_integers(hone_text *body, const char *name, const int64_t *list, int64_t count)
{
    hone_internal_text_format(body, "        static const int32_t %s[] = {", name);
    for (int64_t i = 0; i < count; i++)
        hone_internal_text_format(body, "%s%" PRId64,
                                  i == 0        ? ""
                                  : i % 16 == 0 ? ",\n            "
                                                : ", ",
                                  list[i]);
    hone_internal_text_append(body, "};\n");
}

static void write_weights(hone_text *body, const double *list, int64_t count)
{
    char number[32];
    hone_internal_text_append(body, "        static const float weight[] = {");
    for (int64_t i = 0; i < count; i++) {
        hone_internal_c_number((float)list[i], number, sizeof number);
        hone_internal_text_format(body, "%s%s", i == 0 ? "" : i % 8 == 0 ? ",\n            " : ", ", number);
    }
    hone_internal_text_append(body, "};\n    ");
}

static hone_status write_resize(hone_c_words *words, const hone_c_step *step)
{
    const hone_resize *resize = step->args.family;
    const int64_t count = resize->start[resize->rows];
    hone_internal_text_append(&words->body, "    {\n");
    write_integers(&words->body, "start", resize->start, resize->rows + 1);
    write_integers(&words->body, "place", resize->place, count);
    write_weights(&words->body, resize->weight, count);
    hone_internal_c_call(words, step, "op_resize($0, $1, start, place, weight, #0, #1, #2, #n)");
    hone_internal_text_append(&words->body, "    }\n");
    words->calls += 4;
    return HONE_OK;
}

static void numbers_of(const hone_c_step *step, int64_t numbers[HONE_C_NUMBERS])
{
    const hone_resize *resize = step->args.family;
    numbers[0] = resize->rows;
    numbers[1] = resize->columns;
    numbers[2] = resize->inner;
}

static int64_t multiply_adds(const hone_c_step *step)
{
    const hone_resize *resize = step->args.family;
    return resize->rows > 0 ? step->items / resize->rows * resize->start[resize->rows] * resize->inner : 0;
}

static const hone_c_form forms[] = {
    {.kernel = HONE_KERNEL_resize,
     .write = write_resize,
     .numbers = numbers_of,
     .multiply_adds = multiply_adds},
};
HONE_C_FAMILY(resize, forms, NULL);
