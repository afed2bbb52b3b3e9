/* Fuzz target: configurations of models with values changed, not bytes. The input chooses one of the golden
 * files and up to eight changes of its tree: a value becomes one of another kind, another name, another size,
 * a value from elsewhere in the tree, or is gone. What is still a model is compiled, trained for a step, and
 * predicts; then its configuration is written and read again, and the second model, with the weights of the
 * first, predicts the same. */
#include "formats/formats.h"
#include "keras/keras.h"
#include "model/model.h"
#include "replay.h"
#include <hone/train.h>

#include <math.h>
#include <string.h>

static const char *const FILES[] = {"many_layers",       "functional", "schedule",
                                    "foundation_layers", "frozen",     "ema"};
enum { FILE_COUNT = sizeof FILES / sizeof *FILES, MOST_CHANGES = 8, BATCH = 4, MOST_NUMBERS = 1 << 16 };

static hone_config *golden(size_t index)
{
    hone_config *tree = NULL;
    char path[128];
    snprintf(path, sizeof path, "tests/golden/files/%s.keras", FILES[index]);
    if (hone_internal_keras_read(path, &tree, NULL) < 0)
        abort();
    return tree;
}

/* ---- changing a tree ---- */

static size_t count_values(const hone_config *value)
{
    size_t count = 1;
    for (size_t i = 0; i < hone_internal_config_count(value); i++)
        count += count_values(hone_internal_config_at(value, i));
    return count;
}

static const hone_config *value_at(const hone_config *value, size_t *left)
{
    const hone_config *found = (*left)-- == 0 ? value : NULL;
    for (size_t i = 0; found == NULL && i < hone_internal_config_count(value); i++)
        found = value_at(hone_internal_config_at(value, i), left);
    return found;
}

typedef struct change {
    const hone_config *value; /* of the tree, that becomes another */
    hone_config *other;       /* NULL: it is gone */
} change;

static hone_config *other_value(const hone_config *tree, const hone_config *value, uint8_t kind)
{
    static const int64_t SIZES[] = {0, 1, -1, 2, 3, 7, 64, 1000, INT32_MAX, INT64_MAX, INT64_MIN};
    static const char *const NAMES[] = {"",     "relu",  "softmax", "mse",  "accuracy",
                                        "adam", "Dense", "zeros",   "auto", "float32",
                                        "none", "dense", "same",    "l2",   "x"};
    size_t elsewhere = kind * 7u % count_values(tree);
    switch (kind % 8) {
    case 0: return hone_internal_config_null();
    case 1: return hone_internal_config_boolean(!hone_internal_config_as_boolean(value));
    case 2: return hone_internal_config_integer(SIZES[kind / 8 % (sizeof SIZES / sizeof *SIZES)]);
    case 3: return hone_internal_config_number(kind < 128 ? 0.5 : kind < 192 ? -1e30 : (double)NAN);
    case 4: return hone_internal_config_text(NAMES[kind / 8 % (sizeof NAMES / sizeof *NAMES)]);
    case 5: return hone_internal_config_list();
    case 6: return hone_internal_config_map();
    default: return hone_internal_config_copy(value_at(tree, &elsewhere));
    }
}

static hone_config *changed(const hone_config *value, const change *what)
{
    if (value == what->value)
        return hone_internal_config_copy(what->other);
    bool map = hone_internal_config_is(value, HONE_CONFIG_MAP);
    if (!map && !hone_internal_config_is(value, HONE_CONFIG_LIST))
        return hone_internal_config_copy(value);
    hone_config *copy = map ? hone_internal_config_map() : hone_internal_config_list();
    for (size_t i = 0; i < hone_internal_config_count(value); i++) {
        const hone_config *item = hone_internal_config_at(value, i);
        if (item == what->value && what->other == NULL)
            continue;
        if (map)
            hone_internal_config_set(copy, hone_internal_config_key(value, i), changed(item, what));
        else
            hone_internal_config_append(copy, changed(item, what));
    }
    return copy;
}

/* Takes over the tree. Three bytes a change: two for the value, one for what it becomes. */
static hone_config *change_tree(hone_config *now, const uint8_t *data, size_t size)
{
    for (size_t i = 0; i + 3 <= size && i < 3 * MOST_CHANGES; i += 3) {
        size_t left =
            1 + (data[i] | (size_t)data[i + 1] << 8) % (count_values(now) - 1 + (count_values(now) == 1));
        change what = {.value = value_at(now, &left)};
        if (what.value == NULL)
            break;
        what.other = data[i + 2] % 16 == 15 ? NULL : other_value(now, what.value, data[i + 2]);
        hone_config *next = changed(now, &what);
        hone_internal_config_free(what.other);
        hone_internal_config_free(now);
        now = next;
    }
    return now;
}

