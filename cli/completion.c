/* Completion of command lines in bash, zsh and fish from the tables of options: `hone help --completion
 * bash`. */
#include "cli.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* ---- what a word may be ---- */

typedef enum word_kind {
    WORD_FLAG,   /* there is no word */
    WORD_FREE,   /* a number, a text */
    WORD_ONE,    /* a thing of a family, `detail` */
    WORD_LIST,   /* such things, separated by commas */
    WORD_CHOICE, /* one of `detail`, "a|b"; what is not in lower case stands for something else */
    WORD_FILE,   /* with one of the extensions `detail`, ".a|.b"; "": any */
    WORD_FOLDER,
    WORD_DATA,  /* a data set by name, or files */
    WORD_SET,   /* a data set by name */
    WORD_TOPIC, /* of help */
} word_kind;

typedef struct word {
    word_kind kind;
    const char *detail;
} word;

static const char model_files[] = ".keras|.yaml|.yml|.h5|.onnx";

static word word_of_text(const char *argument, const char *detail)
{
    if (detail != NULL && detail[0] == '.')
        return (word){WORD_FILE, detail};
    if (strcmp(argument, "DATA") == 0)
        return (word){WORD_DATA, ""};
    if (strcmp(argument, "DIR") == 0)
        return (word){WORD_FOLDER, ""};
    if (strstr(argument, "FILE") != NULL)
        return (word){WORD_FILE, ""};
    return strchr(argument, '|') != NULL ? (word){WORD_CHOICE, argument} : (word){WORD_FREE, ""};
}

static word word_of(const cli_option *option)
{
    switch (option->kind) {
    case CLI_FLAG: return (word){WORD_FLAG, ""};
    case CLI_SPEC: return (word){WORD_ONE, option->detail};
    case CLI_SPECS: return (word){WORD_LIST, option->detail};
    case CLI_CALLBACKS: return (word){WORD_ONE, "callback"};
    default: return word_of_text(option->argument, option->detail);
    }
}

/* The word that stands at a place among a command's operands: "MODEL --data DATA", "A B", "[fetch NAME]". */
static bool operand_at(const cli_command *command, int place, word *found, char *name, size_t size)
{
    static const struct {
        const char *name;
        word word;
    } known[] = {{"MODEL", {WORD_FILE, model_files}},
                 {"A", {WORD_FILE, model_files}},
                 {"B", {WORD_FILE, model_files}},
                 {"TOPIC", {WORD_TOPIC, ""}},
                 {"fetch", {WORD_CHOICE, "fetch"}},
                 {"NAME", {WORD_SET, ""}},
                 {"DATA", {WORD_DATA, ""}}};
    const char *start = command->operands;
    if (place >= command->most)
        return false;
    for (int i = 0; i < place; i++)
        start += strcspn(start, " ") + (strchr(start, ' ') != NULL);
    size_t opening = strspn(start, "[");
    snprintf(name, size, "%.*s", (int)strcspn(start + opening, " ]."), start + opening);
    if (name[0] == '\0' || name[0] == '-')
        return false;
    *found = (word){WORD_FILE, ""};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(known[i].name, name) == 0)
            *found = known[i].word;
    return true;
}

/* ---- lists of words ---- */

typedef void put_item(const char *name, const char *summary);

static void each_of_family(const char *family, put_item *put)
{
    const hone_type *type;
    for (size_t i = 0; (type = hone_type_at(family, i)) != NULL; i++)
        put(type->name, type->summary);
}

static void each_set(put_item *put)
{
    hone_known_dataset set;
    for (size_t i = 0; hone_known_dataset_at(i, &set); i++)
        put(set.name, set.title);
}

static void each_command(put_item *put)
{
    for (size_t i = 0; cli_commands[i] != NULL; i++)
        put(cli_commands[i]->name, cli_commands[i]->summary);
}

static void each_topic(put_item *put)
{
    const char *family;
    char plural[32];
    each_command(put);
    for (size_t i = 0; cli_page_at(i) != NULL; i++)
        put(cli_page_at(i)->name, cli_page_at(i)->summary);
    for (size_t f = 0; (family = hone_family_at(f)) != NULL; f++) {
        cli_plural(family, plural, sizeof plural);
        put(plural, plural);
        each_of_family(family, put);
    }
}

static void each_choice(const char *choices, put_item *put)
{
    char name[32];
    for (const char *start = choices; *start != '\0';) {
        size_t length = strcspn(start, "|");
        snprintf(name, sizeof name, "%.*s", (int)length, start);
        if (!isupper((unsigned char)start[0]))
            put(name, NULL);
        start += length + (start[length] == '|');
    }
}

/* Text within single quotes; `special` letters get a backslash. */
static void put_quoted(const char *text, const char *special, const char *quote)
{
    for (; *text != '\0'; text++) {
        if (*text == '\'')
            fputs(quote, stdout);
        else
            printf(strchr(special, *text) != NULL ? "\\%c" : "%c", *text);
    }
}

