/* Fuzz target: whole models in one HDF5 file, as Keras 2 and 3 write .h5: their configuration, names and
 * shapes stand in attributes and data sets, which are changed one at a time. What is still a model is used in
 * every way (whole.h). */
#include "structure.h"
#include "folder.h"
#include "whole.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    hone_config *tree = enter_folder(data, size);
    if (tree == NULL)
        return 0;
    hone_set_threads(1);
    write_file("m.h5", tree);
    limited_largest = 0;
    hone_model *model = hone_load("m.h5");
    fuzz_said(model == NULL);
    check_proportion();
    if (model != NULL)
        use_model(model, is_smooth(data, size), has_word(data, size, "\"stateful\": true"));
    hone_model_free(model);
    leave_folder(tree);
    return 0;
}
