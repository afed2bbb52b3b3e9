/* TFRecord files of tf.train.Example: what becomes of their features, by the options or as the training data
 * had it. */
#include "readers/tfrecord.h"
#include "base/limits.h"
#include "base/memory.h"
#include "base/text.h"
#include "fields/fields.h"
#include "readers/format.h"
#include "readers/schema.h"
#include <stdlib.h>
#include <string.h>

HONE_FIELD_TABLE(hone_dataset_from_tfrecord_args, HONE_TFRECORD_FIELDS);

static const char *const kinds[HONE_TF_KINDS] = {"numbers", "raw", "picture", "text"};

/* ---- lists of names ---- */

static bool is_in(const char *name, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(list[i], name) == 0)
            return true;
    return false;
}

/* What stands behind "image" in "image(28, 28, 1)"; NULL: nothing is said of it. */
static const char *shape_said(const hone_tf_file *file, const char *name)
{
    const size_t length = strlen(name);
    for (size_t i = 0; i < file->args->shape_count; i++)
        if (strncmp(file->args->shape_list[i], name, length) == 0 && file->args->shape_list[i][length] == '(')
            return file->args->shape_list[i] + length + 1;
    return NULL;
}

static const hone_tf_column *find_column(const hone_tf_file *file, const char *option, const char *name)
{
    enum { MOST_NAMES = 64 };
    const char *names[MOST_NAMES];
    const hone_tf_column *column = hone_internal_tfrecord_find(file, name, strcspn(name, "("));
    if (column)
        return column;
    for (size_t i = 0; i < file->count && i < MOST_NAMES; i++)
        names[i] = file->columns[i].name;
    hone_internal_fail_name("feature", name, names, file->count < MOST_NAMES ? file->count : MOST_NAMES);
    hone_internal_error_in(hone_error_status(), option);
    return NULL;
}

static hone_status check_names(const hone_tf_file *file)
{
    const hone_dataset_from_tfrecord_args *args = file->args;
    const struct {
        const char *option;
        const char *const *list;
        size_t count;
    } lists[] = {
        {"target", args->target_list, args->target_count}, {"inputs", args->inputs_list, args->inputs_count},
        {"drop", args->drop_list, args->drop_count},       {"raw", args->raw_list, args->raw_count},
        {"shape", args->shape_list, args->shape_count},    {"pad", args->pad_list, args->pad_count},
        {"weight", &args->weight, args->weight != NULL}};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        for (size_t k = 0; k < lists[i].count; k++)
            if (!find_column(file, lists[i].option, lists[i].list[k]))
                return hone_error_status();
    return HONE_OK;
}

/* ---- one part ---- */

static bool is_padded(const hone_tf_file *file, const hone_tf_column *column)
{
    return is_in(column->name, file->args->pad_list, file->args->pad_count);
}

static hone_tf_kind kind_of(const hone_tf_file *file, const hone_tf_column *column)
{
    if (column->kind != HONE_FEATURE_BYTES)
        return HONE_TF_NUMBERS;
    if (is_in(column->name, file->args->raw_list, file->args->raw_count))
        return HONE_TF_RAW;
    return column->picture ? HONE_TF_PICTURE : HONE_TF_TEXT;
}

static hone_status fail_missing(const hone_tf_file *file, const hone_tf_column *column)
{
    return hone_fail(
        HONE_ERROR_DATA,
        "%s: the feature \"%.80s\" is missing in %lld of %lld records; drop=[\"%.60s\"] leaves it out, "
        "pad=[\"%.60s\"] takes zeros",
        file->args->path, column->name, (long long)(file->records - column->records),
        (long long)file->records, column->name, column->name);
}

static hone_status check_regular(const hone_tf_file *file, const hone_tf_column *column, hone_tf_kind kind)
{
    if (column->several && column->kind == HONE_FEATURE_BYTES)
        return hone_fail(
            HONE_ERROR_UNSUPPORTED,
            "%s, feature \"%.80s\": several values of bytes in a record; drop=[\"%.60s\"] leaves it out",
            file->args->path, column->name, column->name);
    if (is_padded(file, column) || (kind == HONE_TF_TEXT && column->records == file->records))
        return HONE_OK;
    if (column->records < file->records)
        return fail_missing(file, column);
    if (column->least == column->most || kind == HONE_TF_PICTURE)
        return HONE_OK;
    return hone_fail(
        HONE_ERROR_DATA,
        "%s, record %llu, feature \"%.80s\": %lld values, but %lld in record %llu of %s; pad=[\"%.60s\"] ends "
        "shorter ones in zeros, drop=[\"%.60s\"] leaves it out",
        column->least_file, (unsigned long long)column->least_at, column->name, (long long)column->least,
        (long long)column->most, (unsigned long long)column->most_at, column->most_file, column->name,
        column->name);
}

