/* Fuzz target: text as windows of characters, as lines, and in folders by class. */
#include "structure.h"
#include "data.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    read_described_data(data, size);
    return 0;
}
