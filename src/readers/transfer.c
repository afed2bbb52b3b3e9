/* One file over HTTPS through libcurl, into "<path>.incomplete" and from there to its name. What the server
 * says is believed only as far as it agrees with the size that is expected; what it sends, with the checksum.
 */
#define _XOPEN_SOURCE 700
#include "readers/transfer.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/memory.h"
#include "base/sha256.h"
#include "readers/curl.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOST_REDIRECTS = HONE_LIMIT_REDIRECTS, LEAST_BYTES_A_SECOND = 100, PIECE = 1 << 16 };

/* A transfer under way. */
typedef struct download {
    const hone_transfer *order;
    char *aside;    /* "<path>.incomplete" */
    int descriptor; /* of it, locked */
    hone_sha256 hash;
    int64_t start, received; /* bytes that were there at the beginning, and are there now */
    CURL *curl;
    int64_t range_start; /* of the answer's Content-Range, -1 without one */
    bool begun;          /* the answer's head has been looked at */
    hone_status failed;  /* by our own hand, with a message */
    char trouble[CURL_ERROR_SIZE];
} download;

static hone_status fail_system(const download *under_way, const char *doing)
{
    return hone_fail(HONE_ERROR_FILE, "%s: cannot %s: %s", under_way->aside, doing, strerror(errno));
}

/* ---- what already exists ---- */

static hone_status hash_file(const char *path, int64_t bytes, hone_sha256 *hash)
{
    hone_file_reader reader;
    unsigned char piece[PIECE];
    hone_status status = HONE_OK;
    HONE_TRY(hone_internal_file_open(&reader, path));
    while (bytes > 0 && status == HONE_OK) {
        size_t count = bytes < PIECE ? (size_t)bytes : PIECE;
        status = hone_internal_file_take(&reader, piece, count);
        hone_internal_sha256_take(hash, piece, count);
        bytes -= (int64_t)count;
    }
    hone_internal_file_close(&reader);
    return status;
}

/* 1: the file stands there, whole; 0: nothing does. */
static int look_at_target(const hone_transfer *order)
{
    struct stat found;
    char text[HONE_SHA256_TEXT] = "of another size";
    if (lstat(order->path, &found) != 0)
        return 0;
    if (stat(order->path, &found) == 0 && S_ISREG(found.st_mode) && found.st_size == order->bytes) {
        hone_sha256 hash;
        hone_internal_sha256_begin(&hash);
        HONE_TRY(hash_file(order->path, order->bytes, &hash));
        hone_internal_sha256_finish(&hash, text);
        if (strcmp(text, order->sha256) == 0)
            return 1;
    }
    return hone_fail(
        HONE_ERROR_FILE,
        "%s: another file with this name exists (expected SHA-256 %s, received %s); move it away, or "
        "choose another folder",
        order->path, order->sha256, text);
}

static hone_status start_again(download *under_way)
{
    if (ftruncate(under_way->descriptor, 0) != 0 || lseek(under_way->descriptor, 0, SEEK_SET) != 0)
        return fail_system(under_way, "empty the file");
    hone_internal_sha256_begin(&under_way->hash);
    under_way->start = under_way->received = 0;
    return HONE_OK;
}

/* Opens and locks what an earlier transfer has left, or a new file. */
static hone_status open_aside(download *under_way)
{
    int flags = O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
    struct stat found;
    under_way->descriptor = open(under_way->aside, flags, 0666);
    if (under_way->descriptor < 0 || fstat(under_way->descriptor, &found) != 0)
        return fail_system(under_way, "write the file");
    if (!S_ISREG(found.st_mode))
        return hone_fail(HONE_ERROR_FILE, "%s: expected a regular file", under_way->aside);
    if (flock(under_way->descriptor, LOCK_EX | LOCK_NB) != 0)
        return hone_fail(HONE_ERROR_FILE, "%s: another process is fetching this file",
                         under_way->order->path);
    if (found.st_size == 0 || found.st_size > under_way->order->bytes)
        return start_again(under_way);
    hone_internal_sha256_begin(&under_way->hash);
    HONE_TRY(hash_file(under_way->aside, found.st_size, &under_way->hash));
    if (lseek(under_way->descriptor, 0, SEEK_END) != found.st_size)
        return fail_system(under_way, "continue the file");
    under_way->start = under_way->received = found.st_size;
    return HONE_OK;
}

