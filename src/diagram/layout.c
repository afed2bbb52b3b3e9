/* Where boxes stand. Each box has a rank, one more than the highest of those that it reads; an arrow over
 * several ranks passes a point in each between. Within ranks, boxes and points are ordered by the mean place
 * of their neighbours, some rounds down and up; then each is drawn towards its neighbours as far as the
 * others let it. */
#include "diagram/diagram.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ROUNDS = 8, GAP = 26, RANK_GAP = 38, POINT_WIDTH = 10, MARGIN = 24, FRAME_GAP = 18 };

/* A box, or a point of an arrow. */
typedef struct item {
    size_t rank, order;
    int frame;
    double place, size; /* along its rank: the middle, and the length */
    double key, group;  /* for sorting */
} item;

typedef struct layout {
    hone_diagram *diagram;
    item *items; /* boxes first */
    size_t count, ranks;
    size_t (*links)[2]; /* between items of neighbouring ranks, from the lower to the higher */
    size_t link_count;
    item **sorted;  /* items by rank and order */
    size_t *starts; /* of each rank in `sorted`; ranks + 1 of them */
    double *sums, *weights;
    double *middles, *halves; /* of each rank, across: its middle, half its thickness */
} layout;

static bool forward(const hone_arrow *arrow)
{
    return arrow->from < arrow->to;
}

/* Boxes come in an order in which they can run; what leads back (a layer used again) counts for nothing. */
static void find_ranks(hone_diagram *diagram, bool *read)
{
    for (size_t to = 0; to < diagram->box_count; to++)
        for (size_t i = 0; i < diagram->arrow_count; i++) {
            const hone_arrow *arrow = &diagram->arrows[i];
            size_t rank = diagram->boxes[arrow->from].rank + 1;
            if (arrow->to != to || !forward(arrow))
                continue;
            read[to] = true;
            if (diagram->boxes[to].rank < rank)
                diagram->boxes[to].rank = rank;
        }
    for (size_t from = diagram->box_count; from-- > 0;) { /* inputs stand right above what reads them */
        size_t least = SIZE_MAX;
        for (size_t i = 0; i < diagram->arrow_count && !read[from]; i++)
            if (diagram->arrows[i].from == from && forward(&diagram->arrows[i]) &&
                diagram->boxes[diagram->arrows[i].to].rank < least)
                least = diagram->boxes[diagram->arrows[i].to].rank;
        if (least != SIZE_MAX && least > 0)
            diagram->boxes[from].rank = least - 1;
    }
}

static size_t span_of(const hone_diagram *diagram, const hone_arrow *arrow)
{
    return forward(arrow) ? diagram->boxes[arrow->to].rank - diagram->boxes[arrow->from].rank : 0;
}

static hone_status allocate(layout *plan)
{
    hone_diagram *diagram = plan->diagram;
    size_t items = diagram->box_count, links = 0;
    for (size_t i = 0; i < diagram->arrow_count; i++) {
        size_t span = span_of(diagram, &diagram->arrows[i]);
        items += span > 1 ? span - 1 : 0;
        links += span;
    }
    for (size_t i = 0; i < diagram->box_count; i++)
        if (diagram->boxes[i].rank >= plan->ranks)
            plan->ranks = diagram->boxes[i].rank + 1;
    hone_arena *arena = &diagram->arena;
    plan->items = hone_internal_arena_allocate(arena, (items + 1) * sizeof *plan->items);
    plan->links = hone_internal_arena_allocate(arena, (links + 1) * sizeof *plan->links);
    plan->sorted = hone_internal_arena_allocate(arena, (items + 1) * sizeof *plan->sorted);
    plan->starts = hone_internal_arena_allocate(arena, (plan->ranks + 2) * sizeof *plan->starts);
    plan->sums = hone_internal_arena_allocate(arena, (items + 1) * sizeof *plan->sums);
    plan->weights = hone_internal_arena_allocate(arena, (items + 1) * sizeof *plan->weights);
    plan->middles = hone_internal_arena_allocate(arena, (plan->ranks + 1) * sizeof *plan->middles);
    plan->halves = hone_internal_arena_allocate(arena, (plan->ranks + 1) * sizeof *plan->halves);
    return plan->items == NULL || plan->links == NULL || plan->sorted == NULL || plan->starts == NULL ||
                   plan->sums == NULL || plan->weights == NULL || plan->middles == NULL ||
                   plan->halves == NULL
               ? HONE_ERROR_MEMORY
               : HONE_OK;
}

static void add_link(layout *plan, size_t from, size_t to)
{
    plan->links[plan->link_count][0] = from;
    plan->links[plan->link_count++][1] = to;
}

