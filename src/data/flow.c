/* Flows: a ring of batches between a thread that makes them and the one that uses them. */
#define _XOPEN_SOURCE 700
#include "data/flow.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/posix.h"
#include "data/inside.h"
#include <pthread.h>
#include <stdio.h>
#include <string.h>

/* Of sets that are read from files: batches of this many bytes together, from 2 to 16 of them. */
enum { AHEAD_BYTES = 4 << 20, LEAST_AHEAD = 2, MOST_AHEAD = 16 };

typedef struct slot {
    hone_made_batch staged;
    hone_batch batch;     /* of a stream */
    hone_array *views[2]; /* its lists, when they must outlive the callback's */
    hone_array **copies;  /* and their arrays */
    size_t copy_count, copy_room;
} slot;

struct hone_flow {
    hone_flow_args args;
    int64_t position, step; /* of the next batch to make */
    slot *slots;
    int slot_count;
    bool threaded;
    pid_t process; /* that has the thread: not one that it forked since */
    pthread_t thread;
    /* Of a flow with a thread, under the lock: */
    pthread_mutex_t lock;
    pthread_cond_t changed;
    int64_t made, taken; /* batches, ever; number i lies in slot i % slot_count */
    bool held;           /* the user still has the last one taken */
    bool making;         /* somebody makes the next one */
    bool stopping, ended;
    int result; /* with which it ended: 0, or a status and its failure */
    hone_failure failure;
};

/* ---- making a batch: 1, 0 at the end, or a status ---- */

static int make_staged(hone_flow *flow, slot *into)
{
    const hone_flow_args *args = &flow->args;
    int64_t left = args->end - flow->position, count = left < args->batch_size ? left : args->batch_size;
    if (count <= 0)
        return 0;
    int64_t first = 0, own = count, most = args->batch_size < args->end ? args->batch_size : args->end;
    if (args->shards > 0) {
        most = hone_internal_run_rows(most, args->shards, args->run, &first) + 1; /* rounded either way */
        own = hone_internal_run_rows(count, args->shards, args->run, &first);
    }
    if (into->staged.block == NULL)
        HONE_TRY(hone_internal_staged_create(args->dataset, most, &into->staged));
    const int64_t begin = flow->position + first, *rows = args->order ? args->order + begin : NULL;
    if (own > 0)
        HONE_TRY(hone_internal_dataset_fill(args->dataset, &args->sweep, rows, begin, own, &into->staged));
    into->staged.count = own;
    flow->position += count;
    return 1;
}

static void free_copies(slot *of)
{
    for (size_t i = 0; i < of->copy_count; i++)
        hone_array_free(of->copies[i]);
    of->copy_count = 0;
    for (int kind = 0; kind < 2; kind++) {
        hone_internal_free(of->views[kind]);
        of->views[kind] = NULL;
    }
}

static hone_status copy_array(slot *into, const hone_array *array, hone_array *view)
{
    HONE_TRY((hone_status)hone_internal_grow(&into->copies, &into->copy_room, into->copy_count + 1,
                                             sizeof *into->copies));
    hone_array *copy = hone_array_convert(array, array->type);
    if (copy == NULL)
        return hone_error_status();
    into->copies[into->copy_count++] = copy;
    *view = *copy;
    return HONE_OK;
}

/* The callback's arrays are its own and change with its next call. */
static hone_status copy_batch(slot *into)
{
    for (int kind = 0; kind < 2; kind++) {
        hone_array_span arrays = hone_internal_batch_arrays(&into->batch, kind);
        into->views[kind] = hone_internal_allocate_zeroed((size_t)arrays.count, sizeof *into->views[kind]);
        if (into->views[kind] == NULL)
            return HONE_ERROR_MEMORY;
        for (int i = 0; i < arrays.count; i++)
            HONE_TRY(copy_array(into, &arrays.items[i], &into->views[kind][i]));
        hone_internal_batch_give(&into->batch, kind, (hone_array_span){into->views[kind], arrays.count});
    }
    hone_array *weight = &into->batch.sample_weight;
    return weight->data == NULL ? HONE_OK : copy_array(into, weight, weight);
}

static int make_batch(hone_flow *flow, slot *into)
{
    const hone_batch *batch;
    if (flow->args.steps != HONE_NONE_INTEGER && flow->step >= flow->args.steps)
        return 0;
    int more = hone_internal_dataset_next(flow->args.dataset, flow->args.sweep.epoch, flow->step, &batch);
    if (more != 1)
        return more;
    flow->step++;
    into->batch = *batch;
    free_copies(into);
    return flow->threaded && copy_batch(into) < 0 ? hone_error_status() : 1;
}

static int make(hone_flow *flow, slot *into)
{
    return hone_internal_dataset_streams(flow->args.dataset) ? make_batch(flow, into)
                                                             : make_staged(flow, into);
}

/* ---- the thread ---- */

static bool has_room(const hone_flow *flow)
{
    return flow->made - flow->taken + flow->held < flow->slot_count;
}

static void note_end(hone_flow *flow, int result)
{
    flow->ended = true;
    flow->result = result;
    if (result < 0)
        hone_internal_error_take(&flow->failure);
}

