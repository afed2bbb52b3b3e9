/* Manifests of sets of files: read and compared, written. */
#include "formats/manifest.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/posix.h"
#include "base/sha256.h"
#include "base/text.h"
#include "formats/formats.h"
#include <hone/data_files.h>
#include <stdlib.h>
#include <string.h>

#define VERSION_KEY "hone_manifest"
enum { VERSION = 1, PIECE = 1 << 20 };

bool hone_internal_manifest_named(const char *path)
{
    static const char end[] = ".manifest";
    const size_t length = strlen(path), wanted = sizeof end - 1;
    return length > wanted && hone_internal_text_equal_nocase(path + length - wanted, end);
}

/* ---- sums ---- */

static hone_status sum_pieces(hone_file_reader *file, char *piece, char text[HONE_SHA256_TEXT])
{
    hone_sha256 hash;
    hone_internal_sha256_begin(&hash);
    for (size_t done = 0, count; done < file->bytes; done += count) {
        count = file->bytes - done < PIECE ? file->bytes - done : PIECE;
        HONE_TRY(hone_internal_file_take(file, piece, count));
        hone_internal_sha256_take(&hash, piece, count);
    }
    hone_internal_sha256_finish(&hash, text);
    return HONE_OK;
}

/* Its size and, unless `text` is NULL, its sum. */
static hone_status measure(const char *path, size_t *bytes, char *text)
{
    hone_file_reader file;
    HONE_TRY(hone_internal_file_open(&file, path));
    *bytes = file.bytes;
    char *piece = text ? hone_internal_allocate(PIECE) : NULL;
    hone_status status = !text ? HONE_OK : piece ? sum_pieces(&file, piece, text) : HONE_ERROR_MEMORY;
    hone_internal_free(piece);
    hone_internal_file_close(&file);
    return status;
}

/* ---- reading ---- */

/* "a/b.npz": not from the root, and no "..", so that a stranger's manifest names nothing beyond its folder.
 */
static bool stays_below(const char *name)
{
    if (!name || !name[0] || name[0] == '/')
        return false;
    for (const char *part = name; part; part = strchr(part, '/')) {
        part += *part == '/';
        const size_t length = strcspn(part, "/");
        if (length == 0 || (length == 2 && part[0] == '.' && part[1] == '.'))
            return false;
    }
    return true;
}

static hone_status fail_entry(const char *path, size_t index, const char *what)
{
    return hone_fail(HONE_ERROR_FORMAT, "%s, file %zu: %s", path, index + 1, what);
}

static bool is_sum(const char *text)
{
    return strlen(text) == HONE_SHA256_TEXT - 1 && strspn(text, "0123456789abcdef") == HONE_SHA256_TEXT - 1;
}

static hone_status check_entry(const char *path, size_t index, const hone_config *entry)
{
    const hone_config *sum = hone_internal_config_get(entry, "sha256");
    if (!stays_below(hone_internal_config_get_text(entry, "name")))
        return fail_entry(path, index,
                          "expected a \"name\" within the manifest's folder, such as \"part-0.npz\"");
    if (!hone_internal_config_is(hone_internal_config_get(entry, "bytes"), HONE_CONFIG_INTEGER))
        return fail_entry(path, index, "expected its size as \"bytes\"");
    if (hone_internal_config_present(sum) &&
        !(hone_internal_config_is(sum, HONE_CONFIG_TEXT) && is_sum(hone_internal_config_as_text(sum))))
        return fail_entry(path, index, "expected the \"sha256\" of the file, 64 digits 0 to 9 and a to f");
    return HONE_OK;
}

/* The file as it is against what the manifest says of it. */
static hone_status compare(const char *manifest, const char *file, const hone_config *entry)
{
    char found[HONE_SHA256_TEXT];
    const char *sum = hone_internal_config_get_text(entry, "sha256");
    const int64_t said = hone_internal_config_as_integer(hone_internal_config_get(entry, "bytes"));
    size_t bytes;
    HONE_TRY(measure(file, &bytes, NULL));
    if (said < 0 || (uint64_t)said != bytes)
        return hone_fail(HONE_ERROR_DATA, "%s: the file has %zu bytes; %s says %lld", file, bytes, manifest,
                         (long long)said);
    if (!sum)
        return HONE_OK;
    HONE_TRY(measure(file, &bytes, found));
    if (strcmp(sum, found) == 0)
        return HONE_OK;
    return hone_fail(HONE_ERROR_DATA,
                     "%s: the file is not the one that %s lists: its SHA-256 begins with %.12s, not %.12s",
                     file, manifest, found, sum);
}

static hone_status take_entry(const char *path, const char *file, const hone_config *entry, bool verify,
                              hone_file_set *set)
{
    if (!file)
        return HONE_ERROR_MEMORY;
    if (verify)
        HONE_TRY(compare(path, file, entry));
    return hone_internal_file_set_add(set, file);
}

