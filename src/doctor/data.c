/* Facts about the data, without a step: numbers that are not finite, scale, labels, what training and
 * validation share. */
#include "doctor/doctor.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_CLASSES = 1000 };

/* ---- numbers ---- */

/* One component in pieces; the first number that is not finite, and how many samples have one. */
static hone_status look_for_bad(hone_examination *examination, const hone_dataset *data, int kind, int index,
                                const char *part)
{
    enum { PIECE = 1 << 20 };
    hone_doctor_facts *facts = &examination->diagnosis->facts;
    const hone_array *array =
        kind == HONE_COMPONENT_INPUT ? hone_dataset_input(data, index) : hone_dataset_target(data, index);
    int64_t count = hone_dataset_count(data), width = 1;
    if (array->type != HONE_FLOAT32 && array->type != HONE_FLOAT64)
        return HONE_OK;
    for (int axis = 1; axis < array->rank; axis++)
        width *= array->shape[axis];
    int64_t rows = PIECE / (width > 0 ? width : 1) + 1;
    float *numbers = hone_internal_allocate((size_t)(rows * width + 1) * sizeof *numbers);
    hone_status status = numbers == NULL ? HONE_ERROR_MEMORY : HONE_OK;
    for (int64_t begin = 0; begin < count && status >= 0; begin += rows) {
        int64_t here = begin + rows < count ? rows : count - begin;
        status = hone_internal_dataset_gather(data, kind, index, NULL, begin, here, numbers);
        for (int64_t i = 0; i < here && status >= 0; i++) {
            int64_t column = 0;
            while (column < width && isfinite(numbers[i * width + column]))
                column++;
            if (column == width)
                continue;
            if (facts->bad_part == NULL) {
                facts->bad_part = part;
                facts->bad_row = begin + i;
                facts->bad_column = column;
                facts->bad_label = hone_internal_examination_text(
                    examination, hone_internal_dataset_label(data, kind, index));
            }
            facts->bad_rows++;
        }
    }
    hone_internal_free(numbers);
    return status;
}

static hone_status look_at_all(hone_examination *examination, const hone_dataset *data,
                               const char *const *parts)
{
    if (data == NULL || !hone_internal_dataset_in_memory(data))
        return HONE_OK;
    for (int i = 0; i < hone_dataset_input_count(data); i++)
        HONE_TRY(look_for_bad(examination, data, HONE_COMPONENT_INPUT, i, parts[0]));
    for (int i = 0; i < hone_dataset_target_count(data); i++)
        HONE_TRY(look_for_bad(examination, data, HONE_COMPONENT_TARGET, i, parts[1]));
    return HONE_OK;
}

/* Columns whose numbers are those of the first sample in all of them; goes on only with those that may be. */
static int64_t count_constant(const hone_examined *sample)
{
    int64_t *left = hone_internal_try_allocate((size_t)(sample->x_width + 1) * sizeof *left);
    int64_t count = left == NULL ? 0 : sample->x_width;
    for (int64_t c = 0; c < count; c++)
        left[c] = c;
    for (int64_t r = 1; r < sample->count && count > 0; r++) {
        const float *row = sample->x + r * sample->x_width;
        int64_t kept = 0;
        for (int64_t i = 0; i < count; i++) {
            left[kept] = left[i];
            kept += row[left[i]] == sample->x[left[i]];
        }
        count = kept;
    }
    hone_internal_free(left);
    return count;
}

static bool are_bytes(const float *row, int64_t width)
{
    bool bytes = true;
    for (int64_t c = 0; c < width && bytes; c++)
        bytes = row[c] >= 0 && row[c] <= 255 && row[c] == (float)(int)row[c];
    return bytes;
}

