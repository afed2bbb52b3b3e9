/* What a model keeps of the data that it was trained on: columns, categories, names of classes. */
#include "base/error.h"
#include "base/memory.h"
#include "formats/formats.h"
#include "data/dataset.h"
#include "model/model.h"
#include "readers/schema.h"

hone_status hone_internal_model_learn_schema(hone_model *model, const hone_dataset *data,
                                             const hone_dataset *validation)
{
    const hone_config *read = hone_internal_dataset_schema(data);
    if (read != NULL)
        HONE_TRY(hone_internal_schema_compare(read, hone_internal_dataset_schema(validation)));
    hone_config *schema = hone_internal_dataset_description(data);
    if (schema == NULL)
        return hone_internal_dataset_streams(data) ? HONE_OK : HONE_ERROR_MEMORY;
    static const char *const kept[] = {"threshold", HONE_RUN_KEY};
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        const hone_config *fact = hone_internal_config_get(model->schema, kept[i]);
        if (fact != NULL && hone_internal_config_set(schema, kept[i], hone_internal_config_copy(fact)) < 0) {
            hone_internal_config_free(schema);
            return HONE_ERROR_MEMORY;
        }
    }
    hone_internal_config_free(model->schema);
    model->schema = schema;
    return HONE_OK;
}

hone_status hone_internal_model_take_schema(hone_model *model, const hone_config *config)
{
    const hone_config *schema = hone_internal_config_get(config, HONE_DATA_KEY);
    if (schema == NULL)
        return HONE_OK;
    HONE_TRY(hone_internal_schema_check(schema));
    model->schema = hone_internal_config_copy(schema);
    return model->schema == NULL ? HONE_ERROR_MEMORY : HONE_OK;
}

static const char **names_of(const hone_model *model, int count,
                             const char *(*name)(const hone_model *model, int index))
{
    const char **names = hone_internal_allocate_zeroed((size_t)count + 1, sizeof *names);
    for (int i = 0; names != NULL && i < count; i++)
        names[i] = name(model, i);
    return names;
}

const char **hone_internal_model_input_names(const hone_model *model)
{
    return names_of(model, model->input_count, hone_model_input_name);
}

const char **hone_internal_model_output_names(const hone_model *model)
{
    return names_of(model, model->output_count, hone_model_output_name);
}

hone_dataset *hone_dataset_load_for(const hone_model *model, const char *source, const char *part,
                                    double scale)
{
    const char **inputs = model == NULL ? NULL : hone_internal_model_input_names(model);
    if (inputs == NULL)
        return NULL;
    hone_dataset *data = hone_internal_dataset_load_as(
        source,
        &(hone_data_reading){.schema = model->schema, .inputs = inputs, .part = part, .scale = scale});
    hone_internal_free(inputs);
    return data;
}

int64_t hone_model_class_count(const hone_model *model, int output)
{
    const hone_config *classes = model == NULL ? NULL : hone_internal_schema_classes(model->schema, output);
    return classes == NULL ? 0 : (int64_t)hone_internal_config_count(classes);
}

const char *hone_model_class_name(const hone_model *model, int output, int64_t class_number)
{
    if (class_number < 0 || class_number >= hone_model_class_count(model, output))
        return NULL;
    return hone_internal_config_text_at(hone_internal_schema_classes(model->schema, output),
                                        (size_t)class_number);
}

const char *hone_model_target_name(const hone_model *model, int output, int64_t column)
{
    return model == NULL ? NULL : hone_internal_schema_target_column(model->schema, output, column);
}
