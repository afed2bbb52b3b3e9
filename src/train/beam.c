/* Beam search: of all continuations by one symbol of the texts at hand, those with the highest sums of
 * log p stay. Each text has its own copy of the states that layers carry. */
#include "base/memory.h"
#include "train/generate.h"

#include <math.h>
#include <string.h>

typedef struct beam {
    double score; /* sum of log p */
    int64_t *symbols;
    float *states;
    double *probabilities; /* of the next symbol */
} beam;

typedef struct search {
    hone_generation *generation;
    beam *beams, *next;
    int64_t width, count, length; /* count: of texts at hand */
    size_t states;                /* numbers */
    size_t start;                 /* symbols of the prompt that were read */
} search;

/* A text longer by a symbol. */
typedef struct candidate {
    double score;
    int64_t beam, symbol;
} candidate;

/* ---- states ---- */

/* All that layers carry, to or from `copy`, which may be NULL; gives the count of numbers. */
static size_t move_layer(const hone_layer *layer, float *copy, bool back)
{
    size_t moved = 0;
    for (size_t i = 0; i < layer->carried_count; i++) {
        const size_t count = (size_t)hone_internal_variable_count(layer->carried[i]);
        float *data = hone_internal_variable_data(layer->carried[i]);
        if (copy != NULL)
            memcpy(back ? data : copy + moved, back ? copy + moved : data, count * sizeof *copy);
        moved += count;
    }
    const hone_layer *inner;
    for (int i = 0; (inner = hone_internal_layer_within(layer, i, NULL)) != NULL; i++)
        moved += move_layer(inner, copy == NULL ? NULL : copy + moved, back);
    return moved;
}

static size_t move_states(const hone_generation *generation, float *copy, bool back)
{
    size_t moved = 0;
    const hone_model *model = generation->stepper.model;
    for (size_t i = 0; model != NULL && i < model->layer_count; i++)
        moved += move_layer(model->layers[i], copy == NULL ? NULL : copy + moved, back);
    return moved;
}

/* ---- texts ---- */

static void free_beams(beam *beams, int64_t count)
{
    for (int64_t i = 0; beams != NULL && i < count; i++) {
        hone_internal_free(beams[i].symbols);
        hone_internal_free(beams[i].states);
        hone_internal_free(beams[i].probabilities);
    }
    hone_internal_free(beams);
}

static beam *make_beams(const search *of)
{
    beam *beams = hone_internal_allocate_zeroed((size_t)of->width, sizeof *beams);
    bool good = beams != NULL;
    for (int64_t i = 0; good && i < of->width; i++) {
        beams[i].symbols = hone_internal_allocate_zeroed((size_t)of->length + 1, sizeof(int64_t));
        beams[i].states = hone_internal_allocate_zeroed(of->states + 1, sizeof(float));
        beams[i].probabilities = hone_internal_allocate_zeroed((size_t)of->generation->count, sizeof(double));
        good = beams[i].symbols != NULL && beams[i].states != NULL && beams[i].probabilities != NULL;
    }
    if (good)
        return beams;
    free_beams(beams, of->width);
    return NULL;
}

static void keep(const search *of, beam *to)
{
    move_states(of->generation, to->states, false);
    memcpy(to->probabilities, of->generation->probabilities,
           (size_t)of->generation->count * sizeof *to->probabilities);
}

/* The text of a beam with one symbol more, `step` symbols after the prompt, into `to`. */
static hone_status extend(const search *of, const candidate *chosen, int64_t step, beam *to)
{
    hone_generation *generation = of->generation;
    const beam *from = &of->beams[chosen->beam];
    memcpy(to->symbols, from->symbols, (size_t)step * sizeof *to->symbols);
    to->symbols[step] = chosen->symbol;
    to->score = chosen->score;
    move_states(generation, from->states, true);
    generation->read_count = of->start;
    for (int64_t i = 0; i < step; i++)
        HONE_TRY(hone_internal_generation_go_over(generation, to->symbols[i]));
    generation->stepped = (int64_t)generation->read_count;
    HONE_TRY(hone_internal_generation_go_over(generation, chosen->symbol));
    HONE_TRY(hone_internal_generation_look_back(generation));
    keep(of, to);
    return HONE_OK;
}

/* Puts a candidate among the best, of which there are `count`, in their order; those that came first stand
 * before equal ones. */
static int64_t insert(candidate *best, int64_t count, int64_t width, candidate one)
{
    int64_t place = count;
    while (place > 0 && best[place - 1].score < one.score)
        place--;
    if (place >= width)
        return count;
    const int64_t moved = (count < width ? count : width - 1) - place;
    memmove(best + place + 1, best + place, (size_t)moved * sizeof *best);
    best[place] = one;
    return count < width ? count + 1 : count;
}

static int64_t choose(const search *of, candidate *best)
{
    int64_t found = 0, *order = of->generation->order;
    for (int64_t b = 0; b < of->count; b++) {
        const beam *text = &of->beams[b];
        hone_internal_generation_order(text->probabilities, order, of->generation->count);
        for (int64_t i = 0; i < of->width && i < of->generation->count; i++)
            found = insert(best, found, of->width,
                           (candidate){text->score + log(text->probabilities[order[i]]), b, order[i]});
    }
    return found;
}

static hone_status take_steps(search *of, candidate *best)
{
    for (int64_t step = 0; step < of->length; step++) {
        const int64_t found = choose(of, best);
        for (int64_t i = 0; i < found; i++)
            HONE_TRY(extend(of, &best[i], step, &of->next[i]));
        beam *before = of->beams;
        of->beams = of->next;
        of->next = before;
        of->count = found;
    }
    return HONE_OK;
}

int64_t *hone_internal_beam_search(hone_generation *generation, int64_t beams, int64_t length)
{
    search of = {.generation = generation,
                 .width = beams,
                 .count = 1,
                 .length = length,
                 .start = generation->read_count};
    if (hone_internal_generation_reserve(generation, (int64_t)generation->read_count + length) < 0 ||
        hone_internal_generation_look_back(generation) < 0)
        return NULL;
    of.states = move_states(generation, NULL, false);
    candidate *best = hone_internal_allocate_zeroed((size_t)beams + 1, sizeof *best);
    of.beams = make_beams(&of);
    of.next = make_beams(&of);
    int64_t *symbols = NULL;
    if (best != NULL && of.beams != NULL && of.next != NULL) {
        keep(&of, &of.beams[0]);
        if (take_steps(&of, best) >= 0) {
            symbols = of.beams[0].symbols;
            of.beams[0].symbols = NULL;
        }
    }
    free_beams(of.beams, beams);
    free_beams(of.next, beams);
    hone_internal_free(best);
    return symbols;
}
