/* The data of a recipe: reading them as the model's training data were, and holding out a part. */
#include "base/memory.h"
#include "base/plural.h"
#include "base/text.h"
#include "data/dataset.h"
#include "model/model.h"
#include "readers/schema.h"
#include "recipe/parts.h"

#include <hone/data_files.h>
#include <hone/pipeline.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Says how many pictures corrupt=skip left out. */
static void report_skipped(const hone_recipe *recipe, const hone_dataset *data, const char *source)
{
    const char *first;
    char line[1200];
    int64_t count = hone_dataset_skipped(data, &first);
    if (count == 0 || recipe->output == NULL)
        return;
    snprintf(line, sizeof line, "%s: %lld %s skipped; the first: %s\n", source, (long long)count,
             hone_internal_number_word(count, "picture is", "pictures are"), first);
    recipe->output(recipe->output_context, line, strlen(line));
}

void hone_internal_recipe_warn(const hone_recipe *recipe, const char *line)
{
    if (recipe->output != NULL)
        recipe->output(recipe->output_context, line, strlen(line));
}

/* What looked wrong in the files, a warning for each line. */
static void report_notes(const hone_recipe *recipe, const hone_dataset *data)
{
    const char *notes = hone_dataset_notes(data);
    for (size_t length; notes != NULL && *notes != '\0' && recipe->output != NULL; notes += length) {
        length = strcspn(notes, "\n") + 1;
        recipe->output(recipe->output_context, notes, length);
    }
}

/* A preparation that is said and differs from that of the training. */
static void compare(const hone_recipe *recipe, const hone_config *trained, const hone_dataset *data)
{
    char line[400];
    const char *ways[] = {hone_internal_dataset_preprocessing(data),
                          hone_internal_schema_preprocess(trained)};
    const double scale = hone_internal_dataset_scale(data), before = hone_internal_schema_scale(trained);
    if (hone_internal_config_get(trained, "scale") == NULL)
        return;
    if (fabs(scale - before) > 1e-9 * fabs(before)) {
        snprintf(
            line, sizeof line,
            "the inputs are multiplied by %.6g, but those of the training were multiplied by %.6g; leave "
            "out the scale to use that of the training\n",
            scale, before);
        hone_internal_recipe_warn(recipe, line);
    }
    if (strcmp(ways[0] == NULL ? "none" : ways[0], ways[1] == NULL ? "none" : ways[1]) != 0) {
        snprintf(line, sizeof line,
                 "the images are preprocessed as \"%s\", but those of the training as \"%s\"\n",
                 ways[0] == NULL ? "none" : ways[0], ways[1] == NULL ? "none" : ways[1]);
        hone_internal_recipe_warn(recipe, line);
    }
}

void hone_internal_recipe_note_folder(const hone_recipe *recipe, const char *source)
{
    const char *slash = recipe->label == NULL ? NULL : strrchr(recipe->label, '/');
    if (slash == NULL || source[0] == '/' || hone_error_status() != HONE_ERROR_FILE)
        return;
    char *beside = hone_internal_format("%.*s/%.*s", (int)(slash - recipe->label), recipe->label,
                                        (int)strcspn(source, "#,"), source);
    char *advice = beside == NULL || access(beside, F_OK) != 0
                       ? NULL
                       : hone_internal_format(
                             "; paths in a recipe begin in the working folder, and the file is %s", beside);
    if (advice != NULL)
        hone_internal_error_add(HONE_ERROR_FILE, advice);
    hone_internal_free(beside);
    hone_internal_free(advice);
}

/* A DATA form by the recipe's scale and limit, else as `schema` says. */
static hone_dataset *load(const hone_recipe *recipe, const hone_model *model, const hone_config *schema,
                          const char *source, const char *part)
{
    const char **inputs = model == NULL ? NULL : hone_internal_model_input_names(model);
    const int64_t limit = recipe->data->memory_limit;
    if (model != NULL && inputs == NULL)
        return NULL;
    hone_error_clear();
    hone_dataset *data = hone_internal_dataset_load_as(
        source, &(hone_data_reading){.schema = schema,
                                     .inputs = inputs,
                                     .part = part,
                                     .scale = recipe->data->scale,
                                     .preprocess = recipe->data->preprocess,
                                     .limit = limit == HONE_NONE_INTEGER ? 0 : limit,
                                     .group = recipe->validation.group});
    hone_internal_free(inputs);
    if (data == NULL) {
        hone_internal_recipe_note_folder(recipe, source);
        if (recipe->data->preprocess != NULL && hone_error_status() == HONE_ERROR_SHAPE)
            hone_internal_recipe_label(
                hone_internal_recipe_place(hone_error_status(),
                                           hone_internal_recipe_get(recipe, "data", "preprocess")),
                recipe);
        return NULL;
    }
    report_skipped(recipe, data, source);
    report_notes(recipe, data);
    compare(recipe, model == NULL ? NULL : model->schema, data);
    return data;
}

/* All that data.train names, before anything is held out. */
static hone_dataset *load_all(const hone_recipe *recipe, const hone_model *model)
{
    const hone_recipe_data *said = recipe->data;
    if (said->train == NULL) {
        hone_fail(HONE_ERROR_DATA, "there are no data to train on; give --data, or data: {train: ...}");
        hone_internal_recipe_label(HONE_ERROR_DATA, recipe);
        return NULL;
    }
    hone_dataset *data = load(recipe, model, model == NULL ? NULL : model->schema, said->train, "train");
    if (data != NULL && said->sample_weight != NULL)
        data = hone_dataset_weigh(data, said->sample_weight);
    if (data != NULL && said->cache != NULL)
        data = hone_dataset_cache(data, said->cache);
    if (data != NULL && said->prefetch != HONE_NONE_INTEGER)
        data = hone_dataset_prefetch(data, (int)said->prefetch);
    return data;
}

