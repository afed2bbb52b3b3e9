/* Maps: a function over every sample of a data set. */
#include "base/memory.h"
#include "base/random.h"
#include "data/inside.h"
#include <hone/pipeline.h>
#include <pthread.h>
#include <string.h>

/* What the function's results look like. */
typedef struct outline {
    int count[2]; /* of inputs and targets */
    hone_array *arrays[2];
} outline;

typedef struct mapping {
    hone_data_node node;
    hone_map_function *function;
    void *context;
    void (*release)(void *context);
    pthread_mutex_t lock;  /* over the function and `input` */
    hone_made_batch input; /* samples of the data set behind it */
    outline made;
    hone_array *sample[2]; /* the components of the sample on its way */
    size_t room[2];
} mapping;

/* Where a sample's new components go: to their places in a batch, or, for the first sample of all, to memory
 * of their own, since the shapes are not known yet. */
typedef struct hone_map_place {
    mapping *of;
    const hone_made_batch *batch; /* NULL: the shapes are not known */
    int64_t row;
    hone_arena *arena;
    bool failed; /* a reshape did, whether the function looked or not */
} hone_map_place;

/* ---- shapes ---- */

static bool same_shape(const hone_array *a, int rank, const int64_t *shape)
{
    return a->rank == rank && (rank == 0 || memcmp(a->shape, shape, (size_t)rank * sizeof *shape) == 0);
}

static bool find_place(const hone_sample *sample, const hone_array *array, int *kind, int *index)
{
    const mapping *of = sample->place->of;
    for (*kind = 0; *kind < 2; ++*kind)
        for (*index = 0; (size_t)*index < of->room[*kind]; ++*index)
            if (array == &of->sample[*kind][*index])
                return true;
    return false;
}

/* Where the numbers of a component go in the batch. */
static float *row_of(const hone_map_place *place, int kind, int index)
{
    size_t width = (size_t)hone_array_count(&place->of->made.arrays[kind][index]);
    return hone_internal_made_row(place->batch, kind, index, place->row, width);
}

static hone_status fail_shape(const char *which, int index, int64_t sample)
{
    return hone_fail(HONE_ERROR_DATA,
                     "the map function gives %s[%d] of sample %lld a different shape than in the first "
                     "sample",
                     which, index, (long long)sample);
}

static float *zeroed_place(const hone_sample *sample, const hone_array *wanted, int kind, int index)
{
    const hone_map_place *place = sample->place;
    const outline *made = &place->of->made;
    size_t bytes = (size_t)hone_array_count(wanted) * sizeof(float);
    if (!place->batch)
        return hone_internal_arena_allocate(place->arena, bytes);
    if (index >= made->count[kind] || !same_shape(&made->arrays[kind][index], wanted->rank, wanted->shape)) {
        fail_shape(kind == HONE_COMPONENT_INPUT ? "x" : "y", index, sample->index);
        return NULL;
    }
    return memset(row_of(place, kind, index), 0, bytes);
}

static hone_status make_places(mapping *of, int kind, size_t count)
{
    size_t before = of->room[kind];
    HONE_TRY((hone_status)hone_internal_grow(&of->sample[kind], &of->room[kind], count, sizeof(hone_array)));
    for (size_t i = before; i < of->room[kind]; i++)
        of->sample[kind][i] = (hone_array){.rank = 0};
    return HONE_OK;
}

hone_status hone_sample_room(hone_sample *sample, int inputs, int targets)
{
    if (!sample || inputs < 0 || targets < 0)
        return hone_fail(HONE_ERROR_ARGUMENT,
                         "hone_sample_room: expected a sample and numbers of inputs and targets");
    mapping *of = sample->place->of;
    hone_status status = make_places(of, HONE_COMPONENT_INPUT, (size_t)inputs);
    if (status == HONE_OK)
        status = make_places(of, HONE_COMPONENT_TARGET, (size_t)targets);
    sample->place->failed |= status < 0;
    sample->x = of->sample[HONE_COMPONENT_INPUT];
    sample->y = of->sample[HONE_COMPONENT_TARGET];
    return status;
}

