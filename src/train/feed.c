/* Copying a batch into a pass. */
#include "train/feed.h"
#include "base/memory.h"
#include "base/text.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

bool hone_internal_feed_weighted(const hone_feed *feed)
{
    if (feed->class_weight.items != NULL)
        return true;
    return feed->batch != NULL ? feed->batch->sample_weight.data != NULL
                               : hone_internal_dataset_weights(feed->data) != NULL;
}

static int64_t row_size(hone_shape shape)
{
    int64_t count = 1;
    for (int axis = 1; axis < shape.rank; axis++)
        count *= shape.size[axis];
    return count;
}

int64_t hone_internal_feed_row_size(const hone_pass *pass, hone_value value)
{
    return row_size(hone_internal_graph_value(pass->plan->graph, value)->shape);
}

int64_t hone_internal_feed_row_number(const hone_feed *feed, int64_t i)
{
    return feed->rows != NULL ? feed->rows[i] : feed->begin + i;
}

static int64_t component_row(const hone_dataset *data, int kind, int index)
{
    const hone_array *array = kind == HONE_COMPONENT_INPUT    ? hone_dataset_input(data, index)
                              : kind == HONE_COMPONENT_TARGET ? hone_dataset_target(data, index)
                                                              : hone_internal_dataset_weights(data);
    int64_t count = 1;
    for (int axis = 1; array != NULL && axis < array->rank; axis++)
        count *= array->shape[axis];
    return count;
}

/* `rows` rows from `first` on; ids as codes. */
static void copy_array(const hone_array *array, int64_t first, int64_t rows, bool coded, float *target)
{
    const int64_t all = hone_array_count(array), row = all > 0 ? all / array->shape[0] : 0,
                  before = first * row, count = before + rows * row > all ? all - before : rows * row;
    if (array->type == HONE_FLOAT32 && !coded) {
        memcpy(target, (const float *)array->data + before, (size_t)count * sizeof *target);
        return;
    }
    for (int64_t i = 0; i < count; i++)
        target[i] = coded ? hone_internal_id_code_number(hone_array_number(array, before + i))
                          : (float)hone_array_number(array, before + i);
}

/* Rows of one component, copied in tiles; the set is in memory, where nothing fails. */
typedef struct gathering {
    const hone_feed *feed;
    int kind, index;
    int64_t row, rows; /* numbers in a row, rows of a tile */
    float *target;
} gathering;

enum { GATHERED_TOGETHER = 64 * 1024, GATHERED_TILE = 16 * 1024 }; /* numbers */

static void gather_tile(void *context, int64_t tile, int thread)
{
    const gathering *work = context;
    const hone_feed *feed = work->feed;
    int64_t begin = tile * work->rows,
            count = feed->count - begin < work->rows ? feed->count - begin : work->rows;
    (void)thread;
    hone_internal_dataset_gather(feed->data, work->kind, work->index,
                                 feed->rows == NULL ? NULL : feed->rows + begin, feed->begin + begin, count,
                                 work->target + begin * work->row);
}

static hone_status gather(const hone_feed *feed, int kind, int index, float *target)
{
    int64_t row = component_row(feed->data, kind, index);
    if (feed->team == NULL || feed->count * row < GATHERED_TOGETHER ||
        !hone_internal_dataset_in_memory(feed->data))
        return hone_internal_dataset_gather(feed->data, kind, index, feed->rows, feed->begin, feed->count,
                                            target);
    gathering work = {feed, kind, index, row, GATHERED_TILE / row + 1, target};
    hone_internal_team_run(feed->team, gather_tile, &work, (feed->count + work.rows - 1) / work.rows);
    return HONE_OK;
}

/* `coded`: numbers of a batch become codes of ids; those of a data set are (hone_internal_prepare_data). */
static hone_status copy_component(const hone_feed *feed, int kind, int index, bool coded, float *target)
{
    if (feed->staged != NULL) {
        size_t row = (size_t)component_row(feed->data, kind, index);
        memcpy(target, feed->staged->data[kind][index] + (size_t)feed->first * row,
               (size_t)feed->count * row * sizeof *target);
        return HONE_OK;
    }
    if (feed->batch == NULL)
        return gather(feed, kind, index, target);
    copy_array(hone_internal_feed_array(feed->batch, kind, index), feed->first, feed->count, coded, target);
    return HONE_OK;
}

