/* Profiles: of the pass that took longest, once measuring has begun. */
#include "testing/toy_training.h"

TEST(a_profile_is_of_what_was_measured)
{
    hone_dataset *data = toy_data();
    hone_model *model = toy_model(0);
    assert_non_null(hone_fit(model, data));
    assert_null(hone_model_profile(model));
    assert_failed(hone_error_status(), HONE_ERROR_STATE, "nothing was measured");
    assert_int_equal(hone_model_profile_begin(model), HONE_OK);
    assert_non_null(hone_fit(model, data, .batch_size = 5));
    char *text = hone_model_profile(model);
    assert_non_null(strstr(text, "for a batch of 5, training"));
    assert_non_null(strstr(text, "2 steps of"));
    hone_free(text);
    hone_model_free(model);
    hone_dataset_free(data);
}