/* ---- the answer ---- */

static size_t refuse(download *under_way, hone_status failed)
{
    under_way->failed = failed;
    return 0; /* fewer bytes than offered: libcurl stops */
}

/* "Content-Range: bytes 1000-2733/2734"; a new answer's head (after a redirect) begins with "HTTP/". */
static size_t take_header(char *line, size_t size, size_t count, void *context)
{
    static const char name[] = "content-range:";
    download *under_way = context;
    char text[128];
    size_t length = size * count;
    if (length >= 5 && memcmp(line, "HTTP/", 5) == 0)
        under_way->range_start = -1;
    if (length < sizeof text && length > sizeof name && strncasecmp(line, name, sizeof name - 1) == 0) {
        long long start;
        memcpy(text, line, length);
        text[length] = 0;
        if (sscanf(text + sizeof name - 1, " bytes %lld-", &start) == 1)
            under_way->range_start = start;
    }
    return length;
}

/* Looks at the answer's head when its first bytes come. */
static hone_status begin_answer(download *under_way)
{
    const hone_transfer *order = under_way->order;
    long code = 0;
    curl_off_t length = -1;
    curl_easy_getinfo(under_way->curl, CURLINFO_RESPONSE_CODE, &code);
    curl_easy_getinfo(under_way->curl, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
    under_way->begun = true;
    if (code == 200)
        HONE_TRY(start_again(under_way)); /* a server that knows no ranges sends all of it */
    else if (code != 206 || under_way->range_start != under_way->start)
        return hone_fail(HONE_ERROR_FILE,
                         "%s: the server answered %ld%s; expected the file from byte %lld on", order->url,
                         code, code == 206 ? " with another range" : "", (long long)under_way->start);
    if (length >= 0 && under_way->start + length != order->bytes)
        return hone_fail(HONE_ERROR_FORMAT, "%s: the server's file has %lld bytes; expected %lld", order->url,
                         (long long)(under_way->start + length), (long long)order->bytes);
    return HONE_OK;
}

static hone_status store(download *under_way, const char *data, size_t bytes)
{
    while (bytes > 0) {
        ssize_t written = write(under_way->descriptor, data, bytes);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return fail_system(under_way, "write the file");
        hone_internal_sha256_take(&under_way->hash, data, (size_t)written);
        under_way->received += written;
        data += written;
        bytes -= (size_t)written;
    }
    return HONE_OK;
}

static size_t take_data(char *data, size_t size, size_t count, void *context)
{
    download *under_way = context;
    const hone_transfer *order = under_way->order;
    size_t bytes = size * count;
    hone_status status = under_way->begun ? HONE_OK : begin_answer(under_way);
    if (status == HONE_OK && (int64_t)bytes > order->bytes - under_way->received)
        status = hone_fail(HONE_ERROR_FORMAT, "%s: the server sends more than the expected %lld bytes",
                           order->url, (long long)order->bytes);
    if (status == HONE_OK)
        status = store(under_way, data, bytes);
    if (status == HONE_OK && order->progress &&
        order->progress(order->context, order->name, under_way->received, order->bytes) != 0)
        status =
            hone_fail(HONE_ERROR_CALLBACK, "%s: stopped; the next fetch continues from here", order->name);
    return status == HONE_OK ? bytes : refuse(under_way, status);
}

/* ---- the request ---- */

static CURLcode set_rules(download *under_way)
{
    const hone_transfer *order = under_way->order;
    CURL *curl = under_way->curl;
    long patience = order->patience < 1 ? 1 : (long)order->patience;
    const struct {
        CURLoption option;
        long value;
    } numbers[] = {{CURLOPT_NOSIGNAL, 1},
                   {CURLOPT_FAILONERROR, 1},
                   {CURLOPT_FOLLOWLOCATION, 1},
                   {CURLOPT_MAXREDIRS, MOST_REDIRECTS},
                   {CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2},
                   {CURLOPT_SSL_VERIFYPEER, 1},
                   {CURLOPT_SSL_VERIFYHOST, 2},
                   {CURLOPT_CONNECTTIMEOUT, patience},
                   {CURLOPT_LOW_SPEED_LIMIT, LEAST_BYTES_A_SECOND},
                   {CURLOPT_LOW_SPEED_TIME, patience}};
    CURLcode code = CURLE_OK;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers && code == CURLE_OK; i++)
        code = curl_easy_setopt(curl, numbers[i].option, numbers[i].value);
#if LIBCURL_VERSION_NUM >= 0x075500
    if (code == CURLE_OK)
        code = curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "https");
    if (code == CURLE_OK)
        code = curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, "https");
