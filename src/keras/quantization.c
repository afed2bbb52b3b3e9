/* How files say that a layer is quantised, and the text that is the argument here:
 *
 *   "dtype": {"class_name": "QuantizedDTypePolicy", "config": {"mode": "int8", "source_name": "float32"}}
 *     "int8"
 *
 *   "dtype": {"class_name": "Int4DTypePolicy", "config": {"mode": "int4/128", ...}}
 *     "int4/128"
 *
 *   "dtype": "int8_from_float32"
 *     "int8"
 *
 * and quantization_config, an object whose activation_quantizer is null where inputs are not quantised. Of
 * attention with heads, whose projections are layers within it, a map from their paths:
 *
 *   "dtype": {"class_name": "DTypePolicyMap", "config": {"default_policy": "float32", "policy_map":
 *             {".*(query|key|gate|value|attention_output)": one of the policies above}}} */
#include "base/text.h"
#include "fields/tree.h"
#include "keras/parts.h"
#include "layers/quantized.h"

#include <stdio.h>
#include <string.h>

/* ---- reading ---- */

static hone_status refuse(const char *label, const char *policy)
{
    return hone_fail(HONE_ERROR_UNSUPPORTED,
                     "%s: the dtype policy \"%.60s\" is not supported; int8 and int4 are: in Keras, load the "
                     "model that it was made from and call its quantize(\"int8\") or quantize(\"int4\")",
                     label, policy);
}

/* Takes "int8_from_float32" apart. */
static bool part_name(const char *name, char *mode, char *source, size_t size)
{
    const char *from = name == NULL ? NULL : strstr(name, "_from_");
    if (from == NULL)
        return false;
    snprintf(mode, size, "%.*s", (int)(from - name), name);
    snprintf(source, size, "%s", from + 6);
    return true;
}

/* Whether the settings say that inputs are quantised; `usual` where they say nothing. */
static hone_status read_inputs(const hone_config *settings, const char *label, bool usual, bool *inputs)
{
    const hone_config *config = hone_internal_config_get(settings, "config"),
                      *quantizer = hone_internal_config_get(config, "activation_quantizer");
    const char *class_name = hone_internal_config_get_text(quantizer, "class_name");
    *inputs = usual;
    if (!hone_internal_config_is(config, HONE_CONFIG_MAP))
        return HONE_OK;
    *inputs = hone_internal_config_present(quantizer);
    if (!*inputs || (class_name != NULL && strcmp(class_name, "AbsMaxQuantizer") == 0))
        return HONE_OK;
    return hone_fail(HONE_ERROR_UNSUPPORTED,
                     "%s: the activation quantizer \"%.60s\" is not supported; AbsMaxQuantizer is", label,
                     class_name != NULL ? class_name : "?");
}

/* The blocks that the settings say, null or -1 for none, are those that the policy says, which count. */
static hone_status check_blocks(const hone_config *settings, const char *label, const hone_quantization *how)
{
    const hone_config *size =
        hone_internal_config_get(hone_internal_config_get(settings, "config"), "block_size");
    if (!hone_internal_config_present(size))
        return HONE_OK;
    int64_t said = hone_internal_config_as_integer(size);
    char received[64];
    hone_internal_config_describe(size, received, sizeof received);
    if (!hone_internal_config_is(size, HONE_CONFIG_INTEGER) || (said < 1 && said != -1))
        return hone_fail(HONE_ERROR_FORMAT,
                         "%s: quantization_config: block_size: expected null, -1 or an integer from 1, "
                         "received %s",
                         label, received);
    if (said == how->block)
        return HONE_OK;
    return hone_fail(HONE_ERROR_FORMAT,
                     "%s: quantization_config: block_size is %lld, but the dtype policy says %lld", label,
                     (long long)said, (long long)how->block);
}

