/* Fuzz target: NPZ archives as data sets. */
#include "replay.h"
#include <hone/data.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *path = fuzz_file(data, size, ".npz");
    hone_dataset_free(hone_dataset_load(path, "train", 0));
    hone_dataset_free(hone_dataset_load(path, "test", 0));
    return 0;
}
