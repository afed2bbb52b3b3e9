/* Confusions, classes and calibration as text and as JSON. */
#include "scores.h"

#include <hone/look.h>
#include <math.h>
#include <string.h>

typedef struct wanted {
    bool confusion, classes, calibration;
} wanted;

/* ---- JSON ---- */

static void put_class(cli_json *json, const hone_class_score *class)
{
    cli_json_open(json, NULL, '{');
    cli_json_text(json, "class", class->name);
    cli_json_number(json, "precision", class->precision);
    cli_json_number(json, "recall", class->recall);
    cli_json_number(json, "f1", class->f1);
    cli_json_integer(json, "support", class->support);
    cli_json_integer(json, "predicted", class->predicted);
    cli_json_close(json, '}');
}

static void put_confusion(cli_json *json, const hone_scores *scores)
{
    cli_json_open(json, "confusion", '[');
    for (int64_t row = 0; row < scores->class_count; row++) {
        cli_json_open(json, NULL, '[');
        for (int64_t column = 0; column < scores->class_count; column++)
            cli_json_integer(json, NULL, scores->confusion[row * scores->class_count + column]);
        cli_json_close(json, ']');
    }
    cli_json_close(json, ']');
}

static void put_calibration(cli_json *json, const hone_scores *scores)
{
    cli_json_number(json, "calibration_error", scores->calibration_error);
    cli_json_open(json, "calibration", '[');
    for (int i = 0; i < HONE_SCORE_BINS; i++) {
        cli_json_open(json, NULL, '{');
        cli_json_number(json, "from", (double)i / HONE_SCORE_BINS);
        cli_json_integer(json, "count", scores->bin_counts[i]);
        cli_json_number(json, "confidence", scores->bin_confidence[i]);
        cli_json_number(json, "share", scores->bin_share[i]);
        cli_json_close(json, '}');
    }
    cli_json_close(json, ']');
}

static void put_output(cli_json *json, const hone_scores *scores, const wanted *want)
{
    bool numbers = strcmp(scores->task, "numbers") == 0;
    cli_json_text(json, "task", scores->task);
    cli_json_integer(json, "samples", scores->samples);
    if (numbers) {
        cli_json_number(json, "mean_absolute_error", scores->mean_absolute);
        cli_json_number(json, "root_mean_squared_error", scores->root_mean_square);
        cli_json_number(json, "bias", scores->bias);
        cli_json_number(json, "r2", scores->r2);
        return;
    }
    cli_json_number(json, "share_right", scores->accuracy);
    if (strcmp(scores->task, "binary") == 0)
        cli_json_number(json, "roc_area", scores->area);
    if (want->classes || want->confusion) {
        cli_json_open(json, "classes", '[');
        for (int64_t i = 0; i < scores->class_count; i++)
            put_class(json, &scores->classes[i]);
        cli_json_close(json, ']');
    }
    if (want->confusion && scores->confusion != NULL)
        put_confusion(json, scores);
    if (want->calibration)
        put_calibration(json, scores);
}

/* ---- text ---- */

static int widest_name(const hone_scores *scores)
{
    size_t width = 5;
    for (int64_t i = 0; i < scores->class_count; i++)
        width = strlen(scores->classes[i].name) > width ? strlen(scores->classes[i].name) : width;
    return width < 40 ? (int)width : 40;
}

static void print_share(double share)
{
    if (isnan(share))
        printf("  %9s", "-");
    else
        printf("  %9.4f", share);
}

static void print_classes(const hone_scores *scores)
{
    int width = widest_name(scores);
    printf("\n%-*s  %9s  %9s  %9s  %9s\n", width, "class", "precision", "recall", "f1", "support");
    for (int64_t i = 0; i < scores->class_count; i++) {
        const hone_class_score *class = &scores->classes[i];
        printf("%-*.40s", width, class->name);
        print_share(class->precision);
        print_share(class->recall);
        print_share(class->f1);
        printf("  %9lld\n", (long long)class->support);
    }
}

static int digits_of(int64_t number)
{
    return snprintf(NULL, 0, "%lld", (long long)number);
}

/* Rows are the actual classes; columns have their numbers, and as much room as their largest count. */
static void print_confusion(const hone_scores *scores)
{
    int64_t classes = scores->class_count, largest = classes;
    int name = widest_name(scores);
    for (int64_t i = 0; i < classes * classes; i++)
        largest = scores->confusion[i] > largest ? scores->confusion[i] : largest;
    int width = digits_of(largest) + 2, number = digits_of(classes);
    printf("\nactual (rows) and predicted (columns, by number)\n%*s", name + number + 1, "");
    for (int64_t column = 0; column < classes; column++)
        printf("%*lld", width, (long long)column);
    printf("\n");
    for (int64_t row = 0; row < classes; row++) {
        printf("%-*.40s %*lld", name, scores->classes[row].name, number, (long long)row);
        for (int64_t column = 0; column < classes; column++)
            printf("%*lld", width, (long long)scores->confusion[row * classes + column]);
        printf("\n");
    }
}

static void print_calibration(const hone_scores *scores)
{
    printf("\nconfidence   answers  mean       right\n");
    for (int i = 0; i < HONE_SCORE_BINS; i++)
        if (scores->bin_counts[i] > 0)
            printf("%.1f to %.1f  %8lld  %.4f  %8.4f\n", (double)i / HONE_SCORE_BINS,
                   (double)(i + 1) / HONE_SCORE_BINS, (long long)scores->bin_counts[i],
                   scores->bin_confidence[i], scores->bin_share[i]);
    printf("calibration error: %.4f\n", scores->calibration_error);
}

static hone_status print_output(const hone_scores *scores, const wanted *want, const char *name)
{
    if (name != NULL)
        printf("\n%s\n", name);
    if (strcmp(scores->task, "numbers") == 0)
        return hone_fail(HONE_ERROR_DATA,
                         "--confusion, --per-class and --calibration are of classes; this output is of "
                         "numbers");
    if (want->classes)
        print_classes(scores);
    if (want->confusion && scores->confusion != NULL)
        print_confusion(scores);
    if (want->calibration)
        print_calibration(scores);
    return HONE_OK;
}

static hone_status check_confusion(const cli_settings *settings, const hone_scores *scores)
{
    if (!settings->confusion || scores->confusion != NULL || strcmp(scores->task, "numbers") == 0)
        return HONE_OK;
    return hone_fail(
        HONE_ERROR_DATA,
        "--confusion is of one class for each sample; each number of this output is an answer of its own, "
        "yes or no: --per-class counts them");
}

hone_status cli_put_scores(cli_json *json, hone_recipe *recipe, hone_model *model, hone_dataset *data,
                           const cli_settings *settings, bool all)
{
    const wanted want = {.confusion = all || settings->confusion,
                         .classes = all || settings->per_class,
                         .calibration = all || settings->calibration};
    int count = hone_model_output_count(model);
    if (json != NULL)
        cli_json_open(json, "outputs", '{');
    for (int i = 0; i < count; i++) {
        hone_scores scores;
        CLI_TRY(hone_score(model, data, i, cli_batch_size(recipe), &scores));
        hone_status status = check_confusion(settings, &scores);
        if (status < 0)
            ;
        else if (json == NULL)
            status = print_output(&scores, &want, count > 1 ? hone_model_output_name(model, i) : NULL);
        else {
            cli_json_open(json, hone_model_output_name(model, i), '{');
            put_output(json, &scores, &want);
            cli_json_close(json, '}');
        }
        hone_scores_free(&scores);
        CLI_TRY(status);
    }
    if (json != NULL)
        cli_json_close(json, '}');
    return HONE_OK;
}
