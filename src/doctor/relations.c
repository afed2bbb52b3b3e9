/* Whether inputs say anything about targets: a column that tells them, nearest neighbours, a linear fit. */
#include "doctor/doctor.h"

#include <math.h>
#include <string.h>

enum { MOST_NEIGHBOURS = 1500, PERMUTATIONS = 400 };

/* Up to 1,500 evenly spaced samples, what each of them is to be compared by, and the nearest other one. */
typedef struct neighbourhood {
    int64_t count, *nearest; /* places among these samples */
    double *values;          /* classes, or targets less their mean */
    bool classes;
} neighbourhood;

static int64_t find_nearest(const hone_examined *sample, int64_t count, int64_t a)
{
    const int64_t width = sample->x_width, apart = sample->count / count;
    const float *from = sample->x + a * apart * width;
    int64_t nearest = a;
    double least = HUGE_VAL;
    for (int64_t b = 0; b < count; b++) {
        const float *to = sample->x + b * apart * width;
        double distance = 0;
        for (int64_t c = 0; c < width && distance < least && b != a; c++) {
            double d = (double)from[c] - (double)to[c];
            distance += d * d;
        }
        if (b != a && distance < least)
            least = distance, nearest = b;
    }
    return nearest;
}

/* How alike neighbours are: of classes the share of pairs that agree; of numbers sum y y' / sum y^2. `order`
 * gives each sample another's value; NULL: its own. */
static double agreement(const neighbourhood *all, const int64_t *order)
{
    double same = 0, squares = 0;
    for (int64_t a = 0; a < all->count; a++) {
        const int64_t b = all->nearest[a];
        const double y = all->values[order == NULL ? a : order[a]],
                     z = all->values[order == NULL ? b : order[b]];
        same += all->classes ? y == z : y * z;
        squares += all->classes ? 1 : y * y;
    }
    return squares > 0 ? same / squares : 0;
}

/* What agreement is by chance: its mean and deviation where the values are those of other samples. A few
 * samples may be nearest to many, which no formula for independent pairs allows for. */
static void compare_with_chance(hone_doctor_facts *facts, const neighbourhood *all, int64_t *order)
{
    double sum = 0, squares = 0;
    for (int p = 0; p < PERMUTATIONS; p++) {
        hone_internal_dataset_shuffle(4711, p, all->count, order);
        const double one = agreement(all, order);
        sum += one;
        squares += one * one;
    }
    const double mean = sum / PERMUTATIONS,
                 deviation = sqrt(fmax(squares / PERMUTATIONS - mean * mean, 1e-12));
    facts->neighbours = agreement(all, NULL);
    facts->neighbours_chance = all->classes ? mean : 0;
    facts->neighbours_z = (facts->neighbours - mean) / deviation;
}

static void compare_neighbours(hone_doctor_facts *facts, const hone_examined *sample, bool classes,
                               int64_t label_width)
{
    neighbourhood all = {.count = sample->count < MOST_NEIGHBOURS ? sample->count : MOST_NEIGHBOURS,
                         .classes = classes};
    const int64_t apart = sample->count / all.count;
    double mean = 0;
    all.nearest = hone_internal_allocate((size_t)(2 * all.count + 1) * sizeof *all.nearest);
    all.values = hone_internal_allocate((size_t)(all.count + 1) * sizeof *all.values);
    for (int64_t r = 0; r < sample->count && !classes; r++)
        mean += (double)sample->y[r * sample->y_width] / (double)sample->count;
    for (int64_t a = 0; a < all.count && all.nearest != NULL && all.values != NULL; a++) {
        const float *target = sample->y + a * apart * (classes ? label_width : sample->y_width);
        all.nearest[a] = find_nearest(sample, all.count, a);
        all.values[a] =
            classes ? (double)hone_internal_class_of(target, label_width) : (double)*target - mean;
    }
    if (all.nearest != NULL && all.values != NULL)
        compare_with_chance(facts, &all, all.nearest + all.count);
    hone_internal_free(all.nearest);
    hone_internal_free(all.values);
}

/* The largest correlation of a column with the target (of classes: of each class), in standard errors, less
 * what the largest of so many is by chance. */
