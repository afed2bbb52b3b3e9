/* Whether inputs say anything about targets: a column that tells them, nearest neighbours, a linear fit. */
#include "doctor/doctor.h"

#include <math.h>
#include <string.h>

/* Samples that are compared with one another, spread over all of them. */
enum { MOST = 1500 };

static int64_t compared(const hone_examined *sample)
{
    return sample->count < MOST ? sample->count : MOST;
}

/* The nearest of the other compared samples, by squared distance; -1 when there is no other. */
static int64_t nearest_to(const hone_examined *sample, int64_t at)
{
    const int64_t count = compared(sample), width = sample->x_width;
    int64_t nearest = -1;
    double least = HUGE_VAL;
    for (int64_t b = 0; b < count; b++) {
        int64_t other = b * (sample->count / count);
        double distance = 0;
        for (int64_t c = 0; c < width && distance < least && other != at; c++) {
            double d = (double)sample->x[at * width + c] - (double)sample->x[other * width + c];
            distance += d * d;
        }
        if (other != at && distance < least)
            least = distance, nearest = other;
    }
    return nearest;
}

/* Share of samples whose nearest neighbour among the others has the same class; by chance sum p^2. */
static void compare_neighbours(hone_doctor_facts *facts, const hone_examined *sample, int64_t classes,
                               int64_t label_width)
{
    int64_t count = compared(sample), same = 0;
    double *shares = hone_internal_allocate_zeroed((size_t)classes + 1, sizeof *shares), chance = 0;
    if (shares == NULL)
        return;
    for (int64_t a = 0; a < count; a++) {
        const int64_t at = a * (sample->count / count), nearest = nearest_to(sample, at);
        int64_t class_id = hone_internal_class_of(sample->y + at * label_width, label_width);
        if (class_id >= 0 && class_id < classes)
            shares[class_id] += 1 / (double)count;
        same += nearest >= 0 &&
                class_id == hone_internal_class_of(sample->y + nearest * label_width, label_width);
    }
    for (int64_t k = 0; k < classes; k++)
        chance += shares[k] * shares[k];
    facts->neighbours = (double)same / (double)count;
    facts->neighbours_chance = chance;
    facts->neighbours_z =
        (facts->neighbours - chance) / sqrt(fmax(chance * (1 - chance), 1e-9) / (double)count);
    hone_internal_free(shares);
}

/* For numbers: the correlation of a sample's target with its nearest neighbour's, times sqrt(n). */
static void compare_numbers(hone_doctor_facts *facts, const hone_examined *sample)
{
    int64_t count = compared(sample);
    double mean = 0, variance = 0, covariance = 0;
    for (int64_t r = 0; r < sample->count; r++)
        mean += (double)sample->y[r * sample->y_width] / (double)sample->count;
    for (int64_t a = 0; a < count; a++) {
        const int64_t at = a * (sample->count / count), nearest = nearest_to(sample, at);
        double y = (double)sample->y[at * sample->y_width] - mean;
        variance += y * y;
        covariance += y * ((double)sample->y[(nearest < 0 ? at : nearest) * sample->y_width] - mean);
    }
    facts->neighbours = variance > 0 ? covariance / variance : 0;
    facts->neighbours_chance = 0;
    facts->neighbours_z = facts->neighbours * sqrt((double)count);
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
    if (classes)
        compare_neighbours(facts, sample, kinds, label_width);
    else
        compare_numbers(facts, sample);
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
