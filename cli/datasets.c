/* hone datasets: the data sets that are known by name: where they lie, and fetching one. */
#include "json.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* ---- the list ---- */

/* Bytes of all files that a fetch would bring. */
static int64_t fetched_bytes(const hone_known_dataset *set)
{
    int64_t bytes = 0;
    for (const hone_known_file *file = set->files; file->name != NULL; file++)
        bytes += file->bytes;
    return bytes;
}

/* "2.7 kB", "29.5 MB" */
static const char *size_text(int64_t bytes, char *buffer, size_t size)
{
    if (bytes < 1000000)
        snprintf(buffer, size, "%.1f kB", (double)bytes / 1e3);
    else
        snprintf(buffer, size, "%.1f MB", (double)bytes / 1e6);
    return buffer;
}

static void print_set(const hone_known_dataset *set, const char *place)
{
    char size[32];
    printf("%-19s %s; %" PRId64, set->name, set->title, set->samples[0]);
    if (set->samples[1] > 0)
        printf(" for training, %" PRId64 " for tests\n", set->samples[1]);
    else
        printf(" samples\n");
    if (place != NULL) {
        printf("%-19s in %s\n", "", place);
        return;
    }
    printf("%-19s not on this machine: hone datasets fetch %s (%s)", "", set->name,
           size_text(fetched_bytes(set), size, sizeof size));
    if (set->package != NULL)
        printf(", or Debian's package %s", set->package);
    printf("\n");
}

static void put_files(cli_json *json, const hone_known_dataset *set)
{
    char url[512];
    cli_json_open(json, "files", '[');
    for (const hone_known_file *file = set->files; file->name != NULL; file++) {
        snprintf(url, sizeof url, "%s%s", set->origin, file->name);
        cli_json_open(json, NULL, '{');
        cli_json_text(json, "url", url);
        cli_json_integer(json, "bytes", file->bytes);
        cli_json_text(json, "sha256", file->sha256);
        cli_json_close(json, '}');
    }
    cli_json_close(json, ']');
}

static int print_set_json(const hone_known_dataset *set, const char *place)
{
    cli_json json;
    cli_json_begin(&json);
    cli_json_text(&json, "name", set->name);
    cli_json_text(&json, "title", set->title);
    cli_json_integer(&json, "train", set->samples[0]);
    cli_json_integer(&json, "test", set->samples[1]);
    cli_json_text(&json, "package", set->package);
    cli_json_text(&json, "where", place);
    put_files(&json, set);
    return cli_json_print(&json);
}

static void print_roots(void)
{
    char *root;
    const char *separator = "";
    printf("\nSearched in ");
    for (size_t i = 0; (root = hone_dataset_root(i)) != NULL; i++) {
        if (root[0] != '\0') {
            printf("%s%s", separator, strcmp(root, ".") == 0 ? "this folder" : root);
            separator = ", ";
        }
        hone_free(root);
    }
    printf("\n");
}

/* One line or object of the list. */
static int show(const hone_known_dataset *set, bool json)
{
    int status = CLI_DONE;
    hone_error_clear();
    char *place = hone_known_dataset_place(set->name);
    if (place == NULL && hone_error_status() < 0)
        return cli_fail_library();
    if (json)
        status = print_set_json(set, place);
    else
        print_set(set, place);
    hone_free(place);
    return status;
}

static int list_all(const cli_settings *settings)
{
    hone_known_dataset set;
    for (size_t i = 0; hone_known_dataset_at(i, &set); i++)
        if (show(&set, settings->json) != CLI_DONE)
            return CLI_FAILED;
    if (!settings->json)
        print_roots();
    return CLI_DONE;
}

/* ---- fetching ---- */

typedef struct bar {
    bool terminal;
    double drawn; /* seconds, when it was drawn last */
    char file[64];
} bar;

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

/* "train-images-idx3-ubyte.gz ━━━━━━━━━━──────────  13.2 MB of 26.4 MB", redrawn in place on a terminal only.
 */
static int draw(void *context, const char *file, int64_t received, int64_t bytes)
{
    enum { CELLS = 20 };
    bar *drawn = context;
    char there[32], all[32];
    bool ends = received == bytes;
    if (!drawn->terminal || (!ends && now() - drawn->drawn < 0.05))
        return 0;
    drawn->drawn = now();
    fprintf(stderr, "\r%-28s ", file);
    for (int64_t i = 0; i < CELLS; i++)
        fputs(i * bytes < received * CELLS ? "━" : "─", stderr);
    fprintf(stderr, "  %s of %s \033[K%s", size_text(received, there, sizeof there),
            size_text(bytes, all, sizeof all), ends ? "\n" : "");
    snprintf(drawn->file, sizeof drawn->file, "%s", ends ? "" : file);
    fflush(stderr);
    return 0;
}

/* As curl's own command: CURL_CA_BUNDLE and SSL_CERT_FILE name the certificates to trust. */
static const char *certificates(const cli_settings *settings)
{
    static const char *const variables[] = {"CURL_CA_BUNDLE", "SSL_CERT_FILE"};
    if (settings->ca_file != NULL)
        return settings->ca_file;
    for (int i = 0; i < 2; i++) {
        const char *value = getenv(variables[i]);
        if (value != NULL && value[0] != '\0')
            return value;
    }
    return NULL;
}