/* Items, and the links of each arrow through its points, whose numbers follow one another. */
static void fill_items(layout *plan, bool sideways)
{
    const hone_diagram *diagram = plan->diagram;
    for (size_t i = 0; i < diagram->box_count; i++) {
        const hone_diagram_box *box = &diagram->boxes[i];
        plan->items[i] = (item){
            .rank = box->rank, .frame = box->frame, .size = sideways ? box->height : box->width, .order = i};
    }
    plan->count = diagram->box_count;
    for (size_t i = 0; i < diagram->arrow_count; i++) {
        const hone_arrow *arrow = &diagram->arrows[i];
        size_t last = arrow->from;
        for (size_t step = 1; step < span_of(diagram, arrow); step++) {
            bool within = diagram->boxes[arrow->from].frame == diagram->boxes[arrow->to].frame;
            plan->items[plan->count] = (item){.rank = diagram->boxes[arrow->from].rank + step,
                                              .frame = within ? diagram->boxes[arrow->from].frame : -1,
                                              .size = POINT_WIDTH,
                                              .order = plan->count};
            add_link(plan, last, plan->count);
            last = plan->count++;
        }
        if (forward(arrow))
            add_link(plan, last, arrow->to);
    }
}

static int by_rank(const void *a, const void *b)
{
    const item *first = *(const item *const *)a, *second = *(const item *const *)b;
    if (first->rank != second->rank)
        return first->rank < second->rank ? -1 : 1;
    if (first->group != second->group)
        return first->group < second->group ? -1 : 1;
    if (first->frame != second->frame)
        return first->frame < second->frame ? -1 : 1;
    if (first->key != second->key)
        return first->key < second->key ? -1 : 1;
    return first->order < second->order ? -1 : first->order > second->order;
}

/* Boxes of one frame stand together: sorted by the mean key of the frame first. */
static void sort_ranks(layout *plan)
{
    for (size_t rank = 0; rank < plan->ranks; rank++)
        for (size_t i = plan->starts[rank]; i < plan->starts[rank + 1]; i++) {
            item *own = plan->sorted[i];
            double sum = 0, count = 0;
            for (size_t j = plan->starts[rank]; j < plan->starts[rank + 1] && own->frame >= 0; j++)
                if (plan->sorted[j]->frame == own->frame) {
                    sum += plan->sorted[j]->key;
                    count++;
                }
            own->group = count > 0 ? sum / count : own->key;
        }
    qsort(plan->sorted, plan->count, sizeof *plan->sorted, by_rank);
    for (size_t rank = 0; rank < plan->ranks; rank++)
        for (size_t i = plan->starts[rank]; i < plan->starts[rank + 1]; i++)
            plan->sorted[i]->order = i - plan->starts[rank];
}

static void begin_order(layout *plan)
{
    for (size_t i = 0; i < plan->count; i++) {
        plan->sorted[i] = &plan->items[i];
        plan->items[i].key = plan->items[i].group = (double)i;
    }
    qsort(plan->sorted, plan->count, sizeof *plan->sorted, by_rank);
    for (size_t i = plan->count; i-- > 0;)
        plan->starts[plan->sorted[i]->rank] = i;
    plan->starts[plan->ranks] = plan->count;
    sort_ranks(plan);
}

/* The mean of `value` over an item's neighbours above, below, or both; its own where it has none. */
static void average(layout *plan, bool above, bool below, bool places)
{
    memset(plan->sums, 0, plan->count * sizeof *plan->sums);
    memset(plan->weights, 0, plan->count * sizeof *plan->weights);
    for (size_t i = 0; i < plan->link_count; i++)
        for (int end = 0; end < 2; end++) {
            size_t own = plan->links[i][end], other = plan->links[i][1 - end];
            if (end == 0 ? !below : !above)
                continue;
            plan->sums[own] += places ? plan->items[other].place : (double)plan->items[other].order;
            plan->weights[own]++;
        }
}

static void reduce_crossings(layout *plan)
{
    for (int round = 0; round < ROUNDS; round++) {
        average(plan, round % 2 == 0, round % 2 == 1, false);
        for (size_t i = 0; i < plan->count; i++)
            plan->items[i].key =
                plan->weights[i] > 0 ? plan->sums[i] / plan->weights[i] : (double)plan->items[i].order;
        sort_ranks(plan);
    }
}

/* ---- places along the ranks ---- */

static double apart(const item *a, const item *b)
{
    return (a->size + b->size) / 2 + GAP + (a->frame != b->frame ? FRAME_GAP : 0);
}

/* Nearest to the wanted places (in `key`) with the gaps kept: the mean of pushing right and pushing left. */
static void settle(layout *plan, size_t rank)
{
    size_t begin = plan->starts[rank], end = plan->starts[rank + 1];
    for (size_t i = begin; i < end; i++) {
        item *own = plan->sorted[i];
        const item *before = i > begin ? plan->sorted[i - 1] : NULL;
        own->place = before == NULL ? own->key : fmax(own->key, before->place + apart(before, own));
    }
    double limit = 0;
    for (size_t i = end; i-- > begin;) {
        item *own = plan->sorted[i];
        const item *after = i + 1 < end ? plan->sorted[i + 1] : NULL;
        limit = after == NULL ? own->key : fmin(own->key, limit - apart(own, after));
        own->place = (own->place + limit) / 2;
    }
}

