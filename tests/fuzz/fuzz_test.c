/* Runs the fuzz targets of files without a fuzzer: over the golden files and seeded mutations of them, whole
 * and with the checksums of zip archives out of the way. A failure is a crash, a leak, or what a sanitizer
 * reports. */
#define HONE_LIBFUZZER /* the targets without their main */
#define LLVMFuzzerTestOneInput fuzz_json
#include "testing/test.h"

#include "fuzz_json.c"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput fuzz_zip
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
#include "fuzz_zip.c"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput fuzz_keras
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
#include "fuzz_keras.c"

#include <dirent.h>
#include <stdio.h>

typedef int target(const uint8_t *data, size_t size);

static void run_mutations(target *run, const void *data, size_t size, long rounds)
{
    uint64_t random = size;
    unsigned char *copy = malloc(size);
    assert_non_null(copy);
    run(data, size);
    for (long i = 0; i < rounds; i++) {
        memcpy(copy, data, size);
        run(copy, fuzz_mutate(copy, size, &random));
    }
    free(copy);
}

/* An archive, then its parts, which their checksums would otherwise protect. */
static void run_archive(const char *path, long rounds)
{
    void *data, *part;
    size_t size, part_size;
    assert_int_equal(hone_internal_file_read(path, SIZE_MAX / 4, &data, &size), HONE_OK);
    run_mutations(fuzz_zip, data, size, rounds);
    run_mutations(fuzz_keras, data, size, rounds / 4);
    hone_zip_reader *zip = hone_internal_zip_open_memory(data, size, path);
    assert_non_null(zip);
    assert_int_equal(hone_internal_zip_read(zip, "config.json", SIZE_MAX, &part, &part_size), HONE_OK);
    run_mutations(fuzz_json, part, part_size, rounds);
    hone_internal_free(part);
    assert_int_equal(hone_internal_zip_read(zip, "model.weights.h5", SIZE_MAX, &part, &part_size), HONE_OK);
    run_mutations(fuzz_keras, part, part_size, rounds);
    hone_internal_free(part);
    hone_internal_zip_close(zip);
}

TEST(golden_files_survive_damage)
{
    static const char folder[] = "tests/golden/files";
    int64_t blocks = hone_internal_blocks_in_use();
    long rounds = getenv("HONE_TEST_FULL") ? 20000 : 100;
    DIR *files = opendir(folder);
    int count = 0;
    for (struct dirent *entry; files && (entry = readdir(files));) {
        char path[512];
        const char *end = strrchr(entry->d_name, '.');
        if (!end || strcmp(end, ".keras") != 0)
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        run_archive(path, rounds);
        count++;
    }
    if (files)
        closedir(files);
    assert_int_equal(hone_internal_blocks_in_use(), blocks);
    if (count == 0)
        skip();
}
