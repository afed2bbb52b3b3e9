/* Vocabularies in archives: assets/PATH/vocabulary.txt, a term a line without an end of line at the end,
 * special terms in front. A text_vectorization has it twice, for itself and for the lookup within it. Weights
 * of mode tf_idf are PATH/vars/idf_weights. */
#include "keras/vocabularies.h"
#include "base/memory.h"
#include "base/text.h"
#include "keras/staging.h"

#include <string.h>

static const char WEIGHTS[] = "idf_weights";

/* The layer of an object's path, when it may have a vocabulary. */
static hone_layer *find_layer(const hone_model *model, const char *path, const char *name)
{
    const char *slash = strchr(path, '/');
    for (size_t i = 0; slash != NULL && strchr(slash + 1, '/') == NULL && i < model->layer_count; i++)
        if (model->layers[i]->type->take_terms != NULL &&
            strcmp(hone_internal_layer_label(model->layers[i]), name) == 0)
            return model->layers[i];
    return NULL;
}

static bool has_lookup_within(const hone_layer *layer)
{
    return layer->type == &hone_internal_text_vectorization_layer;
}

/* ---- writing ---- */

/* What Python's splitlines, by which Keras reads the file, takes for the end of a line. */
static bool has_line_end(const char *term)
{
    static const char *const longer[] = {"\xC2\x85", "\xE2\x80\xA8", "\xE2\x80\xA9"};
    bool has = strpbrk(term, "\n\v\f\r\x1C\x1D\x1E") != NULL;
    for (size_t i = 0; i < sizeof longer / sizeof *longer; i++)
        has = has || strstr(term, longer[i]) != NULL;
    return has;
}

static bool fits_lines(const hone_layer *layer, int64_t count)
{
    for (int64_t i = 0; i < count; i++) {
        const char *term = layer->type->term(layer, i);
        if (term != NULL && has_line_end(term))
            return false;
    }
    return true;
}

static hone_status put_vocabulary(const hone_layer *layer, int64_t count, hone_config *args)
{
    const float *weights = layer->type->term_weights(layer);
    hone_config *terms = hone_internal_config_list(), *numbers = hone_internal_config_list();
    hone_status status = terms == NULL || numbers == NULL ? HONE_ERROR_MEMORY : HONE_OK;
    for (int64_t i = 0; i < count && status >= 0; i++) {
        const char *term = layer->type->term(layer, i);
        status = hone_internal_config_append(terms, hone_internal_config_text(term != NULL ? term : ""));
        if (status >= 0 && weights != NULL)
            status = hone_internal_config_append(numbers, hone_internal_config_number((double)weights[i]));
    }
    if (status >= 0) {
        status = hone_internal_config_set(args, "vocabulary", terms);
        terms = NULL;
    }
    if (status >= 0 && weights != NULL) {
        status = hone_internal_config_set(args, "idf_weights", numbers);
        numbers = NULL;
    }
    hone_internal_config_free(terms);
    hone_internal_config_free(numbers);
    return status;
}

hone_status hone_internal_vocabularies_to_config(const hone_model *model, hone_config *config, bool all)
{
    hone_config *layers =
        hone_internal_config_get_mutable(hone_internal_config_get_mutable(config, "config"), "layers");
    for (size_t i = 0; i < model->layer_count; i++) {
        const hone_layer *layer = model->layers[i];
        const int64_t terms = layer->type->take_terms == NULL ? 0 : layer->type->term_count(layer);
        if (terms == 0 || (!all && fits_lines(layer, terms)))
            continue;
        for (size_t k = 0; k < hone_internal_config_count(layers); k++) {
            hone_config *args =
                hone_internal_config_get_mutable(hone_internal_config_at_mutable(layers, k), "config");
            const char *name = hone_internal_config_get_text(args, "name");
            if (name != NULL && strcmp(name, hone_internal_layer_label(layer)) == 0)
                HONE_TRY(put_vocabulary(layer, terms, args));
        }
    }
    return HONE_OK;
}

static char *join_terms(const hone_layer *layer, int64_t count)
{
    hone_text text = {0};
    hone_internal_text_append(&text, "");
    for (int64_t i = 0; i < count; i++) {
        const char *term = layer->type->term(layer, i);
        hone_internal_text_append(&text, i > 0 ? "\n" : "");
        hone_internal_text_append(&text, term != NULL ? term : "");
    }
    return hone_internal_text_take(&text);
}

