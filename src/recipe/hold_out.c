/* data.validation: what is held out of the training data, or other data.
 *
 *   validation: valid.npz
 *   validation: last 5000          the last samples; 0.1: the last tenth
 *   validation: random 5000        random ones; random 0.1
 *   validation: {share: 0.2, stratify: true, seed: 1}
 *   validation: {share: 0.2, group: patient} */
#include "base/memory.h"
#include "base/plural.h"
#include "base/text.h"
#include "data/dataset.h"
#include "fields/fields.h"
#include "recipe/parts.h"
#include "verbs.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

static const hone_type *const verb = &hone_internal_dataset_hold_out_verb;

void hone_internal_recipe_forget_holdout(hone_recipe *recipe)
{
    if (recipe->validation.args != NULL)
        hone_internal_fields_free(verb, recipe->validation.args);
    recipe->validation = (hone_holdout){.source = NULL};
}

static hone_status fail_validation(const hone_config *node)
{
    return hone_internal_config_fail(
        node,
        "validation must be \"last N\" or \"random N\" samples, a fraction between 0 and 1, a map such as "
        "{share: 0.2, stratify: true}, or data");
}

/* ---- numbers and words ---- */

/* "5000" or "0.1" behind "last" and "random", or alone. */
static hone_status take_amount(const hone_config *node, const char *text, hone_dataset_hold_out_args *args)
{
    double number;
    if (hone_internal_text_to_integer(text, &args->count) && args->count > 0)
        return HONE_OK;
    args->count = HONE_NONE_INTEGER;
    if (!hone_internal_text_to_number(text, true, &number) || !(number > 0 && number < 1))
        return hone_internal_config_fail(
            node,
            "validation: expected a number of samples above 0, or a fraction between "
            "0 and 1, received \"%.100s\"",
            hone_internal_config_as_text(node));
    args->share = number;
    return HONE_OK;
}

static const char *behind(const char *text, const char *word)
{
    const size_t length = strlen(word);
    if (strncmp(text, word, length) != 0 || text[length] != ' ')
        return NULL;
    return text + length + strspn(text + length, " ");
}

static hone_status read_scalar(const hone_config *node, hone_holdout *holdout)
{
    const char *text = hone_internal_config_as_text(node), *last = behind(text, "last"),
               *random = behind(text, "random");
    hone_dataset_hold_out_args *args = holdout->args;
    double share = hone_internal_config_as_number(node);
    args->shuffle = random != NULL;
    if (last != NULL || random != NULL)
        return take_amount(node, last != NULL ? last : random, args);
    if (hone_internal_config_is_numeric(node) || hone_internal_text_to_number(text, true, &share)) {
        args->share = share;
        return share > 0 && share < 1 ? HONE_OK : fail_validation(node);
    }
    if (!hone_internal_config_is(node, HONE_CONFIG_TEXT))
        return fail_validation(node);
    holdout->source = text;
    return HONE_OK;
}

/* ---- maps ---- */

static hone_status read_map(const hone_config *node, hone_holdout *holdout)
{
    static const char *const extras[] = {"group", NULL};
    const char *names[16] = {NULL};
    size_t count = 0;
    for (size_t i = 0; i < verb->field_count && count < 14; i++)
        names[count++] = verb->fields[i].name;
    names[count] = "group";
    HONE_TRY(hone_internal_recipe_check_keys(node, "validation", names));
    holdout->group = hone_internal_config_get_text(node, "group");
    if (hone_internal_config_present(hone_internal_config_get(node, "group")) && holdout->group == NULL)
        return hone_internal_config_fail(node, "validation: group must be the name of a column");
    hone_internal_fields_free(verb, holdout->args);
    holdout->args = hone_internal_fields_from_config(verb, node, extras);
    return holdout->args == NULL ? hone_error_status() : HONE_OK;
}