static hone_status set_text(const hone_type *type, hone_config *config, const char *label, const char *mode)
{
    const hone_config *settings = hone_internal_config_get(config, "quantization_config");
    const bool table = strcmp(type->name, "reversible_embedding") == 0;
    hone_quantization how;
    char text[96];
    /* int4 by itself is that of files from before there were blocks */
    snprintf(text, sizeof text, "%.60s%s", mode, strcmp(mode, "int4") == 0 ? "/-1" : "");
    if (hone_internal_quantization_parse(text, &how) < 0) {
        hone_error_clear();
        return refuse(label, mode);
    }
    bool inputs;
    HONE_TRY(check_blocks(settings, label, &how));
    HONE_TRY(read_inputs(settings, label, how.bits == 8 || table, &inputs));
    if (inputs != how.inputs)
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s", inputs ? "+inputs" : "-inputs");
    return hone_internal_config_set(config, "quantization_config", hone_internal_config_text(text));
}

/* What a policy, an object or its name, says; `mode` empty: it is not one of quantised weights. */
static hone_status read_policy(const hone_config *dtype, const char *label, char *mode, char *source,
                               size_t size)
{
    const hone_config *policy = hone_internal_config_get(dtype, "config");
    mode[0] = source[0] = '\0';
    if (hone_internal_config_is(dtype, HONE_CONFIG_MAP)) {
        const char *name = hone_internal_config_get_text(dtype, "class_name"),
                   *said = hone_internal_config_get_text(policy, "mode"),
                   *from = hone_internal_config_get_text(policy, "source_name");
        if (name == NULL || said == NULL || from == NULL ||
            (strcmp(name, "QuantizedDTypePolicy") != 0 && strcmp(name, "Int4DTypePolicy") != 0))
            return refuse(label, name != NULL ? name : "?");
        snprintf(mode, size, "%s", said);
        snprintf(source, size, "%s", from);
    } else if (hone_internal_config_is(dtype, HONE_CONFIG_TEXT))
        part_name(hone_internal_config_as_text(dtype), mode, source, size);
    return HONE_OK;
}

/* Attention with heads, whose parts have policies by their paths; which ones is seen by the weights. */
static bool has_parts(const hone_type *type)
{
    return strcmp(type->name, "multi_head_attention") == 0 ||
           strcmp(type->name, "group_query_attention") == 0;
}

/* A map of policies, all the same. */
static hone_status read_map(const hone_config *dtype, const char *label, char *mode, char *source,
                            size_t size)
{
    const hone_config *map =
        hone_internal_config_get(hone_internal_config_get(dtype, "config"), "policy_map");
    const size_t count = hone_internal_config_is(map, HONE_CONFIG_MAP) ? hone_internal_config_count(map) : 0;
    char next[64], from[64];
    for (size_t i = 0; i < count; i++) {
        HONE_TRY(read_policy(hone_internal_config_at(map, i), label, next, from, sizeof next));
        if (next[0] == '\0' || (i > 0 && strcmp(next, mode) != 0))
            return hone_fail(HONE_ERROR_UNSUPPORTED,
                             "%s: the dtype policies in its map differ, \"%s\" is the policy of \"%s\"; one "
                             "quantisation for all of its layers is supported",
                             label, next[0] == '\0' ? "a plain one" : next, hone_internal_config_key(map, i));
        snprintf(mode, size, "%s", next);
        snprintf(source, size, "%s", from);
    }
    return count > 0 ? HONE_OK
                     : hone_fail(HONE_ERROR_FORMAT,
                                 "%s: the dtype policy \"DTypePolicyMap\" has no policy_map", label);
}

hone_status hone_internal_keras_quantization_read(const hone_type *type, hone_config *config,
                                                  const char *label, hone_config **kept)
{
    const hone_config *dtype = hone_internal_config_get(config, "dtype"),
                      *settings = hone_internal_config_get(config, "quantization_config");
    const char *name = hone_internal_config_get_text(dtype, "class_name");
    char mode[64] = "", source[64] = "";
    const bool quantizes = hone_internal_fields_find(type, "quantization_config") != NULL,
               mapped = name != NULL && has_parts(type) && strcmp(name, "DTypePolicyMap") == 0;
    HONE_TRY((mapped ? read_map : read_policy)(dtype, label, mode, source, sizeof mode));
    if (mode[0] == '\0')
        return HONE_OK;
    if (quantizes && hone_internal_config_is(settings, HONE_CONFIG_MAP) &&
        (*kept = hone_internal_config_copy(settings)) == NULL)
        return HONE_ERROR_MEMORY;
    if (quantizes)
        HONE_TRY(set_text(type, config, label, mode));
    return hone_internal_config_set(config, "dtype", hone_internal_config_text(source));
}

