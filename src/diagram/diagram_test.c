/* A model as boxes and arrows: inner models as one box or as a frame. */
#include "diagram/diagram.h"
#include "testing/nested_network.h"

static hone_diagram diagram_of(const hone_model *model, bool nested, bool shapes)
{
    const hone_plot_model_args args = {.base = {sizeof args, NULL},
                                       .expand_nested = nested,
                                       .show_shapes = shapes,
                                       .show_layer_names = true,
                                       .rankdir = "TB"};
    hone_diagram diagram = {.boxes = NULL};
    assert_int_equal(hone_internal_diagram_make(&diagram, model, &args), HONE_OK);
    return diagram;
}

TEST(an_inner_model_is_a_box_or_a_frame)
{
    hone_model *model = make_model();
    hone_diagram closed = diagram_of(model, false, false), open = diagram_of(model, true, true);
    assert_int_equal(closed.box_count, 5); /* a, b, the model, concatenate, out */
    assert_int_equal(closed.frame_count, 0);
    assert_int_equal(open.box_count, 6);
    assert_int_equal(open.frame_count, 1);
    int within = 0;
    for (size_t i = 0; i < open.box_count; i++) {
        within += open.boxes[i].frame == 0;
        assert_non_null(open.boxes[i].output);
    }
    assert_int_equal(within, 2);
    assert_null(closed.boxes[0].output);
    hone_internal_diagram_free(&closed);
    hone_internal_diagram_free(&open);
    hone_model_free(model);
}
