/* Lets a fuzz target without libFuzzer replay files: the corpus, or what a fuzzer has found. libFuzzer brings
 * its own main: build the target with -fsanitize=fuzzer -DHONE_LIBFUZZER. */
#ifndef HONE_TESTS_FUZZ_REPLAY_H
#define HONE_TESTS_FUZZ_REPLAY_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#ifndef HONE_LIBFUZZER
#include "base/file.h"
#include "base/memory.h"
#include <stdio.h>

int main(int count, char **arguments)
{
    for (int i = 1; i < count; i++) {
        void *data;
        size_t bytes;
        if (hone_internal_file_read(arguments[i], SIZE_MAX / 4, &data, &bytes) != HONE_OK) {
            fprintf(stderr, "%s\n", hone_error_message());
            return 1;
        }
        LLVMFuzzerTestOneInput(data, bytes);
        hone_internal_free(data);
    }
    return 0;
}
#endif

#endif
