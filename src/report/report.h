/* The parts of a report, each added to the page. */
#ifndef HONE_REPORT_REPORT_H
#define HONE_REPORT_REPORT_H

#include "charts/curve_table.h"
#include "report/numbers.h"
#include "report/page.h"
#include <hone/doctor.h>
#include <hone/look.h>

/* One output of the model over the data. */
typedef struct hone_report_output {
    const char *name; /* of the output; NULL when it is the only one */
    int index;        /* of the output */
    hone_judged judged;
    const char *const *class_names;
    size_t class_name_count;
    hone_model *model;
    hone_dataset *data;
    const double *accuracy; /* that stands on the page already, as the model's metric; NULL: none does */
} hone_report_output;

/* "trouser", or the number of the class; buffer of at least 24 bytes. */
const char *hone_internal_report_class(const hone_report_output *output, int64_t class, char *buffer,
                                       size_t size);

/* Whether the data can be compared with the model's outputs; and what an output, `outputs` for all samples,
 * is right about: fills output->judged, to be freed also after a failure. */
hone_status hone_internal_report_check_data(hone_model *model, const hone_dataset *data);
hone_status hone_internal_report_judge(hone_report_output *output, const hone_array *outputs);

void hone_internal_report_curves(hone_text *page, const hone_curve_table *table);
hone_status hone_internal_report_model(hone_text *page, hone_model *model);
hone_status hone_internal_report_classes(hone_text *page, const hone_report_output *output);
hone_status hone_internal_report_regression(hone_text *page, const hone_report_output *output);
/* The samples that went worst, as pictures where the input is one, else as a table. */
hone_status hone_internal_report_worst(hone_text *page, const hone_report_output *output);

/* Filters of the first convolution, and what they make of the first sample; nothing when there is none.
 * `data` may be NULL. */
hone_status hone_internal_report_maps(hone_text *page, hone_model *model, const hone_dataset *data);

/* The columns of a table behind the inputs `x` of a model, by the data's schema, else by number: names and
 * places. */
hone_status hone_internal_report_columns(hone_importance *columns, const hone_model *model,
                                         const hone_dataset *data, int inputs, const hone_array *x);

/* The sections of a diagnosis; and of one in a file of JSON, as hone doctor --json prints it. */
void hone_internal_report_diagnosis(hone_text *page, const hone_diagnosis *diagnosis);
hone_status hone_internal_report_doctor(hone_text *page, const char *path);

#endif
