/* Augmentation: layers over the first input of each batch, recorded as for training, run where the batch is
 * made: by the thread that makes batches ahead. What a batch draws is a function of the seed, the epoch and
 * the numbers of its samples, so that it makes no difference which thread runs it, and when. */
#include "base/memory.h"
#include "data/inside.h"
#include "keras/keras.h"
#include "layers/images.h"
#include "plan/plan.h"
#include "train/feed.h"
#include <hone/pipeline.h>

#include <pthread.h>
#include <string.h>

enum { AHEAD = 2 }; /* batches, unless hone_dataset_prefetch says otherwise */
enum { TINY = 2 };  /* a side of the images that show which way layers flip */

typedef struct augmentation {
    hone_data_node node;
    hone_model *flips; /* the first layers over images of 2 x 2 pixels, where they only flip and the images
                          are bytes, which are then turned before they become floats; or NULL */
    hone_model
        *model; /* the others: x to x, or (x, t) to (x, t) where one mixes targets t; NULL: there are none */
    uint64_t settings;    /* a hash of the layers */
    pthread_mutex_t lock; /* over the models */
} augmentation;

/* ---- a batch ---- */

/* The training step that random numbers depend on. */
static uint64_t step_of(const hone_data_sweep *sweep, const int64_t *rows, int64_t count)
{
    uint64_t step =
        hone_internal_hash_number(hone_internal_hash_number(0, (int64_t)sweep->seed), sweep->epoch);
    for (int64_t i = 0; i < count; i++)
        step = hone_internal_hash_number(step, rows[i]);
    return step;
}

static hone_array rows_of(const hone_data_node *node, int kind, int64_t count, const hone_made_batch *batch)
{
    const component *item = &node->from[0]->kinds[kind].items[0];
    hone_array rows = item->array;
    rows.type = HONE_FLOAT32;
    rows.shape[0] = count;
    rows.data = hone_internal_made_row(batch, kind, 0, 0, item->width);
    return rows;
}

static hone_status run_layers(hone_model *model, hone_array *ends, uint64_t step)
{
    hone_batch arrays = {.sample_weight = {.rank = 0}};
    hone_internal_batch_give(&arrays, HONE_COMPONENT_INPUT, (hone_array_span){ends, model->input_count});
    const hone_feed feed = {.batch = &arrays, .count = ends[0].shape[0]};
    hone_pass *pass = hone_internal_model_pass(model, HONE_MODE_DRAW, NULL, feed.count, false, &arrays);
    if (pass == NULL)
        return hone_error_status();
    HONE_TRY(hone_internal_plan_make_room(pass->plan, 1));
    HONE_TRY(hone_internal_feed_copy(model, pass, &feed));
    hone_internal_plan_run(pass->plan, NULL, step);
    for (int i = 0; i < model->output_count; i++)
        memcpy(ends[i].data, hone_internal_plan_address(pass->plan, pass->outputs[i]),
               (size_t)hone_array_count(&ends[i]) * sizeof(float));
    return HONE_OK;
}

/* Which way each image is turned: the first pixel of an image whose pixels are numbered was made from pixel
 * 0, or from 1 with the columns in reverse, 2 with the rows, 3 with both. */
static hone_status draw_flips(augmentation *of, int64_t count, uint64_t step, unsigned char *flips)
{
    enum { PIXELS = TINY * TINY };
    hone_array *tiny = hone_array_create(HONE_FLOAT32, 4, (int64_t[]){count, TINY, TINY, 1});
    if (tiny == NULL)
        return hone_error_status();
    float *pixels = tiny->data;
    for (int64_t i = 0; i < count * PIXELS; i++)
        pixels[i] = (float)(i % PIXELS);
    pthread_mutex_lock(&of->lock);
    hone_status status = run_layers(of->flips, tiny, step);
    pthread_mutex_unlock(&of->lock);
    for (int64_t i = 0; i < count && status == HONE_OK; i++)
        flips[i] = (unsigned char)pixels[i * PIXELS];
    hone_array_free(tiny);
    return status;
}

