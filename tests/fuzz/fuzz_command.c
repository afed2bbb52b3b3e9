/* Fuzz target: command lines, through the command's own reading of its words and its commands, in a folder of
 * the target's own and with its output to nowhere. An input is {"files": {...}, "words": ["train", "r.yaml",
 * ...]}. Lines that would train for long or name files elsewhere are only read, and so is what uses the
 * network, other processes or the sandbox. */
int command_main(int count, char **words);
#define main command_main
#include "main.c"
#undef main

#include "structure.h"
#include "folder.h"

enum { MOST_WORDS = 40, MOST_NUMBER = 3 };

void __sanitizer_set_report_fd(void *descriptor) __attribute__((weak));

/* Output of the command goes nowhere; that of the sanitizers stays. */
static void close_output(void)
{
    int nowhere = open("/dev/null", O_RDWR), errors = dup(2);
    if (nowhere < 0 || errors < 0)
        abort();
    if (__sanitizer_set_report_fd != NULL)
        __sanitizer_set_report_fd((void *)(intptr_t)errors);
    dup2(nowhere, 0);
    dup2(nowhere, 1);
    if (getenv("FUZZ_SAY") == NULL)
        dup2(nowhere, 2);
}

static bool is_one_of(const char *word, const char *const *words)
{
    for (; *words != NULL; words++)
        if (strcmp(word, *words) == 0)
            return true;
    return false;
}

/* Whether a word has a number above MOST_NUMBER, as epochs and trials have. */
static bool has_much(const char *word)
{
    for (; *word != '\0'; word++)
        if (*word >= '0' && *word <= '9') {
            char *end;
            double number = strtod(word, &end);
            if (!(number <= MOST_NUMBER))
                return true;
            word = end == word ? word : end - 1;
        }
    return false;
}

/* What may only be read. */
static bool is_heavy(int count, char **words)
{
    static const char *const COMMANDS[] = {"sweep", "doctor", "datasets", "find_rate", NULL};
    bool trains = strcmp(words[1], "train") == 0, heavy = is_one_of(words[1], COMMANDS), epochs = false;
    for (int i = 2; i < count; i++) {
        heavy = heavy || strcmp(words[i], "--sandbox") == 0 || has_much(words[i]);
        epochs = epochs || strncmp(words[i], "--epochs", 8) == 0;
    }
    return heavy || (trains && !epochs);
}

static void read_words(int count, char **words)
{
    const cli_command *command = cli_find_command(words[1]);
    cli_settings settings;
    if (command != NULL)
        cli_parse(command, count - 1, words + 1, &settings);
    else
        fail_command(words[1]);
}

static void run_words(const hone_config *list)
{
    bool outside = leads_outside(list);
    char *words[MOST_WORDS + 2] = {strdup("hone")};
    int count = 1;
    for (size_t i = 0; i < hone_internal_config_count(list) && i < MOST_WORDS; i++)
        words[count++] = strdup(hone_internal_config_text_at(list, i));
    if (count > 1 && (outside || is_heavy(count, words)))
        read_words(count, words);
    else if (count < 2 || strcmp(words[1], "--sandbox") != 0)
        run(count, words);
    while (count > 0)
        free(words[--count]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool closed;
    if (!closed)
        close_output();
    closed = true;
    hone_config *tree = enter_folder(data, size);
    if (tree == NULL)
        return 0;
    hone_set_threads(1);
    run_words(hone_internal_config_get(tree, "words"));
    leave_folder(tree);
    return 0;
}
