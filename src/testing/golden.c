/* For tests: golden files, and running recorded graphs with every kind of kernel table. */
#include "testing/golden.h"
#include "base/base64.h"
#include "formats/formats.h"
#include "ops/differentiate.h"

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- files ---- */

static void path_of(char *path, size_t size, const char *family, const char *name, const char *ending)
{
    const char *root = getenv("HONE_SOURCE_DIR");
    snprintf(path, size, "%s/tests/golden/%s/%s%s", root != NULL ? root : ".", family, name, ending);
}

static char *read_text(const char *path, size_t *length)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL || fseek(file, 0, SEEK_END) != 0)
        fail_msg("%s cannot be read", path);
    long size = ftell(file);
    rewind(file);
    char *text = malloc((size_t)size + 1);
    if (text == NULL || fread(text, 1, (size_t)size, file) != (size_t)size)
        fail_msg("%s cannot be read", path);
    fclose(file);
    text[size] = '\0';
    *length = (size_t)size;
    return text;
}

hone_config *golden_open(const char *family, const char *name)
{
    char path[1024];
    path_of(path, sizeof path, family, name, ".json");
    size_t length;
    char *text = read_text(path, &length);
    hone_config *file = hone_internal_json_parse(text, length, path);
    free(text);
    if (file == NULL)
        fail_msg("%s", hone_error_message());
    return file;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

char **golden_list(const char *family)
{
    enum { MOST = 512 };
    char path[1024], **names = calloc(MOST + 1, sizeof *names);
    path_of(path, sizeof path, family, "", "");
    DIR *folder = opendir(path);
    if (names == NULL || folder == NULL)
        fail_msg("%s cannot be read", path);
    size_t count = 0;
    for (struct dirent *entry; (entry = readdir(folder)) != NULL && count < MOST;) {
        char *ending = strstr(entry->d_name, ".json");
        if (ending == NULL || strcmp(ending, ".json") != 0)
            continue;
        names[count++] = strndup(entry->d_name, (size_t)(ending - entry->d_name));
    }
    closedir(folder);
    qsort(names, count, sizeof *names, by_name);
    return names;
}

void golden_list_free(char **names)
{
    for (char **name = names; *name != NULL; name++)
        free(*name);
    free(names);
}

const hone_config *golden_get(const hone_config *map, const char *key)
{
    const hone_config *value = hone_internal_config_get(map, key);
    return hone_internal_config_present(value) ? value : NULL;
}

unsigned char *golden_tokenizer_bytes(const hone_config *file, size_t *count)
{
    const char *text = hone_internal_config_get_text(file, "model");
    unsigned char *bytes = malloc(strlen(text));
    assert_true(bytes != NULL && hone_internal_base64_read(text, strlen(text), bytes, count));
    return bytes;
}

void golden_tokenizer_write(const char *name, const char *path)
{
    hone_config *file = golden_open("tokenizers", name);
    size_t count = 0;
    unsigned char *bytes = golden_tokenizer_bytes(file, &count);
    FILE *out = fopen(path, "wb");
    assert_non_null(out);
    assert_int_equal(fwrite(bytes, 1, count, out), count);
    fclose(out);
    free(bytes);
    hone_internal_config_free(file);
}

const hone_config *golden_cases(const hone_config *file)
{
    const hone_config *cases = golden_get(file, "cases");
    if (!hone_internal_config_is(cases, HONE_CONFIG_LIST) || hone_internal_config_count(cases) == 0)
        fail_msg("a golden file without cases");
    return cases;
}

const char *golden_title(const hone_config *file, const hone_config *example)
{
    static char title[512];
    snprintf(title, sizeof title, "%s/%s: %s", hone_internal_config_get_text(file, "family"),
             hone_internal_config_get_text(file, "name"), hone_internal_config_get_text(example, "case"));
    return title;
}

double golden_tolerance(const hone_config *example)
{
    const hone_config *tolerance = golden_get(example, "tolerance");
    return tolerance != NULL ? hone_internal_config_as_number(tolerance) : 1e-5;
}

bool golden_flag(const hone_config *map, const char *key)
{
    const hone_config *flag = golden_get(map, key);
    return flag != NULL && hone_internal_config_as_boolean(flag);
}

hone_config *golden_envelope(const char *module, const char *class_name, const hone_config *arguments)
{
    hone_config *envelope = hone_internal_config_map();
    hone_config *config =
        arguments != NULL ? hone_internal_config_copy(arguments) : hone_internal_config_map();
    if (module != NULL)
        hone_internal_config_set(envelope, "module", hone_internal_config_text(module));
    hone_internal_config_set(envelope, "class_name", hone_internal_config_text(class_name));
    if (hone_internal_config_set(envelope, "config", config) < 0)
        fail_msg("%s", hone_error_message());
    return envelope;
}

golden_tensor golden_filled(hone_shape shape, double number)
{
    golden_tensor tensor = {.shape = shape, .count = hone_internal_shape_count(shape)};
    tensor.values = calloc((size_t)tensor.count + 1, sizeof *tensor.values);
    if (tensor.values == NULL)
        fail_msg("out of memory");
    for (int64_t i = 0; i < tensor.count; i++)
        tensor.values[i] = number;
    return tensor;
}

golden_tensor golden_read(const hone_config *tensor)
{
    const hone_config *shape = golden_get(tensor, "shape"), *values = golden_get(tensor, "values");
    if (shape == NULL || values == NULL || hone_internal_config_count(shape) > HONE_MAX_RANK)
        fail_msg("not a tensor of a golden file");
    hone_shape sizes = {.rank = (int)hone_internal_config_count(shape)};
    for (size_t i = 0; i < hone_internal_config_count(shape); i++)
        sizes.size[i] = hone_internal_config_as_integer(hone_internal_config_at(shape, i));
    golden_tensor result = golden_filled(sizes, 0);
    if (hone_internal_config_count(values) != (size_t)result.count)
        fail_msg("%zu values in a tensor of %lld", hone_internal_config_count(values),
                 (long long)result.count);
    for (size_t i = 0; i < hone_internal_config_count(values); i++)
        result.values[i] = !hone_internal_config_present(hone_internal_config_at(values, i))
                               ? (double)NAN
                               : hone_internal_config_as_number(hone_internal_config_at(values, i));
    return result;
}

golden_tensor golden_of(hone_shape shape, const double *values)
{
    golden_tensor tensor = golden_filled(shape, 0);
    memcpy(tensor.values, values, (size_t)tensor.count * sizeof *values);
    return tensor;
}

void golden_tensor_free(golden_tensor *tensor)
{
    free(tensor->values);
    *tensor = (golden_tensor){0};
}

/* ---- running ---- */

const char *const golden_tables[] = {"ref", "ref_double", "", NULL};

golden_run golden_begin(const char *table, bool training)
{
    golden_run run = {0};
    run.kernels =
        table == NULL || table[0] == '\0' ? hone_internal_kernels() : hone_internal_kernels_named(table);
    run.graph = hone_internal_graph_create(training, false);
    if (run.kernels == NULL || run.graph == NULL)
        fail_msg("%s", hone_error_message());
    return run;
}

hone_value golden_input_of(golden_run *run, const golden_tensor *tensor)
{
    if (run->input_count == GOLDEN_INPUTS)
        fail_msg("more than %d inputs", GOLDEN_INPUTS);
    golden_tensor copy = golden_filled(tensor->shape, 0);
    memcpy(copy.values, tensor->values, (size_t)copy.count * sizeof *copy.values);
    run->data[run->input_count] = copy;
    hone_value input = hone_internal_graph_input(run->graph, tensor->shape, "input");
    if (input < 0)
        fail_msg("%s", hone_error_message());
    return run->inputs[run->input_count++] = input;
}

hone_value golden_filled_input(golden_run *run, hone_shape shape, double number)
{
    golden_tensor tensor = golden_filled(shape, number);
    hone_value input = golden_input_of(run, &tensor);
    golden_tensor_free(&tensor);
    return input;
}

hone_variable *golden_variable(hone_shape shape, double number)
{
    hone_variable *variable = hone_internal_variable_create("w", shape, NULL);
    assert_int_equal(hone_internal_variables_place(&variable, 1), HONE_OK);
    for (int64_t i = 0; i < hone_internal_variable_count(variable); i++)
        hone_internal_variable_data(variable)[i] = (float)number;
    return variable;
}

hone_value golden_input(golden_run *run, const hone_config *tensor)
{
    golden_tensor data = golden_read(tensor);
    hone_value input = golden_input_of(run, &data);
    golden_tensor_free(&data);
    return input;
}

void golden_keep(golden_run *run, hone_value value)
{
    if (value < 0)
        fail_msg("%s", hone_error_message());
    hone_internal_graph_keep(run->graph, value);
}

void golden_differentiate(golden_run *run, hone_value loss, const hone_value *wanted, int count,
                          hone_value *gradients)
{
    if (loss < 0 || hone_internal_differentiate(run->graph, loss, wanted, count, gradients) < 0)
        fail_msg("%s", hone_error_message());
    for (int i = 0; i < count; i++)
        hone_internal_graph_keep(run->graph, gradients[i]);
}

static void store(const golden_run *run, void *address, int64_t index, double number)
{
    if (run->kernels->element_size == sizeof(double))
        ((double *)address)[index] = number;
    else
        ((float *)address)[index] = (float)number;
}

static void make_plan(golden_run *run, int threads)
{
    if (run->plan != NULL)
        return;
    run->plan = hone_internal_plan_create(run->graph, run->kernels, 1, threads);
    run->graph = NULL;
    if (run->plan == NULL)
        fail_msg("%s", hone_error_message());
}

static void feed(golden_run *run)
{
    for (int i = 0; i < run->input_count; i++) {
        void *address = hone_internal_plan_address(run->plan, run->inputs[i]);
        for (int64_t j = 0; address != NULL && j < run->data[i].count; j++)
            store(run, address, j, run->data[i].values[j]);
    }
}

void golden_execute(golden_run *run)
{
    make_plan(run, 1);
    feed(run);
    hone_internal_plan_run(run->plan, NULL, 0);
}

void golden_execute_by(golden_run *run, hone_team *team, int threads)
{
    make_plan(run, threads);
    for (int p = 0; p < run->plan->phase_count; p++)
        run->plan->phases[p].parallel = true;
    feed(run);
    hone_internal_plan_run(run->plan, team, 0);
}

golden_tensor golden_result(const golden_run *run, hone_value value)
{
    if (value < 0)
        fail_msg("a value that is not there: %s", hone_error_message());
    golden_tensor result = golden_filled(hone_value_shape(run->plan->graph, value), 0);
    const void *address = hone_internal_plan_address(run->plan, value);
    if (address == NULL && result.count > 0)
        fail_msg("a value without memory");
    for (int64_t i = 0; i < result.count; i++)
        result.values[i] = run->kernels->element_size == sizeof(double) ? ((const double *)address)[i]
                                                                        : (double)((const float *)address)[i];
    return result;
}

double golden_number(const golden_run *run, hone_value value)
{
    golden_tensor result = golden_result(run, value);
    double number = result.values[0];
    golden_tensor_free(&result);
    return number;
}

void golden_end(golden_run *run)
{
    hone_internal_plan_free(run->plan);
    hone_internal_graph_free(run->graph);
    for (int i = 0; i < run->input_count; i++)
        golden_tensor_free(&run->data[i]);
    *run = (golden_run){0};
}

/* ---- comparing ---- */

static double scale_of(const golden_tensor *tensor)
{
    double scale = 1e-3;
    for (int64_t i = 0; i < tensor->count; i++)
        if (isfinite(tensor->values[i]) && fabs(tensor->values[i]) > scale)
            scale = fabs(tensor->values[i]);
    return scale;
}

static bool close_to(double expected, double received, double allowed)
{
    if (isnan(expected) || isnan(received))
        return isnan(expected) && isnan(received);
    if (isinf(expected) || isinf(received))
        return expected == received;
    return fabs(expected - received) <= allowed;
}

void golden_check(const char *title, const char *what, const golden_tensor *expected,
                  const golden_tensor *received, double tolerance)
{
    char a[128], b[128];
    hone_internal_shape_to_text(expected->shape, a, sizeof a);
    hone_internal_shape_to_text(received->shape, b, sizeof b);
    if (!hone_internal_shape_equal(expected->shape, received->shape))
        fail_msg("%s: %s has shape %s, not %s", title, what, b, a);
    double allowed = tolerance * scale_of(expected);
    for (int64_t i = 0; i < expected->count; i++)
        if (!close_to(expected->values[i], received->values[i], allowed))
            fail_msg("%s: %s %s at %lld: expected %.9g, received %.9g (allowed %.3g)", title, what, a,
                     (long long)i, expected->values[i], received->values[i], allowed);
}

void golden_check_value(const char *title, const char *what, const hone_config *expected,
                        const golden_run *run, hone_value received, double tolerance)
{
    if (received < 0)
        fail_msg("%s: %s is not there: %s", title, what, hone_error_message());
    golden_tensor wanted = golden_read(expected), result = golden_result(run, received);
    golden_check(title, what, &wanted, &result, tolerance);
    golden_tensor_free(&wanted);
    golden_tensor_free(&result);
}

/* The loss when element `index` of an input is moved by `step`. */
static double moved(golden_run *run, hone_value loss, int input, int64_t index, double step)
{
    double *element = &run->data[input].values[index], before = *element;
    *element = before + step;
    golden_execute(run);
    *element = before;
    return golden_number(run, loss);
}

static void check_input(golden_run *run, const char *title, hone_value loss, int input,
                        const golden_tensor *gradient, double tolerance)
{
    enum { MOST_ELEMENTS = 64 };
    double allowed = tolerance * scale_of(gradient);
    int64_t stride = gradient->count / MOST_ELEMENTS + 1;
    for (int64_t i = 0; i < gradient->count; i += stride) {
        double size = fabs(run->data[input].values[i]), step = 1e-6 * (size > 1 ? size : 1);
        double difference =
            (moved(run, loss, input, i, step) - moved(run, loss, input, i, -step)) / (2 * step);
        if (!close_to(difference, gradient->values[i], allowed))
            fail_msg("%s: gradient of input %d at %lld: differences give %.9g, received %.9g (allowed %.3g)",
                     title, input, (long long)i, difference, gradient->values[i], allowed);
    }
}

void golden_check_differences(const char *title, golden_function *record, void *context,
                              const golden_tensor *inputs, int count, const bool *wanted, bool training,
                              double tolerance)
{
    golden_run run = golden_begin("ref_double", training);
    hone_value values[GOLDEN_INPUTS], asked[GOLDEN_INPUTS], gradients[GOLDEN_INPUTS];
    int asked_inputs[GOLDEN_INPUTS], asked_count = 0;
    for (int i = 0; i < count; i++)
        values[i] = golden_input_of(&run, &inputs[i]);
    for (int i = 0; i < count; i++) {
        if (wanted != NULL && !wanted[i])
            continue;
        asked_inputs[asked_count] = i;
        asked[asked_count++] = values[i];
    }
    hone_value loss = record(run.graph, values, count, context);
    if (loss < 0)
        fail_msg("%s: %s", title, hone_error_message());
    golden_keep(&run, loss);
    golden_differentiate(&run, loss, asked, asked_count, gradients);
    golden_execute(&run);
    golden_tensor received[GOLDEN_INPUTS];
    for (int i = 0; i < asked_count; i++)
        received[i] = gradients[i] < 0 ? golden_filled(inputs[asked_inputs[i]].shape, 0)
                                       : golden_result(&run, gradients[i]);
    for (int i = 0; i < asked_count; i++)
        check_input(&run, title, loss, asked_inputs[i], &received[i], tolerance);
    for (int i = 0; i < asked_count; i++)
        golden_tensor_free(&received[i]);
    golden_end(&run);
}

/* ---- settings ---- */

void golden_check_config(const char *title, const hone_config *expected, const hone_config *received)
{
    size_t compared = 0;
    for (size_t i = 0; i < hone_internal_config_count(expected); i++) {
        const char *key = hone_internal_config_key(expected, i);
        if (strcmp(key, "dtype") == 0)
            continue;
        compared++;
        const hone_config *a = hone_internal_config_at(expected, i),
                          *b = hone_internal_config_get(received, key);
        if (b == NULL)
            fail_msg("%s: no \"%s\"", title, key);
        bool numbers = (hone_internal_config_is_numeric(a)) && (hone_internal_config_is_numeric(b));
        if (numbers ? hone_internal_config_as_number(a) != hone_internal_config_as_number(b)
                    : !hone_internal_config_equal(a, b))
            fail_msg("%s: \"%s\" differs", title, key);
    }
    if (hone_internal_config_count(received) != compared)
        fail_msg("%s: %zu keys, not %zu", title, hone_internal_config_count(received), compared);
}