#else
    if (code == CURLE_OK)
        code = curl_easy_setopt(curl, CURLOPT_PROTOCOLS, (long)CURLPROTO_HTTPS);
    if (code == CURLE_OK)
        code = curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS, (long)CURLPROTO_HTTPS);
#endif
    return code;
}

static CURLcode set_request(download *under_way)
{
    const hone_transfer *order = under_way->order;
    CURL *curl = under_way->curl;
    char range[32];
    snprintf(range, sizeof range, "%lld-", (long long)under_way->start);
    CURLcode code = set_rules(under_way);
    const struct {
        CURLoption option;
        const char *text;
    } texts[] = {{CURLOPT_URL, order->url},
                 {CURLOPT_USERAGENT, "hone/" HONE_VERSION_TEXT},
                 {CURLOPT_RANGE, under_way->start > 0 ? range : NULL},
                 {CURLOPT_CAINFO, order->ca_file}};
    for (size_t i = 0; i < sizeof texts / sizeof *texts && code == CURLE_OK; i++)
        if (texts[i].text)
            code = curl_easy_setopt(curl, texts[i].option, texts[i].text);
    if (code == CURLE_OK)
        code = curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, under_way->trouble);
    if (code == CURLE_OK)
        code = curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_data);
    if (code == CURLE_OK)
        code = curl_easy_setopt(curl, CURLOPT_WRITEDATA, under_way);
    if (code == CURLE_OK)
        code = curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
    if (code == CURLE_OK)
        code = curl_easy_setopt(curl, CURLOPT_HEADERDATA, under_way);
    return code;
}

/* What libcurl's failures mean to the user. */
static hone_status fail_transfer(const download *under_way, CURLcode code)
{
    static const struct {
        CURLcode code;
        const char *means;
    } known[] = {
        {CURLE_OPERATION_TIMEDOUT, "the server is too slow; the next fetch continues from here"},
        {CURLE_PARTIAL_FILE, "the connection ended too soon; the next fetch continues from here"},
        {CURLE_RECV_ERROR, "the connection broke; the next fetch continues from here"},
        {CURLE_GOT_NOTHING, "the server sent no response"},
        {CURLE_PEER_FAILED_VERIFICATION, "the server's certificate cannot be trusted"},
        {CURLE_SSL_CACERT_BADFILE, "the file of certificates cannot be read"},
        {CURLE_TOO_MANY_REDIRECTS, "the server redirects too many times"},
        {CURLE_UNSUPPORTED_PROTOCOL, "the server redirects away from HTTPS, which is not followed"},
        {CURLE_COULDNT_RESOLVE_HOST, "the server's name is not known"},
        {CURLE_COULDNT_CONNECT, "the server cannot be reached"},
    };
    const char *details = under_way->trouble[0] ? under_way->trouble : curl_easy_strerror(code);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (known[i].code == code)
            return hone_fail(HONE_ERROR_FILE, "%s: %s (%s)", under_way->order->url, known[i].means, details);
    return hone_fail(HONE_ERROR_FILE, "%s: %s", under_way->order->url, details);
}

