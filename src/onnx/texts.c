/* Vocabularies in ONNX: string_lookup and integer_lookup are a LabelEncoder of ai.onnx.ml from texts, or from
 * integers, to ids, and behind it, with d the number of terms and w their weights, what the output mode says:
 *
 *     one_hot[n, d] = ids[n] = d    multi_hot[n, d] = max_t one_hot[n, t, d]    count[n, d] = sum_t one_hot
 *     tf_idf[n, d] = count[n, d] w[d]
 *
 * Layers that ONNX has no operators for stay before the graph, which takes what they make. */
#include "onnx/export.h"
#include "base/memory.h"
#include "layers/lookup.h"

#include <stdlib.h>
#include <string.h>

static bool is_integers(const hone_layer *layer)
{
    return layer->type == &hone_internal_integer_lookup_layer;
}

/* The place of the model's input that a layer reads, or -1. */
static int source_of(const hone_model *model, const hone_call *call)
{
    for (int i = 0; i < model->input_count; i++)
        if (call->input_count == 1 && call->inputs[0] == model->inputs[i])
            return i;
    return -1;
}

static bool is_fed(const hone_model *model, int input)
{
    for (int i = 0; i < model->fed_count; i++)
        if (hone_internal_model_fed_input(model, i) == input)
            return true;
    return false;
}

/* Why a layer stays before the graph; NULL: it is written. */
static const char *refusal(const hone_model *model, const hone_call *call)
{
    const hone_layer *layer = call->layer;
    if (layer->type == &hone_internal_text_vectorization_layer)
        return "ONNX has no operator that takes punctuation out of texts";
    if (layer->type != &hone_internal_string_lookup_layer && !is_integers(layer))
        return "ONNX has no operator that hashes texts";
    const hone_lookup_state *state = hone_internal_lookup_state(layer);
    const int source = source_of(model, call);
    if (source < 0)
        return "it reads what another layer over texts makes";
    if (is_fed(model, source))
        return "its input goes into the network, too";
    if (state == NULL || !state->lookup.known)
        return "it has no vocabulary yet";
    if (state->rules.unknown_ids == 0)
        return "it refuses terms that are not in its vocabulary (num_oov_indices 0), which a graph cannot";
    return state->rules.unknown_ids > 1
               ? "it tells unknown terms apart by a hash (num_oov_indices above 1), for "
                 "which ONNX has no operator"
               : NULL;
}

/* Terms and ids of a LabelEncoder: those of the vocabulary, and the mask in front. */
typedef struct labels {
    const char **texts;
    int64_t *integers, *ids;
    size_t count;
} labels;

static hone_status list_labels(const hone_lookup_state *state, labels *list)
{
    const hone_terms *terms = &state->lookup.terms;
    const char *mask = state->rules.mask;
    const size_t room = terms->count + 1;
    list->texts = hone_internal_allocate(room * sizeof *list->texts);
    list->integers = hone_internal_allocate(room * sizeof *list->integers);
    list->ids = hone_internal_allocate(room * sizeof *list->ids);
    if (list->texts == NULL || list->integers == NULL || list->ids == NULL)
        return HONE_ERROR_MEMORY;
    for (size_t i = mask == NULL ? 1 : 0; i < room; i++) {
        const char *text = i == 0 ? mask : terms->list[i - 1];
        HONE_TRY(hone_internal_lookup_find(&state->lookup, &state->rules, text, &list->ids[list->count]));
        list->integers[list->count] = strtoll(text, NULL, 10);
        list->texts[list->count++] = text;
    }
    return HONE_OK;
}

/* The id of what is no label: that of unknown terms. */
static int64_t unknown_id(const hone_lookup_state *state)
{
    return hone_internal_lookup_specials(&state->rules) - 1;
}

static const char *encode_labels(hone_onnx_export *export, const hone_layer *layer, const char *input)
{
    const hone_lookup_state *state = hone_internal_lookup_state(layer);
    hone_onnx_writer *writer = &export->writer;
    labels list = {.count = 0};
    hone_onnx_node *encoder = NULL;
    if (list_labels(state, &list) >= 0 &&
        (encoder = hone_internal_onnx_node(writer, "LabelEncoder", &input, 1)) != NULL) {
        hone_internal_onnx_set_domain(writer, encoder, HONE_ONNX_ML);
        if (is_integers(layer))
            hone_internal_onnx_set_ints(writer, encoder, "keys_int64s", list.integers, list.count);
        else
            hone_internal_onnx_set_texts(writer, encoder, "keys_strings", list.texts, list.count);
        hone_internal_onnx_set_ints(writer, encoder, "values_int64s", list.ids, list.count);
        hone_internal_onnx_set_int(writer, encoder, "default_int64", unknown_id(state));
    }
    hone_internal_free(list.texts);
    hone_internal_free(list.integers);
    hone_internal_free(list.ids);
    return hone_internal_onnx_output(encoder);
}