float *hone_sample_reshape(hone_sample *sample, hone_array *array, int rank, const int64_t *shape)
{
    int kind, index;
    if (!sample || !find_place(sample, array, &kind, &index)) {
        hone_fail(HONE_ERROR_ARGUMENT,
                  "hone_sample_reshape: expected a component of the sample: &sample->x[i]");
        return NULL;
    }
    if (rank >= HONE_MAX_RANK) {
        hone_fail(HONE_ERROR_SHAPE, "hone_sample_reshape: a sample has at most %d axes, not %d",
                  HONE_MAX_RANK - 1, rank);
        return NULL;
    }
    hone_array wanted = hone_array_view(sample, HONE_FLOAT32, rank, shape); /* checks the sizes */
    if (!wanted.data)
        return NULL;
    float *zeros = zeroed_place(sample, &wanted, kind, index);
    if (!zeros) {
        sample->place->failed = true;
        return NULL;
    }
    wanted.data = zeros;
    *array = wanted;
    return zeros;
}

/* ---- one sample ---- */

static hone_array sample_of(const component *item, float *row)
{
    hone_array array = {.type = HONE_FLOAT32, .rank = item->array.rank - 1, .data = row};
    memcpy(array.shape, item->array.shape + 1, sizeof array.shape - sizeof *array.shape);
    return array;
}

static uint64_t draw(const hone_data_sweep *sweep, int64_t index)
{
    hone_random random = hone_internal_random(sweep->seed, hone_internal_random_stream("map", 0, "sample"),
                                              (uint64_t)sweep->epoch);
    return (uint64_t)hone_internal_random_word(&random, 2 * (uint64_t)index) << 32 |
           hone_internal_random_word(&random, 2 * (uint64_t)index + 1);
}

/* Sample number `row` of `input`, which has the number `index` in the data set. */
static hone_status run_function(mapping *of, const hone_data_sweep *sweep, int64_t row, int64_t index,
                                hone_map_place *place, hone_sample *sample)
{
    const hone_dataset *from = of->node.from[0];
    *sample = (hone_sample){.index = index,
                            .epoch = sweep->epoch,
                            .random = draw(sweep, index),
                            .inputs = from->kinds[HONE_COMPONENT_INPUT].count,
                            .targets = from->kinds[HONE_COMPONENT_TARGET].count,
                            .x = of->sample[HONE_COMPONENT_INPUT],
                            .y = of->sample[HONE_COMPONENT_TARGET],
                            .weight = 1,
                            .place = place};
    for (int kind = 0; kind < 2; kind++) {
        memset(of->sample[kind], 0, of->room[kind] * sizeof *of->sample[kind]);
        for (int i = 0; i < from->kinds[kind].count; i++) {
            const component *item = &from->kinds[kind].items[i];
            of->sample[kind][i] =
                sample_of(item, hone_internal_made_row(&of->input, kind, i, row, item->width));
        }
    }
    if (from->kinds[HONE_COMPONENT_WEIGHT].count > 0)
        sample->weight = of->input.data[HONE_COMPONENT_WEIGHT][0][row];
    hone_error_clear();
    int result = of->function(of->context, sample);
    if (result >= 0 && !place->failed)
        return HONE_OK;
    if (hone_error_status() < 0)
        return hone_error_status();
    return hone_fail(HONE_ERROR_CALLBACK, "the map function of a data set returned %d for sample %lld",
                     result, (long long)index);
}

