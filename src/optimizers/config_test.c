/* Optimizers as Keras's objects: the learning rate that is in force, what Keras 2 wrote besides, Muon's
 * nulls. */
#include "fields/spec.h"
#include "optimizers/optimizer.h"
#include "testing/message.h"

static hone_config *envelope(const char *class_name, const char *arguments)
{
    hone_config *map = hone_internal_config_map(), *config = NULL;
    char *name = hone_internal_spec_parse(arguments, &config);
    hone_internal_free(name);
    hone_internal_config_set(map, "class_name", hone_internal_config_text(class_name));
    hone_internal_config_set(map, "config", config);
    return map;
}

TEST(the_rate_that_was_set_is_written)
{
    hone_optimizer *optimizer = hone_sgd(.learning_rate = 0.5);
    assert_int_equal(hone_optimizer_set_learning_rate(optimizer, 0.25), HONE_OK);
    hone_config *written = hone_internal_optimizer_to_config(optimizer);
    assert_string_equal(hone_internal_config_get_text(written, "class_name"), "SGD");
    hone_optimizer *read = hone_internal_optimizer_from_config(written);
    assert_true(hone_optimizer_learning_rate(read) == 0.25);
    hone_internal_config_free(written);
    hone_optimizer_free(read);
    hone_optimizer_free(optimizer);
}

static const struct {
    const char *name, *class_name, *arguments;
} good[] = {
    {"what Keras 2 wrote", "Adam",
     "a(learning_rate=0.5, jit_compile=true, is_legacy_optimizer=false, decay=0.0)"},
    {"decays of Muon that are null", "Muon", "a(weight_decay=null, adam_weight_decay=null)"},
};

TEST_EACH(reads, good)
{
    hone_config *config = envelope(row->class_name, row->arguments);
    hone_optimizer *optimizer = hone_internal_optimizer_from_config(config);
    if (optimizer == NULL)
        fail_msg("%s", hone_error_message());
    hone_optimizer_free(optimizer);
    hone_internal_config_free(config);
}

TEST(refuses_what_is_no_optimizer)
{
    hone_config *config = hone_internal_config_integer(3);
    assert_null(hone_internal_optimizer_from_config(config));
    assert_message_has("expected an optimizer");
    hone_internal_config_free(config);
    config = envelope("Adamm", "a(x=1)");
    assert_null(hone_internal_optimizer_from_config(config));
    assert_message_has("Adamm");
    hone_internal_config_free(config);
    config = envelope("SGD", "a(learning_rat=1)");
    assert_null(hone_internal_optimizer_from_config(config));
    assert_message_has("did you mean \"learning_rate\"?");
    hone_internal_config_free(config);
}
