/* Fuzz target: NPY, NPZ and IDX as data, a value of their headers at a time. */
#include "structure.h"
#include "data.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    read_described_data(data, size);
    return 0;
}
