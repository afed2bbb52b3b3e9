/* hone summary --weights: what the numbers of each weight look like. */
#include "json.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct facts {
    double least, mean, most, deviation, zeros;
    int64_t count, odd; /* odd: not finite */
    char shape[96];
} facts;

static void find_shape(const hone_variable *variable, facts *of)
{
    hone_shape shape = hone_variable_shape(variable);
    size_t length = 0;
    of->count = 1;
    for (int axis = 0; axis < shape.rank; axis++) {
        of->count *= shape.size[axis];
        length += (size_t)snprintf(of->shape + length, sizeof of->shape - length, "%s%lld",
                                   axis > 0 ? " x " : "", (long long)shape.size[axis]);
    }
    if (shape.rank == 0)
        snprintf(of->shape, sizeof of->shape, "1");
}

static facts look_at(hone_variable *variable)
{
    facts of = {.least = INFINITY, .most = -INFINITY};
    const float *numbers = hone_variable_data(variable);
    double sum = 0, squares = 0;
    int64_t zeros = 0;
    find_shape(variable, &of);
    for (int64_t i = 0; i < of.count; i++) {
        double number = (double)numbers[i];
        if (!isfinite(number)) {
            of.odd++;
            continue;
        }
        of.least = fmin(of.least, number);
        of.most = fmax(of.most, number);
        zeros += number == 0;
        sum += number;
        squares += number * number;
    }
    double good = (double)(of.count - of.odd);
    of.mean = sum / good;
    of.deviation = sqrt(fmax(squares / good - of.mean * of.mean, 0));
    of.zeros = (double)zeros / (double)of.count;
    return of;
}

double cli_finite_share(hone_variable *weight)
{
    const facts of = look_at(weight);
    return of.count > 0 ? 1 - (double)of.odd / (double)of.count : 1;
}

static int print_json(const hone_model *model)
{
    cli_json json;
    cli_json_begin(&json);
    cli_json_open(&json, "weights", '[');
    for (int i = 0; i < hone_model_weight_count(model); i++) {
        hone_variable *variable = hone_model_weight(model, i);
        facts of = look_at(variable);
        cli_json_open(&json, NULL, '{');
        cli_json_text(&json, "path", hone_variable_path(variable));
        cli_json_text(&json, "shape", of.shape);
        cli_json_integer(&json, "count", of.count);
        cli_json_number(&json, "least", of.least);
        cli_json_number(&json, "mean", of.mean);
        cli_json_number(&json, "most", of.most);
        cli_json_number(&json, "deviation", of.deviation);
        cli_json_number(&json, "zeros", of.zeros);
        cli_json_integer(&json, "not_finite", of.odd);
        cli_json_close(&json, '}');
    }
    cli_json_close(&json, ']');
    return cli_json_print(&json);
}

int cli_print_weights(const hone_model *model, bool as_json)
{
    size_t name = 6, shape = 5;
    if (as_json)
        return print_json(model);
    for (int i = 0; i < hone_model_weight_count(model); i++) {
        facts of = {.count = 0};
        find_shape(hone_model_weight(model, i), &of);
        size_t length = strlen(hone_variable_path(hone_model_weight(model, i)));
        name = length > name ? length : name;
        shape = strlen(of.shape) > shape ? strlen(of.shape) : shape;
    }
    printf("\n%-*s  %-*s  %10s  %10s  %10s  %10s  %6s\n", (int)name, "weight", (int)shape, "shape", "least",
           "mean", "most", "deviation", "zeros");
    for (int i = 0; i < hone_model_weight_count(model); i++) {
        hone_variable *variable = hone_model_weight(model, i);
        facts of = look_at(variable);
        printf("%-*s  %-*s  %10.4g  %10.4g  %10.4g  %10.4g  %5.1f%%", (int)name, hone_variable_path(variable),
               (int)shape, of.shape, of.least, of.mean, of.most, of.deviation, of.zeros * 100);
        if (of.odd > 0)
            printf("  %lld not finite", (long long)of.odd);
        printf("\n");
    }
    return CLI_DONE;
}
