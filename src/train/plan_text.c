/* The plan of a model as text. */
#include "base/clock.h"
#include "base/memory.h"
#include "base/plural.h"
#include "base/text.h"
#include "distributed/forecast.h"
#include "train/distribute.h"
#include "train/plan_text.h"

#include <inttypes.h>
#include <string.h>

/* Shapes of arrays as a data set of one batch would have them; axes that are open get a size for the sake of
 * the plan. */
static hone_status plan_arrays(const hone_model *model, int64_t batch, hone_array *x, hone_array *y)
{
    for (int i = 0; i < model->fed_count; i++) {
        hone_shape shape = model->fed[i]->shape;
        x[i] = (hone_array){.type = HONE_FLOAT32, .rank = shape.rank};
        memcpy(x[i].shape, shape.size, sizeof shape.size);
        x[i].shape[0] = batch;
        for (int axis = 1; axis < shape.rank; axis++)
            if (shape.size[axis] == HONE_ANY)
                return hone_fail(HONE_ERROR_SHAPE,
                                 "the input \"%s\" has a variable size on axis %d: the plan depends on "
                                 "the data",
                                 hone_internal_model_fed_name(model, i), axis);
    }
    for (int i = 0, target = 0; i < model->output_count; i++) {
        const hone_loss *loss = hone_internal_model_loss(model, i);
        if (loss == NULL)
            continue;
        hone_shape shape = model->outputs[i]->shape;
        int rank = shape.rank - (loss->type->class_ids ? 1 : 0);
        y[target] = (hone_array){.type = HONE_FLOAT32, .rank = rank};
        memcpy(y[target].shape, shape.size, sizeof shape.size);
        for (int axis = 0; axis < rank; axis++)
            if (y[target].shape[axis] == HONE_ANY)
                y[target].shape[axis] = axis == 0 ? batch : 1;
        target++;
    }
    return HONE_OK;
}

hone_pass *hone_internal_plan_batch(hone_model *model, int64_t batch, hone_mode mode)
{
    size_t inputs = (size_t)model->fed_count, outputs = (size_t)model->output_count;
    hone_array *arrays = hone_internal_allocate_zeroed(inputs + outputs, sizeof *arrays);
    hone_batch shapes = {.x_list = arrays, .y_list = arrays + inputs, .x_count = inputs, .y_count = outputs};
    hone_pass *pass = NULL;
    if (arrays != NULL && plan_arrays(model, batch, arrays, arrays + inputs) >= 0)
        pass = hone_internal_model_pass(model, mode, NULL, batch, false, &shapes);
    hone_internal_free(arrays);
    return pass;
}

char *hone_model_plan(hone_model *model, int64_t batch_size, bool training)
{
    hone_text text = {0};
    if (model == NULL)
        return hone_internal_fail_null("a model"), NULL;
    if (hone_internal_model_need_built(model, "plan") < 0)
        return NULL;
    training = training && model->compiled.ready;
    if (training && hone_internal_model_make_slots(model) < 0)
        return NULL;
    hone_pass *pass =
        hone_internal_plan_batch(model, batch_size, training ? HONE_MODE_TRAIN : HONE_MODE_PREDICT);
    if (pass == NULL)
        return NULL;
    hone_internal_text_format(&text, "Plan of \"%s\" for a batch of %" PRId64 ", %s\n\n",
                              hone_model_name(model), batch_size, training ? "training" : "prediction");
    hone_internal_plan_print(pass->plan, &text);
    char bytes[32];
    hone_internal_bytes_to_text(hone_internal_variable_list_numbers(&model->weights, false) * sizeof(float),
                                bytes, sizeof bytes);
    hone_internal_text_format(&text, "Weights: %s", bytes);
    hone_internal_bytes_to_text(hone_internal_model_optimizer_numbers(model) * sizeof(float), bytes,
                                sizeof bytes);
    hone_internal_text_format(&text, "; optimizer: %s\n", bytes);
    return hone_internal_text_take(&text);
}

/* ---- on several ranks ---- */

static const double UPDATE = 0.35e-9; /* seconds a weight: Adam, which reads and writes 7 numbers */

/* What a shard takes on one thread: the least of some runs on zeros. */
static double time_shard(const hone_pass *pass)
{
    double least = 1e9;
    const double begun = hone_internal_now();
    for (int run = 0; run < 3 || (hone_internal_now() - begun < 0.3 && run < 1000); run++) {
        const double before = hone_internal_now();
        hone_internal_plan_run(pass->plan, NULL, 0);
        const double took = hone_internal_now() - before;
        least = took < least ? took : least;
    }
    return least;
}

static void print_row(hone_text *text, const hone_step_cost *cost, const hone_link *link, int ranks)
{
    const hone_forecast one = hone_internal_forecast(cost, link, 1),
                        made = hone_internal_forecast(cost, link, ranks);
    hone_internal_text_format(text, "%5d %10.3f %10.3f %10.3f %10.3f %10.3f %8.2f\n", ranks,
                              made.computing * 1e3, made.optimizer * 1e3, made.messages * 1e3,
                              made.adding * 1e3, made.step * 1e3, one.step / made.step);
}

