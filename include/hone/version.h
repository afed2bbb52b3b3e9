/* The version of these headers, for #if, and that of the library that a program runs with. */
#ifndef HONE_VERSION_H
#define HONE_VERSION_H

#ifdef __cplusplus
extern "C" {
#endif

#define HONE_VERSION_MAJOR 0
#define HONE_VERSION_MINOR 1
#define HONE_VERSION_PATCH 0
#define HONE_VERSION (HONE_VERSION_MAJOR * 10000 + HONE_VERSION_MINOR * 100 + HONE_VERSION_PATCH) /* 100 */

const char *hone_version(void); /* "0.1.0", of the library; it lives for ever */

#ifdef __cplusplus
}
#endif
#endif
