/* A look at the data before training: warnings about what usually is a mistake. */
#include "base/memory.h"
#include "data/dataset.h"
#include "data/windows.h"
#include "model/model.h"
#include "readers/schema.h"
#include "recipe/parts.h"

#include <hone/data_files.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- large inputs ---- */

/* Layers that make numbers of any size harmless. */
static bool tames(const hone_layer *layer)
{
    static const char *const names[] = {"normalization",
                                        "rescaling",
                                        "batch_normalization",
                                        "layer_normalization",
                                        "group_normalization",
                                        "unit_normalization",
                                        "embedding",
                                        "discretization",
                                        "category_encoding",
                                        "custom_scale_layer",
                                        "equalization",
                                        "auto_contrast",
                                        "reversible_embedding",
                                        "token_and_position_embedding"};
    const char *name = layer->type->type.name;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return hone_internal_layer_model(layer) != NULL; /* it may hold one */
}

static bool is_tamed(const hone_model *model)
{
    for (size_t i = 0; i < model->layer_count; i++)
        if (tames(model->layers[i]))
            return true;
    return false;
}

enum { ROWS_SEEN = 512, MOST_NUMBERS = 1 << 22 };

/* The root of the mean square of an input's numbers in some rows; below 0 when they are not seen. */
static double rms_of(const hone_dataset *data, int input)
{
    const hone_array *array = hone_dataset_input(data, input);
    const int64_t width = hone_array_count(array) / array->shape[0],
                  rows = array->shape[0] < ROWS_SEEN ? array->shape[0] : ROWS_SEEN;
    if (array->data == NULL || width * rows > MOST_NUMBERS)
        return -1;
    float *numbers = hone_internal_allocate((size_t)(rows * width) * sizeof *numbers);
    double sum = 0;
    if (numbers == NULL ||
        hone_internal_dataset_gather(data, HONE_COMPONENT_INPUT, input, NULL, 0, rows, numbers) < 0) {
        hone_internal_free(numbers);
        hone_error_clear();
        return -1;
    }
    for (int64_t i = 0; i < rows * width; i++)
        sum += (double)numbers[i] * (double)numbers[i];
    hone_internal_free(numbers);
    return sqrt(sum / (double)(rows * width));
}

enum { LARGE = 30 };

static void look_at_size(const hone_recipe *recipe, const hone_model *model, const hone_dataset *train)
{
    char line[400];
    if (!model->built || is_tamed(model) || !hone_internal_dataset_in_memory(train))
        return;
    for (int i = 0; i < hone_dataset_input_count(train); i++) {
        const double rms = rms_of(train, i);
        if (!(rms > LARGE) || !isfinite(rms))
            continue;
        snprintf(
            line, sizeof line,
            "the inputs are large (their rms is %.3g) and nothing scales them, so training may be slow or fail; "
            "put a normalization layer first, or give a table standardize=true, or pictures a scale of 1/255\n",
            rms);
        hone_internal_recipe_warn(recipe, line);
        return;
    }
}

/* ---- a softmax over one number ---- */

static bool is_softmax(const hone_layer *layer)
{
    const hone_field *field = hone_internal_fields_find(&layer->type->type, "activation");
    const char *activation =
        field == NULL ? NULL
                      : *(const char *const *)(const void *)((const char *)layer->args + field->offset);
    return strcmp(layer->type->type.name, "softmax") == 0 ||
           (activation != NULL && strcmp(activation, "softmax") == 0);
}

/* It is 1 whatever the number is: nothing can be learned. */
static void look_at_softmax(const hone_recipe *recipe, const hone_model *model)
{
    if (!model->built || model->output_count != 1 || model->layer_count == 0 ||
        !is_softmax(model->layers[model->layer_count - 1]))
        return;
    const hone_shape output = hone_tensor_shape(hone_model_output(model, 0));
    if (output.size[output.rank - 1] == 1)
        hone_internal_recipe_warn(
            recipe, "the model ends with a softmax over one number, which is always 1: two classes need "
                    "activation: sigmoid, or a unit for each class\n");
}

/* ---- classes ---- */

enum { MOST_CLASSES = 4096, FEW_SAMPLES = 10 };

