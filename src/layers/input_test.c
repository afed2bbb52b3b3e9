/* input. */
#include "testing/check_layer.h"

#include <string.h>

TEST(gives_what_it_is_given)
{
    hone_layer *layer = hone_input(3, 2);
    hone_graph *graph = hone_internal_graph_create(false, false);
    hone_value x = hone_internal_graph_input(graph, HONE_SHAPE(4, 3, 2), "x"), outputs[HONE_MAX_OUTPUTS];
    assert_non_null(layer);
    assert_int_equal(hone_internal_layer_build(layer, &HONE_SHAPE(HONE_ANY, 3, 2), 1), HONE_OK);
    assert_int_equal(hone_internal_layer_call(layer, graph, &x, 1, NULL, outputs, 0, 1), 1);
    assert_int_equal(outputs[0], x);
    assert_int_equal(layer->weight_count, 0);
    hone_internal_graph_free(graph);
    hone_layer_free(layer);
}

TEST(is_known_by_the_names_of_keras)
{
    static const char *const texts[] = {"input([3])", "Input([3])", "InputLayer([3])",
                                        "input_layer(shape=[3])"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        hone_layer *layer = hone_layer_from_text(texts[i]);
        if (layer == NULL)
            fail_msg("%s: %s", texts[i], hone_error_message());
        assert_ptr_equal(layer->type, &hone_internal_input_layer);
        hone_layer_free(layer);
    }
}