/* "28, 28, 1)": axes 1 and on of the array; their product is the width. */
static hone_status read_shape(hone_tf_part *part, const char *text)
{
    int64_t product = 1;
    part->array.rank = 1;
    for (const char *at = text; part->array.rank < HONE_MAX_RANK; at++) {
        char *end;
        const long long size = strtoll(at, &end, 10);
        if (end == at || size < 1 || size > (1 << 30) || product > INT64_MAX / size)
            break;
        part->array.shape[part->array.rank++] = size;
        product *= size;
        at = end + strspn(end, " ");
        if (*at == ')' && product == (int64_t)part->width)
            return HONE_OK;
        if (*at != ',')
            break;
    }
    return hone_fail(
        HONE_ERROR_ARGUMENT,
        "shape: expected sizes whose product is the %zu numbers of the feature \"%.80s\", such as "
        "%.60s(%zu, 1); received (%.60s",
        part->width, part->columns[0]->name, part->columns[0]->name, part->width, text);
}

static hone_status lay_out(const hone_tf_file *file, hone_tf_part *part, int role)
{
    const hone_tf_column *first = part->columns[0];
    const char *said = part->count == 1 ? shape_said(file, first->name) : NULL;
    const bool flat = role != HONE_COMPONENT_INPUT && part->count == 1 && first->most == 1;
    part->array =
        (hone_array){.type = hone_internal_tfrecord_type(part), .rank = 2, .shape = {file->records}};
    part->width = part->count > 1 ? part->count : (size_t)first->most;
    if (part->kind == HONE_TF_PICTURE) {
        part->array.rank = 4;
        memcpy(&part->array.shape[1], first->size, sizeof first->size);
        part->width = (size_t)(first->size[0] * first->size[1] * first->size[2]);
        return HONE_OK;
    }
    if (part->kind == HONE_TF_TEXT)
        part->width = 1;
    part->array.shape[1] = (int64_t)part->width;
    if ((flat && part->kind == HONE_TF_NUMBERS) || part->kind == HONE_TF_TEXT)
        part->array.rank = 1;
    return said ? read_shape(part, said) : HONE_OK;
}

static hone_tf_part *add_part(hone_tf_file *file, int role, size_t columns)
{
    if (file->part_counts[role] >= HONE_MAX_COMPONENTS) {
        hone_fail(HONE_ERROR_UNSUPPORTED,
                  "%s: more than %d features that are not one number each; inputs=[...] chooses some",
                  file->args->path, HONE_MAX_COMPONENTS);
        return NULL;
    }
    hone_tf_part *part = &file->parts[role][file->part_counts[role]];
    *part = (hone_tf_part){.columns = hone_internal_allocate_zeroed(columns, sizeof(hone_tf_column *))};
    if (!part->columns)
        return NULL;
    file->part_counts[role]++;
    return part;
}

/* ---- by the options ---- */

static bool is_single(const hone_tf_file *file, const hone_tf_column *column)
{
    return column->kind != HONE_FEATURE_BYTES && column->most == 1 && !shape_said(file, column->name);
}

static bool is_chosen(const hone_tf_file *file, const hone_tf_column *column, int role)
{
    const hone_dataset_from_tfrecord_args *args = file->args;
    const bool target = is_in(column->name, args->target_list, args->target_count),
               weight = args->weight && strcmp(args->weight, column->name) == 0;
    if (role == HONE_COMPONENT_WEIGHT)
        return weight;
    if (role == HONE_COMPONENT_TARGET)
        return target;
    if (target || weight || is_in(column->name, args->drop_list, args->drop_count))
        return false;
    return args->inputs_count == 0 || is_in(column->name, args->inputs_list, args->inputs_count);
}

