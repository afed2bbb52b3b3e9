/* Completion in fish. */
#include "completion.h"

#include <stdio.h>

static void fish_item(const char *name, const char *summary)
{
    printf("    printf '%%s\\t%%s\\n' %s '", name);
    cli_put_quoted(summary != NULL ? summary : "", "\\", "\\'");
    printf("'\n");
}

static void fish_word(cli_word wanted)
{
    switch (wanted.kind) {
    case WORD_ONE: printf(" -x -a '(__hone_%s)'", wanted.detail); break;
    case WORD_LIST: printf(" -x -a '(__fish_complete_list , __hone_%s)'", wanted.detail); break;
    case WORD_CHOICE:
        printf(" -x -a '");
        cli_each_choice(wanted.detail, cli_put_plain);
        printf("'");
        break;
    case WORD_FILE:
        if (wanted.detail[0] == '\0') {
            printf(" -r -F");
            break;
        }
        printf(" -k -x -a '(__fish_complete_suffix ");
        cli_put_extensions(wanted.detail, " ", ".");
        printf(")'");
        break;
    case WORD_FOLDER: printf(" -x -a '(__fish_complete_directories)'"); break;
    case WORD_DATA: printf(" -r -F -a '(__hone_set)'"); break;
    case WORD_SET: printf(" -x -a '(__hone_set)'"); break;
    case WORD_TOPIC: printf(" -x -a '(__hone_topic)'"); break;
    case WORD_FREE: printf(" -x"); break;
    case WORD_FLAG: break;
    }
}

static void fish_command(const cli_command *command)
{
    cli_option option;
    cli_word operand;
    char name[32];
    for (size_t i = 0; cli_option_at(command, i, &option); i++) {
        printf("complete -c hone -n '__hone_runs %s' -l %s", command->name, option.name);
        fish_word(cli_word_of(&option));
        printf(" -d '");
        cli_put_quoted(option.help, "\\", "\\'");
        printf("'\n");
    }
    printf("complete -c hone -n '__hone_runs %s' -l help -d 'this help'\n", command->name);
    for (int i = 0; cli_operand_at(command, i, &operand, name, sizeof name); i++) {
        printf("complete -c hone -n '__hone_runs %s %d'", command->name, i);
        fish_word(operand);
        printf("\n");
    }
}

static void fish_list(const char *name, const char *family, void (*each)(cli_put_item *put))
{
    printf("function __hone_%s\n", name);
    if (family != NULL)
        cli_each_of_family(family, fish_item);
    else
        each(fish_item);
    printf("end\n");
}

/* The operands before the word, of the command alone: the words that are not options, less those that options
 * take. */
static const char fish_runs[] =
    "# Whether the command is $argv[1], and (with $argv[2]) so many operands stand before this word.\n"
    "function __hone_runs\n"
    "    set -l words (commandline -opc)\n"
    "    test (count $words) -gt 1; and test \"$words[2]\" = $argv[1]; or return 1\n"
    "    test (count $argv) -gt 1; or return 0\n"
    "    set -l operands 0\n"
    "    set -l skip 0\n"
    "    for word in $words[3..]\n"
    "        if test $skip -eq 1\n"
    "            set skip 0\n"
    "        else if string match -q -- '-*' $word\n"
    "            contains -- $word $__hone_flags; or string match -q -- '*=*' $word; or set skip 1\n"
    "        else\n"
    "            set operands (math $operands + 1)\n"
    "        end\n"
    "    end\n"
    "    test $skip -eq 0; and test $operands -eq $argv[2]\n"
    "end\n";

static void fish_flags(const cli_command *command)
{
    cli_option option;
    for (size_t i = 0; cli_option_at(command, i, &option); i++)
        if (option.kind == CLI_FLAG)
            printf(" --%s", option.name);
}

void cli_print_fish(void)
{
    const char *family;
    printf("# Completion of hone in fish, made by: hone help --completion fish\n");
    for (size_t f = 0; (family = hone_family_at(f)) != NULL; f++)
        fish_list(family, family, NULL);
    fish_list("set", NULL, cli_each_set);
    fish_list("topic", NULL, cli_each_topic);
    fish_list("command", NULL, cli_each_command_name);
    printf("set -g __hone_flags --help");
    cli_each_command(fish_flags);
    printf(
        "\n%scomplete -c hone -f\n"
        "complete -c hone -n 'test (count (commandline -opc)) -eq 1' -a '(__hone_command)'\n"
        "complete -c hone -n 'test (count (commandline -opc)) -eq 1' -l help -d 'this help'\n"
        "complete -c hone -n 'test (count (commandline -opc)) -eq 1' -l version -d 'the version'\n"
        "complete -c hone -n 'test (count (commandline -opc)) -eq 1' -l sandbox -d 'open only the files that are named'\n",
        fish_runs);
    cli_each_command(fish_command);
}