/* ---- using a model ---- */

static hone_model *read_model(const hone_config *tree)
{
    hone_loading loading;
    if (hone_internal_loading_begin(&loading, NULL, 1 << 20) < 0)
        return NULL;
    const hone_config *settings = hone_internal_config_get(tree, "compile_config");
    hone_model *model = hone_internal_model_from_config(tree, &loading);
    hone_internal_loading_end(&loading);
    if (model != NULL && model->built && hone_internal_config_present(settings))
        hone_internal_model_compile_config(model, settings, NULL); /* or else it only predicts */
    return model;
}

/* Zeros and ones for what a tensor takes; NULL when that would be much. */
static hone_array *numbers_for(hone_shape shape)
{
    int64_t count = 1;
    shape.size[0] = BATCH;
    for (int axis = 0; axis < shape.rank; axis++) {
        shape.size[axis] = shape.size[axis] == HONE_ANY ? 3 : shape.size[axis];
        if (shape.size[axis] > MOST_NUMBERS || (count *= shape.size[axis]) > MOST_NUMBERS)
            return NULL;
    }
    hone_array *array = hone_array_create(HONE_FLOAT32, shape.rank, shape.size);
    for (int64_t i = 0; array != NULL && i < count; i++)
        ((float *)array->data)[i] = (float)(i % 2);
    return array;
}

/* False when a tensor of the model is too large to be tried here. */
static bool fill_batch(const hone_model *model, hone_array **owned, hone_batch *batch)
{
    int count = 0;
    for (int i = 0; i < model->call_count; i++)
        for (int j = 0; j < model->calls[i]->output_count; j++) {
            hone_array *tried = numbers_for(model->calls[i]->outputs[j].shape);
            hone_array_free(tried);
            if (tried == NULL)
                return false;
        }
    for (int i = 0; i < model->input_count; i++)
        if ((owned[count] = numbers_for(model->inputs[i]->shape)) != NULL)
            batch->x[i] = *owned[count++];
    for (int i = 0; i < model->output_count; i++)
        if ((owned[count] = numbers_for(model->outputs[i]->shape)) != NULL)
            batch->y[i] = *owned[count++];
    return true;
}

static void same_predictions(hone_model *a, hone_model *b, const hone_batch *batch)
{
    hone_array *left[HONE_MAX_ENDS] = {NULL}, *right[HONE_MAX_ENDS] = {NULL};
    if (a->weights.count != b->weights.count)
        abort();
    for (size_t i = 0; i < a->weights.count; i++)
        memcpy(hone_internal_variable_data(b->weights.items[i]),
               hone_internal_variable_data(a->weights.items[i]),
               (size_t)hone_internal_variable_count(a->weights.items[i]) * sizeof(float));
    hone_status first = hone_predict_on_batch(a, batch, false, left),
                second = hone_predict_on_batch(b, batch, false, right);
    if ((first < 0) != (second < 0))
        abort();
    for (int i = 0; first >= 0 && i < a->output_count; i++) {
        if (memcmp(left[i]->data, right[i]->data, (size_t)hone_array_count(left[i]) * sizeof(float)) != 0)
            abort();
        hone_array_free(left[i]);
        hone_array_free(right[i]);
    }
}

static void use_model(hone_model *model)
{
    hone_array *owned[2 * HONE_MAX_ENDS] = {NULL};
    hone_batch batch = {.x = {{.data = NULL}}};
    hone_logs logs = {.count = 0};
    if (model->built && fill_batch(model, owned, &batch)) {
        if (model->compiled.ready)
            hone_train_on_batch(model, &batch, &logs);
        hone_config *tree = hone_internal_model_to_config(model);
        hone_model *again = tree == NULL ? NULL : read_model(tree);
        if (again == NULL)
            abort(); /* what was read is written as something that is not */
        same_predictions(model, again, &batch);
        hone_model_free(again);
        hone_internal_config_free(tree);
    }
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
        hone_array_free(owned[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    hone_config *tree = change_tree(golden(data[0] % FILE_COUNT), data + 1, size - 1);
    hone_model *model = read_model(tree);
    if (model != NULL)
        use_model(model);
    hone_model_free(model);
    hone_internal_config_free(tree);
    return 0;
}
