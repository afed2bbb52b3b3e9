/* A model as boxes and arrows: which there are, where they stand, as a .dot. */
#ifndef HONE_DIAGRAM_DIAGRAM_H
#define HONE_DIAGRAM_DIAGRAM_H

#include "base/memory.h"
#include "base/text.h"
#include "model/model.h"
#include <hone/look.h>

typedef struct hone_diagram_box {
    const hone_layer *layer;
    const char *name, *class_name;
    const char *activation, *input, *output; /* NULL: not shown */
    int trainable;                           /* 1, 0; -1: not shown */
    int frame;                               /* the inner model it stands in, or -1 */
    /* The layout: the caller gives the size. */
    double width, height, x, y; /* x, y: of the middle */
    size_t rank;
} hone_diagram_box;
typedef struct hone_diagram_frame { /* of an inner model */
    const char *name;
    int outer; /* the frame it stands in, or -1 */
} hone_diagram_frame;
typedef struct hone_arrow {
    size_t from, to;
    double *points; /* x, y of the places that it passes between its boxes */
    size_t point_count;
} hone_arrow;

typedef struct hone_diagram {
    hone_arena arena;
    hone_diagram_box *boxes;
    hone_diagram_frame *frames;
    hone_arrow *arrows;
    size_t box_count, frame_count, arrow_count;
    size_t box_capacity, frame_capacity, arrow_capacity;
    double width, height; /* of all */
} hone_diagram;

/* Fills a zeroed one; free it also after a failure. */
hone_status hone_internal_diagram_make(hone_diagram *diagram, const hone_model *model,
                                       const hone_plot_model_args *args);
void hone_internal_diagram_free(hone_diagram *diagram);
/* Boxes in ranks from top to bottom, or (`sideways`) from left to right, all arrows forward; few crossings,
 * each box near those that it is connected to. */
hone_status hone_internal_diagram_layout(hone_diagram *diagram, bool sideways, bool backwards);
void hone_internal_diagram_dot(const hone_diagram *diagram, const hone_plot_model_args *args,
                               hone_text *text);

#endif