static hone_status name_parts(hone_tf_file *file, int role)
{
    for (int i = 0; i < file->part_counts[role] && file->part_counts[role] > 1; i++) {
        hone_tf_part *part = &file->parts[role][i];
        part->name = hone_internal_copy_text(part->count > 1 ? "numbers" : part->columns[0]->name);
        if (!part->name)
            return HONE_ERROR_MEMORY;
    }
    return HONE_OK;
}

/* Features of one number each make one part, the first; each other one is a part of its own. */
static hone_status choose(hone_tf_file *file, int role)
{
    hone_tf_part *numbers = NULL;
    for (size_t i = 0; i < file->count; i++) {
        const hone_tf_column *column = &file->columns[i];
        if (!is_chosen(file, column, role))
            continue;
        const bool single = is_single(file, column);
        hone_tf_part *part = single && numbers ? numbers : add_part(file, role, single ? file->count : 1);
        if (!part)
            return hone_error_status();
        numbers = single ? part : numbers;
        part->kind = kind_of(file, column);
        part->padded = part->padded || is_padded(file, column);
        part->columns[part->count++] = column;
        HONE_TRY(check_regular(file, column, part->kind));
    }
    for (int i = 0; i < file->part_counts[role]; i++) {
        hone_tf_part *part = &file->parts[role][i];
        HONE_TRY(lay_out(file, part, role));
        HONE_TRY(hone_internal_tfrecord_check_padding(file, part));
    }
    return name_parts(file, role);
}

static hone_status choose_all(hone_tf_file *file)
{
    HONE_TRY(check_names(file));
    for (int role = 0; role < 3; role++)
        HONE_TRY(choose(file, role));
    return file->part_counts[HONE_COMPONENT_INPUT] > 0
               ? HONE_OK
               : hone_fail(HONE_ERROR_DATA, "%s: no feature is left as an input", file->args->path);
}

/* ---- as the training data had it ---- */

static const char *const keys[] = {"inputs", "targets", "weights"};

static hone_status fail_schema(const char *what)
{
    return hone_fail(HONE_ERROR_FORMAT, "the description of the training data is damaged: %s", what);
}

static hone_status take_shape(const hone_config *list, hone_tf_part *part)
{
    const size_t count =
        hone_internal_config_is(list, HONE_CONFIG_LIST) ? hone_internal_config_count(list) : HONE_MAX_RANK;
    size_t bytes;
    if (count >= HONE_MAX_RANK)
        return fail_schema("a shape is missing");
    part->width = 1;
    part->array.rank = (int)count + 1;
    for (size_t i = 0; i < count; i++) {
        const hone_config *size = hone_internal_config_at(list, i);
        const int64_t value =
            hone_internal_config_is(size, HONE_CONFIG_INTEGER) ? hone_internal_config_as_integer(size) : 0;
        if (value < 1 || !hone_internal_multiply_size((uint64_t)value, part->width, &part->width) ||
            !hone_internal_multiply_size(part->width, sizeof(double), &bytes) ||
            bytes > hone_internal_limits.tensor_bytes)
            return fail_schema("a size of a shape");
        part->array.shape[i + 1] = value;
    }
    return part->width % part->count == 0 ? HONE_OK : fail_schema("a shape does not fit its features");
}

static hone_status fail_length(const hone_tf_column *column, const char *path, uint64_t record, int64_t count,
                               const hone_tf_part *part, int64_t room)
{
    return hone_fail(HONE_ERROR_DATA,
                     "%s, record %llu: the feature \"%.80s\" has %lld values; expected %s%lld, as in the "
                     "training data",
                     path, (unsigned long long)record, column->name, (long long)count,
                     part->padded ? "at most " : "", (long long)room);
}

static hone_status check_part(const hone_tf_file *file, const hone_tf_part *part)
{
    const int64_t room = (int64_t)part->width / (int64_t)part->count;
    for (size_t i = 0; i < part->count; i++) {
        const hone_tf_column *column = part->columns[i];
        const bool bytes = column->kind == HONE_FEATURE_BYTES;
        if (bytes != (part->kind != HONE_TF_NUMBERS))
            return hone_fail(HONE_ERROR_DATA,
                             "%s: the feature \"%.80s\" has %s; expected %s, as in the training data",
                             file->args->path, column->name, hone_internal_feature_kinds[column->kind],
                             bytes ? "numbers" : "bytes");
        if (part->kind > HONE_TF_RAW)
            continue;
        if (column->most > room)
            return fail_length(column, column->most_file, column->most_at, column->most, part, room);
        if (!part->padded && column->least < room)
            return fail_length(column, column->least_file, column->least_at, column->least, part, room);
        if (!part->padded && column->records < file->records)
            return fail_missing(file, column);
    }
    return hone_internal_tfrecord_check_padding(file, part);
}

