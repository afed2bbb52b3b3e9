/* hone datasets: the data sets that are known by name. */
#include "base/error.h"
#include "base/memory.h"
#include "cli.h"
#include "data/dataset.h"

#include <inttypes.h>
#include <stdio.h>

static void print_set(const hone_named_dataset *found)
{
    printf("%-15s %s; %" PRId64 " for training, %" PRId64 " for tests\n", found->name, found->title,
           found->samples[0], found->samples[1]);
    if (found->where != NULL)
        printf("%-15s in %s\n", "", found->where);
    else if (found->package != NULL)
        printf("%-15s not on this machine; Debian's package %s has it\n", "", found->package);
    else
        printf("%-15s not on this machine\n", "");
}

static bool put(hone_config *map, const char *key, hone_config *value)
{
    return hone_internal_config_set(map, key, value) >= 0;
}

static bool print_set_json(const hone_named_dataset *found)
{
    hone_config *map = hone_internal_config_map();
    bool good = map != NULL && put(map, "name", hone_internal_config_text(found->name)) &&
                put(map, "title", hone_internal_config_text(found->title)) &&
                put(map, "train", hone_internal_config_integer(found->samples[0])) &&
                put(map, "test", hone_internal_config_integer(found->samples[1])) &&
                put(map, "package", hone_internal_config_text(found->package)) &&
                put(map, "where", hone_internal_config_text(found->where));
    if (good)
        return cli_print_json(map);
    hone_internal_config_free(map);
    return false;
}

static int datasets(const cli_settings *settings)
{
    for (size_t i = 0; i < hone_internal_named_datasets(); i++) {
        hone_named_dataset found;
        if (hone_internal_named_dataset(i, &found) < 0)
            return cli_fail_library();
        bool good = true;
        if (settings->json)
            good = print_set_json(&found);
        else
            print_set(&found);
        hone_internal_free(found.where);
        if (!good)
            return CLI_FAILED;
    }
    return CLI_DONE;
}

static const cli_option options[] = {
    {"json", CLI_FLAG, CLI_AT(json), NULL, "an object a set on stdout", NULL, 0, 0, false}, CLI_OPTIONS_END};

const cli_command cli_datasets = {
    .name = "datasets",
    .operands = "",
    .least = 0,
    .most = 0,
    .options = options,
    .run = datasets,
    .summary = "Lists the data sets that are known by name, and where they lie on this machine."};