static void put_plain(const char *name, const char *summary)
{
    (void)summary;
    printf(" %s", name);
}

/* ".png|.svg" with `start` before each, `joint` between them, and the dots as `dot`. */
static void put_extensions(const char *extensions, const char *joint, const char *dot)
{
    for (; *extensions != '\0'; extensions++) {
        if (*extensions == '|')
            fputs(joint, stdout);
        else if (*extensions == '.')
            fputs(dot, stdout);
        else
            putchar(*extensions);
    }
}

/* ---- bash ---- */

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
    "    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} command=${COMP_WORDS[1]}\n"
    "    local options= operand=0 i\n"
    "    COMPREPLY=()\n"
    "    if [[ $current == \"=\" ]]; then\n"
    "        current=\n"
    "    elif [[ $previous == \"=\" ]]; then\n"
    "        previous=${COMP_WORDS[COMP_CWORD - 2]}\n"
    "    fi\n"
    "    if ((COMP_CWORD == 1)); then\n"
    "        _hone_words '--help --version";

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

static void bash_word(word wanted)
{
    switch (wanted.kind) {
    case WORD_ONE: printf("_hone_words \"$_hone_%s\"", wanted.detail); break;
    case WORD_LIST: printf("_hone_list \"$_hone_%s\"", wanted.detail); break;
    case WORD_CHOICE:
        printf("_hone_words '");
        each_choice(wanted.detail, put_plain);
        printf("'");
        break;
    case WORD_FILE:
        printf("_hone_files '");
        put_extensions(wanted.detail, "|", "\\.");
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
        bash_word(word_of(&option));
        printf("\n            return\n            ;;\n");
    }
}

static void bash_operands(const cli_command *command)
{
    word operand;
    char name[32];
    for (int i = 0; operand_at(command, i, &operand, name, sizeof name); i++) {
        printf("        '%s %d') ", command->name, i);
        bash_word(operand);
        printf(" ;;\n");
    }
}

static void each_real_command(void (*put)(const cli_command *command))
{
    for (size_t i = 0; cli_commands[i] != NULL; i++)
        put(cli_commands[i]);
}

static void bash_lists(void)
{
    const char *family;
    for (size_t f = 0; (family = hone_family_at(f)) != NULL; f++) {
        printf("_hone_%s='", family);
        each_of_family(family, put_plain);
        printf("'\n");
    }
    printf("_hone_set='");
    each_set(put_plain);
    printf("'\n_hone_topic='");
    each_topic(put_plain);
    printf("'\n");
}

static void print_bash(void)
{
    printf("# Completion of hone in bash, made by: hone help --completion bash\n");
    bash_lists();
    printf("%s%s", bash_head, bash_start);
    each_command(put_plain);
    printf("'\n        return\n    fi\n    case \"$command $previous\" in\n");
    each_real_command(bash_values);
    printf("    esac\n    local takes_value=\n    case $command in\n");
    each_real_command(bash_options);
    fputs(bash_middle, stdout);
    each_real_command(bash_operands);
    printf("    esac\n}\ncomplete -F _hone hone\n");
}

/* ---- zsh ---- */

static void zsh_item(const char *name, const char *summary)
{
    printf("    '%s", name);
    if (summary != NULL) {
        putchar(':');
        put_quoted(summary, "\\", "'\\''");
    }
    printf("'\n");
}

