/* A look at the data, and at what a model does with them: warnings about what usually is a mistake. */
#include "base/memory.h"
#include "base/plural.h"
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

/* A class is far rarer in training when its share there is below this part of that in validation. */
enum { MOST_CLASSES = 4096, FEW_SAMPLES = 10, FAR_RARER = 4 };

/* How many samples of each class the training data and the validation data have, and of all. */
enum { TRAIN, HELD, PARTS };
typedef struct class_counts {
    int64_t of[PARTS][MOST_CLASSES], all[PARTS];
} class_counts;

/* False when a part's targets are not class numbers, or not in memory. */
static bool count_classes(const hone_dataset *data, class_counts *counts, int part)
{
    const int64_t count = hone_dataset_count(data);
    float *labels = hone_internal_allocate((size_t)count * sizeof *labels);
    bool good = labels != NULL && hone_internal_dataset_labels(data, 0, labels) >= 0;
    for (int64_t i = 0; good && i < count; i++) {
        good = labels[i] >= 0 && labels[i] < MOST_CLASSES && labels[i] == floorf(labels[i]);
        if (good)
            counts->of[part][(int)labels[i]]++;
    }
    counts->all[part] = count;
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

static double share_of(const class_counts *counts, int part, int class_number)
{
    return (double)counts->of[part][class_number] / (double)counts->all[part];
}

/* What the validation data have and training has not seen: no class's samples, or hardly any. */
typedef struct class_findings {
    int lacking, first_lacking; /* classes without a sample in training */
    int64_t lacking_samples;    /* of them in validation */
    int known, held, only;      /* classes in training; in validation, the last of those */
    int rare;                   /* the one whose share in training is the smallest part of that in validation;
                                   -1: none is far rarer */
} class_findings;

static class_findings find_classes(const class_counts *counts)
{
    class_findings found = {.rare = -1};
    double least = 1.0 / FAR_RARER;
    for (int k = 0; k < MOST_CLASSES; k++) {
        found.known += counts->of[TRAIN][k] > 0;
        if (counts->of[HELD][k] == 0)
            continue;
        found.held++;
        found.only = k;
        if (counts->of[TRAIN][k] == 0) {
            found.first_lacking = found.lacking++ == 0 ? k : found.first_lacking;
            found.lacking_samples += counts->of[HELD][k];
        }
        const double part = share_of(counts, TRAIN, k) / share_of(counts, HELD, k);
        if (counts->of[HELD][k] >= FEW_SAMPLES && part > 0 && part < least) {
            least = part;
            found.rare = k;
        }
    }
    return found;
}

/* The end of sorted data says nothing of the others. One sentence: the first that holds. */
static void tell_classes(const hone_recipe *recipe, const hone_dataset *train, const class_counts *counts)
{
    const class_findings found = find_classes(counts);
    const long long held = (long long)counts->all[HELD], all = (long long)counts->all[TRAIN];
    char number[16], line[500];
    const char *advice = is_in_order(train) ? "windows are held out in their order: more data, or fewer "
                                              "classes, would have them all"
                                            : "in sorted data give validation: {share: 0.2, stratify: true}";
    if (found.lacking > 0)
        snprintf(
            line, sizeof line,
            "the validation data have %d class%s that the training data lack, such as \"%.60s\": %lld of "
            "%lld samples; %s\n",
            found.lacking, hone_internal_number_word(found.lacking, "", "es"),
            name_of(train, found.first_lacking, number), (long long)found.lacking_samples, held, advice);
    else if (found.known > 1 && found.held == 1 && held >= FEW_SAMPLES)
        snprintf(line, sizeof line,
                 "all %lld validation samples are of one class, \"%.60s\", which the training data have in "
                 "%lld of %lld; %s\n",
                 held, name_of(train, found.only, number), (long long)counts->of[TRAIN][found.only], all,
                 advice);
    else if (found.rare >= 0)
        snprintf(line, sizeof line,
                 "class \"%.60s\" is %lld of %lld validation samples (%.3g %%), but %lld of %lld in training "
                 "(%.2g %%); %s\n",
                 name_of(train, found.rare, number), (long long)counts->of[HELD][found.rare], held,
                 100 * share_of(counts, HELD, found.rare), (long long)counts->of[TRAIN][found.rare], all,
                 100 * share_of(counts, TRAIN, found.rare), advice);
    else
        return;
    hone_internal_recipe_warn(recipe, line);
}

static void look_at_classes(const hone_recipe *recipe, const hone_model *model, const hone_dataset *train,
                            const hone_dataset *validation)
{
    const hone_loss *loss = model->output_count == 1 ? hone_internal_model_loss(model, 0) : NULL;
    if (loss == NULL || strstr(loss->type->type.name, "crossentropy") == NULL || !is_cheap(train) ||
        !is_cheap(validation) || hone_dataset_target_count(train) != 1)
        return;
    class_counts *counts = hone_internal_allocate_zeroed(1, sizeof *counts);
    if (counts != NULL && count_classes(train, counts, TRAIN) && count_classes(validation, counts, HELD))
        tell_classes(recipe, train, counts);
    hone_internal_free(counts);
}

/* ---- states ---- */

/* The first layer that keeps states from batch to batch, or NULL. */
static const hone_layer *find_stateful(const hone_layer *layer)
{
    const hone_layer *found = hone_internal_layer_flag(layer, "stateful") ? layer : NULL;
    hone_layer *inner;
    for (int i = 0; found == NULL && (inner = hone_internal_layer_within(layer, i, NULL)) != NULL; i++)
        found = find_stateful(inner);
    return found;
}

void hone_internal_recipe_look_at_states(const hone_recipe *recipe, const hone_model *model)
{
    const hone_layer *found = NULL;
    char line[500];
    for (size_t i = 0; model != NULL && found == NULL && i < model->layer_count; i++)
        found = find_stateful(model->layers[i]);
    for (int i = 0; found != NULL && i < model->input_count; i++)
        if (model->inputs[i]->shape.size[0] != HONE_ANY)
            found = NULL;
    if (found == NULL)
        return;
    snprintf(
        line, sizeof line,
        "the layer \"%.100s\" is stateful, and no input says its batch_size, which Keras needs to know: the "
        "first batch says it, and each row begins with the states of the same row of the batch before\n",
        hone_internal_layer_label(found));
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
