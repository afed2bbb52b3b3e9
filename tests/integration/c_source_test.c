/* C source of models: every layer and activation with the arguments, weights and inputs of the golden files,
 * and graphs, folded normalisation, int8 weights. Everything is compiled into one program (gcc or cc -std=c99
 * -Wall -Wextra -pedantic -Werror) whose self-tests compare with what Hone predicts. */
#include "base/memory.h"
#include "insight/c_words.h"
#include "layers/layer.h"
#include "model/model.h"
#include "testing/files.h"
#include "testing/golden.h"
#include <hone/hone.h>
#include <hone/insight.h>

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* ---- the program of all sources ---- */

static hone_text sources, calls;
static int exported, refused;

static void note_source(const char *name)
{
    exported++;
    hone_internal_text_format(&sources, "#define main %s_main\n#include \"%s.c\"\n#undef main\n", name, name);
    hone_internal_text_format(&calls, "    failed += check(\"%s\", %s_main());\n", name, name);
}

static void path_of(const char *name, char *path, size_t size)
{
    snprintf(path, size, "%s/%s.c", testing_folder, name);
}

/* Exports with float32 and with int8 weights. A layer that C source cannot say yet is counted. */
static void export_model(hone_model *model, const char *name, hone_dataset *data)
{
    static const char *const kinds[] = {"float32", "int8"};
    for (int i = 0; i < 2; i++) {
        char full[200], path[400];
        hone_c_source report;
        snprintf(full, sizeof full, "%s_%s", name, kinds[i]);
        path_of(full, path, sizeof path);
        hone_status status =
            hone_export_c(model, path, &report, .weights = kinds[i], .data = data, .prefix = NULL);
        if (status == HONE_ERROR_UNSUPPORTED) {
            print_message("%s: %s\n", name, hone_error_message());
            refused++;
            return;
        }
        if (status < 0)
            fail_msg("%s: %s", name, hone_error_message());
        note_source(full);
    }
}

static const char program[] = "#include <stdio.h>\nint main(void);\n%s\n"
                              "static int check(const char *name, int wrong)\n{\n"
                              "    if (wrong != 0)\n        printf(\"%%s is wrong\\n\", name);\n"
                              "    return wrong != 0;\n}\n\n"
                              "int main(void)\n{\n    int failed = 0;\n%s    return failed != 0;\n}\n";

static void run_sources(void)
{
    char path[200], command[700];
    path_of("all", path, sizeof path);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fprintf(file, program, sources.data, calls.data);
    fclose(file);
    const char *compiler = getenv("CC") != NULL ? getenv("CC") : "cc";
    snprintf(command, sizeof command,
             "%s -std=c99 -Wall -Wextra -pedantic -Werror -DSELF_TEST -o %s/all %s -lm && %s/all > %s/said",
             compiler, testing_folder, path, testing_folder, testing_folder);
    int status = system(command);
    if (status != 0) {
        snprintf(command, sizeof command, "grep -v ' 0 numbers wrong' %s/said", testing_folder);
        if (system(command) != 0)
            print_message("nothing was said\n");
    }
    assert_int_equal(status, 0);
    hone_internal_text_free(&sources);
    hone_internal_text_free(&calls);
}

/* ---- a model around a layer of a golden file ---- */

typedef struct golden_model {
    hone_model *model;
    hone_layer *layer; /* one reference */
    golden_tensor inputs[GOLDEN_INPUTS];
    int input_count;
} golden_model;

static hone_tensor *input_tensor(const golden_tensor *tensor, int number)
{
    char text[200];
    size_t length = (size_t)snprintf(text, sizeof text, "input(shape=[");
    for (int axis = 1; axis < tensor->shape.rank; axis++)
        length += (size_t)snprintf(text + length, sizeof text - length, "%s%d", axis > 1 ? ", " : "",
                                   (int)tensor->shape.size[axis]);
    snprintf(text + length, sizeof text - length, "], name=x%d)", number);
    return hone_tensor_input(hone_layer_from_text(text));
}

