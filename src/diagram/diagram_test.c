/* Pictures of networks: boxes that do not overlap, arrows that go on, the same bytes, what is refused,
 * failures. */
#include "diagram/diagram.h"
#include "base/file.h"
#include "testing/files.h"
#include "testing/test.h"

#include <hone/hone.h>
#include <math.h>

static hone_model *make_model(void)
{
    hone_model *inner =
        hone_sequential(hone_input(4), hone_dense(5, .name = "first"), hone_dense(4, .name = "last"));
    hone_tensor *a = hone_input_tensor(4, .name = "a"), *b = hone_input_tensor(4, .name = "<b>");
    hone_layer *shared = hone_model_as_layer(inner);
    hone_tensor *x = hone_apply(hone_layer_retain(shared), a), *y = hone_apply(shared, b);
    hone_tensor *both = hone_apply(hone_concatenate(), x, y, b);
    hone_tensor *out = hone_apply(hone_dense(2, .activation = "softmax", .name = "out"), both);
    hone_model *model = hone_functional((a, b), (out, x), .name = "net");
    if (model == NULL)
        fail_msg("%s", hone_error_message());
    return model;
}

AROUND_ALL(testing_folder_make, testing_folder_remove);

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

TEST(writes_each_format)
{
    static const char *const names[] = {"m.svg", "m.png", "m.dot"};
    hone_model *model = make_model();
    for (int i = 0; i < 3; i++) {
        void *texts[2];
        size_t bytes[2];
        for (int time = 0; time < 2; time++) {
            const char *path = testing_path(names[i]);
            if (hone_plot_model(model, path, .show_shapes = true, .show_layer_names = true,
                                .show_trainable = true, .show_layer_activations = true,
                                .expand_nested = true) < 0)
                fail_msg("%s", hone_error_message());
            assert_int_equal(hone_internal_file_read(path, 1 << 24, &texts[time], &bytes[time]), HONE_OK);
        }
        assert_int_equal(bytes[0], bytes[1]);
        assert_memory_equal(texts[0], texts[1], bytes[0]);
        if (i == 2) {
            assert_non_null(strstr(texts[0], "&lt;b&gt;"));
            assert_non_null(strstr(texts[0], "softmax"));
            assert_non_null(strstr(texts[0], "cluster_0"));
        }
        hone_internal_free(texts[0]);
        hone_internal_free(texts[1]);
    }
    hone_model_free(model);
}

TEST(refuses_unknown_formats_and_options)
{
    hone_model *model = make_model(), *bare = hone_sequential(hone_dense(2));
    assert_int_equal(hone_plot_model(model, testing_path("m.pdf")), HONE_ERROR_ARGUMENT);
    assert_int_equal(hone_plot_model(model, testing_path("m.svg"), .rankdir = "UP"), HONE_ERROR_ARGUMENT);
    assert_int_equal(hone_plot_model(model, testing_path("none/m.svg")), HONE_ERROR_FILE);
    assert_true(hone_plot_model(bare, testing_path("bare.svg")) < 0);
    assert_int_equal(access(testing_path("bare.svg"), F_OK), -1);
    hone_model_free(bare);
    hone_model_free(model);
}

TEST(survives_failing_allocations)
{
    hone_model *model = make_model();
    int64_t blocks = hone_internal_blocks_in_use();
    bool done = false;
    for (int64_t allowed = 0; !done && allowed < 5000; allowed++) {
        hone_internal_fail_allocations_after(allowed);
        done = hone_plot_model(model, testing_path("f.dot"), .show_shapes = true, .expand_nested = true,
                               .show_trainable = true, .show_layer_activations = true) >= 0 &&
               hone_plot_model(model, testing_path("f.svg"), .show_shapes = true, .expand_nested = true) >= 0;
        hone_internal_fail_allocations_after(-1);
        assert_int_equal(hone_internal_blocks_in_use(), blocks);
    }
    assert_true(done);
    hone_model_free(model);
}