static hone_status take_columns(hone_tf_file *file, hone_tf_part *part, const hone_config *names)
{
    for (size_t i = 0; i < hone_internal_config_count(names); i++) {
        const hone_config *name = hone_internal_config_at(names, i);
        if (!hone_internal_config_is(name, HONE_CONFIG_TEXT))
            return fail_schema("the name of a feature");
        part->columns[i] = find_column(file, "inputs", hone_internal_config_as_text(name));
        if (!part->columns[i])
            return hone_error_status();
        part->count++;
    }
    return HONE_OK;
}

static bool has_all(const hone_tf_file *file, const hone_config *names)
{
    for (size_t i = 0; i < hone_internal_config_count(names); i++) {
        const hone_config *name = hone_internal_config_at(names, i);
        if (hone_internal_config_is(name, HONE_CONFIG_TEXT) &&
            !hone_internal_tfrecord_find(file, hone_internal_config_as_text(name),
                                         strlen(hone_internal_config_as_text(name))))
            return false;
    }
    return true;
}

static hone_status take_part(hone_tf_file *file, int role, const hone_config *said)
{
    const hone_config *names = hone_internal_config_get(said, "features");
    const char *kind = hone_internal_config_get_text(said, "kind"),
               *name = hone_internal_config_get_text(said, "name");
    if (!hone_internal_config_is(names, HONE_CONFIG_LIST) || hone_internal_config_count(names) == 0)
        return fail_schema("an input has no features");
    if (role != HONE_COMPONENT_INPUT && !has_all(file, names)) /* data to predict need no targets */
        return HONE_OK;
    hone_tf_part *part = add_part(file, role, hone_internal_config_count(names));
    if (!part)
        return hone_error_status();
    part->kind = HONE_TF_KINDS;
    for (int i = 0; i < HONE_TF_KINDS && kind; i++)
        if (strcmp(kind, kinds[i]) == 0)
            part->kind = (hone_tf_kind)i;
    if (part->kind == HONE_TF_KINDS ||
        (part->kind != HONE_TF_NUMBERS && hone_internal_config_count(names) > 1))
        return fail_schema("the kind of an input");
    part->padded = hone_internal_config_as_boolean(hone_internal_config_get(said, "padded"));
    HONE_TRY(take_columns(file, part, names));
    part->name = hone_internal_copy_text(name);
    part->array = (hone_array){.type = hone_internal_tfrecord_type(part), .shape = {file->records}};
    HONE_TRY(take_shape(hone_internal_config_get(said, "shape"), part));
    if (part->kind == HONE_TF_PICTURE && part->array.rank != 4)
        return fail_schema("the shape of pictures");
    return name && !part->name ? HONE_ERROR_MEMORY : check_part(file, part);
}

static hone_status take_all(hone_tf_file *file, const hone_config *schema)
{
    for (int role = 0; role < 3; role++) {
        const hone_config *list = hone_internal_config_get(schema, keys[role]);
        const size_t count = hone_internal_config_count(list);
        if (!hone_internal_config_is(list, HONE_CONFIG_LIST) ||
            (role == HONE_COMPONENT_INPUT && count == 0) || (role == HONE_COMPONENT_WEIGHT && count > 1))
            return fail_schema("inputs and targets must be lists, weights one of one at most");
        for (size_t i = 0; i < count; i++)
            HONE_TRY(take_part(file, role, hone_internal_config_at(list, i)));
    }
    return HONE_OK;
}

/* ---- to the schema ---- */