static hone_status fill_flipped(augmentation *of, const int64_t *rows, int64_t count, uint64_t step,
                                const hone_made_batch *batch)
{
    unsigned char *flips = hone_internal_allocate((size_t)count);
    if (flips == NULL)
        return HONE_ERROR_MEMORY;
    hone_status status = draw_flips(of, count, step, flips);
    if (status == HONE_OK)
        status = hone_internal_dataset_fill_flipped(of->node.from[0], rows, count, flips, batch);
    hone_internal_free(flips);
    return status;
}

static hone_status fill_augmented(hone_data_node *node, const hone_data_sweep *sweep, const int64_t *rows,
                                  int64_t count, const hone_made_batch *batch)
{
    augmentation *of = (augmentation *)node;
    hone_made_batch made = *batch;
    const uint64_t step = step_of(sweep, rows, count);
    HONE_TRY(of->flips != NULL ? fill_flipped(of, rows, count, step, batch)
                               : hone_internal_dataset_fill(node->from[0], sweep, rows, 0, count, &made));
    if (of->model == NULL)
        return HONE_OK;
    hone_array ends[2] = {rows_of(node, HONE_COMPONENT_INPUT, count, batch)};
    if (of->model->input_count > 1)
        ends[1] = rows_of(node, HONE_COMPONENT_TARGET, count, batch);
    pthread_mutex_lock(&of->lock);
    hone_status status = run_layers(of->model, ends, step);
    pthread_mutex_unlock(&of->lock);
    return status;
}

static uint64_t hash_augmented(const hone_data_node *node, uint64_t start, hone_status *status)
{
    return hone_internal_hash_number(hone_internal_node_hash(node, start, status),
                                     (int64_t)((const augmentation *)node)->settings);
}

static void free_augmentation(hone_data_node *node)
{
    augmentation *of = (augmentation *)node;
    hone_model_free(of->flips);
    hone_model_free(of->model);
    pthread_mutex_destroy(&of->lock);
    hone_internal_free(of);
}

static const hone_data_node_type augmented = {"augment", fill_augmented, hash_augmented, free_augmentation,
                                              false};

/* ---- the layers as a model ---- */

static hone_status hash_layer(const hone_layer *layer, uint64_t *hash)
{
    hone_config *config = hone_internal_layer_to_config(layer);
    char *text = config == NULL ? NULL : hone_internal_config_to_json(config, false);
    hone_internal_config_free(config);
    if (text == NULL)
        return hone_error_status();
    for (const char *letter = text; *letter != 0; letter++)
        *hash = hone_internal_hash_number(*hash, *letter);
    hone_internal_free(text);
    return HONE_OK;
}

/* An input for samples of a component. Images without an axis of channels have one here. */
static hone_tensor *input_of(const component *item, bool image)
{
    hone_input_args args;
    if (hone_args_default("input", &args, sizeof args) < 0)
        return NULL;
    int rank = item->array.rank - 1;
    for (int axis = 0; axis < rank; axis++)
        args.shape[axis] = item->array.shape[axis + 1];
    if (image && rank == 2)
        args.shape[rank++] = 1;
    return hone_tensor_input(hone_input_with(&args));
}

/* Also a pipeline that holds such a layer. */
static bool mixes(const hone_layer *layer)
{
    const hone_layer_type *type = hone_layer_get_type(layer);
    bool found = type == &hone_internal_mix_up_layer || type == &hone_internal_cut_mix_layer;
    const hone_layer *within;
    for (int i = 0; !found && (within = hone_internal_layer_within(layer, i, NULL)) != NULL; i++)
        found = mixes(within);
    return found;
}