static hone_status take_entries(const char *path, const hone_config *tree, bool verify, hone_file_set *set)
{
    const hone_config *files = hone_internal_config_get(tree, "files"),
                      *version = hone_internal_config_get(tree, VERSION_KEY);
    const char *slash = strrchr(path, '/');
    if (!hone_internal_config_is(version, HONE_CONFIG_INTEGER) ||
        hone_internal_config_as_integer(version) != VERSION)
        return hone_fail(HONE_ERROR_FORMAT,
                         "%s: expected a manifest, {\"" VERSION_KEY "\": 1, \"files\": [...]}; "
                         "\"hone manifest\" writes one",
                         path);
    if (!hone_internal_config_is(files, HONE_CONFIG_LIST) || hone_internal_config_count(files) == 0)
        return hone_fail(HONE_ERROR_FORMAT, "%s: the manifest lists no files", path);
    for (size_t i = 0; i < hone_internal_config_count(files); i++) {
        const hone_config *entry = hone_internal_config_at(files, i);
        HONE_TRY(check_entry(path, i, entry));
        char *file = hone_internal_format("%.*s%s", slash ? (int)(slash + 1 - path) : 0, path,
                                          hone_internal_config_get_text(entry, "name"));
        const hone_status status = take_entry(path, file, entry, verify, set);
        hone_internal_free(file);
        HONE_TRY(status);
    }
    return HONE_OK;
}

hone_status hone_internal_manifest_read(const char *path, bool verify, hone_file_set *set)
{
    void *text;
    size_t bytes;
    HONE_TRY(hone_internal_file_read(path, hone_internal_limits.json_bytes, &text, &bytes));
    hone_config *tree = hone_internal_json_parse(text, bytes, path);
    hone_internal_free(text);
    const hone_status status = tree ? take_entries(path, tree, verify, set) : hone_error_status();
    hone_internal_config_free(tree);
    return status;
}

/* ---- writing ---- */

/* The real path of the folder of `path`, with a '/' at its end; to be freed. */
static char *folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *folder = slash ? hone_internal_copy_text_n(path, (size_t)(slash + 1 - path))
                         : hone_internal_copy_text("."),
         *real = folder ? realpath(folder, NULL) : NULL,
         *made = real ? hone_internal_format("%s%s", real, strcmp(real, "/") == 0 ? "" : "/") : NULL;
    if (folder && !real)
        hone_fail(HONE_ERROR_FILE, "%s: the folder %s does not exist", path, folder);
    free(real);
    hone_internal_free(folder);
    return made;
}

/* "shards/part-0.npz", from the manifest's folder on; to be freed. */
static char *name_below(const char *folder, const char *file, const char *manifest)
{
    char *real = realpath(file, NULL), *name = NULL;
    const size_t length = strlen(folder);
    if (real && strncmp(real, folder, length) == 0)
        name = hone_internal_copy_text(real + length);
    else
        hone_fail(HONE_ERROR_ARGUMENT,
                  "%s: the file is not in the folder of %s or below it, where the names of a manifest begin",
                  file, manifest);
    free(real);
    return name;
}

static hone_config *describe(const char *folder, const char *file, const char *manifest, bool sums)
{
    char sum[HONE_SHA256_TEXT];
    size_t bytes;
    char *name = name_below(folder, file, manifest);
    hone_config *entry =
        name && measure(file, &bytes, sums ? sum : NULL) >= 0 ? hone_internal_config_map() : NULL;
    hone_status status = entry ? HONE_OK : hone_error_status();
    if (status >= 0)
        status = hone_internal_config_set(entry, "name", hone_internal_config_text(name));
    if (status >= 0)
        status = hone_internal_config_set(entry, "bytes", hone_internal_config_integer((int64_t)bytes));
    if (status >= 0 && sums)
        status = hone_internal_config_set(entry, "sha256", hone_internal_config_text(sum));
    hone_internal_free(name);
    if (status >= 0)
        return entry;
    hone_internal_config_free(entry);
    return NULL;
}

static hone_status list_files(const hone_file_set *set, const char *path, bool sums, hone_config *list)
{
    char *folder = folder_of(path);
    hone_status status = folder ? HONE_OK : hone_error_status();
    for (size_t i = 0; i < set->count && status >= 0; i++) {
        hone_config *entry = describe(folder, set->paths[i], path, sums);
        status = entry ? hone_internal_config_append(list, entry) : hone_error_status();
    }
    hone_internal_free(folder);
    return status;
}

static hone_status write_set(const hone_file_set *set, const char *path, bool sums)
{
    hone_config *tree = hone_internal_config_map(), *list = hone_internal_config_list();
    hone_status status = tree && list ? list_files(set, path, sums, list) : HONE_ERROR_MEMORY;
    if (status >= 0)
        status = hone_internal_config_set(tree, VERSION_KEY, hone_internal_config_integer(VERSION));
    if (status >= 0)
        status = hone_internal_config_set(tree, "files", list);
    else
        hone_internal_config_free(list);
    char *json = status >= 0 ? hone_internal_config_to_json(tree, true) : NULL;
    if (status >= 0)
        status = json ? hone_write_file(path, json, strlen(json)) : HONE_ERROR_MEMORY;
    hone_internal_free(json);
    hone_internal_config_free(tree);
    return status;
}

hone_status hone_manifest_write(const char *source, const char *path, bool sums)
{
    hone_file_set set = {.count = 0};
    if (!source || !path)
        return hone_internal_fail_null(source ? "the manifest's name" : "a pattern of files");
    if (!hone_internal_manifest_named(path))
        return hone_fail(HONE_ERROR_ARGUMENT, "%s: expected a name that ends in .manifest", path);
    hone_status status = hone_internal_file_set_find(source, true, &set);
    if (status >= 0)
        status = write_set(&set, path, sums);
    hone_internal_file_set_free(&set);
    return status;
}
