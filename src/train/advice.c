/* What the planner's numbers say about changing one thing of a step at a time. */
#include <hone/advice.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/team.h"
#include "base/text.h"
#include "kernels/product.h"
#include "kernels/window.h"
#include "plan/cost.h"
#include "train/plan_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
    MOST_ITEMS = 8,
    LARGEST_FACTOR = 16,     /* of the batches that are planned, to the one asked for */
    BATCH_MEMORY = 256 << 20 /* bytes: from here on no larger batch is planned */
};
static const double worth_gain = 1.1, /* what gains less is not worth a change */
    nearly = 0.95;                    /* of the best gain: the least change that comes so far is chosen */

struct hone_advice {
    hone_advice_item items[MOST_ITEMS];
    int count;
};

/* What is kept of a plan, whose pass may make room for another. */
typedef struct estimate {
    int64_t batch;
    double sample; /* nanoseconds on one thread */
    size_t bytes;
} estimate;

static hone_advice_item *add_item(hone_advice *advice, const char *subject)
{
    hone_advice_item *item = &advice->items[advice->count++];
    *item = (hone_advice_item){.subject = subject, .gain = 1};
    return item;
}

/* ---- batch ---- */

static hone_mode mode_of(const hone_model *model)
{
    return model->compiled.ready ? HONE_MODE_TRAIN : HONE_MODE_PREDICT;
}

static hone_status estimate_batch(hone_model *model, int64_t batch, estimate *made)
{
    const hone_pass *pass = hone_internal_plan_batch(model, batch, mode_of(model));
    if (pass == NULL)
        return hone_error_status();
    *made =
        (estimate){batch, hone_internal_plan_cost(pass->plan, 1) / (double)batch, pass->plan->memory_bytes};
    return HONE_OK;
}

static hone_status advise_batch(hone_model *model, int64_t batch, hone_advice *advice)
{
    estimate made[8], now;
    int count = 0;
    HONE_TRY(estimate_batch(model, batch, &now));
    made[count++] = now;
    for (int64_t factor = 2; factor <= LARGEST_FACTOR && made[count - 1].bytes < BATCH_MEMORY; factor *= 2)
        HONE_TRY(estimate_batch(model, batch * factor, &made[count++]));
    const estimate *best = &made[0];
    for (int i = 1; i < count; i++)
        best = made[i].sample < best->sample ? &made[i] : best;
    const estimate *chosen = made;
    while (chosen < best && best->sample < nearly * chosen->sample)
        chosen++;
    hone_advice_item *item = add_item(advice, "batch");
    char before[32], after[32];
    hone_internal_bytes_to_text(now.bytes, before, sizeof before);
    hone_internal_bytes_to_text(chosen->bytes, after, sizeof after);
    snprintf(item->now, sizeof item->now, "%" PRId64, batch);
    item->gain = now.sample / chosen->sample;
    item->worth = item->gain >= worth_gain;
    if (!item->worth) {
        snprintf(item->sentence, sizeof item->sentence,
                 "Batch: a sample takes %.2f us in batches of %" PRId64 ", and no larger batch up to %" PRId64
                 " takes a tenth less.",
                 now.sample * 1e-3, batch, made[count - 1].batch);
        return HONE_OK;
    }
    snprintf(item->instead, sizeof item->instead, "%" PRId64, chosen->batch);
    snprintf(item->sentence, sizeof item->sentence,
             "Batch: a sample takes %.2f us in batches of %" PRId64 " and %.2f us in batches of %" PRId64
             " (%.2f times as fast), since a step %s once; memory of a step: %s, not %s.%s",
             now.sample * 1e-3, batch, chosen->sample * 1e-3, chosen->batch, item->gain,
             mode_of(model) == HONE_MODE_TRAIN ? "reads and updates the weights" : "reads the weights", after,
             before,
             mode_of(model) == HONE_MODE_TRAIN ? " Fewer steps an epoch may need a higher learning rate."
                                               : "");
    return HONE_OK;
}

/* ---- threads ---- */

