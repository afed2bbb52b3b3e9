/* The doctor's page: what was found, the loss, and each layer's gradients, updates, dead and saturated units
 * over time. */
#include "base/plural.h"
#include "doctor/doctor.h"
#include "report/report.h"

#include <hone/output.h>

#include <math.h>
#include <stdio.h>

enum { MOST_LINES = 6 };

static void put_finding(hone_text *page, const hone_finding *finding)
{
    hone_internal_text_append(page, "<h3>");
    hone_internal_page_say_format(page, "%s%s%s (%s)", finding->layer, finding->layer[0] == '\0' ? "" : ": ",
                                  finding->title, finding->id);
    hone_internal_text_append(page, "</h3><p>");
    hone_internal_page_say(page, finding->message);
    hone_internal_text_append(page, "</p>");
    if (finding->advice[0] != '\0' || finding->path[0] != '\0') {
        hone_internal_text_append(page, "<p>");
        if (finding->path[0] != '\0')
            hone_internal_page_say_format(page, "%s: %s. ", finding->path, finding->becomes);
        hone_internal_page_say(page, finding->advice);
        hone_internal_text_append(page, "</p>");
    }
    if (finding->verified) {
        hone_internal_text_append(page, "<p>");
        hone_internal_page_say_format(
            page, "Proved over %lld step%s with %d seed%s: the loss goes to %.4g instead of %.4g.",
            (long long)finding->proof_steps, hone_internal_plural(finding->proof_steps), finding->proof_seeds,
            hone_internal_plural(finding->proof_seeds), finding->after, finding->before);
        hone_internal_text_append(page, "</p>");
    }
}

static void put_loss(hone_text *page, const hone_doctor_facts *facts)
{
    double x[HONE_DOCTOR_BLOCKS], chance[2] = {facts->constant_loss, facts->constant_loss}, ends[2];
    for (int i = 0; i < facts->block_count; i++)
        x[i] = ((double)i + 0.5) * (double)facts->steps / facts->block_count;
    ends[0] = x[0];
    ends[1] = x[facts->block_count - 1];
    hone_page_series series[] = {{.mark = HONE_PAGE_LINE,
                                  .label = "loss",
                                  .x = x,
                                  .y = facts->blocks,
                                  .count = (size_t)facts->block_count,
                                  .colour = 1},
                                 {.mark = HONE_PAGE_LINE,
                                  .label = "best constant",
                                  .x = ends,
                                  .y = chance,
                                  .count = 2,
                                  .colour = 4,
                                  .dashed = true}};
    hone_internal_page_plot(page, &(hone_page_plot){.title = "Loss of the batches",
                                                    .x_label = "step",
                                                    .series = series,
                                                    .series_count = isnan(facts->constant_loss) ? 1 : 2,
                                                    .x_integers = true,
                                                    .from_zero = true,
                                                    .vertical = HONE_NONE});
}

/* One of the four numbers of the layers that have it, over the checks. */
static void put_layers(hone_text *page, const hone_diagnosis *diagnosis, int number, const char *title,
                       bool logarithmic)
{
    hone_page_series series[MOST_LINES];
    size_t count = 0, checks = diagnosis->record_count;
    double *x = hone_internal_try_allocate((checks * (MOST_LINES + 1) + 1) * sizeof *x);
    double alarm = diagnosis->count > 0 && diagnosis->findings[0].step > 0
                       ? (double)diagnosis->findings[0].step
                       : HONE_NONE;
    if (x == NULL)
        return;
    for (size_t c = 0; c < checks; c++)
        x[c] = (double)diagnosis->records[c].step;
    for (int l = 0; l < diagnosis->facts.layer_count && count < MOST_LINES; l++) {
        const hone_doctor_layer *layer = &diagnosis->facts.layers[l];
        double *y = x + checks * (count + 1);
        bool any = false;
        for (size_t c = 0; c < checks; c++) {
            y[c] = diagnosis->records[c].layers[4 * l + number];
            any = any || (isfinite(y[c]) && y[c] > 0);
        }
        if (any && (layer->weights || number > 1))
            series[count] = (hone_page_series){.mark = HONE_PAGE_LINE,
                                               .label = layer->name,
                                               .x = x,
                                               .y = y,
                                               .count = checks,
                                               .colour = (int)(count % 4) + 1,
                                               .dashed = count >= 4};
        count += any && (layer->weights || number > 1);
    }
    if (count > 0)
        hone_internal_page_plot(page, &(hone_page_plot){.title = title,
                                                        .x_label = "step",
                                                        .series = series,
                                                        .series_count = count,
                                                        .x_integers = true,
                                                        .y_logarithmic = logarithmic,
                                                        .from_zero = !logarithmic,
                                                        .vertical = alarm});
    hone_internal_free(x);
}

static void put_lists(hone_text *page, const hone_diagnosis *diagnosis)
{
    for (size_t i = 0; i < diagnosis->excluded_count; i++)
        hone_internal_page_say_format(page, "%s%s", i == 0 ? "Not it: " : "; ", diagnosis->excluded[i]);
    hone_internal_text_append(page, "</p><p class=\"soft\">");
    for (size_t i = 0; i < diagnosis->skipped_count; i++)
        hone_internal_page_say_format(page, "%s%s", i == 0 ? "Left out: " : "; ", diagnosis->skipped[i]);
}

void hone_internal_report_diagnosis(hone_text *page, const hone_diagnosis *diagnosis)
{
    const hone_doctor_facts *facts = &diagnosis->facts;
    hone_internal_page_section(page, "Diagnosis");
    hone_internal_page_count(page, "steps", facts->steps);
    if (isfinite(facts->q))
        hone_internal_page_number(page, "q (1: no error, 0: a constant)", facts->q);
    hone_internal_text_append(page, "<p>");
    hone_internal_page_say_format(page, "Outcome: %s.", hone_internal_outcome_name(facts->outcome));
    hone_internal_text_append(page, "</p>");
    for (int i = 0; i < diagnosis->count; i++)
        put_finding(page, &diagnosis->findings[i]);
    hone_internal_text_append(page, "<p class=\"soft\">");
    put_lists(page, diagnosis);
    hone_internal_text_append(page, "</p>");
    if (facts->block_count < 2 && diagnosis->record_count == 0)
        return;
    hone_internal_page_section(page, "Over time");
    if (facts->block_count > 1)
        put_loss(page, facts);
    put_layers(page, diagnosis, 0, "Gradients of the layers' sums", true);
    put_layers(page, diagnosis, 1, "Change of the weights in a step, relative", true);
    put_layers(page, diagnosis, 2, "Share of dead units", false);
    put_layers(page, diagnosis, 3, "Share of saturated units", false);
}

hone_status hone_diagnosis_report(const hone_diagnosis *diagnosis, const char *path)
{
    hone_text page = {.data = NULL};
    if (diagnosis == NULL || path == NULL)
        return hone_internal_fail_null(diagnosis == NULL ? "a diagnosis" : "a path");
    hone_internal_page_begin(&page, "Training doctor");
    hone_internal_report_diagnosis(&page, diagnosis);
    hone_internal_text_append(&page, "</section><section><p class=\"soft\">Written by hone doctor.</p>\n");
    hone_internal_page_end(&page);
    hone_status status = page.failed ? HONE_ERROR_MEMORY : hone_write_file(path, page.data, page.length);
    hone_internal_text_free(&page);
    return status;
}
