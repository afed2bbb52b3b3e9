/* Drawing a network into a .svg or .png, or writing it as a .dot. */
#include "base/file.h"
#include "charts/canvas.h"
#include "charts/chart.h"
#include "diagram/diagram.h"
#include "verbs.h"

#include <math.h>
#include <string.h>

enum { PAD = 12, LINE = 18, HEAD = 26, TITLE_SIZE = 13, TEXT_SIZE = 11, ARROW = 7, FRAME_PAD = 12 };

typedef struct drawing {
    hone_canvas canvas;
    hone_diagram *diagram;
    bool sideways, backwards;
} drawing;

static const hone_text_style title_style = {.size = TITLE_SIZE, .bold = true};
static const hone_text_style class_style = {.size = TITLE_SIZE, .ink = HONE_INK_SOFT};
static const hone_text_style text_style = {.size = TEXT_SIZE, .ink = HONE_INK_SOFT};

/* The lines under a box's title; returns how many. */
static int lines_of(const hone_diagram_box *box, const char *labels[4], const char *values[4])
{
    int count = 0;
    labels[count] = "activation ";
    if ((values[count] = box->activation) != NULL)
        count++;
    labels[count] = "in ";
    if ((values[count] = box->input) != NULL)
        count++;
    labels[count] = "out ";
    if ((values[count] = box->output) != NULL)
        count++;
    labels[count] = "";
    if (box->trainable >= 0)
        values[count++] = box->trainable ? "trainable" : "not trainable";
    return count;
}

static const char *title_of(const hone_diagram_box *box)
{
    return box->name != NULL ? box->name : box->class_name;
}

static double class_width(drawing *page, const hone_diagram_box *box)
{
    return box->name == NULL
               ? 0
               : 6 + hone_internal_canvas_text_width(&page->canvas, box->class_name, &class_style);
}

static void measure(drawing *page, hone_diagram_box *box)
{
    const char *labels[4], *values[4];
    int count = lines_of(box, labels, values);
    double width =
        hone_internal_canvas_text_width(&page->canvas, title_of(box), &title_style) + class_width(page, box);
    for (int i = 0; i < count; i++)
        width = fmax(width, hone_internal_canvas_text_width(&page->canvas, labels[i], &text_style) +
                                hone_internal_canvas_text_width(&page->canvas, values[i], &text_style));
    box->width = width + 2 * PAD;
    box->height = HEAD + (count > 0 ? LINE * count + 6 : 0);
}

static void rounded(cairo_t *cairo, double x, double y, double width, double height)
{
    const double radius = 5, quarter = acos(0);
    cairo_new_sub_path(cairo);
    cairo_arc(cairo, x + width - radius, y + radius, radius, -quarter, 0);
    cairo_arc(cairo, x + width - radius, y + height - radius, radius, 0, quarter);
    cairo_arc(cairo, x + radius, y + height - radius, radius, quarter, 2 * quarter);
    cairo_arc(cairo, x + radius, y + radius, radius, 2 * quarter, 3 * quarter);
    cairo_close_path(cairo);
}

static void draw_box(drawing *page, const hone_diagram_box *box)
{
    cairo_t *cairo = page->canvas.cairo;
    double left = box->x - box->width / 2, top = box->y - box->height / 2;
    const char *labels[4], *values[4];
    int count = lines_of(box, labels, values);
    bool is_input = box->layer->type == &hone_internal_input_layer;
    rounded(cairo, left, top, box->width, box->height);
    hone_internal_canvas_ink(&page->canvas, HONE_INK_PAPER, 1);
    cairo_fill_preserve(cairo);
    hone_internal_canvas_ink(&page->canvas, is_input ? HONE_COLOUR_GREEN : HONE_COLOUR_BLUE, 0.12);
    cairo_fill_preserve(cairo);
    hone_internal_canvas_ink(&page->canvas, is_input ? HONE_COLOUR_GREEN : HONE_COLOUR_BLUE, 1);
    cairo_set_line_width(cairo, 1.2);
    cairo_stroke(cairo);
    double title = hone_internal_canvas_text_width(&page->canvas, title_of(box), &title_style);
    double start = box->x - (title + class_width(page, box)) / 2;
    hone_internal_canvas_text(&page->canvas, start, top + 17.5, title_of(box), &title_style);
    if (box->name != NULL)
        hone_internal_canvas_text(&page->canvas, start + title + 6, top + 17.5, box->class_name,
                                  &class_style);
    for (int i = 0; i < count; i++) {
        double baseline = top + HEAD + LINE * i + 11,
               label = hone_internal_canvas_text_width(&page->canvas, labels[i], &text_style);
        double at =
            box->x - (label + hone_internal_canvas_text_width(&page->canvas, values[i], &text_style)) / 2;
        hone_text_style value = text_style;
        value.ink = box->trainable == 0 && i == count - 1 ? HONE_COLOUR_RED : HONE_INK_TEXT;
        hone_internal_canvas_text(&page->canvas, at, baseline, labels[i], &text_style);
        hone_internal_canvas_text(&page->canvas, at + label, baseline, values[i], &value);
    }
}

