/* hone manifest: lists the files of a set with their sizes and checksums. */
#include "cli.h"

#include <stdio.h>

static int manifest(const cli_settings *settings)
{
    const char *source = settings->operands[0];
    if (settings->output == NULL)
        return cli_fail_usage("manifest: --output is missing: hone manifest '%s' --output FILE.manifest",
                              source);
    if (hone_check_writable(settings->output) < 0 ||
        hone_manifest_write(source, settings->output, !settings->sizes_alone) < 0)
        return cli_fail_library();
    printf("%s is written: these files are compared with it whenever it is read\n", settings->output);
    return CLI_DONE;
}

static const cli_option options[] = {
    {"output", CLI_FILE, CLI_AT(output), .argument = "FILE.manifest", .detail = ".manifest",
     .help = "write the manifest here, in the folder of the files or above it"},
    {"no-checksums", CLI_FLAG, CLI_AT(sizes_alone),
     .help = "sizes alone: for a set that is too large to be read once more whenever it is opened"},
    CLI_OPTIONS_END};

const cli_command cli_manifest = {
    .name = "manifest",
    .operands = "PATTERN",
    .least = 1,
    .most = 1,
    .options = options,
    .run = manifest,
    .summary = "Lists the files of a set with their sizes and SHA-256, which are compared when it is read.",
    .details =
        "A manifest is DATA like the pattern itself, with the files in this order. In it their names begin in its own folder,\n"
        "so that both can be moved together.\n\n"
        "  hone manifest 'shards/train-*.npz' --output train.manifest\n"
        "  hone train recipe.yaml --data train.manifest --output model.keras\n"};