static hone_status check_targets(const hone_dataset *from, const hone_layer *layer)
{
    const components *targets = &from->kinds[HONE_COMPONENT_TARGET];
    if (targets->count > 0 && targets->items[0].array.rank == 2 && targets->items[0].width > 1)
        return HONE_OK;
    return hone_fail(
        HONE_ERROR_DATA,
        "%s mixes targets, which need a share for each class (one-hot), as "
        "categorical_crossentropy takes them (targets: one_hot in a recipe, hone_dataset_one_hot); these data have %s",
        hone_internal_layer_label(layer), targets->count > 0 ? "class numbers" : "no targets");
}

/* One layer after the other, each on the images, and where it mixes samples on their targets too. */
static hone_status apply_layers(hone_layer *const *layers, hone_tensor *ends[2])
{
    for (size_t i = 0; layers[i] != hone_layers_end; i++) {
        hone_tensor *const inputs[] = {ends[0], mixes(layers[i]) ? ends[1] : hone_tensors_end,
                                       hone_tensors_end};
        hone_tensor *x = hone_apply_with(hone_layer_retain(layers[i]), inputs, NULL);
        if (x == NULL)
            return hone_error_status();
        ends[0] = x;
        if (inputs[1] != hone_tensors_end)
            ends[1] = hone_tensor_output(x, 1);
    }
    return HONE_OK;
}

static hone_model *connect_layers(hone_layer *const *layers, hone_tensor *const *starts, int count)
{
    hone_tensor *ends[2] = {starts[0], starts[1]};
    if (apply_layers(layers, ends) < 0) {
        for (int i = 0; i < count; i++)
            hone_tensor_free(starts[i]);
        return NULL;
    }
    return hone_functional_with(&(hone_functional_args){.base = {sizeof(hone_functional_args), NULL},
                                                        .inputs = {starts[0], starts[1]},
                                                        .outputs = {ends[0], ends[1]},
                                                        .input_count = count,
                                                        .output_count = count});
}

static hone_status check_layers(const hone_dataset *from, hone_layer *const *layers, bool *mixed)
{
    *mixed = false;
    for (size_t i = 0; layers[i] != hone_layers_end; i++) {
        if (!mixes(layers[i]))
            continue;
        *mixed = true;
        HONE_TRY(check_targets(from, layers[i]));
    }
    return layers[0] != hone_layers_end ? HONE_OK
                                        : hone_fail(HONE_ERROR_ARGUMENT, "expected at least one layer");
}

/* Layers with weights would not learn; other shapes would not be those of the validation data. */
static hone_status check_model(const hone_model *model)
{
    if (hone_model_weight_count(model) > 0)
        return hone_fail(HONE_ERROR_ARGUMENT,
                         "layers with weights belong in the model, where they are trained: %s",
                         hone_variable_path(hone_model_weight(model, 0)));
    hone_shape before = model->inputs[0]->shape, after = model->outputs[0]->shape;
    if (hone_internal_shape_equal(before, after))
        return HONE_OK;
    char given[128], made[128];
    hone_internal_shape_to_text(before, given, sizeof given);
    hone_internal_shape_to_text(after, made, sizeof made);
    return hone_fail(
        HONE_ERROR_SHAPE,
        "the layers make %s of samples of shape %s; layers that change the shape belong in the model, "
        "which validation and test data go through too",
        made, given);
}

/* How many of the first layers only flip images that can be turned as bytes. */
static size_t flips_of_bytes(const hone_dataset *from, hone_layer *const *layers)
{
    size_t count = 0;
    while (hone_internal_dataset_holds_bytes(from) && layers[count] != hone_layers_end &&
           hone_internal_layer_flips(layers[count]))
        count++;
    return count;
}

/* The first `count` layers over tiny images. */
static hone_model *make_flips(hone_layer *const *layers, size_t count)
{
    hone_tensor *start = hone_input_tensor(TINY, TINY, 1), *x = start;
    for (size_t i = 0; i < count && x != NULL; i++)
        x = hone_apply_with(hone_layer_retain(layers[i]), (hone_tensor *const[]){x, hone_tensors_end}, NULL);
    if (x != NULL)
        return hone_functional((start), (x));
    hone_tensor_free(start);
    return NULL;
}

