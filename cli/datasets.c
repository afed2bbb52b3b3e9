/* hone datasets: the data sets that are known by name: where they lie, and fetching one. */
#include "base/error.h"
#include "base/memory.h"
#include "base/text.h"
#include "cli.h"
#include "data/dataset.h"
#include "readers/named.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* ---- the list ---- */

/* Bytes of all files that a fetch would bring. */
static int64_t fetched_bytes(const hone_named_entry *entry)
{
    int64_t bytes = 0;
    for (int i = 0; entry->files[i].name != NULL; i++)
        bytes += entry->files[i].bytes;
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

static void print_set(const hone_named_entry *entry, const hone_named_dataset *found)
{
    char size[32];
    printf("%-19s %s; %" PRId64, found->name, found->title, found->samples[0]);
    if (found->samples[1] > 0)
        printf(" for training, %" PRId64 " for tests\n", found->samples[1]);
    else
        printf(" samples\n");
    if (found->where != NULL) {
        printf("%-19s in %s\n", "", found->where);
        return;
    }
    printf("%-19s not on this machine: hone datasets fetch %s (%s)", "", found->name,
           size_text(fetched_bytes(entry), size, sizeof size));
    if (found->package != NULL)
        printf(", or Debian's package %s", found->package);
    printf("\n");
}

static bool put(hone_config *map, const char *key, hone_config *value)
{
    return hone_internal_config_set(map, key, value) >= 0;
}

static bool add_file(hone_config *list, const hone_named_entry *entry, const hone_named_file *file)
{
    hone_config *map = hone_internal_config_map();
    char *url = hone_internal_format("%s%s", entry->origin, file->name);
    bool good = map != NULL && url != NULL && put(map, "url", hone_internal_config_text(url)) &&
                put(map, "bytes", hone_internal_config_integer(file->bytes)) &&
                put(map, "sha256", hone_internal_config_text(file->sha256));
    hone_internal_free(url);
    if (good)
        return hone_internal_config_append(list, map) >= 0;
    hone_internal_config_free(map);
    return false;
}

static bool put_files(hone_config *map, const hone_named_entry *entry)
{
    hone_config *list = hone_internal_config_list();
    bool good = list != NULL;
    for (int i = 0; good && entry->files[i].name != NULL; i++)
        good = add_file(list, entry, &entry->files[i]);
    if (good)
        return put(map, "files", list);
    hone_internal_config_free(list);
    return false;
}

static bool print_set_json(const hone_named_entry *entry, const hone_named_dataset *found)
{
    hone_config *map = hone_internal_config_map();
    bool good = map != NULL && put(map, "name", hone_internal_config_text(found->name)) &&
                put(map, "title", hone_internal_config_text(found->title)) &&
                put(map, "train", hone_internal_config_integer(found->samples[0])) &&
                put(map, "test", hone_internal_config_integer(found->samples[1])) &&
                put(map, "package", hone_internal_config_text(found->package)) &&
                put(map, "where", hone_internal_config_text(found->where)) && put_files(map, entry);
    if (good)
        return cli_print_json(map);
    hone_internal_config_free(map);
    return false;
}

static void print_roots(void)
{
    char *root;
    const char *separator = "";
    printf("\nLooked for in ");
    for (size_t i = 0; (root = hone_internal_named_root(i)) != NULL; i++) {
        if (root[0] != '\0') {
            printf("%s%s", separator, strcmp(root, ".") == 0 ? "this folder" : root);
            separator = ", ";
        }
        hone_internal_free(root);
    }
    printf("\n");
}

/* One line or object of the list. */
static int show(size_t index, bool json)
{
    hone_named_dataset found;
    if (hone_internal_named_dataset(index, &found) < 0)
        return cli_fail_library();
    const hone_named_entry *entry = hone_internal_named_at(index);
    bool good = true;
    if (json)
        good = print_set_json(entry, &found);
    else
        print_set(entry, &found);
    hone_internal_free(found.where);
    return good ? CLI_DONE : CLI_FAILED;
}

static int list_all(const cli_settings *settings)
{
    for (size_t i = 0; i < hone_internal_named_datasets(); i++)
        if (show(i, settings->json) != CLI_DONE)
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

static size_t index_of(const hone_named_entry *entry)
{
    size_t index = 0;
    while (hone_internal_named_at(index) != entry)
        index++;
    return index;
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

static int fetch(const cli_settings *settings, const hone_named_entry *entry)
{
    bar drawn = {.terminal = isatty(STDERR_FILENO) && settings->verbose != 0};
    char size[32];
    if (settings->verbose != 0)
        cli_say("fetching %s (%s) from %s", entry->name, size_text(fetched_bytes(entry), size, sizeof size),
                settings->mirror != NULL ? settings->mirror : entry->origin);
    hone_status status = hone_dataset_fetch(entry->name, .folder = settings->output,
                                            .mirror = settings->mirror, .ca_file = certificates(settings),
                                            .patience = cli_given(settings->timeout) ? settings->timeout : 30,
                                            .progress = draw, .context = &drawn);
    if (drawn.file[0] != '\0')
        fputc('\n', stderr);
    if (status < 0)
        return cli_fail_library();
    if (settings->output == NULL)
        return show(index_of(entry), settings->json);
    if (!settings->json)
        printf("%s is in %s%s%s; HONE_DATA_DIR=%s finds it\n", entry->name, settings->output,
               entry->below[0] != '\0' ? "/" : "", entry->below, settings->output);
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
            return cli_fail_usage("datasets: --%s is for fetching: hone datasets fetch NAME",
                                  options[i].name);
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
    size_t count = hone_internal_named_datasets();
    if (settings->operand_count < 2)
        return cli_fail_usage(
            "datasets: fetch needs a name: hone datasets fetch NAME, and hone datasets lists them");
    if (check_mirror(settings) != CLI_DONE)
        return CLI_USAGE;
    const hone_named_entry *entry = hone_internal_named_find(name);
    if (entry != NULL)
        return fetch(settings, entry);
    for (size_t i = 0; i < count && i < 32; i++)
        names[i] = hone_internal_named_at(i)->name;
    const char *nearest = hone_internal_text_nearest(name, names, count < 32 ? count : 32);
    if (nearest != NULL)
        return cli_fail_usage("datasets: no data set is named \"%s\"; did you mean \"%s\"?", name, nearest);
    return cli_fail_usage("datasets: no data set is named \"%s\"; hone datasets lists them", name);
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
    {"mirror", CLI_TEXT, CLI_AT(mirror), "URL", "fetch: the folder of a mirror, https://...", NULL, 0, 0,
     false},
    {"output", CLI_TEXT, CLI_AT(output), "DIR",
     "fetch: where it goes; $HONE_DATA_DIR, else ~/.cache/hone/datasets", NULL, 0, 0, false},
    {"ca-file", CLI_TEXT, CLI_AT(ca_file), "FILE",
     "fetch: certificates (PEM) to trust in place of the system's", NULL, 0, 0, false},
    {"timeout", CLI_NUMBER, CLI_AT(timeout), "SECONDS", "fetch: patience with a silent server; 30", NULL, 1,
     86400, false},
    {"verbose", CLI_INTEGER, CLI_AT(verbose), "0|1", "fetch: 1 shows a bar, 0 nothing; 1", NULL, 0, 1, false},
    {"json", CLI_FLAG, CLI_AT(json), NULL, "an object a set on stdout", NULL, 0, 0, false},
    CLI_OPTIONS_END};

const cli_command cli_datasets = {
    .name = "datasets",
    .operands = "[fetch NAME]",
    .least = 0,
    .most = 2,
    .options = options,
    .run = datasets,
    .summary =
        "Lists the data sets that are known by name and where they lie on this machine, or fetches one.",
    .details =
        "Nothing is fetched unless asked for. fetch goes over HTTPS alone, redirects too; sizes and SHA-256 are known\n"
        "beforehand and checked; an interrupted transfer goes on where it ended; a file gets its name when it is whole.\n"
        "A mirror has the same files: URL/mnist.npz. CURL_CA_BUNDLE and SSL_CERT_FILE name certificates as --ca-file.\n"};