static hone_status perform(download *under_way)
{
    under_way->begun = false;
    under_way->range_start = -1;
    under_way->failed = HONE_OK;
    under_way->trouble[0] = 0;
    under_way->curl = curl_easy_init();
    if (!under_way->curl)
        return hone_internal_fail_memory(1 << 14, "a transfer");
    CURLcode code = set_request(under_way);
    if (code == CURLE_OK)
        code = curl_easy_perform(under_way->curl);
    long answer = 0;
    curl_easy_getinfo(under_way->curl, CURLINFO_RESPONSE_CODE, &answer);
    curl_easy_cleanup(under_way->curl);
    under_way->curl = NULL;
    if (code == CURLE_HTTP_RETURNED_ERROR && answer == 416 && under_way->start > 0) {
        HONE_TRY(start_again(under_way)); /* it has no such range: from the beginning */
        return perform(under_way);
    }
    if (under_way->failed < 0)
        return under_way->failed;
    if (code != CURLE_OK)
        return fail_transfer(under_way, code);
    if (under_way->received < under_way->order->bytes)
        return hone_fail(HONE_ERROR_FILE,
                         "%s: received %lld of %lld bytes; the next fetch continues from "
                         "here",
                         under_way->order->url, (long long)under_way->received,
                         (long long)under_way->order->bytes);
    return HONE_OK;
}

/* ---- the end ---- */

/* A wrong content is not kept. One that was put together over several calls may be of two files: `again`
 * then, once more from the beginning. */
static hone_status check_content(download *under_way, bool *again)
{
    const hone_transfer *order = under_way->order;
    char text[HONE_SHA256_TEXT];
    hone_internal_sha256_finish(&under_way->hash, text);
    *again = false;
    if (strcmp(text, order->sha256) == 0)
        return HONE_OK;
    *again = under_way->start > 0;
    HONE_TRY(start_again(under_way));
    if (*again)
        return HONE_OK;
    unlink(under_way->aside);
    return hone_fail(HONE_ERROR_FORMAT, "%s: expected SHA-256 %s, received %s: this is not the expected file",
                     order->url, order->sha256, text);
}

static hone_status publish(download *under_way)
{
    if (fsync(under_way->descriptor) != 0 && errno != EINVAL)
        return fail_system(under_way, "write the file");
    if (rename(under_way->aside, under_way->order->path) != 0)
        return fail_system(under_way, "give the file its name");
    hone_internal_file_sync_folder(under_way->order->path);
    return HONE_OK;
}

static hone_status run(download *under_way)
{
    bool again = false;
    HONE_TRY(open_aside(under_way));
    do {
        if (under_way->received < under_way->order->bytes)
            HONE_TRY(perform(under_way));
        HONE_TRY(check_content(under_way, &again));
    } while (again);
    return publish(under_way);
}

hone_status hone_internal_transfer(const hone_transfer *order)
{
    int there = look_at_target(order);
    if (there != 0)
        return there < 0 ? (hone_status)there : HONE_OK;
    HONE_TRY(hone_internal_curl_load());
    download under_way = {.order = order, .descriptor = -1};
    under_way.aside = hone_internal_format("%s.incomplete", order->path);
    if (!under_way.aside)
        return HONE_ERROR_MEMORY;
    hone_status status = run(&under_way);
    if (under_way.descriptor >= 0)
        close(under_way.descriptor);
    hone_internal_free(under_way.aside);
    return status;
}
