/* Between the command and its plugins for MPI: shared objects with these two functions. */
#ifndef HONE_PLUGIN_H
#define HONE_PLUGIN_H

#include <hone/distribution.h>

/* Starts MPI. The transport over all processes, and how many of them run on this machine; false on failure.
 */
typedef bool hone_plugin_begin_function(hone_transport *transport, int *ranks_here);
hone_plugin_begin_function hone_plugin_begin;
/* Ends MPI; `failed`: for all processes, with this exit status. */
typedef void hone_plugin_end_function(bool failed, int status);
hone_plugin_end_function hone_plugin_end;

#endif
