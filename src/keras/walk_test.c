/* The groups of weights in Keras's files: named by class and order, with numbers as Keras gives them. */
#include "base/memory.h"
#include "base/text.h"
#include "keras/staging.h"
#include "testing/test.h"

#include <hone/hone.h>
#include <string.h>

/* "path:weights" of each group, one after the other. */
static hone_status note(void *context, const char *path, const char *name, hone_variable **variables,
                        size_t count)
{
    hone_text *groups = context;
    (void)name;
    hone_internal_text_format(groups, "%s%s:", groups->length > 0 ? " " : "", path);
    for (size_t i = 0; i < count; i++)
        hone_internal_text_format(groups, "%s%s", i > 0 ? "," : "", variables[i]->name);
    return groups->failed ? HONE_ERROR_MEMORY : HONE_OK;
}

static void assert_groups(hone_model *model, hone_weights_layout layout, const char *expected)
{
    hone_text groups = {0};
    if (model == NULL)
        fail_msg("%s", hone_error_message());
    assert_int_equal(hone_internal_visit_model(model, "", layout, "m", note, &groups), HONE_OK);
    assert_string_equal(groups.data, expected);
    hone_internal_text_free(&groups);
}

static hone_model *three_dense(void)
{
    return hone_sequential(hone_input(2), hone_dense(3, .name = "z"), hone_flatten(),
                           hone_dense(3, .name = "a"), hone_batch_normalization());
}

TEST(groups_are_numbered_within_their_class_whatever_the_layers_names)
{
    hone_model *model = three_dense();
    assert_groups(model, HONE_WEIGHTS_LAYERS,
                  ": layers/dense:kernel,bias layers/flatten: layers/dense_1:kernel,bias "
                  "layers/batch_normalization:gamma,beta,moving_mean,moving_variance");
    hone_model_free(model);
}

TEST(older_files_give_a_layer_with_weights_two_numbers)
{
    hone_model *model = three_dense();
    assert_groups(
        model, HONE_WEIGHTS_DEPENDENCIES_TWICE,
        ": _layer_checkpoint_dependencies/dense:kernel,bias _layer_checkpoint_dependencies/flatten: "
        "_layer_checkpoint_dependencies/dense_2:kernel,bias "
        "_layer_checkpoint_dependencies/batch_normalization:gamma,beta,moving_mean,moving_variance");
    hone_model_free(model);
}

TEST(trainable_weights_come_first_whatever_is_frozen_now)
{
    hone_model *model = hone_sequential(hone_input(2), hone_batch_normalization());
    hone_layer_set_trainable(hone_model_layer(model, "batch_normalization"), false);
    assert_groups(model, HONE_WEIGHTS_LAYERS,
                  ": layers/batch_normalization:gamma,beta,moving_mean,moving_variance");
    hone_model_free(model);
}

TEST(models_and_wrapped_layers_have_groups_within_their_own)
{
    hone_model *inner = hone_sequential(hone_input(3), hone_dense(3));
    hone_model *model = hone_sequential(hone_input(3), hone_model_as_layer(inner),
                                        hone_spectral_normalization(hone_dense(2)), hone_dense(1));
    assert_groups(model, HONE_WEIGHTS_LAYERS,
                  ": layers/sequential: layers/sequential/layers/dense:kernel,bias "
                  "layers/spectral_normalization:kernel,vector_u "
                  "layers/spectral_normalization/layer:kernel,bias layers/dense:kernel,bias");
    hone_model_free(model);
}

static hone_status refuse(void *context, const char *path, const char *name, hone_variable **variables,
                          size_t count)
{
    (void)name, (void)variables, (void)count;
    ++*(int *)context;
    return strcmp(path, "layers/flatten") == 0 ? hone_fail(HONE_ERROR_FORMAT, "no") : HONE_OK;
}

TEST(a_visitors_failure_ends_the_walk)
{
    hone_model *model = three_dense();
    int visits = 0;
    assert_int_equal(hone_internal_visit_model(model, "", HONE_WEIGHTS_LAYERS, "m", refuse, &visits),
                     HONE_ERROR_FORMAT);
    assert_int_equal(visits, 3); /* the model, dense, flatten */
    hone_model_free(model);
}

TEST(survives_failing_allocations)
{
    hone_model *model = three_dense();
    int64_t before = hone_internal_blocks_in_use();
    hone_status status = HONE_ERROR_MEMORY;
    for (int64_t n = 0; status < 0 && n < 500; n++) {
        hone_text groups = {0};
        hone_internal_fail_allocations_after(n);
        status = hone_internal_visit_model(model, "", HONE_WEIGHTS_DEPENDENCIES_TWICE, "m", note, &groups);
        hone_internal_fail_allocations_after(-1);
        if (status < 0)
            assert_int_equal(status, HONE_ERROR_MEMORY);
        hone_internal_text_free(&groups);
        assert_int_equal(hone_internal_blocks_in_use(), before);
    }
    assert_int_equal(status, HONE_OK);
    hone_model_free(model);
}