/* Which class numbers a part has; false when its targets are not class numbers, or not in memory. */
static bool mark_classes(const hone_dataset *data, bool *seen)
{
    const int64_t count = hone_dataset_count(data);
    float *labels = hone_internal_allocate((size_t)count * sizeof *labels);
    bool good = labels != NULL && hone_internal_dataset_labels(data, 0, labels) >= 0;
    for (int64_t i = 0; good && i < count; i++) {
        good = labels[i] >= 0 && labels[i] < MOST_CLASSES && labels[i] == floorf(labels[i]);
        if (good)
            seen[(int)labels[i]] = true;
    }
    hone_internal_free(labels);
    if (!good)
        hone_error_clear();
    return good;
}

/* A text or series, whose windows cannot be held out at random. */
static bool is_in_order(const hone_dataset *data)
{
    return hone_internal_dataset_overlap(data) > 0 ||
           hone_internal_schema_of(hone_internal_dataset_schema(data), "characters") != NULL;
}

/* "3", or the name of class 3. */
static const char *name_of(const hone_dataset *data, int class_number, char number[16])
{
    const char *name = hone_dataset_class_name(data, 0, class_number);
    snprintf(number, 16, "%d", class_number);
    return name != NULL ? name : number;
}

/* Reading pictures again would take long. */
static bool is_cheap(const hone_dataset *data)
{
    const hone_array *x = hone_dataset_input(data, 0);
    return hone_internal_dataset_in_memory(data) || (x != NULL && x->rank <= 2);
}

/* The end of sorted data says nothing of the others. */
static void tell_one_class(const hone_recipe *recipe, const hone_dataset *train, int class_number)
{
    char number[16], line[300];
    snprintf(line, sizeof line, "all validation data are of one class, \"%.60s\"; %s\n",
             name_of(train, class_number, number),
             is_in_order(train) ? "windows are held out in their order: more data would have others too"
                                : "in sorted data give validation: {share: 0.2, stratify: true}");
    hone_internal_recipe_warn(recipe, line);
}

static void look_at_classes(const hone_recipe *recipe, const hone_model *model, const hone_dataset *train,
                            const hone_dataset *validation)
{
    const hone_loss *loss = model->output_count == 1 ? hone_internal_model_loss(model, 0) : NULL;
    char number[16], line[400];
    int lacking = 0, first = 0;
    if (loss == NULL || strstr(loss->type->type.name, "crossentropy") == NULL || !is_cheap(train) ||
        !is_cheap(validation) || hone_dataset_target_count(train) != 1)
        return;
    bool *seen = hone_internal_allocate_zeroed(2 * MOST_CLASSES, sizeof *seen);
    if (seen == NULL || !mark_classes(train, seen) || !mark_classes(validation, seen + MOST_CLASSES)) {
        hone_internal_free(seen);
        return;
    }
    int known = 0, held = 0, only = 0;
    for (int k = 0; k < MOST_CLASSES; k++) {
        if (seen[MOST_CLASSES + k] && !seen[k] && lacking++ == 0)
            first = k;
        known += seen[k];
        only = seen[MOST_CLASSES + k] ? k : only;
        held += seen[MOST_CLASSES + k];
    }
    hone_internal_free(seen);
    if (lacking == 0 && known > 1 && held == 1 && hone_dataset_count(validation) >= FEW_SAMPLES)
        tell_one_class(recipe, train, only);
    if (lacking == 0)
        return;
    snprintf(line, sizeof line,
             "the validation data have %d class%s that the training data lack, such as \"%.60s\"; %s\n",
             lacking, lacking == 1 ? "" : "es", name_of(train, first, number),
             is_in_order(train)
                 ? "windows are held out in their order: more data, or fewer classes, would have them all"
                 : "in sorted data give validation: {share: 0.2, stratify: true}");
    hone_internal_recipe_warn(recipe, line);
}

void hone_internal_recipe_look_at(const hone_recipe *recipe, const hone_model *model,
                                  const hone_dataset *train, const hone_dataset *validation)
{
    if (hone_internal_dataset_streams(train))
        return;
    look_at_size(recipe, model, train);
    look_at_softmax(recipe, model);
    if (validation != NULL && !hone_internal_dataset_streams(validation))
        look_at_classes(recipe, model, train, validation);
}
