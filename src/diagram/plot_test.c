/* Pictures of networks: each format, the same bytes, what is refused, failures. */
#define _GNU_SOURCE /* mkdtemp */
#include "testing/nested_network.h"
#include "testing/files.h"
#include "base/file.h"

AROUND_ALL(testing_folder_make, testing_folder_remove);

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
