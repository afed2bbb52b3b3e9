/* Where the time of a training step goes: each step of the plan of the chapter's example on one thread, least
 * of many runs.
 *
 *   bench_steps      microseconds, a line per step with what is chained to it */
#include "train/run.h"

#include "common.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum { ROUNDS = 300 };

static double seconds(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static void run_step(const hone_step *step, void *scratch)
{
    step->run(&step->args, 0, step->items, scratch);
    if (step->traits.runs_chain)
        return;
    for (int c = 0; c < step->chain.count; c++)
        step->chain.step[c].run(step->chain.step[c].args, 0, step->items, scratch);
}

int main(void)
{
    hone_dataset *train = hone_dataset_load("fashion-mnist", "train", 1.0 / 255);
    hone_model *model = bench_chapter();
    if (train == NULL || hone_internal_feed_check(model, train, true) < 0 ||
        hone_internal_prepare_training(model) < 0) {
        fprintf(stderr, "%s\n", hone_error_message());
        return 1;
    }
    hone_session session = {.team = NULL};
    hone_feed feed = {.data = train, .begin = 0, .count = 32};
    hone_pass *pass;
    for (int i = 0; i < 10; i++)
        if (hone_internal_run_batch(model, &session, HONE_MODE_TRAIN, &feed, &pass, NULL) < 0)
            return 1;
    const hone_plan *plan = pass->plan;
    double least[1024], whole = 1, feeding = 1;
    for (int s = 0; s < plan->step_count; s++)
        least[s] = 1;
    for (int round = 0; round < ROUNDS; round++) {
        double start = seconds();
        hone_internal_feed_copy(model, pass, &feed);
        double fed = seconds();
        if (fed - start < feeding)
            feeding = fed - start;
        for (int i = 0; i < plan->step_count; i++) {
            const hone_step *step = &plan->steps[i];
            if (step->head != i)
                continue;
            double begin = seconds();
            run_step(step, plan->scratch);
            double took = seconds() - begin;
            if (took < least[i])
                least[i] = took;
        }
        double begin = seconds();
        hone_internal_plan_run((hone_plan *)pass->plan, NULL, 1);
        double took = seconds() - begin;
        if (took < whole)
            whole = took;
    }
    double sum = 0;
    for (int i = 0; i < plan->step_count; i++) {
        const hone_step *step = &plan->steps[i];
        if (step->head != i)
            continue;
        sum += least[i];
        printf("%9.2f  %2d %-20s %s", least[i] * 1e6, step->phase + 1, step->node->scope,
               hone_internal_kernel_name(step->kernel));
        for (int c = 0; c < step->chain.count; c++)
            printf(" + %s", hone_internal_kernel_name(plan->steps[step->chained[c]].kernel));
        printf("\n");
    }
    printf("%9.2f  feeding\n%9.2f  sum of the steps\n%9.2f  the plan\n", feeding * 1e6, sum * 1e6,
           whole * 1e6);
    hone_model_free(model);
    hone_dataset_free(train);
    return 0;
}