static const char *target_label(const hone_feed *feed, int index)
{
    return feed->batch != NULL ? "y" : hone_internal_dataset_label(feed->data, HONE_COMPONENT_TARGET, index);
}

/* Targets of cross-entropies are 0, 1 or between. */
static hone_status check_shares(const hone_model *model, const hone_pass *pass, const hone_feed *feed,
                                int output, int index, const float *targets)
{
    const hone_loss *loss = hone_internal_model_loss(model, output);
    if (loss == NULL || !loss->type->shares)
        return HONE_OK;
    int64_t width = row_size(hone_internal_graph_value(pass->plan->graph, pass->targets[output])->shape);
    for (int64_t i = 0; i < feed->count * width; i++)
        if (targets[i] < 0 || targets[i] > 1)
            return hone_fail(HONE_ERROR_DATA,
                             "%s: the target %g in row %" PRId64 " is not between 0 and 1, as %s needs%s",
                             target_label(feed, index), (double)targets[i],
                             hone_internal_feed_row_number(feed, i / width), loss->type->type.name,
                             targets[i] == 2    ? " (are the classes 1 and 2? they must be 0 and 1)"
                             : targets[i] == -1 ? " (are the classes -1 and 1? they must be 0 and 1)"
                                                : "");
    return HONE_OK;
}

/* Class ids must be whole numbers below the number of classes. */
static hone_status check_classes(const hone_pass *pass, const hone_feed *feed, int output, int index,
                                 const float *ids)
{
    const hone_graph_value *value = hone_internal_graph_value(pass->plan->graph, pass->targets[output]);
    if (value->classes <= 0)
        return HONE_OK;
    int64_t width = row_size(value->shape);
    for (int64_t i = 0; i < feed->count * width; i++)
        if (!(ids[i] >= 0 && ids[i] < most_classes(value->classes) && ids[i] == floorf(ids[i])))
            return hone_fail(
                HONE_ERROR_DATA,
                "%s: the label %.9g in row %" PRId64 " is not a class id from 0 to %" PRId64 "%s",
                target_label(feed, index), (double)ids[i], hone_internal_feed_row_number(feed, i / width),
                (int64_t)most_classes(value->classes) - 1,
                ids[i] == (float)value->classes ? " (ids begin at 0: are these from 1?)" : "");
    return HONE_OK;
}

static bool is_coded(const hone_pass *pass, const hone_feed *feed, int input, int index)
{
    return pass->ids.inputs != NULL && pass->ids.inputs[input] &&
           (feed->batch != NULL || hone_internal_dataset_coded(feed->data, index));
}

/* Where numbers that are no ids come from: the data, or a layer over texts in front of the network. */
static void name_source(const hone_model *model, const hone_feed *feed, int input, int index, hone_text *text)
{
    if (hone_internal_model_fed_input(model, input) < 0)
        hone_internal_text_format(text, "what the layer \"%s\" gives",
                                  hone_internal_model_fed_name(model, input));
    else
        hone_internal_text_append(
            text,
            feed->batch != NULL ? "x" : hone_internal_dataset_label(feed->data, HONE_COMPONENT_INPUT, index));
}

/* Why a table of more rows does not know the id. */
static void add_reason(const hone_pass *pass, int64_t known, hone_text *text)
{
    if (known == HONE_MOST_IDS) {
        hone_internal_text_append(text, "; no table takes more");
        return;
    }
    hone_internal_text_append(
        text, "; floats tell no more apart, and larger ones reach a table as integers only where ");
    if (pass->ids.reader != NULL)
        hone_internal_text_format(text, "nothing else computes with them, as the layer \"%s\" does",
                                  pass->ids.reader);
    else
        hone_internal_text_append(text, "the data are arrays or files, not a pipeline");
}