/* The squares of a row are added up in several sums, which do not wait for each other. */
static void describe_inputs(hone_doctor_facts *facts, const hone_examined *sample)
{
    enum { LANES = 8 };
    double squares = 0;
    bool bytes = true, equal = true;
    int64_t whole = 0, zeros = 0;
    float low = INFINITY, high = -INFINITY;
    for (int64_t r = 0; r < sample->count; r++) {
        const float *row = sample->x + r * sample->x_width;
        double sums[LANES] = {0};
        equal = equal && memcmp(row, sample->x, (size_t)sample->x_width * sizeof *row) == 0;
        bytes = bytes && are_bytes(row, sample->x_width);
        for (int64_t c = 0; c < sample->x_width; c++) {
            low = row[c] < low ? row[c] : low;
            high = row[c] > high ? row[c] : high;
        }
        for (int64_t c = 0; c < sample->x_width; c++) {
            whole += row[c] == truncf(row[c]);
            zeros += row[c] == 0;
        }
        for (int64_t c = 0; c < sample->x_width; c++)
            sums[c % LANES] += (double)row[c] * (double)row[c];
        for (int i = 0; i < LANES; i++)
            squares += sums[i];
    }
    facts->x_low = (double)low, facts->x_high = (double)high;
    facts->x_rms = sqrt(squares / (double)(sample->count * sample->x_width));
    int64_t numbers = sample->count * sample->x_width - zeros;
    facts->x_whole = numbers > 0 ? (double)(whole - zeros) / (double)numbers : 1;
    facts->x_bytes = bytes && facts->x_high > 1.5;
    facts->rows_equal = equal && sample->count > 1;
    facts->constant_columns = count_constant(sample);
}

/* ---- targets ---- */

static void describe_numbers(hone_doctor_output *output, const hone_examined *sample)
{
    int64_t count = sample->count * sample->y_width, whole = 0;
    double sum = 0, squares = 0;
    double *sorted = hone_internal_try_allocate((size_t)(count + 1) * sizeof *sorted);
    output->y_low = HUGE_VAL, output->y_high = -HUGE_VAL;
    for (int64_t i = 0; i < count; i++) {
        double y = (double)sample->y[i];
        sum += y;
        squares += y * y;
        whole += y == floor(y);
        output->y_low = y < output->y_low ? y : output->y_low;
        output->y_high = y > output->y_high ? y : output->y_high;
        if (sorted != NULL)
            sorted[i] = y;
    }
    output->y_mean = sum / (double)count;
    output->y_rms = sqrt(squares / (double)count);
    output->y_sd = sqrt(fmax(squares / (double)count - output->y_mean * output->y_mean, 0));
    output->y_whole = (double)whole / (double)count;
    output->y_median = sorted == NULL ? output->y_mean : hone_internal_median(sorted, count);
    hone_internal_free(sorted);
}

/* Share of targets whose numbers sum to 1. */
static double share_of_ones(const hone_examined *sample)
{
    int64_t ones = 0;
    for (int64_t r = 0; r < sample->count; r++) {
        double sum = 0;
        for (int64_t i = 0; i < sample->y_width; i++)
            sum += (double)sample->y[r * sample->y_width + i];
        ones += fabs(sum - 1) < 1e-3;
    }
    return (double)ones / (double)sample->count;
}

static bool is_one_hot(const hone_examined *sample)
{
    for (int64_t r = 0; r < sample->count && sample->y_width > 1; r++) {
        int64_t ones = 0, others = 0;
        for (int64_t i = 0; i < sample->y_width; i++) {
            float y = sample->y[r * sample->y_width + i];
            ones += y == 1;
            others += y != 0 && y != 1;
        }
        if (ones != 1 || others != 0)
            return false;
    }
    return sample->y_width > 1;
}

/* Numbers of samples by class, of targets that are classes. */
static void count_classes(hone_doctor_output *output, const hone_examined *sample, int64_t *counts)
{
    output->class_low = INT64_MAX, output->class_high = INT64_MIN;
    output->smallest_count = INT64_MAX, output->largest_count = 0, output->classes = 0;
    int64_t width = output->one_hot ? sample->y_width : 1;
    for (int64_t r = 0; r < sample->count; r++) {
        int64_t class_id = hone_internal_class_of(sample->y + r * width, width);
        counts[class_id]++;
        output->class_low = class_id < output->class_low ? class_id : output->class_low;
        output->class_high = class_id > output->class_high ? class_id : output->class_high;
    }
    for (int64_t k = output->class_low; k <= output->class_high; k++) {
        output->classes += counts[k] > 0;
        if (counts[k] > output->largest_count)
            output->largest_count = counts[k], output->largest_class = k;
        if (counts[k] > 0 && counts[k] < output->smallest_count)
            output->smallest_count = counts[k], output->smallest_class = k;
    }
}