/* 1 where an id is a column's number: [.., depth]. */
static const char *compare_columns(hone_onnx_export *export, const char *ids, int64_t depth)
{
    int64_t *columns = hone_internal_allocate((size_t)(depth + 1) * sizeof *columns);
    if (columns == NULL)
        return NULL;
    for (int64_t i = 0; i < depth; i++)
        columns[i] = i;
    const char *numbers = hone_internal_onnx_integers(&export->writer, 1, columns, (size_t)depth),
               *last = hone_internal_onnx_list(export, (int64_t[]){-1}, 1);
    hone_internal_free(columns);
    return hone_internal_onnx_truth(
        export, HONE_ONNX(export, "Equal", HONE_ONNX(export, "Unsqueeze", ids, last), numbers));
}

/* The vectors of ids [n, .., t] with one number for each of `depth` terms. */
static const char *make_vectors(hone_onnx_export *export, const hone_lookup_state *state, const char *ids,
                                hone_shape shape)
{
    const char *mode = state->rules.mode;
    const int64_t depth = hone_internal_lookup_depth(&state->lookup, &state->rules);
    const char *columns = compare_columns(export, ids, depth);
    const int64_t axis = -2;
    if (strcmp(mode, "one_hot") == 0)
        return shape.rank >= 2 && shape.size[shape.rank - 1] == 1
                   ? HONE_ONNX(export, "Squeeze", columns, hone_internal_onnx_list(export, &axis, 1))
                   : columns;
    if (strcmp(mode, "multi_hot") == 0)
        return hone_internal_onnx_reduce(export, HONE_KERNEL_reduce_maximum, columns, &axis, 1, false);
    const char *sum = hone_internal_onnx_reduce(export, HONE_KERNEL_reduce_sum, columns, &axis, 1, false);
    if (strcmp(mode, "tf_idf") != 0)
        return sum;
    float *weights = hone_internal_allocate_zeroed((size_t)depth + 1, sizeof *weights);
    for (size_t i = 0; weights != NULL && i < state->lookup.weight_count && i < (size_t)depth; i++)
        weights[i] = state->lookup.weights[i];
    const char *factors =
        weights == NULL ? NULL : hone_internal_onnx_floats(&export->writer, NULL, 1, &depth, weights, true);
    hone_internal_free(weights);
    return HONE_ONNX(export, "Mul", sum, factors);
}

/* What the network reads of a layer over texts. */
static hone_status write_layer(hone_onnx_export *export, const hone_call *call, bool integers,
                               const char **name)
{
    const hone_tensor *source = call->inputs[0];
    const hone_lookup_state *state = hone_internal_lookup_state(call->layer);
    const char *input = hone_model_input_name(export->model, source_of(export->model, call));
    export->writer.scope = hone_internal_layer_label(call->layer);
    const char *ids = encode_labels(export, call->layer, input);
    *name = strcmp(state->rules.mode, "int") != 0 ? make_vectors(export, state, ids, source->shape)
            : integers                            ? ids
                                                  : hone_internal_onnx_truth(export, ids);
    return *name == NULL ? HONE_ERROR_MEMORY : HONE_OK;
}

hone_status hone_internal_onnx_write_texts(hone_onnx_export *export, const hone_value *inputs)
{
    const hone_model *model = export->model;
    export->outside = hone_internal_allocate_zeroed((size_t)model->fed_count + 1, sizeof *export->outside);
    if (export->outside == NULL)
        return HONE_ERROR_MEMORY;
    for (int i = 0; i < model->fed_count; i++) {
        const bool integers = export->ids.inputs != NULL && export->ids.inputs[i];
        const hone_call *call = model->fed[i]->call;
        export->names[inputs[i]] = hone_internal_model_fed_name(model, i);
        if (hone_internal_model_fed_input(model, i) >= 0)
            continue;
        export->outside[i] = refusal(model, call);
        if (export->outside[i] == NULL)
            HONE_TRY(write_layer(export, call, integers, &export->names[inputs[i]]));
    }
    return HONE_OK;
}

bool hone_internal_onnx_reads_texts(const hone_onnx_export *export, int input, bool *integers)
{
    for (int i = 0; i < export->model->fed_count; i++) {
        const hone_call *call = export->model->fed[i]->call;
        if (hone_internal_model_fed_input(export->model, i) >= 0 || export->outside[i] != NULL ||
            source_of(export->model, call) != input)
            continue;
        *integers = is_integers(call->layer);
        return true;
    }
    return false;
}
