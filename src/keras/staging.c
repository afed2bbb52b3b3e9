/* Weights on their way from a file: first all into copies, then the copies into the weights. */
#include "keras/staging.h"
#include "base/memory.h"

#include <string.h>

void hone_internal_staging_free(hone_staging *staging)
{
    for (size_t i = 0; i < staging->count; i++)
        hone_internal_free(staging->items[i].data);
    hone_internal_free(staging->items);
}

hone_status hone_internal_stage_room(hone_staging *staging, hone_variable *variable, float **data)
{
    HONE_TRY(
        hone_internal_grow(&staging->items, &staging->capacity, staging->count + 1, sizeof *staging->items));
    size_t bytes;
    if (!hone_internal_multiply_size((uint64_t)hone_internal_variable_count(variable), sizeof(float), &bytes))
        return hone_internal_fail_memory(SIZE_MAX, "a weight");
    *data = hone_internal_allocate(bytes + 1);
    if (*data == NULL)
        return HONE_ERROR_MEMORY;
    staging->items[staging->count++] = (hone_staged){variable, *data};
    return HONE_OK;
}

void hone_internal_unstage(hone_staging *staging)
{
    hone_internal_free(staging->items[--staging->count].data);
}

/* A weight of a file of Keras has been merged with its adaptation, which then adds nothing. */
static void begin_adapting(const hone_staging *reader, const hone_variable *adapted)
{
    for (size_t i = 0; i < reader->count; i++)
        if (reader->items[i].variable == adapted->lora_b)
            return;
    memset(hone_internal_variable_data(adapted->lora_b), 0,
           (size_t)hone_internal_variable_count(adapted->lora_b) * sizeof(float));
}

void hone_internal_staging_commit(const hone_staging *reader)
{
    for (size_t i = 0; i < reader->count; i++) {
        hone_variable *variable = reader->items[i].variable;
        memcpy(hone_internal_variable_data(variable), reader->items[i].data,
               (size_t)hone_internal_variable_count(variable) * sizeof(float));
        variable->fresh = false;
        if (variable->lora_b != NULL)
            begin_adapting(reader, variable);
    }
}
