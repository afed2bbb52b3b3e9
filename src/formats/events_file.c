/* The file of an event log. A record (integers little-endian):
 *
 *    u64 length | u32 masked CRC-32C of those 8 bytes | data | u32 masked CRC-32C of the data
 *
 * The first record says the file's version. */
#include "formats/events_file.h"

#include "base/crc32c.h"
#include "base/folder.h"
#include "base/memory.h"
#include "formats/bytes.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { FLUSH_BYTES = 1 << 16, HEADER_BYTES = 12, FOOTER_BYTES = 4 };

struct hone_event_log {
    char *path;
    int descriptor; /* plus 1; 0: none */
    hone_text waiting;
};

/* ---- records ---- */

static void append_record(hone_text *text, const unsigned char *data, size_t bytes)
{
    unsigned char header[HEADER_BYTES], footer[FOOTER_BYTES];
    hone_internal_put(header, bytes, 8);
    hone_internal_put(header + 8, hone_internal_crc32c_masked(header, 8), 4);
    hone_internal_put(footer, hone_internal_crc32c_masked(data, bytes), 4);
    hone_internal_text_append_n(text, (const char *)header, sizeof header);
    hone_internal_text_append_n(text, (const char *)data, bytes);
    hone_internal_text_append_n(text, (const char *)footer, sizeof footer);
}

int64_t hone_internal_event_records(const void *data, size_t bytes)
{
    const unsigned char *at = data;
    int64_t count = 0;
    while (bytes >= HEADER_BYTES + FOOTER_BYTES) {
        uint64_t length = hone_internal_get64(at);
        if (hone_internal_get32(at + 8) != hone_internal_crc32c_masked(at, 8))
            return hone_fail(HONE_ERROR_FORMAT, "event %lld: the checksum of its length is wrong",
                             (long long)count);
        if (length > bytes - HEADER_BYTES - FOOTER_BYTES)
            break;
        if (hone_internal_get32(at + HEADER_BYTES + length) !=
            hone_internal_crc32c_masked(at + HEADER_BYTES, (size_t)length))
            return hone_fail(HONE_ERROR_FORMAT, "event %lld: the checksum of its data is wrong",
                             (long long)count);
        size_t whole = HEADER_BYTES + (size_t)length + FOOTER_BYTES;
        at += whole;
        bytes -= whole;
        count++;
    }
    return count;
}

/* ---- the file ---- */

double hone_internal_event_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static hone_status fail_file(const hone_event_log *log, const char *what)
{
    return hone_fail(HONE_ERROR_FILE, "%s: cannot %s the file: %s", log->path, what, strerror(errno));
}

hone_status hone_internal_event_log_flush(hone_event_log *log)
{
    if (log == NULL)
        return HONE_OK;
    if (log->waiting.failed)
        return HONE_ERROR_MEMORY;
    const char *next = log->waiting.data;
    size_t left = log->waiting.length;
    while (left > 0) {
        ssize_t written = write(log->descriptor - 1, next, left);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return fail_file(log, "write");
        next += written;
        left -= (size_t)written;
    }
    log->waiting.length = 0;
    return HONE_OK;
}

hone_status hone_internal_event_log_add(hone_event_log *log, const Hone__Tensorboard__Event *event)
{
    size_t bytes = hone__tensorboard__event__get_packed_size(event);
    unsigned char *packed = hone_internal_allocate(bytes);
    if (packed == NULL)
        return HONE_ERROR_MEMORY;
    hone__tensorboard__event__pack(event, packed);
    append_record(&log->waiting, packed, bytes);
    hone_internal_free(packed);
    if (log->waiting.failed)
        return HONE_ERROR_MEMORY;
    return log->waiting.length >= FLUSH_BYTES ? hone_internal_event_log_flush(log) : HONE_OK;
}

static hone_status begin_file(hone_event_log *log, const char *folder)
{
    static atomic_int number;
    char host[256] = "localhost";
    HONE_TRY(hone_make_folder(folder));
    if (gethostname(host, sizeof host - 1) != 0 || strchr(host, '/') != NULL)
        snprintf(host, sizeof host, "localhost");
    double now = hone_internal_event_now();
    log->path = hone_internal_format("%s/events.out.tfevents.%010" PRId64 ".%s.%ld.%d.v2", folder,
                                     (int64_t)now, host, (long)getpid(), atomic_fetch_add(&number, 1));
    if (log->path == NULL)
        return HONE_ERROR_MEMORY;
    int descriptor = open(log->path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    if (descriptor < 0)
        return fail_file(log, "make");
    log->descriptor = descriptor + 1;
    Hone__Tensorboard__Event event = HONE__TENSORBOARD__EVENT__INIT;
    char version[] = "brain.Event:2";
    event.has_wall_time = true;
    event.wall_time = now;
    event.file_version = version;
    HONE_TRY(hone_internal_event_log_add(log, &event));
    return hone_internal_event_log_flush(log);
}

hone_event_log *hone_internal_event_log_open(const char *folder)
{
    hone_event_log *log = hone_internal_allocate_zeroed(1, sizeof *log);
    if (log == NULL || begin_file(log, folder) >= 0)
        return log;
    hone_internal_event_log_close(log);
    return NULL;
}

hone_status hone_internal_event_log_close(hone_event_log *log)
{
    if (log == NULL)
        return HONE_OK;
    hone_status status = log->descriptor > 0 ? hone_internal_event_log_flush(log) : HONE_OK;
    if (log->descriptor > 0 && close(log->descriptor - 1) != 0 && errno != EINTR && status >= 0)
        status = fail_file(log, "write");
    hone_internal_text_free(&log->waiting);
    hone_internal_free(log->path);
    hone_internal_free(log);
    return status;
}