/* Changes from one label to the next, over those that a random order would have: n (1 - sum p^2). */
static void measure_runs(hone_examination *examination, hone_doctor_output *output, const int64_t *counts)
{
    enum { MOST_ROWS = 100000 };
    const hone_dataset *data = examination->subject->train;
    int64_t rows = hone_dataset_count(data), width = examination->sample.y_width, changes = 0;
    rows = rows < MOST_ROWS ? rows : MOST_ROWS;
    int target = hone_internal_feed_target(examination->subject->model, data, NULL,
                                           hone_internal_judged_output(examination->subject->model));
    float *labels = hone_internal_try_allocate((size_t)(rows * width + 1) * sizeof *labels);
    double same = 0;
    output->label_runs = HONE_NONE;
    if (labels == NULL || target < 0 || !hone_internal_dataset_in_memory(data) ||
        hone_internal_dataset_gather(data, HONE_COMPONENT_TARGET, target, NULL, 0, rows, labels) < 0) {
        hone_internal_free(labels);
        return;
    }
    for (int64_t r = 1; r < rows; r++)
        changes += hone_internal_class_of(labels + r * width, width) !=
                   hone_internal_class_of(labels + (r - 1) * width, width);
    for (int64_t k = output->class_low; k <= output->class_high; k++) {
        double share = (double)counts[k] / (double)examination->sample.count;
        same += share * share;
    }
    output->label_runs = same < 1 ? (double)changes / ((double)(rows - 1) * (1 - same)) : 1;
    hone_internal_free(labels);
}

/* chi^2 of a table of two rows, V = sqrt(chi^2 / n), and p by Wilson and Hilferty. */
static void measure_split(hone_examination *examination, const hone_doctor_output *output,
                          const int64_t *counts)
{
    hone_doctor_facts *facts = &examination->diagnosis->facts;
    const hone_examined *held = &examination->validation;
    int64_t width = output->one_hot ? held->y_width : 1, *others;
    double chi = 0, n = (double)(examination->sample.count + held->count);
    if (held->count < 20 || held->y == NULL || held->y_width != examination->sample.y_width)
        return;
    if ((others = hone_internal_allocate_zeroed(MOST_CLASSES + 1, sizeof *others)) == NULL)
        return;
    for (int64_t r = 0; r < held->count; r++) {
        int64_t class_id = hone_internal_class_of(held->y + r * width, width);
        if (class_id >= 0 && class_id < MOST_CLASSES)
            others[class_id]++;
    }
    int kinds = 0;
    for (int k = 0; k < MOST_CLASSES; k++) {
        double both = (double)(counts[k] + others[k]),
               sizes[2] = {(double)examination->sample.count, (double)held->count};
        double seen[2] = {(double)counts[k], (double)others[k]};
        kinds += both > 0;
        for (int i = 0; i < 2 && both > 0; i++) {
            double expected = both * sizes[i] / n;
            chi += (seen[i] - expected) * (seen[i] - expected) / expected;
        }
    }
    double freedom = kinds - 1.0;
    if (freedom > 0) {
        double z = (cbrt(chi / freedom) - (1 - 2 / (9 * freedom))) / sqrt(2 / (9 * freedom));
        facts->split_v = sqrt(chi / n);
        facts->split_p = 0.5 * erfc(z / sqrt(2));
    }
    hone_internal_free(others);
}

/* Whether targets are class ids: whole numbers from 0, few of them. */
static bool are_ids(const hone_doctor_output *output, const hone_examined *sample)
{
    return sample->y_width == 1 && output->y_whole == 1 && output->y_low >= 0 &&
           output->y_high < MOST_CLASSES;
}

