/* Caches: samples kept as floats the first time that they are made, in memory or in a file. */
#define _XOPEN_SOURCE 700
#include "base/file.h"
#include "base/memory.h"
#include "base/posix.h"
#include "data/inside.h"
#include "formats/array_files.h"
#include <errno.h>
#include <hone/pipeline.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

/* The file: a header of HEADER bytes that says what rows there are, then the rows, little-endian. */
enum { HEADER = 4096 };

typedef struct caching {
    hone_data_node node;
    pthread_mutex_t lock;
    size_t row;            /* floats of a sample: all its components */
    uint8_t *present;      /* one bit per sample; NULL: all are */
    int64_t missing;       /* samples */
    float *rows;           /* in memory, else NULL */
    hone_file_reader file; /* of a cache in a file, the one that is written too */
    hone_file_writer writer;
    char *path;
    hone_made_batch input; /* what is made now */
    float *packed;         /* a row on its way to or from the file */
} caching;

/* ---- rows ---- */

static bool is_present(const caching *of, int64_t sample)
{
    return !of->present || (of->present[sample / 8] >> (sample % 8) & 1);
}

static uint64_t place_of(const caching *of, int64_t sample)
{
    return HEADER + (uint64_t)sample * of->row * sizeof(float);
}

/* A row between its packed form and the components of a batch. */
static void unpack(const hone_dataset *dataset, const float *packed, const hone_made_batch *batch, int64_t at)
{
    for (int kind = 0; kind < 3; kind++)
        for (int i = 0; i < dataset->kinds[kind].count; i++) {
            size_t width = dataset->kinds[kind].items[i].width;
            memcpy(hone_internal_made_row(batch, kind, i, at, width), packed, width * sizeof(float));
            packed += width;
        }
}

static void pack(const hone_dataset *dataset, const hone_made_batch *batch, int64_t at, float *packed)
{
    for (int kind = 0; kind < 3; kind++)
        for (int i = 0; i < dataset->kinds[kind].count; i++) {
            size_t width = dataset->kinds[kind].items[i].width;
            memcpy(packed, hone_internal_made_row(batch, kind, i, at, width), width * sizeof(float));
            packed += width;
        }
}

static hone_status recall(caching *of, int64_t sample, const hone_made_batch *batch, int64_t at)
{
    const float *packed = of->packed;
    if (of->rows) {
        packed = of->rows + (size_t)sample * of->row;
    } else {
        HONE_TRY(
            hone_internal_file_take_at(&of->file, place_of(of, sample), of->packed, of->row * sizeof(float)));
        hone_internal_little_endian(of->packed, of->row, sizeof(float));
    }
    unpack(of->node.from[0], packed, batch, at);
    return HONE_OK;
}

/* ---- the header of a file ---- */

static hone_status make_header(const caching *of, char header[HEADER])
{
    const hone_dataset *from = of->node.from[0];
    memset(header, 0, HEADER);
    int used = snprintf(header, HEADER, "HONE CACHE 1\n%lld samples of %zu float32, byte order 01\n",
                        (long long)from->count, of->row);
    for (int kind = 0; kind < 3; kind++)
        for (int i = 0; i < from->kinds[kind].count && used < HEADER - 256; i++) {
            const hone_array *array = &from->kinds[kind].items[i].array;
            used += snprintf(header + used, (size_t)(HEADER - used), "%c%d", "xyw"[kind], i);
            for (int axis = 1; axis < array->rank; axis++)
                used +=
                    snprintf(header + used, (size_t)(HEADER - used), " %lld", (long long)array->shape[axis]);
            used += snprintf(header + used, (size_t)(HEADER - used), "\n");
        }
    return HONE_OK;
}

/* A cache that an earlier run has filled. */
static hone_status open_filled(caching *of)
{
    char wanted[HEADER], found[HEADER];
    HONE_TRY(make_header(of, wanted));
    HONE_TRY(hone_internal_file_open(&of->file, of->path));
    bool sized = of->file.bytes == place_of(of, of->node.from[0]->count);
    if (sized)
        HONE_TRY(hone_internal_file_take_at(&of->file, 0, found, HEADER));
    if (!sized || memcmp(wanted, found, HEADER) != 0)
        return hone_fail(HONE_ERROR_DATA,
                         "%s is not a cache of this data set: its samples differ in number or "
                         "shape, or it is another kind of file; remove it or choose another name",
                         of->path);
    of->missing = 0;
    return HONE_OK;
}

static hone_status open_empty(caching *of)
{
    HONE_TRY(hone_internal_file_begin(&of->writer, of->path));
    int descriptor = open(of->writer.temporary, O_RDWR | O_CLOEXEC);
    if (descriptor < 0)
        return hone_fail(HONE_ERROR_FILE, "%s: cannot open the cache: %s", of->path, strerror(errno));
    of->file = (hone_file_reader){.path = of->path, .descriptor = descriptor + 1};
    return HONE_OK;
}

/* With its last sample the file gets its name. */
static hone_status finish_file(caching *of)
{
    char header[HEADER];
    HONE_TRY(make_header(of, header));
    HONE_TRY(hone_internal_file_put_at(&of->file, 0, header, HEADER));
    return hone_internal_file_finish(&of->writer);
}

