/* Completion in zsh. */
#include "completion.h"

#include <stdio.h>
#include <string.h>

static void zsh_item(const char *name, const char *summary)
{
    printf("    '%s", name);
    if (summary != NULL) {
        putchar(':');
        cli_put_quoted(summary, "\\", "'\\''");
    }
    printf("'\n");
}

static void zsh_word(cli_word wanted)
{
    switch (wanted.kind) {
    case WORD_ONE: printf("_hone_%s", wanted.detail); break;
    case WORD_LIST: printf("_sequence _hone_%s", wanted.detail); break;
    case WORD_CHOICE:
        printf("(");
        cli_each_choice(wanted.detail, cli_put_plain);
        printf(")");
        break;
    case WORD_FILE:
        printf("_files");
        if (wanted.detail[0] != '\0') {
            bool several = strchr(wanted.detail, '|') != NULL;
            printf(" -g \"*.%s", several ? "(" : "");
            cli_put_extensions(wanted.detail + 1, "|", "");
            printf("%s\"", several ? ")" : "");
        }
        break;
    case WORD_FOLDER: printf("_files -/"); break;
    case WORD_DATA: printf("_hone_data"); break;
    case WORD_SET: printf("_hone_set"); break;
    case WORD_TOPIC: printf("_hone_topic"); break;
    case WORD_FLAG:
    case WORD_FREE: printf(" "); break;
    }
}

static void zsh_command(const cli_command *command)
{
    cli_option option;
    cli_word operand;
    char name[32];
    printf("    %s)\n      _arguments \\\n", command->name);
    for (size_t i = 0; cli_option_at(command, i, &option); i++) {
        printf("        '%s--%s%s[", option.kind == CLI_CALLBACKS ? "*" : "", option.name,
               option.kind == CLI_FLAG ? "" : "=");
        cli_put_quoted(option.help, "\\[]:", "'\\''");
        printf("]");
        if (option.kind != CLI_FLAG) {
            printf(":");
            cli_put_quoted(option.argument, "\\:", "'\\''");
            printf(":");
            zsh_word(cli_word_of(&option));
        }
        printf("' \\\n");
    }
    for (int i = 0; cli_operand_at(command, i, &operand, name, sizeof name); i++) {
        printf("        '%s%s:", i >= command->least ? "::" : ":", name);
        zsh_word(operand);
        printf("' \\\n");
    }
    printf("        '--help[this help]'\n      ;;\n");
}

static void zsh_list(const char *name, const char *family, void (*each)(cli_put_item *put))
{
    printf("_hone_%s() {\n  local -a items=(\n", name);
    if (family != NULL)
        cli_each_of_family(family, zsh_item);
    else
        each(zsh_item);
    printf("  )\n  _describe -t items %s items \"$@\"\n}\n", name);
}

void cli_print_zsh(void)
{
    const char *family;
    printf("#compdef hone\n# Completion of hone in zsh, made by: hone help --completion zsh\n");
    for (size_t f = 0; (family = hone_family_at(f)) != NULL; f++)
        zsh_list(family, family, NULL);
    zsh_list("set", NULL, cli_each_set);
    zsh_list("topic", NULL, cli_each_topic);
    zsh_list("command", NULL, cli_each_command_name);
    printf(
        "_hone_data() {\n  _alternative 'sets:data set:_hone_set' 'files:file:_files'\n}\n"
        "_hone() {\n  if [[ $words[2] == --sandbox ]] && ((CURRENT > 2)); then\n    words[2]=()\n    ((CURRENT--))\n  fi\n"
        "  if ((CURRENT == 2)); then\n    _hone_command\n    compadd -- --help --version --sandbox\n    return\n  fi\n"
        "  local command=$words[2]\n  shift words\n  ((CURRENT--))\n  case $command in\n");
    cli_each_command(zsh_command);
    printf(
        "  esac\n}\nif [[ $funcstack[1] == _hone ]]; then\n  _hone \"$@\"\nelse\n  compdef _hone hone\nfi\n");
}
