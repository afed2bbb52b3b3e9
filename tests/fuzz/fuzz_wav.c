/* Fuzz target: WAV files, from memory and as data. What the header says must be there; all samples are read.
 */
#include "formats/wav.h"
#include "replay.h"

#include <hone/data_files.h>
#include <math.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    hone_wav wav;
    uint8_t *copy = fuzz_copy(data, size);
    const hone_status status = hone_internal_wav_read(copy, size, "fuzz", &wav);
    bool finite = true;
    for (int64_t frame = 0; status == HONE_OK && frame < wav.frames; frame++)
        for (int channel = 0; channel < wav.channels; channel++)
            finite = isfinite(hone_internal_wav_sample(&wav, frame, channel)) && finite;
    hone_dataset *loaded = hone_dataset_load(fuzz_file(data, size, ".wav"), NULL, 0);
    if ((loaded != NULL) != (status == HONE_OK && finite))
        abort();
    hone_dataset_free(loaded);
    hone_internal_free(copy);
    return 0;
}
