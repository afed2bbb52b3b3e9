/* Fits that several processes share. */
#include "base/plural.h"
#include "train/distribute.h"
#include "base/fingerprint.h"
#include "base/trace.h"
#include "kernels/kernels.h"
#include "train/checkpoint.h"
#include "train/identity.h"
#include "train/traces.h"
#include <hone/version.h>

#include <stdio.h>
#include <string.h>
#ifdef __GLIBC__
#include <gnu/libc-version.h>
#endif

hone_status hone_distribute(hone_model *model, hone_group *group)
{
    if (model == NULL)
        return hone_internal_fail_null("a model");
    hone_kept_training *kept = hone_internal_model_training(model);
    if (kept == NULL)
        return HONE_ERROR_MEMORY;
    hone_internal_model_drop_plans(model); /* those of shards belong to a group */
    kept->group = group;
    return HONE_OK;
}

hone_group *hone_internal_model_group(const hone_model *model)
{
    return model->training == NULL ? NULL : ((const hone_kept_training *)model->training)->group;
}

/* ---- shards ---- */

enum { LEAST_SAMPLES = 128, MOST_CHOSEN = 64 };

int64_t hone_default_shards(int64_t batch_size)
{
    int64_t shards = 1;
    while (2 * shards <= MOST_CHOSEN && 2 * shards * LEAST_SAMPLES <= batch_size)
        shards *= 2;
    return shards;
}

static hone_status fail_few(int64_t shards, int ranks, int64_t size, bool chosen)
{
    if (!chosen)
        return hone_fail(HONE_ERROR_ARGUMENT,
                         "shards %lld: fewer than the %d processes, which would have none; at least %d",
                         (long long)shards, ranks, ranks);
    int64_t larger = LEAST_SAMPLES;
    while (hone_default_shards(larger) < ranks && larger < LEAST_SAMPLES * MOST_CHOSEN)
        larger *= 2;
    return hone_fail(
        HONE_ERROR_ARGUMENT,
        "batch_size %lld makes %lld shard%s, fewer than the %d processes: raise it to %lld, or give shards "
        "%d (%lld samples each)",
        (long long)size, (long long)shards, hone_internal_plural(shards), ranks, (long long)larger, ranks,
        (long long)(size / ranks));
}

hone_status hone_internal_fit_share(const hone_model *model, const hone_dataset *data, hone_fit_args *args,
                                    char *line, size_t size)
{
    const hone_group *group = hone_internal_model_group(model);
    const int64_t batch = hone_internal_reading_size(data, args->batch_size);
    const bool chosen = args->shards == 1;
    line[0] = '\0';
    if (group == NULL)
        return HONE_OK;
    if (chosen)
        args->shards = hone_default_shards(batch);
    if (args->shards < hone_group_ranks(group))
        return fail_few(args->shards, hone_group_ranks(group), batch, chosen);
    if (chosen && args->shards > 1)
        snprintf(line, size,
                 "%lld shards of %lld samples: \"shards %lld\" gives the same bits in one process.\n",
                 (long long)args->shards, (long long)(batch / args->shards), (long long)args->shards);
    if (hone_group_rank(group) > 0)
        args->output = NULL;
    return HONE_OK;
}

hone_tree_node hone_internal_fit_run_of(const hone_fit_run *run)
{
    const hone_group *group = run->session.group;
    return hone_internal_shards_of((int)run->args->shards, hone_group_ranks(group), hone_group_rank(group));
}

hone_feed hone_internal_fit_rows_of(const hone_fit_run *run, const hone_feed *feed)
{
    int64_t first;
    if (run->session.group == NULL || feed->staged == NULL)
        return *feed;
    const int64_t count =
        hone_internal_run_rows(feed->count, (int)run->args->shards, hone_internal_fit_run_of(run), &first);
    return hone_internal_feed_part(feed, first, count);
}

/* ---- what all must have in common ---- */

static uint64_t hash_weights(const hone_model *model)
{
    uint64_t hash = 0;
    for (size_t i = 0; i < model->weights.count; i++) {
        const hone_variable *weight = model->weights.items[i];
        hash = hone_internal_fingerprint_join(
            hash, hone_internal_fingerprint(hone_internal_variable_data(weight),
                                            (size_t)hone_internal_variable_count(weight) * sizeof(float)));
    }
    return hash;
}

