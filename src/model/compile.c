/* Compiling: optimizer, a loss for each output, metrics; and the running sums of an epoch. */
#include "base/memory.h"
#include "base/plural.h"
#include "base/text.h"
#include "model/model.h"
#include "verbs.h"

#include <math.h>
#include <string.h>

static void free_metrics(hone_compiled *compiled)
{
    for (size_t i = 0; i < compiled->entry_count; i++)
        hone_internal_metric_free(compiled->entries[i].metric);
    hone_internal_free(compiled->entries);
    compiled->entries = NULL;
    compiled->entry_count = 0;
    compiled->metrics_made = false;
}

void hone_internal_compiled_free(hone_compiled *compiled)
{
    free_metrics(compiled);
    for (int i = 0; i < compiled->output_count; i++) {
        hone_internal_loss_free(compiled->outputs[i].loss);
        hone_internal_free(compiled->outputs[i].name);
    }
    hone_internal_free(compiled->outputs);
    hone_internal_free(compiled->targets);
    hone_optimizer_free(compiled->optimizer);
    hone_internal_config_free(compiled->loss);
    hone_internal_config_free(compiled->loss_weights);
    hone_internal_config_free(compiled->metrics);
    hone_internal_config_free(compiled->weighted_metrics);
    hone_internal_config_free(compiled->unknown);
    *compiled = (hone_compiled){0};
}

/* An envelope {class_name, config} is one object; other maps are by output. */
static bool is_object(const hone_config *config)
{
    return hone_internal_config_is(config, HONE_CONFIG_MAP) &&
           hone_internal_config_get(config, "class_name") != NULL;
}

/* A name that no output has is told with the nearest. A model that is not built has no outputs yet. */
static hone_status check_output_name(const hone_model *model, const char *name)
{
    for (int i = 0; i < model->output_count; i++)
        if (strcmp(hone_model_output_name(model, i), name) == 0)
            return HONE_OK;
    if (model->output_count == 0)
        return HONE_OK;
    const char **names = hone_internal_model_output_names(model);
    hone_status status = names == NULL
                             ? HONE_ERROR_MEMORY
                             : hone_internal_fail_name("output", name, names, (size_t)model->output_count);
    hone_internal_free(names);
    return status;
}

/* What a setting says for one output: the same for all (text, number, object), by position (list) or by name
 * (map). NULL: nothing. */
static hone_status setting_of(const hone_model *model, const hone_config *setting, int output,
                              const char *what, const hone_config **result)
{
    *result = NULL;
    if (!hone_internal_config_present(setting))
        return HONE_OK;
    if (hone_internal_config_is(setting, HONE_CONFIG_MAP) && !is_object(setting)) {
        for (size_t i = 0; i < hone_internal_config_count(setting); i++)
            HONE_TRY(check_output_name(model, hone_internal_config_key(setting, i)));
        *result = hone_internal_config_get(setting, hone_model_output_name(model, output));
    } else if (hone_internal_config_is(setting, HONE_CONFIG_LIST)) {
        if ((int)hone_internal_config_count(setting) != model->output_count)
            return hone_fail(HONE_ERROR_ARGUMENT, "%s has %zu item%s for %d output%s", what,
                             hone_internal_config_count(setting),
                             hone_internal_plural((long long)hone_internal_config_count(setting)),
                             model->output_count, hone_internal_plural(model->output_count));
        *result = hone_internal_config_at(setting, (size_t)output);
    } else
        *result = setting;
    if (!hone_internal_config_present(*result))
        *result = NULL;
    return HONE_OK;
}

static hone_status make_room(hone_compiled *compiled, int count)
{
    if (compiled->outputs != NULL)
        return HONE_OK;
    compiled->outputs = hone_internal_allocate_zeroed((size_t)count, sizeof *compiled->outputs);
    compiled->targets = hone_internal_allocate_zeroed((size_t)count, sizeof *compiled->targets);
    if (compiled->outputs == NULL || compiled->targets == NULL)
        return HONE_ERROR_MEMORY;
    compiled->output_count = count;
    return HONE_OK;
}

