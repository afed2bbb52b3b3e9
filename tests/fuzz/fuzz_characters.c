/* Fuzz target: text files as windows of characters, and as lines. The first byte chooses the options. What is
 * read is described, and the description must do for reading the same again, with the same numbers. */
#include "data/dataset.h"
#include "replay.h"

#include <hone/data_files.h>
#include <stdlib.h>
#include <string.h>

static hone_dataset *read_text(const hone_dataset *like, uint8_t choice)
{
    return hone_dataset_from_characters_like(
        like, fuzz_file_path, .window = choice & 7 ? choice & 7 : HONE_NONE_INTEGER,
        .stride = choice & 8 ? 1 : HONE_NONE_INTEGER,
        .targets = choice & 16   ? "last"
                   : choice & 32 ? "none"
                                 : "sequence",
        .lowercase = choice & 64, .unknown = choice & 128 ? "drop" : "error");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    fuzz_file(data + 1, size - 1, ".txt");
    hone_dataset *first = read_text(HONE_NO_DATASET, data[0]),
                 *second = first != NULL ? read_text(first, data[0]) : NULL,
                 *lines = hone_dataset_from_lines(fuzz_file_path, .empty = data[0] & 1);
    if (first != NULL) {
        const hone_array *a = hone_dataset_input(first, 0), *b = hone_dataset_input(second, 0);
        if (b == NULL || hone_array_count(a) != hone_array_count(b) ||
            memcmp(a->data, b->data, (size_t)hone_array_count(a) * hone_dtype_size(a->type)) != 0)
            abort();
    }
    hone_dataset_free(lines);
    hone_dataset_free(second);
    hone_dataset_free(first);
    return 0;
}
