/* Tensors of ONNX files as arrays, and the digest of a graph. Every size is checked against the numbers that
 * are there. */
#include "base/memory.h"
#include "formats/array_files.h"
#include "formats/bytes.h"
#include "formats/formats.h"
#include "formats/onnx.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* How each type lies in raw data, in which list it stands otherwise, and what it becomes. */
typedef enum number_list { FLOATS, INTS, LONGS, DOUBLES, UNSIGNED } number_list;
static const struct element {
    int32_t type;
    const char *name;
    size_t bytes;
    number_list list;
    hone_dtype raw; /* of raw data; of the halves: their bits */
    bool integer;   /* becomes int64, else float32 */
} elements[] = {
    {HONE__ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT, "float", 4, FLOATS, HONE_FLOAT32, false},
    {HONE__ONNX__TENSOR_PROTO__DATA_TYPE__DOUBLE, "double", 8, DOUBLES, HONE_FLOAT64, false},
    {HONE__ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT16, "float16", 2, INTS, HONE_UINT16, false},
    {HONE__ONNX__TENSOR_PROTO__DATA_TYPE__BFLOAT16, "bfloat16", 2, INTS, HONE_UINT16, false},
    {HONE__ONNX__TENSOR_PROTO__DATA_TYPE__UINT8, "uint8", 1, INTS, HONE_UINT8, true},
    {HONE__ONNX__TENSOR_PROTO__DATA_TYPE__INT8, "int8", 1, INTS, HONE_INT8, true},
    {HONE__ONNX__TENSOR_PROTO__DATA_TYPE__UINT16, "uint16", 2, INTS, HONE_UINT16, true},
    {HONE__ONNX__TENSOR_PROTO__DATA_TYPE__INT16, "int16", 2, INTS, HONE_INT16, true},
    {HONE__ONNX__TENSOR_PROTO__DATA_TYPE__INT32, "int32", 4, INTS, HONE_INT32, true},
    {HONE__ONNX__TENSOR_PROTO__DATA_TYPE__INT64, "int64", 8, LONGS, HONE_INT64, true},
    {HONE__ONNX__TENSOR_PROTO__DATA_TYPE__BOOL, "bool", 1, INTS, HONE_UINT8, true},
    {HONE__ONNX__TENSOR_PROTO__DATA_TYPE__UINT32, "uint32", 4, UNSIGNED, HONE_UINT32, true},
    {HONE__ONNX__TENSOR_PROTO__DATA_TYPE__UINT64, "uint64", 8, UNSIGNED, HONE_UINT64, true},
};

static const struct element *find_element(int32_t type)
{
    for (size_t i = 0; i < sizeof elements / sizeof *elements; i++)
        if (elements[i].type == type)
            return &elements[i];
    return NULL;
}

static hone_status fail_tensor(const hone_onnx_tensor *tensor, const char *what)
{
    return hone_fail(HONE_ERROR_FORMAT, "the tensor \"%.200s\" %s", tensor->name != NULL ? tensor->name : "",
                     what);
}

/* The shape and the count of elements, at most what a tensor may have. */
static hone_status measure(const hone_onnx_tensor *tensor, size_t element_bytes, size_t *count)
{
    *count = 1;
    if (tensor->n_dims > HONE_MAX_RANK)
        return fail_tensor(tensor, "has more axes than Hone supports");
    for (size_t axis = 0; axis < tensor->n_dims; axis++)
        if (tensor->dims[axis] < 0 ||
            !hone_internal_multiply_size(*count, (uint64_t)tensor->dims[axis], count) ||
            *count > hone_internal_limits.tensor_bytes / element_bytes)
            return fail_tensor(tensor, "has a size that is negative or too large");
    return HONE_OK;
}

static float from_half(uint16_t bits)
{
    int exponent = bits >> 10 & 31, fraction = bits & 1023;
    double size = exponent == 0 ? fraction * 0x1p-24 : exponent < 31 ? (fraction + 1024) * 0x1p-25 : 0;
    for (int i = 0; exponent > 0 && exponent < 31 && i < exponent; i++)
        size *= 2;
    if (exponent == 31)
        size = fraction == 0 ? HUGE_VAL : (double)NAN;
    return (float)(bits >> 15 ? -size : size);
}

static float from_bfloat(uint16_t bits)
{
    uint32_t whole = (uint32_t)bits << 16;
    float number;
    memcpy(&number, &whole, sizeof number);
    return number;
}