hone_status hone_internal_compiled_make_losses(hone_model *model)
{
    hone_compiled *compiled = &model->compiled;
    if (compiled->loss_count > 0)
        return HONE_OK;
    HONE_TRY(make_room(compiled, model->output_count));
    for (int i = 0; i < model->output_count; i++) {
        const hone_config *loss, *weight;
        compiled->outputs[i].weight = 1;
        HONE_TRY(setting_of(model, compiled->loss, i, "loss", &loss));
        HONE_TRY(setting_of(model, compiled->loss_weights, i, "loss_weights", &weight));
        bool none = loss == NULL || (hone_internal_config_is(loss, HONE_CONFIG_TEXT) &&
                                     hone_internal_spec_is_none(hone_internal_config_as_text(loss)));
        if (none)
            continue;
        if ((compiled->outputs[i].loss = hone_internal_loss_create(loss)) == NULL)
            return hone_error_status();
        compiled->loss_count++;
        if (weight != NULL && !hone_internal_config_is(weight, HONE_CONFIG_NUMBER) &&
            !hone_internal_config_is(weight, HONE_CONFIG_INTEGER))
            return hone_internal_config_fail(weight, "loss_weights: expected a number");
        if (weight != NULL && !isfinite(hone_internal_config_as_number(weight)))
            return hone_internal_config_fail(weight, "loss_weights: expected a finite number, received %g",
                                             hone_internal_config_as_number(weight));
        if (weight != NULL)
            compiled->outputs[i].weight = hone_internal_config_as_number(weight);
        compiled->outputs[i].name = hone_internal_format("%s_loss", hone_model_output_name(model, i));
        if (compiled->outputs[i].name == NULL)
            return HONE_ERROR_MEMORY;
    }
    return HONE_OK;
}

/* Which metric "accuracy" is depends on the targets, but whether there is such a metric does not. */
static hone_status check_metrics(const hone_config *setting)
{
    const bool several = hone_internal_config_is(setting, HONE_CONFIG_LIST) ||
                         (hone_internal_config_is(setting, HONE_CONFIG_MAP) && !is_object(setting));
    if (!hone_internal_config_present(setting))
        return HONE_OK;
    for (size_t i = 0; several && i < hone_internal_config_count(setting); i++)
        HONE_TRY(check_metrics(hone_internal_config_at(setting, i)));
    return several ? HONE_OK : hone_internal_metric_check(setting);
}

hone_status hone_internal_model_compile(hone_model *model, hone_optimizer *optimizer, hone_config *loss,
                                        hone_config *loss_weights, hone_config *metrics,
                                        hone_config *weighted_metrics)
{
    hone_compiled compiled = {.optimizer = optimizer,
                              .loss = loss,
                              .loss_weights = loss_weights,
                              .metrics = metrics,
                              .weighted_metrics = weighted_metrics};
    hone_internal_model_drop_plans(model);
    hone_internal_compiled_free(&model->compiled);
    model->compiled = compiled;
    if (optimizer == NULL)
        return hone_error_status();
    model->compiled.ready = true;
    hone_status status = check_metrics(metrics);
    if (status >= 0)
        status = check_metrics(weighted_metrics);
    if (status >= 0 && model->built) /* otherwise when the outputs are known */
        status = hone_internal_compiled_make_losses(model);
    if (status < 0)
        hone_internal_compiled_free(&model->compiled);
    return status;
}

/* ---- from C ---- */

/* "price: mae" under "price"; without a prefix under every output. A model with one output gets a plain list.
 * A colon within brackets belongs to the metric. */
static hone_status add_metric(const hone_model *model, hone_config *tree, const char *text)
{
    const char *colon = text + strcspn(text, ":("), *spec = text;
    char name[256] = "";
    if (*colon == ':' && (size_t)(colon - text) < sizeof name) {
        memcpy(name, text, (size_t)(colon - text));
        spec = colon + 1 + strspn(colon + 1, " ");
        HONE_TRY(check_output_name(model, name));
    }
    if (hone_internal_config_is(tree, HONE_CONFIG_LIST))
        return hone_internal_config_append(tree, hone_internal_config_text(spec));
    for (int i = 0; i < model->output_count; i++) {
        const char *output = hone_model_output_name(model, i);
        if (name[0] != '\0' && strcmp(name, output) != 0)
            continue;
        if (hone_internal_config_get(tree, output) == NULL)
            HONE_TRY(hone_internal_config_set(tree, output, hone_internal_config_list()));
        HONE_TRY(hone_internal_config_append(hone_internal_config_get_mutable(tree, output),
                                             hone_internal_config_text(spec)));
    }
    return HONE_OK;
}

