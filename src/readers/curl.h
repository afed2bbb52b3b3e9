/* libcurl, loaded when the first file is fetched. What is not in the list cannot be called: nothing is linked
 * with the library. */
#ifndef HONE_READERS_CURL_H
#define HONE_READERS_CURL_H

#include "base/error.h"
#define CURL_DISABLE_TYPECHECK /* which would be macros */
#include <curl/curl.h>

#undef curl_easy_getinfo
#undef curl_easy_setopt

/* clang-format off */
#define HONE_CURL_FUNCTIONS(F) \
    F(easy_cleanup) F(easy_getinfo) F(easy_init) F(easy_perform) F(easy_setopt) F(easy_strerror) F(global_init)
/* clang-format on */

typedef struct hone_curl {
#define HONE_CURL_MEMBER(name) __typeof__(curl_##name) *name;
    HONE_CURL_FUNCTIONS(HONE_CURL_MEMBER)
#undef HONE_CURL_MEMBER
} hone_curl;

/* NULL pointers until hone_internal_curl_load has succeeded, which also begins the library. */
extern hone_curl hone_internal_curl;
hone_status hone_internal_curl_load(void);

#define curl_easy_cleanup hone_internal_curl.easy_cleanup
#define curl_easy_getinfo hone_internal_curl.easy_getinfo
#define curl_easy_init hone_internal_curl.easy_init
#define curl_easy_perform hone_internal_curl.easy_perform
#define curl_easy_setopt hone_internal_curl.easy_setopt
#define curl_easy_strerror hone_internal_curl.easy_strerror
#define curl_global_init hone_internal_curl.global_init

#endif