/* Elements of this machine's byte order into the result. */
static hone_status convert_numbers(const struct element *element, const void *data, hone_array *result)
{
    int64_t count = hone_array_count(result);
    hone_array view = hone_array_view(data, element->raw, 1, &count);
    hone_array *converted = hone_array_convert(&view, result->type);
    if (converted == NULL)
        return hone_error_status();
    memcpy(result->data, converted->data, (size_t)count * hone_dtype_size(result->type));
    hone_array_free(converted);
    return HONE_OK;
}

/* Elements as they lie in raw data, little-endian, into the result. */
static hone_status convert_raw(const struct element *element, const void *data, hone_array *result)
{
    int64_t count = hone_array_count(result);
    bool half = element->type == HONE__ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT16,
         bfloat = element->type == HONE__ONNX__TENSOR_PROTO__DATA_TYPE__BFLOAT16;
    for (int64_t i = 0; i < count && (half || bfloat); i++) {
        uint16_t bits = (uint16_t)hone_internal_get16((const unsigned char *)data + 2 * i);
        ((float *)result->data)[i] = half ? from_half(bits) : from_bfloat(bits);
    }
    if (half || bfloat)
        return HONE_OK;
    if (HONE_LITTLE_ENDIAN_HOST || element->bytes == 1)
        return convert_numbers(element, data, result);
    void *copy = hone_internal_allocate((size_t)count * element->bytes);
    if (copy == NULL)
        return HONE_ERROR_MEMORY;
    memcpy(copy, data, (size_t)count * element->bytes);
    hone_internal_little_endian(copy, (size_t)count, element->bytes);
    hone_status status = convert_numbers(element, copy, result);
    hone_internal_free(copy);
    return status;
}

/* ---- data in another file ---- */

/* A file's name alone, that leads nowhere else. */
static bool is_plain_name(const char *name)
{
    return name != NULL && name[0] != '\0' && strlen(name) < 256 && strchr(name, '/') == NULL &&
           strchr(name, '\\') == NULL && strcmp(name, ".") != 0 && strcmp(name, "..") != 0;
}

static bool read_size(const char *text, size_t *size)
{
    *size = 0;
    if (text == NULL || text[0] == '\0' || strlen(text) > 18)
        return false;
    for (; *text >= '0' && *text <= '9'; text++)
        *size = *size * 10 + (size_t)(*text - '0');
    return *text == '\0';
}

typedef struct data_place {
    const char *location;
    size_t offset, length;
} data_place;

static hone_status read_place(const hone_onnx_tensor *tensor, size_t bytes, data_place *place)
{
    place->length = bytes;
    for (size_t i = 0; i < tensor->n_external_data; i++) {
        const char *key = tensor->external_data[i]->key, *value = tensor->external_data[i]->value;
        bool good = key != NULL;
        if (good && strcmp(key, "location") == 0)
            place->location = value;
        else if (good && strcmp(key, "offset") == 0)
            good = read_size(value, &place->offset);
        else if (good && strcmp(key, "length") == 0)
            good = read_size(value, &place->length);
        else
            good = good && strcmp(key, "checksum") == 0;
        if (!good)
            return fail_tensor(tensor, "stores its numbers in an unknown way");
    }
    if (!is_plain_name(place->location))
        return fail_tensor(
            tensor,
            "stores its numbers in a file that is not a plain name: only files in the graph's folder are "
            "read");
    return place->length == bytes
               ? HONE_OK
               : fail_tensor(tensor, "has a length in its file that does not match its shape");
}

/* A regular file with one name only, reached through no link. */
static int open_beside(const char *path, const char *name, size_t *bytes)
{
    const char *slash = strrchr(path, '/');
    char *whole = slash == NULL ? hone_internal_copy_text(name)
                                : hone_internal_format("%.*s/%s", (int)(slash - path), path, name);
    if (whole == NULL)
        return -1;
    struct stat status;
    int descriptor = open(whole, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    bool good =
        descriptor >= 0 && fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode) && status.st_nlink == 1;
    if (!good) {
        hone_fail(HONE_ERROR_FILE,
                  descriptor < 0 ? "its file of weights cannot be read: %s: %s"
                                 : "its file of weights cannot be read: %s: not a plain file%s",
                  whole, descriptor < 0 ? strerror(errno) : "");
        if (descriptor >= 0)
            close(descriptor);
        descriptor = -1;
    } else
        *bytes = (size_t)status.st_size;
    hone_internal_free(whole);
    return descriptor;
}

