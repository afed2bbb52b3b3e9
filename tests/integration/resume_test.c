/* Checkpoint and resume: a run that is stopped or killed anywhere and goes on gives the same weights,
 * optimizer, history and decisions of callbacks, to the bit, as one that nothing disturbed. */
#include "resume.h"

#include <sys/wait.h>

/* ---- comparing ---- */

static void check_variable(const char *where, hone_variable *a, hone_variable *b)
{
    int64_t count = hone_internal_variable_count(a);
    assert_int_equal(count, hone_internal_variable_count(b));
    if (memcmp(hone_internal_variable_data(a), hone_internal_variable_data(b),
               (size_t)count * sizeof(float)) != 0)
        fail_msg("%s: %s differs", where, a->name);
}

static void check_history(const char *where, const hone_history *a, const hone_history *b)
{
    if (hone_history_epoch_count(a) != hone_history_epoch_count(b))
        fail_msg("%s: %d epochs, expected %d", where, (int)hone_history_epoch_count(b),
                 (int)hone_history_epoch_count(a));
    assert_int_equal(hone_history_metric_count(a), hone_history_metric_count(b));
    assert_int_equal(hone_history_best_epoch(a), hone_history_best_epoch(b));
    const char *reason = hone_history_stopped_by(a), *other = hone_history_stopped_by(b);
    assert_string_equal(reason != NULL ? reason : "", other != NULL ? other : "");
    for (int64_t row = 0; row < hone_history_epoch_count(a); row++)
        for (int i = 0; i < hone_history_metric_count(a); i++) {
            const char *name = hone_history_name(a, i);
            double x = hone_history_value(a, name, row), y = hone_history_value(b, name, row);
            if (memcmp(&x, &y, sizeof x) != 0)
                fail_msg("%s: %s of epoch %d is %.17g, expected %.17g", where, name, (int)row, y, x);
        }
}

static void check_same(const char *where, hone_model *a, hone_model *b)
{
    for (int i = 0; i < hone_model_weight_count(a); i++)
        check_variable(where, hone_model_weight(a, i), hone_model_weight(b, i));
    const hone_optimizer *one = hone_model_optimizer(a), *two = hone_model_optimizer(b);
    assert_int_equal(hone_optimizer_iterations(one), hone_optimizer_iterations(two));
    assert_true(hone_optimizer_learning_rate(one) == hone_optimizer_learning_rate(two));
    for (size_t i = 0; i < hone_internal_optimizer_slot_count(one); i++)
        check_variable(where, hone_internal_optimizer_slot_at(one, i),
                       hone_internal_optimizer_slot_at(two, i));
    check_history(where, hone_model_history(a), hone_model_history(b));
}

/* ---- undisturbed, disturbed, resumed ---- */

static hone_model *undisturbed(const setup *how, int64_t *steps)
{
    hone_model *model = make_model(how, 3);
    present = (disturbance){0};
    if (train(how, model, NULL, 0, false) == NULL)
        fail_msg("%s: %s", how->name, hone_error_message());
    *steps = steps_done;
    return model;
}

static void run_killed(const setup *how, int64_t step, int64_t every)
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        hone_model *model = make_model(how, 3);
        present = (disturbance){model, step, true};
        train(how, model, folder, every, true);
        _exit(3); /* not killed */
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

static void go_on(const setup *how, const char *where, hone_model *expected)
{
    hone_model *model = make_model(how, 3);
    present = (disturbance){0};
    if (train(how, model, folder, 0, true) == NULL)
        fail_msg("%s: %s", where, hone_error_message());
    check_same(where, expected, model);
    hone_model_free(model);
    assert_int_equal(hone_internal_checkpoint_remove(folder), HONE_OK);
}

/* At each step: stopped; killed with a checkpoint after each step; killed with one an epoch. */
TEST(resumes_exactly_after_each_step)
{
    for (size_t i = 0; i < sizeof setups / sizeof *setups; i++) {
        const setup *how = &setups[i];
        char where[128];
        int64_t steps;
        hone_model *expected = undisturbed(how, &steps);
        assert_true(steps > 5);
        for (int64_t step = 1; step <= steps; step++) {
            snprintf(where, sizeof where, "%s, stopped at step %d", how->name, (int)step);
            run_stopped(how, step);
            go_on(how, where, expected);
            for (int64_t every = 0; every < 3; every++) {
                snprintf(where, sizeof where, "%s, killed at step %d, every %d", how->name, (int)step,
                         (int)every);
                run_killed(how, step, every);
                go_on(how, where, expected);
            }
        }
        hone_model_free(expected);
    }
}

