/* Charts inside: what is asked before long work. The rest is public, hone/charts.h. */
#ifndef HONE_CHARTS_CHART_H
#define HONE_CHARTS_CHART_H

#include "base/error.h"
#include <hone/charts.h>

/* Fails when `path` ends in neither .png nor .svg. */
hone_status hone_internal_chart_check_path(const char *path);

#endif
