/* Pictures in the core alone: there are none, and asking for one says so. */
#include <hone/look.h>

#ifdef HONE_CORE_ONLY

hone_status hone_rate_search_plot(const hone_rate_search *search, const char *path)
{
    (void)search;
    return hone_fail(HONE_ERROR_UNSUPPORTED, "%s: this build of Hone is the core alone, without pictures",
                     path ? path : "(no path)");
}

hone_status hone_plot_model_with(hone_model *model, const char *path, const hone_plot_model_args *args)
{
    (void)model, (void)args;
    return hone_fail(HONE_ERROR_UNSUPPORTED, "%s: this build of Hone is the core alone, without pictures",
                     path ? path : "(no path)");
}

hone_status hone_report_with(const char *path, const hone_report_args *args)
{
    (void)args;
    return hone_fail(HONE_ERROR_UNSUPPORTED, "%s: this build of Hone is the core alone, without reports",
                     path ? path : "(no path)");
}

#endif
