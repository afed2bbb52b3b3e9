/* CIFAR in its binary version: records of a label (CIFAR-100: two) and 3 planes of 32 x 32 bytes. */
#include "base/file.h"
#include "base/memory.h"
#include "readers/named.h"

enum { SIDE = 32, PLANE = SIDE * SIDE, IMAGE = 3 * PLANE };

/* How one of the two sets lies in files. */
typedef struct layout {
    const char *files[2][6]; /* of train and test; NULL ends them */
    int records[2];          /* in each of these files */
    int labels, classes;     /* bytes of labels in a record, the last one counts */
} layout;

static const layout ten = {.files = {{"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin",
                                      "data_batch_4.bin", "data_batch_5.bin", NULL},
                                     {"test_batch.bin", NULL}},
                           .records = {10000, 10000},
                           .labels = 1,
                           .classes = 10},
                    hundred = {.files = {{"train.bin", NULL}, {"test.bin", NULL}},
                               .records = {50000, 10000},
                               .labels = 2,
                               .classes = 100};

/* Planes to pixels: red, green, blue of the first, of the second, ... */
void hone_internal_cifar_pixels(const uint8_t *record, uint8_t *image)
{
    for (int pixel = 0; pixel < PLANE; pixel++)
        for (int channel = 0; channel < 3; channel++)
            image[3 * pixel + channel] = record[channel * PLANE + pixel];
}

static hone_status place_records(const char *path, const layout *lies, int records, const uint8_t *data,
                                 uint8_t *images, uint8_t *labels)
{
    for (int i = 0; i < records; i++) {
        const uint8_t *record = data + (size_t)i * (size_t)(lies->labels + IMAGE);
        labels[i] = record[lies->labels - 1];
        if (labels[i] >= lies->classes)
            return hone_fail(HONE_ERROR_FORMAT, "%s: the label of record %d is %d; expected 0 to %d", path, i,
                             labels[i], lies->classes - 1);
        hone_internal_cifar_pixels(record + lies->labels, images + (size_t)i * IMAGE);
    }
    return HONE_OK;
}

static hone_status read_file(const char *path, const layout *lies, int records, uint8_t *images,
                             uint8_t *labels)
{
    void *data;
    size_t bytes, expected = (size_t)records * (size_t)(lies->labels + IMAGE);
    HONE_TRY(hone_internal_file_read(path, expected, &data, &bytes));
    hone_status status = HONE_OK;
    if (bytes != expected)
        status = hone_fail(HONE_ERROR_FORMAT, "%s: expected %zu bytes (%d records of CIFAR-%d), received %zu",
                           path, expected, records, lies->classes, bytes);
    else
        status = place_records(path, lies, records, data, images, labels);
    hone_internal_free(data);
    return status;
}

/* To (n, 32, 32, 3) and (n, 1). */
static hone_status load(const char *folder, const layout *lies, int part, hone_component *images,
                        hone_component *labels)
{
    size_t records = (size_t)lies->records[part], files = 0;
    while (lies->files[part][files])
        files++;
    int64_t samples = (int64_t)(files * records);
    images->array = hone_array_create(HONE_UINT8, 4, (int64_t[]){samples, SIDE, SIDE, 3});
    labels->array = hone_array_create(HONE_UINT8, 2, (int64_t[]){samples, 1});
    if (!images->array || !labels->array)
        return hone_error_status();
    for (size_t i = 0; i < files; i++) {
        char *path = hone_internal_format("%s/%s", folder, lies->files[part][i]);
        hone_status status =
            path ? read_file(path, lies, (int)records, (uint8_t *)images->array->data + i * records * IMAGE,
                             (uint8_t *)labels->array->data + i * records)
                 : HONE_ERROR_MEMORY;
        hone_internal_free(path);
        HONE_TRY(status);
    }
    return HONE_OK;
}

static hone_status load_ten(const hone_named_place *place, int part, bool rows, hone_dataset_parts *parts)
{
    (void)rows;
    return load(place->folder, &ten, part, &parts->x[0], &parts->y[0]);
}

static hone_status load_hundred(const hone_named_place *place, int part, bool rows, hone_dataset_parts *parts)
{
    (void)rows;
    return load(place->folder, &hundred, part, &parts->x[0], &parts->y[0]);
}

const hone_named_kind hone_internal_named_cifar10 = {{"data_batch_1.bin", "test_batch.bin"}, false, load_ten};
const hone_named_kind hone_internal_named_cifar100 = {{"train.bin", "test.bin"}, false, load_hundred};