static hone_status fail_id(const hone_model *model, const hone_pass *pass, const hone_feed *feed, int input,
                           int index, double id, int64_t known, int64_t row)
{
    const hone_graph_value *value = hone_internal_graph_value(pass->plan->graph, pass->inputs[input]);
    hone_text text = {0};
    name_source(model, feed, input, index, &text);
    hone_internal_text_format(&text, ": %.12g in row %" PRId64 " is not an id from 0 to %" PRId64 ", as ", id,
                              row, known - 1);
    if (value->label != NULL && value->label[0] != '\0')
        hone_internal_text_format(&text, "the layer \"%s\" needs", value->label);
    else
        hone_internal_text_append(&text, "an embedding needs");
    if (known < value->classes && id >= (double)known)
        add_reason(pass, known, &text);
    hone_status status = text.failed ? HONE_ERROR_MEMORY : hone_fail(HONE_ERROR_DATA, "%s", text.data);
    hone_internal_text_free(&text);
    return status;
}

/* Ids of an embedding; fractions are cut off, as Keras does. */
static hone_status check_ids(const hone_model *model, const hone_pass *pass, const hone_feed *feed, int input,
                             int index, const float *ids)
{
    const hone_graph_value *value = hone_internal_graph_value(pass->plan->graph, pass->inputs[input]);
    if (value->classes <= 0)
        return HONE_OK;
    const bool coded = is_coded(pass, feed, input, index);
    const int64_t width = row_size(value->shape), most = coded ? HONE_MOST_IDS : HONE_PLAIN_IDS,
                  known = value->classes < most ? value->classes : most;
    for (int64_t i = 0; i < feed->count * width; i++) {
        const double id = coded ? hone_internal_id_number(ids[i]) : (double)ids[i];
        if (!(id > -1 && id < (double)known))
            return fail_id(model, pass, feed, input, index, id, known,
                           hone_internal_feed_row_number(feed, i / width));
    }
    return HONE_OK;
}

/* The class of a target: the largest of a row, or the number itself. Classes without a weight have 1. */
static void weigh_classes(const hone_pass *pass, const hone_feed *feed, int output, const float *targets,
                          float *weights)
{
    int64_t width = row_size(hone_internal_graph_value(pass->plan->graph, pass->targets[output])->shape);
    for (int64_t i = 0; i < feed->count; i++) {
        int64_t class_id = width > 1 ? 0 : (int64_t)lroundf(targets[i]);
        for (int64_t j = 1; width > 1 && j < width; j++)
            if (targets[i * width + j] > targets[i * width + class_id])
                class_id = j;
        bool given = class_id >= 0 && (size_t)class_id < feed->class_weight.count;
        weights[i] = given ? (float)feed->class_weight.items[class_id] : 1;
    }
}

static hone_status copy_all(const hone_model *model, hone_pass *pass, const hone_feed *feed)
{
    for (int i = 0; i < model->fed_count; i++) {
        int index = hone_internal_feed_input(model, feed->batch != NULL ? NULL : feed->data, i);
        float *target = hone_internal_plan_address(pass->plan, pass->inputs[i]);
        if (target == NULL)
            continue;
        HONE_TRY(copy_component(feed, HONE_COMPONENT_INPUT, index, is_coded(pass, feed, i, index), target));
        HONE_TRY(check_ids(model, pass, feed, i, index, target));
    }
    if (!hone_internal_mode_has_targets(pass->mode))
        return HONE_OK;
    float *weights = hone_internal_plan_address(pass->plan, pass->weight);
    for (int i = 0; i < model->output_count; i++) {
        float *target = hone_internal_plan_address(pass->plan, pass->targets[i]);
        if (pass->targets[i] < 0 || target == NULL)
            continue;
        int index = hone_internal_feed_target(model, feed->data, feed->batch, i);
        HONE_TRY(copy_component(feed, HONE_COMPONENT_TARGET, index, false, target));
        HONE_TRY(check_classes(pass, feed, i, index, target));
        HONE_TRY(check_shares(model, pass, feed, i, index, target));
        if (weights != NULL && feed->class_weight.items != NULL && hone_internal_model_loss(model, i) != NULL)
            weigh_classes(pass, feed, i, target, weights);
    }
    if (weights != NULL && feed->class_weight.items == NULL)
        return copy_component(feed, HONE_COMPONENT_WEIGHT, 0, false, weights);
    return HONE_OK;
}

