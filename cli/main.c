/* hone: trains, evaluates and runs networks from the shell. */
#include "cli.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const cli_command *const cli_commands[] = {
    &cli_train,     &cli_evaluate,      &cli_predict,  &cli_summary, &cli_plan,   &cli_convert,
    &cli_find_rate, &cli_datasets,      &cli_help,     &cli_export,  &cli_report, &cli_explain,
    &cli_generate,  &cli_sweep_command, &cli_describe, &cli_init,    &cli_schema, &cli_doctor,
    &cli_threshold, &cli_calibrate,     &cli_manifest, NULL};

const cli_command *cli_find_command(const char *name)
{
    for (size_t i = 0; cli_commands[i] != NULL; i++)
        if (strcmp(cli_commands[i]->name, name) == 0)
            return cli_commands[i];
    return NULL;
}

static int fail_command(const char *word)
{
    const char *names[32];
    size_t count = 0;
    for (size_t i = 0; cli_commands[i] != NULL; i++)
        names[count++] = cli_commands[i]->name;
    if (word[0] == '-') {
        static const char *const options[] = {"--help", "--version", "--sandbox"};
        const char *near = hone_nearest_name(word, options, 3);
        if (near != NULL)
            return cli_fail_usage("unknown option \"%s\"; did you mean \"%s\"?", word, near);
        return cli_fail_usage(
            "unknown option \"%s\"; a command comes first: hone COMMAND, and hone --help lists them", word);
    }
    const char *nearest = hone_nearest_name(word, names, count);
    if (nearest != NULL)
        return cli_fail_usage("unknown command \"%s\"; did you mean \"%s\"?", word, nearest);
    return cli_fail_usage("unknown command \"%s\"; hone --help lists the commands", word);
}

/* The library takes no notice of a number that it cannot read. */
static void check_environment(void)
{
    const char *threads = getenv("HONE_THREADS");
    char *end = NULL;
    if (threads != NULL && threads[0] != '\0' && (strtol(threads, &end, 10) < 1 || *end != '\0'))
        cli_say("HONE_THREADS: expected a number of threads from 1, received \"%s\"; all processors are used",
                threads);
}

static int run_command(const cli_command *command, int count, char **words, bool sandbox)
{
    cli_settings settings;
    int status = cli_parse(command, count, words, &settings);
    if (status == -1) {
        cli_print_usage(command, true);
        return CLI_DONE;
    }
    if (status != CLI_DONE)
        return status;
    check_environment();
    status = sandbox ? cli_enter_sandbox(command, count, words) : CLI_DONE;
    if (status != CLI_DONE)
        return status;
    cli_set_threads(&settings);
    return command->run(&settings);
}

static int run(int count, char **words)
{
    bool sandbox = count > 1 && strcmp(words[1], "--sandbox") == 0;
    count -= sandbox;
    words += sandbox;
    if (count < 2) {
        cli_fail_usage("a command is missing: hone COMMAND ..., and hone --help lists them");
        return CLI_USAGE;
    }
    const char *word = words[1];
    if (strcmp(word, "--version") == 0) {
        printf("hone %s\n", HONE_VERSION_TEXT);
        return CLI_DONE;
    }
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) {
        cli_print_overview();
        return CLI_DONE;
    }
    const cli_command *command = cli_find_command(word);
    return command == NULL ? fail_command(word) : run_command(command, count - 1, words + 1, sandbox);
}

int main(int count, char **words)
{
    cli_catch_signals();
    return cli_finish_output(run(count, words));
}
