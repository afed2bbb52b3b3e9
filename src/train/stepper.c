/* A copy of a model that takes a text in pieces: the same layers built for one sequence of any length, or of
 * one step where that cannot be, recurrent ones stateful, with the same weights. Layers that look back keep
 * what they need (graph.h: hone_kept_steps); a layer that cannot says so when it is recorded, and then there
 * is no stepper. */
#include "base/error.h"
#include "base/memory.h"
#include "base/text.h"
#include "keras/keras.h"
#include "train/generate.h"

#include <stdio.h>
#include <string.h>

/* Symbols: room at first; in a piece that is worth a plan of its own; in the longest one, whose plan has
 * memory for all of them. */
enum { FIRST_ROOM = 64, SHORTEST_PIECE = 8, LONGEST_PIECE = 512 };

/* ---- whether there may be one ---- */

static bool is_true(const hone_layer *layer, const char *argument)
{
    const bool *said = hone_internal_layer_argument(layer, argument);
    return said != NULL && *said;
}

/* Why a layer cannot take one step after the other; NULL: it can. A recurrent layer that is called twice has
 * one state for both. */
static const char *refusal(const hone_model *model, const hone_layer *layer)
{
    const hone_call *last = hone_internal_model_last_call(model, layer);
    if (!layer->type->goes_step_by_step)
        return "looks at several symbols at once";
    if (is_true(layer, "go_backwards"))
        return "goes backwards";
    if (hone_internal_layer_argument(layer, "stateful") != NULL && last != NULL &&
        hone_internal_model_call_rank(model, last) > 0)
        return "is called more than once";
    return NULL;
}

static hone_status explain(hone_stepper *stepper, const char *about, const char *why)
{
    hone_text text = {.data = NULL};
    hone_internal_text_append(&text, "each symbol costs a run over the text so far: ");
    hone_internal_text_append(&text, about);
    hone_internal_text_append(&text, why);
    stepper->why = text.data;
    return text.failed ? HONE_ERROR_MEMORY : HONE_OK;
}

/* Tells of the first layer that stands in the way. */
static hone_status find_refusal(hone_stepper *stepper, const hone_model *of)
{
    for (size_t i = 0; i < of->layer_count; i++) {
        const char *why = refusal(of, of->layers[i]);
        if (why == NULL)
            continue;
        char about[200];
        snprintf(about, sizeof about, "the layer \"%.120s\" (%.40s) ",
                 hone_internal_layer_label(of->layers[i]), of->layers[i]->type->type.class_name);
        return explain(stepper, about, why);
    }
    return HONE_OK;
}

/* ---- making it ---- */

/* A batch of one, of any number of steps or of one. */
static hone_status set_shape(hone_config *config, const hone_array *symbol, bool any)
{
    hone_config *sizes = hone_internal_config_list();
    hone_status status = sizes == NULL ? HONE_ERROR_MEMORY : HONE_OK;
    for (int axis = 0; axis < symbol->rank && status >= 0; axis++)
        status = hone_internal_config_append(sizes, axis == 1 && any
                                                        ? hone_internal_config_null()
                                                        : hone_internal_config_integer(symbol->shape[axis]));
    if (status >= 0)
        return hone_internal_config_set(config, "batch_shape", sizes);
    hone_internal_config_free(sizes);
    return status;
}

/* Inputs of one text; recurrent layers that keep their states. */
static hone_status alter(hone_config *config, const hone_array *symbol, bool any)
{
    if (hone_internal_config_is(config, HONE_CONFIG_MAP)) {
        const char *class_name = hone_internal_config_get_text(config, "class_name");
        hone_config *inner = hone_internal_config_get_mutable(config, "config");
        if (class_name != NULL && strcmp(class_name, "InputLayer") == 0 && inner != NULL)
            return set_shape(inner, symbol, any);
        if (hone_internal_config_get(config, "stateful") != NULL)
            HONE_TRY(hone_internal_config_set(config, "stateful", hone_internal_config_boolean(true)));
    } else if (!hone_internal_config_is(config, HONE_CONFIG_LIST)) {
        return HONE_OK;
    }
    for (size_t i = 0; i < hone_internal_config_count(config); i++)
        HONE_TRY(alter(hone_internal_config_at_mutable(config, i), symbol, any));
    return HONE_OK;
}

/* Weights with an axis for the steps are others in the copy. */
static hone_status copy_weights(hone_model *to, const hone_model *from)
{
    bool same = to->weights.count == from->weights.count;
    for (size_t i = 0; same && i < from->weights.count; i++)
        same = hone_internal_shape_equal(to->weights.items[i]->shape, from->weights.items[i]->shape);
    if (!same)
        return hone_fail(HONE_ERROR_UNSUPPORTED, "its weights depend on the number of steps");
    for (size_t i = 0; i < from->weights.count; i++)
        memcpy(hone_internal_variable_data(to->weights.items[i]),
               hone_internal_variable_data(from->weights.items[i]),
               sizeof(float) * (size_t)hone_internal_variable_count(from->weights.items[i]));
    return HONE_OK;
}

static hone_status make_model(hone_stepper *stepper, hone_model *of, const hone_array *symbol, bool any)
{
    hone_config *config = hone_internal_model_to_config(of);
    if (config != NULL && alter(config, symbol, any) >= 0)
        stepper->model = hone_internal_model_from_config(config, NULL);
    hone_internal_config_free(config);
    if (stepper->model == NULL)
        return hone_error_status();
    stepper->model->kept = &stepper->kept;
    return copy_weights(stepper->model, of);
}

