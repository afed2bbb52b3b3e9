/* Fuzz target: safetensors files. Each tensor is asked for with some shapes, as it is and with its axes
 * swapped. */
#include "formats/safetensors.h"
#include "replay.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct {
        int rank;
        int64_t sizes[3];
    } shapes[] = {{0, {0}},    {1, {2}},    {1, {4}}, {2, {2, 2}},
                  {2, {2, 3}}, {2, {3, 2}}, {1, {0}}, {3, {1, 2, 2}}};
    float numbers[8];
    hone_safetensors *file = hone_internal_safetensors_open(fuzz_file(data, size, ".safetensors"));
    size_t count = file != NULL ? hone_internal_safetensors_count(file) : 0;
    for (size_t i = 0; i < count && i < 20; i++) {
        const char *name = hone_internal_safetensors_name(file, i);
        if (hone_internal_safetensors_find(file, name) != (ptrdiff_t)i)
            abort();
        for (size_t j = 0; j < 2 * sizeof shapes / sizeof *shapes; j++) {
            hone_array to = hone_array_view(numbers, HONE_FLOAT32, shapes[j / 2].rank, shapes[j / 2].sizes);
            hone_internal_safetensors_read(file, i, &to, j % 2 == 1 && shapes[j / 2].rank == 2);
        }
    }
    hone_internal_safetensors_close(file);
    return 0;
}