static hone_config *describe_part(const hone_tf_part *part)
{
    hone_config *names = hone_internal_config_list(), *shape = hone_internal_config_list();
    for (size_t i = 0; i < part->count && names; i++)
        if (hone_internal_config_append(names, hone_internal_config_text(part->columns[i]->name)) < 0)
            hone_internal_config_free(names), names = NULL;
    for (int i = 1; i < part->array.rank && shape; i++)
        if (hone_internal_config_append(shape, hone_internal_config_integer(part->array.shape[i])) < 0)
            hone_internal_config_free(shape), shape = NULL;
    const hone_schema_entry entries[] = {{"name", hone_internal_config_text(part->name)},
                                         {"features", names},
                                         {"kind", hone_internal_config_text(kinds[part->kind])},
                                         {"shape", shape},
                                         {"padded", hone_internal_config_boolean(part->padded)}};
    return hone_internal_schema_make(entries, sizeof entries / sizeof *entries);
}

static hone_config *describe_parts(const hone_tf_file *file, int role)
{
    hone_config *list = hone_internal_config_list();
    for (int i = 0; i < file->part_counts[role] && list; i++)
        if (hone_internal_config_append(list, describe_part(&file->parts[role][i])) < 0)
            hone_internal_config_free(list), list = NULL;
    return list;
}

static hone_config *describe(const hone_tf_file *file)
{
    const hone_schema_entry entries[] = {{"format", hone_internal_config_text("tfrecord")},
                                         {keys[0], describe_parts(file, 0)},
                                         {keys[1], describe_parts(file, 1)},
                                         {keys[2], describe_parts(file, 2)}};
    return hone_internal_schema_make(entries, sizeof entries / sizeof *entries);
}

/* ---- the whole ---- */

hone_status hone_internal_tfrecord_open(hone_tf_file *file, const hone_dataset_from_tfrecord_args *args)
{
    *file = (hone_tf_file){.args = args};
    file->reader.source = hone_internal_source_open_set(args->path);
    return file->reader.source ? HONE_OK : hone_error_status();
}

void hone_internal_tfrecord_close(hone_tf_file *file)
{
    for (int role = 0; role < 3; role++)
        for (int i = 0; i < file->part_counts[role]; i++) {
            hone_internal_free(file->parts[role][i].name);
            hone_internal_free(file->parts[role][i].columns);
        }
    for (size_t i = 0; i < file->count; i++)
        hone_internal_free(file->columns[i].name);
    hone_internal_free(file->columns);
    hone_internal_free(file->here);
    hone_internal_example_free(&file->example);
    hone_source *source = file->reader.source;
    hone_internal_tfrecord_end(&file->reader);
    hone_internal_source_close(source);
}

static hone_status load_file(hone_tf_file *file, const hone_data_source *source, hone_dataset_parts *parts)
{
    const hone_config *schema = hone_internal_schema_of(source->schema, "tfrecord");
    HONE_TRY(hone_internal_tfrecord_scan(file));
    HONE_TRY(schema ? take_all(file, schema) : choose_all(file));
    HONE_TRY(hone_internal_tfrecord_fill(file, source->rows, parts));
    parts->schema = describe(file);
    return parts->schema ? HONE_OK : HONE_ERROR_MEMORY;
}

static hone_status load(const hone_data_source *source, const void *given, hone_dataset_parts *parts)
{
    const hone_dataset_from_tfrecord_args *args = given;
    hone_tf_file file;
    hone_internal_parts_scale(parts, args->scale);
    HONE_TRY(hone_internal_tfrecord_open(&file, args));
    const hone_status status = load_file(&file, source, parts);
    hone_internal_tfrecord_close(&file);
    return status;
}

static const hone_type tfrecord_type = {.name = "tfrecord",
                                        .class_name = "tfrecord",
                                        .summary = "TFRecord files of tf.train.Example, in gzip or not",
                                        HONE_TYPE_FIELDS(hone_dataset_from_tfrecord_args)};

const hone_data_format hone_internal_tfrecord_format = {.name = "tfrecord",
                                                        .type = &tfrecord_type,
                                                        .endings = ".tfrecord|.tfrecords|.tfrec|.tfrecord.gz",
                                                        .sets = HONE_SETS_READ,
                                                        .load = load};

hone_dataset *hone_dataset_from_tfrecord_with(const hone_dataset *like,
                                              const hone_dataset_from_tfrecord_args *args)
{
    return hone_internal_format_create(&hone_internal_tfrecord_format, like, args);
}