/* Read as the training data were. */
static hone_dataset *load_validation(const hone_recipe *recipe, const hone_model *model,
                                     const hone_dataset *all)
{
    hone_config *schema = hone_internal_dataset_description(all);
    hone_dataset *data =
        schema == NULL ? NULL : load(recipe, model, schema, recipe->validation.source, "test");
    hone_internal_config_free(schema);
    return data;
}

/* Parts `all`; *validation stays NULL when nothing is held out. */
static hone_dataset *hold_out(const hone_recipe *recipe, const hone_model *model, hone_dataset *all,
                              hone_dataset **validation)
{
    hone_dataset *parts[2];
    if (recipe->validation.args == NULL)
        return hone_dataset_retain(all);
    if (recipe->validation.source == NULL) {
        hone_internal_recipe_hold_out(recipe, all, parts);
        *validation = parts[1];
        return parts[0];
    }
    *validation = load_validation(recipe, model, all);
    return *validation != NULL ? hone_dataset_retain(all) : NULL;
}

/* Targets as data.targets says; takes the data set over, also on failure. */
static hone_dataset *with_targets(const hone_recipe *recipe, const hone_model *model, hone_dataset *data)
{
    if (data == NULL || recipe->data->targets == NULL)
        return data;
    const hone_shape shape =
        model != NULL && model->output_count > 0 ? model->outputs[0]->shape : (hone_shape){0};
    const int64_t classes = shape.rank == 2 ? shape.size[1] : 0;
    hone_dataset *made = NULL;
    if (classes > 1)
        made = hone_dataset_one_hot(data, classes);
    else {
        hone_fail(HONE_ERROR_SHAPE,
                  "targets: one_hot needs a model with one output (batch, classes), 2 classes or more");
        hone_dataset_free(data);
    }
    if (made == NULL)
        hone_internal_recipe_label(
            hone_internal_recipe_place(hone_error_status(),
                                       hone_internal_recipe_get(recipe, "data", "targets")),
            recipe);
    return made;
}

/* Mixed as data.shuffle_window says, which fit would otherwise do; takes the data set over, also on failure.
 */
static hone_dataset *shuffle(const hone_recipe *recipe, hone_dataset *train)
{
    enum { BLOCKS = 16 };
    const int64_t window = recipe->data->shuffle_window, said = recipe->data->shuffle_block,
                  usual = window < BLOCKS ? 1 : window / BLOCKS;
    if (train == NULL || window == HONE_NONE_INTEGER || !recipe->fit->shuffle)
        return train;
    const int64_t block = said == HONE_NONE_INTEGER ? usual : said;
    if (block <= window)
        return hone_dataset_shuffle_blocks(train, block, window, HONE_NONE_INTEGER);
    hone_fail(HONE_ERROR_ARGUMENT,
              "shuffle_block %lld: more samples than the shuffle_window has, which is %lld", (long long)block,
              (long long)window);
    hone_internal_recipe_label(
        hone_internal_recipe_place(hone_error_status(),
                                   hone_internal_recipe_get(recipe, "data", "shuffle_block")),
        recipe);
    hone_dataset_free(train);
    return NULL;
}

hone_dataset *hone_recipe_train_data(hone_recipe *recipe, const hone_model *model, hone_dataset **validation)
{
    if (validation != NULL)
        *validation = NULL;
    if (hone_recipe_check(recipe) < 0)
        return NULL;
    hone_internal_recipe_look_at_states(recipe, model);
    hone_dataset *all = hone_internal_recipe_fold(recipe, load_all(recipe, model), false), *train = all;
    if (all != NULL && validation != NULL) {
        train = hold_out(recipe, model, all, validation);
        hone_dataset_free(all);
    }
    train = shuffle(recipe, hone_internal_recipe_augment(recipe, with_targets(recipe, model, train)));
    if (train != NULL && validation != NULL && *validation != NULL &&
        (*validation = with_targets(recipe, model, *validation)) == NULL) {
        hone_dataset_free(train);
        train = NULL;
    }
    if (train == NULL && validation != NULL) {
        hone_dataset_free(*validation);
        *validation = NULL;
    }
    return train;
}

hone_dataset *hone_recipe_test_data(hone_recipe *recipe, const hone_model *model)
{
    if (hone_recipe_check(recipe) < 0)
        return NULL;
    hone_internal_recipe_look_at_states(recipe, model);
    const hone_recipe_data *said = recipe->data;
    if (said->folds != HONE_NONE_INTEGER)
        return hone_internal_recipe_fold(recipe, load_all(recipe, model), true);
    hone_dataset *data = said->test == NULL
                             ? NULL
                             : load(recipe, model, model == NULL ? NULL : model->schema, said->test, "test");
    if (data != NULL && said->test_sample_weight != NULL)
        data = hone_dataset_weigh(data, said->test_sample_weight);
    if (said->test != NULL)
        return with_targets(recipe, model, data);
    hone_fail(HONE_ERROR_DATA, "there are no test data: data: {test: ...} is missing");
    hone_internal_recipe_label(HONE_ERROR_DATA, recipe);
    return NULL;
}
