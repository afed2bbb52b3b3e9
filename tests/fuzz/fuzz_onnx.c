/* Fuzz target: ONNX graphs, from messages to a model. What becomes a model is written, read and written
 * again. */
#include "formats/onnx.h"
#include "onnx/import.h"
#include "replay.h"
#include <hone/export.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    hone_onnx_file *file = hone_internal_onnx_parse(data, size, "fuzz");
    hone_model *model = file == NULL ? NULL : hone_internal_onnx_model(file, NULL);
    const char *path = fuzz_file(data, 0, ".onnx");
    if (model != NULL && hone_export_onnx(model, path) == HONE_OK) {
        hone_model *again = hone_load(path);
        if (again == NULL)
            abort();
        hone_model_free(again);
    }
    hone_model_free(model);
    hone_internal_onnx_close(file);
    return 0;
}