/* Data sets whose samples are not just numbers in memory are filled for all components at once. */
static hone_status copy_filled(const hone_model *model, hone_pass *pass, const hone_feed *feed)
{
    hone_made_batch staged;
    hone_feed filled = *feed;
    hone_data_sweep sweep = {.seed = model->seed, .epoch = 0};
    hone_status status = hone_internal_staged_create(feed->data, feed->count, &staged);
    if (status >= 0)
        status =
            hone_internal_dataset_fill(feed->data, &sweep, feed->rows, feed->begin, feed->count, &staged);
    filled.staged = &staged;
    if (status >= 0)
        status = copy_all(model, pass, &filled);
    hone_internal_staged_free(&staged);
    return status;
}

hone_status hone_internal_feed_copy(const hone_model *model, hone_pass *pass, const hone_feed *feed)
{
    bool ready = feed->batch != NULL || feed->staged != NULL || hone_internal_dataset_in_memory(feed->data);
    return ready ? copy_all(model, pass, feed) : copy_filled(model, pass, feed);
}

/* The first number that is not finite among `count` rows, as a row, or -1. */
static int64_t find_bad_row(const float *numbers, int64_t rows, int64_t width)
{
    for (int64_t i = 0; i < rows * width; i++)
        if (!isfinite(numbers[i]))
            return i / width;
    return -1;
}

/* Which of the data is an input or target of the model. */
static int index_of(const hone_model *model, const hone_feed *feed, int kind, int place)
{
    const hone_dataset *data = feed->batch != NULL ? NULL : feed->data;
    return kind == HONE_COMPONENT_INPUT ? hone_internal_feed_input(model, data, place)
                                        : hone_internal_feed_target(model, data, feed->batch, place);
}

hone_status hone_internal_feed_read(const hone_model *model, const hone_feed *feed, int kind, int place,
                                    float *numbers)
{
    return copy_component(feed, kind, index_of(model, feed, kind, place), false, numbers);
}

/* What messages call an input or target. */
static const char *label_of(const hone_model *model, const hone_feed *feed, int kind, int place)
{
    if (feed->batch != NULL)
        return kind == HONE_COMPONENT_INPUT ? "x" : "y";
    return hone_internal_dataset_label(feed->data, kind, index_of(model, feed, kind, place));
}

/* What is not finite in the numbers of one input or target. The pass's copies may have been overwritten in
 * the run: the data are looked at again. */
static bool find_not_finite(const hone_model *model, const hone_pass *pass, const hone_feed *feed, int kind,
                            int place, char *text, size_t size)
{
    const hone_value value = kind == HONE_COMPONENT_INPUT ? pass->inputs[place] : pass->targets[place];
    if (value < 0)
        return false;
    const int64_t width = hone_internal_feed_row_size(pass, value);
    float *copy = hone_internal_allocate(sizeof *copy * (size_t)(feed->count * width + 1));
    const int64_t row = copy == NULL || hone_internal_feed_read(model, feed, kind, place, copy) < 0
                            ? -1
                            : find_bad_row(copy, feed->count, width);
    hone_internal_free(copy);
    if (row >= 0)
        snprintf(text, size, "row %" PRId64 " of %s contains a number that is not finite",
                 hone_internal_feed_row_number(feed, row), label_of(model, feed, kind, place));
    return row >= 0;
}

/* A row of which a mask leaves nothing: the mean over no step is not a number. */
static bool find_hidden(const hone_model *model, const hone_pass *pass, const hone_feed *feed, int input,
                        char *text, size_t size)
{
    hone_hidden_rows hidden = {.count = 0};
    if (hone_internal_feed_hidden(model, pass, feed, input, &hidden) < 0 || hidden.count == 0)
        return false;
    snprintf(text, size, "row %" PRId64 " of %s is padding alone, of which the mask of \"%s\" leaves nothing",
             hidden.first, label_of(model, feed, HONE_COMPONENT_INPUT, input), hidden.layer);
    return true;
}

bool hone_internal_feed_find_nan(const hone_model *model, const hone_pass *pass, const hone_feed *feed,
                                 char *text, size_t size)
{
    for (int i = 0; i < model->fed_count; i++)
        if (find_not_finite(model, pass, feed, HONE_COMPONENT_INPUT, i, text, size))
            return true;
    for (int i = 0; i < model->output_count; i++)
        if (find_not_finite(model, pass, feed, HONE_COMPONENT_TARGET, i, text, size))
            return true;
    for (int i = 0; i < model->fed_count; i++)
        if (find_hidden(model, pass, feed, i, text, size))
            return true;
    return false;
}
