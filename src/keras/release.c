/* Configs for older releases of Keras 3: what came later is refused by name, and forms that changed take the
 * old one (file-formats sections 1.6 and 1.7). */
#include "base/error.h"
#include "base/text.h"
#include "keras/keras.h"

#include <string.h>

/* The first release with a class or function. Names of functions are compared in the form of names in texts.
 */
typedef struct first_release {
    const char *name;
    int version;
} first_release;

static const first_release CLASSES[] = {
    {"Dice", 302},
    {"Tversky", 303},
    {"Lamb", 305},
    {"Circle", 307},
    {"ConcordanceCorrelation", 307},
    {"PearsonCorrelation", 307},
    {"RMSNormalization", 309},
    {"Muon", 310},
    {"CategoricalGeneralizedCrossEntropy", 310},
    {"ReversibleEmbedding", 312},
    {"AdaptiveAveragePooling1D", 313},
    {"AdaptiveAveragePooling2D", 313},
    {"AdaptiveAveragePooling3D", 313},
    {"AdaptiveMaxPooling1D", 313},
    {"AdaptiveMaxPooling2D", 313},
    {"AdaptiveMaxPooling3D", 313},
    {"ScheduleFreeAdamW", 314},
};
static const first_release FUNCTIONS[] = {
    {"celu", 307},
    {"glu", 307},
    {"hard_shrink", 307},
    {"hard_tanh", 307},
    {"log_sigmoid", 307},
    {"soft_shrink", 307},
    {"squareplus", 307},
    {"tanh_shrink", 307},
    {"sparse_plus", 308},
    {"sparsemax", 308},
    {"threshold", 308},
    {"sparse_sigmoid", 310},
    {"dice", 302},
    {"tversky", 303},
    {"circle", 307},
    {"concordance_correlation", 307},
    {"pearson_correlation", 307},
    {"categorical_generalized_cross_entropy", 310},
};

/* Arguments that came later. Those that are null, false or here their default are left out of the file. */
typedef struct later_key {
    const char *class_name, *key; /* any class: NULL */
    int version;
} later_key;

static const later_key KEYS[] = {
    {"BatchNormalization", "renorm", 314},
    {"BatchNormalization", "renorm_clipping", 314},
    {"BatchNormalization", "renorm_momentum", 314},
    {"LayerNormalization", "rms_scaling", 300},
    {"InputLayer", "ragged", 309},
    {"Muon", "adam_weight_decay", 313},
    {"Muon", "rms_rate", 313},
    {"InputLayer", "optional", 313},
    {NULL, "quantization_config", 313},
    {NULL, "input_axes", 315},
    {NULL, "output_axes", 315},
    {NULL, "gradient_accumulation_steps", 303},
    {NULL, "loss_scale_factor", 301},
};

static int first_of(const first_release *table, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(table[i].name, name) == 0)
            return table[i].version;
    return 0;
}

static hone_status refuse(const char *what, int first, int version)
{
    return hone_fail(HONE_ERROR_UNSUPPORTED,
                     "\"%.100s\" came with Keras %d.%d, and the file is to be read by %d.%d", what,
                     first / 100, first % 100, version / 100, version % 100);
}

static bool says_nothing(const hone_config *value)
{
    return !hone_internal_config_present(value) ||
           (hone_internal_config_is(value, HONE_CONFIG_BOOLEAN) && !hone_internal_config_as_boolean(value));
}

static hone_status drop_later_keys(hone_config *config, const char *class_name, int version)
{
    for (size_t i = 0; i < sizeof KEYS / sizeof *KEYS; i++) {
        const hone_config *value = hone_internal_config_get(config, KEYS[i].key);
        if (value == NULL || version >= KEYS[i].version ||
            (KEYS[i].class_name != NULL && strcmp(KEYS[i].class_name, class_name) != 0))
            continue;
        if (!says_nothing(value) && strcmp(KEYS[i].key, "renorm_momentum") != 0)
            return refuse(KEYS[i].key, KEYS[i].version, version);
        hone_internal_config_remove(config, KEYS[i].key);
    }
    return HONE_OK;
}