/* ---- arrows ---- */

/* Where arrows leave (`end` 1) and reach (-1) a box: the middle of the side towards the next, or last, rank.
 */
static void side_of(const drawing *page, const hone_diagram_box *box, int end, double *x, double *y)
{
    double way = page->backwards ? -end : end;
    *x = box->x + (page->sideways ? way * box->width / 2 : 0);
    *y = box->y + (page->sideways ? 0 : way * box->height / 2);
}

static void curve(const drawing *page, double x0, double y0, double x1, double y1)
{
    double middle_x = (x0 + x1) / 2, middle_y = (y0 + y1) / 2;
    if (page->sideways)
        cairo_curve_to(page->canvas.cairo, middle_x, y0, middle_x, y1, x1, y1);
    else
        cairo_curve_to(page->canvas.cairo, x0, middle_y, x1, middle_y, x1, y1);
}

static void draw_head(const drawing *page, double x, double y)
{
    cairo_t *cairo = page->canvas.cairo;
    double way = page->backwards ? -1 : 1;
    cairo_move_to(cairo, x, y);
    cairo_line_to(cairo, page->sideways ? x - way * ARROW : x - ARROW / 2.0,
                  page->sideways ? y - ARROW / 2.0 : y - way * ARROW);
    cairo_line_to(cairo, page->sideways ? x - way * ARROW : x + ARROW / 2.0,
                  page->sideways ? y + ARROW / 2.0 : y - way * ARROW);
    cairo_close_path(cairo);
    cairo_fill(cairo);
}

static void draw_arrow(drawing *page, const hone_arrow *arrow)
{
    cairo_t *cairo = page->canvas.cairo;
    bool back = arrow->from >= arrow->to;
    double x, y, end_x, end_y;
    side_of(page, &page->diagram->boxes[arrow->from], 1, &x, &y);
    side_of(page, &page->diagram->boxes[arrow->to], -1, &end_x, &end_y);
    hone_internal_canvas_ink(&page->canvas, HONE_INK_SOFT, 1);
    cairo_set_line_width(cairo, 1.3);
    cairo_move_to(cairo, x, y);
    for (size_t i = 0; i < arrow->point_count; i++) {
        curve(page, x, y, arrow->points[2 * i], arrow->points[2 * i + 1]);
        x = arrow->points[2 * i];
        y = arrow->points[2 * i + 1];
    }
    if (back)
        cairo_curve_to(cairo, x + 60, y + 30, end_x + 60, end_y - 30, end_x, end_y);
    else
        curve(page, x, y, end_x, end_y);
    cairo_stroke(cairo);
    draw_head(page, end_x, end_y);
}

/* ---- frames ---- */

static bool stands_in(const hone_diagram *diagram, int frame, int wanted, int *depth)
{
    *depth = 0;
    for (; frame >= 0 && frame != wanted; frame = diagram->frames[frame].outer)
        ++*depth;
    return frame == wanted;
}

