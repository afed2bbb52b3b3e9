/* Fuzz target: tables and libsvm's text with their options, a cell and an option at a time. */
#include "structure.h"
#include "data.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    read_described_data(data, size);
    return 0;
}