/* ---- writing ---- */

static hone_config *quantizer(bool given)
{
    if (!given)
        return hone_internal_config_null();
    hone_config *config = hone_internal_config_map(), *range = hone_internal_config_list();
    bool good = config != NULL && range != NULL;
    if (good) {
        push(&good, range, hone_internal_config_integer(-127));
        push(&good, range, hone_internal_config_integer(127));
        put(&good, config, "value_range", range);
        put(&good, config, "epsilon", hone_internal_config_number(1e-7));
        put(&good, config, "output_dtype", hone_internal_config_text("int8"));
    } else
        hone_internal_config_free(range);
    return hone_internal_envelope("keras.quantizers", "AbsMaxQuantizer", finish(good, config));
}

static hone_config *settings_of(const hone_quantization *how)
{
    hone_config *config = hone_internal_config_map();
    bool good = config != NULL;
    if (good) {
        put(&good, config, "weight_quantizer", hone_internal_config_null());
        put(&good, config, "activation_quantizer", quantizer(how->inputs));
    }
    if (good && how->bits == 4)
        put(&good, config, "block_size", hone_internal_config_integer(how->block));
    return hone_internal_envelope("keras.quantizers",
                                  how->bits == 8 ? "Int8QuantizationConfig" : "Int4QuantizationConfig",
                                  finish(good, config));
}

static hone_config *policy_of(const hone_quantization *how, const char *source)
{
    char mode[48] = "int8";
    hone_config *config = hone_internal_config_map();
    bool good = config != NULL;
    if (how->bits == 4)
        snprintf(mode, sizeof mode, "int4/%lld", (long long)how->block);
    if (good) {
        put(&good, config, "mode", hone_internal_config_text(mode));
        put(&good, config, "source_name", hone_internal_config_text(source));
    }
    return hone_internal_envelope("keras.dtype_policies",
                                  how->bits == 8 ? "QuantizedDTypePolicy" : "Int4DTypePolicy",
                                  finish(good, config));
}

/* The policy of the layers within a layer, by their names; it has the plain one itself. */
static hone_config *map_of(const hone_quantization *how, const char *source)
{
    hone_config *config = hone_internal_config_map(), *map = hone_internal_config_map();
    bool good = config != NULL && map != NULL;
    if (good) {
        put(&good, map, ".*(query|key|gate|value|attention_output)", policy_of(how, source));
        put(&good, config, "default_policy", hone_internal_config_text(source));
        put(&good, config, "policy_map", map);
    } else
        hone_internal_config_free(map);
    return hone_internal_envelope("keras.dtype_policies", "DTypePolicyMap", finish(good, config));
}

hone_status hone_internal_keras_quantization_write(const hone_type *type, hone_config *config,
                                                   const hone_config *kept)
{
    const char *text = hone_internal_config_get_text(config, "quantization_config"),
               *source = hone_internal_config_get_text(config, "dtype");
    hone_quantization how;
    if (text == NULL)
        return HONE_OK;
    HONE_TRY(hone_internal_quantization_parse(text, &how));
    bool good = true;
    source = source != NULL ? source : "float32";
    if (has_parts(type)) {
        put(&good, config, "dtype", map_of(&how, source));
        hone_internal_config_remove(config, "quantization_config");
        return good ? HONE_OK : hone_error_status();
    }
    put(&good, config, "dtype", policy_of(&how, source));
    put(&good, config, "quantization_config",
        kept != NULL ? hone_internal_config_copy(kept) : settings_of(&how));
    return good ? HONE_OK : hone_error_status();
}