static void correlate(hone_doctor_facts *facts, const hone_examined *sample, int64_t classes,
                      int64_t label_width)
{
    int64_t n = sample->count, width = sample->x_width, kinds = classes > 2 ? classes : 1;
    double largest = 0;
    if (width * kinds * n > (int64_t)200 << 20)
        return;
    for (int64_t k = 0; k < kinds; k++)
        for (int64_t c = 0; c < width; c++) {
            double x = 0, y = 0, xx = 0, yy = 0, xy = 0;
            for (int64_t r = 0; r < n; r++) {
                int64_t class_id =
                    classes > 0 ? hone_internal_class_of(sample->y + r * label_width, label_width) : 0;
                double a = (double)sample->x[r * width + c], b = classes > 2 ? (double)(class_id == k)
                                                                 : classes == 2
                                                                     ? (double)class_id
                                                                     : (double)sample->y[r * sample->y_width];
                x += a, y += b, xx += a * a, yy += b * b, xy += a * b;
            }
            double m = (double)n, over = (m * xx - x * x) * (m * yy - y * y);
            double r = over > 0 ? fabs(m * xy - x * y) / sqrt(over) : 0;
            largest = r > largest ? r : largest;
        }
    facts->ridge_z = largest * sqrt((double)n) - sqrt(2 * log((double)(width * kinds) + 1));
}

void hone_internal_doctor_relations(hone_examination *examination)
{
    hone_doctor_facts *facts = &examination->diagnosis->facts;
    const hone_examined *sample = &examination->sample;
    const hone_doctor_output *output =
        &facts->outputs[hone_internal_judged_output(examination->subject->model)];
    if (sample->y == NULL || sample->count < 50 || (sample->x_width > 20000))
        return;
    bool classes = output->classes >= 2 && output->class_low >= 0 && output->class_high < 1000 &&
                   output->task != HONE_DOCTOR_NUMBERS;
    int64_t kinds = output->class_high + 1, label_width = output->one_hot ? sample->y_width : 1;
    compare_neighbours(facts, sample, classes, label_width);
    correlate(facts, sample, classes ? kinds : 0, label_width);
}

/* ---- a column that tells the target ---- */

/* Each class has one value of the column of its own. */
static bool is_one_to_one(const hone_examined *sample, const hone_doctor_output *output, int64_t column,
                          float *values)
{
    int64_t width = output->one_hot ? sample->y_width : 1, kinds = output->class_high + 1;
    for (int64_t k = 0; k < kinds; k++)
        values[k] = NAN;
    for (int64_t r = 0; r < sample->count; r++) {
        int64_t class_id = hone_internal_class_of(sample->y + r * width, width);
        float x = sample->x[r * sample->x_width + column];
        if (isnan(values[class_id]))
            values[class_id] = x;
        else if (values[class_id] != x)
            return false;
    }
    for (int64_t k = 0; k < kinds; k++)
        for (int64_t other = 0; other < k && !isnan(values[k]); other++)
            if (values[other] == values[k])
                return false;
    return true;
}

/* The residual of the best line is below a thousandth of the target's deviation. */
static bool is_affine(const hone_examined *sample, int64_t column)
{
    double n = (double)sample->count, x = 0, y = 0, xx = 0, yy = 0, xy = 0;
    for (int64_t r = 0; r < sample->count; r++) {
        double a = (double)sample->x[r * sample->x_width + column], b = (double)sample->y[r];
        x += a / n, y += b / n;
    }
    for (int64_t r = 0; r < sample->count; r++) {
        double a = (double)sample->x[r * sample->x_width + column] - x, b = (double)sample->y[r] - y;
        xx += a * a, yy += b * b, xy += a * b;
    }
    return xx > 0 && yy > 0 && 1 - xy * xy / (xx * yy) < 1e-6;
}

static bool equals_inputs(const hone_examined *sample)
{
    return sample->x_width == sample->y_width &&
           memcmp(sample->x, sample->y, (size_t)(sample->count * sample->x_width) * sizeof *sample->x) == 0;
}

void hone_internal_doctor_telling_column(hone_examination *examination, const hone_doctor_output *output)
{
    hone_doctor_facts *facts = &examination->diagnosis->facts;
    const hone_examined *sample = &examination->sample;
    float values[1001];
    if (sample->y == NULL || sample->count < 100 || sample->x_width < 2 || sample->x_width > 20000)
        return;
    facts->x_is_y = equals_inputs(sample);
    bool classes = output->classes >= 2 && output->classes <= 100 && output->class_low >= 0 &&
                   output->class_high < 1000 && (output->one_hot || output->y_whole == 1);
    bool numbers = !classes && sample->y_width == 1;
    for (int64_t c = 0; c < sample->x_width && facts->target_kind == NULL && !facts->x_is_y; c++) {
        if (classes && is_one_to_one(sample, output, c, values))
            facts->target_kind = "one-to-one";
        else if (numbers && is_affine(sample, c))
            facts->target_kind = "affine";
        if (facts->target_kind != NULL)
            facts->target_column = c;
    }
}
