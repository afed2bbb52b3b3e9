/* An event log within: what events_file.c gives to events.c. */
#ifndef HONE_FORMATS_EVENTS_FILE_H
#define HONE_FORMATS_EVENTS_FILE_H

#include "formats/events.h"
#include "formats/tensorboard.pb-c.h"

double hone_internal_event_now(void); /* seconds since 1970 */
/* Packs the event and adds it as a record. */
hone_status hone_internal_event_log_add(hone_event_log *log, const Hone__Tensorboard__Event *event);

#endif
