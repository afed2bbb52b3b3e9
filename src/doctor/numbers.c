/* Statistics of lists. */
#include "doctor/doctor.h"

#include <math.h>
#include <stdlib.h>

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double hone_internal_quantile(double *numbers, int64_t count, double share)
{
    if (count <= 0)
        return HONE_NONE;
    qsort(numbers, (size_t)count, sizeof *numbers, compare);
    double place = share * (double)(count - 1);
    int64_t below = (int64_t)place;
    double rest = place - (double)below;
    return below + 1 < count ? numbers[below] * (1 - rest) + numbers[below + 1] * rest : numbers[below];
}

double hone_internal_median(double *numbers, int64_t count)
{
    return hone_internal_quantile(numbers, count, 0.5);
}

double hone_internal_cosine(const float *a, const float *b, int64_t count)
{
    double ab = 0, aa = 0, bb = 0;
    for (int64_t i = 0; i < count; i++) {
        ab += (double)a[i] * (double)b[i];
        aa += (double)a[i] * (double)a[i];
        bb += (double)b[i] * (double)b[i];
    }
    return aa > 0 && bb > 0 ? ab / sqrt(aa * bb) : HONE_NONE;
}

/* z = (S -+ 1) / sqrt(n (n - 1) (2 n + 5) / 18), S the sum of the signs of all pairs. */
double hone_internal_trend(const double *numbers, int count)
{
    double sum = 0;
    if (count < 3)
        return 0;
    for (int i = 0; i < count; i++)
        for (int j = i + 1; j < count; j++)
            sum += (numbers[j] > numbers[i]) - (numbers[j] < numbers[i]);
    double variance = count * (count - 1.0) * (2.0 * count + 5) / 18;
    double nearer = sum > 0 ? sum - 1 : sum < 0 ? sum + 1 : 0;
    return nearer / sqrt(variance);
}
