/* C source of models: every layer and activation with the arguments, weights and inputs of the golden files,
 * and graphs, folded normalisation, int8 weights. Everything is compiled into one program (gcc or cc -std=c99
 * -Wall -Wextra -pedantic -Werror) whose self-tests compare with what Hone predicts. */
#include "base/memory.h"
#include "c_source_models.h"
#include "fields/fields.h"
#include "csource/forms.h"
#include "layers/layer.h"
#include "keras/keras.h"
#include "testing/golden.h"
#include "testing/test.h"
#include <hone/hone.h>
#include <hone/export.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the program of all sources ---- */

static hone_text sources, calls;
static int exported, refused;

static void note_source(const char *name)
{
    exported++;
    hone_internal_text_format(&sources, "#define main %s_main\n#include \"%s.c\"\n#undef main\n", name, name);
    hone_internal_text_format(&calls, "    failed += check(\"%s\", %s_main());\n", name, name);
}

/* The name of the next source, which begins all that it declares: short, and the only one of its kind. */
static void name_source(char *full, size_t size, const char *name, const char *kind)
{
    static int number;
    snprintf(full, size, "%.24s_%d_%s", name, number++, kind);
}

/* Exports with float32 and with int8 weights. A refused layer is counted. */
static void export_model(hone_model *model, const char *name, hone_dataset *data)
{
    static const char *const kinds[] = {"float32", "int8"};
    for (int i = 0; i < 2; i++) {
        char full[200], path[400];
        hone_c_source report;
        name_source(full, sizeof full, name, kinds[i]);
        path_of(full, path, sizeof path);
        hone_status status = hone_export_c(model, path, &report, .weights = kinds[i],
                                           .data = data != NULL ? data : HONE_NO_DATASET);
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

static const char all_sources[] = "#include <stdio.h>\nint main(void);\n%s\n"
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
    fprintf(file, all_sources, sources.data, calls.data);
    fclose(file);
    const char *compiler = getenv("CC") != NULL ? getenv("CC") : "cc";
    snprintf(command, sizeof command,
             "%s -std=c99 -Wall -Wextra -pedantic -Wconversion -Wshadow -Werror -DSELF_TEST "
             "-o %s/all %s -lm && %s/all > %s/said",
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

/* The arguments of the example's call, to be freed; NULL: it has none. */
static void *call_args_of(const hone_layer *layer, const hone_config *example)
{
    const hone_config *call = golden_get(example, "call");
    return call == NULL
               ? NULL
               : hone_internal_fields_from_config(hone_layer_get_type(layer)->call_fields, call, NULL);
}

static bool make_model(golden_model *m, hone_layer *layer, const hone_config *example)
{
    const hone_config *inputs = golden_get(example, "inputs");
    hone_tensor *tensors[GOLDEN_INPUTS + 1];
    m->layer = hone_layer_retain(layer);
    m->input_count = inputs == NULL ? 0 : (int)hone_internal_config_count(inputs);
    if (m->input_count == 0 || m->input_count > HONE_MAX_ENDS) {
        hone_layer_free(layer);
        return false;
    }
    for (int i = 0; i < m->input_count; i++) {
        m->inputs[i] = golden_read(hone_internal_config_at(inputs, (size_t)i));
        tensors[i] = input_tensor(&m->inputs[i], i);
        assert_non_null(tensors[i]);
    }
    tensors[m->input_count] = hone_tensors_end;
    hone_functional_args args = {
        .base = {sizeof args, "test"}, .input_count = m->input_count, .output_count = 1};
    void *call_args = call_args_of(layer, example);
    args.outputs[0] = hone_apply_with(layer, tensors, call_args);
    if (call_args != NULL)
        hone_internal_fields_free(hone_layer_get_type(m->layer)->call_fields, call_args);
    memcpy(args.inputs, tensors, sizeof *tensors * (size_t)m->input_count);
    m->model = hone_functional_with(&args);
    return m->model != NULL;
}

static void set_weights(const golden_model *m, const hone_config *weights)
{
    hone_variable_list list = {0};
    assert_true(hone_internal_layer_weights(m->layer, &list) >= 0);
    for (size_t i = 0; i < hone_internal_config_count(weights) && i < list.count; i++) {
        golden_tensor tensor = golden_read(hone_internal_config_at(weights, i));
        assert_int_equal(tensor.count, hone_internal_variable_count(list.items[i]));
        for (int64_t j = 0; j < tensor.count; j++)
            hone_internal_variable_data(list.items[i])[j] = (float)tensor.values[j];
        golden_tensor_free(&tensor);
    }
    hone_internal_free(list.items);
}

static hone_dataset *data_of(golden_model *m)
{
    hone_dataset_from_arrays_args args = {.base = {sizeof args, "test"}, .scale = 1};
    static const char *const names[] = {"x0", "x1", "x2", "x3", "x4", "x5", "x6", "x7"};
    for (int i = 0; i < m->input_count; i++) {
        args.x[i] = hone_array_view(m->inputs[i].values, HONE_FLOAT64, m->inputs[i].shape.rank,
                                    m->inputs[i].shape.size);
        args.x_names[i] = m->input_count > 1 ? names[i] : NULL;
    }
    return hone_dataset_from_arrays_with(&args);
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
    bool bins = strcmp(hone_layer_get_type(layer)->type.name, "discretization") == 0;
    assert_true((bins ? hone_discretization_adapt(layer, &view) : hone_normalization_adapt(layer, &view)) >=
                0);
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

static size_t every(void)
{
    return getenv("HONE_TEST_FULL") != NULL ? 1 : 4;
}

/* The first example and each fourth after it, all with HONE_TEST_FULL. */
static void export_file(const char *family, const char *name)
{
    hone_config *file = golden_open(family, name);
    const hone_config *cases = golden_cases(file);
    bool layers = strcmp(family, "layers") == 0;
    for (size_t i = 0; i < hone_internal_config_count(cases); i += every()) {
        const hone_config *example = hone_internal_config_at(cases, i);
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
        export_case(hone_internal_layer_from_config(envelope, NULL), example, title);
        hone_internal_config_free(envelope);
        hone_internal_config_free(arguments);
    }
    hone_internal_config_free(file);
}

AROUND_ALL(testing_folder_make, testing_folder_remove);

TEST(every_layer_gives_the_same_numbers_in_c)
{
    char **names = golden_list("layers");
    for (char **name = names; *name != NULL; name++)
        export_file("layers", *name);
    golden_list_free(names);
    print_message("%d sources, %d refused\n", exported, refused);
    assert_true((size_t)exported >= 1100 / every() && refused == 0);
    run_sources();
}

TEST(every_activation_gives_the_same_numbers_in_c)
{
    char **names = golden_list("activations");
    exported = refused = 0;
    for (char **name = names; *name != NULL; name++)
        export_file("activations", *name);
    golden_list_free(names);
    print_message("%d sources, %d refused\n", exported, refused);
    assert_true((size_t)exported >= 90 / every() && refused == 0);
    run_sources();
}

/* Every element-wise function and reduction has words, also those that no layer records. */
TEST(formulas_agree)
{
    hone_c_slot slots[3] = {{.place = HONE_C_WORK, .into = -1}, {.into = -1}, {.into = -1}};
    hone_c_program program = {.slots = slots, .slot_count = 3};
    const char *const names[3] = {NULL};
    hone_c_words words = {.program = &program, .prefix = "p", .names = names};
#define HONE_UNARY(name, ...) HONE_KERNEL_##name,
#define HONE_BINARY(name, ...) HONE_KERNEL_##name,
#define HONE_REDUCTION(name, ...) HONE_KERNEL_reduce_##name,
    static const hone_kernel_index kernels[] = {
#include "kernels/unary.def"
#include "kernels/binary.def"
#include "kernels/reduction.def"
    };
    for (size_t i = 0; i < sizeof kernels / sizeof *kernels; i++) {
        hone_c_step step = {.kernel = kernels[i],
                            .form = hone_internal_c_form_of(kernels[i]),
                            .slots = {0, 1, 2},
                            .scope = "test",
                            .items = 3};
        if (hone_internal_c_words_step(&words, &step) < 0)
            fail_msg("%s", hone_error_message());
    }
    FILE *file = fopen(testing_path("formulas.c"), "w");
    assert_non_null(file);
    fprintf(file,
            "#include <math.h>\n#include <stdint.h>\n%s\n"
            "void p_all(float *work);\nvoid p_all(float *work)\n{\n%s}\n",
            words.functions.data, words.body.data);
    fclose(file);
    char command[400];
    snprintf(command, sizeof command,
             "cc -std=c99 -Wall -Wextra -pedantic -Wconversion -Werror -c %s -o %s.o",
             testing_path("formulas.c"), testing_path("formulas"));
    assert_int_equal(system(command), 0);
    hone_internal_c_words_free(&words);
}

/* ---- graphs ---- */

static void export_graph(hone_model *model, const char *name)
{
    if (model == NULL)
        fail_msg("%s: %s", name, hone_error_message());
    scatter_weights(model);
    export_model(model, name, NULL);
    hone_model_free(model);
}

/* With bytes between the layers, by ranges over random samples. */
static void export_calibrated(hone_model *model, const char *name)
{
    static float numbers[6 * 1000];
    char path[400], full[200];
    const hone_shape shape = hone_tensor_shape(hone_model_input(model, 0));
    int64_t sizes[HONE_MAX_RANK] = {6}, each = 1;
    uint32_t state = 3;
    for (int axis = 1; axis < shape.rank; axis++)
        each *= sizes[axis] = shape.size[axis];
    for (int64_t i = 0; i < 6 * each; i++)
        numbers[i] = (float)(testing_random(&state) % 2000) / 1000 - 1;
    hone_dataset *data =
        hone_dataset_from_arrays(.x = {hone_array_view(numbers, HONE_FLOAT32, shape.rank, sizes)});
    name_source(full, sizeof full, name, "bytes");
    path_of(full, path, sizeof path);
    if (hone_export_c(model, path, NULL, .weights = "int8", .calibration = data, .data = data) < 0)
        fail_msg("%s: %s", name, hone_error_message());
    note_source(full);
    hone_dataset_free(data);
}

static void export_graph_thrice(hone_model *model, const char *name)
{
    if (model == NULL)
        fail_msg("%s: %s", name, hone_error_message());
    scatter_weights(model);
    export_calibrated(model, name);
    export_model(model, name, NULL);
    hone_model_free(model);
}

static hone_model *nested(void)
{
    hone_model *inner = hone_sequential(hone_input(5), hone_dense(5, .activation = "selu"), hone_dense(5));
    hone_layer *layer = hone_model_as_layer(inner);
    hone_tensor *x = hone_input_tensor(5);
    hone_tensor *once = hone_apply(hone_layer_retain(layer), x), *twice = hone_apply(layer, once);
    hone_tensor *all = hone_apply(hone_concatenate(), x, once, twice);
    return hone_functional((x), (hone_apply(hone_dense(3, .activation = "softmax"), all)));
}

static hone_model *words_of_text(void)
{
    return hone_sequential(hone_input(7), hone_embedding(9, 4, .mask_zero = true), hone_layer_normalization(),
                           hone_dense(3), hone_softmax(), hone_layer_from_text("permute([2, 1])"),
                           hone_flatten(), hone_dense(2));
}

/* ---- networks of convolutions ---- */

/* Layers one behind the other, "conv2d(4, 3); flatten". */
static hone_tensor *chain(hone_tensor *x, const char *layers)
{
    char text[400], *rest = text;
    snprintf(text, sizeof text, "%s", layers);
    for (char *layer; (layer = strsep(&rest, ";")) != NULL && x != NULL;)
        x = hone_apply(hone_layer_from_text(layer + strspn(layer, " ")), x);
    return x;
}

/* A block of MobileNet: depthwise, then one place over all channels, each with its normalisation. */
static hone_tensor *mobile_block(hone_tensor *x, int filters, int stride)
{
    char text[300];
    snprintf(
        text, sizeof text,
        "depthwise_conv2d(3, strides=%d, padding=same, use_bias=false); batch_normalization; re_lu(max_value=6);"
        "conv2d(%d, 1, use_bias=false); batch_normalization; re_lu(max_value=6)",
        stride, filters);
    return chain(x, text);
}

static hone_model *mobile(void)
{
    hone_tensor *input = hone_input_tensor(15, 15, 3);
    hone_tensor *x =
        chain(input, "zero_padding2d(1); conv2d(4, 3, strides=2, use_bias=false); batch_normalization");
    hone_tensor *before = mobile_block(x, 8, 1);
    x = hone_apply(hone_add(), mobile_block(before, 8, 1), before);
    x = chain(mobile_block(x, 12, 2), "global_average_pooling2d; dense(5, activation=softmax)");
    return hone_functional((input), (x));
}

static const struct {
    const char *name, *input, *layers;
} networks[] = {
    {"digits", "input(shape=[12, 12, 1])",
     "conv2d(6, 3, padding=same, activation=relu); max_pooling2d(2); conv2d(8, 3, use_bias=false);"
     "batch_normalization; activation(relu); average_pooling2d(2); flatten; dense(10, activation=softmax)"},
    {"decoder", "input(shape=[4, 4, 3])",
     "conv2d_transpose(6, 3, strides=2, padding=same); batch_normalization; up_sampling2d(2); cropping2d(1);"
     "conv2d(4, 2, groups=2, dilation_rate=2); separable_conv2d(4, 3, activation=tanh); adaptive_max_pooling2d(3)"},
    {"waves", "input(shape=[20, 2])",
     "conv1d(4, 3, padding=causal, dilation_rate=2); max_pooling1d(2); depthwise_conv1d(3, depth_multiplier=2);"
     "conv1d_transpose(3, 4, strides=3); global_max_pooling1d; dense(2)"},
    {"volumes", "input(shape=[5, 6, 4, 2])",
     "conv3d(3, 2); average_pooling3d(2); conv3d_transpose(2, 2); flatten; dense(2)"},
    {"steps", "input(shape=[3, 6, 6, 2])",
     "time_distributed(layer=conv2d(4, 3, padding=same, activation=relu)); time_distributed(layer=max_pooling2d(2));"
     "time_distributed(layer=conv2d_transpose(2, 3)); time_distributed(layer=depthwise_conv2d(2));"
     "time_distributed(layer=average_pooling2d(2)); time_distributed(layer=conv2d(3, 1)); flatten; dense(2)"},
    {"channels_first", "input(shape=[3, 8, 8])",
     "conv2d(4, 3, data_format=channels_first); max_pooling2d(2, data_format=channels_first); flatten; dense(2)"},
};

TEST(convolutions_give_the_same_numbers_in_c)
{
    exported = refused = 0;
    for (size_t i = 0; i < sizeof networks / sizeof *networks; i++) {
        hone_tensor *x = hone_tensor_input(hone_layer_from_text(networks[i].input));
        export_graph_thrice(hone_functional((x), (chain(x, networks[i].layers))), networks[i].name);
    }
    export_graph_thrice(mobile(), "mobile");
    assert_true(exported == 21 && refused == 0);
    run_sources();
}

TEST(graphs_give_the_same_numbers_in_c)
{
    exported = 0;
    export_graph(normalized(), "normalized");
    export_graph(two_towers(), "two_towers");
    export_graph(nested(), "nested");
    export_graph(words_of_text(), "words_of_text");
    export_graph(hone_sequential(hone_input(3), hone_identity()), "nothing");
    export_graph(algebra(), "algebra");
    export_graph(frequencies(), "frequencies");
    assert_int_equal(exported, 14);
    run_sources();
}