/* `member`: of the arguments, TEXTS. */
static hone_config *metrics_tree(const hone_model *model, const void *member)
{
    size_t count;
    const char *const *metrics = hone_internal_texts_of(member, &count);
    if (count == 0)
        return hone_internal_config_null();
    hone_config *tree = model->output_count > 1 ? hone_internal_config_map() : hone_internal_config_list();
    for (size_t i = 0; tree != NULL && i < count; i++) {
        if (add_metric(model, tree, metrics[i]) >= 0)
            continue;
        hone_internal_config_free(tree);
        return NULL;
    }
    return tree;
}

static hone_config *losses_tree(const hone_compile_args *args)
{
    size_t count;
    const char *const *losses = hone_internal_texts_of(args->losses, &count);
    if (count == 0)
        return hone_internal_config_text(args->loss);
    hone_config *list = hone_internal_config_list();
    for (size_t i = 0; list != NULL && i < count; i++) {
        if (hone_internal_config_append(list, hone_internal_config_text(losses[i])) >= 0)
            continue;
        hone_internal_config_free(list);
        return NULL;
    }
    return list;
}

/* One for each output; those beyond what was given weigh 1. */
static hone_config *weights_tree(const hone_model *model, const hone_compile_args *args)
{
    hone_numbers given = hone_internal_numbers_of(args->loss_weights);
    size_t count = given.count, outputs = (size_t)model->output_count;
    if (count == 0)
        return hone_internal_config_null();
    hone_config *list = hone_internal_config_list();
    for (size_t i = 0; list != NULL && (i < count || i < outputs); i++) {
        double weight = i < count ? given.items[i] : 1;
        if (hone_internal_config_append(list, hone_internal_config_number(weight)) >= 0)
            continue;
        hone_internal_config_free(list);
        return NULL;
    }
    return list;
}

/* Takes the optimizer over. */
static hone_status compile(hone_model *model, hone_optimizer *optimizer, const hone_compile_args *args)
{
    hone_config *loss = losses_tree(args), *weights = weights_tree(model, args);
    hone_config *metrics = metrics_tree(model, args->metrics),
                *weighted = metrics_tree(model, args->weighted_metrics);
    if (loss != NULL && weights != NULL && metrics != NULL && weighted != NULL)
        return hone_internal_model_compile(model, optimizer, loss, weights, metrics, weighted);
    hone_optimizer_free(optimizer);
    hone_internal_config_free(loss);
    hone_internal_config_free(weights);
    hone_internal_config_free(metrics);
    hone_internal_config_free(weighted);
    return hone_error_status();
}

/* After a failure the model is not compiled, so that the next training step says so too. */
hone_status hone_compile_with(hone_model *model, const hone_compile_args *said)
{
    hone_compile_args args;
    hone_status status = hone_internal_args_read(&hone_internal_compile_verb, said, &args);
    hone_optimizer *optimizer = args.optimizer;
    if (status >= 0 && model == NULL)
        status = hone_internal_fail_null("a model");
    if (status < 0) {
        if (optimizer != HONE_NO_OPTIMIZER)
            hone_optimizer_free(optimizer);
        if (model != NULL)
            hone_internal_compiled_free(&model->compiled);
        return status;
    }
    if (optimizer == HONE_NO_OPTIMIZER)
        optimizer = hone_optimizer_from_text("rmsprop");
    hone_internal_error_push(args.base.site, NULL);
    status = compile(model, optimizer, &args);
    hone_internal_error_pop();
    return status;
}

bool hone_model_has_loss(const hone_model *model)
{
    return model != NULL && model->compiled.ready && hone_internal_config_present(model->compiled.loss);
}

hone_optimizer *hone_model_optimizer(const hone_model *model)
{
    return model == NULL ? NULL : model->compiled.optimizer;
}

/* ---- metrics, once the shapes of the targets are known ---- */

