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
    hone_array arrays[2][HONE_MAX_COMPONENTS];
} outline;

typedef struct mapping {
    hone_data_node node;
    hone_map_function *function;
    void *context;
    void (*release)(void *context);
    pthread_mutex_t lock;  /* over the function and `input` */
    hone_made_batch input; /* samples of the data set behind it */
    outline made;
} mapping;

/* Where a sample's new components go: to their places in a batch, or, for the first sample of all, to memory
 * of their own, since the shapes are not known yet. */
typedef struct hone_map_place {
    const outline *made; /* NULL: not known */
    hone_arena *arena;
    float *rows[2][HONE_MAX_COMPONENTS];
    bool failed; /* a reshape did, whether the function looked or not */
} hone_map_place;

/* ---- shapes ---- */

static bool same_shape(const hone_array *a, int rank, const int64_t *shape)
{
    return a->rank == rank && (rank == 0 || memcmp(a->shape, shape, (size_t)rank * sizeof *shape) == 0);
}

static bool find_place(const hone_sample *sample, const hone_array *array, int *kind, int *index)
{
    for (int i = 0; i < HONE_MAX_COMPONENTS; i++)
        for (int k = 0; k < 2; k++)
            if (array == (k == HONE_COMPONENT_INPUT ? &sample->x[i] : &sample->y[i])) {
                *kind = k;
                *index = i;
                return true;
            }
    return false;
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
    size_t bytes = (size_t)hone_array_count(wanted) * sizeof(float);
    if (!place->made)
        return hone_internal_arena_allocate(place->arena, bytes);
    if (index >= place->made->count[kind] ||
        !same_shape(&place->made->arrays[kind][index], wanted->rank, wanted->shape)) {
        fail_shape(kind == HONE_COMPONENT_INPUT ? "x" : "y", index, sample->index);
        return NULL;
    }
    return memset(place->rows[kind][index], 0, bytes);
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

static uint64_t draw(const hone_data_pass *pass, int64_t index)
{
    hone_random random = hone_internal_random(pass->seed, hone_internal_random_stream("map", 0, "sample"),
                                              (uint64_t)pass->epoch);
    return (uint64_t)hone_internal_random_word(&random, 2 * (uint64_t)index) << 32 |
           hone_internal_random_word(&random, 2 * (uint64_t)index + 1);
}

/* Sample number `row` of `input`, which has the number `index` in the data set. */
static hone_status run_function(mapping *of, const hone_data_pass *pass, int64_t row, int64_t index,
                                hone_map_place *place, hone_sample *sample)
{
    const hone_dataset *from = of->node.from[0];
    *sample = (hone_sample){.index = index,
                            .epoch = pass->epoch,
                            .random = draw(pass, index),
                            .inputs = from->kinds[HONE_COMPONENT_INPUT].count,
                            .targets = from->kinds[HONE_COMPONENT_TARGET].count,
                            .weight = 1,
                            .place = place};
    for (int i = 0; i < HONE_MAX_COMPONENTS; i++)
        for (int kind = 0; kind < 2; kind++) {
            const component *item = &from->kinds[kind].items[i];
            if (i < from->kinds[kind].count)
                *(kind == HONE_COMPONENT_INPUT ? &sample->x[i] : &sample->y[i]) =
                    sample_of(item, of->input.data[kind][i] + (size_t)row * item->width);
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
            const hone_array *result = kind == HONE_COMPONENT_INPUT ? &sample->x[i] : &sample->y[i];
            const hone_array *wanted = &of->made.arrays[kind][i];
            if (!result->data || result->type != HONE_FLOAT32 ||
                !same_shape(wanted, result->rank, result->shape))
                return fail_shape(kind == HONE_COMPONENT_INPUT ? "x" : "y", i, sample->index);
            if (result->data != place->rows[kind][i])
                memmove(place->rows[kind][i], result->data, (size_t)hone_array_count(wanted) * sizeof(float));
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

static hone_status map_sample(mapping *of, const hone_data_pass *pass, int64_t row, int64_t index,
                              const hone_made_batch *batch)
{
    hone_sample sample;
    hone_map_place place = {.made = &of->made};
    for (int kind = 0; kind < 2; kind++)
        for (int i = 0; i < of->made.count[kind]; i++)
            place.rows[kind][i] =
                batch->data[kind][i] + (size_t)row * (size_t)hone_array_count(&of->made.arrays[kind][i]);
    HONE_TRY(run_function(of, pass, row, index, &place, &sample));
    HONE_TRY(keep_results(of, &sample, &place));
    if (of->node.from[0]->kinds[HONE_COMPONENT_WEIGHT].count > 0)
        batch->data[HONE_COMPONENT_WEIGHT][0][row] = sample.weight;
    return HONE_OK;
}

static hone_status fill_mapped(hone_data_node *node, const hone_data_pass *pass, const int64_t *rows,
                               int64_t count, const hone_made_batch *batch)
{
    mapping *of = (mapping *)node;
    pthread_mutex_lock(&of->lock);
    hone_status status = make_room(of, count);
    if (status == HONE_OK)
        status = hone_internal_dataset_fill(node->from[0], pass, rows, 0, count, &of->input);
    for (int64_t i = 0; i < count && status == HONE_OK; i++)
        status = map_sample(of, pass, i, rows[i], batch);
    pthread_mutex_unlock(&of->lock);
    return status;
}

static void free_mapping(hone_data_node *node)
{
    mapping *of = (mapping *)node;
    if (of->release)
        of->release(of->context);
    hone_internal_staged_free(&of->input);
    pthread_mutex_destroy(&of->lock);
    hone_internal_free(of);
}

static const hone_data_node_type mapped = {"map", fill_mapped, hone_internal_node_hash, free_mapping, false};

/* ---- making one ---- */

static hone_status outline_of(const hone_sample *sample, outline *made)
{
    if (sample->inputs < 1 || sample->inputs > HONE_MAX_COMPONENTS || sample->targets < 0 ||
        sample->targets > HONE_MAX_COMPONENTS)
        return hone_fail(HONE_ERROR_DATA,
                         "the map function gives a sample %d inputs and %d targets; expected 1 to %d "
                         "and at most %d",
                         sample->inputs, sample->targets, HONE_MAX_COMPONENTS, HONE_MAX_COMPONENTS);
    *made = (outline){.count = {sample->inputs, sample->targets}};
    for (int kind = 0; kind < 2; kind++)
        for (int i = 0; i < made->count[kind]; i++) {
            made->arrays[kind][i] = kind == HONE_COMPONENT_INPUT ? sample->x[i] : sample->y[i];
            if (!made->arrays[kind][i].data || made->arrays[kind][i].type != HONE_FLOAT32)
                return hone_fail(HONE_ERROR_DATA, "the map function leaves %s[%d] without float32 numbers",
                                 kind == HONE_COMPONENT_INPUT ? "x" : "y", i);
        }
    return HONE_OK;
}

/* The first sample shows the shapes. */
static hone_status try_function(mapping *of)
{
    const int64_t first = 0;
    const hone_data_pass pass = {0, 0};
    hone_arena arena = {0};
    hone_map_place place = {.arena = &arena};
    hone_sample sample;
    hone_status status = make_room(of, 1);
    if (status == HONE_OK)
        status = hone_internal_dataset_fill(of->node.from[0], &pass, &first, 0, 1, &of->input);
    if (status == HONE_OK)
        status = run_function(of, &pass, 0, 0, &place, &sample);
    if (status == HONE_OK)
        status = outline_of(&sample, &of->made);
    hone_internal_arena_free(&arena);
    return status;
}

/* The components as the function makes them. */
static void apply_outline(hone_dataset *dataset, const outline *made)
{
    for (int kind = 0; kind < 2; kind++) {
        for (int i = 0; i < made->count[kind]; i++) {
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
            dataset->kinds[kind].items[i] = (component){.width = 0};
        }
        dataset->kinds[kind].count = made->count[kind];
    }
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
    hone_status status = try_function(of);
    hone_dataset *made = hone_internal_dataset_of_node(&of->node, dataset, dataset->count);
    if (made && status == HONE_OK) {
        apply_outline(made, &of->made);
        return made;
    }
    hone_dataset_free(made);
    return NULL;
}
