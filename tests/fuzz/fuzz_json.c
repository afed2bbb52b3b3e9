/* Fuzz target: JSON. What is read is written, and read again as the same. */
#include "replay.h"

#include "base/memory.h"
#include "formats/formats.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    hone_config *config = hone_internal_json_parse((const char *)data, size, "fuzz");
    if (!config)
        return 0;
    char *text = hone_internal_config_to_json(config, false);
    if (text && strlen(text) < hone_internal_limits.json_bytes) {
        hone_config *again = hone_internal_json_parse(text, strlen(text), "fuzz");
        char *same = again ? hone_internal_config_to_json(again, false) : NULL;
        if (again && (!same || strcmp(text, same) != 0))
            abort();
        hone_internal_free(same);
        hone_internal_config_free(again);
    }
    hone_internal_free(text);
    hone_internal_config_free(config);
    return 0;
}