static void zsh_word(word wanted)
{
    switch (wanted.kind) {
    case WORD_ONE: printf("_hone_%s", wanted.detail); break;
    case WORD_LIST: printf("_sequence _hone_%s", wanted.detail); break;
    case WORD_CHOICE:
        printf("(");
        each_choice(wanted.detail, put_plain);
        printf(")");
        break;
    case WORD_FILE:
        printf("_files");
        if (wanted.detail[0] != '\0') {
            bool several = strchr(wanted.detail, '|') != NULL;
            printf(" -g \"*.%s", several ? "(" : "");
            put_extensions(wanted.detail + 1, "|", "");
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
    word operand;
    char name[32];
    printf("    %s)\n      _arguments \\\n", command->name);
    for (size_t i = 0; cli_option_at(command, i, &option); i++) {
        printf("        '%s--%s%s[", option.kind == CLI_CALLBACKS ? "*" : "", option.name,
               option.kind == CLI_FLAG ? "" : "=");
        put_quoted(option.help, "\\[]:", "'\\''");
        printf("]");
        if (option.kind != CLI_FLAG) {
            printf(":");
            put_quoted(option.argument, "\\:", "'\\''");
            printf(":");
            zsh_word(word_of(&option));
        }
        printf("' \\\n");
    }
    for (int i = 0; operand_at(command, i, &operand, name, sizeof name); i++) {
        printf("        '%s%s:", i >= command->least ? "::" : ":", name);
        zsh_word(operand);
        printf("' \\\n");
    }
    printf("        '--help[this help]'\n      ;;\n");
}

static void zsh_list(const char *name, const char *family, void (*each)(put_item *put))
{
    printf("_hone_%s() {\n  local -a items=(\n", name);
    if (family != NULL)
        each_of_family(family, zsh_item);
    else
        each(zsh_item);
    printf("  )\n  _describe -t items %s items \"$@\"\n}\n", name);
}

static void print_zsh(void)
{
    const char *family;
    printf("#compdef hone\n# Completion of hone in zsh, made by: hone help --completion zsh\n");
    for (size_t f = 0; (family = hone_family_at(f)) != NULL; f++)
        zsh_list(family, family, NULL);
    zsh_list("set", NULL, each_set);
    zsh_list("topic", NULL, each_topic);
    zsh_list("command", NULL, each_command);
    printf("_hone_data() {\n  _alternative 'sets:data set:_hone_set' 'files:file:_files'\n}\n"
           "_hone() {\n  if ((CURRENT == 2)); then\n    _hone_command\n    return\n  fi\n"
           "  local command=$words[2]\n  shift words\n  ((CURRENT--))\n  case $command in\n");
    each_real_command(zsh_command);
    printf(
        "  esac\n}\nif [[ $funcstack[1] == _hone ]]; then\n  _hone \"$@\"\nelse\n  compdef _hone hone\nfi\n");
}

/* ---- fish ---- */

static void fish_item(const char *name, const char *summary)
{
    printf("    printf '%%s\\t%%s\\n' %s '", name);
    put_quoted(summary != NULL ? summary : "", "\\", "\\'");
    printf("'\n");
}

static void fish_word(word wanted)
{
    switch (wanted.kind) {
    case WORD_ONE: printf(" -x -a '(__hone_%s)'", wanted.detail); break;
    case WORD_LIST: printf(" -x -a '(__fish_complete_list , __hone_%s)'", wanted.detail); break;
    case WORD_CHOICE:
        printf(" -x -a '");
        each_choice(wanted.detail, put_plain);
        printf("'");
        break;
    case WORD_FILE:
        if (wanted.detail[0] == '\0') {
            printf(" -r -F");
            break;
        }
        printf(" -k -x -a '(__fish_complete_suffix ");
        put_extensions(wanted.detail, " ", ".");
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
    word operand;
    char name[32];
    for (size_t i = 0; cli_option_at(command, i, &option); i++) {
        printf("complete -c hone -n '__hone_runs %s' -l %s", command->name, option.name);
        fish_word(word_of(&option));
        printf(" -d '");
        put_quoted(option.help, "\\", "\\'");
        printf("'\n");
    }
    printf("complete -c hone -n '__hone_runs %s' -l help -d 'this help'\n", command->name);
    for (int i = 0; operand_at(command, i, &operand, name, sizeof name); i++) {
        printf("complete -c hone -n '__hone_runs %s %d'", command->name, i);
        fish_word(operand);
        printf("\n");
    }
}

static void fish_list(const char *name, const char *family, void (*each)(put_item *put))
{
    printf("function __hone_%s\n", name);
    if (family != NULL)
        each_of_family(family, fish_item);
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

static void print_fish(void)
{
    const char *family;
    printf("# Completion of hone in fish, made by: hone help --completion fish\n");
    for (size_t f = 0; (family = hone_family_at(f)) != NULL; f++)
        fish_list(family, family, NULL);
    fish_list("set", NULL, each_set);
    fish_list("topic", NULL, each_topic);
    fish_list("command", NULL, each_command);
    printf("set -g __hone_flags --help");
    each_real_command(fish_flags);
    printf("\n%scomplete -c hone -f\n"
           "complete -c hone -n 'test (count (commandline -opc)) -eq 1' -a '(__hone_command)'\n"
           "complete -c hone -n 'test (count (commandline -opc)) -eq 1' -l help -d 'this help'\n"
           "complete -c hone -n 'test (count (commandline -opc)) -eq 1' -l version -d 'the version'\n",
           fish_runs);
    each_real_command(fish_command);
}

/* ---- by name ---- */

int cli_print_completion(const char *shell)
{
    static const struct {
        const char *name;
        void (*print)(void);
    } shells[] = {{"bash", print_bash}, {"zsh", print_zsh}, {"fish", print_fish}};
    for (size_t i = 0; i < sizeof shells / sizeof *shells; i++)
        if (strcmp(shells[i].name, shell) == 0) {
            shells[i].print();
            return CLI_DONE;
        }
    return cli_fail_usage("--completion: expected bash, zsh or fish, received \"%s\"", shell);
}