static hone_status read_stretch(int descriptor, const data_place *place, char *data)
{
    for (size_t done = 0; done < place->length;) {
        ssize_t got = pread(descriptor, data + done, place->length - done, (off_t)(place->offset + done));
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return hone_fail(HONE_ERROR_FILE, "%s: cannot be read", place->location);
        done += (size_t)got;
    }
    return HONE_OK;
}

/* The open file that holds the tensor's bytes, and where; -1 with an error. */
static int find_external(const hone_onnx_file *file, const hone_onnx_tensor *tensor, size_t bytes,
                         data_place *place)
{
    size_t held = 0, end;
    if (read_place(tensor, bytes, place) < 0)
        return -1;
    if (file->path == NULL) {
        fail_tensor(tensor, "stores its numbers in another file, which a graph in memory does not have");
        return -1;
    }
    int descriptor = open_beside(file->path, place->location, &held);
    if (descriptor < 0 || (hone_internal_add_size(place->offset, place->length, &end) && end <= held))
        return descriptor;
    fail_tensor(tensor, "lies beyond the end of its file");
    close(descriptor);
    return -1;
}

static hone_status read_external(const hone_onnx_file *file, const hone_onnx_tensor *tensor,
                                 const struct element *element, size_t bytes, hone_array *result)
{
    data_place place = {0};
    int descriptor = find_external(file, tensor, bytes, &place);
    if (descriptor < 0)
        return hone_error_status();
    char *data = hone_internal_allocate(bytes);
    hone_status status = data != NULL ? read_stretch(descriptor, &place, data) : HONE_ERROR_MEMORY;
    if (status >= 0)
        status = convert_raw(element, data, result);
    hone_internal_free(data);
    close(descriptor);
    return status;
}

/* ---- data in the tensor ---- */

static bool is_external(const hone_onnx_tensor *tensor)
{
    return tensor->has_data_location &&
           tensor->data_location != HONE__ONNX__TENSOR_PROTO__DATA_LOCATION__DEFAULT;
}

static size_t listed(const hone_onnx_tensor *tensor, number_list list)
{
    const size_t counts[] = {[FLOATS] = tensor->n_float_data,
                             [INTS] = tensor->n_int32_data,
                             [LONGS] = tensor->n_int64_data,
                             [DOUBLES] = tensor->n_double_data,
                             [UNSIGNED] = tensor->n_uint64_data};
    return counts[list];
}

static double listed_number(const hone_onnx_tensor *tensor, const struct element *element, size_t i)
{
    switch (element->list) {
    case FLOATS: return (double)tensor->float_data[i];
    case DOUBLES: return tensor->double_data[i];
    case LONGS: return (double)tensor->int64_data[i];
    case UNSIGNED: return (double)tensor->uint64_data[i];
    case INTS: break;
    }
    if (element->type == HONE__ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT16)
        return (double)from_half((uint16_t)tensor->int32_data[i]);
    if (element->type == HONE__ONNX__TENSOR_PROTO__DATA_TYPE__BFLOAT16)
        return (double)from_bfloat((uint16_t)tensor->int32_data[i]);
    return (double)tensor->int32_data[i];
}

static hone_status read_listed(const hone_onnx_tensor *tensor, const struct element *element, size_t count,
                               hone_array *result)
{
    if (listed(tensor, element->list) != count)
        return fail_tensor(tensor, "has a number of elements that does not match its shape");
    for (size_t i = 0; i < count; i++) {
        if (result->type == HONE_FLOAT32)
            ((float *)result->data)[i] = (float)listed_number(tensor, element, i);
        else
            ((int64_t *)result->data)[i] =
                element->list == LONGS ? tensor->int64_data[i] : (int64_t)listed_number(tensor, element, i);
    }
    return HONE_OK;
}

static hone_status fill(const hone_onnx_file *file, const hone_onnx_tensor *tensor,
                        const struct element *element, size_t count, hone_array *result)
{
    size_t bytes = count * element->bytes;
    if (tensor->has_data_location &&
        tensor->data_location != HONE__ONNX__TENSOR_PROTO__DATA_LOCATION__DEFAULT)
        return read_external(file, tensor, element, bytes, result);
    if (!tensor->has_raw_data)
        return read_listed(tensor, element, count, result);
    if (tensor->raw_data.len != bytes)
        return fail_tensor(tensor, "has a number of bytes that does not match its shape");
    return count == 0 ? HONE_OK : convert_raw(element, tensor->raw_data.data, result);
}