static hone_status add_member(hone_vocabularies *to, const char *path, const char *within, const char *text)
{
    HONE_TRY(
        (hone_status)hone_internal_grow(&to->members, &to->capacity, to->count + 1, sizeof *to->members));
    char *name = hone_internal_format("assets/%s%s/vocabulary.txt", path, within),
         *copy = hone_internal_copy_text(text);
    if (name == NULL || copy == NULL) {
        hone_internal_free(name);
        hone_internal_free(copy);
        return HONE_ERROR_MEMORY;
    }
    to->members[to->count++] = (hone_zip_member){name, copy, strlen(copy)};
    return HONE_OK;
}

typedef struct writing {
    const hone_model *model;
    hone_vocabularies *to;
} writing;

static hone_status write_layer(void *context, const char *path, const char *name, hone_variable **variables,
                               size_t count)
{
    const writing *of = context;
    const hone_layer *layer = find_layer(of->model, path, name);
    (void)variables, (void)count;
    const int64_t terms = layer == NULL ? 0 : layer->type->term_count(layer);
    if (terms == 0 || !fits_lines(layer, terms))
        return HONE_OK;
    char *text = join_terms(layer, terms);
    hone_status status = text == NULL ? HONE_ERROR_MEMORY : HONE_OK;
    if (status >= 0 && has_lookup_within(layer))
        status = add_member(of->to, path, "/_lookup_layer", text);
    if (status >= 0)
        status = add_member(of->to, path, "", text);
    hone_internal_free(text);
    return status;
}

hone_status hone_internal_vocabularies_write(hone_model *model, hone_vocabularies *vocabularies)
{
    writing of = {model, vocabularies};
    return hone_internal_visit_model(model, "", HONE_WEIGHTS_LAYERS, hone_model_name(model), write_layer,
                                     &of);
}

void hone_internal_vocabularies_free(hone_vocabularies *vocabularies)
{
    for (size_t i = 0; i < vocabularies->count; i++) {
        hone_internal_free((void *)(uintptr_t)vocabularies->members[i].name);
        hone_internal_free((void *)(uintptr_t)vocabularies->members[i].data);
    }
    hone_internal_free(vocabularies->members);
    *vocabularies = (hone_vocabularies){0};
}

/* Numbers of a vector of the layer: Keras writes as many weights, but reads only as many as there are terms,
 * unless the vocabulary is an argument. */
static int64_t padded_count(const hone_layer *layer, int64_t terms)
{
    const bool *pad = hone_internal_layer_argument(layer, "pad_to_max_tokens");
    const int64_t *most = hone_internal_layer_argument(layer, "max_tokens");
    return pad != NULL && *pad && most != NULL ? *most : terms;
}

hone_status hone_internal_vocabularies_store(const hone_model *model, const char *path, const char *name,
                                             hone_store *store)
{
    const hone_layer *layer = find_layer(model, path, name);
    const float *weights = layer == NULL ? NULL : layer->type->term_weights(layer);
    if (weights == NULL)
        return HONE_OK;
    int64_t terms = 0;
    while (layer->type->term(layer, terms) != NULL)
        terms++;
    const int64_t count = fits_lines(layer, terms) ? terms : padded_count(layer, terms);
    float *padded = hone_internal_allocate_zeroed((size_t)count + 1, sizeof *padded);
    if (padded == NULL)
        return HONE_ERROR_MEMORY;
    memcpy(padded, weights, (size_t)(terms < count ? terms : count) * sizeof *padded);
    const hone_array array = hone_array_view(padded, HONE_FLOAT32, 1, &count);
    char *vars = hone_internal_vars_path(path), *within = hone_internal_format("%s/_lookup_layer/vars", path);
    hone_status status = vars == NULL || within == NULL ? HONE_ERROR_MEMORY : HONE_OK;
    if (status >= 0)
        status = hone_internal_store_add_named(store, vars, WEIGHTS, &array);
    if (status >= 0 && has_lookup_within(layer)) {
        status = hone_internal_store_add_group(store, within, "string_lookup");
        if (status >= 0)
            status = hone_internal_store_add_named(store, within, WEIGHTS, &array);
    }
    hone_internal_free(padded);
    hone_internal_free(vars);
    hone_internal_free(within);
    return status;
}

