/* What the command loads to train over MPI: built once for each MPI, with its mpi.h. It needs nothing of
 * Hone. */
#include "plugin.h"
#include <hone/mpi.h>

#include <stdio.h>
#include <unistd.h>

/* Ranks on this machine, this one included. */
static int count_here(void)
{
    MPI_Comm here;
    int count = 1;
    if (MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &here) == MPI_SUCCESS) {
        MPI_Comm_size(here, &count);
        MPI_Comm_free(&here);
    }
    return count;
}

bool hone_plugin_begin(hone_transport *transport, int *ranks_here)
{
    int level = MPI_THREAD_SINGLE;
    if (MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &level) != MPI_SUCCESS ||
        !hone_mpi_open(MPI_COMM_WORLD, transport))
        return false;
    *ranks_here = count_here();
    return true;
}

/* Whoever was lost, or does not take what was sent to him, must not keep this process. */
void hone_plugin_end(bool failed, int status)
{
    if (failed)
        MPI_Abort(MPI_COMM_WORLD, status);
    alarm(30);
    MPI_Finalize();
    alarm(0);
}