/* An object: its class must be there, its keys too; Orthogonal has its first name. */
static hone_status check_object(hone_config *object, const char *class_name, int version)
{
    int first = first_of(CLASSES, sizeof CLASSES / sizeof *CLASSES, class_name);
    if (first > version)
        return refuse(class_name, first, version);
    hone_config *config = hone_internal_config_get_mutable(object, "config");
    if (hone_internal_config_is(config, HONE_CONFIG_MAP))
        HONE_TRY(drop_later_keys(config, class_name, version));
    if (version < 307 && strcmp(class_name, "Orthogonal") == 0)
        return hone_internal_config_set(object, "class_name",
                                        hone_internal_config_text("OrthogonalInitializer"));
    if (version < 307 && strcmp(class_name, "Identity") == 0) {
        const char *module = hone_internal_config_get_text(object, "module");
        if (module != NULL && strcmp(module, "keras.initializers") == 0)
            return hone_internal_config_set(object, "class_name",
                                            hone_internal_config_text("IdentityInitializer"));
    }
    return HONE_OK;
}

/* Names of activations, losses and metrics. */
static hone_status check_function(const char *key, const hone_config *value, int version)
{
    bool activation = strstr(key, "activation") != NULL;
    bool named = activation || strcmp(key, "loss") == 0 || strcmp(key, "metrics") == 0 ||
                 strcmp(key, "weighted_metrics") == 0;
    if (!named)
        return HONE_OK;
    if (hone_internal_config_is(value, HONE_CONFIG_TEXT)) {
        int first =
            first_of(FUNCTIONS, sizeof FUNCTIONS / sizeof *FUNCTIONS, hone_internal_config_as_text(value));
        return first > version ? refuse(hone_internal_config_as_text(value), first, version) : HONE_OK;
    }
    bool branches = hone_internal_config_is(value, HONE_CONFIG_LIST) ||
                    (hone_internal_config_is(value, HONE_CONFIG_MAP) &&
                     hone_internal_config_get(value, "class_name") == NULL);
    for (size_t i = 0; branches && i < hone_internal_config_count(value); i++)
        HONE_TRY(check_function(key, hone_internal_config_at(value, i), version));
    return HONE_OK;
}

/* ["x", 0, 0] to [["x", 0, 0]]: before 3.4 one end was a list too. */
static hone_status list_ends(hone_config *config, const char *key)
{
    const hone_config *ends = hone_internal_config_get(config, key);
    if (!hone_internal_config_is(ends, HONE_CONFIG_LIST) || hone_internal_config_count(ends) != 3 ||
        !hone_internal_config_is(hone_internal_config_at(ends, 0), HONE_CONFIG_TEXT))
        return HONE_OK;
    hone_config *list = hone_internal_config_list();
    if (list == NULL)
        return HONE_ERROR_MEMORY;
    if (hone_internal_config_append(list, hone_internal_config_copy(ends)) < 0) {
        hone_internal_config_free(list);
        return HONE_ERROR_MEMORY;
    }
    return hone_internal_config_set(config, key, list);
}

/* The size that Reshape is to find out is -1 in all releases; some of them fail on null. */
hone_status hone_internal_config_reshapes(hone_config *config)
{
    const char *class_name = hone_internal_config_get_text(config, "class_name");
    hone_config *settings = hone_internal_config_get_mutable(config, "config");
    hone_config *shape = class_name != NULL && strcmp(class_name, "Reshape") == 0
                             ? hone_internal_config_get_mutable(settings, "target_shape")
                             : NULL;
    for (size_t i = 0;
         hone_internal_config_is(shape, HONE_CONFIG_LIST) && i < hone_internal_config_count(shape); i++) {
        if (hone_internal_config_present(hone_internal_config_at(shape, i)))
            continue;
        HONE_TRY(hone_internal_config_replace(shape, i, hone_internal_config_integer(-1)));
    }
    for (size_t i = 0; i < hone_internal_config_count(config); i++)
        HONE_TRY(hone_internal_config_reshapes(hone_internal_config_at_mutable(config, i)));
    return HONE_OK;
}

hone_status hone_internal_config_for_release(hone_config *config, int version)
{
    const char *class_name = hone_internal_config_get_text(config, "class_name");
    if (class_name != NULL)
        HONE_TRY(check_object(config, class_name, version));
    if (version < 304 && hone_internal_config_is(config, HONE_CONFIG_MAP)) {
        HONE_TRY(list_ends(config, "input_layers"));
        HONE_TRY(list_ends(config, "output_layers"));
    }
    for (size_t i = 0; i < hone_internal_config_count(config); i++) {
        if (hone_internal_config_is(config, HONE_CONFIG_MAP))
            HONE_TRY(check_function(hone_internal_config_key(config, i), hone_internal_config_at(config, i),
                                    version));
        HONE_TRY(hone_internal_config_for_release(hone_internal_config_at_mutable(config, i), version));
    }
    return HONE_OK;
}
