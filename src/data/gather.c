/* Batches of floats out of data sets: from arrays, from files, from nodes. */
#include "base/memory.h"
#include "base/random.h"
#include "data/inside.h"
#include "formats/array_files.h"
#include "formats/bytes.h"
#include "tensor/texts.h"
#include <string.h>

/* Bytes times the scale are to be the doubles' product rounded once, as NumPy's x * scale gives it. Looking
 * each up in a table of 256 is right but slow. With scale = high + low, where high has at most 16 significant
 * bits, byte * high is exact in float, and byte * high + byte * low is nearly always the same number; where
 * it is so for all 256 bytes, that serves (it can be done many at a time), else the table. */
enum { PIECE = 16 }; /* a fixed number, so that compilers do them at once */
static inline void scale_piece(const uint8_t *restrict data, size_t count, float high, float low,
                               float *restrict result)
{
    for (size_t i = 0; i < count; i++) {
        float number = (float)data[i];
        result[i] = number * high + number * low;
    }
}

static void scale_bytes(const uint8_t *data, size_t count, float high, float low, float *result)
{
    size_t whole = count - count % PIECE;
    for (size_t i = 0; i < whole; i += PIECE)
        scale_piece(data + i, PIECE, high, low, result + i);
    scale_piece(data + whole, count % PIECE, high, low, result + whole);
}

void hone_internal_dataset_prepare_bytes(hone_dataset *dataset)
{
    uint8_t all[256];
    float tried[256];
    uint32_t bits;
    float high = (float)dataset->scale;
    memcpy(&bits, &high, sizeof bits);
    bits &= 0xffffff00u; /* 1 and 15 bits of the fraction stay */
    memcpy(&high, &bits, sizeof high);
    float low = (float)(dataset->scale - (double)high);
    for (int byte = 0; byte < 256; byte++) {
        all[byte] = (uint8_t)byte;
        dataset->bytes[byte] = (float)(byte * dataset->scale);
    }
    scale_bytes(all, 256, high, low, tried);
    dataset->scale_parts[0] = high;
    dataset->scale_parts[1] = low;
    dataset->parts_serve = memcmp(tried, dataset->bytes, sizeof tried) == 0;
}

/* ---- numbers to floats ---- */

typedef void convert_function(const void *data, size_t count, double scale, float *result);

#define CONVERT(name, number, bytes, numpy) \
    static void convert_##name(const void *data, size_t count, double scale, float *result) \
    { \
        const number *numbers = data; \
        for (size_t i = 0; i < count; i++) \
            result[i] = (float)((double)numbers[i] * scale); \
    }
HONE_DTYPE_MAP(CONVERT)
#undef CONVERT

static convert_function *const converters[HONE_DTYPE_COUNT] = {
#define CONVERTER(name, number, bytes, numpy) [HONE_##name] = convert_##name,
    HONE_DTYPE_MAP(CONVERTER)
#undef CONVERTER
};

static void convert(const hone_dataset *dataset, const component *item, double scale, const void *data,
                    size_t count, float *result)
{
    hone_dtype type = item->array.type;
    if (type == HONE_FLOAT32 && scale == 1) {
        memcpy(result, data, count * sizeof(float));
    } else if (type != HONE_UINT8 || scale != dataset->scale) {
        converters[type](data, count, scale, result);
    } else if (dataset->parts_serve) {
        scale_bytes(data, count, dataset->scale_parts[0], dataset->scale_parts[1], result);
    } else {
        const uint8_t *bytes = data;
        for (size_t i = 0; i < count; i++)
            result[i] = dataset->bytes[bytes[i]];
    }
}

enum { ROWS_AHEAD = 4, CACHE_LINE = 64 };

/* Shuffled rows lie anywhere in memory: asks for one a few rows before it is needed. */
static void fetch_ahead(const char *row, size_t bytes)
{
    for (size_t offset = 0; offset < bytes; offset += CACHE_LINE)
        __builtin_prefetch(row + offset);
}

/* ---- rows of one component ---- */

