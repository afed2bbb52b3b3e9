/* hone describe: what is in data. hone init: a recipe for them. */
#include "cli.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int describe(const cli_settings *settings)
{
    if (settings->html != NULL)
        return hone_check_writable(settings->html) < 0 ||
                       hone_describe_page(settings->operands[0], settings->html) < 0
                   ? cli_fail_library()
                   : CLI_DONE;
    char *text = hone_describe(settings->operands[0], settings->json);
    if (text == NULL)
        return cli_fail_library();
    printf("%s%s", text, settings->json ? "\n" : "");
    hone_free(text);
    return CLI_DONE;
}

static const cli_option describe_options[] = {CLI_OPTION_JSON,
                                              {"html", CLI_FILE, CLI_AT(html), .argument = "FILE.html",
                                               .detail = ".html|.htm",
                                               .help = "write a page in place of the text"},
                                              CLI_OPTIONS_END};

const cli_command cli_describe = {
    .name = "describe",
    .operands = "DATA",
    .least = 1,
    .most = 1,
    .options = describe_options,
    .run = describe,
    .summary = "Describes data: columns, kinds, ranges, classes, and what looks wrong in them.",
    .details = "A '#' may be followed by options, see hone help data.\n\n"
               "  hone describe houses.csv#target=price\n"
               "  hone describe fashion-mnist\n"};

/* ---- init ---- */

/* "houses.yaml" of "data/houses.csv.gz#target=price". */
static void name_recipe(const char *source, char *path, size_t size)
{
    char name[256];
    snprintf(name, sizeof name, "%.*s", (int)strcspn(source, "#"), source);
    size_t length = strlen(name);
    while (length > 0 && name[length - 1] == '/')
        name[--length] = '\0';
    const char *last = strrchr(name, '/');
    last = last != NULL ? last + 1 : name;
    snprintf(path, size, "%.*s.yaml", (int)strcspn(last, ".,"), last);
}

static int init(const cli_settings *settings)
{
    char own[300];
    const char *path = settings->output != NULL ? settings->output : own;
    name_recipe(settings->operands[0], own, sizeof own);
    if (settings->output == NULL && access(own, F_OK) == 0)
        return cli_fail("%s exists already; --output FILE.yaml writes another file, or over it", own);
    char *text = hone_recipe_init(settings->operands[0]);
    if (text == NULL)
        return cli_fail_library();
    hone_status status = hone_write_file(path, text, strlen(text));
    hone_free(text);
    if (status < 0)
        return cli_fail_library();
    size_t stem = strlen(path) - (cli_ends_with(path, ".yaml") ? 5 : 4);
    printf("%s is written; hone train %s --output %.*s.keras\n", path, path, (int)stem, path);
    return CLI_DONE;
}

static const cli_option init_options[] = {
    {"output", CLI_FILE, CLI_AT(output), .argument = "FILE.yaml", .detail = ".yaml|.yml",
     .help =
         "write the recipe here (default: the name of the data in this folder, if there is no such file)"},
    CLI_OPTIONS_END};

const cli_command cli_init = {
    .name = "init",
    .operands = "DATA",
    .least = 1,
    .most = 1,
    .options = init_options,
    .run = init,
    .summary = "Writes a recipe for data, with comments: a good start, which trains at once.",
    .details =
        "A table needs its target. Columns that cannot help (ids, constants) are left out, categories become one-hot,\n"
        "numbers are normalized; few whole numbers are taken for classes. A text becomes a network that writes on.\n\n"
        "  hone init houses.csv#target=price\n"
        "  hone train houses.yaml --output houses.keras\n"};
