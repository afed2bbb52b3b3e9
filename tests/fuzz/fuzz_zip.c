/* Fuzz target: zip archives. All members of what opens are read, up to a limit. */
#include "replay.h"

#include "base/memory.h"
#include "formats/formats.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    void *copy = hone_internal_allocate(size);
    if (size > 0)
        memcpy(copy, data, size);
    hone_zip_reader *zip = hone_internal_zip_open_memory(copy, size, "fuzz");
    for (size_t i = 0; zip && i < hone_internal_zip_count(zip); i++) {
        void *content;
        size_t bytes;
        hone_internal_zip_read(zip, hone_internal_zip_name(zip, i), 1 << 20, &content, &bytes);
        hone_internal_free(content);
    }
    hone_internal_zip_close(zip);
    return 0;
}
