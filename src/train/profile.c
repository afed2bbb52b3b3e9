/* Profiles: measured passes. */
#include "plan/measure.h"
#include "train/distribute.h"
#include "train/shards.h"
#include <hone/look.h>

#include <inttypes.h>

hone_status hone_model_profile_begin(hone_model *model)
{
    if (model == NULL)
        return hone_internal_fail_null("a model");
    hone_kept_training *kept = hone_internal_model_training(model);
    if (kept == NULL)
        return HONE_ERROR_MEMORY;
    hone_internal_model_drop_plans(model);
    kept->measured = true;
    return HONE_OK;
}

static void look_into(const hone_pass_store *store, const hone_pass **longest, int64_t *most)
{
    for (int i = 0; i < HONE_KEPT_PASSES; i++) {
        const hone_pass *pass = &store->passes[i];
        if (pass->plan == NULL || pass->plan->measures == NULL || pass->plan->measures->nanoseconds <= *most)
            continue;
        *longest = pass;
        *most = pass->plan->measures->nanoseconds;
    }
}

/* The pass that took most of the time; of shards, among those of one thread. */
static const hone_pass *longest_pass(const hone_model *model)
{
    const hone_kept_training *kept = (const hone_kept_training *)model->training;
    const hone_pass *longest = NULL;
    int64_t most = 0;
    if (kept == NULL)
        return NULL;
    look_into(&kept->store, &longest, &most);
    if (kept->shards != NULL)
        look_into(hone_internal_shards_store(kept->shards), &longest, &most);
    return longest;
}

/* Who came last, how often, and what it cost this rank. */
static void print_group(const hone_group *group, const hone_kept_training *kept, hone_text *text)
{
    char name[128];
    const int64_t rounds = group == NULL ? 0 : hone_internal_group_rounds(group);
    if (rounds == 0)
        return;
    hone_internal_text_format(text, "\nWith %d ranks: waited for others %.3f s, sent %.1f MB",
                              hone_group_ranks(group), (double)hone_internal_group_waited(group) / 1e9,
                              kept->shards == NULL ? 0
                                                   : (double)hone_internal_shards_sent(kept->shards) / 1e6);
    for (int r = 0; r < hone_group_ranks(group); r++)
        hone_internal_text_format(text, "%s%s in %.0f %%", r == 0 ? "; last to arrive: " : ", ",
                                  hone_internal_group_name(group, r, name, sizeof name),
                                  100.0 * (double)hone_internal_group_late(group, r) / (double)rounds);
    hone_internal_text_append(text, "\n");
}

char *hone_model_profile(const hone_model *model)
{
    hone_text text = {0};
    if (model == NULL)
        return hone_internal_fail_null("a model"), NULL;
    const hone_pass *pass = longest_pass(model);
    if (pass == NULL) {
        hone_fail(HONE_ERROR_STATE, "profile: nothing was measured: call "
                                    "hone_model_profile_begin, then train, evaluate or predict");
        return NULL;
    }
    hone_internal_text_format(&text, "Profile of \"%s\" for a %s of %" PRId64 ", %s\n\n",
                              hone_model_name(model), pass->mode == HONE_MODE_SHARD ? "shard" : "batch",
                              pass->batch,
                              pass->mode == HONE_MODE_TEST      ? "evaluation"
                              : pass->mode == HONE_MODE_PREDICT ? "prediction"
                                                                : "training");
    if (hone_internal_measures_print(pass->plan, &text) < 0) {
        hone_internal_text_free(&text);
        return NULL;
    }
    print_group(hone_internal_model_group(model), (const hone_kept_training *)model->training, &text);
    return hone_internal_text_take(&text);
}
