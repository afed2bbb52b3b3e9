/* Completion in bash. */
#include "completion.h"

#include <stdio.h>

static const char bash_head[] =
    "_hone_words() {\n"
    "    mapfile -t COMPREPLY < <(compgen -W \"$1\" -- \"$current\")\n"
    "}\n"
    "_hone_list() {\n"
    "    local start=\n"
    "    [[ $current == *,* ]] && start=${current%,*},\n"
    "    mapfile -t COMPREPLY < <(compgen -P \"$start\" -W \"$1\" -- \"${current##*,}\")\n"
    "}\n"
    "_hone_files() { # a pattern of extensions, or nothing\n"
    "    local file\n"
    "    compopt -o filenames 2>/dev/null\n"
    "    while IFS= read -r file; do\n"
    "        if [[ -d $file || -z $1 || $file =~ ($1)$ ]]; then\n"
    "            COMPREPLY+=(\"$file\")\n"
    "        fi\n"
    "    done < <(compgen -f -- \"$current\")\n"
    "}\n"
    "_hone_folders() {\n"
    "    compopt -o filenames 2>/dev/null\n"
    "    mapfile -t COMPREPLY < <(compgen -d -- \"$current\")\n"
    "}\n";

static const char bash_start[] =
    "_hone() {\n"
    "    if ((COMP_CWORD > 1)) && [[ ${COMP_WORDS[1]} == --sandbox ]]; then\n"
    "        COMP_WORDS=(\"${COMP_WORDS[0]}\" \"${COMP_WORDS[@]:2}\")\n"
    "        COMP_CWORD=$((COMP_CWORD - 1))\n"
    "    fi\n"
    "    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} command=${COMP_WORDS[1]}\n"
    "    local options= operand=0 i\n"
    "    COMPREPLY=()\n"
    "    if [[ $current == \"=\" ]]; then\n"
    "        current=\n"
    "    elif [[ $previous == \"=\" ]]; then\n"
    "        previous=${COMP_WORDS[COMP_CWORD - 2]}\n"
    "    fi\n"
    "    if ((COMP_CWORD == 1)); then\n"
    "        _hone_words '--help --version --sandbox";

static const char bash_middle[] = "    esac\n"
                                  "    if [[ $current == -* ]]; then\n"
                                  "        _hone_words \"$options\"\n"
                                  "        return\n"
                                  "    fi\n"
                                  "    for ((i = 2; i < COMP_CWORD; i++)); do # operands before this word\n"
                                  "        if [[ ${COMP_WORDS[i]} != -* ]]; then\n"
                                  "            operand=$((operand + 1))\n"
                                  "        elif [[ \" $takes_value \" == *\" ${COMP_WORDS[i]} \"* ]]; then\n"
                                  "            i=$((i + 1))\n"
                                  "            [[ ${COMP_WORDS[i]} == \"=\" ]] && i=$((i + 1))\n"
                                  "        fi\n"
                                  "    done\n"
                                  "    case \"$command $operand\" in\n";

static void bash_word(cli_word wanted)
{
    switch (wanted.kind) {
    case WORD_ONE: printf("_hone_words \"$_hone_%s\"", wanted.detail); break;
    case WORD_LIST: printf("_hone_list \"$_hone_%s\"", wanted.detail); break;
    case WORD_CHOICE:
        printf("_hone_words '");
        cli_each_choice(wanted.detail, cli_put_plain);
        printf("'");
        break;
    case WORD_FILE:
        printf("_hone_files '");
        cli_put_extensions(wanted.detail, "|", "\\.");
        printf("'");
        break;
    case WORD_FOLDER: printf("_hone_folders"); break;
    case WORD_DATA: printf("_hone_words \"$_hone_set\" && _hone_files ''"); break;
    case WORD_SET: printf("_hone_words \"$_hone_set\""); break;
    case WORD_TOPIC: printf("_hone_words \"$_hone_topic\""); break;
    case WORD_FLAG:
    case WORD_FREE: printf(":"); break;
    }
}

static void bash_options(const cli_command *command)
{
    cli_option option;
    printf("        %s)\n            options='", command->name);
    for (size_t i = 0; cli_option_at(command, i, &option); i++)
        printf("--%s ", option.name);
    printf("--help'\n            takes_value='");
    for (size_t i = 0; cli_option_at(command, i, &option); i++)
        if (option.kind != CLI_FLAG)
            printf(" --%s", option.name);
    printf("'\n            ;;\n");
}

static void bash_values(const cli_command *command)
{
    cli_option option;
    for (size_t i = 0; cli_option_at(command, i, &option); i++) {
        if (option.kind == CLI_FLAG)
            continue;
        printf("        '%s --%s')\n            ", command->name, option.name);
        bash_word(cli_word_of(&option));
        printf("\n            return\n            ;;\n");
    }
}

static void bash_operands(const cli_command *command)
{
    cli_word operand;
    char name[32];
    for (int i = 0; cli_operand_at(command, i, &operand, name, sizeof name); i++) {
        printf("        '%s %d') ", command->name, i);
        bash_word(operand);
        printf(" ;;\n");
    }
}

static void bash_lists(void)
{
    const char *family;
    for (size_t f = 0; (family = hone_family_at(f)) != NULL; f++) {
        printf("_hone_%s='", family);
        cli_each_of_family(family, cli_put_plain);
        printf("'\n");
    }
    printf("_hone_set='");
    cli_each_set(cli_put_plain);
    printf("'\n_hone_topic='");
    cli_each_topic(cli_put_plain);
    printf("'\n");
}

void cli_print_bash(void)
{
    printf("# Completion of hone in bash, made by: hone help --completion bash\n");
    bash_lists();
    printf("%s%s", bash_head, bash_start);
    cli_each_command_name(cli_put_plain);
    printf("'\n        return\n    fi\n    case \"$command $previous\" in\n");
    cli_each_command(bash_values);
    printf("    esac\n    local takes_value=\n    case $command in\n");
    cli_each_command(bash_options);
    fputs(bash_middle, stdout);
    cli_each_command(bash_operands);
    printf("    esac\n}\ncomplete -F _hone hone\n");
}