static bool name_used(const hone_compiled *compiled, const char *name)
{
    for (size_t i = 0; i < compiled->entry_count; i++)
        if (strcmp(compiled->entries[i].metric->name, name) == 0)
            return true;
    return false;
}

/* "accuracy"; of several outputs "price_accuracy"; a second one "accuracy_1"; a weighted one that already
 * exists "weighted_accuracy". */
static hone_status name_metric(hone_model *model, hone_metric *metric, int output, bool weighted)
{
    char *base = model->output_count > 1
                     ? hone_internal_format("%s_%s", hone_model_output_name(model, output), metric->name)
                     : hone_internal_copy_text(metric->name);
    if (base == NULL)
        return HONE_ERROR_MEMORY;
    char *name = hone_internal_copy_text(base);
    if (name != NULL && weighted && name_used(&model->compiled, name)) {
        hone_internal_free(name);
        name =
            model->output_count > 1
                ? hone_internal_format("%s_weighted_%s", hone_model_output_name(model, output), metric->name)
                : hone_internal_format("weighted_%s", metric->name);
        hone_internal_free(base);
        base = name == NULL ? NULL : hone_internal_copy_text(name);
    }
    for (int number = 1; name != NULL && base != NULL && name_used(&model->compiled, name); number++) {
        hone_internal_free(name);
        name = hone_internal_format("%s_%d", base, number);
    }
    hone_internal_free(base);
    if (name == NULL)
        return HONE_ERROR_MEMORY;
    hone_internal_free(metric->name);
    metric->name = name;
    return HONE_OK;
}

static hone_status make_metric(hone_model *model, const hone_config *config, int output, bool weighted,
                               hone_shape target)
{
    hone_compiled *compiled = &model->compiled;
    hone_metric_entry *entries =
        hone_internal_reallocate(compiled->entries, sizeof *entries * (compiled->entry_count + 1));
    if (entries == NULL)
        return HONE_ERROR_MEMORY;
    compiled->entries = entries;
    hone_metric *metric = hone_internal_metric_create(config, target, model->outputs[output]->shape);
    if (metric == NULL)
        return hone_error_status();
    hone_status status = name_metric(model, metric, output, weighted);
    if (status < 0)
        hone_internal_metric_free(metric);
    else
        compiled->entries[compiled->entry_count++] = (hone_metric_entry){metric, output, weighted};
    return status;
}

/* Metrics of one output: text, an object, or a list of them. With several outputs a flat list of texts goes
 * by position, as Keras has it. */
static hone_status make_output_metrics(hone_model *model, const hone_config *setting, int output,
                                       bool weighted, hone_shape target)
{
    const hone_config *of_output = setting;
    bool one_output = model->output_count == 1;
    if (!one_output || (hone_internal_config_is(setting, HONE_CONFIG_MAP)))
        HONE_TRY(setting_of(model, setting, output, "metrics", &of_output));
    if (!hone_internal_config_present(of_output))
        return HONE_OK;
    if (!hone_internal_config_is(of_output, HONE_CONFIG_LIST))
        return make_metric(model, of_output, output, weighted, target);
    for (size_t i = 0; i < hone_internal_config_count(of_output); i++) {
        const hone_config *item = hone_internal_config_at(of_output, i);
        if (!hone_internal_config_present(item))
            continue;
        if (hone_internal_config_is(item, HONE_CONFIG_LIST) &&
            one_output) { /* [["accuracy"]]: a list for each output */
            HONE_TRY(make_output_metrics(model, item, output, weighted, target));
            continue;
        }
        HONE_TRY(make_metric(model, item, output, weighted, target));
    }
    return HONE_OK;
}

/* No axis: there is no target. */
static hone_shape open_batch(hone_shape shape)
{
    shape.size[0] = HONE_ANY;
    return shape;
}

