/* Pictures in the core alone: there are none, and asking for one says so. */
#include <hone/charts.h>
#include <hone/check.h>
#include <hone/doctor.h>
#include <hone/look.h>

#ifdef HONE_CORE_ONLY

static hone_status refuse_picture(const char *path)
{
    return hone_fail(HONE_ERROR_UNSUPPORTED, "%s: this build of Hone is core only, without pictures",
                     path ? path : "(no path)");
}

hone_status hone_chart_write(const char *path, const hone_chart *chart)
{
    (void)chart;
    return refuse_picture(path);
}

hone_status hone_sheet_write(const char *path, const hone_sheet *sheet)
{
    (void)sheet;
    return refuse_picture(path);
}

hone_status hone_parallel_write(const char *path, const hone_parallel *chart)
{
    (void)chart;
    return refuse_picture(path);
}

hone_status hone_report_table(const char *path, const hone_parallel *chart, const hone_report_rows *rows)
{
    (void)chart, (void)rows;
    return refuse_picture(path);
}

hone_status hone_plot_history(const hone_history *history, const char *path)
{
    (void)history;
    return refuse_picture(path);
}

hone_status hone_rate_search_plot(const hone_rate_search *search, const char *path)
{
    (void)search;
    return refuse_picture(path);
}

hone_status hone_explanation_draw(const hone_explanation *explanation, const hone_array *images,
                                  const char *const *class_names, const char *path)
{
    (void)explanation, (void)images, (void)class_names;
    return refuse_picture(path);
}

hone_status hone_describe_page(const char *source, const char *path)
{
    (void)source;
    return refuse_picture(path);
}

hone_status hone_threshold_find(hone_model *model, hone_dataset *data, const char *measure,
                                hone_threshold_search *found)
{
    (void)model, (void)data, (void)measure, (void)found;
    return refuse_picture("threshold");
}

hone_status hone_thresholds_find(hone_model *model, hone_dataset *data, const char *measure,
                                 hone_threshold_found **found, size_t *count)
{
    (void)model, (void)data, (void)measure, (void)found, (void)count;
    return refuse_picture("threshold");
}

hone_status hone_filters_draw(const hone_model *model, const char *layer, const char *path)
{
    (void)model, (void)layer;
    return refuse_picture(path);
}

hone_status hone_maps_draw(hone_model *model, const hone_array *images, const char *layer, const char *path)
{
    (void)model, (void)images, (void)layer;
    return refuse_picture(path);
}

hone_status hone_plot_model_with(hone_model *model, const char *path, const hone_plot_model_args *args)
{
    (void)model, (void)args;
    return refuse_picture(path);
}

static hone_status refuse_report(void)
{
    return hone_fail(HONE_ERROR_UNSUPPORTED, "this build of Hone is core only, without reports");
}

hone_status hone_score(hone_model *model, hone_dataset *data, int output, int64_t batch_size,
                       hone_scores *scores)
{
    (void)model, (void)data, (void)output, (void)batch_size, (void)scores;
    return refuse_report();
}

hone_status hone_calibrate(hone_model *model, hone_dataset *data, hone_temperature **found, size_t *count)
{
    (void)model, (void)data, (void)found, (void)count;
    return refuse_report();
}

void hone_scores_free(hone_scores *scores)
{
    (void)scores;
}

hone_status hone_importance_of_with(hone_model *model, hone_dataset *data, hone_importance *importance,
                                    const hone_importance_args *args)
{
    (void)model, (void)data, (void)importance, (void)args;
    return refuse_report();
}

hone_status hone_importance_draw(const hone_importance *importance, const char *path)
{
    (void)importance;
    return refuse_picture(path);
}

void hone_importance_free(hone_importance *importance)
{
    (void)importance;
}

hone_status hone_row_effects_of(hone_model *model, hone_dataset *data, int64_t sample, int64_t class_number,
                                hone_row_effects *effects)
{
    (void)model, (void)data, (void)sample, (void)class_number, (void)effects;
    return refuse_report();
}

void hone_row_effects_free(hone_row_effects *effects)
{
    (void)effects;
}

hone_status hone_diagnosis_report(const hone_diagnosis *diagnosis, const char *path)
{
    (void)diagnosis, (void)path;
    return refuse_report();
}

static hone_status refuse_check(void)
{
    return hone_fail(HONE_ERROR_UNSUPPORTED,
                     "this build of Hone is core only, without the checks of custom parts");
}

hone_status hone_check_layer(const char *spec, hone_shape input)
{
    (void)spec, (void)input;
    return refuse_check();
}

hone_status hone_check_loss(const char *spec, const hone_array *y_true, const hone_array *y_pred)
{
    (void)spec, (void)y_true, (void)y_pred;
    return refuse_check();
}

hone_status hone_check_metric(const char *spec, const hone_array *y_true, const hone_array *y_pred)
{
    (void)spec, (void)y_true, (void)y_pred;
    return refuse_check();
}

hone_status hone_check_optimizer(const char *spec)
{
    (void)spec;
    return refuse_check();
}

hone_status hone_report_with(const char *path, const hone_report_args *args)
{
    (void)args;
    return hone_fail(HONE_ERROR_UNSUPPORTED, "%s: this build of Hone is core only, without reports",
                     path ? path : "(no path)");
}

#endif