static hone_model *make_model(const hone_dataset *from, hone_layer *const *layers)
{
    bool mixed;
    if (check_layers(from, layers, &mixed) < 0)
        return NULL;
    hone_tensor *starts[2] = {input_of(&from->kinds[HONE_COMPONENT_INPUT].items[0], true), NULL};
    if (mixed && starts[0] != NULL)
        starts[1] = input_of(&from->kinds[HONE_COMPONENT_TARGET].items[0], false);
    if (starts[0] == NULL || (mixed && starts[1] == NULL)) {
        hone_tensor_free(starts[0]);
        return NULL;
    }
    hone_model *model = connect_layers(layers, starts, mixed ? 2 : 1);
    if (model == NULL || check_model(model) >= 0)
        return model;
    hone_model_free(model);
    return NULL;
}

/* Flips in front are taken out of the model of all layers, which have their names from it, and so their
 * draws. */
static hone_status take_flips(const hone_dataset *from, hone_layer *const *layers, hone_model **model,
                              hone_model **flips)
{
    const size_t count = flips_of_bytes(from, layers);
    if (count == 0)
        return HONE_OK;
    *flips = make_flips(layers, count);
    if (*flips == NULL)
        return hone_error_status();
    hone_model_free(*model);
    *model = layers[count] == hone_layers_end ? NULL : make_model(from, layers + count);
    return *model == NULL && layers[count] != hone_layers_end ? hone_error_status() : HONE_OK;
}

static hone_status make_models(const hone_dataset *from, hone_layer *const *layers, hone_model **model,
                               hone_model **flips, uint64_t *settings)
{
    *flips = NULL;
    *model = make_model(from, layers);
    *settings = 0;
    if (*model == NULL)
        return hone_error_status();
    for (size_t i = 0; layers[i] != hone_layers_end; i++)
        HONE_TRY(hash_layer(layers[i], settings));
    return take_flips(from, layers, model, flips);
}

/* ---- the data set ---- */

static bool check(const hone_dataset *dataset, hone_layer *const *layers)
{
    for (size_t i = 0; layers[i] != hone_layers_end; i++)
        if (layers[i] == NULL) {
            hone_internal_fail_null("a layer");
            return false;
        }
    return hone_internal_dataset_check_indexed(dataset, "hone_dataset_augment");
}

/* Takes over the data set, also on failure. */
static augmentation *new_augmentation(hone_dataset *dataset, hone_layer *const *layers)
{
    hone_model *model, *flips;
    uint64_t settings;
    const bool good = make_models(dataset, layers, &model, &flips, &settings) >= 0;
    augmentation *of = NULL;
    if (good)
        of = (augmentation *)hone_internal_node_create(&augmented, sizeof *of, dataset);
    else
        hone_dataset_free(dataset);
    if (of == NULL) {
        hone_model_free(model);
        hone_model_free(flips);
        return NULL;
    }
    of->model = model;
    of->flips = flips;
    of->settings = settings;
    pthread_mutex_init(&of->lock, NULL);
    return of;
}

hone_dataset *hone_dataset_augment_with(const char *site, hone_dataset *dataset, hone_layer *const *layers)
{
    augmentation *of = NULL;
    hone_internal_error_push(site, "augment");
    if (check(dataset, layers))
        of = new_augmentation(dataset, layers);
    else
        hone_dataset_free(dataset);
    for (size_t i = 0; layers[i] != hone_layers_end; i++)
        hone_layer_free(layers[i]);
    hone_dataset *made =
        of == NULL ? NULL : hone_internal_dataset_of_node(&of->node, dataset, dataset->count);
    hone_internal_error_pop();
    if (made != NULL && made->prefetch < 0)
        made->prefetch = AHEAD;
    return made;
}
