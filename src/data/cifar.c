/* CIFAR-10 in its binary version: files of 10000 records, each a label and 3 planes of 32 x 32 bytes. */
#include "base/file.h"
#include "base/memory.h"
#include "data/named.h"

enum { RECORDS = 10000, SIDE = 32, PLANE = SIDE * SIDE, IMAGE = 3 * PLANE, RECORD = 1 + IMAGE };

/* Planes to pixels: red, green, blue of the first, of the second, ... */
static void place_record(const uint8_t *record, uint8_t *image, uint8_t *label)
{
    *label = record[0];
    for (int pixel = 0; pixel < PLANE; pixel++)
        for (int channel = 0; channel < 3; channel++)
            image[3 * pixel + channel] = record[1 + channel * PLANE + pixel];
}

static hone_status read_file(const char *path, uint8_t *images, uint8_t *labels)
{
    void *data;
    size_t bytes;
    HONE_TRY(hone_internal_file_read(path, (size_t)RECORDS * RECORD, &data, &bytes));
    hone_status status = HONE_OK;
    if (bytes != (size_t)RECORDS * RECORD)
        status =
            hone_fail(HONE_ERROR_FORMAT, "%s: expected %d bytes (10000 records of CIFAR-10), received %zu",
                      path, RECORDS * RECORD, bytes);
    for (int i = 0; i < RECORDS && status == HONE_OK; i++) {
        place_record((const uint8_t *)data + (size_t)i * RECORD, images + (size_t)i * IMAGE, &labels[i]);
        if (labels[i] > 9)
            status = hone_fail(HONE_ERROR_FORMAT, "%s: the label of record %d is %d; expected 0 to 9", path,
                               i, labels[i]);
    }
    hone_internal_free(data);
    return status;
}

static hone_status read_batch(const char *folder, int part, int batch, uint8_t *images, uint8_t *labels)
{
    char *path = part == 1 ? hone_internal_format("%s/test_batch.bin", folder)
                           : hone_internal_format("%s/data_batch_%d.bin", folder, batch + 1);
    hone_status status = path ? read_file(path, images, labels) : HONE_ERROR_MEMORY;
    hone_internal_free(path);
    return status;
}

hone_status hone_internal_cifar_load(const char *folder, int part, hone_component *images,
                                     hone_component *labels)
{
    int batches = part == 1 ? 1 : 5;
    int64_t samples = (int64_t)batches * RECORDS;
    images->array = hone_array_create(HONE_UINT8, 4, (int64_t[]){samples, SIDE, SIDE, 3});
    labels->array = hone_array_create(HONE_UINT8, 2, (int64_t[]){samples, 1});
    if (!images->array || !labels->array)
        return hone_error_status();
    for (int i = 0; i < batches; i++)
        HONE_TRY(read_batch(folder, part, i, (uint8_t *)images->array->data + (size_t)i * RECORDS * IMAGE,
                            (uint8_t *)labels->array->data + (size_t)i * RECORDS));
    return HONE_OK;
}