/* ---- filling ---- */

static hone_status keep(caching *of, int64_t sample, int64_t at)
{
    float *packed = of->rows ? of->rows + (size_t)sample * of->row : of->packed;
    pack(of->node.from[0], &of->input, at, packed);
    if (!of->rows) {
        hone_internal_little_endian(packed, of->row, sizeof(float));
        HONE_TRY(hone_internal_file_put_at(&of->file, place_of(of, sample), packed, of->row * sizeof(float)));
    }
    if (is_present(of, sample)) /* twice in this batch */
        return HONE_OK;
    of->present[sample / 8] = (uint8_t)(of->present[sample / 8] | 1u << (sample % 8));
    of->missing--;
    return of->missing == 0 && of->path ? finish_file(of) : HONE_OK;
}

/* Makes those of the samples that are not there yet. */
static hone_status make_missing(caching *of, const hone_data_sweep *sweep, const int64_t *rows, int64_t count,
                                int64_t *absent)
{
    int64_t missing = 0;
    for (int64_t i = 0; i < count; i++)
        if (!is_present(of, rows[i]))
            absent[missing++] = rows[i];
    if (missing == 0)
        return HONE_OK;
    if (of->input.capacity < missing) {
        hone_internal_staged_free(&of->input);
        HONE_TRY(hone_internal_staged_create(of->node.from[0], count, &of->input));
    }
    HONE_TRY(hone_internal_dataset_fill(of->node.from[0], sweep, absent, 0, missing, &of->input));
    for (int64_t i = 0; i < missing; i++)
        HONE_TRY(keep(of, absent[i], i));
    return HONE_OK;
}

static hone_status fill_cached(hone_data_node *node, const hone_data_sweep *sweep, const int64_t *rows,
                               int64_t count, const hone_made_batch *batch)
{
    caching *of = (caching *)node;
    int64_t *absent = hone_internal_allocate((size_t)count * sizeof *absent);
    if (!absent)
        return HONE_ERROR_MEMORY;
    pthread_mutex_lock(&of->lock);
    hone_status status = of->missing > 0 ? make_missing(of, sweep, rows, count, absent) : HONE_OK;
    for (int64_t i = 0; i < count && status == HONE_OK; i++)
        status = recall(of, rows[i], batch, i);
    pthread_mutex_unlock(&of->lock);
    hone_internal_free(absent);
    return status;
}

static void free_caching(hone_data_node *node)
{
    caching *of = (caching *)node;
    hone_internal_file_close(&of->file);
    hone_internal_file_abandon(&of->writer);
    hone_internal_staged_free(&of->input);
    hone_internal_free(of->present);
    hone_internal_free(of->rows);
    hone_internal_free(of->packed);
    hone_internal_free(of->path);
    pthread_mutex_destroy(&of->lock);
    hone_internal_free(of);
}

static const hone_data_node_type cached = {"cache", fill_cached, hone_internal_node_hash, free_caching,
                                           false};

/* ---- making one ---- */

static hone_status set_up(caching *of, const char *path)
{
    const hone_dataset *from = of->node.from[0];
    size_t row, all;
    struct stat found;
    for (int kind = 0; kind < 3; kind++)
        for (int i = 0; i < from->kinds[kind].count; i++)
            of->row += from->kinds[kind].items[i].width;
    if (!hone_internal_multiply_size(of->row, sizeof(float), &row) ||
        !hone_internal_multiply_size(row, (uint64_t)from->count, &all))
        return hone_internal_fail_memory(SIZE_MAX, "a cache");
    of->missing = from->count;
    of->present = hone_internal_allocate_zeroed((size_t)from->count / 8 + 1, 1);
    of->packed = hone_internal_allocate(row);
    if (!of->present || !of->packed)
        return HONE_ERROR_MEMORY;
    if (path) {
        of->path = hone_internal_copy_text(path);
        if (!of->path)
            return HONE_ERROR_MEMORY;
        return stat(path, &found) == 0 ? open_filled(of) : open_empty(of);
    }
    of->rows = hone_internal_allocate(all);
    return of->rows ? HONE_OK : HONE_ERROR_MEMORY;
}

static hone_dataset *cache_indexed(hone_dataset *dataset, const char *path)
{
    caching *of = (caching *)hone_internal_node_create(&cached, sizeof *of, dataset);
    if (!of)
        return NULL;
    pthread_mutex_init(&of->lock, NULL);
    hone_status status = set_up(of, path);
    if (status == HONE_OK && of->missing == 0) {
        hone_internal_free(of->present);
        of->present = NULL;
    }
    hone_dataset *made = hone_internal_dataset_of_node(&of->node, dataset, dataset->count);
    if (status == HONE_OK)
        return made;
    hone_dataset_free(made);
    return NULL;
}

hone_dataset *hone_dataset_cache(hone_dataset *dataset, const char *path)
{
    if (dataset && dataset->next)
        dataset = hone_internal_dataset_collect(dataset);
    else if (!hone_internal_dataset_check_indexed(dataset, "hone_dataset_cache"))
        return NULL;
    return dataset && (path || dataset->node || !hone_internal_dataset_in_memory(dataset))
               ? cache_indexed(dataset, path)
               : dataset;
}
