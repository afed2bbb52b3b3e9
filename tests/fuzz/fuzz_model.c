/* Fuzz target: whole model files. JSON is taken for the configuration of a model, the rest for a .keras or
 * .h5 file. A model that comes out is saved again. */
#include "formats/formats.h"
#include "keras/keras.h"
#include "replay.h"

static void read_config(const uint8_t *data, size_t size)
{
    hone_config *config = hone_internal_json_parse((const char *)data, size, "fuzz");
    hone_loading loading;
    bool begun = hone_internal_loading_begin(&loading, NULL, 1 << 20) >= 0;
    hone_model *model = begun && config != NULL ? hone_internal_model_from_config(config, &loading) : NULL;
    hone_internal_loading_end(&loading);
    if (model != NULL) {
        hone_internal_config_free(hone_internal_model_to_config(model));
        hone_model_free(model);
    }
    hone_internal_config_free(config);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 0 && data[0] == '{')
        read_config(data, size);
    else
        hone_model_free(hone_load(fuzz_file(data, size, size > 4 && data[0] == 0x89 ? ".h5" : ".keras")));
    return 0;
}