/* The next batch, without the lock; one at a time, so that they come in order. */
static void make_next(hone_flow *flow)
{
    slot *into = &flow->slots[flow->made % flow->slot_count];
    flow->making = true;
    pthread_mutex_unlock(&flow->lock);
    int result = make(flow, into);
    pthread_mutex_lock(&flow->lock);
    flow->making = false;
    if (result == 1)
        flow->made++;
    else
        note_end(flow, result);
    pthread_cond_signal(&flow->changed);
}

static void *work(void *context)
{
    hone_flow *flow = context;
    pthread_mutex_lock(&flow->lock);
    while (!flow->stopping && !flow->ended) {
        if (flow->making || !has_room(flow))
            pthread_cond_wait(&flow->changed, &flow->lock);
        else
            make_next(flow);
    }
    pthread_mutex_unlock(&flow->lock);
    return NULL;
}

/* A machine that gives no thread is not a failure: the batches are then made when they are asked for. */
static void start_thread(hone_flow *flow)
{
    flow->threaded = true;
    if (hone_internal_quiet_thread(&flow->thread, work, flow) != 0)
        flow->threaded = false;
}

static void stop_thread(hone_flow *flow)
{
    if (!flow->threaded || flow->process != getpid())
        return;
    pthread_mutex_lock(&flow->lock);
    flow->stopping = true;
    pthread_cond_signal(&flow->changed);
    pthread_mutex_unlock(&flow->lock);
    pthread_join(flow->thread, NULL);
}

/* ---- using it ---- */

hone_flow *hone_internal_flow_start(const hone_flow_args *args)
{
    hone_flow *flow = hone_internal_allocate_zeroed(1, sizeof *flow);
    if (flow == NULL)
        return NULL;
    flow->args = *args;
    flow->position = args->begin;
    flow->step = args->step;
    flow->slot_count = args->depth + 1;
    flow->slots = hone_internal_allocate_zeroed((size_t)flow->slot_count, sizeof *flow->slots);
    if (flow->slots == NULL) {
        hone_internal_free(flow);
        return NULL;
    }
    pthread_mutex_init(&flow->lock, NULL);
    pthread_cond_init(&flow->changed, NULL);
    flow->process = getpid();
    if (args->depth > 0)
        start_thread(flow);
    return flow;
}

/* The next batch of the thread. Where it has not begun with it (a busy machine has not let it run), the user
 * makes it, so that a flow is never slower than doing without a thread. */
static int take(hone_flow *flow, slot **found)
{
    pthread_mutex_lock(&flow->lock);
    flow->held = false;
    pthread_cond_signal(&flow->changed);
    while (flow->made == flow->taken && !flow->ended) {
        if (flow->making)
            pthread_cond_wait(&flow->changed, &flow->lock);
        else
            make_next(flow);
    }
    int result = flow->result;
    if (flow->made > flow->taken) {
        *found = &flow->slots[flow->taken++ % flow->slot_count];
        flow->held = true;
        result = 1;
    }
    pthread_mutex_unlock(&flow->lock);
    return result < 0 ? hone_internal_error_raise(&flow->failure) : result;
}

int hone_internal_flow_next(hone_flow *flow, const hone_made_batch **staged, const hone_batch **batch)
{
    slot *found = &flow->slots[0];
    *staged = NULL;
    *batch = NULL;
    if (flow->threaded && flow->process != getpid())
        return hone_fail(
            HONE_ERROR_STATE,
            "these batches are made by a thread that did not survive fork(); begin the pass again in this "
            "process");
    int result = flow->threaded ? take(flow, &found) : make(flow, found);
    if (result != 1)
        return result;
    if (hone_internal_dataset_streams(flow->args.dataset))
        *batch = &found->batch;
    else
        *staged = &found->staged;
    return 1;
}

void hone_internal_flow_stop(hone_flow *flow)
{
    if (flow == NULL)
        return;
    stop_thread(flow);
    for (int i = 0; i < flow->slot_count; i++) {
        hone_internal_staged_free(&flow->slots[i].staged);
        free_copies(&flow->slots[i]);
        hone_internal_free(flow->slots[i].copies);
    }
    if (flow->process == getpid()) { /* in a forked process a thread seems to wait for ever */
        pthread_cond_destroy(&flow->changed);
        pthread_mutex_destroy(&flow->lock);
    }
    hone_internal_free(flow->slots);
    hone_internal_free(flow);
}

int hone_internal_dataset_depth(const hone_dataset *dataset, int64_t batch_size)
{
    while (dataset->prefetch < 0 && dataset->node && dataset->node->type->orders) /* read as what it orders */
        dataset = dataset->node->from[0];
    if (dataset->prefetch >= 0)
        return dataset->prefetch;
    if (dataset->node || dataset->next || hone_internal_dataset_in_memory(dataset))
        return 0;
    double bytes = 0;
    for (int kind = 0; kind < 3; kind++)
        for (int i = 0; i < dataset->kinds[kind].count; i++)
            bytes += (double)dataset->kinds[kind].items[i].width * sizeof(float) * (double)batch_size;
    double depth = AHEAD_BYTES / bytes;
    return depth < LEAST_AHEAD ? LEAST_AHEAD : depth > MOST_AHEAD ? MOST_AHEAD : (int)depth;
}