static void gather_array(const hone_dataset *dataset, const component *item, double scale,
                         const int64_t *rows, int64_t begin, int64_t count, float *result)
{
    size_t bytes = item->width * hone_dtype_size(item->array.type);
    const char *data = item->array.data;
    if (!rows) {
        convert(dataset, item, scale, data + (size_t)begin * bytes, (size_t)count * item->width, result);
        return;
    }
    for (int64_t i = 0; i < count; i++, result += item->width) {
        if (i + ROWS_AHEAD < count)
            fetch_ahead(data + (size_t)rows[i + ROWS_AHEAD] * bytes, bytes);
        convert(dataset, item, scale, data + (size_t)rows[i] * bytes, item->width, result);
    }
}

/* An image of bytes [h, w, c] with its rows, its columns or both in reverse. */
static void flip_bytes(const uint8_t *image, const int64_t size[3], unsigned flips, uint8_t *result)
{
    const int64_t height = size[0], width = size[1], channels = size[2];
    for (int64_t v = 0; v < height; v++) {
        const uint8_t *row = image + (flips & HONE_FLIP_ROWS ? height - 1 - v : v) * width * channels;
        uint8_t *to = result + v * width * channels;
        if (!(flips & HONE_FLIP_COLUMNS))
            memcpy(to, row, (size_t)(width * channels));
        else if (channels == 1)
            for (int64_t u = 0; u < width; u++)
                to[u] = row[width - 1 - u];
        else
            for (int64_t u = 0; u < width; u++)
                for (int64_t c = 0; c < channels; c++)
                    to[u * channels + c] = row[(width - 1 - u) * channels + c];
    }
}

static hone_status gather_flipped(const hone_dataset *dataset, const component *item, const int64_t *rows,
                                  int64_t count, const unsigned char *flips, float *result)
{
    const hone_array *images = &item->array;
    const int64_t size[3] = {images->shape[1], images->shape[2], images->rank == 4 ? images->shape[3] : 1};
    const uint8_t *data = images->data;
    uint8_t *flipped = hone_internal_allocate(item->width);
    if (!flipped)
        return HONE_ERROR_MEMORY;
    for (int64_t i = 0; i < count; i++, result += item->width) {
        const uint8_t *image = data + (size_t)rows[i] * item->width;
        if (i + ROWS_AHEAD < count)
            fetch_ahead((const char *)data + (size_t)rows[i + ROWS_AHEAD] * item->width, item->width);
        if (flips[i])
            flip_bytes(image, size, flips[i], flipped);
        convert(dataset, item, dataset->scale, flips[i] ? flipped : image, item->width, result);
    }
    hone_internal_free(flipped);
    return HONE_OK;
}

int64_t hone_internal_run_of_rows(const int64_t *rows, int64_t i, int64_t count)
{
    int64_t length = 1;
    while (i + length < count && (!rows || rows[i + length] == rows[i] + length))
        length++;
    return length;
}

static hone_status gather_file(const hone_dataset *dataset, const component *item, double scale,
                               const int64_t *rows, int64_t begin, int64_t count, float *result)
{
    bool direct = item->array.type == HONE_FLOAT32 && scale == 1;
    size_t bytes = item->width * hone_dtype_size(item->array.type);
    char *raw = direct ? NULL : hone_internal_allocate((size_t)count * bytes);
    hone_status status = direct || raw ? HONE_OK : HONE_ERROR_MEMORY;
    for (int64_t i = 0, length; i < count && status == HONE_OK; i += length) {
        length = hone_internal_run_of_rows(rows, i, count);
        int64_t first = dataset->first + (rows ? rows[i] : begin + i);
        float *target = result + (size_t)i * item->width;
        status = hone_internal_rows_read(item->rows, first, length, direct ? (void *)target : (void *)raw);
        if (!direct && status == HONE_OK)
            convert(dataset, item, scale, raw, (size_t)length * item->width, target);
    }
    hone_internal_free(raw);
    return status;
}

