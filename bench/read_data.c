/* Reads data in the command's DATA form once: a line of JSON with the seconds, the largest memory held, the
 * shape of the first input and the mean of the first target. */
#include <hone/hone.h>
#include <stdio.h>
#include <time.h>

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* The largest memory of this program alone, in MiB; getrusage would count that of who started it too. */
static double peak_memory(void)
{
    char line[200];
    double kilobytes = 0;
    FILE *file = fopen("/proc/self/status", "r");
    while (file && fgets(line, sizeof line, file))
        if (sscanf(line, "VmHWM: %lf", &kilobytes) == 1)
            break;
    if (file)
        fclose(file);
    return kilobytes / 1024;
}

static double mean_of(const hone_array *array)
{
    double sum = 0;
    int64_t count = array ? hone_array_count(array) : 0;
    for (int64_t i = 0; i < count; i++)
        sum += hone_array_number(array, i);
    return count > 0 ? sum / (double)count : 0;
}

int main(int count, char **arguments)
{
    double start = now();
    hone_dataset *data = count == 2 ? hone_dataset_load(arguments[1], NULL, 1) : NULL;
    double seconds = now() - start;
    if (!data) {
        fprintf(stderr, "%s\n", count == 2 ? hone_error_message() : "usage: read_data DATA");
        return 1;
    }
    double megabytes = peak_memory();
    const hone_array *x = hone_dataset_input(data, 0);
    printf("{\"seconds\": %.4f, \"megabytes\": %.1f, \"shape\": [%lld, %lld], \"mean\": %.6f}\n", seconds,
           megabytes, (long long)x->shape[0], (long long)(x->rank > 1 ? x->shape[1] : 1),
           mean_of(hone_dataset_target(data, 0)));
    hone_dataset_free(data);
    return 0;
}
