/* Fuzz target: IDX arrays, as they are and in gzip. */
#include "formats/array_files.h"
#include "replay.h"
#include <zlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    hone_array_free(hone_internal_idx_load(fuzz_file(data, size, ".idx")));
    if (size < 2 || data[0] == 0x1f)
        return 0;
    gzFile file = gzopen(fuzz_file_path, "wb1"); /* so that checksums do not stand in the fuzzer's way */
    gzwrite(file, data, (unsigned)size);
    gzclose(file);
    hone_array_free(hone_internal_idx_load(fuzz_file_path));
    return 0;
}
