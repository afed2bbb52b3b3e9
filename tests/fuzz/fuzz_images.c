/* Fuzz target: folders of PNG and JPEG pictures, and pictures alone, a chunk or a field of one at a time. */
#include "structure.h"
#include "data.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    read_described_data(data, size);
    return 0;
}
