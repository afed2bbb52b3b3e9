/* What a run probe shows beside its layers: branches that add a constant, gradients along time, how sharp
 * attentions are. */
#include "doctor/doctor.h"

#include <math.h>

static const float *data_of(const hone_probe *probe, hone_value value, hone_shape *shape)
{
    if (value < 0)
        return NULL;
    *shape = hone_value_shape(probe->pass.plan->graph, value);
    return hone_internal_plan_address(probe->pass.plan, value);
}

/* ---- branches ---- */

static bool is_constant(const hone_probe *probe, hone_value value)
{
    hone_shape shape = {.rank = 0};
    const float *data = data_of(probe, value, &shape);
    int64_t rows = shape.rank > 0 ? shape.size[0] : 0,
            width = rows > 0 ? hone_internal_shape_count(shape) / rows : 0;
    double largest = 0;
    if (data == NULL || rows < 2)
        return false;
    for (int64_t i = 0; i < width; i++)
        largest = fmax(largest, fabs((double)data[i]));
    for (int64_t i = width; i < rows * width; i++)
        if (!(fabs((double)data[i] - (double)data[i % width]) <= 1e-6 * largest))
            return false;
    return true;
}

static bool gets_gradient(const hone_examination *examination, const hone_probe *probe,
                          const hone_variable *kernel)
{
    const hone_model *model = examination->subject->model;
    hone_shape shape = {.rank = 0};
    for (size_t i = 0; i < model->weights.count; i++) {
        const float *gradient =
            model->weights.items[i] == kernel ? data_of(probe, probe->gradients[i], &shape) : NULL;
        for (int64_t j = 0; gradient != NULL && j < hone_internal_shape_count(shape); j++)
            if (gradient[j] != 0)
                return true;
    }
    return false;
}

static void read_branches(hone_examination *examination, hone_probe *probe)
{
    hone_doctor_facts *facts = &examination->diagnosis->facts;
    facts->dead_branch = NULL;
    facts->dead_branch_checks = 0;
    for (int b = 0; b < probe->branch_count; b++) {
        hone_probe_branch *branch = &probe->branches[b];
        bool silent = is_constant(probe, branch->value) &&
                      !gets_gradient(examination, probe, probe->layers[branch->layer].kernel);
        branch->silent = silent ? branch->silent + 1 : 0;
        if (branch->silent <= facts->dead_branch_checks)
            continue;
        facts->dead_branch = facts->layers[branch->layer].name;
        facts->dead_branch_into = branch->into;
        facts->dead_branch_checks = branch->silent;
    }
}

/* ---- time ---- */

static double norm_at(const float *data, int64_t width)
{
    double squares = 0;
    for (int64_t i = 0; i < width; i++)
        squares += (double)data[i] * (double)data[i];
    return sqrt(squares);
}

/* Mean over samples of the gradient's norm at the first step over that at the last; of masked sequences at
 * the first and last that have one. */
static double ratio_of(const float *gradient, hone_shape shape, bool masked)
{
    int64_t n = shape.size[0], t = shape.size[1], width = hone_internal_shape_count(shape) / (n * t);
    double first = 0, last = 0;
    for (int64_t r = 0; r < n; r++) {
        const float *of_sample = gradient + r * t * width;
        int64_t begin = 0, end = t - 1;
        while (masked && begin < end && norm_at(of_sample + begin * width, width) == 0)
            begin++;
        while (masked && end > begin && norm_at(of_sample + end * width, width) == 0)
            end--;
        first += norm_at(of_sample + begin * width, width);
        last += norm_at(of_sample + end * width, width);
    }
    return last > 0 ? first / last : HONE_NONE;
}

static void read_walks(hone_examination *examination, const hone_probe *probe)
{
    hone_doctor_facts *facts = &examination->diagnosis->facts;
    for (int w = 0; w < probe->walk_count; w++) {
        const hone_probe_walk *walk = &probe->walks[w];
        hone_shape shape = {.rank = 0};
        const float *gradient = data_of(probe, walk->gradient, &shape);
        double ratio = gradient == NULL ? HONE_NONE : ratio_of(gradient, shape, walk->masked);
        if (!isfinite(ratio))
            continue;
        facts->time_growth = isnan(facts->time_growth) ? ratio : fmax(facts->time_growth, ratio);
        if (!isnan(facts->time_ratio) && ratio >= facts->time_ratio)
            continue;
        const hone_doctor_layer *layer = &facts->layers[walk->layer];
        hone_shape a = probe->layers[walk->layer].a < 0
                           ? (hone_shape){0}
                           : hone_value_shape(probe->pass.plan->graph, probe->layers[walk->layer].a);
        facts->time_ratio = ratio;
        facts->time_layer = layer->name;
        facts->time_class = layer->class_name;
        facts->time_units = layer->units;
        facts->time_steps = shape.size[1];
        facts->time_sequences = a.rank > 2;
    }
}

/* ---- attention ---- */

