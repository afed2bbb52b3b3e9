/* Fuzz target: CIFAR's binary files in their folders and archives. */
#include "structure.h"
#include "data.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    read_described_data(data, size);
    return 0;
}
