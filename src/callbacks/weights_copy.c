/* The weights of a model as a callback keeps them. */
#include "callbacks/weights_copy.h"
#include "base/memory.h"

hone_weights_copy *hone_internal_weights_copy_create(size_t floats)
{
    size_t bytes;
    if (!hone_internal_multiply_size(floats, sizeof(float), &bytes))
        bytes = SIZE_MAX;
    hone_weights_copy *copy = hone_internal_allocate_zeroed(1, sizeof *copy);
    if (copy == NULL)
        return NULL;
    copy->floats = floats;
    copy->data = hone_internal_allocate(bytes);
    if (copy->data != NULL)
        return copy;
    hone_internal_free(copy);
    return NULL;
}

void hone_weights_copy_free(hone_weights_copy *copy)
{
    if (copy == NULL)
        return;
    hone_internal_free(copy->data);
    hone_internal_free(copy);
}