hone_status hone_internal_compiled_make_metrics(hone_model *model, const hone_shape *targets)
{
    hone_compiled *compiled = &model->compiled;
    bool same = compiled->metrics_made;
    for (int i = 0; i < compiled->output_count; i++)
        same = same && hone_internal_shape_equal(open_batch(targets[i]), compiled->targets[i]);
    if (same)
        return HONE_OK;
    free_metrics(compiled);
    hone_internal_model_drop_plans(model);
    for (int i = 0; i < compiled->output_count; i++)
        compiled->targets[i] = open_batch(targets[i]);
    for (int weighted = 0; weighted < 2; weighted++) {
        const hone_config *setting = weighted ? compiled->weighted_metrics : compiled->metrics;
        for (int i = 0; i < compiled->output_count; i++)
            if (compiled->targets[i].rank > 0)
                HONE_TRY(make_output_metrics(model, setting, i, weighted == 1, compiled->targets[i]));
    }
    compiled->metrics_made = true;
    return HONE_OK;
}

void hone_internal_compiled_reset(hone_model *model)
{
    hone_compiled *compiled = &model->compiled;
    compiled->state[0] = compiled->state[1] = 0;
    for (int i = 0; i < compiled->output_count; i++)
        compiled->outputs[i].state[0] = compiled->outputs[i].state[1] = 0;
    for (size_t i = 0; i < compiled->entry_count; i++)
        hone_internal_metric_reset(compiled->entries[i].metric);
}

void hone_internal_compiled_visit_sums(hone_model *model, hone_sums_visitor *visit, void *context)
{
    hone_compiled *compiled = &model->compiled;
    visit(context, compiled->state, 2);
    for (int i = 0; i < compiled->output_count; i++)
        visit(context, compiled->outputs[i].state, 2);
    for (size_t i = 0; i < compiled->entry_count; i++)
        visit(context, compiled->entries[i].metric->state, (size_t)compiled->entries[i].metric->state_count);
}

static double mean_of(const double state[2])
{
    return state[1] == 0 ? 0 : state[0] / state[1];
}

hone_status hone_internal_compiled_results(hone_model *model, hone_logs *logs)
{
    const hone_compiled *compiled = &model->compiled;
    HONE_TRY(hone_logs_set(logs, "loss", mean_of(compiled->state)));
    for (int i = 0; compiled->loss_count > 1 && i < compiled->output_count; i++)
        if (compiled->outputs[i].loss != NULL)
            HONE_TRY(hone_logs_set(logs, compiled->outputs[i].name, mean_of(compiled->outputs[i].state)));
    for (size_t i = 0; i < compiled->entry_count; i++) {
        hone_metric *metric = compiled->entries[i].metric;
        const double *results = hone_internal_metric_results(metric);
        HONE_TRY(metric->list ? hone_logs_set_all(logs, metric->name, results, metric->result_count)
                              : hone_logs_set(logs, metric->name, results[0]));
    }
    return HONE_OK;
}

const hone_loss *hone_internal_model_loss(const hone_model *model, int output)
{
    return output < model->compiled.output_count ? model->compiled.outputs[output].loss : NULL;
}

/* Of a metric by its type's name, before the model's metrics are made: "accuracy". */
static int direction_of_type(const char *name)
{
    if (strncmp(name, "val_", 4) == 0)
        name += 4;
    const hone_metric_type *metric = (const hone_metric_type *)hone_internal_type_find("metric", name);
    int direction = metric != NULL                                  ? metric->direction
                    : hone_internal_type_find("loss", name) != NULL ? -1
                                                                    : 0;
    hone_error_clear();
    return direction;
}

int hone_model_direction(const hone_model *model, const char *name)
{
    int direction = model == NULL || name == NULL ? 0 : hone_internal_compiled_direction(model, name);
    return model == NULL || name == NULL || direction != 0 ? direction : direction_of_type(name);
}

/* Of "val_accuracy" as of "accuracy"; losses want less. */
int hone_internal_compiled_direction(const hone_model *model, const char *name)
{
    if (strncmp(name, "val_", 4) == 0)
        name += 4;
    if (strcmp(name, "loss") == 0)
        return -1;
    const hone_compiled *compiled = &model->compiled;
    for (int i = 0; i < compiled->output_count; i++)
        if (compiled->outputs[i].name != NULL && strcmp(compiled->outputs[i].name, name) == 0)
            return -1;
    for (size_t i = 0; i < compiled->entry_count; i++)
        if (strcmp(compiled->entries[i].metric->name, name) == 0)
            return compiled->entries[i].metric->type->direction;
    return 0;
}
