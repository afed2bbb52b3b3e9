/* Schedules of the learning rate on one network, and before them the rate finder, which says where to begin. */
#include "common.h"
#include <stdio.h>

enum { SCHEDULES = 6 };
static double rates[SCHEDULES][EXAMPLE_MOST_EPOCHS];

static hone_model *make_model(hone_optimizer *optimizer)
{
    hone_model *model = hone_sequential(
        hone_input(28, 28), hone_flatten(), hone_dense(300, .activation = "relu", .kernel_initializer = "he_normal"),
        hone_dense(100, .activation = "relu", .kernel_initializer = "he_normal"), hone_dense(10, .activation = "softmax"));
    hone_compile(model, .optimizer = optimizer, .loss = "sparse_categorical_crossentropy", .metrics = {"accuracy"});
    return model;
}

/* The sweep; the suggested rate is what the schedules begin with. */
static double find_rate(const example *run)
{
    hone_rate_search found;
    hone_model *model = make_model(hone_sgd(.momentum = 0.9));
    hone_status status = hone_find_rate(model, run->train, &found, .lowest = 1e-5, .highest = 10);
    if (status >= 0) printf("suggested rate: %.2g: %s\n\n", found.suggestion, found.reason);
    if (status >= 0) status = hone_rate_search_plot(&found, example_path(run, "06-find-lr.png"));
    double rate = status >= 0 ? found.suggestion : HONE_NONE;
    hone_rate_search_free(&found);
    hone_model_free(model);
    return rate;
}

/* `steps`: batches of the whole training. One after the other: constant, power, exponential, piecewise constant, plateau, 1cycle. */
static hone_optimizer *make_optimizer(int number, double rate, double steps)
{
    hone_schedule *schedule = NULL;
    if (number == 0 || number == 4) return hone_sgd(.learning_rate = rate, .momentum = 0.9);
    if (number == 1) schedule = hone_inverse_time_decay(rate, .decay_steps = steps / 4, .decay_rate = 1);
    if (number == 2) schedule = hone_exponential_decay(rate, .decay_steps = steps, .decay_rate = 0.02);
    if (number == 3)
        schedule = hone_piecewise_constant_decay(.boundaries = {floor(steps / 2), floor(steps * 0.8)}, .values = {rate, rate / 5, rate / 25});
    if (number == 5) schedule = hone_one_cycle(2 * rate, .steps = steps, .rise = 0.4);
    return hone_sgd(.learning_rate_schedule = schedule, .momentum = 0.9);
}

static bool train(const example *run, int number, const char *label, double rate, example_comparison *comparison)
{
    int64_t steps = run->epochs * ((hone_dataset_count(run->train) + 31) / 32);
    hone_model *model = make_model(make_optimizer(number, rate, (double)steps));
    hone_callback_list *callbacks = number == 4 ? hone_callbacks(hone_callback_from_text("reduce_lr_on_plateau(factor=0.3, patience=1)"))
                                                : hone_callbacks(hone_early_stopping(.patience = EXAMPLE_MOST_EPOCHS));
    const hone_history *history = hone_fit(model, run->train, .epochs = run->epochs, .validation_data = run->valid, .callbacks = callbacks);
    for (int64_t i = 0; history && i < hone_history_epoch_count(history); i++) rates[number][i] = hone_history_learning_rate(history, i);
    bool good = example_compare(comparison, label, history);
    hone_model_free(model);
    return good;
}

static bool draw_rates(const char *path, const char *const *labels, int64_t epochs)
{
    double x[EXAMPLE_MOST_EPOCHS];
    hone_series series[SCHEDULES];
    for (int i = 0; i < EXAMPLE_MOST_EPOCHS; i++) x[i] = i + 1;
    for (int i = 0; i < SCHEDULES; i++)
        series[i] = (hone_series){.label = labels[i], .x = x, .y = rates[i], .count = (size_t)epochs, .colour = i + 1};
    hone_panel panel = {.title = "Learning rate at the end of each epoch", .x_label = "epoch", .y_label = "rate", .x_integers = true,
                        .y_logarithmic = true, .y_limits = {rates[0][0] / 200, rates[0][0] * 4}, .series = series, .series_count = SCHEDULES};
    return hone_chart_write(path, &(hone_chart){.panels = &panel, .panel_count = 1, .panel_width = 620, .shared_legend = true}) >= 0;
}

int main(int count, char **words)
{
    static const char *const labels[SCHEDULES] = {"constant", "power", "exponential", "piecewise constant", "plateau", "1cycle"};
    example run;
    static example_comparison comparison;
    if (!example_begin(&run, count, words, 20000, 10)) return 2;
    double rate = find_rate(&run);
    bool good = rate > 0;
    for (int i = 0; i < SCHEDULES && good; i++) good = train(&run, i, labels[i], rate, &comparison);
    good = good && draw_rates(example_path(&run, "06-rates.png"), labels, run.epochs) &&
           example_draw_comparison(&comparison, example_path(&run, "06-schedules.png"), "Schedules of the learning rate");
    return example_end(&run, !good);
}
