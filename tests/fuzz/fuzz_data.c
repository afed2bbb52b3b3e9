/* Fuzz target: DATA, the form in which the command and recipes name data: paths, pairs, parts, options. */
#include "structure.h"
#include "data.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    read_described_data(data, size);
    return 0;
}
