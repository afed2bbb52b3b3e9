/* Fuzz target: CSV and libsvm's text. The first byte chooses the options; the rest is the file. What is read
 * is described, and the description must do for reading the same again, with the same numbers. */
#include "replay.h"

#include "readers/libsvm.h"
#include "readers/schema.h"
#include "readers/table.h"
#include <stdlib.h>
#include <string.h>

static hone_status read_csv(const uint8_t *data, size_t size, uint8_t choice, const hone_config *schema,
                            hone_dataset_parts *parts)
{
    hone_dataset_from_csv_args args = {HONE_CSV_FIELDS(HONE_FIELD_DEFAULT, hone_dataset_from_csv_args)};
    args.path = "fuzz";
    args.missing = choice & 1 ? "mean" : choice & 2 ? "drop" : "error";
    args.encoding = choice & 4 ? "one_hot" : "integer";
    args.header = choice & 8 ? "yes" : "auto";
    args.target[0] = choice & 16 ? "-1" : NULL;
    args.strip = choice & 32;
    args.most_categories = 50;
    hone_source *source = hone_internal_source_memory(data, size, "fuzz");
    return source ? hone_internal_table_read(source, &args, schema, false, false, parts)
                  : hone_error_status();
}

static hone_status read_libsvm(const uint8_t *data, size_t size, uint8_t choice, const hone_config *schema,
                               hone_dataset_parts *parts)
{
    hone_dataset_from_libsvm_args args = {
        HONE_LIBSVM_FIELDS(HONE_FIELD_DEFAULT, hone_dataset_from_libsvm_args)};
    args.path = "fuzz";
    args.features = 1000;
    args.first = choice & 1;
    args.labels = choice & 2 ? "number" : "class";
    hone_source *source = hone_internal_source_memory(data, size, "fuzz");
    return source ? hone_internal_libsvm_read(source, &args, schema, parts) : hone_error_status();
}

static void compare(const hone_array *first, const hone_array *second)
{
    if (!first || !second || hone_array_count(first) != hone_array_count(second))
        abort();
    for (int64_t i = 0; i < hone_array_count(first); i++) {
        double a = hone_array_number(first, i), b = hone_array_number(second, i);
        if (a != b && (a == a || b == b))
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    uint8_t choice = data[0];
    hone_dataset_parts first, second;
    if (hone_internal_dataset_parts_begin(&first, 1) < 0 || hone_internal_dataset_parts_begin(&second, 1) < 0)
        abort();
    hone_status (*read)(const uint8_t *, size_t, uint8_t, const hone_config *, hone_dataset_parts *) =
        choice & 128 ? read_libsvm : read_csv;
    if (read(data + 1, size - 1, choice, NULL, &first) >= 0) {
        if (hone_internal_schema_check(first.schema) < 0 ||
            read(data + 1, size - 1, choice, first.schema, &second) < 0)
            abort();
        compare(first.x[0].array, second.x[0].array);
        if (first.y[0].array)
            compare(first.y[0].array, second.y[0].array);
    }
    hone_internal_dataset_parts_free(&first);
    hone_internal_dataset_parts_free(&second);
    return 0;
}