/* Stopped at every step in turn, in one run. */
TEST(resumes_exactly_after_many_stops)
{
    const setup *how = &setups[0];
    int64_t steps;
    hone_model *expected = undisturbed(how, &steps);
    for (int64_t step = 1; step < steps; step++)
        run_stopped(how, 1);
    go_on(how, "stopped at every step", expected);
    hone_model_free(expected);
}

/* Threads do not matter, neither before nor after. */
TEST(resumes_exactly_with_other_threads)
{
    const setup *how = &setups[0];
    int64_t steps;
    hone_set_threads(1);
    hone_model *expected = undisturbed(how, &steps);
    hone_set_threads(3);
    run_stopped(how, 5);
    hone_set_threads(2);
    go_on(how, "other threads", expected);
    hone_set_threads(0);
    hone_model_free(expected);
}

TEST(a_finished_run_does_nothing_more)
{
    for (size_t i = 0; i < 2; i++) {
        const setup *how = &setups[i];
        int64_t steps;
        hone_model *expected = undisturbed(how, &steps), *model = make_model(how, 3);
        assert_non_null(train(how, model, folder, 0, true));
        hone_model_free(model);
        model = make_model(how, 3);
        assert_non_null(train(how, model, folder, 0, true));
        assert_int_equal(steps_done, 0);
        check_same("finished", expected, model);
        hone_model_free(model);
        hone_model_free(expected);
        assert_int_equal(hone_internal_checkpoint_remove(folder), HONE_OK);
    }
}

/* The checkpoint is a model file too. */
TEST(a_checkpoint_is_a_model)
{
    hone_model *model = make_model(&setups[2], 3);
    assert_non_null(train(&setups[2], model, folder, 0, false));
    char *path = hone_internal_checkpoint_path(folder);
    hone_model *loaded = hone_load(path);
    if (loaded == NULL)
        fail_msg("%s", hone_error_message());
    for (int i = 0; i < hone_model_weight_count(model); i++)
        check_variable("loaded", hone_model_weight(model, i), hone_model_weight(loaded, i));
    hone_internal_free(path);
    hone_model_free(loaded);
    hone_model_free(model);
    assert_int_equal(hone_internal_checkpoint_remove(folder), HONE_OK);
}

/* Killed at any moment, as its files are written too, again and again until it is done. */
TEST(survives_being_killed_at_any_moment)
{
    const setup *how = &setups[0];
    int64_t steps;
    hone_model *expected = undisturbed(how, &steps);
    int kills = 0, wanted = getenv("HONE_TEST_FULL") != NULL ? 500 : 20;
    for (unsigned random = 1; kills < wanted;) {
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            hone_model *model = make_model(how, 3);
            _exit(train(how, model, folder, 1, true) == NULL);
        }
        random = random * 1664525u + 1013904223u;
        usleep(random >> 16);
        kill(child, SIGKILL);
        int status;
        assert_int_equal(waitpid(child, &status, 0), child);
        if (WIFSIGNALED(status)) {
            kills++;
            continue;
        }
        assert_int_equal(WEXITSTATUS(status), 0);
        go_on(how, "killed at random", expected);
    }
    hone_model_free(expected);
    if (hone_internal_checkpoint_exists(folder))
        assert_int_equal(hone_internal_checkpoint_remove(folder), HONE_OK);
}

/* More epochs than were asked for at first. */
TEST(goes_on_for_more_epochs)
{
    for (size_t i = 1; i < sizeof setups / sizeof *setups; i++) {
        setup how = setups[i];
        int64_t steps;
        hone_model *expected = undisturbed(&how, &steps), *model = make_model(&how, 3);
        how.epochs--;
        assert_non_null(train(&how, model, folder, 0, true));
        hone_model_free(model);
        how.epochs++;
        go_on(&how, how.name, expected);
        hone_model_free(expected);
    }
}

/* A file that a callback writes has each epoch once. */
TEST(a_csv_file_has_each_epoch_once)
{
    char path[96], text[160];
    void *wanted, *given;
    size_t bytes, given_bytes;
    setup how = setups[1];
    int64_t steps;
    snprintf(path, sizeof path, "%s.csv", folder);
    snprintf(text, sizeof text, "csv_logger(\"%s\")", path);
    how.callback = text;
    hone_model *expected = undisturbed(&how, &steps);
    assert_int_equal(hone_internal_file_read(path, 1 << 20, &wanted, &bytes), HONE_OK);
    for (int64_t step = 1; step <= steps; step++) {
        run_killed(&how, step, 3);
        go_on(&how, "with a CSV file", expected);
        assert_int_equal(hone_internal_file_read(path, 1 << 20, &given, &given_bytes), HONE_OK);
        assert_string_equal(given, wanted);
        hone_internal_free(given);
    }
    hone_internal_free(wanted);
    hone_model_free(expected);
    assert_int_equal(unlink(path), 0);
}