/* Of what a node makes, which comes as whole samples: a few at a time, of which one component is kept. */
static hone_status gather_made(const hone_dataset *dataset, int kind, int index, const int64_t *rows,
                               int64_t begin, int64_t count, float *result)
{
    enum { AT_ONCE = 64 };
    const hone_data_sweep sweep = {0, 0};
    const size_t width = dataset->kinds[kind].items[index].width;
    const int64_t at_once = count < AT_ONCE ? count : AT_ONCE;
    hone_made_batch batch;
    hone_status status = count == 0 ? HONE_OK : hone_internal_staged_create(dataset, at_once, &batch);
    if (status != HONE_OK || count == 0)
        return status;
    for (int64_t done = 0, here; done < count && status == HONE_OK; done += here) {
        here = count - done < at_once ? count - done : at_once;
        status = hone_internal_dataset_fill(dataset, &sweep, rows ? rows + done : NULL, begin + done, here,
                                            &batch);
        if (status == HONE_OK)
            memcpy(result + (size_t)done * width, batch.data[kind][index],
                   (size_t)here * width * sizeof *result);
    }
    hone_internal_staged_free(&batch);
    return status;
}

hone_status hone_internal_dataset_gather(const hone_dataset *dataset, int kind, int index,
                                         const int64_t *rows, int64_t begin, int64_t count, float *result)
{
    const component *item = &dataset->kinds[kind].items[index];
    double scale = kind == HONE_COMPONENT_INPUT ? dataset->scale : 1;
    if (item->array.type == HONE_TEXT)
        return hone_fail(HONE_ERROR_DATA, "%s holds texts, which only text layers take",
                         hone_internal_dataset_label(dataset, kind, index));
    if (item->rows)
        return gather_file(dataset, item, scale, rows, begin, count, result);
    if (dataset->node && !item->array.data)
        return gather_made(dataset, kind, index, rows, begin, count, result);
    gather_array(dataset, item, scale, rows, begin, count, result);
    return HONE_OK;
}

/* ---- whole batches ---- */

bool hone_internal_dataset_in_memory(const hone_dataset *dataset)
{
    if (dataset->node || dataset->next)
        return false;
    for (int kind = 0; kind < 3; kind++)
        for (int i = 0; i < dataset->kinds[kind].count; i++)
            if (dataset->kinds[kind].items[i].rows)
                return false;
    return true;
}

hone_status hone_internal_staged_create(const hone_dataset *dataset, int64_t count, hone_made_batch *batch)
{
    size_t floats = 0, of_kind, all;
    size_t all_components = 0;
    *batch = (hone_made_batch){.capacity = count};
    for (int kind = 0; kind < 3; kind++)
        for (int i = 0; i < dataset->kinds[kind].count; i++, all_components++) {
            const component *item = &dataset->kinds[kind].items[i];
            if (!hone_internal_multiply_size((uint64_t)count, item->width, &of_kind) ||
                !hone_internal_add_size(floats, of_kind, &floats))
                return hone_internal_fail_memory(SIZE_MAX, "a batch");
        }
    if (!hone_internal_multiply_size(floats, sizeof(float), &all) ||
        !(batch->block = hone_internal_allocate(all)) ||
        !(batch->data[0] = hone_internal_allocate_zeroed(all_components, sizeof **batch->data))) {
        hone_internal_staged_free(batch);
        return HONE_ERROR_MEMORY;
    }
    float *next = batch->block, **place = batch->data[0];
    for (int kind = 0; kind < 3; kind++) {
        batch->data[kind] = place;
        for (int i = 0; i < dataset->kinds[kind].count; i++) {
            *place++ = next;
            next += (size_t)count * dataset->kinds[kind].items[i].width;
        }
    }
    return HONE_OK;
}

void hone_internal_staged_free(hone_made_batch *batch)
{
    hone_internal_free(batch->block);
    hone_internal_free(batch->data[0]);
    *batch = (hone_made_batch){.capacity = 0};
}

