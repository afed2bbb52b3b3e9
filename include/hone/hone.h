/* Hone: train deep networks in C. This header includes the whole public API. */
#ifndef HONE_HONE_H
#define HONE_HONE_H

#include <hone/args.h>
#include <hone/error.h>
#include <hone/memory.h>
#include <hone/runtime.h>

#endif
