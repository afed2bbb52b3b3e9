/* libcurl's functions, found when they are first needed. */
#include "readers/curl.h"

#include "base/late.h"

hone_curl hone_internal_curl;

static const char *const files[] = {"libcurl.so.4", "libcurl-gnutls.so.4", "libcurl.4.dylib", "libcurl-4.dll",
                                    NULL};
static const char *const functions[] = {
#define HONE_CURL_NAME(name) "curl_" #name,
    HONE_CURL_FUNCTIONS(HONE_CURL_NAME)
#undef HONE_CURL_NAME
};

static void begin(void)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
}

hone_status hone_internal_curl_load(void)
{
    static const hone_late_library library = {
        .name = "libcurl",
        .use = "files are fetched by",
        .files = files,
        .functions = functions,
        .count = sizeof functions / sizeof *functions,
        .begin = begin,
    };
    return hone_internal_late_load(&library, &hone_internal_curl);
}
