/* Tables as series: the options of windows, and what they exclude. data/windows.c makes the windows. */
#include "readers/table.h"
#include <string.h>

hone_status hone_internal_table_windows(hone_table *table)
{
    const hone_dataset_from_csv_args *args = table->args;
    const struct {
        const char *name;
        bool given;
    } rest[] = {{"stride", args->stride != HONE_NONE_INTEGER},
                {"sampling_rate", args->sampling_rate != HONE_NONE_INTEGER},
                {"horizon", args->horizon != HONE_NONE_INTEGER},
                {"target_length", args->target_length != HONE_NONE_INTEGER},
                {"start_index", args->start_index != HONE_NONE_INTEGER},
                {"end_index", args->end_index != HONE_NONE_INTEGER},
                {"forecast", args->forecast}};
    table->windows = (hone_windows_shape)HONE_WINDOWS_SHAPE(args);
    hone_internal_windows_default(&table->windows, table->schema);
    for (size_t i = 0; i < sizeof rest / sizeof *rest && table->windows.window == 0; i++)
        if (rest[i].given)
            return hone_fail(HONE_ERROR_ARGUMENT, "%s is about windows of a series: give window=N too",
                             rest[i].name);
    return HONE_OK;
}

/* Rows that are left out would bring others together that are not neighbours in time. */
hone_status hone_internal_table_check_windows(const hone_table *table)
{
    if (table->windows.window == 0)
        return HONE_OK;
    if (table->missing == HONE_MISSING_DROP || strcmp(table->unknown, "drop") == 0)
        return hone_fail(
            HONE_ERROR_ARGUMENT,
            "window: rows that are left out bring others together that are not neighbours in the "
            "series; missing values take missing=mean or a number");
    return HONE_OK;
}