static bool make_model(golden_model *m, hone_layer *layer, const hone_config *example)
{
    const hone_config *inputs = golden_get(example, "inputs");
    hone_tensor *tensors[GOLDEN_INPUTS + 1];
    m->layer = hone_layer_retain(layer);
    m->input_count = inputs == NULL ? 0 : (int)inputs->count;
    if (m->input_count == 0 || m->input_count > HONE_MAX_ENDS) {
        hone_layer_free(layer);
        return false;
    }
    for (int i = 0; i < m->input_count; i++) {
        m->inputs[i] = golden_read(inputs->items[i]);
        tensors[i] = input_tensor(&m->inputs[i], i);
        assert_non_null(tensors[i]);
    }
    tensors[m->input_count] = hone_tensors_end;
    hone_model_args args = {.base = {sizeof args, "test"}, .input_count = m->input_count, .output_count = 1};
    args.outputs[0] = hone_apply_create(layer, tensors);
    memcpy(args.inputs, tensors, sizeof *tensors * (size_t)m->input_count);
    m->model = hone_model_from_args(&args);
    return m->model != NULL;
}

static void set_weights(const golden_model *m, const hone_config *weights)
{
    hone_variable_list list = {0};
    assert_true(hone_internal_layer_weights(m->layer, &list) >= 0);
    for (size_t i = 0; weights != NULL && i < weights->count && i < list.count; i++) {
        golden_tensor tensor = golden_read(weights->items[i]);
        assert_int_equal(tensor.count, hone_internal_variable_count(list.items[i]));
        for (int64_t j = 0; j < tensor.count; j++)
            list.items[i]->data[j] = (float)tensor.values[j];
        golden_tensor_free(&tensor);
    }
    hone_internal_free(list.items);
}

static hone_dataset *data_of(golden_model *m)
{
    hone_dataset_args args = {.base = {sizeof args, "test"}, .scale = 1};
    static const char *const names[] = {"x0", "x1", "x2", "x3", "x4", "x5", "x6", "x7"};
    for (int i = 0; i < m->input_count; i++) {
        args.x[i] = hone_array_view(m->inputs[i].values, HONE_FLOAT64, m->inputs[i].shape.rank,
                                    m->inputs[i].shape.size);
        args.x_names[i] = m->input_count > 1 ? names[i] : NULL;
    }
    return hone_dataset_create(&args);
}

static void free_model(golden_model *m)
{
    hone_model_free(m->model);
    hone_layer_free(m->layer);
    for (int i = 0; i < m->input_count; i++)
        golden_tensor_free(&m->inputs[i]);
}

/* Layers that learn from data before they are built. */
static void adapt(hone_layer *layer, const hone_config *data)
{
    if (data == NULL)
        return;
    golden_tensor tensor = golden_read(data);
    hone_array view = hone_array_view(tensor.values, HONE_FLOAT64, tensor.shape.rank, tensor.shape.size);
    assert_true(hone_normalization_adapt(layer, &view) >= 0);
    golden_tensor_free(&tensor);
}

static void export_case(hone_layer *layer, const hone_config *example, const char *name)
{
    golden_model m = {.model = NULL};
    assert_non_null(layer);
    adapt(layer, golden_get(example, "adapt"));
    if (make_model(&m, layer, example)) {
        set_weights(&m, golden_get(example, "weights"));
        hone_dataset *data = data_of(&m);
        assert_non_null(data);
        export_model(m.model, name, data);
        hone_dataset_free(data);
    }
    free_model(&m);
}

static void export_file(const char *family, const char *name)
{
    hone_config *file = golden_open(family, name);
    const hone_config *cases = golden_cases(file);
    bool layers = strcmp(family, "layers") == 0;
    for (size_t i = 0; i < cases->count; i++) {
        const hone_config *example = cases->items[i];
        const char *class_name = layers ? hone_internal_config_get_text(file, "class") : "Activation";
        char title[200];
        snprintf(title, sizeof title, "%s_%s_%d", family, name, (int)i);
        hone_config *arguments = NULL;
        if (!layers) {
            arguments = hone_internal_config_map();
            hone_internal_config_set(
                arguments, "activation",
                golden_envelope("keras.activations", name, golden_get(example, "arguments")));
        }
        hone_config *envelope = golden_envelope("keras.layers", class_name,
                                                layers ? golden_get(example, "arguments") : arguments);
        export_case(hone_internal_layer_from_config(envelope), example, title);
        hone_internal_config_free(envelope);
        hone_internal_config_free(arguments);
    }
    hone_internal_config_free(file);
}

static void test_layers(void **state)
{
    char **names = golden_list("layers");
    (void)state;
    for (char **name = names; *name != NULL; name++)
        export_file("layers", *name);
    golden_list_free(names);
    print_message("%d sources, %d refused\n", exported, refused);
    assert_true(exported >= 200);
    run_sources();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_layers),
    };
    return cmocka_run_group_tests_name("integration/c_source", tests, testing_folder_make,
                                       testing_folder_remove);
}