static void draw_frame(drawing *page, int frame)
{
    static const double dashes[] = {4, 3};
    const hone_diagram *diagram = page->diagram;
    double left = HUGE_VAL, top = HUGE_VAL, right = -HUGE_VAL, bottom = -HUGE_VAL;
    int deepest = 0;
    for (size_t i = 0; i < diagram->box_count; i++) {
        const hone_diagram_box *box = &diagram->boxes[i];
        int depth;
        if (!stands_in(diagram, box->frame, frame, &depth))
            continue;
        deepest = depth > deepest ? depth : deepest;
        left = fmin(left, box->x - box->width / 2);
        right = fmax(right, box->x + box->width / 2);
        top = fmin(top, box->y - box->height / 2);
        bottom = fmax(bottom, box->y + box->height / 2);
    }
    double pad = FRAME_PAD + 5 * deepest;
    if (left > right)
        return;
    hone_text_style style = {.size = TEXT_SIZE, .ink = HONE_INK_SOFT, .room = right - left + pad};
    rounded(page->canvas.cairo, left - pad, top - pad - 8, right - left + 2 * pad,
            bottom - top + 2 * pad + 8);
    hone_internal_canvas_ink(&page->canvas, HONE_INK_AXIS, 1);
    cairo_set_line_width(page->canvas.cairo, 1);
    cairo_set_dash(page->canvas.cairo, dashes, 2, 0);
    cairo_stroke(page->canvas.cairo);
    cairo_set_dash(page->canvas.cairo, NULL, 0, 0);
    hone_internal_canvas_text(&page->canvas, left - pad + 6, top - pad + 4, diagram->frames[frame].name,
                              &style);
}

/* ---- the file ---- */

static hone_status draw(drawing *page, const char *path)
{
    hone_diagram *diagram = page->diagram;
    HONE_TRY(hone_internal_canvas_open(&page->canvas, path, 10, 10)); /* to measure texts with */
    for (size_t i = 0; i < diagram->box_count; i++)
        measure(page, &diagram->boxes[i]);
    hone_internal_canvas_close(&page->canvas);
    HONE_TRY(hone_internal_diagram_layout(diagram, page->sideways, page->backwards));
    HONE_TRY(hone_internal_canvas_open(&page->canvas, path, ceil(diagram->width), ceil(diagram->height)));
    for (size_t i = 0; i < diagram->frame_count; i++)
        draw_frame(page, (int)i);
    for (size_t i = 0; i < diagram->arrow_count; i++)
        draw_arrow(page, &diagram->arrows[i]);
    for (size_t i = 0; i < diagram->box_count; i++)
        draw_box(page, &diagram->boxes[i]);
    return hone_internal_canvas_save(&page->canvas, path);
}

static hone_status write_dot(const hone_diagram *diagram, const hone_plot_model_args *args, const char *path)
{
    hone_text text = {0};
    hone_internal_diagram_dot(diagram, args, &text);
    hone_status status = text.failed ? HONE_ERROR_MEMORY : hone_write_file(path, text.data, text.length);
    hone_internal_text_free(&text);
    return status;
}

/* *dot: it is written for Graphviz. */
static hone_status check_path(const char *path, bool *dot)
{
    size_t length = strlen(path);
    *dot = length > 4 && strcmp(path + length - 4, ".dot") == 0;
    return *dot ? HONE_OK : hone_internal_chart_check_path(path);
}

hone_status hone_plot_model_with(hone_model *model, const char *path, const hone_plot_model_args *said)
{
    hone_diagram diagram = {.boxes = NULL};
    hone_plot_model_args args;
    bool dot;
    if (model == NULL || path == NULL)
        return hone_internal_fail_null(model == NULL ? "a model" : "a path");
    HONE_TRY(hone_internal_args_read(&hone_internal_plot_model_verb, said, &args));
    HONE_TRY(check_path(path, &dot));
    drawing page = {.diagram = &diagram,
                    .sideways = strchr("LR", args.rankdir[0]) != NULL,
                    .backwards = strchr("BR", args.rankdir[0]) != NULL};
    hone_status status = hone_internal_diagram_make(&diagram, model, &args);
    if (status >= 0)
        status = dot ? write_dot(&diagram, &args, path) : draw(&page, path);
    hone_internal_canvas_close(&page.canvas);
    hone_internal_diagram_free(&diagram);
    return status;
}
