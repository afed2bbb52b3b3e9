/* Hone: train deep networks in C. This header includes the whole public API. */
#ifndef HONE_HONE_H
#define HONE_HONE_H

#include <hone/advice.h>
#include <hone/args.h>
#include <hone/array.h>
#include <hone/callbacks.h>
#include <hone/catalog.h>
#include <hone/charts.h>
#include <hone/check.h>
#include <hone/data.h>
#include <hone/data_files.h>
#include <hone/distribution.h>
#include <hone/doctor.h>
#include <hone/error.h>
#include <hone/export.h>
#include <hone/files.h>
#include <hone/generate.h>
#include <hone/layers.h>
#include <hone/limits.h>
#include <hone/look.h>
#include <hone/memory.h>
#include <hone/model.h>
#include <hone/optimizers.h>
#include <hone/output.h>
#include <hone/pipeline.h>
#include <hone/recipe.h>
#include <hone/runtime.h>
#include <hone/schedules.h>
#include <hone/train.h>
#include <hone/version.h>

#endif
