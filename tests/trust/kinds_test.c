/* Each value of a model's configuration becomes a value of every other kind, one at a time: what is left is
 * read or refused with a sentence, and what was read is written, and read again. The sanitizers watch. */
#include "formats/formats.h"
#include "keras/keras.h"
#include "keras/unknown.h"
#include "model/model.h"
#include "testing/test.h"
#include <hone/model.h>
#include <hone/files.h>

#include <stdlib.h>
#include <string.h>

/* What a value becomes; the last two are the value itself, with an unknown key when it is a map. Unknown keys
 * are refused at even places and ignored at odd ones. */
static const char *const KINDS[] = {"null",         "true",       "-1", "3",   "1e300",
                                    "\"x\"",        "[]",         "{}", "[1]", "[[]]",
                                    "[null, null]", "{\"a\": 1}", NULL, NULL};
enum { KIND_COUNT = sizeof KINDS / sizeof *KINDS };

static hone_config *changed_kind(const hone_config *value, int kind)
{
    if (KINDS[kind] != NULL)
        return hone_internal_json_parse(KINDS[kind], strlen(KINDS[kind]), "the test");
    hone_config *copy = hone_internal_config_copy(value);
    if (hone_internal_config_is(copy, HONE_CONFIG_MAP))
        assert_int_equal(hone_internal_config_set(copy, "unheard_of", hone_internal_config_integer(3)),
                         HONE_OK);
    return copy;
}

/* A copy of a tree in which the value numbered *left, counted from the root, has become another. */
static hone_config *change(const hone_config *value, int *left, int kind)
{
    if ((*left)-- == 0)
        return changed_kind(value, kind);
    if (!hone_internal_config_is(value, HONE_CONFIG_LIST) && !hone_internal_config_is(value, HONE_CONFIG_MAP))
        return hone_internal_config_copy(value);
    hone_config *copy = hone_internal_config_is(value, HONE_CONFIG_MAP) ? hone_internal_config_map()
                                                                        : hone_internal_config_list();
    for (size_t i = 0; i < hone_internal_config_count(value); i++) {
        hone_config *item = change(hone_internal_config_at(value, i), left, kind);
        assert_int_equal(hone_internal_config_is(value, HONE_CONFIG_MAP)
                             ? hone_internal_config_set(copy, hone_internal_config_key(value, i), item)
                             : hone_internal_config_append(copy, item),
                         HONE_OK);
    }
    return copy;
}

static hone_model *read_model(const hone_config *config, const hone_loading *loading)
{
    hone_model *model = hone_internal_model_from_config(config, loading);
    const hone_config *compile = hone_internal_config_get(config, "compile_config");
    if (model == NULL || !hone_internal_config_present(compile) || !model->built ||
        hone_internal_model_compile_config(model, compile, loading) >= 0)
        return model;
    hone_model_free(model);
    return NULL;
}

/* Gives whether the tree is a model. */
static bool try_config(const hone_config *config, bool ignore_unknown)
{
    hone_load_args args = {.base = {sizeof args, NULL}, .ignore_unknown = ignore_unknown};
    const hone_loading loading = {.args = &args};
    hone_error_clear();
    hone_model *model = read_model(config, &loading);
    if (model == NULL && (hone_error_status() >= 0 || hone_error_message()[0] == '\0'))
        fail_msg("refused without a word: %s", hone_internal_config_to_json(config, false));
    hone_config *written = model == NULL ? NULL : hone_internal_model_to_config(model);
    hone_model *again = written == NULL ? NULL : read_model(written, &loading);
    if (model != NULL && again == NULL)
        fail_msg("%s\nwas read, and written as\n%s\nwhich is refused: %s",
                 hone_internal_config_to_json(config, false), hone_internal_config_to_json(written, false),
                 hone_error_message());
    bool good = model != NULL;
    hone_model_free(again);
    hone_internal_config_free(written);
    hone_model_free(model);
    return good;
}

static hone_config *read_golden(const char *path)
{
    hone_config *config = NULL;
    assert_int_equal(hone_internal_keras_read(path, &config, NULL), HONE_OK);
    return config;
}

static void try_kinds(const hone_config *config)
{
    int read = 0, tried = 0;
    for (int number = 0, left = -1; left < 0; number++)
        for (int kind = 0; kind < KIND_COUNT; kind++) {
            left = number;
            hone_config *changed = change(config, &left, kind);
            if (left < 0) {
                read += try_config(changed, kind % 2 == 1);
                tried++;
            }
            hone_internal_config_free(changed);
        }
    print_message("%d of %d configurations were models\n", read, tried);
    assert_true(read > 0 && read < tried);
}

TEST(values_of_a_graph_may_be_of_any_kind)
{
    hone_config *config = read_golden("tests/golden/files/functional.keras");
    try_kinds(config);
    hone_internal_config_free(config);
}

TEST(values_of_layers_may_be_of_any_kind)
{
    if (getenv("HONE_TEST_FULL") == NULL)
        skip();
    hone_config *config = read_golden("tests/golden/files/many_layers.keras");
    try_kinds(config);
    hone_internal_config_free(config);
}

TEST(compile_settings_may_be_of_any_kind)
{
    static const char *const SETTINGS[][2] = {
        {"loss", "{\"class_name\": \"SparseCategoricalCrossentropy\", \"config\": {\"from_logits\": false}}"},
        {"loss_weights", "[2.0]"},
        {"metrics",
         "[[\"accuracy\", {\"class_name\": \"SparseTopKCategoricalAccuracy\", \"config\": {\"k\": 2}}, "
         "{\"class_name\": \"Mean\", \"config\": {}}]]"},
        {"weighted_metrics", "{\"out\": [\"mse\"]}"},
    };
    hone_config *config = read_golden("tests/golden/files/schedule.keras");
    hone_config *compile = hone_internal_config_get_mutable(config, "compile_config");
    for (size_t i = 0; i < sizeof SETTINGS / sizeof *SETTINGS; i++)
        assert_int_equal(hone_internal_config_set(
                             compile, SETTINGS[i][0],
                             hone_internal_json_parse(SETTINGS[i][1], strlen(SETTINGS[i][1]), "the test")),
                         HONE_OK);
    assert_true(try_config(config, false));
    try_kinds(config);
    hone_internal_config_free(config);
}