static hone_status describe_targets(hone_examination *examination, hone_doctor_output *output)
{
    const hone_examined *sample = &examination->sample;
    const hone_dataset *data = examination->subject->train;
    int target = hone_internal_feed_target(examination->subject->model, data, NULL,
                                           hone_internal_judged_output(examination->subject->model));
    if (sample->y == NULL || sample->count < 1)
        return HONE_OK;
    output->target_rank = hone_dataset_target(data, target < 0 ? 0 : target)->rank;
    output->target_width = sample->y_width;
    output->labels = sample->count;
    describe_numbers(output, sample);
    output->target_sums = share_of_ones(sample);
    output->one_hot = is_one_hot(sample);
    if (!output->one_hot && !are_ids(output, sample))
        return HONE_OK;
    if (output->one_hot && sample->y_width > MOST_CLASSES)
        return HONE_OK;
    int64_t *counts = hone_internal_allocate_zeroed(MOST_CLASSES + 1, sizeof *counts);
    if (counts == NULL)
        return HONE_ERROR_MEMORY;
    count_classes(output, sample, counts);
    measure_runs(examination, output, counts);
    measure_split(examination, output, counts);
    hone_internal_free(counts);
    return HONE_OK;
}

/* ---- training and validation ---- */

/* FNV-1a over the bits of two numbers at a time; the shift brings what multiplying has carried up down again.
 */
static uint64_t hash_row(const float *row, int64_t width)
{
    uint64_t hash = 1469598103934665603u;
    for (int64_t i = 0; i < width; i += 2) {
        uint64_t bits = 0;
        memcpy(&bits, row + i, (i + 1 < width ? 2 : 1) * sizeof *row);
        hash = (hash ^ bits) * 1099511628211u;
        hash ^= hash >> 32;
    }
    return hash;
}

