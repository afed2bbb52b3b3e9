/* Weights of a Keras 3 weights file by the names of layers. */
#include "keras/staging.h"
#include "testing/message.h"

#include <hone/hone.h>
#include <stdio.h>

/* Groups "layers/dense", "layers/dense_1", ... of a dense layer with one weight each; what it is filled with.
 */
static hone_weights_file *make_file(const char *const *names, float first)
{
    void *data;
    size_t bytes;
    hone_store *store = hone_internal_store_create();
    for (int i = 0; names[i] != NULL; i++, first++) {
        char path[64];
        const hone_array number = hone_array_view(&first, HONE_FLOAT32, 2, (int64_t[]){1, 1});
        snprintf(path, sizeof path, i == 0 ? "layers/dense/vars" : "layers/dense_%d/vars", i);
        assert_int_equal(hone_internal_store_add_group(store, path, names[i]), HONE_OK);
        assert_int_equal(hone_internal_store_add(store, path, &number, true), HONE_OK);
    }
    assert_int_equal(hone_internal_store_to_hdf5(store, &data, &bytes), HONE_OK);
    hone_internal_store_free(store);
    hone_weights_file *file = hone_internal_weights_open_memory(data, bytes, "w.weights.h5");
    assert_non_null(file);
    return file;
}

/* The model has the layers "one" and "two", whose weights are -1. */
static const struct {
    const char *name;
    const char *groups[4];
    float one, two; /* afterwards */
} files[] = {
    {"in another order", {"two", "one"}, 11, 10},
    {"among others", {"three", "two", "four"}, -1, 11},
    {"none of them", {"three"}, -1, -1},
    {"the first of two of one name", {"one", "one"}, 10, -1},
    {"part of a name is none", {"on", "ones"}, -1, -1},
    {"no groups of the class", {NULL}, -1, -1},
};

TEST_EACH(a_layer_takes_the_group_of_its_name, files)
{
    hone_model *model =
        hone_sequential(hone_input(1), hone_dense(1, .use_bias = false, .name = "one"),
                        hone_dense(1, .use_bias = false, .name = "two"), hone_activation("relu"));
    assert_non_null(model);
    float *one = hone_internal_variable_data(hone_model_weight(model, 0)),
          *two = hone_internal_variable_data(hone_model_weight(model, 1));
    *one = *two = -1;
    hone_weights_file *file = make_file(row->groups, 10);
    if (hone_internal_model_read_named_weights(model, file, "w.weights.h5", NULL) < 0)
        fail_msg("%s", hone_error_message());
    assert_true(*one == row->one && *two == row->two);
    hone_internal_weights_close(file);
    hone_model_free(model);
}

TEST(what_does_not_fit_changes_nothing)
{
    hone_model *model = hone_sequential(hone_input(1), hone_dense(1, .use_bias = false, .name = "one"),
                                        hone_dense(3, .use_bias = false, .name = "two"));
    float *one = hone_internal_variable_data(hone_model_weight(model, 0));
    *one = -1;
    hone_weights_file *file = make_file((const char *const[]){"one", "two", NULL}, 10);
    assert_failed(hone_internal_model_read_named_weights(model, file, "w.weights.h5", NULL), HONE_ERROR_SHAPE,
                  "layers/dense_1/vars/0");
    assert_true(*one == -1);
    hone_internal_weights_close(file);
    hone_model_free(model);
}
