/* Where boxes stand: without overlap, arrows forward. */
#include "diagram/diagram.h"
#include "testing/nested_network.h"

#include <math.h>

TEST(lays_out_without_overlap)
{
    hone_model *model = make_model();
    for (int variant = 0; variant < 8; variant++) {
        hone_diagram diagram = {.boxes = NULL};
        hone_plot_model_args args = {.base = {sizeof args, NULL},
                                     .expand_nested = variant & 4,
                                     .show_layer_names = true,
                                     .rankdir = "TB"};
        bool sideways = variant & 1, backwards = variant & 2;
        assert_int_equal(hone_internal_diagram_make(&diagram, model, &args), HONE_OK);
        assert_int_equal(diagram.box_count, variant & 4 ? 6 : 5);
        assert_int_equal(diagram.frame_count, variant & 4 ? 1 : 0);
        for (size_t i = 0; i < diagram.box_count; i++) {
            diagram.boxes[i].width = 80 + 10 * (double)i;
            diagram.boxes[i].height = 30;
        }
        assert_int_equal(hone_internal_diagram_layout(&diagram, sideways, backwards), HONE_OK);
        for (size_t i = 0; i < diagram.box_count; i++) {
            const hone_diagram_box *box = &diagram.boxes[i];
            assert_true(box->x - box->width / 2 >= 0 && box->x + box->width / 2 <= diagram.width);
            assert_true(box->y - box->height / 2 >= 0 && box->y + box->height / 2 <= diagram.height);
            for (size_t j = 0; j < i; j++) {
                const hone_diagram_box *other = &diagram.boxes[j];
                assert_true(fabs(box->x - other->x) >= (box->width + other->width) / 2 - 1e-6 ||
                            fabs(box->y - other->y) >= (box->height + other->height) / 2 - 1e-6);
            }
        }
        for (size_t i = 0; i < diagram.arrow_count; i++) {
            const hone_diagram_box *from = &diagram.boxes[diagram.arrows[i].from],
                                   *to = &diagram.boxes[diagram.arrows[i].to];
            double forward = sideways ? to->x - from->x : to->y - from->y;
            assert_true(from->rank < to->rank);
            assert_true((backwards ? -forward : forward) > 0);
        }
        hone_internal_diagram_free(&diagram);
    }
    hone_model_free(model);
}