static int compare_hashes(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static void measure_shared(hone_doctor_facts *facts, const hone_examined *train, const hone_examined *held)
{
    uint64_t *hashes = hone_internal_try_allocate(((size_t)train->count + 1) * sizeof *hashes);
    int64_t repeats = 0, shared = 0;
    if (hashes == NULL)
        return;
    for (int64_t r = 0; r < train->count; r++)
        hashes[r] = hash_row(train->x + r * train->x_width, train->x_width);
    qsort(hashes, (size_t)train->count, sizeof *hashes, compare_hashes);
    for (int64_t r = 1; r < train->count; r++)
        repeats += hashes[r] == hashes[r - 1];
    for (int64_t r = 0; r < held->count && held->x_width == train->x_width; r++) {
        uint64_t hash = hash_row(held->x + r * held->x_width, held->x_width);
        shared += bsearch(&hash, hashes, (size_t)train->count, sizeof *hashes, compare_hashes) != NULL;
    }
    /* Of a part of the training samples only that part of the pairs is seen. */
    double part = (double)train->count / (double)(facts->rows > 0 ? facts->rows : 1);
    facts->repeated_rows = fmin((double)repeats / (double)(train->count > 0 ? train->count : 1) / part, 1);
    if (held->count > 0)
        facts->shared_rows = fmin((double)shared / (double)held->count / part, 1);
    hone_internal_free(hashes);
}

static double rms(const hone_examined *sample)
{
    double squares = 0;
    for (int64_t i = 0; i < sample->count * sample->x_width; i++)
        squares += (double)sample->x[i] * (double)sample->x[i];
    return sqrt(squares / (double)(sample->count * sample->x_width + (sample->count == 0)));
}

/* Mean and deviation of each column, row by row. */
static void columns_of(const hone_examined *sample, double *means, double *deviations)
{
    int64_t width = sample->x_width;
    double count = (double)sample->count;
    for (int64_t c = 0; c < width; c++)
        means[c] = deviations[c] = 0;
    for (int64_t r = 0; r < sample->count; r++)
        for (int64_t c = 0; c < width; c++) {
            double x = (double)sample->x[r * width + c];
            means[c] += x;
            deviations[c] += x * x;
        }
    for (int64_t c = 0; c < width; c++) {
        means[c] /= count;
        deviations[c] = sqrt(fmax(deviations[c] / count - means[c] * means[c], 0));
    }
}

/* Of targets that are numbers: how many of validation none of training reaches. */
static void measure_targets(hone_doctor_facts *facts, const hone_doctor_output *output,
                            const hone_examined *held)
{
    int64_t beyond = 0;
    if (held->y == NULL || held->count < 20 || held->y_width != 1 || output->target_width != 1)
        return;
    for (int64_t r = 0; r < held->count; r++)
        beyond += (double)held->y[r] > output->y_high || (double)held->y[r] < output->y_low;
    facts->split_targets = (double)beyond / (double)held->count;
}

static void measure_shift(hone_doctor_facts *facts, const hone_examined *train, const hone_examined *held)
{
    int64_t shifted = 0, moving = 0, width = train->x_width;
    if (held->count < 20 || held->x_width != width)
        return;
    double *means = hone_internal_try_allocate((size_t)(4 * width + 1) * sizeof *means);
    if (means == NULL)
        return;
    facts->split_rms = rms(held) / fmax(facts->x_rms, 1e-30);
    columns_of(train, means, means + width);
    columns_of(held, means + 2 * width, means + 3 * width);
    for (int64_t c = 0; c < width; c++) {
        double sd = means[width + c];
        moving += sd > 0;
        shifted += sd > 0 && fabs(means[c] - means[2 * width + c]) > sd;
    }
    facts->split_columns = moving > 0 ? (double)shifted / (double)moving : 0;
    hone_internal_free(means);
}

/* An embedding that reads the first input as it is, or the ids that a layer over texts makes of it. */
static void find_embedding(hone_doctor_facts *facts, hone_examination *examination)
{
    const hone_model *model = examination->subject->model;
    const char *maker = NULL;
    for (size_t i = 0; i < model->layer_count && model->input_count == 1; i++) {
        const hone_layer *layer = model->layers[i];
        const int64_t *known = hone_internal_layer_argument(layer, "input_dim");
        const char *kind = layer->type->type.class_name;
        if (layer->type->transform != NULL)
            maker = hone_internal_layer_label(layer);
        if (layer->type->transform != NULL || strcmp(kind, "InputLayer") == 0)
            continue;
        if (known == NULL || strcmp(kind, "Embedding") != 0)
            return;
        facts->ids_layer = hone_internal_examination_text(examination, hone_internal_layer_label(layer));
        facts->ids_maker = hone_internal_examination_text(examination, maker);
        facts->ids_known = *known;
        return;
    }
}

hone_status hone_internal_doctor_data(hone_examination *examination)
{
    enum { MOST_SAMPLES = 10000 };
    static const char *const train_parts[] = {"inputs", "targets"}, *const held_parts[] = {
                                                                        "validation inputs",
                                                                        "validation targets"};
    hone_doctor_facts *facts = &examination->diagnosis->facts;
    hone_subject *subject = examination->subject;
    facts->rows = hone_dataset_count(subject->train);
    facts->validation_rows = subject->validation == NULL ? 0 : hone_dataset_count(subject->validation);
    facts->shuffled = subject->shuffle;
    const int64_t most = examination->most_samples > 0 ? examination->most_samples : MOST_SAMPLES;
    HONE_TRY(look_at_all(examination, subject->train, train_parts));
    HONE_TRY(look_at_all(examination, subject->validation, held_parts));
    HONE_TRY(hone_internal_sample_take(&examination->sample, subject->model, subject->train, most));
    if (subject->validation != NULL)
        HONE_TRY(
            hone_internal_sample_take(&examination->validation, subject->model, subject->validation, most));
    facts->sampled = examination->sample.count;
    facts->columns = examination->sample.x_width;
    facts->x_rank = hone_dataset_input(subject->train, 0)->rank;
    facts->x_scale = hone_internal_dataset_scale(subject->train);
    find_embedding(facts, examination);
    if (facts->bad_part != NULL)
        return HONE_OK;
    describe_inputs(facts, &examination->sample);
    if (facts->output_count > 0) {
        hone_doctor_output *output =
            &examination->diagnosis->outputs[hone_internal_judged_output(subject->model)];
        HONE_TRY(describe_targets(examination, output));
        hone_internal_doctor_telling_column(examination, output);
        measure_targets(facts, output, &examination->validation);
    }
    measure_shared(facts, &examination->sample, &examination->validation);
    measure_shift(facts, &examination->sample, &examination->validation);
    return HONE_OK;
}
