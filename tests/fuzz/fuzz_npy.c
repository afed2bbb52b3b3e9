/* Fuzz target: NPY arrays, from memory and from a file. What is read is written and read again as the same.
 */
#include "formats/array_files.h"
#include "replay.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    hone_array *array = hone_internal_npy_parse(data, size, "fuzz");
    hone_array *other = hone_array_load(fuzz_file(data, size, ".npy"));
    if ((array == NULL) != (other == NULL))
        abort();
    if (array != NULL && hone_array_save(array, fuzz_file_path) == HONE_OK) {
        hone_array *again = hone_array_load(fuzz_file_path);
        size_t bytes = (size_t)hone_array_count(array) * hone_dtype_size(array->type);
        if (again == NULL || hone_array_count(again) != hone_array_count(array) ||
            memcmp(again->data, array->data, bytes) != 0)
            abort();
        hone_array_free(again);
    }
    hone_array_free(array);
    hone_array_free(other);
    return 0;
}
