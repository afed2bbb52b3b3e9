/* Fuzz target: PNG and JPEG. */
#include "replay.h"

#include "base/memory.h"
#include "formats/picture.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const int channels[] = {1, 3, 4};
    for (int i = 0; i < 3; i++) {
        hone_picture picture = {.channels = channels[i]};
        if (hone_internal_picture_decode(data, size, "fuzz", 1 << 16, &picture) < 0)
            continue;
        float small[5 * 6 * 4];
        char columns[6 * 24];
        hone_internal_picture_bilinear(&picture, hone_internal_picture_crop(&picture, 5, 6), 5, 6, columns,
                                       small);
        hone_internal_free(picture.pixels);
    }
    return 0;
}
