/* The worst samples in a report: as pictures where the input is one, else as a table. */
#include "base/memory.h"
#include "charts/ticks.h"
#include "data/dataset.h"
#include "report/report.h"
#include "train/feed.h"

#include <math.h>
#include <stdio.h>

enum { MOST_PICTURES = 24, LEAST_SIDE = 8, MOST_SIDE = 2048, WORDS_SIZE = 320 };

/* [h, w], or [h, w, c] with 1 or 3 channels, of a model with one input. */
static bool is_picture(const hone_report_output *output, hone_page_picture *picture)
{
    if (hone_model_input_count(output->model) != 1)
        return false;
    const hone_array *x =
        hone_dataset_input(output->data, hone_internal_feed_input(output->model, output->data, 0));
    int64_t channels = x->rank == 4 ? x->shape[3] : 1;
    if ((x->rank != 3 && x->rank != 4) || (channels != 1 && channels != 3))
        return false;
    *picture = (hone_page_picture){.height = x->shape[1], .width = x->shape[2], .channels = channels};
    return picture->height >= LEAST_SIDE && picture->width >= LEAST_SIDE && picture->height <= MOST_SIDE &&
           picture->width <= MOST_SIDE;
}

static void short_number(float value, char *buffer, size_t size)
{
    if (isnan(value))
        snprintf(buffer, size, "not a number");
    else
        hone_internal_number_short((double)value, buffer, size);
}

/* What it was and what the model said, as cells or as the words under a picture. */
static void say_classes(hone_text *page, const hone_report_output *output, int64_t at, const char *format)
{
    const hone_judged *judged = &output->judged;
    int64_t truth = hone_internal_judged_truth(judged, at), answer = hone_internal_judged_answer(judged, at);
    char buffers[2][24], words[WORDS_SIZE];
    snprintf(words, sizeof words, "%.120s",
             hone_internal_report_class(output, answer, buffers[0], sizeof buffers[0]));
    hone_internal_text_append(page, format);
    hone_internal_page_say(page, words);
    hone_internal_text_format(page, " (%.1f&nbsp;%%)",
                              100 * hone_internal_judged_probability(judged, at, answer));
    hone_internal_text_append(page, format[0] == '<' && format[1] == 't' ? "</td><td class=\"name\">"
                                                                         : "</b><br>actual: ");
    snprintf(words, sizeof words, "%.120s",
             hone_internal_report_class(output, truth, buffers[1], sizeof buffers[1]));
    hone_internal_page_say(page, words);
    hone_internal_text_format(page, " (%.1f&nbsp;%%)",
                              100 * hone_internal_judged_probability(judged, at, truth));
}

/* "wind: ", by the name of the target's column, or by its number; of one number nothing. */
static void say_which(hone_text *page, const hone_report_output *output, int64_t column)
{
    char number[40];
    if (output->judged.width < 2)
        return;
    const char *name = hone_model_target_name(output->model, output->index, column);
    snprintf(number, sizeof number, "%lld", (long long)column);
    hone_internal_page_say(page, name != NULL ? name : number);
    hone_internal_text_append(page, ": ");
}

/* Of several numbers, the one that is off the most. */
static void say_numbers(hone_text *page, const hone_report_output *output, int64_t at, const char *format)
{
    const hone_judged *judged = &output->judged;
    int64_t worst = at * judged->width;
    for (int64_t i = worst; i < (at + 1) * judged->width; i++)
        if (fabsf(judged->outputs[i] - judged->truth[i]) >
            fabsf(judged->outputs[worst] - judged->truth[worst]))
            worst = i;
    char said[48], was[48];
    short_number(judged->outputs[worst], said, sizeof said);
    short_number(judged->truth[worst], was, sizeof was);
    const char *between =
        format[0] == '<' && format[1] == 't' ? "</td><td class=\"name\">" : "</b><br>actual: ";
    hone_internal_text_append(page, format);
    say_which(page, output, worst - at * judged->width);
    hone_internal_text_format(page, "%s%s", said, between);
    say_which(page, output, worst - at * judged->width);
    hone_internal_text_append(page, was);
}

