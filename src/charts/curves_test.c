/* The picture of a training: a panel for each metric. */
#define _GNU_SOURCE /* mkdtemp */
#include "testing/pictures.h"
#include "charts/curves.h"

AROUND_ALL(make_numbers, testing_folder_remove);

static const char *const names[] = {"accuracy", "learning_rate", "loss", "val_accuracy", "val_loss"};
static const double *const values[] = {rising, rates, falling, rising, falling};

static void check_curves(const hone_history_plot *history, int width, int height)
{
    const char *path = testing_path("curves.png");
    assert_int_equal(hone_internal_plot_history(path, history), HONE_OK);
    picture drawn = open_picture(path);
    assert_int_equal(drawn.width, width);
    assert_int_equal(drawn.height, height);
    close_picture(&drawn, path);
}

TEST(draws_a_history)
{
    static const char *const many[] = {"a", "b", "c", "d", "e", "f", "g", "loss", "val_only"};
    static const double *const arrays[] = {rising, rising, rising,  rising, rising,
                                           rising, rising, falling, rising};
    static const int64_t epochs[] = {10, 11, 13};
    hone_history_plot history = {
        .names = names, .values = values, .name_count = 5, .epoch_count = POINTS, .best_epoch = -1};
    check_curves(&history, 2 * (3 * 400 + 2 * 14 + 20), 2 * 370);
    history.best_epoch = 12;
    history.epoch_count = 3;
    history.epochs = epochs;
    check_curves(&history, 2 * (3 * 400 + 2 * 14 + 20), 2 * 370);
    history.epoch_count = 1;
    check_curves(&history, 2 * (3 * 400 + 2 * 14 + 20), 2 * 370);
    history.epoch_count = 0;
    check_curves(&history, 2 * (3 * 400 + 2 * 14 + 20), 2 * 370);
    hone_history_plot long_history = {
        .names = many, .values = arrays, .name_count = 9, .epoch_count = POINTS};
    check_curves(&long_history, 2 * (3 * 400 + 2 * 14 + 20), 2 * (3 * 350 + 2 * 14 + 20)); /* nine panels */
}

TEST(draws_a_history_with_gaps)
{
    static double gaps[POINTS], none[POINTS];
    static const char *const few[] = {"loss", "val_loss"};
    const double *arrays[] = {none, gaps};
    for (int i = 0; i < POINTS; i++) {
        gaps[i] = i % 5 == 4 ? falling[i] : NAN; /* validation each fifth epoch */
        none[i] = NAN;
    }
    hone_history_plot history = {
        .names = few, .values = arrays, .name_count = 2, .epoch_count = POINTS, .best_epoch = -1};
    check_curves(&history, 840, 740);
    arrays[1] = none;
    check_curves(&history, 840, 740);
    assert_int_equal(hone_internal_plot_history(testing_path("x.png"), &(hone_history_plot){0}),
                     HONE_ERROR_ARGUMENT);
    assert_int_equal(hone_internal_plot_history(testing_path("x.jpg"), &history), HONE_ERROR_ARGUMENT);
}
