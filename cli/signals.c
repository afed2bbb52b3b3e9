/* Ctrl-C, SIGTERM and SIGHUP: at once before and after training; while a model trains, the first one ends the
 * step and what was asked for is saved, and a second one ends the process at once. */
#include "cli.h"

#include <hone/train.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <unistd.h>

static volatile sig_atomic_t guarded, caught;
static _Atomic(hone_model *) training;

static void handle(int signal_number)
{
    if (!guarded || caught != 0) {
        hone_remove_temporaries();
        _exit(128 + signal_number);
    }
    caught = signal_number;
    hone_model *model = atomic_load(&training);
    if (model != NULL)
        hone_model_stop(model);
}

void cli_catch_signals(void)
{
    struct sigaction action = {.sa_handler = handle}, before;
    sigemptyset(&action.sa_mask);
    action.sa_flags = SA_RESTART;
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    if (sigaction(SIGHUP, NULL, &before) == 0 && before.sa_handler != SIG_IGN) /* nohup ignores it */
        sigaction(SIGHUP, &action, NULL);
    signal(SIGXFSZ, SIG_IGN); /* writing fails instead, with a message */
}

void cli_guard(hone_model *model)
{
    atomic_store(&training, model);
    guarded = 1;
}

void cli_guard_end(void)
{
    atomic_store(&training, NULL);
    guarded = 0;
}

int cli_caught_signal(void)
{
    return caught;
}