/* Into the batch, unless the function has written there. */
static hone_status keep_results(const mapping *of, const hone_sample *sample, const hone_map_place *place)
{
    if (sample->inputs != of->made.count[0] || sample->targets != of->made.count[1])
        return hone_fail(HONE_ERROR_DATA,
                         "the map function gives sample %lld %d inputs and %d targets; the first sample "
                         "had %d and %d",
                         (long long)sample->index, sample->inputs, sample->targets, of->made.count[0],
                         of->made.count[1]);
    for (int kind = 0; kind < 2; kind++)
        for (int i = 0; i < of->made.count[kind]; i++) {
            const hone_array *result = &of->sample[kind][i];
            const hone_array *wanted = &of->made.arrays[kind][i];
            if (!result->data || result->type != HONE_FLOAT32 ||
                !same_shape(wanted, result->rank, result->shape))
                return fail_shape(kind == HONE_COMPONENT_INPUT ? "x" : "y", i, sample->index);
            float *into = row_of(place, kind, i);
            if (result->data != into)
                memmove(into, result->data, (size_t)hone_array_count(wanted) * sizeof(float));
        }
    return HONE_OK;
}

/* ---- batches ---- */

static hone_status make_room(mapping *of, int64_t count)
{
    if (of->input.capacity >= count)
        return HONE_OK;
    hone_internal_staged_free(&of->input);
    return hone_internal_staged_create(of->node.from[0], count, &of->input);
}

static hone_status map_sample(mapping *of, const hone_data_sweep *sweep, int64_t row, int64_t index,
                              const hone_made_batch *batch)
{
    hone_sample sample;
    hone_map_place place = {.of = of, .batch = batch, .row = row};
    HONE_TRY(run_function(of, sweep, row, index, &place, &sample));
    HONE_TRY(keep_results(of, &sample, &place));
    if (of->node.from[0]->kinds[HONE_COMPONENT_WEIGHT].count > 0)
        *hone_internal_made_row(batch, HONE_COMPONENT_WEIGHT, 0, row, 1) = sample.weight;
    return HONE_OK;
}

static hone_status fill_mapped(hone_data_node *node, const hone_data_sweep *sweep, const int64_t *rows,
                               int64_t count, const hone_made_batch *batch)
{
    mapping *of = (mapping *)node;
    pthread_mutex_lock(&of->lock);
    hone_status status = make_room(of, count);
    if (status == HONE_OK)
        status = hone_internal_dataset_fill(node->from[0], sweep, rows, 0, count, &of->input);
    for (int64_t i = 0; i < count && status == HONE_OK; i++)
        status = map_sample(of, sweep, i, rows[i], batch);
    pthread_mutex_unlock(&of->lock);
    return status;
}

static void free_mapping(hone_data_node *node)
{
    mapping *of = (mapping *)node;
    if (of->release)
        of->release(of->context);
    hone_internal_staged_free(&of->input);
    for (int kind = 0; kind < 2; kind++) {
        hone_internal_free(of->made.arrays[kind]);
        hone_internal_free(of->sample[kind]);
    }
    pthread_mutex_destroy(&of->lock);
    hone_internal_free(of);
}

static const hone_data_node_type mapped = {"map", fill_mapped, hone_internal_node_hash, free_mapping, false};

/* ---- making one ---- */

static hone_status outline_of(const hone_sample *sample, mapping *of)
{
    outline *made = &of->made;
    if (sample->inputs < 1 || sample->targets < 0)
        return hone_fail(
            HONE_ERROR_DATA,
            "the map function gives a sample %d inputs and %d targets; expected at least 1 and 0",
            sample->inputs, sample->targets);
    if ((size_t)sample->inputs > of->room[0] || (size_t)sample->targets > of->room[1])
        return hone_fail(
            HONE_ERROR_DATA,
            "the map function gives a sample %d inputs and %d targets, where there is room for %zu and %zu; "
            "hone_sample_room makes more",
            sample->inputs, sample->targets, of->room[0], of->room[1]);
    made->count[0] = sample->inputs;
    made->count[1] = sample->targets;
    for (int kind = 0; kind < 2; kind++) {
        made->arrays[kind] = hone_internal_allocate_zeroed((size_t)made->count[kind], sizeof(hone_array));
        if (!made->arrays[kind])
            return HONE_ERROR_MEMORY;
        for (int i = 0; i < made->count[kind]; i++) {
            made->arrays[kind][i] = of->sample[kind][i];
            if (!made->arrays[kind][i].data || made->arrays[kind][i].type != HONE_FLOAT32)
                return hone_fail(HONE_ERROR_DATA, "the map function leaves %s[%d] without float32 numbers",
                                 kind == HONE_COMPONENT_INPUT ? "x" : "y", i);
        }
    }
    return HONE_OK;
}

