/* Fuzz target: ONNX graphs. All their tensors and attributes are read. */
#include "formats/onnx.h"
#include "replay.h"

static void read_tensors(const hone_onnx_file *file)
{
    const hone_onnx_graph *graph = file->model->graph;
    for (size_t i = 0; i < graph->n_initializer; i++)
        hone_array_free(hone_internal_onnx_read(file, graph->initializer[i]));
    for (size_t i = 0; i < graph->n_node; i++) {
        char text[160];
        hone_internal_onnx_describe(file, graph->node[i], text, sizeof text);
        hone_internal_onnx_attribute(graph->node[i], "axis");
        for (size_t j = 0; j < graph->node[i]->n_input; j++) {
            const hone_onnx_tensor *tensor = hone_internal_onnx_tensor(file, graph->node[i]->input[j]);
            if (tensor != NULL)
                hone_array_free(hone_internal_onnx_read(file, tensor));
        }
    }
    hone_internal_onnx_digest(graph);
    hone_internal_onnx_get_property(file, "hone");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    hone_onnx_file *file = hone_internal_onnx_parse(data, size, "fuzz");
    if (file != NULL)
        read_tensors(file);
    hone_internal_onnx_close(file);
    return 0;
}