/* What decides the bits beside the model: this library's release, its kernels, and libraries that compute. */
static void describe_build(char *text, size_t size)
{
    const hone_kernels *kernels = hone_internal_kernels();
#ifdef __GLIBC__
    const char *libc = gnu_get_libc_version();
#else
    const char *libc = "unknown";
#endif
    snprintf(text, size, "Hone %s with the kernels %s and the C library %s", HONE_VERSION_TEXT,
             kernels == NULL ? "none" : kernels->name, libc);
}

static hone_status check_builds(const hone_group *group)
{
    char name[128];
    for (int r = 1; r < hone_group_ranks(group); r++)
        if (strcmp(hone_internal_group_text(group, r), hone_internal_group_text(group, 0)) != 0)
            return hone_fail(
                HONE_ERROR_STATE,
                "%s computes by %s, rank 0 by %s: their bits differ; HONE_KERNELS=avx2 on all makes "
                "processors alike",
                hone_internal_group_name(group, r, name, sizeof name), hone_internal_group_text(group, r),
                hone_internal_group_text(group, 0));
    return HONE_OK;
}

static void tell_line(void *context, const char *line)
{
    hone_internal_fit_say(context, line);
}

hone_status hone_internal_fit_meet(hone_fit_run *run)
{
    hone_group *group = run->session.group;
    char build[256];
    if (group == NULL)
        return HONE_OK;
    hone_group_word word = {.kind = HONE_WORD_MEETING,
                            .flags = hone_internal_trace_on() ? HONE_FLAG_TRACE : 0,
                            .step = (int64_t)run->model->forward_passes};
    HONE_TRY(hone_internal_run_settings_hash(run, &word.hash));
    word.hash = hone_internal_fingerprint_join(word.hash, hash_weights(run->model));
    describe_build(build, sizeof build);
    hone_internal_group_listen(group, tell_line, run, &run->model->stop);
    HONE_TRY(hone_internal_group_talk(group, &word, build));
    HONE_TRY(check_builds(group));
    run->session.traces = hone_internal_traces_begin(group);
    return HONE_OK;
}

hone_status hone_internal_fit_compare(hone_fit_run *run)
{
    if (run->session.group == NULL)
        return HONE_OK;
    const hone_group_word word = {.kind = HONE_WORD_EPOCH,
                                  .step = (int64_t)run->model->forward_passes - 1,
                                  .hash = hash_weights(run->model)};
    return hone_internal_group_talk(run->session.group, &word, NULL);
}

hone_group_word hone_internal_step_word(const hone_model *model, int64_t rows)
{
    const hone_optimizer *optimizer = model->compiled.optimizer;
    const double numbers[3] = {optimizer->learning_rate, hone_internal_optimizer_momentum(optimizer),
                               (double)optimizer->iterations};
    return (hone_group_word){.kind = HONE_WORD_STEP,
                             .flags = atomic_load(&model->stop) ? HONE_FLAG_STOP : 0,
                             .step = (int64_t)model->forward_passes,
                             .rows = rows,
                             .hash = hone_internal_fingerprint(numbers, sizeof numbers)};
}

/* ---- ends ---- */

bool hone_internal_fit_interrupted(const hone_fit_run *run)
{
    return run->session.group != NULL ? run->session.stops : atomic_load(&run->model->stop) != 0;
}

hone_status hone_internal_fit_part(hone_fit_run *run, hone_status status)
{
    hone_group *group = hone_internal_model_group(run->model);
    if (group == NULL)
        return status;
    if (status >= 0) {
        const hone_group_word word = {.kind = HONE_WORD_END, .step = (int64_t)run->model->forward_passes - 1};
        status = hone_internal_group_talk(group, &word, NULL);
    }
    hone_internal_group_listen(group, NULL, NULL, NULL);
    return status;
}

hone_status hone_internal_fit_rescue(hone_fit_run *run, hone_status status)
{
    hone_group *group = run->session.group;
    if (status >= 0 || run->checkpoint == NULL || run->session.shard_optimizer || !hone_group_lost(group) ||
        !hone_group_writes(group))
        return status;
    hone_failure failure;
    hone_internal_error_take(&failure);
    const bool saved = hone_internal_checkpoint_save(run, true) >= 0;
    hone_internal_error_raise(&failure);
    return saved ? hone_internal_error_add(
                       status, "; the steps before it are saved in the checkpoint: resume from it")
                 : status;
}
