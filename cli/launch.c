/* Under a launcher of MPI, such as mpirun: which one it is, and the plugin for its MPI. The command itself
 * knows none. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "cli.h"
#include "plugin.h"

#include <dlfcn.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef HONE_PLUGIN_FOLDER /* where plugins are installed: the build says it */
#define HONE_PLUGIN_FOLDER "/usr/lib/hone"
#endif

/* What a launcher leaves in the environment: how many processes it started. */
static const struct launcher {
    const char *variable, *name, *mpi, *package;
    const char *rank, *here; /* the number of this process; how many there are on this machine */
} launchers[] = {
    {"OMPI_COMM_WORLD_SIZE", "Open MPI", "openmpi", "hone-openmpi", "OMPI_COMM_WORLD_RANK",
     "OMPI_COMM_WORLD_LOCAL_SIZE"},
    {"PMI_SIZE", "MPICH", "mpich", "hone-mpich", "PMI_RANK", "MPI_LOCALNRANKS"},
};
enum { LAUNCHERS = sizeof launchers / sizeof *launchers };

/* The launcher that started this process; NULL: none did. */
static const struct launcher *find_launcher(int *size)
{
    for (int i = 0; i < LAUNCHERS; i++) {
        const char *text = getenv(launchers[i].variable);
        *size = text == NULL ? 0 : atoi(text);
        if (*size > 0)
            return &launchers[i];
    }
    return NULL;
}

int cli_launched_rank(int *here)
{
    int size;
    const struct launcher *launcher = find_launcher(&size);
    const char *rank = launcher == NULL ? NULL : getenv(launcher->rank),
               *count = launcher == NULL ? NULL : getenv(launcher->here);
    *here = count != NULL && atoi(count) > 0 ? atoi(count) : 1;
    return rank == NULL ? -1 : atoi(rank);
}

static const struct launcher *launcher_of(const char *mpi)
{
    for (int i = 0; i < LAUNCHERS; i++)
        if (strcmp(launchers[i].mpi, mpi) == 0)
            return &launchers[i];
    return NULL;
}

/* Beside the command, as it is built, or where it is installed. */
static void *open_plugin(const char *mpi, char *reason, size_t size)
{
    char own[PATH_MAX] = "", path[PATH_MAX + 64];
    const ssize_t length = readlink("/proc/self/exe", own, sizeof own - 1);
    const char *end = length > 0 ? strrchr(own, '/') : NULL;
    const bool is_path = strchr(mpi, '/') != NULL;
    path[0] = '\0';
    if (end != NULL && !is_path)
        snprintf(path, sizeof path, "%.*s/hone-mpi-%s.so", (int)(end - own), own, mpi);
    if (path[0] == '\0' || access(path, R_OK) != 0)
        snprintf(path, sizeof path, "%s/hone-mpi-%s.so", HONE_PLUGIN_FOLDER, mpi);
    void *plugin = dlopen(is_path ? mpi : path, RTLD_NOW | RTLD_GLOBAL);
    if (plugin == NULL)
        snprintf(reason, size, "%s", dlerror());
    return plugin;
}

static int fail_missing(const struct launcher *launcher, int size, const char *said, const char *reason)
{
    if (said != NULL)
        return cli_fail("HONE_MPI=%s: %s", said, reason);
    return cli_fail(
        "started as one of %d processes by %s, but Hone's part for it cannot be used (Debian: %s): %s; alone, "
        "%d copies would train the same",
        size, launcher->name, launcher->package, reason, size);
}

static int fail_other(const struct launcher *launcher, int size, int ranks, const char *mpi)
{
    const char *other = strcmp(mpi, "openmpi") == 0 ? "mpich" : "openmpi";
    return cli_fail(
        "%s says %d processes, MPI says %d: mpirun and library are of different MPIs (mpirun.%s? HONE_MPI=%s?)",
        launcher == NULL ? "the launcher" : launcher->name, size, ranks, mpi, other);
}

/* A function of the plugin by its name; ISO C has no way from one pointer to the other. */
static bool find_functions(void *plugin, hone_plugin_begin_function **begin, hone_plugin_end_function **end)
{
    *(void **)begin = dlsym(plugin, "hone_plugin_begin");
    *(void **)end = dlsym(plugin, "hone_plugin_end");
    return *begin != NULL && *end != NULL;
}

int cli_launched(cli_ranks *ranks, int *here)
{
    int size = 0;
    char reason[512] = "is not a plugin of Hone";
    const char *said = getenv("HONE_MPI");
    const struct launcher *launcher = find_launcher(&size);
    if (said != NULL && said[0] == '\0')
        said = NULL;
    if ((launcher == NULL && said == NULL) || (said != NULL && strcmp(said, "none") == 0))
        return CLI_DONE;
    if (said != NULL && strchr(said, '/') == NULL && launcher_of(said) == NULL)
        return cli_fail_usage(
            "HONE_MPI: expected openmpi, mpich, none or the path of a plugin, received \"%s\"", said);
    const char *mpi = said != NULL ? said : launcher->mpi;
    hone_plugin_begin_function *begin;
    hone_transport transport;
    void *plugin = open_plugin(mpi, reason, sizeof reason);
    if (plugin == NULL && said == NULL && size == 1) { /* needs no messages */
        ranks->group = hone_group_from_sockets(0, 1, (int[]){-1});
        return ranks->group == NULL ? cli_fail_library() : CLI_DONE;
    }
    if (plugin == NULL || !find_functions(plugin, &begin, &ranks->end))
        return fail_missing(launcher, size, said, reason);
    if (!begin(&transport, here))
        return cli_fail("MPI cannot be started");
    const int count = transport.ranks;
    ranks->group = hone_group_create(&transport);
    if (ranks->group == NULL)
        return cli_fail_library();
    return size > 0 && count != size ? fail_other(launcher, size, count, mpi) : CLI_DONE;
}