static void place_items(layout *plan)
{
    for (size_t rank = 0; rank < plan->ranks; rank++) {
        for (size_t i = plan->starts[rank]; i < plan->starts[rank + 1]; i++)
            plan->sorted[i]->key = 0;
        settle(plan, rank);
    }
    for (int round = 0; round < 3 * ROUNDS; round++)
        for (size_t step = 0; step < plan->ranks; step++) {
            size_t rank = round % 2 == 0 ? step : plan->ranks - 1 - step;
            average(plan, round % 2 == 0 || round > ROUNDS, round % 2 == 1 || round > ROUNDS, true);
            for (size_t i = plan->starts[rank]; i < plan->starts[rank + 1]; i++) {
                item *own = plan->sorted[i];
                size_t number = (size_t)(own - plan->items);
                own->key =
                    plan->weights[number] > 0 ? plan->sums[number] / plan->weights[number] : own->place;
            }
            settle(plan, rank);
        }
}

/* Ranks one after the other across, each as thick as its thickest box. */
static double place_ranks(layout *plan, bool sideways)
{
    const hone_diagram *diagram = plan->diagram;
    double at = MARGIN;
    for (size_t rank = 0; rank < plan->ranks; rank++) {
        double thickest = 0;
        for (size_t i = 0; i < diagram->box_count; i++)
            if (diagram->boxes[i].rank == rank)
                thickest = fmax(thickest, sideways ? diagram->boxes[i].width : diagram->boxes[i].height);
        plan->middles[rank] = at + thickest / 2;
        plan->halves[rank] = thickest / 2;
        at += thickest + RANK_GAP + (diagram->frame_count > 0 ? FRAME_GAP : 0);
    }
    return at - RANK_GAP - (diagram->frame_count > 0 ? FRAME_GAP : 0) + MARGIN;
}

static hone_status keep(layout *plan, bool sideways, bool backwards, double across)
{
    hone_diagram *diagram = plan->diagram;
    double low = HUGE_VAL, high = -HUGE_VAL, frames = diagram->frame_count > 0 ? FRAME_GAP : 0;
    for (size_t i = 0; i < plan->count; i++) {
        low = fmin(low, plan->items[i].place - plan->items[i].size / 2);
        high = fmax(high, plan->items[i].place + plan->items[i].size / 2);
    }
    double along = high - low + 2 * (MARGIN + frames);
    for (size_t i = 0; i < plan->count; i++)
        plan->items[i].place += MARGIN + frames - low;
    for (size_t rank = 0; rank < plan->ranks && backwards; rank++)
        plan->middles[rank] = across - plan->middles[rank];
    for (size_t i = 0; i < diagram->box_count; i++) {
        diagram->boxes[i].x = sideways ? plan->middles[diagram->boxes[i].rank] : plan->items[i].place;
        diagram->boxes[i].y = sideways ? plan->items[i].place : plan->middles[diagram->boxes[i].rank];
    }
    size_t next = diagram->box_count;
    for (size_t i = 0; i < diagram->arrow_count; i++) {
        hone_arrow *arrow = &diagram->arrows[i];
        size_t span = span_of(diagram, arrow);
        arrow->point_count = span > 1 ? 2 * (span - 1) : 0;
        arrow->points =
            hone_internal_arena_allocate(&diagram->arena, (2 * arrow->point_count + 1) * sizeof(double));
        if (arrow->points == NULL)
            return HONE_ERROR_MEMORY;
        for (size_t point = 0; point < arrow->point_count; point++) { /* into a rank, and out of it */
            const item *own = &plan->items[next + point / 2];
            double half = plan->halves[own->rank] * (point % 2 == 0 ? -1 : 1) * (backwards ? -1 : 1);
            double middle = plan->middles[own->rank] + half;
            arrow->points[2 * point] = sideways ? middle : own->place;
            arrow->points[2 * point + 1] = sideways ? own->place : middle;
        }
        next += arrow->point_count / 2;
    }
    diagram->width = sideways ? across : along;
    diagram->height = sideways ? along : across;
    return HONE_OK;
}

hone_status hone_internal_diagram_layout(hone_diagram *diagram, bool sideways, bool backwards)
{
    layout plan = {.diagram = diagram};
    if (diagram->box_count == 0)
        return hone_fail(HONE_ERROR_ARGUMENT, "there are no layers to draw");
    bool *read = hone_internal_arena_allocate(&diagram->arena, diagram->box_count);
    if (read == NULL)
        return HONE_ERROR_MEMORY;
    find_ranks(diagram, read);
    HONE_TRY(allocate(&plan));
    fill_items(&plan, sideways);
    begin_order(&plan);
    reduce_crossings(&plan);
    place_items(&plan);
    return keep(&plan, sideways, backwards, place_ranks(&plan, sideways));
}
