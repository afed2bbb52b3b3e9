/* Fuzz target: tar archives, put into gzip here. What CIFAR-10's archive would have is taken out, but not
 * written. */
#include "formats/tar.h"
#include "replay.h"
#include <zlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *path = fuzz_file(data, 0, ".tar.gz");
    gzFile file = gzopen(path, "wb1");
    if (size > 0)
        gzwrite(file, data, (unsigned)size);
    gzclose(file);
    hone_tar tar = {.label = "fuzz", .gzip = hone_internal_gzip_open(path)};
    hone_tar_member member;
    unsigned char start[100];
    while (tar.gzip != NULL && hone_internal_tar_next(&tar, &member) > 0) {
        if (strlen(member.name) >= HONE_TAR_NAME)
            abort();
        if (member.regular && hone_internal_tar_take(&tar, start, sizeof start) == HONE_OK &&
            member.bytes < sizeof start)
            abort();
    }
    hone_internal_gzip_close(tar.gzip);
    return 0;
}