hone_status hone_internal_recipe_read_holdout(hone_recipe *recipe)
{
    const hone_config *node = hone_internal_recipe_get(recipe, "data", "validation");
    const double split = recipe->fit->validation_split;
    hone_holdout *holdout = &recipe->validation;
    const bool given = hone_internal_config_present(node);
    hone_internal_recipe_forget_holdout(recipe);
    if (split > 0 && given)
        return hone_internal_config_fail(node, "validation and fit's validation_split cannot both be given");
    if (split == 0 && !given)
        return HONE_OK;
    holdout->args = hone_internal_fields_defaults(verb);
    if (holdout->args == NULL)
        return HONE_ERROR_MEMORY;
    if (given)
        return hone_internal_config_is(node, HONE_CONFIG_MAP) ? read_map(node, holdout)
                                                              : read_scalar(node, holdout);
    holdout->args->shuffle = false;
    holdout->args->share = split;
    return HONE_OK;
}

hone_status hone_internal_recipe_hold_out(const hone_recipe *recipe, hone_dataset *all,
                                          hone_dataset *parts[2])
{
    hone_dataset_hold_out_args args = *recipe->validation.args;
    args.base = (hone_args){sizeof args, NULL};
    hone_status status = hone_dataset_hold_out_with(hone_dataset_retain(all), parts, &args);
    return status == HONE_OK ? HONE_OK
                             : hone_internal_recipe_label(
                                   hone_internal_recipe_place(
                                       status, hone_internal_recipe_get(recipe, "data", "validation")),
                                   recipe);
}

/* Of k folds, k + 1 parts of n samples in order: fold i is part i + 1, trained on all parts before it. Takes
 * `all` over. */
static hone_dataset *fold_in_order(const hone_recipe *recipe, hone_dataset *all, bool out)
{
    const hone_recipe_data *said = recipe->data;
    const int64_t count = hone_dataset_count(all), parts = said->folds + 1;
    hone_status status = HONE_OK;
    if (said->fold >= said->folds)
        status = hone_fail(HONE_ERROR_ARGUMENT, "fold must be from 0 to %" PRId64 ", not %" PRId64,
                           said->folds - 1, said->fold);
    else if (count < parts)
        status = hone_fail(
            HONE_ERROR_DATA,
            "%" PRId64 " sample%s cannot make %" PRId64 " fold%s in order: at least %" PRId64 " are needed",
            count, hone_internal_plural(count), said->folds, hone_internal_plural(said->folds), parts);
    if (status < 0) {
        hone_dataset_free(all);
        hone_internal_recipe_label(
            hone_internal_recipe_place(status, hone_internal_recipe_get(recipe, "data", "folds")), recipe);
        return NULL;
    }
    const int64_t begin = count * (said->fold + 1) / parts, end = count * (said->fold + 2) / parts;
    hone_dataset *part = hone_dataset_slice(all, out ? begin : 0, out ? end : begin);
    hone_dataset_free(all);
    return part;
}

/* By the classes, and with the seed, that validation is held out by. */
hone_dataset *hone_internal_recipe_fold(const hone_recipe *recipe, hone_dataset *all, bool out)
{
    const hone_recipe_data *said = recipe->data;
    const hone_dataset_hold_out_args *own = recipe->validation.args;
    hone_dataset *parts[2];
    if (all == NULL || said->folds == HONE_NONE_INTEGER)
        return all;
    if (said->folds_in_order)
        return fold_in_order(recipe, all, out);
    hone_dataset_hold_out_args args = {
        .base = {sizeof args, NULL}, /* a message names the recipe, not this file */
        HONE_DATASET_HOLD_OUT_FIELDS(HONE_FIELD_DEFAULT, hone_dataset_hold_out_args)};
    args.folds = said->folds;
    args.fold = said->fold;
    args.shuffle = own == NULL || own->shuffle;
    args.seed = own == NULL ? 0 : own->seed;
    args.stratify = own != NULL && own->stratify;
    hone_status status = hone_dataset_hold_out_with(all, parts, &args);
    if (status < 0) {
        hone_internal_recipe_label(
            hone_internal_recipe_place(status, hone_internal_recipe_get(recipe, "data", "folds")), recipe);
        return NULL;
    }
    hone_dataset_free(parts[out ? 0 : 1]);
    return parts[out ? 1 : 0];
}