static void advise_threads(const hone_plan *plan, hone_advice *advice)
{
    const int present = hone_internal_team_size();
    const double alone = hone_internal_plan_cost(plan, 1), now = hone_internal_plan_cost(plan, present);
    double best = alone;
    int chosen = 1;
    for (int threads = 2; threads <= present; threads++)
        if (hone_internal_plan_cost(plan, threads) < nearly * best) {
            best = hone_internal_plan_cost(plan, threads);
            chosen = threads;
        }
    hone_advice_item *item = add_item(advice, "threads");
    snprintf(item->now, sizeof item->now, "%d", present);
    item->gain = now / best;
    item->worth = chosen != present;
    if (item->worth)
        snprintf(item->instead, sizeof item->instead, "%d", chosen);
    const int used =
        snprintf(item->sentence, sizeof item->sentence,
                 "Threads: a step takes %.1f us on one thread and %.1f us on %d (%.2f times as fast); %d of "
                 "its %d phases are long enough to be shared. ",
                 alone * 1e-3, now * 1e-3, present, alone / now, plan->parallel_phases, plan->phase_count);
    if (present == 1)
        snprintf(item->sentence, sizeof item->sentence,
                 "Threads: a step takes %.1f us on the one thread there is.", alone * 1e-3);
    else if (item->worth)
        snprintf(item->sentence + used, sizeof item->sentence - (size_t)used,
                 "%d %s as good: the others are free for a second training (--threads %d).", chosen,
                 chosen == 1 ? "is" : "are", chosen);
    else
        snprintf(item->sentence + used, sizeof item->sentence - (size_t)used, "All %d are worth having.",
                 present);
}

/* ---- dtype ---- */

static bool is_product(const hone_step *step)
{
    return step->kernel == HONE_KERNEL_matmul || step->kernel == HONE_KERNEL_convolution ||
           step->kernel == HONE_KERNEL_convolution_data || step->kernel == HONE_KERNEL_convolution_kernel;
}

/* By kernel table: how many times as fast products of bfloat16 are (docs/performance.md), and why. */
static const struct {
    const char *kernels;
    double times;
    const char *why;
} bfloat16[] = {
    {"amx", 2, "this processor multiplies tiles of bfloat16 (AMX)"},
    {"amx_bfloat16", 2, "this processor multiplies tiles of bfloat16 (AMX)"},
    {"", 0, "this processor has no faster products of bfloat16: rounding comes on top"},
};

static void advise_dtype(const hone_plan *plan, hone_advice *advice)
{
    double products = 0, all = 0;
    bool already = false;
    for (int s = 0; s < plan->step_count; s++) {
        const hone_step *step = &plan->steps[s];
        const double cost = hone_internal_step_cost(step);
        all += cost;
        if (step->kernel == HONE_KERNEL_matmul) { /* convolutions do not use tiles */
            products += cost;
            already = already || ((const hone_product *)step->family)->bfloat16;
        }
    }
    size_t row = 0;
    while (bfloat16[row].kernels[0] != '\0' && strcmp(bfloat16[row].kernels, plan->kernels->name) != 0)
        row++;
    const double times = bfloat16[row].times, share = all > 0 ? products / all : 0;
    const double gain = times > 0 ? 1 / (1 - share + share / times) : 1;
    hone_advice_item *item = add_item(advice, "dtype");
    snprintf(item->now, sizeof item->now, "%s", already ? "mixed_bfloat16" : "float32");
    item->worth = already ? times == 0 : gain >= worth_gain;
    item->gain = already ? 1 : gain;
    if (item->worth)
        snprintf(item->instead, sizeof item->instead, "%s", already ? "float32" : "mixed_bfloat16");
    if (already)
        snprintf(item->sentence, sizeof item->sentence, "Dtype: products are of bfloat16 already; %s.",
                 bfloat16[row].why);
    else
        snprintf(item->sentence, sizeof item->sentence,
                 "Dtype: products of layers are %.0f %% of a step, and %s: mixed_bfloat16 is %s.",
                 100 * share, bfloat16[row].why, item->worth ? "worth trying" : "not worth it for speed");
}

/* ---- width ---- */

/* Floats in a register of the table that computes products. */
static int lanes_of(const char *kernels)
{
    static const struct {
        const char *kernels;
        int lanes;
    } known[] = {{"ref", 1},     {"ref_double", 1}, {"generic", 4}, {"avx2", 8},
                 {"avx512", 16}, {"neon", 4},       {"sve", 8}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(kernels, known[i].kernels) == 0)
            return known[i].lanes;
    return 16; /* oneDNN and AMX over the widest */
}

/* The columns of a step's result that a layer's width decides; 0: it is no forward product. */
static int64_t columns_of(const hone_step *step)
{
    if (step->node->backward || step->node->scope[0] == '\0')
        return 0;
    if (step->kernel == HONE_KERNEL_matmul)
        return ((const hone_product *)step->family)->n;
    return step->kernel == HONE_KERNEL_convolution ? ((const hone_window *)step->family)->filters : 0;
}