static void say(hone_text *page, const hone_report_output *output, int64_t at, const char *format)
{
    bool classes = output->judged.task == HONE_TASK_CLASSES || output->judged.task == HONE_TASK_BINARY;
    (classes ? say_classes : say_numbers)(page, output, at, format);
}

static hone_status put_picture(hone_text *page, const hone_report_output *output, hone_page_picture picture,
                               float *pixels, int64_t at)
{
    int input = hone_internal_feed_input(output->model, output->data, 0);
    int64_t count = picture.height * picture.width * picture.channels;
    char words[64];
    hone_internal_dataset_gather(output->data, HONE_COMPONENT_INPUT, input, NULL, at, 1, pixels);
    picture.pixels = pixels;
    picture.low = HUGE_VAL;
    picture.high = -HUGE_VAL;
    for (int64_t i = 0; i < count; i++) {
        picture.low = fmin(picture.low, (double)pixels[i]);
        picture.high = fmax(picture.high, (double)pixels[i]);
    }
    snprintf(words, sizeof words, "sample %lld", (long long)at);
    hone_internal_text_append(page, "<figure>");
    HONE_TRY(hone_internal_page_picture(page, &picture, words));
    hone_internal_text_append(page, "<figcaption>");
    say(page, output, at, "<b class=\"wrong\">");
    hone_internal_text_format(page, "<br>sample %lld</figcaption></figure>\n", (long long)at);
    return HONE_OK;
}

static hone_status put_pictures(hone_text *page, const hone_report_output *output, hone_page_picture picture,
                                const int64_t *worst, size_t count)
{
    size_t numbers = (size_t)(picture.height * picture.width * picture.channels);
    float *pixels = hone_internal_allocate_zeroed(numbers, sizeof *pixels);
    hone_status status = pixels == NULL ? HONE_ERROR_MEMORY : HONE_OK;
    hone_internal_text_append(page, "<div class=\"pictures\">\n");
    for (size_t i = 0; i < count && status >= 0; i++)
        status = put_picture(page, output, picture, pixels, worst[i]);
    hone_internal_text_append(page, "</div>\n");
    hone_internal_free(pixels);
    return status;
}

static void put_rows(hone_text *page, const hone_report_output *output, const int64_t *worst, size_t count)
{
    bool positions = output->judged.count > output->judged.samples;
    int64_t each = output->judged.samples > 0 ? output->judged.count / output->judged.samples : 1;
    hone_internal_text_format(
        page,
        "<div class=\"wide\"><table><thead><tr><th>sample</th>%s<th class=\"name\">predicted</th><th "
        "class=\"name\">actual</th></tr></thead><tbody>\n",
        positions ? "<th>position</th>" : "");
    for (size_t i = 0; i < count; i++) {
        hone_internal_text_format(page, "<tr><td>%lld</td>", (long long)(worst[i] / each));
        if (positions)
            hone_internal_text_format(page, "<td>%lld</td>", (long long)(worst[i] % each));
        say(page, output, worst[i], "<td class=\"name\">");
        hone_internal_text_append(page, "</td></tr>\n");
    }
    hone_internal_text_append(page, "</tbody></table></div>\n");
}

hone_status hone_internal_report_worst(hone_text *page, const hone_report_output *output)
{
    hone_page_picture picture;
    size_t count;
    bool classes = output->judged.task == HONE_TASK_CLASSES || output->judged.task == HONE_TASK_BINARY;
    int64_t *worst = hone_internal_worst(&output->judged, MOST_PICTURES, &count);
    hone_status status = HONE_OK;
    if (worst == NULL)
        return HONE_ERROR_MEMORY;
    hone_internal_text_append(page, classes ? "<h3>Worst mistakes</h3>\n" : "<h3>Largest errors</h3>\n");
    if (count == 0)
        hone_internal_text_append(page, "<p>There are none.</p>\n");
    else if (output->judged.count == output->judged.samples && is_picture(output, &picture))
        status = put_pictures(page, output, picture, worst, count);
    else
        put_rows(page, output, worst, count);
    hone_internal_free(worst);
    return status;
}