static hone_status fill_from_node(const hone_dataset *dataset, const hone_data_sweep *sweep,
                                  const int64_t *rows, int64_t begin, int64_t count, hone_made_batch *batch)
{
    int64_t *shifted = hone_internal_allocate((size_t)count * sizeof *shifted);
    if (!shifted)
        return HONE_ERROR_MEMORY;
    for (int64_t i = 0; i < count; i++)
        shifted[i] = dataset->first + (rows ? rows[i] : begin + i);
    hone_status status = dataset->node->type->fill(dataset->node, sweep, shifted, count, batch);
    hone_internal_free(shifted);
    HONE_TRY(status);
    const component *weight = dataset->kinds[HONE_COMPONENT_WEIGHT].items;
    if (dataset->kinds[HONE_COMPONENT_WEIGHT].count > 0 && weight->array.data) /* given afterwards */
        gather_array(dataset, weight, 1, rows, begin, count,
                     hone_internal_made_row(batch, HONE_COMPONENT_WEIGHT, 0, 0, weight->width));
    return HONE_OK;
}

hone_status hone_internal_dataset_fill(const hone_dataset *dataset, const hone_data_sweep *sweep,
                                       const int64_t *rows, int64_t begin, int64_t count,
                                       hone_made_batch *batch)
{
    if (dataset->node)
        return fill_from_node(dataset, sweep, rows, begin, count, batch);
    for (int kind = 0; kind < 3; kind++)
        for (int i = 0; i < dataset->kinds[kind].count; i++)
            HONE_TRY(hone_internal_dataset_gather(
                dataset, kind, i, rows, begin, count,
                hone_internal_made_row(batch, kind, i, 0, dataset->kinds[kind].items[i].width)));
    return HONE_OK;
}

bool hone_internal_dataset_holds_bytes(const hone_dataset *dataset)
{
    const components *inputs = &dataset->kinds[HONE_COMPONENT_INPUT];
    if (!hone_internal_dataset_in_memory(dataset) || inputs->count == 0)
        return false;
    const hone_array *images = &inputs->items[0].array;
    return images->type == HONE_UINT8 && images->data && (images->rank == 3 || images->rank == 4);
}

hone_status hone_internal_dataset_fill_flipped(const hone_dataset *dataset, const int64_t *rows,
                                               int64_t count, const unsigned char *flips,
                                               const hone_made_batch *batch)
{
    for (int kind = 0; kind < 3; kind++)
        for (int i = 0; i < dataset->kinds[kind].count; i++) {
            const component *item = &dataset->kinds[kind].items[i];
            float *result = hone_internal_made_row(batch, kind, i, 0, item->width);
            HONE_TRY(kind == HONE_COMPONENT_INPUT && i == 0
                         ? gather_flipped(dataset, item, rows, count, flips, result)
                         : hone_internal_dataset_gather(dataset, kind, i, rows, 0, count, result));
        }
    return HONE_OK;
}

/* ---- order ---- */

void hone_internal_dataset_shuffle(uint64_t seed, int64_t epoch, int64_t count, int64_t *order)
{
    uint64_t stream = hone_internal_random_stream("shuffle", 0, "order");
    hone_random random = hone_internal_random(seed, stream, (uint64_t)epoch);
    hone_internal_random_permutation(&random, count, order);
}

bool hone_internal_dataset_orders(const hone_dataset *dataset)
{
    const hone_data_node *node = dataset->node;
    if (!node)
        return false;
    return node->type->orders || hone_internal_dataset_orders(node->from[0]);
}

/* ---- fingerprint ---- */

enum { MOST_HASHED = 1 << 30 }; /* bytes of a component */

/* The lowest byte of a number first: byte i is at i ^ (size - 1) on a big-endian machine. */
uint64_t hone_internal_hash_numbers(uint64_t start, const void *numbers, size_t count, size_t size)
{
    const unsigned char *byte = numbers;
    const size_t turned = HONE_LITTLE_ENDIAN_HOST ? 0 : size - 1;
    for (size_t i = 0; i < count * size; i++)
        start = (start ^ byte[i ^ turned]) * 0x100000001b3u;
    return start;
}

static uint64_t hash_number(uint64_t start, int64_t number)
{
    return hone_internal_hash_numbers(start, &number, 1, sizeof number);
}

int64_t hone_internal_hashed_rows(int64_t count, size_t bytes)
{
    const int64_t most = bytes > MOST_HASHED ? 1 : bytes == 0 ? count : MOST_HASHED / (int64_t)bytes;
    return most < count ? most : count;
}

