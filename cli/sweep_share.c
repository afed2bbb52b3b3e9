/* Sweeps that several processes share: under mpirun, or the same command on several machines that see one
 * folder. Each claims trials by a lock in the trial's folder,
 *
 *   FOLDER/007/lock    held while it trains: by the process of the trial and by the sweep that began it
 *   FOLDER/007/failed  the number of epochs that were wanted, and why it failed
 *
 * A process that is killed holds no lock any more: another one takes its trial up, from the checkpoint. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "sweep.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_SIZE = 1024 };

bool cli_trial_claim(const cli_sweep *sweep, cli_trial *trial)
{
    char path[PATH_SIZE];
    cli_trial_path(sweep, trial, "", path, sizeof path);
    if (hone_make_folder(path) < 0)
        return false;
    cli_trial_path(sweep, trial, "lock", path, sizeof path);
    const int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (file < 0) {
        hone_fail(HONE_ERROR_FILE, "%s: the trial cannot be claimed: %s", path, strerror(errno));
        return false;
    }
    if (flock(file, LOCK_EX | LOCK_NB) != 0 && (errno == EWOULDBLOCK || errno == EINTR)) {
        close(file);
        return false;
    } /* a file system without locks: whoever sweeps there does so alone */
    trial->lock = file + 1;
    return true;
}

void cli_trial_release(cli_trial *trial)
{
    if (trial->lock > 0)
        close(trial->lock - 1);
    trial->lock = 0;
}

hone_status cli_trial_mark_failed(const cli_sweep *sweep, const cli_trial *trial)
{
    char path[PATH_SIZE], text[sizeof trial->reason + 32];
    cli_trial_path(sweep, trial, "failed", path, sizeof path);
    const int length = snprintf(text, sizeof text, "%lld %s\n", (long long)trial->aim, trial->reason);
    return hone_write_file(path, text, (size_t)length);
}

void cli_trial_forget_failure(const cli_sweep *sweep, const cli_trial *trial)
{
    char path[PATH_SIZE];
    cli_trial_path(sweep, trial, "failed", path, sizeof path);
    unlink(path);
}

/* Whether another one has failed with it since this sweep began; why is put into the trial. */
static bool has_failed(const cli_sweep *sweep, cli_trial *trial)
{
    char path[PATH_SIZE], text[sizeof trial->reason + 32] = "";
    struct stat status;
    cli_trial_path(sweep, trial, "failed", path, sizeof path);
    if (stat(path, &status) != 0 || status.st_mtime < sweep->begun)
        return false;
    FILE *file = fopen(path, "rb");
    const size_t length = file == NULL ? 0 : fread(text, 1, sizeof text - 1, file);
    if (file != NULL)
        fclose(file);
    char *end;
    const long long of = strtoll(text, &end, 10);
    text[length] = '\0';
    end[strcspn(end, "\n")] = '\0';
    if (of != trial->aim)
        return false;
    snprintf(trial->reason, sizeof trial->reason, "%.*s", (int)sizeof trial->reason - 1, end + (*end == ' '));
    return true;
}

hone_status cli_trial_look_again(const cli_sweep *sweep, cli_trial *trial)
{
    CLI_TRY(cli_trial_look(sweep, trial));
    if (cli_trial_has(trial, trial->aim))
        return HONE_OK;
    trial->state = has_failed(sweep, trial) ? CLI_FAILS : CLI_WAITS;
    if (trial->state == CLI_FAILS)
        trial->result = NAN;
    return HONE_OK;
}