static hone_status make_position(hone_stepper *stepper)
{
    stepper->kept.position = hone_internal_variable_create("position", HONE_SHAPE(1), NULL);
    if (stepper->kept.position == NULL)
        return HONE_ERROR_MEMORY;
    return hone_internal_variables_place(&stepper->kept.position, 1);
}

/* Takes one symbol, for layers to say what they cannot do. */
static hone_status try_symbol(hone_stepper *stepper, const hone_array *symbol)
{
    const hone_batch batch = {.x = {*symbol}};
    hone_array *y = NULL;
    HONE_TRY(hone_predict_on_batch(stepper->model, &batch, false, &y));
    const bool one = y->rank == 2 || y->shape[1] == 1;
    hone_array_free(y);
    if (!one)
        return hone_fail(HONE_ERROR_UNSUPPORTED, "the output has several steps for one");
    return hone_model_reset_states(stepper->model);
}

/* Whether layers cannot do what they were asked for. */
static bool is_refusal(hone_status status)
{
    return status == HONE_ERROR_UNSUPPORTED || status == HONE_ERROR_SHAPE || status == HONE_ERROR_ARGUMENT;
}

static hone_status try_model(hone_stepper *stepper, hone_model *of, const hone_array *symbol, bool any)
{
    stepper->kept.steps = 1;
    stepper->piece = any ? LONGEST_PIECE : 1;
    hone_status status = make_model(stepper, of, symbol, any);
    if (status >= 0)
        status = try_symbol(stepper, symbol);
    if (status < 0) {
        hone_model_free(stepper->model);
        stepper->model = NULL;
    }
    return status;
}

hone_status hone_internal_stepper_make(hone_stepper *stepper, hone_model *of, const hone_array *symbol)
{
    HONE_TRY(find_refusal(stepper, of));
    if (stepper->why != NULL)
        return HONE_OK;
    stepper->window = of->inputs[0]->shape.size[1];
    stepper->kept = (hone_kept_steps){.most = INT64_MAX, .room = FIRST_ROOM};
    if (stepper->window != HONE_ANY && stepper->window < FIRST_ROOM)
        stepper->kept.room = stepper->window;
    HONE_TRY(make_position(stepper));
    hone_status status = try_model(stepper, of, symbol, true);
    if (is_refusal(status))
        status = try_model(stepper, of, symbol, false);
    if (is_refusal(status)) { /* no failure */
        status = explain(stepper, "", hone_error_message());
        hone_error_clear();
    }
    return status;
}

void hone_internal_stepper_free(hone_stepper *stepper)
{
    hone_model_free(stepper->model);
    hone_internal_variable_free(stepper->kept.position);
    hone_internal_free(stepper->why);
}

/* ---- going on ---- */

int64_t hone_internal_stepper_most(const hone_stepper *stepper)
{
    if (stepper->model == NULL)
        return 0;
    if (!stepper->kept.used) /* states forget by themselves */
        return INT64_MAX;
    return stepper->window != HONE_ANY && stepper->window < stepper->kept.most ? stepper->window
                                                                               : stepper->kept.most;
}

hone_status hone_internal_stepper_tell_end(hone_stepper *stepper)
{
    const long long most = (long long)hone_internal_stepper_most(stepper);
    if (stepper->why != NULL)
        return HONE_OK;
    stepper->why =
        stepper->kept.most < (stepper->window == HONE_ANY ? INT64_MAX : stepper->window)
            ? hone_internal_format(
                  "the network has learned positions for %lld symbols: of a longer text each symbol "
                  "costs a run over all of it, with positions that are computed from those",
                  most)
            : hone_internal_format(
                  "the network takes %lld symbols: of a longer text each symbol costs a run over "
                  "the last %lld",
                  most, most);
    return stepper->why == NULL ? HONE_ERROR_MEMORY : HONE_OK;
}

hone_status hone_internal_stepper_reserve(hone_stepper *stepper, int64_t symbols, bool *again)
{
    const int64_t most = hone_internal_stepper_most(stepper);
    int64_t room = stepper->kept.room;
    *again = false;
    if (!stepper->kept.used || symbols <= room || room >= most)
        return HONE_OK;
    while (room < symbols && room < most)
        room = room > most / 2 ? most : 2 * room;
    HONE_TRY(hone_model_reset_states(stepper->model));
    hone_internal_model_drop_plans(stepper->model);
    stepper->kept.room = room;
    *again = true;
    return HONE_OK;
}

int64_t hone_internal_stepper_piece(const hone_stepper *stepper, int64_t left)
{
    if (left < SHORTEST_PIECE || stepper->piece == 1)
        return 1;
    return left < stepper->piece ? left : stepper->piece;
}

void hone_internal_stepper_go_to(hone_stepper *stepper, int64_t before, int64_t piece)
{
    stepper->kept.steps = piece;
    *(float *)hone_internal_variable_data(stepper->kept.position) = (float)before;
}

bool hone_internal_stepper_falls_back(hone_stepper *stepper, hone_status status)
{
    if (stepper->kept.steps == 1 || !is_refusal(status))
        return false;
    stepper->piece = 1;
    hone_error_clear();
    return true;
}
