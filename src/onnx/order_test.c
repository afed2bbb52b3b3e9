/* Orders of axes around recurrent layers, which become no layers. */
#include "testing/check_onnx.h"

#include <string.h>

/* An RNN of 2 units over (batch, 4, 3), with the steps in front. */
#define RNN "r = RNN(t, [1, 2, 3], [1, 2, 2]) hidden_size=2; "

/* How many layers of these types a graph becomes, its input included; NULL words: it is read. */
static const struct {
    const char *name, *sample, *graph;
    int layers;
    const char *words;
} graphs[] = {
    {"a transpose there and back", "4, 3",
     "t = Transpose(x) perm=[1, 0, 2]; " RNN "s = Squeeze(r, {1}); y = Transpose(s) perm=[1, 0, 2]", 3, NULL},
    {"the axis of directions by attribute", "4, 3",
     "t = Transpose(x) perm=[1, 0, 2]; " RNN "s = Squeeze(r) axes=[1]; y = Transpose(s) perm=[1, 0, 2]", 3,
     NULL},
    {"no way back", "4, 3", "t = Transpose(x) perm=[1, 0, 2]; " RNN "y = Squeeze(r, {1})", 0,
     "has steps or directions in front of the batch"},
    {"no way there", "4, 3", "t = Relu(x); " RNN "s = Squeeze(r, {1}); y = Transpose(s) perm=[1, 0, 2]", 0,
     "is not in the order of axes that a Transpose or Unsqueeze in front makes"},
    {"another layer between", "4, 3", "t = Transpose(x) perm=[1, 0, 2]; " RNN "y = Relu(r)", 0,
     "which only recurrent layers take"},
    {"another axis squeezed", "4, 3", "t = Transpose(x) perm=[1, 0, 2]; " RNN "y = Squeeze(r, {0})", 0,
     "part/Squeeze"},
};

TEST_EACH(axes_in_front_are_noted, graphs)
{
    hone_model *model = onnx_graph(row->sample, row->graph);
    if (row->words != NULL) {
        if (model != NULL)
            fail_msg("it is read");
        if (strstr(hone_error_message(), row->words) == NULL)
            fail_msg("\"%s\" lacks \"%s\"", hone_error_message(), row->words);
        return;
    }
    if (model == NULL)
        fail_msg("%s", hone_error_message());
    assert_int_equal(hone_model_layer_count(model), row->layers);
    hone_model_free(model);
}