/* ---- reading ---- */

/* Lines of a text, which is cut at their ends; those without anything at the end are none. */
static const char **split_lines(char *text, size_t *count)
{
    size_t lines = 1;
    for (const char *at = text; *at != '\0'; at++)
        lines += *at == '\n';
    const char **list = hone_internal_allocate_zeroed(lines + 1, sizeof *list);
    *count = 0;
    for (char *at = text; list != NULL && at != NULL;) {
        char *end = strchr(at, '\n');
        if (end != NULL)
            *end = '\0';
        const size_t length = strlen(at);
        if (length > 0 && at[length - 1] == '\r')
            at[length - 1] = '\0';
        list[(*count)++] = at;
        at = end == NULL ? NULL : end + 1;
    }
    while (list != NULL && *count > 0 && list[*count - 1][0] == '\0')
        --*count;
    return list;
}

typedef struct reading {
    const hone_model *model;
    const hone_config *texts;
    hone_weights_file *file;
} reading;

static hone_status read_weights(const reading *of, const hone_layer *layer, const char *path, size_t terms,
                                float **weights)
{
    const char *const *mode = hone_internal_layer_argument(layer, "output_mode");
    *weights = NULL;
    if (mode == NULL || (strcmp(*mode, "tf_idf") != 0 && strcmp(*mode, "tf-idf") != 0))
        return HONE_OK;
    const int64_t counts[2] = {(int64_t)terms, padded_count(layer, (int64_t)terms)}, count = counts[1];
    HONE_TRY((hone_status)hone_internal_check_memory((uint64_t)count, sizeof **weights, "idf_weights"));
    *weights = hone_internal_allocate_zeroed((size_t)count + 1, sizeof **weights);
    char *vars = hone_internal_vars_path(path),
         *place = vars == NULL ? NULL : hone_internal_format("%s/%s", vars, WEIGHTS);
    hone_status status = *weights == NULL || place == NULL ? HONE_ERROR_MEMORY : HONE_ERROR_SHAPE;
    for (int i = 0; i < 2 && status == HONE_ERROR_SHAPE; i++) {
        const hone_array array = hone_array_view(*weights, HONE_FLOAT32, 1, &counts[i]);
        hone_error_clear();
        status = hone_internal_weights_read_path(of->file, place, &array);
    }
    hone_internal_free(vars);
    hone_internal_free(place);
    return status;
}

static hone_status take_text(const reading *of, hone_layer *layer, const char *path, const char *text)
{
    size_t count;
    float *weights = NULL;
    char *copy = hone_internal_copy_text(text);
    const char **lines = copy == NULL ? NULL : split_lines(copy, &count);
    hone_status status = lines == NULL ? HONE_ERROR_MEMORY : HONE_OK;
    if (status >= 0 && count > 0)
        status = read_weights(of, layer, path, count, &weights);
    if (status >= 0 && count > 0)
        status = layer->type->take_terms(layer, lines, count, weights);
    hone_internal_free(weights);
    hone_internal_free(lines);
    hone_internal_free(copy);
    return status;
}

static hone_status read_layer(void *context, const char *path, const char *name, hone_variable **variables,
                              size_t count)
{
    const reading *of = context;
    hone_layer *layer = find_layer(of->model, path, name);
    (void)variables, (void)count;
    const char *text = layer == NULL ? NULL : hone_internal_config_get_text(of->texts, path);
    if (text == NULL)
        return HONE_OK;
    hone_internal_error_push(NULL, hone_internal_layer_label(layer));
    hone_status status = take_text(of, layer, path, text);
    hone_internal_error_pop();
    return status;
}

hone_status hone_internal_vocabularies_read(hone_model *model, const hone_config *config,
                                            hone_weights_file *file)
{
    reading of = {model, hone_internal_config_get(config, HONE_VOCABULARIES_KEY), file};
    return of.texts == NULL ? HONE_OK
                            : hone_internal_visit_model(model, "", HONE_WEIGHTS_LAYERS,
                                                        hone_model_name(model), read_layer, &of);
}
