/* Layers from text. */
#include "base/memory.h"
#include "layers/layer.h"
#include "testing/test.h"

#include <string.h>

TEST(takes_any_spelling_with_arguments_by_place_and_name)
{
    static const char *const texts[] = {"dense(3, relu)", "Dense(3, activation=relu)",
                                        " dense ( units=3, activation=\"relu\" ) "};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        hone_layer *layer = hone_layer_from_text(texts[i]);
        if (layer == NULL)
            fail_msg("%s: %s", texts[i], hone_error_message());
        const hone_dense_args *args = hone_layer_args(layer);
        assert_int_equal(args->units, 3);
        assert_string_equal(args->activation, "relu");
        hone_layer_free(layer);
    }
}

static const struct {
    const char *name, *text;
    hone_status status;
    const char *words;
} refused[] = {
    {"no text", NULL, HONE_ERROR_ARGUMENT, "received NULL"},
    {"an empty text", "", HONE_ERROR_ARGUMENT, "expected a name"},
    {"an unknown layer", "dens(3)", HONE_ERROR_NAME, "did you mean \"dense\""},
    {"an unknown argument", "dense(3, activaton=relu)", HONE_ERROR_NAME, "activation"},
    {"a value out of range", "dense(0)", HONE_ERROR_ARGUMENT, "units"},
    {"a bracket left open", "dense(3", HONE_ERROR_ARGUMENT, "expected"},
    {"something behind it", "dense(3) relu", HONE_ERROR_ARGUMENT, "expected the end"},
    {"a model", "sequential", HONE_ERROR_NAME, "sequential"},
};

TEST_EACH(refuses, refused)
{
    int64_t before = hone_internal_blocks_in_use();
    hone_error_clear();
    assert_null(hone_layer_from_text(row->text));
    if (strstr(hone_error_message(), row->words) == NULL)
        fail_msg("\"%s\" does not mention \"%s\"", hone_error_message(), row->words);
    if (strcmp(row->name, "a model") != 0)
        assert_int_equal(hone_error_status(), row->status);
    assert_int_equal(hone_internal_blocks_in_use(), before);
}

TEST(survives_failing_allocations)
{
    int64_t before = hone_internal_blocks_in_use();
    hone_layer *layer = NULL;
    for (int64_t n = 0; layer == NULL && n < 1000; n++) {
        hone_internal_fail_allocations_after(n);
        layer = hone_layer_from_text(
            "dense(3, activation=leaky_relu(negative_slope=0.3), kernel_regularizer=l2(0.1))");
        hone_internal_fail_allocations_after(-1);
        if (layer == NULL) {
            assert_int_equal(hone_error_status(), HONE_ERROR_MEMORY);
            assert_int_equal(hone_internal_blocks_in_use(), before);
        }
    }
    assert_non_null(layer);
    hone_layer_free(layer);
    assert_int_equal(hone_internal_blocks_in_use(), before);
}