static int fetch(const cli_settings *settings, const hone_known_dataset *set)
{
    bar drawn = {.terminal = isatty(STDERR_FILENO) && settings->verbose != 0};
    char size[32];
    if (settings->verbose != 0)
        cli_say("fetching %s (%s) from %s", set->name, size_text(fetched_bytes(set), size, sizeof size),
                settings->mirror != NULL ? settings->mirror : set->origin);
    hone_status status = hone_dataset_fetch(set->name, .folder = settings->output, .mirror = settings->mirror,
                                            .ca_file = certificates(settings),
                                            .patience = cli_given(settings->timeout) ? settings->timeout : 30,
                                            .progress = draw, .context = &drawn);
    if (drawn.file[0] != '\0')
        fputc('\n', stderr);
    if (status < 0)
        return cli_fail_library();
    if (settings->output == NULL)
        return show(set, settings->json);
    if (!settings->json)
        printf("%s is in %s%s%s; HONE_DATA_DIR=%s finds it\n", set->name, settings->output,
               set->below[0] != '\0' ? "/" : "", set->below, settings->output);
    return CLI_DONE;
}

static int check_fetch_options(const cli_settings *settings)
{
    const struct {
        const char *name;
        bool given;
    } options[] = {{"mirror", settings->mirror != NULL},
                   {"output", settings->output != NULL},
                   {"ca-file", settings->ca_file != NULL},
                   {"timeout", cli_given(settings->timeout)},
                   {"verbose", cli_given_integer(settings->verbose)}};
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        if (options[i].given)
            return cli_fail_usage("datasets: --%s needs fetch: hone datasets fetch NAME", options[i].name);
    return CLI_DONE;
}

static int check_mirror(const cli_settings *settings)
{
    if (settings->mirror == NULL || strncmp(settings->mirror, "https://", 8) == 0)
        return CLI_DONE;
    return cli_fail_usage("datasets: --mirror: expected a URL that begins with https://, received \"%s\"",
                          settings->mirror);
}

static int fetch_named(const cli_settings *settings)
{
    const char *name = settings->operands[1];
    const char *names[32];
    hone_known_dataset set;
    size_t count = 0;
    if (settings->operand_count < 2)
        return cli_fail_usage(
            "datasets: fetch needs a name: hone datasets fetch NAME, and hone datasets lists them");
    if (check_mirror(settings) != CLI_DONE)
        return CLI_USAGE;
    if (hone_known_dataset_find(name, &set))
        return fetch(settings, &set);
    for (; count < 32 && hone_known_dataset_at(count, &set); count++)
        names[count] = set.name;
    const char *nearest = hone_nearest_name(name, names, count);
    if (nearest != NULL)
        return cli_fail_usage("datasets: unknown data set \"%s\"; did you mean \"%s\"?", name, nearest);
    return cli_fail_usage("datasets: unknown data set \"%s\"; hone datasets lists them", name);
}

static int datasets(const cli_settings *settings)
{
    if (settings->operand_count > 0 && strcmp(settings->operands[0], "fetch") == 0)
        return fetch_named(settings);
    if (settings->operand_count > 0)
        return cli_fail_usage("datasets: expected fetch NAME or nothing, received \"%s\"",
                              settings->operands[0]);
    int status = check_fetch_options(settings);
    return status == CLI_DONE ? list_all(settings) : status;
}

static const cli_option options[] = {
    {"mirror", CLI_TEXT, CLI_AT(mirror), .argument = "URL",
     .help = "fetch: URL of a folder with the same files, https://... (default: their original sites)"},
    {"output", CLI_TEXT, CLI_AT(output), .argument = "DIR",
     .help = "fetch: folder to save it in (default $HONE_DATA_DIR, else ~/.cache/hone/datasets)"},
    {"ca-file", CLI_TEXT, CLI_AT(ca_file), .argument = "FILE",
     .help = "fetch: certificates (PEM) to trust in place of the system's"},
    {"timeout", CLI_NUMBER, CLI_AT(timeout), .argument = "SECONDS", .lowest = 1, .highest = 86400,
     .help = "fetch: seconds to wait for data (default 30)"},
    {"verbose", CLI_INTEGER, CLI_AT(verbose), .argument = "0|1", .lowest = 0, .highest = 1,
     .help = "fetch: 1 shows a bar, 0 nothing (default 1)"},
    {"json", CLI_FLAG, CLI_AT(json), .help = "print one JSON object per set on stdout"},
    CLI_OPTIONS_END};

const cli_command cli_datasets = {
    .name = "datasets",
    .operands = "[fetch NAME]",
    .least = 0,
    .most = 2,
    .options = options,
    .run = datasets,
    .summary = "Lists the known data sets and where they are on this machine, or downloads one.",
    .details =
        "hone uses the network only for fetch. fetch uses only HTTPS, also for redirects. It checks each "
        "file against a known\n"
        "size and SHA-256, continues an interrupted download where it stopped, and gives a file its name only "
        "when it is\n"
        "complete. A mirror has the same files: URL/mnist.npz. CURL_CA_BUNDLE and SSL_CERT_FILE name certificates "
        "as --ca-file\n"
        "does.\n"};