/* Entropy of a row of weights over the logarithm of their number. */
static double sharpness(const double *weights, int64_t count)
{
    double sum = 0, entropy = 0;
    for (int64_t i = 0; i < count; i++)
        sum += weights[i];
    for (int64_t i = 0; i < count && sum > 0; i++)
        entropy -= weights[i] > 0 ? weights[i] / sum * log(weights[i] / sum) : 0;
    return entropy / log((double)count);
}

/* The weights of query i of a head: softmax over keys of scale q k. */
static int64_t weigh(const float *q, const float *k, const hone_probe_attention *attention, hone_shape qs,
                     hone_shape ks, const int64_t place[3], double *weights)
{
    int64_t n = place[0], head = place[1], i = place[2], d = qs.size[3],
            group = head * ks.size[2] / qs.size[2],
            keys = attention->causal && i + 1 < ks.size[1] ? i + 1 : ks.size[1];
    const float *query = q + ((n * qs.size[1] + i) * qs.size[2] + head) * d;
    double most = -HUGE_VAL;
    for (int64_t j = 0; j < keys; j++) {
        const float *key = k + ((n * ks.size[1] + j) * ks.size[2] + group) * d;
        double score = 0;
        for (int64_t c = 0; c < d; c++)
            score += (double)query[c] * (double)key[c];
        weights[j] = score * attention->scale;
        most = fmax(most, weights[j]);
    }
    for (int64_t j = 0; j < keys; j++)
        weights[j] = exp(weights[j] - most);
    return keys;
}

enum { MOST_SAMPLES = 16, MOST_QUERIES = 16, MOST_KEYS = 4096 };

static double entropy_of_head(const float *q, const float *k, const hone_probe_attention *attention,
                              hone_shape qs, hone_shape ks, int64_t head, double *weights)
{
    double sum = 0;
    int64_t rows = 0, samples = qs.size[0] < MOST_SAMPLES ? qs.size[0] : MOST_SAMPLES,
            apart = qs.size[1] / MOST_QUERIES + 1;
    for (int64_t n = 0; n < samples; n++)
        for (int64_t i = attention->causal ? 3 : 0; i < qs.size[1]; i += apart) {
            int64_t keys = weigh(q, k, attention, qs, ks, (const int64_t[]){n, head, i}, weights);
            if (keys < 4)
                continue;
            sum += sharpness(weights, keys);
            rows++;
        }
    return rows > 0 ? sum / (double)rows : HONE_NONE;
}

/* Of weights [n, ..., queries, keys] the mean of all rows of some samples, as one head. */
static double entropy_of_weights(const float *data, hone_shape shape, double *weights)
{
    int64_t keys = shape.size[shape.rank - 1], rows = hone_internal_shape_count(shape) / keys,
            apart = rows / (MOST_SAMPLES * MOST_QUERIES) + 1, seen = 0;
    double sum = 0;
    for (int64_t r = 0; r < rows; r += apart, seen++) {
        for (int64_t j = 0; j < keys; j++)
            weights[j] = (double)data[r * keys + j];
        sum += sharpness(weights, keys);
    }
    return seen > 0 ? sum / (double)seen : HONE_NONE;
}

static void read_attention(hone_doctor_facts *facts, const hone_probe *probe,
                           const hone_probe_attention *attention, int64_t step)
{
    hone_shape qs = {.rank = 0}, ks = {.rank = 0};
    const float *q = data_of(probe, attention->q, &qs), *k = data_of(probe, attention->k, &ks),
                *given = data_of(probe, attention->weights, &ks);
    int64_t keys = given != NULL ? ks.size[ks.rank - 1] : ks.size[1], heads = given != NULL ? 1 : qs.size[2];
    double weights[MOST_KEYS], all[64];
    int below = 0, count = 0;
    if ((given == NULL && (q == NULL || k == NULL)) || keys < 4 || keys > MOST_KEYS)
        return;
    for (int64_t h = 0; h < heads && h < 64; h++) {
        double entropy = given != NULL ? entropy_of_weights(given, ks, weights)
                                       : entropy_of_head(q, k, attention, qs, ks, h, weights);
        if (!isfinite(entropy))
            continue;
        all[count++] = entropy;
        below += entropy < 0.05;
    }
    double share = count > 0 ? (double)below / count : 0;
    if (count == 0 || (!isnan(facts->attention_collapsed) && share <= facts->attention_collapsed))
        return;
    facts->attention_collapsed = share;
    facts->attention_entropy = hone_internal_median(all, count);
    facts->attention_layer = facts->layers[attention->layer].name;
    facts->attention_step = step;
}

/* Attentions that are sharp before 10 % of the run; later they may be. */
void hone_internal_doctor_signals(hone_examination *examination, hone_probe *probe, int64_t step)
{
    hone_doctor_facts *facts = &examination->diagnosis->facts;
    read_branches(examination, probe);
    read_walks(examination, probe);
    bool early = 10 * step <= facts->steps_planned || step <= 30;
    for (int a = 0; a < probe->attention_count && early; a++)
        read_attention(facts, probe, &probe->attentions[a], step);
}
