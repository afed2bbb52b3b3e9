/* One trace of all ranks of a fit: that of rank 0, with the clocks of all set by its own. */
#ifndef HONE_TRAIN_TRACES_H
#define HONE_TRAIN_TRACES_H

#include "distributed/group.h"

/* Of the round in which all meet: begins on all ranks where it is on for one, and returns whether it is. */
bool hone_internal_traces_begin(const hone_group *group);
/* At the end, where it is on: rank 0 takes what all others have. */
hone_status hone_internal_traces_gather(hone_group *group);

#endif
