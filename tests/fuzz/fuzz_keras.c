/* Fuzz target: .keras archives, and the HDF5 files in them. Input that is no archive is taken for the HDF5
 * file itself, so that a fuzzer need not find checksums. */
#include "replay.h"

#include "base/memory.h"
#include "formats/formats.h"

#include <string.h>

static const char *const GROUPS[] = {
    "vars", "layers/dense/vars", "layers/dense_1/vars", "optimizer/vars", "layers/flatten/vars", "a", ""};
static const char *const ATTRIBUTES[] = {"name", "model_config", "layer_names", "weight_names", "dtype"};

static void read_array(hone_weights_file *weights, const char *group, int64_t index)
{
    hone_array shape;
    if (hone_internal_weights_shape(weights, group, index, &shape) != HONE_OK)
        return;
    int64_t count = hone_array_count(&shape);
    if (count > 1 << 20)
        return;
    for (int type = 0; type < HONE_DTYPE_COUNT; type++) {
        hone_array *array = hone_array_create((hone_dtype)type, shape.rank, shape.shape);
        if (array)
            hone_internal_weights_read(weights, group, index, array);
        hone_array_free(array);
    }
}

static void read_group(hone_weights_file *weights, const char *group)
{
    size_t count;
    hone_internal_weights_has_group(weights, group);
    int64_t arrays = hone_internal_weights_count(weights, group);
    for (int64_t i = 0; i < arrays && i < 20; i++)
        read_array(weights, group, i);
    for (size_t i = 0; i < sizeof ATTRIBUTES / sizeof *ATTRIBUTES; i++) {
        hone_internal_free(hone_internal_weights_attribute(weights, group, ATTRIBUTES[i]));
        hone_internal_free(hone_internal_weights_attribute_list(weights, group, ATTRIBUTES[i], &count));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    hone_config *config = NULL;
    hone_weights_file *weights = NULL;
    void *copy = hone_internal_allocate(size);
    if (size > 0)
        memcpy(copy, data, size);
    if (size > 2 && memcmp(data, "PK", 2) == 0) {
        hone_internal_keras_read_memory(copy, size, "fuzz", &config, &weights);
    } else {
        weights = hone_internal_weights_open_memory(copy, size, "fuzz");
    }
    for (size_t i = 0; weights && i < sizeof GROUPS / sizeof *GROUPS; i++)
        read_group(weights, GROUPS[i]);
    hone_internal_weights_close(weights);
    hone_internal_config_free(config);
    return 0;
}