/* Memory is asked for only once the numbers are seen to be there. */
static hone_status check_numbers(const hone_onnx_file *file, const hone_onnx_tensor *tensor,
                                 const struct element *element, size_t count)
{
    size_t there =
        tensor->has_raw_data ? tensor->raw_data.len / element->bytes : listed(tensor, element->list);
    if (!is_external(tensor))
        return there == count ? HONE_OK
                              : fail_tensor(tensor, "has a number of elements that does not match its shape");
    data_place place = {0};
    int descriptor = find_external(file, tensor, count * element->bytes, &place);
    if (descriptor < 0)
        return hone_error_status();
    close(descriptor);
    return HONE_OK;
}

hone_array *hone_internal_onnx_read(const hone_onnx_file *file, const hone_onnx_tensor *tensor)
{
    const struct element *element = find_element(tensor->data_type);
    size_t count = 0;
    if (element == NULL) {
        hone_fail(HONE_ERROR_UNSUPPORTED,
                  "the tensor \"%.200s\" has elements of a type (%d) that Hone does not read",
                  tensor->name != NULL ? tensor->name : "", (int)tensor->data_type);
        return NULL;
    }
    if (measure(tensor, element->bytes, &count) < 0)
        return NULL;
    if (check_numbers(file, tensor, element, count) < 0)
        return NULL;
    hone_array *result =
        hone_array_create(element->integer ? HONE_INT64 : HONE_FLOAT32, (int)tensor->n_dims, tensor->dims);
    if (result != NULL && fill(file, tensor, element, count, result) < 0) {
        hone_array_free(result);
        result = NULL;
    }
    return result;
}

static size_t float_bytes(const hone_onnx_file *file, const hone_onnx_tensor *tensor)
{
    const struct element *element = find_element(tensor->data_type);
    size_t count = 0;
    bool good = element != NULL && measure(tensor, element->bytes, &count) >= 0 &&
                check_numbers(file, tensor, element, count) >= 0;
    return good ? count * sizeof(float) : 0;
}

size_t hone_internal_onnx_float_bytes(const hone_onnx_file *file)
{
    const hone_onnx_graph *graph = file->model->graph;
    size_t sum = 0;
    for (size_t i = 0; i < graph->n_initializer; i++)
        sum += float_bytes(file, graph->initializer[i]);
    for (size_t n = 0; n < graph->n_node; n++) {
        const hone_onnx_attribute *value = hone_internal_onnx_attribute(graph->node[n], "value");
        if (value != NULL && value->t != NULL)
            sum += float_bytes(file, value->t);
    }
    hone_error_clear();
    return sum;
}

/* ---- the digest ---- */

typedef struct digest_buffer {
    ProtobufCBuffer base;
    uint64_t digest;
} digest_buffer;

/* FNV-1a */
static void digest_bytes(ProtobufCBuffer *base, size_t length, const uint8_t *data)
{
    digest_buffer *buffer = (digest_buffer *)base;
    for (size_t i = 0; i < length; i++)
        buffer->digest = (buffer->digest ^ data[i]) * 0x100000001b3u;
}

uint64_t hone_internal_onnx_digest(const hone_onnx_graph *graph)
{
    digest_buffer buffer = {.base = {.append = digest_bytes}, .digest = 0xcbf29ce484222325u};
    for (size_t i = 0; i < graph->n_node; i++)
        hone__onnx__node_proto__pack_to_buffer(graph->node[i], &buffer.base);
    for (size_t i = 0; i < graph->n_input; i++)
        hone__onnx__value_info_proto__pack_to_buffer(graph->input[i], &buffer.base);
    for (size_t i = 0; i < graph->n_output; i++)
        hone__onnx__value_info_proto__pack_to_buffer(graph->output[i], &buffer.base);
    for (size_t i = 0; i < graph->n_initializer; i++)
        if (hone_internal_onnx_is_inner(graph->initializer[i]->name))
            hone__onnx__tensor_proto__pack_to_buffer(graph->initializer[i], &buffer.base);
    return buffer.digest;
}