/* Without count * index, which may be more than 64 bits hold. */
int64_t hone_internal_hashed_row(int64_t count, int64_t hashed, int64_t index)
{
    return index * (count / hashed) + index * (count % hashed) / hashed;
}

/* Rows of a file as their bytes would be in memory: all of them, some at a time, or those that are hashed. */
static hone_status hash_rows(const hone_dataset *dataset, const component *item, uint64_t *result)
{
    const size_t bytes = item->width * hone_dtype_size(item->array.type);
    const int64_t rows = hone_internal_hashed_rows(dataset->count, bytes),
                  at_once = bytes > 1 << 20 || rows < dataset->count ? 1 : (1 << 20) / (int64_t)bytes;
    char *raw = hone_internal_allocate((size_t)at_once * bytes);
    hone_status status = raw ? HONE_OK : HONE_ERROR_MEMORY;
    for (int64_t done = 0, count; done < rows && status == HONE_OK; done += count) {
        count = rows - done < at_once ? rows - done : at_once;
        status = hone_internal_rows_read(
            item->rows, dataset->first + hone_internal_hashed_row(dataset->count, rows, done), count, raw);
        if (status == HONE_OK)
            *result = hone_internal_hash_numbers(*result, raw, (size_t)count * item->width,
                                                 hone_dtype_size(item->array.type));
    }
    hone_internal_free(raw);
    return status;
}

static uint64_t hash_array(uint64_t start, const component *item, int64_t count)
{
    const size_t size = hone_dtype_size(item->array.type), bytes = item->width * size;
    const int64_t rows = hone_internal_hashed_rows(count, bytes);
    const char *data = item->array.data;
    if (rows == count)
        return hone_internal_hash_numbers(start, data, (size_t)count * item->width, size);
    for (int64_t i = 0; i < rows; i++)
        start = hone_internal_hash_numbers(
            start, data + (size_t)hone_internal_hashed_row(count, rows, i) * bytes, item->width, size);
    return start;
}

static uint64_t hash_texts(uint64_t start, const hone_array *array)
{
    for (int64_t i = 0; i < hone_array_count(array); i++) {
        const char *text = hone_internal_text_at(array, i);
        start = hone_internal_hash_numbers(start, text, strlen(text) + 1, 1);
    }
    return start;
}

static hone_status hash_component(const hone_dataset *dataset, const component *item, uint64_t *result)
{
    *result = hash_number(*result, (int64_t)item->array.type);
    for (int axis = 0; axis < item->array.rank; axis++)
        *result = hash_number(*result, item->array.shape[axis]);
    if (item->rows)
        return hash_rows(dataset, item, result);
    if (item->array.data && item->array.type == HONE_TEXT)
        *result = hash_texts(*result, &item->array);
    else if (item->array.data)
        *result = hash_array(*result, item, dataset->count);
    return HONE_OK;
}

uint64_t hone_internal_hash_number(uint64_t start, int64_t number)
{
    return hash_number(start, number);
}

/* Fingerprints are kept in checkpoints, so this stays as it is. */
enum { PLACES_OF_A_KIND = 8 };

hone_status hone_internal_dataset_fingerprint(const hone_dataset *dataset, uint64_t *result)
{
    hone_status status = HONE_OK;
    *result = hone_internal_hash_numbers(HONE_HASH_START, &dataset->scale, 1, sizeof dataset->scale);
    if (dataset->next)
        return HONE_OK; /* what a callback will give is not known */
    if (dataset->node) {
        *result = hash_number(hash_number(*result, dataset->first), dataset->count);
        *result = dataset->node->type->fingerprint(dataset->node, *result, &status);
        HONE_TRY(status);
    }
    for (int kind = 0; kind < 3; kind++)
        for (int index = 0; index < dataset->kinds[kind].count; index++) {
            *result = hash_number(*result, kind * PLACES_OF_A_KIND + index);
            HONE_TRY(hash_component(dataset, &dataset->kinds[kind].items[index], result));
        }
    return HONE_OK;
}
