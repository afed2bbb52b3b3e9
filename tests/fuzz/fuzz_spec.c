/* Fuzz target: spec strings of every family ("optimizer sgd(0.1)"). What is read is written, and read again
 * as the same. */
#include "fields/spec.h"
#include "registry.h"
#include "replay.h"

static void check(const char *family, const char *text)
{
    hone_spec spec, again;
    if (hone_internal_spec_resolve(family, text, &spec) < 0)
        return;
    if (spec.type != NULL) {
        char *canonical = hone_internal_spec_to_text(spec.type, spec.args);
        if (canonical == NULL || hone_internal_spec_resolve(family, canonical, &again) < 0)
            abort();
        char *same = hone_internal_spec_to_text(again.type, again.args);
        if (same == NULL || strcmp(same, canonical) != 0)
            abort();
        hone_internal_free(same);
        hone_internal_free(canonical);
        hone_internal_spec_free(&again);
    }
    hone_internal_spec_free(&spec);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *ended = hone_internal_copy_text_n((const char *)data, size);
    char *space = strchr(ended, ' ');
    if (space != NULL) {
        *space = 0;
        for (const char *const *family = hone_internal_families; *family != NULL; family++)
            if (strcmp(*family, ended) == 0)
                check(*family, space + 1);
    }
    hone_internal_free(ended);
    return 0;
}
