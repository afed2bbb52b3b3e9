/* hone find-lr: which learning rate suits a recipe. */
#include "cli.h"

static int find_rate(const cli_settings *settings) {
    (void)settings;
    return cli_fail_usage("find-lr comes later; hone --help lists what there is");
}

static const cli_option options[] = {CLI_OPTIONS_END};
const cli_command cli_find_rate = {.name = "find-lr", .operands = "MODEL", .least = 1, .most = 1, .options = options, .run = find_rate,
                                   .summary = "Finds a learning rate for a recipe: the loss against the rate."};
