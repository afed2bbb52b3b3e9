/* Fuzz target: TFRecord files. An odd first byte: what follows is the file; an even one: a message
 * tf.train.Example, of which two records with their checksums are made, so that the message itself is
 * reached. */
#include "replay.h"
#include "base/crc32c.h"
#include "formats/bytes.h"
#include <hone/data.h>
#include <hone/data_files.h>
#include <hone/memory.h>

static size_t put_record(uint8_t *to, const uint8_t *data, size_t size)
{
    hone_internal_put(to, size, 8);
    hone_internal_put(to + 8, hone_internal_crc32c_masked(to, 8), 4);
    if (size > 0)
        memcpy(to + 12, data, size);
    hone_internal_put(to + 12 + size, hone_internal_crc32c_masked(to + 12, size), 4);
    return size + 16;
}

static void read_as(const char *path, const char *options)
{
    char source[600];
    snprintf(source, sizeof source, "%s#format=tfrecord%s", path, options);
    hone_dataset_free(hone_dataset_load(source, NULL, 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1 || size > 1 << 20)
        return 0;
    uint8_t *file = malloc(2 * (size + 16));
    if (file == NULL)
        return 0;
    size_t bytes = size - 1;
    if (data[0] % 2 == 1) {
        if (bytes > 0)
            memcpy(file, data + 1, bytes);
    } else {
        bytes = put_record(file, data + 1, size - 1);
        bytes += put_record(file + bytes, data + 1, size - 1);
    }
    const char *path = fuzz_file(file, bytes, ".tfrecord");
    read_as(path, "");
    read_as(path, ",target=y,raw=[image],pad=[v]");
    hone_free(hone_describe(path, false));
    free(file);
    return 0;
}