static void print_rows(hone_text *text, const hone_step_cost *cost, const hone_link *link, int ranks)
{
    hone_internal_text_format(text, "%5s %10s %10s %10s %10s %10s %8s\n", "ranks", "shards", "optimizer",
                              "messages", "adding", "step, ms", "speed");
    for (int n = 1; n < ranks; n *= 2)
        print_row(text, cost, link, n);
    print_row(text, cost, link, ranks);
    const double speed =
        hone_internal_forecast(cost, link, 1).step / hone_internal_forecast(cost, link, ranks).step;
    if (ranks > 1 && speed < 1)
        hone_internal_text_format(
            text, "\n%d ranks are slower than one: larger batches pay, or independent runs\n", ranks);
}

/* What does not depend on the rows of a shard. */
static void print_memory(hone_text *text, const hone_model *model, const hone_step_cost *cost, int ranks)
{
    const hone_optimizer *optimizer = model->compiled.optimizer;
    const double mega = sizeof(float) / 1e6;
    double slots = 0;
    for (size_t i = 0; i < hone_internal_optimizer_slot_count(optimizer); i++)
        slots += (double)hone_internal_variable_count(hone_internal_optimizer_slot_at(optimizer, i));
    hone_internal_text_format(
        text,
        "\nMemory of a rank, beside what shards need: weights %.1f MB, a sum of gradients %.1f MB, the "
        "optimizer's state %.1f MB",
        cost->floats * mega, cost->floats * mega, slots * mega);
    if (ranks > 1)
        hone_internal_text_format(text, ", with shard_optimizer %.1f MB on %d ranks", slots * mega / ranks,
                                  ranks);
    hone_internal_text_append(text, "\n");
}

/* What a step costs, timed here. `shards` 0: as many as are chosen, which is put there. */
static hone_status measure_step(hone_model *model, int64_t batch_size, int64_t *shards, int ranks,
                                hone_step_cost *cost)
{
    if (*shards == 0)
        *shards = hone_default_shards(batch_size);
    if (!model->compiled.ready)
        return hone_fail(HONE_ERROR_ARGUMENT, "a model without a loss is not trained");
    if (ranks < 1 || *shards < ranks || *shards > batch_size)
        return hone_fail(HONE_ERROR_ARGUMENT,
                         "%lld shard%s of batches of %lld samples for %d ranks: expected at least a shard "
                         "a rank and a sample a shard; raise --batch-size, or give --shards",
                         (long long)*shards, hone_internal_plural(*shards), (long long)batch_size, ranks);
    HONE_TRY(hone_internal_model_make_slots(model));
    hone_pass *pass =
        hone_internal_plan_batch(model, (batch_size + *shards - 1) / *shards, HONE_MODE_GRADIENTS);
    if (pass == NULL || hone_internal_plan_make_room(pass->plan, 1) < 0)
        return hone_error_status();
    const double floats = (double)hone_internal_variable_list_numbers(&model->weights, false);
    *cost = (hone_step_cost){.shards = (int)*shards,
                             .threads = hone_internal_team_size(),
                             .shard = time_shard(pass),
                             .optimizer = floats * UPDATE,
                             .floats = floats};
    return HONE_OK;
}

static hone_status forecast(hone_model *model, int64_t batch_size, int64_t *shards, int ranks,
                            const char *name, const hone_link **link, hone_step_cost *cost)
{
    if (model == NULL || name == NULL)
        return hone_internal_fail_null(model == NULL ? "a model" : "a link");
    *link = hone_internal_link(name);
    return *link == NULL ? hone_error_status() : measure_step(model, batch_size, shards, ranks, cost);
}

char *hone_model_forecast(hone_model *model, int64_t batch_size, int64_t shards, int ranks,
                          const char *link_name)
{
    hone_text text = {0};
    const hone_link *link;
    hone_step_cost cost;
    if (forecast(model, batch_size, &shards, ranks, link_name, &link, &cost) < 0)
        return NULL;
    hone_internal_text_format(
        &text,
        "Batches of %lld in %lld shards of %lld samples, %.3f ms each here on one thread, %d thread%s; "
        "%s: %g us, %g GB/s\n\n",
        (long long)batch_size, (long long)shards, (long long)((batch_size + shards - 1) / shards),
        cost.shard * 1e3, cost.threads, hone_internal_plural(cost.threads), link->help, link->latency * 1e6,
        link->bandwidth / 1e9);
    print_rows(&text, &cost, link, ranks);
    print_memory(&text, model, &cost, ranks);
    return hone_internal_text_take(&text);
}

hone_status hone_model_forecast_speed(hone_model *model, int64_t batch_size, int64_t shards, int ranks,
                                      const char *link_name, double *speed)
{
    const hone_link *link;
    hone_step_cost cost;
    HONE_TRY(forecast(model, batch_size, &shards, ranks, link_name, &link, &cost));
    *speed = hone_internal_forecast(&cost, link, 1).step / hone_internal_forecast(&cost, link, ranks).step;
    return HONE_OK;
}
