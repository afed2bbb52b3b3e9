/* Commands that are announced and not there yet. */
#include "cli.h"

static const cli_option options[] = {
    {"output", CLI_TEXT, CLI_AT(output), "FILE", "where the result goes", NULL, 0, 0, false},
    CLI_OPTIONS_END};

#define LATER(name_, what) \
    static int later_##name_(const cli_settings *settings) \
    { \
        (void)settings; \
        return cli_fail_usage("%s comes later; hone --help lists what there is", #name_); \
    } \
    const cli_command cli_##name_ = {.name = #name_, \
                                     .operands = "MODEL", \
                                     .least = 0, \
                                     .most = 1, \
                                     .options = options, \
                                     .run = later_##name_, \
                                     .summary = "Comes later: " what}
LATER(doctor, "says what ails a training.");