/* What the products of a layer cost of the whole step, forward and backward. */
static double share_of_layer(const hone_plan *plan, const char *layer)
{
    double own = 0, all = 0;
    for (int s = 0; s < plan->step_count; s++) {
        const hone_step *step = &plan->steps[s];
        const double cost = hone_internal_step_cost(step);
        all += cost;
        if (is_product(step) && strcmp(step->node->scope, layer) == 0)
            own += cost;
    }
    return all > 0 ? own / all : 0;
}

static void add_width(const char *layer, int64_t columns, int64_t fitting, double share, double gain,
                      int lanes, hone_advice *advice)
{
    hone_advice_item *item = add_item(advice, "width");
    item->worth = true;
    item->gain = gain;
    snprintf(item->layer, sizeof item->layer, "%.63s", layer);
    snprintf(item->now, sizeof item->now, "%" PRId64, columns);
    snprintf(item->instead, sizeof item->instead, "%" PRId64, fitting);
    snprintf(
        item->sentence, sizeof item->sentence,
        "Width: %.63s has %" PRId64 " columns, and registers hold %d: %" PRId64
        " would cost the same, or %.2f times as much work is done in the time. Its products are %.0f %% of a step.",
        layer, columns, lanes, fitting, gain, 100 * share);
}

/* Layers whose last register is mostly empty, and whose products count. The width of an output is given by
 * the task. */
static void advise_width(const hone_plan *plan, const char *kernels, hone_advice *advice)
{
    const int lanes = lanes_of(kernels);
    const int before = advice->count;
    for (int s = 0; s < plan->step_count && advice->count < MOST_ITEMS - 1; s++) {
        const hone_step *step = &plan->steps[s];
        const int64_t columns = columns_of(step), fitting = (columns + lanes - 1) / lanes * lanes;
        const double gain = columns > 0 ? (double)fitting / (double)columns : 1;
        if (gain < worth_gain)
            continue;
        const double share = share_of_layer(plan, step->node->scope);
        if (share >= 0.1)
            add_width(step->node->scope, columns, fitting, share, gain, lanes, advice);
    }
    if (advice->count > before)
        return;
    hone_advice_item *item = add_item(advice, "width");
    snprintf(
        item->sentence, sizeof item->sentence,
        "Width: no layer that takes a tenth of a step leaves a tenth of its registers (of %d numbers) empty.",
        lanes);
}

/* ---- all of it ---- */

/* The table under oneDNN's and AMX's, which has the products of training. */
static const char *own_kernels(const hone_plan *plan)
{
    const char *const *names = hone_internal_kernels_names(), *own = plan->kernels->name;
    for (int i = 0; names[i] != NULL; i++) {
        if (strcmp(names[i], "onednn") != 0 && strncmp(names[i], "amx", 3) != 0)
            own = names[i];
        if (strcmp(names[i], plan->kernels->name) == 0)
            return own;
    }
    return plan->kernels->name;
}

static hone_status advise(hone_model *model, int64_t batch, hone_advice *advice)
{
    if (mode_of(model) == HONE_MODE_TRAIN)
        HONE_TRY(hone_internal_model_make_slots(model));
    HONE_TRY(advise_batch(model, batch, advice));
    const hone_pass *pass = hone_internal_plan_batch(model, batch, mode_of(model));
    if (pass == NULL)
        return hone_error_status();
    advise_threads(pass->plan, advice);
    advise_dtype(pass->plan, advice);
    advise_width(pass->plan, own_kernels(pass->plan), advice);
    return HONE_OK;
}

hone_advice *hone_advise(hone_model *model, int64_t batch_size)
{
    if (model == NULL)
        return hone_internal_fail_null("a model"), NULL;
    if (hone_internal_model_need_built(model, "advise") < 0)
        return NULL;
    if (batch_size < 1) {
        hone_fail(HONE_ERROR_ARGUMENT, "advise: expected a batch of 1 sample or more, received %" PRId64,
                  batch_size);
        return NULL;
    }
    hone_advice *advice = hone_internal_allocate_zeroed(1, sizeof *advice);
    if (advice != NULL && advise(model, batch_size, advice) < 0) {
        hone_internal_free(advice);
        return NULL;
    }
    return advice;
}

int hone_advice_count(const hone_advice *advice)
{
    return advice != NULL ? advice->count : 0;
}

const hone_advice_item *hone_advice_at(const hone_advice *advice, int index)
{
    return index >= 0 && index < hone_advice_count(advice) ? &advice->items[index] : NULL;
}

void hone_advice_free(hone_advice *advice)
{
    hone_internal_free(advice);
}