/* The first sample shows the shapes. */
static hone_status try_function(mapping *of)
{
    const int64_t first = 0;
    const hone_data_sweep sweep = {0, 0};
    hone_arena arena = {0};
    hone_map_place place = {.of = of, .arena = &arena};
    hone_sample sample;
    hone_status status = make_room(of, 1);
    for (int kind = 0; kind < 2 && status == HONE_OK; kind++) {
        int count = of->node.from[0]->kinds[kind].count;
        status = make_places(of, kind, (size_t)(count > HONE_MAX_COMPONENTS ? count : HONE_MAX_COMPONENTS));
    }
    if (status == HONE_OK)
        status = hone_internal_dataset_fill(of->node.from[0], &sweep, &first, 0, 1, &of->input);
    if (status == HONE_OK)
        status = run_function(of, &sweep, 0, 0, &place, &sample);
    if (status == HONE_OK)
        status = outline_of(&sample, of);
    hone_internal_arena_free(&arena);
    return status;
}

/* The components as the function makes them. */
static hone_status apply_outline(hone_dataset *dataset, const outline *made)
{
    for (int kind = 0; kind < 2; kind++) {
        for (int i = 0; i < made->count[kind]; i++) {
            if (i == dataset->kinds[kind].count && !hone_internal_components_add(dataset, kind))
                return HONE_ERROR_MEMORY;
            component *item = &dataset->kinds[kind].items[i];
            const hone_array *sample = &made->arrays[kind][i];
            item->array =
                (hone_array){.type = HONE_FLOAT32, .rank = sample->rank + 1, .shape = {dataset->count}};
            memcpy(item->array.shape + 1, sample->shape, (size_t)sample->rank * sizeof *sample->shape);
            item->width = (size_t)hone_array_count(sample);
            item->mine = true;
        }
        for (int i = made->count[kind]; i < dataset->kinds[kind].count; i++) {
            hone_internal_free(dataset->kinds[kind].items[i].name);
            hone_internal_free(dataset->kinds[kind].items[i].label);
        }
        dataset->kinds[kind].count = made->count[kind];
    }
    return HONE_OK;
}

static mapping *new_mapping(hone_dataset *dataset, hone_map_function *function, void *context,
                            void (*release)(void *context))
{
    bool good = hone_internal_dataset_check_indexed(dataset, "hone_dataset_map");
    if (good && !function) {
        hone_fail(HONE_ERROR_ARGUMENT, "hone_dataset_map: expected a function, received NULL");
        good = false;
    }
    if (!good)
        hone_dataset_free(dataset);
    mapping *of = good ? (mapping *)hone_internal_node_create(&mapped, sizeof *of, dataset) : NULL;
    if (!of) {
        if (release)
            release(context);
        return NULL;
    }
    of->function = function;
    of->context = context;
    of->release = release;
    pthread_mutex_init(&of->lock, NULL);
    return of;
}

hone_dataset *hone_dataset_map(hone_dataset *dataset, hone_map_function *function, void *context,
                               void (*release)(void *context))
{
    mapping *of = new_mapping(dataset, function, context, release);
    if (!of)
        return NULL;
    hone_status status = hone_internal_dataset_need_single_weights(dataset, "a map function");
    if (status == HONE_OK)
        status = try_function(of);
    hone_dataset *made = hone_internal_dataset_of_node(&of->node, dataset, dataset->count);
    if (made && status == HONE_OK && apply_outline(made, &of->made) == HONE_OK)
        return made;
    hone_dataset_free(made);
    return NULL;
}
